// SPDX-License-Identifier: GPL-2.0-or-later
/* diag_decode() on messages made here: whole, cut anywhere, and nonsense. */
#include "../../harness/observe/diag.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

static struct endpoint endpoint_make(const char *addr, uint16_t port)
{
	struct endpoint ep = {.family = AF_INET, .port = port};

	assert_int_equal(inet_pton(AF_INET, addr, ep.addr), 1);
	return ep;
}

struct message {
	_Alignas(8) uint8_t bytes[1024];
	size_t length;
};

static struct message message_make(uint8_t state, uint8_t timer)
{
	struct message message = {.length = NLMSG_LENGTH(sizeof(struct inet_diag_msg))};
	struct nlmsghdr *nlh = (struct nlmsghdr *)message.bytes;
	struct inet_diag_msg *msg = NLMSG_DATA(nlh);

	*nlh = (struct nlmsghdr){.nlmsg_len = (uint32_t)message.length,
	                         .nlmsg_type = SOCK_DIAG_BY_FAMILY};
	*msg = (struct inet_diag_msg){
		.idiag_family = AF_INET,
		.idiag_state = state,
		.idiag_timer = timer,
		.idiag_retrans = 3,
		.idiag_expires = 1500,
		.idiag_inode = 77,
		.id =
			{
				.idiag_sport = htons(40000),
				.idiag_dport = htons(8080),
				.idiag_src = {htonl(0x0a000001)},
				.idiag_dst = {htonl(0x0a000002)},
				.idiag_cookie = {0x89abcdef, 0x01234567},
			},
	};
	return message;
}

static struct inet_diag_msg *message_body(struct message *message)
{
	return NLMSG_DATA((struct nlmsghdr *)message->bytes);
}

static void message_add(struct message *message, uint16_t type, const void *data, size_t size)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)message->bytes;
	struct nlattr *attr = (struct nlattr *)(message->bytes + message->length);

	attr->nla_type = type;
	attr->nla_len = (uint16_t)(NLA_HDRLEN + size);
	memcpy(attr + 1, data, size);
	message->length += NLA_ALIGN(attr->nla_len);
	nlh->nlmsg_len = (uint32_t)message->length;
}

static struct message message_full(uint8_t state, uint8_t timer)
{
	struct message message = message_make(state, timer);
	const uint8_t shutdown = 0;
	const struct tcp_info info = {.tcpi_rto = 204000, .tcpi_rtt = 35, .tcpi_unacked = 2};

	message_add(&message, INET_DIAG_SHUTDOWN, &shutdown, sizeof(shutdown));
	message_add(&message, INET_DIAG_INFO, &info, sizeof(info));
	return message;
}

/* From a copy with nothing behind it, for the sanitizer to see. */
static bool message_decode_part(const struct message *message, size_t length,
                                struct endpoint *local, struct endpoint *remote,
                                struct sample *sample)
{
	void *copy = malloc(length == 0 ? 1 : length);
	bool ok;

	assert_non_null(copy);
	memcpy(copy, message->bytes, length);
	ok = diag_decode(copy, length, local, remote, sample);
	free(copy);
	return ok;
}

static struct sample message_decode(const struct message *message)
{
	struct endpoint local, remote;
	struct sample sample;

	assert_true(message_decode_part(message, message->length, &local, &remote, &sample));
	return sample;
}

static void test_decode_full(void **state)
{
	const struct message message = message_full(STATE_ESTABLISHED, 1);
	const struct endpoint here = endpoint_make("10.0.0.1", 40000);
	const struct endpoint there = endpoint_make("10.0.0.2", 8080);
	struct endpoint local, remote;
	struct sample sample;

	(void)state;
	assert_true(message_decode_part(&message, message.length, &local, &remote, &sample));
	assert_memory_equal(&local, &here, sizeof(here));
	assert_memory_equal(&remote, &there, sizeof(there));
	assert_int_equal(sample.state, STATE_ESTABLISHED);
	assert_int_equal(sample.object, OBJECT_FULL);
	assert_int_equal(sample.timer, DIAG_TIMER_ON);
	assert_int_equal(sample.expires_ms, 1500);
	assert_int_equal(sample.retransmits, 3);
	assert_int_equal(sample.rto_us, 204000);
	assert_int_equal(sample.rtt_us, 35);
	assert_int_equal(sample.unacked, 2);
	assert_true(sample.cookie == 0x0123456789abcdef);
	assert_false(sample.orphan);
}

