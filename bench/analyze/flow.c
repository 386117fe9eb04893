// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "flow.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "csv.h"
#include "mem.h"

/* A run may end this much before its window does and still count, microseconds. */
#define SHORT_SLACK_US	500000.0
/* A hole in the 10 ms grid longer than this is worth a word. */
#define GAP_WARN_US	200000.0
/* Entering these states of the sender's loss recovery is counted. */
#define CA_RECOVERY	3
#define CA_LOSS		4
/* DCTCP's estimate is in 1/1024. */
#define ALPHA_UNIT	1024.0

enum flow_col {
	F_T, F_CA_STATE, F_CWND, F_SRTT, F_UNACKED, F_SACKED, F_LOST, F_RETRANS,
	F_BYTES_ACKED, F_BYTES_SENT, F_BYTES_RETRANS, F_DELIVERED,
	F_DELIVERED_CE, F_RETRANS_TOTAL, F_PACING, F_BUSY, F_RWND, F_SNDBUF,
	F_ALPHA,
	F_COLS
};

static const struct csv_col flow_cols[F_COLS] = {
	[F_T] = { "t_us", false },
	[F_CA_STATE] = { "ca_state", false },
	[F_CWND] = { "cwnd", false },
	[F_SRTT] = { "srtt_us", false },
	[F_UNACKED] = { "unacked", false },
	[F_SACKED] = { "sacked", false },
	[F_LOST] = { "lost", false },
	[F_RETRANS] = { "retrans", false },
	[F_BYTES_ACKED] = { "bytes_acked", false },
	[F_BYTES_SENT] = { "bytes_sent", false },
	[F_BYTES_RETRANS] = { "bytes_retrans", false },
	[F_DELIVERED] = { "delivered", true },
	[F_DELIVERED_CE] = { "delivered_ce", true },
	[F_RETRANS_TOTAL] = { "retrans_total", false },
	[F_PACING] = { "pacing_Bps", true },
	[F_BUSY] = { "busy_us", true },
	[F_RWND] = { "rwnd_limited_us", true },
	[F_SNDBUF] = { "sndbuf_limited_us", true },
	[F_ALPHA] = { "dctcp_alpha", true },
};

/* Counters, whose gain over the window is wanted. */
static const enum flow_col counters[] = {
	F_BYTES_SENT, F_BYTES_RETRANS, F_DELIVERED, F_DELIVERED_CE,
	F_RETRANS_TOTAL, F_RWND, F_SNDBUF,
};

#define N_COUNTERS ARRAY_SIZE(counters)

/**
 * struct flow_acc - sums while flow-<i>.csv streams by
 * @cwnd: distribution over the window
 * @srtt: distribution over the window
 * @inflight: same
 * @lost: same, of the packets marked lost
 * @pacing: same, bits per second, unlimited left out
 * @alpha: same, DCTCP's estimate of the marked fraction
 * @has_alpha: it was above 0 once
 * @edge: one for each counter
 * @ss: samples around the time of ss(8)
 * @recoveries: entries into fast recovery in the window
 * @rtos: entries into loss state in the window
 * @done_us: when the last byte was acknowledged, NaN if not yet
 * @last_us: time of the last row
 * @gap_us: longest hole between rows
 * @gap_at: where it starts
 * @silence_us: longest time in the window without a delivery
 */
struct flow_acc {
	struct dist cwnd, srtt, inflight, lost, pacing, alpha;
	bool has_alpha;
	struct edge edge[N_COUNTERS];
	struct ss_check ss;
	double recoveries, rtos;
	double done_us;
	double last_us;
	double gap_us, gap_at;
	double silence_us;
};

/**
 * warn_add() - a remark about the run that the report must show
 * @warnings: JSON array
 * @fmt: printf format
 */
void warn_add(json_t *warnings, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	json_array_append_new(warnings, json_string(text));
}

/**
 * gap_warn() - mention a hole in the samples
 * @warnings: JSON array
 * @path: the file
 * @gap_us: the longest hole
 * @at_us: where it starts
 */
