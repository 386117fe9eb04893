/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How the flows of one run share the bottleneck.
 */
#ifndef WEIR_ANALYZE_FAIR_H
#define WEIR_ANALYZE_FAIR_H

#include <jansson.h>
#include <stddef.h>

#include "cell.h"
#include "flow.h"
#include "metric.h"

double jain(const double *x, size_t n);
double convergence(const double *j, size_t n, size_t from);
void fair_analyze(const struct cell *c, const struct flow *flow,
		  struct metrics *out, json_t **per_second);

#endif
