// SPDX-License-Identifier: GPL-2.0
/*
 * tcp_weir_westwood.c - Westwood+ congestion control
 *
 * Reno's growth, and a reduction that asks what the path has carried. Reno
 * halves on loss whatever the reason; Westwood+ sets, on loss and on timeout
 * (section 2.2 of [2]),
 *
 *	ssthresh = BWE * RTTmin			[packets]
 *
 * the window that fills the path with an empty queue, if BWE is the rate at
 * which packets were being delivered. A queue that overflowed is drained; a
 * window below capacity, cut by a random loss, keeps its size. After a timeout
 * slow start leads there, however small the window was.
 *
 * BWE is measured over each round trip, of 50 ms at least because shorter
 * intervals measure bursts, and low-pass filtered (after section 2.1 of [2]):
 *
 *	sample = packets delivered / interval
 *	BWE    = 7/8 BWE + 1/8 sample
 *
 * Sources:
 * [1] S. Mascolo et al., "TCP Westwood: Bandwidth Estimation for Enhanced
 *     Transport over Wireless Links", MOBICOM 2001.
 * [2] L. A. Grieco, S. Mascolo, "Performance Evaluation and Comparison of
 *     Westwood+, New Reno, and Vegas TCP Congestion Control", ACM CCR 34(2),
 *     2004.
 *
 * Differences from the sources:
 * - Packets are counted where [1] counts bytes and reconstructs from duplicate
 *   ACKs what they stand for: the kernel's count of delivered packets knows
 *   from SACK, and cwnd counts packets.
 * - The filter's 7/8 and the floor of 50 ms are those of Westwood+ in Linux. Of
 *   the authors' papers some have 7/8 and some 0.9, and they know no floor.
 * - RTTmin is the kernel's, over net.ipv4.tcp_min_rtt_wlen (300 s), and not
 *   over the whole connection: a longer path is noticed some day. What it takes
 *   from timestamps is left out (weir_rtt_is_coarse()).
 * - During the first slow start a sample above BWE replaces it. The filter
 *   would lag a rate that doubles every round trip by a factor of four, and
 *   the first loss would throw most of the window away.
 * - A round trip in which the application was the limit can raise BWE, never
 *   lower it, and an idle period is not measured at all.
 * - Fast recovery never sets ssthresh above cwnd, because the kernel ends it with
 *   cwnd at ssthresh. The sources leave cwnd where it is if it is below.
 * - Until there is an estimate, reductions halve.
 */
#include "state_report.h"

#include <linux/inet_diag.h>

/* Shortest interval to measure over [us] */
#define WESTWOOD_MIN_INTERVAL_US	(50 * USEC_PER_MSEC)

/* Weight of a sample in the filter: 2^-3 */
#define WESTWOOD_GAIN_SHIFT		3

/* A bandwidth is in packets per microsecond times 2^24. */
#define WESTWOOD_BW_SHIFT		24

/**
 * enum westwood_state - phase, as in the tracepoints
 * @WESTWOOD_SLOW_START: below ssthresh
 * @WESTWOOD_AVOID: a packet per round trip
 */
enum westwood_state {
	WESTWOOD_SLOW_START,
	WESTWOOD_AVOID,
};

/**
 * struct westwood - per-connection state
 * @bw: filtered bandwidth, 0 until there is one
 * @sample: latest bandwidth sample, for tracing
 * @start_us: when the interval being measured began, idle time taken out
 *	      [us, modulo 2^32]
 * @end_us: when it may end [us, modulo 2^32]
 * @min_rtt_us: least RTT that does not come from timestamps, 0 if there is none
 *		yet [us]
 * @acked_us: when the latest ACK came [us, modulo 2^32]
 * @delivered: the connection's count of delivered packets at @start_us
 * @report: enum westwood_state, as last reported
 * @app_limited: the application was the limit in some part of the interval
 */
struct westwood {
	u32 bw;
	u32 sample;
	u32 start_us;
	u32 end_us;
	u32 min_rtt_us;
	u32 acked_us;
	u32 delivered;
	struct state_report report;
	bool app_limited;
};

static u32 westwood_now_us(const struct tcp_sock *tp)
{
	return tp->tcp_mstamp;
}

/*
 * RTTmin: the kernel's least RTT of 300 s, but for what it took from timestamps.
 * Where it is the larger one, the path has become longer since.
 */
static u32 westwood_min_rtt(const struct sock *sk)
{
	const struct westwood *westwood = inet_csk_ca(sk);

	return max(READ_ONCE(westwood->min_rtt_us), tcp_min_rtt(tcp_sk(sk)));
}

