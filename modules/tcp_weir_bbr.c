// SPDX-License-Identifier: GPL-2.0
/*
 * tcp_weir_bbr.c - BBR, version 1
 *
 * A model of the path instead of a reaction to loss. The path is described by
 * two numbers that cannot be measured at the same time: the bandwidth of the
 * bottleneck, seen only while its queue is not empty, and the round-trip
 * time without queue, seen only while it is. BBR keeps the windowed maximum of
 * the one and minimum of the other, paces at the bandwidth, bounds what is in
 * flight to twice their product, and now and then probes for more of the first
 * or less of the second:
 *
 *	STARTUP		double the rate each round until it grows no more
 *	DRAIN		the inverse, until the queue made is gone
 *	PROBE_BW	eight phases of min_rtt each: 5/4, 3/4, then six times 1
 *	PROBE_RTT	four packets for 200 ms, if min_rtt has not been seen
 *			for ten seconds
 *
 * Sources: Cardwell, Cheng, Gunn, Hassas Yeganeh, Jacobson, "BBR:
 * Congestion-Based Congestion Control", CACM 60(2), 2017; and
 * draft-cardwell-iccrg-bbr-congestion-control-00, whose section numbers stand
 * below. The draft is silent on aggregated ACKs, policers, pacing that is
 * queued already, and fine points of recovery: there the behaviour of the
 * kernel's own BBR is followed, with which this module is to be compared.
 * docs/algorithms/bbr.md lists what differs.
 *
 * Few ACKs change the model. What follows from it, pacing rate and target of
 * cwnd, is computed only when they do, and once a round for what may change
 * elsewhere: the segment size and the user's limit on the rate.
 */
#include "weir.h"
#include "bbr1.h"
#include "bbr_info.h"

/* --- What follows from the model (4.2) ------------------------------------ */

/* State, phase or bandwidth changed: what depends on them is recomputed. */
static void bbr_set_gain(struct bbr *bbr)
{
	bbr->pacing_gain = bbr_wanted_pacing_gain(bbr);
	bbr->model_changed = 1;
}

/* Segments in a burst: a millisecond's worth, as the kernel sizes them (4.2.2) */
static u32 bbr_tso_segs(const struct sock *sk)
{
	unsigned long rate = READ_ONCE(sk->sk_pacing_rate);
	u32 bytes = min_t(unsigned long, rate >> READ_ONCE(sk->sk_pacing_shift),
			  GSO_LEGACY_MAX_SIZE - 1 - MAX_TCP_HEADER);
	u32 least = rate < BBR_SINGLE_SEGMENT_RATE ? 1 : 2;

	return clamp_t(u32, bytes / tcp_sk(sk)->mss_cache, least, BBR_MAX_TSO_SEGS);
}

/*
 * Room for what the hosts hold besides the path: a burst in the queueing
 * discipline, one being segmented, one not yet acknowledged (4.2.3.2). An even
 * number, because receivers acknowledge pairs.
 */
static u32 bbr_add_quanta(const struct bbr *bbr, u32 cwnd)
{
	cwnd = (cwnd + 3 * bbr->tso_segs + 1) & ~1U;

	/* However small the BDP, probing has to exceed it. */
	if (bbr->state == BBR_PROBE_BW && !bbr->phase)
		cwnd += 2;

	return cwnd;
}

/* Packets in flight that fill the path @gain times at bandwidth @bw */
static u32 bbr_inflight(const struct bbr *bbr, u32 bw, u32 gain)
{
	u32 bdp = TCP_INIT_CWND;

	if (bbr->min_rtt_us != U32_MAX)
		bdp = bbr_bdp(bw, bbr->min_rtt_us, gain);

	return bbr_add_quanta(bbr, min(bdp, U32_MAX / 2));
}

/* What aggregated ACKs withhold must be in flight besides the BDP. */
static u32 bbr_extra_cwnd(const struct bbr *bbr)
{
	u32 extra = max(bbr->extra_acked[0], bbr->extra_acked[1]);

	if (!bbr->full_bw_reached || !extra)
		return 0;

	return min(extra, bbr_bw_times(bbr->bw, BBR_EXTRA_MAX_US));
}

