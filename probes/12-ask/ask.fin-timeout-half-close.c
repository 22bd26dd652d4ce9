// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sockets that stay in FIN_WAIT2: does a smaller tcp_fin_timeout end them? Five of them side
 * by side, closed in different ways, with and without the options that people set.
 * tcp_rcv_state_process() and __tcp_close() start that timer for a socket without an owner;
 * with one, only SO_KEEPALIVE ends FIN_WAIT2, and only where the peer does not answer.
 *
 *   client                         server
 *   close(), or shutdown(SHUT_WR)
 *   FIN_WAIT1   ---- FA --->       CLOSE_WAIT, for hours
 *   FIN_WAIT2   <--- A ----
 *     tcp_fin_timeout?             keepalive probes, with the option:
 *               ---- A ---->       <--- A ----
 *               ---- A ---X        where the peer is gone
 *   CLOSE?
 */
#include "../../harness/probe.h"

enum { CLOSED, SHUT, LINGER2, ALIVE, VANISHED, CONNECTIONS };

static const struct {
	const char *label, *name;
	bool keepalive;
} ways[CONNECTIONS] = {
	[CLOSED] = {"c1", "close()", false},
	[SHUT] = {"c2", "shutdown(SHUT_WR)", false},
	[LINGER2] = {"c3", "shutdown(SHUT_WR), TCP_LINGER2", false},
	[ALIVE] = {"c4", "shutdown(SHUT_WR), SO_KEEPALIVE", true},
	[VANISHED] = {"c5", "shutdown(SHUT_WR), SO_KEEPALIVE, the peer is gone", true},
};

/* TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT of those with SO_KEEPALIVE. */
static const struct keepalive keepalive = {.time_s = 1, .intvl_s = 1, .probes = 2};

static const struct fin_stay closed = {.host = SIDE_CLIENT, .sock = "c1"};

static void keep_alive(struct sock *sock)
{
	sock_option(sock, "TCP_KEEPIDLE", keepalive.time_s);
	sock_option(sock, "TCP_KEEPINTVL", keepalive.intvl_s);
	sock_option(sock, "TCP_KEEPCNT", keepalive.probes);
	sock_keepalive(sock);
}

static void run(struct probe_run *run)
{
	struct sock *client[CONNECTIONS], *server[CONNECTIONS];

	for (int i = 0; i < CONNECTIONS; i++)
		flow_establish(run, (uint16_t)(8080 + i), &client[i], &server[i]);
	sock_option(client[LINGER2], "TCP_LINGER2", 1);
	sock_close(client[CLOSED]);
	for (int i = SHUT; i < CONNECTIONS; i++)
		sock_shutdown(client[i], SHUT_WR);
	for (int i = SHUT; i < CONNECTIONS; i++)
		await_state(client[i], STATE_FIN_WAIT2);
	wire_drop(run, match_of(client[VANISHED], TCP_FLAG_ACK));
	for (int i = SHUT; i < CONNECTIONS; i++)
		if (ways[i].keepalive)
			keep_alive(client[i]);
	await_gone_within(client[CLOSED], fin_stay_limit_ms(run_record(run), &closed));
	observe_for(run, param(run, "watched_s") * 1000, "tcp_fin_timeout is over many times");
	sock_await_failure(client[VANISHED], AWAIT_LIMIT_MS);
}

/* A socket that nothing ends: as long as was looked on. */
static void judge_stays(struct judge *judge, const struct record *rec, int way)
{
	int64_t watched_s = 0;

	record_param(rec, "watched_s", &watched_s);
	judge_time(judge, &(struct figure){
				  .name = "stay_in_FIN_WAIT2",
				  .says = fin_stay_timeout(rec, SIDE_CLIENT),
				  .predicts = value_time(watched_s * NS_PER_S, INT64_MAX),
				  .measured = measure_stay(judge, SIDE_CLIENT, ways[way].label,
	                                                   STATE_FIN_WAIT2),
				  .rule = "tcp_rcv_state_process(): no timer without SOCK_DEAD",
			  });
}

/* Its end by the keepalive timer, counted from where the option was set. */
static void judge_vanished(struct judge *judge, const struct record *rec)
{
	const char *label = ways[VANISHED].label;
	const struct packet_match probe = {
		.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_RST, .flags_value = 0};
	struct moment set = when_called(judge, SIDE_CLIENT, label, "setsockopt");
	struct sent probes = sent_on(judge, label, &probe, set);
	struct schedule model;
	bool modelled = model_keepalive_of(rec, SIDE_CLIENT, &keepalive, &model);

	judge_time(judge, &(struct figure){
				  .name = "ends_by_keepalive_after",
				  .predicts = span_value(model.give_up),
				  .measured = measure_until_end(judge, SIDE_CLIENT, label, set),
				  .rule = "tcp_keepalive_timer(): TCP_KEEPIDLE + TCP_KEEPCNT * "
					  "TCP_KEEPINTVL",
				  .unpredicted = modelled ? NULL : "the clock's HZ is not known",
			  });
	judge_count(judge, &(struct figure){
				   .name = "keepalive_probes",
				   .predicts = value_count(keepalive.probes),
				   .measured = measure_sent(&probes),
				   .rule = "tcp_keepalive_timer(): icsk_probes_out",
			   });
	judge_errno(judge, &(struct errno_figure){
				   .host = SIDE_CLIENT,
				   .sock = label,
				   .call = "SO_ERROR",
				   .predicts = "ETIMEDOUT",
				   .rule = "tcp_write_err()",
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	judge_claim(judge, "ask.fin-timeout-half-close");
	judge_case(judge, "%s", ways[CLOSED].name);
	fin_stay_judge(judge, &closed, "stay_in_FIN_WAIT2", (struct moment){0},
	               fin_stay_timeout(story->rec, SIDE_CLIENT));
	for (int way = SHUT; way < VANISHED; way++) {
		judge_case(judge, "%s", ways[way].name);
		judge_stays(judge, story->rec, way);
	}
	judge_case(judge, "%s", ways[VANISHED].name);
	judge_vanished(judge, story->rec);
}

const struct probe probe_ask_fin_timeout_half_close = {
	.id = "ask.fin-timeout-half-close",
	.title = "FIN_WAIT2 that stays for hours, and tcp_fin_timeout",
	.question = "Which sockets in FIN_WAIT2 does tcp_fin_timeout end, and what ends the "
		    "others?",
	.kernel_path = "tcp_rcv_state_process(), __tcp_close(), tcp_fin_time(), "
		       "tcp_keepalive_timer()",
	.wire = WIRE_HAND,
	.claims = {{"ask.fin-timeout-half-close", "P",
                    "A socket that stays in FIN_WAIT2 for hours ends with tcp_fin_timeout: make it "
                    "smaller."}},
	.sysctls = {{"client:net.ipv4.tcp_fin_timeout", "1", NULL}},
	.params = {{"watched_s", 3, 180, "how long to look on, seconds"}},
	.run = run,
	.judge = judge,
};
