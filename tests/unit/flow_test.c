// SPDX-License-Identifier: GPL-2.0-or-later
/* Who an object or a frame belongs to, without a kernel; and whose reading is next. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <netinet/in.h>

#include "../../harness/step/due.h"

static const struct bench bench = {
	.addr = {[SIDE_CLIENT] = {.family = AF_INET, .addr = {10, 0, 0, 1}},
                 [SIDE_SERVER] = {.family = AF_INET, .addr = {10, 0, 0, 2}}},
};

static struct endpoint at(enum side side, uint16_t port)
{
	struct endpoint ep = bench.addr[side];

	ep.port = port;
	return ep;
}

static struct flows *flows_new(void)
{
	static struct emit emit;
	struct flows *flows = calloc(1, sizeof(*flows));

	assert_non_null(flows);
	*flows = (struct flows){.emit = &emit, .bench = &bench};
	return flows;
}

static void flows_free(struct flows *flows)
{
	for (size_t i = 0; i < flows->count; i++)
		free(flows->items[i]);
	free(flows->items);
	map_free(&flows->by_tuple);
	map_free(&flows->by_number);
	map_free(&flows->taken);
	map_free(&flows->by_object);
	map_free(&flows->by_cookie);
	map_free(&flows->by_port);
	free(flows);
}

static struct sock sock_at(enum side side, uint16_t port, uint64_t cookie)
{
	struct sock sock = {.host = side, .fd = 3, .cookie = cookie, .local = at(side, port)};

	return sock;
}

static void connect_to(struct flows *flows, struct sock *sock, uint16_t port)
{
	struct endpoint remote = at(side_other(sock->host), port);

	flow_bound(flows, sock);
	flow_add(flows, sock, &remote);
}

static void seen(struct flows *flows, struct flow *flow, enum tcp_state state, uint64_t cookie)
{
	flow->seen = true;
	flow->last = (struct sample){.state = state, .object = OBJECT_FULL, .cookie = cookie};
	flow_has_cookie(flows, flow, cookie);
}

static struct packet packet_of(const struct sock *sock, uint16_t port, uint8_t flags)
{
	return (struct packet){.protocol = IPPROTO_TCP,
	                       .flags = flags,
	                       .src = sock->local,
	                       .dst = at(side_other(sock->host), port)};
}

static void test_both_ends_have_one_number(void **state)
{
	struct flows *flows = flows_new();
	struct sock socks[3];

	(void)state;
	for (int i = 0; i < 3; i++) {
		socks[i] = sock_at(SIDE_CLIENT, (uint16_t)(5000 + i), 10 + (uint64_t)i);
		flow_label_sock(flows, &socks[i], false);
	}
	/* the last connects first */
	for (int i = 2; i >= 0; i--)
		connect_to(flows, &socks[i], 8080);
	for (int i = 0; i < 3; i++) {
		assert_string_equal(socks[i].flow->label + 1, socks[i].flow->peer->label + 1);
		assert_ptr_equal(flow_labelled(flows, SIDE_SERVER, socks[i].flow->peer->label),
		                 socks[i].flow->peer);
	}
	assert_string_equal(socks[2].flow->peer->label, "s3");
	flows_free(flows);
}

static void test_a_simultaneous_open_is_one_connection(void **state)
{
	struct flows *flows = flows_new();
	struct sock client = sock_at(SIDE_CLIENT, 5000, 10);
	struct sock server = sock_at(SIDE_SERVER, 5000, 11);

	(void)state;
	flow_label_sock(flows, &client, false);
	flow_label_sock(flows, &server, false);
	flow_bound(flows, &server);
	connect_to(flows, &client, 5000);
	assert_null(client.flow->peer);
	connect_to(flows, &server, 5000);
	assert_ptr_equal(client.flow->peer, server.flow);
	assert_int_equal(flows->count, 2);
	flows_free(flows);
}

