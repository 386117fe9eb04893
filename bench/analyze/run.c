// SPDX-License-Identifier: GPL-2.0
#include "run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "dist.h"
#include "fair.h"
#include "files.h"
#include "flow.h"
#include "link.h"
#include "mem.h"
#include "meta.h"
#include "state.h"

/* The run's own window: from the first flow's start to the last one's end. */
static int set_window(struct run *r, const struct flow *flow, struct err *e)
{
	const struct cell *c = &r->cell;
	double start = INFINITY, end = 0;

	for (size_t i = 0; i < c->nflows; i++) {
		if (flow[i].absent)
			continue;
		start = fmin(start, flow[i].t0_us);
		end = fmax(end, flow[i].t1_us);
	}
	r->t0_us = start;
	r->t1_us = end;
	return start < end ? 0 : err_set(e, "%s: none of its flows ran, see console.log and run the cell again",
					 c->dir);
}

static void put_totals(struct run *r, const struct flow *flow, struct dist *srtt)
{
	const struct cell *c = &r->cell;
	double bytes = 0, bytes5 = 0, delivered = 0, sent = 0, retrans = 0, pkts = 0;
	double cwnd = 0, inflight = 0, silence = 0, stall = 0, goodput, mean = dist_mean(srtt);
	struct metrics *m = &r->metrics;

	for (size_t i = 0; i < c->nflows; i++) {
		bytes += flow_bytes(&flow[i], &c->flow[i], r->t0_us, r->t1_us);
		bytes5 += flow_bytes(&flow[i], &c->flow[i], 0, 5e6);
		delivered += flow[i].delivered_bytes;
		sent += flow[i].sent_bytes;
		retrans += flow[i].retrans_bytes;
		pkts += flow[i].retrans_pkts;
		cwnd += flow[i].cwnd_mean_pkts;
		inflight += flow[i].inflight_mean_pkts;
		silence = fmax(silence, flow[i].silence_s);
		stall = fmax(stall, flow[i].stall_s);
	}
	goodput = bytes * 8e6 / (r->t1_us - r->t0_us);
	metric_add(m, METRIC_TOTAL, "goodput_bps", goodput);
	metric_add(m, METRIC_TOTAL, "goodput_5s_bps",
		   r->t1_us >= 5e6 ? bytes5 * 8 / 5 : NAN);
	metric_add(m, METRIC_TOTAL, "delivered_bps",
		   delivered * 8e6 / (r->t1_us - r->t0_us));
	metric_add(m, METRIC_TOTAL, "retransmit_pct",
		   sent > 0 ? 100 * retrans / sent : NAN);
	metric_add(m, METRIC_TOTAL, "retrans_pkts", pkts);
	metric_add(m, METRIC_TOTAL, "cwnd_mean_pkts", cwnd);
	metric_add(m, METRIC_TOTAL, "window_by_rate_pkts",
		   goodput * mean / (8e6 * CELL_MSS_BYTES));
	metric_add(m, METRIC_TOTAL, "inflight_mean_pkts", inflight);
	metric_add(m, METRIC_TOTAL, "silence_max_s", silence);
	metric_add(m, METRIC_TOTAL, "recv_stall_max_s", stall);
	metric_add(m, METRIC_TOTAL, "srtt_p5_us", dist_percentile(srtt, 5));
	metric_add(m, METRIC_TOTAL, "srtt_p50_us", dist_percentile(srtt, 50));
	metric_add(m, METRIC_TOTAL, "srtt_p95_us", dist_percentile(srtt, 95));
	metric_add(m, METRIC_TOTAL, "srtt_p99_us", dist_percentile(srtt, 99));
	metric_add(m, METRIC_TOTAL, "srtt_mean_us", mean);
	metric_add(m, METRIC_TOTAL, "power_bits_per_s_per_s",
		   mean > 0 ? goodput * 1e6 / mean : NAN);
}

static json_t *series_all(const struct cell *c, struct flow *flow,
			  struct series *queue)
{
	json_t *flows = json_array();

	for (size_t i = 0; i < c->nflows; i++)
		json_array_append_new(flows,
				      flow_series_json(&flow[i], &c->flow[i],
						       c->duration_us));
	return json_pack("{s:o, s:o}", "queue_pkts", series_json(queue, 1),
			 "flows", flows);
}

/**
 * run_analyze() - work out everything about a run
 * @r: its @cell is loaded, the rest zero; pass to run_free() whatever the
 *     outcome
 * @columns: width of the curves in pixels, 0: no curves
 * @e: the error
 *
 * Return: 0 or -1.
 */
