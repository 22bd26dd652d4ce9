// SPDX-License-Identifier: GPL-2.0-or-later
/* What a judge asks of a record, on records made by hand. */
#include "../../harness/judge/query.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
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

/* The segments of one host that match, one by one; what is not TCP is none. */
static void test_sent(void **state)
{
	struct record *rec = record_new();

	(void)state;
	assert_non_null(rec);
	leaves(rec, 5, SIDE_CLIENT, (struct packet){.src = end[SIDE_CLIENT]});
	leaves(rec, 10, SIDE_CLIENT, segment(SIDE_CLIENT, TCP_FLAG_SYN, 1));
	arrives(rec, 11, SIDE_CLIENT, segment(SIDE_CLIENT, TCP_FLAG_SYN, 1));
	leaves(rec, 12, SIDE_SERVER, segment(SIDE_SERVER, FA, 5));
	leaves(rec, 20, SIDE_CLIENT, segment(SIDE_CLIENT, FA, 2));
	leaves(rec, 30, SIDE_CLIENT, segment(SIDE_CLIENT, FA, 2));
	assert_int_equal(query_sent(rec, "", &any_client, 0)->t_ns, 10);
	assert_int_equal(query_sent(rec, "", &any_client, 2)->t_ns, 30);
	assert_null(query_sent(rec, "", &any_client, 3));
	assert_int_equal(query_sent(rec, "", &client_fin, 0)->t_ns, 20);
	assert_int_equal(query_sent(rec, "", &client_fin, 1)->t_ns, 30);
	assert_null(query_sent(rec, "", &client_fin, 2));
	/* of one end: what is another's is not, what nobody could name may be */
	strcpy(rec->events[4].sock, "c2");
	assert_int_equal(query_sent(rec, "c1", &client_fin, 0)->t_ns, 30);
	assert_null(query_sent(rec, "c1", &client_fin, 1));
	assert_int_equal(query_sent(rec, "c2", &client_fin, 0)->t_ns, 20);
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
		cmocka_unit_test(test_sent),
		cmocka_unit_test(test_call),
		cmocka_unit_test(test_rto),
		cmocka_unit_test(test_counter),
	};

	return cmocka_run_group_tests_name("query", tests, NULL, NULL);
}
