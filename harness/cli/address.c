// SPDX-License-Identifier: GPL-2.0-or-later
#include "address.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "../base/buffer.h"

/* The folder that @path lies in, without links; to be freed. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder, *real;

	if (!slash)
		return realpath(".", NULL);
	folder = slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
	if (!folder)
		return NULL;
	real = realpath(folder, NULL);
	free(folder);
	return real;
}

/* How much of two folders is the same, whole names alone. */
static size_t common_length(const char *a, const char *b)
{
	size_t i = 0, length = 0;

	for (; a[i] && a[i] == b[i]; i++)
		if (a[i] == '/')
			length = i;
	if ((!a[i] || a[i] == '/') && (!b[i] || b[i] == '/'))
		length = i;
	return length;
}

static void escape_add(struct buffer *address, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (isascii(c) && (isalnum(c) || strchr("/-._~", c)))
			buffer_add(address, "%c", c);
		else
			buffer_add(address, "%%%02X", c);
	}
}

/* From @from up to what both have, and down to @to. */
static void way_add(struct buffer *address, const char *from, const char *to)
{
	size_t common = common_length(from, to);

	buffer_add(address, "."); /* a name with a colon is no scheme */
	for (const char *at = from + common; *at; at++)
		if (at[0] == '/' && at[1])
			buffer_add(address, "/..");
	escape_add(address, strcmp(to + common, "/") != 0 ? to + common : "");
}

char *address_from(const char *page, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *from = strcmp(page, "-") ? folder_of(page) : realpath(".", NULL);
	char *to = from ? folder_of(path) : NULL;
	struct buffer address = {0};
	char *made = NULL;

	if (to) {
		way_add(&address, from, to);
		buffer_add(&address, "/");
		escape_add(&address, slash ? slash + 1 : path);
		if (buffer_text(&address))
			made = strdup(buffer_text(&address));
	}
	buffer_free(&address);
	free(from);
	free(to);
	return made;
}
