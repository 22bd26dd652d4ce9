/* SPDX-License-Identifier: GPL-2.0-or-later */
/* search: the probes that fit a question in plain words. */
#ifndef FINWAIT_RUN_SEARCH_H
#define FINWAIT_RUN_SEARCH_H

#include "registry.h"

struct search_hit {
	const struct registry_row *row;
	unsigned int score;
};

/*
 * The rows that fit @text best, at most @most, the best first, one a probe. Returns how many
 * there are. Theory of operation: search.c.
 */
size_t search_probes(const char *text, struct search_hit *hits, size_t most);

#endif
