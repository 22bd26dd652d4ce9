// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The MTU of a host's own link is what its SYN tells of, and what is sent keeps to the
 * smaller of both.
 *
 *   client                         server
 *   MSS of its link ---- S ----->  MSS of its link
 *                   ---- A ----->  segments of at most the smaller one
 */
#include "../../harness/probe.h"

enum { LENGTH = 30000 };

static const struct packet_match data = {.from = SIDE_CLIENT, .payload = PAYLOAD_SOME};

static void run(struct probe_run *run)
{
	struct sock *client, *server;

	host_set_mtu(run, SIDE_CLIENT, (unsigned int)param(run, "client_mtu"));
	host_set_mtu(run, SIDE_SERVER, (unsigned int)param(run, "server_mtu"));
	flow_establish(run, 8080, &client, &server);
	sock_send(client, LENGTH);
	sock_receive(server, LENGTH);
}

/* ipv4_default_advmss(), ip6_default_advmss() */
static int64_t mss_of(const struct record *rec, const char *mtu)
{
	int64_t bytes = 0;

	(void)record_param(rec, mtu, &bytes);
	return bytes - (rec->family == FAMILY_IPV6 ? 40 : 20) - 20;
}

static struct measured measure_mss(struct judge *judge, enum side from)
{
	const struct packet_match syn = {
		.from = from, .flags_mask = TCP_FLAG_SYN, .flags_value = TCP_FLAG_SYN};
	struct sent syns = sent_since(judge, &syn, 0);

	if (!syns.count)
		return measured_none(syns.rests_on, "no SYN was sent");
	return (struct measured){.value = value_count(syns.items[0]->packet->mss),
	                         .rests_on = syns.rests_on};
}

static struct measured measure_longest(struct judge *judge)
{
	struct sent sent = sent_since(judge, &data, 0);
	int64_t longest = 0;

	for (size_t i = 0; i < sent.count; i++)
		if (sent.items[i]->packet->len > longest)
			longest = sent.items[i]->packet->len;
	return (struct measured){.value = value_count(longest), .rests_on = sent.rests_on};
}

static void judge_bytes(struct judge *judge, const char *name, int64_t predicts,
                        struct measured measured)
{
	judge_count(judge, &(struct figure){
				   .name = name,
				   .predicts = value_count(predicts),
				   .measured = measured,
				   .rule = "tcp_advertise_mss(), tcp_mtu_to_mss()",
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	const int64_t client = mss_of(story->rec, "client_mtu");
	const int64_t server = mss_of(story->rec, "server_mtu");

	judge_claim(judge, "wire.mtu");
	judge_bytes(judge, "client_mss", client, measure_mss(judge, SIDE_CLIENT));
	judge_bytes(judge, "server_mss", server, measure_mss(judge, SIDE_SERVER));
	/* less the 12 bytes of timestamps */
	judge_bytes(judge, "longest", (client < server ? client : server) - 12,
	            measure_longest(judge));
}

static const struct variant variants[] = {
	{.suffix = "small", .title = "1280 and 1600 bytes"},
	{
		.suffix = "jumbo",
		.title = "9000 bytes on both",
		.params = {{"client_mtu", 9000, 9000, NULL}, {"server_mtu", 9000, 9000, NULL}},
	},
	{0},
};

const struct probe probe_wire_mtu = {
	.id = "wire.mtu",
	.title = "The MTU of a host's own link",
	.question = "Does each SYN tell of its link's MTU, and do segments keep to the smaller?",
	.kernel_path = "tcp_advertise_mss(), ipv4_default_advmss(), ip6_default_advmss()",
	.wire = WIRE_KERNEL,
	.claims = {{"wire.mtu", "-", "The MSS is the MTU less the headers."}},
	.params = {{"client_mtu", 1280, 1280, "bytes"}, {"server_mtu", 1600, 1600, "bytes"}},
	.variants = variants,
	.run = run,
	.judge = judge,
};
