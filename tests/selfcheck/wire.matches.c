// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rules of the kernel's wire that ask for bytes of the stream, for no payload, and for
 * another port.
 *
 *   client                        server
 *   ESTABLISHED ---- 10 bytes -X          bytes 1 to 10
 *               ---- 10 bytes -->         again
 *               ----  5 bytes -->
 *               X----------- ACK          without payload
 */
#include "../../harness/probe.h"

static const struct packet_match data = {.from = SIDE_CLIENT, .payload = PAYLOAD_SOME};

static void run(struct probe_run *run)
{
	struct sock *client, *server;
	struct packet_match other, acks;
	uint32_t never, bytes, bare;

	flow_establish(run, 8080, &client, &server);
	other = match_of(client, 0);
	other.dst_port++;
	never = wire_drop(run, other);
	bytes = wire_drop(run, match_bytes(client, 1, 10));
	sock_send(client, 10);
	await_sent_in_all(run, data, 1);
	wire_restore(run, bytes);
	(void)sock_receive(server, 10);

	acks = match_of(server, TCP_FLAG_ACK);
	acks.payload = PAYLOAD_NONE;
	bare = wire_drop(run, acks);
	sock_send(client, 5);
	(void)sock_receive(server, 5);
	await_sent(run, acks, 1);
	wire_restore(run, bare);
	wire_restore(run, never);
}

/* What @from sent with @len bytes: how many of them were lost, by which rule. */
static struct measured measure_lost(struct judge *judge, enum side from, uint16_t len,
                                    uint32_t rule)
{
	const struct story *story = judged_story(judge);
	int64_t count = 0;

	for (size_t i = 0; i < story->flights.count; i++) {
		const struct flight *flight = &story->flights.items[i];

		count += flight->from == from && flight->packet->len == len && flight->departure &&
		         !flight->arrival && flight->rule == rule;
	}
	return (struct measured){.value = value_count(count), .rests_on = RESTS_ON(OBSERVER_TAP)};
}

static void judge_lost(struct judge *judge, const char *name, struct measured measured)
{
	judge_count(judge, &(struct figure){
				   .name = name,
				   .predicts = value_counts(1, 2), /* again, if we were slow */
				   .measured = measured,
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "wire.matches");
	judge_lost(judge, "bytes_lost", measure_lost(judge, SIDE_CLIENT, 10, 2));
	judge_lost(judge, "acks_lost", measure_lost(judge, SIDE_SERVER, 0, 3));
	judge_count(judge, &(struct figure){
				   .name = "other_port_lost",
				   .predicts = value_count(0),
				   .measured = measure_lost(judge, SIDE_CLIENT, 5, 1),
			   });
}

const struct probe probe_wire_matches = {
	.id = "wire.matches",
	.title = "The kernel's wire loses what it is told to, by port, bytes and payload",
	.question = "Does nft drop the packets that the rule names, and no other?",
	.kernel_path = "nft_do_chain_netdev()",
	.wire = WIRE_KERNEL,
	.sysctls = {{"net.ipv4.tcp_early_retrans", "0", "0"}}, /* time-outs alone send again */
	.claims = {{"wire.matches", "-", "Bytes 1 to 10 are lost, then a bare ACK."}},
	.run = run,
	.judge = judge,
};
