// SPDX-License-Identifier: GPL-2.0-or-later
/* flight: which departure and which arrival are one packet, and what became of it. */
#include "canned.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "../../harness/story/story.h"

static void seen(struct record *rec, int64_t us, enum side port, bool arriving, uint16_t flags,
                 uint32_t seq)
{
	struct event event = {.kind = EVENT_PACKET, .host = port, .t_ns = us * 1000};
	struct packet *packet = &event.packet.packet;

	packet->protocol = IPPROTO_TCP;
	packet->flags = flags;
	packet->seq = seq;
	packet->src.port = (port == SIDE_CLIENT) == arriving ? 1 : 2;
	packet->dst.port = 3 - packet->src.port;
	event.packet.arriving = arriving;
	assert_int_equal(record_add_event(rec, &event), 0);
}

static void ruled(struct record *rec, int64_t us, bool on)
{
	struct event event = {.kind = EVENT_RULE,
	                      .t_ns = us * 1000,
	                      .rule = {.id = 4,
	                               .on = on,
	                               .action = "drop",
	                               .match = {.from = SIDE_CLIENT,
	                                         .flags_mask = TCP_FLAG_FIN,
	                                         .flags_value = TCP_FLAG_FIN}}};

	assert_int_equal(record_add_event(rec, &event), 0);
}

/* The same FIN three times: two dropped by a rule that was then switched off. */
static void the_resent_one_arrived_not_the_lost_one(void **state)
{
	struct record *rec = record_new();
	struct story story;

	(void)state;
	ruled(rec, 5, true);
	seen(rec, 10, SIDE_CLIENT, true, TCP_FLAG_FIN, 7);
	seen(rec, 20, SIDE_CLIENT, true, TCP_FLAG_FIN, 7);
	ruled(rec, 25, false);
	seen(rec, 30, SIDE_CLIENT, true, TCP_FLAG_FIN, 7);
	seen(rec, 31, SIDE_SERVER, false, TCP_FLAG_FIN, 7);
	assert_int_equal(story_build(rec, &story), 0);
	assert_int_equal(story.flights.count, 3);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(story.flights.items[i].fate, FATE_DROPPED);
		assert_int_equal(story.flights.items[i].rule, 4);
		assert_int_equal(story.flights.items[i].resent, i);
	}
	assert_int_equal(story.flights.items[2].fate, FATE_DELIVERED);
	assert_int_equal(story.flights.items[2].resent, 2);
	story_free(&story);
	record_free(rec);
}

/* Of one instant, and told by the receiver's tap first. */
static void stamps_of_one_instant_are_paired(void **state)
{
	struct record *rec = record_new();
	struct story story;

	(void)state;
	seen(rec, 10, SIDE_CLIENT, false, TCP_FLAG_ACK, 7);
	seen(rec, 10, SIDE_SERVER, true, TCP_FLAG_ACK, 7);
	assert_int_equal(story_build(rec, &story), 0);
	assert_int_equal(story.flights.count, 1);
	assert_int_equal(story.flights.items[0].fate, FATE_DELIVERED);
	assert_int_equal(story.flights.items[0].from, SIDE_SERVER);
	story_free(&story);
	record_free(rec);
}

static void a_packet_twice_out_is_a_copy(void **state)
{
	struct record *rec = record_new();
	struct story story;

	(void)state;
	seen(rec, 10, SIDE_CLIENT, true, TCP_FLAG_ACK, 7);
	seen(rec, 11, SIDE_SERVER, false, TCP_FLAG_ACK, 7);
	seen(rec, 12, SIDE_SERVER, false, TCP_FLAG_ACK, 7);
	seen(rec, 13, SIDE_SERVER, false, TCP_FLAG_ACK, 8);
	assert_int_equal(story_build(rec, &story), 0);
	assert_int_equal(story.flights.count, 3);
	assert_false(story.flights.items[0].duplicate);
	assert_true(story.flights.items[1].duplicate);
	assert_false(story.flights.items[2].duplicate); /* it only was not seen departing */
	assert_true(story.flights.items[2].depart_ns == NEVER);
	story_free(&story);
	record_free(rec);
}

static void a_packet_lost_without_a_rule_is_lost(void **state)
{
	struct record *rec = record_new();
	struct story story;

	(void)state;
	seen(rec, 10, SIDE_CLIENT, true, TCP_FLAG_ACK, 7);
	assert_int_equal(story_build(rec, &story), 0);
	assert_int_equal(story.flights.items[0].fate, FATE_LOST);
	story_free(&story);
	record_free(rec);
}

