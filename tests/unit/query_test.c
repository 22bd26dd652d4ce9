// SPDX-License-Identifier: GPL-2.0-or-later
/* What a judge asks of a record, on records made by hand. */
#include "../../harness/judge/query.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

static const struct endpoint end[SIDE_COUNT] = {
	{.family = AF_INET, .addr = {10, 0, 0, 1}, .port = 40000},
	{.family = AF_INET, .addr = {10, 0, 0, 2}, .port = 8080},
};

static const struct packet_match any_client = {.from = SIDE_CLIENT};
static const struct packet_match client_fin = {
	.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_FIN, .flags_value = TCP_FLAG_FIN};

static struct packet segment(enum side from, uint16_t flags, uint32_t seq)
{
	return (struct packet){
		.src = end[from],
		.dst = end[side_other(from)],
		.protocol = IPPROTO_TCP,
		.flags = flags,
		.seq = seq,
	};
}

static void add(struct record *rec, struct event event)
{
	assert_int_equal(record_add_event(rec, &event), 0);
}

/* @packet into the wire at @from's port. */
static void leaves(struct record *rec, int64_t t_ns, enum side from, struct packet packet)
{
	add(rec, (struct event){.t_ns = t_ns,
	                        .kind = EVENT_PACKET,
	                        .host = from,
	                        .packet = {.packet = packet, .arriving = true}});
}

/* ... and out of it at the other's. */
static void arrives(struct record *rec, int64_t t_ns, enum side from, struct packet packet)
{
	add(rec, (struct event){.t_ns = t_ns,
	                        .kind = EVENT_PACKET,
	                        .host = side_other(from),
	                        .packet = {.packet = packet, .arriving = false}});
}

#define FA (TCP_FLAG_FIN | TCP_FLAG_ACK)
#define SA (TCP_FLAG_SYN | TCP_FLAG_ACK)

static void test_sent(void **state)
{
	struct record *rec = record_new();
	struct packet_list list;
	char flags[32];

	(void)state;
	assert_non_null(rec);
	leaves(rec, 10, SIDE_CLIENT, segment(SIDE_CLIENT, TCP_FLAG_SYN, 1));
	arrives(rec, 11, SIDE_CLIENT, segment(SIDE_CLIENT, TCP_FLAG_SYN, 1));
	leaves(rec, 12, SIDE_SERVER, segment(SIDE_SERVER, SA, 5));
	arrives(rec, 13, SIDE_SERVER, segment(SIDE_SERVER, SA, 5));
	leaves(rec, 14, SIDE_CLIENT, segment(SIDE_CLIENT, TCP_FLAG_ACK, 2));
	leaves(rec, 20, SIDE_CLIENT, segment(SIDE_CLIENT, FA, 2)); /* lost */
	leaves(rec, 30, SIDE_CLIENT, segment(SIDE_CLIENT, FA, 2)); /* lost */

	query_sent_all(rec, &list);
	assert_int_equal(list.count, 5); /* each once */
	assert_string_equal(query_flags(&list, flags, sizeof(flags)), "S SA A FA FA");
	assert_true(list.items[0].delivered);
	assert_true(list.items[1].delivered);
	assert_false(list.items[2].delivered);

	query_sent(rec, &any_client, &list);
	assert_int_equal(list.count, 4);
	query_sent(rec, &client_fin, &list);
	assert_int_equal(list.count, 2);
	assert_int_equal(list.items[0].t_ns, 20);
	assert_int_equal(list.items[1].t_ns, 30);
	assert_false(list.truncated);

	query_sent_all(rec, &list);
	query_since(&list, 14);
	assert_string_equal(query_flags(&list, flags, sizeof(flags)), "A FA FA");
	query_since(&list, 31);
	assert_int_equal(list.count, 0);
	assert_string_equal(query_flags(&list, flags, sizeof(flags)), "");
	record_free(rec);
}

/* The same segment twice, one of them delivered: the first. */
static void test_delivered_once(void **state)
{
	struct record *rec = record_new();
	struct packet_list list;

	(void)state;
	assert_non_null(rec);
	leaves(rec, 10, SIDE_CLIENT, segment(SIDE_CLIENT, FA, 2));
	leaves(rec, 20, SIDE_CLIENT, segment(SIDE_CLIENT, FA, 2));
	arrives(rec, 21, SIDE_CLIENT, segment(SIDE_CLIENT, FA, 2));
	query_sent(rec, &client_fin, &list);
	assert_int_equal(list.items[0].delivered + list.items[1].delivered, 1);
	record_free(rec);
}

