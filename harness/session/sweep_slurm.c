// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sweep_slurm: what is missing, asked by an array of tasks under Slurm. Theory of operation
 *
 * What is wanted is cut into chunks and written down as a plan, in a folder of the cache that the
 * tasks see as well; each runs "finwait sweep --plan-file PLAN --chunk N", which any other engine
 * could run. What a task answers goes into the store, point by point. Here squeue is asked who has
 * ended; the chunk of one that has, however it ended, is looked up, and what is in the store is as
 * good as if it had been asked here. So nothing rests on how a task ended: killed, cancelled,
 * begun again on another node, it loses what it had under way, and what was answered twice is
 * the same twice.
 *
 * What is missing when the array has gone is submitted once more, and again; when it is less than is
 * worth a task, it is asked here: points that come to no answer that could be kept are among it, and
 * are to be told as they would be without Slurm. An array that answers nothing at all ends the sweep.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/file.h"
#include "../base/interrupt.h"
#include "../report/text.h"
#include "chunk.h"
#include "slurm.h"
#include "sweep_parts.h"

#define ARRAYS_MOST 3
#define LOOK_FIRST_NS NS_PER_S /* squeue costs the controller something */
#define LOOK_LAST_NS (10 * NS_PER_S)
#define SLICE_MS 200
#define SILENT_MOST_NS (600 * NS_PER_S) /* a controller may be started anew meanwhile */

struct arraying {
	struct sweeping *sw;
	struct cut cut;
	struct slurm_array array;
	bool *collected; /* of each task */
	bool begun; /* Slurm has it, or may have */
	char folder[CACHE_PATH]; /* with the plan, what a task runs, and what it said */
	int64_t silent_ns; /* since when squeue says nothing; 0: it does */
};

/* ---- what a task is */

static int task_text(const char *folder, struct buffer *text, struct fault *f)
{
	char exe[PATH_MAX], plan[CACHE_PATH];
	ssize_t length = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	int err = path_join(plan, folder, "plan", f);

	if (length < 0)
		return fault_set(f, errno, "find this program");
	if (err)
		return err;
	exe[length] = '\0';
	buffer_add(text, "#!/bin/sh\nexec ");
	shell_quote(text, exe);
	buffer_add(text, " sweep --plan-file ");
	shell_quote(text, plan);
	/* a task has no more processors than it was given, even where nothing holds it to them */
	buffer_add(text, " --chunk auto -j \"${SLURM_CPUS_ON_NODE:-1}\" --quiet\n");
	return buffer_text(text) ? 0 : fault_set(f, ENOMEM, "write what a task runs");
}

static int folder_make(struct arraying *a, struct fault *f)
{
	char room[CACHE_PATH];
	int err = cache_room("slurm", room, f);

	if (!err)
		err = path_join(a->folder, room, "finwait-XXXXXX", f);
	if (!err && !mkdtemp(a->folder))
		err = fault_set(f, errno, "make a folder in %s", path_end(room));
	if (err)
		a->folder[0] = '\0';
	return err;
}

static int folder_fill(const struct arraying *a, struct fault *f)
{
	char path[CACHE_PATH];
	struct buffer text = {0};
	int err = path_join(path, a->folder, "plan", f);

	if (!err)
		err = cut_write(a->sw, &a->cut, path, f);
	if (!err)
		err = task_text(a->folder, &text, f);
	if (!err)
		err = path_join(path, a->folder, "task", f);
	if (!err)
		err = file_write(path, text.data, text.used, f);
	buffer_free(&text);
	return err;
}

/* ---- waiting */

static void array_tell(const struct arraying *a)
{
	struct sweep_counts *counts = &a->sw->result->counts;

	counts->tasks = a->array.count;
	counts->tasks_running = a->array.running;
	counts->tasks_gone = a->array.gone;
	snprintf(counts->job, sizeof(counts->job), "%s", a->array.job);
	snprintf(counts->waits_for, sizeof(counts->waits_for), "%s", a->array.reason);
	sweep_progress(a->sw, NULL);
}

static int array_sleep(const struct arraying *a, int64_t sleep_ns, struct fault *f)
{
	int64_t until_ns = clock_mono_ns() + sleep_ns;
	int err = 0;

	while (!err && clock_mono_ns() < until_ns) {
		(void)poll(NULL, 0, SLICE_MS);
		array_tell(a);
		err = interrupt_check(f);
	}
	return err;
}

/* A controller that does not answer may be about to: 1; 0: it did. */
static int array_look(struct arraying *a, struct fault *f)
{
	int64_t now_ns = clock_mono_ns();
	int err = slurm_look(&a->array, f);
	char line[400];

	if (err != -EIO) {
		a->silent_ns = 0;
		return err;
	}
	if (!a->silent_ns) {
		a->silent_ns = now_ns;
		sweep_say(a->sw, "%s; job %s is waited for all the same",
		          fault_text(f, line, sizeof(line)), a->array.job);
	}
	if (now_ns - a->silent_ns < SILENT_MOST_NS)
		return 1;
	return fault_refuse(f, EHOSTDOWN,
	                    "Slurm says nothing any more; job %s goes on, and what it answers is"
	                    " there for the same sweep",
	                    a->array.job);
}

