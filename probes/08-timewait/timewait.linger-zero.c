// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * close() with SO_LINGER {1, 0}: __tcp_close() disconnects, and tcp_disconnect() sends a
 * reset in those states for which tcp_need_reset() says so. No TIME_WAIT at either end, and
 * the peer reads ECONNRESET. But where both FINs have crossed before, the socket has become a
 * time-wait sock, which knows nothing of the option.
 *
 *   client                         server
 *   ESTABLISHED ---- R ---->       ESTABLISHED
 *   CLOSE                          CLOSE, ECONNRESET
 *                                  after shutdown(SHUT_WR) on both ends:
 *   TIME_WAIT                      CLOSE
 *   close()
 *   TIME_WAIT
 */
#include "../../harness/probe.h"

enum { AT_ONCE, WITH_DATA, IN_CLOSE_WAIT, IN_FIN_WAIT2, AFTER_BOTH_FINS, CASES };

static const struct {
	const char *name;
	const char *walk; /* of the client */
	bool reset; /* what close() comes to */
} cases[CASES] = {
	[AT_ONCE] = {"established", "SYN_SENT ESTABLISHED CLOSE", true},
	[WITH_DATA] = {"data unsent", "SYN_SENT ESTABLISHED CLOSE", true},
	[IN_CLOSE_WAIT] = {"in CLOSE_WAIT", "SYN_SENT ESTABLISHED CLOSE_WAIT CLOSE", true},
	[IN_FIN_WAIT2] = {"in FIN_WAIT2", "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 CLOSE", true},
	[AFTER_BOTH_FINS] = {"after both FINs",
                             "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT", false},
};

static void bring_to(struct probe_run *run, int i, struct sock *client, struct sock *server)
{
	switch (i) {
	case WITH_DATA:
		sock_option(client, "TCP_CORK", 1);
		sock_send(client, 100);
		break;
	case IN_CLOSE_WAIT:
		sock_shutdown(server, SHUT_WR);
		await_state(client, STATE_CLOSE_WAIT);
		await_state(server, STATE_FIN_WAIT2);
		break;
	case AFTER_BOTH_FINS:
	case IN_FIN_WAIT2:
		sock_shutdown(client, SHUT_WR);
		await_state(client, STATE_FIN_WAIT2);
		await_state(server, STATE_CLOSE_WAIT);
		if (i == IN_FIN_WAIT2)
			break;
		sock_shutdown(server, SHUT_WR);
		await_state(client, model_timewait_state(run_record(run), SIDE_CLIENT));
		await_state(server, STATE_GONE);
		break;
	}
}

static void run(struct probe_run *run)
{
	for (int i = 0; i < CASES; i++) {
		struct sock *client, *server;

		flow_establish(run, (uint16_t)(8080 + i), &client, &server);
		sock_option(client, "SO_LINGER", 0);
		bring_to(run, i, client, server);
		sock_close(client);
		if (cases[i].reset) {
			await_state(client, STATE_GONE);
			await_state(server, STATE_GONE);
		}
		sock_await_error(server, AWAIT_LIMIT_MS);
	}
}

/* A reset that meets CLOSE_WAIT is EPIPE to the peer, tcp_reset(). */
static const char *error_of(int i)
{
	if (!cases[i].reset)
		return "none";
	return i == IN_FIN_WAIT2 ? "EPIPE" : "ECONNRESET";
}

static void judge_case_of(struct judge *judge, int i)
{
	const char *c = judge_text(judge, "c%d", i + 1), *s = judge_text(judge, "s%d", i + 1);
	const bool kept = model_timewait_is_kept(judged_story(judge)->rec, SIDE_CLIENT);
	struct sent resets = sent_on(judge, c,
	                             &(struct packet_match){.from = SIDE_CLIENT,
	                                                    .flags_mask = TCP_FLAG_RST,
	                                                    .flags_value = TCP_FLAG_RST},
	                             when_called(judge, SIDE_CLIENT, c, "close"));

	judge_case(judge, "%s", cases[i].name);
	judge_count(judge, &(struct figure){
				   .name = "resets",
				   .says = value_count(1),
				   .predicts = value_count(cases[i].reset),
				   .measured = measure_sent(&resets),
				   .rule = "tcp_disconnect(): tcp_need_reset()",
			   });
	judge_truth(judge,
	            &(struct figure){
			    .name = "client_in_TIME_WAIT",
			    .says = value_truth(false),
			    .predicts = value_truth(!cases[i].reset && kept),
			    .measured = measure_entered(judge, SIDE_CLIENT, c, STATE_TIME_WAIT),
			    .rule = "__tcp_close(): SOCK_LINGER without a time",
		    });
	judge_words(judge, &(struct figure){
				   .name = "server_error",
				   .predicts = value_words(error_of(i)),
				   .measured = measure_errno(judge, SIDE_SERVER, s, "SO_ERROR"),
				   .rule = "tcp_reset()",
			   });
	if (kept || cases[i].reset)
		judge_walk(judge, &(struct walk_figure){
					  .host = SIDE_CLIENT,
					  .sock = c,
					  .predicts = cases[i].walk,
					  .rule = "tcp_disconnect(), tcp_set_state()",
				  });
}

static void judge(const struct story *story, struct judge *judge)
{
	int resets = 0;

	(void)story;
	judge_claim(judge, "timewait.linger-zero");
	for (int i = 0; i < CASES; i++) {
		judge_case_of(judge, i);
		resets += cases[i].reset;
	}
	judge_case(judge, "all");
	judge_count(judge, &(struct figure){
				   .name = "TCPAbortOnData",
				   .predicts = value_count(resets),
				   .measured = measure_counter(judge, SIDE_CLIENT,
	                                                       "TcpExt.TCPAbortOnData"),
				   .rule = "__tcp_close()",
			   });
}

const struct probe probe_timewait_linger_zero = {
	.id = "timewait.linger-zero",
	.title = "close() with SO_LINGER {1, 0}",
	.question =
		"Does SO_LINGER with a time of 0 end a connection by a reset, without TIME_WAIT, "
		"in every state?",
	.kernel_path = "__tcp_close(), tcp_disconnect(), tcp_need_reset(), tcp_reset()",
	.wire = WIRE_HAND,
	.claims = {{"timewait.linger-zero", "B",
                    "close() with SO_LINGER {1, 0} sends a reset, and there is no TIME_WAIT."}},
	.run = run,
	.judge = judge,
};
