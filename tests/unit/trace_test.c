// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * trace: symbols and decoding without privileges; then the real thing, in network
 * namespaces of its own, over lo. The live tests are skipped where eBPF is refused.
 */
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <linux/filter.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../harness/observe/trace-shared.h"
#include "../../harness/observe/trace.h"
#include "../../harness/observe/trace-decode.h"
#include "../../harness/observe/trace-symbols.h"

#define PORT 8080
#define DEADLINE_NS (8 * NS_PER_S)

/* ---- symbols */

static struct trace_symbols *symbols_of(const char *text, struct fault *f)
{
	FILE *file = fmemopen((void *)text, strlen(text), "r");
	struct trace_symbols *symbols;

	assert_non_null(file);
	symbols = trace_symbols_read(file, f);
	fclose(file);
	return symbols;
}

/* Out of order, as modules are; with a clone, data in between, and an alias. */
static const char kallsyms[] = "ffffffff81005000 t reqsk_timer_handler\n"
			       "ffffffff81001000 T tcp_close\n"
			       "ffffffff81002000 T tcp_v4_do_rcv\n"
			       "ffffffff81002800 d some_data\n"
			       "ffffffff81003000 T unrelated\n"
			       "ffffffff81004000 T tcp_v4_connect\n"
			       "ffffffff81004800 T tcp_sendmsg_locked\n"
			       "ffffffff81006000 t __mod_timer\n"
			       "ffffffff81006000 t an_alias\n"
			       "ffffffff81007000 t __run_timers\n"
			       "ffffffffa0001000 t tcp_v6_do_rcv.cold\t[ipv6]\n"
			       "ffffffffa0002000 t last\t[ipv6]\n"
			       "ffffffff81007100 t next\n";

static void test_innermost_function_wins(void **state)
{
	struct trace_symbols *symbols = symbols_of(kallsyms, NULL);
	const __u64 backlog[4] = {0xffffffff81003010, 0xffffffff81002fff, 0xffffffff81001010};
	const __u64 close[2] = {0xffffffff81003010, 0xffffffff81001010};
	const __u64 module[2] = {0xffffffffa0001010};
	const __u64 nothing[2] = {0xffffffff81003010, 0xffffffff80000000};
	const __u64 fast_open[2] = {0xffffffff81004010, 0xffffffff81004810};
	const __u64 connect[3] = {0xffffffff81004010, 0xffffffff81003010, 0xffffffff81001010};

	(void)state;
	assert_non_null(symbols);
	assert_int_equal(trace_symbols_cause(symbols, backlog, 4), TRACE_CAUSE_PACKET);
	assert_int_equal(trace_symbols_cause(symbols, close, 2), TRACE_CAUSE_CLOSE);
	assert_int_equal(trace_symbols_cause(symbols, module, 2), TRACE_CAUSE_PACKET);
	assert_int_equal(trace_symbols_cause(symbols, nothing, 2), TRACE_CAUSE_UNKNOWN);
	assert_int_equal(trace_symbols_cause(symbols, fast_open, 2), TRACE_CAUSE_SENDMSG);
	assert_int_equal(trace_symbols_cause(symbols, connect, 3), TRACE_CAUSE_CONNECT);
	trace_symbols_free(symbols);
}

/* Data and modules are left unread, unless IPv6 may be one of them. */
static void test_reading_ends_with_the_text(void **state)
{
	static const char text[] = "ffffffff81001000 T tcp_close\n"
				   "%s"
				   "ffffffff81003000 T _etext\n"
				   "ffffffffa0001000 t tcp_v6_do_rcv\t[ipv6]\n"
				   "ffffffffa0002000 t last\t[ipv6]\n";
	static const char *const ipv6[] = {"", "ffffffff81002000 T tcp_v6_rcv\n"};

	(void)state;
	for (int builtin = 0; builtin < 2; builtin++) {
		struct trace_symbols *symbols;
		char all[400];

		snprintf(all, sizeof(all), text, ipv6[builtin]);
		symbols = symbols_of(all, NULL);
		assert_non_null(symbols);
		assert_int_equal(trace_symbols_address(symbols, "tcp_v6_do_rcv") == 0, builtin);
		assert_int_equal(
			trace_symbols_cause(symbols, (const __u64[1]){0xffffffff81002fff}, 1),
			builtin ? TRACE_CAUSE_PACKET : TRACE_CAUSE_CLOSE);
		trace_symbols_free(symbols);
	}
}

static void test_symbols_have_ranges(void **state)
{
	struct trace_symbols *symbols = symbols_of(kallsyms, NULL);
	struct trace_code_range ranges[4];

	(void)state;
	assert_non_null(symbols);
	assert_true(trace_symbols_address(symbols, "reqsk_timer_handler") == 0xffffffff81005000);
	assert_true(trace_symbols_address(symbols, "tw_timer_handler") == 0);
	assert_int_equal(trace_symbols_code(symbols, TRACE_TIMER_REARM, ranges, 4), 1);
	assert_true(ranges[0].start == 0xffffffff81006000 && ranges[0].end == 0xffffffff81007000);
	assert_int_equal(trace_symbols_code(symbols, TRACE_TIMER_EXPIRE, ranges, 4), 1);
	assert_true(ranges[0].end == 0xffffffff81007100);
	trace_symbols_free(symbols);
}

