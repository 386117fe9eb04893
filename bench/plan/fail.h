/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Wrong input ends the program: one line that says where, what and how to mend it.
 */
#ifndef WEIR_PLAN_FAIL_H
#define WEIR_PLAN_FAIL_H

__attribute__((noreturn, format(printf, 3, 4)))
void fail_at(const char *file, unsigned int line, const char *fmt, ...);

#endif
