// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * diag_lookup [CONNECTIONS [ROUNDS]]: what an exact look-up costs, beside a dump and
 * a whole process of ss, in turn, in a namespace of its own with so many connections
 * on lo.
 *
 * Prints lines of "name value unit". Each value is the median of its rounds.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../harness/base/clock.h"
#include "../../harness/observe/diag.h"
#include "../../netns/link.h"
#include "../../netns/netns.h"

enum {
	PORT = 8080,
	FIRST_SOURCE_PORT = 10000,
	MAX_CONNECTIONS = 50000,
	ROUNDS = 20,
	MAX_ROUNDS = 1000,
	LOOKUPS_A_ROUND = 50,
};

extern char **environ;

/* The two ends of one connection, and one that is not there. */
struct subject {
	struct diag *diag;
	struct endpoint local, remote, nobody;
};

/* One round; the time of one operation of it, or -1. */
typedef double (*round_fn)(const struct subject *subject, struct fault *f);

static double lookup_round(const struct subject *subject, const struct endpoint *remote, int expect,
                           struct fault *f)
{
	const int64_t begin_ns = clock_mono_ns();

	for (int i = 0; i < LOOKUPS_A_ROUND; i++) {
		struct sample sample = {0};

		if (diag_lookup(subject->diag, &subject->local, remote, &sample, f) != expect)
			return -1;
	}
	return (double)(clock_mono_ns() - begin_ns) / LOOKUPS_A_ROUND;
}

static double found_round(const struct subject *subject, struct fault *f)
{
	return lookup_round(subject, &subject->remote, 1, f);
}

static double missed_round(const struct subject *subject, struct fault *f)
{
	return lookup_round(subject, &subject->nobody, 0, f);
}

static double dump_of(const struct subject *subject, uint16_t port, struct fault *f)
{
	const int64_t begin_ns = clock_mono_ns();

	if (diag_dump(subject->diag, AF_INET, port, NULL, NULL, f) < 1)
		return -1;
	return (double)(clock_mono_ns() - begin_ns);
}

static double dump_port_round(const struct subject *subject, struct fault *f)
{
	return dump_of(subject, subject->local.port, f);
}

static double dump_all_round(const struct subject *subject, struct fault *f)
{
	return dump_of(subject, 0, f);
}

static double ss_round(const struct subject *subject, struct fault *f)
{
	char *argv[] = {"ss", "-tan", NULL};
	posix_spawn_file_actions_t actions;
	int64_t begin_ns;
	int status = -1, err;
	pid_t pid;

	(void)subject;
	err = posix_spawn_file_actions_init(&actions);
	if (err == 0)
		err = posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	begin_ns = clock_mono_ns();
	if (err == 0)
		err = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	if (err != 0)
		return fault_set(f, err, "run ss -tan");
	if (waitpid(pid, &status, 0) != pid || status != 0)
		return fault_set(f, ECHILD, "run ss -tan (status %d)", status);
	(void)posix_spawn_file_actions_destroy(&actions);
	return (double)(clock_mono_ns() - begin_ns);
}

static int compare(const void *a, const void *b)
{
	const double *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

static struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
	                            .sin_port = htons(port),
	                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int listener_open(struct fault *f)
{
	const struct sockaddr_in addr = loopback(PORT);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&addr, sizeof(addr)) != 0 ||
	    listen(fd, 64) != 0)
		return fault_set(f, errno, "listen");
	return fd;
}

/* Both ends stay open until the process ends. */
static int connection_open(int listener_fd, uint16_t port, struct fault *f)
{
	const struct sockaddr_in local = loopback(port), remote = loopback(PORT);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&local, sizeof(local)) != 0 ||
	    connect(fd, (const struct sockaddr *)&remote, sizeof(remote)) != 0 ||
	    accept(listener_fd, NULL, NULL) < 0)
		return fault_set(f, errno, "connect from port %u", port);
	return 0;
}

static int lab_setup(int connections, struct fault *f)
{
	struct rtnl *rtnl;
	int netns_fd, listener_fd, ret = 0;

	if (geteuid() != 0)
		ret = userns_enter(f);
	if (ret != 0)
		return ret;
	netns_fd = netns_create(f);
	if (netns_fd < 0)
		return netns_fd;
	rtnl = rtnl_open(netns_fd, f);
	if (rtnl == NULL)
		return -f->err;
	ret = link_up(rtnl, 1, f); /* lo */
	rtnl_close(rtnl);
	if (ret != 0)
		return ret;
	listener_fd = listener_open(f);
	if (listener_fd < 0)
		return listener_fd;
	for (int i = 0; i < connections && ret == 0; i++)
		ret = connection_open(listener_fd, (uint16_t)(FIRST_SOURCE_PORT + i), f);
	return ret;
}

static const struct {
	const char *name;
	round_fn round;
} rows[] = {
	{"diag_lookup", found_round},
	{"diag_lookup_missing", missed_round},
	{"diag_dump_port", dump_port_round},
	{"diag_dump_all", dump_all_round},
	{"ss_process", ss_round},
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static int measure_all(const struct subject *subject, int rounds, struct fault *f)
{
	static double results_ns[ROWS][MAX_ROUNDS];
	double medians_ns[ROWS];

	/* The first round warms up and does not count. */
	for (int round = -1; round < rounds; round++)
		for (int i = 0; i < ROWS; i++) {
			const double t_ns = rows[i].round(subject, f);

			if (t_ns < 0)
				return -1;
			if (round >= 0)
				results_ns[i][round] = t_ns;
		}
	for (int i = 0; i < ROWS; i++) {
		qsort(results_ns[i], (size_t)rounds, sizeof(results_ns[i][0]), compare);
		medians_ns[i] = results_ns[i][rounds / 2];
		printf("%s %.2f us\n", rows[i].name, medians_ns[i] / 1000);
	}
	printf("ss_process_per_diag_lookup %.0f ratio\n", medians_ns[ROWS - 1] / medians_ns[0]);
	return 0;
}

int main(int argc, char **argv)
{
	const int connections = argc > 1 ? atoi(argv[1]) : 1;
	const int rounds = argc > 2 ? atoi(argv[2]) : ROUNDS;
	const uint8_t loopback_addr[4] = {127, 0, 0, 1};
	struct subject subject = {
		.local = {.family = AF_INET, .port = FIRST_SOURCE_PORT},
		.remote = {.family = AF_INET, .port = PORT},
		.nobody = {.family = AF_INET, .port = 1},
	};
	struct fault f = {0};
	char text[400];

	if (connections < 1 || connections > MAX_CONNECTIONS || rounds < 1 || rounds > MAX_ROUNDS) {
		fprintf(stderr, "usage: diag_lookup [CONNECTIONS [ROUNDS]], at most %d and %d\n",
		        MAX_CONNECTIONS, MAX_ROUNDS);
		return 2;
	}
	memcpy(subject.local.addr, loopback_addr, 4);
	memcpy(subject.remote.addr, loopback_addr, 4);
	memcpy(subject.nobody.addr, loopback_addr, 4);
	if (lab_setup(connections, &f) == 0)
		subject.diag = diag_open(&f);
	printf("connections %d count\n", connections);
	if (subject.diag != NULL && measure_all(&subject, rounds, &f) == 0) {
		diag_close(subject.diag);
		return 0;
	}
	fprintf(stderr, "diag_lookup: %s\n", fault_text(&f, text, sizeof(text)));
	return 3;
}
