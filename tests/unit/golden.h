/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * golden: a report's whole output against a file that was looked at. After a change
 * that is meant, UPDATE_GOLDEN=1 writes the files anew; look at them again.
 */
#ifndef FINWAIT_TESTS_UNIT_GOLDEN_H
#define FINWAIT_TESTS_UNIT_GOLDEN_H

#include <locale.h>

#include "canned.h"

static inline void golden_expect(const char *name, const char *text)
{
	char path[512];
	char *wanted;
	FILE *file;

	if (getenv("UPDATE_GOLDEN")) {
		canned_path(name, path, sizeof(path));
		file = fopen(path, "w");
		assert_non_null(file);
		assert_true(fputs(text, file) >= 0);
		assert_int_equal(fclose(file), 0);
	}
	wanted = canned_text(name);
	if (strcmp(wanted, text))
		fail_msg("%s is not what was printed:\n%s", name, text);
	free(wanted);
}

/* Reports draw with UTF-8 where the locale has it. */
static inline void locale_utf8(void)
{
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		skip();
}

static inline void locale_ascii(void)
{
	assert_non_null(setlocale(LC_CTYPE, "C"));
}

#endif
