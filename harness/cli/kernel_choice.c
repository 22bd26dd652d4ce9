// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel_choice.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/clock.h"
#include "../base/interrupt.h"
#include "../base/slack.h"
#include "../session/collect.h"
#include "cli.h"
#include "commands.h"
#include "mirror.h"
#include "request_options.h"

/* ---- what is seen while it goes on ---- */

void choice_progress_clear(struct kernel_choice *choice)
{
	if (choice->progress_shown)
		fputs("\r\033[K", stderr);
	choice->progress_shown = false;
}

static void goes_on(const struct sweep_counts *counts, const char *making, int64_t elapsed_ns,
                    void *arg)
{
	struct kernel_choice *choice = arg;

	(void)elapsed_ns;
	choice->progress_shown = true;
	if (making)
		fprintf(stderr, "\r\033[Kpreparing %.60s ...", making);
	else
		fprintf(stderr, "\r\033[K%.40s: %zu from the store, %zu asked, %zu left",
		        choice->at, counts->kept, counts->asked, counts->left);
}

static void says(const char *line, void *arg)
{
	struct kernel_choice *choice = arg;

	choice_progress_clear(choice);
	(void)cli_say(EXIT_AS_PREDICTED, "%s%s%s", choice->at ? choice->at : "",
	              choice->at ? ": " : "", line);
}

void choice_say_counts(const struct kernel_choice *choice, size_t kernels)
{
	if (!cli_is_quiet())
		(void)cli_say(
			EXIT_AS_PREDICTED,
			"%zu of %zu kernels: %zu answer%s from the store, %zu asked, in %.1f s",
			kernels, choice->chosen.count, choice->asking.kept,
			choice->asking.kept == 1 ? "" : "s", choice->asking.asked,
			(double)(clock_mono_ns() - choice->began_ns) / NS_PER_S);
}

/* ---- the command line ---- */

static int option_take(void *arg, const struct option_row *row, const char *value)
{
	struct kernel_choice *choice = arg;

	if (row->id == OPTION_KERNEL && choice->kernels)
		return cli_say(EXIT_USAGE, "--kernel is given twice");
	if (row->id == OPTION_KERNEL)
		choice->kernels = value;
	else if (row->id == OPTION_ALL)
		choice->all = true;
	else if (row->id == OPTION_AGAIN)
		choice->asking.again = true;
	else
		return request_take(&choice->request, row, value);
	return 0;
}

/* Mistakes in what is asked come before any kernel is fetched or made ready. */
static int request_see(const struct kernel_choice *choice)
{
	const struct target target = {.kernel = "newest"};
	struct fault fault;

	if (request_check(&choice->request, &target, &fault) < 0)
		return cli_fault(fault.err == ENOMEM ? EXIT_NOT_RUN : EXIT_USAGE, &fault);
	return 0;
}

int choice_parse(struct kernel_choice *choice, enum command_id command, int argc, char **argv)
{
	struct words words;
	struct fault fault;
	int code;

	*choice = (struct kernel_choice){
		.request = {.slack_ms = slack_ms()},
		.asking = {.request = &choice->request,
	                   .progress = cli_shows_progress() ? goes_on : NULL,
	                   .say = says,
	                   .arg = choice},
		.began_ns = clock_mono_ns(),
	};
	code = options_parse(command, argc, argv, option_take, choice, &words);
	if (!code && probe_words_take(words.items, words.count, &choice->probes, &fault) < 0)
		code = cli_fault(EXIT_USAGE, &fault);
	if (code)
		return code;
	choice->request.patterns = choice->probes.items;
	choice->request.pattern_count = choice->probes.count;
	return request_see(choice);
}

void choice_free(struct kernel_choice *choice)
{
	for (size_t i = 0; choice->answers && i < choice->chosen.count; i++)
		history_clear(&choice->answers[i]);
	free(choice->answers);
	known_free(&choice->chosen);
	known_free(&choice->known);
	probe_words_free(&choice->probes);
	request_clear(&choice->request);
}

/* ---- which kernels ---- */

static bool is_folder(const char *text)
{
	struct stat st;

	return stat(text, &st) == 0 && S_ISDIR(st.st_mode);
}

static void left_out(const struct fault *why, void *arg)
{
	char line[400];

	(void)arg;
	(void)cli_say(EXIT_AS_PREDICTED, "left out: %s", fault_text(why, line, sizeof(line)));
}

