// SPDX-License-Identifier: GPL-2.0
/*
 * tcp_weir_reno.c - Reno congestion control
 */
#include "weir.h"

/**
 * struct reno - per-connection state
 * @prior_cwnd: cwnd before the last reduction, for undo [packets]
 */
struct reno {
	u32 prior_cwnd;
};

static u32 reno_ssthresh(struct sock *sk)
{
	struct reno *reno = inet_csk_ca(sk);
	u32 cwnd = tcp_snd_cwnd(tcp_sk(sk));

	reno->prior_cwnd = cwnd;

	return max(cwnd / 2, WEIR_MIN_CWND);
}

static u32 reno_undo_cwnd(struct sock *sk)
{
	const struct reno *reno = inet_csk_ca(sk);

	return max(tcp_snd_cwnd(tcp_sk(sk)), reno->prior_cwnd);
}

static void reno_cong_avoid(struct sock *sk, u32 ack, u32 acked)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (!tcp_is_cwnd_limited(sk))
		return;

	if (tcp_in_slow_start(tp)) {
		acked = tcp_slow_start(tp, acked);
		if (!acked)
			return;
	}
	tcp_cong_avoid_ai(tp, tcp_snd_cwnd(tp), acked);
}

static void reno_pkts_acked(struct sock *sk, const struct ack_sample *sample)
{
	static const struct weir_values none;

	trace_weir_ack(sk, 0, sample->rtt_us, &none);
}

static struct tcp_congestion_ops reno_ops __read_mostly = {
	.name		= WEIR_NAME(reno),
	.owner		= THIS_MODULE,
	.flags		= TCP_CONG_NON_RESTRICTED,
	.ssthresh	= reno_ssthresh,
	.cong_avoid	= reno_cong_avoid,
	.pkts_acked	= reno_pkts_acked,
	.undo_cwnd	= reno_undo_cwnd,
};

WEIR_MODULE(reno, struct reno, "Reno congestion control (RFC 5681, RFC 9406)");
