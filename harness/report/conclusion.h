/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conclusion: what a probe came to, in words. */
#ifndef FINWAIT_REPORT_CONCLUSION_H
#define FINWAIT_REPORT_CONCLUSION_H

#include "../base/buffer.h"
#include "../record/record.h"

/*
 * One sentence, by one rule for all probes: of the finding that tells most what is said of it, what
 * it is, and under which settings; nothing where nothing was found, which has its reason.
 */
void conclusion_add(struct buffer *words, const struct record *rec);

/* Whether the probe, a claim of it or the rule of a finding calls the sysctl ("tcp_sack") by name. */
bool record_names_sysctl(const struct record *rec, const char *name);

#endif
