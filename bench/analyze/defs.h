/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each metric means, in one place: for --metrics, for the report's page
 * and for refusing a scenario that expects something that is not measured.
 */
#ifndef WEIR_ANALYZE_DEFS_H
#define WEIR_ANALYZE_DEFS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct metric_def - a metric and its meaning
 * @scope: "total", "link", "fairness" or "flow": its group in a run
 * @name: as in the result, without a flow's prefix
 * @text: its definition
 */
struct metric_def {
	const char *scope;
	const char *name;
	const char *text;
};

extern const struct metric_def metric_defs[];
extern const size_t metric_defs_n;

bool metric_defined(const char *name);
json_t *metric_defs_json(void);

#endif
