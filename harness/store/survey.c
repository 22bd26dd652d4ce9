// SPDX-License-Identifier: GPL-2.0-or-later
#include "survey.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/array.h"

/* A writer takes a blink for a file; a minute is for one whose disk is far away. */
#define LEFTOVER_AGE_S 60

struct store_file {
	const char *guest, *path, *name; /* @name in the folder @dir_fd */
	int dir_fd;
	bool leftover;
	struct stat st;
};

/* 0 to go on, or -errno. */
typedef int (*store_file_fn)(const struct store_file *file, void *arg, struct fault *f);

struct walk {
	store_file_fn file;
	void (*folder_done)(int parent_fd, const char *name); /* NULL: nothing */
	void *arg;
};

static bool name_is_own(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

/* What is gone since its name was read is no fault: others prune and write as they like. */
static DIR *folder_list(int parent_fd, const char *name, const char *path, struct fault *f)
{
	int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	f->err = 0;
	if (!dir && errno != ENOENT && errno != ENOTDIR)
		fault_set(f, errno, "read %s", path);
	if (!dir && fd >= 0)
		close(fd);
	return dir;
}

/* The files of "GUEST/XX". */
static int walk_files(const struct walk *walk, int guest_fd, const char *guest, const char *name,
                      const char *guest_path, struct fault *f)
{
	char folder[CACHE_PATH], path[CACHE_PATH];
	struct dirent *entry;
	int err = path_join(folder, guest_path, name, f);
	DIR *dir = err ? NULL : folder_list(guest_fd, name, folder, f);

	if (!dir)
		return err ? err : -f->err;
	while (!err && (entry = readdir(dir))) {
		struct store_file file = {
			.guest = guest, .path = path, .name = entry->d_name, .dir_fd = dirfd(dir)};

		if (name_is_own(entry->d_name) ||
		    fstatat(file.dir_fd, entry->d_name, &file.st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		file.leftover = entry->d_name[0] == '.';
		err = path_join(path, folder, entry->d_name, f);
		if (!err)
			err = walk->file(&file, walk->arg, f);
	}
	closedir(dir);
	if (!err && walk->folder_done)
		walk->folder_done(guest_fd, name);
	return err;
}

static int walk_guest(const struct walk *walk, int store_fd, const char *guest,
                      const char *store_path, struct fault *f)
{
	char path[CACHE_PATH];
	struct dirent *entry;
	int err = path_join(path, store_path, guest, f);
	DIR *dir = err ? NULL : folder_list(store_fd, guest, path, f);

	if (!dir)
		return err ? err : -f->err;
	while (!err && (entry = readdir(dir)))
		if (!name_is_own(entry->d_name))
			err = walk_files(walk, dirfd(dir), guest, entry->d_name, path, f);
	closedir(dir);
	if (!err && walk->folder_done)
		walk->folder_done(store_fd, guest);
	return err;
}

static int walk_store(const struct walk *walk, const struct store *store, struct fault *f)
{
	struct dirent *entry;
	DIR *dir = folder_list(AT_FDCWD, store->path, store->path, f);
	int err = 0;

	if (!dir)
		return -f->err;
	while (!err && (entry = readdir(dir)))
		if (!name_is_own(entry->d_name))
			err = walk_guest(walk, dirfd(dir), entry->d_name, store->path, f);
	closedir(dir);
	return err;
}

/* ---- how much there is */

struct survey_walk {
	struct store_survey *survey;
	char guest[GUEST_NAME]; /* of the file before */
	size_t share; /* and its place */
};

/* "6.12.118+deb13-cloud-amd64" of "6.12.118+deb13-cloud-amd64-875e466365df877a". */
static void guest_release(const char *guest, char release[GUEST_NAME])
{
	const char *dash = strrchr(guest, '-');

	snprintf(release, GUEST_NAME, "%.*s", dash ? (int)(dash - guest) : GUEST_NAME - 1, guest);
}

/* The share of another guest: the one of its kernel, or a new one. */
static int survey_turn(struct survey_walk *sw, const char *guest, struct fault *f)
{
	struct store_survey *survey = sw->survey;
	struct store_share *shares;
	char release[GUEST_NAME];

	snprintf(sw->guest, sizeof(sw->guest), "%s", guest);
	guest_release(guest, release);
	for (sw->share = 0; sw->share < survey->count; sw->share++)
		if (!strcmp(survey->shares[sw->share].release, release))
			break;
	if (sw->share == survey->count) {
		shares = array_reserve(survey->shares, &survey->space, survey->count + 1,
		                       sizeof(*shares));
		if (!shares)
			return fault_set(f, ENOMEM, "count what is in the store");
		survey->shares = shares;
		shares[survey->count] = (struct store_share){0};
		snprintf(shares[survey->count].release, GUEST_NAME, "%s", release);
		survey->count++;
	}
	survey->shares[sw->share].guests++;
	survey->all.guests++;
	return 0;
}

static void share_add(struct store_share *share, const struct stat *st)
{
	if (!share->answers || st->st_mtime < share->oldest)
		share->oldest = st->st_mtime;
	if (!share->answers || st->st_mtime > share->newest)
		share->newest = st->st_mtime;
	share->answers++;
	share->bytes += (uint64_t)st->st_blocks * 512;
}

static int survey_file(const struct store_file *file, void *arg, struct fault *f)
{
	struct survey_walk *sw = arg;
	int err;

	if (file->leftover) {
		sw->survey->leftovers++;
		return 0;
	}
	if (strcmp(sw->guest, file->guest) != 0) {
		err = survey_turn(sw, file->guest, f);
		if (err)
			return err;
	}
	share_add(&sw->survey->shares[sw->share], &file->st);
	share_add(&sw->survey->all, &file->st);
	return 0;
}

static int share_compare(const void *a, const void *b)
{
	return debversion_compare(((const struct store_share *)a)->release,
	                          ((const struct store_share *)b)->release);
}

int store_survey(const struct store *store, struct store_survey *survey, struct fault *f)
{
	struct survey_walk sw = {.survey = survey};
	struct walk walk = {.file = survey_file, .arg = &sw};
	int err;

	*survey = (struct store_survey){0};
	err = walk_store(&walk, store, f);
	if (survey->count)
		qsort(survey->shares, survey->count, sizeof(*survey->shares), share_compare);
	return err;
}

void store_survey_free(struct store_survey *survey)
{
	free(survey->shares);
	*survey = (struct store_survey){0};
}

/* ---- whether it is whole */

struct check_walk {
	store_bad_fn bad;
	void *arg;
	size_t answers, broken;
};

static int check_file(const struct store_file *file, void *arg, struct fault *f)
{
	struct check_walk *check = arg;
	struct fault why;

	(void)f;
	if (file->leftover)
		return 0;
	check->answers++;
	if (store_check_file(file->path, &why) == 0)
		return 0;
	check->broken++;
	check->bad(file->path, &why, check->arg);
	return 0;
}

int store_check(const struct store *store, store_bad_fn bad, void *arg, size_t *answers,
                size_t *broken, struct fault *f)
{
	struct check_walk check = {.bad = bad, .arg = arg};
	struct walk walk = {.file = check_file, .arg = &check};
	int err = walk_store(&walk, store, f);

	*answers = check.answers;
	*broken = check.broken;
	return err;
}

/* ---- what is to go */

struct prune_walk {
	time_t before, now;
	size_t answers;
	uint64_t bytes;
};

static int prune_file(const struct store_file *file, void *arg, struct fault *f)
{
	struct prune_walk *prune = arg;

	if (file->st.st_mtime >= (file->leftover ? prune->now - LEFTOVER_AGE_S : prune->before))
		return 0;
	if (unlinkat(file->dir_fd, file->name, 0) < 0)
		return errno == ENOENT ? 0 : fault_set(f, errno, "remove %s", file->path);
	prune->bytes += (uint64_t)file->st.st_blocks * 512;
	prune->answers += !file->leftover;
	return 0;
}

/* One that is not empty stays, and who is about to write into one that was makes it again. */
static void prune_folder(int parent_fd, const char *name)
{
	(void)unlinkat(parent_fd, name, AT_REMOVEDIR);
}

int store_prune(const struct store *store, time_t before, size_t *answers, uint64_t *bytes,
                struct fault *f)
{
	struct prune_walk prune = {.before = before, .now = time(NULL)};
	struct walk walk = {.file = prune_file, .folder_done = prune_folder, .arg = &prune};
	int err = walk_store(&walk, store, f);

	*answers = prune.answers;
	*bytes = prune.bytes;
	return err;
}
