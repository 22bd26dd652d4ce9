// SPDX-License-Identifier: GPL-2.0-or-later
#include "sweep_host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/interrupt.h"

static void host_says(const char *line, void *arg)
{
	sweep_say(arg, "host: %s", line);
}

static int host_take(struct sweeping *sw, struct column *column, size_t combo,
                     const struct session_result *result, struct fault *f)
{
	struct point point = {.combo = combo};
	int err = 0;

	for (; point.row < result->count && !err; point.row++) {
		const struct record *rec = result->records[point.row];

		if (!rec)
			continue;
		sw->result->counts.asked++;
		sw->result->counts.failed += rec->outcome != OUTCOME_OK &&
		                             rec->outcome != OUTCOME_MODEL_FAILED &&
		                             rec->outcome != OUTCOME_SKIPPED;
		sw->result->counts.left--;
		column->left--;
		err = point_answered(sw, column, &point, rec, f);
	}
	return err;
}

/* Where the records of a combination go: DIR/host/COMBINATION, or a folder that is removed. */
static int host_folder(const struct sweeping *sw, size_t combo, const char *temp,
                       char path[CACHE_PATH], struct fault *f)
{
	char name[60];

	snprintf(name, sizeof(name), TARGET_HOST_FOLDER "/%zu", combo);
	if (!sw->sweep->out_dir)
		snprintf(name, sizeof(name), "%zu", combo);
	return path_join(path, sw->sweep->out_dir ? sw->sweep->out_dir : temp, name, f);
}

static int host_combo(struct sweeping *sw, struct column *column, size_t combo, const char *temp,
                      struct fault *f)
{
	const struct session_hooks hooks = {.say = host_says, .arg = sw};
	const struct target target = {.kernel = NULL};
	struct session_result result = {0};
	char path[CACHE_PATH];
	struct request request;
	int err = combo_request(sw, combo, &request);

	err = err ? fault_set(f, -err, "plan a point") : host_folder(sw, combo, temp, path, f);
	if (!err) {
		request.out_dir = path;
		if (session_run(&request, &target, &hooks, &result) == EXIT_USAGE ||
		    !result.records)
			err = fault_refuse(f, EIO, "%s", result.why);
		else if (result.interrupted)
			err = fault_refuse(f, EINTR, "interrupted");
		else
			err = host_take(sw, column, combo, &result, f);
	}
	session_result_clear(&result);
	request_clear(&request);
	return err;
}

int host_ask(struct sweeping *sw, struct column *column, struct fault *f)
{
	char temp[] = "/tmp/finwait-sweep-XXXXXX";
	struct fault ignored;
	int err = 0;

	if (!sw->sweep->out_dir && !mkdtemp(temp))
		return fault_set(f, errno, "make a folder %s", temp);
	for (size_t combo = 0; combo < sw->combos && !err; combo++) {
		err = host_combo(sw, column, combo, temp, f);
		if (!err)
			err = interrupt_check(f);
		sweep_progress(sw, NULL);
	}
	if (!sw->sweep->out_dir && cache_remove(temp, &ignored) < 0)
		sweep_say(sw, "%s is left over", temp);
	return err;
}
