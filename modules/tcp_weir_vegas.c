// SPDX-License-Identifier: GPL-2.0
/*
 * tcp_weir_vegas.c - Vegas congestion control
 *
 * Vegas keeps between alpha and beta of its own packets in the bottleneck's
 * queue. Once per round trip it compares the rate it would have without any
 * queue with the rate it has (after the source's section 3.2.1):
 *
 *	expected = W / base			[packets/s]
 *	actual   = W / RTT			[packets/s]
 *	diff     = (expected - actual) * base
 *		 = W * (RTT - base) / RTT	[packets]
 *
 * with W the window, base the least RTT seen without queueing, RTT the round
 * trip of now. By Little's law diff is the number of packets queued. The
 * window then grows by a packet if diff < alpha, shrinks by one if diff > beta,
 * and stays otherwise. In slow start (section 3.2.2) it doubles every other
 * round trip, stays in between to be measured, and leaves when diff > gamma.
 * What is measured are packets sent while the window stood still: those sent in
 * doubling queue behind each other whatever the path can carry. One of them that
 * met no queue lets doubling go on at once; a round trip without any ends it.
 *
 * Source: L. Brakmo, L. Peterson, "TCP Vegas: End to End Congestion Avoidance
 * on a Global Internet", IEEE JSAC 13(8), 1995.
 *
 * Differences from the source:
 * - Its third part, retransmission by fine-grained timers, is the kernel's
 *   business (RACK and TLP, RFC 8985).
 * - The rate it has is W / RTT. The source counts what was sent between one
 *   distinguished segment and its acknowledgment, and divides by that RTT.
 *   While cwnd is the limit a window is sent in that time.
 * - RTT is the least clean sample of a round rather than that of one
 *   distinguished segment. A sample is clean unless it may have waited for the
 *   receiver's delayed-ACK timer. A round with no clean sample goes on.
 * - Slow start ends at the window measured, W * base / RTT + alpha.
 * - base is forgotten after an idle period longer than the retransmission
 *   timeout: the path may have changed. RTTs that may come from timestamps do
 *   not lower it (weir_rtt_is_coarse()).
 * - A round in which the application, not cwnd, was the limit says nothing
 *   about W and changes nothing.
 */
#include "state_report.h"

#include <linux/inet_diag.h>

WEIR_PARAM(vegas, alpha, 1, 1000, 2, "grow below this many packets queued");
WEIR_PARAM(vegas, beta, 1, 1000, 4, "shrink above this many packets queued");
WEIR_PARAM(vegas, gamma, 1, 1000, 1, "leave slow start above this many packets queued");

/* One of any three samples did not wait for a delayed-ACK timer. */
#define VEGAS_CLEAN_SAMPLES	3

/**
 * enum vegas_state - phase, as in the tracepoints
 * @VEGAS_DOUBLE: slow start, a round trip of doubling
 * @VEGAS_HOLD: slow start, a round trip with a constant window
 * @VEGAS_JUDGE: slow start, ACKs of what was sent in %VEGAS_HOLD
 * @VEGAS_AVOID: congestion avoidance
 */
enum vegas_state {
	VEGAS_DOUBLE,
	VEGAS_HOLD,
	VEGAS_JUDGE,
	VEGAS_AVOID,
};

/**
 * struct vegas - per-connection state
 * @base_rtt_us: least RTT since the connection or its last idle period, as of the
 *		 latest round, 0 if there is none yet [us]
 * @min_rtt_not: bitwise complement of the least RTT of this round [us]; so that
 *		 0 is none yet, and the lesser RTT is the larger number
 * @rtt_us: RTT that the last decision was based on, for tracing [us]
 * @round_end: sequence number whose acknowledgment ends this round
 * @samples: RTT samples of this round
 * @acked: bitwise or of the packets that each ACK of this round acknowledged
 * @report: enum vegas_state, as last reported
 * @phase: enum vegas_state while in slow start
 */
struct vegas {
	u32 base_rtt_us;
	u32 min_rtt_not;
	u32 rtt_us;
	u32 round_end;
	u32 samples;
	u32 acked;
	struct state_report report;
	u8 phase;
};

static void vegas_forget_samples(struct vegas *vegas)
{
	vegas->min_rtt_not = 0;
	vegas->samples = 0;
	vegas->acked = 0;
}