/* Before anything was delivered: the initial window in one RTT (4.2.1) */
static void bbr_init_pacing_rate(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr *bbr = inet_csk_ca(sk);
	u32 rtt_us = USEC_PER_MSEC;
	u64 bw;

	if (tp->srtt_us) {
		rtt_us = max(tp->srtt_us >> 3, 1U);
		bbr->rtt_seen = 1;
	}
	bw = div_u64((u64)tcp_snd_cwnd(tp) << BBR_BW_SHIFT, rtt_us);
	bw = min_t(u64, bw, U32_MAX);
	WRITE_ONCE(sk->sk_pacing_rate,
		   min_t(u64, bbr_pacing_rate(bw, tp->mss_cache, BBR_HIGH_GAIN),
			 READ_ONCE(sk->sk_max_pacing_rate)));
}

/*
 * Until STARTUP has found the bandwidth, the rate only rises: a first sample
 * from a starved application says nothing about the path (4.2.1).
 */
static void bbr_set_pacing_rate(struct sock *sk, u32 gain)
{
	struct bbr *bbr = inet_csk_ca(sk);
	u64 rate;

	if (unlikely(!bbr->rtt_seen && tcp_sk(sk)->srtt_us))
		bbr_init_pacing_rate(sk);

	rate = min_t(u64, bbr_pacing_rate(bbr->bw, tcp_sk(sk)->mss_cache, gain),
		     READ_ONCE(sk->sk_max_pacing_rate));
	if (bbr->full_bw_reached || rate > READ_ONCE(sk->sk_pacing_rate))
		WRITE_ONCE(sk->sk_pacing_rate, rate);
}

static void bbr_apply_model(struct sock *sk)
{
	struct bbr *bbr = inet_csk_ca(sk);
	u32 bdp = TCP_INIT_CWND;

	bbr->model_changed = 0;
	bbr_set_pacing_rate(sk, bbr->pacing_gain);
	bbr->tso_segs = bbr_tso_segs(sk);

	if (bbr->min_rtt_us != U32_MAX)
		bdp = bbr_bdp(bbr->bw, bbr->min_rtt_us, bbr_cwnd_gain(bbr));
	bbr->target_cwnd = bbr_add_quanta(bbr, min(bdp, U32_MAX / 2) + bbr_extra_cwnd(bbr));
}

/* --- State machine (4.3) -------------------------------------------------- */

static void bbr_enter(struct sock *sk, u8 state, u8 why)
{
	struct bbr *bbr = inet_csk_ca(sk);

	trace_weir_state(sk, bbr->state, state, why);
	bbr->state = state;
	bbr_set_gain(bbr);
}

/* Begin with any phase but the one that drains, so that flows mix (4.3.4.3). */
static void bbr_enter_probe_bw(struct sock *sk, u8 why)
{
	struct bbr *bbr = inet_csk_ca(sk);
	u32 phase = weir_random_below(BBR_CYCLE_PHASES - 1);

	bbr->phase = phase ? phase + 1 : 0;
	bbr->cycle_stamp = tcp_sk(sk)->delivered_mstamp;
	bbr_enter(sk, BBR_PROBE_BW, why);
}

/*
 * How much will be in the network when the next packet leaves? Packets whose
 * departure is scheduled already count as in flight while they wait, and by
 * the time they leave others will have arrived. While probing up, the burst
 * about to leave is what reaches the aim; so it counts.
 */
static u32 bbr_inflight_at_departure(const struct sock *sk, u32 inflight)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	const struct bbr *bbr = inet_csk_ca(sk);
	u32 arriving = 0;

	if (bbr->pacing_gain > BBR_UNIT)
		inflight += bbr->tso_segs;
	if (tp->tcp_wstamp_ns > tp->tcp_clock_cache) {
		u64 wait_us = div_u64(tp->tcp_wstamp_ns - tp->tcp_clock_cache, NSEC_PER_USEC);

		arriving = bbr_bw_times(bbr->bw, min_t(u64, wait_us, U32_MAX));
	}

	return inflight > arriving ? inflight - arriving : 0;
}

