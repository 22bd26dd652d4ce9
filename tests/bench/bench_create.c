// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bench_create SHELL-SCRIPT [ROUNDS]: a bench made and gone by finwait, beside the same
 * by ip, sysctl and nft (SHELL-SCRIPT is bench_by_shell), in turn.
 *
 * Each way is a child of this process: timed from its fork until it has ended and
 * nothing holds the namespaces any more. What the kernel has then still to clean up
 * it does later, in the same way for all; the next child waits until it has. All is in
 * a network and a mount namespace of our own, so that ip's names are nobody else's.
 *
 * Prints lines of "name value unit". Each value is the median of its rounds.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../harness/base/clock.h"
#include "../../harness/step/bench.h"
#include "../../netns/netns.h"

enum {
	ROUNDS = 9,
	MAX_ROUNDS = 1000,
	CLEAN_EVERY_MS = 2,
	CLEAN_LOOKS = 2, /* in a row: work may be queued and not begun */
	CLEAN_MAX_MS = 3000, /* others make and drop namespaces too */
};

struct way {
	const char *name;
	const char *style; /* of the script; NULL: finwait itself */
	bool rule; /* with a first drop rule on the wire */
};

static const struct way ways[] = {
	{"bench.finwait", NULL, false},      {"bench.typed", "typed", false},
	{"bench.batch", "batch", false},     {"bench_rule.finwait", NULL, true},
	{"bench_rule.typed", "typed", true}, {"bench_rule.batch", "batch", true},
};
enum { WAYS = sizeof(ways) / sizeof(ways[0]) };

static int say(const struct fault *f)
{
	char text[400];

	fprintf(stderr, "bench_create: %s\n", fault_text(f, text, sizeof(text)));
	return EXIT_FAILURE;
}

/* In the child. What is not closed goes with the process, as in a run of a probe. */
static int bench_by_finwait(bool rule)
{
	const struct bench_config config = {.wire = BENCH_WIRE_KERNEL};
	struct fault f = {0};
	struct ruleset *rules;
	struct bench bench;
	uint64_t handle;

	if (bench_create(&bench, &config, &f))
		return say(&f);
	if (!rule)
		return EXIT_SUCCESS;
	rules = bench_ruleset(&bench, &f);
	if (!rules || rule_add_drop(rules, BENCH_PORT_CLIENT, "tcp flags syn", &handle, &f))
		return say(&f);
	return EXIT_SUCCESS;
}

static int way_take(const struct way *way, const char *script)
{
	if (!way->style)
		return bench_by_finwait(way->rule);
	execl("/bin/sh", "sh", script, way->style, way->rule ? "rule" : NULL, NULL);
	perror(script);
	return EXIT_FAILURE;
}

/* Nanoseconds, or negative. */
static int64_t way_time(const struct way *way, const char *script, struct fault *f)
{
	const int64_t begin_ns = clock_mono_ns();
	const pid_t pid = fork();
	int status = -1;

	if (pid < 0)
		return fault_set(f, errno, "fork");
	if (!pid)
		_exit(way_take(way, script));
	if (waitpid(pid, &status, 0) != pid || status)
		return fault_set(f, ECHILD, "%s (status %#x)", way->name, status);
	return clock_mono_ns() - begin_ns;
}

/* A worker that is at a work queue's work is named after it: kworker/u8:3+netns. */
static bool comm_cleans(const char *pid)
{
	char path[64], comm[64] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%.20s/comm", pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (!fgets(comm, sizeof(comm), file))
		comm[0] = '\0';
	fclose(file);
	return strstr(comm, "+netns");
}

static bool kernel_cleans(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	bool found = false;

	while (proc && !found && (entry = readdir(proc)))
		found = entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
		        comm_cleans(entry->d_name);
	if (proc)
		closedir(proc);
	return found;
}

static void clean_await(void)
{
	const int64_t end_ns = clock_mono_ns() + CLEAN_MAX_MS * NS_PER_MS;
	int looks = 0;

	while (looks < CLEAN_LOOKS && clock_mono_ns() < end_ns) {
		poll(NULL, 0, CLEAN_EVERY_MS);
		looks = kernel_cleans() ? 0 : looks + 1;
	}
}

/* Namespaces of our own, with a /run where ip may put its names. */
static int lab_enter(struct fault *f)
{
	int fd, rc = geteuid() ? userns_enter(f) : 0;

	if (rc)
		return rc;
	fd = netns_create(f); /* held until the end */
	if (fd < 0)
		return fd;
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("tmpfs", "/run", "tmpfs", 0, NULL))
		return fault_set(f, errno, "mount a /run of our own");
	return 0;
}

static int compare(const void *a, const void *b)
{
	const int64_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

static int measure(const char *script, int rounds, struct fault *f)
{
	static int64_t times_ns[WAYS][MAX_ROUNDS];

	/* The first round warms up and does not count. */
	for (int round = -1; round < rounds; round++)
		for (int way = 0; way < WAYS; way++) {
			int64_t t_ns;

			clean_await();
			t_ns = way_time(&ways[way], script, f);
			if (t_ns < 0)
				return (int)t_ns;
			if (round >= 0)
				times_ns[way][round] = t_ns;
		}
	for (int way = 0; way < WAYS; way++) {
		int64_t median_ns;

		qsort(times_ns[way], (size_t)rounds, sizeof(times_ns[way][0]), compare);
		median_ns = times_ns[way][rounds / 2];
		printf("%s %.2f ms\n", ways[way].name, (double)median_ns / NS_PER_MS);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const int rounds = argc > 2 ? atoi(argv[2]) : ROUNDS;
	struct fault f = {0};

	if (argc < 2 || rounds < 1 || rounds > MAX_ROUNDS) {
		fprintf(stderr, "usage: bench_create SHELL-SCRIPT [ROUNDS], 1 to %d\n", MAX_ROUNDS);
		return 2;
	}
	if (lab_enter(&f) || measure(argv[1], rounds, &f)) {
		(void)say(&f);
		return 3;
	}
	return 0;
}
