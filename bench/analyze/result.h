/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The result file: what was run, what it was made of, what came out.
 */
#ifndef WEIR_ANALYZE_RESULT_H
#define WEIR_ANALYZE_RESULT_H

#include <jansson.h>
#include <stddef.h>

#include "err.h"
#include "run.h"

json_t *result_json(const char *dir, const char *scenario,
		    const struct run *run, size_t n, size_t failed,
		    json_t *skipped, struct err *e);

#endif
