// SPDX-License-Identifier: GPL-2.0-or-later
/* packet_encode(): frames byte by byte, back through packet_decode(), and what is refused. */
#include "../../harness/packet/encode.h"

#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "../../harness/packet/decode.h"

static const struct packet_link link = {.src = {2, 0, 0, 0, 0, 1}, .dst = {2, 0, 0, 0, 0, 2}};
static const struct packet_payload made_up;

static struct endpoint end4(uint8_t last, uint16_t port)
{
	return (struct endpoint){.family = AF_INET, .addr = {10, 0, 0, last}, .port = port};
}

static struct endpoint end6(uint8_t last, uint16_t port)
{
	return (struct endpoint){.family = AF_INET6, .addr = {0xfd, [15] = last}, .port = port};
}

static struct packet syn(void)
{
	return (struct packet){
		.src = end4(1, 40000),
		.dst = end4(2, 8080),
		.protocol = IPPROTO_TCP,
		.ttl = 64,
		.flags = TCP_FLAG_SYN,
		.seq = 0x12345678,
		.window = 64240,
		.mss = 1460,
		.sack_ok = true,
		.has_timestamps = true,
		.ts_val = 0xdeadbeef,
		.ts_ecr = 7,
		.has_wscale = true,
		.wscale = 7,
	};
}

