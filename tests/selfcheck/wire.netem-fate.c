// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * netem's other verbs on the kernel wire, each made certain: everything doubled,
 * everything lost, and one frame that overtakes a delayed one. tc-netem(8).
 *
 *   client                         server
 *               ---- 10 ==>==>     duplicate 100%
 *               ---- 11 ---X       loss 100%, then restored: a retransmission arrives
 *               ---- 12 -. .-      delay 50 ms
 *               ---- 13 --X-->     delay 50 ms, reorder 100%: sent at once
 */
#include "../../harness/probe.h"

#define DELAY_US 50000

static const struct packet_match data = {.from = SIDE_CLIENT, .payload = PAYLOAD_SOME};

static void run(struct probe_run *run)
{
	struct sock *client, *server;

	flow_establish(run, 8080, &client, &server);
	sock_nodelay(client); /* or the second of two small sends waits for an ACK */
	wire_set_quality(run, SIDE_SERVER, &(struct wire_quality){.duplicate_percent = 100});
	sock_send(client, 10);
	sock_receive(server, 10);

	wire_set_quality(run, SIDE_SERVER, &(struct wire_quality){.loss_percent = 100});
	sock_send(client, 11);
	await_sent_in_all(run, data, 2);
	wire_set_quality(run, SIDE_SERVER, &(struct wire_quality){.delay_us = 0});
	sock_receive(server, 11);

	wire_set_quality(run, SIDE_SERVER, &(struct wire_quality){.delay_us = DELAY_US});
	sock_send(client, 12);
	wire_set_quality(run, SIDE_SERVER,
	                 &(struct wire_quality){.delay_us = DELAY_US, .reorder_percent = 100});
	sock_send(client, 13);
	sock_receive(server, 25);
}

/* The data segments of @len bytes, once they had come to the server's port. */
static struct measured measure_arrivals(struct judge *judge, uint16_t len)
{
	const struct story *story = judged_story(judge);
	int64_t count = 0;

	for (size_t i = 0; i < story->event_count; i++) {
		const struct event *event = story->events[i];

		count += event_arrives(event) && event->host == SIDE_SERVER &&
		         event->packet.packet.len == len;
	}
	return (struct measured){
		.value = value_count(count),
		.rests_on = RESTS_ON(OBSERVER_TAP),
		.to_ns = story->end_ns,
	};
}

/* The first departure of @len bytes; NULL: none. */
static const struct flight *first_of(struct judge *judge, uint16_t len)
{
	struct sent sent = sent_since(judge, &data, 0);

	for (size_t i = 0; i < sent.count; i++)
		if (sent.items[i]->packet->len == len)
			return sent.items[i];
	return NULL;
}

static struct measured measured_of_two(bool both, bool truth)
{
	if (!both)
		return measured_none(RESTS_ON(OBSERVER_TAP), "no such packet was seen");
	return (struct measured){.value = value_truth(truth), .rests_on = RESTS_ON(OBSERVER_TAP)};
}

static void judge(const struct story *story, struct judge *judge)
{
	const struct flight *eleven = first_of(judge, 11), *twelve = first_of(judge, 12);
	const struct flight *thirteen = first_of(judge, 13);

	(void)story;
	judge_claim(judge, "wire.netem-fate");
	judge_count(judge, &(struct figure){
				   .name = "duplicated",
				   .predicts = value_count(2),
				   .measured = measure_arrivals(judge, 10),
			   });
	judge_truth(judge, &(struct figure){
				   .name = "first_delivered",
				   .predicts = value_truth(false),
				   .measured = measured_of_two(
					   eleven, eleven && eleven->fate == FATE_DELIVERED),
			   });
	judge_count(judge, &(struct figure){
				   .name = "resent_arrived",
				   .predicts = value_count(1),
				   .measured = measure_arrivals(judge, 11),
			   });
	judge_truth(judge,
	            &(struct figure){
			    .name = "overtaken",
			    .predicts = value_truth(true),
			    .measured = measured_of_two(
				    twelve && thirteen && twelve->arrival && thirteen->arrival,
				    twelve && thirteen && thirteen->arrive_ns < twelve->arrive_ns),
		    });
}

const struct probe probe_wire_netem_fate = {
	.id = "wire.netem-fate",
	.title = "netem doubles, loses and reorders",
	.question = "Does netem on the kernel wire do to frames what it is asked to?",
	.kernel_path = "netem_enqueue()",
	.wire = WIRE_KERNEL,
	.claims = {{"wire.netem-fate", "-", "Frames are doubled, lost and reordered on demand."}},
	.run = run,
	.judge = judge,
};
