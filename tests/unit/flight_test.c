// SPDX-License-Identifier: GPL-2.0-or-later
/* flight: which departure and which arrival are one packet, and what became of it. */
#include "canned.h"

#include <netinet/in.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_resent_one_arrived_not_the_lost_one),
		cmocka_unit_test(stamps_of_one_instant_are_paired),
		cmocka_unit_test(a_packet_twice_out_is_a_copy),
		cmocka_unit_test(a_packet_lost_without_a_rule_is_lost),
		cmocka_unit_test(crossing_syns_are_no_retransmissions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
