// SPDX-License-Identifier: GPL-2.0
/*
 * tcp_weir_bic.c - BIC congestion control
 *
 * After a loss at window Wmax the path is known to carry the reduced window
 * and not to carry Wmax. BIC searches between the two as one searches a sorted
 * table (source, section III):
 *
 * - Binary search increase: aim at the midpoint of cwnd and Wmax, to be there
 *   in one round trip; what is reached without loss is the new lower end. The
 *   step is at most Smax packets per round trip, which is additive increase
 *   while the gap is large, and the search is over when it falls below Smin.
 * - Max probing: past Wmax the capacity must have grown. Leave slowly and speed
 *   up, 1, 2, 4... packets per round trip, until the step is Smax; then Wmax is
 *   unknown and growth additive, Smax per round trip.
 * - Fast convergence: a flow whose Wmax falls from one loss to the next is
 *   losing its share to others: it aims at the middle of what it has left.
 * - On loss cwnd falls by the fraction beta. Below a window of low_window
 *   everything is Reno, whose share BIC must not take.
 *
 * Source: L. Xu, K. Harfoush, I. Rhee, "Binary Increase Congestion Control
 * (BIC) for Fast Long-Distance Networks", IEEE INFOCOM 2004; constants from
 * its section V, but for beta.
 *
 * Differences from the source:
 * - beta is 1/5, as in the BIC that was deployed, Linux's, and not 1/8: that
 *   keeps a buffer of one window 10% fuller at the same goodput.
 * - cwnd is whole packets; the fraction is kept beside it and counts in the
 *   search. The step is computed anew when cwnd has changed, and over the last
 *   two packets to Wmax each time a sixteenth of a packet has been earned.
 * - Steps are also at most cwnd, doubling per round trip: with the source's
 *   constants a window of 14 may grow by 32.
 * - Wmax is noted below low_window as well: one left over from better times
 *   would be searched for at full speed once the window has grown again.
 * - A reduction that turns out spurious restores Wmax and max probing too, if it
 *   was the latest: the kernel remembers one window, and that one.
 */
#include "state_report.h"

WEIR_PARAM(bic, low_window, 1, 65535, 14, "below this window behave as Reno [packets]");
WEIR_PARAM(bic, smax, 1, 1024, 32, "largest step per round trip [packets]");
WEIR_PARAM(bic, smin, 1, 1024, 10, "smallest step per round trip [1/1024 packet]");
WEIR_PARAM(bic, beta, 1, 512, 205, "part of cwnd given up on loss [1/1024]");
WEIR_PARAM(bic, fast_convergence, 0, 1, 1, "release bandwidth to new flows faster");

/* Steps and fractions of packets are in 1/1024 packet. */
#define BIC_SHIFT	10
#define BIC_UNIT	1024U

/**
 * enum bic_state - phase, as in the tracepoints
 * @BIC_SLOW_START: below ssthresh
 * @BIC_RENO: below low_window
 * @BIC_SEARCH: binary search increase, between cwnd and Wmax
 * @BIC_PROBE: max probing, past Wmax
 * @BIC_ADDITIVE: Wmax is unknown
 */
enum bic_state {
	BIC_SLOW_START,
	BIC_RENO,
	BIC_SEARCH,
	BIC_PROBE,
	BIC_ADDITIVE,
};

/**
 * struct bic - per-connection state
 * @credit: growth short of a whole packet [1/1024 packet * cwnd]
 * @recheck: credit at which the step is computed anew [as @credit]
 * @step: growth per round trip [1/1024 packet]
 * @step_cwnd: window that @step was computed for, 0 if none [packets]
 * @max_win: Wmax, upper end of the search, 0 if unknown [packets]
 * @prior_max_win: @max_win before the last reduction, for undo [packets]
 * @probe_step: step of max probing, 0 if not probing [packets]
 * @prior_probe_step: @probe_step before the last reduction, for undo [packets]
 * @probe_target: window at which @probe_step doubles [packets]
 * @report: enum bic_state, as last reported
 */
struct bic {
	u64 credit;
	u64 recheck;
	u32 step;
	u32 step_cwnd;
	u32 max_win;
	u32 prior_max_win;
	u32 probe_step;
	u32 prior_probe_step;
	u32 probe_target;
	struct state_report report;
};

