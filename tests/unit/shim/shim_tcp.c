// SPDX-License-Identifier: GPL-2.0
/*
 * shim_tcp.c - the TCP sender around the algorithm under test
 *
 * Follows RFC 5681 and 6675 (states of loss recovery), RFC 6937 (proportional
 * rate reduction), RFC 6298 (RTT estimate), RFC 2861 (window after idle),
 * draft-cheng-iccrg-delivery-rate-estimation (rate samples), with the order
 * of callbacks of Linux.
 */
#include <net/inet_ecn.h>
#include "shim.h"

u32 shim_acks_sent;
u32 shim_ack_rcv_nxt;
bool shim_ack_ece;
void (*shim_tx_hook)(struct sock *sk, struct sk_buff *skb);

/* --- Registry ----------------------------------------------------------- */

#define SHIM_OPS_MAX 16
static struct tcp_congestion_ops *shim_ops[SHIM_OPS_MAX];

int tcp_register_congestion_control(struct tcp_congestion_ops *ops)
{
	int i;

	if (!ops->ssthresh || !ops->undo_cwnd || !(ops->cong_avoid || ops->cong_control))
		return -EINVAL;
	if (!memchr(ops->name, '\0', sizeof(ops->name)) || !*ops->name)
		return -EINVAL;
	for (i = 0; i < SHIM_OPS_MAX; i++) {
		if (!shim_ops[i]) {
			shim_ops[i] = ops;
			return 0;
		}
		if (!strcmp(shim_ops[i]->name, ops->name))
			return -EEXIST;
	}

	return -ENOMEM;
}

void tcp_unregister_congestion_control(struct tcp_congestion_ops *ops)
{
	int i;

	for (i = 0; i < SHIM_OPS_MAX; i++)
		if (shim_ops[i] == ops)
			shim_ops[i] = NULL;
}

static const struct tcp_congestion_ops *shim_find(const char *name)
{
	int i;

	for (i = 0; i < SHIM_OPS_MAX; i++)
		if (shim_ops[i] && !strcmp(shim_ops[i]->name, name))
			return shim_ops[i];
	fprintf(stderr, "shim: no congestion control named %s\n", name);
	abort();
}

/* --- Callbacks that kernels call differently --------------------------- */

static void shim_cwnd_event(struct sock *sk, enum tcp_ca_event event)
{
	const struct tcp_congestion_ops *ops = inet_csk(sk)->icsk_ca_ops;

#ifndef SHIM_KERNEL_6_1
	if (event == CA_EVENT_TX_START) {
		if (ops->cwnd_event_tx_start)
			ops->cwnd_event_tx_start(sk);
		return;
	}
#endif
	if (ops->cwnd_event)
		ops->cwnd_event(sk, event);
}

static void shim_cong_control(struct sock *sk, bool ece, const struct rate_sample *rs)
{
#ifdef SHIM_KERNEL_6_1
	inet_csk(sk)->icsk_ca_ops->cong_control(sk, rs);
#else
	inet_csk(sk)->icsk_ca_ops->cong_control(sk, tcp_sk(sk)->snd_una,
						ece ? 0x40 : 0, rs);
#endif
}

static void shim_set_ca_state(struct sock *sk, u8 state)
{
	if (inet_csk(sk)->icsk_ca_ops->set_state)
		inet_csk(sk)->icsk_ca_ops->set_state(sk, state);
	inet_csk(sk)->icsk_ca_state = state;
}

/* --- Life of a connection ------------------------------------------------ */

static void shim_clock(struct tcp_sock *tp)
{
	tp->tcp_clock_cache = shim_now_ns;
	tp->tcp_mstamp = shim_now_ns / NSEC_PER_USEC;
}

struct sock *shim_socket(const char *cc)
{
	struct tcp_sock *tp = calloc(1, sizeof(*tp));
	struct sock *sk = (struct sock *)tp;

