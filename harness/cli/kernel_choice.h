/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel_choice: several kernels of a kind, oldest first, to be asked one by one: bisect, history. */
#ifndef FINWAIT_CLI_KERNEL_CHOICE_H
#define FINWAIT_CLI_KERNEL_CHOICE_H

#include "../session/compile.h"
#include "../session/kernel_ask.h"
#include "../vm/known.h"
#include "options.h"

struct kernel_choice {
	struct request request;
	struct probe_words probes;
	bool all; /* those that the mirror offers, too */
	const char *kernels; /* as --kernel has it; NULL: it was not given */
	struct known known, chosen;
	struct history_kernel *answers; /* of chosen */
	struct kernel_asking asking;
	int64_t began_ns;
	bool progress_shown;
	const char *at; /* the label of the one that is asked */
};

/* Options and probes. 0, or an exit code with the line said; choice_free() it either way. */
int choice_parse(struct kernel_choice *choice, enum command_id command, int argc, char **argv);
/* Those from GOOD to BAD, or of a folder. The same. */
int choice_take_range(struct kernel_choice *choice);
/* Those of a list of names, ranges and folders; of no list those that there are. The same. */
int choice_take_list(struct kernel_choice *choice);
/*
 * Before the first one is asked: what the newest refuses to have set, and the oldest as well, is a
 * mistake. What only one of them has is not: the others have no answer. The same.
 */
int choice_try_sets(struct kernel_choice *choice);
/* chosen[@i] is asked, fetched if need be. 0 or -errno. */
int choice_ask(struct kernel_choice *choice, size_t i);
/* Before something is printed. */
void choice_progress_clear(struct kernel_choice *choice);
/* How much was asked, on standard error. */
void choice_say_counts(const struct kernel_choice *choice, size_t kernels);
void choice_free(struct kernel_choice *choice);

#endif
