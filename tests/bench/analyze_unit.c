// SPDX-License-Identifier: GPL-2.0
/*
 * Unit tests of weir-analyze's parts. tests/bench/analyze.sh builds and runs
 * this, and tests the whole on cells with known metrics.
 */
#define _GNU_SOURCE
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "analyze/cell.h"
#include "analyze/csv.h"
#include "analyze/defs.h"
#include "analyze/dist.h"
#include "analyze/fair.h"
#include "analyze/files.h"
#include "analyze/mem.h"
#include "analyze/metric.h"
#include "analyze/series.h"
#include "analyze/trace.h"

#define assert_near(a, b) assert_true(fabs((a) - (b)) < 0.000000001)

static char dir[64];

/* Write a file of the scratch directory and return its name. */
static const char *put(const char *name, const char *text)
{
	static char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	return path;
}

static int make_dir(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/weir-analyze-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	char path[512];

	(void)state;
	snprintf(path, sizeof(path), "%s/t.csv", dir);
	unlink(path);
	snprintf(path, sizeof(path), "%s/cell.conf", dir);
	unlink(path);
	return rmdir(dir);
}

/* --- distributions ---------------------------------------------------------- */

static void nearest_rank(void **state)
{
	/* the textbook's example: ordered 15 20 35 40 50 */
	static const double v[] = { 35, 20, 15, 50, 40 };
	struct dist d = { 0 };

	(void)state;
	for (int i = 0; i < 5; i++)
		dist_add(&d, v[i], 1);
	assert_near(dist_percentile(&d, 5), 15);
	assert_near(dist_percentile(&d, 20), 15);
	assert_near(dist_percentile(&d, 21), 20);
	assert_near(dist_percentile(&d, 40), 20);
	assert_near(dist_percentile(&d, 50), 35);
	assert_near(dist_percentile(&d, 100), 50);
	assert_near(dist_mean(&d), 32);
	assert_near(dist_max(&d), 50);
	dist_free(&d);
	assert_true(isnan(dist_percentile(&d, 50)));
	assert_true(isnan(dist_mean(&d)));
}

static void hundred_values(void **state)
{
	struct dist d = { 0 };

	(void)state;
	for (int i = 100; i >= 1; i--)
		dist_add(&d, i, 10000);
	for (int p = 1; p <= 100; p++)
		assert_near(dist_percentile(&d, p), p);
	dist_free(&d);
}

static void weights_count(void **state)
{
	struct dist d = { 0 };

	(void)state;
	dist_add(&d, 1, 90);
	dist_add(&d, 7, 10);
	dist_add(&d, 1000, 0);
	assert_near(dist_percentile(&d, 90), 1);
	assert_near(dist_percentile(&d, 91), 7);
	assert_near(dist_mean(&d), 1.6);
	assert_near(dist_max(&d), 7);
	dist_free(&d);
}

static void medians(void **state)
{
	double odd[] = { 9, 1, 5 }, even[] = { 4, 1, 3, 2 };

	(void)state;
	assert_near(median_of(odd, 3), 5);
	assert_near(median_of(even, 4), 2.5);
	assert_true(isnan(median_of(odd, 0)));
}

/* --- counters ---------------------------------------------------------------- */

static void counter_between_samples(void **state)
{
	struct trace t = { 0 };

	(void)state;
	assert_near(trace_at(&t, 5), 0);
	trace_add(&t, 10, 100);
	trace_add(&t, 20, 200);
	trace_add(&t, 40, 200);
	assert_near(trace_at(&t, 0), 100);
	assert_near(trace_at(&t, 15), 150);
	assert_near(trace_at(&t, 30), 200);
	assert_near(trace_at(&t, 99), 200);
	assert_near(trace_when(&t, 100), 10);
	assert_near(trace_when(&t, 175), 17.5);
	assert_true(isnan(trace_when(&t, 201)));
	trace_free(&t);
}

static void gain_in_a_window(void **state)
{
	struct edge e;

	(void)state;
	/* edges between samples */
	edge_init(&e, 15, 35);
	for (int t = 0; t <= 50; t += 10)
		edge_feed(&e, t, t * t);
	assert_near(edge_gain(&e), (900 + 0.5 * 700) - (100 + 0.5 * 300));
	/* samples end early: what is known counts */
	edge_init(&e, 10, 100);
	edge_feed(&e, 0, 0);
	edge_feed(&e, 20, 40);
	assert_near(edge_gain(&e), 20);
	edge_init(&e, 0, 1);
	assert_true(isnan(edge_gain(&e)));
}

/* --- fairness ------------------------------------------------------------------ */

static void jain_index(void **state)
{
	static const double even[] = { 3, 3, 3 }, one[] = { 0, 8, 0, 0 };
	static const double skew[] = { 3, 1 }, none[] = { 0, 0 };

	(void)state;
	assert_near(jain(even, 3), 1);
	assert_near(jain(one, 4), 0.25);
	assert_near(jain(skew, 2), 0.8);
	assert_true(isnan(jain(none, 2)));
	assert_true(isnan(jain(even, 1)));
}

