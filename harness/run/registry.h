/* SPDX-License-Identifier: GPL-2.0-or-later */
/* registry: every probe, from the file names (scripts/make-registry). */
#ifndef FINWAIT_RUN_REGISTRY_H
#define FINWAIT_RUN_REGISTRY_H

#include "../probe.h"

struct registry_entry {
	const char *id; /* from the file's name; equals probe->id */
	const char *file;
	const struct probe *probe;
};

extern const struct registry_entry registry[]; /* ends with id NULL */

const struct probe *registry_find(const char *id);

/*
 * Adds to @rec the title, the question and the claims that its probe has today, where it tells
 * none itself: 0.1.0 did not write them. 0 or -ENOMEM.
 */
int registry_describe(struct record *rec) MUST_CHECK;

#endif
