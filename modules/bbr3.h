/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bbr3.h - constants, state, and the parts of BBR, version 3
 *
 * Source: draft-ietf-ccwg-bbr. Names are the draft's, without their prefix
 * (BBR.bw is bbr3->bw); the names of its procedures stand above the functions
 * that carry them out. Volumes are in packets, as everywhere in the kernel.
 *
 * The parts:
 *	tcp_weir_bbr3_main.c	callbacks, order of steps, control parameters
 *	tcp_weir_bbr3_model.c	bandwidth, RTT, aggregation, short-term model
 *	tcp_weir_bbr3_states.c	the state machine
 *	tcp_weir_bbr3_loss.c	lost packets, and what turned out not to be lost
 *	tcp_weir_bbr3_ecn.c	congestion signalled by the network
 *	send_ring.h		per-packet knowledge on a stock kernel
 */
#ifndef _WEIR_BBR3_H
#define _WEIR_BBR3_H

#include "weir.h"
#include "bbr_extra.h"
#include "bbr_units.h"
#include "send_ring.h"
#include "win_filter.h"

/* Gains (sections "Pacing State", "cwnd State", "ProbeBW") */
#define BBR3_STARTUP_PACING_GAIN	(BBR_UNIT * 277 / 100 + 1)
#define BBR3_DRAIN_PACING_GAIN		(BBR_UNIT / 2)
#define BBR3_UP_PACING_GAIN		(BBR_UNIT * 5 / 4)
#define BBR3_DOWN_PACING_GAIN		(BBR_UNIT * 90 / 100)
#define BBR3_DEFAULT_CWND_GAIN		(BBR_UNIT * 2)
#define BBR3_UP_CWND_GAIN		(BBR_UNIT * 9 / 4)
#define BBR3_PROBE_RTT_CWND_GAIN	(BBR_UNIT / 2)

/* The pipe is full after 3 rounds that grew by less than a quarter. */
#define BBR3_FULL_BW_GROWTH		(BBR_UNIT * 5 / 4)
#define BBR3_FULL_BW_ROUNDS		3
/* Leave Drain after that many rounds at the latest. */
#define BBR3_DRAIN_ROUNDS		3
/* LossThresh: one packet in 50 lost is 2%. */
#define BBR3_LOSS_THRESH_INV		50
/* BBRStartupFullLossCnt: holes in the sequence space that end Startup */
#define BBR3_STARTUP_LOSS_RANGES	6
/* Rounds with ECN marks that do; the draft leaves ECN to implementations. */
#define BBR3_STARTUP_ECN_ROUNDS		2
/* Headroom is 15% of inflight_longterm. */
#define BBR3_HEADROOM_PERCENT		15
#define BBR3_MIN_PIPE_CWND		4U
#define BBR3_EXTRA_ACKED_ROUNDS		10

/* T_bbr is 2 to 3 s, T_reno at most 62 or 63 rounds. */
#define BBR3_PROBE_WAIT_BASE_US		(2 * USEC_PER_SEC)
#define BBR3_PROBE_WAIT_RAND_US		USEC_PER_SEC
#define BBR3_PROBE_WAIT_ROUNDS		63

/* MinRTTFilterLen, ProbeRTTInterval and ProbeRTTDuration */
#define BBR3_MIN_RTT_SECONDS		10
#define BBR3_PROBE_RTT_SECONDS		5
#define BBR3_PROBE_RTT_TIME		msecs_to_jiffies(200)
/* The longest RTT that anything is stretched for: a minute */
#define BBR3_RTT_MAX_US			((u32)(60 * USEC_PER_SEC))

/* Send quantum: a millisecond's worth, at least two segments, at most 64 KB */
#define BBR3_QUANTUM_MIN_SEGS		2
#define BBR3_QUANTUM_MAX_BYTES		65536
#define BBR3_QUANTUM_MAX_SEGS		1023

/* No bound: an inflight or bandwidth that nothing exceeds */
#define BBR3_INFINITY			U32_MAX

/**
 * enum bbr3_state - BBR.state, as traced
 * @BBR3_STARTUP: double the rate each round; what all-zero state is in
 * @BBR3_DRAIN: drain the queue that this made
 * @BBR3_PROBE_BW_DOWN: leave headroom
 * @BBR3_PROBE_BW_CRUISE: send at the bandwidth
 * @BBR3_PROBE_BW_REFILL: the same, and forget recent loss
 * @BBR3_PROBE_BW_UP: probe for more
 * @BBR3_PROBE_RTT: drain half of the path to see its RTT
 */
enum bbr3_state {
	BBR3_STARTUP,
	BBR3_DRAIN,
	BBR3_PROBE_BW_DOWN,
	BBR3_PROBE_BW_CRUISE,
	BBR3_PROBE_BW_REFILL,
	BBR3_PROBE_BW_UP,
	BBR3_PROBE_RTT,
};