/* What is not TCP is no segment; on lo each frame is seen twice and counted once. */
static void test_sent_others(void **state)
{
	struct packet icmp = {.src = end[SIDE_CLIENT], .protocol = IPPROTO_ICMP};
	struct record *rec = record_new();
	struct packet_list list;

	(void)state;
	assert_non_null(rec);
	leaves(rec, 10, SIDE_CLIENT, icmp);
	for (int arriving = 0; arriving < 2; arriving++)
		add(rec, (struct event){.t_ns = 20 + arriving,
		                        .kind = EVENT_PACKET,
		                        .host = SIDE_CLIENT,
		                        .packet = {.packet = segment(SIDE_CLIENT, TCP_FLAG_SYN, 1),
		                                   .on_loopback = true,
		                                   .arriving = arriving}});
	query_sent_all(rec, &list);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.items[0].t_ns, 20);
	record_free(rec);
}

static void test_truncated(void **state)
{
	struct record *rec = record_new();
	struct packet_list list;

	(void)state;
	assert_non_null(rec);
	for (uint32_t i = 0; i < QUERY_PACKETS; i++)
		leaves(rec, i, SIDE_CLIENT, segment(SIDE_CLIENT, FA, i));
	query_sent(rec, &client_fin, &list);
	assert_int_equal(list.count, QUERY_PACKETS);
	assert_false(list.truncated);
	leaves(rec, 9999, SIDE_CLIENT, segment(SIDE_CLIENT, FA, 9999));
	query_sent(rec, &client_fin, &list);
	assert_int_equal(list.count, QUERY_PACKETS);
	assert_true(list.truncated);
	record_free(rec);
}

/* Flags that do not fit are cut, never written past the end. */
static void test_flags_fit(void **state)
{
	struct record *rec = record_new();
	struct packet_list list;

	(void)state;
	assert_non_null(rec);
	for (int i = 0; i < 20; i++)
		leaves(rec, i, SIDE_CLIENT, segment(SIDE_CLIENT, FA, 1));
	query_sent_all(rec, &list);
	for (size_t size = 1; size < 70; size++) {
		char *buf = malloc(size);

		assert_non_null(buf);
		query_flags(&list, buf, size);
		assert_true(strlen(buf) < size);
		free(buf);
	}
	record_free(rec);
}

static void call_add(struct record *rec, int64_t t_ns, const char *sock, const char *name)
{
	struct event event = {.t_ns = t_ns, .kind = EVENT_CALL, .host = SIDE_CLIENT};

	strcpy(event.sock, sock);
	event.call.name = name;
	add(rec, event);
}

static void test_call(void **state)
{
	struct record *rec = record_new();

	(void)state;
	assert_non_null(rec);
	call_add(rec, 10, "c1", "connect");
	call_add(rec, 20, "c1", "close");
	call_add(rec, 30, "c2", "close");
	call_add(rec, 40, "c1", "close");
	assert_int_equal(query_call(rec, SIDE_CLIENT, "c1", "close", 0)->t_ns, 20);
	assert_int_equal(query_call(rec, SIDE_CLIENT, "c1", "close", 20)->t_ns, 20);
	assert_int_equal(query_call(rec, SIDE_CLIENT, "c1", "close", 21)->t_ns, 40);
	assert_int_equal(query_call(rec, SIDE_CLIENT, "c2", "close", 0)->t_ns, 30);
	assert_null(query_call(rec, SIDE_CLIENT, "c1", "close", 41));
	assert_null(query_call(rec, SIDE_CLIENT, "c1", "shutdown", 0));
	assert_null(query_call(rec, SIDE_SERVER, "c1", "close", 0));
	record_free(rec);
}

static void sample_add(struct record *rec, int64_t t_ns, enum tcp_state state,
                       enum sock_object object, uint32_t rto_us, int64_t gap_ns)
{
	struct event event = {
		.t_ns = t_ns, .kind = EVENT_SAMPLE, .host = SIDE_CLIENT, .sock = "c1"};

	event.sample = (struct sample){
		.state = state, .object = object, .rto_us = rto_us, .gap_ns = gap_ns};
	add(rec, event);
}

