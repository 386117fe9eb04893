// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "cell.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "mem.h"

/**
 * struct kv - one KEY=VALUE line
 * @key: the key
 * @val: the value, unquoted
 * @line: line number
 */
struct kv {
	char *key;
	char *val;
	unsigned long line;
};

/**
 * struct conf - a parsed cell.conf
 * @path: its name
 * @kv: the lines
 * @n: how many
 * @cap: allocated
 */
struct conf {
	char *path;
	struct kv *kv;
	size_t n;
	size_t cap;
};

/* Undo the shell's quoting in place; the file is one that a shell may source. */
static int unquote(char *s)
{
	char *out = s, quote = '\0';

	for (; *s; s++) {
		if (quote) {
			if (*s == quote)
				quote = '\0';
			else if (quote == '"' && *s == '\\' && s[1])
				*out++ = *++s;
			else
				*out++ = *s;
		} else if (*s == '\'' || *s == '"') {
			quote = *s;
		} else if (*s == '\\' && s[1]) {
			*out++ = *++s;
		} else {
			*out++ = *s;
		}
	}
	*out = '\0';
	return quote ? -1 : 0;
}

static int conf_line(struct conf *c, char *line, unsigned long lineno,
		     struct err *e)
{
	char *p = line + strspn(line, " \t"), *eq;

	p[strcspn(p, "\r\n")] = '\0';
	if (!*p || *p == '#')
		return 0;
	eq = strchr(p, '=');
	if (!eq || eq == p)
		return err_set(e, "%s:%lu: '%.60s' is not KEY=VALUE; plan the cell again",
			       c->path, lineno, p);
	*eq++ = '\0';
	if (unquote(eq))
		return err_set(e,
			       "%s:%lu: a quote in the value of %.60s does not end; plan the cell again",
			       c->path, lineno, p);
	c->kv = mem_grow(c->kv, c->n, &c->cap, sizeof(*c->kv));
	c->kv[c->n++] = (struct kv){ mem_strdup(p), mem_strdup(eq), lineno };
	return 0;
}

static int conf_read(struct conf *c, struct err *e)
{
	FILE *f = fopen(c->path, "re");
	unsigned long lineno = 0;
	char *line = NULL;
	size_t cap = 0;
	int rc = 0;

	if (!f)
		return err_set(e, "%s: %s; plan the cell again", c->path,
			       strerror(errno));
	while (!rc && getline(&line, &cap, f) >= 0)
		rc = conf_line(c, line, ++lineno, e);
	if (!rc && ferror(f))
		rc = err_set(e, "%s: cannot read: %s", c->path, strerror(errno));
	free(line);
	fclose(f);
	return rc;
}

static void conf_free(struct conf *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->kv[i].key);
		free(c->kv[i].val);
	}
	free(c->kv);
	free(c->path);
}

static const struct kv *conf_find(const struct conf *c, const char *key)
{
	/* the last one counts, as it does for a shell */
	for (size_t i = c->n; i-- > 0;)
		if (!strcmp(c->kv[i].key, key))
			return &c->kv[i];
	return NULL;
}

static int conf_str(const struct conf *c, const char *key, char **out,
		    const char *fallback, struct err *e)
{
	const struct kv *kv = conf_find(c, key);

	if (!kv && !fallback)
		return err_set(e, "%s: no %s; plan the cell again", c->path, key);
	*out = mem_strdup(kv ? kv->val : fallback);
	return 0;
}

/* A number in [lo, hi]; absent or empty gives the fallback unless that is NaN. */
static int conf_num(const struct conf *c, const char *key, double *out,
		    double fallback, double lo, double hi, struct err *e)
{
	const struct kv *kv = conf_find(c, key);
	char *end;
	double v;

	if (!kv || !*kv->val) {
		if (isnan(fallback))
			return err_set(e, "%s: no %s; plan the cell again",
				       c->path, key);
		*out = fallback;
		return 0;
	}
	v = strtod(kv->val, &end);
	if (*end || end == kv->val || !isfinite(v))
		return err_set(e, "%s:%lu: %s=%.40s is not a number; plan the cell again",
			       c->path, kv->line, key, kv->val);
	if (v < lo || v > hi)
		return err_set(e, "%s:%lu: %s=%.40s is outside %.15g to %.15g; plan the cell again",
			       c->path, kv->line, key, kv->val, lo, hi);
	*out = v;
	return 0;
}

static int load_flow(struct cell *c, const struct conf *conf, size_t i,
		     struct err *e)
{
	struct cell_flow *f = &c->flow[i];
	char key[64];

#define FLOW_KEY(what) \
	(snprintf(key, sizeof(key), "FLOW%zu_" what, i + 1), key)