static enum bic_state bic_state(const struct bic *bic, u32 cwnd, u32 ssthresh)
{
	if (cwnd < ssthresh)
		return BIC_SLOW_START;
	if (cwnd < READ_ONCE(bic_low_window))
		return BIC_RENO;
	if (bic->probe_step)
		return BIC_PROBE;

	return bic->max_win ? BIC_SEARCH : BIC_ADDITIVE;
}

static noinline void bic_update_state(struct sock *sk, enum weir_why why)
{
	struct bic *bic = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);

	state_report(sk, &bic->report, bic_state(bic, tcp_snd_cwnd(tp), tp->snd_ssthresh), why);
}

/**
 * bic_gap() - how far cwnd is from Wmax
 * @bic: the connection, searching
 * @cwnd: window [packets]
 *
 * Return: distance, with the fraction already earned taken off; at least 0
 *	   [1/1024 packet].
 */
static u64 bic_gap(const struct bic *bic, u32 cwnd)
{
	u64 gap = bic->max_win > cwnd ? (u64)(bic->max_win - cwnd) << BIC_SHIFT : 0;

	return gap - min(gap, div_u64(bic->credit, cwnd));
}

/* Capacity has grown, or the search would have met a loss. */
static void bic_start_probing(struct sock *sk)
{
	struct bic *bic = inet_csk_ca(sk);
	u32 cwnd = max(tcp_snd_cwnd(tcp_sk(sk)), bic->max_win);

	weir_set_cwnd(tcp_sk(sk), cwnd);
	bic->credit = 0;
	bic->probe_step = 1;
	bic->probe_target = cwnd + 1;
}

/* @probe_target was reached without loss: twice as fast, up to Smax. */
static void bic_probe_faster(struct sock *sk, u32 smax)
{
	struct bic *bic = inet_csk_ca(sk);

	bic->probe_step *= 2;
	bic->probe_target = tcp_snd_cwnd(tcp_sk(sk)) + bic->probe_step;
	if (bic->probe_step >= smax) {
		bic->probe_step = 0;
		bic->max_win = 0;
	}
}

/**
 * bic_step() - growth of the window per round trip
 * @sk: the connection, in congestion avoidance
 *
 * Return: step, more than 0 [1/1024 packet].
 */
static u32 bic_step(struct sock *sk)
{
	const struct bic *bic = inet_csk_ca(sk);
	u32 cwnd = tcp_snd_cwnd(tcp_sk(sk));
	u32 smax = READ_ONCE(bic_smax);
	u64 half_gap;

	if (cwnd < READ_ONCE(bic_low_window))
		return BIC_UNIT;

	if (!bic->probe_step && bic->max_win) {
		half_gap = bic_gap(bic, cwnd) / 2;
		if (half_gap >= READ_ONCE(bic_smin))
			return min3(half_gap, (u64)smax << BIC_SHIFT, (u64)cwnd << BIC_SHIFT);
		bic_start_probing(sk);
	}
	if (bic->probe_step && cwnd >= bic->probe_target)
		bic_probe_faster(sk, smax);

	return min3(bic->probe_step ? : smax, smax, cwnd) << BIC_SHIFT;
}

/* Compute the step, and when to do so next: at a whole packet, or earlier. */
static noinline void bic_new_step(struct sock *sk)
{
	struct bic *bic = inet_csk_ca(sk);
	u32 cwnd;

	bic->step = bic_step(sk);
	/* That may have finished the search, and cwnd with it. */
	cwnd = tcp_snd_cwnd(tcp_sk(sk));
	bic->step_cwnd = cwnd;
	bic->recheck = (u64)cwnd << BIC_SHIFT;
	if (bic->step <= BIC_UNIT && !bic->probe_step && bic->max_win > cwnd)
		bic->recheck = min(bic->recheck, bic->credit + (bic->recheck >> 4));
	bic_update_state(sk, WEIR_WHY_ACK);
}

