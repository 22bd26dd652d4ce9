/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output: records on standard output, in the formats that run and judge share. */
#ifndef FINWAIT_CLI_OUTPUT_H
#define FINWAIT_CLI_OUTPUT_H

#include "../report/report.h"

/* A line of JSON, which is freed; NULL prints nothing. */
void json_print(char *line);
/* Its probe line, events and result. */
void json_print_record(const struct record *rec);
void json_print_phases(const struct phases *phases);

/*
 * The records in the format that is asked for, but as text, as lines of the record and as KTAP,
 * which run and judge print each in its own way; @title: of the table. An exit code.
 */
int records_print_as(struct record *const *records, size_t count, const struct phases *phases,
                     const char *title) MUST_CHECK;

/*
 * The records as text for people: a screen's worth of findings as a table, of more a line a
 * claim; each -v (@verbose of them) tells more: the findings, then the rules and ladders.
 */
void records_print(struct record *const *records, size_t count, unsigned int verbose, bool ladder);

/* Where the records of a run are, and what to do with them; or that not all are there. */
void kept_print(const char *dir, bool kept);

#endif
