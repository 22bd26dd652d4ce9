// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A router takes one off each packet's hops and drops what has none left, which it tells the
 * sender by ICMP: ip_forward(), ip6_forward(); RFC 1812 5.3.1, RFC 4443 3.3. A socket in
 * SYN_SENT ends by that (tcp_v4_err()), unless connect() still has it locked: then the next
 * SYN does.
 *
 *   client              router              server
 *   SYN, 64 hops  ---->        ---- 63 --->
 *   SYN, 2 hops   ---->        ---- 1 ---->
 *   SYN, 1 hop    ----X
 *                 <--- ICMP
 *   CLOSE: EHOSTUNREACH
 */
#include "../../harness/probe.h"

static const char *hops_option(const struct record *rec)
{
	return rec->family == FAMILY_IPV6 ? "IPV6_UNICAST_HOPS" : "IP_TTL";
}

static void run(struct probe_run *run)
{
	struct sock *listener = sock_listen(run, SIDE_SERVER, 8080);

	for (int64_t hops = 64; hops; hops = hops == 64 ? 2 : hops - 1) {
		struct sock *client = sock_open(run, SIDE_CLIENT); /* c1 to c3 */

		sock_option(client, hops_option(run_record(run)), hops);
		sock_connect(client, SIDE_SERVER, 8080);
		if (hops > 1)
			(void)sock_accept(listener);
		else
			(void)sock_await_error(client, 2LL * AWAIT_LIMIT_MS);
	}
}

/* The hops that the first segment of @sock has left at the server; 0: it did not arrive. */
static struct measured measure_hops(struct judge *judge, const char *sock)
{
	const struct packet_match syn = {
		.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_SYN, .flags_value = TCP_FLAG_SYN};
	struct sent sent = sent_on(judge, sock, &syn, (struct moment){0});
	struct measured measured = measure_sent(&sent);

	if (measured.why_not)
		return measured;
	if (!sent.count)
		return measured_none(measured.rests_on, "no SYN was sent");
	measured.value =
		value_count(sent.items[0]->arrival ? sent.items[0]->arrival->packet.packet.ttl : 0);
	return measured;
}

/* ICMP "time exceeded in transit" that came to the client. */
static struct measured measure_exceeded(struct judge *judge)
{
	const struct story *story = judged_story(judge);
	const bool v6 = story->rec->family == FAMILY_IPV6;
	int64_t count = 0;

	for (size_t i = 0; i < story->event_count; i++) {
		const struct event *event = story->events[i];

		count += event_arrives(event) && event->host == SIDE_CLIENT &&
		         event->packet.packet.protocol == (v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP) &&
		         event->packet.packet.icmp_type == (v6 ? 3 : 11) &&
		         !event->packet.packet.icmp_code;
	}
	return (struct measured){.value = value_count(count), .rests_on = RESTS_ON(OBSERVER_TAP)};
}

static void judge_hops(struct judge *judge, const char *sock, int64_t hops)
{
	judge_case(judge, "%lld hops", (long long)hops);
	judge_count(judge, &(struct figure){
				   .name = "hops_left",
				   .says = value_count(hops - 1),
				   .predicts = value_count(hops - 1),
				   .measured = measure_hops(judge, sock),
				   .rule = "ip_decrease_ttl(); ip6_forward()",
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	const struct packet_match syn = {
		.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_SYN, .flags_value = TCP_FLAG_SYN};
	struct sent lost = sent_on(judge, "c3", &syn, (struct moment){0});

	(void)story;
	judge_claim(judge, "wire.ttl");
	judge_hops(judge, "c1", 64);
	judge_hops(judge, "c2", 2);
	judge_hops(judge, "c3", 1);
	judge_truth(judge, &(struct figure){
				   .name = "dropped",
				   .says = value_truth(true),
				   .predicts = value_truth(true),
				   .measured = measure_all_lost(&lost),
				   .rule = "ip_forward(): ttl <= 1, kfree_skb()",
			   });
	judge_count(judge,
	            &(struct figure){
			    .name = "icmp_time_exceeded",
			    .predicts = value_count((int64_t)lost.count),
			    .measured = measure_exceeded(judge),
			    .rule = "icmp_send(ICMP_TIME_EXCEEDED): one for each that is dropped",
			    .unpredicted = lost.why_not,
			    .predicted_from = lost.rests_on,
		    });
	judge_errno(judge, &(struct errno_figure){
				   .host = SIDE_CLIENT,
				   .sock = "c3",
				   .call = "SO_ERROR",
				   .predicts = "EHOSTUNREACH",
				   .rule = "tcp_v4_err() in SYN_SENT; icmpv6_err_convert()",
			   });
}

const struct probe probe_wire_ttl = {
	.id = "wire.ttl",
	.title = "A router counts the hops of a packet",
	.question = "What does a router do to a packet's TTL, and what becomes of one with 1 left?",
	.kernel_path = "ip_forward(), ip6_forward(), icmp_send(), tcp_v4_err(), tcp_v6_err()",
	.wire = WIRE_ROUTED,
	.claims = {{"wire.ttl", "D",
                    "A router takes one off the TTL; at 0 the packet is dropped and ICMP comes "
                    "back."}},
	.run = run,
	.judge = judge,
};