/* Is the phase of PROBE_BW over? (4.3.4.2) */
static bool bbr_phase_done(const struct sock *sk, const struct rate_sample *rs)
{
	const struct bbr *bbr = inet_csk_ca(sk);
	u32 elapsed_us = (u32)tcp_sk(sk)->delivered_mstamp - bbr->cycle_stamp;
	bool in_full = elapsed_us > bbr->min_rtt_us;
	u32 inflight;

	if (bbr->pacing_gain == BBR_UNIT)
		return in_full;

	/* Up: for long enough to be seen, and until the aim is in flight. */
	if (bbr->pacing_gain > BBR_UNIT) {
		if (!in_full)
			return false;
		if (rs->losses)
			return true;
		inflight = bbr_inflight_at_departure(sk, rs->prior_in_flight);
		return inflight >= bbr_inflight(bbr, win_max(&bbr->bw_filter), bbr->pacing_gain);
	}

	/* Down: no longer than it takes to lose the queue. */
	if (in_full)
		return true;
	inflight = bbr_inflight_at_departure(sk, rs->prior_in_flight);
	return inflight <= bbr_inflight(bbr, win_max(&bbr->bw_filter), BBR_UNIT);
}

static void bbr_check_phase(struct sock *sk, const struct rate_sample *rs)
{
	struct bbr *bbr = inet_csk_ca(sk);

	if (!bbr_phase_done(sk, rs))
		return;
	bbr->phase = (bbr->phase + 1) % BBR_CYCLE_PHASES;
	bbr->cycle_stamp = tcp_sk(sk)->delivered_mstamp;
	bbr_set_gain(bbr);
}

/* Has the bandwidth stopped growing? (4.3.2.2) */
static void bbr_check_full_bw(struct bbr *bbr, const struct rate_sample *rs)
{
	u32 bw = win_max(&bbr->bw_filter);

	if (!bbr->round_start || rs->is_app_limited)
		return;

	if (bw >= (u64)bbr->full_bw * BBR_FULL_BW_GROWTH >> BBR_GAIN_SHIFT) {
		bbr->full_bw = bw;
		bbr->full_bw_rounds = 0;
		return;
	}
	if (++bbr->full_bw_rounds >= BBR_FULL_BW_ROUNDS) {
		bbr->full_bw_reached = 1;
		bbr->model_changed = 1;
	}
}

static void bbr_check_startup(struct sock *sk)
{
	struct bbr *bbr = inet_csk_ca(sk);

	if (!bbr->full_bw_reached)
		return;
	/* BBR does not use ssthresh: it tells observers that STARTUP is over. */
	weir_set_ssthresh(tcp_sk(sk), bbr_inflight(bbr, win_max(&bbr->bw_filter), BBR_UNIT));
	bbr_enter(sk, BBR_DRAIN, WEIR_WHY_ACK);
}

static void bbr_check_drain(struct sock *sk)
{
	const struct bbr *bbr = inet_csk_ca(sk);
	u32 inflight = bbr_inflight_at_departure(sk, tcp_packets_in_flight(tcp_sk(sk)));

	if (inflight <= bbr_inflight(bbr, win_max(&bbr->bw_filter), BBR_UNIT))
		bbr_enter_probe_bw(sk, WEIR_WHY_ACK);
}

static void bbr_update_state(struct sock *sk, const struct rate_sample *rs)
{
	struct bbr *bbr = inet_csk_ca(sk);

	if (bbr->state == BBR_PROBE_BW) {
		bbr_check_phase(sk, rs);
		return;
	}
	if (!bbr->full_bw_reached)
		bbr_check_full_bw(bbr, rs);
	if (bbr->state == BBR_STARTUP)
		bbr_check_startup(sk);
	if (bbr->state == BBR_DRAIN)
		bbr_check_drain(sk);
}

