// SPDX-License-Identifier: GPL-2.0-or-later
#include "records.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/file.h"
#include "../record/json.h"
#include "../run/keep.h"
#include "../run/registry.h"

/* A probe's id names its variants, over either family. */
static bool is_wanted(const char *probe, const char *const *patterns, size_t count)
{
	const struct registry_row *row = registry_find(probe);

	for (size_t i = 0; i < count; i++)
		if (fnmatch(patterns[i], probe, 0) == 0 ||
		    (row && !strcmp(patterns[i], row->probe->id)))
			return true;
	return !count;
}

void records_free(struct record **records, size_t count)
{
	for (size_t i = 0; i < count; i++)
		record_free(records[i]);
	free(records);
}

static int record_read(struct record *rec, FILE *file, const char *path, struct fault *f)
{
	char why[200];

	if (json_read_file(rec, file, why) < 0)
		return fault_refuse(f, EBADMSG, "%s: %s", path_end(path), why);
	if (!rec->probe[0])
		return fault_refuse(f, ENODATA, "%s: not the record of a probe", path_end(path));
	record_sort(rec);
	return registry_describe(rec) < 0 ? fault_set(f, ENOMEM, "read %s", path_end(path)) : 0;
}

static FILE *record_open(const char *path, bool named, struct fault *f)
{
	FILE *file;

	if (!named)
		return file_open_regular(path, f);
	file = fopen(path, "re");
	if (!file)
		fault_set(f, errno, "%s", path_end(path));
	return file;
}

struct record *record_load(const char *path, bool named, struct fault *f)
{
	FILE *file = record_open(path, named, f);
	struct record *rec;

	if (!file)
		return NULL;
	rec = record_new();
	if (!rec)
		fault_set(f, ENOMEM, "read %s", path_end(path));
	else if (record_read(rec, file, path, f) < 0) {
		record_free(rec);
		rec = NULL;
	}
	fclose(file);
	return rec;
}

/* Events are most of a file, and are told by how each line of ours begins. */
static int result_read(struct record *rec, FILE *file, const char *path, struct fault *f)
{
	static const char event[] = "{\"type\":\"event\"";
	char *line = NULL, why[160];
	size_t size = 0;
	ssize_t length;
	int err = 0;

	while (!err && (length = getline(&line, &size, file)) > 0)
		if (strncmp(line, event, sizeof(event) - 1) != 0 &&
		    json_read_line(rec, line, (size_t)length, why) < 0)
			err = fault_refuse(f, EBADMSG, "%s: %s", path_end(path), why);
	free(line);
	if (!err && !rec->probe[0])
		err = fault_refuse(f, ENODATA, "%s: not the record of a probe", path_end(path));
	if (!err && registry_describe(rec) < 0)
		err = fault_set(f, ENOMEM, "read %s", path_end(path));
	return err;
}

struct record *record_load_result(const char *path, struct fault *f)
{
	FILE *file = file_open_regular(path, f);
	struct record *rec = file ? record_new() : NULL;

	if (rec && result_read(rec, file, path, f) < 0) {
		record_free(rec);
		rec = NULL;
	}
	if (file)
		fclose(file);
	return rec;
}

/* What is taken, and what has been. */
struct taking {
	const char *const *patterns; /* of ids; none: all */
	size_t pattern_count;
	unsigned int depth; /* of folders below the one at hand */
	struct kept_records *kept;
};

static int record_take(const struct taking *taking, const char *path, bool named, struct fault *f)
{
	struct record *rec = record_load(path, named, f), **records;
	struct kept_records *kept = taking->kept;

	if (!rec)
		return -f->err;
	if (!is_wanted(rec->probe, taking->patterns, taking->pattern_count)) {
		record_free(rec);
		return 0;
	}
	records = reallocarray(kept->records, kept->count + 1, sizeof(struct record *));
	if (!records) {
		record_free(rec);
		return fault_set(f, ENOMEM, "read %s", path_end(path));
	}
	kept->records = records;
	records[kept->count++] = rec;
	return 0;
}

/* A run that was killed before it told anything leaves a file, too. */
static int file_take(const struct taking *taking, const char *path, struct fault *f)
{
	int err = record_take(taking, path, false, f);

	return err == -ENODATA ? 0 : err;
}

static int is_record_name(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return length > 6 && entry->d_name[0] != '.' &&
	       !strcmp(entry->d_name + length - 6, ".jsonl");
}

typedef int (*path_fn)(const struct taking *taking, const char *path, struct fault *f);

