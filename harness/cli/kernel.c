// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"
#include "commands.h"

#include <errno.h>
#include <string.h>

#include "../base/interrupt.h"
#include "../vm/vm.h"
#include "format.h"

static unsigned long long megabytes(uint64_t bytes)
{
	return (bytes + (1 << 20) - 1) >> 20;
}

/* What a kernel and its guests take on the disk. */
struct kernel_room {
	uint64_t bytes, guest_bytes;
	unsigned int guests;
};

static int kernel_measure(const struct vm_kernel *kernel, struct kernel_room *taken,
                          struct fault *f)
{
	char room[CACHE_PATH], path[CACHE_PATH];
	int err = cache_room("kernels", room, f);

	taken->guest_bytes = vm_size(kernel->release, &taken->guests);
	if (!err)
		err = path_join(path, room, kernel->release, f);
	if (!err)
		taken->bytes = cache_size(path);
	return err;
}

/* "RELEASE  VERSION  37 MB, 2 guests 166 MB" */
static void kernel_print(const struct vm_kernel *kernel, const struct kernel_room *taken)
{
	printf("%-32s %-20s %4llu MB", kernel->release, kernel->version, megabytes(taken->bytes));
	if (taken->guests)
		printf(", %u guest%s %llu MB", taken->guests, taken->guests == 1 ? "" : "s",
		       megabytes(taken->guest_bytes));
	putchar('\n');
}

static void kernel_put(struct grid *grid, const struct vm_kernel *kernel,
                       const struct kernel_room *taken)
{
	grid_put(grid, "%s", FINWAIT_VERSION);
	grid_put(grid, "%s", kernel->release);
	grid_put(grid, "%s", kernel->version);
	grid_put(grid, "%llu", megabytes(taken->bytes));
	grid_put(grid, "%u", taken->guests);
	grid_put(grid, "%llu", megabytes(taken->guest_bytes));
}

static int kernels_show(const struct vm_kernels *kernels, struct grid *grid, struct fault *f)
{
	int err = 0;

	for (size_t i = 0; i < kernels->count && !err; i++) {
		struct kernel_room taken;

		err = kernel_measure(&kernels->items[i], &taken, f);
		if (!err && cli_format() == FORMAT_TEXT)
			kernel_print(&kernels->items[i], &taken);
		else if (!err)
			kernel_put(grid, &kernels->items[i], &taken);
	}
	return err;
}

static int kernel_list(void)
{
	static const struct grid_column columns[] = {
		{"finwait", GRID_CONTEXT}, {"release", 0},          {"version", 0},
		{"MB", GRID_NUMBER},       {"guests", GRID_NUMBER}, {"guests_MB", GRID_NUMBER},
	};
	struct grid grid = grid_open("finwait kernel list");
	struct vm_kernels kernels;
	struct fault fault;
	int err = kernels_list(&kernels, &fault), code = EXIT_AS_PREDICTED;

	grid_columns(&grid, columns, sizeof(columns) / sizeof(columns[0]));
	if (!err)
		err = kernels_show(&kernels, &grid, &fault);
	if (err)
		code = cli_fault(EXIT_NOT_RUN, &fault);
	else if (cli_format() != FORMAT_TEXT)
		code = format_print(&grid);
	else if (!kernels.count)
		printf("No kernel has been fetched yet: finwait kernel fetch 6.12 (or newest)\n");
	kernels_free(&kernels);
	grid_free(&grid);
	return code;
}

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
	int err = archive->asked[wide] ? 0 : offers_ask(wide, &archive->offers[wide], f);

	archive->asked[wide] |= !err;
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
static int kernel_fetch(int count, char **names)
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

static int kernel_remove(int count, char **names)
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

int command_kernel(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "list";

	if (!strcmp(verb, "list") && argc > 2)
		return cli_say(EXIT_USAGE, "kernel list takes no argument, not '%s'", argv[2]);
	if (!strcmp(verb, "list"))
		return kernel_list();
	if (cli_format() != FORMAT_TEXT)
		return cli_say(EXIT_USAGE, "--format goes with 'kernel list'");
	if (!strcmp(verb, "fetch"))
		return kernel_fetch(argc - 2, argv + 2);
	if (!strcmp(verb, "rm"))
		return kernel_remove(argc - 2, argv + 2);
	return form_refuse(COMMAND_KERNEL, verb);
}