/* What those have answered that have ended since. */
static int array_collect(struct arraying *a, struct fault *f)
{
	int err = 0;

	for (size_t i = 0; i < a->array.count && !err; i++) {
		if (a->collected[i] || a->array.tasks[i] != SLURM_GONE)
			continue;
		a->collected[i] = true;
		err = points_collect(a->sw, i ? a->cut.ends[i - 1] : 0, a->cut.ends[i], f);
	}
	return err;
}

static int array_wait(struct arraying *a, struct fault *f)
{
	int64_t sleep_ns = LOOK_FIRST_NS;

	for (;;) {
		int err = array_sleep(a, sleep_ns, f);

		sleep_ns = sleep_ns * 3 / 2 < LOOK_LAST_NS ? sleep_ns * 3 / 2 : LOOK_LAST_NS;
		if (!err)
			err = array_look(a, f);
		if (err > 0)
			continue;
		if (!err)
			err = array_collect(a, f);
		if (err || a->array.gone == a->array.count)
			return err;
	}
}

/* ---- an array */

static int array_submit(struct arraying *a, struct fault *f)
{
	int err = sweep_cut(a->sw, &a->cut, f);

	if (err)
		return err;
	a->array.count = a->cut.count;
	a->array.tasks = calloc(a->cut.count + 1, sizeof(*a->array.tasks));
	a->collected = calloc(a->cut.count + 1, sizeof(*a->collected));
	if (!a->array.tasks || !a->collected)
		return fault_set(f, ENOMEM, "ask %zu tasks", a->cut.count);
	for (size_t i = 0; i < a->array.count; i++)
		a->array.tasks[i] = SLURM_WAITING;
	err = folder_make(a, f);
	if (!err)
		err = folder_fill(a, f);
	if (!err) {
		a->array.name = strrchr(a->folder, '/') + 1;
		err = slurm_submit(&a->array, a->folder, a->sw->sweep->partition, f);
		a->begun = !err || err == -EINTR; /* sbatch may not have come to say so */
	}
	if (!err)
		cut_tell(a->sw, &a->cut, a->array.job);
	return err;
}

/* The last line of the first task that said anything. */
static void array_words(const struct arraying *a, char words[200])
{
	snprintf(words, 200, "its tasks have said nothing");
	for (size_t i = 0; i < a->array.count; i++) {
		char name[32], path[CACHE_PATH], line[200];
		struct fault ignored;
		bool said = false;
		FILE *log;

		snprintf(name, sizeof(name), "%zu.log", i);
		if (path_join(path, a->folder, name, &ignored) < 0)
			return;
		log = file_open_regular(path, &ignored);
		while (log && fgets(line, sizeof(line), log)) {
			const char *rest = line;

			said |= text_fold(&rest, 0, words, 200);
		}
		if (log)
			fclose(log);
		if (said)
			return;
	}
}

/* @over: no task of it is to come that would want its plan. */
static void array_clear(struct arraying *a, bool over)
{
	struct fault ignored;

	if (over && a->folder[0] && cache_remove(a->folder, &ignored) < 0)
		sweep_say(a->sw, "%s is left over", a->folder);
	free(a->cut.ends);
	free(a->array.tasks);
	free(a->collected);
	a->sw->result->counts.tasks = 0;
}

static int array_run(struct sweeping *sw, struct fault *f)
{
	struct arraying a = {.sw = sw};
	size_t left = sw->result->counts.left;
	struct fault cancel;
	char words[200];
	int err = array_submit(&a, f);

	if (!err)
		err = array_wait(&a, f);
	if (err && a.begun && err != -EHOSTDOWN && slurm_cancel(&a.array, &cancel) < 0)
		sweep_say(sw, "%s", cancel.what);
	if (!err && sw->result->counts.left == left) {
		array_words(&a, words);
		err = fault_refuse(f, ECHILD, "job %s has answered nothing: %.180s", a.array.job,
		                   words);
	}
	array_clear(&a, err != -EHOSTDOWN);
	return err;
}

int slurm_ask(struct sweeping *sw, struct fault *f)
{
	const struct sweep_counts *counts = &sw->result->counts;
	int err = 0;

	for (int i = 0; i < ARRAYS_MOST && counts->left && !err; i++) {
		if (i && sweep_work_ns(sw) < CHUNK_LEAST_NS)
			break;
		err = array_run(sw, f);
	}
	if (err)
		return err;
	if (sweep_work_ns(sw) >= CHUNK_LEAST_NS)
		return fault_refuse(f, EAGAIN,
		                    "%zu points have no answer after %d jobs; the same sweep goes"
		                    " on from there",
		                    counts->left, ARRAYS_MOST);
	return columns_each(sw, column_ask, f);
}
