// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A SYN is lost and its sender told so by ICMP, which quotes it. Were the quote not the
 * SYN's own, tcp_v4_err() would find no socket for it, or a sequence number out of the
 * window, and connect() would go on.
 *
 *   client                 wire
 *   SYN_SENT ---- S ---X
 *   CLOSE    <--- ICMP     port unreachable
 */
#include "../../harness/probe.h"

static const struct packet_match syn = {
	.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_SYN, .flags_value = TCP_FLAG_SYN};

static void run(struct probe_run *run)
{
	struct sock *client = sock_open(run, SIDE_CLIENT);
	uint32_t rule = wire_reject(run, syn, REJECT_PORT, 0);

	sock_connect(client, SIDE_SERVER, 8080);
	(void)sock_await_error(client, AWAIT_LIMIT_MS);
	wire_restore(run, rule);
}

/* How many ICMP errors that quote the first SYN came to the client. */
static struct measured measure_told(struct judge *judge)
{
	const struct story *story = judged_story(judge);
	struct sent syns = sent_since(judge, &syn, 0);
	int64_t count = 0;

	for (size_t i = 0; syns.count && i < story->flights.count; i++) {
		const struct flight *flight = &story->flights.items[i];

		count += flight->injected && flight->arrival && flight->packet->inner.src.family &&
		         flight->packet->inner.seq == syns.items[0]->packet->seq &&
		         endpoint_equal(&flight->packet->inner.src, &syns.items[0]->packet->src);
	}
	return (struct measured){.value = value_count(count), .rests_on = RESTS_ON(OBSERVER_TAP)};
}

static void judge(const struct story *story, struct judge *judge)
{
	struct sent syns = sent_since(judge, &syn, 0);

	(void)story;
	judge_claim(judge, "wire.reject");
	judge_errno(judge, &(struct errno_figure){
				   .host = SIDE_CLIENT,
				   .sock = "c1",
				   .call = "SO_ERROR",
				   .predicts = "ECONNREFUSED",
				   .rule = "tcp_v4_err(), icmp_err_convert[]",
			   });
	judge_count(judge, &(struct figure){
				   .name = "syns_sent",
				   .predicts = value_count(1),
				   .measured = measure_sent(&syns),
			   });
	judge_truth(judge, &(struct figure){
				   .name = "syn_lost",
				   .predicts = value_truth(true),
				   .measured = measure_all_lost(&syns),
			   });
	judge_count(judge, &(struct figure){
				   .name = "sender_told",
				   .predicts = value_count(1),
				   .measured = measure_told(judge),
			   });
}

const struct probe probe_wire_reject = {
	.id = "wire.reject",
	.title = "A packet is lost and its sender told so",
	.question = "Does the sender of a rejected SYN hear of it, and is it that SYN?",
	.kernel_path = "icmp_unreach(), tcp_v4_err(), tcp_v6_err()",
	.wire = WIRE_HAND,
	.claims = {{"wire.reject", "-", "A rejected SYN is refused, once."}},
	.run = run,
	.judge = judge,
};
