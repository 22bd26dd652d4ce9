// SPDX-License-Identifier: GPL-2.0-or-later
/* slurm: what squeue says, and what a shell takes for a word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../harness/run/registry.h"
#include "../../harness/session/slurm.h"

const struct registry_entry registry[] = {{0}};

enum { TASKS = 6 };
static enum slurm_task tasks[TASKS];

/* "WWRGGG": what each task does. */
static void expect(const char *said, const char *letters, const char *reason)
{
	struct slurm_array array = {.tasks = tasks, .count = TASKS, .reason = "before"};
	size_t running = 0, gone = 0;

	slurm_tasks_read(&array, said);
	for (size_t i = 0; i < TASKS; i++) {
		if (tasks[i] != (letters[i] == 'W'   ? SLURM_WAITING
		                 : letters[i] == 'R' ? SLURM_RUNNING
		                                     : SLURM_GONE))
			fail_msg("task %zu of '%s' is not %c", i, said, letters[i]);
		running += letters[i] == 'R';
		gone += letters[i] == 'G';
	}
	assert_int_equal(array.running, running);
	assert_int_equal(array.gone, gone);
	assert_string_equal(array.reason, reason);
}

static void what_squeue_says(void **state)
{
	(void)state;
	expect("", "GGGGGG", "");
	expect("0 RUNNING None\n1 PENDING Resources\n2 PENDING Priority\n", "RWWGGG", "Resources");
	expect("5 PENDING (null)\n", "GGGGGW", "");
	expect("3 PENDING ReqNodeNotAvail, UnavailableNodes:n[1-3]\n", "GGGWGG", "ReqNodeNotAvail");
	expect("0 COMPLETING None\n1 CONFIGURING None\n2 SUSPENDED None\n", "RRRGGG", "");
	/* which squeue still names for some minutes */
	expect("0 COMPLETED None\n1 FAILED NonZeroExitCode\n2 CANCELLED None\n3 NODE_FAIL None\n"
	       "4 TIMEOUT TimeLimit\n5 PREEMPTED None\n",
	       "GGGGGG", "");
	/* a state that nobody here knows: it is not known to have ended */
	expect("2 SOME_DAY None\n", "GGRGGG", "");
}

static void what_squeue_does_not_say(void **state)
{
	(void)state;
	expect("6 RUNNING None\n99999999999999999999 RUNNING None\n-1 RUNNING None\n", "GGGGGG",
	       "");
	expect("N/A RUNNING None\n\n\n1\n2 \n3 RUNNING", "GGGRGG", "");
}

static void words_for_a_shell(void **state)
{
	static const char *const words[] = {"/usr/bin/finwait", "a b", "it's",
	                                    "$(x)`y`\\",        "'",   ""};

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct buffer command = {0};
		char out[100] = "";
		FILE *shell;

		buffer_add(&command, "printf %%s ");
		shell_quote(&command, words[i]);
		shell = popen(buffer_text(&command), "r");
		assert_non_null(shell);
		if (!fgets(out, sizeof(out), shell))
			out[0] = '\0';
		assert_int_equal(pclose(shell), 0);
		assert_string_equal(out, words[i]);
		buffer_free(&command);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_squeue_says),
		cmocka_unit_test(what_squeue_does_not_say),
		cmocka_unit_test(words_for_a_shell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
