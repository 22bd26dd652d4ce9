/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apt: run it, and say in a line what went wrong and what helps. */
#ifndef FINWAIT_VM_APT_H
#define FINWAIT_VM_APT_H

#include "../base/fault.h"

/* As spawn(), of a program of apt's or dpkg's; a failure is apt_explain()ed. */
int apt_run(const char *const argv[], const char *dir, char **output, struct fault *f) MUST_CHECK;

/*
 * Fill @f from what @program complained of: contents that do not fit the signed index and
 * signatures that are not accepted in words of our own, all else in its own words. -EIO. Pure.
 */
int apt_explain(const char *program, const char *complaint, struct fault *f);

#endif
