// SPDX-License-Identifier: GPL-2.0-or-later
/* chapter: where in the list of claims (docs/claims.md) a probe belongs, by how its id begins. */
#include <stddef.h>
#include <string.h>

#include "page.h"

static const char *const titles[] = {
	[1] = "Opening a connection",
	[2] = "Handshake packets lost",
	[3] = "Old segments meet new connections",
	[4] = "Queues and SYN flood",
	[5] = "Closing: who sends what",
	[6] = "Closing: packets lost",
	[7] = "FIN_WAIT2 and CLOSE_WAIT",
	[8] = "TIME_WAIT",
	[9] = "Self-connect and simultaneous open",
	[10] = "Segments, datagrams, ports",
	[11] = "Beyond the articles",
	[12] = "What people ask",
};

static const struct {
	const char *begins;
	unsigned int chapter;
} beginnings[] = {
	{"open.", 1},     {"loss.", 2},  {"history.", 3}, {"last_ack.", 3}, {"late_data.", 3},
	{"numbers.", 3},  {"queue.", 4}, {"close.", 5},   {"half.", 5},     {"orphan.", 6},
	{"wave1.", 6},    {"wave2.", 6}, {"wave3.", 6},   {"wave4.", 6},    {"finwait2.", 7},
	{"timewait.", 8}, {"self.", 9},  {"simopen.", 9}, {"port.", 10},    {"wire.", 10},
	{"beyond.", 11},  {"ask.", 12},
};

unsigned int chapter_number(const char *probe)
{
	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
		if (!strncmp(probe, beginnings[i].begins, strlen(beginnings[i].begins)))
			return beginnings[i].chapter;
	return 0;
}

const char *chapter_title(unsigned int number)
{
	return number < sizeof(titles) / sizeof(titles[0]) ? titles[number] : NULL;
}