/* The server is still in LAST_ACK of the first when the second begins. */
static void test_a_tuple_used_again_is_another_flow(void **state)
{
	struct flows *flows = flows_new();
	struct sock first = sock_at(SIDE_CLIENT, 5000, 10);
	struct sock second = sock_at(SIDE_CLIENT, 5000, 12);
	struct packet syn, fin;
	struct flow *old, *new;
	struct flow_ends ends;

	(void)state;
	flow_label_sock(flows, &first, false);
	connect_to(flows, &first, 8080);
	old = first.flow->peer;
	seen(flows, first.flow, STATE_TIME_WAIT, 10);
	seen(flows, old, STATE_LAST_ACK, 11);
	flow_label_sock(flows, &second, false);
	connect_to(flows, &second, 8080);
	new = second.flow->peer;
	assert_ptr_not_equal(old, new);
	assert_string_equal(new->label, "s2");

	/* A SYN is the second's; what the old server sends is still the first's. */
	syn = packet_of(&second, 8080, TCP_FLAG_SYN);
	ends = flow_of_packet(flows, SIDE_CLIENT, SIDE_SERVER, &syn);
	assert_ptr_equal(ends.sender, second.flow);
	assert_ptr_equal(ends.receiver, new);
	fin = (struct packet){.protocol = IPPROTO_TCP,
	                      .flags = TCP_FLAG_FIN | TCP_FLAG_ACK,
	                      .src = syn.dst,
	                      .dst = syn.src};
	ends = flow_of_packet(flows, SIDE_SERVER, SIDE_CLIENT, &fin);
	assert_ptr_equal(ends.sender, old);
	assert_ptr_equal(ends.receiver, first.flow);

	/* Another cookie on the four-tuple: the old one is over. */
	assert_ptr_equal(flow_after(flows, old, 13), new);
	assert_true(old->ended);
	assert_ptr_equal(flow_find(flows, SIDE_SERVER, &syn.dst, &syn.src), new);
	flows_free(flows);
}

static const char *label_at_port(struct flows *flows, enum side at_host, bool departs,
                                 const struct packet *packet, int64_t t_ns)
{
	enum side from = departs ? at_host : side_other(at_host);
	struct flow_ends ends = flow_of_packet(flows, from, side_other(from), packet);

	return flow_at_port(flows, ends, departs, packet, t_ns)->label;
}

/* tcp_validate_incoming(): a SYN that reaches LAST_ACK is answered there, not by the listener. */
static void test_a_syn_reaches_the_end_that_is_there(void **state)
{
	struct flows *flows = flows_new();
	struct sock first = sock_at(SIDE_CLIENT, 5000, 10);
	struct sock second = sock_at(SIDE_CLIENT, 5000, 12);
	struct sock server = sock_at(SIDE_SERVER, 8080, 11);
	struct packet syn, synack, challenge, reset;
	struct flow *old;

	(void)state;
	flow_label_sock(flows, &first, false);
	connect_to(flows, &first, 8080);
	old = first.flow->peer;
	syn = packet_of(&first, 8080, TCP_FLAG_SYN);
	synack = packet_of(&server, 5000, TCP_FLAG_SYN | TCP_FLAG_ACK);
	assert_string_equal(label_at_port(flows, SIDE_SERVER, false, &syn, 1), "s1");
	assert_string_equal(label_at_port(flows, SIDE_SERVER, true, &synack, 2), "s1");
	seen(flows, old, STATE_LAST_ACK, 11);
	first.flow->ended = true;
	flow_label_sock(flows, &second, false);
	connect_to(flows, &second, 8080);

	/* It was read to be gone before these were taken in. */
	old->ended = true;
	old->gone_ns = 9;
	challenge = packet_of(&server, 5000, TCP_FLAG_ACK);
	reset = packet_of(&second, 8080, TCP_FLAG_RST);
	assert_string_equal(label_at_port(flows, SIDE_SERVER, false, &syn, 5), "s1");
	assert_string_equal(label_at_port(flows, SIDE_SERVER, true, &challenge, 6), "s1");
	assert_string_equal(label_at_port(flows, SIDE_SERVER, false, &reset, 7), "s1");
	assert_string_equal(label_at_port(flows, SIDE_SERVER, false, &syn, 8), "s2");
	assert_string_equal(label_at_port(flows, SIDE_SERVER, true, &synack, 9), "s2");
	flows_free(flows);
}

