// SPDX-License-Identifier: GPL-2.0-or-later
#include "records.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../record/json.h"
#include "../run/registry.h"

static bool is_wanted(const char *probe, char *const *patterns, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (fnmatch(patterns[i], probe, 0) == 0)
			return true;
	return !count;
}

static int record_read(const char *path, struct record **rec)
{
	FILE *file = fopen(path, "re");
	char why[200];
	int code = 0;

	if (!file)
		return cli_say(EXIT_NOT_RUN, "%s: %s", path, strerror(errno));
	*rec = record_new();
	if (!*rec)
		code = cli_say(EXIT_NOT_RUN, "out of memory");
	else if (json_read_file(*rec, file, why) < 0)
		code = cli_say(EXIT_NOT_RUN, "%s: %s", path, why);
	else if (!(*rec)->probe[0])
		code = cli_say(EXIT_NOT_RUN, "%s: not the record of a probe", path);
	else
		record_sort(*rec);
	fclose(file);
	if (code)
		record_free(*rec);
	return code;
}

static int record_take(const char *path, char *const *patterns, size_t pattern_count,
                       struct kept_records *kept)
{
	struct record *rec = NULL, **records;
	int code = record_read(path, &rec);

	if (code)
		return code;
	if (!is_wanted(rec->probe, patterns, pattern_count)) {
		record_free(rec);
		return 0;
	}
	records = reallocarray(kept->records, kept->count + 1, sizeof(struct record *));
	if (!records) {
		record_free(rec);
		return cli_say(EXIT_NOT_RUN, "out of memory");
	}
	kept->records = records;
	records[kept->count++] = rec;
	return 0;
}

static int is_record_name(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return length > 6 && entry->d_name[0] != '.' &&
	       !strcmp(entry->d_name + length - 6, ".jsonl");
}

static int folder_take(const char *dir, char *const *patterns, size_t pattern_count,
                       struct kept_records *kept)
{
	struct dirent **entries;
	char path[4096];
	int code = 0, count = scandir(dir, &entries, is_record_name, alphasort);

	if (count < 0)
		return cli_say(EXIT_NOT_RUN, "%s: %s", dir, strerror(errno));
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, entries[i]->d_name);
		if (!code)
			code = record_take(path, patterns, pattern_count, kept);
		free(entries[i]);
	}
	free(entries);
	return code;
}

static size_t registry_place(const char *probe)
{
	size_t place = 0;

	while (registry[place].id && strcmp(registry[place].id, probe) != 0)
		place++;
	return place;
}

static int record_compare(const void *a, const void *b)
{
	const struct record *ra = *(struct record *const *)a, *rb = *(struct record *const *)b;
	size_t pa = registry_place(ra->probe), pb = registry_place(rb->probe);

	if (pa != pb)
		return pa < pb ? -1 : 1;
	return strcmp(ra->probe, rb->probe);
}

int records_load(const char *path, char *const *patterns, size_t pattern_count,
                 struct kept_records *kept)
{
	struct stat st;
	int code;

	*kept = (struct kept_records){0};
	if (stat(path, &st) < 0)
		return cli_say(EXIT_NOT_RUN, "%s: %s", path, strerror(errno));
	kept->folder = S_ISDIR(st.st_mode);
	code = kept->folder ? folder_take(path, patterns, pattern_count, kept)
	                    : record_take(path, patterns, pattern_count, kept);
	if (!code && !kept->count)
		code = cli_say(EXIT_NOT_RUN, "%s: no record%s in it (*.jsonl)", path,
		               pattern_count ? " of these probes" : "");
	if (code || !kept->count) {
		records_free(kept->records, kept->count);
		*kept = (struct kept_records){0};
		return code;
	}
	qsort(kept->records, kept->count, sizeof(struct record *), record_compare);
	return 0;
}
