/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * entry: a guest in the cache, a folder of some files, and whether it is still what was made.
 *
 * "made" holds the size and digest of each file. Reading a guest's whole memory takes longer
 * than running a short probe in it, so "checked" holds what stat(2) said of the files when
 * their digests were last looked at: whatever writes to a file changes its ctime, which nobody
 * can set. Where that differs (a cache that was copied, too) all is read once more.
 */
#ifndef FINWAIT_VM_ENTRY_H
#define FINWAIT_VM_ENTRY_H

#include <stdbool.h>

#include "cache.h"

enum entry_kind {
	ENTRY_BOOTS, /* it has what a boot needs */
	ENTRY_RESTORES, /* a machine at its last stop */
	ENTRY_MULTIPLIES, /* the same, and the machine at its first stop */
	ENTRY_KIND_COUNT,
};

/* Add the contents of @path to a running digest (cache.h). */
int file_digest(const char *path, uint64_t *digest, struct fault *f) MUST_CHECK;

/* Write down what is in @dir, which is complete. */
int entry_seal(const char *dir, enum entry_kind kind, struct fault *f) MUST_CHECK;
/* Whether all is there, as it was made, and of the modules that the kernel still has. */
bool entry_is_whole(const char *dir, enum entry_kind kind);
/*
 * A digest of what the guest of @dir is: its memory and its words about itself, as "made" has
 * them. The rest of the machine's state is not in it, which has the host's clock; two that were
 * made of the same things are the same by this. Adds to *@digest.
 */
int entry_digest(const char *dir, uint64_t *digest, struct fault *f) MUST_CHECK;
/* trust_own() of the entry and of each file in it. */
int entry_trusted(const char *dir, struct fault *f) MUST_CHECK;

#endif
