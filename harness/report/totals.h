/* SPDX-License-Identifier: GPL-2.0-or-later */
/* totals: what a whole run came to, below its probes. */
#ifndef FINWAIT_REPORT_TOTALS_H
#define FINWAIT_REPORT_TOTALS_H

#include "sheet.h"

/* Who was not there and why: a line for all probes that share the reason. */
void absences_print(const struct sheet *sheet, const struct record *const *records, size_t count);
/* One line: how many probes and findings came to what. */
void totals_print(const struct sheet *sheet, const struct record *const *records, size_t count);

#endif
