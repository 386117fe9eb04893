// SPDX-License-Identifier: GPL-2.0
/*
 * Reading a scenario file. What a line means is not decided here, only that
 * its key is one of ours and stands as often as it may.
 */
#include "scenario.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"

#define LINE_BYTES	1024

/**
 * struct key - a key that scenarios may use
 * @name: the key
 * @required: must be there
 * @repeats: may stand more than once
 */
struct key {
	const char *name;
	bool required;
	bool repeats;
};

static const struct key keys[] = {
	{ "title", true, false },	{ "about", false, true },
	{ "rate", true, false },	{ "rtt", true, false },
	{ "buffer", true, false },	{ "loss", false, false },
	{ "drop-every", false, false },	{ "duration", true, false },
	{ "warmup", false, false },	{ "quickack", false, false },
	{ "cc", false, false },		{ "seeds", false, false },
	{ "mark-at", false, false },	{ "trace", false, false },
	{ "flows", false, false },
	{ "flow", false, true },	{ "at", false, true },
	{ "sweep", false, true },	{ "param", false, true },
	{ "expect", false, true },
};

static const char *const sweepable[] = {
	"rate", "rtt", "buffer", "loss", "drop-every", "mark-at", "flows", "duration",
	"warmup",
};

/**
 * duplicate() - a copy of a text that lives as long as the program
 * @text: the text
 *
 * Return: the copy; the program ends if there is no memory.
 */
char *duplicate(const char *text)
{
	static struct text {
		struct text *next;
		char copy[];
	} *all;
	size_t size = strlen(text) + 1;
	struct text *t = malloc(sizeof(*t) + size);

	if (!t) {
		fprintf(stderr, "weir-plan: out of memory\n");
		exit(1);
	}
	t->next = all;
	all = t;
	return memcpy(t->copy, text, size);
}

/**
 * words() - cut a text into words, in place
 * @text: the text
 * @separators: characters between words
 * @word: result
 * @max: room in @word
 *
 * Return: how many there are, also beyond @max.
 */
size_t words(char *text, const char *separators, char **word, size_t max)
{
	size_t n = 0;
	char *save, *w;

	for (w = strtok_r(text, separators, &save); w; w = strtok_r(NULL, separators, &save)) {
		if (n < max)
			word[n] = w;
		n++;
	}
	return n;
}

/**
 * scenario_next() - the next line with a key
 * @s: the scenario
 * @key: the key
 * @after: the one before, NULL for the first
 *
 * Return: the line, NULL if there is none.
 */
const struct item *scenario_next(const struct scenario *s, const char *key,
				 const struct item *after)
{
	for (size_t i = after ? after - s->item + 1 : 0; i < s->items; i++)
		if (!strcmp(s->item[i].key, key))
			return &s->item[i];
	return NULL;
}

/**
 * scenario_find() - the line with a key
 * @s: the scenario
 * @key: the key
 *
 * Return: the first one, NULL if there is none.
 */
const struct item *scenario_find(const struct scenario *s, const char *key)
{
	return scenario_next(s, key, NULL);
}

static char *trimmed(char *text)
{
	char *end;

	text += strspn(text, " \t\r\n");
	end = text + strlen(text);
	while (end > text && isspace((unsigned char)end[-1]))
		*--end = '\0';
	return text;
}

static void check_key(const struct scenario *s, const char *name, unsigned int line)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const struct item *first;

		if (strcmp(keys[i].name, name))
			continue;
		first = scenario_find(s, name);
		if (first && !keys[i].repeats)
			fail_at(s->path, line, "'%s' stands here for the second time, first in line %u; remove one",
				name, first->line);
		return;
	}
	fail_at(s->path, line, "there is no key '%s'; docs/formats.md lists the keys", name);
}

static void read_line(struct scenario *s, char *text, unsigned int line)
{
	char *equals, *hash = strchr(text, '#');
	struct item *it;

	if (hash)
		*hash = '\0';
	text = trimmed(text);
	if (!*text)
		return;
	equals = strchr(text, '=');
	if (!equals)
		fail_at(s->path, line, "'%s' has no '='; write key = value", text);
	*equals = '\0';
	text = trimmed(text);
	check_key(s, text, line);
	if (s->items == ITEMS_MAX)
		fail_at(s->path, line, "more than %d lines; split the scenario", ITEMS_MAX);
	it = &s->item[s->items];
	it->key = duplicate(text);
	it->value = duplicate(trimmed(equals + 1));
	it->line = line;
	if (!*it->value)
		fail_at(s->path, line, "'%s' has no value; write one after the '='", it->key);
	s->items++;
}

