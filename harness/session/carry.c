// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * carry: a plan carried out at a target that is ready. What the supervisor tells goes to the
 * kept files and to the hooks; what was spoiled is asked again (again.h); then come the
 * other phases.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/phase.h"
#include "../record/json.h"
#include "../run/supervisor.h"
#include "again.h"
#include "recall.h"
#include "session_parts.h"
#include "unread.h"

static enum exit_code session_no_memory(struct session *session)
{
	struct fault fault;

	fault_refuse(&fault, ENOMEM, "out of memory");
	return session_stop(session, EXIT_NOT_RUN, &fault);
}

/* ---- while it runs ---- */

/* What was not run leaves the record of an earlier run alone. */
static bool is_kept(const struct record *rec)
{
	return rec->outcome != OUTCOME_SKIPPED || rec->elapsed_ns;
}

/* Only here: a guest has time of its own, and phases are many runs anyway. */
static bool asks_again(const struct session *session, const struct record *rec)
{
	return !session->vm && record_asks_again(rec, session->asked);
}

static void session_tell(const struct session *session, const struct record *rec, const char *line,
                         size_t length)
{
	if (session->hooks->line)
		session->hooks->line(rec, line, length, session->hooks->arg);
}

/* @line is one of ours: it is freed, and lacks where there was no memory for it. */
static void session_tell_own(const struct session *session, const struct record *rec, char *line)
{
	if (line)
		session_tell(session, rec, line, strlen(line));
	free(line);
}

static void session_tell_spoiled(const struct session *session, const struct record *rec)
{
	struct spoil spoil;

	if (record_is_spoiled(rec, &spoil))
		session_tell_own(session, rec, json_again_line(rec, spoil.late_ns));
}

/* What is kept is whole if nothing comes after it; who listens gets one result a probe. */
static void session_line(const struct record *rec, const char *line, size_t length, void *arg)
{
	const struct session *session = arg;

	if (is_kept(rec))
		keep_line(session->keep, rec->probe, line, length);
	if (rec->finished && asks_again(session, rec))
		session_tell_spoiled(session, rec);
	else
		session_tell(session, rec, line, length);
}

static void session_finished(const struct record *rec, void *arg)
{
	struct session *session = arg;

	if (asks_again(session, rec)) /* its end is still to come */
		return;
	tally_add(&session->tally, rec);
	/* with phases there are lines to come */
	if (rec->event_count && !session->request->phase_count)
		keep_probe_done(session->keep, rec->probe);
	if (session->hooks->finished && !session->result->phases.count)
		session->hooks->finished(rec, session->hooks->arg);
}

static void session_progress(const struct progress *progress, void *arg)
{
	const struct session *session = arg;
	struct progress part = *progress;

	if (session->request->phase_count > 1)
		snprintf(part.of, sizeof(part.of), "phase %u of %u", session->phase + 1,
		         session->request->phase_count);
	else if (session->asked)
		snprintf(part.of, sizeof(part.of), "asked again");
	session->hooks->progress(&part, session->hooks->arg);
}

static void run_in_guest(const struct run_plan *plan, int out_fd, void *arg)
{
	const struct session *session = arg;

	vm_child(plan, session->vm, &session->times, out_fd);
}

/* ---- all of a plan, once or once a phase ---- */

/* 0, also when interrupted, or -errno when no more can be run. */
static int session_supervise(struct session *session, const struct machine *machine,
                             struct plan *plan, struct record **records, struct fault *f)
{
	struct supervisor_hooks hooks = {
		/* the record that is kept is that of the first phase */
		.line = session->result->phases.count ? NULL : session_line,
		.finished = session_finished,
		.progress = session->hooks->progress ? session_progress : NULL,
		.child = session->vm ? run_in_guest : NULL,
		.arg = session,
	};
	int err = supervisor_run(plan, session->jobs, session->time_limit_s, machine->trace,
	                         machine->trace_absent, &hooks, records, f);

	session->result->interrupted |= err == -EINTR;
	return err == -EINTR ? 0 : err;
}

/* @rec is not asked again after all: what it came to is its result. */
static void session_stands(struct session *session, const struct record *rec)
{
	session->asked = AGAIN_MOST;
	session_tell_own(session, rec, json_result_line(rec));
	session_finished(rec, session);
}

/* @planned once more, as a plan of its own; its record takes the place of @rec. */
static int session_ask_again(struct session *session, const struct machine *machine,
                             const struct planned *planned, struct record **rec, struct fault *f)
{
	struct planned item = *planned;
	struct plan plan = {.items = &item, .count = 1};
	struct record *again = NULL;
	char why[80], spoilt[64];
	struct spoil spoil;
	int err = 0;

	(void)record_is_spoiled(*rec, &spoil);
	snprintf(why, sizeof(why), "asked again: %s", spoil_text(&spoil, spoilt, sizeof(spoilt)));
	item.run.again = why;
	keep_probe_done(session->keep, (*rec)->probe);
	if (machine_await_quiet(session->request->slack_ms))
		err = session_supervise(session, machine, &plan, &again, f);
	else
		session->result->interrupted = true;
	if (!again) {
		session_stands(session, *rec);
		return err;
	}
	record_free(*rec);
	*rec = again;
	return err;
}

/* Until @rec is decided or was asked often enough. */
static int session_ask_on(struct session *session, const struct machine *machine,
                          const struct planned *planned, struct record **rec, int err,
                          struct fault *f)
{
	for (session->asked = 1; record_asks_again(*rec, session->asked - 1); session->asked++) {
		if (err || session->result->interrupted)
			session_stands(session, *rec);
		else
			err = session_ask_again(session, machine, planned, rec, f);
	}
	return err;
}

