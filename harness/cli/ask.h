/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ask: what a kernel is asked, as the words that 'finwait run' takes. */
#ifndef FINWAIT_CLI_ASK_H
#define FINWAIT_CLI_ASK_H

#include "collect.h"

/* An argv for run, each word a copy of its own. */
struct run_words {
	char **items; /* a NULL behind the last, as in argv */
	int count;
};

/*
 * The words by which @source is asked @ask: first what is repeated, then the user's own
 * options, so that these win. 0 or -ENOMEM; run_words_free() them either way.
 */
int ask_words(const struct collect *c, const struct source *source, const struct ask *ask,
              struct run_words *words) MUST_CHECK;
void run_words_free(struct run_words *words);

#endif
