// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flow.h"
#include "mem.h"

/* What iperf3 sends first on a data connection, before it waits for its server. */
#define IPERF_COOKIE_BYTES	37

/* iperf3 and the receiver's socket should agree this well, percent. */
#define IPERF_TOLERANCE_PCT 1.0
/* ss(8) runs for some milliseconds between two samples of the 10 ms grid. */
#define SS_SLACK_US 20000.0

/* A flow that goes on for so long after the last sample had the link to itself. */
#define IPERF_OVERTIME_US 100000.0

/* iperf3 -J: the receiver's own count over the whole flow, and its length. */
static double iperf_rate(const char *path, size_t i, double *us, json_t *warnings)
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
	*us = 1e6 * json_number_value(json_object_get(received, "seconds"));
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
 * @recv: the flow's receiver
 * @i: its index from 0
 * @out: gains iperf_goodput_bps, whole_goodput_bps and iperf_diff_pct
 * @warnings: gains a remark if they differ by more than 1 %
 *
 * iperf3 reports over the flow's whole life from its first data on, so ours is
 * taken over that too. (On a loaded path the handshake delays the first data.)
 * A flow whose handshake was lost begins a second or more late, and iperf3 lets
 * it go on for as long after the samples' end: no comparison.
 */
void check_iperf(const struct cell *c, const struct trace *recv, size_t i,
		 struct metrics *out, json_t *warnings)
{
	const struct cell_flow *conf = &c->flow[i];
	double last = recv->t[recv->n - 1], ours, theirs, diff, us = 0;
	double first = fmax(conf->start_us, trace_when(recv, IPERF_COOKIE_BYTES + 1));
	char *path;

	if (asprintf(&path, "%s/iperf-%zu.json", c->dir, i + 1) < 0)
		mem_check(NULL);
	theirs = iperf_rate(path, i, &us, warnings);
	free(path);
	ours = (trace_at(recv, last) - trace_at(recv, first)) * 8e6 / (last - first);
	diff = theirs > 0 && first + us <= last + IPERF_OVERTIME_US ? 100 * (ours - theirs) / theirs : NAN;
	metric_add_flow(out, i, "whole_goodput_bps", ours);
	metric_add_flow(out, i, "iperf_goodput_bps", theirs);
	metric_add_flow(out, i, "iperf_diff_pct", diff);
	if (fabs(diff) > IPERF_TOLERANCE_PCT)
		warn_add(warnings,
			 "flow %zu: iperf3 reports %.3f Mbit/s received, the receiver's socket %.3f Mbit/s (%+.1f%%)",
			 i + 1, theirs / 1e6, ours / 1e6, diff);
}

/* First line of DIR/ss-<i>.<suffix>, or both joined for the two-line output of ss. */
static char *ss_text(const struct cell *c, size_t i, const char *suffix)
{
	char *path, *text = mem_zalloc(8192, 1);
	size_t n = 0;
	FILE *f;

	if (asprintf(&path, "%s/ss-%zu.%s", c->dir, i + 1, suffix) < 0)
		mem_check(NULL);
	f = fopen(path, "re");
	if (f) {
		n = fread(text, 1, 8191, f);
		fclose(f);
	}
	free(path);
	text[n] = '\0';
	return text;
}

/**
 * ss_open() - find out when ss(8) was asked about a flow
 * @s: filled
 * @c: the cell
 * @i: the flow's index from 0
 */
void ss_open(struct ss_check *s, const struct cell *c, size_t i)
{
	char *at = ss_text(c, i, "at");

	memset(s, 0, sizeof(*s));
	if (sscanf(at, "%lf,%lf", &s->from_us, &s->to_us) == 2) {
		s->from_us -= SS_SLACK_US;
		s->to_us += SS_SLACK_US;
	} else {
		s->from_us = NAN;
	}
	free(at);
}

/**
 * ss_sample() - a sample of the flow
 * @s: the check
 * @t_us: when
 * @cwnd: congestion window
 * @srtt_us: smoothed RTT
 */
void ss_sample(struct ss_check *s, double t_us, double cwnd, double srtt_us)
{
	if (!(t_us >= s->from_us && t_us <= s->to_us))
		return;
	s->cwnd_min = s->n ? fmin(s->cwnd_min, cwnd) : cwnd;
	s->cwnd_max = s->n ? fmax(s->cwnd_max, cwnd) : cwnd;
	s->srtt_min = s->n ? fmin(s->srtt_min, srtt_us) : srtt_us;
	s->srtt_max = s->n ? fmax(s->srtt_max, srtt_us) : srtt_us;
	s->n++;
}

/* The number after a word of ss' output, NaN if it is not there. */
static double ss_value(const char *text, const char *word)
{
	const char *p = strstr(text, word);

	return p ? strtod(p + strlen(word), NULL) : NAN;
}

/**
 * ss_compare() - hold ss' answer against the samples around it
 * @s: the check, after the last sample
 * @c: the cell
 * @i: the flow's index from 0
 * @warnings: gains a remark if ss saw what no sample near it did
 *
 * Between two samples the values may have been anywhere for a moment: a
 * quarter is allowed for that.
 */
void ss_compare(const struct ss_check *s, const struct cell *c, size_t i,
		json_t *warnings)
{
	char *text;
	double cwnd, srtt;

	if (s->n < 2)
		return;
	text = ss_text(c, i, "txt");
	cwnd = ss_value(text, " cwnd:");
	srtt = ss_value(text, " rtt:") * 1000;
	free(text);
	if (cwnd < 0.75 * s->cwnd_min || cwnd > 1.25 * s->cwnd_max)
		warn_add(warnings,
			 "flow %zu: ss saw a window of %.0f packets when the samples had %.0f to %.0f",
			 i + 1, cwnd, s->cwnd_min, s->cwnd_max);
	if (srtt < 0.75 * s->srtt_min || srtt > 1.25 * s->srtt_max)
		warn_add(warnings,
			 "flow %zu: ss saw an RTT of %.3f ms when the samples had %.3f to %.3f",
			 i + 1, srtt / 1e3, s->srtt_min / 1e3, s->srtt_max / 1e3);
}
