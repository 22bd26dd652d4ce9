// SPDX-License-Identifier: GPL-2.0-or-later
/* forget: how long what vm_prepare() made of a kernel stays, and how much of it there is. */
#include "vm.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/*
 * Of a kernel's other entries (of another build, say) those used a while ago are removed when
 * one is made. A run holds a snapshot by descriptors; it boots from files by their names.
 */
#define KEEP_SNAPSHOT_S 600
#define KEEP_FILES_S (24L * 3600)

static bool entry_old(const char *path)
{
	char ram[CACHE_PATH];
	struct fault ignored;
	struct stat st;
	time_t keep_s = KEEP_FILES_S;

	if (path_join(ram, path, "ram", &ignored) == 0 && access(ram, F_OK) == 0)
		keep_s = KEEP_SNAPSHOT_S;
	return stat(path, &st) == 0 && time(NULL) - st.st_mtime > keep_s;
}

/* An entry that is being made or opened stays, unless @all: then this waits. */
static int entry_forget(const char *name, bool all, struct fault *f)
{
	char room[CACHE_PATH], path[CACHE_PATH];
	struct cache_lock lock;
	int err = cache_room("guests", room, f);

	if (!err)
		err = path_join(path, room, name, f);
	if (!err)
		err = cache_lock("guests", name, all, &lock, f);
	if (err)
		return err == -EWOULDBLOCK ? 0 : err;
	err = cache_forget("guests", name, all || entry_old(path), f);
	cache_unlock(&lock);
	return err;
}

/* Whether @name is "@release-" and sixteen digits. */
static bool entry_of(const char *name, const char *release)
{
	size_t length = strlen(release);

	return !strncmp(name, release, length) && strlen(name) == length + 17 &&
	       name[length] == '-';
}

int vm_forget(const char *release, bool all, struct fault *f)
{
	struct cache_names names;
	int err = cache_names("guests", &names, f);

	for (size_t i = 0; i < names.count && !err; i++)
		if (entry_of(names.items[i], release))
			err = entry_forget(names.items[i], all, f);
	cache_names_free(&names);
	return err;
}

uint64_t vm_size(const char *release, unsigned int *count)
{
	char room[CACHE_PATH], path[CACHE_PATH];
	struct cache_names names;
	struct fault ignored;
	uint64_t bytes = 0;

	*count = 0;
	if (cache_room("guests", room, &ignored) < 0 || cache_names("guests", &names, &ignored) < 0)
		return 0;
	for (size_t i = 0; i < names.count; i++) {
		if (!entry_of(names.items[i], release) ||
		    path_join(path, room, names.items[i], &ignored) < 0 || access(path, F_OK) < 0)
			continue;
		bytes += cache_size(path);
		(*count)++;
	}
	cache_names_free(&names);
	return bytes;
}