	assert(tp);
	inet_csk(sk)->icsk_ca_ops = shim_find(cc);
	inet_csk(sk)->icsk_rto = HZ;
	sk->sk_family = AF_INET;
	sk->sk_num = 40000;
	sk->sk_dport = htons(5201);
	sk->sk_rcv_saddr = htonl(0x0a000001);
	sk->sk_daddr = htonl(0x0a000002);
	sk->sk_cookie.counter = 7;
	sk->sk_pacing_rate = ~0UL;
	sk->sk_max_pacing_rate = ~0UL;
	sk->sk_pacing_shift = 10;
	sk->sk_gso_max_size = 65536;
	sk->sk_gso_max_segs = 65535;
	sk->shim_app_pkts = SHIM_UNLIMITED;
	tp->mss_cache = SHIM_MSS;
	tp->advmss = SHIM_MSS;
	tp->snd_cwnd = TCP_INIT_CWND;
	tp->snd_cwnd_clamp = ~0U;
	tp->snd_ssthresh = TCP_INFINITE_SSTHRESH;
	tp->reordering = 3;
	/* Sequence numbers are about to wrap. */
	tp->snd_una = 0xffff0000U;
	tp->snd_nxt = tp->snd_una;
	tp->high_seq = tp->snd_una;
	tp->rtt_min.s[0].v = ~0U;
	tp->delivered = 1;
	shim_clock(tp);
	tp->delivered_mstamp = tp->tcp_mstamp;
	tp->first_tx_mstamp = tp->tcp_mstamp;
	tp->lsndtime = tcp_jiffies32;

	return sk;
}

/* init() may have replaced the ops: what needs ECN is asked afterwards. */
static void shim_init_ca(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);

	tcp_sk(sk)->prior_ssthresh = 0;
	if (icsk->icsk_ca_ops->init)
		icsk->icsk_ca_ops->init(sk);
	if (icsk->icsk_ca_ops->flags & TCP_CONG_NEEDS_ECN)
		INET_ECN_xmit(sk);
	else
		INET_ECN_dontxmit(sk);
	icsk->icsk_ca_initialized = 1;
}

void shim_establish(struct sock *sk)
{
	sk->sk_state = 1;
	shim_init_ca(sk);
}

struct sock *shim_connect(const char *cc)
{
	struct sock *sk = shim_socket(cc);

	shim_establish(sk);

	return sk;
}

void shim_switch(struct sock *sk, const char *cc)
{
	struct inet_connection_sock *icsk = inet_csk(sk);

	if (icsk->icsk_ca_ops->release)
		icsk->icsk_ca_ops->release(sk);
	icsk->icsk_ca_ops = shim_find(cc);
	memset(icsk->icsk_ca_priv, 0, sizeof(icsk->icsk_ca_priv));
	shim_clock(tcp_sk(sk));
	shim_init_ca(sk);
}

void shim_close(struct sock *sk)
{
	if (inet_csk(sk)->icsk_ca_ops->release)
		inet_csk(sk)->icsk_ca_ops->release(sk);
	while (sk->shim_rtx) {
		struct sk_buff *skb = sk->shim_rtx;

		sk->shim_rtx = skb->shim_next;
		free(skb);
	}
	free(tcp_sk(sk));
}

void shim_call_all_uninitialised(const char *cc)
{
	static const struct ack_sample sample = { .rtt_us = -1 };
	static const struct rate_sample rs = {
		.delivered = -1, .interval_us = -1, .rtt_us = -1,
	};
	struct sock *sk = shim_socket(cc);
	const struct tcp_congestion_ops *ops = inet_csk(sk)->icsk_ca_ops;
	struct tcp_sock *tp = tcp_sk(sk);
	union tcp_cc_info info;
	int attr, event, state;

	tp->snd_cwnd = 1;
	for (event = CA_EVENT_TX_START; event <= CA_EVENT_ECN_IS_CE; event++)
		shim_cwnd_event(sk, event);
	for (state = TCP_CA_Open; state <= TCP_CA_Loss; state++)
		shim_set_ca_state(sk, state);
	inet_csk(sk)->icsk_ca_state = TCP_CA_Open;
	assert(ops->ssthresh(sk) >= 1);
	assert(ops->undo_cwnd(sk) >= 1);
	if (ops->pkts_acked)
		ops->pkts_acked(sk, &sample);
	if (ops->in_ack_event)
		ops->in_ack_event(sk, CA_ACK_ECE | CA_ACK_SLOWPATH);
	if (ops->cong_control)
		shim_cong_control(sk, true, &rs);
	tp->is_cwnd_limited = 1;
	if (ops->cong_avoid)
		ops->cong_avoid(sk, tp->snd_una, 1);
	if (ops->min_tso_segs)
		ops->min_tso_segs(sk);
	if (ops->sndbuf_expand)
		assert(ops->sndbuf_expand(sk) >= 1);
	if (ops->get_info)
		ops->get_info(sk, ~0U, &attr, &info);
	if (ops->release)
		ops->release(sk);
	memset(inet_csk(sk)->icsk_ca_priv, 0, ICSK_CA_PRIV_SIZE);
	shim_close(sk);
}

