// SPDX-License-Identifier: GPL-2.0
/*
 * shim_path.c - senders on a path with one bottleneck; see shim_path.h
 */
#include "shim_path.h"

#define SHIM_DELACK_NS (40 * NSEC_PER_MSEC)

/* A packet on its way, or its ACK on the way back. */
struct shim_transit {
	struct shim_transit *next;
	u64 sent_ns;
	u64 at_ns;
	u64 tx;
	u32 seq;
	bool ce;
};

/* The hook that packets leave through has no argument to tell the path. */
static struct shim_path *shim_path_now;

static u64 shim_packet_ns(const struct shim_path *path)
{
	return (u64)SHIM_MSS * NSEC_PER_SEC / path->rate;
}

u32 shim_path_queue(const struct shim_path *path)
{
	u64 packet = shim_packet_ns(path);

	if (path->busy_until_ns <= shim_now_ns)
		return 0;

	return (path->busy_until_ns - shim_now_ns + packet - 1) / packet;
}

static struct shim_flow *shim_path_flow(struct shim_path *path, const struct sock *sk)
{
	int i;

	for (i = 0; i < SHIM_PATH_FLOWS; i++)
		if (path->flows[i].sk == sk)
			return &path->flows[i];
	abort();
}

/* A token bucket: does the packet find its tokens? */
static bool shim_path_policed(struct shim_path *path)
{
	u64 earned;

	if (!path->police_rate)
		return false;
	earned = (shim_now_ns - path->tokens_ns) * path->police_rate / NSEC_PER_SEC;
	/* What is less than a byte is not lost: it is earned later. */
	path->tokens_ns += earned * NSEC_PER_SEC / path->police_rate;
	path->tokens = min(path->tokens + earned, path->police_burst);
	if (path->tokens < SHIM_MSS)
		return true;
	path->tokens -= SHIM_MSS;

	return false;
}

static void shim_path_enqueue(struct sock *sk, struct sk_buff *skb)
{
	struct shim_path *path = shim_path_now;
	struct shim_flow *flow = shim_path_flow(path, sk);
	u32 queue = shim_path_queue(path);
	struct shim_transit *transit;

	/* The timer starts with the first packet after idle. */
	if (!tcp_sk(sk)->packets_out)
		flow->last_ack_ns = shim_now_ns;
	path->arrived++;
	path->queue_max = max(path->queue_max, queue);
	path->queue_sum += queue;
	if (queue > path->buffer || shim_path_policed(path) ||
	    (path->drop_every && path->arrived % path->drop_every == 0) ||
	    (path->drop_ppm && reciprocal_scale(get_random_u32(), 1000000) < path->drop_ppm)) {
		path->drops++;
		return;
	}

	path->busy_until_ns = max(path->busy_until_ns, shim_now_ns) + shim_packet_ns(path);
	transit = calloc(1, sizeof(*transit));
	assert(transit);
	transit->sent_ns = shim_now_ns;
	transit->at_ns = path->busy_until_ns + (u64)flow->rtt_us * NSEC_PER_USEC;
	if (path->hold_us)
		transit->at_ns = DIV_ROUND_UP(transit->at_ns, path->hold_us * NSEC_PER_USEC) *
				 path->hold_us * NSEC_PER_USEC;
	transit->tx = skb->shim_tx;
	transit->seq = skb->cb.seq;
	transit->ce = path->mark_above && queue > path->mark_above;
	if (flow->head)
		flow->tail->next = transit;
	else
		flow->head = transit;
	flow->tail = transit;
}

void shim_path_init(struct shim_path *path, u32 mbit, u32 buffer)
{
	*path = (struct shim_path) {
		.rate = mbit * 125000ULL, .buffer = buffer, .ack_every = 1,
	};
	shim_path_now = path;
	shim_tx_hook = shim_path_enqueue;
}

int shim_path_connect(struct shim_path *path, const char *cc, u32 rtt_us)
{
	int i = 0;

	while (path->flows[i].sk)
		assert(++i < SHIM_PATH_FLOWS);
	path->flows[i] = (struct shim_flow) {
		.sk = shim_connect(cc), .rtt_us = rtt_us, .last_ack_ns = shim_now_ns,
	};
	shim_xmit(path->flows[i].sk);

	return i;
}

void shim_path_close(struct shim_path *path)
{
	int i;

	for (i = 0; i < SHIM_PATH_FLOWS; i++) {
		struct shim_flow *flow = &path->flows[i];

		while (flow->head) {
			struct shim_transit *next = flow->head->next;

			free(flow->head);
			flow->head = next;
		}
		if (flow->sk)
			shim_close(flow->sk);
		flow->sk = NULL;
	}
	shim_tx_hook = NULL;
}

