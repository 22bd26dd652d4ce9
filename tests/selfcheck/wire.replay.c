// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A segment is captured and sent again to the byte; another is made that the client could
 * have sent next. The server acknowledges the first as old and takes the second.
 *
 *   client                        server
 *   ESTABLISHED ---- 10 bytes -->             captured
 *               .... 10 bytes -->             replayed: acknowledged again
 *               ....  7 bytes -->             made: taken
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	struct sock *client, *server;
	struct packet made;
	uint32_t kept;

	flow_establish(run, 8080, &client, &server);
	kept = wire_capture(run, match_bytes(client, 1, 10));
	sock_send(client, 10);
	(void)sock_receive(server, 10);
	wire_await_captured(run, kept, 1);
	wire_replay(run, kept, 0);
	await_sent(run, (struct packet_match){.from = SIDE_SERVER}, 1);
	made = packet_next(client);
	made.flags |= TCP_FLAG_PSH;
	made.len = 7;
	wire_inject(run, SIDE_CLIENT, &made);
	(void)sock_receive(server, 7);
}

/* How many of @len bytes the server got, all with one sequence number and time stamp. */
static struct measured measure_arrived(struct judge *judge, uint16_t len)
{
	const struct story *story = judged_story(judge);
	const struct packet *first = NULL;
	int64_t count = 0;

	for (size_t i = 0; i < story->event_count; i++) {
		const struct packet *packet = &story->events[i]->packet.packet;

		if (!event_arrives(story->events[i]) || packet->len != len)
			continue;
		if (!first)
			first = packet;
		count += packet->seq == first->seq && packet->ts_val == first->ts_val;
	}
	return (struct measured){.value = value_count(count), .rests_on = RESTS_ON(OBSERVER_TAP)};
}

/* Whether the server acknowledged a byte that the client itself never sent. */
static struct measured measure_taken(struct judge *judge)
{
	const struct packet_match any = {.from = SIDE_CLIENT, .payload = PAYLOAD_SOME};
	const struct packet_match acks = {.from = SIDE_SERVER};
	struct sent data = sent_since(judge, &any, 0), answers = sent_since(judge, &acks, 0);

	if (!data.count || !answers.count)
		return measured_none(RESTS_ON(OBSERVER_TAP), "nothing was sent");
	return (struct measured){
		.value = value_truth(answers.items[answers.count - 1]->packet->ack ==
	                             data.items[0]->packet->seq + 17),
		.rests_on = RESTS_ON(OBSERVER_TAP)};
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "wire.replay");
	judge_count(judge, &(struct figure){
				   .name = "same_segment",
				   .predicts = value_count(2),
				   .measured = measure_arrived(judge, 10),
			   });
	judge_truth(judge, &(struct figure){
				   .name = "made_was_taken",
				   .predicts = value_truth(true),
				   .measured = measure_taken(judge),
			   });
}

const struct probe probe_wire_replay = {
	.id = "wire.replay",
	.title = "A segment is sent again to the byte, and one is made that comes next",
	.question = "Is a replayed segment the captured one, and a made one in the window?",
	.kernel_path = "tcp_data_queue(), tcp_validate_incoming()",
	.wire = WIRE_KERNEL,
	.claims = {{"wire.replay", "-", "The old segment comes twice, the made one is taken."}},
	.run = run,
	.judge = judge,
};
