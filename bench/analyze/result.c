// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "result.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "defs.h"
#include "files.h"
#include "mem.h"
#include "summary.h"

#define SCHEMA "weir-result-1"

/* Text after "key =" of the scenario; repeated keys are joined by a space. */
static json_t *scenario_value(const char *text, const char *key)
{
	char out[2048] = "";
	size_t len = strlen(key), used = 0;

	for (const char *p = text; p && *p; p = strchr(p, '\n')) {
		p += strspn(p, " \t\n");
		if (strncmp(p, key, len) ||
		    p[len + strspn(p + len, " \t")] != '=')
			continue;
		p = strchr(p, '=') + 1;
		p += strspn(p, " \t");
		used += (size_t)snprintf(out + used, sizeof(out) - used, "%s%.*s",
					 used ? " " : "",
					 (int)strcspn(p, "#\n\r"), p);
		if (used >= sizeof(out))
			break;
		while (used && strchr(" \t", out[used - 1]))
			out[--used] = '\0';
	}
	return used ? json_string(out) : json_null();
}

static int scenario_json(const char *dir, const char *path,
			 const struct cell *first, json_t **out, struct err *e)
{
	char *copy = NULL, *text = NULL, hex[65];
	json_t *about = NULL, *hash = NULL;
	int rc = 0;

	if (!path) {
		if (asprintf(&copy, "%s/scenario.conf", dir) < 0)
			mem_check(NULL);
		path = access(copy, F_OK) ? NULL : copy;
	}
	if (path) {
		text = file_text(path, e);
		if (!text || file_sha256(path, hex, e)) {
			rc = -1;
		} else {
			about = scenario_value(text, "about");
			hash = json_string(hex);
		}
	}
	if (!rc)
		*out = json_pack("{s:s, s:s, s:o?, s:s?, s:o?}",
				 "name", first->scenario,
				 "title", *first->title ? first->title :
							  first->scenario,
				 "about", about, "text", text, "sha256", hash);
	free(copy);
	free(text);
	return rc;
}

/* How the cells came to be run, if whoever ran them left a note. */
static json_t *command_json(const char *dir)
{
	struct err none;
	char *path, *text = NULL;
	json_t *o;

	if (asprintf(&path, "%s/command", dir) < 0)
		mem_check(NULL);
	if (!access(path, R_OK))
		text = file_text(path, &none);
	if (text)
		text[strcspn(text, "\r\n")] = '\0';
	o = text && *text ? json_string(text) : NULL;
	free(text);
	free(path);
	return o ? o : json_null();
}

static void union_add(json_t *into, const char *key, json_t *value)
{
	json_t *list = json_object_get(into, key), *v;
	size_t i;

	/* what the lab does not know is no value of its own */
	if (!value || json_is_null(value) ||
	    (json_is_string(value) && !json_string_length(value)))
		return;
	if (!list) {
		list = json_array();
		json_object_set_new(into, key, list);
	}
	json_array_foreach(list, i, v)
		if (json_equal(v, value))
			return;
	json_array_append(list, value);
}

/* What the runs were made of: every distinct value of every input. */
static json_t *inputs_json(const struct run *run, size_t n)
{
	json_t *o = json_object(), *v;
	const char *key;

	for (size_t i = 0; i < n; i++) {
		union_add(o, "kernel", json_object_get(run[i].lab, "kernel"));
		union_add(o, "release", json_object_get(run[i].lab, "release"));
		json_object_foreach(json_object_get(run[i].lab, "inputs"), key, v)
			union_add(o, key, v);
	}
	return o;
}

static double lab_sum(const struct run *run, size_t n, const char *key)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++) {
		json_t *v = json_object_get(run[i].lab, key);

		if (!json_is_number(v))
			return NAN;
		sum += json_number_value(v);
	}
	return sum;
}

/**
 * result_json() - everything about a scenario
 * @dir: where its cells are
 * @scenario: its text's file, NULL: DIR/scenario.conf, if it is there
 * @run: the runs, sorted
 * @n: how many
 * @failed: how many stand behind them that could not be analysed
 * @skipped: JSON array of these, and why
 * @e: the error
 *
 * Return: a new reference, or NULL.
 */
json_t *result_json(const char *dir, const char *scenario,
		    const struct run *run, size_t n, size_t failed,
		    json_t *skipped, struct err *e)
{
	json_t *about, *verdicts, *runs;

	verdicts = verdicts_json(run, n, failed, e);
	if (!verdicts)
		return NULL;
	if (scenario_json(dir, scenario, &run[0].cell, &about, e)) {
		json_decref(verdicts);
		return NULL;
	}
	runs = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(runs, run_json(&run[i]));
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:O, s:o}",
			 "schema", SCHEMA,
			 "scenario", about,
			 "command", command_json(dir),
			 "inputs", inputs_json(run, n),
			 "virtual_s", round_json(lab_sum(run, n, "virtual_s"), 1e3),
			 "wall_s", round_json(lab_sum(run, n, "wall_s"), 1e3),
			 "verdicts", verdicts,
			 "summary", summary_json(run, n),
			 "runs", runs,
			 "skipped", skipped,
			 "definitions", metric_defs_json());
}
