/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a cell was asked to do: cell.conf, as weir-plan wrote it.
 */
#ifndef WEIR_ANALYZE_CELL_H
#define WEIR_ANALYZE_CELL_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

#define CELL_MAX_FLOWS	1000
#define CELL_MAX_EVENTS	10000
#define CELL_MAX_PARAMS	1000
#define CELL_MAX_EXPECTS	1000

/* A full packet: 1500 bytes of IP and the Ethernet header the qdisc counts. */
#define CELL_WIRE_BYTES	1514
/* What it carries with TCP timestamps on. */
#define CELL_MSS_BYTES	1448

/**
 * struct cell_flow - one sender
 * @cc: congestion control
 * @start_us: after T0
 * @stop_us: after T0; the end of the run if the scenario names none
 * @rtt_us: its own base path delay
 * @bytes: it ends after this many bytes; 0: it ends by time
 * @under_test: it runs the algorithm under test; by itself a cell knows only
 *	whether the names are the same
 */
struct cell_flow {
	char *cc;
	double start_us;
	double stop_us;
	double rtt_us;
	double bytes;
	bool under_test;
};

/**
 * struct cell_event - the path changes while the run goes on
 * @at_us: after T0
 * @rate_bps: new rate of the bottleneck, NaN if it stays
 * @rtt_us: new path delay, NaN if it stays
 * @loss_ppm: new random loss, NaN if it stays
 */
struct cell_event {
	double at_us;
	double rate_bps;
	double rtt_us;
	double loss_ppm;
};

/**
 * struct cell_expect - a band that a metric should fall into
 * @metric: its name in the result
 * @low: smallest value that passes, -infinity if open
 * @high: largest value that passes, infinity if open
 * @source: where the band comes from
 */
struct cell_expect {
	char *metric;
	double low;
	double high;
	char *source;
};

/**
 * struct cell - one run as planned
 * @dir: its directory
 * @scenario: name of the scenario
 * @title: the scenario's title
 * @id: name of the cell
 * @cc: the algorithm under test
 * @point: values of the swept keys, such as "loss=0.1%"; "" without a sweep
 * @seed: replicate number
 * @order: position in the plan, so that results keep the scenario's order
 * @rate_bps: bottleneck rate at T0
 * @rtt_us: path delay without the serialisation of a packet
 * @buffer_pkts: limit of the bottleneck's queue
 * @buffer_text: the same as the scenario says it, such as "1bdp"
 * @duration_us: length of the run
 * @warmup_us: excluded from all metrics
 * @loss_ppm: random loss
 * @drop_every: one in so many data packets is dropped, 0: none
 * @mark_us: packets that waited longer are marked, 0: never
 * @nflows: number of senders
 * @flow: them
 * @nevents: number of changes
 * @event: them, in order of time
 * @nparams: number of module parameters
 * @param: them, as "tcp_weir_fixed/cwnd=83"
 * @nexpects: number of expectations that apply here
 * @expect: them
 */
struct cell {
	char *dir;
	char *scenario;
	char *title;
	char *id;
	char *cc;
	char *point;
	double seed;
	double order;
	double rate_bps;
	double rtt_us;
	double buffer_pkts;
	char *buffer_text;
	double duration_us;
	double warmup_us;
	double loss_ppm;
	double drop_every;
	double mark_us;
	size_t nflows;
	struct cell_flow *flow;
	size_t nevents;
	struct cell_event *event;
	size_t nparams;
	char **param;
	size_t nexpects;
	struct cell_expect *expect;
};

int cell_load(struct cell *c, const char *dir, struct err *e);
void cell_free(struct cell *c);
double cell_rate_at(const struct cell *c, double t_us);
double cell_capacity_bits(const struct cell *c, double t0_us, double t1_us);
double cell_base_rtt_us(const struct cell *c, size_t flow);
double cell_bdp_bytes(const struct cell *c);

#endif