static void test_what_does_not_fit_is_counted(void **state)
{
	static const char text[] = "ffffffff81000100 t __mod_timer.cold\n"
				   "ffffffff81000200 t mod_timer.part.0\n"
				   "ffffffff81000300 T mod_timer\n"
				   "ffffffff81000400 t __mod_timer\n"
				   "ffffffff81000500 t next\n";
	struct trace_symbols *symbols = symbols_of(text, NULL);
	struct trace_code_range ranges[3] = {{0}};

	(void)state;
	assert_non_null(symbols);
	assert_int_equal(trace_symbols_code(symbols, TRACE_TIMER_REARM, ranges, 2), 4);
	assert_true(ranges[1].start == 0xffffffff81000200 && ranges[1].end == 0xffffffff81000300);
	assert_true(!ranges[2].start && !ranges[2].end);
	assert_int_equal(trace_symbols_code(symbols, TRACE_TIMER_EXPIRE, ranges, 2), 0);
	trace_symbols_free(symbols);
}

/* A timer's pointer holds the function's beginning, not that of the part which gcc took out of it. */
static void test_a_clone_is_no_entry(void **state)
{
	static const char text[] = "ffffffff81000100 t reqsk_timer_handler.cold\n"
				   "ffffffff81000200 t tw_timer_handler.llvm.9871\n"
				   "ffffffff81000300 t tcp_write_timer.part.0\n"
				   "ffffffff81005000 t reqsk_timer_handler\n"
				   "ffffffff81006000 t next\n";
	struct trace_symbols *symbols = symbols_of(text, NULL);

	(void)state;
	assert_non_null(symbols);
	assert_true(trace_symbols_address(symbols, "reqsk_timer_handler") == 0xffffffff81005000);
	assert_true(trace_symbols_address(symbols, "tw_timer_handler") == 0xffffffff81000200);
	assert_true(trace_symbols_address(symbols, "tcp_write_timer") == 0);
	assert_int_equal(trace_symbols_cause(symbols, (const __u64[1]){0xffffffff81000110}, 1),
	                 TRACE_CAUSE_TIMER_REQUEST);
	trace_symbols_free(symbols);
}

static void test_hidden_symbols_are_refused(void **state)
{
	struct fault f = {0};

	(void)state;
	assert_null(symbols_of("0000000000000000 T tcp_close\nnonsense\n\n", &f));
	assert_int_equal(f.err, EACCES);
	assert_non_null(strstr(f.what, "kptr_restrict"));
}

/* ---- decoding */

static char *reason_names[] = {"A", NULL, "NETFILTER_DROP"};
static const struct trace_reasons reasons = {.names = reason_names, .count = 3};

static struct trace_raw raw_of(enum trace_raw_kind kind, uint8_t from, uint8_t to)
{
	return (struct trace_raw){.t_ns = 42,
	                          .sk = 7,
	                          .cookie = 9,
	                          .family = AF_INET,
	                          .local = {10, 0, 0, 1},
	                          .remote = {10, 0, 0, 2},
	                          .local_port = 1234,
	                          .remote_port = 80,
	                          .kind = (uint8_t)kind,
	                          .side = SIDE_SERVER,
	                          .from = from,
	                          .to = to};
}

static void test_decode_transition(void **state)
{
	struct trace_raw raw = raw_of(TRACE_RAW_TRANSITION, STATE_LISTEN, STATE_SYN_RECV);
	char text[ENDPOINT_TEXT_SIZE];
	struct trace_event ev;

	(void)state;
	raw.cause = TRACE_CAUSE_PACKET;
	assert_true(trace_decode(&raw, TRACE_RAW_SHORT, &reasons, &ev));
	assert_int_equal(ev.event.kind, EVENT_TRANSITION);
	assert_int_equal(ev.event.t_ns, 42);
	assert_int_equal(ev.event.host, SIDE_SERVER);
	assert_int_equal(ev.event.transition.from, STATE_LISTEN);
	assert_int_equal(ev.event.transition.to, STATE_SYN_RECV);
	assert_string_equal(ev.event.transition.cause, "packet");
	assert_string_equal(ev.event.sock, "");
	assert_true(ev.listener_child && ev.sk == 7 && ev.cookie == 9);
	assert_string_equal(endpoint_text(&ev.local, text), "10.0.0.1:1234");
	assert_string_equal(endpoint_text(&ev.remote, text), "10.0.0.2:80");
}

