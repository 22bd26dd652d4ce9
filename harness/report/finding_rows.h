/* SPDX-License-Identifier: GPL-2.0-or-later */
/* finding_rows: what was found, a row a finding. */
#ifndef FINWAIT_REPORT_FINDING_ROWS_H
#define FINWAIT_REPORT_FINDING_ROWS_H

#include "../record/phases.h"
#include "grid.h"

/*
 * The columns, and a row for each finding of @records; one for a record without any, with the
 * reason. A NULL among them is passed over. With @phases also what it came to over all of them.
 */
void finding_rows(struct grid *grid, const struct record *const *records, size_t count,
                  const struct phases *phases);
/* A cell; "" of VALUE_NONE. */
void value_put(struct grid *grid, const struct value *value);
/* Five: says, predicts, measured, verdict, model. */
void answer_put(struct grid *grid, const struct finding *finding);
/* "IPv4", "IPv6" */
const char *family_word(enum family family);
/* "holds", "FAILED"; "" where it was not judged */
const char *model_word(enum model model);

#endif
