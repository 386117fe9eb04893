// SPDX-License-Identifier: GPL-2.0
/*
 * From texts to numbers: what a scenario means at one point for one algorithm.
 */
#include <stdio.h>
#include <string.h>

#include "algorithms.h"
#include "cell.h"
#include "fail.h"
#include "units.h"

/* The text of a key at a point: the sweep's, else the file's, else NULL. */
static const char *text_of(const struct cell *c, const char *key, unsigned int *line)
{
	const struct item *it;

	for (size_t i = 0; i < c->point->bindings; i++) {
		if (!strcmp(c->point->binding[i].key, key)) {
			*line = c->point->binding[i].line;
			return c->point->binding[i].value;
		}
	}
	it = scenario_find(c->scenario, key);
	*line = it ? it->line : 0;
	return it ? it->value : NULL;
}

static void check(const struct cell *c, unsigned int line, const char *key,
		  const char *text, const char *why)
{
	if (why)
		fail_at(c->scenario->path, line, "%s = %s %s", key, text, why);
}

/* One quantity; @def if the scenario does not name it. */
static int64_t quantity(const struct cell *c, const char *key, int64_t def,
			const char *(*unit)(const char *, int64_t *))
{
	unsigned int line;
	const char *text = text_of(c, key, &line);
	int64_t v = def;

	if (text)
		check(c, line, key, text, unit(text, &v));
	return v;
}

static const char *unit_drop_every(const char *text, int64_t *n)
{
	return unit_count(text, 2, 1000000000, n);
}

/* "off", or how long a packet may wait unmarked */
static const char *unit_mark_at(const char *text, int64_t *us)
{
	*us = 0;
	if (!strcmp(text, "off"))
		return NULL;
	if (unit_rtt(text, us))
		return "is not a time of 0.01ms to 10s; write one, like 1ms, or off";
	return NULL;
}

static const char *unit_flows(const char *text, int64_t *n)
{
	return unit_count(text, 1, FLOWS_MAX, n);
}

static const char *unit_yes_no(const char *text, int64_t *yes)
{
	*yes = !strcmp(text, "yes");
	return *yes || !strcmp(text, "no") ? NULL : "is neither yes nor no; write one of them";
}

static const char *unit_duration(const char *text, int64_t *us)
{
	const char *why = unit_time(text, us);

	return why || *us ? why : "is no time at all; write at least 1s";
}

static void resolve_path(struct cell *c)
{
	unsigned int line;

	c->rate_bps = quantity(c, "rate", 0, unit_rate);
	c->rtt_us = quantity(c, "rtt", 0, unit_rtt);
	c->loss_ppm = quantity(c, "loss", 0, unit_loss);
	c->drop_every = quantity(c, "drop-every", 0, unit_drop_every);
	c->quickack = quantity(c, "quickack", 0, unit_yes_no);
	c->mark_us = quantity(c, "mark-at", 0, unit_mark_at);
	c->trace = quantity(c, "trace", 0, unit_yes_no);
	c->duration_us = quantity(c, "duration", 0, unit_duration);
	c->warmup_us = quantity(c, "warmup", 0, unit_time);
	c->buffer_text = text_of(c, "buffer", &line);
	check(c, line, "buffer", c->buffer_text,
	      unit_packets(c->buffer_text, bdp_packets(c->rate_bps, c->rtt_us),
			   &c->buffer_pkts));
	text_of(c, "mark-at", &line);
	if (c->mark_us && c->loss_ppm)
		fail_at(c->scenario->path, line, "a bottleneck that marks has no random loss; use drop-every");
	text_of(c, "warmup", &line);
	if (c->warmup_us >= c->duration_us)
		fail_at(c->scenario->path, line, "the warm-up is not shorter than the duration; shorten it");
}

/* "start=0s rtt=80ms …": the words of a flow or an event */
static size_t options(const struct cell *c, const struct item *it, char **word, size_t max)
{
	size_t n = words(duplicate(it->value), " \t", word, max);

	if (n > max)
		fail_at(c->scenario->path, it->line, "more than %zu words; remove some", max);
	return n;
}

