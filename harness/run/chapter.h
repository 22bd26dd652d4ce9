/* SPDX-License-Identifier: GPL-2.0-or-later */
/* chapter: the folders of probes, as a catalog has them. */
#ifndef FINWAIT_RUN_CHAPTER_H
#define FINWAIT_RUN_CHAPTER_H

#include "registry.h"

struct chapter {
	const char *folder; /* "06-close-lost"; NULL: probes from elsewhere */
	const char *title;
};

/* That of @row's file. */
const struct chapter *chapter_of(const struct registry_row *row);

#endif
