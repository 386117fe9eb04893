/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A counter over time, read between its samples by straight lines.
 */
#ifndef WEIR_ANALYZE_TRACE_H
#define WEIR_ANALYZE_TRACE_H

#include <stddef.h>

/**
 * struct trace - samples of a counter
 * @t: times, microseconds, increasing
 * @v: the counter at each time, never decreasing
 * @n: how many
 * @cap: allocated
 */
struct trace {
	double *t;
	double *v;
	size_t n;
	size_t cap;
};

/**
 * struct edge - what a counter gained inside a window, without keeping samples
 * @t0: start of the window, microseconds
 * @t1: its end
 * @pt: time of the previous sample
 * @pv: its value
 * @v0: the counter at @t0
 * @v1: the counter at @t1
 * @n: samples seen
 */
struct edge {
	double t0, t1;
	double pt, pv;
	double v0, v1;
	size_t n;
};

void trace_add(struct trace *t, double when, double value);
double trace_at(const struct trace *t, double when);
double trace_when(const struct trace *t, double value);
void trace_free(struct trace *t);

void edge_init(struct edge *e, double t0, double t1);
void edge_feed(struct edge *e, double t, double v);
double edge_gain(const struct edge *e);

#endif
