// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The same where nft drops the packet and the tap alone has seen it: host unreachable is
 * no reason to end a connection (RFC 1122, 4.2.3.9), whose bytes come when they are sent
 * again.
 */
#include "../../harness/probe.h"

static const struct packet_match data = {.from = SIDE_CLIENT, .payload = PAYLOAD_SOME};

static void run(struct probe_run *run)
{
	struct sock *client, *server;
	uint32_t rule;

	flow_establish(run, 8080, &client, &server);
	rule = wire_reject(run, data, REJECT_HOST, 0);
	sock_send(client, 10);
	await_sent_in_all(run, data, 1);
	wire_restore(run, rule);
	(void)sock_receive(server, 10);
}

/* How many segments were lost, or ICMP errors came to the client. */
static struct measured measure_flights(struct judge *judge, bool told)
{
	const struct story *story = judged_story(judge);
	int64_t count = 0;

	for (size_t i = 0; i < story->flights.count; i++) {
		const struct flight *flight = &story->flights.items[i];

		count += told ? flight->injected && flight->arrival &&
		                         flight->packet->inner.dst.port == 8080
		              : flight->fate == FATE_DROPPED && flight->packet->len == 10;
	}
	return (struct measured){.value = value_count(count), .rests_on = RESTS_ON(OBSERVER_TAP)};
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "wire.reject-kernel");
	judge_count(judge, &(struct figure){
				   .name = "sender_told",
				   .predicts = measure_flights(judge, false).value,
				   .measured = measure_flights(judge, true),
			   });
	judge_count(judge, &(struct figure){
				   .name = "received",
				   .predicts = value_count(10),
				   .measured = measure_result(judge, SIDE_SERVER, "s1", "recv"),
			   });
}

const struct probe probe_wire_reject_kernel = {
	.id = "wire.reject-kernel",
	.title = "A packet is dropped by the kernel and its sender told so by us",
	.question = "Does an error that is not final leave a connection alone?",
	.kernel_path = "nft_do_chain_netdev(), tcp_v4_err(), tcp_v6_err()",
	.wire = WIRE_KERNEL,
	.claims = {{"wire.reject-kernel", "-",
                    "Each lost segment is told of, and its bytes come in the end."}},
	.run = run,
	.judge = judge,
};
