// SPDX-License-Identifier: GPL-2.0-or-later
/* diag on the running kernel: every kind of object, in namespaces of its own. */
#include "../../harness/observe/diag.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "../../harness/base/clock.h"
#include "../../harness/observe/tap.h"
#include "veth_lab.h"

static struct lab lab;
static struct diag *client_diag, *server_diag;

static int live_setup(void **state)
{
	struct fault f = {0};

	(void)state;
	lab_open(&lab);
	if (lab.why_not[0] != '\0')
		return 0;
	client_diag = diag_open(&f);
	if (client_diag != NULL && netns_enter(lab.server_fd, &f) == 0)
		server_diag = diag_open(&f);
	if (server_diag == NULL)
		(void)fault_text(&f, lab.why_not, sizeof(lab.why_not));
	return 0;
}

static int live_teardown(void **state)
{
	(void)state;
	diag_close(client_diag);
	diag_close(server_diag);
	return 0;
}

static void live_need(void)
{
	if (lab.why_not[0] == '\0')
		return;
	print_message("  skipped: %s\n", lab.why_not);
	skip();
}

static int live_socket(int netns_fd, int family)
{
	int fd;

	assert_int_equal(netns_enter(netns_fd, NULL), 0);
	fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	return fd;
}

static socklen_t live_sockaddr(const struct endpoint *ep, struct sockaddr_storage *addr)
{
	struct sockaddr_in *in = (struct sockaddr_in *)addr;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)addr;

	memset(addr, 0, sizeof(*addr));
	addr->ss_family = ep->family;
	if (ep->family == AF_INET) {
		in->sin_port = htons(ep->port);
		memcpy(&in->sin_addr, ep->addr, 4);
		return sizeof(*in);
	}
	in6->sin6_port = htons(ep->port);
	memcpy(&in6->sin6_addr, ep->addr, 16);
	return sizeof(*in6);
}

static int live_listen(int netns_fd, const struct endpoint *local)
{
	int fd = live_socket(netns_fd, local->family);
	struct sockaddr_storage addr;
	socklen_t size = live_sockaddr(local, &addr);
	const int one = 1;

	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, size), 0);
	assert_int_equal(listen(fd, 1024), 0);
	return fd;
}

/* Bound to @local first; the connect() may block or be left under way. */
static int live_connect(int netns_fd, const struct endpoint *local, const struct endpoint *remote,
                        bool wait)
{
	int fd = live_socket(netns_fd, local->family);
	struct sockaddr_storage addr;
	socklen_t size = live_sockaddr(local, &addr);
	const int one = 1;
	int ret;

	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, size), 0);
	if (!wait)
		assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	size = live_sockaddr(remote, &addr);
	ret = connect(fd, (struct sockaddr *)&addr, size);
	if (wait)
		assert_int_equal(ret, 0);
	else
		assert_true(ret == -1 && errno == EINPROGRESS);
	return fd;
}

static struct sample live_lookup(struct diag *diag, const struct endpoint *local,
                                 const struct endpoint *remote)
{
	struct fault f = {0};
	struct sample sample = {.gap_ns = 123};
	int ret = diag_lookup(diag, local, remote, &sample, &f);

	if (ret < 0)
		print_message("  %s\n", f.what);
	assert_true(ret >= 0);
	assert_int_equal(ret == 1, sample.state != STATE_GONE);
	assert_int_equal(sample.gap_ns, 123);
	return sample;
}

/* Until it is so; the test's own time-out says that it never was. */
static struct sample live_await(struct diag *diag, const struct endpoint *local,
                                const struct endpoint *remote, enum tcp_state state,
                                enum sock_object object)
{
	const int64_t until_ns = clock_mono_ns() + 5 * NS_PER_S;
	struct sample sample;

	do {
		sample = live_lookup(diag, local, remote);
	} while ((sample.state != state || sample.object != object) && clock_mono_ns() < until_ns);
	assert_int_equal(sample.state, state);
	assert_int_equal(sample.object, object);
	return sample;
}

static void live_close(int fd)
{
	assert_int_equal(close(fd), 0);
}

