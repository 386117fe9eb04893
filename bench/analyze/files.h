/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finding cells, and reading whole small files.
 */
#ifndef WEIR_ANALYZE_FILES_H
#define WEIR_ANALYZE_FILES_H

#include <jansson.h>
#include <stddef.h>

#include "err.h"

/**
 * struct dirs - directories that hold a cell.conf
 * @path: their names
 * @n: how many
 * @cap: allocated
 */
struct dirs {
	char **path;
	size_t n;
	size_t cap;
};

int dirs_find(struct dirs *d, const char *top, struct err *e);
void dirs_free(struct dirs *d);
char *file_text(const char *path, struct err *e);
int file_object(const char *dir, const char *name, json_t **object,
		struct err *e);
int file_sha256(const char *path, char hex[65], struct err *e);

#endif