static void test_decode_cause_of_exit(void **state)
{
	struct trace_raw raw = raw_of(TRACE_RAW_TRANSITION, STATE_ESTABLISHED, STATE_FIN_WAIT1);
	struct trace_event ev;

	(void)state;
	raw.cause = TRACE_CAUSE_CLOSE;
	assert_true(trace_decode(&raw, TRACE_RAW_SHORT, &reasons, &ev));
	assert_string_equal(ev.event.transition.cause, "syscall close");
	raw.exiting = 1;
	assert_true(trace_decode(&raw, TRACE_RAW_SHORT, &reasons, &ev));
	assert_string_equal(ev.event.transition.cause, "exit");
	raw.cause = TRACE_CAUSE_PACKET;
	assert_true(trace_decode(&raw, TRACE_RAW_SHORT, &reasons, &ev));
	assert_string_equal(ev.event.transition.cause, "packet");
	raw.cause = 200;
	assert_true(trace_decode(&raw, TRACE_RAW_SHORT, &reasons, &ev));
	assert_string_equal(ev.event.transition.cause, "");
}

static void test_decode_ipv4_mapped(void **state)
{
	struct trace_raw raw = raw_of(TRACE_RAW_DESTROY, 0, 0);
	static const uint8_t mapped[16] = {[10] = 0xff, [11] = 0xff, 10, 0, 0, 9};
	char text[ENDPOINT_TEXT_SIZE];
	struct trace_event ev;

	(void)state;
	raw.family = AF_INET6;
	memcpy(raw.local, mapped, 16);
	memset(raw.remote, 0, 16);
	raw.remote[15] = 1;
	assert_true(trace_decode(&raw, TRACE_RAW_SHORT, &reasons, &ev));
	assert_string_equal(endpoint_text(&ev.local, text), "10.0.0.9:1234");
	assert_string_equal(endpoint_text(&ev.remote, text), "[::1]:80");
}

static void test_decode_mini_and_drop(void **state)
{
	struct trace_raw raw = raw_of(TRACE_RAW_MINI, TRACE_RAW_REQUEST, TRACE_RAW_ACCEPTED);
	struct trace_event ev;

	(void)state;
	raw.detail = 77;
	raw.state = STATE_SYN_RECV;
	assert_true(trace_decode(&raw, TRACE_RAW_SHORT, &reasons, &ev));
	assert_int_equal(ev.event.kind, EVENT_MINI_SOCKET);
	assert_int_equal(ev.event.mini.object, OBJECT_REQUEST);
	assert_int_equal(ev.event.mini.change, MINI_ACCEPTED);
	assert_int_equal(ev.child, 77);
	assert_int_equal(ev.mini_state, STATE_SYN_RECV);

	raw = raw_of(TRACE_RAW_DROP, 0, 0);
	raw.detail = 2;
	assert_true(trace_decode(&raw, TRACE_RAW_SHORT, &reasons, &ev));
	assert_string_equal(ev.event.drop.reason, "NETFILTER_DROP");
	raw.detail = 1;
	assert_true(trace_decode(&raw, TRACE_RAW_SHORT, &reasons, &ev));
	assert_string_equal(ev.event.drop.reason, "1");
}

static void test_decode_refuses_nonsense(void **state)
{
	struct trace_raw raw = raw_of(TRACE_RAW_TRANSITION, STATE_LISTEN, STATE_SYN_RECV);
	struct trace_event ev;

	(void)state;
	assert_false(trace_decode(&raw, TRACE_RAW_SHORT - 1, &reasons, &ev));
	raw.to = STATE_COUNT;
	assert_false(trace_decode(&raw, TRACE_RAW_SHORT, &reasons, &ev));
	raw = raw_of(TRACE_RAW_COUNT, 1, 2);
	assert_false(trace_decode(&raw, TRACE_RAW_SHORT, &reasons, &ev));
	raw = raw_of(TRACE_RAW_DESTROY, 0, 0);
	raw.side = SIDE_COUNT;
	assert_false(trace_decode(&raw, TRACE_RAW_SHORT, &reasons, &ev));
	raw = raw_of(TRACE_RAW_MINI, OBJECT_FULL, MINI_CREATED);
	assert_false(trace_decode(&raw, TRACE_RAW_SHORT, &reasons, &ev));
	raw = raw_of(TRACE_RAW_MINI, TRACE_RAW_REQUEST, MINI_CHANGE_COUNT);
	assert_false(trace_decode(&raw, TRACE_RAW_SHORT, &reasons, &ev));
}

/* ---- live */

struct log {
	struct trace_reader *reader;
	struct trace_event events[512];
	size_t count;
};

static struct trace *trace; /* NULL: not to be had, said in group_setup() */
static struct log logs[2];

static int64_t now_ns(void)
{
	struct timespec ts;

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &ts), 0);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

static void part_say(const char *part, const char *why_not, void *arg)
{
	(void)arg;
	print_message("trace: %s: %s\n", part, why_not ? why_not : "yes");
}

static int group_setup(void **state)
{
	struct fault f = {0};
	char text[400];

	(void)state;
	trace = trace_load(2, &f);
	if (trace)
		trace_parts(trace, part_say, NULL);
	else
		print_message("live tests skipped: %s\n", fault_text(&f, text, sizeof(text)));
	return 0;
}

