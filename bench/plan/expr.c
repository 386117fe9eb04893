// SPDX-License-Identifier: GPL-2.0
/*
 * A recursive descent over
 *
 *	sum     = product { ("+" | "-") product }
 *	product = factor { ("*" | "/") factor }
 *	factor  = number | name | name "(" sum { "," sum } ")" | "(" sum ")" | "-" factor
 */
#include "expr.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES	64
#define DEPTH_MAX	32

/**
 * struct parse - where the evaluation is
 * @p: next character
 * @lookup: values of names
 * @ctx: its argument
 * @depth: nesting, so that "((((…" cannot exhaust the stack
 * @why: what is wrong, NULL while nothing is
 */
struct parse {
	const char *p;
	expr_lookup lookup;
	const void *ctx;
	int depth;
	const char *why;
};

static double sum(struct parse *s);

static double wrong(struct parse *s, const char *why)
{
	if (!s->why)
		s->why = why;
	return NAN;
}

static bool take(struct parse *s, char c)
{
	s->p += strspn(s->p, " \t");
	if (*s->p != c)
		return false;
	s->p++;
	return true;
}

/* sqrt(x), min(x, y), max(x, y); the opening parenthesis is behind us. */
static double call(struct parse *s, const char *name)
{
	double a = sum(s), b;

	if (!strcmp(name, "sqrt")) {
		if (!take(s, ')'))
			return wrong(s, "sqrt() takes one value");
		return sqrt(a);
	}
	if (strcmp(name, "min") && strcmp(name, "max"))
		return wrong(s, "only sqrt(), min() and max() are known");
	if (!take(s, ','))
		return wrong(s, "min() and max() take two values");
	b = sum(s);
	if (!take(s, ')'))
		return wrong(s, "min() and max() take two values");
	return name[1] == 'i' ? fmin(a, b) : fmax(a, b);
}

static double named(struct parse *s)
{
	static char why[NAME_BYTES + 64];
	char name[NAME_BYTES];
	size_t n = 0;
	double v;

	while (isalnum((unsigned char)*s->p) || *s->p == '_' || *s->p == '.') {
		if (n == sizeof(name) - 1)
			return wrong(s, "a name is too long");
		name[n++] = *s->p++;
	}
	name[n] = '\0';
	if (take(s, '('))
		return call(s, name);
	if (s->lookup(s->ctx, name, &v))
		return v;
	snprintf(why, sizeof(why), "'%s' has no value here", name);
	return wrong(s, why);
}

static double factor(struct parse *s)
{
	double v;
	char *end;

	if (++s->depth > DEPTH_MAX)
		return wrong(s, "nested too deeply");
	s->p += strspn(s->p, " \t");
	if (take(s, '-')) {
		v = -factor(s);
	} else if (take(s, '(')) {
		v = sum(s);
		if (!take(s, ')'))
			v = wrong(s, "a parenthesis is not closed");
	} else if (isdigit((unsigned char)*s->p)) {
		v = strtod(s->p, &end);
		s->p = end;
	} else if (isalpha((unsigned char)*s->p)) {
		v = named(s);
	} else {
		v = wrong(s, "a number or a name is missing");
	}
	s->depth--;
	return v;
}

static double product(struct parse *s)
{
	double v = factor(s);

	for (;;) {
		if (take(s, '*'))
			v *= factor(s);
		else if (take(s, '/'))
			v /= factor(s);
		else
			return v;
	}
}

static double sum(struct parse *s)
{
	double v = product(s);

	for (;;) {
		if (take(s, '+'))
			v += product(s);
		else if (take(s, '-'))
			v -= product(s);
		else
			return v;
	}
}

/**
 * expr_eval() - the value of an expression
 * @text: the expression
 * @lookup: values of names
 * @ctx: its argument
 * @value: result
 *
 * Return: NULL, or what is wrong with it.
 */
const char *expr_eval(const char *text, expr_lookup lookup, const void *ctx,
		      double *value)
{
	struct parse s = { .p = text, .lookup = lookup, .ctx = ctx };

	*value = sum(&s);
	s.p += strspn(s.p, " \t");
	if (!s.why && *s.p)
		s.why = "something follows the expression";
	if (!s.why && !isfinite(*value))
		s.why = "its value is not a finite number";
	return s.why;
}
