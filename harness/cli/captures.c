// SPDX-License-Identifier: GPL-2.0-or-later
#include "captures.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

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

/* 0, or -errno: what is there by then is no whole capture, and is taken away. */
static int capture_write(struct record *rec, const char *path)
{
	FILE *out = fopen(path, "we");
	int rc;

	if (!out)
		return -errno;
	rc = pcapng_write(rec, out);
	if (fclose(out) && !rc)
		rc = -EIO;
	if (rc)
		(void)unlink(path);
	return rc == -ENODATA ? 0 : rc; /* no packet: nothing to open */
}

enum exit_code captures_write(struct record *const *records, size_t count, const char *dir)
{
	if (mkdir(dir, 0777) && errno != EEXIST)
		return cli_say(EXIT_NOT_RUN, "%s: %s", dir, strerror(errno));
	for (size_t i = 0; i < count; i++) {
		char *path = records[i] ? path_make(records, i, dir) : NULL;
		int rc = path ? capture_write(records[i], path) : 0;

		if (records[i] && !path)
			rc = -ENOMEM;
		if (rc)
			(void)cli_say(EXIT_NOT_RUN, "%s: %s", path ? path : dir, strerror(-rc));
		free(path);
		if (rc)
			return EXIT_NOT_RUN;
	}
	return EXIT_AS_PREDICTED;
}
