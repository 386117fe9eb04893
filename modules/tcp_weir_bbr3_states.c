// SPDX-License-Identifier: GPL-2.0
/*
 * tcp_weir_bbr3_states.c - BBRv3's state machine
 *
 * draft-ietf-ccwg-bbr, "State Machine Operation":
 *
 *	Startup		double the rate each round until the pipe is full
 *	Drain		half of it, until the queue is gone
 *	ProbeBW_DOWN	0.90 of the bandwidth, until there is headroom
 *	ProbeBW_CRUISE	the bandwidth, for 2 to 3 s or 62 rounds
 *	ProbeBW_REFILL	the bandwidth without short-term bounds, for a round
 *	ProbeBW_UP	1.25 of it, until it grows no more, or loses too much
 *	ProbeRTT	half of the BDP for 200 ms, if min_rtt was not seen for 5 s
 */
#include "bbr3.h"

static void bbr3_set_state(struct sock *sk, u8 state, u8 why)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	trace_weir_state(sk, bbr3->state, state, why);
	bbr3->state = state;
	bbr3->model_changed = 1;
}

/* --- Is the pipe full? ------------------------------------------------------ */

/**
 * bbr3_reset_full_bw() - ResetFullBW(): begin to look for a plateau
 * @bbr3: the state
 */
void bbr3_reset_full_bw(struct bbr3 *bbr3)
{
	bbr3->full_bw = 0;
	bbr3->full_bw_count = 0;
	bbr3->full_bw_now = 0;
}

/* CheckFullBWReached() */
static void bbr3_check_full_bw_reached(struct bbr3 *bbr3, const struct bbr3_ack *ack)
{
	if (bbr3->full_bw_now || !ack->round_start || !ack->bw || ack->rs->is_app_limited)
		return;

	if (ack->bw >= (u64)bbr3->full_bw * BBR3_FULL_BW_GROWTH >> BBR_GAIN_SHIFT) {
		bbr3_reset_full_bw(bbr3);
		bbr3->full_bw = ack->bw;
		return;
	}
	if (++bbr3->full_bw_count < BBR3_FULL_BW_ROUNDS)
		return;
	bbr3->full_bw_now = 1;
	bbr3->full_bw_reached = 1;
}

/* --- Startup and Drain ------------------------------------------------------- */

/**
 * bbr3_enter_startup() - EnterStartup()
 * @sk: the connection
 * @why: enum weir_why
 */
void bbr3_enter_startup(struct sock *sk, u8 why)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	bbr3->loss_ranges = 0;
	bbr3->startup_ecn_rounds = 0;
	bbr3_set_state(sk, BBR3_STARTUP, why);
}

/* EnterDrain(). ssthresh is not used: it tells observers that Startup is over. */
static void bbr3_enter_drain(struct sock *sk, u8 why)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	bbr3->drain_rounds = 0;
	bbr3_set_state(sk, BBR3_DRAIN, why);
	weir_set_ssthresh(tcp_sk(sk), bbr3_inflight(bbr3, bbr3_max_bw(bbr3), BBR_UNIT));
}

/* CheckStartupDone() */
static void bbr3_check_startup_done(struct sock *sk, const struct bbr3_ack *ack)
{
	const struct bbr3 *bbr3 = inet_csk_ca(sk);
	u8 why = WEIR_WHY_ACK;

	if (bbr3_check_startup_high_loss(sk, ack))
		why = WEIR_WHY_LOSS;
	else if (bbr3->startup_ecn_rounds >= BBR3_STARTUP_ECN_ROUNDS)
		why = WEIR_WHY_ECN;
	if (bbr3->full_bw_reached)
		bbr3_enter_drain(sk, why);
}

/* CheckDrainDone() and EnterProbeBW() */
static void bbr3_check_drain_done(struct sock *sk)
{
	const struct bbr3 *bbr3 = inet_csk_ca(sk);

	if (tcp_packets_in_flight(tcp_sk(sk)) <= bbr3_inflight(bbr3, bbr3->bw, BBR_UNIT))
		bbr3_start_probe_bw_down(sk, WEIR_WHY_ACK);
	else if (bbr3->drain_rounds > BBR3_DRAIN_ROUNDS)
		bbr3_start_probe_bw_down(sk, WEIR_WHY_TIME);
}

/* --- ProbeBW: entering its states -------------------------------------------- */

/* PickProbeWait() */
static void bbr3_pick_probe_wait(struct sock *sk)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	bbr3->rounds_since_probe_up = weir_random_below(2);
	bbr3->probe_at_us = (u32)tcp_sk(sk)->tcp_mstamp + BBR3_PROBE_WAIT_BASE_US +
			    weir_random_below(BBR3_PROBE_WAIT_RAND_US);
}

