// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A router between the hosts: it takes a hop, and says of a segment that is too big for the
 * way behind it how big it may be (RFC 1191, RFC 8201). TCP sends the bytes again in parts.
 *
 *   client              router             server
 *   ESTABLISHED ---- 1400 --X    1300 at most
 *               <--- ICMP, mtu 1300
 *               ---- parts ------------------->
 */
#include "../../harness/probe.h"

#define PATH_MTU 1300
#define BYTES 1400

static const struct packet_match data = {.from = SIDE_CLIENT, .payload = PAYLOAD_SOME};

static void run(struct probe_run *run)
{
	struct sock *client, *server;

	flow_establish(run, 8080, &client, &server);
	wire_set_path_mtu(run, SIDE_SERVER, PATH_MTU);
	sock_send(client, BYTES);
	(void)sock_receive(server, BYTES);
}

/* What came to the client and tells an MTU: that MTU. */
static struct measured measure_mtu(struct judge *judge)
{
	const struct story *story = judged_story(judge);

	for (size_t i = 0; i < story->event_count; i++) {
		const struct event *event = story->events[i];

		if (event_arrives(event) && event->host == SIDE_CLIENT &&
		    event->packet.packet.icmp_mtu)
			return (struct measured){.value =
			                                 value_count(event->packet.packet.icmp_mtu),
			                         .rests_on = RESTS_ON(OBSERVER_TAP)};
	}
	return measured_none(RESTS_ON(OBSERVER_TAP), "nobody told an MTU");
}

/* The greatest payload that came to the server. */
static struct measured measure_largest(struct judge *judge)
{
	const struct story *story = judged_story(judge);
	int64_t largest = 0;

	for (size_t i = 0; i < story->event_count; i++) {
		const struct event *event = story->events[i];

		if (event_arrives(event) && event->host == SIDE_SERVER &&
		    event->packet.packet.len > largest)
			largest = event->packet.packet.len;
	}
	return (struct measured){.value = value_count(largest), .rests_on = RESTS_ON(OBSERVER_TAP)};
}

/* What is left of the hops of the first packet at the server. */
static struct measured measure_hops(struct judge *judge)
{
	const struct story *story = judged_story(judge);

	for (size_t i = 0; i < story->event_count; i++)
		if (event_arrives(story->events[i]) && story->events[i]->host == SIDE_SERVER)
			return (struct measured){
				.value = value_count(story->events[i]->packet.packet.ttl),
				.rests_on = RESTS_ON(OBSERVER_TAP)};
	return measured_none(RESTS_ON(OBSERVER_TAP), "nothing arrived");
}

static void judge(const struct story *story, struct judge *judge)
{
	struct sent sent = sent_since(judge, &data, 0);
	/* the IP and TCP headers with time stamps, tcp_mtu_to_mss() */
	const bool v6 = story->rec->family == FAMILY_IPV6;
	const int64_t most = PATH_MTU - (v6 ? 40 : 20) - 20 - 12;

	judge_claim(judge, "wire.routed");
	judge_count(judge, &(struct figure){
				   .name = "hops_left",
				   .predicts = value_count(63),
				   .measured = measure_hops(judge),
			   });
	judge_count(judge, &(struct figure){
				   .name = "mtu_told",
				   .predicts = value_count(PATH_MTU),
				   .measured = measure_mtu(judge),
			   });
	judge_count(judge, &(struct figure){
				   .name = "largest_segment",
				   .predicts = value_count(most),
				   .measured = measure_largest(judge),
			   });
	judge_count(judge, &(struct figure){
				   .name = "segments_sent",
				   .predicts = value_count(3),
				   .measured = measure_sent(&sent),
			   });
}

const struct probe probe_wire_routed = {
	.id = "wire.routed",
	.title = "A router takes a hop, and tells the MTU of the way behind it",
	.question = "Does a segment that is too big come in parts after the router has spoken?",
	.kernel_path = "ip_forward(), ip6_forward(), tcp_v4_mtu_reduced(), tcp_simple_retransmit()",
	.wire = WIRE_ROUTED,
	.claims = {{"wire.routed", "-", "One hop less, and segments that fit."}},
	.run = run,
	.judge = judge,
};
