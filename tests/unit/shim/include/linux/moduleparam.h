/* SPDX-License-Identifier: GPL-2.0 */
/* Module parameters; tests write them with shim_param_set(). */
#ifndef _SHIM_LINUX_MODULEPARAM_H
#define _SHIM_LINUX_MODULEPARAM_H

#include <linux/kernel.h>

struct kernel_param;

struct kernel_param_ops {
	unsigned int flags;
	int (*set)(const char *val, const struct kernel_param *kp);
	int (*get)(char *buffer, const struct kernel_param *kp);
};

struct kernel_param {
	const char *name;
	const struct kernel_param_ops *ops;
	u16 perm;
	void *arg;
	const struct kernel_param *shim_next;
};

void shim_param_add(struct kernel_param *kp);

extern const struct kernel_param_ops param_ops_uint;
extern const struct kernel_param_ops param_ops_int;
extern const struct kernel_param_ops param_ops_bool;

#define module_param_cb(param, param_ops, param_arg, param_perm)	\
static struct kernel_param shim_param_##param = {			\
	.name = #param, .ops = (param_ops), .perm = (param_perm),	\
	.arg = (param_arg),						\
};									\
static void __attribute__((__constructor__)) shim_param_init_##param(void) \
{									\
	shim_param_add(&shim_param_##param);				\
}									\
static_assert(1, "")

#define module_param_named(param, var, type, perm) \
	module_param_cb(param, &param_ops_##type, &(var), perm)
#define module_param(param, type, perm)	module_param_named(param, param, type, perm)
#define MODULE_PARM_DESC(param, desc)	static_assert(sizeof(desc) > 1, "desc")

#endif
