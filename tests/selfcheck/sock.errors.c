// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Calls that are expected to fail: each says so with its errno or signal.
 *
 *   client                         server
 *   not connected: EPIPE and SIGPIPE, ENOTCONN
 *   ESTABLISHED    <--- R ------   closed with SO_LINGER 0
 *   ECONNRESET, then the end, then EPIPE
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	struct sock *listener = sock_listen_with(run, SIDE_SERVER,
	                                         (struct sock_config){.port = 8080, .backlog = 1});
	struct sock *unconnected = sock_open(run, SIDE_CLIENT); /* c1 */
	struct sock *client = sock_open(run, SIDE_CLIENT), *server; /* c2 */
	struct sock *second;

	note(run, "each comes to %lld %d", (long long)sock_try_send(unconnected, "early", 0),
	     sock_try_shutdown(unconnected, SHUT_WR));
	second = sock_open(run, SIDE_SERVER);
	note(run, "bind comes to %d", sock_try_bind(second, 8080));
	sock_connect(client, SIDE_SERVER, 8080);
	server = sock_accept(listener);
	sock_send_text(client, "old bytes");
	if (sock_receive(server, 9) != 9)
		run_inconclusive(run, "the bytes did not come");
	sock_option(server, "SO_LINGER", 0);
	sock_close(server);
	await_state(client, STATE_GONE);
	note(run, "poll %#x, recv %lld", (unsigned int)sock_poll(client),
	     (long long)sock_try_receive(client, 1));
	note(run, "send %lld", (long long)sock_try_send(client, "late", 0));
}

static void judge_call(struct judge *judge, const char *name, enum side host, const char *sock,
                       const char *call, const char *predicts)
{
	judge_words(judge, &(struct figure){
				   .name = name,
				   .predicts = value_words(predicts),
				   .measured = measure_errno(judge, host, sock, call),
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "sock.errors");
	judge_call(judge, "send_unconnected", SIDE_CLIENT, "c1", "send", "EPIPE");
	judge_call(judge, "shutdown_unconnected", SIDE_CLIENT, "c1", "shutdown", "ENOTCONN");
	judge_call(judge, "bind_taken", SIDE_SERVER, "s1", "bind", "EADDRINUSE");
	judge_call(judge, "recv_after_reset", SIDE_CLIENT, "c2", "recv", "ECONNRESET");
	judge_words(judge, &(struct figure){
				   .name = "signal_unconnected",
				   .predicts = value_words("SIGPIPE"),
				   .measured = measure_signal(judge, SIDE_CLIENT, "c1", "send"),
			   });
	judge_words(judge, &(struct figure){
				   .name = "signal_of_send_text",
				   .predicts = value_words("none"),
				   .measured = measure_signal(judge, SIDE_CLIENT, "c2", "send"),
			   });
}

const struct probe probe_sock_errors = {
	.id = "sock.errors",
	.title = "Calls that are expected to fail",
	.question = "Is what each call on a socket comes to written down, and handed to the probe?",
	.kernel_path = "tcp_sendmsg_locked(), tcp_reset(), inet_csk_get_port()",
	.wire = WIRE_KERNEL,
	.claims = {{"sock.errors", "-", "Each failing call has its errno and its signal."}},
	.run = run,
	.judge = judge,
};