/* --- Recovery and cwnd (4.2.3) -------------------------------------------- */

/*
 * A cwnd that neither recovery nor PROBE_RTT has cut is worth coming back to;
 * while one of them lasts, the best of what was seen is.
 */
static void bbr_save_cwnd(struct sock *sk)
{
	struct bbr *bbr = inet_csk_ca(sk);
	u32 cwnd = tcp_snd_cwnd(tcp_sk(sk));

	if (bbr->prev_ca_state < TCP_CA_Recovery && bbr->state != BBR_PROBE_RTT)
		bbr->prior_cwnd = cwnd;
	else
		bbr->prior_cwnd = max(bbr->prior_cwnd, cwnd);
}

static void bbr_check_probe_rtt_done(struct sock *sk, u8 why)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr *bbr = inet_csk_ca(sk);

	if (!bbr->probe_rtt_done || !after(tcp_jiffies32, bbr->probe_rtt_done))
		return;

	bbr->min_rtt_stamp = tcp_jiffies32;
	tcp_snd_cwnd_set(tp, max(tcp_snd_cwnd(tp), bbr->prior_cwnd));
	if (bbr->full_bw_reached)
		bbr_enter_probe_bw(sk, why);
	else
		bbr_enter(sk, BBR_STARTUP, why);
}

/* In PROBE_RTT (4.3.5): 200 ms and a round, once the queue is gone */
static void bbr_probe_rtt(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr *bbr = inet_csk_ca(sk);
	u32 inflight = tcp_packets_in_flight(tp);

	/* Bandwidth samples of this time are low by our own doing. */
	tp->app_limited = max(tp->delivered + inflight, 1U);

	if (!bbr->probe_rtt_done) {
		if (inflight > BBR_MIN_PIPE_CWND)
			return;
		/* 0 means "not yet"; a jiffy more does not matter. */
		bbr->probe_rtt_done = max_t(u32, tcp_jiffies32 + BBR_PROBE_RTT_TIME, 1);
		bbr->probe_rtt_round_done = 0;
		bbr->round_end = tp->delivered;
		return;
	}
	if (bbr->round_start)
		bbr->probe_rtt_round_done = 1;
	if (bbr->probe_rtt_round_done)
		bbr_check_probe_rtt_done(sk, WEIR_WHY_TIME);
}

/* The minimum of round-trip times, and when to go and look for it (4.1.2) */
static void bbr_update_min_rtt(struct sock *sk, const struct rate_sample *rs)
{
	struct bbr *bbr = inet_csk_ca(sk);
	bool expired = after(tcp_jiffies32, bbr->min_rtt_stamp + BBR_MIN_RTT_WINDOW);

	/* A delayed ACK may lower the minimum, but not replace an old one. */
	if (rs->rtt_us >= 0 && ((u32)rs->rtt_us < bbr->min_rtt_us ||
				(expired && !rs->is_ack_delayed))) {
		bbr->min_rtt_us = rs->rtt_us;
		bbr->min_rtt_stamp = tcp_jiffies32;
		bbr->model_changed = 1;
	}

	if (unlikely(expired && !bbr->idle_restart && bbr->state != BBR_PROBE_RTT)) {
		bbr->probe_rtt_done = 0;
		bbr_enter(sk, BBR_PROBE_RTT, WEIR_WHY_TIME);
		bbr_save_cwnd(sk);
	}
	if (unlikely(bbr->state == BBR_PROBE_RTT))
		bbr_probe_rtt(sk);

	if (rs->delivered > 0)
		bbr->idle_restart = 0;
}

/*
 * Entering recovery, what the application or the hosts had left unused of cwnd
 * is given up, and for one round each packet delivered releases one. Leaving
 * it, cwnd is what it was (4.2.3.4).
 */
