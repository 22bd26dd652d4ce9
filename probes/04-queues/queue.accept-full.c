// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The accept queue is full, and a third ACK, data and a new SYN arrive. With backlog + 1
 * connections in it sk_acceptq_is_full() says no in two places: tcp_conn_request() for a
 * SYN, tcp_v4_syn_recv_sock() for what completes a handshake that had begun before. Twice:
 * with tcp_abort_on_overflow 0 and 1.
 *
 *   over                           server
 *   SYN_SENT    ---- S ---->       SYN_RECV
 *   ESTABLISHED <--- SA ----
 *               ---- A --- - ->    dropped: the queue is full
 *   late
 *   SYN_SENT    ---- S --- - ->    dropped
 *   over        <--- SA ----       sent again, as if no ACK had come
 *               ---- PA -- - ->    dropped, sent again
 *                                  accept(): there is room
 *               ---- PA ---->      ESTABLISHED
 */
#include "../../harness/probe.h"

enum { FEWEST = 2, MOST = 64, REQUEST_BYTES = 100 };

/* The two listeners, and what tcp_abort_on_overflow is when theirs overflows. */
enum { PORT_DROPS = 8080, PORT_RESETS = 8081 };

static const struct packet_match third_ack = {
	.from = SIDE_CLIENT,
	.flags_mask = TCP_FLAG_SYN | TCP_FLAG_ACK | TCP_FLAG_RST,
	.flags_value = TCP_FLAG_ACK,
	.payload = PAYLOAD_NONE,
};

/* A listener whose queue is full, and the client whose third ACK came too late for it. */
struct overflow {
	struct sock *listener, *over, *late;
	size_t queued;
};

static struct sock *connect_to(struct probe_run *run, uint16_t port)
{
	struct sock *client = sock_open(run, SIDE_CLIENT);

	sock_connect(client, SIDE_SERVER, port);
	return client;
}

/* Two handshakes that began while there was room, of which one fills the queue. */
static void overfill(struct probe_run *run, uint16_t port, int64_t most, struct overflow *full)
{
	struct packet_match held_ack = third_ack;
	struct sock *clients[MOST];
	struct sock *last;
	uint32_t held;

	full->listener = sock_listen_with(
		run, SIDE_SERVER,
		(struct sock_config){.port = port, .backlog = (int)param(run, "backlog")});
	full->queued = (size_t)model_accept_queue(most);
	socks_connect_many(
		run, (struct many){.side = SIDE_CLIENT, .count = full->queued - 1, .to_port = port},
		clients);
	for (size_t i = 0; i < full->queued - 1; i++)
		await_state(sock_peer(clients[i]), STATE_ESTABLISHED);
	held_ack.dst_port = port;
	held = wire_hold(run, held_ack);
	last = connect_to(run, port);
	wire_await_held(run, held, 1);
	full->over = connect_to(run, port);
	wire_await_held(run, held, 2);
	wire_release_one(run, held, 0);
	await_state(sock_peer(last), STATE_ESTABLISHED);
	wire_restore(run, held);
	full->late = connect_to(run, port);
}

static void run_dropped(struct probe_run *run, int64_t most)
{
	const struct packet_match syn_ack = {.from = SIDE_SERVER,
	                                     .src_port = PORT_DROPS,
	                                     .flags_mask = TCP_FLAG_SYN,
	                                     .flags_value = TCP_FLAG_SYN};
	const struct packet_match data = {.from = SIDE_CLIENT, .payload = PAYLOAD_SOME};
	struct overflow full;
	struct sock *servers[MOST];

	sysctl_set(run, SIDE_SERVER, "net.ipv4.tcp_abort_on_overflow", "0");
	overfill(run, PORT_DROPS, most, &full);
	await_sent_in_all(run, syn_ack, (unsigned int)full.queued + 2); /* over's again */
	await_sent_in_all(run, match_of(full.late, TCP_FLAG_SYN), 2);
	sock_send(full.over, REQUEST_BYTES); /* now: tcp_retries2 may give it less than a second */
	await_sent_in_all(run, data, 2);
	socks_on_port(run, SIDE_SERVER, PORT_DROPS);
	counters_mark(run, "full");
	socks_accept_many(full.listener, full.queued, servers);
	await_state(sock_peer(full.over), STATE_ESTABLISHED);
	sock_receive(sock_accept(full.listener), REQUEST_BYTES);
	await_state(full.late, STATE_ESTABLISHED);
	(void)sock_accept(full.listener);
	sock_close(full.listener);
	counters_mark(run, "room");
}

static void run_reset(struct probe_run *run, int64_t most)
{
	struct overflow full;

	sysctl_set(run, SIDE_SERVER, "net.ipv4.tcp_abort_on_overflow", "1");
	overfill(run, PORT_RESETS, most, &full);
	sock_await_failure(full.over, AWAIT_LIMIT_MS);
	await_sent_in_all(run, match_of(full.late, TCP_FLAG_SYN), 2);
	socks_on_port(run, SIDE_SERVER, PORT_RESETS);
}