/* --- Sending --------------------------------------------------------------- */

/* What the application has written ends here; it never writes gigabytes ahead. */
static void shim_set_write_seq(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	tp->write_seq = tp->snd_nxt + (u32)min(sk->shim_app_pkts, 100000ULL) * SHIM_MSS;
}

void shim_app_limit(struct sock *sk, u64 pkts)
{
	sk->shim_app_pkts = pkts;
	shim_set_write_seq(sk);
}

void tcp_rate_check_app_limited(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (!sk->shim_app_pkts && tcp_packets_in_flight(tp) < tp->snd_cwnd &&
	    tp->lost_out <= tp->retrans_out)
		tp->app_limited = tp->delivered + tcp_packets_in_flight(tp) ? : 1;
}

u64 shim_next_send_ns(const struct sock *sk)
{
	if (sk->sk_pacing_status == SK_PACING_NONE || sk->shim_wstamp_ns <= shim_now_ns)
		return 0;

	return sk->shim_wstamp_ns;
}

static void shim_transmit(struct sock *sk, struct sk_buff *skb)
{
	static u64 transmissions;
	struct tcp_sock *tp = tcp_sk(sk);
	unsigned long rate = sk->sk_pacing_rate;

	if (!tp->packets_out) {
		tp->first_tx_mstamp = tp->tcp_mstamp;
		tp->delivered_mstamp = tp->tcp_mstamp;
	}
	skb->skb_mstamp_ns = shim_now_ns;
	skb->cb.tx.first_tx_mstamp = tp->first_tx_mstamp;
	skb->cb.tx.delivered_mstamp = tp->delivered_mstamp;
	skb->cb.tx.delivered = tp->delivered;
	skb->cb.tx.delivered_ce = tp->delivered_ce;
	skb->cb.tx.is_app_limited = tp->app_limited ? 1 : 0;
	tp->data_segs_out++;
	/* The first ten packets leave unpaced. */
	if (sk->sk_pacing_status != SK_PACING_NONE && rate && rate != ~0UL &&
	    tp->data_segs_out >= 10)
		sk->shim_wstamp_ns = max(sk->shim_wstamp_ns, shim_now_ns) +
			(u64)SHIM_MSS * NSEC_PER_SEC / rate;
	skb->shim_tx = ++transmissions;
	if (shim_tx_hook)
		shim_tx_hook(sk, skb);
}

static bool shim_may_send(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	return tcp_packets_in_flight(tp) < tp->snd_cwnd && !shim_next_send_ns(sk);
}

static u32 shim_retransmit(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb;
	u32 n = 0;

	if (tp->lost_out <= tp->retrans_out)
		return 0;
	if (inet_csk(sk)->icsk_ca_ops->min_tso_segs)
		inet_csk(sk)->icsk_ca_ops->min_tso_segs(sk);
	for (skb = sk->shim_rtx; skb && shim_may_send(sk); skb = skb->shim_next) {
		if ((skb->cb.sacked & (TCPCB_LOST | TCPCB_SACKED_RETRANS)) != TCPCB_LOST)
			continue;
		shim_transmit(sk, skb);
		skb->cb.sacked |= TCPCB_RETRANS;
		tp->retrans_out++;
		tp->total_retrans++;
		if (tp->undo_marker)
			tp->undo_retrans++;
		n++;
	}

	return n;
}

/* RFC 2861: forget half of the window for each RTO without transmission. */
static void shim_restart_after_idle(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	s32 idle = tcp_jiffies32 - tp->lsndtime;
	s32 rto = inet_csk(sk)->icsk_rto;
	u32 floor = min_t(u32, tp->snd_cwnd, TCP_INIT_CWND);

	if (tp->packets_out || inet_csk(sk)->icsk_ca_ops->cong_control || idle <= rto)
		return;
	shim_cwnd_event(sk, CA_EVENT_CWND_RESTART);
	tp->snd_ssthresh = tcp_current_ssthresh(sk);
	while ((idle -= rto) > 0 && tp->snd_cwnd > floor)
		tp->snd_cwnd >>= 1;
	tp->snd_cwnd = max(tp->snd_cwnd, floor);
}

