/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Many seeds to one line: the median and the range; and the verdicts on them.
 */
#ifndef WEIR_ANALYZE_SUMMARY_H
#define WEIR_ANALYZE_SUMMARY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "err.h"
#include "run.h"

/**
 * struct spread - a metric over the seeds
 * @median: NaN if no seed defines the metric
 * @min: smallest
 * @max: largest
 * @n: seeds that define it
 */
struct spread {
	double median;
	double min;
	double max;
	size_t n;
};

bool same_group(const struct run *a, const struct run *b);
struct spread spread_of(const struct run *run, size_t n, const char *name);
json_t *summary_json(const struct run *run, size_t n);
json_t *verdicts_json(const struct run *run, size_t n, size_t failed,
		      struct err *e);

#endif
