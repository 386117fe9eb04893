// SPDX-License-Identifier: GPL-2.0
/*
 * Writes cells whose metrics are known beforehand: the truth for the tests of
 * weir-analyze and material for the tests of the report.
 *
 *   analyze-synth steady DIR    one flow, everything constant
 *   analyze-synth sawtooth DIR  cwnd and queue ramp up and fall, period 2 s
 *   analyze-synth pair DIR      two flows: 3:1, even from 20 s on
 *   analyze-synth step DIR      the link's rate doubles half way
 *   analyze-synth bytes DIR     a flow that ends after 1 MB
 *   analyze-synth seeds DIR     steady with goodput 8, 9, 7 Mbit/s in three seeds
 *   analyze-synth matrix DIR    a sweep, 3 algorithms, 3 seeds, 2 flows
 */
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define WIRE 1514.0
#define MSS 1448.0

/**
 * struct shape - a cell's truth as functions of time
 * @id: name of its directory
 * @cc: algorithm under test
 * @point: see cell.conf
 * @seed: see cell.conf
 * @order: see cell.conf
 * @rate_bps: link rate at the start
 * @rtt_us: path delay
 * @buffer: packets
 * @duration_s: length
 * @warmup_s: excluded
 * @flows: number of flows
 * @flow_cc: their algorithms
 * @bytes: flows end after so many bytes, 0: by time
 * @extra: further lines of cell.conf
 * @goodput: flow i at t: bytes received so far
 * @cwnd: flow i at t: packets
 * @srtt: flow i at t: microseconds
 * @queue: packets at t
 * @sent: packets that left the link so far
 * @drops: packets dropped so far
 * @knob: for the functions
 */
struct shape {
	const char *id, *cc, *point;
	int seed, order;
	double rate_bps, rtt_us, buffer, duration_s, warmup_s;
	int flows;
	const char *flow_cc[2];
	double bytes;
	const char *extra;
	double (*goodput)(const struct shape *s, int i, double t);
	double (*cwnd)(const struct shape *s, int i, double t);
	double (*srtt)(const struct shape *s, int i, double t);
	double (*queue)(const struct shape *s, double t);
	double (*sent)(const struct shape *s, double t);
	double (*drops)(const struct shape *s, double t);
	double knob[4];
};

static char root[4096];

static FILE *create(const struct shape *s, const char *name)
{
	char path[8192];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", root, s->id);
	if (mkdir(path, 0777) && errno != EEXIST) {
		perror(path);
		exit(1);
	}
	snprintf(path, sizeof(path), "%s/%s/%s", root, s->id, name);
	f = fopen(path, "w");
	if (!f) {
		perror(path);
		exit(1);
	}
	return f;
}

static void write_conf(const struct shape *s)
{
	FILE *f = create(s, "cell.conf");

	fprintf(f,
		"SCENARIO=synth\nTITLE='Synthetic cells'\nCELL=%s\nCC=%s\nPOINT=%s\nSEED=%d\nORDER=%d\n",
		s->id, s->cc, s->point, s->seed, s->order);
	fprintf(f, "RATE_BPS=%.0f\nRTT_US=%.0f\nBUFFER_PKTS=%.0f\nBUFFER_TEXT=%.0fpkt\n",
		s->rate_bps, s->rtt_us, s->buffer, s->buffer);
	fprintf(f,
		"LOSS_PPM=0\nDROP_EVERY=0\nDURATION_US=%.0f\nWARMUP_US=%.0f\nQUICKACK=0\nFLOWS=%d\n",
		s->duration_s * 1e6, s->warmup_s * 1e6, s->flows);
	for (int i = 0; i < s->flows; i++)
		fprintf(f,
			"FLOW%d_CC=%s\nFLOW%d_START_US=0\nFLOW%d_STOP_US=%.0f\nFLOW%d_RTT_US=%.0f\nFLOW%d_BYTES=%.0f\n",
			i + 1, s->flow_cc[i], i + 1, i + 1, s->duration_s * 1e6,
			i + 1, s->rtt_us, i + 1, s->bytes);
	fputs(s->extra ? s->extra : "EVENTS=0\nPARAMS=0\nEXPECTS=0\n", f);
	fclose(f);
}

