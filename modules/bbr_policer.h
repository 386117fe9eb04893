/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bbr_policer.h - BBRv1's long-term model of token-bucket policers
 *
 * A policer lets a burst pass until its bucket is empty and then drops what
 * exceeds its rate. A maximum of recent bandwidth remembers the burst, sends
 * at its rate, and loses heavily. So when loss is heavy, measure over long
 * intervals that begin and end with a loss, when the bucket is empty. Two
 * successive intervals with much loss and consistent bandwidth are taken for
 * a policer, and their mean is used in place of the maximum for a while.
 *
 * Source: Cardwell et al., draft-cardwell-iccrg-bbr-congestion-control-00,
 * which leaves this to the Linux implementation; Flach et al., "An
 * Internet-Wide Analysis of Traffic Policing", SIGCOMM 2016. The constants are
 * those of the kernel's BBR since 4.9.
 */
#ifndef _WEIR_BBR_POLICER_H
#define _WEIR_BBR_POLICER_H

#include "bbr_units.h"

/* An interval is long enough after so many rounds, and too long after more. */
#define BBR_POLICER_MIN_ROUNDS	4
#define BBR_POLICER_MAX_ROUNDS	(4 * BBR_POLICER_MIN_ROUNDS)
/* Heavy loss: lost / delivered of at least 50/256, nearly a fifth. */
#define BBR_POLICER_LOSS	50
#define BBR_POLICER_LOSS_SHIFT	8
/* Consistent: two bandwidths within an eighth, or within 4 kbit/s. */
#define BBR_POLICER_RATIO_SHIFT	3
#define BBR_POLICER_DIFF_BYTES	(4000 / 8)
/* Believe in the policer for so many rounds of PROBE_BW. */
#define BBR_POLICER_USE_ROUNDS	48

/* Time is kept in units of 2^10 us, which 32 bits of microseconds outlive. */
#define BBR_POLICER_TIME_SHIFT	10

/**
 * struct bbr_policer - the long-term model; all zero is its start
 * @bw: bandwidth of the last interval, or of the policer once @in_use; 0 if
 *	there is none yet
 * @stamp: start of the interval [1024 us]
 * @delivered: tp->delivered at the start [packets]
 * @lost: tp->lost at the start [packets]
 * @rounds: round trips in the interval, or in use
 * @sampling: an interval is under way
 * @in_use: a policer was found, @bw is its rate
 */
struct bbr_policer {
	u32 bw;
	u32 stamp;
	u32 delivered;
	u32 lost;
	u8 rounds;
	u8 sampling:1;
	u8 in_use:1;
};

static inline u32 bbr_policer_now(const struct tcp_sock *tp)
{
	return tp->delivered_mstamp >> BBR_POLICER_TIME_SHIFT;
}

static inline void bbr_policer_begin(struct bbr_policer *p, const struct tcp_sock *tp)
{
	p->stamp = bbr_policer_now(tp);
	p->delivered = tp->delivered;
	p->lost = tp->lost;
	p->rounds = 0;
}

/**
 * bbr_policer_reset() - forget everything, start over at the next loss
 * @p: the model
 */
static inline void bbr_policer_reset(struct bbr_policer *p)
{
	p->bw = 0;
	p->rounds = 0;
	p->sampling = 0;
	p->in_use = 0;
}

/* Do two intervals show the same bandwidth? */
static inline bool bbr_policer_consistent(u32 bw, u32 prior, u32 mss)
{
	u32 diff = bw > prior ? bw - prior : prior - bw;

	return diff <= prior >> BBR_POLICER_RATIO_SHIFT ||
	       bbr_bytes_per_sec(diff, mss) <= BBR_POLICER_DIFF_BYTES;
}

/* An interval ended with heavy loss: compare it with the one before. */
static inline void bbr_policer_judge(struct bbr_policer *p, const struct tcp_sock *tp, u32 bw)
{
	if (p->bw && bbr_policer_consistent(bw, p->bw, tp->mss_cache)) {
		p->bw = ((u64)bw + p->bw) / 2;
		p->in_use = 1;
		p->rounds = 0;
		return;
	}
	p->bw = bw;
	bbr_policer_begin(p, tp);
}

/* The interval is long enough and a packet was lost: may it end here? */
static inline void bbr_policer_end(struct bbr_policer *p, const struct tcp_sock *tp)
{
	u32 delivered = tp->delivered - p->delivered;
	u32 lost = tp->lost - p->lost;
	u32 elapsed = bbr_policer_now(tp) - p->stamp;

	if (!delivered || (u64)lost << BBR_POLICER_LOSS_SHIFT < (u64)delivered * BBR_POLICER_LOSS)
		return;
	if (!elapsed)
		return;
	if (elapsed >> (32 - BBR_POLICER_TIME_SHIFT)) {
		bbr_policer_reset(p);
		return;
	}

	bbr_policer_judge(p, tp, bbr_bw_of(delivered, elapsed << BBR_POLICER_TIME_SHIFT));
}

/**
 * bbr_policer_sample() - feed the model with one acknowledgment
 * @p: the model, not @in_use
 * @tp: the connection
 * @round_start: a round trip ended
 * @lossy: packets were newly marked lost
 * @app_limited: the application had too little to send
 *
 * @p->in_use tells whether a policer was found just now.
 */
static inline void bbr_policer_sample(struct bbr_policer *p, const struct tcp_sock *tp,
				      bool round_start, bool lossy, bool app_limited)
{
	if (!p->sampling) {
		if (!lossy)
			return;
		bbr_policer_begin(p, tp);
		p->sampling = 1;
	}

	/* An interval with idle time in it would read too low. */
	if (app_limited) {
		bbr_policer_reset(p);
		return;
	}

	p->rounds += round_start;
	if (p->rounds < BBR_POLICER_MIN_ROUNDS)
		return;
	if (p->rounds > BBR_POLICER_MAX_ROUNDS) {
		bbr_policer_reset(p);
		return;
	}

	/* With tokens left, the interval would read too low as well. */
	if (lossy)
		bbr_policer_end(p, tp);
}

#endif /* _WEIR_BBR_POLICER_H */