/**
 * enum bbr3_undo_state - BBR.undo_state: what a loss made the flow leave
 * @BBR3_UNDO_NONE: nothing to come back to
 * @BBR3_UNDO_STARTUP: Startup
 * @BBR3_UNDO_PROBE_BW_UP: ProbeBW_UP
 */
enum bbr3_undo_state {
	BBR3_UNDO_NONE,
	BBR3_UNDO_STARTUP,
	BBR3_UNDO_PROBE_BW_UP,
};

/**
 * enum bbr3_ack_phase - BBR.ack_phase: what acknowledgments tell of a probe
 * @BBR3_ACKS_INIT: nothing: not probing
 * @BBR3_ACKS_REFILLING: sending at the bandwidth to fill the pipe
 * @BBR3_ACKS_PROBE_STARTING: inflight rises
 * @BBR3_ACKS_PROBE_FEEDBACK: acknowledgments of the probe arrive
 * @BBR3_ACKS_PROBE_STOPPING: the probe is over, they still arrive
 */
enum bbr3_ack_phase {
	BBR3_ACKS_INIT,
	BBR3_ACKS_REFILLING,
	BBR3_ACKS_PROBE_STARTING,
	BBR3_ACKS_PROBE_FEEDBACK,
	BBR3_ACKS_PROBE_STOPPING,
};

/**
 * struct bbr3_history - what does not fit into a socket
 * @rcu: to free it
 * @extra_acked: maximum of aggregation over BBR3_EXTRA_ACKED_ROUNDS
 * @epoch: since acknowledgments last fell behind the bandwidth
 * @rounds: BBR.round_count, the clock of @extra_acked
 * @undo_bw_shortterm: bw_shortterm when loss recovery began
 * @undo_inflight_shortterm: inflight_shortterm then [packets]
 * @undo_inflight_longterm: inflight_longterm then [packets]
 * @lost_seq: end of the last packet found lost
 * @ce_delivered: tp->delivered when the mark rate was last taken [packets]
 * @ce_marked: tp->delivered_ce then [packets]
 * @ecn_alpha: smoothed share of marked packets [1/256]
 * @ring: the sender's state when packets were sent
 *
 * Allocated once the connection has delivered more than an initial window, so
 * that short ones do without. Where memory is short, a connection does without
 * too, and asks again each round: per-packet values are then estimated from
 * what was delivered and lost since, aggregation is not compensated for, and
 * undo does not restore bounds.
 */
struct bbr3_history {
	struct rcu_head rcu;
	struct win_filter extra_acked;
	struct bbr_epoch epoch;
	u32 rounds;
	u32 undo_bw_shortterm;
	u32 undo_inflight_shortterm;
	u32 undo_inflight_longterm;
	u32 lost_seq;
	u32 ce_delivered;
	u32 ce_marked;
	u32 ecn_alpha;
	struct send_ring ring;
};

/**
 * struct bbr3 - per-connection state
 * @history: what does not fit here; NULL at first and when memory is short
 * @bw: BBR.bw, bandwidth in force
 * @max_bw: maximum of delivery rates in the previous and the current cycle
 * @bw_shortterm: bandwidth that recent loss suggests
 * @inflight_shortterm: volume that recent loss suggests [packets]
 * @inflight_longterm: volume that probing has found to be safe [packets]
 * @bw_latest: highest delivery rate of this round
 * @inflight_latest: largest volume delivered in a round trip [packets]
 * @min_rtt_us: minimum of round-trip times over 10 s [us]
 * @min_rtt_stamp: when @min_rtt_us was seen [jiffies]
 * @probe_rtt_min_us: BBR.probe_rtt_min_delay, the minimum over 5 s [us]
 * @probe_rtt_min_stamp: when that was seen [jiffies]
 * @next_round_delivered: the round ends with a packet sent at this [packets]
 * @loss_round_delivered: the same for rounds that begin with a loss [packets]
 * @full_bw: bandwidth to grow from, in Startup and ProbeBW_UP
 * @probe_at_us: BBR.cycle_stamp + BBR.bw_probe_wait, when to probe [us]
 * @bw_probe_up_acked: acknowledged since inflight_longterm grew; ProbeBW_UP
 *		       [packets]
 * @probe_rtt_done_stamp: earliest end of ProbeRTT, 0 if inflight has not
 *			  fallen yet; ProbeRTT [jiffies]
 * @probe_up_acked_per_inc: acknowledged packets that let it grow by one
 * @prior_cwnd: last cwnd that neither loss nor ProbeRTT had cut [packets]
 * @target_cwnd: what cwnd grows to: BBR.max_inflight, within the bounds of the
 *		 model and of ProbeRTT [packets]
 * @lost: tp->lost as far as it was dealt with [packets]
 * @round_lost: tp->lost when the round began [packets]
 * @state: enum bbr3_state
 * @undo_state: enum bbr3_undo_state
 * @ack_phase: enum bbr3_ack_phase
 * @prev_ca_state: TCP_CA_x at the last ACK
 * @full_bw_count: rounds without growth
 * @full_bw_now: the pipe is full
 * @full_bw_reached: it has been full before
 * @bw_probe_up_rounds: rounds that inflight_longterm has grown for
 * @drain_rounds: rounds in Drain
 * @loss_ranges: holes found in this round, in Startup
 * @startup_ecn_rounds: rounds in a row with ECN marks, in Startup
 * @is_loss_in_round: packets were found lost in this round
 * @is_ecn_in_round: ECN marks came back in this round
 * @is_bw_probe_sample: acknowledgments tell of a probe
 * @rounds_since_probe_up: rounds since the last probe
 * @prev_probe_too_high: the last probe lost too much
 * @prev_probe_precautionary: the last probe was cut short
 * @idle_restart: no ACK yet after idle
 * @probe_rtt_round_done: a round has passed at the floor of ProbeRTT
 * @rtt_seen: pacing was started from a round-trip time, not from a guess
 * @initialised: init() has run; callbacks that act wait for it
 * @model_changed: pacing rate and max_inflight are out of date
 * @cwr_seen: the kernel entered TCP_CA_CWR, and why is not settled yet
 * @quiet_rounds: rounds that began since something was lost, at most 3
 * @send_quantum: C.send_quantum [packets]
 */
