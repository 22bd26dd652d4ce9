// SPDX-License-Identifier: GPL-2.0-or-later
#include "captures.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/file.h"
#include "address.h"
#include "cli.h"
#include "output_file.h"

/* The id, made fit for a file's name: a record may be anybody's. */
static void name_safely(char *name)
{
	for (char *at = name; *at; at++)
		if (!isalnum((unsigned char)*at) && *at != '-' && *at != '_' &&
		    (*at != '.' || at == name))
			*at = '_';
}

/* DIR/ID.pcapng, or with the number of the record among those of its id; to be freed. */
static char *path_make(struct record *const *records, size_t at, const char *dir)
{
	char *name = strdup(records[at]->probe), *path = NULL;
	unsigned int number = 1;
	int n = -1;

	for (size_t i = 0; i < at; i++)
		number += records[i] && !strcmp(records[i]->probe, records[at]->probe);
	if (name) {
		name_safely(name);
		n = number > 1 ? asprintf(&path, "%s/%s.%u.pcapng", dir, name, number)
		               : asprintf(&path, "%s/%s.pcapng", dir, name);
	}
	free(name);
	return n < 0 ? NULL : path;
}

static bool has_packets(const struct record *rec)
{
	for (size_t i = 0; i < rec->event_count; i++)
		if (rec->events[i].kind == EVENT_PACKET)
			return true;
	return false;
}

static int capture_write(const struct record *rec, const char *path, struct fault *f)
{
	FILE *out = output_open(path, f);
	int err;

	if (!out)
		return -EIO;
	err = pcapng_write(rec, out);
	if (output_close(out, path, f) < 0)
		return -EIO;
	return err ? fault_set(f, -err, "write %s", path_end(path)) : 0;
}

enum exit_code captures_write(struct record *const *records, size_t count, const char *dir)
{
	struct fault fault;
	int fd = folder_open(dir, " for captures", &fault);

	if (fd < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	close(fd);
	for (size_t i = 0; i < count; i++) {
		char *path;
		int err;

		if (!records[i] || !has_packets(records[i]))
			continue;
		path = path_make(records, i, dir);
		err = path ? capture_write(records[i], path, &fault)
		           : fault_set(&fault, ENOMEM, "name a capture");
		free(path);
		if (err)
			return cli_fault(EXIT_NOT_RUN, &fault);
	}
	return EXIT_AS_PREDICTED;
}

char **captures_link(struct record *const *records, size_t count, const char *dir, const char *page)
{
	char **links = calloc(count + 1, sizeof(*links));
	bool failed = !links;

	for (size_t i = 0; !failed && i < count; i++) {
		char *path;

		if (!records[i] || !has_packets(records[i]))
			continue;
		path = path_make(records, i, dir);
		links[i] = path ? address_from(page, path) : NULL;
		failed = !links[i];
		free(path);
	}
	if (!failed)
		return links;
	for (size_t i = 0; links && i < count; i++)
		free(links[i]);
	free(links);
	return NULL;
}
