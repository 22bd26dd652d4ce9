// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * That nft, told by match_nft(), drops the same packets as packet_matches() means: every
 * match meets every packet at a port of a bench, in both families.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "../../harness/observe/tap.h"
#include "../../harness/packet/encode.h"
#include "../../harness/packet/match.h"
#include "bench_lab.h"

static const struct packet_match matches[] = {
	{0},
	{.protocol = IPPROTO_TCP},
	{.protocol = IPPROTO_UDP},
	{.src_port = 40000},
	{.dst_port = 8080},
	{.src_port = 40000, .dst_port = 8081},
	{.flags_mask = TCP_FLAG_SYN, .flags_value = TCP_FLAG_SYN},
	{.flags_mask = TCP_FLAG_SYN | TCP_FLAG_ACK, .flags_value = TCP_FLAG_SYN},
	{.flags_mask = TCP_FLAG_ACK},
	{.flags_mask = TCP_FLAGS_ALL, .flags_value = TCP_FLAG_ACK | TCP_FLAG_AE},
	{.flags_mask = TCP_FLAG_ECE | TCP_FLAG_CWR, .flags_value = TCP_FLAG_CWR},
	{.payload = PAYLOAD_SOME},
	{.payload = PAYLOAD_NONE},
	{.payload = PAYLOAD_SOME, .flags_mask = TCP_FLAG_FIN, .flags_value = TCP_FLAG_FIN},
	{.has_seq = true, .seq_first = 100, .seq_last = 100},
	{.has_seq = true, .seq_first = 90, .seq_last = 200},
	{.has_seq = true, .seq_first = 0xfffffff0, .seq_last = 50},
	{.has_icmp = true, .icmp_type = 3, .icmp_code = 4},
	{.has_icmp = true, .icmp_type = 3, .icmp_code = 3},
	{.has_icmp = true, .icmp_type = 2},
};

/* src, dst and, where it is ICMP, the inner packet are filled in per family. */
static const struct packet packets[] = {
	{.flags = TCP_FLAG_SYN, .seq = 99, .mss = 1460, .has_wscale = true, .sack_ok = true},
	{.flags = TCP_FLAG_SYN | TCP_FLAG_ACK, .seq = 100, .mss = 1460, .has_timestamps = true},
	{.flags = TCP_FLAG_ACK, .seq = 100},
	{.flags = TCP_FLAG_ACK, .seq = 101, .has_timestamps = true, .sack_count = 3},
	{.flags = TCP_FLAG_ACK, .seq = 0xfffffff8, .len = 1, .sack_count = 4},
	{.flags = TCP_FLAG_ACK | TCP_FLAG_PSH, .seq = 20, .len = 1400, .has_timestamps = true},
	{.flags = TCP_FLAG_ACK | TCP_FLAG_FIN, .seq = 51, .len = 1},
	{.flags = TCP_FLAG_ACK | TCP_FLAG_AE, .len = 3},
	{.flags = TCP_FLAG_ACK | TCP_FLAG_CWR, .len = 3},
	{.flags = TCP_FLAG_SYN | TCP_FLAG_ECE | TCP_FLAG_CWR | TCP_FLAG_AE},
	{.flags = TCP_FLAG_RST, .dst.port = 8081},
	{.protocol = IPPROTO_UDP, .len = 10},
	{.protocol = IPPROTO_ICMP, .icmp_type = 3, .icmp_code = 4, .icmp_mtu = 1300},
	{.protocol = IPPROTO_ICMP, .icmp_type = 3, .icmp_code = 3},
};
enum {
	MATCHES = sizeof(matches) / sizeof(matches[0]),
	PACKETS = sizeof(packets) / sizeof(packets[0]),
};

static struct packet packet_at(const struct bench *bench, size_t i)
{
	const bool v6 = bench->family == FAMILY_IPV6;
	struct packet packet = packets[i];

	packet.src = bench->addr[SIDE_CLIENT];
	packet.dst = bench->addr[SIDE_SERVER];
	if (!packet.protocol)
		packet.protocol = IPPROTO_TCP;
	if (packet.protocol == IPPROTO_ICMP) {
		packet.inner = (struct packet_inner){packet.dst, packet.src, IPPROTO_TCP, 1};
		packet.protocol = v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
		if (v6 && packet.icmp_mtu)
			packet.icmp_type = 2, packet.icmp_code = 0;
		return packet;
	}
	packet.src.port = 40000;
	packet.dst.port = packets[i].dst.port ? packets[i].dst.port : 8080;
	return packet;
}

