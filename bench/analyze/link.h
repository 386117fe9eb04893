/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The bottleneck of one run: link.csv to metrics.
 */
#ifndef WEIR_ANALYZE_LINK_H
#define WEIR_ANALYZE_LINK_H

#include <jansson.h>

#include "cell.h"
#include "err.h"
#include "metric.h"
#include "series.h"

int link_analyze(const struct cell *c, double t0_us, double t1_us,
		 struct series *queue, struct metrics *out, json_t *warnings,
		 struct err *e);

#endif
