/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hystart_pp.h - HyStart++: a slow start that ends before the buffer does
 *
 * Source: RFC 9406, sections 4.2 (algorithm) and 4.3 (constants).
 *
 * Slow start doubles the window every round and without help stops only when
 * it has overfilled the bottleneck's buffer. HyStart++ compares the smallest
 * RTT of this round with that of the round before. If it has risen by an
 * eighth (but at least 4 and at most 16 ms), a queue is building: growth slows
 * to a quarter of slow start's for five rounds, "conservative slow start"
 * (CSS). If the RTT falls back meanwhile the rise was jitter, and slow start
 * resumes; otherwise congestion avoidance begins without a loss.
 *
 *	pkts_acked:	if (hystart_pp_ack(sk, &foo->hystart, sample->rtt_us))
 *				slow start has ended: ssthresh is cwnd
 *	cong_avoid:	if (tcp_in_slow_start(tp))
 *				acked = hystart_pp_slow_start(sk, &foo->hystart, acked);
 *
 * Differences from the RFC:
 * - the check runs before cwnd grows for the same ACK, not after: the ACK that
 *   changes the phase is already counted in the new one;
 * - windows are counted in packets, with a carry for quarters.
 *
 * As the RFC asks, HyStart++ rules only the initial slow start, while ssthresh
 * is still infinite: a loss or a mark ends it because the algorithm's reaction
 * makes ssthresh finite, and an undo of that reaction resumes it.
 */
#ifndef _WEIR_HYSTART_PP_H
#define _WEIR_HYSTART_PP_H

#include "weir.h"

#define HYSTART_PP_MIN_RTT_THRESH_US	4000U
#define HYSTART_PP_MAX_RTT_THRESH_US	16000U
#define HYSTART_PP_MIN_RTT_DIVISOR	8
#define HYSTART_PP_N_RTT_SAMPLE		8
#define HYSTART_PP_CSS_GROWTH_DIVISOR	4
#define HYSTART_PP_CSS_ROUNDS		5
#define HYSTART_PP_L			8U	/* packets per ACK, if not paced */

/**
 * enum hystart_pp_phase - phases of slow start
 * @HYSTART_PP_OFF: plain slow start; the phase of all-zero state
 * @HYSTART_PP_BEGIN: slow start, the first round begins with the next ACK
 * @HYSTART_PP_SLOW_START: slow start, watching the RTT
 * @HYSTART_PP_CSS: conservative slow start
 */
enum hystart_pp_phase {
	HYSTART_PP_OFF,
	HYSTART_PP_BEGIN,
	HYSTART_PP_SLOW_START,
	HYSTART_PP_CSS,
};

/**
 * struct hystart_pp - state of HyStart++, 20 bytes
 * @window_end: SND.NXT when this round began; the round ends when it is acked
 * @last_round_min_rtt_us: smallest RTT of the previous round, 0 if unknown
 * @curr_round_min_rtt_us: smallest RTT of this round so far, 0 if unknown
 * @css_baseline_min_rtt_us: smallest RTT of the round that began CSS
 * @phase: enum hystart_pp_phase
 * @rtt_samples: samples of this round, counted up to HYSTART_PP_N_RTT_SAMPLE
 * @css_rounds: rounds completed in CSS, the one that began it included
 * @css_credit: packets acknowledged in CSS, not yet worth a packet of growth
 */
struct hystart_pp {
	u32 window_end;
	u32 last_round_min_rtt_us;
	u32 curr_round_min_rtt_us;
	u32 css_baseline_min_rtt_us;
	u8 phase;
	u8 rtt_samples;
	u8 css_rounds;
	u8 css_credit;
};

/**
 * hystart_pp_init() - use HyStart++ in this connection's slow start
 * @h: its HyStart++ state
 *
 * Nothing has been sent yet as a rule. The first round begins with the first
 * ACK and ends with what is in flight then: the initial window.
 */
static inline void hystart_pp_init(struct hystart_pp *h)
{
	*h = (struct hystart_pp) { .phase = HYSTART_PP_BEGIN };
}

/**
 * hystart_pp_active() - whether HyStart++ rules slow start at present
 * @tp: the connection
 * @h: its HyStart++ state
 *
 * Return: true in the initial slow start, unless it is switched off.
 */
static inline bool hystart_pp_active(const struct tcp_sock *tp, const struct hystart_pp *h)
{
	return weir_in_initial_slow_start(tp) && h->phase != HYSTART_PP_OFF;
}

