// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel_list.h"

#include <string.h>

#include "../vm/known.h"
#include "../vm/vm.h"
#include "cli.h"
#include "format.h"
#include "mirror.h"

static unsigned long long megabytes(uint64_t bytes)
{
	return (bytes + (1 << 20) - 1) >> 20;
}

/* What a kernel and its guests take on the disk. */
struct kernel_room {
	uint64_t bytes, guest_bytes;
	unsigned int guests;
};

static int kernel_measure(const char *release, struct kernel_room *taken, struct fault *f)
{
	char room[CACHE_PATH], path[CACHE_PATH];
	int err = cache_room("kernels", room, f);

	taken->guest_bytes = vm_size(release, &taken->guests);
	if (!err)
		err = path_join(path, room, release, f);
	if (!err)
		taken->bytes = cache_size(path);
	return err;
}

/* ---- for people ---- */

static void room_print(const struct kernel_room *taken)
{
	printf(" %4llu MB", megabytes(taken->bytes));
	if (taken->guests)
		printf(", %u guest%s %llu MB", taken->guests, taken->guests == 1 ? "" : "s",
		       megabytes(taken->guest_bytes));
}

/* "RELEASE  VERSION  37 MB, 2 guests 166 MB"; with @all the suites come before that. */
static void kernel_print(const struct known_kernel *kernel, bool all,
                         const struct kernel_room *taken)
{
	const char *suites = kernel->offer ? kernel->offer->suites : "-";

	printf("%-32s %-20s", kernel->release, kernel->version);
	if (all)
		printf(kernel->fetched ? " %-24s" : " %s", suites);
	if (kernel->fetched)
		room_print(taken);
	putchar('\n');
}

/* ---- for programs ---- */

static const struct grid_column columns[] = {
	{"finwait", GRID_CONTEXT}, {"release", 0},          {"version", 0},
	{"MB", GRID_NUMBER},       {"guests", GRID_NUMBER}, {"guests_MB", GRID_NUMBER},
};
static const struct grid_column columns_all[] = {{"flavour", 0}, {"suites", 0}, {"fetched", 0}};

static void kernel_put(struct grid *grid, const struct known_kernel *kernel, bool all,
                       const struct kernel_room *taken)
{
	char flavour[KERNEL_FLAVOUR];

	grid_put(grid, "%s", FINWAIT_VERSION);
	grid_put(grid, "%s", kernel->release);
	grid_put(grid, "%s", kernel->version);
	if (kernel->fetched) {
		grid_put(grid, "%llu", megabytes(taken->bytes));
		grid_put(grid, "%u", taken->guests);
		grid_put(grid, "%llu", megabytes(taken->guest_bytes));
	}
	for (int i = 0; i < 3 && !kernel->fetched; i++)
		grid_put(grid, "%s", "");
	if (!all)
		return;
	grid_put(grid, "%s", kernel_flavour(kernel->release, flavour));
	grid_put(grid, "%s", kernel->offer ? kernel->offer->suites : "");
	grid_put(grid, "%s", kernel->fetched ? "yes" : "no");
}

/* ---- all of them ---- */

static int kernels_show(const struct known *known, bool all, struct grid *grid, struct fault *f)
{
	int err = 0;

	for (size_t i = known->count; i > 0 && !err; i--) {
		const struct known_kernel *kernel = &known->items[i - 1];
		struct kernel_room taken = {0};

		if (kernel->fetched)
			err = kernel_measure(kernel->release, &taken, f);
		if (!err && cli_format() == FORMAT_TEXT)
			kernel_print(kernel, all, &taken);
		else if (!err)
			kernel_put(grid, kernel, all, &taken);
	}
	return err;
}

/* What of the mirror could not be read; what could be, counts. */
static int offers_take(struct known *known)
{
	const struct fault *missing = &known->offers.missing;
	struct fault fault;
	char why[400];
	int err;

	mirror_show(true);
	err = known_offered(known, &fault);
	if (!err)
		err = offers_suites(&known->offers, &fault);
	mirror_clear();
	if (err)
		return cli_fault(EXIT_NOT_RUN, &fault);
	if (!missing->err)
		return EXIT_AS_PREDICTED;
	return cli_say(EXIT_NOT_RUN, "not all of this machine's mirror could be read: %s",
	               fault_text(missing, why, sizeof(why)));
}

static int known_show(const struct known *known, bool all)
{
	struct grid grid = grid_open("finwait kernel list");
	struct fault fault;
	int code = EXIT_AS_PREDICTED;

	grid_columns(&grid, columns, sizeof(columns) / sizeof(columns[0]));
	if (all)
		grid_columns(&grid, columns_all, sizeof(columns_all) / sizeof(columns_all[0]));
	if (kernels_show(known, all, &grid, &fault) < 0)
		code = cli_fault(EXIT_NOT_RUN, &fault);
	else if (cli_format() != FORMAT_TEXT)
		code = format_print(&grid);
	else if (!known->count)
		printf("No kernel has been fetched yet: finwait kernel fetch 6.12 (or newest)\n");
	grid_free(&grid);
	return code;
}

int kernel_list(bool all)
{
	struct known known = {0};
	struct fault fault;
	int code = EXIT_AS_PREDICTED, shown;

	if (known_fetched(&known, &fault) < 0)
		code = cli_fault(EXIT_NOT_RUN, &fault);
	else if (all)
		code = offers_take(&known);
	shown = code == EXIT_NOT_RUN && !known.count ? code : known_show(&known, all);
	known_free(&known);
	return code ? code : shown;
}
