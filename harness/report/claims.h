/* SPDX-License-Identifier: GPL-2.0-or-later */
/* claims: an article's claims in its order, with what became of each on each kernel. */
#ifndef FINWAIT_REPORT_CLAIMS_H
#define FINWAIT_REPORT_CLAIMS_H

#include "../record/article.h"
#include "grid.h"
#include "report.h"

/*
 * The claims of @article that the records of @columns judged, in the order of the records: a
 * paragraph a claim, a line a kernel, with what the article says and what was measured.
 * Returns 0, -ENOMEM or -EIO.
 */
int claims_print(const struct article *article, const struct matrix_column *columns, size_t count,
                 const struct report_style *style, FILE *out) MUST_CHECK;
/* The same as a grid: the columns, and a row a claim and kernel. Without memory the grid says so. */
void claims_put(struct grid *grid, const struct article *article,
                const struct matrix_column *columns, size_t count);

#endif
