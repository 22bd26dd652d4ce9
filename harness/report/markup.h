/* SPDX-License-Identifier: GPL-2.0-or-later */
/* markup: text into SVG and HTML. What comes from a record goes through here, and no other way. */
#ifndef FINWAIT_REPORT_MARKUP_H
#define FINWAIT_REPORT_MARKUP_H

#include "text.h"

/*
 * @text between tags or in an attribute within double quotes: what would be markup is an entity,
 * what is no character is '?' (text_next_utf8()).
 */
void markup_text(FILE *out, const char *text);
void markup_format(FILE *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
