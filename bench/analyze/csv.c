// SPDX-License-Identifier: GPL-2.0
#include "csv.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

static int csv_read_line(struct csv *c, struct err *e)
{
	ssize_t len = getline(&c->line, &c->cap, c->f);

	if (len < 0) {
		if (ferror(c->f))
			return err_set(e, "%s: cannot read: %s", c->path,
				       strerror(errno));
		return 0;
	}
	c->lineno++;
	if (memchr(c->line, '\0', (size_t)len))
		return err_set(e, "%s:%lu: holds a NUL byte, so it is not text; run the cell again",
			       c->path, c->lineno);
	while (len > 0 && (c->line[len - 1] == '\n' || c->line[len - 1] == '\r'))
		c->line[--len] = '\0';
	return 1;
}

static int csv_header(struct csv *c, struct err *e)
{
	char *save = c->line, *name;
	bool seen[CSV_MAX_COLS] = { false };

	for (c->fields = 0; (name = strsep(&save, ",")); c->fields++) {
		if (c->fields == CSV_MAX_COLS)
			return err_set(e, "%s:1: more than %d columns; is this a sampler's file?",
				       c->path, CSV_MAX_COLS);
		c->map[c->fields] = -1;
		for (int i = 0; i < c->ncols; i++) {
			if (strcmp(name, c->cols[i].name))
				continue;
			if (seen[i])
				return err_set(e,
					       "%s:1: column '%s' appears twice; run the cell again",
					       c->path, name);
			seen[i] = true;
			c->map[c->fields] = i;
		}
	}
	for (int i = 0; i < c->ncols; i++)
		if (!seen[i] && !c->cols[i].optional)
			return err_set(e,
				       "%s:1: the header has no column '%s'; run the cell again with this version's sampler",
				       c->path, c->cols[i].name);
	return 0;
}

/**
 * csv_open() - open a file and match its header
 * @c: filled; pass to csv_close() whatever the outcome
 * @path: the file; must outlive @c
 * @cols: the columns wanted, in the order csv_next() returns them
 * @ncols: how many, at most CSV_MAX_COLS
 * @e: the error
 *
 * Return: 0 or -1.
 */
int csv_open(struct csv *c, const char *path, const struct csv_col *cols,
	     int ncols, struct err *e)
{
	int rc;

	memset(c, 0, sizeof(*c));
	c->path = path;
	c->cols = cols;
	c->ncols = ncols;
	c->f = fopen(path, "re");
	if (!c->f)
		return err_set(e, "%s: %s; run the cell again, or remove its directory",
			       path, strerror(errno));
	rc = csv_read_line(c, e);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return err_set(e, "%s:1: the file is empty; run the cell again",
			       path);
	return csv_header(c, e);
}

/*
 * The counters are whole numbers far below 2^53, except that an unlimited
 * pacing rate is 2^64 - 1: a double holds the first exactly and the second
 * well enough to be recognised.
 */
static int csv_number(const char *s, double *v)
{
	const char *p = s;
	char *end;
	double n = 0;

	while (*p >= '0' && *p <= '9' && p - s < 15)
		n = n * 10 + (*p++ - '0');
	if (p > s && !*p) {
		*v = n;
		return 0;
	}
	/* strtod() also takes "nan", "inf" and hex, which no sampler writes */
	if (strspn(s, "0123456789.+-eE") != strlen(s))
		return -1;
	errno = 0;
	*v = strtod(s, &end);
	return (end == s || *end || errno || !isfinite(*v)) ? -1 : 0;
}

/**
 * csv_next() - read the next row
 * @c: an open file
 * @row: one value for each wanted column
 * @e: the error
 *
 * Return: 1 with @row filled, 0 at the end of the file, -1 on an error.
 */
int csv_next(struct csv *c, double *row, struct err *e)
{
	char *save, *field;
	int i, rc = csv_read_line(c, e);

	if (rc <= 0)
		return rc;
	if (c->lineno > CSV_MAX_ROWS)
		return err_set(e, "%s: more than %lu rows; no cell is that long",
			       c->path, CSV_MAX_ROWS);
	for (i = 0; i < c->ncols; i++)
		row[i] = NAN;
	save = c->line;
	for (i = 0; (field = strsep(&save, ",")); i++) {
		if (i >= c->fields)
			break;
		if (c->map[i] < 0)
			continue;
		if (csv_number(field, &row[c->map[i]]))
			return err_set(e,
				       "%s:%lu: '%.40s' in column %s is not a number; the file is damaged, run the cell again",
				       c->path, c->lineno, field,
				       c->cols[c->map[i]].name);
	}
	if (i != c->fields || field)
		return err_set(e,
			       "%s:%lu: %s fields than the %d of the header; the file is cut short or damaged, run the cell again",
			       c->path, c->lineno, field ? "more" : "fewer",
			       c->fields);
	return 1;
}

/**
 * csv_close() - release a file
 * @c: opened or failed to open
 */
void csv_close(struct csv *c)
{
	if (c->f)
		fclose(c->f);
	free(c->line);
	memset(c, 0, sizeof(*c));
}