static u32 shim_send_new(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 n = 0;

	if (inet_csk(sk)->icsk_ca_ops->min_tso_segs)
		inet_csk(sk)->icsk_ca_ops->min_tso_segs(sk);
	while (sk->shim_app_pkts && shim_may_send(sk)) {
		struct sk_buff *skb = calloc(1, sizeof(*skb));

		assert(skb);
		if (!tp->packets_out) {
			shim_cwnd_event(sk, CA_EVENT_TX_START);
			tp->lsndtime = tcp_jiffies32;
		}
		skb->cb.seq = tp->snd_nxt;
		skb->cb.end_seq = tp->snd_nxt + SHIM_MSS;
		skb->cb.tcp_gso_segs = 1;
		shim_transmit(sk, skb);
		*(sk->shim_rtx ? &sk->shim_rtx_tail->shim_next : &sk->shim_rtx) = skb;
		sk->shim_rtx_tail = skb;
		tp->snd_nxt += SHIM_MSS;
		tp->packets_out++;
		tp->lsndtime = tcp_jiffies32;
		if (sk->shim_app_pkts != SHIM_UNLIMITED)
			sk->shim_app_pkts--;
		n++;
	}

	return n;
}

/* Whether cwnd was what stopped the sender, remembered for one window. */
static void shim_validate_cwnd(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	bool limited = sk->shim_app_pkts && tcp_packets_in_flight(tp) >= tp->snd_cwnd;

	if (sk->shim_limit_ignored)
		return;
	if (!before(tp->snd_una, tp->cwnd_usage_seq) || limited ||
	    (!tp->is_cwnd_limited && tp->packets_out > tp->max_packets_out)) {
		tp->is_cwnd_limited = limited;
		tp->max_packets_out = tp->packets_out;
		tp->cwnd_usage_seq = tp->snd_nxt;
	}
}

u32 shim_xmit(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 n;

	shim_clock(tp);
	shim_restart_after_idle(sk);
	n = shim_retransmit(sk);
	n += shim_send_new(sk);
	if (tcp_in_cwnd_reduction(sk))
		tp->prr_out += n;
	if (n)
		shim_validate_cwnd(sk);
	shim_set_write_seq(sk);
	tcp_rate_check_app_limited(sk);

	return n;
}

void shim_idle(struct sock *sk, u64 us)
{
	assert(!tcp_sk(sk)->packets_out);
	shim_advance_us(us);
}

/* --- Loss recovery --------------------------------------------------------------- */

static void shim_start_reduction(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	tp->high_seq = tp->snd_nxt;
	tp->snd_cwnd_cnt = 0;
	tp->prior_cwnd = tp->snd_cwnd;
	tp->prr_delivered = 0;
	tp->prr_out = 0;
	tp->snd_ssthresh = inet_csk(sk)->icsk_ca_ops->ssthresh(sk);
}

static void shim_end_reduction(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (inet_csk(sk)->icsk_ca_ops->cong_control)
		return;
	if (tp->snd_ssthresh < TCP_INFINITE_SSTHRESH &&
	    (inet_csk(sk)->icsk_ca_state == TCP_CA_CWR || tp->undo_marker))
		tcp_snd_cwnd_set(tp, tp->snd_ssthresh);
	shim_cwnd_event(sk, CA_EVENT_COMPLETE_CWR);
}

static void shim_enter_recovery(struct sock *sk, bool ece)
{
	struct tcp_sock *tp = tcp_sk(sk);

	tp->prior_ssthresh = 0;
	tp->undo_marker = tp->snd_una;
	tp->undo_retrans = 0;
	if (!tcp_in_cwnd_reduction(sk)) {
		if (!ece)
			tp->prior_ssthresh = tcp_current_ssthresh(sk);
		shim_start_reduction(sk);
	}
	shim_set_ca_state(sk, TCP_CA_Recovery);
}