void gap_warn(json_t *warnings, const char *path, double gap_us, double at_us)
{
	const char *base = strrchr(path, '/');

	if (gap_us > GAP_WARN_US)
		warn_add(warnings, "%s: no sample for %.0f ms from %.3f s on",
			 base ? base + 1 : path, gap_us / 1e3, at_us / 1e6);
}

/**
 * window_cut() - end a window where the samples end
 * @path: the file, for the message
 * @t0_us: start of the window
 * @t1_us: in and out: its end
 * @last_us: time of the last sample
 * @e: the error
 *
 * The last sample rarely falls on the window's end; a little less is normal.
 *
 * Return: 0, or -1 if so much is missing that the run must have been cut.
 */
int window_cut(const char *path, double t0_us, double *t1_us, double last_us,
	       struct err *e)
{
	double slack = fmax(SHORT_SLACK_US, 0.02 * (*t1_us - t0_us));

	if (last_us < *t1_us - slack || last_us <= t0_us)
		return err_set(e,
			       "%s: the samples end at %.3f s, the measurement at %.3f s; the run was cut short, run the cell again",
			       path, fmax(last_us, 0) / 1e6, *t1_us / 1e6);
	*t1_us = fmin(*t1_us, last_us);
	return 0;
}

static double overlap(double a0, double a1, double b0, double b1)
{
	double d = fmin(a1, b1) - fmax(a0, b0);

	return d > 0 ? d : 0;
}

static double in_flight(const double *row)
{
	return row[F_UNACKED] - row[F_SACKED] - row[F_LOST] + row[F_RETRANS];
}

/* @p held from its own time until @until. */
static void acc_hold(struct flow_acc *a, const struct flow *f, const double *p,
		     double until)
{
	double w = overlap(p[F_T], until, f->t0_us, f->t1_us);

	if (w <= 0)
		return;
	dist_add(&a->cwnd, p[F_CWND], w);
	dist_add(&a->inflight, in_flight(p), w);
	dist_add(&a->lost, p[F_LOST], w);
	/* 0: no RTT sample taken yet */
	if (p[F_SRTT] > 0)
		dist_add(&a->srtt, p[F_SRTT], w);
	/* 2^32 - 1 or 2^64 - 1: not paced */
	if (p[F_PACING] < 4294967295.0)
		dist_add(&a->pacing, p[F_PACING] * 8, w);
	if (!isnan(p[F_ALPHA]))
		dist_add(&a->alpha, p[F_ALPHA] / ALPHA_UNIT, w);
}

/* Nothing has been delivered since; or the first of it at @t. */
static void acc_silence(struct flow_acc *a, const struct flow *f, double since, double t)
{
	a->silence_us = fmax(a->silence_us, overlap(since, t, f->t0_us, f->t1_us));
}

static void acc_row(struct flow_acc *a, struct flow *f,
		    const struct cell_flow *conf, const double *prev,
		    const double *row)
{
	double t = row[F_T];

	a->has_alpha |= row[F_ALPHA] > 0;
	acc_silence(a, f, prev ? f->active_us : conf->start_us, t);
	if (!prev || row[F_DELIVERED] > prev[F_DELIVERED])
		f->active_us = t;
	if (prev) {
		acc_hold(a, f, prev, t);
		if (t - prev[F_T] > a->gap_us) {
			a->gap_us = t - prev[F_T];
			a->gap_at = prev[F_T];
		}
		if (t >= f->t0_us && t < f->t1_us &&
		    row[F_CA_STATE] != prev[F_CA_STATE]) {
			a->recoveries += row[F_CA_STATE] == CA_RECOVERY;
			a->rtos += row[F_CA_STATE] == CA_LOSS;
		}
	} else {
		for (size_t k = 0; k < N_COUNTERS; k++)
			if (t > conf->start_us)
				edge_feed(&a->edge[k], conf->start_us, 0);
	}
	for (size_t k = 0; k < N_COUNTERS; k++)
		edge_feed(&a->edge[k], t, row[counters[k]]);
	if (conf->bytes > 0 && isnan(a->done_us) &&
	    row[F_BYTES_ACKED] >= conf->bytes)
		a->done_us = t;
	ss_sample(&a->ss, t, row[F_CWND], row[F_SRTT]);
	if (f->cwnd.width_us > 0 && !isnan(row[F_DELIVERED]))
		trace_add(&f->delivered, t, row[F_DELIVERED]);
	series_add(&f->cwnd, t, row[F_CWND]);
	series_add(&f->inflight, t, in_flight(row));
	series_add(&f->srtt, t, row[F_SRTT] > 0 ? row[F_SRTT] : NAN);
	a->last_us = t;
}

