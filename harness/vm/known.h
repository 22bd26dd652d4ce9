/* SPDX-License-Identifier: GPL-2.0-or-later */
/* known: the kernels that there are to ask, oldest first: fetched, offered by the mirror, built. */
#ifndef FINWAIT_VM_KNOWN_H
#define FINWAIT_VM_KNOWN_H

#include "kernels.h"

struct known_kernel {
	char name[CACHE_PATH]; /* as kernel_find() takes it: the release, or VMLINUZ:MODULES */
	char release[96], version[64]; /* version "": it was built, not packaged */
	char place[96]; /* of one that was built: what of the folder it is in */
	char label[96]; /* in what is printed: short, and no other has it (known_label()) */
	const struct vm_offer *offer; /* NULL: the mirror has not got it, or was not asked */
	bool fetched; /* else known_fetch() first */
};

/* All zeros is an empty one; known_free() it. */
struct known {
	struct known_kernel *items;
	size_t count, space;
	struct vm_offers offers; /* of known_offered() */
};

/* Adds those that have been fetched. 0 or -errno. */
int known_fetched(struct known *known, struct fault *f) MUST_CHECK;
/*
 * Adds those that this machine's mirror offers in any of Debian's suites, once; of one that has
 * been fetched as well @offer says so. known->offers.missing: why not all could be read.
 */
int known_offered(struct known *known, struct fault *f) MUST_CHECK;
/* What looks like a kernel in a folder, and cannot be one. */
typedef void (*left_out_fn)(const struct fault *why, void *arg);
/*
 * Adds those of the folder @dir: each vmlinuz or bzImage whose modules are found, and those of
 * each folder with boot/ and lib/modules/ in it, or that it is itself. -ENOENT: there are none.
 */
int known_built(struct known *known, const char *dir, left_out_fn left_out, void *arg,
                struct fault *f) MUST_CHECK;

/* Oldest first. */
void known_order(struct known *known);
/* Gives each the shortest name that tells it from the others; after the last was added or left. */
void known_label(struct known *known);
/* The place of what @name says best, the newest of several; known->count: there is none. */
size_t known_find(const struct known *known, const char *name);
/*
 * Adds to @to those of @known from place @first to @last that are of the first one's flavour, each
 * once: what changes between two flavours is no doing of a version's. @known outlives @to.
 */
int known_pick(struct known *to, const struct known *known, size_t first, size_t last,
               struct fault *f) MUST_CHECK;

/* Fetches one that is offered. 0 or -errno. */
int known_fetch(struct known_kernel *kernel, struct fault *f) MUST_CHECK;
void known_free(struct known *known);

#endif
