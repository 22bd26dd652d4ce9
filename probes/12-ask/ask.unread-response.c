// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A server answers before it has read the whole request, and calls close(). Can the client
 * read the response, before the reset or behind it? __tcp_close() resets because of what is unread,
 * and throws away what it has not sent. At the client tcp_reset() leaves the receive queue, which
 * tcp_recvmsg_locked() looks at before sk_err: what had come can be read. What was lost on its
 * way is lost, since nobody is left to send it again. RFC 9112 9.6 has the cure.
 *
 *   client                         server
 *                  ---- PA --->    the request, unread
 *   reply          <--- PA ----    send()
 *   CLOSE          <--- RA ----    close()
 *   recv() = reply, recv() = ECONNRESET
 */
#include "../../harness/probe.h"

#define FIRST_PORT 8080 /* one for each way */

static const char request[] = "request", reply[] = "reply";

enum way {
	WAY_ARRIVED, /* before the reset */
	WAY_LOST, /* its segment was, on the way */
	WAY_TOO_LONG, /* more than the client's window holds */
	WAY_DRAINED, /* shutdown(SHUT_WR), the request read, close() */
	WAYS,
};

static const char *const way_names[WAYS] = {
	[WAY_ARRIVED] = "the response had come",
	[WAY_LOST] = "its segment was lost",
	[WAY_TOO_LONG] = "it is longer than the window",
	[WAY_DRAINED] = "shutdown(SHUT_WR), read on, close()",
};

static void respond(struct probe_run *run, int way, struct sock *client, struct sock *server)
{
	if (way == WAY_LOST)
		wire_drop_next(run, match_bytes(server, 1, 1), 1);
	if (way == WAY_TOO_LONG) {
		sock_option(server, "SO_SNDBUF", 8192);
		sock_fill(server);
	} else {
		sock_send_text(server, reply);
	}
	if (way == WAY_DRAINED) {
		sock_shutdown(server, SHUT_WR);
		sock_receive(server, strlen(request));
		await_state(client, STATE_CLOSE_WAIT);
	}
	sock_close(server);
}

static void run(struct probe_run *run)
{
	if (!model_challenge_is_sent(run_record(run), SIDE_CLIENT))
		run_inconclusive(run, "with tcp_challenge_ack_limit=0 nobody asks for the reset");
	for (int way = 0; way < WAYS; way++) {
		struct sock *client, *server;

		flow_establish(run, (uint16_t)(FIRST_PORT + way), &client, &server);
		sock_send_text(client, request);
		sock_await_data(server);
		respond(run, way, client, server);
		if (way != WAY_DRAINED)
			await_state(client, STATE_GONE);
		while (sock_try_receive(client, 1 << 20) > 0)
			;
	}
}

/* One connection. */
struct row {
	int way;
	const char *client, *server; /* labels */
	int64_t written; /* by the server */
	struct sent resets;
};

/* How much of the response was in the client's receive queue when the reset came. */
static int64_t bytes_arrived(struct judge *judge, const struct row *row)
{
	const struct packet_match data = {.from = SIDE_SERVER, .payload = PAYLOAD_SOME};
	struct sent sent = sent_on(judge, row->server, &data, (struct moment){0});
	int64_t bytes = 0;

	for (size_t i = 0; i < sent.count; i++)
		if (sent.items[i]->fate == FATE_DELIVERED)
			bytes += sent.items[i]->packet->len;
	return bytes;
}

static void judge_bytes(struct judge *judge, const struct row *row)
{
	struct measured total = measure_total(judge, SIDE_CLIENT, row->client, "recv");
	struct measured all = total;

	/* Of a longer one, what has come may be more than the receive buffer takes. */
	if (row->way != WAY_TOO_LONG)
		judge_count(judge,
		            &(struct figure){
				    .name = "bytes_read",
				    .predicts = value_count(bytes_arrived(judge, row)),
				    .measured = total,
				    .rule = "tcp_recvmsg_locked(): sk_receive_queue before sk_err",
				    .predicted_from = RESTS_ON(OBSERVER_TAP),
			    });
	all.value = value_truth(total.value.lo == row->written);
	judge_truth(
		judge,
		&(struct figure){
			.name = "whole_response_read",
			.says = value_truth(true),
			.predicts = value_truth(row->way == WAY_ARRIVED || row->way == WAY_DRAINED),
			.measured = all,
			.rule = "__tcp_close() drops the write queue, tcp_reset() leaves the other",
		});
}

/* One is enough: what the client acknowledges behind it is answered by more. */
static struct measured measure_reset(const struct row *row)
{
	struct measured resets = measure_sent(&row->resets);

	resets.value = value_truth(resets.value.lo > 0);
	return resets;
}

static void judge_end(struct judge *judge, const struct row *row)
{
	judge_truth(judge, &(struct figure){
				   .name = "reset",
				   .predicts = value_truth(row->way != WAY_DRAINED),
				   .measured = measure_reset(row),
				   .rule = "__tcp_close(): data_was_unread",
			   });
	judge_words(judge,
	            &(struct figure){
			    .name = "first_recv",
			    .predicts = value_words(row->way == WAY_LOST ? "ECONNRESET" : "none"),
			    .measured = measure_errno(judge, SIDE_CLIENT, row->client, "recv"),
			    .rule = "tcp_recvmsg_locked()",
		    });
}

static void judge_way(struct judge *judge, int way)
{
	const struct packet_match reset = {.from = SIDE_SERVER,
	                                   .src_port = (uint16_t)(FIRST_PORT + way),
	                                   .flags_mask = TCP_FLAG_RST,
	                                   .flags_value = TCP_FLAG_RST};
	struct row row = {
		.way = way,
		.client = judge_text(judge, "c%d", way + 1),
		.server = judge_text(judge, "s%d", way + 1),
	};

	row.resets = sent_on(judge, row.server, &reset, (struct moment){0});
	row.written = measure_result(judge, SIDE_SERVER, row.server,
	                             way == WAY_TOO_LONG ? "fill" : "send")
	                      .value.lo;
	judge_case(judge, "%s", way_names[way]);
	judge_bytes(judge, &row);
	judge_end(judge, &row);
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "ask.unread-response");
	judge_count(judge, &(struct figure){
				   .name = "TCPAbortOnClose",
				   .predicts = value_count(WAYS - 1), /* all but the drained one */
				   .measured = measure_counter(judge, SIDE_SERVER,
	                                                       "TcpExt.TCPAbortOnClose"),
				   .rule = "__tcp_close(): data_was_unread",
			   });
	judge_count(
		judge,
		&(struct figure){
			.name = "TCPChallengeACK",
			.predicts = value_count(1), /* to the reset behind the lost segment */
			.measured = measure_counter(judge, SIDE_CLIENT, "TcpExt.TCPChallengeACK"),
			.rule = "tcp_send_challenge_ack()",
		});
	for (int way = 0; way < WAYS; way++)
		judge_way(judge, way);
}

const struct probe probe_ask_unread_response = {
	.id = "ask.unread-response",
	.title = "A response, and the request half read",
	.question = "A server answers and calls close() with bytes of the request unread: can the "
		    "client still read the whole response?",
	.kernel_path = "__tcp_close(), tcp_send_active_reset(), tcp_reset(), tcp_recvmsg_locked(); "
		       "RFC 9112 9.6, RFC 2525 2.17",
	.wire = WIRE_HAND,
	.claims = {{"ask.unread-response", "P",
                    "The client can still read the whole response before the reset."}},
	.sysctls = {{"client:net.ipv4.tcp_rmem", "4096 16384 16384", NULL}}, /* soon full */
	.run = run,
	.judge = judge,
};
