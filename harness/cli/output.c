// SPDX-License-Identifier: GPL-2.0-or-later
#include "output.h"

#include <stdlib.h>

#include "../record/json.h"

void json_print(char *line)
{
	if (line)
		puts(line);
	free(line);
}

void json_print_record(const struct record *rec)
{
	if (rec->event_count)
		json_print(json_probe_line(rec));
	for (size_t i = 0; i < rec->event_count; i++)
		json_print(json_event_line(rec->probe, &rec->events[i]));
	json_print(json_result_line(rec));
}

void json_print_phases(const struct phases *phases)
{
	for (size_t i = 0; i < phases->probe_count; i++) {
		const struct probe_phases *probe = &phases->probes[i];

		for (size_t j = 0; j < probe->count; j++)
			json_print(
				json_phases_line(probe->probe, phases->count, &probe->spreads[j]));
	}
}

void ladders_print(struct record *const *records, size_t count, const struct report_style *style)
{
	for (size_t i = 0; i < count; i++)
		if (records[i] && records[i]->event_count) {
			putchar('\n');
			if (ladder_print(records[i], style, stdout))
				return; /* it has said why, or nobody reads any more */
		}
}
