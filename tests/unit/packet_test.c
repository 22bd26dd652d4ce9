// SPDX-License-Identifier: GPL-2.0-or-later
/* packet_decode() on frames as they were on a wire, and on broken ones. */
#include "../../harness/packet/decode.h"
#include "../../harness/packet/icmp.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

/* 10.0.0.1:40000 > 10.0.0.2:8080, SYN with the options that Linux sends. */
static const uint8_t syn[] = {
	2,    0,    0,    0,    0,    2,    2,    0,    0,  0, 0, 1, 0x08, 0x00, /* Ethernet */
	0x45, 0,    0,    60,   0x1c, 0x46, 0x40, 0,    64, 6, 0, 0, /* IPv4, DF */
	10,   0,    0,    1,    10,   0,    0,    2, /* addresses */
	0x9c, 0x40, 0x1f, 0x90, 0x12, 0x34, 0x56, 0x78, 0,  0, 0, 0, /* ports, seq, ack */
	0xa0, 0x02, 0xfa, 0xf0, 0,    0,    0,    0, /* 40 bytes, SYN, window */
	2,    4,    0x05, 0xb4, 4,    2, /* MSS 1460, SACK permitted */
	8,    10,   0xde, 0xad, 0xbe, 0xef, 0,    0,    0,  7, /* time stamps */
	1,    3,    3,    7, /* NOP, window scale 7 */
};

enum { ETHERNET = 14, TCP4 = ETHERNET + 20 };

/* The first @length bytes alone, so that the sanitizer sees one too many. */
static bool decode_part(const uint8_t *data, size_t length, struct packet *packet)
{
	uint8_t *copy = malloc(length == 0 ? 1 : length);
	bool ok;

	assert_non_null(copy);
	memcpy(copy, data, length);
	ok = packet_decode(copy, length, packet);
	free(copy);
	return ok;
}

static void assert_options_of_syn(const struct packet *packet)
{
	assert_int_equal(packet->mss, 1460);
	assert_true(packet->has_wscale);
	assert_int_equal(packet->wscale, 7);
	assert_true(packet->sack_ok);
	assert_true(packet->has_timestamps);
	assert_int_equal(packet->ts_val, 0xdeadbeef);
	assert_int_equal(packet->ts_ecr, 7);
}

static void test_syn(void **state)
{
	static const uint8_t src[4] = {10, 0, 0, 1}, dst[4] = {10, 0, 0, 2};
	struct packet packet;

	(void)state;
	assert_true(decode_part(syn, sizeof(syn), &packet));
	assert_int_equal(packet.protocol, IPPROTO_TCP);
	assert_int_equal(packet.src.family, AF_INET);
	assert_memory_equal(packet.src.addr, src, 4);
	assert_memory_equal(packet.dst.addr, dst, 4);
	assert_int_equal(packet.src.port, 40000);
	assert_int_equal(packet.dst.port, 8080);
	assert_int_equal(packet.flags, TCP_FLAG_SYN);
	assert_int_equal(packet.ttl, 64);
	assert_false(packet.has_unknown);
	assert_int_equal(packet.seq, 0x12345678);
	assert_int_equal(packet.ack, 0);
	assert_int_equal(packet.window, 64240);
	assert_int_equal(packet.len, 0);
	assert_options_of_syn(&packet);
}

static void test_cut_anywhere(void **state)
{
	struct packet packet;

	(void)state;
	for (size_t length = 0; length < sizeof(syn); length++)
		assert_false(decode_part(syn, length, &packet));
}

/* Ethernet's padding is no payload, and a payload that is not held still counts. */
static void test_payload(void **state)
{
	uint8_t frame[TCP4 + 20 + 6] = {0};
	struct packet packet;

	(void)state;
	memcpy(frame, syn, TCP4 + 20);
	frame[ETHERNET + 3] = 40;
	frame[TCP4 + 12] = 5 << 4;
	frame[TCP4 + 13] = 0xff; /* every flag there is */
	assert_true(decode_part(frame, sizeof(frame), &packet));
	assert_int_equal(packet.len, 0);
	assert_int_equal(packet.flags, 0xff);
	assert_false(packet.has_wscale);
	assert_int_equal(packet.mss, 0);
	assert_false(packet.sack_ok || packet.has_timestamps);
	frame[ETHERNET + 3] = 44;
	assert_true(decode_part(frame, sizeof(frame), &packet));
	assert_int_equal(packet.len, 4);
	frame[ETHERNET + 2] = 0x20;
	frame[ETHERNET + 3] = 0;
	assert_true(decode_part(frame, sizeof(frame), &packet));
	assert_int_equal(packet.len, 0x2000 - 40);
}