/* Cut "rtt=80ms" at the "="; returns the value. */
static char *option_value(const struct cell *c, const struct item *it, char *word)
{
	char *equals = strchr(word, '=');

	if (!equals)
		fail_at(c->scenario->path, it->line, "'%s' has no '='; write name=value", word);
	*equals = '\0';
	return equals + 1;
}

static void add_flows(struct cell *c, const struct item *it, struct flow f,
		      int64_t count, int64_t every_us)
{
	int64_t length_us = f.stop_us - f.start_us;

	for (int64_t i = 0; i < count; i++, f.start_us += every_us) {
		if (f.start_us >= c->duration_us)
			fail_at(c->scenario->path, it->line, "a flow starts when the run is over; start it earlier");
		f.stop_us = f.start_us + length_us;
		if (f.stop_us > c->duration_us)
			f.stop_us = c->duration_us;
		if (c->flows == FLOWS_MAX)
			fail_at(c->scenario->path, it->line, "more than %d flows; the lab carries no more",
				FLOWS_MAX);
		c->flow[c->flows++] = f;
	}
}

static void resolve_flow(struct cell *c, const struct item *it)
{
	struct flow f = { .cc = c->cc, .stop_us = -1, .rtt_us = c->rtt_us };
	int64_t count = 1, every_us = 0;
	const char *path = c->scenario->path;
	char *word[16];
	size_t n = options(c, it, word, 16);

	for (size_t i = 0; i < n; i++) {
		char *v = option_value(c, it, word[i]);
		const char *why = NULL;

		if (!strcmp(word[i], "cc"))
			f.cc = strcmp(v, "@") ? v : c->cc;
		else if (!strcmp(word[i], "start"))
			why = unit_time(v, &f.start_us);
		else if (!strcmp(word[i], "stop"))
			why = unit_time(v, &f.stop_us);
		else if (!strcmp(word[i], "rtt"))
			why = unit_rtt(v, &f.rtt_us);
		else if (!strcmp(word[i], "bytes"))
			why = unit_bytes(v, &f.bytes);
		else if (!strcmp(word[i], "count"))
			why = unit_count(v, 1, FLOWS_MAX, &count);
		else if (!strcmp(word[i], "every"))
			why = unit_time(v, &every_us);
		else
			fail_at(path, it->line, "a flow has no '%s'; it has cc start stop rtt bytes count every",
				word[i]);
		check(c, it->line, word[i], v, why);
	}
	if (!algorithm_known(f.cc))
		fail_at(path, it->line, "there is no algorithm '%s'; use one of weir's or the kernel's own",
			f.cc);
	if (f.stop_us >= 0 && (f.stop_us <= f.start_us || f.stop_us > c->duration_us))
		fail_at(path, it->line, "a flow must stop after it starts and before the run ends; mend stop");
	if (f.stop_us >= 0 && (f.stop_us - f.start_us) % 1000000)
		fail_at(path, it->line, "a flow lasts whole seconds; move start or stop");
	if (f.stop_us < 0)
		f.stop_us = count > 1 ? f.start_us + DURATION_MAX_US : c->duration_us;
	add_flows(c, it, f, count, every_us);
}

static void resolve_event(struct cell *c, const struct item *it)
{
	struct event e = { .rate_bps = UNCHANGED, .loss_ppm = UNCHANGED, .rtt_us = UNCHANGED };
	const char *path = c->scenario->path;
	char *word[8];
	size_t n = options(c, it, word, 8);

	if (n < 2)
		fail_at(path, it->line, "an event is a time and what changes, like '10s rate=20mbit'");
	check(c, it->line, "at", word[0], unit_time(word[0], &e.at_us));
	for (size_t i = 1; i < n; i++) {
		char *v = option_value(c, it, word[i]);
		const char *why;

		if (!strcmp(word[i], "rate"))
			why = unit_rate(v, &e.rate_bps);
		else if (!strcmp(word[i], "loss"))
			why = unit_loss(v, &e.loss_ppm);
		else if (!strcmp(word[i], "rtt"))
			why = unit_rtt(v, &e.rtt_us);
		else
			fail_at(path, it->line, "an event changes rate, loss or rtt, not '%s'", word[i]);
		check(c, it->line, word[i], v, why);
	}
	if (c->mark_us && e.loss_ppm != UNCHANGED)
		fail_at(path, it->line, "a bottleneck that marks has no random loss; change its rate or rtt");
	if (e.at_us >= c->duration_us)
		fail_at(path, it->line, "the event comes when the run is over; move it");
	if (c->events && e.at_us < c->event[c->events - 1].at_us)
		fail_at(path, it->line, "events stand in the order of their times; move the line");
	if (c->events == EVENTS_MAX)
		fail_at(path, it->line, "more than %d events", EVENTS_MAX);
	c->event[c->events++] = e;
}

