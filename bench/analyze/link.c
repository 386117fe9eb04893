// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "link.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "dist.h"
#include "flow.h"
#include "mem.h"
#include "trace.h"

#define LULL_US 200e3

enum link_col { L_T, L_BYTES, L_PKTS, L_SENT_BYTES, L_SENT_PKTS, L_DROPS, L_COLS };

static const struct csv_col link_cols[L_COLS] = {
	[L_T] = { "t_us", false },
	[L_BYTES] = { "backlog_bytes", false },
	[L_PKTS] = { "backlog_pkts", false },
	[L_SENT_BYTES] = { "sent_bytes", false },
	[L_SENT_PKTS] = { "sent_pkts", false },
	[L_DROPS] = { "drops", false },
};

/**
 * struct link_acc - sums while link.csv streams by
 * @delay: queueing delay, microseconds
 * @pkts: queue length, packets
 * @sent_bytes: carried in the window
 * @sent_pkts: same, packets
 * @drops: dropped in the window
 * @carried: @sent_bytes over time
 * @gap_us: longest hole between rows
 * @gap_at: where it starts
 */
struct link_acc {
	struct dist delay, pkts;
	struct edge sent_bytes, sent_pkts, drops;
	struct trace carried;
	double gap_us, gap_at;
};

/*
 * A queue of so many bytes takes bytes * 8 / rate to drain.  The sample holds
 * until the next one; when the rate changes in between, so does the delay.
 */
static void acc_hold(struct link_acc *a, const struct cell *c, const double *p,
		     double t0, double t1)
{
	double from = fmax(p[L_T], t0), bits = p[L_BYTES] * 8;

	if (t1 <= from)
		return;
	dist_add(&a->pkts, p[L_PKTS], t1 - from);
	for (size_t i = 0; i < c->nevents; i++) {
		double at = c->event[i].at_us;

		if (at <= from || isnan(c->event[i].rate_bps))
			continue;
		if (at >= t1)
			break;
		dist_add(&a->delay, bits * 1e6 / cell_rate_at(c, from), at - from);
		from = at;
	}
	dist_add(&a->delay, bits * 1e6 / cell_rate_at(c, from), t1 - from);
}

static int read_link(const struct cell *c, const char *path, double t0,
		     double t1, struct link_acc *a, struct series *queue,
		     double *last, struct err *e)
{
	double row[L_COLS], prev[L_COLS] = { 0 };
	bool first = true;
	struct csv csv;
	int rc;

	rc = csv_open(&csv, path, link_cols, L_COLS, e);
	while (!rc && (rc = csv_next(&csv, row, e)) > 0) {
		rc = 0;
		if (!first && row[L_T] <= prev[L_T]) {
			rc = err_set(e,
				     "%s:%lu: time does not move on; the file is damaged, run the cell again",
				     path, csv.lineno);
		} else if (!first && (row[L_SENT_BYTES] < prev[L_SENT_BYTES] ||
				      row[L_DROPS] < prev[L_DROPS])) {
			rc = err_set(e,
				     "%s:%lu: a counter goes back, so the queue was replaced during the run; run the cell again",
				     path, csv.lineno);
		} else if (!first) {
			acc_hold(a, c, prev, t0, fmin(row[L_T], t1));
			if (row[L_T] - prev[L_T] > a->gap_us) {
				a->gap_us = row[L_T] - prev[L_T];
				a->gap_at = prev[L_T];
			}
		}
		edge_feed(&a->sent_bytes, row[L_T], row[L_SENT_BYTES]);
		edge_feed(&a->sent_pkts, row[L_T], row[L_SENT_PKTS]);
		trace_add(&a->carried, row[L_T], row[L_SENT_BYTES]);
		edge_feed(&a->drops, row[L_T], row[L_DROPS]);
		series_add(queue, row[L_T], row[L_PKTS]);
		memcpy(prev, row, sizeof(prev));
		first = false;
	}
	csv_close(&csv);
	if (!rc && first)
		rc = err_set(e,
			     "%s:2: no sample; the sampler never ran, see console.log and run the cell again",
			     path);
	if (!rc)
		*last = prev[L_T];
	return rc;
}

