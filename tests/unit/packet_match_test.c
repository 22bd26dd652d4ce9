// SPDX-License-Identifier: GPL-2.0-or-later
/* match: what a rule looks for, said to the hand, to a person and to nft. */
#include "../../harness/packet/match.h"

#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

static bool matches(struct packet_match match, const struct packet *packet)
{
	return packet_matches(&match, SIDE_CLIENT, packet);
}

static void a_rule_matches_what_it_says(void **state)
{
	struct packet_match match = {.from = SIDE_CLIENT};
	struct packet packet = {.protocol = IPPROTO_UDP};

	(void)state;
	assert_true(packet_matches(&match, SIDE_CLIENT, &packet));
	assert_false(packet_matches(&match, SIDE_SERVER, &packet));
	match.flags_mask = TCP_FLAG_FIN | TCP_FLAG_ACK;
	match.flags_value = TCP_FLAG_ACK;
	assert_false(matches(match, &packet)); /* UDP has no flags */
	packet.protocol = IPPROTO_TCP;
	packet.flags = TCP_FLAG_ACK | TCP_FLAG_PSH;
	assert_true(matches(match, &packet));
	packet.flags |= TCP_FLAG_FIN;
	assert_false(matches(match, &packet));
	packet.flags = TCP_FLAG_ACK;
	packet.fragment_offset = 8; /* its flags are not known */
	assert_false(matches(match, &packet));
}

static void payload_any_some_none(void **state)
{
	struct packet packet = {.protocol = IPPROTO_TCP};

	(void)state;
	assert_false(matches((struct packet_match){.payload = PAYLOAD_SOME}, &packet));
	assert_true(matches((struct packet_match){.payload = PAYLOAD_NONE}, &packet));
	packet.len = 1;
	assert_true(matches((struct packet_match){.payload = PAYLOAD_SOME}, &packet));
	assert_false(matches((struct packet_match){.payload = PAYLOAD_NONE}, &packet));
	assert_true(matches((struct packet_match){.payload = PAYLOAD_ANY}, &packet));
}

static void sequence_numbers_wrap(void **state)
{
	const struct packet_match match = {
		.has_seq = true, .seq_first = 0xfffffff0, .seq_last = 0x10};
	struct packet packet = {.protocol = IPPROTO_TCP, .seq = 0xfffffff0};

	(void)state;
	assert_true(matches(match, &packet));
	packet.seq = 0;
	assert_true(matches(match, &packet));
	packet.seq = 0x10;
	assert_true(matches(match, &packet));
	packet.seq = 0x11;
	assert_false(matches(match, &packet));
	packet.seq = 0xffffffef;
	assert_false(matches(match, &packet));
}

static void ports_families_icmp(void **state)
{
	struct packet packet = {.protocol = IPPROTO_TCP,
	                        .src = {.family = AF_INET6, .port = 1},
	                        .dst = {.family = AF_INET6, .port = 2}};

	(void)state;
	assert_true(matches((struct packet_match){.src_port = 1, .dst_port = 2}, &packet));
	assert_false(matches((struct packet_match){.src_port = 2}, &packet));
	assert_false(matches((struct packet_match){.dst_port = 1}, &packet));
	assert_true(matches((struct packet_match){.family = AF_INET6}, &packet));
	assert_false(matches((struct packet_match){.family = AF_INET}, &packet));
	assert_false(matches((struct packet_match){.has_icmp = true}, &packet));
	packet = (struct packet){.protocol = IPPROTO_ICMPV6, .icmp_type = 2};
	assert_true(matches((struct packet_match){.has_icmp = true, .icmp_type = 2}, &packet));
	assert_false(matches((struct packet_match){.has_icmp = true, .icmp_type = 3}, &packet));
	assert_false(matches((struct packet_match){.protocol = IPPROTO_TCP}, &packet));
}

