// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the hand does to exactly one frame: drop, duplicate, reorder, inject. Each is
 * told by what TCP makes of it.
 *
 *   client                         server
 *   SYN_SENT    ---- S ---X        dropped: comes again after 1 s
 *   ESTABLISHED ---- PA -->-->     duplicated: acknowledged twice
 *               ---- PA 1 -. .-
 *               ---- PA 2 --X-->   reordered: 2 arrives first
 *   CLOSE       <--- R ----        injected, not sent by the server
 */
#include "../../harness/probe.h"

static const struct packet_match syn = {
	.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_SYN, .flags_value = TCP_FLAG_SYN};
static const struct packet_match data = {.from = SIDE_CLIENT, .payload = PAYLOAD_SOME};

/* The last segment that the server sent: what a reset in its name must look like. */
static struct packet server_last(const struct record *rec)
{
	const struct packet_match any = {.from = SIDE_SERVER};
	struct packet_list sent;

	query_sent(rec, &any, &sent);
	return sent.count ? sent.items[sent.count - 1].packet : (struct packet){0};
}

static void run(struct probe_run *run)
{
	struct sock *listener = sock_listen(run, SIDE_SERVER, 8080);
	struct sock *client = sock_open(run, SIDE_CLIENT), *server;
	struct packet reset;
	uint32_t held;

	wire_drop_next(run, syn, 1);
	sock_connect(client, SIDE_SERVER, 8080);
	server = sock_accept(listener);

	wire_duplicate_next(run, data, 1);
	sock_send(client, 10);
	sock_receive(server, 10);

	sock_nodelay(client); /* or the second of two small sends waits for an ACK */
	held = wire_hold(run, data);
	sock_send(client, 11);
	sock_send(client, 12);
	wire_await_held(run, held, 2);
	wire_release_one(run, held, 1);
	wire_restore(run, held);
	sock_receive(server, 23);

	reset = server_last(run_record(run));
	reset.flags = TCP_FLAG_RST;
	wire_inject(run, SIDE_SERVER, &reset);
	await_state(client, STATE_GONE);
}

/* How many segments of @len bytes came out of the wire at the server's port. */
static int64_t arrived(const struct record *rec, uint16_t len, int64_t *first_ns)
{
	int64_t count = 0;

	for (size_t i = 0; i < rec->event_count; i++) {
		const struct event *event = &rec->events[i];

		if (event->kind != EVENT_PACKET || event->host != SIDE_SERVER ||
		    event->packet.arriving || event->packet.packet.len != len)
			continue;
		if (!count++)
			*first_ns = event->t_ns;
	}
	return count;
}

static int64_t left(const struct record *rec, uint16_t len)
{
	struct packet_list sent;
	int64_t count = 0;

	query_sent(rec, &data, &sent);
	for (size_t i = 0; i < sent.count; i++)
		count += sent.items[i].packet.len == len;
	return count;
}

static void judge_count(struct judge *judge, const char *name, int64_t predicted, int64_t measured)
{
	judge_compare(judge, &(struct comparison){
				     .name = name,
				     .unit = "count",
				     .predicts = value_count(predicted),
				     .measured = value_count(measured),
				     .rests_on = RESTS_ON(OBSERVER_TAP),
			     });
}

static void judge(const struct record *rec, struct judge *judge)
{
	struct packet_list syns;
	struct life life;
	int64_t first_ns = 0, second_ns = 0;

	query_sent(rec, &syn, &syns);
	judge_claim(judge, "wire.hand-verbs");
	judge_count(judge, "syns_sent", 2, (int64_t)syns.count);
	judge_truth(judge, "first_syn_delivered", NULL, false, syns.items[0].delivered,
	            RESTS_ON(OBSERVER_TAP), NULL);
	judge_count(judge, "duplicated", 2, arrived(rec, 10, &first_ns));
	/* TCP may take the overtaken segment for lost and send it again: as many as were sent */
	judge_count(judge, "eleven_bytes", left(rec, 11), arrived(rec, 11, &first_ns));
	judge_count(judge, "twelve_bytes", left(rec, 12), arrived(rec, 12, &second_ns));
	judge_truth(judge, "in_order", NULL, false, first_ns < second_ns, RESTS_ON(OBSERVER_TAP),
	            NULL);
	life_stitch(rec, SIDE_CLIENT, "c1", &life);
	judge_truth(judge, "client_was_reset", NULL, true, life_find(&life, STATE_CLOSE) >= 0,
	            RESTS_ON(OBSERVER_DIAG), NULL);
}

const struct probe probe_wire_hand_verbs = {
	.id = "wire.hand-verbs",
	.title = "The hand drops, duplicates, reorders and injects exactly one frame",
	.question = "Does each verb of the hand do what it says, to one frame and no other?",
	.kernel_path = "tcp_retransmit_timer(), tcp_data_queue(), tcp_reset()",
	.wire = WIRE_HAND,
	.claims = {{"wire.hand-verbs", "-", "One frame is dropped, doubled, overtaken, made up."}},
	.run = run,
	.judge = judge,
};
