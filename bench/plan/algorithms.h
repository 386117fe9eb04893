/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which congestion controls there are, and their parameters.
 */
#ifndef WEIR_PLAN_ALGORITHMS_H
#define WEIR_PLAN_ALGORITHMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void algorithms_dir(const char *dir);
bool algorithm_known(const char *name);
const char *algorithm_param(const char *cc, size_t len, const char *param,
			    int64_t value);

#endif
