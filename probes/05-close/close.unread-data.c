// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * close() while bytes are unread: __tcp_close() throws the receive queue away and resets the
 * connection, RFC 2525 2.17. What counts is that queue: a segment behind a hole waits in the
 * out-of-order queue, which nobody looks at, and the peer's FIN is no data.
 *
 *   client                         server
 *                  <--- PA ---     send()
 *   close()        ---- RA -->     recv() = ECONNRESET
 */
#include "../../harness/probe.h"

static const char text[] = "hello";

enum left {
	LEFT_NOTHING, /* all was read */
	LEFT_ALL,
	LEFT_SOME,
	LEFT_FIN, /* the end of the stream alone */
	LEFT_BEHIND_HOLE, /* the segment before it is still on its way */
	LEFT_COUNT,
};

static const char *const left_names[LEFT_COUNT] = {
	[LEFT_NOTHING] = "all was read",
	[LEFT_ALL] = "nothing was read",
	[LEFT_SOME] = "some was read",
	[LEFT_FIN] = "the end of the stream is unread",
	[LEFT_BEHIND_HOLE] = "it is behind a hole",
};

static bool resets(enum left left)
{
	return left == LEFT_ALL || left == LEFT_SOME;
}

static void leave(struct probe_run *run, enum left left, struct sock *client, struct sock *server)
{
	if (left == LEFT_FIN) {
		sock_shutdown(server, SHUT_WR);
		await_state(client, STATE_CLOSE_WAIT);
		return;
	}
	sock_send_text(server, text);
	if (left == LEFT_BEHIND_HOLE) {
		/* The client tells of what came out of order by SACK, at once. */
		sock_send_text(server, text);
		await_sent_in_all(run, match_of(client, TCP_FLAG_ACK), 2);
		return;
	}
	sock_await_data(client);
	if (left == LEFT_NOTHING)
		sock_receive(client, strlen(text));
	if (left == LEFT_SOME)
		sock_receive(client, 1);
}

static void await_peer(enum left left, struct sock *client, struct sock *server)
{
	if (resets(left))
		await_state(server, STATE_GONE);
	else if (left == LEFT_FIN)
		await_state(client, STATE_GONE);
	else
		await_state(server, STATE_CLOSE_WAIT);
}

static void run(struct probe_run *run)
{
	for (int i = 0; i < LEFT_COUNT; i++) {
		struct sock *client, *server;

		flow_establish(run, (uint16_t)(8080 + i), &client, &server);
		if (i == LEFT_BEHIND_HOLE)
			wire_hold(run, match_bytes(server, 1, (uint32_t)strlen(text)));
		leave(run, (enum left)i, client, server);
		sock_close(client);
		await_peer((enum left)i, client, server);
		sock_try_receive(server, 1);
	}
}

/* One connection. */
struct row {
	enum left left;
	const char *client, *server; /* labels */
	struct sent sent; /* by the client from its close() on */
};

static void judge_answer(struct judge *judge, const struct row *row)
{
	int64_t says = row->left == LEFT_NOTHING ? 0 : 1;

	judge_count(judge,
	            &(struct figure){
			    .name = "resets",
			    .says = row->left == LEFT_FIN ? value_none() : value_count(says),
			    .predicts = value_count(resets(row->left) ? 1 : 0),
			    .measured = measure_flagged(&row->sent, TCP_FLAG_RST, TCP_FLAG_RST),
			    .rule = "__tcp_close(): data_was_unread of sk_receive_queue",
		    });
	judge_count(judge,
	            &(struct figure){
			    .name = "fins",
			    .says = row->left == LEFT_FIN ? value_none() : value_count(1 - says),
			    .predicts = value_count(resets(row->left) ? 0 : 1),
			    .measured = measure_flagged(&row->sent, TCP_FLAG_FIN, TCP_FLAG_FIN),
			    .rule = "tcp_close_state(), tcp_send_fin()",
		    });
}

static void judge_row(struct judge *judge, const struct row *row)
{
	bool reset = resets(row->left);

	judge_case(judge, "%s", left_names[row->left]);
	judge_answer(judge, row);
	judge_words(judge,
	            &(struct figure){
			    .name = "peer_recv",
			    .predicts = value_words(reset ? "ECONNRESET" : "none"),
			    .measured = measure_errno(judge, SIDE_SERVER, row->server, "recv"),
			    .rule = "tcp_reset(), tcp_fin()",
		    });
	if (row->left == LEFT_FIN)
		return;
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_SERVER,
				  .sock = row->server,
				  .predicts = reset ? "SYN_RECV ESTABLISHED CLOSE"
	                                            : "SYN_RECV ESTABLISHED CLOSE_WAIT",
				  .rule = "tcp_reset(), tcp_fin()",
			  });
}

static void judge(const struct story *story, struct judge *judge)
{
	const struct packet_match client = {.from = SIDE_CLIENT};

	(void)story;
	judge_claim(judge, "close.unread-data");
	judge_count(judge, &(struct figure){
				   .name = "TCPAbortOnClose",
				   .predicts = value_count(2), /* nothing, and some, was read */
				   .measured = measure_counter(judge, SIDE_CLIENT,
	                                                       "TcpExt.TCPAbortOnClose"),
				   .rule = "__tcp_close(): data_was_unread",
			   });
	for (int i = 0; i < LEFT_COUNT; i++) {
		struct row row = {
			.left = (enum left)i,
			.client = judge_text(judge, "c%d", i + 1),
			.server = judge_text(judge, "s%d", i + 1),
		};

		row.sent = sent_on(judge, row.client, &client,
		                   when_called(judge, SIDE_CLIENT, row.client, "close"));
		judge_row(judge, &row);
	}
}

const struct probe probe_close_unread_data = {
	.id = "close.unread-data",
	.title = "close() with bytes unread",
	.question = "What does close() send while the receive buffer holds bytes that nobody has "
		    "read?",
	.kernel_path = "__tcp_close(), tcp_send_active_reset(); RFC 2525 2.17",
	.wire = WIRE_HAND,
	.claims = {{"close.unread-data", "C",
                    "close() with unread data in the receive buffer sends a reset, and no FIN."}},
	.run = run,
	.judge = judge,
};
