// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../vm/spawn.h"

/* What ends a task: squeue names it for some minutes, if it was asked to. */
static const char *const ends[] = {"BOOT_FAIL",     "CANCELLED", "COMPLETED", "DEADLINE",
                                   "FAILED",        "NODE_FAIL", "PREEMPTED", "REVOKED",
                                   "OUT_OF_MEMORY", "TIMEOUT",   NULL};

static bool is_end(const char *state)
{
	for (size_t i = 0; ends[i]; i++)
		if (!strcmp(state, ends[i]))
			return true;
	return false;
}

void shell_quote(struct buffer *to, const char *word)
{
	buffer_add(to, "'");
	for (; *word; word++)
		buffer_add(to, *word == '\'' ? "'\\''" : "%c", *word);
	buffer_add(to, "'");
}

/* "sbatch: error: Batch job submission failed: ..." without what says who says it. */
static void words_shorten(struct fault *f)
{
	static const char *const marks[] = {"error: ", "fatal: "};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		const char *at = strstr(f->extack, marks[i]);

		if (at)
			memmove(f->extack, at + strlen(marks[i]),
			        strlen(at + strlen(marks[i])) + 1);
	}
}

/* As spawn(), with Slurm's words as what is wrong. */
static int slurm_ask_program(const char *const argv[], char **output, struct fault *f)
{
	struct fault about;
	int err = spawn(argv, NULL, output, f);

	if (err != -EIO)
		return err;
	words_shorten(f);
	about = *f;
	return fault_refuse(f, EIO, "%s: %.200s", argv[0],
	                    about.extack[0] ? about.extack : "it failed without a word");
}

int slurm_is_there(struct fault *f)
{
	static const char *const argv[] = {"sbatch", "--version", NULL};

	return slurm_ask_program(argv, NULL, f);
}

/* "123", or "123;cluster" where there are several. */
static int job_take(const char *text, char job[SLURM_JOB], struct fault *f)
{
	size_t length = strspn(text, "0123456789");

	if (!length || length >= SLURM_JOB)
		return fault_refuse(f, EIO, "sbatch: '%.40s' is no number of a job", text);
	snprintf(job, SLURM_JOB, "%.*s", (int)length, text);
	return 0;
}

struct submission {
	char name[60], tasks[60], output[CACHE_PATH + 20], script[CACHE_PATH], partition[200];
};

int slurm_submit(struct slurm_array *array, const char *folder, const char *partition,
                 struct fault *f)
{
	struct submission s;
	const char *argv[] = {"sbatch", "--parsable", s.name,   "--export=ALL", "--requeue",
	                      s.tasks,  s.output,     s.script, NULL,           NULL};
	char *printed = NULL;
	int err = path_join(s.script, folder, "task", f);

	if (err)
		return err;
	snprintf(s.name, sizeof(s.name), "--job-name=%s", array->name);
	snprintf(s.tasks, sizeof(s.tasks), "--array=0-%zu", array->count - 1);
	snprintf(s.output, sizeof(s.output), "--output=%s/%%a.log", folder);
	if (partition) {
		snprintf(s.partition, sizeof(s.partition), "--partition=%s", partition);
		argv[7] = s.partition;
		argv[8] = s.script;
	}
	err = slurm_ask_program(argv, &printed, f);
	if (!err)
		err = job_take(printed, array->job, f);
	free(printed);
	return err;
}

static void task_read(struct slurm_array *array, const char *state, const char *reason,
                      size_t number)
{
	if (number >= array->count || is_end(state))
		return;
	array->tasks[number] = strcmp(state, "PENDING") ? SLURM_RUNNING : SLURM_WAITING;
	if (array->tasks[number] == SLURM_WAITING && !array->reason[0])
		snprintf(array->reason, sizeof(array->reason), "%s", reason);
}

void slurm_tasks_read(struct slurm_array *array, const char *text)
{
	array->reason[0] = '\0';
	for (size_t i = 0; i < array->count; i++)
		array->tasks[i] = SLURM_GONE;
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		char state[32], reason[SLURM_REASON] = "";
		size_t number;

		if (sscanf(line, "%zu %31[A-Z_] %39[A-Za-z0-9_]", &number, state, reason) >= 2)
			task_read(array, state, reason, number);
	}
	array->running = array->gone = 0;
	for (size_t i = 0; i < array->count; i++) {
		array->running += array->tasks[i] == SLURM_RUNNING;
		array->gone += array->tasks[i] == SLURM_GONE;
	}
}

/* A user's own filters and formats are not for us. */
static void squeue_settings_clear(void)
{
	static const char *const names[] = {
		"SQUEUE_ACCOUNT", "SQUEUE_ALL",       "SQUEUE_ARRAY", "SQUEUE_FEDERATION",
		"SQUEUE_FORMAT",  "SQUEUE_FORMAT2",   "SQUEUE_LOCAL", "SQUEUE_LICENSES",
		"SQUEUE_NAMES",   "SQUEUE_PARTITION", "SQUEUE_QOS",   "SQUEUE_SIBLING",
		"SQUEUE_SORT",    "SQUEUE_STATES",    "SQUEUE_USERS", NULL};

	for (size_t i = 0; names[i]; i++)
		(void)unsetenv(names[i]);
}

int slurm_look(struct slurm_array *array, struct fault *f)
{
	char jobs[SLURM_JOB + 8];
	const char *const argv[] = {
		"squeue", jobs, "--states=all", "--array", "--noheader", "--format=%K %T %r", NULL};
	char *printed = NULL;
	int err;

	snprintf(jobs, sizeof(jobs), "--jobs=%s", array->job);
	squeue_settings_clear();
	err = slurm_ask_program(argv, &printed, f);
	/* some minutes after its end nobody knows the job */
	if (err == -EIO && strstr(f->what, "Invalid job id"))
		slurm_tasks_read(array, "");
	else if (err)
		return err;
	else
		slurm_tasks_read(array, printed);
	free(printed);
	return 0;
}

int slurm_cancel(const struct slurm_array *array, struct fault *f)
{
	char name[60];
	const char *const argv[] = {"scancel", name, NULL};

	snprintf(name, sizeof(name), "--name=%s", array->name);
	return spawn_to_end(argv, f) ? fault_refuse(f, EIO, "its tasks may go on: scancel %s", name)
	                             : 0;
}
