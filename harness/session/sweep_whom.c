// SPDX-License-Identifier: GPL-2.0-or-later
/* sweep_whom: of whom a sweep asks, for the head of its table: the same whoever answers. */
#include <sys/utsname.h>

#include "../report/heading.h"
#include "sweep_parts.h"

/* The kernel that runs here is asked by sessions of their own: its release is all there is to say. */
static void host_describe(struct run_info *info)
{
	struct utsname host;

	*info = (struct run_info){0};
	if (uname(&host) == 0)
		snprintf(info->kernel, sizeof(info->kernel), "%s", host.release);
}

void sweep_describe(struct sweeping *sw)
{
	const struct sweep *sweep = sw->sweep;
	struct whom whom = {.records = sweep->kernel_count};
	struct buffer names = {0}, words = {0};
	struct run_info here;

	host_describe(&here);
	for (size_t i = 0; i < sweep->kernel_count; i++) {
		const struct column *column = &sw->columns[i];
		const struct target target = {.kernel = column->host ? NULL : column->name};

		buffer_add(&names, "%s%s", i ? ", " : "", column->name);
		whom.run = column->host ? &here : &column->vm.info;
		whom.virtual += !column->host;
		whom.faithful += request_is_faithful(&sweep->request, &target);
	}
	for (int family = 0; family < FAMILY_COUNT; family++)
		whom.by_family[family] = sweep->request.families[family];
	if (sweep->kernel_count > 1)
		whom.kernels = buffer_text(&names);
	if (whom.run)
		whom_add_words(&words, &whom);
	snprintf(sw->result->whom, sizeof(sw->result->whom), "%s",
	         buffer_text(&words) ? buffer_text(&words) : "");
	buffer_free(&names);
	buffer_free(&words);
}