static void test_live_listener(void **state)
{
	const struct endpoint any = lab_endpoint("0.0.0.0", 8001);
	const struct endpoint server = lab_endpoint(LAB_SERVER, 8001);
	const struct endpoint other = lab_endpoint(LAB_SERVER, 8002);
	const struct endpoint client = lab_endpoint(LAB_CLIENT, 40001);
	int fd;

	(void)state;
	live_need();
	assert_int_equal(diag_listening(server_diag, &server, NULL), 0);
	fd = live_listen(lab.server_fd, &any);
	assert_int_equal(diag_listening(server_diag, &any, NULL), 1);
	assert_int_equal(diag_listening(server_diag, &server, NULL), 1);
	assert_int_equal(diag_listening(server_diag, &other, NULL), 0);
	assert_int_equal(diag_listening(client_diag, &server, NULL), 0);
	/* The kernel answers with the listener: no connection. */
	assert_int_equal(live_lookup(server_diag, &server, &client).state, STATE_GONE);
	live_close(fd);
	assert_int_equal(diag_listening(server_diag, &server, NULL), 0);
}

static uint64_t live_cookie(int fd)
{
	uint64_t cookie = 0;
	socklen_t size = sizeof(cookie);

	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size), 0);
	return cookie;
}

/* ESTABLISHED, then an active close: FIN_WAIT2 three ways, TIME_WAIT. */
static void test_live_close(void **state)
{
	const struct endpoint client = lab_endpoint(LAB_CLIENT, 40010);
	const struct endpoint server = lab_endpoint(LAB_SERVER, 8010);
	struct sample sample;
	uint64_t cookie;
	int listener, passive, active;

	(void)state;
	live_need();
	listener = live_listen(lab.server_fd, &server);
	active = live_connect(lab.client_fd, &client, &server, true);
	sample = live_lookup(client_diag, &client, &server);
	assert_int_equal(sample.state, STATE_ESTABLISHED);
	assert_int_equal(sample.object, OBJECT_FULL);
	assert_int_equal(sample.timer, DIAG_TIMER_NONE);
	assert_true(sample.rto_us >= 200000);
	assert_true(sample.rtt_us > 0);
	assert_false(sample.orphan);
	cookie = live_cookie(active);
	assert_true(sample.cookie == cookie);
	assert_int_equal(live_lookup(client_diag, &server, &client).state, STATE_GONE);

	/* Not accepted yet it has no inode either. */
	sample = live_await(server_diag, &server, &client, STATE_ESTABLISHED, OBJECT_FULL);
	assert_true(sample.orphan);
	passive = accept(listener, NULL, NULL);
	assert_true(passive >= 0);
	assert_false(live_lookup(server_diag, &server, &client).orphan);

	assert_int_equal(shutdown(active, SHUT_WR), 0);
	sample = live_await(client_diag, &client, &server, STATE_FIN_WAIT2, OBJECT_FULL);
	assert_false(sample.orphan);
	live_close(active);
	sample = live_await(client_diag, &client, &server, STATE_FIN_WAIT2, OBJECT_TIME_WAIT);
	assert_int_equal(sample.timer, DIAG_TIMER_TIMEWAIT);
	assert_in_range(sample.expires_ms, 50000, 61000);
	assert_true(sample.cookie == cookie);
	assert_int_equal(live_lookup(server_diag, &server, &client).state, STATE_CLOSE_WAIT);
	live_close(passive);
	sample = live_await(client_diag, &client, &server, STATE_TIME_WAIT, OBJECT_TIME_WAIT);
	assert_true(sample.cookie == cookie);
	assert_int_equal(live_lookup(server_diag, &server, &client).state, STATE_GONE);
	live_close(listener);
}

static void test_live_syn_sent(void **state)
{
	const struct endpoint client = lab_endpoint(LAB_CLIENT, 40020);
	const struct endpoint nobody = lab_endpoint(LAB_NOBODY, 8020);
	struct sample sample;
	int fd;

	(void)state;
	live_need();
	fd = live_connect(lab.client_fd, &client, &nobody, false);
	sample = live_lookup(client_diag, &client, &nobody);
	assert_int_equal(sample.state, STATE_SYN_SENT);
	assert_int_equal(sample.object, OBJECT_FULL);
	assert_int_equal(sample.timer, DIAG_TIMER_ON);
	assert_in_range(sample.expires_ms, 1, 1100);
	assert_int_equal(sample.unacked, 1);
	assert_int_equal(sample.retransmits, 0);
	live_close(fd);
	assert_int_equal(live_lookup(client_diag, &client, &nobody).state, STATE_GONE);
}

static void live_inject(int netns_fd, const char *ifname, const uint8_t *frame, size_t length)
{
	struct fault f = {0};
	struct tap *tap;

	assert_int_equal(netns_enter(netns_fd, &f), 0);
	tap = tap_open(ifname, &f);
	assert_non_null(tap);
	assert_int_equal(tap_send(tap, frame, length), 0);
	tap_close(tap);
}

