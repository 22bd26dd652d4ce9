// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../base/die.h"
#include "../record/json.h"
#include "../observe/tap.h"
#include "../step/describe.h"
#include "../step/run.h"
#include "../story/story.h"
#include "lookout.h"

#define PROGRESS_MS 200

struct job {
	struct planned *planned; /* NULL: the place is free */
	struct record *rec;
	pid_t pid;
	int fd; /* the child's end of the story; -1: it has ended */
	int64_t began_ns;
	bool timed_out, interrupted;
	char *data; /* a line that is still coming in */
	size_t used, space;
};

struct supervisor {
	struct plan *plan;
	struct job *jobs;
	size_t job_count;
	size_t started, done;
	unsigned int time_limit_s;
	struct trace *trace;
	const char *trace_absent;
	const struct supervisor_hooks *hooks;
	struct record **records;
	int signal_fd;
	bool interrupted;
	struct lookout lookout;
};

static void supervisor_finish(struct supervisor *sv, struct record *rec)
{
	sv->done++;
	sv->hooks->finished(rec, sv->hooks->arg);
}

/* The child's own words when it had a last one, else what became of it. */
static void job_settle(struct job *job, int status)
{
	struct record *rec = job->rec;

	if (rec->finished)
		return;
	rec->finished = true; /* its result line is ours */
	rec->elapsed_ns = clock_mono_ns() - job->began_ns;
	if (job->interrupted) {
		rec->outcome = OUTCOME_ERROR;
		rec->reason = "interrupted";
	} else if (job->timed_out) {
		rec->outcome = OUTCOME_TIMED_OUT;
		rec->reason = record_text(rec, "still running after %lld s (--time-limit)",
		                          (long long)(rec->elapsed_ns / NS_PER_S));
	} else {
		rec->outcome = OUTCOME_CRASHED;
		if (WIFSIGNALED(status))
			rec->reason = record_text(rec, "killed by SIG%s after %zu events",
			                          sigabbrev_np(WTERMSIG(status)) ?: "?",
			                          rec->event_count);
		else
			rec->reason = record_text(
				rec, "its process ended with status %d after %zu events",
				WEXITSTATUS(status), rec->event_count);
	}
	record_sort(rec);
}

static void supervisor_line(struct supervisor *sv, struct record *rec, const char *line,
                            size_t length)
{
	if (sv->hooks->line)
		sv->hooks->line(rec, line, length, sv->hooks->arg);
}

/* A result line of our own making, for a probe that did not write one. */
static void supervisor_write_result(struct supervisor *sv, struct record *rec)
{
	char *line = story_tell_walks(rec) ? NULL : json_result_line(rec);

	if (line)
		supervisor_line(sv, rec, line, strlen(line));
	free(line);
}

