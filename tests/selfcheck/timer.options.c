// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A socket's own times: keepalive's as the listener handed them down or as they were set
 * before connect(), and TCP_USER_TIMEOUT for what is sent again. The examination goes by them.
 *
 *   client                         server
 *   c1 ESTABLISHED                 s1 TCP_KEEPIDLE 1, _INTVL 1, _CNT 2, the listener's
 *               X-- A ---------    after 1 s and 2 s
 *               X-- RA --------    after 3 s: CLOSE
 *   c2 PA PA PA --X                a loss probe, and for 0.7 s time-outs
 *   CLOSE       ETIMEDOUT
 */
#include "../../harness/probe.h"

static void keepalive(struct probe_run *run, struct sock *listener)
{
	struct sock *client = sock_open(run, SIDE_CLIENT), *server;
	uint32_t rule;

	sock_option(listener, "SO_KEEPALIVE", 1);
	sock_option(listener, "TCP_KEEPIDLE", 1);
	sock_option(listener, "TCP_KEEPINTVL", 1);
	sock_option(listener, "TCP_KEEPCNT", 2);
	sock_connect(client, SIDE_SERVER, 8080);
	server = sock_accept(listener);
	rule = wire_drop(run, (struct packet_match){.from = SIDE_SERVER});
	sock_await_failure(server, 10000);
	wire_restore(run, rule);
}

static void user_timeout(struct probe_run *run, struct sock *listener)
{
	struct sock *client = sock_open(run, SIDE_CLIENT);

	sock_option(client, "TCP_USER_TIMEOUT", 700);
	sock_connect(client, SIDE_SERVER, 8080);
	sock_accept(listener);
	wire_drop(run, (struct packet_match){.from = SIDE_CLIENT});
	sock_send(client, 4000);
	sock_await_failure(client, 5000);
}

static void run(struct probe_run *run)
{
	struct sock *listener = sock_listen(run, SIDE_SERVER, 8080);

	keepalive(run, listener);
	user_timeout(run, listener);
}

static void judge_failure(struct judge *judge, enum side host, const char *sock, const char *rule)
{
	judge_case(judge, "%s", sock);
	judge_errno(judge, &(struct errno_figure){
				   .host = host,
				   .sock = sock,
				   .call = "SO_ERROR",
				   .predicts = "ETIMEDOUT",
				   .rule = rule,
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "timer.options");
	judge_failure(judge, SIDE_SERVER, "s1", "keepalive_probes()");
	judge_failure(judge, SIDE_CLIENT, "c2", "tcp_clamp_rto_to_user_timeout()");
}

const struct probe probe_timer_options = {
	.id = "timer.options",
	.title = "A socket's own times",
	.question = "Do timers go by the options of their socket?",
	.kernel_path = "tcp_keepalive_timer(), tcp_retransmit_timer()",
	.wire = WIRE_HAND,
	.claims = {{"timer.options", "-", "What setsockopt() was given counts."}},
	.run = run,
	.judge = judge,
};
