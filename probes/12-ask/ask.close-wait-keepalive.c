// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sockets pile up in CLOSE_WAIT. Do they go when tcp_keepalive_time, _intvl and _probes are
 * made smaller? Only with SO_KEEPALIVE, and only where the peer's socket is gone: while it is
 * there, in FIN_WAIT2, its kernel answers each probe. tcp_keepalive_timer(), tcp_reset().
 *
 *   client                         server
 *   FIN_WAIT2                      CLOSE_WAIT, the sysctls are small
 *   there       <--- A ----        a probe, with the option
 *               ---- A ---->       goes on
 *   closed      <--- A ----        a probe
 *               ---- R ---->       CLOSE
 *   vanished    X--- A ----        probes, then CLOSE
 */
#include "../../harness/probe.h"

enum { THERE, THERE_KEPT, GONE, GONE_KEPT, VANISHED_KEPT, CONNECTIONS };

static const struct {
	const char *label, *name;
	bool keepalive; /* SO_KEEPALIVE */
	bool gone; /* the peer closed, and its kernel knows nothing of it any more */
} peers[CONNECTIONS] = {
	[THERE] = {"s1", "the peer's socket is there", false, false},
	[THERE_KEPT] = {"s2", "SO_KEEPALIVE, the peer's socket is there", true, false},
	[GONE] = {"s3", "the peer's socket is gone", false, true},
	[GONE_KEPT] = {"s4", "SO_KEEPALIVE, the peer's socket is gone", true, true},
	[VANISHED_KEPT] = {"s5", "SO_KEEPALIVE, the peer has vanished", true, false},
};

static void clients_close(struct sock *const *client, struct sock *const *server)
{
	for (int i = 0; i < CONNECTIONS; i++)
		if (peers[i].gone)
			sock_close(client[i]);
		else
			sock_shutdown(client[i], SHUT_WR);
	for (int i = 0; i < CONNECTIONS; i++)
		await_state(server[i], STATE_CLOSE_WAIT);
}

static void run(struct probe_run *run)
{
	const struct fin_stay stay = {.host = SIDE_CLIENT, .sock = "c3"};
	struct sock *client[CONNECTIONS], *server[CONNECTIONS];
	struct schedule model;

	for (int i = 0; i < CONNECTIONS; i++)
		flow_establish(run, (uint16_t)(8080 + i), &client[i], &server[i]);
	if (!model_keepalive(run_record(run), SIDE_SERVER, &model))
		run_inconclusive(run, "tcp_keepalive_time, _intvl or _probes is missing or "
		                      "negative");
	clients_close(client, server);
	for (int i = 0; i < CONNECTIONS; i++)
		if (peers[i].gone)
			await_gone_within(client[i], fin_stay_limit_ms(run_record(run), &stay));
	wire_drop(run, match_of(server[VANISHED_KEPT], TCP_FLAG_ACK));
	for (int i = 0; i < CONNECTIONS; i++)
		if (peers[i].keepalive)
			sock_keepalive(server[i]);
	observe_for(run, model.give_up.hi_ns / NS_PER_MS + 100, "what keepalive ends has ended");
	sock_await_failure(server[GONE_KEPT], AWAIT_LIMIT_MS);
	sock_await_failure(server[VANISHED_KEPT], AWAIT_LIMIT_MS);
}

static struct moment when_set(struct judge *judge, int peer)
{
	return when_called(judge, SIDE_SERVER, peers[peer].label,
	                   peers[peer].keepalive ? "setsockopt" : "accept");
}

/* With its own @ends: when, and what its owner is told. */
static void judge_end(struct judge *judge, int peer, struct span ends, const char *error,
                      const char *rule)
{
	judge_time(judge,
	           &(struct figure){
			   .name = "ends_after",
			   .predicts = span_value(ends),
			   .grain_ns = ends.grain_ns,
			   .measured = measure_until_end(judge, SIDE_SERVER, peers[peer].label,
	                                                 when_set(judge, peer)),
			   .rule = rule,
		   });
	judge_errno(judge, &(struct errno_figure){
				   .host = SIDE_SERVER,
				   .sock = peers[peer].label,
				   .call = "SO_ERROR",
				   .predicts = error,
				   .rule = rule,
			   });
}

static void judge_peer(struct judge *judge, int peer, const struct schedule *model)
{
	bool goes = peer == GONE_KEPT || peer == VANISHED_KEPT;

	judge_case(judge, "%s", peers[peer].name);
	judge_truth(judge,
	            &(struct figure){
			    .name = "goes",
			    .says = value_truth(true),
			    .predicts = value_truth(goes),
			    .measured = measure_ended(judge, SIDE_SERVER, peers[peer].label,
	                                              (struct moment){0}, model->give_up.hi_ns),
			    .rule = peers[peer].keepalive ? "tcp_keepalive_timer()"
	                                                  : "no timer runs without SO_KEEPALIVE",
		    });
	if (peer == GONE_KEPT) /* tcp_reset() in CLOSE_WAIT */
		judge_end(judge, peer, model->sends_hi ? model->at[0] : model->give_up,
		          model->sends_hi ? "EPIPE" : "ETIMEDOUT",
		          "tcp_keepalive_timer(), then tcp_reset()");
	if (peer == VANISHED_KEPT)
		judge_end(judge, peer, model->give_up, "ETIMEDOUT",
		          "tcp_keepalive_timer(), tcp_write_err()");
}

static void judge(const struct story *story, struct judge *judge)
{
	struct schedule model;

	judge_claim(judge, "ask.close-wait-keepalive");
	model_keepalive(story->rec, SIDE_SERVER, &model);
	for (int peer = 0; peer < CONNECTIONS; peer++)
		judge_peer(judge, peer, &model);
}

const struct probe probe_ask_close_wait_keepalive = {
	.id = "ask.close-wait-keepalive",
	.title = "CLOSE_WAIT and tcp_keepalive_*",
	.question = "Do sockets in CLOSE_WAIT go when tcp_keepalive_time, _intvl and _probes are "
		    "made smaller?",
	.kernel_path = "tcp_keepalive_timer(), tcp_reset(), tcp_timewait_state_process(); "
		       "RFC 9293 3.8.4",
	.wire = WIRE_HAND,
	.claims = {{"ask.close-wait-keepalive", "P",
                    "Sockets in CLOSE_WAIT go when tcp_keepalive_time, tcp_keepalive_intvl and "
                    "tcp_keepalive_probes are made smaller."}},
	.sysctls = {{"client:net.ipv4.tcp_fin_timeout", "1", NULL},
                    {"server:net.ipv4.tcp_keepalive_time", "1", NULL},
                    {"server:net.ipv4.tcp_keepalive_intvl", "1", NULL},
                    {"server:net.ipv4.tcp_keepalive_probes", "2", NULL}},
	.run = run,
	.judge = judge,
};