void tcp_enter_cwr(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	tp->prior_ssthresh = 0;
	if (inet_csk(sk)->icsk_ca_state >= TCP_CA_CWR)
		return;
	tp->undo_marker = 0;
	shim_start_reduction(sk);
	shim_set_ca_state(sk, TCP_CA_CWR);
}

static void shim_undo_reduction(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (tp->prior_ssthresh) {
		tcp_snd_cwnd_set(tp, inet_csk(sk)->icsk_ca_ops->undo_cwnd(sk));
		if (tp->prior_ssthresh > tp->snd_ssthresh)
			tp->snd_ssthresh = tp->prior_ssthresh;
	}
	tp->undo_marker = 0;
}

/* Mark the first @n packets, and all last sent before transmission @tx. */
static u32 shim_mark_lost(struct sock *sk, u32 n, u64 tx)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 i, before = tp->lost;
	struct sk_buff *skb;

	for (skb = sk->shim_rtx, i = 0; skb; skb = skb->shim_next, i++) {
		if (i >= n && skb->shim_tx >= tx)
			continue;
		if (skb->cb.sacked & TCPCB_SACKED_RETRANS) {
			skb->cb.sacked &= ~TCPCB_SACKED_RETRANS;
			tp->retrans_out--;
			tp->lost++;
		}
		if (skb->cb.sacked & (TCPCB_LOST | TCPCB_SACKED_ACKED))
			continue;
		skb->cb.sacked |= TCPCB_LOST;
		tp->lost_out++;
		tp->lost++;
	}

	return tp->lost - before;
}

/* RFC 6937: how much may leave for what was delivered, while reducing. */
static void shim_prr(struct sock *sk, u32 newly, u32 losses)
{
	struct tcp_sock *tp = tcp_sk(sk);
	s32 room = tp->snd_ssthresh - tcp_packets_in_flight(tp), send;

	if (!newly || !tp->prior_cwnd)
		return;
	tp->prr_delivered += newly;
	if (room < 0) {
		u64 due = (u64)tp->snd_ssthresh * tp->prr_delivered + tp->prior_cwnd - 1;

		send = (s32)div_u64(due, tp->prior_cwnd) - (s32)tp->prr_out;
	} else {
		send = max_t(s32, tp->prr_delivered - tp->prr_out, newly);
		if (!losses)
			send++;
		send = min(room, send);
	}
	send = max(send, tp->prr_out ? 0 : 1);
	tcp_snd_cwnd_set(tp, tcp_packets_in_flight(tp) + send);
}

void shim_rto(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u8 state = inet_csk(sk)->icsk_ca_state;

	shim_clock(tp);
	if (state <= TCP_CA_Disorder || !after(tp->high_seq, tp->snd_una) ||
	    (state == TCP_CA_Loss && !inet_csk(sk)->icsk_retransmits)) {
		tp->prior_ssthresh = tcp_current_ssthresh(sk);
		tp->prior_cwnd = tp->snd_cwnd;
		tp->snd_ssthresh = inet_csk(sk)->icsk_ca_ops->ssthresh(sk);
		shim_cwnd_event(sk, CA_EVENT_LOSS);
		tp->undo_marker = tp->snd_una;
		tp->undo_retrans = 0;
	}
	inet_csk(sk)->icsk_retransmits++;
	shim_mark_lost(sk, ~0U, 0);
	tcp_snd_cwnd_set(tp, tcp_packets_in_flight(tp) + 1);
	tp->snd_cwnd_cnt = 0;
	shim_set_ca_state(sk, TCP_CA_Loss);
	tp->high_seq = tp->snd_nxt;
	shim_xmit(sk);
}

/* --- One ACK --------------------------------------------------------------------------- */

static void shim_delivered(struct sock *sk, struct sk_buff *skb, bool ece,
			   struct rate_sample *rs)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct tcp_skb_cb *cb = &skb->cb;

	if (cb->sacked & TCPCB_LOST)
		tp->lost_out--;
	if (cb->sacked & TCPCB_SACKED_RETRANS)
		tp->retrans_out--;
	cb->sacked &= ~(TCPCB_LOST | TCPCB_SACKED_RETRANS);
	tp->delivered++;
	tp->delivered_ce += ece;
	rs->acked_sacked++;

	/* The packet sent last tells the most about the path now. */
	if (!rs->prior_mstamp || cb->tx.delivered >= rs->prior_delivered) {
		rs->prior_delivered = cb->tx.delivered;
		rs->prior_delivered_ce = cb->tx.delivered_ce;
		rs->prior_mstamp = cb->tx.delivered_mstamp;
		rs->is_app_limited = cb->tx.is_app_limited;
		rs->is_retrans = cb->sacked & TCPCB_RETRANS;
		rs->last_end_seq = cb->end_seq;
		tp->first_tx_mstamp = tcp_skb_timestamp_us(skb);
		rs->snd_interval_us = tcp_stamp_us_delta(tp->first_tx_mstamp,
							 cb->tx.first_tx_mstamp);
	}
}