static void westwood_sample_rtt(struct sock *sk, s32 rtt_us)
{
	struct westwood *westwood = inet_csk_ca(sk);

	/* 0, none yet, is above any. */
	if (rtt_us > 0 && (u32)rtt_us - 1 < westwood->min_rtt_us - 1 &&
	    !weir_rtt_is_coarse(tcp_sk(sk), rtt_us))
		WRITE_ONCE(westwood->min_rtt_us, rtt_us);
}

static void westwood_start_interval(struct sock *sk)
{
	struct westwood *westwood = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 interval_us = max_t(u32, tp->srtt_us >> 3, WESTWOOD_MIN_INTERVAL_US);

	westwood->start_us = westwood_now_us(tp);
	westwood->end_us = westwood->start_us + interval_us;
	westwood->delivered = tp->delivered;
	westwood->app_limited = false;
}

/**
 * westwood_bdp() - window that fills the path with an empty queue
 * @sk: the connection
 *
 * Return: BWE * RTTmin, rounded up; 0 if there is no estimate [packets].
 */
static u32 westwood_bdp(const struct sock *sk)
{
	const struct westwood *westwood = inet_csk_ca(sk);
	u64 scaled = (u64)westwood->bw * westwood_min_rtt(sk);

	return min_t(u64, (scaled + (1U << WESTWOOD_BW_SHIFT) - 1) >> WESTWOOD_BW_SHIFT,
		     U32_MAX);
}

static noinline void westwood_take_sample(struct sock *sk)
{
	struct westwood *westwood = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 interval_us = max(westwood_now_us(tp) - westwood->start_us, 1U);
	u64 delivered = tp->delivered - westwood->delivered;
	u32 bw = westwood->bw;
	u32 sample;

	sample = min_t(u64, div_u64(delivered << WESTWOOD_BW_SHIFT, interval_us), U32_MAX);
	westwood->sample = sample;

	if (!bw || (sample > bw && weir_in_initial_slow_start(tp)))
		bw = sample;
	else if (sample > bw || !westwood->app_limited)
		bw = bw - (bw >> WESTWOOD_GAIN_SHIFT) + (sample >> WESTWOOD_GAIN_SHIFT);
	WRITE_ONCE(westwood->bw, bw);
	if (westwood->min_rtt_us < tcp_min_rtt(tp))
		WRITE_ONCE(westwood->min_rtt_us, 0);
	westwood_start_interval(sk);
}

static u64 westwood_bytes_per_sec(u32 bw, u32 mss)
{
	return mul_u64_u32_shr((u64)bw * mss, USEC_PER_SEC, WESTWOOD_BW_SHIFT);
}

static enum westwood_state westwood_state(u32 cwnd, u32 ssthresh)
{
	return cwnd < ssthresh ? WESTWOOD_SLOW_START : WESTWOOD_AVOID;
}

static noinline void westwood_update_state(struct sock *sk, enum weir_why why)
{
	struct westwood *westwood = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);

	state_report(sk, &westwood->report,
		     westwood_state(tcp_snd_cwnd(tp), tp->snd_ssthresh), why);
}

static noinline void westwood_trace_ack(const struct sock *sk, s32 rtt_us)
{
	const struct westwood *westwood = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	const struct weir_values values = {
		.bw = westwood_bytes_per_sec(westwood->bw, tp->mss_cache),
		.target = westwood_bdp(sk),
		.aux = westwood_bytes_per_sec(westwood->sample, tp->mss_cache),
	};

	trace_weir_ack(sk, westwood_state(tcp_snd_cwnd(tp), tp->snd_ssthresh), rtt_us, &values);
}

/* Runs for every ACK, in recovery too, after the delivered are counted. */
static void westwood_pkts_acked(struct sock *sk, const struct ack_sample *sample)
{
	struct westwood *westwood = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);

	westwood_sample_rtt(sk, sample->rtt_us);
	westwood->acked_us = westwood_now_us(tp);
	/* The kernel forgets it before the packets that it held back are measured. */
	westwood->app_limited |= tp->app_limited != 0;
	if ((s32)(westwood->acked_us - westwood->end_us) >= 0)
		westwood_take_sample(sk);
	if (westwood->report.state == WESTWOOD_SLOW_START && !tcp_in_slow_start(tp))
		westwood_update_state(sk, WEIR_WHY_ACK);

	if (trace_weir_ack_enabled())
		westwood_trace_ack(sk, sample->rtt_us);
}