int run_analyze(struct run *r, int columns, struct err *e)
{
	const struct cell *c = &r->cell;
	struct flow *flow = mem_zalloc(c->nflows, sizeof(*flow));
	struct series queue;
	struct dist srtt = { 0 };
	int rc = 0;

	r->warnings = json_array();
	series_init(&queue, c->duration_us, columns);
	for (size_t i = 0; !rc && i < c->nflows; i++)
		rc = flow_analyze(&flow[i], c, i, columns, &srtt, &r->metrics,
				  r->warnings, e);
	if (!rc)
		rc = set_window(r, flow, e);
	if (!rc)
		rc = link_analyze(c, r->t0_us, r->t1_us, &queue, &r->metrics,
				  r->warnings, e);
	if (!rc)
		rc = state_analyze(c, flow, &r->metrics, e);
	if (!rc)
		rc = file_object(c->dir, "lab.json", &r->lab, e);
	if (!rc)
		rc = meta_check(c, r->warnings, e);
	if (!rc) {
		put_totals(r, flow, &srtt);
		fair_analyze(c, flow, &r->metrics, &r->jain_1s);
		for (size_t i = 0; i < c->nflows; i++)
			check_iperf(c, &flow[i].recv, i, &r->metrics, r->warnings);
		if (columns)
			r->series = series_all(c, flow, &queue);
	}
	for (size_t i = 0; i < c->nflows; i++)
		flow_free(&flow[i]);
	free(flow);
	series_free(&queue);
	dist_free(&srtt);
	return rc;
}

static json_t *config_json(const struct cell *c)
{
	json_t *o = json_object(), *events = json_array(), *params = json_array();
	json_t *v;

	json_object_set_new(o, "rate_bps", round_json(c->rate_bps, 1));
	json_object_set_new(o, "rtt_us", round_json(c->rtt_us, 1));
	json_object_set_new(o, "buffer_pkts", round_json(c->buffer_pkts, 1));
	json_object_set_new(o, "buffer_text", json_string(c->buffer_text));
	json_object_set_new(o, "bdp_pkts",
			    round_json(cell_bdp_bytes(c) / CELL_WIRE_BYTES, 1e3));
	json_object_set_new(o, "loss_pct", round_json(c->loss_ppm / 1e4, 1e4));
	json_object_set_new(o, "drop_every", round_json(c->drop_every, 1));
	json_object_set_new(o, "mark_at_us", round_json(c->mark_us, 1));
	json_object_set_new(o, "duration_us", round_json(c->duration_us, 1));
	json_object_set_new(o, "warmup_us", round_json(c->warmup_us, 1));
	for (size_t i = 0; i < c->nevents; i++) {
		const struct cell_event *ev = &c->event[i];

		v = json_pack("{s:o, s:o, s:o, s:o}",
			      "at_us", round_json(ev->at_us, 1),
			      "rate_bps", round_json(ev->rate_bps, 1),
			      "rtt_us", round_json(ev->rtt_us, 1),
			      "loss_pct", round_json(ev->loss_ppm / 1e4, 1e4));
		json_array_append_new(events, v);
	}
	json_object_set_new(o, "events", events);
	for (size_t i = 0; i < c->nparams; i++)
		json_array_append_new(params, json_string(c->param[i]));
	json_object_set_new(o, "params", params);
	return o;
}

static void put_lab(const struct run *r, json_t *o)
{
	static const char *const keys[] = {
		"input_hash", "virtual_s", "wall_s", "virtual_per_wall",
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		json_t *v = r->lab ? json_object_get(r->lab, keys[i]) : NULL;

		json_object_set(o, keys[i], v ? v : json_null());
	}
}

/**
 * run_json() - a run as the result file has it
 * @r: the run
 *
 * Return: a new reference.
 */
json_t *run_json(const struct run *r)
{
	const struct cell *c = &r->cell;
	json_t *o = json_object(), *group, *flows = json_array();

	json_object_set_new(o, "cell", json_string(c->id));
	json_object_set_new(o, "point", json_string(c->point));
	json_object_set_new(o, "cc", json_string(c->cc));
	json_object_set_new(o, "seed", round_json(c->seed, 1));
	put_lab(r, o);
	json_object_set_new(o, "config", config_json(c));
	json_object_set_new(o, "window_us", json_pack("[o, o]",
						      round_json(r->t0_us, 1),
						      round_json(r->t1_us, 1)));
	group = json_object();
	metric_put_json(&r->metrics, METRIC_TOTAL, 0, group);
	json_object_set_new(o, "total", group);
	group = json_object();
	metric_put_json(&r->metrics, METRIC_LINK, 0, group);
	json_object_set_new(o, "link", group);
	group = json_object();
	metric_put_json(&r->metrics, METRIC_FAIR, 0, group);
	json_object_set(group, "jain_1s", r->jain_1s);
	json_object_set_new(o, "fairness", group);
	for (size_t i = 0; i < c->nflows; i++) {
		const struct cell_flow *f = &c->flow[i];

		group = json_pack("{s:s, s:b, s:o, s:o, s:o}", "cc", f->cc,
				  "under_test", f->under_test,
				  "start_us", round_json(f->start_us, 1),
				  "stop_us", round_json(f->stop_us, 1),
				  "base_rtt_us",
				  round_json(cell_base_rtt_us(c, i), 1));
		metric_put_json(&r->metrics, METRIC_FLOW, i, group);
		json_array_append_new(flows, group);
	}
	json_object_set_new(o, "flows", flows);
	json_object_set(o, "warnings", r->warnings);
	if (r->series)
		json_object_set(o, "series", r->series);
	return o;
}

/**
 * run_free() - release a run
 * @r: the run
 */
void run_free(struct run *r)
{
	cell_free(&r->cell);
	json_decref(r->lab);
	metric_free(&r->metrics);
	json_decref(r->jain_1s);
	json_decref(r->series);
	json_decref(r->warnings);
	memset(r, 0, sizeof(*r));
}
