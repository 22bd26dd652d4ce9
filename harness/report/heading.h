/* SPDX-License-Identifier: GPL-2.0-or-later */
/* heading: how a table begins: what was asked, and of whom. */
#ifndef FINWAIT_REPORT_HEADING_H
#define FINWAIT_REPORT_HEADING_H

#include "../base/buffer.h"
#include "sheet.h"

/*
 * "Linux 6.12.118 in a VM (QEMU 7.2.22, TCG), virtual time, faithful, IPv4   90 claims by 90 probes, 9
 * min of kernel time": of @records, a NULL is passed over. Of several kernels @kernels are their
 * names; else NULL.
 */
void heading_print(const struct sheet *sheet, const struct record *const *records, size_t count,
                   const char *kernels);

/* The same words; of several kernels their names. Nothing of no records. */
void heading_add_words(struct buffer *words, const struct record *const *records, size_t count);

/* Whom a table is of. */
struct whom {
	const struct run_info *run; /* of any of them */
	const char *kernels; /* names of several; NULL: it is one */
	size_t records, virtual, faithful, by_family[FAMILY_COUNT];
};

/* The first half of a heading. */
void whom_add_words(struct buffer *words, const struct whom *whom);
/* The same of @records; nothing of none. */
void records_add_whom(struct buffer *words, const struct record *const *records, size_t count);

/* The same as heading_print() of all records of @columns together. */
void heading_print_columns(const struct sheet *sheet, const struct matrix_column *columns,
                           size_t count);

/* How many of @records, from the first on, are of one kernel. */
size_t records_of_kernel(const struct record *const *records, size_t count);

/* "kernel time", "wall time": whose seconds a record's are. */
const char *record_seconds(const struct record *rec);

/* Has the claim another record of the same family before the @at-th? */
bool claim_is_repeated(const struct record *const *records, size_t at, const char *id);

#endif