static void crossing_syns_are_no_retransmissions(void **state)
{
	struct record *rec = record_new();
	struct story story;

	(void)state;
	seen(rec, 10, SIDE_CLIENT, true, TCP_FLAG_SYN, 7);
	seen(rec, 20, SIDE_CLIENT, true, TCP_FLAG_SYN | TCP_FLAG_ACK, 7);
	seen(rec, 30, SIDE_CLIENT, true, TCP_FLAG_SYN, 7);
	assert_int_equal(story_build(rec, &story), 0);
	assert_int_equal(story.flights.items[1].resent, 0);
	assert_int_equal(story.flights.items[2].resent, 1);
	story_free(&story);
	record_free(rec);
}

static void framed(struct record *rec, int64_t us, enum frame_action action, uint16_t flags,
                   uint32_t seq)
{
	struct event event = {.kind = EVENT_FRAME, .host = SIDE_CLIENT, .t_ns = us * 1000};
	struct packet *packet = &event.frame.packet;

	packet->protocol = IPPROTO_TCP;
	packet->flags = flags;
	packet->seq = seq;
	packet->src.port = 1;
	packet->dst.port = 2;
	event.frame.action = action;
	event.frame.rule = 9;
	assert_int_equal(record_add_event(rec, &event), 0);
}

/* Nobody tells which was lost: the wire loses rather than delays. */
static void of_two_alike_the_latest_arrived(void **state)
{
	struct record *rec = record_new();
	struct story story;

	(void)state;
	seen(rec, 0, SIDE_CLIENT, true, TCP_FLAG_SYN, 7);
	seen(rec, 1000000, SIDE_CLIENT, true, TCP_FLAG_SYN, 7);
	seen(rec, 1000010, SIDE_SERVER, false, TCP_FLAG_SYN, 7);
	assert_int_equal(story_build(rec, &story), 0);
	assert_int_equal(story.flights.count, 2);
	assert_int_equal(story.flights.items[0].fate, FATE_LOST);
	assert_int_equal(story.flights.items[1].fate, FATE_DELIVERED);
	story_free(&story);
	record_free(rec);
}

/* A slow wire: each arrives after the next has left, in order all the same. */
static void a_slow_wire_keeps_the_order(void **state)
{
	struct record *rec = record_new();
	struct story story;

	(void)state;
	seen(rec, 0, SIDE_CLIENT, true, TCP_FLAG_SYN, 7);
	seen(rec, 1000, SIDE_CLIENT, true, TCP_FLAG_SYN, 7);
	seen(rec, 1500, SIDE_SERVER, false, TCP_FLAG_SYN, 7);
	seen(rec, 2500, SIDE_SERVER, false, TCP_FLAG_SYN, 7);
	assert_int_equal(story_build(rec, &story), 0);
	assert_int_equal(story.flights.items[0].arrive_ns, 1500000);
	assert_int_equal(story.flights.items[1].arrive_ns, 2500000);
	story_free(&story);
	record_free(rec);
}

/* What the hand wire said of a frame goes before every guess. */
static void the_wires_word_decides(void **state)
{
	struct record *rec = record_new();
	struct story story;

	(void)state;
	seen(rec, 0, SIDE_CLIENT, true, TCP_FLAG_SYN, 7);
	framed(rec, 10, FRAME_HOLD, TCP_FLAG_SYN, 7);
	seen(rec, 1000, SIDE_CLIENT, true, TCP_FLAG_SYN, 7);
	framed(rec, 1010, FRAME_DROP, TCP_FLAG_SYN, 7);
	seen(rec, 3000, SIDE_CLIENT, true, TCP_FLAG_SYN, 7);
	framed(rec, 3010, FRAME_HOLD, TCP_FLAG_SYN, 7);
	framed(rec, 4000, FRAME_RELEASE, TCP_FLAG_SYN, 7);
	seen(rec, 4010, SIDE_SERVER, false, TCP_FLAG_SYN, 7);
	assert_int_equal(story_build(rec, &story), 0);
	assert_int_equal(story.flights.count, 3);
	assert_int_equal(story.flights.items[0].fate, FATE_DELIVERED);
	assert_int_equal(story.flights.items[0].held_ns, 10000);
	assert_int_equal(story.flights.items[0].released_ns, 4000000);
	assert_int_equal(story.flights.items[0].arrive_ns, 4010000);
	assert_int_equal(story.flights.items[1].fate, FATE_DROPPED);
	assert_int_equal(story.flights.items[1].rule, 9);
	assert_int_equal(story.flights.items[2].fate, FATE_HELD);
	story_free(&story);
	record_free(rec);
}