/* Cumulative first, then selective. Return: packets acknowledged cumulatively. */
static u32 shim_deliver(struct sock *sk, const struct shim_ack *ack,
			struct rate_sample *rs, u64 *sent_ns)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb;
	u32 i, n = 0;

	for (; n < ack->acked; n++) {
		skb = sk->shim_rtx;
		assert(skb);
		if (skb->cb.sacked & TCPCB_SACKED_ACKED) {
			tp->sacked_out--;
		} else {
			if (!(skb->cb.sacked & TCPCB_EVER_RETRANS))
				*sent_ns = skb->skb_mstamp_ns;
			shim_delivered(sk, skb, ack->ece, rs);
		}
		tp->snd_una = skb->cb.end_seq;
		tp->packets_out--;
		tp->bytes_acked += SHIM_MSS;
		sk->shim_rtx = skb->shim_next;
		free(skb);
	}
	for (skb = sk->shim_rtx, i = 0; skb && i < ack->sack_skip; i++)
		skb = skb->shim_next;
	for (i = 0; i < ack->sacked; i++, skb = skb->shim_next) {
		assert(skb);
		if (skb->cb.sacked & TCPCB_SACKED_ACKED)
			continue;
		if (!(skb->cb.sacked & TCPCB_EVER_RETRANS))
			*sent_ns = skb->skb_mstamp_ns;
		shim_delivered(sk, skb, ack->ece, rs);
		skb->cb.sacked |= TCPCB_SACKED_ACKED;
		tp->sacked_out++;
	}

	return n;
}

static void shim_update_rtt(struct sock *sk, long rtt_us)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 now = tcp_jiffies32;

	if (rtt_us < 0)
		return;
	rtt_us = max(rtt_us, 1L);
	if (!tp->srtt_us) {
		tp->srtt_us = rtt_us << 3;
		tp->mdev_us = rtt_us << 1;
	} else {
		long err = rtt_us - (long)(tp->srtt_us >> 3);

		tp->srtt_us += err;
		err = abs(err) - (long)(tp->mdev_us >> 2);
		tp->mdev_us += err;
	}
	tp->rttvar_us = max(tp->mdev_us, 200000U);
	inet_csk(sk)->icsk_rto = usecs_to_jiffies((tp->srtt_us >> 3) + tp->rttvar_us);
	tp->rack.rtt_us = rtt_us;
	/* Over 300 s; the shim's tests are shorter, or do not depend on it. */
	if ((u32)rtt_us <= tp->rtt_min.s[0].v || now - tp->rtt_min.s[0].t > 300 * HZ)
		minmax_reset(&tp->rtt_min, now, rtt_us);
}

static void shim_fastretrans(struct sock *sk, const struct shim_ack *ack, u32 newly)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u8 *state = &inet_csk(sk)->icsk_ca_state;
	bool passed = !before(tp->snd_una, tp->high_seq);

	if (ack->ece)
		tp->prior_ssthresh = 0;
	if (ack->undo && tp->undo_marker) {
		shim_undo_reduction(sk);
		if (*state != TCP_CA_Loss)
			shim_set_ca_state(sk, TCP_CA_Open);
	}
	if (*state == TCP_CA_Loss && passed) {
		inet_csk(sk)->icsk_retransmits = 0;
		shim_set_ca_state(sk, TCP_CA_Open);
	} else if ((*state == TCP_CA_Recovery && passed) ||
		   (*state == TCP_CA_CWR && tp->snd_una != tp->high_seq && passed)) {
		shim_end_reduction(sk);
		tp->undo_marker = 0;
		shim_set_ca_state(sk, TCP_CA_Open);
	}

	if ((ack->lost || ack->lost_tx) && shim_mark_lost(sk, ack->lost, ack->lost_tx)) {
		if (*state < TCP_CA_Recovery)
			shim_enter_recovery(sk, ack->ece);
	} else if (ack->ece && newly) {
		tcp_enter_cwr(sk);
	} else if (*state <= TCP_CA_Disorder) {
		u8 want = tp->sacked_out ? TCP_CA_Disorder : TCP_CA_Open;

		if (*state != want)
			shim_set_ca_state(sk, want);
	}
}