static void shim_flow_ack(struct shim_flow *flow, struct shim_ack *ack)
{
	flow->last_ack_ns = shim_now_ns;
	flow->acked_late = 0;
	ack->ts_ns = flow->ts_ns;
	shim_ack_event(flow->sk, ack);
}

/* The oldest packet on its way has arrived and its ACK is back. */
static void shim_flow_arrival(struct shim_path *path, struct shim_flow *flow)
{
	struct shim_transit *transit = flow->head;
	struct shim_ack ack = { .rtt_us = SHIM_RTT_MEASURE };
	struct sk_buff *skb = flow->sk->shim_rtx;
	u32 index = 0;

	flow->head = transit->next;
	while (skb && skb->cb.seq != transit->seq) {
		skb = skb->shim_next;
		index++;
	}
	ack.lost_tx = transit->tx;
	ack.ece = transit->ce;
	/* RFC 7323 section 4.3: of the packets that an ACK answers, the first's. */
	if (!flow->acked_late)
		flow->ts_ns = transit->sent_ns;
	free(transit);
	/* Already acknowledged: the retransmission was not needed. */
	if (!skb || skb->cb.sacked & TCPCB_SACKED_ACKED || index < flow->acked_late)
		return;

	flow->delivered++;
	if (index > flow->acked_late) {
		ack.acked = flow->acked_late;
		ack.sack_skip = index - ack.acked;
		ack.sacked = 1;
		shim_flow_ack(flow, &ack);
		return;
	}
	ack.acked = index + 1;
	while (skb->shim_next && skb->shim_next->cb.sacked & TCPCB_SACKED_ACKED) {
		skb = skb->shim_next;
		ack.acked++;
	}
	if (ack.acked == index + 1 && index + 1 < path->ack_every && !ack.ece)
		flow->acked_late = index + 1;
	else
		shim_flow_ack(flow, &ack);
}

/* What happens to a flow next, and when. */
enum shim_what { SHIM_NOTHING, SHIM_ARRIVAL, SHIM_DELACK, SHIM_PACING, SHIM_RTO };

static u64 shim_flow_next(const struct shim_flow *flow, enum shim_what *what)
{
	const struct tcp_sock *tp = tcp_sk(flow->sk);
	u64 best = U64_MAX, at;

	*what = SHIM_NOTHING;
	if (flow->head) {
		best = flow->head->at_ns;
		*what = SHIM_ARRIVAL;
	}
	at = flow->last_ack_ns + SHIM_DELACK_NS;
	if (flow->acked_late && at < best) {
		best = max(at, shim_now_ns);
		*what = SHIM_DELACK;
	}
	at = shim_next_send_ns(flow->sk);
	if (at && at < best && tcp_packets_in_flight(tp) < tp->snd_cwnd) {
		best = at;
		*what = SHIM_PACING;
	}
	at = flow->last_ack_ns + inet_csk(flow->sk)->icsk_rto * (NSEC_PER_SEC / HZ);
	if (tp->packets_out && at < best) {
		best = max(at, shim_now_ns);
		*what = SHIM_RTO;
	}

	return best;
}

static void shim_flow_act(struct shim_path *path, struct shim_flow *flow, enum shim_what what)
{
	struct shim_ack late = { .acked = flow->acked_late, .rtt_us = SHIM_RTT_MEASURE };

	switch (what) {
	case SHIM_ARRIVAL:
		shim_flow_arrival(path, flow);
		break;
	case SHIM_DELACK:
		shim_flow_ack(flow, &late);
		break;
	case SHIM_PACING:
		shim_xmit(flow->sk);
		break;
	case SHIM_RTO:
		flow->last_ack_ns = shim_now_ns;
		shim_rto(flow->sk);
		break;
	case SHIM_NOTHING:
		break;
	}
}

void shim_path_run(struct shim_path *path, u64 us)
{
	u64 end = shim_now_ns + us * NSEC_PER_USEC;

	for (;;) {
		struct shim_flow *first = NULL;
		enum shim_what what = SHIM_NOTHING;
		u64 best = end;
		int i;

		for (i = 0; i < SHIM_PATH_FLOWS; i++) {
			enum shim_what w;
			u64 at;

			if (!path->flows[i].sk)
				continue;
			at = shim_flow_next(&path->flows[i], &w);
			if (w != SHIM_NOTHING && at < best) {
				best = at;
				what = w;
				first = &path->flows[i];
			}
		}
		shim_now_ns = max(best, shim_now_ns);
		if (!first)
			return;
		shim_flow_act(path, first, what);
	}
}