/* It came out of the wire, and its host did not take it: that is no arrival. */
static void an_overflow_is_no_arrival(void **state)
{
	struct record *rec = record_new();
	struct story story;

	(void)state;
	seen(rec, 0, SIDE_CLIENT, true, TCP_FLAG_SYN, 7);
	framed(rec, 10, FRAME_HOLD, TCP_FLAG_SYN, 7);
	framed(rec, 1000, FRAME_RELEASE, TCP_FLAG_SYN, 7);
	seen(rec, 1010, SIDE_SERVER, false, TCP_FLAG_SYN, 7);
	framed(rec, 1020, FRAME_OVERFLOW, TCP_FLAG_SYN, 7);
	seen(rec, 2000, SIDE_CLIENT, true, TCP_FLAG_SYN, 7);
	seen(rec, 2010, SIDE_SERVER, false, TCP_FLAG_SYN, 7);
	assert_int_equal(story_build(rec, &story), 0);
	assert_int_equal(story.flights.count, 2);
	assert_int_equal(story.flights.items[0].fate, FATE_DROPPED);
	assert_true(story.flights.items[0].overflowed);
	assert_null(story.flights.items[0].arrival);
	assert_int_equal(story.flights.items[1].fate, FATE_DELIVERED);
	assert_false(story.flights.items[1].overflowed);
	assert_int_equal(story.flights.items[1].arrive_ns, 2010000);
	story_free(&story);
	record_free(rec);
}

static void an_injected_packet_begins_on_the_wire(void **state)
{
	struct record *rec = record_new();
	struct story story;

	(void)state;
	framed(rec, 10, FRAME_INJECT, TCP_FLAG_RST, 7);
	seen(rec, 15, SIDE_SERVER, false, TCP_FLAG_RST, 7);
	assert_int_equal(story_build(rec, &story), 0);
	assert_int_equal(story.flights.count, 1);
	assert_true(story.flights.items[0].injected);
	assert_true(flight_begins_on_wire(&story.flights.items[0]));
	assert_int_equal(story.flights.items[0].arrive_ns, 15000);
	story_free(&story);
	record_free(rec);
}

/* All that were sent are there, however many, and each but the last was lost. */
static void many_alike_are_all_there(void **state)
{
	struct record *rec = record_new();
	struct story story;

	(void)state;
	for (int i = 0; i < 30000; i++)
		seen(rec, 1000 * i, SIDE_CLIENT, true, TCP_FLAG_SYN, 7);
	seen(rec, 1000 * 29999 + 10, SIDE_SERVER, false, TCP_FLAG_SYN, 7);
	assert_int_equal(story_build(rec, &story), 0);
	assert_int_equal(story.flights.count, 30000);
	for (size_t i = 0; i < 29999; i++)
		assert_int_equal(story.flights.items[i].fate, FATE_LOST);
	assert_int_equal(story.flights.items[29999].fate, FATE_DELIVERED);
	assert_int_equal(story.flights.items[29999].resent, 29999);
	story_free(&story);
	record_free(rec);
}

/* ---- whose they are ---- */

static void named(struct record *rec, int64_t us, enum side host, const char *sock)
{
	struct event event = {.kind = EVENT_NOTE, .host = host, .t_ns = us * 1000};

	strcpy(event.sock, sock);
	assert_int_equal(record_add_event(rec, &event), 0);
}

static void packet_between(struct record *rec, int64_t us, enum side port, bool arriving,
                           uint16_t client_port, const char *sock)
{
	struct event event = {.kind = EVENT_PACKET, .host = port, .t_ns = us * 1000};
	struct packet *packet = &event.packet.packet;
	bool from_client = (port == SIDE_CLIENT) == arriving;

	packet->protocol = IPPROTO_TCP;
	packet->flags = TCP_FLAG_ACK;
	packet->src.family = packet->dst.family = AF_INET;
	packet->src.port = from_client ? client_port : 80;
	packet->dst.port = from_client ? 80 : client_port;
	event.packet.arriving = arriving;
	strcpy(event.sock, sock);
	assert_int_equal(record_add_event(rec, &event), 0);
}

static void expect_socks(const struct flight *flight, const char *client, const char *server)
{
	assert_string_equal(flight->sock[SIDE_CLIENT], client);
	assert_string_equal(flight->sock[SIDE_SERVER], server);
}

