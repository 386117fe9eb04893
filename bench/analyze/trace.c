// SPDX-License-Identifier: GPL-2.0
#include "trace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

static double lerp(double t, double t0, double v0, double t1, double v1)
{
	return t1 > t0 ? v0 + (v1 - v0) * (t - t0) / (t1 - t0) : v1;
}

/**
 * trace_add() - append a sample
 * @t: the trace; all zero is an empty one
 * @when: microseconds, not before the last sample
 * @value: the counter then
 */
void trace_add(struct trace *t, double when, double value)
{
	size_t cap = t->cap;

	t->t = mem_grow(t->t, t->n, &cap, sizeof(*t->t));
	t->v = mem_grow(t->v, t->n, &t->cap, sizeof(*t->v));
	t->t[t->n] = when;
	t->v[t->n++] = value;
}

/**
 * trace_at() - the counter at any time
 * @t: the trace
 * @when: microseconds
 *
 * Return: the value on the straight line between the neighbours; the first
 * value before the first sample, the last one after the last; 0 if empty.
 */
double trace_at(const struct trace *t, double when)
{
	size_t lo = 0, hi = t->n;

	if (!t->n)
		return 0;
	if (when <= t->t[0])
		return t->v[0];
	if (when >= t->t[t->n - 1])
		return t->v[t->n - 1];
	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (t->t[mid] <= when)
			lo = mid;
		else
			hi = mid;
	}
	return lerp(when, t->t[lo], t->v[lo], t->t[hi], t->v[hi]);
}

/**
 * trace_when() - when the counter first reached a value
 * @t: the trace
 * @value: the value
 *
 * Return: microseconds, between samples by straight line; NaN if never.
 */
double trace_when(const struct trace *t, double value)
{
	for (size_t i = 0; i < t->n; i++) {
		if (t->v[i] < value)
			continue;
		if (!i || t->v[i] <= t->v[i - 1])
			return t->t[i];
		return t->t[i - 1] + (t->t[i] - t->t[i - 1]) *
		       (value - t->v[i - 1]) / (t->v[i] - t->v[i - 1]);
	}
	return NAN;
}

/**
 * trace_free() - forget all samples
 * @t: becomes empty
 */
void trace_free(struct trace *t)
{
	free(t->t);
	free(t->v);
	memset(t, 0, sizeof(*t));
}

/**
 * edge_init() - start to watch a counter
 * @e: filled
 * @t0: start of the window, microseconds
 * @t1: end of the window
 */
void edge_init(struct edge *e, double t0, double t1)
{
	memset(e, 0, sizeof(*e));
	e->t0 = t0;
	e->t1 = t1;
}

/**
 * edge_feed() - the next sample of the counter
 * @e: the watcher
 * @t: microseconds, not before the last sample
 * @v: the counter
 */
void edge_feed(struct edge *e, double t, double v)
{
	if (!e->n) {
		e->v0 = v;
		e->v1 = v;
	} else {
		if (e->pt < e->t0 && t >= e->t0)
			e->v0 = lerp(e->t0, e->pt, e->pv, t, v);
		else if (t < e->t0)
			e->v0 = v;
		if (e->pt < e->t1)
			e->v1 = t > e->t1 ? lerp(e->t1, e->pt, e->pv, t, v) : v;
	}
	e->pt = t;
	e->pv = v;
	e->n++;
}

/**
 * edge_gain() - what the counter gained inside the window
 * @e: the watcher, after the last sample
 *
 * Return: the gain, NaN without samples.
 */
double edge_gain(const struct edge *e)
{
	return e->n ? e->v1 - e->v0 : NAN;
}