static void test_rto(void **state)
{
	struct record *rec = record_new();

	(void)state;
	assert_non_null(rec);
	assert_null(query_rto(rec, SIDE_CLIENT, "c1", INT64_MAX));
	sample_add(rec, 10, STATE_SYN_SENT, OBJECT_FULL, 1000000, -1);
	sample_add(rec, 20, STATE_ESTABLISHED, OBJECT_FULL, 204000, 5);
	sample_add(rec, 30, STATE_TIME_WAIT, OBJECT_TIME_WAIT, 0, 5);
	assert_int_equal(query_rto(rec, SIDE_CLIENT, "c1", INT64_MAX)->rto_us, 204000);
	assert_int_equal(query_rto(rec, SIDE_CLIENT, "c1", 20)->rto_us, 204000);
	assert_int_equal(query_rto(rec, SIDE_CLIENT, "c1", 19)->rto_us, 1000000);
	assert_null(query_rto(rec, SIDE_CLIENT, "c1", 9));
	assert_null(query_rto(rec, SIDE_CLIENT, "c2", INT64_MAX));
	assert_null(query_rto(rec, SIDE_SERVER, "c1", INT64_MAX));
	record_free(rec);
}

/* A life seen by polling: every instant is known but for the gap before it. */
static struct record *record_polled(void)
{
	struct record *rec = record_new();

	assert_non_null(rec);
	sample_add(rec, 1000, STATE_ESTABLISHED, OBJECT_FULL, 204000, -1);
	sample_add(rec, 2000, STATE_FIN_WAIT2, OBJECT_FULL, 204000, 100);
	return rec;
}

static void test_stay(void **state)
{
	struct record *rec = record_polled();
	struct value stay;
	struct life life;

	(void)state;
	sample_add(rec, 5000, STATE_GONE, OBJECT_NONE, 0, 300);
	life_stitch(rec, SIDE_CLIENT, "c1", &life);
	/* in between 1900 and 2000, out between 4700 and 5000 */
	stay = query_stay(rec, &life, STATE_FIN_WAIT2);
	assert_int_equal(stay.kind, VALUE_TIME);
	assert_int_equal(stay.lo, 4700 - 2000);
	assert_int_equal(stay.hi, 5000 - 1900);
	assert_int_equal(query_stay(rec, &life, STATE_CLOSING).kind, VALUE_NONE);
	stay = query_until_end(rec, &life, 2000);
	assert_int_equal(stay.lo, 4700 - 2000);
	assert_int_equal(stay.hi, 5000 - 2000);
	record_free(rec);
}

/* Not seen to end: as long as the record at least, and no upper end. */
static void test_stay_open(void **state)
{
	struct record *rec = record_polled();
	struct value stay;
	struct life life;

	(void)state;
	call_add(rec, 9000, "c2", "close"); /* the last that the record knows */
	life_stitch(rec, SIDE_CLIENT, "c1", &life);
	stay = query_stay(rec, &life, STATE_FIN_WAIT2);
	assert_int_equal(stay.lo, 9000 - 2000);
	assert_int_equal(stay.hi, INT64_MAX);
	stay = query_until_end(rec, &life, 2000);
	assert_int_equal(stay.lo, 9000 - 2000);
	assert_int_equal(stay.hi, INT64_MAX);
	life_stitch(rec, SIDE_SERVER, "s1", &life); /* nobody */
	assert_int_equal(query_until_end(rec, &life, 0).kind, VALUE_NONE);
	record_free(rec);
}

static void test_counter(void **state)
{
	struct event event = {.kind = EVENT_COUNTER, .host = SIDE_SERVER};
	struct record *rec = record_new();

	(void)state;
	assert_non_null(rec);
	event.counter.name = "TcpExt.TCPTimeouts";
	event.counter.delta = 4;
	add(rec, event);
	assert_int_equal(query_counter(rec, SIDE_SERVER, "TcpExt.TCPTimeouts"), 4);
	assert_int_equal(query_counter(rec, SIDE_CLIENT, "TcpExt.TCPTimeouts"), 0);
	assert_int_equal(query_counter(rec, SIDE_SERVER, "TcpExt.TCPTimeout"), 0);
	record_free(rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sent),        cmocka_unit_test(test_delivered_once),
		cmocka_unit_test(test_sent_others), cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_flags_fit),   cmocka_unit_test(test_call),
		cmocka_unit_test(test_rto),         cmocka_unit_test(test_stay),
		cmocka_unit_test(test_stay_open),   cmocka_unit_test(test_counter),
	};

	return cmocka_run_group_tests_name("query", tests, NULL, NULL);
}