/* tcp_v4_send_reset(): where the end before was refused, a reset without a number refuses the next. */
static void test_a_refusal_is_of_whom_it_refuses(void **state)
{
	struct flows *flows = flows_new();
	struct sock client = sock_at(SIDE_CLIENT, 5000, 10),
		    server = sock_at(SIDE_SERVER, 8080, 11);
	struct packet syn, refused;

	(void)state;
	flow_label_sock(flows, &client, false);
	connect_to(flows, &client, 8080);
	syn = packet_of(&client, 8080, TCP_FLAG_SYN);
	refused = packet_of(&server, 5000, TCP_FLAG_RST | TCP_FLAG_ACK);
	assert_string_equal(label_at_port(flows, SIDE_CLIENT, true, &syn, 1), "c1");
	assert_string_equal(label_at_port(flows, SIDE_CLIENT, false, &refused, 2), "c1");
	client.flow->ended = true;
	/* the server dials back, from the same ports */
	flow_label_sock(flows, &server, false);
	connect_to(flows, &server, 5000);
	syn = packet_of(&server, 5000, TCP_FLAG_SYN);
	refused = packet_of(&client, 8080, TCP_FLAG_RST | TCP_FLAG_ACK);
	assert_string_equal(label_at_port(flows, SIDE_CLIENT, false, &syn, 3), "c2");
	assert_string_equal(label_at_port(flows, SIDE_CLIENT, true, &refused, 4), "c2");
	flows_free(flows);
}

static void test_objects_go_by_cookie_first(void **state)
{
	struct flows *flows = flows_new();
	struct sock client = sock_at(SIDE_CLIENT, 5000, 10);
	struct trace_event traced = {.sk = 0x1000, .cookie = 10, .object = OBJECT_FULL};
	char label[SOCK_LABEL_SIZE];

	(void)state;
	flow_label_sock(flows, &client, false);
	traced.event.kind = EVENT_TRANSITION;
	flow_name_object(flows, &traced, label); /* CLOSE -> SYN_SENT has no ports */
	assert_string_equal(label, "c1");
	traced.cookie = 0; /* by its object now */
	flow_name_object(flows, &traced, label);
	assert_string_equal(label, "c1");
	traced.event.kind = EVENT_DESTROY;
	flow_name_object(flows, &traced, label);
	assert_string_equal(label, "c1");
	flow_name_object(flows, &traced, label);
	assert_string_equal(label, "");
	flows_free(flows);
}

/* Traced before it has the address of its client, it looks like its listener. */
static void test_a_child_is_not_its_listener(void **state)
{
	struct flows *flows = flows_new();
	struct sock listener = sock_at(SIDE_SERVER, 8080, 20);
	struct trace_event traced = {.sk = 0x2000,
	                             .local = at(SIDE_SERVER, 8080),
	                             .object = OBJECT_FULL,
	                             .event = {.kind = EVENT_TRANSITION, .host = SIDE_SERVER}};
	char label[SOCK_LABEL_SIZE];

	(void)state;
	flow_label_sock(flows, &listener, true);
	listener.listening = true;
	flow_bound(flows, &listener);
	traced.listener_child = true;
	flow_name_object(flows, &traced, label);
	assert_string_equal(label, "");
	traced.listener_child = false;
	flow_name_object(flows, &traced, label);
	assert_string_equal(label, "l1");
	flows_free(flows);
}