static u32 bbr_ca_state_changed(struct sock *sk, u32 acked, u32 cwnd)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr *bbr = inet_csk_ca(sk);
	u8 prev = bbr->prev_ca_state, now = inet_csk(sk)->icsk_ca_state;

	bbr->prev_ca_state = now;
	if (now == TCP_CA_Recovery) {
		bbr->packet_conservation = 1;
		bbr->round_end = tp->delivered;
		cwnd = tcp_packets_in_flight(tp) + acked;
	} else if (prev >= TCP_CA_Recovery && now < TCP_CA_Recovery) {
		bbr->packet_conservation = 0;
		cwnd = max(cwnd, bbr->prior_cwnd);
	}

	return cwnd;
}

static u32 bbr_new_cwnd(struct sock *sk, const struct rate_sample *rs, u32 cwnd)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr *bbr = inet_csk_ca(sk);
	u32 acked = rs->acked_sacked;

	/* Each loss takes one; each delivery then gives at most one back. */
	if (unlikely(rs->losses > 0))
		cwnd = max_t(s32, cwnd - rs->losses, 1);
	if (unlikely(inet_csk(sk)->icsk_ca_state != bbr->prev_ca_state))
		cwnd = bbr_ca_state_changed(sk, acked, cwnd);
	if (unlikely(bbr->packet_conservation))
		return max(cwnd, tcp_packets_in_flight(tp) + acked);

	/* Below the target cwnd grows as in slow start (4.2.3.6). */
	if (bbr->full_bw_reached)
		cwnd = min(cwnd + acked, bbr->target_cwnd);
	else if (cwnd < bbr->target_cwnd || tp->delivered < TCP_INIT_CWND)
		cwnd += acked;

	return max(cwnd, BBR_MIN_PIPE_CWND);
}

static void bbr_update_cwnd(struct sock *sk, const struct rate_sample *rs)
{
	struct tcp_sock *tp = tcp_sk(sk);
	const struct bbr *bbr = inet_csk_ca(sk);
	u32 cwnd = tcp_snd_cwnd(tp);

	if (likely(rs->acked_sacked))
		cwnd = bbr_new_cwnd(sk, rs, cwnd);
	if (unlikely(bbr->state == BBR_PROBE_RTT))
		cwnd = min(cwnd, BBR_MIN_PIPE_CWND);
	weir_set_cwnd(tp, cwnd);
}

/* --- The model (4.1) ------------------------------------------------------ */

/* The bandwidth in force: the policer's, if there is one */
static void bbr_choose_bw(struct bbr *bbr)
{
	u32 bw = bbr->policer.in_use ? bbr->policer.bw : win_max(&bbr->bw_filter);

	if (bw == bbr->bw)
		return;
	bbr->bw = bw;
	bbr->model_changed = 1;
}

static void bbr_update_policer(struct sock *sk, bool lossy, bool app_limited)
{
	struct bbr *bbr = inet_csk_ca(sk);
	struct bbr_policer *policer = &bbr->policer;

	if (policer->in_use) {
		if (bbr->state == BBR_PROBE_BW && bbr->round_start &&
		    ++policer->rounds >= BBR_POLICER_USE_ROUNDS) {
			bbr_policer_reset(policer);
			bbr_enter_probe_bw(sk, WEIR_WHY_ACK);
		}
		return;
	}

	bbr_policer_sample(policer, tcp_sk(sk), bbr->round_start, lossy, app_limited);
	if (policer->in_use)
		bbr_set_gain(bbr);
}

/* A round ends with the ACK of a packet sent after it began (4.1.1.3). */
static void bbr_update_round(struct sock *sk, const struct rate_sample *rs)
{
	struct bbr *bbr = inet_csk_ca(sk);

	if (before(rs->prior_delivered, bbr->round_end))
		return;
	bbr->round_end = tcp_sk(sk)->delivered;
	bbr->rounds++;
	bbr->round_start = 1;
	bbr->bw_due = 1;
	bbr->packet_conservation = 0;
	bbr->model_changed = 1;
}

/*
 * Feed the maximum (4.1.1.4). A sample limited by the application counts only
 * if it shows more than is known. One below the third best of the filter can
 * be told by multiplying, which is cheaper than dividing, and left out, but for
 * the first of a round: by that old ones give way.
 */
