/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a run says of itself: meta.json to remarks.
 */
#ifndef WEIR_ANALYZE_META_H
#define WEIR_ANALYZE_META_H

#include <jansson.h>

#include "cell.h"
#include "err.h"

int meta_check(const struct cell *c, json_t *warnings, struct err *e);

#endif
