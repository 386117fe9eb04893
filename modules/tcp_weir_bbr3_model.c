// SPDX-License-Identifier: GPL-2.0
/*
 * tcp_weir_bbr3_model.c - BBRv3's model of the path
 *
 * draft-ietf-ccwg-bbr, "Updating Network Path Model Parameters". Two pairs of
 * bounds, each of a rate and a volume: the long-term ones are what probing has
 * found the path to carry; the short-term ones follow recent loss down, and
 * are forgotten before the next probe.
 */
#include "bbr3.h"

/* --- Rounds and bandwidth --------------------------------------------------- */

/* UpdateRound(), and with it what counts rounds */
static bool bbr3_update_round(struct sock *sk, const struct rate_sample *rs)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	if (before(rs->prior_delivered, bbr3->next_round_delivered))
		return false;

	bbr3_start_round(bbr3, tcp_sk(sk));
	if (bbr3->rounds_since_probe_up < BBR3_PROBE_WAIT_ROUNDS)
		bbr3->rounds_since_probe_up++;
	if (bbr3->drain_rounds <= BBR3_DRAIN_ROUNDS)
		bbr3->drain_rounds++;
	if (bbr3->history)
		bbr3->history->rounds++;
	/* The segment size and the user's limit on the rate may have changed. */
	bbr3->model_changed = 1;

	return true;
}

static bool bbr3_update_loss_round(struct sock *sk, const struct rate_sample *rs)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	if (before(rs->prior_delivered, bbr3->loss_round_delivered))
		return false;
	bbr3->loss_round_delivered = tcp_sk(sk)->delivered;

	return true;
}

/*
 * RS.delivery_rate. Rounded up, so that slow flows can grow. A rate below both
 * maxima that it would raise matters only where a round ends, and to a probe.
 * That it is below them is found by multiplying, which is cheaper than dividing.
 */
static u32 bbr3_delivery_rate(const struct bbr3 *bbr3, const struct bbr3_ack *ack)
{
	u64 scaled = (u64)ack->rs->delivered << BBR_BW_SHIFT;
	u32 interval_us = ack->rs->interval_us;

	if (ack->rs->interval_us <= 0)
		return 0;
	if (!ack->round_start && !ack->loss_round_start && bbr3->state != BBR3_PROBE_BW_UP &&
	    scaled < (u64)min(bbr3->bw_latest, bbr3->max_bw[1]) * interval_us)
		return 0;

	return min_t(u64, div_u64(scaled + interval_us - 1, interval_us), U32_MAX);
}

/*
 * UpdateMaxBw(), whose filter remembers two cycles of ProbeBW. A sample that
 * the application limited counts only if it shows more than is known.
 */
static void bbr3_update_max_bw(struct bbr3 *bbr3, const struct bbr3_ack *ack)
{
	if (!ack->bw || ack->bw <= bbr3->max_bw[1])
		return;
	if (!ack->rs->is_app_limited || ack->bw >= bbr3_max_bw(bbr3))
		bbr3->max_bw[1] = ack->bw;
}

/**
 * bbr3_advance_max_bw_filter() - AdvanceMaxBwFilter(): forget a cycle
 * @bbr3: the state
 *
 * A cycle without samples does not make the flow forget the one before.
 */
void bbr3_advance_max_bw_filter(struct bbr3 *bbr3)
{
	if (!bbr3->max_bw[1])
		return;
	bbr3->max_bw[0] = bbr3->max_bw[1];
	bbr3->max_bw[1] = 0;
}

/* --- Short-term bounds ------------------------------------------------------- */

/**
 * bbr3_reset_congestion_signals() - ResetCongestionSignals()
 * @bbr3: the state
 */
void bbr3_reset_congestion_signals(struct bbr3 *bbr3)
{
	bbr3->is_loss_in_round = 0;
	bbr3->is_ecn_in_round = 0;
	bbr3->bw_latest = 0;
	bbr3->inflight_latest = 0;
}

/**
 * bbr3_reset_shortterm_model() - ResetShortTermModel()
 * @bbr3: the state
 */
void bbr3_reset_shortterm_model(struct bbr3 *bbr3)
{
	bbr3->bw_shortterm = BBR3_INFINITY;
	bbr3->inflight_shortterm = BBR3_INFINITY;
}

/* InitLowerBounds(), at the first congestion of a cycle */
static void bbr3_init_lower_bounds(struct sock *sk, bool init_bw)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	if (init_bw && bbr3->bw_shortterm == BBR3_INFINITY)
		bbr3->bw_shortterm = bbr3_max_bw(bbr3);
	if (bbr3->inflight_shortterm == BBR3_INFINITY)
		bbr3->inflight_shortterm = bbr3_uncut_cwnd(sk);
}

/* LossLowerBounds(): toward what was delivered, by no more than Beta a round */
static void bbr3_loss_lower_bounds(struct bbr3 *bbr3)
{
	bbr3->bw_shortterm = max3(bbr3->bw_latest, bbr3_beta(bbr3->bw_shortterm), 1U);
	bbr3->inflight_shortterm = max(bbr3->inflight_latest,
				       bbr3_beta(bbr3->inflight_shortterm));
}

/*
 * AdaptLowerBoundsFromCongestion(), once a round. Marks that a peer returns
 * one by one tell how much to give way; otherwise a mark counts as a loss.
 */
