/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run_command: what 'finwait run' was asked, and what it has at hand while it runs. */
#ifndef FINWAIT_CLI_RUN_COMMAND_H
#define FINWAIT_CLI_RUN_COMMAND_H

#include "../run/keep.h"
#include "../run/supervisor.h"
#include "../vm/vm.h"
#include "cli.h"

enum run_format { FORMAT_TABLE, FORMAT_JSON, FORMAT_TAP };

struct run_command {
	struct run_request request;
	enum run_format format;
	bool ladder, verbose;
	struct keep *keep;
	size_t tap_number;
	bool progress_shown;
	const char *kernel; /* NULL: this one */
	bool clock_real, quick;
	struct job_times times;
	unsigned int phase_count; /* 0: once; else as often, with other phases of the timer wheel */
	struct phases phases; /* what they came to */
	bool in_guest; /* on vm, not on this machine */
	struct vm_machine vm;
	struct run_result *result; /* set: the records go there, nothing is printed */
};

/* Fill @cmd from the words of the command line. 0, or an exit code with a line said. */
int run_parse(struct run_command *cmd, int argc, char **argv);

#endif