/* Not all of the mirror may be readable: what is known counts. */
static int known_read(struct kernel_choice *choice)
{
	const struct fault *missing = &choice->known.offers.missing;
	struct fault fault;
	char why[400];
	int err;

	if (known_fetched(&choice->known, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	if (!choice->all)
		return 0;
	mirror_show(true);
	err = known_offered(&choice->known, &fault);
	mirror_clear();
	if (err)
		return cli_fault(EXIT_NOT_RUN, &fault);
	if (missing->err)
		(void)cli_say(EXIT_AS_PREDICTED,
		              "not all of this machine's mirror could be read: %s",
		              fault_text(missing, why, sizeof(why)));
	return 0;
}

static int kernel_unknown(const struct kernel_choice *choice, const char *name)
{
	struct vm_kernel kernel;
	struct fault fault;

	if (choice->all)
		return cli_say(EXIT_NOT_RUN,
		               "no kernel '%s' has been fetched or is at this machine's mirror",
		               name);
	if (kernel_find(name, &kernel, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	return cli_say(EXIT_USAGE, "'%s' is a path: a range is of versions", name);
}

/* The place of @length bytes of @name among those that are known. */
static int place_take(const struct kernel_choice *choice, const char *name, size_t length,
                      size_t *place)
{
	char own[200];

	if (!strncmp(name, TARGET_HOST, length) && length == strlen(TARGET_HOST))
		return cli_say(EXIT_USAGE, "what 'host' answers takes real time, and is not kept:"
		                           " finwait matrix has it beside others");
	snprintf(own, sizeof(own), "%.*s", (int)length, name);
	*place = known_find(&choice->known, own);
	return *place < choice->known.count ? 0 : kernel_unknown(choice, own);
}

static int picked(struct kernel_choice *choice, size_t first, size_t last)
{
	struct fault fault;

	if (known_pick(&choice->chosen, &choice->known, first, last, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	return 0;
}

static int ends_check(const struct known_kernel *from, const struct known_kernel *to)
{
	char flavours[2][KERNEL_FLAVOUR];

	if (from == to)
		return cli_say(EXIT_USAGE, "both ends are %s: there is nothing between them",
		               from->release);
	if (from > to)
		return cli_say(EXIT_USAGE, "%s is newer than %s: the older one comes first",
		               from->release, to->release);
	if (strcmp(kernel_flavour(from->release, flavours[0]),
	           kernel_flavour(to->release, flavours[1])) != 0)
		return cli_say(EXIT_USAGE,
		               "%s and %s differ in flavour: what changed may be no doing of a"
		               " version",
		               from->release, to->release);
	return 0;
}

/* @length bytes of @text: "6.1..7.3". */
static int range_take(struct kernel_choice *choice, const char *text, size_t length)
{
	const char *dots = strstr(text, "..");
	size_t from = 0, to = 0;
	int code = place_take(choice, text, (size_t)(dots - text), &from);

	if (!code)
		code = place_take(choice, dots + 2, length - (size_t)(dots + 2 - text), &to);
	if (!code)
		code = ends_check(&choice->known.items[from], &choice->known.items[to]);
	return code ? code : picked(choice, from, to);
}

static bool is_range(const char *text, size_t length)
{
	const char *dots = strstr(text, "..");

	return dots && dots > text && dots + 2 < text + length;
}

/* Answers to be, with names to print. */
static int chosen_ready(struct kernel_choice *choice)
{
	struct known *chosen = &choice->chosen;

	known_label(chosen);
	choice->answers = calloc(chosen->count + 1, sizeof(*choice->answers));
	if (!choice->answers)
		return cli_say(EXIT_NOT_RUN, "out of memory");
	for (size_t i = 0; i < chosen->count; i++) {
		choice->answers[i].label = chosen->items[i].label;
		choice->answers[i].release = chosen->items[i].release;
	}
	return 0;
}

static int folder_take(struct kernel_choice *choice, const char *dir)
{
	struct fault fault;

	if (known_built(&choice->chosen, dir, left_out, NULL, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	return 0;
}

int choice_take_range(struct kernel_choice *choice)
{
	const char *text = choice->kernels;
	int code;

	if (!text)
		return cli_say(EXIT_USAGE,
		               "bisect wants --kernel GOOD..BAD, or a folder of built kernels");
	if (is_folder(text)) {
		code = folder_take(choice, text);
	} else if (!is_range(text, strlen(text))) {
		code = cli_say(EXIT_USAGE, "--kernel wants GOOD..BAD or a folder, not '%s'", text);
	} else {
		code = known_read(choice);
		code = code ? code : range_take(choice, text, strlen(text));
	}
	if (!code && choice->chosen.count < 2)
		code = cli_say(EXIT_USAGE, "%s has one kernel, %s: there is nothing to compare",
		               text, choice->chosen.items[0].release);
	return code ? code : chosen_ready(choice);
}

static int item_take(struct kernel_choice *choice, const char *item, size_t length)
{
	char own[CACHE_PATH];
	size_t place = 0;
	int code;

	snprintf(own, sizeof(own), "%.*s", (int)length, item);
	if (!length)
		return cli_say(EXIT_USAGE, "a kernel without a name in '%s'", choice->kernels);
	if (is_folder(own))
		return folder_take(choice, own);
	if (is_range(own, length))
		return range_take(choice, own, length);
	code = place_take(choice, own, length, &place);
	return code ? code : picked(choice, place, place);
}

/* All that have been fetched; of those that are offered what a version by itself names. */
static int everything_take(struct kernel_choice *choice)
{
	int code = 0;

	for (size_t i = 0; i < choice->known.count && !code; i++) {
		const struct known_kernel *kernel = &choice->known.items[i];
		char flavour[KERNEL_FLAVOUR];

		if (kernel->fetched || !strcmp(kernel_flavour(kernel->release, flavour), "cloud"))
			code = picked(choice, i, i);
	}
	if (!code && !choice->chosen.count)
		code = cli_say(EXIT_NOT_RUN, "no kernel has been fetched yet: finwait kernel fetch"
		                             " 6.12, or --all");
	return code;
}

int choice_take_list(struct kernel_choice *choice)
{
	const char *item = choice->kernels;
	int code = known_read(choice);

	if (!code && !item)
		code = everything_take(choice);
	while (!code && item) {
		size_t length = strcspn(item, ",");

		code = item_take(choice, item, length);
		item = item[length] ? item + length + 1 : NULL;
	}
	return code ? code : chosen_ready(choice);
}

/* ---- asking ---- */

static int kernel_have(struct kernel_choice *choice, struct known_kernel *kernel, struct fault *f)
{
	if (!kernel->fetched && cli_shows_progress()) {
		choice->progress_shown = true;
		fprintf(stderr, "\r\033[Kfetching %s ...", kernel->release);
	}
	return known_fetch(kernel, f);
}

static int set_try(struct kernel_choice *choice, size_t i, char why[KERNEL_WHY])
{
	struct known_kernel *kernel = &choice->chosen.items[i];
	struct fault fault;
	int err;

	choice->at = kernel->label;
	err = kernel_have(choice, kernel, &fault);
	if (!err)
		return kernel_try(&choice->asking, kernel->name, why);
	return err == -EINTR ? err : 0;
}

int choice_try_sets(struct kernel_choice *choice)
{
	size_t newest = choice->chosen.count - 1;
	const char *labels[2] = {choice->chosen.items[newest].label, choice->chosen.items[0].label};
	char why[2][KERNEL_WHY];
	int err = 0;

	if (!choice->request.sets.count)
		return 0;
	err = set_try(choice, newest, why[0]);
	if (err == -EINVAL && newest)
		err = set_try(choice, 0, why[1]);
	choice_progress_clear(choice);
	if (err == -EINTR)
		return cli_say(EXIT_NOT_RUN, "interrupted");
	if (!err)
		return 0;
	if (!newest)
		return cli_say(EXIT_USAGE, "%s: %s", labels[0], why[0]);
	if (!strcmp(why[0], why[1]))
		return cli_say(EXIT_USAGE, "%s and %s: %s", labels[0], labels[1], why[0]);
	return cli_say(EXIT_USAGE, "%s: %s; %s: %s", labels[0], why[0], labels[1], why[1]);
}

int choice_ask(struct kernel_choice *choice, size_t i)
{
	struct known_kernel *kernel = &choice->chosen.items[i];
	struct fault fault;
	char why[400];
	int err;

	choice->at = kernel->label;
	err = kernel_have(choice, kernel, &fault);
	if (err == -EINTR)
		return err;
	if (!err)
		return kernel_ask(&choice->asking, kernel->name, &choice->answers[i]);
	history_fail(&choice->answers[i], fault_text(&fault, why, sizeof(why)));
	return 0;
}
