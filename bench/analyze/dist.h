/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A weighted distribution: values that each held for a while.
 *
 * Percentiles are nearest rank on the weights: the smallest value whose
 * cumulated weight reaches p percent of the total.  On an even time grid all
 * weights are equal and that is the textbook nearest rank.
 */
#ifndef WEIR_ANALYZE_DIST_H
#define WEIR_ANALYZE_DIST_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct dist_item - one value
 * @v: the value
 * @w: its weight, such as the microseconds it held
 */
struct dist_item {
	double v;
	double w;
};

/**
 * struct dist - the values so far
 * @item: the values, in order of arrival until the first percentile
 * @n: how many
 * @cap: allocated
 * @sum: of value times weight
 * @weight: of all weights
 * @max: largest value
 * @min: smallest value
 * @sorted: @item is in order of value
 */
struct dist {
	struct dist_item *item;
	size_t n;
	size_t cap;
	double sum;
	double weight;
	double max;
	double min;
	bool sorted;
};

void dist_add(struct dist *d, double v, double w);
double dist_mean(const struct dist *d);
double dist_percentile(struct dist *d, double p);
double dist_max(const struct dist *d);
void dist_free(struct dist *d);

double median_of(double *v, size_t n);

#endif
