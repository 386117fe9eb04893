// SPDX-License-Identifier: GPL-2.0
/*
 * Writing a cell as lines that a shell may source.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cell.h"

#define PATH_BYTES	4096

/**
 * cell_id() - the name of a cell, fit for a directory
 * @id: result
 * @size: room in @id
 * @c: the cell
 * @seed: its seed
 */
void cell_id(char *id, size_t size, const struct cell *c, int seed)
{
	char point[sizeof(c->point->text) * 2];
	size_t n = 0;

	for (const char *p = c->point->text; *p; p++) {
		if (isalnum((unsigned char)*p) || strchr("=._-", *p)) {
			point[n++] = *p;
		} else {
			point[n++] = *p == '%' ? 'p' : '_';
			if (*p == '%')
				point[n++] = 'c';
		}
	}
	point[n] = '\0';
	snprintf(id, size, "%s%s%s-s%d", point, n ? "-" : "", c->cc, seed);
}

static void put_text(FILE *f, const char *key, const char *value)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_.,:/@%+=-";

	if (strspn(value, plain) == strlen(value)) {
		fprintf(f, "%s=%s\n", key, value);
		return;
	}
	fprintf(f, "%s='", key);
	for (; *value; value++) {
		if (*value == '\'')
			fputs("'\\''", f);
		else
			fputc(*value, f);
	}
	fputs("'\n", f);
}

static void put(FILE *f, const char *key, int64_t value)
{
	fprintf(f, "%s=%" PRId64 "\n", key, value);
}

static void put_changed(FILE *f, size_t i, const char *key, int64_t value)
{
	if (value != UNCHANGED)
		fprintf(f, "EVENT%zu_%s=%" PRId64 "\n", i, key, value);
}

static void put_bound(FILE *f, size_t i, const char *key, double value)
{
	if (isnan(value))
		fprintf(f, "EXPECT%zu_%s=\n", i, key);
	else
		fprintf(f, "EXPECT%zu_%s=%.9g\n", i, key, value);
}

static void put_lists(FILE *f, const struct cell *c)
{
	char key[40];

	put(f, "FLOWS", c->flows);
	for (size_t i = 0; i < c->flows; i++) {
		const struct flow *w = &c->flow[i];

		fprintf(f, "FLOW%zu_CC=%s\nFLOW%zu_START_US=%" PRId64 "\nFLOW%zu_STOP_US=%" PRId64
			"\nFLOW%zu_RTT_US=%" PRId64 "\nFLOW%zu_BYTES=%" PRId64 "\n",
			i + 1, w->cc, i + 1, w->start_us, i + 1, w->stop_us,
			i + 1, w->rtt_us, i + 1, w->bytes);
	}
	put(f, "EVENTS", c->events);
	for (size_t i = 0; i < c->events; i++) {
		fprintf(f, "EVENT%zu_AT_US=%" PRId64 "\n", i + 1, c->event[i].at_us);
		put_changed(f, i + 1, "RATE_BPS", c->event[i].rate_bps);
		put_changed(f, i + 1, "LOSS_PPM", c->event[i].loss_ppm);
		put_changed(f, i + 1, "RTT_US", c->event[i].rtt_us);
	}
	put(f, "PARAMS", c->params);
	for (size_t i = 0; i < c->params; i++) {
		const char *dot = strchr(c->param[i].name, '.');

		fprintf(f, "PARAM%zu=tcp_%.*s/%s=%" PRId64 "\n", i + 1,
			(int)(dot - c->param[i].name), c->param[i].name, dot + 1,
			c->param[i].value);
	}
	put(f, "EXPECTS", c->expects);
	for (size_t i = 0; i < c->expects; i++) {
		fprintf(f, "EXPECT%zu_METRIC=%s\n", i + 1, c->expect[i].metric);
		put_bound(f, i + 1, "LOW", c->expect[i].low);
		put_bound(f, i + 1, "HIGH", c->expect[i].high);
		snprintf(key, sizeof(key), "EXPECT%zu_SOURCE", i + 1);
		put_text(f, key, c->expect[i].source);
	}
}

static void put_cell(FILE *f, const struct cell *c, const char *id, int seed, int order)
{
	put_text(f, "SCENARIO", c->scenario->name);
	put_text(f, "CELL", id);
	put_text(f, "CC", c->cc);
	put(f, "SEED", seed);
	put_text(f, "TITLE", c->title);
	put(f, "ORDER", order);
	put_text(f, "POINT", c->point->text);
	put(f, "RATE_BPS", c->rate_bps);
	put(f, "RTT_US", c->rtt_us);
	put(f, "BUFFER_PKTS", c->buffer_pkts);
	put_text(f, "BUFFER_TEXT", c->buffer_text);
	put(f, "LOSS_PPM", c->loss_ppm);
	put(f, "DROP_EVERY", c->drop_every);
	put(f, "DURATION_US", c->duration_us);
	put(f, "WARMUP_US", c->warmup_us);
	put(f, "QUICKACK", c->quickack);
	put(f, "MARK_AT_US", c->mark_us);
	put(f, "TRACE", c->trace);
	put_lists(f, c);
}

/* Replace a file only if its content changes, so that times tell something. */
static int replace(const char *path, const char *text, size_t size)
{
	char next[PATH_BYTES + 8], *old = malloc(size + 1);
	FILE *f = fopen(path, "r");
	int same, bad;

	same = f && old && fread(old, 1, size + 1, f) == size && !memcmp(old, text, size);
	if (f)
		fclose(f);
	free(old);
	if (same)
		return 0;
	snprintf(next, sizeof(next), "%s.new", path);
	f = fopen(next, "w");
	if (!f)
		return -1;
	bad = fwrite(text, 1, size, f) != size;
	bad |= fclose(f);
	return bad ? -1 : rename(next, path);
}

/**
 * cell_write() - write OUTDIR/<cell-id>/cell.conf
 * @c: the cell
 * @seed: its seed
 * @order: its place in the plan, from 1
 * @outdir: where
 *
 * Return: 0, or -1 after saying what went wrong.
 */
int cell_write(const struct cell *c, int seed, int order, const char *outdir)
{
	char id[sizeof(c->point->text) * 2 + 64], path[PATH_BYTES];
	char *text = NULL;
	size_t size = 0;
	FILE *f;
	int err;

	cell_id(id, sizeof(id), c, seed);
	snprintf(path, sizeof(path), "%s/%s", outdir, id);
	f = open_memstream(&text, &size);
	if (f) {
		put_cell(f, c, id, seed, order);
		fclose(f);
	}
	err = !f || (mkdir(path, 0777) && errno != EEXIST);
	if (!err) {
		snprintf(path, sizeof(path), "%s/%s/cell.conf", outdir, id);
		err = replace(path, text, size);
	}
	free(text);
	if (err) {
		fprintf(stderr, "weir-plan: cannot write %s: %s\n", path, strerror(errno));
		return -1;
	}
	puts(id);
	return 0;
}