/* The lowest utilisation of any 200 ms between @t0 and @t1, percent. */
static double deepest_lull(const struct cell *c, const struct trace *carried,
			   double t0, double t1)
{
	double lowest = NAN, bits;

	for (size_t i = 0; i < carried->n; i++) {
		double from = carried->t[i], to = from + LULL_US;

		if (from < t0 || to > t1)
			continue;
		bits = (trace_at(carried, to) - carried->v[i]) * 8;
		lowest = fmin(lowest, 100 * bits / cell_capacity_bits(c, from, to));
	}
	return lowest;
}

static void put_metrics(const struct cell *c, double t0, double t1,
			struct link_acc *a, struct metrics *out)
{
	double sent = edge_gain(&a->sent_pkts), drops = edge_gain(&a->drops);
	double bits = edge_gain(&a->sent_bytes) * 8;

	metric_add(out, METRIC_LINK, "utilisation_pct",
		   100 * bits / cell_capacity_bits(c, t0, t1));
	metric_add(out, METRIC_LINK, "utilisation_lull_pct",
		   deepest_lull(c, &a->carried, t0, t1));
	metric_add(out, METRIC_LINK, "queue_delay_p50_us",
		   dist_percentile(&a->delay, 50));
	metric_add(out, METRIC_LINK, "queue_delay_p95_us",
		   dist_percentile(&a->delay, 95));
	metric_add(out, METRIC_LINK, "queue_delay_p99_us",
		   dist_percentile(&a->delay, 99));
	metric_add(out, METRIC_LINK, "queue_delay_mean_us", dist_mean(&a->delay));
	metric_add(out, METRIC_LINK, "queue_delay_max_us", dist_max(&a->delay));
	metric_add(out, METRIC_LINK, "queue_p50_pkts",
		   dist_percentile(&a->pkts, 50));
	metric_add(out, METRIC_LINK, "queue_p95_pkts",
		   dist_percentile(&a->pkts, 95));
	metric_add(out, METRIC_LINK, "queue_mean_pkts", dist_mean(&a->pkts));
	metric_add(out, METRIC_LINK, "queue_max_pkts", dist_max(&a->pkts));
	metric_add(out, METRIC_LINK, "sent_pkts", sent);
	metric_add(out, METRIC_LINK, "dropped_pkts", drops);
	metric_add(out, METRIC_LINK, "drop_pct",
		   sent + drops > 0 ? 100 * drops / (sent + drops) : NAN);
}

/**
 * link_analyze() - read link.csv and work out the bottleneck's metrics
 * @c: the cell
 * @t0_us: start of the window
 * @t1_us: its end
 * @queue: gains the queue's curve, packets
 * @out: gains the metrics
 * @warnings: JSON array of remarks
 * @e: the error
 *
 * Return: 0 or -1.
 */
int link_analyze(const struct cell *c, double t0_us, double t1_us,
		 struct series *queue, struct metrics *out, json_t *warnings,
		 struct err *e)
{
	struct link_acc a = { 0 };
	double last = 0;
	char *path;
	int rc;

	if (asprintf(&path, "%s/link.csv", c->dir) < 0)
		mem_check(NULL);
	edge_init(&a.sent_bytes, t0_us, t1_us);
	edge_init(&a.sent_pkts, t0_us, t1_us);
	edge_init(&a.drops, t0_us, t1_us);
	rc = read_link(c, path, t0_us, t1_us, &a, queue, &last, e);
	if (!rc)
		rc = window_cut(path, t0_us, &t1_us, last, e);
	if (!rc) {
		gap_warn(warnings, path, a.gap_us, a.gap_at);
		put_metrics(c, t0_us, t1_us, &a, out);
	}
	dist_free(&a.delay);
	dist_free(&a.pkts);
	trace_free(&a.carried);
	free(path);
	return rc;
}
