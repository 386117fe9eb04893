/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bbr1.h - constants and state of BBR, version 1
 *
 * Section numbers are those of draft-cardwell-iccrg-bbr-congestion-control-00.
 */
#ifndef _WEIR_BBR1_H
#define _WEIR_BBR1_H

#include "bbr_extra.h"
#include "bbr_policer.h"
#include "bbr_units.h"
#include "win_filter.h"

/**
 * enum bbr_state - states of section 4.3, as traced
 * @BBR_STARTUP: double the rate each round
 * @BBR_DRAIN: drain the queue that this made
 * @BBR_PROBE_BW: cycle around the bandwidth
 * @BBR_PROBE_RTT: drain the path to see its RTT
 */
enum bbr_state {
	BBR_STARTUP,
	BBR_DRAIN,
	BBR_PROBE_BW,
	BBR_PROBE_RTT,
};

/* 2/ln(2) = 2.885: the least gain that doubles the rate each round (4.3.2.1) */
#define BBR_HIGH_GAIN		(BBR_UNIT * 2885 / 1000 + 1)
/* Its inverse sends in one round what was queued in the one before (4.3.3). */
#define BBR_DRAIN_GAIN		(BBR_UNIT * 1000 / 2885)
/* Twice the BDP lets data flow while ACKs are delayed or bunched (4.2.3.2). */
#define BBR_CWND_GAIN		(2 * BBR_UNIT)

/* STARTUP ends after three rounds that grew by less than a quarter (4.3.2.2). */
#define BBR_FULL_BW_GROWTH	(BBR_UNIT * 5 / 4)
#define BBR_FULL_BW_ROUNDS	3

/* Length of the bandwidth filter (4.1.1.5): the eight phases and two more. */
#define BBR_BW_ROUNDS		10
#define BBR_CYCLE_PHASES	8

/* PROBE_RTT (4.3.5) */
#define BBR_MIN_RTT_WINDOW	(10 * HZ)
#define BBR_PROBE_RTT_TIME	msecs_to_jiffies(200)
#define BBR_MIN_PIPE_CWND	4U

/* Aggregation of ACKs: remember for 5 to 10 rounds, grant at most 100 ms. */
#define BBR_EXTRA_ROUNDS	5
#define BBR_EXTRA_MAX_US	(100 * USEC_PER_MSEC)

/* Below this rate a burst is a single segment: 1.2 Mbit/s (4.2.2) */
#define BBR_SINGLE_SEGMENT_RATE	(1200000 / 8)
#define BBR_MAX_TSO_SEGS	127

/**
 * struct bbr - per-connection state
 * @bw_filter: maximum of delivery rates over BBR_BW_ROUNDS
 * @policer: the long-term model, which can stand in for @bw_filter
 * @epoch: since the acknowledgments last fell behind the bandwidth
 * @bw: bandwidth in force
 * @min_rtt_us: minimum of round-trip times, U32_MAX if none was seen [us]
 * @min_rtt_stamp: when @min_rtt_us was seen [jiffies]
 * @probe_rtt_done: earliest end of PROBE_RTT, 0 until cwnd was drained [jiffies]
 * @rounds: round trips counted so far
 * @round_end: a packet sent with this much delivered ends the round [packets]
 * @cycle_stamp: start of the phase of PROBE_BW [us]
 * @full_bw: bandwidth of the last round that grew
 * @prior_cwnd: cwnd before recovery or PROBE_RTT cut it [packets]
 * @target_cwnd: what cwnd grows to [packets]
 * @extra_acked: acknowledged beyond expectation, two slots of BBR_EXTRA_ROUNDS
 *		 each [packets]
 * @pacing_gain: factor for the pacing rate
 * @tso_segs: segments in one burst [packets]
 * @phase: of PROBE_BW, 0 .. 7
 * @state: enum bbr_state
 * @prev_ca_state: TCP_CA_x at the last ACK
 * @full_bw_rounds: rounds without growth, STARTUP
 * @extra_rounds: age of the current slot of @extra_acked [rounds]
 * @extra_slot: which one is current
 * @initialised: init() has run; callbacks that act wait for it
 * @model_changed: pacing rate and target are out of date
 * @round_start: this ACK ended a round
 * @full_bw_reached: STARTUP has found the bandwidth
 * @idle_restart: no ACK yet after idle
 * @packet_conservation: first round of recovery
 * @probe_rtt_round_done: a round has passed at the floor of PROBE_RTT
 * @rtt_seen: pacing was started from a round-trip time, not from a guess
 * @bw_due: @bw_filter has had no sample in this round yet
 */
struct bbr {
	struct win_filter bw_filter;
	struct bbr_policer policer;
	struct bbr_epoch epoch;
	u32 bw;
	u32 min_rtt_us;
	u32 min_rtt_stamp;
	u32 probe_rtt_done;
	u32 rounds;
	u32 round_end;
	u32 cycle_stamp;
	u32 full_bw;
	u32 prior_cwnd;
	u32 target_cwnd;
	u16 extra_acked[2];
	u16 pacing_gain:10,
	    phase:3,
	    state:2,
	    round_start:1;
	u16 tso_segs:7,
	    prev_ca_state:3,
	    full_bw_rounds:2,
	    extra_rounds:3,
	    extra_slot:1;
	u16 initialised:1,
	    model_changed:1,
	    full_bw_reached:1,
	    idle_restart:1,
	    packet_conservation:1,
	    probe_rtt_round_done:1,
	    rtt_seen:1,
	    bw_due:1;
};

/* Factor on the BDP for cwnd, by state */
static inline u32 bbr_cwnd_gain(const struct bbr *bbr)
{
	switch (bbr->state) {
	case BBR_STARTUP:
	case BBR_DRAIN:
		return BBR_HIGH_GAIN;
	case BBR_PROBE_BW:
		return BBR_CWND_GAIN;
	default:
		return BBR_UNIT;
	}
}

/* Factor on the bandwidth for the pacing rate, by state and phase (4.3.4.2) */
static inline u32 bbr_wanted_pacing_gain(const struct bbr *bbr)
{
	switch (bbr->state) {
	case BBR_STARTUP:
		return BBR_HIGH_GAIN;
	case BBR_DRAIN:
		return BBR_DRAIN_GAIN;
	case BBR_PROBE_BW:
		/* A policer would drop whatever exceeds its rate. */
		if (bbr->policer.in_use || bbr->phase > 1)
			return BBR_UNIT;
		return bbr->phase ? BBR_UNIT * 3 / 4 : BBR_UNIT * 5 / 4;
	default:
		return BBR_UNIT;
	}
}

#endif /* _WEIR_BBR1_H */
