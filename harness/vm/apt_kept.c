// SPDX-License-Identifier: GPL-2.0-or-later
#include "apt_kept.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/buffer.h"
#include "apt.h"
#include "cache.h"
#include "trust.h"

/* When @name in @room last changed; an update renames lists into their folder. */
static int changed_add(struct buffer *head, const char *room, const char *name, struct fault *f)
{
	char path[CACHE_PATH];
	struct stat st;
	int err = path_join(path, room, name, f);

	if (err)
		return err;
	if (stat(path, &st) < 0)
		return fault_set(f, errno, "look at %s", path);
	buffer_add(head, "%s %lld.%09ld ", name, (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	return 0;
}

/* What an answer to @argv stands under: the question, and of which lists. */
static int head_make(struct buffer *head, const char *room, const char *const argv[],
                     struct fault *f)
{
	static const char *const names[] = {"lists", "apt.conf", "finwait.sources"};
	int err = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !err; i++)
		err = changed_add(head, room, names[i], f);
	for (size_t i = 0; argv[i]; i++)
		buffer_add(head, "%s ", argv[i]);
	return err ? err : head->failed ? fault_set(f, ENOMEM, "ask %s", argv[0]) : 0;
}

static void digest_line(struct buffer *head, const char *text)
{
	size_t length = strlen(text);

	buffer_add(head, "%zu %016" PRIx64 "\n", length, digest_add(DIGEST_START, text, length));
}

/* What was kept under @head; NULL: nothing, or not the whole of it. */
static char *kept_read(const char *path, const struct buffer *head)
{
	struct buffer line = {0};
	struct fault ignored;
	size_t size;
	char *text = file_read(path, &size, &ignored), *kept = NULL;
	char *rest = text ? strchr(text, '\n') : NULL;

	if (rest) {
		buffer_put(&line, head->data, head->used);
		digest_line(&line, rest + 1);
		if (!line.failed && line.used == (size_t)(rest + 1 - text) &&
		    !memcmp(line.data, text, line.used))
			kept = strdup(rest + 1);
	}
	buffer_free(&line);
	free(text);
	return kept;
}

static void kept_write(const char *path, struct buffer *head, const char *text)
{
	struct fault ignored;

	digest_line(head, text);
	buffer_put(head, text, strlen(text));
	/* a disk that is full costs the next one's time, no more */
	if (!head->failed && file_write(path, head->data, head->used, &ignored) < 0)
		(void)remove(path);
}

int apt_kept(const char *room, const char *name, const char *const argv[], char **output,
             struct fault *f)
{
	struct buffer head = {0};
	char path[CACHE_PATH];
	int err = path_join(path, room, name, f);

	if (!err)
		err = trust_own(path, f);
	if (!err)
		err = head_make(&head, room, argv, f);
	if (!err && !(*output = kept_read(path, &head))) {
		err = apt_run(argv, NULL, output, f);
		if (!err)
			kept_write(path, &head, *output);
	}
	buffer_free(&head);
	return err;
}
