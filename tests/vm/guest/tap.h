/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tap.h - the Test Anything Protocol for the programs that run in the guest.
 *
 * The plan line comes last (tap_done), so that a test can be added without
 * counting. A crash leaves no plan, which the reader counts as a failure.
 */
#ifndef WEIR_TAP_H
#define WEIR_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static int tap_count;
static int tap_failures;

/**
 * tap_ok() - report one check
 * @pass: its outcome
 * @fmt: what was checked, as a printf format
 *
 * Return: @pass, so that a caller can leave out what depends on it.
 */
__attribute__((format(printf, 2, 3)))
static bool tap_ok(bool pass, const char *fmt, ...)
{
	va_list args;

	tap_count++;
	if (!pass)
		tap_failures++;
	printf("%sok %d - ", pass ? "" : "not ", tap_count);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
	return pass;
}

/**
 * tap_done() - close the report with its plan
 *
 * Return: the exit status for main(): 0 when each check passed, else 1.
 */
static int tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failures ? 1 : 0;
}

#endif