/* @take of each that is @wanted in @dir, in the order of their names' numbers. */
static int folder_each(const char *dir, int (*wanted)(const struct dirent *), path_fn take,
                       const struct taking *taking, struct fault *f)
{
	struct dirent **entries;
	int err = 0, count = scandir(dir, &entries, wanted, versionsort);

	if (count < 0)
		return fault_set(f, errno, "%s", path_end(dir));
	for (int i = 0; i < count; i++) {
		char *path = NULL;

		if (!err && asprintf(&path, "%s/%s", dir, entries[i]->d_name) < 0)
			err = fault_set(f, ENOMEM, "read %s", path_end(dir));
		else if (!err)
			err = take(taking, path, f);
		free(path);
		free(entries[i]);
	}
	free(entries);
	return err;
}

static size_t registry_place(const char *probe)
{
	size_t count;
	const struct registry_row *rows = registry_rows(&count), *row = registry_find(probe);

	return row ? (size_t)(row - rows) : count;
}

static int record_compare(const void *a, const void *b)
{
	const struct record *ra = *(struct record *const *)a, *rb = *(struct record *const *)b;
	size_t pa = registry_place(ra->probe), pb = registry_place(rb->probe);

	if (pa != pb)
		return pa < pb ? -1 : 1;
	return strcmp(ra->probe, rb->probe);
}

/* Those from the @first on; of one probe they stay in the order of their files' names. */
static void records_order(struct kept_records *kept, size_t first)
{
	if (kept->count > first)
		qsort(kept->records + first, kept->count - first, sizeof(struct record *),
		      record_compare);
}

/* All, or none of them. */
static int records_hand_over(struct kept_records *kept, int err)
{
	if (!err)
		return 0;
	records_free(kept->records, kept->count);
	*kept = (struct kept_records){0};
	return err;
}

int records_load(const char *path, const char *const *patterns, size_t pattern_count,
                 struct kept_records *kept, struct fault *f)
{
	const struct taking taking = {
		.patterns = patterns, .pattern_count = pattern_count, .kept = kept};
	struct stat st;
	int err;

	*kept = (struct kept_records){0};
	if (stat(path, &st) < 0)
		return fault_set(f, errno, "%s", path_end(path));
	kept->folder = S_ISDIR(st.st_mode);
	err = kept->folder ? folder_each(path, is_record_name, file_take, &taking, f)
	                   : record_take(&taking, path, true, f);
	if (!err && !kept->count)
		err = fault_refuse(f, ENOENT, "%s: no record%s in it (*.jsonl)", path_end(path),
		                   pattern_count ? " of these probes" : "");
	records_order(kept, 0);
	return records_hand_over(kept, err);
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

#define TREE_DEPTH 3 /* DIR/host/N/ */

static int tree_take(const struct taking *taking, const char *dir, struct fault *f);

static int below_take(const struct taking *taking, const char *path, struct fault *f)
{
	struct taking below = *taking;
	struct stat st;

	below.depth--;
	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) ? tree_take(&below, path, f) : 0;
}

static int tree_take(const struct taking *taking, const char *dir, struct fault *f)
{
	struct kept_records *kept = taking->kept;
	size_t before = kept->count;
	int err = folder_each(dir, is_record_name, file_take, taking, f);

	records_order(kept, before);
	if (err || kept->count > before || !taking->depth)
		return err;
	return folder_each(dir, is_visible, below_take, taking, f);
}

int records_load_tree(const char *path, struct kept_records *kept, struct fault *f)
{
	const struct taking taking = {.depth = TREE_DEPTH, .kept = kept};
	struct stat st;
	int err;

	if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
		return records_load(path, NULL, 0, kept, f);
	*kept = (struct kept_records){.folder = true};
	err = tree_take(&taking, path, f);
	if (!err && !kept->count)
		err = fault_refuse(f, ENOENT, "%s: no record in it (*.jsonl)", path_end(path));
	return records_hand_over(kept, err);
}

int records_load_kept(const char *dir, struct record *const *like, size_t count,
                      struct kept_records *kept, struct fault *f)
{
	const struct taking taking = {.kept = kept};
	int err = 0;

	*kept = (struct kept_records){.folder = true};
	for (size_t i = 0; i < count && !err; i++) {
		char *path = like[i] ? keep_path(dir, like[i]->probe) : NULL;

		if (path)
			err = record_take(&taking, path, false, f);
		else if (like[i])
			err = fault_set(f, ENOMEM, "read %s", path_end(dir));
		free(path);
		/* it was skipped before it began, or killed before it told anything */
		if (err == -ENOENT || err == -ENODATA)
			err = 0;
	}
	if (!err && !kept->count)
		err = fault_refuse(f, ENOENT, "%s: no record of this run in it", path_end(dir));
	records_order(kept, 0);
	return records_hand_over(kept, err);
}