/* The end before was not read since it is gone, by a process that comes late. */
static void test_a_request_goes_by_its_child(void **state)
{
	struct flows *flows = flows_new();
	struct sock first = sock_at(SIDE_CLIENT, 5000, 10), second = sock_at(SIDE_CLIENT, 5000, 11);
	struct trace_event child = {.sk = 0x3000,
	                            .local = at(SIDE_SERVER, 8080),
	                            .remote = at(SIDE_CLIENT, 5000),
	                            .object = OBJECT_FULL,
	                            .listener_child = true,
	                            .event = {.kind = EVENT_TRANSITION, .host = SIDE_SERVER}};
	struct trace_event request = {.sk = 0x4000,
	                              .local = at(SIDE_SERVER, 8080),
	                              .remote = at(SIDE_CLIENT, 5000),
	                              .object = OBJECT_REQUEST,
	                              .event = {.kind = EVENT_MINI_SOCKET, .host = SIDE_SERVER}};
	char label[SOCK_LABEL_SIZE];

	(void)state;
	flow_label_sock(flows, &first, false);
	connect_to(flows, &first, 8080);
	seen(flows, first.flow, STATE_CLOSE, 10);
	seen(flows, first.flow->peer, STATE_LAST_ACK, 20);
	flow_label_sock(flows, &second, false);
	connect_to(flows, &second, 8080);
	flow_name_object(flows, &child, label);
	assert_string_equal(label, "s2");
	request.event.mini.object = OBJECT_REQUEST;
	request.event.mini.change = MINI_ACCEPTED;
	request.child = child.sk;
	flow_name_object(flows, &request, label);
	assert_string_equal(label, "s2");
	flows_free(flows);
}

/* tcp_check_req(): the listener sends it, and it is the connection's that is refused. */
static void test_a_listeners_reset_is_anothers(void **state)
{
	struct flows *flows = flows_new();
	struct sock listener = sock_at(SIDE_SERVER, 8080, 20);
	struct sock client = sock_at(SIDE_CLIENT, 5000, 10);
	struct trace_event traced = {.event.host = SIDE_SERVER,
	                             .event.kind = EVENT_RESET,
	                             .event.reset = {.sent = true, .state = STATE_LISTEN},
	                             .sk = 0x1000,
	                             .cookie = 20,
	                             .object = OBJECT_FULL,
	                             .local = at(SIDE_SERVER, 8080),
	                             .remote = at(SIDE_CLIENT, 5000)};
	char label[SOCK_LABEL_SIZE];

	(void)state;
	flow_label_sock(flows, &listener, true);
	flow_name_object(flows, &traced, label); /* of nobody that is known */
	assert_string_equal(label, "l1");
	flow_label_sock(flows, &client, false);
	connect_to(flows, &client, 8080);
	flow_name_object(flows, &traced, label);
	assert_string_equal(label, "s1");
	flows_free(flows);
}

/* From an address that is nobody's: the host that it reaches may answer. */
static void test_an_injected_syn_begins_a_flow(void **state)
{
	struct flows *flows = flows_new();
	struct packet syn = {.protocol = IPPROTO_TCP,
	                     .flags = TCP_FLAG_SYN,
	                     .src = {.family = AF_INET, .addr = {10, 0, 0, 77}, .port = 1},
	                     .dst = at(SIDE_SERVER, 8080)};
	struct flow_ends ends;

	(void)state;
	ends = flow_of_packet(flows, SIDE_CLIENT, SIDE_SERVER, &syn);
	assert_null(ends.sender);
	assert_string_equal(ends.receiver->label, "s1");
	assert_ptr_equal(flow_of_packet(flows, SIDE_CLIENT, SIDE_SERVER, &syn).receiver,
	                 ends.receiver);
	flows_free(flows);
}

static void test_the_first_is_due(void **state)
{
	enum { COUNT = 200 };
	static struct flow flows[COUNT];
	struct due due = {0};
	uint32_t random = 1;

	(void)state;
	for (int step = 0; step < 20000; step++) {
		struct flow *flow = &flows[(random >> 8) % COUNT];
		int64_t least = INT64_MAX;

		random = random * 1664525 + 1013904223;
		assert_int_equal(
			due_set(&due, flow, random & 0x80000000 ? INT64_MAX : random & 0xffff), 0);
		if (step % 50)
			continue;
		for (int i = 0; i < COUNT; i++)
			if (flows[i].due_at && flows[i].next_ns < least)
				least = flows[i].next_ns;
		assert_int_equal(due_first(&due) ? due_first(&due)->next_ns : INT64_MAX, least);
	}
	free(due.items);
}

