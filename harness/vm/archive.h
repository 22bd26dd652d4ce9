/* SPDX-License-Identifier: GPL-2.0-or-later */
/* archive: Debian's archive, as an apt with a configuration of its own reads it. */
#ifndef FINWAIT_VM_ARCHIVE_H
#define FINWAIT_VM_ARCHIVE_H

#include <stdbool.h>

#include "../base/fault.h"

/*
 * The cache's room for that apt's state, lists and cache. @wide looks into every suite, and
 * has a room of its own: what one finds does not depend on whether the other was asked before.
 */
const char *archive_room(bool wide);
/* 0, or -EPERM: somebody else could change what apt reads in the room @dir (trust.h). */
int archive_trusted(const char *dir, struct fault *f) MUST_CHECK;
/* Whether its lists are those of the last 12 hours. */
bool archive_is_fresh(const char *dir);
/*
 * Configure that apt in @dir and let it update its lists, unless archive_is_fresh().
 * @conf is "@dir/apt.conf". 0, or -errno as of apt_run().
 */
int archive_update(const char *dir, const char *conf, bool wide, struct fault *f) MUST_CHECK;

#endif