static void convergence_needs_ten_in_a_row(void **state)
{
	double j[30];

	(void)state;
	for (int i = 0; i < 30; i++)
		j[i] = i < 7 ? 0.7 : 0.96;
	assert_near(convergence(j, 30, 0), 7);
	assert_near(convergence(j, 30, 12), 12);
	j[16] = 0.94;
	assert_near(convergence(j, 30, 0), 17);
	j[25] = NAN;
	assert_true(isnan(convergence(j, 30, 0)));
	assert_true(isnan(convergence(j, 9, 0)));
}

/* --- curves -------------------------------------------------------------------- */

static void curve_keeps_extremes(void **state)
{
	double t, v, lo = 1e9, hi = -1e9, last = -1;
	struct series s;
	json_t *o, *ts, *vs;

	(void)state;
	series_init(&s, 100e6, 50);
	for (int i = 0; i < 10000; i++)
		series_add(&s, i * 1e4, i == 4321 ? 999 : i == 4322 ? -5 : i % 7);
	o = series_json(&s, 1);
	ts = json_object_get(o, "t_s");
	vs = json_object_get(o, "v");
	assert_true(json_array_size(ts) <= 100);
	assert_int_equal(json_array_size(ts), json_array_size(vs));
	for (size_t i = 0; i < json_array_size(ts); i++) {
		t = json_number_value(json_array_get(ts, i));
		v = json_number_value(json_array_get(vs, i));
		assert_true(t > last);
		last = t;
		lo = fmin(lo, v);
		hi = fmax(hi, v);
	}
	assert_near(hi, 999);
	assert_near(lo, -5);
	json_decref(o);
	series_free(&s);
}

static void flat_curve_is_two_points(void **state)
{
	struct series s;
	json_t *o;

	(void)state;
	series_init(&s, 1e6, 100);
	for (int i = 0; i <= 100; i++)
		series_add(&s, i * 1e4, 42);
	o = series_json(&s, 1);
	assert_int_equal(json_array_size(json_object_get(o, "t_s")), 2);
	json_decref(o);
	series_free(&s);
}

/* --- files ----------------------------------------------------------------------- */

static const struct csv_col two[] = { { "b", false }, { "z", true } };

/* Read all of a CSV; returns rows or -1, *sum adds up column b. */
static int read_all(const char *text, double *sum, struct err *e)
{
	struct csv c;
	double row[2];
	int n = 0, rc = csv_open(&c, put("t.csv", text), two, 2, e);

	*sum = 0;
	while (!rc && (rc = csv_next(&c, row, e)) > 0) {
		*sum += row[0];
		assert_true(isnan(row[1]));
		n++;
		rc = 0;
	}
	csv_close(&c);
	return rc < 0 ? -1 : n;
}

static void csv_by_header(void **state)
{
	struct err e = { "" };
	double sum;

	(void)state;
	assert_int_equal(read_all("new,b,a\n1,2,3\n4,5.5,x\n", &sum, &e), 2);
	assert_near(sum, 7.5);
	assert_int_equal(read_all("b\r\n18446744073709551615\r\n", &sum, &e), 1);
	assert_true(sum > 1.8e19);
	assert_int_equal(read_all("b\n1\n2", &sum, &e), 2);
	assert_int_equal(read_all("b\n", &sum, &e), 0);
}

static void csv_refuses(void **state)
{
	static const struct {
		const char *text, *line, *why;
	} bad[] = {
		{ "", ":1:", "empty" },
		{ "a,c\n1,2\n", ":1:", "no column 'b'" },
		{ "b,b\n1,2\n", ":1:", "twice" },
		{ "a,b\n1,2\n1\n", ":3:", "fewer fields" },
		{ "a,b\n1,2,3\n", ":2:", "more fields" },
		{ "a,b\n1,\n", ":2:", "not a number" },
		{ "a,b\n1,nan\n", ":2:", "not a number" },
		{ "a,b\n1,0x10\n", ":2:", "not a number" },
		{ "a,b\n1,1e999\n", ":2:", "not a number" },
		{ "a,b\n1,--2\n", ":2:", "not a number" },
	};
	double sum;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct err e = { "" };

		assert_int_equal(read_all(bad[i].text, &sum, &e), -1);
		assert_non_null(strstr(e.text, bad[i].line));
		assert_non_null(strstr(e.text, bad[i].why));
		assert_non_null(strstr(e.text, "t.csv"));
		assert_null(strchr(e.text, '\n'));
	}
}

#define CONF "SCENARIO=s\nCELL=c\nCC=reno\nSEED=1\nRATE_BPS=8000000\nRTT_US=100000\n" \
	"BUFFER_PKTS=10\nDURATION_US=10000000\nWARMUP_US=1000000\nFLOWS=1\nFLOW1_CC=reno\n"

