// SPDX-License-Identifier: GPL-2.0
/*
 * shim_tcp.c - a connection and what it sends
 *
 * Follows RFC 2861 (window after idle) and draft-cheng-iccrg-delivery-rate-estimation
 * (what a packet remembers), with the order of callbacks of Linux.
 */
#include <net/inet_ecn.h>
#include "shim_tcp.h"

void (*shim_tx_hook)(struct sock *sk, struct sk_buff *skb);

/* --- Life of a connection ------------------------------------------------ */

void shim_clock(struct tcp_sock *tp)
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

/* tcp_event_data_sent(): nothing in flight is no idle time if all is taken for lost. */
static void shim_data_sent(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (!tcp_packets_in_flight(tp))
		shim_cwnd_event(sk, CA_EVENT_TX_START);
	tp->lsndtime = tcp_jiffies32;
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
		shim_data_sent(sk);
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
		shim_data_sent(sk);
		skb->cb.seq = tp->snd_nxt;
		skb->cb.end_seq = tp->snd_nxt + SHIM_MSS;
		skb->cb.tcp_gso_segs = 1;
		shim_transmit(sk, skb);
		*(sk->shim_rtx ? &sk->shim_rtx_tail->shim_next : &sk->shim_rtx) = skb;
		sk->shim_rtx_tail = skb;
		tp->snd_nxt += SHIM_MSS;
		tp->packets_out++;
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