/* Fast recovery ends with cwnd here, and must not raise it. */
static u32 westwood_ssthresh(struct sock *sk)
{
	u32 cwnd = tcp_snd_cwnd(tcp_sk(sk));
	u32 bdp = westwood_bdp(sk);

	if (!bdp)
		bdp = cwnd / 2;

	return max(min(bdp, cwnd), WEIR_MIN_CWND);
}

/* A timeout, told right after ssthresh() was asked: cwnd will start from one. */
static void westwood_cwnd_event(struct sock *sk, enum tcp_ca_event event)
{
	u32 bdp;

	if (event != CA_EVENT_LOSS)
		return;
	bdp = westwood_bdp(sk);
	if (bdp)
		weir_set_ssthresh(tcp_sk(sk), max(bdp, WEIR_MIN_CWND));
}

/*
 * A timeout that was none must not leave a slow start behind. If there was one
 * before, the kernel raises ssthresh to what it was.
 */
static u32 westwood_undo_cwnd(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct westwood *westwood = inet_csk_ca(sk);
	u32 cwnd = tcp_reno_undo_cwnd(sk);

	weir_set_ssthresh(tp, min(tp->snd_ssthresh, cwnd));
	state_report(sk, &westwood->report,
		     westwood_state(cwnd, state_report_undone_ssthresh(tp)),
		     WEIR_WHY_UNDO);

	return cwnd;
}

static void westwood_set_state(struct sock *sk, u8 new_state)
{
	struct westwood *westwood = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);

	state_report_ca_state(sk, &westwood->report,
			      westwood_state(tcp_snd_cwnd(tp), tp->snd_ssthresh), new_state);
}

/*
 * Nothing was in flight: since the latest ACK nothing could be delivered, and
 * that time is taken out of the interval. Beginning it anew would never measure
 * a path whose windows are acknowledged by one ACK each.
 */
static void westwood_tx_start(struct sock *sk)
{
	struct westwood *westwood = inet_csk_ca(sk);
	u32 now_us = westwood_now_us(tcp_sk(sk));
	u32 idle_us = now_us - westwood->acked_us;

	westwood->start_us += idle_us;
	westwood->end_us += idle_us;
	westwood->acked_us = now_us;
	westwood_update_state(sk, WEIR_WHY_IDLE);
}

WEIR_DEFINE_CWND_EVENT(westwood, westwood_cwnd_event, westwood_tx_start)

/* The handshake's ACK may have come here before, and was measured from nowhere. */
static void westwood_init(struct sock *sk)
{
	struct westwood *westwood = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);

	memset(westwood, 0, sizeof(*westwood));
	westwood->acked_us = westwood_now_us(tp);
	westwood_start_interval(sk);
	state_report_init(sk, &westwood->report,
			  westwood_state(tcp_snd_cwnd(tp), tp->snd_ssthresh));
}

/* `ss -ti` prints this as bbr:(bw:...,mrtt:...). */
static size_t westwood_get_info(struct sock *sk, u32 ext, int *attr,
				union tcp_cc_info *info)
{
	const struct westwood *westwood = inet_csk_ca(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	u64 bw;

	if (!(ext & (1 << (INET_DIAG_VEGASINFO - 1) | 1 << (INET_DIAG_BBRINFO - 1))))
		return 0;

	bw = westwood_bytes_per_sec(READ_ONCE(westwood->bw), tp->mss_cache);
	memset(&info->bbr, 0, sizeof(info->bbr));
	info->bbr.bbr_bw_lo = (u32)bw;
	info->bbr.bbr_bw_hi = (u32)(bw >> 32);
	info->bbr.bbr_min_rtt = westwood_min_rtt(sk);
	*attr = INET_DIAG_BBRINFO;

	return sizeof(info->bbr);
}

static struct tcp_congestion_ops westwood_ops __read_mostly = {
	.name		= WEIR_NAME(westwood),
	.owner		= THIS_MODULE,
	.flags		= TCP_CONG_NON_RESTRICTED,
	.init		= westwood_init,
	.ssthresh	= westwood_ssthresh,
	.cong_avoid	= tcp_reno_cong_avoid,
	.set_state	= westwood_set_state,
	.undo_cwnd	= westwood_undo_cwnd,
	.pkts_acked	= westwood_pkts_acked,
	.get_info	= westwood_get_info,
	WEIR_CWND_EVENT(westwood),
};

WEIR_MODULE(westwood, struct westwood, "Westwood+ congestion control (Mascolo 2001, Grieco 2004)");
