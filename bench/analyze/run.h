/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One run: a cell's directory to metrics, curves and remarks.
 */
#ifndef WEIR_ANALYZE_RUN_H
#define WEIR_ANALYZE_RUN_H

#include <jansson.h>

#include "cell.h"
#include "err.h"
#include "metric.h"

/**
 * struct run - a run and what came out of it
 * @cell: what was asked for
 * @lab: the lab's report, or NULL: the run was not in the lab
 * @t0_us: start of the run's window
 * @t1_us: its end
 * @metrics: all of them
 * @jain_1s: JSON array, Jain's index of each second
 * @series: JSON object of curves, or NULL
 * @warnings: JSON array of remarks
 */
struct run {
	struct cell cell;
	json_t *lab;
	double t0_us;
	double t1_us;
	struct metrics metrics;
	json_t *jain_1s;
	json_t *series;
	json_t *warnings;
};

int run_analyze(struct run *r, int columns, struct err *e);
json_t *run_json(const struct run *r);
void run_free(struct run *r);

#endif
