// SPDX-License-Identifier: GPL-2.0
#include "dist.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

/**
 * dist_add() - add a value
 * @d: the distribution; all zero is an empty one
 * @v: the value
 * @w: its weight; a value with none is left out
 */
void dist_add(struct dist *d, double v, double w)
{
	if (!(w > 0))
		return;
	d->item = mem_grow(d->item, d->n, &d->cap, sizeof(*d->item));
	if (!d->n || v > d->max)
		d->max = v;
	if (!d->n || v < d->min)
		d->min = v;
	d->item[d->n].v = v;
	d->item[d->n++].w = w;
	d->sum += v * w;
	d->weight += w;
	d->sorted = false;
}

/**
 * dist_mean() - the weighted mean
 * @d: the distribution
 *
 * Return: the mean, NaN if there is no value.
 */
double dist_mean(const struct dist *d)
{
	return d->n ? d->sum / d->weight : NAN;
}

/**
 * dist_max() - the largest value
 * @d: the distribution
 *
 * Return: the value, NaN if there is none.
 */
double dist_max(const struct dist *d)
{
	return d->n ? d->max : NAN;
}

static int dist_cmp(const void *a, const void *b)
{
	const struct dist_item *x = a, *y = b;

	return (x->v > y->v) - (x->v < y->v);
}

/**
 * dist_percentile() - nearest rank
 * @d: the distribution; gets sorted
 * @p: percent, above 0 and up to 100
 *
 * Return: the smallest value with at least @p percent of the weight at or
 * below it, NaN if there is no value.
 */
double dist_percentile(struct dist *d, double p)
{
	double cum = 0;

	if (!d->n)
		return NAN;
	if (!d->sorted) {
		qsort(d->item, d->n, sizeof(*d->item), dist_cmp);
		d->sorted = true;
	}
	for (size_t i = 0; i < d->n; i++) {
		cum += d->item[i].w;
		/* times 100 rather than p / 100: whole numbers stay exact */
		if (cum * 100 >= p * d->weight)
			return d->item[i].v;
	}
	return d->item[d->n - 1].v;
}

/**
 * dist_free() - forget all values
 * @d: becomes empty
 */
void dist_free(struct dist *d)
{
	free(d->item);
	memset(d, 0, sizeof(*d));
}

static int double_cmp(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/**
 * median_of() - the ordinary median
 * @v: values, none of them NaN; gets sorted
 * @n: how many
 *
 * Return: the middle value, of an even number the mean of the middle two,
 * NaN of none.
 */
double median_of(double *v, size_t n)
{
	if (!n)
		return NAN;
	qsort(v, n, sizeof(*v), double_cmp);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}
