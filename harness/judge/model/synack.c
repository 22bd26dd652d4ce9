// SPDX-License-Identifier: GPL-2.0-or-later
#include "synack.h"

#include <string.h>

int model_synack_in_syn_recv(const struct record *rec)
{
	const char *found = settings_get(&rec->run.features, "simultaneous_synack");

	if (!found)
		return -1;
	return !strcmp(found, "accepted") ? 1 : !strcmp(found, "challenged") ? 0 : -1;
}