	if (conf_str(conf, FLOW_KEY("CC"), &f->cc, NULL, e) ||
	    conf_num(conf, FLOW_KEY("START_US"), &f->start_us, 0, 0,
		     c->duration_us, e) ||
	    conf_num(conf, FLOW_KEY("STOP_US"), &f->stop_us, 0, 0,
		     c->duration_us, e) ||
	    conf_num(conf, FLOW_KEY("RTT_US"), &f->rtt_us, c->rtt_us, 0, 1e9,
		     e) ||
	    conf_num(conf, FLOW_KEY("BYTES"), &f->bytes, 0, 0, 1e15, e))
		return -1;
#undef FLOW_KEY
	f->under_test = !strcmp(f->cc, c->cc);
	if (f->stop_us == 0)
		f->stop_us = c->duration_us;
	if (f->stop_us <= f->start_us)
		return err_set(e, "%s: flow %zu stops before it starts; plan the cell again",
			       conf->path, i + 1);
	return 0;
}

/* The events' optional keys say by their absence that nothing changes. */
static int load_event(struct cell *c, const struct conf *conf, size_t i,
		      struct err *e)
{
	struct cell_event *ev = &c->event[i];
	char key[64];

	snprintf(key, sizeof(key), "EVENT%zu_AT_US", i + 1);
	if (conf_num(conf, key, &ev->at_us, NAN, 0, 1e12, e))
		return -1;
	if (i && ev->at_us < c->event[i - 1].at_us)
		return err_set(e, "%s: event %zu comes before event %zu; plan the cell again",
			       conf->path, i + 1, i);
	snprintf(key, sizeof(key), "EVENT%zu_RATE_BPS", i + 1);
	if (conf_num(conf, key, &ev->rate_bps, 0, 0, 1e12, e))
		return -1;
	if (ev->rate_bps == 0)
		ev->rate_bps = NAN;
	snprintf(key, sizeof(key), "EVENT%zu_RTT_US", i + 1);
	if (conf_num(conf, key, &ev->rtt_us, -1, -1, 1e9, e))
		return -1;
	if (ev->rtt_us < 0)
		ev->rtt_us = NAN;
	snprintf(key, sizeof(key), "EVENT%zu_LOSS_PPM", i + 1);
	if (conf_num(conf, key, &ev->loss_ppm, -1, -1, 1e6, e))
		return -1;
	if (ev->loss_ppm < 0)
		ev->loss_ppm = NAN;
	return 0;
}

static int load_expect(struct cell *c, const struct conf *conf, size_t i,
		       struct err *e)
{
	struct cell_expect *x = &c->expect[i];
	char key[64];

	snprintf(key, sizeof(key), "EXPECT%zu_METRIC", i + 1);
	if (conf_str(conf, key, &x->metric, NULL, e))
		return -1;
	snprintf(key, sizeof(key), "EXPECT%zu_SOURCE", i + 1);
	if (conf_str(conf, key, &x->source, "", e))
		return -1;
	snprintf(key, sizeof(key), "EXPECT%zu_LOW", i + 1);
	if (conf_num(conf, key, &x->low, -INFINITY, -1e18, 1e18, e))
		return -1;
	snprintf(key, sizeof(key), "EXPECT%zu_HIGH", i + 1);
	if (conf_num(conf, key, &x->high, INFINITY, -1e18, 1e18, e))
		return -1;
	if (isinf(x->low) && isinf(x->high))
		return err_set(e,
			       "%s: expectation %zu has neither bound, so it says nothing; plan the cell again",
			       conf->path, i + 1);
	if (x->low > x->high)
		return err_set(e,
			       "%s: expectation %zu has its low bound above its high one; plan the cell again",
			       conf->path, i + 1);
	return 0;
}

static int load_lists(struct cell *c, const struct conf *conf, struct err *e)
{
	double flows, events, params, expects;
	char key[64];

	if (conf_num(conf, "FLOWS", &flows, NAN, 1, CELL_MAX_FLOWS, e) ||
	    conf_num(conf, "EVENTS", &events, 0, 0, CELL_MAX_EVENTS, e) ||
	    conf_num(conf, "PARAMS", &params, 0, 0, CELL_MAX_PARAMS, e) ||
	    conf_num(conf, "EXPECTS", &expects, 0, 0, CELL_MAX_EXPECTS, e))
		return -1;
	c->nflows = (size_t)flows;
	c->flow = mem_zalloc(c->nflows, sizeof(*c->flow));
	for (size_t i = 0; i < c->nflows; i++)
		if (load_flow(c, conf, i, e))
			return -1;
	c->nevents = (size_t)events;
	c->event = mem_zalloc(c->nevents, sizeof(*c->event));
	for (size_t i = 0; i < c->nevents; i++)
		if (load_event(c, conf, i, e))
			return -1;
	c->nparams = (size_t)params;
	c->param = mem_zalloc(c->nparams, sizeof(*c->param));
	for (size_t i = 0; i < c->nparams; i++) {
		snprintf(key, sizeof(key), "PARAM%zu", i + 1);
		if (conf_str(conf, key, &c->param[i], NULL, e))
			return -1;
	}
	c->nexpects = (size_t)expects;
	c->expect = mem_zalloc(c->nexpects, sizeof(*c->expect));
	for (size_t i = 0; i < c->nexpects; i++)
		if (load_expect(c, conf, i, e))
			return -1;
	return 0;
}

