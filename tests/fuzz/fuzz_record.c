// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a file of record lines, then as one line. Whatever is accepted
 * must be writable, and readable again.
 */
#include <stdlib.h>
#include <string.h>

#include "../../harness/record/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void line_check(char *line, enum json_line kind)
{
	struct record *again = record_new();
	char why[160];

	if (line != NULL && again != NULL &&
	    json_read_line(again, line, strlen(line), why) != (int)kind)
		abort();
	record_free(again);
	free(line);
}

static void record_check(const struct record *rec)
{
	for (size_t i = 0; i < rec->event_count; i++)
		line_check(json_event_line(rec->probe, &rec->events[i]), JSON_EVENT);
	for (size_t i = 0; i < rec->spread_count; i++)
		line_check(json_phases_line(rec->probe, rec->phases, &rec->spreads[i]),
		           JSON_PHASES);
	line_check(json_run_line(&rec->run), JSON_RUN);
	line_check(json_probe_line(rec), JSON_PROBE);
	line_check(json_result_line(rec), JSON_RESULT);
	line_check(json_again_line(rec, rec->elapsed_ns), JSON_AGAIN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record *file_rec = record_new(), *line_rec = record_new();
	FILE *file = size == 0 ? NULL : fmemopen((void *)data, size, "r");
	char why[200];

	if (file != NULL && file_rec != NULL && json_read_file(file_rec, file, why) == 0)
		record_check(file_rec);
	if (line_rec != NULL && json_read_line(line_rec, (const char *)data, size, why) >= 0)
		record_check(line_rec);
	if (file != NULL)
		(void)fclose(file);
	record_free(file_rec);
	record_free(line_rec);
	return 0;
}