static void shim_rate_gen(struct tcp_sock *tp, struct rate_sample *rs)
{
	if (tp->app_limited && after(tp->delivered, tp->app_limited))
		tp->app_limited = 0;
	if (rs->acked_sacked)
		tp->delivered_mstamp = tp->tcp_mstamp;
	if (!rs->prior_mstamp) {
		rs->delivered = -1;
		rs->interval_us = -1;
		return;
	}
	rs->delivered = tp->delivered - rs->prior_delivered;
	rs->delivered_ce = tp->delivered_ce - rs->prior_delivered_ce;
	rs->rcv_interval_us = tcp_stamp_us_delta(tp->tcp_mstamp, rs->prior_mstamp);
	rs->interval_us = max(rs->snd_interval_us, rs->rcv_interval_us);
	if (rs->interval_us < (long)tcp_min_rtt(tp)) {
		rs->interval_us = -1;
		return;
	}
	if (!rs->is_app_limited || (u64)rs->delivered * tp->rate_interval_us >=
				   (u64)tp->rate_delivered * rs->interval_us) {
		tp->rate_delivered = rs->delivered;
		tp->rate_interval_us = rs->interval_us;
		tp->rate_app_limited = rs->is_app_limited;
	}
}

/* Pacing of algorithms that leave it to the kernel: 2 or 1.2 windows per RTT. */
static void shim_update_pacing(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u64 rate = (u64)tp->mss_cache * max(tp->snd_cwnd, tp->packets_out) * 8;

	rate = rate * USEC_PER_SEC / 100 *
	       (tp->snd_cwnd < tp->snd_ssthresh / 2 ? 200 : 120);
	if (tp->srtt_us)
		rate /= tp->srtt_us;
	sk->sk_pacing_rate = min_t(u64, rate, sk->sk_max_pacing_rate);
}

void shim_ack_event(struct sock *sk, const struct shim_ack *ack)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	const struct tcp_congestion_ops *ops = icsk->icsk_ca_ops;
	struct rate_sample rs = {
		.prior_in_flight = tcp_packets_in_flight(tp), .rtt_us = -1,
		.is_ack_delayed = ack->delayed,
	};
	u32 acked, lost = tp->lost, delivered = tp->delivered;
	u64 sent_ns = 0;

	shim_clock(tp);
	assert(tp->packets_out);
	acked = shim_deliver(sk, ack, &rs, &sent_ns);
	if (ack->rtt_us != SHIM_RTT_MEASURE)
		rs.rtt_us = ack->rtt_us;
	else if (sent_ns)
		rs.rtt_us = (shim_now_ns - sent_ns) / NSEC_PER_USEC;
	shim_update_rtt(sk, rs.rtt_us);

	if (ops->pkts_acked) {
		const struct ack_sample sample = {
			.pkts_acked = acked, .rtt_us = rs.rtt_us,
			.in_flight = tp->mss_cache * (tp->delivered - rs.prior_delivered),
		};

		ops->pkts_acked(sk, &sample);
	}
	if (ops->in_ack_event)
		ops->in_ack_event(sk, CA_ACK_SLOWPATH | (ack->ece ? CA_ACK_ECE : 0));
	shim_fastretrans(sk, ack, rs.acked_sacked);

	rs.losses = tp->lost - lost;
	shim_rate_gen(tp, &rs);
	delivered = tp->delivered - delivered;
	if (ops->cong_control) {
		shim_cong_control(sk, ack->ece, &rs);
	} else {
		if (tcp_in_cwnd_reduction(sk))
			shim_prr(sk, delivered, rs.losses);
		else if (acked)
			ops->cong_avoid(sk, tp->snd_una, delivered);
		shim_update_pacing(sk);
	}
	assert(tp->snd_cwnd >= 1);
	shim_xmit(sk);
}