/* Turn credit into packets. */
static noinline void bic_open(struct sock *sk)
{
	struct bic *bic = inet_csk_ca(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	u32 cwnd = tcp_snd_cwnd(tp);
	u64 packet = (u64)cwnd << BIC_SHIFT;

	if (bic->credit >= packet) {
		u64 grown = div64_u64(bic->credit, packet);

		bic->credit -= grown * packet;
		weir_set_cwnd(tp, min_t(u64, cwnd + grown, U32_MAX));
	}
	bic_new_step(sk);
}

/**
 * bic_grow() - open the window
 * @sk: the connection, in congestion avoidance
 * @acked: packets just acknowledged; a window full of them grows cwnd by a step
 */
static void bic_grow(struct sock *sk, u32 acked)
{
	struct bic *bic = inet_csk_ca(sk);

	if (bic->step_cwnd != tcp_snd_cwnd(tcp_sk(sk)))
		bic_new_step(sk);
	bic->credit += (u64)acked * bic->step;
	if (bic->credit >= bic->recheck)
		bic_open(sk);
}

static void bic_cong_avoid(struct sock *sk, u32 ack, u32 acked)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (!tcp_is_cwnd_limited(sk))
		return;

	if (tcp_in_slow_start(tp)) {
		acked = tcp_slow_start(tp, acked);
		if (!acked)
			return;
	}
	bic_grow(sk, acked);
}

static u32 bic_ssthresh(struct sock *sk)
{
	struct bic *bic = inet_csk_ca(sk);
	u32 cwnd = tcp_snd_cwnd(tcp_sk(sk));
	u32 reduced;

	if (cwnd < READ_ONCE(bic_low_window))
		reduced = cwnd / 2;
	else
		reduced = cwnd - ((u64)cwnd * READ_ONCE(bic_beta) >> BIC_SHIFT);
	reduced = max(reduced, WEIR_MIN_CWND);

	bic->prior_max_win = bic->max_win;
	bic->prior_probe_step = bic->probe_step;
	if (READ_ONCE(bic_fast_convergence) && cwnd < bic->max_win)
		bic->max_win = (cwnd + reduced) / 2;
	else
		bic->max_win = cwnd;
	bic->probe_step = 0;
	bic->credit = 0;
	bic->step_cwnd = 0;

	return reduced;
}

static u32 bic_undo_cwnd(struct sock *sk)
{
	struct bic *bic = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 cwnd = tcp_reno_undo_cwnd(sk);

	bic->max_win = bic->prior_max_win;
	bic->probe_step = bic->prior_probe_step;
	bic->step_cwnd = 0;
	state_report(sk, &bic->report,
		     bic_state(bic, cwnd, state_report_undone_ssthresh(tp)),
		     WEIR_WHY_UNDO);

	return cwnd;
}

static void bic_set_state(struct sock *sk, u8 new_state)
{
	struct bic *bic = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);

	state_report_ca_state(sk, &bic->report,
			      bic_state(bic, tcp_snd_cwnd(tp), tp->snd_ssthresh), new_state);
}

/* The first transmission after idle: cwnd may have shrunk below ssthresh. */
static void bic_tx_start(struct sock *sk)
{
	bic_update_state(sk, WEIR_WHY_IDLE);
}

WEIR_DEFINE_TX_START(bic, bic_tx_start)

/* A SYN that was sent again has been asked about before: that was no loss of data. */
static void bic_init(struct sock *sk)
{
	struct bic *bic = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);

	memset(bic, 0, sizeof(*bic));
	state_report_init(sk, &bic->report, bic_state(bic, tcp_snd_cwnd(tp), tp->snd_ssthresh));
}

static noinline void bic_trace_ack(const struct sock *sk, s32 rtt_us)
{
	const struct bic *bic = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	const struct weir_values values = {
		.target = bic->max_win,
		.aux = bic->probe_step,
	};

	trace_weir_ack(sk, bic_state(bic, tcp_snd_cwnd(tp), tp->snd_ssthresh), rtt_us, &values);
}

static void bic_pkts_acked(struct sock *sk, const struct ack_sample *sample)
{
	if (trace_weir_ack_enabled())
		bic_trace_ack(sk, sample->rtt_us);
}

static struct tcp_congestion_ops bic_ops __read_mostly = {
	.name		= WEIR_NAME(bic),
	.owner		= THIS_MODULE,
	.flags		= TCP_CONG_NON_RESTRICTED,
	.init		= bic_init,
	.ssthresh	= bic_ssthresh,
	.cong_avoid	= bic_cong_avoid,
	.set_state	= bic_set_state,
	.undo_cwnd	= bic_undo_cwnd,
	.pkts_acked	= bic_pkts_acked,
	WEIR_TX_START(bic),
};

WEIR_MODULE(bic, struct bic, "Binary increase congestion control (Xu, Harfoush, Rhee 2004)");
