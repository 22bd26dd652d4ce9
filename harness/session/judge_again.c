// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge_again.h"

#include <errno.h>

#include "../run/registry.h"
#include "../step/run.h"

int judge_again(struct record *rec, struct fault *f)
{
	const struct registry_row *row = registry_find(rec->probe);

	if (!row)
		return fault_refuse(f, ENOENT,
		                    "no probe is called '%s' here: its rules are unknown "
		                    "(of one of your own, name its C file, too)",
		                    rec->probe);
	if (!record_came_to_judge(rec))
		return 0;
	return run_judge(row->probe, rec) < 0 ? fault_set(f, ENOMEM, "judge %s", rec->probe) : 0;
}
