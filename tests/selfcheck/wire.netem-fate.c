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

struct arrivals {
	int64_t count, first_ns;
};

/* Segments of @len bytes as they came out at the server's port. */
static struct arrivals arrived(const struct record *rec, uint16_t len)
{
	struct arrivals seen = {0};

	for (size_t i = 0; i < rec->event_count; i++) {
		const struct event *event = &rec->events[i];

		if (event->kind != EVENT_PACKET || event->host != SIDE_SERVER ||
		    event->packet.arriving || event->packet.packet.len != len)
			continue;
		if (!seen.count++)
			seen.first_ns = event->t_ns;
	}
	return seen;
}

/* The first departure of @len bytes came out of the wire, too. */
static bool first_delivered(const struct record *rec, uint16_t len)
{
	struct packet_list sent;

	query_sent(rec, &data, &sent);
	for (size_t i = 0; i < sent.count; i++)
		if (sent.items[i].packet.len == len)
			return sent.items[i].delivered;
	return false;
}

static void judge(const struct record *rec, struct judge *judge)
{
	struct arrivals twelve = arrived(rec, 12), thirteen = arrived(rec, 13);

	judge_claim(judge, "wire.netem-fate");
	judge_compare(judge, &(struct comparison){
				     .name = "duplicated",
				     .unit = "count",
				     .predicts = value_count(2),
				     .measured = value_count(arrived(rec, 10).count),
				     .rests_on = RESTS_ON(OBSERVER_TAP),
			     });
	judge_truth(judge, "first_delivered", NULL, false, first_delivered(rec, 11),
	            RESTS_ON(OBSERVER_TAP), NULL);
	judge_truth(judge, "resent_arrived", NULL, true, arrived(rec, 11).count > 0,
	            RESTS_ON(OBSERVER_TAP), NULL);
	judge_truth(judge, "overtaken", NULL, true,
	            thirteen.count && twelve.count && thirteen.first_ns < twelve.first_ns,
	            RESTS_ON(OBSERVER_TAP), NULL);
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
