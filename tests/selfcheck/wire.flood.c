// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SYNs of many strangers, with options: each is answered with the options that it offered,
 * and nobody resets the answers.
 */
#include "../../harness/probe.h"

#define STRANGERS 100

static void run(struct probe_run *run)
{
	const struct packet syn = {
		.src.port = 40000,
		.dst.port = 8080,
		.flags = TCP_FLAG_SYN,
		.seq = 4711,
		.window = 1024,
		.mss = 536,
		.has_wscale = true,
		.wscale = 3,
		.sack_ok = true,
		.has_timestamps = true,
		.ts_val = 815,
	};
	const struct packet_match answer = {
		.from = SIDE_SERVER, .flags_mask = TCP_FLAG_SYN, .flags_value = TCP_FLAG_SYN};

	(void)sock_listen(run, SIDE_SERVER, 8080);
	wire_flood(run, SIDE_CLIENT, &syn, STRANGERS);
	await_sent_in_all(run, answer, STRANGERS);
	/* one more than the mini-sockets: the listener */
	note(run, "%zu sockets", socks_on_port(run, SIDE_SERVER, 8080));
}

/* How many SYN+ACKs echo each option of the SYN that they answer. */
static struct measured measure_answers(struct judge *judge)
{
	const struct packet_match match = {
		.from = SIDE_SERVER, .flags_mask = TCP_FLAG_SYN, .flags_value = TCP_FLAG_SYN};
	struct sent answers = sent_since(judge, &match, 0);
	int64_t count = 0;

	for (size_t i = 0; i < answers.count; i++) {
		const struct packet *packet = answers.items[i]->packet;

		count += packet->ack == 4712 && packet->mss && packet->has_wscale &&
		         packet->sack_ok && packet->has_timestamps && packet->ts_ecr == 815;
	}
	return (struct measured){.value = value_count(count), .rests_on = RESTS_ON(OBSERVER_TAP)};
}

static void judge(const struct story *story, struct judge *judge)
{
	const struct packet_match client = {.from = SIDE_CLIENT};
	struct sent resets = sent_since(judge, &client, 0);

	(void)story;
	judge_claim(judge, "wire.flood");
	judge_count(judge, &(struct figure){
				   .name = "answered_in_kind",
				   .predicts = value_count(STRANGERS),
				   .measured = measure_answers(judge),
			   });
	judge_count(judge, &(struct figure){
				   .name = "sent_by_client",
				   .predicts = value_count(0),
				   .measured = measure_sent(&resets),
			   });
}

const struct probe probe_wire_flood = {
	.id = "wire.flood",
	.title = "SYNs of a hundred strangers",
	.question = "Is each answered in kind, and does nobody reset the answers?",
	.kernel_path = "tcp_conn_request(), tcp_make_synack()",
	.wire = WIRE_KERNEL,
	.claims = {{"wire.flood", "-", "A hundred SYNs, a hundred answers, no reset."}},
	.run = run,
	.judge = judge,
};