static void run(struct probe_run *run)
{
	const struct record *rec = run_record(run);
	int64_t most;

	if (!model_backlog(rec, SIDE_SERVER, param(run, "backlog"), &most))
		run_inconclusive(run, "net.core.somaxconn is not in the record");
	if (most < FEWEST || most >= MOST - 1)
		run_inconclusive(run, "asks for a backlog of %d to %d", FEWEST, MOST - 2);
	if (model_sysctl_or(rec, SIDE_SERVER, "net.ipv4.tcp_syncookies", 1) == 2)
		run_inconclusive(run, "with tcp_syncookies 2 no connection is half-open");
	if (!model_sysctl_or(rec, SIDE_SERVER, "net.ipv4.tcp_synack_retries", 5))
		run_inconclusive(run, "without tcp_synack_retries the half-open one is gone");
	run_dropped(run, most);
	run_reset(run, most);
}

/* ---- judge */

/* The clients go by their numbers: those that fill the queue, over and late, twice. */
static const char *client_label(struct judge *judge, int64_t most, uint16_t port, bool late)
{
	int64_t number = model_accept_queue(most) + 1 + late;

	if (port == PORT_RESETS)
		number += model_accept_queue(most) + 2;
	return judge_text(judge, "c%lld", (long long)number);
}

static struct measured measure_port(struct judge *judge, uint16_t port, enum tcp_state state)
{
	return measure_sockets_in(judge, SIDE_SERVER, port, state,
	                          state == STATE_SYN_RECV ? OBJECT_REQUEST : OBJECT_FULL);
}

/* What came for a queue that was full: of over all but its SYN, of late its SYNs. */
static int64_t count_refused(struct judge *judge, int64_t most, struct moment until)
{
	const struct packet_match of_client = {.from = SIDE_CLIENT};
	struct sent over = sent_before(sent_on(judge, client_label(judge, most, PORT_DROPS, false),
	                                       &of_client, (struct moment){0}),
	                               until);
	struct sent late = sent_before(sent_on(judge, client_label(judge, most, PORT_DROPS, true),
	                                       &of_client, (struct moment){0}),
	                               until);

	return (int64_t)over.count - 1 + (int64_t)late.count;
}

/* Whether there were some of them. */
static struct measured measure_any(struct measured count)
{
	if (count.value.kind == VALUE_COUNT)
		count.value = value_truth(count.value.lo > 0);
	return count;
}

static void judge_dropped(struct judge *judge, const char *name, const char *rule,
                          struct measured measured)
{
	judge_truth(judge, &(struct figure){
				   .name = name,
				   .says = value_truth(true),
				   .predicts = value_truth(true),
				   .measured = measured,
				   .rule = rule,
			   });
}

/* What the client sent once more, before there was room: it had not been taken. */
static struct measured measure_again(struct judge *judge, const char *sock,
                                     const struct packet_match *match)
{
	struct moment room = when_called(judge, SIDE_SERVER, "s1", "accept");
	struct sent sent = sent_before(sent_on(judge, sock, match, (struct moment){0}), room);

	return measure_any(measure_resends(&sent));
}

static void judge_what_is_dropped(struct judge *judge, int64_t most)
{
	static const struct packet_match syn = {
		.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_SYN, .flags_value = TCP_FLAG_SYN};
	static const struct packet_match data = {.from = SIDE_CLIENT, .payload = PAYLOAD_SOME};

	judge_dropped(judge, "third_ack_dropped", "tcp_v4_syn_recv_sock(): exit_overflow",
	              measure_any(measure_port(judge, PORT_DROPS, STATE_SYN_RECV)));
	judge_dropped(judge, "syn_dropped", "tcp_conn_request(): sk_acceptq_is_full()",
	              measure_again(judge, client_label(judge, most, PORT_DROPS, true), &syn));
	judge_dropped(judge, "data_dropped", "tcp_check_req(): listen_overflow",
	              measure_again(judge, client_label(judge, most, PORT_DROPS, false), &data));
}

static void judge_full(struct judge *judge, int64_t most)
{
	struct moment room = when_called(judge, SIDE_SERVER, "s1", "accept");

	judge_what_is_dropped(judge, most);
	judge_count(judge, &(struct figure){
				   .name = "in_accept_queue",
				   .predicts = value_count(model_accept_queue(most)),
				   .measured = measure_port(judge, PORT_DROPS, STATE_ESTABLISHED),
				   .rule = "sk_acceptq_is_full(): more than the backlog",
			   });
	judge_count(judge, &(struct figure){
				   .name = "ListenOverflows",
				   .predicts = value_count(count_refused(judge, most, room)),
				   .predicted_from = RESTS_ON(OBSERVER_TAP),
				   .measured = measure_counter_until(
					   judge, SIDE_SERVER, "TcpExt.ListenOverflows", "full"),
				   .rule = "tcp_conn_request(), tcp_v4_syn_recv_sock()",
			   });
}

