/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Our figures against those of the tools people use.
 */
#ifndef WEIR_ANALYZE_CHECK_H
#define WEIR_ANALYZE_CHECK_H

#include <jansson.h>
#include <stddef.h>

#include "cell.h"
#include "flow.h"
#include "metric.h"

void check_iperf(const struct cell *c, const struct flow *f, size_t i,
		 struct metrics *out, json_t *warnings);

#endif
