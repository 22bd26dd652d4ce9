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

#define IPV4_HEADER 20
#define IPV4_LEAST_MSS 256 /* ip_rt_min_advmss */
#define VLAN_HEADER 4 /* that a link takes on top of its MTU: is_skb_forwardable() */
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

/* The cases that differ from those before, by number; how many. */
static size_t cases_of(const struct record *rec, size_t cases[CASES])
{
	size_t count = 0;

	for (size_t i = 0; i < CASES; i++) {
		size_t k = 0;

		while (k < i && (mtu_of(rec, SIDE_CLIENT, k) != mtu_of(rec, SIDE_CLIENT, i) ||
		                 mtu_of(rec, SIDE_SERVER, k) != mtu_of(rec, SIDE_SERVER, i)))
			k++;
		if (k == i)
			cases[count++] = i;
	}
	return count;
}

/* IPv6 leaves a link that is too small for its least MSS, 1220 (host_set_mtu()). */
static void mtu_set(struct probe_run *run, enum side side, size_t i)
{
	const int64_t least = IPV4_HEADER + TCP_HEADER + IPV4_LEAST_MSS - VLAN_HEADER;
	int64_t mtu = mtu_of(run_record(run), side, i);

	if (run_record(run)->family == FAMILY_IPV4 && mtu < least)
		run_inconclusive(run,
		                 "an MTU of %lld is below %lld: what the peer sends would never "
		                 "arrive, as each SYN says an MSS of %d at least",
		                 (long long)mtu, (long long)least, IPV4_LEAST_MSS);
	host_set_mtu(run, side, (unsigned int)mtu);
}

static void run(struct probe_run *run)
{
	size_t cases[CASES], count = cases_of(run_record(run), cases);

	for (size_t i = 0; i < count; i++) {
		struct sock *client, *server;

		for (size_t j = 0; j < SIDE_COUNT; j++)
			mtu_set(run, sides[j], cases[i]);
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
	return mtu_of(rec, side, i) - (rec->family == FAMILY_IPV6 ? 40 : IPV4_HEADER) - TCP_HEADER;
}

/* ip_rt_min_advmss, ip6_rt_min_advmss: no SYN says less, whatever the link takes. */
static int64_t advmss_of(const struct record *rec, enum side side, size_t i)
{
	int64_t least = rec->family == FAMILY_IPV6 ? 1220 : IPV4_LEAST_MSS,
		mss = mss_of(rec, side, i);

	return mss < least ? least : mss;
}

/* What one end sends at most: its own link, and what the other's SYN said. */
static int64_t segment_of(const struct record *rec, enum side side, size_t i)
{
	int64_t own = mss_of(rec, side, i), peers = advmss_of(rec, side_other(side), i);

	return own < peers ? own : peers;
}

static struct sent syns_of(struct judge *judge, const char *sock, enum side side)
{
	const struct packet_match syn = {
		.from = side, .flags_mask = TCP_FLAG_SYN, .flags_value = TCP_FLAG_SYN};

	return sent_on(judge, sock, &syn, (struct moment){0});
}

static struct measured measure_mss(struct judge *judge, const char *sock, enum side side)
{
	struct sent syns = syns_of(judge, sock, side);
	struct measured measured = measure_sent(&syns);

	if (!syns.count)
		return measured_none(syns.rests_on, "no SYN was sent");
	measured.value = value_count(syns.items[0]->packet->mss);
	return measured;
}

/*
 * tcp_bound_to_half_wnd(): what goes out is no longer than half of the greatest window that the
 * peer has offered yet, and its SYN's is the least of them. NULL: that is no matter.
 */
static const char *window_matters(struct judge *judge, const char *peer, enum side side,
                                  int64_t segment)
{
	struct sent syns = syns_of(judge, peer, side);
	int64_t window = syns.count ? syns.items[0]->packet->window : 0;

	if (!syns.count || segment <= window / 2)
		return NULL;
	return judge_text(judge, "%lld bytes are more than half of the window of %lld in %s's SYN",
	                  (long long)segment, (long long)window, peer);
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

static const char *label_of(struct judge *judge, enum side side, size_t i)
{
	return judge_text(judge, "%c%zu", side == SIDE_CLIENT ? 'c' : 's', i + 1);
}

/* Of @side in case number @i, whose connection was number @n. */
static void judge_side(struct judge *judge, enum side side, size_t i, size_t n)
{
	const struct record *rec = judged_story(judge)->rec;
	const char *sock = label_of(judge, side, n);
	int64_t segment =
		segment_of(rec, side, i) - (model_negotiated(rec).timestamps ? TIMESTAMPS : 0);

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
	judge_count(
		judge,
		&(struct figure){
			.name = "longest_segment",
			.predicts = value_count(segment),
			.measured = measure_longest(judge, sock, side),
			.rule = "tcp_sync_mss(), tcp_current_mss(): the peer's MSS, the path's "
				"MTU, less the options",
			.unpredicted = window_matters(judge, label_of(judge, side_other(side), n),
	                                              side_other(side), segment),
		});
}

static void judge(const struct story *story, struct judge *judge)
{
	size_t cases[CASES], count = cases_of(story->rec, cases);

	judge_claim(judge, "open.mss-from-mtu");
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < SIDE_COUNT; j++)
			judge_side(judge, sides[j], cases[i], i);
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