static void write_flow(const struct shape *s, int i)
{
	char name[32];
	FILE *f;

	snprintf(name, sizeof(name), "flow-%d.csv", i + 1);
	f = create(s, name);
	/* a column more than needed, and another order: read by header */
	fputs("state,t_us,ca_state,cwnd,srtt_us,unacked,sacked,lost,retrans,", f);
	fputs("bytes_acked,bytes_sent,bytes_retrans,retrans_total,delivered,delivered_ce,", f);
	fputs("pacing_Bps,busy_us,rwnd_limited_us,sndbuf_limited_us\n", f);
	for (int k = 0; k <= s->duration_s * 100; k++) {
		double t = k / 100.0, bytes = s->goodput(s, i, t);
		double drops = s->drops(s, t);

		if (s->bytes > 0 && bytes > s->bytes)
			break;
		fprintf(f,
			"1,%.0f,%d,%.0f,%.0f,%.0f,2,1,3,%.0f,%.0f,%.0f,%.0f,%.0f,0,18446744073709551615,%.0f,0,0\n",
			t * 1e6, drops > s->drops(s, t - 0.01) ? 3 : 0,
			s->cwnd(s, i, t), s->srtt(s, i, t), s->cwnd(s, i, t),
			bytes, bytes + drops * MSS, drops * MSS, drops,
			bytes / MSS, t * 1e6);
	}
	fclose(f);
	snprintf(name, sizeof(name), "recv-%d.csv", i + 1);
	f = create(s, name);
	fputs("t_us,bytes_received\n", f);
	/* half a tick off the grid: the window's edges fall between samples */
	for (int k = 0; k <= s->duration_s * 10; k++) {
		double t = k ? k / 10.0 - 0.05 : 0;
		double bytes = s->goodput(s, i, t);

		if (s->bytes > 0 && bytes > s->bytes)
			break;
		fprintf(f, "%.0f,%.6f\n", t * 1e6, bytes);
	}
	fclose(f);
	snprintf(name, sizeof(name), "iperf-%d.json", i + 1);
	f = create(s, name);
	fprintf(f, "{\"end\": {\"sum_received\": {\"bits_per_second\": %.3f}}}\n",
		s->goodput(s, i, s->duration_s) * 8 / s->duration_s);
	fclose(f);
}

static void write_cell(const struct shape *s)
{
	FILE *f;

	write_conf(s);
	for (int i = 0; i < s->flows; i++)
		write_flow(s, i);
	f = create(s, "link.csv");
	fputs("t_us,backlog_bytes,backlog_pkts,sent_bytes,sent_pkts,drops\n", f);
	for (int k = 0; k <= s->duration_s * 100; k++) {
		double t = k / 100.0;

		fprintf(f, "%.0f,%.0f,%.0f,%.3f,%.6f,%.0f\n", t * 1e6,
			s->queue(s, t) * WIRE, s->queue(s, t),
			s->sent(s, t) * WIRE, s->sent(s, t), s->drops(s, t));
	}
	fclose(f);
	f = create(s, "lab.json");
	fputs("{\"kernel\":\"6.1\",\"release\":\"6.1.0-synthetic\",\"exit\":0,", f);
	fprintf(f, "\"seed\":%d,", s->seed);
	fprintf(f, "\"wall_s\":%.1f,\"virtual_s\":%.1f,\"virtual_per_wall\":2,",
		s->duration_s / 2, s->duration_s);
	fprintf(f, "\"input_hash\":\"%064x\",\"inputs\":{", s->seed);
	fputs("\"qemu\":\"QEMU emulator version 0.0 (synthetic)\",", f);
	fputs("\"kernel_package\":\"linux-image-synthetic 6.1\",", f);
	fprintf(f, "\"vmlinuz_sha256\":\"%064d\",\"initramfs_sha256\":\"%064d\",", 1, 2);
	fprintf(f, "\"cmdline\":\"quiet weir_seed=%d\"}}\n", s->seed);
	fclose(f);
}

/* --- constant ------------------------------------------------------------ */

/* knob[0]: goodput, bit/s */
static double flat_goodput(const struct shape *s, int i, double t)
{
	(void)i;
	return s->knob[0] / 8 * t;
}

static double flat_cwnd(const struct shape *s, int i, double t)
{
	(void)s;
	(void)i;
	(void)t;
	return 40;
}

static double flat_srtt(const struct shape *s, int i, double t)
{
	(void)i;
	(void)t;
	return s->rtt_us + 12000;
}

static double flat_queue(const struct shape *s, double t)
{
	(void)s;
	(void)t;
	return 10;
}

/* the link carries the goodput in full packets */
static double flat_sent(const struct shape *s, double t)
{
	double sum = 0;

	for (int i = 0; i < s->flows; i++)
		sum += s->goodput(s, i, t);
	return sum / MSS;
}

/* one drop a second, on the half second */
static double flat_drops(const struct shape *s, double t)
{
	(void)s;
	return t < 0 ? 0 : floor(t + 0.5 + 0.000000001);
}