static bool may_sweep(const char *key)
{
	for (size_t i = 0; i < sizeof(sweepable) / sizeof(sweepable[0]); i++)
		if (!strcmp(sweepable[i], key))
			return true;
	return strchr(key, '.');
}

/* "loss: 0.1% 1%", or "rtt/rate: 100ms/100mbit 10ms/300mbit" */
static void read_sweep(struct scenario *s, const struct item *it)
{
	char *text = duplicate(it->value), *colon = strchr(text, ':');
	char *position[SWEEP_VALUES_MAX];
	struct sweep *w = &s->sweep[s->sweeps];

	if (s->sweeps == SWEEPS_MAX)
		fail_at(s->path, it->line, "a scenario may sweep in %d directions; move keys together with '/'",
			SWEEPS_MAX);
	if (!colon)
		fail_at(s->path, it->line, "a sweep needs a ':' after its key, like 'loss: 0.1%% 1%%'");
	*colon = '\0';
	w->line = it->line;
	w->keys = words(text, " \t/", w->key, SWEEP_KEYS_MAX);
	if (!w->keys || w->keys > SWEEP_KEYS_MAX)
		fail_at(s->path, it->line, "a sweep moves 1 to %d keys", SWEEP_KEYS_MAX);
	for (size_t k = 0; k < w->keys; k++)
		if (!may_sweep(w->key[k]))
			fail_at(s->path, it->line, "'%s' cannot be swept; docs/formats.md lists what can",
				w->key[k]);
	w->values = words(colon + 1, " \t", position, SWEEP_VALUES_MAX);
	if (!w->values || w->values > SWEEP_VALUES_MAX)
		fail_at(s->path, it->line, "a sweep takes 1 to %d values", SWEEP_VALUES_MAX);
	for (size_t i = 0; i < w->values; i++)
		if (words(position[i], "/", w->value[i], SWEEP_KEYS_MAX) != w->keys)
			fail_at(s->path, it->line, "value %zu of the sweep does not give one value to each of its %zu keys; separate them by '/'",
				i + 1, w->keys);
	s->sweeps++;
}

static void set_name(struct scenario *s, const char *path)
{
	const char *base = strrchr(path, '/');
	size_t n;

	base = base ? base + 1 : path;
	n = strcspn(base, ".");
	if (!n || n >= sizeof(s->name) || strspn(base, "abcdefghijklmnopqrstuvwxyz0123456789-_") < n)
		fail_at(path, 0, "a scenario's file is named by small letters, digits and '-', and ends in .conf; rename it");
	memcpy(s->name, base, n);
	s->name[n] = '\0';
}

/**
 * scenario_read() - read a scenario file
 * @s: result
 * @path: the file
 *
 * Ends the program with status 2 if the file cannot be read or breaks a rule.
 */
void scenario_read(struct scenario *s, const char *path)
{
	char text[LINE_BYTES];
	unsigned int line = 0;
	FILE *f = fopen(path, "r");

	memset(s, 0, sizeof(*s));
	s->path = path;
	if (!f)
		fail_at(path, 0, "cannot be read: %s; bench/run --list shows the scenarios there are",
			strerror(errno));
	set_name(s, path);
	while (fgets(text, sizeof(text), f)) {
		line++;
		if (!strchr(text, '\n') && !feof(f))
			fail_at(path, line, "the line is longer than %d characters; shorten it",
				LINE_BYTES - 2);
		read_line(s, text, line);
	}
	fclose(f);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (keys[i].required && !scenario_find(s, keys[i].name))
			fail_at(path, line, "'%s' is missing; add a line '%s = …'",
				keys[i].name, keys[i].name);
	for (const struct item *it = NULL; (it = scenario_next(s, "sweep", it));)
		read_sweep(s, it);
}