static void test_nonsense(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
	} breaks[] = {
		{13, 0x06}, /* ARP */
		{ETHERNET, 0x65}, /* version 6 in an IPv4 frame */
		{ETHERNET, 0x44}, /* a header of 16 bytes */
		{ETHERNET, 0x4f}, /* options up to beyond the TCP header */
		{ETHERNET + 3, 19}, /* a total of less than the header */
		{ETHERNET + 3, 39}, /* of less than TCP's */
		{TCP4 + 12, 0x40}, /* a TCP header of 16 bytes */
		{TCP4 + 12, 0xb0}, /* of more than the segment */
	};
	struct packet packet;

	(void)state;
	for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++) {
		uint8_t frame[sizeof(syn)];

		memcpy(frame, syn, sizeof(frame));
		frame[breaks[i].at] = breaks[i].value;
		assert_false(decode_part(frame, sizeof(frame), &packet));
	}
}

/* A wrong length ends the walk; what came before it stays. */
static void test_bad_options(void **state)
{
	static const uint8_t bad_lengths[] = {0, 1, 9, 11, 15, 255};
	uint8_t frame[sizeof(syn)];
	struct packet packet;

	(void)state;
	for (size_t i = 0; i < sizeof(bad_lengths); i++) {
		memcpy(frame, syn, sizeof(frame));
		frame[TCP4 + 27] = bad_lengths[i]; /* of the time stamps */
		assert_true(decode_part(frame, sizeof(frame), &packet));
		assert_int_equal(packet.mss, 1460);
		assert_true(packet.sack_ok);
		assert_true(packet.has_unknown);
		assert_false(packet.has_timestamps);
		assert_false(packet.has_wscale);
	}
	memcpy(frame, syn, sizeof(frame));
	frame[sizeof(frame) - 4] = 0; /* the end of the options before the last */
	assert_true(decode_part(frame, sizeof(frame), &packet));
	assert_true(packet.has_timestamps);
	assert_false(packet.has_wscale);
	memcpy(frame, syn, sizeof(frame));
	memset(frame + sizeof(frame) - 4, 1, 3);
	frame[sizeof(frame) - 1] = 3; /* a kind without room for its length */
	assert_true(decode_part(frame, sizeof(frame), &packet));
	assert_false(packet.has_wscale);
	frame[sizeof(frame) - 2] = 3;
	frame[sizeof(frame) - 1] = 3; /* a length without room for its value */
	assert_true(decode_part(frame, sizeof(frame), &packet));
	assert_false(packet.has_wscale);
}

static void test_not_tcp(void **state)
{
	uint8_t frame[sizeof(syn)];
	struct packet packet;

	(void)state;
	memcpy(frame, syn, sizeof(frame));
	frame[ETHERNET + 9] = IPPROTO_GRE;
	assert_true(decode_part(frame, sizeof(frame), &packet));
	assert_int_equal(packet.protocol, IPPROTO_GRE);
	assert_int_equal(packet.src.addr[3], 1);
	assert_int_equal(packet.src.port, 0);
	assert_int_equal(packet.flags, 0);
}

static void test_fragments(void **state)
{
	uint8_t frame[sizeof(syn)];
	struct packet packet;

	(void)state;
	memcpy(frame, syn, sizeof(frame));
	frame[ETHERNET + 6] = 0x20; /* the first of several has the TCP header */
	assert_true(decode_part(frame, sizeof(frame), &packet));
	assert_int_equal(packet.dst.port, 8080);
	assert_true(packet.more_fragments);
	frame[ETHERNET + 7] = 1;
	assert_true(decode_part(frame, sizeof(frame), &packet));
	assert_int_equal(packet.fragment_offset, 8);
	assert_int_equal(packet.protocol, IPPROTO_TCP);
	assert_int_equal(packet.dst.family, AF_INET);
	assert_int_equal(packet.dst.port, 0);
	assert_int_equal(packet.flags, 0);
}

/* An option that nobody names is told of: the packet could not be made again. */
static void test_unknown_option(void **state)
{
	uint8_t frame[sizeof(syn)];
	struct packet packet;

	(void)state;
	memcpy(frame, syn, sizeof(frame));
	frame[TCP4 + 36] = 34; /* TCP Fast Open, without a cookie, and a NOP after it */
	frame[TCP4 + 37] = 2;
	frame[TCP4 + 38] = frame[TCP4 + 39] = 1;
	assert_true(decode_part(frame, sizeof(frame), &packet));
	assert_true(packet.has_unknown);
	assert_true(packet.has_timestamps);
	assert_false(packet.has_wscale);
}

static void test_udp(void **state)
{
	uint8_t frame[sizeof(syn)];
	struct packet packet;

	(void)state;
	memcpy(frame, syn, sizeof(frame));
	frame[ETHERNET + 9] = IPPROTO_UDP;
	assert_true(decode_part(frame, sizeof(frame), &packet));
	assert_int_equal(packet.src.port, 40000);
	assert_int_equal(packet.dst.port, 8080);
	assert_int_equal(packet.len, 32);
	assert_int_equal(packet.flags, 0);
	assert_false(decode_part(frame, TCP4 + 7, &packet));
}