/**
 * cell_load() - read DIR/cell.conf
 * @c: filled; pass to cell_free() whatever the outcome
 * @dir: the cell's directory
 * @e: the error
 *
 * Return: 0 or -1.
 */
int cell_load(struct cell *c, const char *dir, struct err *e)
{
	struct conf conf = { 0 };
	int rc = -1;

	memset(c, 0, sizeof(*c));
	c->dir = mem_strdup(dir);
	if (asprintf(&conf.path, "%s/cell.conf", dir) < 0)
		conf.path = mem_check(NULL);
	if (!conf_read(&conf, e) &&
	    !conf_str(&conf, "SCENARIO", &c->scenario, NULL, e) &&
	    !conf_str(&conf, "TITLE", &c->title, "", e) &&
	    !conf_str(&conf, "CELL", &c->id, NULL, e) &&
	    !conf_str(&conf, "CC", &c->cc, NULL, e) &&
	    !conf_str(&conf, "POINT", &c->point, "", e) &&
	    !conf_num(&conf, "SEED", &c->seed, NAN, 0, 1e15, e) &&
	    !conf_num(&conf, "ORDER", &c->order, 0, 0, 1e9, e) &&
	    !conf_num(&conf, "RATE_BPS", &c->rate_bps, NAN, 1, 1e12, e) &&
	    !conf_num(&conf, "RTT_US", &c->rtt_us, NAN, 0, 1e9, e) &&
	    !conf_num(&conf, "BUFFER_PKTS", &c->buffer_pkts, NAN, 0, 1e9, e) &&
	    !conf_str(&conf, "BUFFER_TEXT", &c->buffer_text, "", e) &&
	    !conf_num(&conf, "DURATION_US", &c->duration_us, NAN, 1, 1e11, e) &&
	    !conf_num(&conf, "WARMUP_US", &c->warmup_us, 0, 0, 1e11, e) &&
	    !conf_num(&conf, "LOSS_PPM", &c->loss_ppm, 0, 0, 1e6, e) &&
	    !conf_num(&conf, "DROP_EVERY", &c->drop_every, 0, 0, 1e12, e) &&
	    !conf_num(&conf, "MARK_AT_US", &c->mark_us, 0, 0, 1e9, e) &&
	    !load_lists(c, &conf, e))
		rc = 0;
	if (!rc && c->warmup_us >= c->duration_us)
		rc = err_set(e, "%s: the warm-up is as long as the run; plan the cell again",
			     conf.path);
	conf_free(&conf);
	return rc;
}

/**
 * cell_free() - release what cell_load() allocated
 * @c: the cell
 */
void cell_free(struct cell *c)
{
	for (size_t i = 0; c->flow && i < c->nflows; i++)
		free(c->flow[i].cc);
	for (size_t i = 0; c->param && i < c->nparams; i++)
		free(c->param[i]);
	for (size_t i = 0; c->expect && i < c->nexpects; i++) {
		free(c->expect[i].metric);
		free(c->expect[i].source);
	}
	free(c->flow);
	free(c->event);
	free(c->expect);
	free(c->param);
	free(c->dir);
	free(c->scenario);
	free(c->title);
	free(c->buffer_text);
	free(c->id);
	free(c->cc);
	free(c->point);
	memset(c, 0, sizeof(*c));
}

/**
 * cell_rate_at() - the bottleneck's rate
 * @c: the cell
 * @t_us: time after T0
 *
 * Return: bits per second; an event at @t_us has happened.
 */
double cell_rate_at(const struct cell *c, double t_us)
{
	double rate = c->rate_bps;

	for (size_t i = 0; i < c->nevents && c->event[i].at_us <= t_us; i++)
		if (!isnan(c->event[i].rate_bps))
			rate = c->event[i].rate_bps;
	return rate;
}

/**
 * cell_capacity_bits() - what the bottleneck could have carried
 * @c: the cell
 * @t0_us: from
 * @t1_us: to
 *
 * Return: bits, following the events that change the rate.
 */
double cell_capacity_bits(const struct cell *c, double t0_us, double t1_us)
{
	double bits = 0, t = t0_us;

	for (size_t i = 0; i < c->nevents; i++) {
		double at = c->event[i].at_us;

		if (at <= t)
			continue;
		if (at >= t1_us)
			break;
		bits += cell_rate_at(c, t) * (at - t) / 1e6;
		t = at;
	}
	return bits + cell_rate_at(c, t) * (t1_us - t) / 1e6;
}

/**
 * cell_base_rtt_us() - RTT of a flow on the empty path
 * @c: the cell
 * @flow: its index from 0
 *
 * Return: its path delay and one full packet's serialisation, microseconds.
 */
double cell_base_rtt_us(const struct cell *c, size_t flow)
{
	return c->flow[flow].rtt_us + CELL_WIRE_BYTES * 8 * 1e6 / c->rate_bps;
}

/**
 * cell_bdp_bytes() - bandwidth-delay product at T0
 * @c: the cell
 *
 * Return: bytes on the wire: rate times path delay.
 */
double cell_bdp_bytes(const struct cell *c)
{
	return c->rate_bps * c->rtt_us / 8e6;
}
