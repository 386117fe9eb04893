/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Arithmetic in expectations: numbers, names, + - * / ( ), sqrt() min() max().
 */
#ifndef WEIR_PLAN_EXPR_H
#define WEIR_PLAN_EXPR_H

#include <stdbool.h>

/**
 * typedef expr_lookup - the value of a name
 * @ctx: whatever the caller of expr_eval() passed
 * @name: the name
 * @value: result
 *
 * Return: false if there is no such name.
 */
typedef bool (*expr_lookup)(const void *ctx, const char *name, double *value);

const char *expr_eval(const char *text, expr_lookup lookup, const void *ctx,
		      double *value);

#endif