static const struct shape steady = {
	.id = "steady", .cc = "reno", .point = "", .seed = 1, .order = 1,
	.rate_bps = 10e6, .rtt_us = 40000, .buffer = 34, .duration_s = 20,
	.warmup_s = 5, .flows = 1, .flow_cc = { "reno" },
	.goodput = flat_goodput, .cwnd = flat_cwnd, .srtt = flat_srtt,
	.queue = flat_queue, .sent = flat_sent, .drops = flat_drops,
	.knob = { 8e6 },
};

/* --- saw-tooth: 50 to 100 packets, 0 to 199 queued, in 2 s ---------------- */

static double saw_cwnd(const struct shape *s, int i, double t)
{
	long tick = lround(t * 100);

	(void)s;
	(void)i;
	/* 50.25 on average over a tooth, so the mean is 75 - 0.25 + ... */
	return 50 + (double)(tick % 200 / 4);
}

static double saw_queue(const struct shape *s, double t)
{
	(void)s;
	return (double)(lround(t * 100) % 200);
}

static double saw_srtt(const struct shape *s, int i, double t)
{
	(void)i;
	return s->rtt_us + saw_queue(s, t) * WIRE * 8e6 / s->rate_bps;
}

/* --- two flows: 3:1 until 20 s, then even --------------------------------- */

static double pair_goodput(const struct shape *s, int i, double t)
{
	double total = s->knob[0] / 8, share = i ? 0.25 : 0.75;

	if (t <= 20)
		return share * total * t;
	return share * total * 20 + 0.5 * total * (t - 20);
}

/* --- link rate 10 -> 20 Mbit/s at 10 s, always full ----------------------- */

static double step_goodput(const struct shape *s, int i, double t)
{
	(void)s;
	(void)i;
	return (t <= 10 ? 10e6 * t : 100e6 + 20e6 * (t - 10)) / 8 * MSS / WIRE;
}

/* --- a matrix that looks like something ------------------------------------ */

/* knob: [0] loss %, [1] kind 0 loss-based 1 model-based, [2] jitter */
static double pseudo(double x)
{
	double v = sin(x * 12.9898) * 43758.5453;

	return v - floor(v);
}

static double mat_period(const struct shape *s)
{
	return s->knob[1] > 0 ? 8 : 6 / (1 + 20 * s->knob[0]);
}

static double mat_full(const struct shape *s)
{
	double p = s->knob[0] / 100;

	if (s->knob[1] > 0)
		return 0.93 * (1 - p) * (1 + s->knob[2] / 300);
	return fmin(0.955, 0.02 + 0.012 / sqrt(p + 0.000001) * (1 + s->knob[2] / 20));
}

static double mat_goodput(const struct shape *s, int i, double t)
{
	double w = 2 * M_PI / mat_period(s), a = 1 / 1.5;
	/* integrals of 1 - exp(-a t), alone and times sin(w t) */
	double ramp = t - (1 - exp(-a * t)) / a;
	double wave = (1 - cos(w * t)) / w -
		(w - exp(-a * t) * (a * sin(w * t) + w * cos(w * t))) /
		(a * a + w * w);

	return s->rate_bps / 8 * mat_full(s) *
	       ((i ? 0.42 : 0.58) * ramp + (i ? -0.1 : 0.1) * wave);
}

static double mat_queue(const struct shape *s, double t)
{
	double x = fmod(t, mat_period(s)) / mat_period(s);
	double noise = 3 * pseudo(t + s->knob[2]);

	if (s->knob[1] > 0)
		return fmin(s->buffer, floor((x < 0.12 ? 40 * x / 0.12 : 6) + noise));
	return fmin(s->buffer, floor(s->buffer * mat_full(s) * x * x + noise));
}

static double mat_cwnd(const struct shape *s, int i, double t)
{
	double bdp = s->rate_bps * s->rtt_us / 8e6 / WIRE;

	if (s->knob[1] > 0)
		return floor(2 * bdp * (i ? 0.42 : 0.58));
	return floor((bdp * mat_full(s) * 0.7 + mat_queue(s, t)) * (i ? 0.45 : 0.55) + 2);
}

static double mat_srtt(const struct shape *s, int i, double t)
{
	(void)i;
	return s->rtt_us + 121 + mat_queue(s, t) * WIRE * 8e6 / s->rate_bps;
}

static double mat_drops(const struct shape *s, double t)
{
	return t < 0 ? 0 : floor(t / mat_period(s)) * 20 +
	       floor(flat_sent(s, t) * s->knob[0] / 100);
}

