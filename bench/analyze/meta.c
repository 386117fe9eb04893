// SPDX-License-Identifier: GPL-2.0
#include "meta.h"

#include "files.h"
#include "flow.h"

/* The sampler's grid: a tick that comes later than the next is due is worth a word. */
#define TICK_US	10000

static void check_sampler(const json_t *meta, json_t *warnings)
{
	const json_t *sampler = json_object_get(meta, "sampler");
	double late = json_number_value(json_object_get(sampler, "latest_us"));

	if (late > TICK_US)
		warn_add(warnings,
			 "the sampler was %.1f ms late once: curves and percentiles have a hole there",
			 late / 1e3);
}

static void check_drops(json_t *meta, json_t *warnings)
{
	const char *name;
	json_t *v;

	json_object_foreach(json_object_get(meta, "drops"), name, v)
		if (json_number_value(v) > 0)
			warn_add(warnings,
				 "%.0f packets were dropped by an end, not by the path (%s)",
				 json_number_value(v), name);
}

/**
 * meta_check() - see whether anything but the path had a hand in the result
 * @c: the cell
 * @warnings: gains a remark if the sampler was late, or if a sender's own queue
 *	or the receiver's TCP dropped packets
 * @e: the error
 *
 * Return: 0, also if there is no DIR/meta.json, or -1.
 */
int meta_check(const struct cell *c, json_t *warnings, struct err *e)
{
	json_t *meta;

	if (file_object(c->dir, "meta.json", &meta, e))
		return -1;
	check_sampler(meta, warnings);
	check_drops(meta, warnings);
	json_decref(meta);
	return 0;
}
