// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mem.h"

#define FILE_TEXT_MAX	1048576
#define DIRS_DEPTH	3

static char *join(const char *dir, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		mem_check(NULL);
	return path;
}

static int find_below(struct dirs *d, const char *dir, int depth, struct err *e)
{
	struct dirent **list;
	int n, rc = 0;
	char *conf = join(dir, "cell.conf");
	bool is_cell = !access(conf, F_OK);

	free(conf);
	if (is_cell) {
		d->path = mem_grow(d->path, d->n, &d->cap, sizeof(*d->path));
		d->path[d->n++] = mem_strdup(dir);
		return 0;
	}
	n = scandir(dir, &list, NULL, alphasort);
	if (n < 0)
		return err_set(e, "%s: %s; name the directory that holds the cells",
			       dir, strerror(errno));
	for (int i = 0; i < n; i++) {
		char *path = join(dir, list[i]->d_name);
		struct stat st;

		if (!rc && depth > 0 && list[i]->d_name[0] != '.' &&
		    !stat(path, &st) && S_ISDIR(st.st_mode))
			rc = find_below(d, path, depth - 1, e);
		free(path);
		free(list[i]);
	}
	free(list);
	return rc;
}

/**
 * dirs_find() - find the cells below a directory
 * @d: gains their directories, by name
 * @top: where to look, up to three levels down
 * @e: the error
 *
 * Return: 0, or -1 if @top cannot be read or holds no cell.
 */
int dirs_find(struct dirs *d, const char *top, struct err *e)
{
	if (find_below(d, top, DIRS_DEPTH, e))
		return -1;
	if (!d->n)
		return err_set(e,
			       "%s: no cell.conf below it; run the scenario first: bench/run SCENARIO",
			       top);
	return 0;
}

/**
 * dirs_free() - release the names
 * @d: becomes empty
 */
void dirs_free(struct dirs *d)
{
	for (size_t i = 0; i < d->n; i++)
		free(d->path[i]);
	free(d->path);
	memset(d, 0, sizeof(*d));
}

/**
 * file_text() - read a small text file
 * @path: its name
 * @e: the error
 *
 * Return: its content, to be freed, or NULL.
 */
char *file_text(const char *path, struct err *e)
{
	FILE *f = fopen(path, "re");
	char *buf;
	size_t n;

	if (!f) {
		err_set(e, "%s: %s", path, strerror(errno));
		return NULL;
	}
	buf = mem_zalloc(FILE_TEXT_MAX + 1, 1);
	n = fread(buf, 1, FILE_TEXT_MAX, f);
	if (ferror(f) || !feof(f) || memchr(buf, '\0', n)) {
		err_set(e, "%s: not a text file of at most 1 MiB", path);
		free(buf);
		buf = NULL;
	}
	fclose(f);
	return buf;
}

/**
 * file_object() - read a cell's JSON file, if there is one
 * @dir: the cell
 * @name: the file
 * @object: set to a new reference to a JSON object; NULL if there is no such file, or on error
 * @e: the error
 *
 * Return: 0 or -1.
 */
int file_object(const char *dir, const char *name, json_t **object,
		struct err *e)
{
	char *path = join(dir, name);
	json_t *json = NULL;
	json_error_t je;
	int rc = 0;

	*object = NULL;
	if (!access(path, F_OK)) {
		json = json_load_file(path, 0, &je);
		if (json_is_object(json))
			*object = json_incref(json);
		else
			rc = err_set(e, "%s:%d: %s; run the cell again", path,
				     json ? 1 : je.line,
				     json ? "not a JSON object" : je.text);
		json_decref(json);
	}
	free(path);
	return rc;
}

/**
 * file_sha256() - hash a file, by coreutils' sha256sum
 * @path: its name
 * @hex: 64 hexadecimal digits and a NUL
 * @e: the error
 *
 * Return: 0 or -1.
 */
int file_sha256(const char *path, char hex[65], struct err *e)
{
	char arg0[] = "sha256sum";
	char *const argv[] = { arg0, NULL };
	posix_spawn_file_actions_t fa;
	int fd[2], status = 0, rc;
	size_t got = 0;
	ssize_t n;
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC))
		return err_set(e, "sha256sum: %s", strerror(errno));
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 0, path, O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&fa, fd[1], 1);
	rc = posix_spawnp(&pid, arg0, &fa, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&fa);
	close(fd[1]);
	while (!rc && got < 64 && (n = read(fd[0], hex + got, 64 - got)) > 0)
		got += (size_t)n;
	close(fd[0]);
	if (!rc)
		waitpid(pid, &status, 0);
	hex[64] = '\0';
	if (rc || status || got != 64)
		return err_set(e, "%s: sha256sum failed; is coreutils installed?",
			       path);
	return 0;
}