/*
 * No sample of a socket: among others, a flow whose handshake did not come through in
 * all the run; alone, one that was never started.
 */
static int no_sample(const struct cell *c, const char *path, struct err *e)
{
	if (c->nflows > 1)
		return 0;
	return err_set(e,
		       "%s:2: no sample; the flow never ran, see console.log and run the cell again",
		       path);
}

/* A sender without a connection: nothing sent, nothing in flight. */
static void acc_nothing(struct flow_acc *a, struct flow *f, const struct cell_flow *conf)
{
	double span = f->t1_us - f->t0_us;

	dist_add(&a->cwnd, 0, span);
	dist_add(&a->inflight, 0, span);
	dist_add(&a->lost, 0, span);
	for (size_t k = 0; k < N_COUNTERS; k++) {
		edge_feed(&a->edge[k], conf->start_us, 0);
		edge_feed(&a->edge[k], conf->stop_us, 0);
	}
	acc_silence(a, f, conf->start_us, conf->stop_us);
	f->active_us = conf->start_us;
	a->last_us = conf->stop_us;
}

static int read_sender(struct flow *f, const struct cell *c, size_t i,
		       const char *path, struct flow_acc *a, struct err *e)
{
	const struct cell_flow *conf = &c->flow[i];
	double row[F_COLS], prev[F_COLS] = { 0 };
	bool first = true;
	struct csv csv;
	int rc;

	rc = csv_open(&csv, path, flow_cols, F_COLS, e);
	while (!rc && (rc = csv_next(&csv, row, e)) > 0) {
		rc = 0;
		if (!first && row[F_T] <= prev[F_T])
			rc = err_set(e,
				     "%s:%lu: time does not move on (%.0f after %.0f us); the file is damaged, run the cell again",
				     path, csv.lineno, row[F_T], prev[F_T]);
		else if (!first && (row[F_BYTES_SENT] < prev[F_BYTES_SENT] ||
				    row[F_BYTES_ACKED] < prev[F_BYTES_ACKED]))
			rc = err_set(e,
				     "%s:%lu: a byte counter goes back, so this is not one flow; run the cell again",
				     path, csv.lineno);
		else
			acc_row(a, f, conf, first ? NULL : prev, row);
		memcpy(prev, row, sizeof(prev));
		first = false;
	}
	if (!rc && first) {
		rc = no_sample(c, path, e);
		acc_nothing(a, f, conf);
	}
	csv_close(&csv);
	return rc;
}

static int read_receiver(struct flow *f, const struct cell *c, size_t i,
			 const char *path, json_t *warnings, struct err *e)
{
	const struct cell_flow *conf = &c->flow[i];
	static const struct csv_col cols[] = {
		{ "t_us", false }, { "bytes_received", false },
	};
	struct csv csv;
	double row[2];
	int rc;

	rc = csv_open(&csv, path, cols, 2, e);
	while (!rc && (rc = csv_next(&csv, row, e)) > 0) {
		struct trace *t = &f->recv;

		rc = 0;
		if (!t->n && row[0] > conf->start_us)
			trace_add(t, conf->start_us, 0);
		if (t->n && row[0] <= t->t[t->n - 1])
			rc = err_set(e,
				     "%s:%lu: time does not move on; the file is damaged, run the cell again",
				     path, csv.lineno);
		else if (t->n && row[1] < t->v[t->n - 1])
			rc = err_set(e,
				     "%s:%lu: bytes_received goes back, so this is not one flow; run the cell again",
				     path, csv.lineno);
		else
			trace_add(t, row[0], row[1]);
	}
	if (!rc && !f->recv.n) {
		rc = no_sample(c, path, e);
		f->absent = true;
		trace_add(&f->recv, conf->start_us, 0);
		trace_add(&f->recv, conf->stop_us, 0);
		warn_add(warnings,
			 "flow %zu: its connection did not come about in the run; it counts as nothing delivered",
			 i + 1);
	}
	csv_close(&csv);
	return rc;
}