static void bbr_update_bw(struct bbr *bbr, const struct rate_sample *rs)
{
	u64 scaled = (u64)rs->delivered << BBR_BW_SHIFT;
	u32 interval_us = rs->interval_us;
	u32 bw;

	if (!bbr->bw_due && scaled < (u64)bbr->bw_filter.best[2].value * interval_us)
		return;
	bw = min_t(u64, div_u64(scaled, interval_us), U32_MAX);
	if (rs->is_app_limited && bw < win_max(&bbr->bw_filter))
		return;
	bbr->bw_due = 0;
	win_max_update(&bbr->bw_filter, BBR_BW_ROUNDS, bbr->rounds, bw);
}

/* Every BBR_EXTRA_ROUNDS the older of two slots makes room. */
static void bbr_age_extra_acked(struct bbr *bbr)
{
	if (++bbr->extra_rounds < BBR_EXTRA_ROUNDS)
		return;
	bbr->extra_rounds = 0;
	bbr->extra_slot ^= 1;
	bbr->extra_acked[bbr->extra_slot] = 0;
}

/* Deliveries that come in bunches: by how much do they exceed the bandwidth? */
static void bbr_update_extra_acked(struct sock *sk, const struct rate_sample *rs)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr *bbr = inet_csk_ca(sk);
	u32 extra;

	if (bbr->round_start)
		bbr_age_extra_acked(bbr);

	extra = bbr_epoch_update(&bbr->epoch, bbr->bw, tp->delivered_mstamp, rs->acked_sacked);
	extra = min3(extra, tcp_snd_cwnd(tp), (u32)U16_MAX);
	if (extra <= bbr->extra_acked[bbr->extra_slot])
		return;
	bbr->extra_acked[bbr->extra_slot] = extra;
	bbr->model_changed = 1;
}

static void bbr_update_model(struct sock *sk, const struct rate_sample *rs)
{
	struct bbr *bbr = inet_csk_ca(sk);

	bbr->round_start = 0;
	if (likely(rs->delivered >= 0 && rs->interval_us > 0)) {
		bbr_update_round(sk, rs);
		bbr_update_policer(sk, rs->losses, rs->is_app_limited);
		bbr_update_bw(bbr, rs);
		bbr_choose_bw(bbr);
		if (rs->acked_sacked > 0)
			bbr_update_extra_acked(sk, rs);
	}
	bbr_update_state(sk, rs);
	bbr_update_min_rtt(sk, rs);
}

/* --- Callbacks ------------------------------------------------------------ */

static void bbr_trace(struct sock *sk, const struct rate_sample *rs)
{
	const struct bbr *bbr = inet_csk_ca(sk);
	const struct weir_values values = {
		.bw = bbr_bytes_per_sec(bbr->bw, tcp_sk(sk)->mss_cache),
		.target = bbr->target_cwnd,
		.aux = bbr->pacing_gain,
	};

	trace_weir_ack(sk, bbr->state, rs->rtt_us, &values);
}

static void bbr_main(struct sock *sk, const struct rate_sample *rs)
{
	const struct bbr *bbr = inet_csk_ca(sk);

	/* The ACK of a SYN comes before init(). */
	if (unlikely(!bbr->initialised))
		return;

	bbr_update_model(sk, rs);
	if (bbr->model_changed)
		bbr_apply_model(sk);
	bbr_update_cwnd(sk, rs);

	if (trace_weir_ack_enabled())
		bbr_trace(sk, rs);
}

WEIR_DEFINE_CONG_CONTROL(bbr, bbr_main)

static void bbr_init(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr *bbr = inet_csk_ca(sk);

	memset(bbr, 0, sizeof(*bbr));
	bbr->round_end = tp->delivered;
	bbr->min_rtt_us = tcp_min_rtt(tp);
	bbr->min_rtt_stamp = tcp_jiffies32;
	bbr_epoch_start(&bbr->epoch, tp->tcp_mstamp);
	bbr->initialised = 1;

	weir_set_ssthresh(tp, TCP_INFINITE_SSTHRESH);
	bbr_init_pacing_rate(sk);
	bbr_enter(sk, BBR_STARTUP, WEIR_WHY_INIT);
	bbr_apply_model(sk);
	cmpxchg(&sk->sk_pacing_status, SK_PACING_NONE, SK_PACING_NEEDED);
}

