// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The same bytes as one UDP datagram in five fragments and as five TCP segments; the second
 * is lost. The receiver keeps the other fragments for ipfrag_time, then throws them away
 * (ip_expire()) and says so, because it has the first (RFC 792, RFC 8200 4.5). TCP is told by
 * SACK what is there and sends the one segment again (tcp_sacktag_write_queue(),
 * tcp_xmit_retransmit_queue()).
 *
 *   client                      server
 *   fragments 1 2 3 4 5  - 2 lost ->  four of five, kept
 *              <---- ICMP ------      after ipfrag_time: none of it is read
 *   segments  1 2 3 4 5  - 2 lost ->  five out of five
 *             2 --------------->      once more, and nothing else
 */
#include "../../harness/probe.h"

#define BYTES 7000 /* five packets of an MTU of 1500, of either family */
#define PACKETS 5

static const struct packet_match datagram = {.from = SIDE_CLIENT, .protocol = IPPROTO_UDP};

/* "Fragment reassembly time exceeded" of the run's family. */
static struct packet_match given_up(const struct record *rec)
{
	const bool v6 = rec->family == FAMILY_IPV6;

	return (struct packet_match){
		.from = SIDE_SERVER,
		.protocol = v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP,
		.has_icmp = true,
		.icmp_type = v6 ? 3 : 11,
		.icmp_code = 1,
	};
}

static const char *frag_time_name(const struct record *rec)
{
	return rec->family == FAMILY_IPV6 ? "net.ipv6.ip6frag_time" : "net.ipv4.ipfrag_time";
}

static void lose_a_fragment(struct probe_run *run)
{
	const int64_t seconds = param(run, "frag_seconds");
	struct sock *reader = sock_open_with(
		run, SIDE_SERVER, (struct sock_config){.udp = true, .port = 5300}); /* u1 */
	struct sock *writer =
		sock_open_with(run, SIDE_CLIENT, (struct sock_config){.udp = true}); /* u2 */
	char text[24];
	uint32_t held;

	snprintf(text, sizeof(text), "%lld", (long long)seconds);
	sysctl_set(run, SIDE_SERVER, frag_time_name(run_record(run)), text);
	sock_connect(writer, SIDE_SERVER, 5300);
	held = wire_hold(run, datagram);
	sock_send(writer, BYTES);
	wire_await_held(run, held, PACKETS);
	wire_release_one(run, held, 0);
	for (int i = 2; i < PACKETS; i++)
		wire_release_one(run, held, 1); /* number 0 of what is held is the lost one */
	if (!await_sent_in_all_within(run, given_up(run_record(run)), 1,
	                              seconds * 1000 + AWAIT_LIMIT_MS))
		run_inconclusive(run, "the server did not say that it gave the fragments up");
	(void)!sock_try_receive(reader, BYTES);
}

static void run(struct probe_run *run)
{
	struct sock *client, *server;

	lose_a_fragment(run);
	flow_establish(run, 8080, &client, &server);
	/* The second segment, of whatever MSS: its first byte is MSS + 1. */
	wire_drop_next(run, match_bytes(client, 1000, 2000), 1);
	sock_send(client, BYTES);
	(void)sock_receive(server, BYTES);
}

/* How many of the packets left more than once. */
static struct measured measure_again(struct judge *judge)
{
	const struct packet_match data = {.from = SIDE_CLIENT, .payload = PAYLOAD_SOME};
	struct sent sent = sent_on(judge, "c1", &data, (struct moment){0});
	struct measured measured = measure_sent(&sent);
	int64_t again = 0;

	for (size_t i = 0; i < sent.count; i++)
		again += sent.items[i]->resent > 0;
	if (!measured.why_not)
		measured.value = value_count(again);
	return measured;
}

static struct measured measure_given_up(struct judge *judge)
{
	const struct packet_match match = given_up(judged_story(judge)->rec);
	struct sent sent = sent_on(judge, "", &match, (struct moment){0});

	return measure_sent(&sent);
}

static void judge_udp(struct judge *judge)
{
	struct sent fragments = sent_on(judge, "", &datagram, (struct moment){0});

	judge_case(judge, "UDP");
	judge_count(judge, &(struct figure){
				   .name = "packets",
				   .predicts = value_count(PACKETS),
				   .measured = measure_sent(&fragments),
				   .rule = "ip_do_fragment(): and none is sent again",
			   });
	judge_count(judge, &(struct figure){
				   .name = "bytes_read",
				   .says = value_count(0),
				   .predicts = value_count(0),
				   .measured = measure_total(judge, SIDE_SERVER, "u1", "recv"),
				   .rule = "ip_frag_reasm() needs each of them",
			   });
	judge_count(judge,
	            &(struct figure){
			    .name = "icmp_given_up",
			    .predicts = value_count(1),
			    .measured = measure_given_up(judge),
			    .rule = "ip_expire(), ip6frag_expire_frag_queue(): the first is there",
		    });
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "wire.fragment-lost");
	judge_udp(judge);
	judge_case(judge, "TCP");
	judge_count(judge, &(struct figure){
				   .name = "bytes_read",
				   .says = value_count(BYTES),
				   .predicts = value_count(BYTES),
				   .measured = measure_total(judge, SIDE_SERVER, "s1", "recv"),
				   .rule = "tcp_ofo_queue(): what came behind it was kept",
			   });
	judge_count(judge,
	            &(struct figure){
			    .name = "segments_sent_again",
			    .says = value_count(1),
			    .predicts = value_count(1),
			    .measured = measure_again(judge),
			    .rule = "tcp_mark_head_lost(), tcp_rack_detect_loss(): what no SACK "
				    "tells of, three segments before one",
		    });
}

const struct probe probe_wire_fragment_lost = {
	.id = "wire.fragment-lost",
	.title = "A fragment and a segment are lost",
	.question = "What does the loss of one packet cost UDP and TCP?",
	.kernel_path = "ip_frag_reasm(), ip_expire(), tcp_sacktag_write_queue(), "
		       "tcp_xmit_retransmit_queue()",
	.wire = WIRE_HAND,
	.claims = {{"wire.fragment-lost", "D",
                    "One lost IP fragment loses the whole datagram; TCP sends the lost segment "
                    "again and no other."}},
	.params = {{"frag_seconds", 1, 30, "ipfrag_time of the server, s"}},
	.run = run,
	.judge = judge,
};