static void test_decode_orphan(void **state)
{
	struct message message = message_full(STATE_FIN_WAIT1, 4);
	struct sample sample;

	(void)state;
	message_body(&message)->idiag_inode = 0;
	sample = message_decode(&message);
	assert_true(sample.orphan);
	assert_int_equal(sample.timer, DIAG_TIMER_PROBE0);
}

static void test_decode_mini_sockets(void **state)
{
	struct message request = message_make(STATE_SYN_RECV, 1);
	struct message crossing = message_full(STATE_SYN_RECV, 1);
	struct message time_wait = message_make(STATE_FIN_WAIT2, 3);
	const uint32_t mark = 5;
	struct sample sample;

	(void)state;
	message_body(&request)->idiag_inode = 0;
	message_add(&request, INET_DIAG_MARK, &mark, sizeof(mark));
	sample = message_decode(&request);
	assert_int_equal(sample.object, OBJECT_REQUEST);
	assert_int_equal(sample.state, STATE_SYN_RECV);
	assert_false(sample.orphan);
	assert_int_equal(message_decode(&crossing).object, OBJECT_FULL);
	message_body(&time_wait)->idiag_inode = 0;
	sample = message_decode(&time_wait);
	assert_int_equal(sample.object, OBJECT_TIME_WAIT);
	assert_int_equal(sample.state, STATE_FIN_WAIT2);
	assert_int_equal(sample.timer, DIAG_TIMER_TIMEWAIT);
	assert_int_equal(sample.rto_us, 0);
	assert_false(sample.orphan);
}

static void test_decode_timers(void **state)
{
	struct message message = message_full(STATE_ESTABLISHED, 0);

	(void)state;
	assert_int_equal(message_decode(&message).expires_ms, 0);
	message_body(&message)->idiag_timer = 1;
	message_body(&message)->idiag_expires = (uint32_t)-4; /* overdue, of an older kernel */
	assert_int_equal(message_decode(&message).expires_ms, 0);
	message_body(&message)->idiag_timer = 9; /* of a newer one */
	message_body(&message)->idiag_expires = 40;
	assert_int_equal(message_decode(&message).timer, DIAG_TIMER_NONE);
	assert_int_equal(message_decode(&message).expires_ms, 0);
}

static void test_decode_listener(void **state)
{
	const struct message message = message_full(STATE_LISTEN, 0);

	(void)state;
	assert_int_equal(message_decode(&message).object, OBJECT_FULL);
	assert_int_equal(message_decode(&message).unacked, 0);
}

static void test_decode_mapped(void **state)
{
	struct message message = message_full(STATE_ESTABLISHED, 0);
	struct inet_diag_msg *msg = message_body(&message);
	const struct endpoint here = endpoint_make("10.0.0.1", 40000);
	struct endpoint local, remote;
	struct sample sample;

	(void)state;
	msg->idiag_family = AF_INET6;
	msg->id.idiag_src[3] = msg->id.idiag_src[0];
	msg->id.idiag_dst[3] = msg->id.idiag_dst[0];
	msg->id.idiag_src[0] = msg->id.idiag_dst[0] = 0;
	msg->id.idiag_src[2] = msg->id.idiag_dst[2] = htonl(0xffff);
	assert_true(message_decode_part(&message, message.length, &local, &remote, &sample));
	assert_memory_equal(&local, &here, sizeof(here));
	msg->id.idiag_src[2] = htonl(0xfffe);
	assert_true(message_decode_part(&message, message.length, &local, &remote, &sample));
	assert_int_equal(local.family, AF_INET6);
	assert_int_equal(remote.family, AF_INET6);
}