struct taps {
	struct tap *host, *port; /* the two ends of the client's cable */
};

/* Wait until a frame came out of the cable: the ingress hook is next in the same breath. */
static bool tap_sees(struct tap *port)
{
	struct pollfd wait = {.fd = tap_fd(port), .events = POLLIN};
	struct frame frame;

	do {
		while (tap_read(port, &frame) > 0)
			if (!frame.outgoing)
				return true;
	} while (poll(&wait, 1, 5000) == 1);
	return false;
}

/* Send all from the client's link; how many of them @match means. */
static uint64_t packets_send(struct bench *bench, const struct taps *taps,
                             const struct packet_match *match, struct report *report)
{
	struct packet_link link;
	uint64_t meant = 0;

	memcpy(link.src, bench->mac[SIDE_CLIENT], sizeof(link.src));
	memcpy(link.dst, bench->mac[SIDE_SERVER], sizeof(link.dst));
	for (size_t i = 0; i < PACKETS; i++) {
		struct packet packet = packet_at(bench, i);
		uint8_t frame[PACKET_FRAME_SIZE];
		struct fault f = {0};
		int length = packet_encode(&packet, &link, (struct packet_payload){0}, frame,
		                           sizeof(frame), &f);

		expect(report,
		       length > 0 && !tap_send(taps->host, frame, (size_t)length) &&
		               tap_sees(taps->port),
		       &f, "send packet %zu", i);
		meant += packet_matches(match, SIDE_CLIENT, &packet);
	}
	return meant;
}

static void match_try(struct bench *bench, const struct taps *taps, size_t i, struct report *report)
{
	const uint8_t family = bench->addr[SIDE_CLIENT].family;
	struct ruleset *rules;
	struct fault f = {0};
	struct buffer expr = {0};
	uint64_t handle = 0, dropped = 0, meant;

	rules = bench_ruleset(bench, &f);
	expect(report, rules && !match_nft(&matches[i], family, &expr, &f), &f, "match %zu", i);
	if (!rules)
		return;
	expect(report, !rule_add_drop(rules, BENCH_PORT_CLIENT, buffer_text(&expr), &handle, &f),
	       &f, "add match %zu", i);
	meant = packets_send(bench, taps, &matches[i], report);
	expect(report, !rule_count(rules, BENCH_PORT_CLIENT, handle, &dropped, &f), &f, "count");
	expect(report, dropped == meant, NULL, "%s: nft drops %d of %d, the hand %d",
	       buffer_text(&expr), (int)dropped, PACKETS, (int)meant);
	expect(report, !rule_delete(rules, BENCH_PORT_CLIENT, handle, &f), &f, "delete");
	buffer_free(&expr);
}

static struct tap *tap_at(struct bench *bench, enum bench_ns ns, const char *name,
                          struct report *report)
{
	struct fault f = {0};
	struct tap *tap = NULL;

	if (!bench_enter(bench, ns, &f))
		tap = tap_open(name, &f);
	expect(report, tap != NULL, &f, "a tap on %s", name);
	return tap;
}

static void matches_body(struct bench *bench, struct report *report)
{
	struct taps taps = {tap_at(bench, BENCH_CLIENT, BENCH_LINK_CLIENT, report),
	                    tap_at(bench, BENCH_WIRE, BENCH_PORT_CLIENT, report)};
	struct fault f = {0};

	for (int family = 0; family < FAMILY_COUNT; family++) {
		expect(report, !bench_set_family(bench, (enum family)family, &f), &f, "family");
		for (size_t i = 0; taps.host && taps.port && i < MATCHES; i++)
			match_try(bench, &taps, i, report);
	}
	tap_close(taps.host);
	tap_close(taps.port);
}

static void nft_drops_what_the_hand_would(void **state)
{
	(void)state;
	if (!benches_here(true))
		skip();
	assert_string_equal(on_bench(&(struct plan){.body = matches_body}).failure, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nft_drops_what_the_hand_would),
	};

	return cmocka_run_group_tests_name("wire_match", tests, NULL, NULL);
}
