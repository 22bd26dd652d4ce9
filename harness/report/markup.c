// SPDX-License-Identifier: GPL-2.0-or-later
#include "markup.h"

#include <stdarg.h>
#include <stdlib.h>

static const char *entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void markup_text(FILE *out, const char *text)
{
	unsigned int columns;
	char glyph[5];
	size_t n;

	while ((n = text_next_utf8(text, glyph, &columns))) {
		const char *instead = entity(glyph[0]);

		fputs(instead ? instead : glyph, out);
		text += n;
	}
}

void markup_format(FILE *out, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) >= 0) {
		markup_text(out, text);
		free(text);
	} else {
		fputs("(no memory for these words)", out);
	}
	va_end(args);
}