static void job_reap(struct supervisor *sv, struct job *job)
{
	struct record *rec = job->rec;
	int status = 0;

	close(job->fd);
	job->fd = -1;
	while (waitpid(job->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (sv->trace)
		trace_unwatch(sv->trace, job->planned->run.trace_slot);
	if (!rec->finished) {
		job_settle(job, status);
		supervisor_write_result(sv, rec);
	}
	free(job->data);
	lookout_ended(&sv->lookout, (size_t)(job - sv->jobs));
	*job = (struct job){.fd = -1};
	supervisor_finish(sv, rec);
}

static void job_lines(struct supervisor *sv, struct job *job)
{
	size_t at = 0;
	char *end, why[160];

	while (at < job->used && (end = memchr(job->data + at, '\n', job->used - at))) {
		const char *line = job->data + at;
		size_t length = (size_t)(end - line);

		if (json_read_line(job->rec, line, length, why) < 0) {
			job->rec->lost[OBSERVER_STEPS]++;
			job->rec->reason = record_text(
				job->rec, "a line of the record could not be read back: %s", why);
		}
		supervisor_line(sv, job->rec, line, length);
		at += length + 1;
	}
	job->used -= at;
	memmove(job->data, job->data + at, job->used);
}

/* False: the child has closed its end. */
static bool job_read(struct supervisor *sv, struct job *job)
{
	ssize_t n;

	if (job->space - job->used < 65536) {
		char *data = realloc(job->data, job->space + 262144);

		if (!data)
			return false;
		job->data = data;
		job->space += 262144;
	}
	n = read(job->fd, job->data + job->used, job->space - job->used);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (n <= 0)
		return false;
	job->used += (size_t)n;
	job_lines(sv, job);
	return true;
}

static _Noreturn void job_child(struct supervisor *sv, struct run_plan *run, int fd)
{
	sigset_t none;

	for (size_t i = 0; i < sv->job_count; i++)
		if (sv->jobs[i].planned && sv->jobs[i].fd >= 0)
			close(sv->jobs[i].fd);
	close(sv->signal_fd);
	sigemptyset(&none);
	/* Ctrl-C and a hang-up reach the whole foreground group: the supervisor decides, not we. */
	if (signal(SIGINT, SIG_IGN) == SIG_ERR || signal(SIGHUP, SIG_IGN) == SIG_ERR ||
	    signal(SIGPIPE, SIG_IGN) == SIG_ERR || sigprocmask(SIG_SETMASK, &none, NULL) < 0)
		die_errno(run->id, "set up signals");
	if (sv->hooks->child)
		sv->hooks->child(run, fd, sv->hooks->arg);
	else
		run_probe(run_prepare(run, run->probe->wire), run, fd);
	errno = 0;
	die_errno(run->id, "what runs a probe came back");
}

static int job_start(struct supervisor *sv, struct job *job, struct planned *planned,
                     struct record *rec, struct fault *f)
{
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return fault_set(f, errno, "make a pipe for %s", planned->run.id);
	planned->run.trace = sv->trace;
	planned->run.parent = getpid();
	planned->run.trace_slot = (unsigned int)(job - sv->jobs);
	planned->run.waiting =
		lookout_began(&sv->lookout, (size_t)(job - sv->jobs), planned, rec->probe);
	snprintf(planned->run.trace_absent, sizeof(planned->run.trace_absent), "%s",
	         sv->trace_absent);
	pid = fork();
	if (pid < 0) {
		int err = errno;

		close(fds[0]);
		close(fds[1]);
		return fault_set(f, err, "fork for %s", planned->run.id);
	}
	if (!pid) {
		close(fds[0]);
		job_child(sv, &planned->run, fds[1]);
	}
	close(fds[1]);
	*job = (struct job){
		.planned = planned,
		.rec = rec,
		.pid = pid,
		.fd = fds[0],
		.began_ns = clock_mono_ns(),
	};
	return 0;
}

static struct record *record_of(const struct planned *planned)
{
	struct record *rec = record_new();

	if (!rec)
		return NULL;
	rec->run = planned->run.info;
	/* not the record's own: they would be cleared with it */
	rec->run.features = (struct settings){0};
	rec->run.asked = (struct run_asked){0};
	if (run_describe(&planned->run, rec) < 0) {
		record_free(rec);
		return NULL;
	}
	return rec;
}

/* One that never ran has a result all the same: whoever counts finds every probe. */
static void supervisor_finish_unstarted(struct supervisor *sv, struct record *rec)
{
	rec->finished = true;
	supervisor_write_result(sv, rec);
	supervisor_finish(sv, rec);
}

static int supervisor_start_one(struct supervisor *sv, struct job *job, struct fault *f)
{
	struct planned *planned = &sv->plan->items[sv->started];
	struct record *rec = record_of(planned);
	char why[512];
	int err;

	if (!rec)
		return fault_set(f, ENOMEM, "keep a record of %s", planned->run.id);
	sv->records[sv->started++] = rec;
	if (planned->skip) {
		rec->outcome = OUTCOME_SKIPPED;
		rec->reason = record_text(rec, "%s", planned->skip);
		supervisor_finish_unstarted(sv, rec);
		return 0;
	}
	err = job_start(sv, job, planned, rec, f);
	if (err) {
		rec->outcome = OUTCOME_ERROR;
		rec->reason = record_text(rec, "%s", fault_text(f, why, sizeof(why)));
		supervisor_finish_unstarted(sv, rec);
	}
	return 0;
}

static int supervisor_fill(struct supervisor *sv, struct fault *f)
{
	for (size_t i = 0; i < sv->job_count; i++)
		while (!sv->jobs[i].planned && sv->started < sv->plan->count && !sv->interrupted) {
			int err = supervisor_start_one(sv, &sv->jobs[i], f);

			if (err)
				return err;
		}
	return 0;
}

static void supervisor_signal(struct supervisor *sv)
{
	struct signalfd_siginfo info;

	if (read(sv->signal_fd, &info, sizeof(info)) != sizeof(info))
		return;
	sv->interrupted = true;
	for (size_t i = 0; i < sv->job_count; i++)
		if (sv->jobs[i].planned) {
			sv->jobs[i].interrupted = true;
			kill(sv->jobs[i].pid, SIGKILL);
		}
}

static void supervisor_limit(struct supervisor *sv)
{
	int64_t now_ns = clock_mono_ns();

	for (size_t i = 0; i < sv->job_count; i++) {
		struct job *job = &sv->jobs[i];

		if (!job->planned || job->timed_out ||
		    now_ns - job->began_ns < sv->time_limit_s * NS_PER_S)
			continue;
		job->timed_out = true;
		kill(job->pid, SIGKILL);
	}
}

static int supervisor_wait(struct supervisor *sv, struct pollfd *fds, struct fault *f)
{
	fds[0] = (struct pollfd){.fd = sv->signal_fd, .events = POLLIN};
	for (size_t i = 0; i < sv->job_count; i++)
		fds[i + 1] = (struct pollfd){.fd = sv->jobs[i].planned ? sv->jobs[i].fd : -1,
		                             .events = POLLIN};
	if (poll(fds, sv->job_count + 1, PROGRESS_MS) < 0 && errno != EINTR)
		return fault_set(f, errno, "wait for the probes");
	if (fds[0].revents)
		supervisor_signal(sv);
	for (size_t i = 0; i < sv->job_count; i++)
		if (fds[i + 1].revents && !job_read(sv, &sv->jobs[i]))
			job_reap(sv, &sv->jobs[i]);
	return 0;
}

static int supervisor_loop(struct supervisor *sv, struct fault *f)
{
	struct pollfd *fds = calloc(sv->job_count + 1, sizeof(*fds));
	int err = 0;

	if (!fds)
		return fault_set(f, ENOMEM, "watch the probes");
	while (!(err = supervisor_fill(sv, f)) && sv->done < sv->started) {
		err = supervisor_wait(sv, fds, f);
		if (err)
			break;
		supervisor_limit(sv);
		if (sv->hooks->progress)
			sv->hooks->progress(lookout_look(&sv->lookout, sv->done, sv->started),
			                    sv->hooks->arg);
	}
	free(fds);
	return err ? err : sv->interrupted ? -EINTR : 0;
}

/* What ends a run. One that was ignored when we began (nohup, sh's background) stays so. */
static int signals_block(sigset_t *before, struct fault *f)
{
	static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction now;
	sigset_t wanted;
	int fd;

	sigemptyset(&wanted);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (sigaction(ends[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
			sigaddset(&wanted, ends[i]);
	if (sigprocmask(SIG_BLOCK, &wanted, before) < 0)
		return fault_set(f, errno, "block signals");
	fd = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? fault_set(f, errno, "open a signalfd") : fd;
}

static int supervisor_open(struct supervisor *sv, struct fault *f)
{
	sv->jobs = calloc(sv->job_count, sizeof(*sv->jobs));
	if (!sv->jobs)
		return fault_set(f, ENOMEM, "run %zu probes", sv->plan->count);
	if (!sv->hooks->progress)
		return 0;
	return lookout_open(&sv->lookout, sv->plan, sv->job_count, sv->time_limit_s, f);
}

int supervisor_run(struct plan *plan, unsigned int jobs, unsigned int time_limit_s,
                   struct trace *trace, const char *trace_absent,
                   const struct supervisor_hooks *hooks, struct record **records, struct fault *f)
{
	sigset_t before;
	struct supervisor sv = {
		.plan = plan,
		.job_count = jobs && jobs < plan->count ? jobs : plan->count,
		.time_limit_s = time_limit_s ? time_limit_s : TIME_LIMIT_S,
		.trace = trace,
		.trace_absent = trace_absent,
		.hooks = hooks,
		.records = records,
	};
	/* Held for all: a tap's first frames would go unstamped otherwise. */
	int err, stamps_fd;

	stamps_fd = tap_stamps_hold(f);
	if (stamps_fd < 0)
		return stamps_fd;
	err = supervisor_open(&sv, f);
	sv.signal_fd = err ? err : signals_block(&before, f);
	err = sv.signal_fd < 0 ? sv.signal_fd : supervisor_loop(&sv, f);
	close(stamps_fd);
	lookout_close(&sv.lookout);
	free(sv.jobs);
	if (sv.signal_fd < 0)
		return err;
	close(sv.signal_fd);
	if (sigprocmask(SIG_SETMASK, &before, NULL) < 0 && !err)
		err = fault_set(f, errno, "restore signals");
	return err;
}
