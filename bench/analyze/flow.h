/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One flow of one run: flow-<i>.csv and recv-<i>.csv to metrics.
 */
#ifndef WEIR_ANALYZE_FLOW_H
#define WEIR_ANALYZE_FLOW_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "cell.h"
#include "dist.h"
#include "err.h"
#include "metric.h"
#include "series.h"
#include "trace.h"

/**
 * struct flow - what the run needs of a flow once its files are read
 * @recv: the receiver's byte counter
 * @delivered: packets acknowledged or SACKed, for the curve; empty without one
 * @t0_us: start of the window the metrics cover
 * @t1_us: its end
 * @absent: its connection did not come about
 * @active_us: time of the last sample that showed a packet delivered
 * @delivered_bytes: acknowledged or SACKed in the window, in full packets' payload
 * @sent_bytes: sent in the window, retransmissions included
 * @retrans_bytes: retransmitted in the window
 * @retrans_pkts: segments retransmitted in the window
 * @cwnd_mean_pkts: over the window
 * @inflight_mean_pkts: over the window
 * @silence_s: longest time in the window in which nothing was delivered, seconds
 * @stall_s: longest time in the window without new data in order at the receiver, seconds
 * @cwnd: curve of the congestion window
 * @inflight: curve of the packets in flight
 * @srtt: curve of the smoothed RTT
 */
struct flow {
	struct trace recv;
	struct trace delivered;
	double t0_us;
	double t1_us;
	bool absent;
	double active_us;
	double delivered_bytes;
	double sent_bytes;
	double retrans_bytes;
	double retrans_pkts;
	double cwnd_mean_pkts;
	double inflight_mean_pkts;
	double silence_s;
	double stall_s;
	struct series cwnd;
	struct series inflight;
	struct series srtt;
};

int flow_analyze(struct flow *f, const struct cell *c, size_t i, int columns,
		 struct dist *srtt_all, struct metrics *out, json_t *warnings,
		 struct err *e);
double flow_bytes(const struct flow *f, const struct cell_flow *conf,
		  double t0_us, double t1_us);
json_t *flow_series_json(struct flow *f, const struct cell_flow *conf,
			 double duration_us);
void flow_free(struct flow *f);

int window_cut(const char *path, double t0_us, double *t1_us, double last_us,
	       struct err *e);
void gap_warn(json_t *warnings, const char *path, double gap_us, double at_us);

__attribute__((format(printf, 2, 3)))
void warn_add(json_t *warnings, const char *fmt, ...);

#endif
