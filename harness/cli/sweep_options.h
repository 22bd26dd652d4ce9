/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sweep_options: the command line of 'finwait sweep'. */
#ifndef FINWAIT_CLI_SWEEP_OPTIONS_H
#define FINWAIT_CLI_SWEEP_OPTIONS_H

#include "../session/sweep_plan.h"
#include "options.h"

struct sweep_options {
	struct sweep sweep; /* its lists are those below */
	struct sweep_axis *axes;
	struct value_list *lists; /* one an axis */
	size_t axis_space, list_space;
	char **kernels;
	size_t kernel_space;
	const char **merged;
	size_t merged_space;
	struct sweep_plan plan; /* that was read: the sweep's lists are its own then */
	const char *plan_file;
	bool asked; /* something was said of what is to be asked */
	bool chunked;
	size_t chunk;
	const char *csv; /* NULL: none */
	const char *html; /* the page's file; NULL: none */
};

/* 0, or an exit code with the line said; sweep_options_free() it either way. */
int sweep_parse(struct sweep_options *options, int argc, char **argv);
void sweep_options_free(struct sweep_options *options);

#endif