static void reads(struct packet_match match, const char *wanted)
{
	struct buffer words = {0};

	match_words(&match, &words);
	assert_string_equal(buffer_text(&words), wanted);
	buffer_free(&words);
}

static void a_person_reads(void **state)
{
	(void)state;
	reads((struct packet_match){0}, "every packet");
	reads((struct packet_match){.flags_mask = TCP_FLAG_SYN | TCP_FLAG_ACK,
	                            .flags_value = TCP_FLAG_SYN},
	      "SYN without ACK");
	reads((struct packet_match){.flags_mask = TCP_FLAG_ACK}, "no ACK");
	reads((struct packet_match){.family = AF_INET6,
	                            .protocol = IPPROTO_TCP,
	                            .flags_mask = TCP_FLAG_FIN | TCP_FLAG_ACK,
	                            .flags_value = TCP_FLAG_FIN | TCP_FLAG_ACK,
	                            .payload = PAYLOAD_NONE,
	                            .src_port = 1,
	                            .dst_port = 2,
	                            .has_seq = true,
	                            .seq_first = 3,
	                            .seq_last = 4},
	      "IPv6, TCP, FIN ACK, without payload, from port 1, to port 2, seq 3..4");
	reads((struct packet_match){.has_icmp = true, .icmp_type = 3, .icmp_code = 4},
	      "ICMP type 3 code 4");
}

static void nft_is_told(uint8_t family, struct packet_match match, const char *wanted)
{
	struct buffer expr = {0};

	assert_int_equal(match_nft(&match, family, &expr, NULL), 0);
	assert_string_equal(buffer_text(&expr), wanted);
	buffer_free(&expr);
}

/* That nft drops the same as the hand would: wire_match_test. */
static void nft_words(void **state)
{
	(void)state;
	nft_is_told(AF_INET, (struct packet_match){0}, "meta protocol ip");
	nft_is_told(AF_INET6,
	            (struct packet_match){.flags_mask = TCP_FLAG_SYN | TCP_FLAG_ECE | TCP_FLAG_AE,
	                                  .flags_value = TCP_FLAG_SYN,
	                                  .dst_port = 8080},
	            "meta protocol ip6 meta l4proto 6 th dport 8080 "
	            "tcp flags & (syn | ecn) == syn @th,103,1 0");
	nft_is_told(
		AF_INET,
		(struct packet_match){.has_seq = true, .seq_first = 0xfffffff0, .seq_last = 0x10},
		"meta protocol ip meta l4proto 6 "
		"tcp sequence { 0-16, 4294967280-4294967295 }");
}

static void nft_is_not_told(struct packet_match match, const char *words)
{
	struct buffer expr = {0};
	struct fault fault = {0};

	assert_int_equal(match_nft(&match, AF_INET, &expr, &fault), -EINVAL);
	if (!strstr(fault.what, words))
		fail_msg("\"%s\" does not say \"%s\"", fault.what, words);
	buffer_free(&expr);
}

static void a_rule_that_nothing_can_match_is_refused(void **state)
{
	(void)state;
	nft_is_not_told((struct packet_match){.family = AF_INET6}, "family");
	nft_is_not_told((struct packet_match){.protocol = IPPROTO_UDP, .has_seq = true}, "TCP's");
	nft_is_not_told((struct packet_match){.protocol = IPPROTO_UDP, .has_icmp = true}, "ICMP's");
	nft_is_not_told((struct packet_match){.flags_value = TCP_FLAG_SYN}, "mask");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_matches_what_it_says),
		cmocka_unit_test(payload_any_some_none),
		cmocka_unit_test(sequence_numbers_wrap),
		cmocka_unit_test(ports_families_icmp),
		cmocka_unit_test(a_person_reads),
		cmocka_unit_test(nft_words),
		cmocka_unit_test(a_rule_that_nothing_can_match_is_refused),
	};

	return cmocka_run_group_tests_name("packet_match", tests, NULL, NULL);
}
