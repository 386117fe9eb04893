/* SPDX-License-Identifier: GPL-2.0 */
/*
 * weir_param.h - module parameters that refuse what they cannot mean
 *
 * A parameter out of range is -EINVAL to the writer, leaves the old value in
 * force, and puts one line in the kernel log that names the parameter, the
 * value, and the range. The rule holds when the module is loaded and whenever
 * /sys/module/<module>/parameters/<name> is written.
 *
 * A parameter may change at any moment: read it once per decision with
 * READ_ONCE().
 */
#ifndef _WEIR_PARAM_H
#define _WEIR_PARAM_H

#include <linux/moduleparam.h>
#include <linux/stringify.h>

/**
 * struct weir_param - a number and the range it is valid in
 * @value: the number in force
 * @min: smallest valid value
 * @max: largest valid value
 */
struct weir_param {
	u32 *value;
	u32 min;
	u32 max;
};

static int __maybe_unused weir_param_set(const char *text,
					 const struct kernel_param *kp)
{
	const struct weir_param *param = kp->arg;
	u32 value;

	if (kstrtou32(text, 0, &value) || value < param->min || value > param->max) {
		pr_err("%s=%.*s refused: give a whole number from %u to %u\n",
		       kp->name, (int)strcspn(text, "\n"), text, param->min, param->max);
		return -EINVAL;
	}
	WRITE_ONCE(*param->value, value);

	return 0;
}

static int __maybe_unused weir_param_get(char *buffer,
					 const struct kernel_param *kp)
{
	const struct weir_param *param = kp->arg;

	return sprintf(buffer, "%u\n", READ_ONCE(*param->value));
}

/**
 * WEIR_PARAM() - define a validated module parameter, writable at run time
 * @short_name: the algorithm's short name; the variable defined is
 *		u32 <short_name>_<param>
 * @param: the parameter's name, as users write it
 * @lo: smallest valid value, a literal
 * @hi: largest valid value, a literal
 * @def: default, a literal
 * @desc: what it is and its unit
 */
#define WEIR_PARAM(short_name, param, lo, hi, def, desc)		\
static_assert((def) >= (lo) && (def) <= (hi), "default out of range");	\
static u32 short_name##_##param __read_mostly = (def);			\
static const struct weir_param short_name##_##param##_range = {		\
	.value = &short_name##_##param, .min = (lo), .max = (hi),	\
};									\
static const struct kernel_param_ops short_name##_##param##_param_ops = { \
	.set = weir_param_set, .get = weir_param_get,			\
};									\
module_param_cb(param, &short_name##_##param##_param_ops,		\
		(void *)&short_name##_##param##_range, 0644);		\
MODULE_PARM_DESC(param, desc " (" __stringify(lo) ".." __stringify(hi)	\
		 ", default " __stringify(def) ")")

#endif /* _WEIR_PARAM_H */
