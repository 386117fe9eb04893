/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One cell: a point of the sweep, one algorithm, one seed, everything resolved
 * to integers.
 */
#ifndef WEIR_PLAN_CELL_H
#define WEIR_PLAN_CELL_H

#include <stdint.h>

#include "scenario.h"

#define FLOWS_MAX	1000
#define EVENTS_MAX	64
#define PARAMS_MAX	16
#define EXPECTS_MAX	64
#define BINDINGS_MAX	(SWEEPS_MAX * SWEEP_KEYS_MAX)
#define UNCHANGED	(-1)

/**
 * struct binding - a swept key and the value it takes at a point
 * @key: the key
 * @value: its text
 * @line: the sweep's line
 * @names_point: it is the first of its group
 */
struct binding {
	const char *key;
	const char *value;
	unsigned int line;
	bool names_point;
};

/**
 * struct point - where in the sweep a cell is
 * @binding: the swept keys
 * @bindings: how many
 * @text: "loss=0.1%,rtt=10ms"; empty without a sweep
 */
struct point {
	struct binding binding[BINDINGS_MAX];
	size_t bindings;
	char text[256];
};

/**
 * struct flow - one connection
 * @cc: its algorithm
 * @start_us: first data
 * @stop_us: end by time
 * @rtt_us: its path delay
 * @bytes: end by amount, 0 if by time
 */
struct flow {
	const char *cc;
	int64_t start_us;
	int64_t stop_us;
	int64_t rtt_us;
	int64_t bytes;
};

/**
 * struct event - a change of the path
 * @at_us: when
 * @rate_bps: new rate, or UNCHANGED
 * @loss_ppm: new loss, or UNCHANGED
 * @rtt_us: new delay of all flows, or UNCHANGED
 */
struct event {
	int64_t at_us;
	int64_t rate_bps;
	int64_t loss_ppm;
	int64_t rtt_us;
};

/**
 * struct param - a module's parameter
 * @name: as the scenario names it, "weir_fixed.cwnd"
 * @value: resolved
 */
struct param {
	const char *name;
	int64_t value;
};

/**
 * struct expect - an expectation that applies to this cell
 * @metric: the metric
 * @source: where the band comes from
 * @low: lower bound, NAN if open
 * @high: upper bound, NAN if open
 */
struct expect {
	const char *metric;
	const char *source;
	double low;
	double high;
};

/**
 * struct cell - one run, resolved; docs/formats.md, "Cell"
 * @scenario: the scenario
 * @point: where in its sweep
 * @title: the scenario's title
 * @cc: the algorithm under test
 * @buffer_text: the buffer as the scenario says it
 * @rate_bps: the bottleneck's rate
 * @rtt_us: path delay
 * @buffer_pkts: the bottleneck's queue, the packet being sent included
 * @loss_ppm: random loss
 * @drop_every: drop every Nth data packet, 0 for none
 * @duration_us: length of the run
 * @warmup_us: how much of it counts for nothing
 * @quickack: the receiver acknowledges every packet
 * @mark_us: the bottleneck marks packets that waited longer (ECN), 0 for never
 * @trace: changes of the algorithms' states are recorded
 * @flow: the connections
 * @flows: how many
 * @event: changes of the path, in time order
 * @events: how many
 * @param: parameters of modules that the cell uses
 * @params: how many
 * @expect: expectations that apply here
 * @expects: how many
 */
struct cell {
	const struct scenario *scenario;
	const struct point *point;
	const char *title;
	const char *cc;
	const char *buffer_text;
	int64_t rate_bps;
	int64_t rtt_us;
	int64_t buffer_pkts;
	int64_t loss_ppm;
	int64_t drop_every;
	int64_t duration_us;
	int64_t warmup_us;
	int64_t quickack;
	int64_t mark_us;
	int64_t trace;
	struct flow flow[FLOWS_MAX];
	size_t flows;
	struct event event[EVENTS_MAX];
	size_t events;
	struct param param[PARAMS_MAX];
	size_t params;
	struct expect expect[EXPECTS_MAX];
	size_t expects;
};

void cell_resolve(struct cell *c, const struct scenario *s, const struct point *p,
		  const char *cc);
void cell_expects(struct cell *c);
void cell_id(char *id, size_t size, const struct cell *c, int seed);
int cell_write(const struct cell *c, int seed, int order, const char *outdir);

#endif