static void matrix(void)
{
	static const char *const cc[] = { "cubic", "bbr", "weir_cubic" };
	static const double loss[] = { 0.001, 0.01, 0.1, 1, 5 };
	char id[64], point[32], extra[512];
	int order = 1;

	for (int p = 0; p < 5; p++)
		for (int c = 0; c < 3; c++)
			for (int seed = 1; seed <= 3; seed++) {
				struct shape s = steady;

				snprintf(id, sizeof(id), "p%d-%s-s%d", p, cc[c], seed);
				snprintf(point, sizeof(point), "loss=%g%%", loss[p]);
				snprintf(extra, sizeof(extra),
					 "EVENTS=0\nPARAMS=1\nPARAM1=tcp_weir_cubic/hystart=1\nEXPECTS=1\nEXPECT1_METRIC=utilisation_pct\nEXPECT1_LOW=80\nEXPECT1_HIGH=\nEXPECT1_SOURCE='made up & <unsafe>'\n");
				s.id = id;
				s.cc = cc[c];
				s.point = point;
				s.seed = seed;
				s.order = order++;
				s.rate_bps = 100e6;
				s.buffer = 330;
				s.duration_s = 40;
				s.flows = 2;
				s.flow_cc[0] = cc[c];
				s.flow_cc[1] = p % 2 ? "cubic" : cc[c];
				s.extra = extra;
				s.goodput = mat_goodput;
				s.cwnd = mat_cwnd;
				s.srtt = mat_srtt;
				s.queue = mat_queue;
				s.drops = mat_drops;
				s.knob[0] = loss[p];
				s.knob[1] = c == 1;
				s.knob[2] = seed + c;
				write_cell(&s);
			}
}

static void seeds(void)
{
	static const double mbps[] = { 8, 9, 7 };
	char id[32];

	for (int i = 0; i < 3; i++) {
		struct shape s = steady;

		snprintf(id, sizeof(id), "s%d", i + 1);
		s.id = id;
		s.seed = i + 1;
		s.order = i + 1;
		s.knob[0] = mbps[i] * 1e6;
		s.extra = "EVENTS=0\nPARAMS=0\nEXPECTS=3\n"
			"EXPECT1_METRIC=goodput_bps\nEXPECT1_LOW=7900000\nEXPECT1_HIGH=8100000\n"
			"EXPECT1_SOURCE='it'\\''s arithmetic'\n"
			"EXPECT2_METRIC=flow1.goodput_bps\nEXPECT2_LOW=8500000\nEXPECT2_HIGH=\n"
			"EXPECT2_SOURCE=arithmetic\n"
			"EXPECT3_METRIC=jain\nEXPECT3_LOW=0\nEXPECT3_HIGH=1\n"
			"EXPECT3_SOURCE='undefined for one flow'\n";
		write_cell(&s);
	}
}

int main(int argc, char **argv)
{
	struct shape s = steady;

	if (argc != 3) {
		fputs("usage: analyze-synth KIND DIR\n", stderr);
		return 2;
	}
	snprintf(root, sizeof(root), "%s", argv[2]);
	mkdir(root, 0777);
	s.id = argv[1];
	if (!strcmp(argv[1], "steady")) {
		write_cell(&s);
	} else if (!strcmp(argv[1], "sawtooth")) {
		s.buffer = 200;
		s.cwnd = saw_cwnd;
		s.queue = saw_queue;
		s.srtt = saw_srtt;
		s.duration_s = 25;
		write_cell(&s);
	} else if (!strcmp(argv[1], "pair")) {
		s.flows = 2;
		s.flow_cc[1] = "cubic";
		s.duration_s = 40;
		s.goodput = pair_goodput;
		write_cell(&s);
	} else if (!strcmp(argv[1], "step")) {
		s.goodput = step_goodput;
		s.extra = "EVENTS=2\nEVENT1_AT_US=7000000\nEVENT1_RTT_US=50000\n"
			"EVENT2_AT_US=10000000\nEVENT2_RATE_BPS=20000000\n"
			"PARAMS=0\nEXPECTS=0\n";
		write_cell(&s);
	} else if (!strcmp(argv[1], "bytes")) {
		s.bytes = 1e6;
		s.warmup_s = 0;
		write_cell(&s);
	} else if (!strcmp(argv[1], "seeds")) {
		seeds();
	} else if (!strcmp(argv[1], "matrix")) {
		matrix();
	} else {
		fprintf(stderr, "analyze-synth: no kind '%s'\n", argv[1]);
		return 2;
	}
	return 0;
}