static void packets_are_named_by_their_connection(void **state)
{
	struct record *rec = record_new();
	struct story story;

	(void)state;
	packet_between(rec, 10, SIDE_CLIENT, true, 1001, ""); /* lost, and nobody named it */
	packet_between(rec, 20, SIDE_CLIENT, true, 1002, "c2");
	packet_between(rec, 21, SIDE_SERVER, false, 1002, "s1");
	packet_between(rec, 30, SIDE_SERVER, true, 1002, "");
	packet_between(rec, 40, SIDE_CLIENT, true, 1001, "c1");
	assert_int_equal(story_build(rec, &story), 0);
	assert_int_equal(story.connection_count, 2);
	expect_socks(&story.flights.items[0], "c1", "");
	expect_socks(&story.flights.items[1], "c2", "s1");
	expect_socks(&story.flights.items[2], "c2", "s1");
	assert_int_equal(story.flights.items[2].connection, 1);
	assert_int_equal(story.flights.items[2].half, 1);
	assert_int_equal(story_life(&story, SIDE_CLIENT, "c1")->flight_count, 2);
	assert_int_equal(story_life(&story, SIDE_SERVER, "s1")->flight_count, 2);
	story_free(&story);
	record_free(rec);
}

/* Records of 0.1.0: as many sockets as connections, in order; else nothing is concluded. */
static void unnamed_packets_are_matched_in_order(void **state)
{
	struct record *rec = record_new(), *more = record_new();
	struct story story;

	(void)state;
	named(rec, 1, SIDE_SERVER, "l1");
	named(rec, 2, SIDE_CLIENT, "c1");
	named(rec, 3, SIDE_CLIENT, "c2");
	packet_between(rec, 10, SIDE_CLIENT, true, 1001, "");
	packet_between(rec, 20, SIDE_CLIENT, true, 1002, "");
	packet_between(rec, 21, SIDE_SERVER, false, 1002, "");
	named(rec, 22, SIDE_SERVER, "s1");
	assert_int_equal(story_build(rec, &story), 0);
	expect_socks(&story.flights.items[0], "c1", "");
	expect_socks(&story.flights.items[1], "c2", "s1");
	story_free(&story);
	record_free(rec);

	named(more, 2, SIDE_CLIENT, "c1");
	packet_between(more, 10, SIDE_CLIENT, true, 1001, "");
	packet_between(more, 20, SIDE_CLIENT, true, 1002, "");
	assert_int_equal(story_build(more, &story), 0);
	expect_socks(&story.flights.items[0], "", "");
	story_free(&story);
	record_free(more);
}

/* "Port unreachable" from the server is of the connection whose SYN it quotes. */
static void an_icmp_error_is_of_what_it_quotes(void **state)
{
	struct record *rec = record_new();
	struct event event = {.kind = EVENT_PACKET, .host = SIDE_CLIENT, .t_ns = 30000};
	struct packet *packet = &event.packet.packet;
	struct story story;

	(void)state;
	packet_between(rec, 10, SIDE_CLIENT, true, 1001, "c1");
	packet->protocol = IPPROTO_ICMP;
	packet->icmp_type = 3;
	packet->icmp_code = 3;
	packet->inner.protocol = IPPROTO_TCP;
	packet->inner.src.family = AF_INET;
	packet->inner.src.port = 1001;
	packet->inner.dst.family = AF_INET;
	packet->inner.dst.port = 80;
	assert_int_equal(record_add_event(rec, &event), 0);
	assert_int_equal(story_build(rec, &story), 0);
	assert_int_equal(story.connection_count, 1);
	assert_int_equal(story.flights.items[1].half, 1);
	expect_socks(&story.flights.items[1], "c1", "");
	story_free(&story);
	record_free(rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_resent_one_arrived_not_the_lost_one),
		cmocka_unit_test(stamps_of_one_instant_are_paired),
		cmocka_unit_test(a_packet_twice_out_is_a_copy),
		cmocka_unit_test(a_packet_lost_without_a_rule_is_lost),
		cmocka_unit_test(crossing_syns_are_no_retransmissions),
		cmocka_unit_test(of_two_alike_the_latest_arrived),
		cmocka_unit_test(a_slow_wire_keeps_the_order),
		cmocka_unit_test(the_wires_word_decides),
		cmocka_unit_test(an_overflow_is_no_arrival),
		cmocka_unit_test(an_injected_packet_begins_on_the_wire),
		cmocka_unit_test(many_alike_are_all_there),
		cmocka_unit_test(packets_are_named_by_their_connection),
		cmocka_unit_test(unnamed_packets_are_matched_in_order),
		cmocka_unit_test(an_icmp_error_is_of_what_it_quotes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