/* Whether growth up to @ssthresh is a quarter of slow start's */
static inline bool hystart_pp_in_css(const struct hystart_pp *h, u32 ssthresh)
{
	return h->phase == HYSTART_PP_CSS && ssthresh >= TCP_INFINITE_SSTHRESH;
}

/* Section 4.2: by how much the RTT must rise to mean a queue [us] */
static inline u32 hystart_pp_rtt_thresh_us(const struct hystart_pp *h)
{
	return clamp(h->last_round_min_rtt_us / HYSTART_PP_MIN_RTT_DIVISOR,
		     HYSTART_PP_MIN_RTT_THRESH_US, HYSTART_PP_MAX_RTT_THRESH_US);
}

/* The RTT rose: enter CSS. It fell below what began CSS: resume slow start. */
static inline void hystart_pp_check_delay(struct hystart_pp *h)
{
	if (h->phase == HYSTART_PP_CSS) {
		if (h->curr_round_min_rtt_us < h->css_baseline_min_rtt_us)
			h->phase = HYSTART_PP_SLOW_START;
	} else if (h->last_round_min_rtt_us &&
		   h->curr_round_min_rtt_us >=
		   h->last_round_min_rtt_us + hystart_pp_rtt_thresh_us(h)) {
		h->css_baseline_min_rtt_us = h->curr_round_min_rtt_us;
		h->css_rounds = 0;
		h->css_credit = 0;
		h->phase = HYSTART_PP_CSS;
	}
}

/*
 * A round is over when everything in flight at its beginning is acknowledged.
 *
 * Return: true if this was the last round of CSS.
 */
static inline bool hystart_pp_end_round(const struct tcp_sock *tp, struct hystart_pp *h)
{
	h->window_end = tp->snd_nxt;
	h->last_round_min_rtt_us = h->curr_round_min_rtt_us;
	h->curr_round_min_rtt_us = 0;
	h->rtt_samples = 0;

	return h->phase == HYSTART_PP_CSS && ++h->css_rounds >= HYSTART_PP_CSS_ROUNDS;
}

/**
 * hystart_pp_ack() - watch the RTT; call for every ACK
 * @sk: the connection
 * @h: its HyStart++ state
 * @rtt_us: the ACK's RTT sample [us]; negative if it has none
 *
 * Return: true if slow start ended with this ACK, and ssthresh is now cwnd.
 */
static inline bool hystart_pp_ack(struct sock *sk, struct hystart_pp *h, s32 rtt_us)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (!hystart_pp_active(tp, h))
		return false;

	if (h->phase == HYSTART_PP_BEGIN) {
		h->window_end = tp->snd_nxt;
		h->phase = HYSTART_PP_SLOW_START;
	}

	if (rtt_us >= 0) {
		u32 rtt = max(rtt_us, 1);

		if (!h->curr_round_min_rtt_us || rtt < h->curr_round_min_rtt_us)
			h->curr_round_min_rtt_us = rtt;
		if (h->rtt_samples < HYSTART_PP_N_RTT_SAMPLE)
			h->rtt_samples++;
		if (h->rtt_samples >= HYSTART_PP_N_RTT_SAMPLE)
			hystart_pp_check_delay(h);
	}

	if (before(tp->snd_una, h->window_end) || !hystart_pp_end_round(tp, h))
		return false;

	weir_set_ssthresh(tp, tcp_snd_cwnd(tp));

	return true;
}

/**
 * hystart_pp_slow_start() - grow cwnd in slow start
 * @sk: the connection, in slow start and limited by cwnd
 * @h: its HyStart++ state
 * @acked: packets newly acknowledged
 *
 * The limit L on the growth per ACK guards against bursts, therefore it falls
 * away when the connection is paced.
 *
 * Return: acknowledged packets that remain for congestion avoidance, because
 * cwnd reached ssthresh.
 */
static inline u32 hystart_pp_slow_start(struct sock *sk, struct hystart_pp *h, u32 acked)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (hystart_pp_active(tp, h)) {
		if (READ_ONCE(sk->sk_pacing_status) == SK_PACING_NONE)
			acked = min(acked, HYSTART_PP_L);
		if (h->phase == HYSTART_PP_CSS) {
			acked += h->css_credit;
			h->css_credit = acked % HYSTART_PP_CSS_GROWTH_DIVISOR;
			acked /= HYSTART_PP_CSS_GROWTH_DIVISOR;
		}
	}

	return tcp_slow_start(tp, acked);
}

#endif /* _WEIR_HYSTART_PP_H */
