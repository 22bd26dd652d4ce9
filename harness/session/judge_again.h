/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge_again: a kept record before the judge of this build. */
#ifndef FINWAIT_SESSION_JUDGE_AGAIN_H
#define FINWAIT_SESSION_JUDGE_AGAIN_H

#include "../base/fault.h"
#include "../record/record.h"

/*
 * Findings and outcome of @rec are made anew from its events, by its probe's judge() here. A
 * run that never came to its judge (crashed, skipped, interrupted) keeps its outcome. 0,
 * -ENOENT with a line in @f: there is no such probe, or -ENOMEM.
 */
int judge_again(struct record *rec, struct fault *f) MUST_CHECK;

#endif
