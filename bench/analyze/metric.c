// SPDX-License-Identifier: GPL-2.0
#include "metric.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

static struct metric *metric_new(struct metrics *s)
{
	s->m = mem_grow(s->m, s->n, &s->cap, sizeof(*s->m));
	memset(&s->m[s->n], 0, sizeof(*s->m));
	return &s->m[s->n++];
}

/**
 * metric_add() - add a metric of the run
 * @s: the set
 * @group: not METRIC_FLOW
 * @name: with the unit
 * @value: or NaN
 */
void metric_add(struct metrics *s, enum metric_group group, const char *name,
		double value)
{
	struct metric *m = metric_new(s);

	snprintf(m->name, sizeof(m->name), "%s", name);
	m->group = group;
	m->value = value;
}

/**
 * metric_add_flow() - add a metric of one flow
 * @s: the set
 * @flow: index from 0
 * @name: with the unit, without the prefix
 * @value: or NaN
 */
void metric_add_flow(struct metrics *s, size_t flow, const char *name,
		     double value)
{
	struct metric *m = metric_new(s);

	snprintf(m->name, sizeof(m->name), "flow%zu.%s", flow + 1, name);
	m->group = METRIC_FLOW;
	m->flow = flow;
	m->value = value;
}

/**
 * metric_get() - look a metric up
 * @s: the set
 * @name: with unit and, for a flow's, prefix
 *
 * Return: its value, NaN if it is undefined or unknown.
 */
double metric_get(const struct metrics *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->m[i].name, name))
			return s->m[i].value;
	return NAN;
}

/**
 * round_json() - a number without the noise of binary fractions
 * @value: or NaN
 * @scale: 1 keeps whole numbers, 1000 three decimals
 *
 * Return: a new reference: a JSON number, null for NaN.
 */
json_t *round_json(double value, double scale)
{
	double r = round(value * scale);

	if (!isfinite(value))
		return json_null();
	if (scale == 1 && fabs(r) < 9e15)
		return json_integer((json_int_t)r);
	/* -0.0 would print as such */
	return json_real(r == 0 ? 0.0 : r / scale);
}

static int ends_with(const char *s, const char *tail)
{
	size_t a = strlen(s), b = strlen(tail);

	return a >= b && !strcmp(s + a - b, tail);
}

/* How many parts of a unit are kept, by what the name ends in. */
static double precision(const char *name)
{
	if (ends_with(name, "_bps") || ends_with(name, "_us") ||
	    ends_with(name, "_bytes") || ends_with(name, "_per_s"))
		return 1;
	if (ends_with(name, "_pkts"))
		return 1e3;
	return 1e4;
}

/**
 * metric_round() - a metric at the precision its unit deserves
 * @name: ends in the unit
 * @value: or NaN
 *
 * Return: the number that reports print, and that is held against a band:
 * whoever compares the printed numbers must come to the printed verdict.
 */
double metric_round(const char *name, double value)
{
	double parts = precision(name);

	return round(value * parts) / parts;
}

/**
 * metric_json() - a metric at the precision its unit deserves
 * @name: ends in the unit
 * @value: or NaN
 *
 * Return: a new reference.
 */
json_t *metric_json(const char *name, double value)
{
	return round_json(value, precision(name));
}

/**
 * metric_put_json() - put one group into a JSON object
 * @s: the set
 * @group: which
 * @flow: index from 0 for METRIC_FLOW
 * @object: gains one key for each metric, without the flow's prefix
 */
void metric_put_json(const struct metrics *s, enum metric_group group,
		     size_t flow, json_t *object)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct metric *m = &s->m[i];
		const char *name = m->name;

		if (m->group != group || (group == METRIC_FLOW && m->flow != flow))
			continue;
		if (group == METRIC_FLOW)
			name = strchr(name, '.') + 1;
		json_object_set_new(object, name, metric_json(name, m->value));
	}
}

/**
 * metric_free() - forget all
 * @s: becomes empty
 */
void metric_free(struct metrics *s)
{
	free(s->m);
	memset(s, 0, sizeof(*s));
}
