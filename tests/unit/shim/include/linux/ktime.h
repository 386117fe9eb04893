/* SPDX-License-Identifier: GPL-2.0 */
/* The virtual clock; shim.h moves it. */
#ifndef _SHIM_LINUX_KTIME_H
#define _SHIM_LINUX_KTIME_H

#include <linux/kernel.h>
#include <linux/math64.h>

#define HZ		250
#define NSEC_PER_SEC	1000000000L
#define NSEC_PER_MSEC	1000000L
#define NSEC_PER_USEC	1000L
#define USEC_PER_SEC	1000000L
#define USEC_PER_MSEC	1000L
#define MSEC_PER_SEC	1000L

extern u64 shim_now_ns;

static inline u64 ktime_get_ns(void)
{
	return shim_now_ns;
}

/* Jiffies start close to wrapping, as they do in the kernel. */
#define jiffies ((unsigned long)(u32)(-300 * HZ) + shim_now_ns / (NSEC_PER_SEC / HZ))
#define tcp_jiffies32	((u32)jiffies)

#define time_after32(a, b)	((s32)((u32)(b) - (u32)(a)) < 0)
#define time_before32(a, b)	time_after32(b, a)

static inline u32 usecs_to_jiffies(u32 us)
{
	return DIV_ROUND_UP((u64)us, USEC_PER_SEC / HZ);
}

static inline u32 msecs_to_jiffies(u32 ms)
{
	return DIV_ROUND_UP((u64)ms, MSEC_PER_SEC / HZ);
}

static inline u32 jiffies_to_usecs(unsigned long j)
{
	return j * (USEC_PER_SEC / HZ);
}

static inline u32 jiffies_to_msecs(unsigned long j)
{
	return j * (MSEC_PER_SEC / HZ);
}

#endif
