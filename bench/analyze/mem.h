/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Allocation that cannot fail quietly: a batch tool that is out of memory
 * has nothing better to do than to say so and stop.
 */
#ifndef WEIR_ANALYZE_MEM_H
#define WEIR_ANALYZE_MEM_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static inline void *mem_check(void *p)
{
	if (!p) {
		fputs("weir-analyze: out of memory; analyse fewer cells at a time\n",
		      stderr);
		exit(1);
	}
	return p;
}

/**
 * mem_grow() - make room for one more element of a growing array
 * @p: the array, or NULL
 * @n: elements in use
 * @cap: in and out: elements allocated
 * @size: bytes of an element
 *
 * Return: the array, possibly moved.
 */
static inline void *mem_grow(void *p, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return p;
	*cap = *cap ? *cap * 2 : 64;
	return mem_check(reallocarray(p, *cap, size));
}

static inline void *mem_zalloc(size_t n, size_t size)
{
	return mem_check(calloc(n ? n : 1, size));
}

static inline char *mem_strdup(const char *s)
{
	return mem_check(strdup(s));
}

#endif
