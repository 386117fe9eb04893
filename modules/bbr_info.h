/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bbr_info.h - the model as ss -i prints it: bbr:(bw,mrtt,pacing_gain,cwnd_gain)
 */
#ifndef _WEIR_BBR_INFO_H
#define _WEIR_BBR_INFO_H

#include <linux/inet_diag.h>

/**
 * bbr_fill_info() - answer get_info
 * @ext: what was asked for
 * @attr: type of the answer
 * @info: the answer
 * @bw: bandwidth in force [bytes/s]
 * @min_rtt_us: minimum of round-trip times [us]
 * @pacing_gain: factor on @bw for pacing [1/256]
 * @cwnd_gain: factor on the bandwidth-delay product for cwnd [1/256]
 *
 * ss has one bit for all algorithms and asks with that of Vegas; the answer
 * carries its own type.
 *
 * Return: size of the answer, 0 if it was not asked for.
 */
static inline size_t bbr_fill_info(u32 ext, int *attr, union tcp_cc_info *info, u64 bw,
				   u32 min_rtt_us, u32 pacing_gain, u32 cwnd_gain)
{
	const u32 asked = 1 << (INET_DIAG_BBRINFO - 1) | 1 << (INET_DIAG_VEGASINFO - 1);

	if (!(ext & asked))
		return 0;

	memset(&info->bbr, 0, sizeof(info->bbr));
	info->bbr.bbr_bw_lo = (u32)bw;
	info->bbr.bbr_bw_hi = (u32)(bw >> 32);
	info->bbr.bbr_min_rtt = min_rtt_us;
	info->bbr.bbr_pacing_gain = pacing_gain;
	info->bbr.bbr_cwnd_gain = cwnd_gain;
	*attr = INET_DIAG_BBRINFO;

	return sizeof(info->bbr);
}

#endif /* _WEIR_BBR_INFO_H */
