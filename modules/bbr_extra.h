/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bbr_extra.h - how much more arrives at once than the bandwidth explains
 *
 * Wireless links, offloads, and receivers or middleboxes that thin out ACKs
 * deliver in bunches with silence in between. To keep sending through the
 * silence, what a bunch holds has to be in flight besides the
 * bandwidth-delay product. Its size is what was acknowledged since the
 * acknowledgments last fell behind the bandwidth, less what the bandwidth
 * delivers in that time.
 *
 * draft-ietf-ccwg-bbr calls it extra_acked and derives it in
 * UpdateACKAggregation(). BBRv1's draft does not have it; the kernel's BBRv1
 * has since 5.1. They differ in how long they remember the maximum, which is
 * left to each.
 */
#ifndef _WEIR_BBR_EXTRA_H
#define _WEIR_BBR_EXTRA_H

#include "bbr_units.h"

/* Start over after so many packets: an old epoch tells nothing new. */
#define BBR_EPOCH_MAX_ACKED	0x100000U

/**
 * struct bbr_epoch - the time since acknowledgments fell behind
 * @stamp: when they did [us]
 * @acked: acknowledged since then [packets]
 */
struct bbr_epoch {
	u32 stamp;
	u32 acked;
};

/**
 * bbr_epoch_start() - begin now
 * @e: the epoch
 * @now_us: now [us]
 */
static inline void bbr_epoch_start(struct bbr_epoch *e, u32 now_us)
{
	e->stamp = now_us;
	e->acked = 0;
}

/**
 * bbr_epoch_update() - account for an acknowledgment
 * @e: the epoch
 * @bw: bandwidth in force
 * @now_us: now [us]
 * @acked: newly acknowledged [packets]
 *
 * Return: packets acknowledged beyond what @bw explains, at least @acked if
 * the epoch began with this acknowledgment.
 */
static inline u32 bbr_epoch_update(struct bbr_epoch *e, u32 bw, u32 now_us, u32 acked)
{
	u32 expected = bbr_bw_times(bw, now_us - e->stamp);

	if (e->acked <= expected || e->acked + acked >= BBR_EPOCH_MAX_ACKED) {
		bbr_epoch_start(e, now_us);
		expected = 0;
	}
	e->acked += acked;

	return e->acked - expected;
}

#endif /* _WEIR_BBR_EXTRA_H */
