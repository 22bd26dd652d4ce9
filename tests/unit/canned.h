/* SPDX-License-Identifier: GPL-2.0-or-later */
/* canned: the records under tests/unit/records, for the tests that read them. */
#ifndef FINWAIT_TESTS_UNIT_CANNED_H
#define FINWAIT_TESTS_UNIT_CANNED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../harness/record/json.h"

/* Beside this file: the tests are started where they were compiled. */
static inline void canned_path(const char *name, char *path, size_t size)
{
	const char *slash = strrchr(__FILE__, '/');

	snprintf(path, size, "%.*s/records/%s", slash ? (int)(slash - __FILE__) : 1,
	         slash ? __FILE__ : ".", name);
}

static inline FILE *canned_open(const char *name)
{
	char path[512];
	FILE *file;

	canned_path(name, path, sizeof(path));
	file = fopen(path, "r");
	if (!file)
		fail_msg("cannot open %s", path);
	return file;
}

static inline struct record *canned_record(const char *name)
{
	struct record *rec = record_new();
	FILE *file = canned_open(name);
	char why[200];

	assert_non_null(rec);
	if (json_read_file(rec, file, why))
		fail_msg("%s: %s", name, why);
	fclose(file);
	return rec;
}

static inline char *canned_text(const char *name)
{
	FILE *file = canned_open(name);
	char *text = NULL;
	size_t space = 0;

	if (getdelim(&text, &space, '\0', file) < 0)
		fail_msg("%s is empty", name);
	fclose(file);
	return text;
}

#endif
