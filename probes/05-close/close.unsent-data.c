// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * close() while bytes are unsent. tcp_send_fin() puts the FIN behind the write queue, and the
 * orphan goes on sending as the peer's window opens. Two things throw the queue away and
 * reset the connection instead: SO_LINGER 0 (tcp_disconnect()), and bytes that nobody has
 * read (__tcp_close()).
 *
 *   client                         server
 *   send() until EAGAIN            reads nothing: its window closes
 *   close()                        reads
 *   FIN_WAIT1      ---- PA --->
 *                  ---- FPA -->    all, then the end of the stream
 */
#include "../../harness/probe.h"

static const char text[] = "unread";

enum manner { MANNER_PLAIN, MANNER_LINGER, MANNER_UNREAD, MANNER_COUNT };

static const char *const manner_names[MANNER_COUNT] = {
	[MANNER_PLAIN] = "close()",
	[MANNER_LINGER] = "close() with SO_LINGER 0",
	[MANNER_UNREAD] = "close() with bytes unread as well",
};

static void run(struct probe_run *run)
{
	for (int i = 0; i < MANNER_COUNT; i++) {
		struct sock *client, *server;

		flow_establish(run, (uint16_t)(8080 + i), &client, &server);
		if (i == MANNER_UNREAD) {
			sock_send_text(server, text);
			sock_await_data(client);
		}
		sock_option(client, "SO_SNDBUF", 8192);
		sock_fill(client);
		if (i == MANNER_LINGER)
			sock_option(client, "SO_LINGER", 0);
		sock_close(client);
		if (i == MANNER_PLAIN) {
			sock_receive(server, 1 << 22); /* up to the end of the stream */
			await_state(client, model_finwait2_state(run_record(run), SIDE_CLIENT));
		} else {
			await_state(server, STATE_GONE);
			while (sock_try_receive(server, 1 << 22) > 0)
				;
		}
	}
}

/* One connection. */
struct row {
	enum manner manner;
	const char *client, *server; /* labels */
	struct moment closed;
	struct sent data; /* all that the client sent of it */
	int64_t filled; /* what send() had taken */
};

static int64_t bytes_of(const struct sent *sent, int64_t until_ns)
{
	int64_t bytes = 0;

	for (size_t i = 0; i < sent->count; i++)
		if (sent->items[i]->depart_ns <= until_ns)
			bytes += sent->items[i]->packet->len;
	return bytes;
}

/* Without that the claim is about nothing: some bytes had not left when close() was called. */
static struct measured measure_unsent(const struct row *row)
{
	return (struct measured){
		.value = value_truth(bytes_of(&row->data, row->closed.t_ns) < row->filled),
		.rests_on = row->data.rests_on | row->closed.rests_on,
		.why_not = row->data.why_not ? row->data.why_not : row->closed.why_not,
		.to_ns = row->closed.t_ns,
	};
}

static void judge_bytes(struct judge *judge, const struct row *row)
{
	bool all = row->manner == MANNER_PLAIN;
	struct measured total = measure_total(judge, SIDE_SERVER, row->server, "recv");

	judge_truth(judge, &(struct figure){
				   .name = "bytes_were_unsent",
				   .predicts = value_truth(true),
				   .measured = measure_unsent(row),
				   .rule = "tcp_snd_wnd_test(): the peer reads nothing",
			   });
	total.value = value_truth(total.value.lo == row->filled);
	judge_truth(judge,
	            &(struct figure){
			    .name = "all_received",
			    .says = value_truth(true),
			    .predicts = value_truth(all),
			    .measured = total,
			    .rule = "tcp_send_fin(); tcp_disconnect() and __tcp_close() drop "
				    "the write queue",
		    });
}

/* The number of the first FIN in the client's stream: how many bytes are before it. */
static struct measured measure_before_fin(struct judge *judge, const struct row *row,
                                          const struct sent *fins)
{
	const struct packet_match syn = {
		.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_SYN, .flags_value = TCP_FLAG_SYN};
	struct sent syns = sent_on(judge, row->client, &syn, (struct moment){0});
	struct measured before = measure_sent(fins);

	if (!fins->count || !syns.count)
		return measured_none(fins->rests_on, "no SYN or no FIN was seen to leave");
	before.value =
		value_count((uint32_t)(fins->items[0]->packet->seq + fins->items[0]->packet->len -
	                               syns.items[0]->packet->seq - 1));
	return before;
}

/* The FIN, or the reset, and its place in the stream. */
static void judge_end(struct judge *judge, const struct row *row)
{
	bool resets = row->manner != MANNER_PLAIN;
	const struct packet_match client = {.from = SIDE_CLIENT};
	const struct packet_match fin = {
		.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_FIN, .flags_value = TCP_FLAG_FIN};
	struct sent all = sent_on(judge, row->client, &client, row->closed);
	struct sent fins = sent_on(judge, row->client, &fin, row->closed);

	judge_count(judge, &(struct figure){
				   .name = "resets",
				   .says = value_count(0),
				   .predicts = value_count(resets ? 1 : 0),
				   .measured = measure_flagged(&all, TCP_FLAG_RST, TCP_FLAG_RST),
				   .rule = "tcp_send_active_reset()",
			   });
	judge_count(judge, &(struct figure){
				   .name = "fins",
				   .says = value_count(1),
				   .predicts = value_count(resets ? 0 : 1),
				   .measured = measure_sent(&fins),
				   .rule = "tcp_send_fin()",
			   });
	if (!resets)
		judge_count(judge, &(struct figure){
					   .name = "bytes_before_fin",
					   .predicts = value_count(row->filled),
					   .measured = measure_before_fin(judge, row, &fins),
					   .rule = "tcp_send_fin(): behind the write queue",
				   });
}

static void judge_manner(struct judge *judge, enum manner manner)
{
	const struct packet_match data = {.from = SIDE_CLIENT, .payload = PAYLOAD_SOME};
	struct row row = {
		.manner = manner,
		.client = judge_text(judge, "c%d", manner + 1),
		.server = judge_text(judge, "s%d", manner + 1),
	};

	row.closed = when_called(judge, SIDE_CLIENT, row.client, "close");
	row.data = sent_on(judge, row.client, &data, (struct moment){0});
	row.filled = measure_result(judge, SIDE_CLIENT, row.client, "fill").value.lo;
	judge_case(judge, "%s", manner_names[manner]);
	judge_bytes(judge, &row);
	judge_end(judge, &row);
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "close.unsent-data");
	judge_count(judge, &(struct figure){
				   .name = "TCPAbortOnData",
				   .predicts = value_count(1), /* SO_LINGER 0 */
				   .measured = measure_counter(judge, SIDE_CLIENT,
	                                                       "TcpExt.TCPAbortOnData"),
				   .rule = "__tcp_close(): sk_lingertime 0",
			   });
	for (int i = 0; i < MANNER_COUNT; i++)
		judge_manner(judge, (enum manner)i);
}

const struct probe probe_close_unsent_data = {
	.id = "close.unsent-data",
	.title = "close() with bytes unsent",
	.question = "What becomes of what send() has taken and the peer had no room for, when the "
		    "socket is closed?",
	.kernel_path = "__tcp_close(), tcp_send_fin(), tcp_write_xmit(), tcp_disconnect()",
	.wire = WIRE_KERNEL,
	.claims = {{"close.unsent-data", "C",
                    "close() with unsent data sends the data first, then the FIN."}},
	.sysctls = {{"server:net.ipv4.tcp_rmem", "4096 16384 16384", NULL}}, /* soon full */
	.run = run,
	.judge = judge,
};
