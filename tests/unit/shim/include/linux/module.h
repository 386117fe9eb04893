/* SPDX-License-Identifier: GPL-2.0 */
/* A module registers itself before main() runs, and unregisters after. */
#ifndef _SHIM_LINUX_MODULE_H
#define _SHIM_LINUX_MODULE_H

#include <linux/kernel.h>
#include <linux/moduleparam.h>

struct module;

#define THIS_MODULE		((struct module *)0)
#ifndef KBUILD_MODNAME
#define KBUILD_MODNAME		"tcp_weir"
#endif

#define MODULE_AUTHOR(x)	static_assert(sizeof(x) > 1, "author")
#define MODULE_DESCRIPTION(x)	static_assert(sizeof(x) > 1, "description")
#define MODULE_LICENSE(x)	static_assert(sizeof(x) > 1, "license")
#define MODULE_VERSION(x)	static_assert(sizeof(x) > 1, "version")
#define MODULE_ALIAS(x)		static_assert(sizeof(x) > 1, "alias")

#define module_init(fn)							\
static void __attribute__((__constructor__)) shim_init_##fn(void)	\
{									\
	if (fn())							\
		abort();						\
}									\
static_assert(1, "")
#define module_exit(fn)							\
static void __attribute__((__destructor__)) shim_exit_##fn(void)	\
{									\
	fn();								\
}									\
static_assert(1, "")

#endif
