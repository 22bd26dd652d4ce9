// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What does the MSS in a SYN say? What the sender's own link takes, less the two headers
 * without their options: ipv4_default_advmss(), ip6_default_advmss(), asked by
 * tcp_connect_init() for a SYN and by tcp_make_synack() for a SYN+ACK. What is sent keeps
 * to the lesser MSS of the two, of which timestamps take twelve bytes: tcp_current_mss().
 *
 *   client, MTU m                  server, MTU n
 *               ---- S --->        MSS m - 40 (IPv6: m - 60)
 *               <--- SA ---        MSS n - 40
 *               ---- A --->        data of at most min(m, n) - 52
 */
#include "../../harness/probe.h"

#define CASES 4
#define PORT 8080
#define LENGTH 40000

#define TCP_HEADER 20
#define TIMESTAMPS 12 /* TCPOLEN_TSTAMP_ALIGNED */

static const enum side sides[] = {SIDE_CLIENT, SIDE_SERVER};

static int64_t mtu_param(const struct record *rec, const char *name)
{
	int64_t mtu = 0;

	record_param(rec, name, &mtu);
	return mtu;
}

/* The link of @side in case number @i: one end's grows as the other's shrinks. */
static int64_t mtu_of(const struct record *rec, enum side side, size_t i)
{
	int64_t least = mtu_param(rec, "least_mtu"), most = mtu_param(rec, "most_mtu");
	const int64_t mtus[CASES] = {least, 1500, (least + most) / 2, most};

	return mtus[side == SIDE_CLIENT ? i : CASES - 1 - i];
}

static void run(struct probe_run *run)
{
	for (size_t i = 0; i < CASES; i++) {
		struct sock *client, *server;

		for (size_t j = 0; j < SIDE_COUNT; j++)
			host_set_mtu(run, sides[j],
			             (unsigned int)mtu_of(run_record(run), sides[j], i));
		flow_establish(run, (uint16_t)(PORT + i), &client, &server);
		sock_send(client, LENGTH);
		sock_receive(server, LENGTH);
		sock_send(server, LENGTH);
		sock_receive(client, LENGTH);
	}
}

/* RFC 9293 3.7.1: the MTU without the headers, without their options. */
static int64_t mss_of(const struct record *rec, enum side side, size_t i)
{
	return mtu_of(rec, side, i) - (rec->family == FAMILY_IPV6 ? 40 : 20) - TCP_HEADER;
}

/* ip_rt_min_advmss, ip6_rt_min_advmss: no SYN says less, whatever the link takes. */
static int64_t advmss_of(const struct record *rec, enum side side, size_t i)
{
	int64_t least = rec->family == FAMILY_IPV6 ? 1220 : 256, mss = mss_of(rec, side, i);

	return mss < least ? least : mss;
}

/* What one end sends at most: its own link, and what the other's SYN said. */
static int64_t segment_of(const struct record *rec, enum side side, size_t i)
{
	int64_t own = mss_of(rec, side, i), peers = advmss_of(rec, side_other(side), i);

	return own < peers ? own : peers;
}

static struct measured measure_mss(struct judge *judge, const char *sock, enum side side)
{
	const struct packet_match syn = {
		.from = side, .flags_mask = TCP_FLAG_SYN, .flags_value = TCP_FLAG_SYN};
	struct sent syns = sent_on(judge, sock, &syn, (struct moment){0});
	struct measured measured = measure_sent(&syns);

	if (!syns.count)
		return measured_none(syns.rests_on, "no SYN was sent");
	measured.value = value_count(syns.items[0]->packet->mss);
	return measured;
}

static struct measured measure_longest(struct judge *judge, const char *sock, enum side side)
{
	const struct packet_match data = {.from = side, .payload = PAYLOAD_SOME};
	struct sent sent = sent_on(judge, sock, &data, (struct moment){0});
	struct measured measured = measure_sent(&sent);
	int64_t longest = 0;

	for (size_t i = 0; i < sent.count; i++)
		if (sent.items[i]->packet->len > longest)
			longest = sent.items[i]->packet->len;
	measured.value = value_count(longest);
	return measured;
}

static void judge_side(const struct record *rec, struct judge *judge, enum side side, size_t i)
{
	const char *sock = judge_text(judge, "%c%zu", side == SIDE_CLIENT ? 'c' : 's', i + 1);
	int64_t options = model_negotiated(rec).timestamps ? TIMESTAMPS : 0;

	judge_case(judge, "%s, MTU %lld, the peer's %lld", side_name(side),
	           (long long)mtu_of(rec, side, i), (long long)mtu_of(rec, side_other(side), i));
	judge_count(judge, &(struct figure){
				   .name = "mss",
				   .says = value_count(mss_of(rec, side, i)),
				   .predicts = value_count(advmss_of(rec, side, i)),
				   .measured = measure_mss(judge, sock, side),
				   .rule = rec->family == FAMILY_IPV6 ? "ip6_default_advmss()"
	                                                              : "ipv4_default_advmss()",
			   });
	judge_count(judge,
	            &(struct figure){
			    .name = "longest_segment",
			    .predicts = value_count(segment_of(rec, side, i) - options),
			    .measured = measure_longest(judge, sock, side),
			    .rule = "tcp_sync_mss(), tcp_current_mss(): the peer's MSS, the path's "
				    "MTU, less the options",
		    });
}

static void judge(const struct story *story, struct judge *judge)
{
	judge_claim(judge, "open.mss-from-mtu");
	for (size_t i = 0; i < CASES; i++)
		for (size_t j = 0; j < SIDE_COUNT; j++)
			judge_side(story->rec, judge, sides[j], i);
}

const struct probe probe_open_mss_from_mtu = {
	.id = "open.mss-from-mtu",
	.title = "The MSS in a SYN, from the MTU of the link",
	.question = "What MSS do the two SYNs carry, and how long are segments then?",
	.kernel_path = "tcp_connect_init(), tcp_make_synack(), ipv4_default_advmss(), "
		       "ip6_default_advmss(), tcp_current_mss(); RFC 9293 3.7.1, RFC 6691",
	.wire = WIRE_KERNEL,
	.claims = {{"open.mss-from-mtu", "D",
                    "Each SYN carries an MSS that is the link's MTU less the headers of IP and "
                    "TCP."}},
	.params = {{"least_mtu", 1280, 1280, "the smallest MTU of the four, bytes"},
                   {"most_mtu", 9000, 9000, "the greatest, bytes"}},
	.run = run,
	.judge = judge,
};
