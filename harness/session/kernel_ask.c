// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel_ask.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct ask_arg {
	struct kernel_asking *asking;
	struct history_kernel *kernel;
};

static int answer_take(const struct sweep_place *place, const struct record *rec, void *arg)
{
	struct ask_arg *about = arg;

	(void)place; /* there is one */
	tally_add(&about->asking->tally, rec);
	return history_take(about->kernel, rec);
}

static void goes_on(const struct sweep_counts *counts, const char *making, int64_t elapsed_ns,
                    void *arg)
{
	const struct ask_arg *about = arg;

	about->asking->progress(counts, making, elapsed_ns, about->asking->arg);
}

static void says(const char *line, void *arg)
{
	const struct ask_arg *about = arg;

	about->asking->say(line, about->asking->arg);
}

/* Without the kernel's name, which a sweep puts first: here it may be a path. */
static const char *why_bare(const char *why, const char *name)
{
	char head[48];
	size_t length = (size_t)snprintf(head, sizeof(head), "%.40s: ", name);

	return strncmp(why, head, length) ? why : why + length;
}

/* All that is asked of the one kernel @name, which has to live as long. */
static struct sweep sweep_of(const struct kernel_asking *asking, const char *const *name)
{
	return (struct sweep){
		.request = *asking->request,
		.kernels = name,
		.kernel_count = 1,
		.again = asking->again,
	};
}

int kernel_ask(struct kernel_asking *asking, const char *name, struct history_kernel *kernel)
{
	struct ask_arg about = {asking, kernel};
	const struct sweep_hooks hooks = {
		.answer = answer_take,
		.progress = asking->progress ? goes_on : NULL,
		.say = says,
		.arg = &about,
	};
	const struct sweep sweep = sweep_of(asking, &name);
	struct sweep_result result;
	enum exit_code code = sweep_run(&sweep, &hooks, &result);

	/* What the probes came to is in their records; a kernel that is otherwise is no failure here. */
	asking->tally.incomplete |= code != EXIT_AS_PREDICTED && result.why[0];
	asking->kept += result.counts.kept;
	asking->asked += result.counts.asked;
	if (result.interrupted)
		return -EINTR;
	if (result.why[0] && !kernel->count)
		history_fail(kernel, why_bare(result.why, name));
	else if (result.why[0])
		says(result.why, &about);
	kernel->asked = true;
	return 0;
}

int kernel_try(const struct kernel_asking *asking, const char *name, char why[KERNEL_WHY])
{
	struct kernel_asking quiet = {.progress = asking->progress, .arg = asking->arg};
	struct ask_arg about = {&quiet, NULL};
	const struct sweep_hooks hooks = {
		.progress = asking->progress ? goes_on : NULL,
		.arg = &about,
	};
	struct sweep sweep = sweep_of(asking, &name);
	struct sweep_result result;
	enum exit_code code;

	sweep.plan_only = true;
	code = sweep_run(&sweep, &hooks, &result);
	snprintf(why, KERNEL_WHY, "%s", why_bare(result.why, name));
	if (result.interrupted)
		return -EINTR;
	return code == EXIT_USAGE ? -EINVAL : 0;
}
