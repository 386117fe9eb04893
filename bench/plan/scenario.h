/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A scenario file as it is written: keys, texts and lines, not yet resolved.
 */
#ifndef WEIR_PLAN_SCENARIO_H
#define WEIR_PLAN_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

#define SWEEPS_MAX	2
#define SWEEP_KEYS_MAX	4
#define SWEEP_VALUES_MAX 64
#define ITEMS_MAX	256
#define CCS_MAX		32

/**
 * struct item - one line
 * @key: what is before the "="
 * @value: what is after it
 * @line: its number
 */
struct item {
	char *key;
	char *value;
	unsigned int line;
};

/**
 * struct sweep - values that one key, or several together, take in turn
 * @key: the keys; the first names the point
 * @keys: how many
 * @value: [position][key]
 * @values: how many positions
 * @line: its line
 */
struct sweep {
	char *key[SWEEP_KEYS_MAX];
	size_t keys;
	char *value[SWEEP_VALUES_MAX][SWEEP_KEYS_MAX];
	size_t values;
	unsigned int line;
};

/**
 * struct scenario - a scenario file
 * @path: the file
 * @name: its name without folder and ending
 * @item: its lines, in order
 * @items: how many
 * @sweep: its sweeps
 * @sweeps: how many
 */
struct scenario {
	const char *path;
	char name[64];
	struct item item[ITEMS_MAX];
	size_t items;
	struct sweep sweep[SWEEPS_MAX];
	size_t sweeps;
};

void scenario_read(struct scenario *s, const char *path);
const struct item *scenario_find(const struct scenario *s, const char *key);
const struct item *scenario_next(const struct scenario *s, const char *key,
				 const struct item *after);
size_t words(char *text, const char *separators, char **word, size_t max);
char *duplicate(const char *text);

#endif
