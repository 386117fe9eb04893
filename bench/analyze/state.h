/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The algorithms' states over a run: state.csv to metrics.
 */
#ifndef WEIR_ANALYZE_STATE_H
#define WEIR_ANALYZE_STATE_H

#include "cell.h"
#include "err.h"
#include "flow.h"
#include "metric.h"

int state_analyze(const struct cell *c, const struct flow *flow,
		  struct metrics *out, struct err *e);

#endif
