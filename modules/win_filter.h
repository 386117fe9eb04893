/* SPDX-License-Identifier: GPL-2.0 */
/*
 * win_filter.h - the maximum, or minimum, of a quantity over a sliding window
 *
 * After Kathleen Nichols: three samples stand for the whole window. The first
 * is the best of the window; the second the best since the first was taken;
 * the third the best since the second. When the first leaves the window the
 * other two move up, so the estimate never falls to the latest sample alone.
 * To have successors of a good age ready, a second sample is taken after a
 * quarter of a window without any, and a third after half of one.
 *
 * Constant space and time whatever the number of samples. Time is any counter
 * that only goes up, modulo 2^32: rounds, jiffies, microseconds. Ages are known
 * modulo 2^32, too: after a pause of that length and up to a window more (72
 * minutes in microseconds) what was there before counts as young once again,
 * until it leaves the window or a better sample comes.
 *
 * An all-zero filter is a valid empty maximum.
 */
#ifndef _WEIR_WIN_FILTER_H
#define _WEIR_WIN_FILTER_H

#include <linux/kernel.h>
#include <linux/types.h>

/**
 * struct win_sample - a value and when it was seen
 * @time: caller's clock
 * @value: the sample
 */
struct win_sample {
	u32 time;
	u32 value;
};

/**
 * struct win_filter - a windowed maximum
 * @best: best, second and third best, each younger than the one before
 */
struct win_filter {
	struct win_sample best[3];
};

/**
 * win_max_reset() - forget everything but one sample
 * @f: the filter
 * @time: now
 * @value: the sample
 */
static inline void win_max_reset(struct win_filter *f, u32 time, u32 value)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(f->best); i++)
		f->best[i] = (struct win_sample) { .time = time, .value = value };
}

/**
 * win_max() - the maximum
 * @f: the filter
 *
 * Return: the best sample, 0 for an empty filter.
 */
static inline u32 win_max(const struct win_filter *f)
{
	return f->best[0].value;
}

/**
 * win_max_matters() - whether a sample taken at an unchanged time can matter
 * @f: the filter
 * @value: the sample
 *
 * Samples age only when time moves. Until it does, one below the third best
 * may be left out, which spares the common case the rest: all that it could do
 * is renew a spare sample with a worse one of the same time.
 *
 * Return: whether to call win_max_update().
 */
static inline bool win_max_matters(const struct win_filter *f, u32 value)
{
	return value >= f->best[2].value;
}

/* From the @first on, nothing is better than @now. */
static inline void win_max_fill(struct win_filter *f, unsigned int first, struct win_sample now)
{
	for (; first < ARRAY_SIZE(f->best); first++)
		f->best[first] = now;
}

/* Forget what is older than @window; the others move up. Return: whether there was any. */
static inline bool win_max_expire(struct win_filter *f, u32 window, struct win_sample now)
{
	unsigned int old = 0, i;

	while (old < ARRAY_SIZE(f->best) && now.time - f->best[old].time > window)
		old++;
	if (!old)
		return false;
	for (i = old; i < ARRAY_SIZE(f->best); i++)
		f->best[i - old] = f->best[i];
	win_max_fill(f, ARRAY_SIZE(f->best) - old, now);

	return true;
}

/* A sample that is its own successor leaves none when it goes: give it one. */
static inline void win_max_renew(struct win_filter *f, u32 window, struct win_sample now)
{
	u32 age = now.time - f->best[0].time;

	if (f->best[1].time == f->best[0].time) {
		if (age > window / 4)
			win_max_fill(f, 1, now);
	} else if (f->best[2].time == f->best[1].time && age > window / 2) {
		win_max_fill(f, 2, now);
	}
}

/**
 * win_max_update() - take a sample
 * @f: the filter
 * @window: length of the window, in the unit of @time
 * @time: now
 * @value: the sample
 *
 * Return: the maximum of the last @window.
 */
static inline u32 win_max_update(struct win_filter *f, u32 window, u32 time, u32 value)
{
	const struct win_sample now = { .time = time, .value = value };
	bool expired = win_max_expire(f, window, now);
	unsigned int i = 0;

	while (i < ARRAY_SIZE(f->best) && value < f->best[i].value)
		i++;
	win_max_fill(f, i, now);
	if (!expired)
		win_max_renew(f, window, now);

	return win_max(f);
}

/*
 * The minimum is the maximum of the complements. An all-zero filter holds the
 * largest value there is, which any sample replaces.
 */

/**
 * win_min() - the minimum
 * @f: a filter used for minima only
 *
 * Return: the best sample, U32_MAX for an empty filter.
 */
static inline u32 win_min(const struct win_filter *f)
{
	return ~win_max(f);
}

/**
 * win_min_reset() - forget everything but one sample
 * @f: a filter used for minima only
 * @time: now
 * @value: the sample
 */
static inline void win_min_reset(struct win_filter *f, u32 time, u32 value)
{
	win_max_reset(f, time, ~value);
}

/**
 * win_min_update() - take a sample
 * @f: a filter used for minima only
 * @window: length of the window, in the unit of @time
 * @time: now
 * @value: the sample
 *
 * Return: the minimum of the last @window.
 */
static inline u32 win_min_update(struct win_filter *f, u32 window, u32 time, u32 value)
{
	return ~win_max_update(f, window, time, ~value);
}

#endif /* _WEIR_WIN_FILTER_H */