static int group_teardown(void **state)
{
	(void)state;
	trace_unload(trace);
	return 0;
}

/* A new namespace with lo up, watched by @slot; the caller is in it on return. */
static void netns_new(unsigned int slot)
{
	struct ifreq ifr = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	struct fault f = {0};
	struct stat st;
	int fd;

	assert_int_equal(unshare(CLONE_NEWNET), 0);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &ifr), 0);
	close(fd);
	assert_int_equal(stat("/proc/thread-self/ns/net", &st), 0);
	assert_int_equal(trace_watch(trace, slot, (uint32_t)st.st_ino, SIDE_CLIENT, &f), 0);
}

static int live_setup(void **state)
{
	struct fault f = {0};

	(void)state;
	for (unsigned int i = 0; trace && i < 2; i++) {
		logs[i].count = 0;
		logs[i].reader = trace_reader_open(trace, i, &f);
		assert_non_null(logs[i].reader);
	}
	if (trace)
		netns_new(0);
	return 0;
}

static int live_teardown(void **state)
{
	(void)state;
	for (unsigned int i = 0; trace && i < 2; i++) {
		trace_reader_close(logs[i].reader);
		trace_unwatch(trace, i);
	}
	return 0;
}

static void live_need(void)
{
	if (!trace)
		skip();
}

static void event_keep(const struct trace_event *event, void *arg)
{
	struct log *log = arg;

	assert_true(log->count < sizeof(log->events) / sizeof(log->events[0]));
	log->events[log->count++] = *event;
}

static void sysctl_put(const char *name, const char *value)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv4/%s", name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(value, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* The first event of @kind that @wanted says yes to, from @from on; waits for it. */
typedef bool (*wanted_fn)(const struct trace_event *event);

static const struct trace_event *log_await(struct log *log, size_t from, wanted_fn wanted)
{
	int64_t deadline_ns = now_ns() + DEADLINE_NS;
	size_t i = from;

	for (;;) {
		int rc = trace_read(log->reader, event_keep, log);

		assert_true(rc >= 0);
		for (; i < log->count; i++) {
			if (wanted(&log->events[i]))
				return &log->events[i];
		}
		if (now_ns() > deadline_ns)
			return NULL;
		poll(NULL, 0, 2);
	}
}

static bool wanted_mini(const struct trace_event *ev, enum sock_object object,
                        enum mini_change change)
{
	return ev->event.kind == EVENT_MINI_SOCKET && ev->event.mini.object == object &&
	       ev->event.mini.change == change;
}
static bool request_created(const struct trace_event *ev)
{
	return wanted_mini(ev, OBJECT_REQUEST, MINI_CREATED);
}
static bool request_accepted(const struct trace_event *ev)
{
	return wanted_mini(ev, OBJECT_REQUEST, MINI_ACCEPTED);
}
static bool request_retransmit(const struct trace_event *ev)
{
	return wanted_mini(ev, OBJECT_REQUEST, MINI_RETRANSMIT);
}
static bool request_expired(const struct trace_event *ev)
{
	return wanted_mini(ev, OBJECT_REQUEST, MINI_EXPIRED);
}
static bool request_gone(const struct trace_event *ev)
{
	return wanted_mini(ev, OBJECT_REQUEST, MINI_GONE);
}
static bool time_wait_created(const struct trace_event *ev)
{
	return wanted_mini(ev, OBJECT_TIME_WAIT, MINI_CREATED);
}
static bool time_wait_expired(const struct trace_event *ev)
{
	return wanted_mini(ev, OBJECT_TIME_WAIT, MINI_EXPIRED);
}
static bool time_wait_gone(const struct trace_event *ev)
{
	return wanted_mini(ev, OBJECT_TIME_WAIT, MINI_GONE);
}
static bool time_wait_moved(const struct trace_event *ev)
{
	return ev->event.kind == EVENT_TRANSITION && ev->object == OBJECT_TIME_WAIT;
}
static bool client_closed(const struct trace_event *ev)
{
	return ev->event.kind == EVENT_TRANSITION && ev->event.transition.to == STATE_CLOSE &&
	       ev->event.transition.from != STATE_LAST_ACK && ev->remote.port == PORT;
}
static bool server_closed(const struct trace_event *ev)
{
	/* Its own port is gone by now. */
	return ev->event.kind == EVENT_TRANSITION && ev->event.transition.to == STATE_CLOSE &&
	       ev->event.transition.from == STATE_LAST_ACK;
}
static bool client_born(const struct trace_event *ev)
{
	return ev->event.kind == EVENT_TRANSITION && ev->event.transition.to == STATE_SYN_SENT;
}
static bool child_born(const struct trace_event *ev)
{
	return ev->listener_child;
}
static bool drop_by_filter(const struct trace_event *ev)
{
	return ev->event.kind == EVENT_DROP && !strcmp(ev->event.drop.reason, "SOCKET_FILTER");
}
static bool retransmit_of_syn(const struct trace_event *ev)
{
	return ev->event.kind == EVENT_RETRANSMIT && ev->event.retransmit.state == STATE_SYN_SENT;
}
static bool reset_sent(const struct trace_event *ev)
{
	return ev->event.kind == EVENT_RESET && ev->event.reset.sent;
}
static bool reset_received(const struct trace_event *ev)
{
	return ev->event.kind == EVENT_RESET && !ev->event.reset.sent;
}