struct bbr3 {
	struct bbr3_history *history;
	u32 bw;
	u32 max_bw[2];
	u32 bw_shortterm;
	u32 inflight_shortterm;
	u32 inflight_longterm;
	u32 bw_latest;
	u32 inflight_latest;
	u32 min_rtt_us;
	u32 min_rtt_stamp;
	u32 probe_rtt_min_us;
	u32 probe_rtt_min_stamp;
	u32 next_round_delivered;
	u32 loss_round_delivered;
	u32 full_bw;
	u32 probe_at_us;
	union {
		u32 bw_probe_up_acked;
		u32 probe_rtt_done_stamp;
	};
	u32 probe_up_acked_per_inc;
	u32 prior_cwnd;
	u32 target_cwnd;
	u32 lost;
	u32 round_lost;
	u32 state:3,
	    undo_state:2,
	    ack_phase:3,
	    prev_ca_state:3,
	    full_bw_count:2,
	    full_bw_now:1,
	    full_bw_reached:1,
	    bw_probe_up_rounds:5,
	    drain_rounds:3,
	    loss_ranges:4,
	    startup_ecn_rounds:2,
	    is_loss_in_round:1,
	    is_ecn_in_round:1,
	    is_bw_probe_sample:1;
	u32 rounds_since_probe_up:7,
	    prev_probe_too_high:1,
	    prev_probe_precautionary:1,
	    idle_restart:1,
	    probe_rtt_round_done:1,
	    rtt_seen:1,
	    initialised:1,
	    model_changed:1,
	    cwr_seen:1,
	    quiet_rounds:2,
	    send_quantum:10;
};

/**
 * struct bbr3_ack - what one acknowledgment tells, the draft's RS and C
 * @rs: the kernel's rate sample
 * @bw: RS.delivery_rate; 0 if there is none, or if it is lower than all that
 *	it would be compared with
 * @sampled: the acknowledgment delivered something
 * @round_start: BBR.round_start, it ended a round
 * @loss_round_start: BBR.loss_round_start, it ended a round that began with
 *		      the first loss, if there was one
 */
struct bbr3_ack {
	const struct rate_sample *rs;
	u32 bw;
	bool sampled;
	bool round_start;
	bool loss_round_start;
};

/* --- tcp_weir_bbr3_main.c ---------------------------------------------------- */

u32 bbr3_bdp(const struct bbr3 *bbr3, u32 bw, u32 gain);
u32 bbr3_inflight(const struct bbr3 *bbr3, u32 bw, u32 gain);
u32 bbr3_inflight_with_headroom(const struct bbr3 *bbr3);
u32 bbr3_probe_rtt_cwnd(const struct bbr3 *bbr3);
u32 bbr3_target_inflight(const struct sock *sk);
void bbr3_save_cwnd(struct sock *sk);
void bbr3_restore_cwnd(struct sock *sk);

/* --- tcp_weir_bbr3_model.c --------------------------------------------------- */

void bbr3_update_signals(struct sock *sk, struct bbr3_ack *ack);
void bbr3_update_ack_aggregation(struct sock *sk, const struct bbr3_ack *ack);
bool bbr3_update_min_rtt(struct bbr3 *bbr3, const struct rate_sample *rs);
void bbr3_advance_max_bw_filter(struct bbr3 *bbr3);
void bbr3_reset_congestion_signals(struct bbr3 *bbr3);
void bbr3_reset_shortterm_model(struct bbr3 *bbr3);

