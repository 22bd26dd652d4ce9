// SPDX-License-Identifier: GPL-2.0-or-later
#include "trust.h"

#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cache.h"

#define OTHERS_WRITE (S_IWGRP | S_IWOTH)
#define ADVICE "XDG_CACHE_HOME names another place"

static int trust_stat(const char *path, const struct stat *st, struct fault *f)
{
	if (!S_ISDIR(st->st_mode) && !S_ISREG(st->st_mode))
		return fault_refuse(f, EPERM, "%.140s in the cache is no file or folder; " ADVICE,
		                    path);
	if (st->st_uid != geteuid())
		return fault_refuse(f, EPERM,
		                    "%.120s in the cache belongs to another user (uid %u); " ADVICE,
		                    path, st->st_uid);
	if (st->st_mode & OTHERS_WRITE)
		return fault_refuse(f, EPERM,
		                    "others may write %.160s in the cache (mode %o): chmod go-w,"
		                    " if you trust what is in it",
		                    path, st->st_mode & 07777);
	return 0;
}

int trust_own(const char *path, struct fault *f)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return errno == ENOENT ? 0 : fault_set(f, errno, "look at %s", path);
	return trust_stat(path, &st, f);
}

int trust_open(int fd, const char *path, struct fault *f)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return fault_set(f, errno, "look at %s", path);
	return trust_stat(path, &st, f);
}

int trust_own_in(const char *dir, const char *name, struct fault *f)
{
	char path[CACHE_PATH];
	int err = path_join(path, dir, name, f);

	return err ? err : trust_own(path, f);
}

/* A module may be a link to another within its package: it names nothing that is not checked. */
int trust_tree(const char *path, struct fault *f)
{
	char *const roots[] = {(char *)path, NULL};
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *entry;
	int err = 0;

	if (!walk)
		return fault_set(f, errno, "look at %s", path);
	while (!err && (entry = fts_read(walk)))
		if (entry->fts_info == FTS_D || entry->fts_info == FTS_F ||
		    entry->fts_info == FTS_DEFAULT)
			err = trust_stat(entry->fts_path, entry->fts_statp, f);
	fts_close(walk);
	return err;
}

static int trust_folder(const char *path, struct fault *f)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return fault_set(f, errno, "look at %s", path);
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return fault_refuse(f, EPERM,
		                    "the cache is in %.110s, of another user (uid %u); " ADVICE,
		                    path, st.st_uid);
	if ((st.st_mode & OTHERS_WRITE) && !(st.st_mode & S_ISVTX))
		return fault_refuse(
			f, EPERM,
			"the cache is in %.110s, which others may write (mode %o); " ADVICE, path,
			st.st_mode & 07777);
	return 0;
}

static int trust_way(char *real, struct fault *f)
{
	int err = trust_folder("/", f);

	for (char *slash = strchr(real + 1, '/'); slash && !err; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		err = trust_folder(real, f);
		*slash = '/';
	}
	return err;
}

/* The link itself is in a folder that was looked at before: nobody else can have put it there. */
int trust_room(const char *path, struct fault *f)
{
	char *real = realpath(path, NULL);
	int err;

	if (!real)
		return fault_set(f, errno, "look at %s", path);
	err = trust_way(real, f);
	if (!err)
		err = trust_own(real, f);
	free(real);
	return err;
}
