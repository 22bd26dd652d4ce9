/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output: records on standard output, in the formats that run and judge share. */
#ifndef FINWAIT_CLI_OUTPUT_H
#define FINWAIT_CLI_OUTPUT_H

#include "../report/report.h"

enum output_format { FORMAT_TABLE, FORMAT_JSON, FORMAT_TAP };

/* A line of JSON, which is freed; NULL prints nothing. */
void json_print(char *line);
/* Its probe line, events and result. */
void json_print_record(const struct record *rec);
void json_print_phases(const struct phases *phases);

/* The ladder of each that has one to draw. */
void ladders_print(struct record *const *records, size_t count, const struct report_style *style);

#endif
