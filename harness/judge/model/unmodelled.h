/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unmodelled: settings whose rules no model here knows. */
#ifndef FINWAIT_JUDGE_MODEL_UNMODELLED_H
#define FINWAIT_JUDGE_MODEL_UNMODELLED_H

#include "../../story/topic.h"

#define UNMODELLED_SIZE 128

/*
 * The first sysctl in force at a host of @story whose value the models do not know the rule
 * of, where it bears on what happened, into @why: "tcp_keepalive_time=-1 is not modelled".
 * False: there is none.
 */
bool model_unmodelled(const struct story *story, char why[UNMODELLED_SIZE]);

#endif
