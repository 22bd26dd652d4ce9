// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * trace_storm: what tracing costs, in a storm of connect(), accept() and close()
 * over lo of a namespace of its own, while a reader reads every 5 ms and when the
 * ring's half-full wake-up tells.
 *
 *	trace_storm [CONNECTIONS]
 *
 * Prints "name value unit" lines. Each way is stormed through twice: once for the
 * rate, once with the kernel counting the time that the programs take. Counting itself
 * takes some, which is found out with an empty program; "cost" is with it, "cost_net"
 * without. Exit code 4: no eBPF here.
 */
#include <errno.h>
#include <inttypes.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <bpf/bpf.h>

#include "../../harness/observe/trace.h"

#define READ_EVERY_MS 5
#define EMPTY_RUNS 200000
#define EXIT_SKIPPED 4

enum way { WAY_PLAIN, WAY_FOREIGN, WAY_TRACED, WAY_CAUSES, WAY_COUNT };
static const char *const way_names[WAY_COUNT] = {
	[WAY_PLAIN] = "untraced", /* nothing loaded */
	[WAY_FOREIGN] = "foreign", /* loaded, the namespace is nobody's */
	[WAY_TRACED] = "traced", /* without causes */
	[WAY_CAUSES] = "causes",
};

#define PROGRAMS_MAX 32
struct costs {
	const char *names[PROGRAMS_MAX];
	uint64_t runs[PROGRAMS_MAX], run_ns[PROGRAMS_MAX];
	uint64_t all_runs, all_ns, misses;
	size_t count;
};

struct outcome {
	double seconds;
	uint64_t events, lost, read_ns;
	int64_t gap_ns; /* the longest time without a read: the reader got no processor */
	struct costs costs;
};

static void die(const char *what)
{
	fprintf(stderr, "trace_storm: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now_ns(void)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_MONOTONIC, &ts))
		die("clock_gettime");
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

/* Enter a new namespace with lo up and all ports to connect from; its inode number. */
static uint32_t netns_new(void)
{
	struct ifreq ifr = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	struct stat st;
	FILE *ports;
	int fd;

	if (unshare(CLONE_NEWNET))
		die("unshare");
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &ifr))
		die("set lo up");
	close(fd);
	ports = fopen("/proc/sys/net/ipv4/ip_local_port_range", "w");
	if (!ports || fputs("1024 65535", ports) < 0 || fclose(ports))
		die("ip_local_port_range");
	if (stat("/proc/thread-self/ns/net", &st))
		die("stat ns/net");
	return (uint32_t)st.st_ino;
}

static void storm(unsigned int connections)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000001)};
	socklen_t length = sizeof(sin);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (bind(listener, (struct sockaddr *)&sin, sizeof(sin)) || listen(listener, 16) ||
	    getsockname(listener, (struct sockaddr *)&sin, &length))
		die("listen");
	for (unsigned int i = 0; i < connections; i++) {
		int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), server;

		if (client < 0 || connect(client, (struct sockaddr *)&sin, sizeof(sin)))
			die("connect");
		server = accept(listener, NULL, NULL);
		if (server < 0)
			die("accept");
		close(client);
		close(server);
	}
	close(listener);
}

static void event_count(const struct trace_event *event, void *arg)
{
	struct outcome *outcome = arg;

	(void)event;
	outcome->events++;
}

static void costs_add(const char *program, uint64_t runs, uint64_t run_ns, uint64_t misses,
                      void *arg)
{
	struct costs *costs = arg;

	if (costs->count == PROGRAMS_MAX)
		return;
	costs->names[costs->count] = program;
	costs->runs[costs->count] = runs;
	costs->run_ns[costs->count++] = run_ns;
	costs->all_runs += runs;
	costs->all_ns += run_ns;
	costs->misses += misses;
}

static void costs_subtract(struct costs *costs, const struct costs *before)
{
	for (size_t i = 0; i < costs->count; i++) {
		costs->runs[i] -= before->runs[i];
		costs->run_ns[i] -= before->run_ns[i];
	}
	costs->all_runs -= before->all_runs;
	costs->all_ns -= before->all_ns;
	costs->misses -= before->misses;
}

/* Read until the storm's process is done, then once more. */
static void storm_read(struct trace_reader *reader, pid_t pid, struct outcome *outcome)
{
	struct pollfd ring = {.events = POLLIN};
	int64_t before_ns = now_ns();
	bool done = false;
	int status = 0;

	while (!done) {
		int64_t begin_ns;

		if (!reader) {
			if (waitpid(pid, &status, 0) != pid)
				die("wait for the storm");
			break;
		}
		ring.fd = trace_reader_fd(reader);
		poll(&ring, 1, READ_EVERY_MS);
		done = waitpid(pid, &status, WNOHANG) == pid;
		begin_ns = now_ns();
		if (begin_ns - before_ns > outcome->gap_ns)
			outcome->gap_ns = begin_ns - before_ns;
		before_ns = begin_ns;
		if (trace_read(reader, event_count, outcome) < 0)
			die("read the trace");
		outcome->read_ns += (uint64_t)(now_ns() - begin_ns);
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		die("the storm");
}

static struct outcome storm_run(struct trace *trace, enum way way, unsigned int connections)
{
	struct outcome outcome = {0};
	struct trace_reader *reader = NULL;
	struct costs before = {0};
	struct fault f = {0};
	uint32_t inum = netns_new();
	int64_t begin_ns;
	pid_t pid;

	if (way == WAY_TRACED || way == WAY_CAUSES) {
		trace_set_causes(trace, 0, way == WAY_CAUSES);
		reader = trace_reader_open(trace, 0, &f);
		if (!reader || trace_watch(trace, 0, inum, SIDE_CLIENT, &f))
			die(f.what);
	}
	if (trace)
		trace_costs(trace, costs_add, &before);
	begin_ns = now_ns();
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		storm(connections);
		_exit(0);
	}
	storm_read(reader, pid, &outcome);
	outcome.seconds = (double)(now_ns() - begin_ns) / 1e9;
	if (trace)
		trace_costs(trace, costs_add, &outcome.costs);
	costs_subtract(&outcome.costs, &before);
	if (reader) {
		outcome.lost = trace_lost(reader);
		trace_reader_close(reader);
		trace_unwatch(trace, 0);
	}
	return outcome;
}

