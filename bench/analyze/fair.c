// SPDX-License-Identifier: GPL-2.0
#include "fair.h"

#include <math.h>
#include <stdlib.h>

#include "mem.h"

/* Converged: this fair, for this many seconds in a row. */
#define CONVERGED_JAIN	0.95
#define CONVERGED_S	10

/**
 * jain() - Jain's fairness index, RFC 5166 section 2.3.1
 * @x: what each flow got
 * @n: number of flows
 *
 * Return: (sum x)^2 / (n * sum x^2): 1 is an even split, 1/n is one flow
 * taking all; NaN for fewer than two flows or if nobody got anything.
 */
double jain(const double *x, size_t n)
{
	double sum = 0, squares = 0;

	for (size_t i = 0; i < n; i++) {
		sum += x[i];
		squares += x[i] * x[i];
	}
	return n >= 2 && squares > 0 ? sum * sum / ((double)n * squares) : NAN;
}

/**
 * convergence() - when the split became fair and stayed so
 * @j: Jain's index of each second
 * @n: seconds
 * @from: first second that counts
 *
 * Return: the first second of ten in a row at 0.95 or more; NaN if there are
 * no such ten.
 */
double convergence(const double *j, size_t n, size_t from)
{
	size_t run = 0;

	for (size_t s = from; s < n; s++) {
		run = j[s] >= CONVERGED_JAIN ? run + 1 : 0;
		if (run == CONVERGED_S)
			return (double)(s + 1 - CONVERGED_S);
	}
	return NAN;
}

/* Jain's index of the flows that are active throughout one second. */
static double jain_second(const struct cell *c, const struct flow *flow,
			  double *x, double t0)
{
	size_t n = 0;

	for (size_t i = 0; i < c->nflows; i++) {
		const struct cell_flow *conf = &c->flow[i];

		if (conf->start_us > t0 || conf->stop_us < t0 + 1e6)
			continue;
		x[n++] = flow_bytes(&flow[i], conf, t0, t0 + 1e6);
	}
	return jain(x, n);
}

static double min_of(const double *j, double from, double to)
{
	double min = NAN;

	for (double s = from; s < to; s++)
		if (!isnan(j[(size_t)s]))
			min = fmin(min, j[(size_t)s]);
	return min;
}

/* What each flow got while all of them were there. */
static void put_shares(const struct cell *c, const struct flow *flow, double t0,
		       double t1, double *x, struct metrics *out)
{
	double sum = 0, min = INFINITY, max = 0, test = 0, others = 0;

	for (size_t i = 0; i < c->nflows; i++) {
		x[i] = t1 > t0 ? flow_bytes(&flow[i], &c->flow[i], t0, t1) : NAN;
		sum += x[i];
		min = fmin(min, x[i]);
		max = fmax(max, x[i]);
		if (c->flow[i].under_test)
			test += x[i];
		else
			others += x[i];
	}
	metric_add(out, METRIC_FAIR, "jain", jain(x, c->nflows));
	metric_add(out, METRIC_FAIR, "max_min_ratio",
		   c->nflows > 1 && isfinite(min) && min > 0 ? max / min : NAN);
	metric_add(out, METRIC_FAIR, "test_share_pct",
		   others > 0 ? 100 * test / sum : NAN);
	for (size_t i = 0; i < c->nflows; i++)
		metric_add_flow(out, i, "share_pct",
				sum > 0 ? 100 * x[i] / sum : NAN);
}

/**
 * fair_analyze() - fairness of a run
 * @c: the cell
 * @flow: its flows
 * @out: gains the metrics
 * @per_second: set to a JSON array, Jain's index of each second from T0 on
 */
void fair_analyze(const struct cell *c, const struct flow *flow,
		  struct metrics *out, json_t **per_second)
{
	size_t seconds = (size_t)floor(c->duration_us / 1e6);
	double *j = mem_zalloc(seconds, sizeof(*j));
	double *x = mem_zalloc(c->nflows, sizeof(*x));
	double last_start = 0, first_stop = INFINITY, start_s, conv;

	for (size_t i = 0; i < c->nflows; i++) {
		last_start = fmax(last_start, c->flow[i].start_us);
		first_stop = fmin(first_stop, flow[i].t1_us);
	}
	put_shares(c, flow, fmax(c->warmup_us, last_start), first_stop, x, out);

	*per_second = json_array();
	for (size_t s = 0; s < seconds; s++) {
		j[s] = jain_second(c, flow, x, (double)s * 1e6);
		json_array_append_new(*per_second, round_json(j[s], 1e4));
	}
	start_s = ceil(last_start / 1e6);
	conv = convergence(j, seconds, (size_t)start_s);
	metric_add(out, METRIC_FAIR, "convergence_s", conv - last_start / 1e6);
	/* t1_us may lie a little before the second that holds the stop */
	first_stop = fmin(round(first_stop / 1e6), (double)seconds);
	metric_add(out, METRIC_FAIR, "jain_1s_min",
		   min_of(j, fmax(ceil(c->warmup_us / 1e6), start_s), first_stop));
	metric_add(out, METRIC_FAIR, "jain_1s_min_converged",
		   isnan(conv) ? NAN : min_of(j, conv, first_stop));
	free(j);
	free(x);
}
