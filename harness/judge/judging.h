/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judging: what the judge's own files share. */
#ifndef FINWAIT_JUDGE_JUDGING_H
#define FINWAIT_JUDGE_JUDGING_H

#include "judge.h"

/* One finding: a figure in @unit whose values are all of @kind. */
void judge_figure(struct judge *judge, const char *unit, enum value_kind kind,
                  const struct figure *figure);

/* Keeps one send of a schedule, of the claim and the case that are open, beside its finding. */
void judge_interval(struct judge *judge, const struct interval *interval);

/*
 * Where an article is right in one case of a figure and wrong in another, it is right under a
 * condition: its verdict in each is "qualified", and the note says which way this one was.
 * 0 or -ENOMEM.
 */
int cases_qualify(struct record *rec);

#endif