/* What a round has seen may be less than anything before. */
static void vegas_update_base(struct sock *sk)
{
	struct vegas *vegas = inet_csk_ca(sk);
	u32 rtt_us = ~vegas->min_rtt_not;

	/* A base of 0, none yet, is above any. */
	if (vegas->min_rtt_not && rtt_us - 1 < vegas->base_rtt_us - 1 &&
	    !weir_rtt_is_coarse(tcp_sk(sk), rtt_us))
		WRITE_ONCE(vegas->base_rtt_us, rtt_us);
}

/* Measure what is sent from now on. */
static void vegas_start_round(struct sock *sk)
{
	struct vegas *vegas = inet_csk_ca(sk);

	vegas->round_end = tcp_sk(sk)->snd_nxt;
	vegas_forget_samples(vegas);
}

/* The same, before the round is over or without a decision. */
static void vegas_restart_round(struct sock *sk)
{
	vegas_update_base(sk);
	vegas_start_round(sk);
}

static enum vegas_state vegas_state(const struct vegas *vegas, u32 cwnd, u32 ssthresh)
{
	return cwnd < ssthresh ? vegas->phase : VEGAS_AVOID;
}

static void vegas_update_state(struct sock *sk, enum weir_why why)
{
	struct vegas *vegas = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);

	state_report(sk, &vegas->report,
		     vegas_state(vegas, tcp_snd_cwnd(tp), tp->snd_ssthresh), why);
}

/*
 * A connection's least RTT so far, its handshake's as a rule, is the first
 * base: by the time data flow there may be a queue.
 */
static void vegas_init(struct sock *sk)
{
	struct vegas *vegas = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 min_rtt_us = tcp_min_rtt(tp);

	if (min_rtt_us != U32_MAX && !weir_rtt_is_coarse(tp, min_rtt_us))
		vegas->base_rtt_us = min_rtt_us;
	/* The initial window has stood still until its first ACK. */
	vegas->phase = VEGAS_JUDGE;
	vegas_start_round(sk);
	state_report_init(sk, &vegas->report,
			  vegas_state(vegas, tcp_snd_cwnd(tp), tp->snd_ssthresh));
}

/**
 * vegas_window_without_queue() - packets that fit the path itself
 * @vegas: the connection
 * @cwnd: window that was measured [packets]
 * @rtt_us: RTT that was measured, not 0 [us]
 *
 * Return: actual rate times base RTT, rounded down [packets].
 */
static u32 vegas_window_without_queue(const struct vegas *vegas, u32 cwnd, u32 rtt_us)
{
	return div_u64((u64)cwnd * vegas->base_rtt_us, rtt_us);
}

static noinline void vegas_trace_ack(const struct sock *sk, s32 rtt_us)
{
	const struct vegas *vegas = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 cwnd = tcp_snd_cwnd(tp);
	struct weir_values values = { };

	if (vegas->rtt_us) {
		values.bw = mul_u64_u32_div((u64)cwnd * tp->mss_cache, USEC_PER_SEC,
					    vegas->rtt_us);
		values.target = vegas_window_without_queue(vegas, cwnd, vegas->rtt_us) +
				READ_ONCE(vegas_alpha);
		values.aux = mul_u64_u32_div((u64)cwnd * 1000,
					     vegas->rtt_us - vegas->base_rtt_us,
					     vegas->rtt_us);
	}
	trace_weir_ack(sk, vegas_state(vegas, cwnd, tp->snd_ssthresh), rtt_us, &values);
}

static void vegas_pkts_acked(struct sock *sk, const struct ack_sample *sample)
{
	struct vegas *vegas = inet_csk_ca(sk);
	u32 rtt_us = sample->rtt_us;

	/* Negative: nothing was acknowledged that tells an RTT. */
	if (sample->rtt_us > 0) {
		if (~rtt_us > vegas->min_rtt_not)
			vegas->min_rtt_not = ~rtt_us;
		vegas->samples++;
		vegas->acked |= sample->pkts_acked;
	}

	if (trace_weir_ack_enabled())
		vegas_trace_ack(sk, sample->rtt_us);
}

/*
 * Whether a sample of this round certainly did not wait for a delayed-ACK
 * timer: an ACK of two packets never does, nor all of three samples.
 */
static bool vegas_clean(const struct vegas *vegas)
{
	return vegas->acked > 1 || vegas->samples >= VEGAS_CLEAN_SAMPLES;
}

