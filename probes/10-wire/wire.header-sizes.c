// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How long the headers are, told by how much payload goes into one packet of the link's MTU:
 * what is left is the IP header and the transport's. For TCP that is tcp_current_mss(), 20
 * bytes less for the header and 12 less for timestamps; for UDP it is what ip_append_data()
 * sends without making fragments of it.
 *
 *   MTU 1500: | IP 20 or 40 | TCP 20 + options | payload |
 *             | IP 20 or 40 | UDP 8            | payload |
 */
#include "../../harness/probe.h"

#define MTU 1500 /* what host_set_mtu() sets here, so that it is known */
#define BYTES 5000 /* several full segments */

static const char with_timestamps[] = "with timestamps";
static const char without_options[] = "without options";

static int64_t ip_header(const struct record *rec)
{
	return rec->family == FAMILY_IPV6 ? 40 : 20;
}

static void transfer(struct probe_run *run, uint16_t port)
{
	struct sock *client, *server;

	flow_establish(run, port, &client, &server);
	sock_send(client, BYTES);
	(void)sock_receive(server, BYTES);
}

static void run(struct probe_run *run)
{
	const struct packet_match datagram = {.from = SIDE_CLIENT, .protocol = IPPROTO_UDP};
	const size_t fits = (size_t)(MTU - ip_header(run_record(run)) - 8);
	struct sock *reader = sock_open_with(
		run, SIDE_SERVER, (struct sock_config){.udp = true, .port = 5300}); /* u1 */
	struct sock *writer =
		sock_open_with(run, SIDE_CLIENT, (struct sock_config){.udp = true}); /* u2 */

	for (int side = 0; side < SIDE_COUNT; side++)
		host_set_mtu(run, (enum side)side, MTU);
	sysctl_set(run, SIDE_CLIENT, "net.ipv4.tcp_timestamps", "1");
	transfer(run, 8080); /* c1 */
	sysctl_set(run, SIDE_CLIENT, "net.ipv4.tcp_timestamps", "0");
	transfer(run, 8081); /* c2 */

	sock_connect(writer, SIDE_SERVER, 5300);
	sock_send(writer, fits);
	sock_send(writer, fits + 1);
	await_sent_in_all(run, datagram, 3);
	for (int i = 0; i < 2; i++)
		if (!sock_await_events(reader, POLLIN, AWAIT_LIMIT_MS))
			run_inconclusive(run, "no datagram came within %d ms", AWAIT_LIMIT_MS);
		else
			(void)!sock_try_receive(reader, MTU);
}

/* What the greatest payload of one packet leaves of the MTU, IP's header taken off. */
static struct measured measure_header(struct judge *judge, const char *sock,
                                      const struct packet_match *match)
{
	const int64_t room = MTU - ip_header(judged_story(judge)->rec);
	struct sent sent = sent_on(judge, sock, match, (struct moment){0});
	struct measured measured = measure_sent(&sent);
	int64_t most = 0;

	for (size_t i = 0; i < sent.count; i++)
		if (!sent.items[i]->packet->more_fragments &&
		    !sent.items[i]->packet->fragment_offset && sent.items[i]->packet->len > most)
			most = sent.items[i]->packet->len;
	if (measured.why_not)
		return measured;
	if (!most)
		return measured_none(measured.rests_on, "no payload was sent in one packet");
	measured.value = value_count(room - most);
	return measured;
}

static void judge_tcp(struct judge *judge, const char *condition, const char *sock, int64_t bytes)
{
	const struct packet_match data = {.from = SIDE_CLIENT, .payload = PAYLOAD_SOME};

	judge_case(judge, "%s", condition);
	judge_count(judge, &(struct figure){
				   .name = "tcp_header",
				   .says = value_count(20),
				   .predicts = value_count(bytes),
				   .measured = measure_header(judge, sock, &data),
				   .rule = "tcp_established_options(), tcp_current_mss()",
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	const struct packet_match datagram = {.from = SIDE_CLIENT, .protocol = IPPROTO_UDP};
	struct sent datagrams = sent_on(judge, "", &datagram, (struct moment){0});
	int64_t timestamps = 1;

	(void)record_sysctl(story->rec, SIDE_SERVER, "net.ipv4.tcp_timestamps", &timestamps);
	judge_claim(judge, "wire.header-sizes");
	judge_tcp(judge, timestamps ? with_timestamps : "the server refuses timestamps", "c1",
	          timestamps ? 20 + 12 : 20);
	judge_tcp(judge, without_options, "c2", 20);
	judge_case(judge, "UDP");
	judge_count(judge, &(struct figure){
				   .name = "udp_header",
				   .says = value_count(8),
				   .predicts = value_count(8),
				   .measured = measure_header(judge, "", &datagram),
				   .rule = "udp_sendmsg(): sizeof(struct udphdr)",
			   });
	judge_count(judge, &(struct figure){
				   .name = "packets_of_two_datagrams",
				   .predicts = value_count(3),
				   .measured = measure_sent(&datagrams),
				   .rule = "__ip_append_data(): a byte more makes two fragments",
			   });
}

const struct probe probe_wire_header_sizes = {
	.id = "wire.header-sizes",
	.title = "How long the headers of TCP and UDP are",
	.question = "How much of a link's MTU do TCP's and UDP's headers take, with and without "
		    "options?",
	.kernel_path = "tcp_established_options(), tcp_current_mss(), udp_sendmsg(), "
		       "__ip_append_data()",
	.wire = WIRE_KERNEL,
	.claims = {{"wire.header-sizes", "D",
                    "TCP's header has 20 bytes without options, UDP's 8."}},
	.run = run,
	.judge = judge,
};
