/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bbr3_trace.h - the tracepoint weir:weir_bbr3: BBRv3's variables by the
 *		  names that draft-ietf-ccwg-bbr gives them
 *
 * It follows each weir:weir_ack of the same socket, and only while that one is
 * on, so that an ACK that nobody watches costs no more than without it; and it
 * fires where the draft's per-loss steps are taken. docs/algorithms/bbr3.md
 * explains each field.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM weir

#if !defined(_WEIR_BBR3_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _WEIR_BBR3_TRACE_H

#include <linux/tracepoint.h>
#include "bbr3.h"

#ifndef _WEIR_BBR3_TRACE_ONCE
#define _WEIR_BBR3_TRACE_ONCE

/**
 * enum bbr3_step - what the variables are shown after
 * @BBR3_STEP_ACK: UpdateOnACK()
 * @BBR3_STEP_IDLE: HandleRestartFromIdle()
 * @BBR3_STEP_SAVE: SaveStateUponLoss()
 * @BBR3_STEP_UNDO: HandleSpuriousLossDetection()
 * @BBR3_STEP_RTO: OnEnterRTO(), and HandleLostPacket() for all that is lost
 */
enum bbr3_step {
	BBR3_STEP_ACK,
	BBR3_STEP_IDLE,
	BBR3_STEP_SAVE,
	BBR3_STEP_UNDO,
	BBR3_STEP_RTO,
};

/* A bandwidth in bytes/s, all ones if it bounds nothing */
static inline u64 bbr3_trace_bw(const struct sock *sk, u32 bw)
{
	return bw == BBR3_INFINITY ? U64_MAX : bbr_bytes_per_sec(bw, tcp_sk(sk)->mss_cache);
}
#endif /* _WEIR_BBR3_TRACE_ONCE */