/* Restarting from idle needs no more than the known bandwidth (4.3.4.4). */
static void bbr_tx_start(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr *bbr = inet_csk_ca(sk);

	if (!bbr->initialised || !tp->app_limited)
		return;

	bbr->idle_restart = 1;
	bbr_epoch_start(&bbr->epoch, tp->tcp_mstamp);
	if (bbr->state == BBR_PROBE_BW) {
		bbr_set_pacing_rate(sk, BBR_UNIT);
		bbr->model_changed = 1;
	} else if (bbr->state == BBR_PROBE_RTT) {
		bbr_check_probe_rtt_done(sk, WEIR_WHY_IDLE);
	}
}

WEIR_DEFINE_TX_START(bbr, bbr_tx_start)

/* The kernel asks when an episode of recovery begins. */
static u32 bbr_ssthresh(struct sock *sk)
{
	bbr_save_cwnd(sk);

	return tcp_sk(sk)->snd_ssthresh;
}

/* The loss was none: what was concluded from slow growth may be wrong too. */
static u32 bbr_undo_cwnd(struct sock *sk)
{
	struct bbr *bbr = inet_csk_ca(sk);

	bbr->full_bw = 0;
	bbr->full_bw_rounds = 0;
	bbr_policer_reset(&bbr->policer);
	bbr_set_gain(bbr);

	return tcp_snd_cwnd(tcp_sk(sk));
}

/* A retransmission timeout ends the round, whatever it was. */
static void bbr_set_state(struct sock *sk, u8 new_state)
{
	struct bbr *bbr = inet_csk_ca(sk);

	if (new_state != TCP_CA_Loss || !bbr->initialised)
		return;
	bbr->prev_ca_state = TCP_CA_Loss;
	bbr->full_bw = 0;
	bbr->round_start = 1;
	bbr_update_policer(sk, true, false);
}

/* Recovery may slow-start, which takes three windows of buffer. */
static u32 bbr_sndbuf_expand(struct sock *sk)
{
	return 3;
}

static u32 bbr_min_tso_segs(struct sock *sk)
{
	return READ_ONCE(sk->sk_pacing_rate) < BBR_SINGLE_SEGMENT_RATE ? 1 : 2;
}

WEIR_DEFINE_MIN_TSO_SEGS(bbr, bbr_min_tso_segs)

/* Without the socket lock: what is read may change meanwhile. */
static size_t bbr_get_info(struct sock *sk, u32 ext, int *attr, union tcp_cc_info *info)
{
	const struct bbr *bbr = inet_csk_ca(sk);

	return bbr_fill_info(ext, attr, info,
			     bbr_bytes_per_sec(READ_ONCE(bbr->bw), tcp_sk(sk)->mss_cache),
			     READ_ONCE(bbr->min_rtt_us), bbr->pacing_gain, bbr_cwnd_gain(bbr));
}

static struct tcp_congestion_ops bbr_ops __read_mostly = {
	.name		= WEIR_NAME(bbr),
	.owner		= THIS_MODULE,
	.flags		= TCP_CONG_NON_RESTRICTED,
	.init		= bbr_init,
	.ssthresh	= bbr_ssthresh,
	.undo_cwnd	= bbr_undo_cwnd,
	.set_state	= bbr_set_state,
	.sndbuf_expand	= bbr_sndbuf_expand,
	.get_info	= bbr_get_info,
	WEIR_CONG_CONTROL(bbr),
	WEIR_TX_START(bbr),
	WEIR_MIN_TSO_SEGS(bbr),
};

WEIR_MODULE(bbr, struct bbr, "BBR congestion control, version 1 (CACM 60(2), 2017)");
