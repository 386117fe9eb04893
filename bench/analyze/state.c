// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "state.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "csv.h"
#include "mem.h"

/* States that have metrics: 0 to this one. */
#define STATE_LAST	2
/* The one that a flow returns to when its company has gone. */
#define STATE_HOME	1

enum state_col { S_T, S_FLOW, S_OLD, S_NEW, S_COLS };

/**
 * struct state_acc - one flow's states while state.csv streams by
 * @state: the state it is in
 * @since_us: from when on
 * @in_us: time spent in each state within the window
 * @left_us: when the last other flow to end before this one was active last,
 *	NaN if none was
 * @home_us: when it was in STATE_HOME first after that, NaN if not yet
 * @seen: it has a row
 */
struct state_acc {
	double state;
	double since_us;
	double in_us[STATE_LAST + 1];
	double left_us;
	double home_us;
	bool seen;
};

/* It was in its state until @until. */
static void state_held(struct state_acc *a, const struct flow *f, double until)
{
	double held = fmin(until, f->t1_us) - fmax(a->since_us, f->t0_us);

	if (held > 0 && a->state <= STATE_LAST)
		a->in_us[(int)a->state] += held;
	if (a->state == STATE_HOME && isnan(a->home_us) && until > a->left_us)
		a->home_us = fmax(a->since_us, a->left_us);
	a->since_us = until;
}

static double company_left(const struct cell *c, const struct flow *flow, size_t i)
{
	double left = NAN;

	for (size_t k = 0; k < c->nflows; k++)
		if (k != i && c->flow[k].stop_us < c->flow[i].stop_us)
			left = fmax(left, flow[k].active_us);
	return left;
}

static void put_metrics(const struct flow *f, size_t i,
			const struct state_acc *a, struct metrics *out)
{
	double span = f->t1_us - f->t0_us;

	metric_add_flow(out, i, "state1_pct", a->seen ? 100 * a->in_us[1] / span : NAN);
	metric_add_flow(out, i, "state2_pct", a->seen ? 100 * a->in_us[2] / span : NAN);
	metric_add_flow(out, i, "state1_return_us", a->home_us - a->left_us);
}

static int state_row(const struct cell *c, const struct flow *flow,
		     struct state_acc *acc, const double *row,
		     const struct csv *csv, struct err *e)
{
	struct state_acc *a;
	size_t i;

	if (!(row[S_FLOW] >= 1 && row[S_FLOW] <= c->nflows))
		return err_set(e, "%s:%lu: there is no flow %.0f; run the cell again",
			       csv->path, csv->lineno, row[S_FLOW]);
	i = (size_t)row[S_FLOW] - 1;
	a = &acc[i];
	if (!a->seen) {
		a->state = row[S_OLD];
		a->seen = true;
	}
	if (row[S_T] < a->since_us && a->since_us > 0)
		return err_set(e, "%s:%lu: time goes back; the file is damaged, run the cell again",
			       csv->path, csv->lineno);
	state_held(a, &flow[i], row[S_T]);
	a->state = row[S_NEW];
	return 0;
}

/**
 * state_analyze() - metrics of the flows' states
 * @c: the cell
 * @flow: its flows, analyzed
 * @out: gains the metrics; undefined ones without DIR/state.csv
 * @e: the error
 *
 * Return: 0 or -1.
 */
int state_analyze(const struct cell *c, const struct flow *flow,
		  struct metrics *out, struct err *e)
{
	static const struct csv_col cols[S_COLS] = {
		{ "t_us", false }, { "flow", false }, { "old", false }, { "new", false },
	};
	struct state_acc *acc = mem_zalloc(c->nflows, sizeof(*acc));
	double row[S_COLS];
	struct csv csv;
	char *path;
	int rc = 0;

	for (size_t i = 0; i < c->nflows; i++) {
		acc[i].left_us = company_left(c, flow, i);
		acc[i].home_us = NAN;
	}
	if (asprintf(&path, "%s/state.csv", c->dir) < 0)
		mem_check(NULL);
	if (!access(path, F_OK)) {
		rc = csv_open(&csv, path, cols, S_COLS, e);
		while (!rc && (rc = csv_next(&csv, row, e)) > 0)
			rc = state_row(c, flow, acc, row, &csv, e);
		csv_close(&csv);
	}
	for (size_t i = 0; !rc && i < c->nflows; i++) {
		if (acc[i].seen)
			state_held(&acc[i], &flow[i], c->duration_us);
		put_metrics(&flow[i], i, &acc[i], out);
	}
	free(path);
	free(acc);
	return rc;
}