/* A server's end in TIME_WAIT, its peer's FIN behind it; nothing is left at the client. */
static struct flow *in_time_wait(struct flows *flows, struct sock *client, struct packet *syn)
{
	struct packet fin = packet_of(client, 80, TCP_FLAG_FIN | TCP_FLAG_ACK);
	struct flow_ends ends;

	flow_label_sock(flows, client, false);
	connect_to(flows, client, 80);
	fin.seq = 1000;
	ends = flow_of_packet(flows, SIDE_CLIENT, SIDE_SERVER, &fin);
	assert_string_equal(flow_at_port(flows, ends, false, &fin, 0)->label, "s1");
	seen(flows, client->flow, STATE_LAST_ACK, 10);
	client->flow->ended = true;
	seen(flows, ends.receiver, STATE_TIME_WAIT, 20);
	ends.receiver->last.object = OBJECT_TIME_WAIT;
	*syn = packet_of(client, 80, TCP_FLAG_SYN);
	return ends.receiver;
}

static void test_a_syn_of_the_wire_takes_the_place_of_time_wait(void **state)
{
	struct flows *flows = flows_new();
	struct sock client = sock_at(SIDE_CLIENT, 5000, 10);
	struct packet syn;
	struct flow *old = in_time_wait(flows, &client, &syn);
	struct flow_ends ends;

	(void)state;
	syn.seq = 1001; /* what the server expects: not newer */
	flow_injected(flows, SIDE_SERVER, &syn);
	ends = flow_of_packet(flows, SIDE_CLIENT, SIDE_SERVER, &syn);
	assert_ptr_equal(ends.receiver, old);
	syn.seq = 1002;
	flow_injected(flows, SIDE_SERVER, &syn);
	ends = flow_of_packet(flows, SIDE_CLIENT, SIDE_SERVER, &syn);
	assert_null(ends.sender);
	assert_string_equal(ends.receiver->label, "s2");
	/* what is found there next is its */
	assert_string_equal(flow_after(flows, old, 30)->label, "s2");
	seen(flows, ends.receiver, STATE_SYN_RECV, 30);
	/* and the SYN's sight at the port comes later */
	ends = flow_of_packet(flows, SIDE_CLIENT, SIDE_SERVER, &syn);
	assert_string_equal(flow_at_port(flows, ends, false, &syn, 0)->label, "s2");
	flows_free(flows);
}

static void test_a_syn_of_the_wire_begins_where_nothing_is_left(void **state)
{
	struct flows *flows = flows_new();
	struct sock client = sock_at(SIDE_CLIENT, 5000, 10);
	struct packet syn;
	struct flow *old = in_time_wait(flows, &client, &syn);
	struct flow_ends ends;

	(void)state;
	old->ended = true;
	syn.seq = 1;
	flow_injected(flows, SIDE_SERVER, &syn);
	flow_injected(flows, SIDE_SERVER, &syn); /* again: the one before is not over */
	ends = flow_of_packet(flows, SIDE_CLIENT, SIDE_SERVER, &syn);
	assert_string_equal(ends.receiver->label, "s2");
	flows_free(flows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_ends_have_one_number),
		cmocka_unit_test(test_a_simultaneous_open_is_one_connection),
		cmocka_unit_test(test_a_tuple_used_again_is_another_flow),
		cmocka_unit_test(test_a_syn_reaches_the_end_that_is_there),
		cmocka_unit_test(test_a_refusal_is_of_whom_it_refuses),
		cmocka_unit_test(test_objects_go_by_cookie_first),
		cmocka_unit_test(test_a_child_is_not_its_listener),
		cmocka_unit_test(test_a_request_goes_by_its_child),
		cmocka_unit_test(test_a_listeners_reset_is_anothers),
		cmocka_unit_test(test_an_injected_syn_begins_a_flow),
		cmocka_unit_test(test_a_syn_of_the_wire_takes_the_place_of_time_wait),
		cmocka_unit_test(test_a_syn_of_the_wire_begins_where_nothing_is_left),
		cmocka_unit_test(test_the_first_is_due),
	};

	return cmocka_run_group_tests_name("flow", tests, NULL, NULL);
}
