// SPDX-License-Identifier: GPL-2.0
#include "summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "defs.h"
#include "dist.h"
#include "mem.h"

/**
 * same_group() - do two runs differ in nothing but the seed?
 * @a: a run
 * @b: another
 *
 * Return: true if point and algorithm are the same.
 */
bool same_group(const struct run *a, const struct run *b)
{
	return !strcmp(a->cell.point, b->cell.point) &&
	       !strcmp(a->cell.cc, b->cell.cc);
}

/* The runs are sorted, so a group is a stretch of the array. */
static size_t group_size(const struct run *run, size_t n)
{
	size_t k = 1;

	while (k < n && same_group(&run[0], &run[k]))
		k++;
	return k;
}

/**
 * spread_of() - a metric over the runs of a group
 * @run: the first of them
 * @n: how many
 * @name: the metric's full name
 *
 * Return: median and range of the runs that define it.
 */
struct spread spread_of(const struct run *run, size_t n, const char *name)
{
	double *v = mem_zalloc(n, sizeof(*v));
	struct spread s = { NAN, NAN, NAN, 0 };

	for (size_t i = 0; i < n; i++) {
		double x = metric_get(&run[i].metrics, name);

		if (!isnan(x))
			v[s.n++] = x;
	}
	s.median = median_of(v, s.n);
	if (s.n) {
		s.min = v[0];
		s.max = v[s.n - 1];
	}
	free(v);
	return s;
}

static json_t *group_json(const struct run *run, size_t n)
{
	json_t *seeds = json_array(), *metrics = json_object();
	const struct metrics *m = &run[0].metrics;

	for (size_t i = 0; i < n; i++)
		json_array_append_new(seeds, round_json(run[i].cell.seed, 1));
	for (size_t i = 0; i < m->n; i++) {
		const char *name = m->m[i].name;
		struct spread s = spread_of(run, n, name);

		json_object_set_new(metrics, name,
				    json_pack("{s:o, s:o, s:o, s:i}",
					      "median", metric_json(name, s.median),
					      "min", metric_json(name, s.min),
					      "max", metric_json(name, s.max),
					      "n", (int)s.n));
	}
	return json_pack("{s:s, s:s, s:o, s:o}", "point", run[0].cell.point,
			 "cc", run[0].cell.cc, "seeds", seeds,
			 "metrics", metrics);
}

/**
 * summary_json() - median and range for every point and algorithm
 * @run: all runs, sorted so that groups are together
 * @n: how many
 *
 * Return: a new reference to an array.
 */
json_t *summary_json(const struct run *run, size_t n)
{
	json_t *a = json_array();

	for (size_t i = 0, k; i < n; i += k) {
		k = group_size(&run[i], n - i);
		json_array_append_new(a, group_json(&run[i], k));
	}
	return a;
}

/* The verdict on one expectation of the group that @c is of, of whose cells @s is measured. */
static int verdict_add(json_t *a, const struct cell *c, const struct cell_expect *x,
		       struct spread s, size_t cells, struct err *e)
{
	double measured = metric_round(x->metric, s.median);
	/* What some seed does not define did not happen there. */
	bool pass = s.n == cells && measured >= x->low && measured <= x->high;
	json_t *v;

	if (!metric_defined(x->metric))
		return err_set(e,
			       "%s/cell.conf: expects '%s', which is no metric; weir-analyze --metrics lists them",
			       c->dir, x->metric);
	v = json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:i, s:i, s:o, s:o, s:s, s:s}",
		      "point", c->point, "cc", c->cc,
		      "metric", x->metric,
		      "measured", metric_json(x->metric, s.median),
		      "min", metric_json(x->metric, s.min),
		      "max", metric_json(x->metric, s.max),
		      "n", (int)s.n, "cells", (int)cells,
		      "low", round_json(x->low, 1e6),
		      "high", round_json(x->high, 1e6),
		      "source", x->source, "verdict", pass ? "pass" : "miss");
	json_array_append_new(a, v);
	return 0;
}

static size_t group_count(const struct run *of, const struct run *run, size_t n)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		k += same_group(of, &run[i]);
	return k;
}

/* All verdicts on a group: its @k good runs from @run on, and @failed cells more. */
static int group_verdicts(json_t *a, const struct run *run, size_t k, size_t failed,
			  struct err *e)
{
	const struct cell *c = &run->cell;

	for (size_t x = 0; x < c->nexpects; x++)
		if (verdict_add(a, c, &c->expect[x],
				spread_of(run, k, c->expect[x].metric), k + failed, e))
			return -1;
	return 0;
}

/**
 * verdicts_json() - hold the medians against what the scenario expects
 * @run: all runs, sorted so that groups are together
 * @n: how many
 * @failed: how many stand behind them that could not be analysed
 * @e: the error
 *
 * A metric that some seed does not define misses, and so does one of a cell that failed: an expectation is not met by silence.
 *
 * Return: a new reference to an array, or NULL.
 */
json_t *verdicts_json(const struct run *run, size_t n, size_t failed,
		      struct err *e)
{
	const struct run *lost = run + n;
	json_t *a = json_array();
	int rc = 0;

	for (size_t i = 0, k; !rc && i < n; i += k) {
		k = group_size(&run[i], n - i);
		rc = group_verdicts(a, &run[i], k, group_count(&run[i], lost, failed), e);
	}
	for (size_t i = 0, k; !rc && i < failed; i += k) {
		k = group_size(&lost[i], failed - i);
		if (!group_count(&lost[i], run, n))
			rc = group_verdicts(a, &lost[i], 0, k, e);
	}
	if (rc) {
		json_decref(a);
		a = NULL;
	}
	return a;
}