/* RFC 1071: over data and its checksum the sum is all ones. */
static uint16_t sum(const uint8_t *data, size_t length, uint32_t sum)
{
	for (size_t i = 0; i < length; i++)
		sum += i & 1 ? data[i] : (uint32_t)data[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

/* The SYN that Linux sends, apart from the IP header's identification. */
static void linux_syn_to_the_byte(void **state)
{
	static const uint8_t wanted[] = {
		2,    0,    0,    0, 0,    2,    2, 0,    0,    0,    0,    1,    0x08,
		0x00, 0x45, 0,    0, 60,   0,    0, 0x40, 0,    64,   6,    0x26, 0xba,
		10,   0,    0,    1, 10,   0,    0, 2,    0x9c, 0x40, 0x1f, 0x90, 0x12,
		0x34, 0x56, 0x78, 0, 0,    0,    0, 0xa0, 0x02, 0xfa, 0xf0, 0,    0,
		0,    0,    2,    4, 0x05, 0xb4, 4, 2,    8,    10,   0xde, 0xad, 0xbe,
		0xef, 0,    0,    0, 7,    1,    3, 3,    7,
	};
	struct packet packet = syn();
	uint8_t frame[PACKET_FRAME_SIZE];
	int length = packet_encode(&packet, &link, made_up, frame, sizeof(frame), NULL);

	(void)state;
	assert_int_equal(length, sizeof(wanted));
	/* pseudo header: protocol 6, 40 bytes, and the addresses in front of the segment */
	assert_int_equal(sum(frame + 26, 48, 6 + 40), 0xffff);
	frame[50] = frame[51] = 0;
	assert_memory_equal(frame, wanted, sizeof(wanted));
}

static void comes_back(const struct packet *packet)
{
	uint8_t frame[PACKET_FRAME_SIZE];
	struct packet again;
	int length = packet_encode(packet, &link, made_up, frame, sizeof(frame), NULL);

	assert_true(length > 0);
	assert_true(packet_decode(frame, (size_t)length, &again));
	assert_memory_equal(&again, packet, sizeof(again));
}

/* Each combination of options that has room, both families. */
static void what_is_sent_is_what_was_said(void **state)
{
	struct packet packet;

	(void)state;
	for (unsigned int bits = 0; bits < 32; bits++) {
		memset(&packet, 0, sizeof(packet));
		packet.src = end4(1, 40000);
		packet.dst = end4(2, 8080);
		packet.protocol = IPPROTO_TCP;
		packet.ttl = 7;
		packet.flags = TCP_FLAGS_ALL;
		packet.ack = 0x80000001;
		packet.len = 1000;
		packet.urgent = 3;
		packet.mss = bits & 1 ? 536 : 0;
		packet.has_wscale = bits & 2;
		packet.wscale = bits & 2 ? 14 : 0;
		packet.sack_ok = bits & 4;
		packet.has_timestamps = bits & 8;
		packet.ts_val = bits & 8 ? 5 : 0;
		packet.sack_count = bits & 16 ? 1 : 0;
		packet.sacks[0].start = bits & 16 ? 0xfffffff0 : 0;
		packet.sacks[0].end = bits & 16 ? 16 : 0;
		comes_back(&packet);
		packet.src = end6(1, 40000);
		packet.dst = end6(2, 8080);
		comes_back(&packet);
	}
}

static void four_blocks_or_three_with_timestamps(void **state)
{
	struct packet packet = syn();

	(void)state;
	packet = (struct packet){
		.src = packet.src, .dst = packet.dst, .protocol = IPPROTO_TCP, .sack_count = 4};
	assert_int_equal(packet_encode(&packet, &link, made_up, (uint8_t[128]){0}, 128, NULL),
	                 14 + 20 + 20 + 36);
	packet.has_timestamps = true;
	assert_int_equal(packet_encode(&packet, &link, made_up, (uint8_t[128]){0}, 128, NULL),
	                 -EINVAL);
	packet.sack_count = 3;
	assert_int_equal(packet_encode(&packet, &link, made_up, (uint8_t[128]){0}, 128, NULL),
	                 14 + 20 + 20 + 40);
}

static void udp_and_its_checksum(void **state)
{
	struct packet packet = {.src = end6(1, 53),
	                        .dst = end6(2, 8080),
	                        .protocol = IPPROTO_UDP,
	                        .ttl = 64,
	                        .len = 3};
	const struct packet_payload abc = {"abc", 3}, ab = {"ab", 2};
	uint8_t frame[128];
	int length = packet_encode(&packet, &link, abc, frame, sizeof(frame), NULL);

	(void)state;
	assert_int_equal(length, 14 + 40 + 8 + 3);
	assert_memory_equal(frame + 62, "abc", 3);
	assert_int_equal(sum(frame + 22, 43, IPPROTO_UDP + 11), 0xffff);
	comes_back(&packet);
	assert_int_equal(packet_encode(&packet, &link, ab, frame, sizeof(frame), NULL), -EINVAL);
}

/* "fragmentation needed" and "packet too big", with a quote of their own making. */
static void icmp_errors_come_back(void **state)
{
	struct packet packet;

	(void)state;
	memset(&packet, 0, sizeof(packet));
	packet.src = end4(9, 0);
	packet.dst = end4(1, 0);
	packet.protocol = IPPROTO_ICMP;
	packet.ttl = 255;
	packet.icmp_type = 3;
	packet.icmp_code = 4;
	packet.icmp_mtu = 1280;
	packet.inner.src = end4(1, 40000);
	packet.inner.dst = end4(2, 8080);
	packet.inner.protocol = IPPROTO_TCP;
	packet.inner.seq = 0xfffffffe;
	comes_back(&packet);
	packet.src = end6(9, 0);
	packet.dst = end6(1, 0);
	packet.protocol = IPPROTO_ICMPV6;
	packet.icmp_type = 2;
	packet.icmp_code = 0;
	packet.icmp_mtu = 70000;
	packet.inner.src = end6(1, 40000);
	packet.inner.dst = end6(2, 8080);
	comes_back(&packet);
}

/* What the router quotes is what it got, to the byte. */
static void icmp_quotes_exact_bytes(void **state)
{
	struct packet packet = {
		.src = end4(9, 0), .dst = end4(1, 0), .protocol = IPPROTO_ICMP, .icmp_type = 11};
	struct packet cause = syn(), again;
	uint8_t cause_frame[128], frame[256];
	int cause_length = packet_encode(&cause, &link, made_up, cause_frame, 128, NULL);
	int length;

	(void)state;
	assert_true(cause_length > 14);
	length = packet_encode(&packet, &link,
	                       (struct packet_payload){cause_frame + 14, (size_t)cause_length - 14},
	                       frame, sizeof(frame), NULL);
	assert_int_equal(length, 14 + 20 + 8 + cause_length - 14);
	assert_memory_equal(frame + 42, cause_frame + 14, (size_t)cause_length - 14);
	assert_int_equal(sum(frame + 34, (size_t)length - 34, 0), 0xffff);
	assert_true(packet_decode(frame, (size_t)length, &again));
	assert_int_equal(again.inner.seq, cause.seq);
	assert_true(endpoint_equal(&again.inner.src, &cause.src));
	assert_true(endpoint_equal(&again.inner.dst, &cause.dst));
}

static void refused(struct packet packet, const char *words)
{
	struct fault fault = {0};
	uint8_t frame[PACKET_FRAME_SIZE];

	assert_true(packet_encode(&packet, &link, made_up, frame, sizeof(frame), &fault) < 0);
	if (!strstr(fault.what, words))
		fail_msg("\"%s\" does not say \"%s\"", fault.what, words);
}

static void what_cannot_be_said_is_refused(void **state)
{
	struct packet packet = syn();

	(void)state;
	packet.has_unknown = true;
	refused(packet, "options");
	packet = syn();
	packet.sack_count = 3;
	refused(packet, "40 bytes");
	packet = syn();
	packet.dst = end6(2, 8080);
	refused(packet, "family");
	packet = syn();
	packet.more_fragments = true;
	refused(packet, "fragment");
	packet = syn();
	packet.len = 2000;
	refused(packet, "does not fit");
	packet = syn();
	packet.protocol = IPPROTO_GRE;
	refused(packet, "neither");
	packet = (struct packet){
		.src = end4(1, 0), .dst = end4(2, 0), .protocol = IPPROTO_ICMP, .icmp_type = 8};
	refused(packet, "no error");
	packet.icmp_type = 11;
	refused(packet, "quotes no packet");
	packet.icmp_mtu = 1280;
	refused(packet, "MTU");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(linux_syn_to_the_byte),
		cmocka_unit_test(what_is_sent_is_what_was_said),
		cmocka_unit_test(four_blocks_or_three_with_timestamps),
		cmocka_unit_test(udp_and_its_checksum),
		cmocka_unit_test(icmp_errors_come_back),
		cmocka_unit_test(icmp_quotes_exact_bytes),
		cmocka_unit_test(what_cannot_be_said_is_refused),
	};

	return cmocka_run_group_tests_name("packet_encode", tests, NULL, NULL);
}