TRACE_EVENT(weir_bbr3,

	TP_PROTO(const struct sock *sk, const struct bbr3_ack *ack, u8 step),

	TP_ARGS(sk, ack, step),

	TP_STRUCT__entry(
		__field(__u64, skaddr)
		__field(__u64, max_bw)
		__field(__u64, bw_shortterm)
		__field(__u64, bw_latest)
		__field(__u64, full_bw)
		__field(__u64, undo_bw_shortterm)
		__field(__u32, inflight_longterm)
		__field(__u32, inflight_shortterm)
		__field(__u32, inflight_latest)
		__field(__u32, undo_inflight_longterm)
		__field(__u32, undo_inflight_shortterm)
		__field(__u32, extra_acked)
		__field(__u32, min_rtt_us)
		__field(__u32, probe_rtt_min_us)
		__field(__u32, round_count)
		__field(__u32, prior_cwnd)
		__field(__s32, probe_wait_us)
		__field(__s32, rs_delivered)
		__field(__s32, rs_interval_us)
		__field(__u16, send_quantum)
		__field(__u8, step)
		__field(__u8, state)
		__field(__u8, undo_state)
		__field(__u8, ack_phase)
		__field(__u8, full_bw_count)
		__field(__u8, full_bw_now)
		__field(__u8, full_bw_reached)
		__field(__u8, drain_rounds)
		__field(__u8, loss_ranges)
		__field(__u8, bw_probe_up_rounds)
		__field(__u8, rounds_since_probe)
		__field(__u8, prev_probe_too_high)
		__field(__u8, is_loss_in_round)
		__field(__u8, idle_restart)
		__field(__u8, round_start)
		__field(__u8, app_limited)
	),

	TP_fast_assign(
		const struct bbr3 *bbr3 = inet_csk_ca(sk);
		const struct bbr3_history *history = bbr3->history;

		__entry->skaddr = (unsigned long)sk;
		__entry->max_bw = bbr3_trace_bw(sk, bbr3_max_bw(bbr3));
		__entry->bw_shortterm = bbr3_trace_bw(sk, bbr3->bw_shortterm);
		__entry->bw_latest = bbr3_trace_bw(sk, bbr3->bw_latest);
		__entry->full_bw = bbr3_trace_bw(sk, bbr3->full_bw);
		__entry->undo_bw_shortterm =
			history ? bbr3_trace_bw(sk, history->undo_bw_shortterm) : 0;
		__entry->inflight_longterm = bbr3->inflight_longterm;
		__entry->inflight_shortterm = bbr3->inflight_shortterm;
		__entry->inflight_latest = bbr3->inflight_latest;
		__entry->undo_inflight_longterm = history ? history->undo_inflight_longterm : 0;
		__entry->undo_inflight_shortterm = history ? history->undo_inflight_shortterm : 0;
		__entry->extra_acked = history ? win_max(&history->extra_acked) : 0;
		__entry->min_rtt_us = bbr3->min_rtt_us;
		__entry->probe_rtt_min_us = bbr3->probe_rtt_min_us;
		__entry->round_count = history ? history->rounds : 0;
		__entry->prior_cwnd = bbr3->prior_cwnd;
		__entry->probe_wait_us = bbr3->probe_at_us - (u32)tcp_sk(sk)->tcp_mstamp;
		__entry->rs_delivered = ack ? ack->rs->delivered : -1;
		__entry->rs_interval_us = ack ? ack->rs->interval_us : -1;
		__entry->send_quantum = bbr3->send_quantum;
		__entry->step = step;
		__entry->state = bbr3->state;
		__entry->undo_state = bbr3->undo_state;
		__entry->ack_phase = bbr3->ack_phase;
		__entry->full_bw_count = bbr3->full_bw_count;
		__entry->full_bw_now = bbr3->full_bw_now;
		__entry->full_bw_reached = bbr3->full_bw_reached;
		__entry->drain_rounds = bbr3->drain_rounds;
		__entry->loss_ranges = bbr3->loss_ranges;
		__entry->bw_probe_up_rounds = bbr3->bw_probe_up_rounds;
		__entry->rounds_since_probe = bbr3->rounds_since_probe_up;
		__entry->prev_probe_too_high = bbr3->prev_probe_too_high;
		__entry->is_loss_in_round = bbr3->is_loss_in_round;
		__entry->idle_restart = bbr3->idle_restart;
		__entry->round_start = ack && ack->round_start;
		__entry->app_limited = ack && ack->rs->is_app_limited;
	),

	TP_printk("step=%u state=%u max_bw=%llu bw_shortterm=%llu bw_latest=%llu full_bw=%llu inflight_longterm=%u inflight_shortterm=%u inflight_latest=%u extra_acked=%u min_rtt_us=%u probe_rtt_min_us=%u round_count=%u round_start=%u prior_cwnd=%u probe_wait_us=%d rounds_since_probe=%u rs_delivered=%d rs_interval_us=%d app_limited=%u send_quantum=%u ack_phase=%u full_bw_count=%u full_bw_now=%u full_bw_reached=%u drain_rounds=%u loss_ranges=%u is_loss_in_round=%u bw_probe_up_rounds=%u prev_probe_too_high=%u idle_restart=%u undo_state=%u undo_bw_shortterm=%llu undo_inflight_longterm=%u undo_inflight_shortterm=%u",
		  __entry->step, __entry->state, __entry->max_bw,
		  __entry->bw_shortterm, __entry->bw_latest, __entry->full_bw,
		  __entry->inflight_longterm, __entry->inflight_shortterm,
		  __entry->inflight_latest, __entry->extra_acked,
		  __entry->min_rtt_us, __entry->probe_rtt_min_us,
		  __entry->round_count, __entry->round_start,
		  __entry->prior_cwnd, __entry->probe_wait_us,
		  __entry->rounds_since_probe, __entry->rs_delivered,
		  __entry->rs_interval_us, __entry->app_limited,
		  __entry->send_quantum, __entry->ack_phase,
		  __entry->full_bw_count, __entry->full_bw_now,
		  __entry->full_bw_reached, __entry->drain_rounds,
		  __entry->loss_ranges, __entry->is_loss_in_round,
		  __entry->bw_probe_up_rounds, __entry->prev_probe_too_high,
		  __entry->idle_restart, __entry->undo_state,
		  __entry->undo_bw_shortterm, __entry->undo_inflight_longterm,
		  __entry->undo_inflight_shortterm)
);

#endif /* _WEIR_BBR3_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE bbr3_trace
#include <trace/define_trace.h>
