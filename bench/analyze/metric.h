/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The metrics of one run: a flat list of names and values.
 *
 * Flat, because the summary over seeds, the verdicts and the sweep plots all
 * want "a value by name"; the JSON's groups are made from the list.  A flow's
 * metrics carry the prefix "flow<i>.", i from 1.  The unit is in the name.
 */
#ifndef WEIR_ANALYZE_METRIC_H
#define WEIR_ANALYZE_METRIC_H

#include <jansson.h>
#include <stddef.h>

#define METRIC_NAME_MAX	48

/**
 * enum metric_group - where a metric appears in a run's JSON
 * @METRIC_TOTAL: all flows together
 * @METRIC_LINK: the bottleneck
 * @METRIC_FAIR: between the flows
 * @METRIC_FLOW: one flow; struct metric says which
 */
enum metric_group { METRIC_TOTAL, METRIC_LINK, METRIC_FAIR, METRIC_FLOW };

/**
 * struct metric - one value
 * @name: with its unit; a flow's with its prefix
 * @group: see there
 * @flow: index from 0 for METRIC_FLOW
 * @value: NaN: not defined in this run
 */
struct metric {
	char name[METRIC_NAME_MAX];
	enum metric_group group;
	size_t flow;
	double value;
};

/**
 * struct metrics - all of a run
 * @m: the values in order of their making
 * @n: how many
 * @cap: allocated
 */
struct metrics {
	struct metric *m;
	size_t n;
	size_t cap;
};

void metric_add(struct metrics *s, enum metric_group group, const char *name,
		double value);
void metric_add_flow(struct metrics *s, size_t flow, const char *name,
		     double value);
double metric_get(const struct metrics *s, const char *name);
void metric_put_json(const struct metrics *s, enum metric_group group,
		     size_t flow, json_t *object);
void metric_free(struct metrics *s);

double metric_round(const char *name, double value);
json_t *metric_json(const char *name, double value);
json_t *round_json(double value, double scale);

#endif
