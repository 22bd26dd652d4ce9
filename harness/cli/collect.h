/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * collect: records from several sources, for the commands that set them side by side. A
 * source is a kernel, asked as 'finwait run' would and its records kept in OUT/KERNEL/,
 * or what was kept earlier.
 */
#ifndef FINWAIT_CLI_COLLECT_H
#define FINWAIT_CLI_COLLECT_H

#include "records.h"

#define SOURCES_MAX MATRIX_COLUMNS

struct source {
	char *name; /* as it is called in what is printed */
	char *path; /* of kept records; NULL: a kernel, to run on */
	struct kept_records kept; /* without records: nothing is there, and */
	char *why; /* this is why */
	struct phases phases; /* with --phases, or kept with it */
};

bool source_is_host(const struct source *source);

/* What each kernel is asked, beside the user's own options. */
struct ask {
	const char *form; /* "--quick", "--faithful", NULL: as is the rule there */
	const struct run_asked *asked; /* to be repeated; NULL: nothing */
	char *const *patterns; /* where there are several asks: each the id of a probe */
	size_t count;
};

struct collect {
	bool is_matrix; /* --from and --phases are taken, too */
	struct source sources[SOURCES_MAX];
	size_t count, kernels; /* sources, and how many of them are kernels */
	struct ask *asks;
	size_t ask_count;
	const char *out_dir, *form;
	char **pass; /* for run: the command's name, then options and their values in pairs */
	int pass_count;
	bool has_host;
	bool has_phases;
	bool interrupted, incomplete, model_failed; /* what it came to */
	char **words; /* of the command line, without its options */
	size_t word_count;
};

/* Each returns 0, or an exit code with the line said; collect_free() it either way. */

/* The options; one ask with all words as its patterns. */
int collect_parse(struct collect *c, int argc, char **argv);
/* One more source: what is kept at @path. */
int collect_add_path(struct collect *c, const char *name, const char *path);
int source_load(struct source *source, char *const *patterns, size_t count);
/*
 * Ask all kernels, load what is not yet loaded. What cannot be had costs that source,
 * with a line and a reason; what cannot be asked of any is refused before the first.
 */
int collect_all(struct collect *c);
void collect_free(struct collect *c);

#endif