/**
 * flow_bytes() - bytes received in an interval
 * @f: the flow
 * @conf: its plan
 * @t0_us: from
 * @t1_us: to
 *
 * Return: bytes, between samples by straight line.
 */
double flow_bytes(const struct flow *f, const struct cell_flow *conf,
		  double t0_us, double t1_us)
{
	if (t1_us <= conf->start_us || t1_us <= t0_us)
		return 0;
	return trace_at(&f->recv, t1_us) -
	       trace_at(&f->recv, fmax(t0_us, conf->start_us));
}

static double gain(const struct flow_acc *a, enum flow_col col)
{
	for (size_t k = 0; k < N_COUNTERS; k++)
		if (counters[k] == col)
			return edge_gain(&a->edge[k]);
	return NAN;
}

static double percent(double part, double whole)
{
	return whole > 0 ? 100 * part / whole : NAN;
}

/* The longest time in the window without new data in order at the receiver, seconds. */
static double longest_stall(const struct flow *f)
{
	const struct trace *r = &f->recv;
	double longest = 0, since = f->t0_us;

	for (size_t i = 0; i < r->n; i++) {
		if (i && r->v[i] > r->v[i - 1])
			since = fmax(r->t[i - 1], f->t0_us);
		longest = fmax(longest, fmin(r->t[i], f->t1_us) - since);
		if (i && r->v[i] > r->v[i - 1])
			since = fmax(r->t[i], f->t0_us);
	}
	return longest / 1e6;
}

static void put_metrics(struct flow *f, const struct cell_flow *conf, size_t i,
			struct flow_acc *a, struct metrics *out)
{
	double span = f->t1_us - f->t0_us, first5 = conf->start_us + 5e6;
	double goodput = flow_bytes(f, conf, f->t0_us, f->t1_us) * 8e6 / span;
	double srtt = dist_mean(&a->srtt);

	f->delivered_bytes = gain(a, F_DELIVERED) * CELL_MSS_BYTES;
	f->sent_bytes = gain(a, F_BYTES_SENT);
	f->retrans_bytes = gain(a, F_BYTES_RETRANS);
	f->retrans_pkts = gain(a, F_RETRANS_TOTAL);
	f->cwnd_mean_pkts = dist_mean(&a->cwnd);
	f->inflight_mean_pkts = dist_mean(&a->inflight);

