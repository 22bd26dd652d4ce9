// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../vm/vm.h"

static int kernel_list(void)
{
	struct vm_kernels kernels;
	struct fault fault;

	if (kernels_list(&kernels, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	for (size_t i = 0; i < kernels.count; i++)
		printf("%-32s %s\n", kernels.items[i].release, kernels.items[i].version);
	if (!kernels.count)
		printf("No kernel has been fetched yet: finwait kernel fetch 6.12 (or newest)\n");
	kernels_free(&kernels);
	return EXIT_AS_PREDICTED;
}

static int kernel_fetch_one(const struct vm_offers *offers, const char *name)
{
	const struct vm_offer *offer = offer_find(offers, name);
	struct vm_kernel kernel;
	struct fault fault;

	if (kernel_find(offer->release, &kernel, &fault) == 0) {
		printf("%-32s %s (was there)\n", kernel.release, kernel.version);
		return EXIT_AS_PREDICTED;
	}
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "fetching %s ...\n", offer->release);
	if (offer_fetch(offer, &kernel, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	printf("%-32s %s\n", kernel.release, kernel.version);
	return EXIT_AS_PREDICTED;
}

static bool all_offered(const struct vm_offers *offers, int count, char **names)
{
	for (int i = 0; i < count; i++)
		if (!offer_find(offers, names[i]))
			return false;
	return true;
}

/* The few suites first; all of them when something was not there. */
static int offers_for(int count, char **names, struct vm_offers *offers, struct fault *f)
{
	int err = offers_ask(false, offers, f);

	if (!err && all_offered(offers, count, names))
		return 0;
	offers_free(offers);
	return offers_ask(true, offers, f);
}

/* One that cannot be had does not keep the others from being fetched. */
static int kernel_fetch(int count, char **names)
{
	int code = EXIT_AS_PREDICTED;
	struct vm_offers offers;
	struct fault fault;

	if (!count)
		return cli_say(EXIT_USAGE,
		               "kernel fetch wants a version, such as 6.12, or 'newest'");
	if (offers_for(count, names, &offers, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	for (int i = 0; i < count; i++) {
		int one;

		if (offer_find(&offers, names[i]))
			one = kernel_fetch_one(&offers, names[i]);
		else
			one = cli_say(EXIT_NOT_RUN,
			              "no Debian kernel '%s' at this machine's mirror"
			              " (the newest is %s)",
			              names[i], offers.items[0].release);
		if (one)
			code = one;
	}
	offers_free(&offers);
	return code;
}

static int kernel_remove(int count, char **names)
{
	if (!count)
		return cli_say(EXIT_USAGE, "kernel rm wants a version");
	for (int i = 0; i < count; i++) {
		char room[CACHE_PATH], path[CACHE_PATH];
		struct vm_kernel kernel;
		struct fault fault;

		if (strchr(names[i], '/'))
			return cli_say(EXIT_USAGE, "kernel rm wants a version, not a path");
		if (kernel_find(names[i], &kernel, &fault) < 0)
			return cli_say(EXIT_NOT_RUN, "kernel '%s' has not been fetched", names[i]);
		if (cache_room("kernels", room, &fault) < 0 ||
		    path_join(path, room, kernel.release, &fault) < 0 ||
		    cache_remove(path, &fault) < 0 || vm_forget(kernel.release, true, &fault) < 0)
			return cli_fault(EXIT_NOT_RUN, &fault);
		printf("%-32s removed\n", kernel.release);
	}
	return EXIT_AS_PREDICTED;
}

int command_kernel(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "list";

	if (!strcmp(verb, "list") && argc <= 2)
		return kernel_list();
	if (!strcmp(verb, "fetch"))
		return kernel_fetch(argc - 2, argv + 2);
	if (!strcmp(verb, "rm"))
		return kernel_remove(argc - 2, argv + 2);
	return cli_say(EXIT_USAGE, "kernel list, kernel fetch VERSION... or kernel rm VERSION...");
}
