/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One error, one line: what is wrong, where, and the mend.
 *
 * Functions that can fail take a struct err, fill it and return -1; only
 * main() prints.  That keeps every part callable from a unit test.
 */
#ifndef WEIR_ANALYZE_ERR_H
#define WEIR_ANALYZE_ERR_H

#include <stdarg.h>
#include <stdio.h>

/**
 * struct err - the first thing that went wrong
 * @text: one line without a newline, "file:line: what; mend"
 */
struct err {
	char text[1024];
};

/**
 * err_set() - record an error
 * @e: where
 * @fmt: printf format of the one line
 *
 * Return: always -1, so that a caller may write "return err_set(...)".
 */
__attribute__((format(printf, 2, 3)))
static inline int err_set(struct err *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	return -1;
}

#endif
