// SPDX-License-Identifier: GPL-2.0
/*
 * tcp_weir_reno.c - Reno congestion control
 *
 * The standard of TCP: add one packet to the window per round trip, halve it
 * when a packet is lost.
 *
 *	slow start (cwnd < ssthresh):	cwnd += packets acknowledged
 *	congestion avoidance:		cwnd += 1 per cwnd packets acknowledged
 *	loss or ECN mark:		cwnd = ssthresh = cwnd / 2
 *	retransmission timeout:		ssthresh = cwnd / 2, cwnd = 1
 *
 * Sources:
 * - RFC 5681 sections 3.1 and 3.2: the rules above
 * - RFC 3465 section 2.1: growth follows the data that ACKs cover, not the
 *   number of ACKs, so that delayed ACKs do not slow it down
 * - RFC 6582, 6675, 6937: fast recovery. The kernel runs it for every
 *   algorithm; this one names the window to end with, in ssthresh()
 * - RFC 9406: HyStart++ ends the initial slow start, see hystart_pp.h
 *
 * Differences from the sources:
 * - ssthresh is half of cwnd, not of FlightSize (RFC 5681 equation 4). What
 *   the equation guards against, a cwnd that grew unused, cannot happen: cwnd
 *   grows only while it limits the sender.
 * - When a reduction turns out to be spurious the window before it returns in
 *   full, as in Linux; RFC 4015 would let it return by slow start.
 * - With hystart=0 slow start grows by all that an ACK covers; RFC 3465 allows
 *   two packets per ACK. Linux bounds bursts by pacing and by small queues.
 *
 * tests/unit/test_reno.c follows the window packet by packet.
 */
#include "hystart_pp.h"
#include "state_report.h"

WEIR_PARAM(reno, hystart, 0, 1, 1,
	   "end slow start by delay with HyStart++, for connections made from now on");

/**
 * enum reno_state - what the tracepoints report
 * @RENO_SLOW_START: slow start
 * @RENO_CSS: conservative slow start of HyStart++
 * @RENO_AVOIDANCE: congestion avoidance
 */
enum reno_state {
	RENO_SLOW_START,
	RENO_CSS,
	RENO_AVOIDANCE,
};

/**
 * struct reno - per-connection state
 * @hystart: state of slow start
 * @report: enum reno_state, as last reported
 */
struct reno {
	struct hystart_pp hystart;
	struct state_report report;
};

static enum reno_state reno_state(const struct reno *reno, u32 cwnd, u32 ssthresh)
{
	if (cwnd >= ssthresh)
		return RENO_AVOIDANCE;

	return hystart_pp_in_css(&reno->hystart, ssthresh) ? RENO_CSS : RENO_SLOW_START;
}

/* Out of line: what every ACK runs needs no more registers for it. */
static noinline void reno_update_state(struct sock *sk, enum weir_why why)
{
	struct reno *reno = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);

	state_report(sk, &reno->report, reno_state(reno, tcp_snd_cwnd(tp), tp->snd_ssthresh),
		     why);
}

static void reno_init(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct reno *reno = inet_csk_ca(sk);

	/* Another algorithm may have left credit that means something else. */
	tp->snd_cwnd_cnt = 0;
	if (READ_ONCE(reno_hystart))
		hystart_pp_init(&reno->hystart);
	state_report_init(sk, &reno->report,
			  reno_state(reno, tcp_snd_cwnd(tp), tp->snd_ssthresh));
}

/*
 * RFC 5681 section 3.1 with RFC 3465 section 2.1: a packet more for each window
 * that is acknowledged. The remainder stays in snd_cwnd_cnt, which the kernel
 * clears when cwnd is reduced by loss but not when it is reduced after idle:
 * what was collected under a larger window is worth one packet at most.
 */
static void reno_congestion_avoidance(struct tcp_sock *tp, u32 acked)
{
	u32 cwnd = tcp_snd_cwnd(tp);

	tp->snd_cwnd_cnt = min(tp->snd_cwnd_cnt, cwnd) + acked;
	while (tp->snd_cwnd_cnt >= cwnd) {
		tp->snd_cwnd_cnt -= cwnd;
		cwnd++;
	}
	weir_set_cwnd(tp, cwnd);
}

static void reno_cong_avoid(struct sock *sk, u32 ack, u32 acked)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct reno *reno = inet_csk_ca(sk);

	if (!tcp_is_cwnd_limited(sk))
		return;

	if (tcp_in_slow_start(tp)) {
		acked = hystart_pp_slow_start(sk, &reno->hystart, acked);
		if (tcp_in_slow_start(tp))
			return;
		reno_update_state(sk, WEIR_WHY_ACK);
	}
	if (acked)
		reno_congestion_avoidance(tp, acked);
}

static void reno_pkts_acked(struct sock *sk, const struct ack_sample *sample)
{
	static const struct weir_values none;
	struct reno *reno = inet_csk_ca(sk);

	if (hystart_pp_active(tcp_sk(sk), &reno->hystart)) {
		bool ended = hystart_pp_ack(sk, &reno->hystart, sample->rtt_us);

		reno_update_state(sk, ended ? WEIR_WHY_ACK : WEIR_WHY_DELAY);
	}
	trace_weir_ack(sk, reno->report.state, sample->rtt_us, &none);
}

/* RFC 5681 equation 4, called once per reduction of cwnd. */
static u32 reno_ssthresh(struct sock *sk)
{
	return max(tcp_snd_cwnd(tcp_sk(sk)) / 2, WEIR_MIN_CWND);
}

/* The kernel sets cwnd and ssthresh next, and may not change its state for that. */
static u32 reno_undo_cwnd(struct sock *sk)
{
	struct reno *reno = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 cwnd = max(tcp_snd_cwnd(tp), tp->prior_cwnd);

	state_report(sk, &reno->report,
		     reno_state(reno, cwnd, state_report_undone_ssthresh(tp)),
		     WEIR_WHY_UNDO);

	return cwnd;
}

/* The first transmission after idle: cwnd may have shrunk below ssthresh. */
static void reno_tx_start(struct sock *sk)
{
	reno_update_state(sk, WEIR_WHY_IDLE);
}

WEIR_DEFINE_TX_START(reno, reno_tx_start)

static void reno_set_state(struct sock *sk, u8 new_state)
{
	struct reno *reno = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);

	state_report_ca_state(sk, &reno->report,
			      reno_state(reno, tcp_snd_cwnd(tp), tp->snd_ssthresh), new_state);
}

static struct tcp_congestion_ops reno_ops __read_mostly = {
	.name		= WEIR_NAME(reno),
	.owner		= THIS_MODULE,
	.flags		= TCP_CONG_NON_RESTRICTED,
	.init		= reno_init,
	.ssthresh	= reno_ssthresh,
	.cong_avoid	= reno_cong_avoid,
	.pkts_acked	= reno_pkts_acked,
	.set_state	= reno_set_state,
	.undo_cwnd	= reno_undo_cwnd,
	WEIR_TX_START(reno),
};

WEIR_MODULE(reno, struct reno, "Reno congestion control (RFC 5681) with HyStart++ (RFC 9406)");
