/* SPDX-License-Identifier: GPL-2.0-or-later */
/* registry: every probe, from the file names (scripts/make-registry). */
#ifndef FINWAIT_RUN_REGISTRY_H
#define FINWAIT_RUN_REGISTRY_H

#include "../probe.h"
#include "../report/report.h"

struct registry_entry {
	const char *id; /* from the file's name; equals probe->id */
	const char *file;
	const struct probe *probe;
};

extern const struct registry_entry registry[]; /* ends with id NULL */

const struct probe *registry_find(const char *id);

/* What the reports need of a probe's words (report/report.h). */
const char *registry_title(const char *probe);
const struct report_claim *registry_claim(const char *probe, const char *claim);

#endif
