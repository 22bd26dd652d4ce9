/* SPDX-License-Identifier: GPL-2.0-or-later */
/* legend: what the words and letters in a table mean, of those that are in it. */
#ifndef FINWAIT_REPORT_LEGEND_H
#define FINWAIT_REPORT_LEGEND_H

#include "sheet.h"

/*
 * One paragraph: the verdicts of @records (@verdicts; else others have explained them), the word of
 * the model, and what the letters of the articles are. Nothing where none is there.
 */
void legend_print(const struct sheet *sheet, const struct record *const *records, size_t count,
                  bool verdicts);

#endif