	metric_add_flow(out, i, "goodput_bps", goodput);
	metric_add_flow(out, i, "goodput_5s_bps",
			f->recv.t[f->recv.n - 1] >= first5 &&
			conf->stop_us >= first5 ?
			flow_bytes(f, conf, conf->start_us, first5) * 8 / 5 :
			NAN);
	metric_add_flow(out, i, "delivered_bps", f->delivered_bytes * 8e6 / span);
	metric_add_flow(out, i, "retransmit_pct",
			percent(f->retrans_bytes, f->sent_bytes));
	metric_add_flow(out, i, "retrans_pkts", f->retrans_pkts);
	metric_add_flow(out, i, "lost_mean_pkts", dist_mean(&a->lost));
	metric_add_flow(out, i, "recoveries", a->recoveries);
	metric_add_flow(out, i, "rtos", a->rtos);
	metric_add_flow(out, i, "cwnd_mean_pkts", f->cwnd_mean_pkts);
	metric_add_flow(out, i, "cwnd_p50_pkts", dist_percentile(&a->cwnd, 50));
	metric_add_flow(out, i, "cwnd_max_pkts", dist_max(&a->cwnd));
	metric_add_flow(out, i, "window_by_rate_pkts",
			goodput * srtt / (8e6 * CELL_MSS_BYTES));
	metric_add_flow(out, i, "inflight_mean_pkts", f->inflight_mean_pkts);
	metric_add_flow(out, i, "srtt_p5_us", dist_percentile(&a->srtt, 5));
	metric_add_flow(out, i, "srtt_p50_us", dist_percentile(&a->srtt, 50));
	metric_add_flow(out, i, "srtt_p95_us", dist_percentile(&a->srtt, 95));
	metric_add_flow(out, i, "srtt_p99_us", dist_percentile(&a->srtt, 99));
	metric_add_flow(out, i, "srtt_mean_us", srtt);
	metric_add_flow(out, i, "pacing_mean_bps", dist_mean(&a->pacing));
	metric_add_flow(out, i, "ce_mark_pct",
			percent(gain(a, F_DELIVERED_CE), gain(a, F_DELIVERED)));
	metric_add_flow(out, i, "dctcp_alpha_mean",
			a->has_alpha ? dist_mean(&a->alpha) : NAN);
	metric_add_flow(out, i, "dctcp_alpha_p5",
			a->has_alpha ? dist_percentile(&a->alpha, 5) : NAN);
	metric_add_flow(out, i, "dctcp_alpha_p95",
			a->has_alpha ? dist_percentile(&a->alpha, 95) : NAN);
	metric_add_flow(out, i, "rwnd_limited_pct",
			percent(gain(a, F_RWND), span));
	metric_add_flow(out, i, "sndbuf_limited_pct",
			percent(gain(a, F_SNDBUF), span));
	f->silence_s = a->silence_us / 1e6;
	f->stall_s = longest_stall(f);
	metric_add_flow(out, i, "silence_max_s", f->silence_s);
	metric_add_flow(out, i, "recv_stall_max_s", f->stall_s);
	metric_add_flow(out, i, "completion_us",
			isnan(a->done_us) ? NAN : a->done_us - conf->start_us);
}

static int set_window(struct flow *f, const struct cell *c, size_t i,
		      const char *path, struct err *e)
{
	const struct cell_flow *conf = &c->flow[i];
	double last = f->recv.t[f->recv.n - 1];

	f->t0_us = fmax(c->warmup_us, conf->start_us);
	f->t1_us = conf->stop_us;
	if (conf->bytes > 0) {
		/* ends when it is done, which is its own business */
		f->t1_us = fmin(f->t1_us, last);
		if (f->t1_us <= f->t0_us)
			f->t0_us = conf->start_us;
	}
	return window_cut(path, f->t0_us, &f->t1_us, last, e);
}

/**
 * flow_analyze() - read a flow's files and work out its metrics
 * @f: filled; pass to flow_free() whatever the outcome
 * @c: the cell
 * @i: index of the flow from 0
 * @columns: width of the curves in pixels, 0: no curves
 * @srtt_all: gains this flow's RTT samples
 * @out: gains the flow's metrics
 * @warnings: JSON array of remarks
 * @e: the error
 *
 * Return: 0 or -1.
 */
int flow_analyze(struct flow *f, const struct cell *c, size_t i, int columns,
		 struct dist *srtt_all, struct metrics *out, json_t *warnings,
		 struct err *e)
{
	const struct cell_flow *conf = &c->flow[i];
	struct flow_acc a = { .done_us = NAN };
	char *recv_path, *send_path;
	int rc = -1;

	memset(f, 0, sizeof(*f));
	series_init(&f->cwnd, c->duration_us, columns);
	series_init(&f->inflight, c->duration_us, columns);
	series_init(&f->srtt, c->duration_us, columns);
	if (asprintf(&recv_path, "%s/recv-%zu.csv", c->dir, i + 1) < 0 ||
	    asprintf(&send_path, "%s/flow-%zu.csv", c->dir, i + 1) < 0)
		mem_check(NULL);