/* What people are told that the queue holds, each a figure of its own. */
static void judge_popular(struct judge *judge, int64_t backlog, int64_t most)
{
	const struct {
		const char *name;
		int64_t says;
	} popular[] = {
		{"backlog", backlog},
		{"backlog_plus_one", backlog + 1},
		{"power_of_two_above", model_power_above(backlog)},
		{"somaxconn_at_most_plus_one", most + 1},
	};

	for (size_t i = 0; i < sizeof(popular) / sizeof(popular[0]); i++)
		judge_count(judge,
		            &(struct figure){
				    .name = popular[i].name,
				    .says = value_count(popular[i].says),
				    .predicts = value_count(model_accept_queue(most)),
				    .measured = measure_port(judge, PORT_DROPS, STATE_ESTABLISHED),
				    .rule = "__sys_listen(), sk_acceptq_is_full()",
			    });
}

static void judge_overflow(struct judge *judge, int64_t most, uint16_t port)
{
	const bool resets = port == PORT_RESETS;
	const char *over = client_label(judge, most, port, false);
	const struct packet_match reset = {.from = SIDE_SERVER,
	                                   .src_port = port,
	                                   .flags_mask = TCP_FLAG_RST,
	                                   .flags_value = TCP_FLAG_RST};
	struct sent sent = sent_since(judge, &reset, 0);

	judge_case(judge, "tcp_abort_on_overflow %d", resets);
	judge_count(judge, &(struct figure){
				   .name = "resets",
				   .says = value_count(resets),
				   .predicts = value_count(resets),
				   .measured = measure_sent(&sent),
				   .rule = "tcp_check_req(): listen_overflow, embryonic_reset",
			   });
	judge_truth(judge, &(struct figure){
				   .name = "client_was_ESTABLISHED",
				   .predicts = value_truth(true),
				   .measured = measure_entered(judge, SIDE_CLIENT, over,
	                                                       STATE_ESTABLISHED),
				   .rule = "tcp_rcv_synsent_state_process(): by the SYN+ACK alone",
			   });
	judge_count(
		judge,
		&(struct figure){
			.name = "EmbryonicRsts",
			.predicts = value_count(resets),
			.measured = resets ? measure_counter_since(judge, SIDE_SERVER,
	                                                           "TcpExt.EmbryonicRsts", "room")
	                                   : measure_counter_until(judge, SIDE_SERVER,
	                                                           "TcpExt.EmbryonicRsts", "room"),
			.rule = "tcp_check_req(): embryonic_reset",
		});
}

static const struct variant variants[] = {
	{.suffix = "", .title = "as listen() asks for"},
	{.suffix = "somaxconn",
         .title = "somaxconn is less",
         .params = {{"backlog", 16, 16, "what listen() is asked for"}},
         .sysctls = {{"server:net.core.somaxconn", "3", "3"}}},
	{0},
};

static void judge(const struct story *story, struct judge *judge)
{
	int64_t backlog = 0, most = 0;

	record_param(story->rec, "backlog", &backlog);
	if (!model_backlog(story->rec, SIDE_SERVER, backlog, &most))
		return;
	judge_claim(judge, "queue.accept-full");
	judge_full(judge, most);
	judge_claim(judge, "ask.backlog-figures");
	judge_popular(judge, backlog, most);
	judge_claim(judge, "queue.abort-on-overflow");
	judge_overflow(judge, most, PORT_DROPS);
	judge_overflow(judge, most, PORT_RESETS);
}

const struct probe probe_queue_accept_full = {
	.id = "queue.accept-full",
	.title = "The accept queue is full",
	.question = "How many connections wait for accept(), and what becomes of a third ACK, of "
		    "data and of a SYN that come then?",
	.kernel_path = "sk_acceptq_is_full() in tcp_conn_request() and tcp_v4_syn_recv_sock(), "
		       "tcp_check_req(), reqsk_timer_handler()",
	.wire = WIRE_HAND,
	.claims =
		{{"queue.accept-full", "D",
                  "While the accept queue is full the third ACK is dropped, and so are new SYNs."},
                 {"queue.abort-on-overflow", "D",
                  "tcp_abort_on_overflow 0: the third ACK is dropped; 1: it is answered by a "
                  "reset."},
                 {"ask.backlog-figures", "P",
                  "The accept queue holds as many as listen() asks for, one more, or the next "
                  "power of two, but no more than somaxconn."}},
	.variants = variants,
	.params = {{"backlog", 4, 4, "what listen() is asked for, 2 to 62"}},
	.run = run,
	.judge = judge,
};
