// SPDX-License-Identifier: GPL-2.0-or-later
#include "trouble.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {
	[TROUBLE_NONE] = "none",
	[TROUBLE_OOPS] = "kernel oops",
	[TROUBLE_PANIC] = "kernel panic",
	[TROUBLE_MEMORY] = "out of memory",
};
static_assert(sizeof(names) / sizeof(names[0]) == TROUBLE_COUNT, "every trouble has a name");

/* In the order of what is behind what: memory leads to a panic, an oops to another. */
static const struct {
	const char *text;
	enum trouble trouble;
} signs[] = {
	{"Out of memory: Killed process", TROUBLE_MEMORY},
	{"System is deadlocked on memory", TROUBLE_MEMORY},
	{"Out of memory and no killable processes", TROUBLE_MEMORY},
	{"BUG: ", TROUBLE_OOPS},
	{"kernel BUG at", TROUBLE_OOPS},
	{"Oops: ", TROUBLE_OOPS},
	/* until 6.9 these came without "Oops: " */
	{"invalid opcode: ", TROUBLE_OOPS},
	{"divide error: ", TROUBLE_OOPS},
	{"stack segment: ", TROUBLE_OOPS},
	{"double fault: ", TROUBLE_OOPS},
	{"general protection fault", TROUBLE_OOPS},
	{"Kernel panic - not syncing", TROUBLE_PANIC},
};
#define SIGNS (sizeof(signs) / sizeof(signs[0]))

enum trouble trouble_find(const char *console, char *line, size_t size)
{
	*line = '\0';
	for (size_t i = 0; i < SIGNS; i++) {
		const char *at = strstr(console, signs[i].text);
		size_t length;

		if (!at)
			continue;
		length = strcspn(at, "\r\n");
		while (length && at[length - 1] == ' ') /* a return has become one */
			length--;
		snprintf(line, size, "%.*s", (int)length, at);
		return signs[i].trouble;
	}
	return TROUBLE_NONE;
}

const char *trouble_name(enum trouble trouble)
{
	return names[trouble];
}
