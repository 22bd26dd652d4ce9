/* SPDX-License-Identifier: GPL-2.0-or-later */
/* markdown: text into Markdown, as GitHub has it. What comes from a record goes through here. */
#ifndef FINWAIT_REPORT_MARKDOWN_H
#define FINWAIT_REPORT_MARKDOWN_H

#include <stddef.h>
#include <stdio.h>

/* @text in a line or a table's cell: what would be Markdown or HTML is itself. */
void markdown_text(FILE *out, const char *text);
/* The lines of @text, which end with a newline, as a block of code, whatever is in them. */
void markdown_block(FILE *out, const char *text);

#endif
