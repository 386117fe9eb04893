// SPDX-License-Identifier: GPL-2.0
/*
 * weir-plan - from a scenario to the cells that have to be run.
 *
 * A cell is one algorithm at one point of the scenario's sweep with one seed.
 * Everything is checked before anything is written; docs/formats.md describes
 * both formats.
 */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plan/algorithms.h"
#include "plan/cell.h"
#include "plan/fail.h"
#include "plan/units.h"

#define CELLS_MAX	10000

static const char usage[] =
	"usage: weir-plan [--cc LIST] [--seeds N] [--modules DIR] SCENARIO.conf OUTDIR\n"
	"       weir-plan [--cc LIST] [--seeds N] [--modules DIR] --check SCENARIO.conf\n"
	"\n"
	"Expands a scenario to OUTDIR/<cell-id>/cell.conf and prints the ids in order.\n"
	"\n"
	"  --cc LIST      algorithms, separated by commas (default: the scenario's)\n"
	"  --seeds N      replicates of each (default: the scenario's, else 1)\n"
	"  --modules DIR  where weir's algorithms are (default: modules)\n"
	"  --check        only say whether the scenario is right\n";

/**
 * fail_at() - say what is wrong with the input, and end
 * @file: the file, or "weir-plan" for the command line
 * @line: the line, 0 if it is no particular one
 * @fmt: what is wrong and the mend
 */
void fail_at(const char *file, unsigned int line, const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, line ? "%s:%u: " : "%s: ", file, line);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(2);
}

static size_t read_ccs(const struct scenario *s, const char *option, char **cc)
{
	const struct item *it = scenario_find(s, "cc");
	const char *file = option ? "weir-plan" : s->path;
	unsigned int line = option || !it ? 0 : it->line;
	size_t n;

	if (!option && !it)
		fail_at(s->path, 0, "names no algorithm; give some with --cc");
	n = words(duplicate(option ? option : it->value), ", \t", cc, CCS_MAX);
	if (!n || n > CCS_MAX)
		fail_at(file, line, "give 1 to %d algorithms", CCS_MAX);
	for (size_t i = 0; i < n; i++) {
		if (!algorithm_known(cc[i]))
			fail_at(file, line, "there is no algorithm '%s'; use one of weir's (weir_cubic, …) or the kernel's own (cubic, bbr, …)",
				cc[i]);
		for (size_t k = 0; k < i; k++)
			if (!strcmp(cc[i], cc[k]))
				fail_at(file, line, "'%s' stands twice in the list; remove one", cc[i]);
	}
	return n;
}

static int read_seeds(const struct scenario *s, const char *option)
{
	const struct item *it = scenario_find(s, "seeds");
	const char *text = option ? option : it ? it->value : "1";
	const char *why;
	int64_t n;

	why = unit_count(text, 1, 1000, &n);
	if (why)
		fail_at(option ? "weir-plan" : s->path, option ? 0 : it->line, "seeds = %s %s", text, why);
	return n;
}

/* Add one position of a sweep to a point. */
static void bind_sweep(struct point *p, const struct sweep *w, size_t position)
{
	size_t used = strlen(p->text);

	for (size_t k = 0; k < w->keys; k++)
		p->binding[p->bindings++] = (struct binding){
			.key = w->key[k], .value = w->value[position][k],
			.line = w->line, .names_point = !k,
		};
	snprintf(p->text + used, sizeof(p->text) - used, "%s%s=%s", used ? "," : "",
		 w->key[0], w->value[position][0]);
}

/* All points of the sweep; the last direction moves fastest. */
static struct point *read_points(const struct scenario *s, size_t *n)
{
	size_t inner = s->sweeps > 1 ? s->sweep[1].values : 1;
	struct point *p;

	*n = (s->sweeps ? s->sweep[0].values : 1) * inner;
	p = calloc(*n, sizeof(*p));
	if (!p) {
		fprintf(stderr, "weir-plan: out of memory\n");
		exit(1);
	}
	for (size_t i = 0; i < *n; i++) {
		if (s->sweeps)
			bind_sweep(&p[i], &s->sweep[0], i / inner);
		if (s->sweeps > 1)
			bind_sweep(&p[i], &s->sweep[1], i % inner);
		for (size_t k = 0; k < i; k++)
			if (!strcmp(p[k].text, p[i].text))
				fail_at(s->path, s->sweep[0].line, "two points of the sweep are both called '%s'; begin with a key whose values differ",
					p[i].text);
	}
	return p;
}

/* Point × algorithm × seed; with no @outdir only check. */
static int expand(const struct scenario *s, char **cc, size_t ccs, int seeds, const char *outdir)
{
	static struct cell c;
	size_t points;
	struct point *p = read_points(s, &points);
	int order = 0;

	if (points * ccs * seeds > CELLS_MAX)
		fail_at(s->path, 0, "asks for %zu cells, more than %d; run it in parts with --cc and --seeds",
			points * ccs * seeds, CELLS_MAX);
	for (int write = 0; write <= !!outdir; write++) {
		for (size_t i = 0; i < points * ccs; i++) {
			cell_resolve(&c, s, &p[i / ccs], cc[i % ccs]);
			for (int seed = 1; write && seed <= seeds; seed++)
				if (cell_write(&c, seed, ++order, outdir))
					return 1;
		}
	}
	free(p);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct option longopts[] = {
		{ "cc", required_argument, NULL, 'c' },
		{ "seeds", required_argument, NULL, 's' },
		{ "modules", required_argument, NULL, 'm' },
		{ "check", no_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	const char *ccs_option = NULL, *seeds_option = NULL;
	static struct scenario s;
	bool check = false;
	char *cc[CCS_MAX];
	size_t ccs;
	int opt;

	while ((opt = getopt_long(argc, argv, "", longopts, NULL)) != -1) {
		switch (opt) {
		case 'c':
			ccs_option = optarg;
			break;
		case 's':
			seeds_option = optarg;
			break;
		case 'm':
			algorithms_dir(optarg);
			break;
		case 'n':
			check = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			return 2;
		}
	}
	if (argc - optind != (check ? 1 : 2)) {
		fputs("weir-plan: needs a scenario and a folder for the cells (see --help)\n", stderr);
		return 2;
	}
	scenario_read(&s, argv[optind]);
	ccs = read_ccs(&s, ccs_option, cc);
	if (!check && mkdir(argv[optind + 1], 0777) && errno != EEXIST) {
		fprintf(stderr, "weir-plan: cannot make %s: %s\n", argv[optind + 1], strerror(errno));
		return 1;
	}
	return expand(&s, cc, ccs, read_seeds(&s, seeds_option), check ? NULL : argv[optind + 1]);
}
