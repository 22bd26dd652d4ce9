// SPDX-License-Identifier: GPL-2.0-or-later
/* tap and clock on the running kernel. */
#include "../../harness/observe/tap.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include <cmocka.h>

#include "../../harness/base/clock.h"
#include "../../harness/packet/decode.h"
#include "veth_lab.h"

/* The error of the clocks' difference, on a machine that others use as well. */
enum { CLOCK_SLACK_NS = 2000 };

static struct lab lab;
static struct tap *client_tap, *server_tap;
static int stamps_fd;

static int live_setup(void **state)
{
	struct fault f = {0};

	(void)state;
	stamps_fd = tap_stamps_hold(&f);
	if (stamps_fd < 0)
		return -1;
	lab_open(&lab);
	if (lab.why_not[0] != '\0')
		return 0;
	client_tap = tap_open("c0", &f);
	if (client_tap != NULL && netns_enter(lab.server_fd, &f) == 0)
		server_tap = tap_open("s0", &f);
	if (server_tap == NULL)
		(void)fault_text(&f, lab.why_not, sizeof(lab.why_not));
	return 0;
}

static int live_teardown(void **state)
{
	(void)state;
	tap_close(client_tap);
	tap_close(server_tap);
	return close(stamps_fd);
}

static void live_need(void)
{
	if (lab.why_not[0] == '\0')
		return;
	print_message("  skipped: %s\n", lab.why_not);
	skip();
}

static bool tap_await(struct tap *tap, struct frame *frame)
{
	struct pollfd wait = {.fd = tap_fd(tap), .events = POLLIN};
	int ret;

	do {
		ret = tap_read(tap, frame);
		assert_true(ret >= 0);
	} while (ret == 0 && poll(&wait, 1, 5000) == 1);
	return ret == 1;
}

/* The next frame of TCP port @port as source; others (IPv6's own) are passed over. */
static bool tap_await_port(struct tap *tap, uint16_t port, struct frame *frame,
                           struct packet *packet)
{
	while (tap_await(tap, frame)) {
		if (packet_decode(frame->data, frame->length, packet) && packet->src.port == port)
			return true;
	}
	return false;
}

static void test_clock(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) {
		struct timespec real;
		int64_t before_ns = clock_mono_ns(), converted_ns, after_ns;

		assert_int_equal(clock_gettime(CLOCK_REALTIME, &real), 0);
		after_ns = clock_mono_ns();
		converted_ns = clock_real_to_mono_ns(real.tv_sec * NS_PER_S + real.tv_nsec);
		assert_true(converted_ns >= before_ns - CLOCK_SLACK_NS);
		assert_true(converted_ns <= after_ns + CLOCK_SLACK_NS);
	}
}

static void test_clock_hz(void **state)
{
	(void)state;
	assert_in_range(clock_hz(), 100, 1000);
}

static void test_open_fault(void **state)
{
	struct fault f = {0};

	(void)state;
	assert_null(tap_open("nosuchlink0", &f));
	assert_int_equal(f.err, ENODEV);
	assert_non_null(strstr(f.what, "nosuchlink0"));
}

/*
 * The kernel begins to stamp at some time after the first socket asked for it;
 * from then on every frame has a stamp. Sends until then.
 */
static void stamps_await(void)
{
	const struct endpoint nobody = lab_endpoint(LAB_NOBODY, 3);
	const struct endpoint server = lab_endpoint(LAB_SERVER, 3);
	const int64_t until_ns = clock_mono_ns() + 5 * NS_PER_S;
	uint8_t syn[LAB_SYN_SIZE];
	struct packet packet;
	struct frame frame;

	lab_syn_make(syn, lab_nobody_mac, lab_server_mac, &nobody, &server);
	do {
		assert_int_equal(tap_send(client_tap, syn, sizeof(syn)), 0);
		assert_true(tap_await_port(client_tap, 3, &frame, &packet));
	} while (frame.late_stamp && clock_mono_ns() < until_ns);
	assert_false(frame.late_stamp);
}

