// SPDX-License-Identifier: GPL-2.0
#include "series.h"

#include <math.h>
#include <string.h>

#include "metric.h"

/**
 * series_init() - start a curve
 * @s: filled
 * @span_us: length of the time axis, from 0
 * @columns: of the plot; 0: drop everything
 */
void series_init(struct series *s, double span_us, int columns)
{
	memset(s, 0, sizeof(*s));
	if (columns > 0)
		s->width_us = span_us / columns;
}

/* Of three equal values in a row the middle one adds nothing to a line. */
static void series_emit(struct series *s, double t, double v)
{
	struct trace *o = &s->out;

	if (o->n >= 2 && o->v[o->n - 1] == v && o->v[o->n - 2] == v)
		o->t[o->n - 1] = t;
	else
		trace_add(o, t, v);
}

static void series_flush(struct series *s)
{
	if (!s->any)
		return;
	if (s->tmin < s->tmax) {
		series_emit(s, s->tmin, s->vmin);
		series_emit(s, s->tmax, s->vmax);
	} else if (s->tmin > s->tmax) {
		series_emit(s, s->tmax, s->vmax);
		series_emit(s, s->tmin, s->vmin);
	} else {
		series_emit(s, s->tmin, s->vmin);
	}
	s->any = false;
}

/**
 * series_add() - the next sample
 * @s: the curve
 * @t_us: microseconds, not before the last
 * @v: the value; NaN leaves the sample out
 */
void series_add(struct series *s, double t_us, double v)
{
	double col;

	if (s->width_us <= 0 || isnan(v))
		return;
	col = floor(t_us / s->width_us);
	if (s->any && col != s->col)
		series_flush(s);
	s->col = col;
	if (!s->any || v < s->vmin) {
		s->tmin = t_us;
		s->vmin = v;
	}
	if (!s->any || v > s->vmax) {
		s->tmax = t_us;
		s->vmax = v;
	}
	s->any = true;
}

/**
 * series_json() - the finished curve
 * @s: the curve
 * @scale: rounding of the values, see round_json()
 *
 * Return: {"t_s": [...], "v": [...]}, a new reference.
 */
json_t *series_json(struct series *s, double scale)
{
	json_t *t = json_array(), *v = json_array();

	series_flush(s);
	for (size_t i = 0; i < s->out.n; i++) {
		json_array_append_new(t, round_json(s->out.t[i] / 1e6, 1e3));
		json_array_append_new(v, round_json(s->out.v[i], scale));
	}
	return json_pack("{s:o, s:o}", "t_s", t, "v", v);
}

/**
 * series_free() - drop the points
 * @s: becomes unwanted
 */
void series_free(struct series *s)
{
	trace_free(&s->out);
	memset(s, 0, sizeof(*s));
}