/* A SYN from somebody who does not answer: a request sock. */
static void test_live_request(void **state)
{
	const struct endpoint nobody = lab_endpoint(LAB_NOBODY, 40030);
	const struct endpoint server = lab_endpoint(LAB_SERVER, 8030);
	uint8_t syn[LAB_SYN_SIZE];
	struct sample sample;
	int listener;

	(void)state;
	live_need();
	listener = live_listen(lab.server_fd, &server);
	lab_syn_make(syn, lab_nobody_mac, lab_server_mac, &nobody, &server);
	live_inject(lab.client_fd, "c0", syn, sizeof(syn));
	sample = live_await(server_diag, &server, &nobody, STATE_SYN_RECV, OBJECT_REQUEST);
	assert_int_equal(sample.timer, DIAG_TIMER_ON);
	assert_in_range(sample.expires_ms, 1, 1100);
	assert_int_equal(sample.retransmits, 0);
	assert_false(sample.orphan);
	assert_true(sample.cookie != 0);
	live_close(listener);
	(void)live_await(server_diag, &server, &nobody, STATE_GONE, OBJECT_NONE);
}

/* A SYN that crosses ours: SYN_RECV too, but a full socket. */
static void test_live_crossing_syn(void **state)
{
	const struct endpoint client = lab_endpoint(LAB_CLIENT, 40040);
	const struct endpoint nobody = lab_endpoint(LAB_NOBODY, 8040);
	uint8_t syn[LAB_SYN_SIZE];
	int fd;

	(void)state;
	live_need();
	fd = live_connect(lab.client_fd, &client, &nobody, false);
	lab_syn_make(syn, lab_nobody_mac, lab_client_mac, &nobody, &client);
	live_inject(lab.server_fd, "s0", syn, sizeof(syn));
	(void)live_await(client_diag, &client, &nobody, STATE_SYN_RECV, OBJECT_FULL);
	live_close(fd);
}

/* One namespace holds both ends; and one socket that is its own peer. */
static void test_live_loopback(void **state)
{
	const struct endpoint a = lab_endpoint("127.0.0.1", 40050);
	const struct endpoint b = lab_endpoint("127.0.0.1", 8050);
	const struct endpoint self = lab_endpoint("127.0.0.1", 8051);
	int listener, active, passive, alone;

	(void)state;
	live_need();
	listener = live_listen(lab.client_fd, &b);
	active = live_connect(lab.client_fd, &a, &b, true);
	passive = accept(listener, NULL, NULL);
	assert_true(passive >= 0);
	assert_true(live_lookup(client_diag, &a, &b).cookie == live_cookie(active));
	assert_true(live_lookup(client_diag, &b, &a).cookie == live_cookie(passive));
	alone = live_connect(lab.client_fd, &self, &self, true);
	assert_true(live_lookup(client_diag, &self, &self).cookie == live_cookie(alone));
	live_close(alone);
	live_close(passive);
	live_close(active);
	live_close(listener);
}

static void test_live_ipv6(void **state)
{
	const struct endpoint a = lab_endpoint("::1", 40060), b = lab_endpoint("::1", 8060);
	int listener, active;

	(void)state;
	live_need();
	if (access("/proc/sys/net/ipv6", F_OK) != 0)
		skip();
	listener = live_listen(lab.client_fd, &b);
	active = live_connect(lab.client_fd, &a, &b, true);
	assert_int_equal(diag_listening(client_diag, &b, NULL), 1);
	assert_true(live_lookup(client_diag, &a, &b).cookie == live_cookie(active));
	live_close(active);
	live_close(listener);
}

/* IPv4 on a dual-stack socket, asked for either way. */
static void test_live_mapped(void **state)
{
	const struct endpoint any = lab_endpoint("::", 8070);
	const struct endpoint client = lab_endpoint("127.0.0.1", 40070);
	const struct endpoint server = lab_endpoint("127.0.0.1", 8070);
	const struct endpoint mapped_client = lab_endpoint("::ffff:127.0.0.1", 40070);
	const struct endpoint mapped_server = lab_endpoint("::ffff:127.0.0.1", 8070);
	int listener, active, passive;

	(void)state;
	live_need();
	if (access("/proc/sys/net/ipv6", F_OK) != 0)
		skip();
	listener = live_listen(lab.client_fd, &any);
	active = live_connect(lab.client_fd, &client, &server, true);
	passive = accept(listener, NULL, NULL);
	assert_true(passive >= 0);
	assert_int_equal(diag_listening(client_diag, &server, NULL), 1);
	assert_true(live_lookup(client_diag, &server, &client).cookie == live_cookie(passive));
	assert_true(live_lookup(client_diag, &mapped_server, &mapped_client).cookie ==
	            live_cookie(passive));
	live_close(passive);
	live_close(active);
	live_close(listener);
}

