/* SPDX-License-Identifier: GPL-2.0 */
/* The allocator; tests make it fail with shim_kmalloc_fail(). */
#ifndef _SHIM_LINUX_SLAB_H
#define _SHIM_LINUX_SLAB_H

#include <linux/kernel.h>

#define GFP_ATOMIC	0x1U
#define GFP_KERNEL	0x2U
#define GFP_NOWAIT	0x4U
#define __GFP_NOWARN	0x8U
#define __GFP_ZERO	0x10U

/* GFP_KERNEL may sleep; where congestion control runs, that is a bug. */
void *kmalloc(size_t size, gfp_t flags);
void *kzalloc(size_t size, gfp_t flags);
void *kcalloc(size_t n, size_t size, gfp_t flags);
void kfree(const void *ptr);

#endif