/* One frame sent: outgoing here, incoming there, in this order, stamped in between. */
static void test_send(void **state)
{
	const struct endpoint nobody = lab_endpoint(LAB_NOBODY, 40000);
	const struct endpoint server = lab_endpoint(LAB_SERVER, 9);
	uint8_t syn[LAB_SYN_SIZE];
	struct frame here, there;
	struct packet packet;
	int64_t before_ns, after_ns;

	(void)state;
	live_need();
	stamps_await();
	lab_syn_make(syn, lab_nobody_mac, lab_server_mac, &nobody, &server);
	before_ns = clock_mono_ns();
	assert_int_equal(tap_send(client_tap, syn, sizeof(syn)), 0);
	after_ns = clock_mono_ns();
	assert_true(tap_await_port(client_tap, 40000, &here, &packet));
	assert_true(here.outgoing);
	assert_true(tap_await_port(server_tap, 40000, &there, &packet));
	assert_false(there.outgoing);
	assert_int_equal(there.length, sizeof(syn));
	assert_memory_equal(there.data, syn, sizeof(syn));
	assert_int_equal(packet.flags, TCP_FLAG_SYN);
	assert_false(here.late_stamp || there.late_stamp || here.truncated || there.truncated);
	assert_true(before_ns - CLOCK_SLACK_NS <= here.t_ns);
	assert_true(here.t_ns <= after_ns + CLOCK_SLACK_NS);
	assert_true(here.t_ns <= there.t_ns);
	/* The server resets it: its SYN's way back is in the same order. */
	assert_true(tap_await_port(server_tap, 9, &there, &packet));
	assert_true(there.outgoing);
	assert_int_equal(packet.flags, TCP_FLAG_RST | TCP_FLAG_ACK);
	assert_true(tap_await_port(client_tap, 9, &here, &packet));
	assert_false(here.outgoing);
	assert_true(there.t_ns <= here.t_ns);
}

/* Reading late does not make a stamp late. */
static void test_stamp_is_not_of_reading(void **state)
{
	const struct endpoint nobody = lab_endpoint(LAB_NOBODY, 40001);
	const struct endpoint server = lab_endpoint(LAB_SERVER, 9);
	uint8_t syn[LAB_SYN_SIZE];
	struct frame frame;
	struct packet packet;
	int64_t after_ns;

	(void)state;
	live_need();
	stamps_await();
	lab_syn_make(syn, lab_nobody_mac, lab_server_mac, &nobody, &server);
	assert_int_equal(tap_send(client_tap, syn, sizeof(syn)), 0);
	after_ns = clock_mono_ns();
	while (clock_mono_ns() - after_ns < 5 * NS_PER_MS)
		;
	assert_true(tap_await_port(client_tap, 40001, &frame, &packet));
	assert_true(frame.t_ns <= after_ns + CLOCK_SLACK_NS);
}

/* Once held, a new tap's first frame has its stamp, with no other tap there or not. */
static void test_stamps_hold(void **state)
{
	const struct endpoint nobody = lab_endpoint(LAB_NOBODY, 40006);
	const struct endpoint server = lab_endpoint(LAB_SERVER, 9);
	uint8_t syn[LAB_SYN_SIZE];
	struct frame frame;
	struct packet packet;

	(void)state;
	live_need();
	stamps_await();
	assert_int_equal(netns_enter(lab.client_fd, NULL), 0);
	lab_syn_make(syn, lab_nobody_mac, lab_server_mac, &nobody, &server);
	for (int i = 0; i < 10; i++) {
		tap_close(client_tap);
		client_tap = tap_open("c0", NULL);
		assert_non_null(client_tap);
		assert_int_equal(tap_send(client_tap, syn, sizeof(syn)), 0);
		assert_true(tap_await_port(client_tap, 40006, &frame, &packet));
		assert_false(frame.late_stamp);
	}
}

/* A tap on lo hears nothing of the veth; it was made with protocol 0. */
static void test_other_link(void **state)
{
	const struct endpoint nobody = lab_endpoint(LAB_NOBODY, 40002);
	const struct endpoint server = lab_endpoint(LAB_SERVER, 9);
	uint8_t syn[LAB_SYN_SIZE];
	struct frame frame;
	struct packet packet;
	struct tap *lo;

	(void)state;
	live_need();
	assert_int_equal(netns_enter(lab.client_fd, NULL), 0);
	lo = tap_open("lo", NULL);
	assert_non_null(lo);
	lab_syn_make(syn, lab_nobody_mac, lab_server_mac, &nobody, &server);
	assert_int_equal(tap_send(client_tap, syn, sizeof(syn)), 0);
	assert_true(tap_await_port(client_tap, 40002, &frame, &packet));
	assert_int_equal(tap_read(lo, &frame), 0);
	tap_close(lo);
}