static size_t log_count(const struct log *log, wanted_fn wanted)
{
	size_t count = 0;

	for (size_t i = 0; i < log->count; i++)
		count += wanted(&log->events[i]);
	return count;
}

/* "CLOSE>SYN_SENT (syscall connect) ..." of full socket @sk. */
static const char *log_walk(const struct log *log, uint64_t sk, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < log->count && used < size; i++) {
		const struct event *ev = &log->events[i].event;

		if (log->events[i].sk != sk || ev->kind != EVENT_TRANSITION)
			continue;
		used += (size_t)snprintf(buf + used, size - used, "%s%s>%s (%s)", used ? ", " : "",
		                         state_name(ev->transition.from),
		                         state_name(ev->transition.to), ev->transition.cause);
	}
	return buf;
}

struct pair {
	int listener, client, server;
};

static socklen_t address_of(int family, struct sockaddr_storage *ss)
{
	*ss = (struct sockaddr_storage){.ss_family = (sa_family_t)family};
	if (family == AF_INET6) {
		((struct sockaddr_in6 *)ss)->sin6_addr = in6addr_loopback;
		((struct sockaddr_in6 *)ss)->sin6_port = htons(PORT);
		return sizeof(struct sockaddr_in6);
	}
	((struct sockaddr_in *)ss)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	((struct sockaddr_in *)ss)->sin_port = htons(PORT);
	return sizeof(struct sockaddr_in);
}

static int listener_open(int family)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_storage ss;
	socklen_t length = address_of(family, &ss);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&ss, length), 0);
	assert_int_equal(listen(fd, 8), 0);
	return fd;
}

static int client_open(int family)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_storage ss;
	socklen_t length = address_of(family, &ss);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&ss, length), 0);
	return fd;
}

static struct pair pair_open(int family)
{
	struct pair pair = {.listener = listener_open(family), .client = client_open(family)};

	pair.server = accept4(pair.listener, NULL, NULL, SOCK_CLOEXEC);
	assert_true(pair.server >= 0);
	return pair;
}

/* The whole life of a plain connection, both ends, with causes and mini-sockets. */
static void connection_check(int family, const char *loopback)
{
	struct log *log = &logs[0];
	struct pair pair = pair_open(family);
	const struct trace_event *ev, *child;
	char walk[512], text[ENDPOINT_TEXT_SIZE];
	uint64_t client;

	close(pair.client);
	close(pair.server);
	assert_non_null(log_await(log, 0, server_closed));
	ev = log_await(log, 0, client_born);
	assert_non_null(ev);
	assert_int_equal(ev->remote.port, PORT);
	client = ev->sk;
	child = log_await(log, 0, child_born);
	assert_non_null(child);
	assert_string_equal(log_walk(log, client, walk, sizeof(walk)),
	                    "CLOSE>SYN_SENT (syscall connect), SYN_SENT>ESTABLISHED (packet), "
	                    "ESTABLISHED>FIN_WAIT1 (syscall close), FIN_WAIT1>FIN_WAIT2 (packet), "
	                    "FIN_WAIT2>CLOSE (packet)");
	assert_string_equal(log_walk(log, child->sk, walk, sizeof(walk)),
	                    "LISTEN>SYN_RECV (packet), SYN_RECV>ESTABLISHED (packet), "
	                    "ESTABLISHED>CLOSE_WAIT (packet), CLOSE_WAIT>LAST_ACK (syscall close), "
	                    "LAST_ACK>CLOSE (packet)");
	/* The child is told with its addresses, and after it its request's end. */
	assert_int_equal(child->local.port, PORT);
	assert_true(child->remote.port > 0);
	endpoint_text(&child->remote, text);
	assert_int_equal(strncmp(text, loopback, strlen(loopback)), 0);
	ev = log_await(log, 0, request_created);
	assert_non_null(ev);
	assert_true(endpoint_equal(&ev->remote, &child->remote));
	assert_true(endpoint_equal(&ev->local, &child->local));
	assert_int_equal(ev->mini_state, STATE_SYN_RECV);
	ev = log_await(log, 0, request_accepted);
	assert_non_null(ev);
	assert_true(ev == child + 1 && ev->child == child->sk && ev->sk != child->sk);
	ev = log_await(log, 0, time_wait_created);
	assert_non_null(ev);
	assert_true(endpoint_equal(&ev->local, &child->remote));
	assert_int_equal(log_count(log, request_created), 1);
	assert_int_equal(log_count(log, request_gone), 0);
	assert_int_equal(log_count(log, request_expired), 0);
	assert_int_equal(log_count(log, time_wait_created), 1);
	assert_int_equal(log_count(log, reset_sent), 0);
	for (size_t i = 0; i < log->count; i++) {
		if (log->events[i].event.kind == EVENT_DROP)
			fail_msg("dropped: %s", log->events[i].event.drop.reason);
	}
	assert_int_equal(trace_lost(log->reader), 0);
	close(pair.listener);
}

