/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bbr_units.h - the fixed point that both BBR modules count in
 *
 * Volumes are packets of mss_cache bytes, as everywhere in the kernel's
 * congestion control; times are microseconds.
 *
 * A bandwidth is packets per microsecond times 2^24. Full-sized packets at
 * 64 kbit/s give 89 of that, a step of 1%; 100 Gbit/s gives 144 million, and
 * what 32 bits hold is 3 Tbit/s.
 *
 * A gain is a factor times 2^8.
 *
 * No product below overflows for any bandwidth, for times up to 17 minutes and
 * gains below 4.
 */
#ifndef _WEIR_BBR_UNITS_H
#define _WEIR_BBR_UNITS_H

#include <linux/kernel.h>
#include <linux/math64.h>

#define BBR_BW_SHIFT	24
#define BBR_BW_UNIT	0x1000000U
#define BBR_GAIN_SHIFT	8
#define BBR_UNIT	0x100U

/* Pace this much below the estimate, so that the queue drains over time. */
#define BBR_PACING_MARGIN_PERCENT	1

/**
 * bbr_bw_of() - bandwidth that delivers a volume in a time
 * @packets: volume [packets]
 * @us: time, not 0 [us]
 *
 * Return: the bandwidth, rounded down and saturated.
 */
static inline u32 bbr_bw_of(u32 packets, u32 us)
{
	return min_t(u64, div_u64((u64)packets << BBR_BW_SHIFT, us), U32_MAX);
}

/**
 * bbr_bw_times() - volume that a bandwidth delivers in a time
 * @bw: bandwidth
 * @us: time [us]
 *
 * Return: whole packets, saturated.
 */
static inline u32 bbr_bw_times(u32 bw, u32 us)
{
	return min_t(u64, (u64)bw * us >> BBR_BW_SHIFT, U32_MAX);
}

/**
 * bbr_bdp() - a multiple of the bandwidth-delay product
 * @bw: bandwidth
 * @rtt_us: delay [us]
 * @gain: the multiple
 *
 * Rounded up: rounding down would feed back into a lower bandwidth.
 *
 * Return: packets, saturated.
 */
static inline u32 bbr_bdp(u32 bw, u32 rtt_us, u32 gain)
{
	u64 scaled = mul_u64_u32_shr((u64)bw * rtt_us, gain, BBR_GAIN_SHIFT);

	return min_t(u64, (scaled + BBR_BW_UNIT - 1) >> BBR_BW_SHIFT, U32_MAX);
}

/**
 * bbr_bytes_per_sec() - a bandwidth as the rest of the world writes it
 * @bw: bandwidth
 * @mss: size of a packet [bytes]
 *
 * Return: bytes per second.
 */
static inline u64 bbr_bytes_per_sec(u32 bw, u32 mss)
{
	return mul_u64_u32_shr((u64)bw * mss, USEC_PER_SEC, BBR_BW_SHIFT);
}

/**
 * bbr_pacing_rate() - rate to pace at for a bandwidth
 * @bw: bandwidth
 * @mss: size of a packet [bytes]
 * @gain: factor to apply
 *
 * Return: bytes per second, less the pacing margin.
 */
static inline u64 bbr_pacing_rate(u32 bw, u32 mss, u32 gain)
{
	return mul_u64_u32_shr((u64)bw * mss * gain >> BBR_GAIN_SHIFT,
			       USEC_PER_SEC / 100 * (100 - BBR_PACING_MARGIN_PERCENT),
			       BBR_BW_SHIFT);
}

#endif /* _WEIR_BBR_UNITS_H */