/* More than a frame holds: told so, and its headers count. */
static void test_truncated(void **state)
{
	const struct endpoint from = lab_endpoint("127.0.0.1", 40003);
	const struct endpoint to = lab_endpoint("127.0.0.1", 9);
	static uint8_t jumbo[9014];
	struct frame frame;
	struct packet packet;
	struct tap *lo;

	(void)state;
	live_need();
	assert_int_equal(netns_enter(lab.client_fd, NULL), 0);
	lo = tap_open("lo", NULL);
	assert_non_null(lo);
	lab_syn_make(jumbo, lab_nobody_mac, lab_nobody_mac, &from, &to);
	jumbo[16] = 9000 >> 8;
	jumbo[17] = 9000 & 0xff;
	assert_int_equal(tap_send(lo, jumbo, sizeof(jumbo)), 0);
	assert_true(tap_await_port(lo, 40003, &frame, &packet));
	assert_true(frame.outgoing);
	assert_true(frame.truncated);
	assert_int_equal(frame.length, sizeof(frame.data));
	assert_int_equal(packet.len, 9000 - 40);
	/* and a second time, coming in */
	assert_true(tap_await_port(lo, 40003, &frame, &packet));
	assert_false(frame.outgoing);
	tap_close(lo);
}

static void link_set(bool up)
{
	struct fault f = {0};
	struct rtnl *rtnl = rtnl_open(lab.client_fd, &f);

	assert_non_null(rtnl);
	if (up)
		assert_int_equal(link_up(rtnl, LAB_CLIENT_IFINDEX, &f), 0);
	else
		assert_int_equal(link_down(rtnl, LAB_CLIENT_IFINDEX, &f), 0);
	rtnl_close(rtnl);
	if (!up)
		return;
	assert_int_equal(netns_enter(lab.client_fd, &f), 0);
	assert_int_equal(link_settle("c0", &f), 0);
}

/* Down and up again: what waited is there, nothing is an error, and it hears again. */
static void test_link_down(void **state)
{
	const struct endpoint nobody = lab_endpoint(LAB_NOBODY, 40004);
	const struct endpoint server = lab_endpoint(LAB_SERVER, 9);
	uint8_t syn[LAB_SYN_SIZE];
	struct frame frame;
	struct packet packet;

	(void)state;
	live_need();
	lab_syn_make(syn, lab_nobody_mac, lab_server_mac, &nobody, &server);
	assert_int_equal(tap_send(client_tap, syn, sizeof(syn)), 0);
	link_set(false);
	assert_int_equal(tap_send(client_tap, syn, sizeof(syn)), -ENETDOWN);
	assert_true(tap_await_port(client_tap, 40004, &frame, &packet));
	link_set(true);
	assert_int_equal(tap_send(client_tap, syn, sizeof(syn)), 0);
	assert_true(tap_await_port(client_tap, 40004, &frame, &packet));
}

enum { FLOOD = 40000 };

/* Nobody reads: what does not fit is counted, once. Lost and read make up all. */
static void test_lost(void **state)
{
	const struct endpoint nobody = lab_endpoint(LAB_NOBODY, 40005);
	const struct endpoint server = lab_endpoint(LAB_SERVER, 9);
	uint8_t syn[LAB_SYN_SIZE];
	struct frame frame;
	struct packet packet;
	uint64_t lost, read = 0;
	struct tap *tap;

	(void)state;
	live_need();
	assert_int_equal(netns_enter(lab.client_fd, NULL), 0);
	tap = tap_open("c0", NULL);
	assert_non_null(tap);
	lab_syn_make(syn, lab_nobody_mac, lab_server_mac, &nobody, &server);
	for (int i = 0; i < FLOOD; i++)
		assert_int_equal(tap_send(client_tap, syn, sizeof(syn)), 0);
	while (tap_read(tap, &frame) == 1) {
		if (packet_decode(frame.data, frame.length, &packet) && frame.outgoing)
			read++;
	}
	lost = tap_lost(tap);
	assert_true(lost > 0);
	/* The resets that came back are among the lost. */
	assert_true(read + lost >= FLOOD);
	assert_int_equal(tap_lost(tap), 0);
	tap_close(tap);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_clock_hz),
		cmocka_unit_test(test_open_fault),
		cmocka_unit_test(test_send),
		cmocka_unit_test(test_stamp_is_not_of_reading),
		cmocka_unit_test(test_stamps_hold),
		cmocka_unit_test(test_other_link),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_link_down),
		cmocka_unit_test(test_lost),
	};

	return cmocka_run_group_tests_name("tap", tests, live_setup, live_teardown);
}
