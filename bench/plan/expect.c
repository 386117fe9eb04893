// SPDX-License-Identifier: GPL-2.0
/*
 * Expectations: METRIC [cc=NAME,…] [KEY=VALUE …] : BAND ; SOURCE
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cell.h"
#include "expr.h"
#include "fail.h"
#include "units.h"

#define SELECTORS_MAX	8

/* Names that an expression may use, at this cell. */
static bool value_of(const void *ctx, const char *name, double *v)
{
	const struct cell *c = ctx;
	const struct {
		const char *name;
		double value;
	} names[] = {
		{ "rate", c->rate_bps },
		{ "rtt", c->rtt_us / 1e6 },
		{ "ser", WIRE_BYTES * 8.0 / c->rate_bps },
		{ "bdp", bdp_packets(c->rate_bps, c->rtt_us) },
		{ "buffer", c->buffer_pkts },
		{ "mss", MSS_BYTES },
		{ "wire", WIRE_BYTES },
		{ "loss", c->loss_ppm / 1e6 },
		{ "mark_at", c->mark_us / 1e6 },
		{ "flows", c->flows },
		{ "drop_every", c->drop_every },
		{ "duration", c->duration_us / 1e6 },
		{ "warmup", c->warmup_us / 1e6 },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(names[i].name, name)) {
			*v = names[i].value;
			return true;
		}
	}
	for (size_t i = 0; i < c->params; i++) {
		if (!strcmp(c->param[i].name, name)) {
			*v = c->param[i].value;
			return true;
		}
	}
	return false;
}

static double bound(const struct cell *c, const struct item *it, const char *text)
{
	double v;
	const char *why;

	if (!text[strspn(text, " \t")])
		return NAN;
	why = expr_eval(text, value_of, c, &v);
	if (why)
		fail_at(c->scenario->path, it->line, "cannot compute '%s': %s", text, why);
	return v;
}

/* "LOW..HIGH", or "CENTRE +-WIDTH" where the width may be in percent */
static void band(const struct cell *c, const struct item *it, char *text, struct expect *x)
{
	char *width = strstr(text, "+-"), *dots = strstr(text, "..");
	double centre, w;

	if (width) {
		char *percent = strrchr(width, '%');

		*width = '\0';
		centre = bound(c, it, text);
		if (percent)
			*percent = '\0';
		w = bound(c, it, width + 2);
		if (percent)
			w *= fabs(centre) / 100;
		x->low = centre - w;
		x->high = centre + w;
	} else if (dots) {
		*dots = '\0';
		x->low = bound(c, it, text);
		x->high = bound(c, it, dots + 2);
	} else {
		fail_at(c->scenario->path, it->line, "'%s' is no band; write LOW..HIGH or CENTRE +-WIDTH", text);
	}
	if (isnan(x->low) && isnan(x->high))
		fail_at(c->scenario->path, it->line, "the band is open on both sides; write at least one bound");
	if (x->low > x->high)
		fail_at(c->scenario->path, it->line, "the band's lower bound lies above its upper one");
}

static bool names_cc(const char *list, const char *cc)
{
	char *text = duplicate(list), *word[CCS_MAX];
	size_t n = words(text, ",", word, CCS_MAX);
	bool found = false;

	for (size_t i = 0; i < n && i < CCS_MAX; i++)
		found |= !strcmp(word[i], cc);
	return found;
}

static bool selects(const struct cell *c, const struct item *it, char *selector)
{
	char *equals = strchr(selector, '=');

	if (!equals)
		fail_at(c->scenario->path, it->line, "'%s' is no selector; write cc=NAME or KEY=VALUE", selector);
	*equals = '\0';
	if (!strcmp(selector, "cc"))
		return names_cc(equals + 1, c->cc);
	for (size_t i = 0; i < c->point->bindings; i++)
		if (!strcmp(c->point->binding[i].key, selector))
			return !strcmp(c->point->binding[i].value, equals + 1);
	fail_at(c->scenario->path, it->line, "'%s' is not swept here; select by cc or a swept key", selector);
}

static void add_expect(struct cell *c, const struct item *it)
{
	char *text = duplicate(it->value), *colon = strchr(text, ':');
	char *source = colon ? strchr(colon, ';') : NULL;
	char *word[SELECTORS_MAX];
	struct expect x = { 0 };
	size_t n;

	if (!source)
		fail_at(c->scenario->path, it->line, "an expectation is 'METRIC [selectors] : BAND ; SOURCE'");
	*colon = '\0';
	*source = '\0';
	n = words(text, " \t", word, SELECTORS_MAX);
	if (!n || n > SELECTORS_MAX)
		fail_at(c->scenario->path, it->line, "an expectation names a metric and at most %d selectors",
			SELECTORS_MAX - 1);
	x.metric = word[0];
	x.source = source + 1 + strspn(source + 1, " \t");
	if (!*x.source)
		fail_at(c->scenario->path, it->line, "an expectation says where its band comes from; write it after the ';'");
	for (size_t i = 1; i < n; i++)
		if (!selects(c, it, word[i]))
			return;
	band(c, it, colon + 1, &x);
	if (c->expects == EXPECTS_MAX)
		fail_at(c->scenario->path, it->line, "more than %d expectations", EXPECTS_MAX);
	c->expect[c->expects++] = x;
}

/**
 * cell_expects() - the expectations that apply to a cell
 * @c: the cell, otherwise resolved
 */
void cell_expects(struct cell *c)
{
	for (const struct item *it = NULL; (it = scenario_next(c->scenario, "expect", it));)
		add_expect(c, it);
}
