// SPDX-License-Identifier: GPL-2.0-or-later
#include "waiting.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../base/clock.h"

#define LOOKS 8 /* a change takes less than a microsecond, unless its run was killed in it */

static void change_begin(struct waiting *waiting)
{
	__atomic_store_n(&waiting->turn, waiting->turn | 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
}

static void change_end(struct waiting *waiting)
{
	__atomic_store_n(&waiting->turn, waiting->turn + 1, __ATOMIC_RELEASE);
}

void waiting_name(struct waiting *waiting, const char *fmt, ...)
{
	va_list args;

	if (!waiting)
		return;
	change_begin(waiting);
	waiting->until_ns = 0;
	va_start(args, fmt);
	vsnprintf(waiting->words, sizeof(waiting->words), fmt, args);
	va_end(args);
	change_end(waiting);
}

void waiting_set(struct waiting *waiting, int64_t until_ns)
{
	if (!waiting || waiting->until_ns == until_ns)
		return;
	change_begin(waiting);
	waiting->set_ns = clock_mono_ns();
	waiting->until_ns = until_ns;
	change_end(waiting);
}

bool waiting_look(const struct waiting *waiting, struct waiting *copy)
{
	for (int i = 0; i < LOOKS; i++) {
		uint32_t turn = __atomic_load_n(&waiting->turn, __ATOMIC_ACQUIRE);

		memcpy(copy, waiting, sizeof(*copy));
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (turn % 2 || turn != __atomic_load_n(&waiting->turn, __ATOMIC_RELAXED))
			continue;
		copy->words[sizeof(copy->words) - 1] = '\0';
		copy->turn = turn;
		return copy->until_ns != 0;
	}
	return false;
}