/**
 * vegas_measure() - the RTT to decide by
 * @sk: the connection, in a round with samples
 *
 * Where it is below base it becomes base, or base stands for it: no queue.
 *
 * Return: whether there is one, in rtt_us.
 */
static bool vegas_measure(struct sock *sk)
{
	struct vegas *vegas = inet_csk_ca(sk);
	u32 rtt_us = ~vegas->min_rtt_not;

	/* A base of 0, none yet, is above any. */
	if (rtt_us - 1 < vegas->base_rtt_us - 1) {
		vegas_update_base(sk);
		rtt_us = vegas->base_rtt_us;
	}
	vegas->rtt_us = rtt_us;

	return rtt_us;
}

/**
 * vegas_diff() - packets queued, times the RTT
 * @vegas: the connection
 * @cwnd: window that was measured [packets]
 *
 * Return: cwnd * (RTT - base), to be compared with a threshold times RTT: the
 *	   division is spared [packets * us].
 */
static u64 vegas_diff(const struct vegas *vegas, u32 cwnd)
{
	return (u64)cwnd * (vegas->rtt_us - vegas->base_rtt_us);
}

static void vegas_avoid(struct sock *sk)
{
	const struct vegas *vegas = inet_csk_ca(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	u32 cwnd = tcp_snd_cwnd(tp);
	u64 diff = vegas_diff(vegas, cwnd);
	u32 alpha = READ_ONCE(vegas_alpha);

	if (diff < (u64)alpha * vegas->rtt_us) {
		weir_set_cwnd(tp, cwnd + 1);
	} else if (diff > (u64)max(alpha, READ_ONCE(vegas_beta)) * vegas->rtt_us) {
		if (cwnd > WEIR_MIN_CWND)
			weir_set_cwnd(tp, cwnd - 1);
		/* Shrinking must not look like room for slow start. */
		if (tp->snd_ssthresh > tcp_snd_cwnd(tp))
			weir_set_ssthresh(tp, tcp_snd_cwnd(tp));
	}
}

/* The window as measured, and alpha packets for the queue. */
static void vegas_leave_slow_start(struct sock *sk)
{
	const struct vegas *vegas = inet_csk_ca(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	u32 cwnd = tcp_snd_cwnd(tp);
	u32 fit = vegas_window_without_queue(vegas, cwnd, vegas->rtt_us) +
		  READ_ONCE(vegas_alpha);

	weir_set_cwnd(tp, max(min(cwnd, fit), WEIR_MIN_CWND));
	weir_set_ssthresh(tp, tcp_snd_cwnd(tp));
	vegas_update_state(sk, WEIR_WHY_DELAY);
}

/* Return: whether a new round begins. */
static bool vegas_judge(struct sock *sk, bool round_ended)
{
	struct vegas *vegas = inet_csk_ca(sk);

	if (!vegas->min_rtt_not || !vegas_measure(sk))
		return false;
	if (vegas_diff(vegas, tcp_snd_cwnd(tcp_sk(sk))) <=
	    (u64)READ_ONCE(vegas_gamma) * vegas->rtt_us || !tcp_is_cwnd_limited(sk)) {
		vegas->phase = VEGAS_DOUBLE;
		return true;
	}
	if (!round_ended || !vegas_clean(vegas))
		return false;
	vegas_leave_slow_start(sk);

	return true;
}

static noinline void vegas_slow_start(struct sock *sk, bool round_ended, u32 acked)
{
	struct vegas *vegas = inet_csk_ca(sk);

	if (vegas->phase == VEGAS_JUDGE)
		round_ended = vegas_judge(sk, round_ended);
	else if (round_ended)
		vegas->phase++;
	if (round_ended)
		vegas_restart_round(sk);

	if (vegas->phase == VEGAS_DOUBLE && tcp_is_cwnd_limited(sk))
		tcp_slow_start(tcp_sk(sk), acked);
	if (round_ended || !tcp_in_slow_start(tcp_sk(sk)))
		vegas_update_state(sk, WEIR_WHY_ACK);
}

static noinline void vegas_end_round(struct sock *sk)
{
	struct vegas *vegas = inet_csk_ca(sk);

	if (!vegas_clean(vegas))
		return;
	if (vegas_measure(sk) && tcp_is_cwnd_limited(sk))
		vegas_avoid(sk);
	vegas_start_round(sk);
}

/* Most ACKs end here: what is rare is kept out of line, and registers unsaved. */
static void vegas_cong_avoid(struct sock *sk, u32 ack, u32 acked)
{
	const struct vegas *vegas = inet_csk_ca(sk);
	/* All that was in flight when the round began has been acknowledged. */
	bool round_ended = after(ack, vegas->round_end);

	if (tcp_in_slow_start(tcp_sk(sk)))
		vegas_slow_start(sk, round_ended, acked);
	else if (round_ended)
		vegas_end_round(sk);
}

/*
 * Reductions and repair disturb RTT, and what is measured is no longer the
 * window that was: measure anew, when they begin and when they are over. From
 * Open to Disorder and back nothing is reduced: packets arrived out of order,
 * and each has the RTT that it had.
 */
static void vegas_set_state(struct sock *sk, u8 new_state)
{
	struct vegas *vegas = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	u8 old_state = inet_csk(sk)->icsk_ca_state;

	if (max(old_state, new_state) < TCP_CA_CWR)
		return;
	/* After a timeout double at once, to the threshold. */
	if (new_state == TCP_CA_Loss)
		vegas->phase = VEGAS_DOUBLE;
	vegas_restart_round(sk);
	state_report_ca_state(sk, &vegas->report,
			      vegas_state(vegas, tcp_snd_cwnd(tp), tp->snd_ssthresh), new_state);
}

/* If slow start goes on, the window returns unmeasured: hold it first. */
static u32 vegas_undo_cwnd(struct sock *sk)
{
	struct vegas *vegas = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 cwnd = tcp_reno_undo_cwnd(sk);

	vegas->phase = VEGAS_HOLD;
	vegas_restart_round(sk);
	state_report(sk, &vegas->report,
		     vegas_state(vegas, cwnd, state_report_undone_ssthresh(tp)),
		     WEIR_WHY_UNDO);

	return cwnd;
}

/*
 * The first packet after a timeout comes here as well: all that is outstanding is
 * taken for lost then, and nothing in flight.
 */
static void vegas_tx_start(struct sock *sk)
{
	struct vegas *vegas = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 idle = tcp_jiffies32 - tp->lsndtime;

	if (!tp->packets_out && idle > inet_csk(sk)->icsk_rto) {
		vegas_restart_round(sk);
		WRITE_ONCE(vegas->base_rtt_us, 0);
		vegas->rtt_us = 0;
	}
	vegas_update_state(sk, WEIR_WHY_IDLE);
}

WEIR_DEFINE_TX_START(vegas, vegas_tx_start)

/* `ss` takes an RTT of 0x7fffffff for none. */
#define VEGAS_INFO_NO_RTT	0x7fffffffU

static u32 vegas_info_rtt(u32 rtt_us)
{
	return rtt_us ? rtt_us : VEGAS_INFO_NO_RTT;
}

/* Least RTT of this round, 0 if there is none yet [us] */
static u32 vegas_min_rtt(const struct vegas *vegas)
{
	u32 min_rtt_not = READ_ONCE(vegas->min_rtt_not);

	return min_rtt_not ? ~min_rtt_not : 0;
}

static size_t vegas_get_info(struct sock *sk, u32 ext, int *attr,
			     union tcp_cc_info *info)
{
	const struct vegas *vegas = inet_csk_ca(sk);

	if (!(ext & (1 << (INET_DIAG_VEGASINFO - 1))))
		return 0;

	info->vegas.tcpv_enabled = 1;
	info->vegas.tcpv_rttcnt = vegas->samples;
	info->vegas.tcpv_rtt = vegas_info_rtt(READ_ONCE(vegas->base_rtt_us));
	info->vegas.tcpv_minrtt = vegas_info_rtt(vegas_min_rtt(vegas));
	*attr = INET_DIAG_VEGASINFO;

	return sizeof(info->vegas);
}

static struct tcp_congestion_ops vegas_ops __read_mostly = {
	.name		= WEIR_NAME(vegas),
	.owner		= THIS_MODULE,
	.flags		= TCP_CONG_NON_RESTRICTED,
	.init		= vegas_init,
	.ssthresh	= tcp_reno_ssthresh,
	.cong_avoid	= vegas_cong_avoid,
	.set_state	= vegas_set_state,
	.undo_cwnd	= vegas_undo_cwnd,
	.pkts_acked	= vegas_pkts_acked,
	.get_info	= vegas_get_info,
	WEIR_TX_START(vegas),
};

WEIR_MODULE(vegas, struct vegas, "Vegas congestion control (Brakmo, Peterson 1995)");