void shim_ack(struct sock *sk, u32 n, long rtt_us)
{
	const struct shim_ack ack = { .acked = n, .rtt_us = rtt_us };

	shim_ack_event(sk, &ack);
}

void shim_round(struct sock *sk, u32 rtt_us, u32 per_ack)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 left = tp->packets_out, acks = DIV_ROUND_UP(left, per_ack);
	u64 start = shim_now_ns;
	u32 i;

	for (i = 1; i <= acks; i++) {
		u32 n = min(left, per_ack);

		shim_now_ns = start + (u64)rtt_us * NSEC_PER_USEC * i / acks;
		shim_ack(sk, n, rtt_us);
		left -= n;
	}
}

void shim_lose(struct sock *sk, u32 n)
{
	const struct shim_ack ack = {
		.sack_skip = n, .sacked = 1, .lost = n, .rtt_us = -1,
	};

	assert(tcp_sk(sk)->packets_out > n);
	shim_ack_event(sk, &ack);
}

void shim_recover(struct sock *sk, u32 rtt_us)
{
	struct tcp_sock *tp = tcp_sk(sk);

	while (inet_csk(sk)->icsk_ca_state >= TCP_CA_CWR) {
		u32 n = (tp->high_seq - tp->snd_una) / SHIM_MSS;

		shim_round(sk, rtt_us, 1);
		assert(n);
	}
}

void shim_reduce(struct sock *sk)
{
	shim_clock(tcp_sk(sk));
	shim_enter_recovery(sk, false);
	shim_end_reduction(sk);
	tcp_sk(sk)->undo_marker = 0;
	shim_set_ca_state(sk, TCP_CA_Open);
}

void shim_ece(struct sock *sk, u32 n, long rtt_us)
{
	const struct shim_ack ack = { .acked = n, .rtt_us = rtt_us, .ece = true };

	shim_ack_event(sk, &ack);
}

void shim_undo(struct sock *sk)
{
	const struct shim_ack ack = { .rtt_us = -1, .undo = true };

	shim_ack_event(sk, &ack);
}

/* --- Exported by the kernel to modules ---------------------------------------------------- */

u32 tcp_slow_start(struct tcp_sock *tp, u32 acked)
{
	u32 grown = min(tp->snd_cwnd + acked, tp->snd_ssthresh);

	acked -= grown - tp->snd_cwnd;
	tcp_snd_cwnd_set(tp, min(grown, tp->snd_cwnd_clamp));

	return acked;
}

void tcp_cong_avoid_ai(struct tcp_sock *tp, u32 w, u32 acked)
{
	/* Credit collected under a larger w is worth one packet. */
	if (tp->snd_cwnd_cnt >= w) {
		tp->snd_cwnd_cnt = 0;
		tp->snd_cwnd++;
	}
	tp->snd_cwnd_cnt += acked;
	tp->snd_cwnd += tp->snd_cwnd_cnt / w;
	tp->snd_cwnd_cnt %= w;
	tp->snd_cwnd = min(tp->snd_cwnd, tp->snd_cwnd_clamp);
}

void tcp_reno_cong_avoid(struct sock *sk, u32 ack, u32 acked)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (!tcp_is_cwnd_limited(sk))
		return;
	if (tcp_in_slow_start(tp))
		acked = tcp_slow_start(tp, acked);
	if (acked)
		tcp_cong_avoid_ai(tp, tp->snd_cwnd, acked);
}

u32 tcp_reno_ssthresh(struct sock *sk)
{
	return max(tcp_sk(sk)->snd_cwnd / 2, 2U);
}

u32 tcp_reno_undo_cwnd(struct sock *sk)
{
	return max(tcp_sk(sk)->snd_cwnd, tcp_sk(sk)->prior_cwnd);
}

#ifdef SHIM_KERNEL_6_1
void __tcp_send_ack(struct sock *sk, u32 rcv_nxt)
#else
void __tcp_send_ack(struct sock *sk, u32 rcv_nxt, u16 flags)
#endif
{
	shim_acks_sent++;
	shim_ack_rcv_nxt = rcv_nxt;
	shim_ack_ece = tcp_sk(sk)->ecn_flags & TCP_ECN_DEMAND_CWR;
}
