// SPDX-License-Identifier: GPL-2.0-or-later
/* history: what each of several kernels answers, and where that changed. */
#include <errno.h>
#include <string.h>

#include "../base/clock.h"
#include "../base/slack.h"
#include "cli.h"
#include "format.h"
#include "kernel_choice.h"

static int history_show(const struct kernel_choice *choice)
{
	int64_t slack_ns = slack_ms() * NS_PER_MS;
	struct report_style style = cli_style();
	struct grid grid;
	int err;

	if (cli_format() == FORMAT_TEXT) {
		err = history_print(choice->answers, choice->chosen.count, slack_ns, &style,
		                    stdout);
		/* an error of writing is for cli_finish() to say */
		return err == -ENOMEM ? cli_say(EXIT_NOT_RUN, "out of memory") : 0;
	}
	grid = grid_open("finwait history");
	if (history_put(&grid, choice->answers, choice->chosen.count, slack_ns) == 0)
		return format_print(&grid);
	grid_free(&grid);
	return cli_say(EXIT_NOT_RUN, "out of memory");
}

static int history_carry_out(struct kernel_choice *choice)
{
	struct tally *tally = &choice->asking.tally;
	int code, err = 0;

	for (size_t i = 0; i < choice->chosen.count && !err; i++) {
		err = choice_ask(choice, i);
		tally->incomplete |= choice->answers[i].why != NULL;
	}
	choice_progress_clear(choice);
	if (err == -EINTR)
		return cli_say(EXIT_NOT_RUN,
		               "interrupted; what has been answered is kept: the same history goes"
		               " on from there");
	if (err)
		return cli_say(EXIT_NOT_RUN, "cannot ask: %s", strerror(-err));
	code = history_show(choice);
	choice_say_counts(choice, choice->chosen.count);
	return code ? code : (int)tally_code(tally);
}

int command_history(int argc, char **argv)
{
	struct kernel_choice choice;
	int code = choice_parse(&choice, COMMAND_HISTORY, argc, argv);

	if (!code)
		code = choice_take_list(&choice);
	if (!code)
		code = choice_try_sets(&choice);
	if (!code)
		code = history_carry_out(&choice);
	choice_free(&choice);
	return code;
}
