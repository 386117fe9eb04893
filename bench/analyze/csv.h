/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reader for the sampler's CSV files: numbers only, a header line first,
 * columns found by name, so that a newer sampler may add or reorder them.
 */
#ifndef WEIR_ANALYZE_CSV_H
#define WEIR_ANALYZE_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "err.h"

#define CSV_MAX_COLS	64
/* A day at 10 ms is 8.64 million rows; more than this is not a cell of ours. */
#define CSV_MAX_ROWS	20000000UL

/**
 * struct csv_col - a column that the caller wants
 * @name: as the header spells it
 * @optional: absent from the header is no error: its values are then NaN
 */
struct csv_col {
	const char *name;
	bool optional;
};

/**
 * struct csv - an open file
 * @path: its name, for messages
 * @f: the stream
 * @line: buffer of the current line
 * @cap: bytes allocated at @line
 * @lineno: number of the current line, the header being 1
 * @cols: the wanted columns
 * @ncols: how many
 * @fields: columns the header has
 * @map: for each field of the file the index into @cols, or -1
 */
struct csv {
	const char *path;
	FILE *f;
	char *line;
	size_t cap;
	unsigned long lineno;
	const struct csv_col *cols;
	int ncols;
	int fields;
	int map[CSV_MAX_COLS];
};

int csv_open(struct csv *c, const char *path, const struct csv_col *cols,
	     int ncols, struct err *e);
int csv_next(struct csv *c, double *row, struct err *e);
void csv_close(struct csv *c);

#endif
