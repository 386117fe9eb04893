// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "mem.h"

/* iperf3 and the receiver's socket should agree this well, percent. */
#define IPERF_TOLERANCE_PCT 1.0

/* iperf3 -J: the receiver's own count over the whole flow. */
static double iperf_rate(const char *path, size_t i, json_t *warnings)
{
	double bps = NAN;
	json_error_t je;
	const char *error = NULL;
	json_t *root, *received;

	/* native or hand-made cells may lack it */
	if (access(path, F_OK))
		return NAN;
	root = json_load_file(path, 0, &je);
	if (!root) {
		warn_add(warnings, "flow %zu: iperf-%zu.json:%d: %s", i + 1,
			 i + 1, je.line, je.text);
		return NAN;
	}
	received = json_object_get(json_object_get(root, "end"), "sum_received");
	json_unpack(root, "{s:s}", "error", &error);
	if (error)
		warn_add(warnings, "flow %zu: iperf3 says: %s", i + 1, error);
	else if (received)
		bps = json_number_value(json_object_get(received,
							"bits_per_second"));
	else
		warn_add(warnings, "flow %zu: iperf-%zu.json has no end.sum_received",
			 i + 1, i + 1);
	json_decref(root);
	return bps;
}

/**
 * check_iperf() - compare the receiver's socket with iperf3's report
 * @c: the cell
 * @f: the flow
 * @i: its index from 0
 * @out: gains iperf_goodput_bps, whole_goodput_bps and iperf_diff_pct
 * @warnings: gains a remark if they differ by more than 1 %
 *
 * iperf3 reports over the flow's whole life, so ours is taken over that too.
 */
void check_iperf(const struct cell *c, const struct flow *f, size_t i,
		 struct metrics *out, json_t *warnings)
{
	const struct cell_flow *conf = &c->flow[i];
	double last = f->recv.t[f->recv.n - 1], ours, theirs, diff;
	char *path;

	if (asprintf(&path, "%s/iperf-%zu.json", c->dir, i + 1) < 0)
		mem_check(NULL);
	theirs = iperf_rate(path, i, warnings);
	free(path);
	ours = flow_bytes(f, conf, conf->start_us, last) * 8e6 /
	       (last - conf->start_us);
	diff = theirs > 0 ? 100 * (ours - theirs) / theirs : NAN;
	metric_add_flow(out, i, "whole_goodput_bps", ours);
	metric_add_flow(out, i, "iperf_goodput_bps", theirs);
	metric_add_flow(out, i, "iperf_diff_pct", diff);
	if (fabs(diff) > IPERF_TOLERANCE_PCT)
		warn_add(warnings, "flow %zu: iperf3 reports %.3f Mbit/s received, the receiver's socket %.3f Mbit/s (%+.1f%%)",
			 i + 1, theirs / 1e6, ours / 1e6, diff);
}