/**
 * bbr3_skip_probe_wait() - idle time counts as waiting for the next probe
 * @sk: the connection, in ProbeBW, about to send after idle
 *
 * It does so by itself, but only up to half of the range of probe_at_us,
 * 36 minutes.
 */
void bbr3_skip_probe_wait(struct sock *sk)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);
	u32 idle = tcp_jiffies32 - tcp_sk(sk)->lsndtime;

	if (idle > usecs_to_jiffies(BBR3_PROBE_WAIT_BASE_US + BBR3_PROBE_WAIT_RAND_US))
		bbr3->probe_at_us = (u32)tcp_sk(sk)->tcp_mstamp - 1;
}

/**
 * bbr3_start_probe_bw_down() - StartProbeBW_DOWN()
 * @sk: the connection
 * @why: enum weir_why
 */
void bbr3_start_probe_bw_down(struct sock *sk, u8 why)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	bbr3_reset_congestion_signals(bbr3);
	bbr3->probe_up_acked_per_inc = BBR3_INFINITY;
	bbr3_pick_probe_wait(sk);
	bbr3->ack_phase = BBR3_ACKS_PROBE_STOPPING;
	bbr3_start_round(bbr3, tcp_sk(sk));
	bbr3_set_state(sk, BBR3_PROBE_BW_DOWN, why);
}

/* StartProbeBW_CRUISE() */
static void bbr3_start_probe_bw_cruise(struct sock *sk, u8 why)
{
	bbr3_set_state(sk, BBR3_PROBE_BW_CRUISE, why);
}

/**
 * bbr3_start_probe_bw_refill() - StartProbeBW_REFILL()
 * @sk: the connection
 * @why: enum weir_why
 */
void bbr3_start_probe_bw_refill(struct sock *sk, u8 why)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	bbr3_reset_shortterm_model(bbr3);
	bbr3->bw_probe_up_rounds = 0;
	bbr3->bw_probe_up_acked = 0;
	bbr3->prev_probe_precautionary = 0;
	bbr3->ack_phase = BBR3_ACKS_REFILLING;
	bbr3_start_round(bbr3, tcp_sk(sk));
	bbr3_set_state(sk, BBR3_PROBE_BW_REFILL, why);
}

/* RaiseInflightLongtermSlope(): by 1, 2, 4, 8 ... packets a round */
static void bbr3_raise_inflight_longterm_slope(struct sock *sk)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);
	u32 growth = 1U << bbr3->bw_probe_up_rounds;

	bbr3->bw_probe_up_rounds = min_t(u32, bbr3->bw_probe_up_rounds + 1, 30);
	bbr3->probe_up_acked_per_inc = max(tcp_snd_cwnd(tcp_sk(sk)) / growth, 1U);
}

/* StartProbeBW_UP() */
static void bbr3_start_probe_bw_up(struct sock *sk, const struct bbr3_ack *ack)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	bbr3_watch_losses(sk);
	bbr3->is_bw_probe_sample = 1;
	bbr3->ack_phase = BBR3_ACKS_PROBE_STARTING;
	bbr3_start_round(bbr3, tcp_sk(sk));
	bbr3_reset_full_bw(bbr3);
	bbr3->full_bw = ack->bw;
	bbr3_set_state(sk, BBR3_PROBE_BW_UP, WEIR_WHY_ACK);
	bbr3_raise_inflight_longterm_slope(sk);
}

/* --- ProbeBW: leaving its states --------------------------------------------- */

/*
 * IsTimeToProbeBW(): after 2 to 3 s; or after as many rounds as Reno would take
 * between losses at this BDP, if those are fewer than 62 or 63. Rounds, and
 * thus the answer to the second, change where a round ends.
 */
static bool bbr3_is_time_to_probe_bw(struct sock *sk, const struct bbr3_ack *ack)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	if (after((u32)tcp_sk(sk)->tcp_mstamp, bbr3->probe_at_us)) {
		bbr3_start_probe_bw_refill(sk, WEIR_WHY_TIME);
		return true;
	}
	if (ack->round_start &&
	    bbr3->rounds_since_probe_up >= min_t(u32, bbr3_target_inflight(sk),
						 BBR3_PROBE_WAIT_ROUNDS)) {
		bbr3_start_probe_bw_refill(sk, WEIR_WHY_ACK);
		return true;
	}

	return false;
}