/* Without a flow line: as many flows of the algorithm under test as "flows" says. */
static void default_flows(struct cell *c)
{
	struct flow f = { .cc = c->cc, .stop_us = c->duration_us, .rtt_us = c->rtt_us };
	int64_t n = quantity(c, "flows", 1, unit_flows);

	while (n--)
		c->flow[c->flows++] = f;
}

static void resolve_flows(struct cell *c)
{
	const struct item *it = NULL;
	unsigned int line;

	while ((it = scenario_next(c->scenario, "flow", it)))
		resolve_flow(c, it);
	if (!c->flows)
		default_flows(c);
	else if (text_of(c, "flows", &line))
		fail_at(c->scenario->path, line, "'flows' and a 'flow' line contradict each other; use count= in the flow line");
}

static bool cell_uses(const struct cell *c, const char *cc, size_t len)
{
	for (size_t i = 0; i < c->flows; i++)
		if (strlen(c->flow[i].cc) == len && !strncmp(c->flow[i].cc, cc, len))
			return true;
	return false;
}

/* "weir_fixed.cwnd" set to @text, if this cell has a flow that uses weir_fixed */
static void set_param(struct cell *c, const char *name, const char *text, unsigned int line)
{
	const char *dot = strchr(name, '.'), *why;
	int64_t value;

	if (!dot || dot == name || !dot[1] || strpbrk(name, "/ \t"))
		fail_at(c->scenario->path, line, "'%s' names no parameter; write module.parameter, like weir_fixed.cwnd",
			name);
	if (strpbrk(text, "bp"))
		why = unit_packets(text, bdp_packets(c->rate_bps, c->rtt_us), &value);
	else
		why = unit_count(text, 0, UINT32_MAX, &value);
	check(c, line, name, text, why);
	check(c, line, name, text, algorithm_param(name, dot - name, dot + 1, value));
	if (!cell_uses(c, name, dot - name))
		return;
	for (size_t i = 0; i < c->params; i++) {
		if (!strcmp(c->param[i].name, name)) {
			c->param[i].value = value;
			return;
		}
	}
	if (c->params == PARAMS_MAX)
		fail_at(c->scenario->path, line, "more than %d parameters", PARAMS_MAX);
	c->param[c->params++] = (struct param){ .name = name, .value = value };
}

static void resolve_params(struct cell *c)
{
	for (const struct item *it = NULL; (it = scenario_next(c->scenario, "param", it));) {
		char *text = duplicate(it->value), *word[3], *equals = strchr(text, '=');

		if (equals)
			*equals = ' ';
		if (words(text, " \t", word, 3) != 2)
			fail_at(c->scenario->path, it->line, "a parameter is 'param = module.name = value'");
		set_param(c, word[0], word[1], it->line);
	}
	for (size_t i = 0; i < c->point->bindings; i++) {
		const struct binding *b = &c->point->binding[i];

		if (strchr(b->key, '.'))
			set_param(c, b->key, b->value, b->line);
	}
}

/**
 * cell_resolve() - everything about a cell but its seed
 * @c: result
 * @s: the scenario
 * @p: the point
 * @cc: the algorithm under test
 *
 * Ends the program with status 2 if the scenario breaks a rule at this point.
 */
void cell_resolve(struct cell *c, const struct scenario *s, const struct point *p,
		  const char *cc)
{
	memset(c, 0, sizeof(*c));
	c->scenario = s;
	c->point = p;
	c->cc = cc;
	c->title = scenario_find(s, "title")->value;
	resolve_path(c);
	resolve_flows(c);
	for (const struct item *it = NULL; (it = scenario_next(s, "at", it));)
		resolve_event(c, it);
	resolve_params(c);
	cell_expects(c);
}
