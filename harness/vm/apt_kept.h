/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apt_kept: what apt-cache said of the lists, kept beside them until they change. */
#ifndef FINWAIT_VM_APT_KEPT_H
#define FINWAIT_VM_APT_KEPT_H

#include "../base/fault.h"

/*
 * As apt_run() of a program that reads nothing but the lists in @room (archive.h). Where a host's
 * configuration gives apt no cache of its own, as in containers, each question to it costs
 * seconds of a processor. @name is the file that keeps the answer; what cannot be kept, or is not
 * whole, is asked for again.
 */
int apt_kept(const char *room, const char *name, const char *const argv[], char **output,
             struct fault *f) MUST_CHECK;

#endif
