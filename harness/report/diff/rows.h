/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rows: what differs between records, as a grid. */
#ifndef FINWAIT_REPORT_DIFF_ROWS_H
#define FINWAIT_REPORT_DIFF_ROWS_H

#include "../grid.h"
#include "../report.h"

/* The columns; then, for each pair, a row for each difference: 0 or -ENOMEM. */
void diff_columns(struct grid *grid);
int diff_rows(struct grid *grid, const struct diff_side sides[2], int64_t slack_ns,
              bool *differ) MUST_CHECK;
/* A probe that side @side alone has, 0 being A; @names: what the user calls the sides. */
void diff_row_alone(struct grid *grid, const char *const names[2], const char *probe, int side);

#endif
