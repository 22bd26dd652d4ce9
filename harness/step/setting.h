/* SPDX-License-Identifier: GPL-2.0-or-later */
/* setting: sysctls of the hosts, as they are set for a run and as they were found. */
#ifndef FINWAIT_STEP_SETTING_H
#define FINWAIT_STEP_SETTING_H

#include "bench.h"

/* What is in force at both hosts, into @rec. 0 or -errno. */
int setting_read(const struct bench *bench, struct record *rec, struct fault *f) MUST_CHECK;
/* Set @set at @host, then read all again: setting one may change others. 0 or -errno. */
int setting_write(const struct bench *bench, enum side host, const struct settings *set,
                  struct record *rec, struct fault *f) MUST_CHECK;

#endif