	if (read_receiver(f, c, i, recv_path, warnings, e) ||
	    set_window(f, c, i, recv_path, e))
		goto out;
	for (size_t k = 0; k < N_COUNTERS; k++)
		edge_init(&a.edge[k], f->t0_us, f->t1_us);
	ss_open(&a.ss, c, i);
	if (read_sender(f, c, i, send_path, &a, e) ||
	    (conf->bytes == 0 && window_cut(send_path, f->t0_us,
					    &(double){ f->t1_us },
					    a.last_us, e)))
		goto out;
	ss_compare(&a.ss, c, i, warnings);
	gap_warn(warnings, send_path, a.gap_us, a.gap_at);
	/* the socket may be gone before a sample shows the last ACK */
	if (conf->bytes > 0 && isnan(a.done_us))
		a.done_us = trace_when(&f->recv, conf->bytes);
	if (conf->bytes > 0 && isnan(a.done_us))
		warn_add(warnings, "flow %zu: received only %.0f of its %.0f bytes",
			 i + 1, f->recv.v[f->recv.n - 1], conf->bytes);
	put_metrics(f, conf, i, &a, out);
	for (size_t k = 0; k < a.srtt.n; k++)
		dist_add(srtt_all, a.srtt.item[k].v, a.srtt.item[k].w);
	if (gain(&a, F_RWND) > 0.05 * (f->t1_us - f->t0_us))
		warn_add(warnings,
			 "flow %zu: limited by the receive window for %.1f%% of the time, not by its congestion control",
			 i + 1, 100 * gain(&a, F_RWND) / (f->t1_us - f->t0_us));
	rc = 0;
out:
	dist_free(&a.cwnd);
	dist_free(&a.srtt);
	dist_free(&a.inflight);
	dist_free(&a.lost);
	dist_free(&a.pacing);
	dist_free(&a.alpha);
	free(recv_path);
	free(send_path);
	return rc;
}

/* Rate of a counter in bins, each value at the middle of its bin. */
static json_t *rate_json(const struct trace *t, double start_us, double bin,
			 double duration_us, double bits)
{
	double last = t->n ? t->t[t->n - 1] : 0;
	struct series rate;
	json_t *o;

	/* a column of a bin's width keeps every bin */
	series_init(&rate, duration_us, (int)ceil(duration_us / bin));
	for (double b = floor(start_us / bin) * bin; b + bin <= last + 1; b += bin)
		series_add(&rate, b + bin / 2,
			   (trace_at(t, b + bin) - trace_at(t, b)) * bits * 1e6 /
			   bin);
	o = series_json(&rate, 1);
	series_free(&rate);
	return o;
}

/**
 * flow_series_json() - a flow's curves
 * @f: the flow
 * @conf: its plan
 * @duration_us: length of the run
 *
 * Behind a lost packet the receiver waits and then takes all at once, so that
 * goodput has a hole and a spike at each loss; what was delivered, SACKed
 * packets included, shows what the path carried.
 *
 * Return: a new reference.
 */
json_t *flow_series_json(struct flow *f, const struct cell_flow *conf,
			 double duration_us)
{
	double bin = duration_us <= 30e6 ? 1e5 : duration_us <= 120e6 ? 5e5 : 1e6;
	double start = conf->start_us;

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}",
			 "bin_us", json_integer((json_int_t)bin),
			 "goodput_bps",
			 rate_json(&f->recv, start, bin, duration_us, 8),
			 "delivered_bps",
			 rate_json(&f->delivered, start, bin, duration_us,
				   CELL_MSS_BYTES * 8),
			 "cwnd_pkts", series_json(&f->cwnd, 1),
			 "inflight_pkts", series_json(&f->inflight, 1),
			 "srtt_us", series_json(&f->srtt, 1));
}

/**
 * flow_free() - release what flow_analyze() allocated
 * @f: the flow
 */
void flow_free(struct flow *f)
{
	trace_free(&f->recv);
	trace_free(&f->delivered);
	series_free(&f->cwnd);
	series_free(&f->inflight);
	series_free(&f->srtt);
}