/* IsTimeToCruise() */
static bool bbr3_is_time_to_cruise(const struct sock *sk)
{
	const struct bbr3 *bbr3 = inet_csk_ca(sk);
	u32 in_flight = tcp_packets_in_flight(tcp_sk(sk));

	return in_flight <= bbr3_inflight_with_headroom(bbr3) &&
	       in_flight <= bbr3_inflight(bbr3, bbr3_max_bw(bbr3), BBR_UNIT);
}

/*
 * IsTimeToGoDown(). In flight is what was before this ACK: cwnd is bounded by
 * inflight_longterm, so that right after an ACK it cannot be reached.
 */
static bool bbr3_is_time_to_go_down(struct sock *sk, const struct bbr3_ack *ack)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	if (bbr3->prev_probe_too_high && ack->rs->prior_in_flight >= bbr3->inflight_longterm) {
		bbr3->prev_probe_precautionary = 1;
		return true;
	}
	if (tp->is_cwnd_limited && tcp_snd_cwnd(tp) >= bbr3->inflight_longterm) {
		bbr3_reset_full_bw(bbr3);
		bbr3->full_bw = ack->bw;
		return false;
	}

	return bbr3->full_bw_now;
}

/* ProbeInflightLongtermUpward() */
static void bbr3_probe_inflight_longterm_upward(struct sock *sk, const struct bbr3_ack *ack)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr3 *bbr3 = inet_csk_ca(sk);
	u32 delta;

	if (!tp->is_cwnd_limited || tcp_snd_cwnd(tp) < bbr3->inflight_longterm)
		return;

	bbr3->bw_probe_up_acked += ack->rs->acked_sacked;
	if (bbr3->bw_probe_up_acked >= bbr3->probe_up_acked_per_inc) {
		delta = bbr3->bw_probe_up_acked / bbr3->probe_up_acked_per_inc;
		bbr3->bw_probe_up_acked -= delta * bbr3->probe_up_acked_per_inc;
		bbr3->inflight_longterm += min(delta, BBR3_INFINITY - 1 - bbr3->inflight_longterm);
		bbr3->model_changed = 1;
	}
	if (ack->round_start)
		bbr3_raise_inflight_longterm_slope(sk);
}

/* The feedback on the last probe is complete. Return: whether to probe again. */
static bool bbr3_end_probe_feedback(struct sock *sk, const struct bbr3_ack *ack)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	bbr3->is_bw_probe_sample = 0;
	bbr3->ack_phase = BBR3_ACKS_INIT;
	if (!bbr3_is_in_probe_bw(bbr3))
		return false;
	if (!ack->rs->is_app_limited)
		bbr3_advance_max_bw_filter(bbr3);
	/* It was cut short for fear of loss, and there was none: persist now. */
	if (!bbr3->prev_probe_precautionary || bbr3->prev_probe_too_high)
		return false;
	bbr3_start_probe_bw_refill(sk, WEIR_WHY_ACK);

	return true;
}

/* AdaptLongTermModel(). Return: whether it decided on a state. */
static bool bbr3_adapt_longterm_model(struct sock *sk, const struct bbr3_ack *ack)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);
	struct send_info info;

	if (ack->round_start) {
		if (bbr3->ack_phase == BBR3_ACKS_PROBE_STARTING)
			bbr3->ack_phase = BBR3_ACKS_PROBE_FEEDBACK;
		else if (bbr3->ack_phase == BBR3_ACKS_PROBE_STOPPING &&
			 bbr3_end_probe_feedback(sk, ack))
			return true;
	}

	if (unlikely(bbr3->is_bw_probe_sample) && bbr3_ecn_too_high(sk, ack->rs)) {
		bbr3_handle_ecn_too_high(sk, ack->rs);
		return true;
	}
	if (bbr3->inflight_longterm == BBR3_INFINITY)
		return false;
	bbr3_info_of_ack(sk, ack->rs, &info);
	if (bbr3_is_inflight_too_high(sk, &info))
		return false;
	/* What was in flight is safe. */
	if (info.in_flight > bbr3->inflight_longterm) {
		bbr3->inflight_longterm = info.in_flight;
		bbr3->model_changed = 1;
	}
	if (bbr3->state == BBR3_PROBE_BW_UP)
		bbr3_probe_inflight_longterm_upward(sk, ack);

	return false;
}