/* Cut anywhere: refused, unless it says itself that it is that short. */
static void test_decode_truncated(void **state)
{
	const struct message whole = message_full(STATE_ESTABLISHED, 1);
	const size_t fixed = NLMSG_LENGTH(sizeof(struct inet_diag_msg));
	struct endpoint local, remote;
	struct sample sample;

	(void)state;
	for (size_t length = 0; length < whole.length; length++) {
		struct message part = whole;
		bool ok = message_decode_part(&part, length, &local, &remote, &sample);

		assert_false(ok);
		((struct nlmsghdr *)part.bytes)->nlmsg_len = (uint32_t)length;
		ok = message_decode_part(&part, length, &local, &remote, &sample);
		assert_int_equal(ok, length >= fixed);
		if (ok && length >= fixed + 8) {
			assert_int_equal(sample.object, OBJECT_FULL);
			assert_int_equal(sample.rto_us, 0); /* the attribute is not whole */
		}
	}
}

static void test_decode_nonsense(void **state)
{
	struct message message = message_full(STATE_ESTABLISHED, 1);
	struct endpoint local, remote;
	struct sample sample;
	struct nlmsghdr *nlh = (struct nlmsghdr *)message.bytes;

	(void)state;
	message_body(&message)->idiag_state = STATE_COUNT;
	assert_false(message_decode_part(&message, message.length, &local, &remote, &sample));
	message_body(&message)->idiag_state = 0;
	assert_false(message_decode_part(&message, message.length, &local, &remote, &sample));
	message_body(&message)->idiag_state = STATE_CLOSE;
	message_body(&message)->idiag_family = AF_UNIX;
	assert_false(message_decode_part(&message, message.length, &local, &remote, &sample));
	message_body(&message)->idiag_family = AF_INET;
	nlh->nlmsg_type = NLMSG_DONE;
	assert_false(message_decode_part(&message, message.length, &local, &remote, &sample));
}

/* An older kernel's tcp_info ends early: what there is of it counts. */
static void test_decode_short_info(void **state)
{
	struct message message = message_make(STATE_ESTABLISHED, 0);
	const struct tcp_info info = {.tcpi_rto = 204000, .tcpi_rtt = 35};

	(void)state;
	message_add(&message, INET_DIAG_INFO, &info, offsetof(struct tcp_info, tcpi_rtt));
	assert_int_equal(message_decode(&message).rto_us, 204000);
	assert_int_equal(message_decode(&message).rtt_us, 0);
}

/* A datagram of three, of which the last is whole, cut short, or of a mad length. */
static void test_message_next(void **state)
{
	const struct message one = message_make(STATE_ESTABLISHED, 0);
	const uint32_t lengths[] = {(uint32_t)one.length,     0,         15,
	                            (uint32_t)one.length + 1, INT32_MAX, UINT32_MAX};
	_Alignas(8) uint8_t datagram[3 * sizeof(one.bytes)];
	struct nlmsghdr *last = (struct nlmsghdr *)(datagram + 2 * one.length);

	(void)state;
	for (size_t i = 0; i < 3; i++)
		memcpy(datagram + i * one.length, one.bytes, one.length);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		const void *rest = datagram;
		size_t left = 3 * one.length;

		last->nlmsg_len = lengths[i];
		assert_ptr_equal(diag_message_next(&rest, &left), datagram);
		assert_ptr_equal(diag_message_next(&rest, &left), datagram + one.length);
		assert_ptr_equal(diag_message_next(&rest, &left), i == 0 ? last : NULL);
		assert_null(diag_message_next(&rest, &left));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decode_full),         cmocka_unit_test(test_decode_orphan),
		cmocka_unit_test(test_decode_mini_sockets), cmocka_unit_test(test_decode_timers),
		cmocka_unit_test(test_decode_listener),     cmocka_unit_test(test_decode_mapped),
		cmocka_unit_test(test_decode_truncated),    cmocka_unit_test(test_decode_nonsense),
		cmocka_unit_test(test_decode_short_info),   cmocka_unit_test(test_message_next),
	};

	return cmocka_run_group_tests_name("diag_decode", tests, NULL, NULL);
}
