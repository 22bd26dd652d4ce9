// SPDX-License-Identifier: GPL-2.0-or-later
#include "compile.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/array.h"
#include "../base/die.h"
#include "../base/file.h"
#include "../run/outside.h"

/* ---- where things are ---- */

/*
 * The folder that has finwait/probe.h: PREFIX/include beside PREFIX/bin, or include/ beside a
 * program that was not installed. To be freed.
 */
static char *include_find(struct fault *f)
{
	static const char *const places[] = {"../include", "include"};
	char exe[PATH_MAX], *dir = NULL, *header = NULL;
	ssize_t length = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (length < 0) {
		fault_set(f, errno, "find this program");
		return NULL;
	}
	exe[length] = '\0';
	*strrchr(exe, '/') = '\0';
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (asprintf(&dir, "%s/%s", exe, places[i]) < 0 ||
		    asprintf(&header, "%s/finwait/probe.h", dir) < 0)
			break;
		if (access(header, R_OK) == 0) {
			free(header);
			return dir;
		}
		free(header);
		free(dir);
	}
	fault_refuse(f, ENOENT,
	             "no finwait/probe.h beside %s: the package finwait-dev has it, 'make install' "
	             "puts it there",
	             path_end(exe));
	return NULL;
}

static char *objects_dir; /* where what was compiled is; NULL: nothing was */

static void objects_remove(void)
{
	struct dirent **entries;
	int count = scandir(objects_dir, &entries, NULL, NULL);

	for (int i = 0; i < count; i++) {
		char *path = NULL;

		if (asprintf(&path, "%s/%s", objects_dir, entries[i]->d_name) >= 0)
			(void)unlink(path); /* "." and ".." it does not remove */
		free(path);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	(void)rmdir(objects_dir);
	free(objects_dir);
}

/* A folder of our own, gone when this process ends; the probes' processes leave it alone. */
static int objects_make(struct fault *f)
{
	const char *where = getenv("TMPDIR");

	if (objects_dir)
		return 0;
	if (asprintf(&objects_dir, "%s/finwait-XXXXXX", where && *where ? where : "/tmp") < 0) {
		objects_dir = NULL;
		return fault_set(f, ENOMEM, "make a folder to compile in");
	}
	if (!mkdtemp(objects_dir)) {
		int err = errno;

		fault_set(f, err, "make the folder %s to compile in (TMPDIR)",
		          path_end(objects_dir));
		free(objects_dir);
		objects_dir = NULL;
		return -err;
	}
	return atexit(objects_remove) ? fault_set(f, ENOMEM, "compile") : 0;
}

/* ---- the compiler ---- */

static _Noreturn void compiler_run(const char *const argv[])
{
	/* standard output is for what the probes come to */
	if (dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		die_errno(argv[0], "print");
	execvp(argv[0], (char *const *)argv);
	die_errno(argv[0], "run the compiler (CC names another one)");
}

static int compiler_wait(pid_t pid, const char *source, struct fault *f)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return fault_set(f, errno, "wait for the compiler");
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	return fault_refuse(f, EINVAL, "%s does not compile", path_end(source));
}

static int source_compile(const char *source, const char *include, const char *object,
                          struct fault *f)
{
	const char *cc = getenv("CC");
	const char *const argv[] = {
		cc && *cc ? cc : "cc",
		"-std=gnu11",
		"-D_GNU_SOURCE",
		"-Wall",
		"-Werror=implicit-function-declaration", /* else it would fail at loading */
		"-O1",
		"-g",
		"-fPIC",
		"-shared",
		"-I",
		include,
		"-o",
		object,
		source,
		NULL,
	};
	pid_t pid = fork();

	if (pid < 0)
		return fault_set(f, errno, "fork for the compiler");
	if (!pid)
		compiler_run(argv);
	return compiler_wait(pid, source, f);
}

/* ---- words ---- */

static int word_add(struct probe_words *taken, const char *word)
{
	const char **items =
		array_reserve(taken->items, &taken->space, taken->count + 1, sizeof(*items));

	if (!items || !word)
		return -ENOMEM;
	taken->items = items;
	items[taken->count] = strdup(word);
	if (!items[taken->count])
		return -ENOMEM;
	taken->count++;
	return 0;
}

/* The word for what was compiled from @source to @object is @id. */
static int object_take(const char *source, const char *object, const char *id,
                       struct probe_words *taken, struct fault *f)
{
	char *include = include_find(f);
	int err = include ? source_compile(source, include, object, f) : -f->err;

	free(include);
	if (!err)
		err = outside_load(object, source, f);
	if (!err && word_add(taken, id) < 0)
		err = fault_set(f, ENOMEM, "compile %s", path_end(source));
	return err;
}

static int source_take(const char *source, struct probe_words *taken, struct fault *f)
{
	char *id = outside_id(source), *object = NULL;
	int err = id ? objects_make(f) : fault_set(f, ENOMEM, "compile %s", path_end(source));

	if (!err && asprintf(&object, "%s/%s.so", objects_dir, id) < 0)
		err = fault_set(f, ENOMEM, "compile %s", path_end(source));
	if (!err)
		err = object_take(source, object, id, taken, f);
	free(object);
	free(id);
	return err;
}

bool probe_source_named(const char *word)
{
	const char *slash = strrchr(word, '/'), *name = slash ? slash + 1 : word;
	size_t length = strlen(name);

	return length > 2 && name[0] != '.' && !strcmp(name + length - 2, ".c");
}

static int is_source(const struct dirent *entry)
{
	return probe_source_named(entry->d_name);
}

static int folder_take(const char *folder, struct probe_words *taken, struct fault *f)
{
	struct dirent **entries;
	int err = 0, count = scandir(folder, &entries, is_source, alphasort);

	if (count < 0)
		return fault_set(f, errno, "%s", path_end(folder));
	if (!count)
		err = fault_refuse(f, ENOENT, "%s: no probe in it (ID.c)", path_end(folder));
	for (int i = 0; i < count; i++) {
		char *path = NULL;

		if (!err && asprintf(&path, "%s/%s", folder, entries[i]->d_name) < 0)
			err = fault_set(f, ENOMEM, "compile %s", path_end(folder));
		else if (!err)
			err = source_take(path, taken, f);
		free(path);
		free(entries[i]);
	}
	free(entries);
	return err;
}

static int word_take(const char *word, struct probe_words *taken, struct fault *f)
{
	struct stat st;

	/* a path, as opposed to an id: it has a slash, or is the name of a C file */
	if (!strchr(word, '/') && !probe_source_named(word))
		return word_add(taken, word) < 0 ? fault_set(f, ENOMEM, "take %s", word) : 0;
	if (stat(word, &st) < 0)
		return fault_set(f, errno, "%s", path_end(word));
	if (S_ISDIR(st.st_mode))
		return folder_take(word, taken, f);
	if (!probe_source_named(word))
		return fault_refuse(f, EINVAL, "%s is no C file", path_end(word));
	return source_take(word, taken, f);
}

int probe_words_take(const char *const *words, size_t count, struct probe_words *taken,
                     struct fault *f)
{
	int err = 0;

	*taken = (struct probe_words){0};
	for (size_t i = 0; i < count && !err; i++)
		err = word_take(words[i], taken, f);
	return err;
}

void probe_words_free(struct probe_words *taken)
{
	for (size_t i = 0; i < taken->count; i++)
		free((char *)(uintptr_t)taken->items[i]);
	free(taken->items);
	*taken = (struct probe_words){0};
}
