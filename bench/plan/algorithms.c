// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's own algorithms by name; weir's by what modules/Kbuild builds,
 * with the parameters that their sources declare.
 */
#define _GNU_SOURCE
#include "algorithms.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_BYTES	4096

static const char *modules_dir = "modules";

/**
 * algorithms_dir() - where weir's algorithms are
 * @dir: the directory with Kbuild and the sources
 */
void algorithms_dir(const char *dir)
{
	modules_dir = dir;
}

/* The whole file, or NULL; to be freed. */
static char *read_file(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;

	if (!f)
		return NULL;
	if (getdelim(&text, &size, '\0', f) < 0) {
		free(text);
		text = NULL;
	}
	fclose(f);
	return text;
}

/* Does Kbuild build tcp_NAME.ko? */
static bool built(const char *name)
{
	char path[PATH_BYTES], line[128], *text;
	bool found;

	snprintf(path, sizeof(path), "%s/Kbuild", modules_dir);
	snprintf(line, sizeof(line), "obj-m += tcp_%.64s.o\n", name);
	text = read_file(path);
	found = text && strstr(text, line);
	free(text);
	return found;
}

/**
 * algorithm_known() - is there a congestion control of this name?
 * @name: as ss and iperf3 spell it
 *
 * Return: true for the kernel's own, whether or not a kernel has it as a
 * module, and for those that this tree builds.
 */
bool algorithm_known(const char *name)
{
	static const char *const kernel[] = {
		"reno", "cubic", "bbr", "dctcp", "vegas", "westwood", "bic",
		"htcp", "cdg", "illinois", "yeah", "hybla", "nv", "highspeed",
		"scalable", "veno", "lp",
	};

	for (size_t i = 0; i < sizeof(kernel) / sizeof(kernel[0]); i++)
		if (!strcmp(kernel[i], name))
			return true;
	return !strncmp(name, "weir_", 5) && built(name);
}

/* Look for WEIR_PARAM(SHORT, PARAM, LO, HI, …) in a source. */
static bool declared(const char *text, const char *name, size_t len,
		     const char *param, long long *lo, long long *hi)
{
	char short_name[64], param_name[64];

	while ((text = strstr(text, "WEIR_PARAM("))) {
		text += strlen("WEIR_PARAM(");
		if (sscanf(text, " %63[a-z0-9_] , %63[a-z0-9_] , %lld , %lld",
			   short_name, param_name, lo, hi) == 4 &&
		    strlen(short_name) == len && !strncmp(short_name, name, len) &&
		    !strcmp(param_name, param))
			return true;
	}
	return false;
}

/**
 * algorithm_param() - may a parameter of one of weir's algorithms be set so?
 * @cc: the algorithm's name begins here
 * @len: and is this long
 * @param: the parameter
 * @value: its value
 *
 * Return: NULL, or the broken rule (in a static buffer). The parameters of the
 * kernel's own algorithms are not known here: the kernel judges them.
 */
const char *algorithm_param(const char *cc, size_t len, const char *param,
			    int64_t value)
{
	static char why[160];
	char pattern[PATH_BYTES], *text;
	long long lo, hi;
	bool found = false;
	glob_t files;

	if (len <= 5 || strncmp(cc, "weir_", 5))
		return NULL;
	snprintf(pattern, sizeof(pattern), "%s/tcp_%.*s*.c", modules_dir, (int)len, cc);
	if (!glob(pattern, 0, NULL, &files)) {
		for (size_t i = 0; i < files.gl_pathc && !found; i++) {
			text = read_file(files.gl_pathv[i]);
			found = text && declared(text, cc + 5, len - 5, param, &lo, &hi);
			free(text);
		}
		globfree(&files);
	}
	if (!found) {
		snprintf(why, sizeof(why), "is not possible: %.*s has no parameter '%.32s'; its source names those it has",
			 (int)len, cc, param);
		return why;
	}
	if (value >= lo && value <= hi)
		return NULL;
	snprintf(why, sizeof(why), "comes to %lld here, outside %lld to %lld; choose a value in that range",
		 (long long)value, lo, hi);
	return why;
}
