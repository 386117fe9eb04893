// SPDX-License-Identifier: GPL-2.0
/*
 * weir-analyze: the raw samples of a scenario's cells to one result file.
 *
 * Cells are read one after the other, each file as a stream; what stays in
 * memory of a cell is its metrics and its thinned curves.  Nothing is written
 * before everything has been read, so a failure leaves no half result.
 */
#include <getopt.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/defs.h"
#include "analyze/files.h"
#include "analyze/mem.h"
#include "analyze/result.h"
#include "analyze/run.h"
#include "analyze/summary.h"

/* Curves wider than a plot are wasted; the total bounds a big matrix' size. */
#define COLUMNS_MAX	400
#define COLUMNS_MIN	60
#define COLUMNS_TOTAL	60000

/**
 * struct options - the command line
 * @dir: where the cells are
 * @scenario: the scenario file, NULL: the copy in @dir, if any
 * @columns: width of curves, -1: choose, 0: none
 * @skip_bad: go on without the cells that cannot be analysed
 */
struct options {
	const char *dir;
	const char *scenario;
	int columns;
	bool skip_bad;
};

static void print_help(FILE *f)
{
	fputs("usage: weir-analyze [OPTION]... DIR > RESULT.json\n"
	      "Turn the raw samples of all cells below DIR into one result: metrics of every run,\n"
	      "median and range over the seeds, verdicts on what the scenario expects, and curves\n"
	      "of each algorithm's first seed, thinned for plotting.\n"
	      "\n"
	      "  --scenario FILE  the scenario's text (default: DIR/scenario.conf, if it is there)\n"
	      "  --columns N      keep at most 2 N points of a curve (default: by number of cells)\n"
	      "  --no-series      no curves\n"
	      "  --skip-bad       list cells that cannot be read in the result, instead of failing\n"
	      "  --metrics        list all metrics with their definitions\n"
	      "  --help           this text\n"
	      "\n"
	      "Exit status: 0, 1 if the input is unusable, 2 for wrong usage.\n"
	      "docs/formats.md describes the input and the result.\n", f);
}

static void list_metrics(void)
{
	for (size_t i = 0; i < metric_defs_n; i++)
		printf("%s%s\t%s\n",
		       strcmp(metric_defs[i].scope, "flow") ? "" : "flow<i>.",
		       metric_defs[i].name, metric_defs[i].text);
}

static int parse_options(struct options *o, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "scenario", required_argument, NULL, 's' },
		{ "columns", required_argument, NULL, 'c' },
		{ "no-series", no_argument, NULL, 'n' },
		{ "skip-bad", no_argument, NULL, 'b' },
		{ "metrics", no_argument, NULL, 'm' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	char *end;
	int opt;

	*o = (struct options){ .columns = -1 };
	while ((opt = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		switch (opt) {
		case 's':
			o->scenario = optarg;
			break;
		case 'c':
			o->columns = (int)strtol(optarg, &end, 10);
			if (*end || o->columns < 1 || o->columns > 10000) {
				fprintf(stderr,
					"weir-analyze: --columns %s: not a number from 1 to 10000\n",
					optarg);
				return 2;
			}
			break;
		case 'n':
			o->columns = 0;
			break;
		case 'b':
			o->skip_bad = true;
			break;
		case 'm':
			list_metrics();
			exit(0);
		case 'h':
			print_help(stdout);
			exit(0);
		default:
			fputs("weir-analyze: see weir-analyze --help\n", stderr);
			return 2;
		}
	}
	if (optind != argc - 1) {
		fputs("weir-analyze: name one directory of cells; see weir-analyze --help\n",
		      stderr);
		return 2;
	}
	o->dir = argv[optind];
	return 0;
}

/* By point, algorithm and seed: brings the seeds of a group together. */
static int by_group(const void *a, const void *b)
{
	const struct cell *x = &((const struct run *)a)->cell;
	const struct cell *y = &((const struct run *)b)->cell;
	int c = strcmp(x->point, y->point);

	if (!c)
		c = strcmp(x->cc, y->cc);
	if (!c)
		c = (x->seed > y->seed) - (x->seed < y->seed);
	return c;
}

/* The same, but the groups in the order of the plan. */
static int by_plan(const void *a, const void *b)
{
	const struct cell *x = &((const struct run *)a)->cell;
	const struct cell *y = &((const struct run *)b)->cell;
	int c = (x->order > y->order) - (x->order < y->order);

	return c ? c : by_group(a, b);
}

/*
 * Order the runs so that a group is a stretch.  The directory may hold cells of
 * an earlier plan, whose numbers cut into this one's: a group goes by its first.
 */
static int sort_runs(struct run *run, size_t n, struct err *e)
{
	qsort(run, n, sizeof(*run), by_group);
	for (size_t i = 1; i < n; i++)
		if (!by_group(&run[i], &run[i - 1]))
			return err_set(e,
				       "%s: repeats %s (same point, algorithm and seed); remove one",
				       run[i].cell.dir, run[i - 1].cell.dir);
	for (size_t i = 0, k; i < n; i = k) {
		double first = run[i].cell.order;

		for (k = i + 1; k < n && same_group(&run[i], &run[k]); k++)
			if (run[k].cell.order < first)
				first = run[k].cell.order;
		for (size_t m = i; m < k; m++)
			run[m].cell.order = first;
	}
	qsort(run, n, sizeof(*run), by_plan);
	return 0;
}

/* Curves are kept for the first seed of each point and algorithm. */
static int choose_columns(const struct options *o, const struct run *run, size_t n)
{
	size_t curves = 0;
	int columns;

	if (o->columns >= 0)
		return o->columns;
	for (size_t i = 0; i < n; i++)
		if (!i || !same_group(&run[i], &run[i - 1]))
			curves += 1 + 3 * run[i].cell.nflows;
	columns = (int)(COLUMNS_TOTAL / (curves ? curves : 1));
	return columns > COLUMNS_MAX ? COLUMNS_MAX :
	       columns < COLUMNS_MIN ? COLUMNS_MIN : columns;
}

/*
 * A flow runs the algorithm under test if it does so in every cell: one that
 * the scenario fixes shares the name only where that very algorithm is tested.
 */
static void find_under_test(struct run *run, size_t n)
{
	for (size_t i = 0; i < run[0].cell.nflows; i++) {
		bool test = true;

		for (size_t k = 0; k < n; k++)
			test &= i >= run[k].cell.nflows ||
				run[k].cell.flow[i].under_test;
		for (size_t k = 0; k < n; k++)
			if (i < run[k].cell.nflows)
				run[k].cell.flow[i].under_test = test;
	}
}

/* Load every cell.conf first: order, duplicates and strays show before work. */
static int load_cells(const struct dirs *d, struct run *run, struct err *e)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct cell *c = &run[i].cell;

		if (cell_load(&run[i].cell, d->path[i], e))
			return -1;
		if (strcmp(c->scenario, run[0].cell.scenario))
			return err_set(e,
				       "%s: belongs to scenario %s, %s to %s; analyse one scenario at a time",
				       c->dir, c->scenario, run[0].cell.dir,
				       run[0].cell.scenario);
	}
	find_under_test(run, d->n);
	return sort_runs(run, d->n, e);
}

