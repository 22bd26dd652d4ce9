// SPDX-License-Identifier: GPL-2.0-or-later
#include "slack.h"

#include <stdlib.h>

#define SLACK_MAX_MS 10000

bool slack_read(int *slack_ms)
{
	const char *text = getenv("FINWAIT_SLACK_MS");
	char *end;
	long ms = text ? strtol(text, &end, 10) : SLACK_MS;
	bool good = !text || (end != text && !*end && ms >= 0 && ms <= SLACK_MAX_MS);

	*slack_ms = good ? (int)ms : SLACK_MS;
	return good;
}

int slack_ms(void)
{
	int ms;

	(void)slack_read(&ms);
	return ms;
}
