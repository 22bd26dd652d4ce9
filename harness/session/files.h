/* SPDX-License-Identifier: GPL-2.0-or-later */
/* files: how many files may be open at once. */
#ifndef FINWAIT_SESSION_FILES_H
#define FINWAIT_SESSION_FILES_H

#include "../base/fault.h"

/* A probe takes 24 descriptors at most, eBPF 38 that it inherits. */
#define FILES_NEEDED 64

/*
 * Allow as many as the hard limit does, into @allowed. -EMFILE: fewer than a probe takes.
 * Libraries give EMFILE other names: it is told before.
 */
int files_allow(unsigned long long *allowed, struct fault *f) MUST_CHECK;

#endif