/* Those that failed, if they may, come to stand behind the @good ones. */
static int analyze_all(const struct options *o, struct run *run, size_t n,
		       size_t *good, json_t *skipped, struct err *e)
{
	struct run *failed = mem_zalloc(n, sizeof(*failed));
	int columns = choose_columns(o, run, n);
	size_t nfailed = 0, k = 0;
	int rc = 0;

	for (size_t i = 0; !rc && i < n; i++) {
		struct run r = run[i];
		bool first = !k || !same_group(&r, &run[k - 1]);

		rc = run_analyze(&r, first ? columns : 0, e);
		if (!rc) {
			run[k++] = r;
		} else if (o->skip_bad) {
			rc = 0;
			failed[nfailed++] = r;
			json_array_append_new(skipped, json_pack("{s:s, s:s}", "cell",
								 r.cell.id, "why", e->text));
			fprintf(stderr, "weir-analyze: skipped: %s\n", e->text);
		} else {
			run[i] = r;
		}
	}
	if (!rc) {
		memcpy(run + k, failed, nfailed * sizeof(*failed));
		*good = k;
		if (!k)
			rc = err_set(e, "%s: no cell could be analysed", o->dir);
	}
	free(failed);
	return rc;
}

int main(int argc, char **argv)
{
	json_t *skipped = json_array(), *result = NULL;
	struct dirs dirs = { 0 };
	struct run *run = NULL;
	struct options o;
	struct err e = { "" };
	size_t good = 0;
	int rc;

	rc = parse_options(&o, argc, argv);
	if (rc)
		goto out;
	rc = 1;
	if (dirs_find(&dirs, o.dir, &e))
		goto out;
	run = mem_zalloc(dirs.n, sizeof(*run));
	if (load_cells(&dirs, run, &e) ||
	    analyze_all(&o, run, dirs.n, &good, skipped, &e))
		goto out;
	result = result_json(o.dir, o.scenario, run, good, dirs.n - good, skipped, &e);
	if (!result)
		goto out;
	if (json_dumpf(result, stdout, JSON_COMPACT | JSON_REAL_PRECISION(12)) ||
	    putchar('\n') == EOF || fflush(stdout))
		err_set(&e, "standard output: cannot write the result; is the disk full?");
	else
		rc = 0;
out:
	if (*e.text && rc)
		fprintf(stderr, "weir-analyze: %s\n", e.text);
	for (size_t i = 0; run && i < dirs.n; i++)
		run_free(&run[i]);
	free(run);
	dirs_free(&dirs);
	json_decref(skipped);
	json_decref(result);
	return rc;
}
