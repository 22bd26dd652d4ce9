/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trust: what lies in the cache is run: kernels, snapshots, apt's configuration. So nobody
 * else may be able to change it. What another user owns or can write is refused with a line
 * that names it; it is neither used nor mended.
 */
#ifndef FINWAIT_VM_TRUST_H
#define FINWAIT_VM_TRUST_H

#include "../base/fault.h"

/*
 * A folder or file of ours: owned by the effective user, not writable for group or others,
 * a folder or a regular file and no link. 0 when it is not there. -EPERM.
 */
int trust_own(const char *path, struct fault *f) MUST_CHECK;
/* The same of what @fd has open; @path is for the words. */
int trust_open(int fd, const char *path, struct fault *f) MUST_CHECK;
/* The same of @name in the folder @dir. */
int trust_own_in(const char *dir, const char *name, struct fault *f) MUST_CHECK;
/*
 * A folder of ours, wherever links lead: trust_own() of where @path really is, and each folder
 * on the way there owned by root or us and not writable for others unless it is sticky, so
 * that nobody can put another one in the place of ours. -EPERM.
 */
int trust_room(const char *path, struct fault *f) MUST_CHECK;
/* trust_own() of @path and of all that is below it. */
int trust_tree(const char *path, struct fault *f) MUST_CHECK;

#endif
