/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text: words on a terminal, for the reports. What comes from a record is not
 * trusted: control characters and broken UTF-8 are shown as '?'.
 */
#ifndef FINWAIT_REPORT_TEXT_H
#define FINWAIT_REPORT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum attr {
	ATTR_PLAIN,
	ATTR_BOLD,
	ATTR_DIM,
	ATTR_RED, /* bold */
	ATTR_GREEN,
	ATTR_YELLOW,
	ATTR_BLUE,
	ATTR_MAGENTA,
	ATTR_CYAN,
	ATTR_STATE, /* bold cyan */
	ATTR_COUNT,
};

/* Whether the locale's characters are UTF-8; else reports keep to ASCII. */
bool text_is_utf8(void);

/*
 * The character at @s, made fit to print, into @glyph; its columns into @columns.
 * Returns how many bytes it takes of @s; 0 at the end.
 */
size_t text_next(const char *s, char glyph[5], unsigned int *columns);
unsigned int text_columns(const char *s);

/*
 * The same for what is UTF-8 whatever the locale: SVG, HTML. What XML has no place for, and what
 * turns the direction of writing round, is '?' too.
 */
size_t text_next_utf8(const char *s, char glyph[5], unsigned int *columns);
unsigned int text_columns_utf8(const char *s);

/*
 * The next line of *@rest, at most @width columns (0: no limit), broken between
 * words where there is room to, or else after a mark inside a name ("connect(", "net.ipv4.",
 * "tcp_"), if what follows it goes into one line then; into
 * @line. False when nothing is left.
 */
bool text_fold(const char **rest, unsigned int width, char *line, size_t size);
bool text_fold_utf8(const char **rest, unsigned int width, char *line, size_t size);

/* "\033[1m" and the like; "" for ATTR_PLAIN. */
const char *attr_code(enum attr attr);

/* @text, made fit to print, in @attr where @colour, padded with blanks to @width columns. */
void text_print(FILE *out, const char *text, enum attr attr, bool colour, unsigned int width);

/* 1.204 s, 201.4 ms, 35 us: three or four digits, for people. */
const char *duration_text(int64_t ns, char *buf, size_t size);

#endif