static double ratio(uint64_t a, uint64_t b)
{
	return b ? (double)a / (double)b : 0;
}

/* Nanoseconds that the kernel counts for a run of a program that does nothing. */
static double counting_cost(void)
{
	const struct bpf_insn nothing[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K}, /* r0 = 0 */
		{.code = BPF_JMP | BPF_EXIT},
	};
	unsigned char frame[64] = {0};
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = frame, .data_size_in = sizeof(frame),
	            .repeat = EMPTY_RUNS);
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info);
	int stats_fd = bpf_enable_stats(BPF_STATS_RUN_TIME);
	int fd = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "nothing", "GPL", nothing, 2, NULL);

	if (stats_fd < 0 || fd < 0 || bpf_prog_test_run_opts(fd, &run) ||
	    bpf_obj_get_info_by_fd(fd, &info, &size))
		info.run_cnt = 0;
	if (fd >= 0)
		close(fd);
	if (stats_fd >= 0)
		close(stats_fd);
	return ratio(info.run_time_ns, info.run_cnt);
}

static void way_measure(struct trace *trace, enum way way, unsigned int connections)
{
	const char *name = way_names[way];
	struct outcome o = storm_run(trace, way, connections);
	int stats_fd;

	printf("trace.%s.rate %.0f connections/s\n", name, (double)connections / o.seconds);
	if (way == WAY_PLAIN)
		return;
	if (way != WAY_FOREIGN) {
		printf("trace.%s.events %" PRIu64 " events\n", name, o.events);
		printf("trace.%s.lost %" PRIu64 " events\n", name, o.lost);
		printf("trace.%s.read %.0f ns/event\n", name, ratio(o.read_ns, o.events));
		printf("trace.%s.gap %.1f ms\n", name, (double)o.gap_ns / 1e6);
		printf("trace.%s.misses %" PRIu64 " runs\n", name, o.costs.misses);
	}
	stats_fd = bpf_enable_stats(BPF_STATS_RUN_TIME);
	if (stats_fd < 0)
		return; /* 5.8 and newer, with privileges: else only the rates */
	o = storm_run(trace, way, connections);
	close(stats_fd);
	for (size_t i = 0; i < o.costs.count; i++) {
		printf("trace.%s.%s.runs %.2f runs/connection\n", name, o.costs.names[i],
		       (double)o.costs.runs[i] / connections);
		printf("trace.%s.%s.cost %.0f ns/run\n", name, o.costs.names[i],
		       ratio(o.costs.run_ns[i], o.costs.runs[i]));
	}
	if (way != WAY_FOREIGN) {
		double counting_ns = counting_cost() * (double)o.costs.all_runs;

		printf("trace.%s.cost %.0f ns/event\n", name, ratio(o.costs.all_ns, o.events));
		printf("trace.%s.cost_net %.0f ns/event\n", name,
		       ((double)o.costs.all_ns - counting_ns) / (double)o.events);
		printf("trace.%s.gap_with_stats %.1f ms\n", name, (double)o.gap_ns / 1e6);
		printf("trace.%s.lost_with_stats %" PRIu64 " events\n", name, o.lost);
	}
	printf("trace.%s.cost_connection %.0f ns/connection\n", name,
	       (double)o.costs.all_ns / connections);
}

int main(int argc, char **argv)
{
	unsigned int connections = argc > 1 ? (unsigned int)strtoul(argv[1], NULL, 10) : 20000;
	struct trace *trace;
	struct fault f = {0};
	char text[400];
	int64_t begin_ns;

	if (!connections) {
		fprintf(stderr, "usage: trace_storm [CONNECTIONS]\n");
		return 2;
	}
	begin_ns = now_ns();
	trace = trace_load(2, &f);
	if (!trace) {
		fprintf(stderr, "trace_storm: %s\n", fault_text(&f, text, sizeof(text)));
		return EXIT_SKIPPED;
	}
	printf("trace.load %.1f ms\n", (double)(now_ns() - begin_ns) / 1e6);
	trace_unload(trace);
	printf("trace.counting %.1f ns/run\n", counting_cost());
	way_measure(NULL, WAY_PLAIN, connections);
	trace = trace_load(2, &f);
	if (!trace)
		die(f.what);
	way_measure(trace, WAY_FOREIGN, connections);
	way_measure(trace, WAY_TRACED, connections);
	way_measure(trace, WAY_CAUSES, connections);
	trace_unload(trace);
	return 0;
}
