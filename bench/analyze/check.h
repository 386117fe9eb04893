/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Our figures against those of the tools people use.
 */
#ifndef WEIR_ANALYZE_CHECK_H
#define WEIR_ANALYZE_CHECK_H

#include <jansson.h>
#include <stddef.h>

#include "cell.h"
#include "metric.h"
#include "trace.h"

/**
 * struct ss_check - what was sampled around the moment ss(8) was asked
 * @from_us: shortly before; NaN: it was not
 * @to_us: shortly after
 * @n: samples between them
 * @cwnd_min: smallest congestion window among these
 * @cwnd_max: largest
 * @srtt_min: smallest smoothed RTT, microseconds
 * @srtt_max: largest
 */
struct ss_check {
	double from_us, to_us;
	unsigned int n;
	double cwnd_min, cwnd_max;
	double srtt_min, srtt_max;
};

void ss_open(struct ss_check *s, const struct cell *c, size_t i);
void ss_sample(struct ss_check *s, double t_us, double cwnd, double srtt_us);
void ss_compare(const struct ss_check *s, const struct cell *c, size_t i,
		json_t *warnings);
void check_iperf(const struct cell *c, const struct trace *recv, size_t i,
		 struct metrics *out, json_t *warnings);

#endif