/* @err: what the first runs came to; with that, or interrupted, nothing is asked any more. */
static int session_again(struct session *session, const struct machine *machine,
                         const struct plan *plan, int err, struct fault *f)
{
	struct session_result *result = session->result;

	for (size_t i = 0; i < result->count && !session->vm; i++)
		if (result->records[i])
			err = session_ask_on(session, machine, &plan->items[i], &result->records[i],
			                     err, f);
	return err;
}

static int session_phase(struct session *session, const struct machine *machine, struct plan *plan,
                         unsigned int index, struct fault *f)
{
	struct record **records = calloc(plan->count + 1, sizeof(*records));
	int err;

	if (!records)
		return fault_set(f, ENOMEM, "run phase %u", index);
	session->phase = index;
	session->times.phase_ns = phase_delay_ns(machine->info.hz, index);
	err = session_supervise(session, machine, plan, records, f);
	if (!err && !session->result->interrupted &&
	    phases_add(&session->result->phases, records, plan->count) < 0)
		err = fault_set(f, ENOMEM, "count phase %u", index);
	records_free(records, plan->count);
	return err;
}

/* The phases after the first. */
static int session_phases(struct session *session, const struct machine *machine, struct plan *plan,
                          struct fault *f)
{
	struct session_result *result = session->result;
	int err = 0;

	if (phases_add(&result->phases, result->records, plan->count) < 0)
		return fault_set(f, ENOMEM, "count the phases");
	for (unsigned int i = 1; i < session->request->phase_count && !err && !result->interrupted;
	     i++)
		err = session_phase(session, machine, plan, i, f);
	if (!err && phases_settle(&result->phases, machine->info.hz) < 0)
		err = fault_set(f, ENOMEM, "compare the phases");
	if (!err)
		tally_add_phases(&session->tally, &result->phases);
	return err;
}

static void keep_phases(struct session *session)
{
	const struct session_result *result = session->result;

	for (size_t i = 0; i < result->count; i++) {
		const struct record *rec = result->records[i];
		const struct probe_phases *probe =
			rec && is_kept(rec) ? phases_find(&result->phases, rec->probe) : NULL;

		for (size_t j = 0; probe && j < probe->count; j++) {
			char *line = json_phases_line(probe->probe, result->phases.count,
			                              &probe->spreads[j]);

			if (line)
				keep_line(session->keep, probe->probe, line, strlen(line));
			free(line);
		}
	}
}

/* The settings stay the machine's and the request's. */
static struct run_info run_info_of(const struct session *session, const struct machine *machine)
{
	struct run_info info = machine->info;

	info.asked = (struct run_asked){
		.sets = session->request->sets,
		.params = session->request->params,
		.seed = session->request->seed,
	};
	return info;
}

/* Accepted in silence, a sysctl that decides nothing here would pass for one that does. */
static void say_unread(const struct session *session)
{
	const struct session_result *result = session->result;
	struct buffer names = {0};

	if (sets_unread(result->records, result->count, &session->request->sets, &names) == 0 &&
	    names.used)
		session_say(session, "--set %s: had no part in anything that happened here",
		            buffer_text(&names));
	buffer_free(&names);
}

static void file_failed(const struct fault *fault, void *arg)
{
	char line[512];

	session_say(arg, "%s", fault_text(fault, line, sizeof(line)));
}

static enum exit_code session_end(struct session *session, int err, const struct fault *fault)
{
	struct session_result *result = session->result;

	result->kept = keep_close(session->keep, file_failed, session) == 0;
	session->tally.incomplete |= !result->kept || result->interrupted || err;
	result->tally = session->tally;
	say_unread(session);
	if (err)
		return session_stop(session, EXIT_NOT_RUN, fault);
	if (!result->interrupted)
		return tally_code(&session->tally);
	snprintf(result->why, sizeof(result->why),
	         "interrupted; what was recorded until then is in %s/", session->request->out_dir);
	return EXIT_NOT_RUN;
}

/* All that is to be run; 0, also when interrupted, or -errno. */
static int session_runs(struct session *session, const struct machine *machine, struct plan *plan,
                        struct fault *f)
{
	struct session_result *result = session->result;
	int err = session_supervise(session, machine, plan, result->records, f);

	err = session_again(session, machine, plan, err, f);
	if (!err && session->request->phase_count && !result->interrupted) {
		err = session_phases(session, machine, plan, f);
		keep_phases(session);
	}
	return err;
}

enum exit_code session_carry_out(struct session *session, const struct machine *machine,
                                 struct plan *plan)
{
	struct session_result *result = session->result;
	struct run_info info = run_info_of(session, machine);
	struct fault fault = {0};
	int err;

	result->records = calloc(plan->count + 1, sizeof(*result->records));
	if (!result->records)
		return session_no_memory(session);
	result->count = plan->count;
	if (session->hooks->progress && !session->vm)
		plan_recall(plan, session->request->out_dir);
	session->keep = keep_open(session->request->out_dir, &info, &fault);
	if (!session->keep) {
		session_result_clear(result);
		return session_stop(session, EXIT_NOT_RUN, &fault);
	}
	if (session->hooks->begin)
		session->hooks->begin(&info, plan->count, session->hooks->arg);
	err = session_runs(session, machine, plan, &fault);
	return session_end(session, err, &fault);
}