static void test_life_ipv4(void **state)
{
	(void)state;
	live_need();
	connection_check(AF_INET, "127.0.0.1:");
}

static void test_life_ipv6(void **state)
{
	(void)state;
	live_need();
	connection_check(AF_INET6, "[::1]:");
}

/* Request timers: the same memory again and again must not confuse who is new. */
static void test_many_requests_all_accepted(void **state)
{
	struct log *log = &logs[0];
	int listener;

	(void)state;
	live_need();
	listener = listener_open(AF_INET);
	for (int i = 0; i < 16; i++) {
		int client = client_open(AF_INET);
		int server = accept(listener, NULL, NULL);

		assert_true(server >= 0);
		close(client);
		close(server);
	}
	for (size_t i = 0; log_count(log, server_closed) < 16;)
		assert_non_null(log_await(log, i++, server_closed));
	assert_int_equal(log_count(log, request_created), 16);
	assert_int_equal(log_count(log, request_accepted), 16);
	assert_int_equal(log_count(log, time_wait_created), 16);
	assert_int_equal(log_count(log, request_gone) + log_count(log, time_wait_gone), 0);
	close(listener);
}

static void test_no_causes_when_off(void **state)
{
	struct log *log = &logs[0];
	struct pair pair;

	(void)state;
	live_need();
	trace_set_causes(trace, 0, false);
	netns_new(0);
	trace_set_causes(trace, 0, true);
	pair = pair_open(AF_INET);
	close(pair.client);
	close(pair.server);
	assert_non_null(log_await(log, 0, server_closed));
	assert_int_equal(log_count(log, client_born), 1);
	for (size_t i = 0; i < log->count; i++) {
		if (log->events[i].event.kind == EVENT_TRANSITION)
			assert_string_equal(log->events[i].event.transition.cause, "");
	}
	close(pair.listener);
}

static void test_slots_see_their_own(void **state)
{
	struct pair first, second;

	(void)state;
	live_need();
	first = pair_open(AF_INET); /* in slot 0's namespace */
	netns_new(1);
	second = pair_open(AF_INET6);
	close(first.client);
	close(first.server);
	close(second.client);
	close(second.server);
	for (int i = 0; i < 2; i++) {
		assert_non_null(log_await(&logs[i], 0, server_closed));
		assert_int_equal(log_count(&logs[i], client_born), 1);
		assert_int_equal(log_count(&logs[i], child_born), 1);
		assert_int_equal(log_count(&logs[i], request_created), 1);
	}
	for (size_t i = 0; i < logs[0].count; i++)
		assert_int_not_equal(logs[0].events[i].local.family, AF_INET6);
	for (size_t i = 0; i < logs[1].count; i++)
		assert_int_not_equal(logs[1].events[i].local.family, AF_INET);
	close(first.listener);
	close(second.listener);
}

