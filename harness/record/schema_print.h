/* SPDX-License-Identifier: GPL-2.0-or-later */
/* schema_print: the format of a record for those who read one without finwait. */
#ifndef FINWAIT_RECORD_SCHEMA_PRINT_H
#define FINWAIT_RECORD_SCHEMA_PRINT_H

#include <stdbool.h>
#include <stdio.h>

/* A JSON Schema (draft 2020-12) of one line. 0 or -ENOMEM. */
int json_schema_print(FILE *out);

/*
 * The keys of one kind of line or event as a Markdown table: "run", "packet", "result", ...
 * False: there is no line and no event of that name.
 */
bool json_table_print(FILE *out, const char *name);

/* Every key and every word, as a dictionary for libFuzzer. 0 or -ENOMEM. */
int json_dictionary_print(FILE *out);

#endif