static void cell_reads(void **state)
{
	struct err e = { "" };
	struct cell c;

	(void)state;
	put("cell.conf", "# made by hand\n\nPOINT='it'\\''s loss=1%'\nTITLE=\"a b\"\n" CONF
	    "EVENTS=2\nEVENT1_AT_US=2000000\nEVENT1_RATE_BPS=16000000\n"
	    "EVENT2_AT_US=6000000\nEVENT2_RATE_BPS=4000000\n"
	    "EXPECTS=1\nEXPECT1_METRIC=jain\nEXPECT1_LOW=0.9\nEXPECT1_HIGH=\n");
	assert_int_equal(cell_load(&c, dir, &e), 0);
	assert_string_equal(c.point, "it's loss=1%");
	assert_string_equal(c.title, "a b");
	assert_near(c.flow[0].stop_us, 10e6);
	assert_near(c.flow[0].rtt_us, 100000);
	assert_true(c.flow[0].under_test);
	assert_near(cell_bdp_bytes(&c), 100000);
	assert_near(cell_base_rtt_us(&c, 0), 101514);
	assert_near(cell_rate_at(&c, 1999999), 8e6);
	assert_near(cell_rate_at(&c, 2000000), 16e6);
	assert_near(cell_rate_at(&c, 9e6), 4e6);
	assert_near(cell_capacity_bits(&c, 0, 10e6), 2 * 8e6 + 4 * 16e6 + 4 * 4e6);
	assert_near(cell_capacity_bits(&c, 3e6, 5e6), 32e6);
	assert_near(cell_capacity_bits(&c, 1e6, 2e6), 8e6);
	assert_near(c.expect[0].low, 0.9);
	assert_true(isinf(c.expect[0].high));
	cell_free(&c);
}

static void cell_refuses(void **state)
{
	static const char *const bad[][2] = {
		{ "CELL=c\n", "no SCENARIO" },
		{ CONF "junk\n", "not KEY=VALUE" },
		{ CONF "POINT='open\n", "quote" },
		{ CONF "RATE_BPS=0\n", "outside" },
		{ CONF "RATE_BPS=fast\n", "not a number" },
		{ CONF "FLOWS=0\n", "outside" },
		{ CONF "FLOWS=2\n", "no FLOW2_CC" },
		{ CONF "FLOWS=1e9\n", "outside" },
		{ CONF "WARMUP_US=10000000\n", "warm-up" },
		{ CONF "FLOW1_START_US=5000000\nFLOW1_STOP_US=4000000\n", "before it starts" },
		{ CONF "EVENTS=2\nEVENT1_AT_US=5\nEVENT2_AT_US=4\n", "comes before" },
		{ CONF "EXPECTS=1\nEXPECT1_METRIC=jain\n", "neither bound" },
		{ CONF "EXPECTS=1\nEXPECT1_METRIC=jain\nEXPECT1_LOW=2\nEXPECT1_HIGH=1\n", "above" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct err e = { "" };
		struct cell c;

		put("cell.conf", bad[i][0]);
		assert_int_equal(cell_load(&c, dir, &e), -1);
		assert_non_null(strstr(e.text, bad[i][1]));
		assert_non_null(strstr(e.text, "cell.conf"));
		cell_free(&c);
	}
}

static void hash_is_sha256(void **state)
{
	struct err e = { "" };
	char hex[65];

	(void)state;
	/* FIPS 180-2's example */
	assert_int_equal(file_sha256(put("t.csv", "abc"), hex, &e), 0);
	assert_string_equal(hex,
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_int_equal(file_sha256("/nonexistent", hex, &e), -1);
}

/* What is held against a band is what is printed: a ratio of two interpolated counters is a hair off 100 otherwise. */
static void metric_precision(void **state)
{
	(void)state;
	assert_true(metric_round("flow1.ce_mark_pct", 99.9999999999) == 100);
	assert_true(metric_round("flow1.ce_mark_pct", 99.9999) == 99.9999);
	assert_true(metric_round("goodput_bps", 1000000.4) == 1000000);
	assert_true(metric_round("queue_mean_pkts", 5.9704) == 5.97);
	assert_true(isnan(metric_round("jain", NAN)));
}

static void metric_names(void **state)
{
	(void)state;
	assert_true(metric_defined("goodput_bps"));
	assert_true(metric_defined("queue_delay_p95_us"));
	assert_true(metric_defined("flow1.goodput_bps"));
	assert_true(metric_defined("flow12.cwnd_mean_pkts"));
	assert_false(metric_defined("goodput"));
	assert_false(metric_defined("flow.goodput_bps"));
	assert_false(metric_defined("flow1.utilisation_pct"));
	assert_false(metric_defined("cwnd_p50_pkts"));
	assert_false(metric_defined(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nearest_rank),
		cmocka_unit_test(hundred_values),
		cmocka_unit_test(weights_count),
		cmocka_unit_test(medians),
		cmocka_unit_test(counter_between_samples),
		cmocka_unit_test(gain_in_a_window),
		cmocka_unit_test(jain_index),
		cmocka_unit_test(convergence_needs_ten_in_a_row),
		cmocka_unit_test(curve_keeps_extremes),
		cmocka_unit_test(flat_curve_is_two_points),
		cmocka_unit_test(csv_by_header),
		cmocka_unit_test(csv_refuses),
		cmocka_unit_test(cell_reads),
		cmocka_unit_test(cell_refuses),
		cmocka_unit_test(hash_is_sha256),
		cmocka_unit_test(metric_precision),
		cmocka_unit_test(metric_names),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
