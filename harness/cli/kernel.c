// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"
#include "commands.h"

#include <errno.h>
#include <string.h>

#include "../base/interrupt.h"
#include "../vm/vm.h"
#include "format.h"
#include "kernel_list.h"
#include "mirror.h"

static int kernel_fetch_one(const struct vm_offer *offer)
{
	struct vm_kernel kernel;
	struct fault fault;

	if (kernel_find(offer->release, &kernel, &fault) == 0) {
		printf("%-32s %s (was there)\n", kernel.release, kernel.version);
		return EXIT_AS_PREDICTED;
	}
	if (cli_shows_progress())
		fprintf(stderr, "fetching %s ...\n", offer->release);
	if (offer_fetch(offer, &kernel, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	printf("%-32s %s\n", kernel.release, kernel.version);
	return EXIT_AS_PREDICTED;
}

/* The archive, a part of it and all of it, each asked when it is needed. */
struct archive {
	struct vm_offers offers[2];
	bool asked[2];
};

static int archive_ask(struct archive *archive, bool wide, struct fault *f)
{
	int err;

	if (archive->asked[wide])
		return 0;
	mirror_show(wide);
	err = offers_ask(wide, &archive->offers[wide], f);
	mirror_clear();
	archive->asked[wide] = !err;
	return err;
}

static void archive_free(struct archive *archive)
{
	for (int wide = 0; wide < 2; wide++)
		if (archive->asked[wide])
			offers_free(&archive->offers[wide]);
}

/*
 * The suites that have what most ask for come first; all of them for what is not there, and for
 * the newest, which any may have. *@offer is NULL when the archive has none.
 */
static int archive_find(struct archive *archive, const char *name, const struct vm_offer **offer,
                        struct fault *f)
{
	int err = 0;

	*offer = NULL;
	if (strcmp(name, "newest") != 0) {
		err = archive_ask(archive, false, f);
		if (!err)
			*offer = offer_find(&archive->offers[false], name);
	}
	if (err || *offer)
		return err;
	err = archive_ask(archive, true, f);
	if (err && archive->asked[false]) { /* what is known of a part stays good */
		archive->offers[true] = (struct vm_offers){.missing = *f};
		archive->asked[true] = true;
		err = 0;
	}
	if (!err)
		*offer = offer_find(&archive->offers[true], name);
	return err;
}

/* Why it is not there may be that not all could be read. */
static int kernel_not_offered(const struct vm_offers *offers, const char *name)
{
	char why[400];

	if (!offers->missing.err)
		return cli_say(EXIT_NOT_RUN,
		               "no Debian kernel '%s' at this machine's mirror"
		               " (the newest is %s)",
		               name, offers->items[0].release);
	return cli_say(EXIT_NOT_RUN,
	               "no Debian kernel '%s' in what could be read of this machine's mirror: %s",
	               name, fault_text(&offers->missing, why, sizeof(why)));
}

/* One that cannot be had does not keep the others from being fetched. */
static int kernel_fetch(int count, const char *const *names)
{
	int code = EXIT_AS_PREDICTED;
	struct archive archive = {0};

	if (!count)
		return cli_say(EXIT_USAGE,
		               "kernel fetch wants a version, such as 6.12, or 'newest'");
	for (int i = 0; i < count && !interrupt_pending(); i++) {
		const struct vm_offer *offer;
		struct fault fault;
		int one;

		if (archive_find(&archive, names[i], &offer, &fault) < 0) {
			code = cli_fault(EXIT_NOT_RUN, &fault);
			break;
		}
		one = offer ? kernel_fetch_one(offer)
		            : kernel_not_offered(&archive.offers[true], names[i]);
		code = one ? one : code;
	}
	archive_free(&archive);
	return code;
}

static int kernel_remove(int count, const char *const *names)
{
	if (!count)
		return cli_say(EXIT_USAGE, "kernel rm wants a version");
	for (int i = 0; i < count; i++) {
		struct vm_kernel kernel;
		struct fault fault;

		if (strchr(names[i], '/'))
			return cli_say(EXIT_USAGE, "kernel rm wants a version, not a path");
		if (kernel_find(names[i], &kernel, &fault) < 0)
			return cli_say(EXIT_NOT_RUN, "kernel '%s' has not been fetched", names[i]);
		if (kernel_forget(kernel.release, &fault) < 0 ||
		    vm_forget(kernel.release, true, &fault) < 0)
			return cli_fault(EXIT_NOT_RUN, &fault);
		printf("%-32s removed\n", kernel.release);
	}
	return EXIT_AS_PREDICTED;
}

/* @arg: whether all are to be listed. */
static int option_take(void *arg, const struct option_row *row, const char *value)
{
	(void)row; /* --all is all there is */
	(void)value;
	*(bool *)arg = true;
	return 0;
}

int command_kernel(int argc, char **argv)
{
	struct words words;
	bool all = false;
	int code = options_parse(COMMAND_KERNEL, argc, argv, option_take, &all, &words);
	const char *verb = !code && words.count ? words.items[0] : "list";
	int count = (int)words.count - 1;

	if (code)
		return code;
	if (!strcmp(verb, "list") && count > 0)
		return cli_say(EXIT_USAGE, "kernel list takes no argument, not '%s'",
		               words.items[1]);
	if (!strcmp(verb, "list"))
		return kernel_list(all);
	if (cli_format() != FORMAT_TEXT)
		return cli_say(EXIT_USAGE, "--format goes with 'kernel list'");
	if (all)
		return cli_say(EXIT_USAGE, "--all goes with 'kernel list'");
	if (!strcmp(verb, "fetch"))
		return kernel_fetch(count, words.items + 1);
	if (!strcmp(verb, "rm"))
		return kernel_remove(count, words.items + 1);
	return form_refuse(COMMAND_KERNEL, verb);
}