/* As in a run: loaded before the fork, watched and read after it. */
static void test_child_reads_its_slot(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	live_need();
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		struct pair pair;

		trace_reader_close(logs[1].reader);
		logs[1].reader = trace_reader_open(trace, 1, NULL);
		netns_new(1);
		pair = pair_open(AF_INET);
		close(pair.client);
		close(pair.server);
		_exit(log_await(&logs[1], 0, server_closed) &&
		                      log_count(&logs[1], request_accepted) == 1
		              ? 0
		              : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_int_equal(trace_read(logs[0].reader, event_keep, &logs[0]), 0);
}

/* What a slot's last user left behind is nothing to the next. */
static void test_slot_is_handed_on_empty(void **state)
{
	struct fault f = {0};
	struct pair pair;

	(void)state;
	live_need();
	pair = pair_open(AF_INET);
	trace_reader_close(logs[0].reader);
	trace_unwatch(trace, 0);
	logs[0].reader = trace_reader_open(trace, 0, &f);
	assert_non_null(logs[0].reader);
	close(pair.client); /* the namespace is nobody's now */
	close(pair.server);
	close(pair.listener);
	netns_new(0);
	pair = pair_open(AF_INET);
	assert_non_null(log_await(&logs[0], 0, child_born));
	assert_int_equal(log_count(&logs[0], client_born), 1);
	assert_int_equal(log_count(&logs[0], client_closed), 0);
	assert_int_equal(log_count(&logs[0], request_created), 1);
	close(pair.client);
	close(pair.server);
	close(pair.listener);
}

/* Nobody reads: the reader is called at half, what does not fit is counted. */
static void test_full_ring_is_counted(void **state)
{
	struct log *log = &logs[0];
	struct pollfd pfd;
	int listener;

	(void)state;
	live_need();
	pfd = (struct pollfd){.fd = trace_reader_fd(log->reader), .events = POLLIN};
	assert_int_equal(poll(&pfd, 1, 0), 0);
	listener = listener_open(AF_INET);
	/* some 15 events of 44 bytes and more a connection: more than the ring holds */
	for (int i = 0; i < TRACE_RING_BYTES / 640; i++) {
		int client = client_open(AF_INET), server = accept(listener, NULL, NULL);

		assert_true(server >= 0);
		close(client);
		close(server);
	}
	assert_int_equal(poll(&pfd, 1, 0), 1);
	assert_true(trace_lost(log->reader) > 0);
	assert_int_equal(trace_lost(log->reader), 0);
	close(listener);
}

static void test_loss_is_not_handed_on(void **state)
{
	(void)state;
	live_need();
	/* After the test above, in the same slot. */
	assert_int_equal(trace_lost(logs[0].reader), 0);
	connection_check(AF_INET, "127.0.0.1:");
}

/* An orphan's FIN_WAIT2 is a time-wait sock, which the peer's FIN moves on. */
static void test_time_wait_moves_on(void **state)
{
	const struct trace_event *ev;
	struct pair pair;

	(void)state;
	live_need();
	sysctl_put("tcp_fin_timeout", "3");
	pair = pair_open(AF_INET);
	close(pair.client);
	ev = log_await(&logs[0], 0, time_wait_created);
	assert_non_null(ev);
	assert_int_equal(ev->mini_state, STATE_FIN_WAIT2);
	close(pair.server);
	ev = log_await(&logs[0], 0, time_wait_moved);
	assert_non_null(ev);
	assert_int_equal(ev->event.transition.from, STATE_FIN_WAIT2);
	assert_int_equal(ev->event.transition.to, STATE_TIME_WAIT);
	assert_int_equal(ev->remote.port, PORT);
	assert_int_equal(log_count(&logs[0], time_wait_created), 1);
	assert_int_equal(log_count(&logs[0], time_wait_gone), 0);
	close(pair.listener);
}

static void test_time_wait_expires_or_is_reset(void **state)
{
	const struct linger rst = {.l_onoff = 1, .l_linger = 0};
	const struct trace_event *ev;
	struct pair pair;
	int64_t born_ns;
	int other;

	(void)state;
	live_need();
	sysctl_put("tcp_fin_timeout", "1");
	pair = pair_open(AF_INET);
	other = client_open(AF_INET);
	close(pair.client);
	ev = log_await(&logs[0], 0, time_wait_created);
	assert_non_null(ev);
	born_ns = ev->event.t_ns;
	ev = log_await(&logs[0], 0, time_wait_expired);
	assert_non_null(ev);
	/* counted in jiffies: from the tick before it was begun, 10 ms at most */
	assert_true(ev->event.t_ns - born_ns >= NS_PER_S - NS_PER_S / 100);
	assert_true(ev->event.t_ns - born_ns < 2 * NS_PER_S);
	assert_int_equal(log_count(&logs[0], time_wait_gone), 0);

	close(pair.server);
	pair.server = accept(pair.listener, NULL, NULL);
	assert_true(pair.server >= 0);
	close(other);
	assert_int_equal(setsockopt(pair.server, SOL_SOCKET, SO_LINGER, &rst, sizeof(rst)), 0);
	for (size_t i = 0; log_count(&logs[0], time_wait_created) < 2;)
		assert_non_null(log_await(&logs[0], i++, time_wait_created));
	close(pair.server);
	ev = log_await(&logs[0], 0, time_wait_gone);
	assert_non_null(ev);
	assert_int_equal(ev->remote.port, PORT);
	assert_int_equal(log_count(&logs[0], time_wait_expired), 1);
	close(pair.listener);
}

/*
 * A listener that lets SYNs in and no ACK: the request sends its SYN+ACK again
 * and expires; the client sits in ESTABLISHED.
 */
static void test_request_retransmits_and_expires(void **state)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 13), /* the header's flags */
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, TCP_FLAG_SYN, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, 0xffff),
	};
	const struct sock_fprog program = {.len = 4, .filter = code};
	const struct trace_event *ev;
	uint64_t request;
	int listener, client;

	(void)state;
	live_need();
	sysctl_put("tcp_synack_retries", "1");
	listener = listener_open(AF_INET);
	assert_int_equal(
		setsockopt(listener, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)), 0);
	client = client_open(AF_INET);
	ev = log_await(&logs[0], 0, request_created);
	assert_non_null(ev);
	request = ev->sk;
	ev = log_await(&logs[0], 0, drop_by_filter);
	assert_non_null(ev);
	assert_int_equal(ev->local.port, PORT);
	ev = log_await(&logs[0], 0, request_retransmit);
	assert_non_null(ev);
	assert_true(ev->sk == request);
	ev = log_await(&logs[0], 0, request_expired);
	assert_non_null(ev);
	assert_true(ev->sk == request);
	assert_int_equal(log_count(&logs[0], request_created), 1);
	assert_int_equal(log_count(&logs[0], request_retransmit), 1);
	assert_int_equal(log_count(&logs[0], request_expired), 1);
	assert_int_equal(log_count(&logs[0], request_accepted), 0);
	assert_int_equal(log_count(&logs[0], request_gone), 0);
	close(client);
	close(listener);
}