struct tally {
	unsigned int listeners, active, passive, others;
	uint16_t port;
};

static void tally_add(const struct endpoint *local, const struct endpoint *remote,
                      const struct sample *sample, void *arg)
{
	struct tally *tally = arg;

	if (sample->state == STATE_LISTEN && local->port == tally->port)
		tally->listeners++;
	else if (sample->state == STATE_ESTABLISHED && local->port == tally->port)
		tally->passive++;
	else if (sample->state == STATE_ESTABLISHED && remote->port == tally->port)
		tally->active++;
	else
		tally->others++;
}

enum { CROWD = 400 };

/* More than one datagram's worth, and a bystander that the filter must not let through. */
static void test_live_dump(void **state)
{
	const struct endpoint server = lab_endpoint("127.0.0.1", 8080);
	const struct endpoint bystander = lab_endpoint("127.0.0.1", 8081);
	struct tally tally = {.port = 8080};
	struct fault f = {0};
	int listener, other, crowd[CROWD];

	(void)state;
	live_need();
	listener = live_listen(lab.client_fd, &server);
	other = live_listen(lab.client_fd, &bystander);
	for (int i = 0; i < CROWD; i++) {
		const struct endpoint from = lab_endpoint("127.0.0.1", (uint16_t)(41000 + i));

		crowd[i] = live_connect(lab.client_fd, &from, &server, true);
	}
	assert_int_equal(diag_dump(client_diag, AF_INET, 8080, tally_add, &tally, &f),
	                 2 * CROWD + 1);
	assert_int_equal(tally.listeners, 1);
	assert_int_equal(tally.active, CROWD);
	assert_int_equal(tally.passive, CROWD);
	assert_int_equal(tally.others, 0);
	assert_true(diag_dump(client_diag, AF_INET, 0, NULL, NULL, &f) >= 2 * CROWD + 2);
	assert_int_equal(diag_lost(client_diag), 0);
	for (int i = 0; i < CROWD; i++)
		live_close(crowd[i]);
	live_close(listener);
	live_close(other);
}

static void test_live_destroy(void **state)
{
	const struct endpoint client = lab_endpoint(LAB_CLIENT, 40090);
	const struct endpoint server = lab_endpoint(LAB_SERVER, 8090);
	struct fault f = {0};
	int listener, active, ret;
	char byte;

	(void)state;
	live_need();
	listener = live_listen(lab.server_fd, &server);
	assert_int_equal(diag_destroy(server_diag, &server, &client, &f), -ENOENT);
	assert_int_equal(diag_listening(server_diag, &server, NULL), 1);
	active = live_connect(lab.client_fd, &client, &server, true);
	ret = diag_destroy(client_diag, &client, &server, &f);
	if (ret == -EOPNOTSUPP) {
		live_close(active);
		live_close(listener);
		print_message("  skipped: %s\n", f.what);
		skip();
	}
	assert_int_equal(ret, 0);
	assert_int_equal(live_lookup(client_diag, &client, &server).state, STATE_GONE);
	assert_true(read(active, &byte, 1) == -1 && errno == ECONNABORTED);
	assert_int_equal(diag_listening(server_diag, &server, NULL), 1);
	live_close(active);
	live_close(listener);
}

static void test_live_bad_request(void **state)
{
	const struct endpoint nothing = {0}, server = lab_endpoint(LAB_SERVER, 1);
	struct sample sample = {0};
	struct fault f = {0};

	(void)state;
	live_need();
	assert_int_equal(diag_lookup(client_diag, &nothing, &server, &sample, &f), -EINVAL);
	assert_int_equal(f.err, EINVAL);
	assert_true(diag_dump(client_diag, AF_UNIX, 0, NULL, NULL, &f) < 0);
	/* and the socket is as good as before */
	assert_int_equal(diag_listening(client_diag, &server, &f), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_live_listener),     cmocka_unit_test(test_live_close),
		cmocka_unit_test(test_live_syn_sent),     cmocka_unit_test(test_live_request),
		cmocka_unit_test(test_live_crossing_syn), cmocka_unit_test(test_live_loopback),
		cmocka_unit_test(test_live_ipv6),         cmocka_unit_test(test_live_mapped),
		cmocka_unit_test(test_live_dump),         cmocka_unit_test(test_live_destroy),
		cmocka_unit_test(test_live_bad_request),
	};

	return cmocka_run_group_tests_name("diag", tests, live_setup, live_teardown);
}
