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
	const struct event *event, *last = NULL;

	for (size_t i = 0; (event = query_sent(rec, "", &any, i)); i++)
		last = event;
	return last ? last->packet.packet : (struct packet){0};
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

/* Of @len bytes, what came out of the wire at the server's port, or what left the client. */
static struct measured measure_segments(struct judge *judge, uint16_t len, bool arrived)
{
	const struct story *story = judged_story(judge);
	int64_t count = 0;

	for (size_t i = 0; i < story->event_count; i++) {
		const struct event *event = story->events[i];

		count += (arrived ? event_arrives(event) && event->host == SIDE_SERVER
		                  : event_departs(event) && event->host == SIDE_CLIENT) &&
		         event->packet.packet.len == len;
	}
	return (struct measured){.value = value_count(count), .rests_on = RESTS_ON(OBSERVER_TAP)};
}

/* Whether the first of 12 bytes came out of the wire before the first of 11. */
static struct measured measure_overtaken(struct judge *judge)
{
	struct sent sent = sent_since(judge, &data, 0);
	int64_t arrived_ns[13] = {0};

	for (size_t i = sent.count; i-- > 0;)
		if (sent.items[i]->packet->len < 13 && sent.items[i]->arrival)
			arrived_ns[sent.items[i]->packet->len] = sent.items[i]->arrive_ns;
	if (!arrived_ns[11] || !arrived_ns[12])
		return measured_none(RESTS_ON(OBSERVER_TAP), "not both arrived");
	return (struct measured){
		.value = value_truth(arrived_ns[12] < arrived_ns[11]),
		.rests_on = RESTS_ON(OBSERVER_TAP),
	};
}

static void judge_syns(struct judge *judge)
{
	struct sent syns = sent_since(judge, &syn, 0), first = syns;

	judge_count(judge, &(struct figure){
				   .name = "syns_sent",
				   .predicts = value_count(2),
				   .measured = measure_sent(&syns),
			   });
	first.count = syns.count ? 1 : 0;
	judge_truth(judge, &(struct figure){
				   .name = "first_syn_lost",
				   .predicts = value_truth(true),
				   .measured = measure_all_lost(&first),
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "wire.hand-verbs");
	judge_syns(judge);
	judge_count(judge, &(struct figure){
				   .name = "duplicated",
				   .predicts = value_count(2),
				   .measured = measure_segments(judge, 10, true),
			   });
	/* TCP may take the overtaken segment for lost and send it again: as many as were sent */
	for (uint16_t len = 11; len <= 12; len++) {
		judge_case(judge, "%u bytes", len);
		judge_count(judge, &(struct figure){
					   .name = "arrived",
					   .predicts = measure_segments(judge, len, false).value,
					   .measured = measure_segments(judge, len, true),
				   });
	}
	judge_case(judge, "%s", "");
	judge_truth(judge, &(struct figure){
				   .name = "overtaken",
				   .predicts = value_truth(true),
				   .measured = measure_overtaken(judge),
			   });
	judge_truth(judge,
	            &(struct figure){
			    .name = "client_was_reset",
			    .predicts = value_truth(true),
			    .measured = measure_entered(judge, SIDE_CLIENT, "c1", STATE_CLOSE),
		    });
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
