/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A curve for a plot, with no more points than the plot has pixels.
 *
 * Time is cut into columns; each keeps its smallest and its largest sample,
 * in the order they came.  The drawn line then touches the same pixels as one
 * through all samples, so no spike is lost, and the size does not depend on
 * the length of the run.
 */
#ifndef WEIR_ANALYZE_SERIES_H
#define WEIR_ANALYZE_SERIES_H

#include <jansson.h>
#include <stdbool.h>

#include "trace.h"

/**
 * struct series - a curve in the making
 * @width_us: of a column; 0: the curve is not wanted
 * @col: number of the current column
 * @any: the current column has a sample
 * @tmin: time of its smallest value
 * @vmin: that value
 * @tmax: time of its largest value
 * @vmax: that value
 * @out: the points so far
 */
struct series {
	double width_us;
	double col;
	bool any;
	double tmin, vmin;
	double tmax, vmax;
	struct trace out;
};

void series_init(struct series *s, double span_us, int columns);
void series_add(struct series *s, double t_us, double v);
json_t *series_json(struct series *s, double scale);
void series_free(struct series *s);

#endif