/* A SYN that nobody hears: sent again, and given up by the timer. */
static void test_connect_times_out(void **state)
{
	struct sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
	const struct sock_fprog program = {.len = 1, .filter = code};
	const struct trace_event *ev;
	struct sockaddr_storage ss;
	socklen_t length = address_of(AF_INET, &ss);
	char walk[256];
	int listener, client;

	(void)state;
	live_need();
	sysctl_put("tcp_syn_retries", "1");
	listener = listener_open(AF_INET);
	assert_int_equal(
		setsockopt(listener, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)), 0);
	client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(client, (struct sockaddr *)&ss, length), -1);
	assert_int_equal(errno, EINPROGRESS);
	ev = log_await(&logs[0], 0, client_closed);
	assert_non_null(ev);
	assert_string_equal(log_walk(&logs[0], ev->sk, walk, sizeof(walk)),
	                    "CLOSE>SYN_SENT (syscall connect), "
	                    "SYN_SENT>CLOSE (timer tcp_write_timer)");
	/* tcp_syn_linear_timeouts (6.5) comes on top. */
	assert_true(log_count(&logs[0], retransmit_of_syn) >= 1);
	close(client);
	close(listener);
}

/* Nobody home: the kernel answers with a RST for no socket at all. */
static void test_refused_connect_shows_resets(void **state)
{
	const struct trace_event *ev;
	struct sockaddr_storage ss;
	socklen_t length = address_of(AF_INET, &ss);
	int client;

	(void)state;
	live_need();
	client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(client, (struct sockaddr *)&ss, length), -1);
	assert_int_equal(errno, ECONNREFUSED);
	ev = log_await(&logs[0], 0, reset_received);
	assert_non_null(ev);
	assert_int_equal(ev->event.reset.state, STATE_SYN_SENT);
	assert_int_equal(ev->remote.port, PORT);
	/* 6.10 and newer trace this one too. */
	for (size_t i = 0; i < logs[0].count; i++) {
		if (reset_sent(&logs[0].events[i]))
			assert_int_equal(logs[0].events[i].local.port, PORT);
	}
	close(client);
}

static void test_causes_of_shutdown_and_exit(void **state)
{
	const struct trace_event *ev;
	struct pair pair;
	char walk[512];
	int status;
	pid_t pid;

	(void)state;
	live_need();
	pair = pair_open(AF_INET);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		/* Its copy is the last one, once the parent has closed its own. */
		char byte;

		close(pair.client);
		_exit(read(pair.server, &byte, 1) == 0 ? 0 : 1);
	}
	close(pair.server);
	assert_int_equal(shutdown(pair.client, SHUT_WR), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	ev = log_await(&logs[0], 0, server_closed);
	assert_non_null(ev);
	log_walk(&logs[0], ev->sk, walk, sizeof(walk));
	assert_non_null(strstr(walk, "CLOSE_WAIT>LAST_ACK (exit)"));
	ev = log_await(&logs[0], 0, client_born);
	log_walk(&logs[0], ev->sk, walk, sizeof(walk));
	assert_non_null(strstr(walk, "ESTABLISHED>FIN_WAIT1 (syscall shutdown)"));
	close(pair.client);
	close(pair.listener);
}

#define LIVE(test) cmocka_unit_test_setup_teardown(test, live_setup, live_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_innermost_function_wins),
		cmocka_unit_test(test_reading_ends_with_the_text),
		cmocka_unit_test(test_symbols_have_ranges),
		cmocka_unit_test(test_what_does_not_fit_is_counted),
		cmocka_unit_test(test_a_clone_is_no_entry),
		cmocka_unit_test(test_hidden_symbols_are_refused),
		cmocka_unit_test(test_decode_transition),
		cmocka_unit_test(test_decode_cause_of_exit),
		cmocka_unit_test(test_decode_ipv4_mapped),
		cmocka_unit_test(test_decode_mini_and_drop),
		cmocka_unit_test(test_decode_refuses_nonsense),
		LIVE(test_life_ipv4),
		LIVE(test_life_ipv6),
		LIVE(test_many_requests_all_accepted),
		LIVE(test_no_causes_when_off),
		LIVE(test_slots_see_their_own),
		LIVE(test_child_reads_its_slot),
		LIVE(test_slot_is_handed_on_empty),
		LIVE(test_full_ring_is_counted),
		LIVE(test_loss_is_not_handed_on),
		LIVE(test_time_wait_moves_on),
		LIVE(test_time_wait_expires_or_is_reset),
		LIVE(test_request_retransmits_and_expires),
		LIVE(test_connect_times_out),
		LIVE(test_refused_connect_shows_resets),
		LIVE(test_causes_of_shutdown_and_exit),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
