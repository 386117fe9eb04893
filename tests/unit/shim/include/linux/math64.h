/* SPDX-License-Identifier: GPL-2.0 */
/* 64-bit arithmetic; division by zero is caught by UBSan. */
#ifndef _SHIM_LINUX_MATH64_H
#define _SHIM_LINUX_MATH64_H

#include <linux/kernel.h>

#define do_div(n, base)							\
({									\
	u32 __base = (base);						\
	u32 __rem = (n) % __base;					\
	(n) /= __base;							\
	__rem;								\
})

static inline u64 div_u64(u64 a, u32 b)
{
	return a / b;
}

static inline s64 div_s64(s64 a, s32 b)
{
	return a / b;
}

static inline u64 div64_u64(u64 a, u64 b)
{
	return a / b;
}

static inline s64 div64_s64(s64 a, s64 b)
{
	return a / b;
}

#define div64_long(a, b)	div64_s64(a, b)
#define div64_ul(a, b)		div64_u64(a, b)

static inline u64 div_u64_rem(u64 a, u32 b, u32 *rem)
{
	*rem = a % b;
	return a / b;
}

static inline u64 mul_u32_u32(u32 a, u32 b)
{
	return (u64)a * b;
}

static inline u64 mul_u64_u64_shr(u64 a, u64 b, unsigned int shift)
{
	return (u64)(((unsigned __int128)a * b) >> shift);
}

#define mul_u64_u32_shr(a, b, shift)	mul_u64_u64_shr(a, b, shift)

static inline u64 mul_u64_u64_div_u64(u64 a, u64 b, u64 c)
{
	return (u64)((unsigned __int128)a * b / c);
}

static inline u64 mul_u64_u32_div(u64 a, u32 b, u32 c)
{
	return (u64)((unsigned __int128)a * b / c);
}

static inline u32 reciprocal_scale(u32 val, u32 range)
{
	return (u32)(((u64)val * range) >> 32);
}

unsigned long int_sqrt(unsigned long x);
u32 int_sqrt64(u64 x);

#endif
