// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One end has called close(), the peer sends on. New bytes meet RCV_SHUTDOWN: in a full
 * socket tcp_rcv_state_process() counts TCPAbortOnData and resets, in FIN_WAIT1 as in
 * FIN_WAIT2; the time-wait sock of an orphan in FIN_WAIT2 resets too, uncounted
 * (tcp_timewait_state_process(): TCP_TW_RST). Bytes that came before are acknowledged again.
 * RFC 1122 4.2.2.13, RFC 9293 3.6.1.
 *
 *   client                         server
 *   close()        ---- FA --->
 *   FIN_WAIT2      <--- A -----    CLOSE_WAIT
 *                  <--- PA ----    send() = 5
 *   CLOSE          ---- R ---->    CLOSE
 */
#include "../../harness/probe.h"

static const char text[] = "hello";

enum when {
	WHEN_FIN_ACKED, /* the closer is a time-wait sock in FIN_WAIT2 */
	WHEN_FULL_SOCKET, /* FIN_WAIT2 again, but above 60 s it is a full socket */
	WHEN_ACKS_FIN, /* the bytes bring the FIN's ACK */
	WHEN_CROSSING, /* the FIN is on its way still */
	WHEN_OLD_BYTES, /* a segment that came before comes again */
	WHEN_COUNT,
};

static const char *const when_names[WHEN_COUNT] = {
	[WHEN_FIN_ACKED] = "its FIN is acknowledged",
	[WHEN_FULL_SOCKET] = "its FIN is acknowledged, TCP_LINGER2 61 s",
	[WHEN_ACKS_FIN] = "the bytes acknowledge its FIN",
	[WHEN_CROSSING] = "the bytes cross its FIN",
	[WHEN_OLD_BYTES] = "old bytes come again",
};

#define TCP_TIMEWAIT_LEN_S 60 /* include/net/tcp.h */
#define LINGER2_FULL_S 61

/* The client closes; @server's next bytes are the first to acknowledge its FIN. */
static void close_unacked(struct probe_run *run, struct sock *client, struct sock *server)
{
	struct packet_match ack = match_of(server, TCP_FLAG_ACK);

	ack.payload = PAYLOAD_NONE;
	wire_drop(run, ack);
	sock_close(client);
	await_state(server, STATE_CLOSE_WAIT);
}

static void close_acked(struct probe_run *run, enum when when, struct sock *client)
{
	enum tcp_state state = model_finwait2_state(run_record(run), SIDE_CLIENT);

	if (when == WHEN_FULL_SOCKET) {
		sock_option(client, "TCP_LINGER2", LINGER2_FULL_S);
		state = STATE_FIN_WAIT2;
	}
	sock_close(client);
	await_state(client, state);
}

static void close_and_send(struct probe_run *run, enum when when, struct sock *client,
                           struct sock *server)
{
	uint32_t capture;

	switch (when) {
	case WHEN_FIN_ACKED:
	case WHEN_FULL_SOCKET:
		close_acked(run, when, client);
		break;
	case WHEN_ACKS_FIN:
		close_unacked(run, client, server);
		break;
	case WHEN_CROSSING:
		wire_hold(run, match_of(client, TCP_FLAG_FIN));
		sock_close(client);
		break;
	case WHEN_OLD_BYTES:
		capture = wire_capture(run, match_bytes(server, 1, 1));
		sock_send_text(server, text);
		sock_receive(client, strlen(text));
		wire_await_captured(run, capture, 1);
		close_acked(run, when, client);
		wire_replay(run, capture, 0);
		return;
	case WHEN_COUNT:
		return;
	}
	sock_try_send(server, text, 0);
}

static void run(struct probe_run *run)
{
	for (int i = 0; i < WHEN_COUNT; i++) {
		struct sock *client, *server;

		flow_establish(run, (uint16_t)(8080 + i), &client, &server);
		close_and_send(run, (enum when)i, client, server);
		if (i == WHEN_OLD_BYTES) /* the FIN is byte 1: what answers is behind it */
			await_sent_in_all(run, match_bytes(client, 2, 2), 1);
		else
			await_state(server, STATE_GONE);
	}
}

/* Whether the closer's socket is a full one when the bytes come. */
static bool is_full_socket(const struct record *rec, enum when when)
{
	int64_t timeout_s = model_sysctl_or(rec, SIDE_CLIENT, "net.ipv4.tcp_fin_timeout", 60);

	return when == WHEN_FULL_SOCKET || when == WHEN_ACKS_FIN || when == WHEN_CROSSING ||
	       timeout_s > TCP_TIMEWAIT_LEN_S;
}

static const char *predict_answer(const struct record *rec, enum when when)
{
	bool is_kept = is_full_socket(rec, when) || model_timewait_is_kept(rec, SIDE_CLIENT);

	return when == WHEN_OLD_BYTES && is_kept ? "A" : "R";
}

static void judge_when(struct judge *judge, enum when when)
{
	const struct packet_match no_fin = {.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_FIN};
	const char *sock = judge_text(judge, "c%d", when + 1);
	struct sent answers =
		sent_on(judge, sock, &no_fin, when_called(judge, SIDE_CLIENT, sock, "close"));
	const char *answer = predict_answer(judged_story(judge)->rec, when);

	judge_case(judge, "%s", when_names[when]);
	judge_words(judge, &(struct figure){
				   .name = "answer",
				   .says = value_words("R"),
				   .predicts = value_words(answer),
				   .measured = measure_flags(judge, &answers),
				   .rule = "tcp_rcv_state_process(): RCV_SHUTDOWN; "
					   "tcp_timewait_state_process(): TCP_TW_RST",
			   });
	if (!strcmp(answer, "R"))
		judge_walk(judge, &(struct walk_figure){
					  .host = SIDE_SERVER,
					  .sock = judge_text(judge, "s%d", when + 1),
					  .predicts = when == WHEN_CROSSING
		                                              ? "SYN_RECV ESTABLISHED CLOSE"
		                                              : "SYN_RECV ESTABLISHED CLOSE_WAIT "
		                                                "CLOSE",
					  .rule = "tcp_reset()",
				  });
}

static void judge(const struct story *story, struct judge *judge)
{
	int64_t counted = 0;

	for (int i = 0; i < WHEN_COUNT; i++)
		counted += i != WHEN_OLD_BYTES && is_full_socket(story->rec, (enum when)i);
	judge_claim(judge, "close.then-peer-sends");
	judge_count(judge, &(struct figure){
				   .name = "TCPAbortOnData",
				   .predicts = value_count(counted),
				   .measured = measure_counter(judge, SIDE_CLIENT,
	                                                       "TcpExt.TCPAbortOnData"),
				   .rule = "tcp_rcv_state_process(): of a full socket alone",
			   });
	for (int i = 0; i < WHEN_COUNT; i++)
		judge_when(judge, (enum when)i);
}

const struct probe probe_close_then_peer_sends = {
	.id = "close.then-peer-sends",
	.title = "The peer sends after close()",
	.question = "How does an end that has called close() answer what its peer still sends?",
	.kernel_path = "tcp_rcv_state_process(), tcp_reset(), tcp_timewait_state_process(), "
		       "tcp_v4_send_reset(); RFC 1122 4.2.2.13",
	.wire = WIRE_HAND,
	.claims = {{"close.then-peer-sends", "C",
                    "After close(), data from the peer is answered by a reset."}},
	.run = run,
	.judge = judge,
};
