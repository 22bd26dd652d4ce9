// SPDX-License-Identifier: GPL-2.0-or-later
/* bisect: between which two kernels a finding changed. */
#include "../session/bisect.h"

#include <errno.h>
#include <string.h>

#include "../base/clock.h"
#include "../base/slack.h"
#include "cli.h"
#include "format.h"
#include "kernel_choice.h"

struct bisect_command {
	struct kernel_choice choice;
	struct bisect bisect;
};

/* ---- while it goes on ---- */

static int kernel_asked(struct history_kernel *kernel, size_t number, void *arg)
{
	struct bisect_command *cmd = arg;

	(void)number;
	return choice_ask(&cmd->choice, (size_t)(kernel - cmd->choice.answers));
}

static void step_show(const struct bisect *bisect, const struct history_change *open, size_t kernel,
                      void *arg)
{
	struct bisect_command *cmd = arg;
	struct history_bisection bisection = bisect_bisection(bisect);
	struct report_style style = cli_style();

	choice_progress_clear(&cmd->choice);
	bisection_print_step(&bisection, open, kernel, bisect->asked, &style, stdout);
	fflush(stdout); /* the next one may take a while */
}

static void ends_show(const struct bisect *bisect, size_t steps, void *arg)
{
	struct bisect_command *cmd = arg;
	struct history_bisection bisection = bisect_bisection(bisect);
	struct report_style style = cli_style();
	size_t last = bisect->count - 1;

	choice_progress_clear(&cmd->choice);
	bisection_print_step(&bisection, bisect->changes, 0, 1, &style, stdout);
	bisection_print_step(&bisection, bisect->changes, last, 2, &style, stdout);
	printf("%zu finding%s; %zu kernel%s between them, about %zu of them to ask\n",
	       bisect->change_count, bisect->change_count == 1 ? " differs" : "s differ",
	       bisect->count - 2, bisect->count == 3 ? "" : "s", steps);
	fflush(stdout);
}

/* ---- what it came to ---- */

/* A change that is not pinned to two neighbours is not all that was asked for. */
static enum exit_code found_code(const struct bisect *bisect)
{
	for (size_t i = 0; i < bisect->change_count; i++)
		if (bisect->changes[i].silent)
			return EXIT_NOT_RUN;
	return EXIT_AS_PREDICTED;
}

static void found_print(const struct bisect *bisect)
{
	struct history_bisection bisection = bisect_bisection(bisect);
	const struct history_change *first = &bisect->changes[0];
	struct report_style style = cli_style();

	/* an error of writing is for cli_finish() to say */
	if (bisection_print(&bisection, &style, stdout) == 0)
		cli_advise("\nLook closer: finwait diff --kernel %s,%s %s\n",
		           bisect->kernels[first->last].release,
		           bisect->kernels[first->first].release, first->question.probe);
}

static void same_print(const struct bisect *bisect)
{
	printf("%s and %s answer alike", bisect->kernels[0].label,
	       bisect->kernels[bisect->count - 1].label);
	if (bisect->silent)
		printf("; of %zu finding%s not both tell", bisect->silent,
		       bisect->silent == 1 ? "" : "s");
	putchar('\n');
}

static int result_print(const struct bisect *bisect, bool found)
{
	enum exit_code code = found ? found_code(bisect) : EXIT_MODEL_FAILED;
	struct history_bisection bisection = bisect_bisection(bisect);
	struct grid grid;
	int printed;

	if (cli_format() == FORMAT_TEXT) {
		if (found)
			found_print(bisect);
		else
			same_print(bisect);
		return code;
	}
	grid = grid_open("finwait bisect");
	bisection_put(&grid, &bisection);
	printed = format_print(&grid);
	return printed ? printed : (int)code;
}

/* @end is an enum bisect_end, or -errno. */
static int end_print(const struct bisect *bisect, int end)
{
	char line[512];

	if (end == -EINTR)
		return cli_say(EXIT_NOT_RUN, "interrupted; what has been answered is kept: the"
		                             " same bisect goes on from there");
	if (end < 0)
		return cli_say(EXIT_NOT_RUN, "cannot bisect: %s", strerror(-end));
	if (end == BISECT_SILENT)
		return cli_say(EXIT_NOT_RUN, "%s", bisect_silence(bisect, line, sizeof(line)));
	return result_print(bisect, end == BISECT_FOUND);
}

static int bisect_carry_out(struct bisect_command *cmd)
{
	struct kernel_choice *choice = &cmd->choice;
	bool text = cli_format() == FORMAT_TEXT;
	const struct bisect_hooks hooks = {
		.ask = kernel_asked,
		.ends = text ? ends_show : NULL,
		.step = text ? step_show : NULL,
		.arg = cmd,
	};
	int end, code;

	cmd->bisect = (struct bisect){
		.kernels = choice->answers,
		.count = choice->chosen.count,
		.slack_ns = slack_ms() * NS_PER_MS,
	};
	end = bisect_run(&cmd->bisect, &hooks);
	choice_progress_clear(choice);
	code = end_print(&cmd->bisect, end);
	if (end == BISECT_FOUND || end == BISECT_SAME)
		choice_say_counts(choice, cmd->bisect.asked);
	bisect_free(&cmd->bisect);
	return code;
}

int command_bisect(int argc, char **argv)
{
	struct bisect_command cmd;
	int code = choice_parse(&cmd.choice, COMMAND_BISECT, argc, argv);

	if (!code)
		code = choice_take_range(&cmd.choice);
	if (!code)
		code = choice_try_sets(&cmd.choice);
	if (!code)
		code = bisect_carry_out(&cmd);
	choice_free(&cmd.choice);
	return code;
}