static void bbr3_adapt_lower_bounds(struct sock *sk)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);
	bool accurate = bbr3_ecn_is_accurate(sk);
	bool lossy = bbr3->is_loss_in_round || (bbr3->is_ecn_in_round && !accurate);
	u32 marked = BBR3_INFINITY;

	if (bbr3_is_probing_bw(bbr3))
		return;
	if (bbr3->is_ecn_in_round && accurate) {
		bbr3_init_lower_bounds(sk, false);
		marked = bbr3_ecn_cut(sk, bbr3->inflight_shortterm);
	}
	if (lossy) {
		bbr3_init_lower_bounds(sk, true);
		bbr3_loss_lower_bounds(bbr3);
	}
	bbr3->inflight_shortterm = min(bbr3->inflight_shortterm, marked);
}

/* UpdateCongestionSignals(), where the round that a loss began ends */
static void bbr3_end_loss_round(struct sock *sk)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	bbr3_ecn_end_of_round(sk);
	if (bbr3->is_loss_in_round || bbr3->is_ecn_in_round)
		bbr3_adapt_lower_bounds(sk);
	bbr3->model_changed = 1;
	bbr3->is_loss_in_round = 0;
	bbr3->is_ecn_in_round = 0;
}

/**
 * bbr3_update_signals() - UpdateLatestDeliverySignals() and
 *			   UpdateCongestionSignals()
 * @sk: the connection
 * @ack: the acknowledgment; what it ends is filled in
 */
void bbr3_update_signals(struct sock *sk, struct bbr3_ack *ack)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	ack->round_start = bbr3_update_round(sk, ack->rs);
	ack->loss_round_start = bbr3_update_loss_round(sk, ack->rs);
	ack->bw = bbr3_delivery_rate(bbr3, ack);

	bbr3->bw_latest = max(bbr3->bw_latest, ack->bw);
	bbr3->inflight_latest = max_t(u32, bbr3->inflight_latest, ack->rs->delivered);
	bbr3_update_max_bw(bbr3, ack);
	if (ack->loss_round_start)
		bbr3_end_loss_round(sk);
}

/* --- Aggregation and round-trip time ----------------------------------------- */

/**
 * bbr3_update_ack_aggregation() - UpdateACKAggregation()
 * @sk: the connection
 * @ack: the acknowledgment
 */
void bbr3_update_ack_aggregation(struct sock *sk, const struct bbr3_ack *ack)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr3 *bbr3 = inet_csk_ca(sk);
	struct bbr3_history *history = bbr3->history;
	u32 extra, known;

	if (unlikely(!history))
		return;

	extra = bbr_epoch_update(&history->epoch, bbr3->bw, tp->delivered_mstamp,
				 ack->rs->acked_sacked);
	extra = min(extra, tcp_snd_cwnd(tp));
	if (!ack->round_start && !win_max_matters(&history->extra_acked, extra))
		return;
	known = win_max(&history->extra_acked);
	/* While Startup grows, what was seen a round ago is out of date. */
	if (win_max_update(&history->extra_acked,
			   bbr3->full_bw_reached ? BBR3_EXTRA_ACKED_ROUNDS : 1,
			   history->rounds, extra) != known)
		bbr3->model_changed = 1;
}

/*
 * Has a window passed since @stamp? The draft's are 5 and 10 s whatever the
 * path. On one that is longer than a second they are stretched to as many
 * RTTs: else the flow would be in ProbeRTT before what it sent after the last
 * one came back, and never see the bandwidth.
 */
static bool bbr3_window_passed(const struct bbr3 *bbr3, u32 stamp, u32 seconds)
{
	u32 now = tcp_jiffies32, rtt_us = bbr3->min_rtt_us;

	if (likely(!after(now, stamp + seconds * HZ)))
		return false;
	if (rtt_us <= USEC_PER_SEC || rtt_us == BBR3_INFINITY)
		return true;

	return after(now, stamp + seconds * (u32)usecs_to_jiffies(min(rtt_us, BBR3_RTT_MAX_US)));
}

/**
 * bbr3_update_min_rtt() - UpdateMinRTT()
 * @bbr3: the state
 * @rs: the kernel's rate sample
 *
 * Two windows: the shorter one schedules ProbeRTT, the longer one remembers
 * min_rtt until two of them have had a chance to see it. An ACK that the
 * receiver is thought to have delayed may lower a minimum but not replace an
 * old one; the draft has no such exception.
 *
 * Return: BBR.probe_rtt_expired.
 */
bool bbr3_update_min_rtt(struct bbr3 *bbr3, const struct rate_sample *rs)
{
	bool expired = bbr3_window_passed(bbr3, bbr3->probe_rtt_min_stamp,
					  BBR3_PROBE_RTT_SECONDS);

	if (rs->rtt_us >= 0 && ((u32)rs->rtt_us < bbr3->probe_rtt_min_us ||
				(expired && !rs->is_ack_delayed))) {
		bbr3->probe_rtt_min_us = rs->rtt_us;
		bbr3->probe_rtt_min_stamp = tcp_jiffies32;
	}

	if (bbr3->probe_rtt_min_us < bbr3->min_rtt_us ||
	    bbr3_window_passed(bbr3, bbr3->min_rtt_stamp, BBR3_MIN_RTT_SECONDS)) {
		if (bbr3->min_rtt_us != bbr3->probe_rtt_min_us)
			bbr3->model_changed = 1;
		bbr3->min_rtt_us = bbr3->probe_rtt_min_us;
		bbr3->min_rtt_stamp = bbr3->probe_rtt_min_stamp;
	}

	return expired;
}