/* UpdateProbeBWCyclePhase() */
static void bbr3_update_probe_bw_cycle_phase(struct sock *sk, const struct bbr3_ack *ack)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	if (bbr3_adapt_longterm_model(sk, ack))
		return;

	switch (bbr3->state) {
	case BBR3_PROBE_BW_DOWN:
		if (!bbr3_is_time_to_probe_bw(sk, ack) && bbr3_is_time_to_cruise(sk))
			bbr3_start_probe_bw_cruise(sk, WEIR_WHY_ACK);
		break;
	case BBR3_PROBE_BW_CRUISE:
		bbr3_is_time_to_probe_bw(sk, ack);
		break;
	case BBR3_PROBE_BW_REFILL:
		if (ack->round_start)
			bbr3_start_probe_bw_up(sk, ack);
		break;
	case BBR3_PROBE_BW_UP:
		if (!bbr3_is_time_to_go_down(sk, ack))
			break;
		bbr3->prev_probe_too_high = 0;
		bbr3_start_probe_bw_down(sk, WEIR_WHY_ACK);
		break;
	}
}

/**
 * bbr3_update_state() - the steps of UpdateModelAndState() that change states,
 *			 but for ProbeRTT
 * @sk: the connection
 * @ack: the acknowledgment
 */
void bbr3_update_state(struct sock *sk, const struct bbr3_ack *ack)
{
	const struct bbr3 *bbr3 = inet_csk_ca(sk);

	bbr3_check_full_bw_reached(inet_csk_ca(sk), ack);
	if (unlikely(bbr3->state == BBR3_STARTUP))
		bbr3_check_startup_done(sk, ack);
	if (unlikely(bbr3->state == BBR3_DRAIN))
		bbr3_check_drain_done(sk);
	if (bbr3->full_bw_reached)
		bbr3_update_probe_bw_cycle_phase(sk, ack);
}

/* --- ProbeRTT ------------------------------------------------------------------ */

/* ExitProbeRTT() */
static void bbr3_exit_probe_rtt(struct sock *sk, u8 why)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	bbr3_reset_shortterm_model(bbr3);
	if (!bbr3->full_bw_reached) {
		bbr3_enter_startup(sk, why);
		return;
	}
	/* Nothing is queued: down is over as soon as it begins. */
	bbr3_start_probe_bw_down(sk, why);
	bbr3_start_probe_bw_cruise(sk, why);
}

/**
 * bbr3_check_probe_rtt_done() - CheckProbeRTTDone()
 * @sk: the connection, in ProbeRTT
 * @why: enum weir_why
 */
void bbr3_check_probe_rtt_done(struct sock *sk, u8 why)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	if (!bbr3->probe_rtt_done_stamp || !after(tcp_jiffies32, bbr3->probe_rtt_done_stamp))
		return;
	bbr3->probe_rtt_min_stamp = tcp_jiffies32;
	bbr3_restore_cwnd(sk);
	bbr3_exit_probe_rtt(sk, why);
}

/* HandleProbeRTT() */
static void bbr3_handle_probe_rtt(struct sock *sk, const struct bbr3_ack *ack)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr3 *bbr3 = inet_csk_ca(sk);
	u32 in_flight = tcp_packets_in_flight(tp);

	/* Bandwidth samples of this time are low by our own doing. */
	tp->app_limited = max(tp->delivered + in_flight, 1U);

	if (!bbr3->probe_rtt_done_stamp) {
		if (in_flight > bbr3_probe_rtt_cwnd(bbr3))
			return;
		/* 0 means "not yet"; a jiffy more does not matter. */
		bbr3->probe_rtt_done_stamp = max_t(u32, tcp_jiffies32 + BBR3_PROBE_RTT_TIME, 1);
		bbr3->probe_rtt_round_done = 0;
		bbr3_start_round(bbr3, tp);
		return;
	}
	if (ack->round_start)
		bbr3->probe_rtt_round_done = 1;
	if (bbr3->probe_rtt_round_done)
		bbr3_check_probe_rtt_done(sk, WEIR_WHY_TIME);
}

/**
 * bbr3_check_probe_rtt() - CheckProbeRTT(), but for the end of idle_restart
 * @sk: the connection
 * @ack: the acknowledgment
 * @expired: BBR.probe_rtt_expired
 */
void bbr3_check_probe_rtt(struct sock *sk, const struct bbr3_ack *ack, bool expired)
{
	struct bbr3 *bbr3 = inet_csk_ca(sk);

	if (expired && bbr3->state != BBR3_PROBE_RTT && !bbr3->idle_restart) {
		bbr3_set_state(sk, BBR3_PROBE_RTT, WEIR_WHY_TIME);
		bbr3_save_cwnd(sk);
		bbr3->probe_rtt_done_stamp = 0;
		bbr3->ack_phase = BBR3_ACKS_PROBE_STOPPING;
		bbr3_start_round(bbr3, tcp_sk(sk));
	}
	if (bbr3->state == BBR3_PROBE_RTT)
		bbr3_handle_probe_rtt(sk, ack);
}