/* The SYN above over IPv6 behind @extensions, the first of which is a @first. */
static size_t ipv6_make(uint8_t *frame, uint8_t first, const uint8_t *extensions, size_t size)
{
	uint8_t *ip = frame + ETHERNET;
	size_t tcp = sizeof(syn) - TCP4;

	memcpy(frame, syn, 12);
	frame[12] = 0x86;
	frame[13] = 0xdd;
	memset(ip, 0, 40);
	ip[0] = 0x60;
	ip[5] = (uint8_t)(size + tcp);
	ip[6] = first;
	ip[7] = 64;
	ip[8] = ip[24] = 0xfd;
	ip[23] = 1;
	ip[39] = 2;
	if (size > 0)
		memcpy(ip + 40, extensions, size);
	memcpy(ip + 40 + size, syn + TCP4, tcp);
	return ETHERNET + 40 + size + tcp;
}

static void test_ipv6(void **state)
{
	uint8_t frame[256];
	size_t length = ipv6_make(frame, IPPROTO_TCP, NULL, 0);
	struct packet packet;

	(void)state;
	assert_true(decode_part(frame, length, &packet));
	assert_int_equal(packet.src.family, AF_INET6);
	assert_int_equal(packet.src.addr[0], 0xfd);
	assert_int_equal(packet.src.addr[15], 1);
	assert_int_equal(packet.dst.addr[15], 2);
	assert_int_equal(packet.src.port, 40000);
	assert_int_equal(packet.len, 0);
	assert_options_of_syn(&packet);
	for (size_t part = 0; part < length; part++)
		assert_false(decode_part(frame, part, &packet));
}

static void test_ipv6_extensions(void **state)
{
	static const uint8_t extensions[] = {
		IPPROTO_ROUTING,
		0,
		5,
		2,
		0,
		0,
		1,
		0, /* hop by hop */
		IPPROTO_AH,
		1,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0, /* routing, 16 bytes */
		IPPROTO_DSTOPTS,
		2,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0, /* AH: 2 + 2 words */
		IPPROTO_FRAGMENT,
		0,
		1,
		4,
		0,
		0,
		0,
		0, /* destination options */
		IPPROTO_TCP,
		0,
		0,
		1,
		0,
		0,
		0,
		9, /* the first fragment */
	};
	uint8_t frame[256];
	size_t length = ipv6_make(frame, IPPROTO_HOPOPTS, extensions, sizeof(extensions));
	struct packet packet;

	(void)state;
	assert_true(decode_part(frame, length, &packet));
	assert_int_equal(packet.protocol, IPPROTO_TCP);
	assert_int_equal(packet.dst.port, 8080);
	assert_int_equal(packet.len, 0);
	assert_options_of_syn(&packet);
	for (size_t part = 0; part < length; part++)
		assert_false(decode_part(frame, part, &packet));
	frame[ETHERNET + 41] = 255; /* an extension longer than the packet */
	assert_false(decode_part(frame, length, &packet));
}

static void test_ipv6_later_fragment(void **state)
{
	static const uint8_t extension[] = {IPPROTO_TCP, 0, 0, 8, 0, 0, 0, 9};
	static const uint8_t no_next[] = {IPPROTO_NONE, 0, 1, 4, 0, 0, 0, 0};
	uint8_t frame[256];
	size_t length = ipv6_make(frame, IPPROTO_FRAGMENT, extension, sizeof(extension));
	struct packet packet;

	(void)state;
	assert_true(decode_part(frame, length, &packet));
	assert_int_equal(packet.protocol, IPPROTO_TCP);
	assert_int_equal(packet.src.port, 0);
	length = ipv6_make(frame, IPPROTO_DSTOPTS, no_next, sizeof(no_next));
	assert_true(decode_part(frame, length, &packet));
	assert_int_equal(packet.protocol, IPPROTO_NONE);
	assert_int_equal(packet.src.port, 0);
}

/* One number has two names: which protocol it is of tells them apart. */
static void test_icmp_names(void **state)
{
	(void)state;
	assert_string_equal(icmp_name(IPPROTO_ICMP, 3, 1), "host unreachable");
	assert_string_equal(icmp_name(IPPROTO_ICMP, 3, 4), "too big");
	assert_string_equal(icmp_name(IPPROTO_ICMPV6, 3, 0), "hop limit exceeded");
	assert_string_equal(icmp_name(IPPROTO_ICMPV6, 1, 4), "port unreachable");
	assert_null(icmp_name(IPPROTO_ICMP, 3, 200));
	assert_null(icmp_name(IPPROTO_ICMPV6, 11, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_syn),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_payload),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_bad_options),
		cmocka_unit_test(test_not_tcp),
		cmocka_unit_test(test_fragments),
		cmocka_unit_test(test_unknown_option),
		cmocka_unit_test(test_udp),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_ipv6_extensions),
		cmocka_unit_test(test_ipv6_later_fragment),
		cmocka_unit_test(test_icmp_names),
	};

	return cmocka_run_group_tests_name("packet", tests, NULL, NULL);
}
