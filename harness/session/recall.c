// SPDX-License-Identifier: GPL-2.0-or-later
#include "recall.h"

#include <stdlib.h>
#include <string.h>

#include "../run/keep.h"
#include "../step/describe.h"
#include "records.h"

static struct record *kept_result(const struct run_plan *run, const char *dir)
{
	struct record *names = record_new(), *rec = NULL;
	char *path = names ? keep_path(dir, run_name(run, names)) : NULL;
	struct fault ignored;

	if (path)
		rec = record_load_result(path, &ignored);
	free(path);
	record_free(names);
	return rec;
}

void plan_recall(struct plan *plan, const char *dir)
{
	for (size_t i = 0; i < plan->count; i++) {
		struct planned *planned = &plan->items[i];
		struct record *rec = kept_result(&planned->run, dir);

		if (rec && rec->finished && rec->faithful == planned->run.faithful &&
		    !strcmp(rec->run.clock, "real"))
			planned->took_ns = rec->elapsed_ns;
		record_free(rec);
	}
}
