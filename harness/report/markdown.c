// SPDX-License-Identifier: GPL-2.0-or-later
#include "markdown.h"

#include <ctype.h>
#include <string.h>

#include "text.h"

/* Inside a word '_' is itself: fin_segments stays readable as it is. */
static bool is_inside_word(const char *text, const char *at)
{
	return at > text && isalnum((unsigned char)at[-1]) && isalnum((unsigned char)at[1]);
}

static bool is_markup(const char *text, const char *at, char glyph)
{
	return strchr("\\`*_[]<>|~&#!$", glyph) && !(glyph == '_' && is_inside_word(text, at));
}

void markdown_text(FILE *out, const char *text)
{
	const char *at = text;
	unsigned int columns;
	char glyph[5];
	size_t n;

	while ((n = text_next_utf8(at, glyph, &columns))) {
		if (is_markup(text, at, *glyph))
			fputc('\\', out);
		fputs(glyph, out);
		at += n;
	}
}

/* The most '`' in a row. */
static size_t longest_run(const char *text)
{
	size_t most = 0;

	while (*text) {
		size_t run = strspn(text, "`");

		most = run > most ? run : most;
		text += run ? run : strcspn(text, "`");
	}
	return most;
}

/* A block ends with as many '`' as it began with, or more. */
static void put_fence(FILE *out, size_t length, const char *language)
{
	while (length--)
		fputc('`', out);
	fprintf(out, "%s\n", language);
}

void markdown_block(FILE *out, const char *text)
{
	size_t length = longest_run(text) + 1;

	length = length < 3 ? 3 : length;
	put_fence(out, length, "text");
	fputs(text, out);
	put_fence(out, length, "");
}