/* --- tcp_weir_bbr3_states.c -------------------------------------------------- */

void bbr3_enter_startup(struct sock *sk, u8 why);
void bbr3_skip_probe_wait(struct sock *sk);
void bbr3_start_probe_bw_down(struct sock *sk, u8 why);
void bbr3_start_probe_bw_refill(struct sock *sk, u8 why);
void bbr3_reset_full_bw(struct bbr3 *bbr3);
void bbr3_update_state(struct sock *sk, const struct bbr3_ack *ack);
void bbr3_check_probe_rtt(struct sock *sk, const struct bbr3_ack *ack, bool expired);
void bbr3_check_probe_rtt_done(struct sock *sk, u8 why);

/* --- tcp_weir_bbr3_loss.c ---------------------------------------------------- */

void bbr3_note_loss(struct sock *sk);
void bbr3_watch_losses(struct sock *sk);
void bbr3_keep_lost_seq(struct sock *sk);
void bbr3_handle_losses(struct sock *sk);
void bbr3_handle_tlp_repair(struct sock *sk);
void bbr3_handle_inflight_too_high(struct sock *sk, u32 in_flight, bool app_limited, u8 why);
void bbr3_info_of_ack(struct sock *sk, const struct rate_sample *rs, struct send_info *info);
bool bbr3_is_inflight_too_high(const struct sock *sk, const struct send_info *info);
bool bbr3_check_startup_high_loss(struct sock *sk, const struct bbr3_ack *ack);
void bbr3_save_state_upon_loss(struct sock *sk);
void bbr3_handle_spurious_loss(struct sock *sk);

/* --- tcp_weir_bbr3_ecn.c ----------------------------------------------------- */

void bbr3_handle_ecn_echo(struct sock *sk, const struct bbr3_ack *ack);
void bbr3_ecn_start(struct sock *sk);
void bbr3_ecn_end_of_round(struct sock *sk);
u32 bbr3_ecn_cut(const struct sock *sk, u32 inflight);
bool bbr3_ecn_is_accurate(const struct sock *sk);
void bbr3_handle_ecn_too_high(struct sock *sk, const struct rate_sample *rs);
bool bbr3_ecn_too_high(const struct sock *sk, const struct rate_sample *rs);

/* --- Small helpers ------------------------------------------------------------- */

/* BBR.max_bw */
static inline u32 bbr3_max_bw(const struct bbr3 *bbr3)
{
	return max(bbr3->max_bw[0], bbr3->max_bw[1]);
}

/* IsInAProbeBWState() */
static inline bool bbr3_is_in_probe_bw(const struct bbr3 *bbr3)
{
	return bbr3->state >= BBR3_PROBE_BW_DOWN && bbr3->state <= BBR3_PROBE_BW_UP;
}

/* IsProbingBW() */
static inline bool bbr3_is_probing_bw(const struct bbr3 *bbr3)
{
	return bbr3->state == BBR3_STARTUP || bbr3->state == BBR3_PROBE_BW_REFILL ||
	       bbr3->state == BBR3_PROBE_BW_UP;
}

/* BoundBWForModel(): the bandwidth in force */
static inline void bbr3_bound_bw(struct bbr3 *bbr3)
{
	u32 bw = min(bbr3_max_bw(bbr3), bbr3->bw_shortterm);

	if (bw == bbr3->bw)
		return;
	bbr3->bw = bw;
	bbr3->model_changed = 1;
}

/* AdvanceLatestDeliverySignals() */
static inline void bbr3_advance_latest_signals(struct bbr3 *bbr3, const struct bbr3_ack *ack)
{
	if (!ack->loss_round_start)
		return;
	bbr3->bw_latest = ack->bw;
	bbr3->inflight_latest = ack->rs->delivered;
}

/* StartRound() */
static inline void bbr3_start_round(struct bbr3 *bbr3, const struct tcp_sock *tp)
{
	bbr3->next_round_delivered = tp->delivered;
}

/* The multiplicative decrease that loss may cause at most, BBR.Beta = 0.7 */
static inline u32 bbr3_beta(u32 value)
{
	return div_u64((u64)value * 7, 10);
}

/*
 * C.cwnd; after a timeout, the one before: the kernel has cut cwnd to a packet
 * by then, which says nothing about the path.
 */
static inline u32 bbr3_uncut_cwnd(const struct sock *sk)
{
	const struct bbr3 *bbr3 = inet_csk_ca(sk);
	u32 cwnd = tcp_snd_cwnd(tcp_sk(sk));

	return bbr3->prev_ca_state == TCP_CA_Loss ? max(cwnd, bbr3->prior_cwnd) : cwnd;
}

#endif /* _WEIR_BBR3_H */
