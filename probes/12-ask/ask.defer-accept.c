// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * TCP_DEFER_ACCEPT, and a client that connects and sends nothing. Its seconds become a number
 * of time-outs (secs_to_retrans()). Before the last of them is over each ACK without data is
 * thrown away (tcp_check_req(): TCPDeferAcceptDrop): the client is ESTABLISHED, the server in
 * SYN_RECV. With the last one the SYN+ACK goes out again, and a client that is still there
 * acknowledges it (RFC 5961 4.2): that makes the connection, data or not. Only a client that
 * cannot be heard is forgotten, in silence: reqsk_timer_handler(), syn_ack_recalc(). The reset
 * is for what it sends after that.
 *
 *   client c1                      server          client c2                 server
 *   ESTABLISHED    ---- A ---->    SYN_RECV        ESTABLISHED  ---- A ----> SYN_RECV
 *     the time passes                                the time passes
 *                  <--- SA ----                                 <--- SA ----
 *                  ---- A ---->    ESTABLISHED                  ---- A ---X
 *                                                                            CLOSE
 *                                                               ---- PA --->
 *                                                  CLOSE        <--- R -----
 */
#include "../../harness/probe.h"

enum client { SILENT, CUT_OFF, SENDS, CLOSES, RESETS, CLIENTS };

#define PORT 8080
#define CLIENT_PORT 40001 /* of the first client */

/* Challenge ACKs of these clients may be wanted in the same second. */
#define CHALLENGE_ACKS 2

/* What the server sends, and when it gives up, where nothing but the third ACK is heard. */
static bool model_deferred(const struct record *rec, struct schedule *schedule)
{
	struct synack synack = {.acked = true};

	return record_param(rec, "defer_s", &synack.defer_accept_s) &&
	       model_synack(rec, SIDE_SERVER, &synack, schedule);
}

static const char *why_not_modelled(const struct record *rec)
{
	const char *limit = "net.ipv4.tcp_challenge_ack_limit";
	struct schedule schedule;
	int64_t defer_s = 0;

	if (!record_param(rec, "defer_s", &defer_s) || defer_s <= 0)
		return "TCP_DEFER_ACCEPT 0 defers nothing";
	if (model_sysctl_or(rec, SIDE_SERVER, "net.ipv4.tcp_syncookies", 0) == 2)
		return "tcp_syncookies=2: the server keeps nothing of a SYN";
	if (model_sysctl_or(rec, SIDE_CLIENT, limit, INT32_MAX) <= CHALLENGE_ACKS)
		return "tcp_challenge_ack_limit: whether a SYN+ACK is answered is drawn at random";
	return model_deferred(rec, &schedule)
	               ? NULL
	               : "tcp_synack_retries and TCP_DEFER_ACCEPT are not modelled";
}

/* ---- run ---- */

static struct sock *connect_deferred(struct probe_run *run, enum client number)
{
	uint16_t port = (uint16_t)(CLIENT_PORT + number);
	struct sock *client = sock_open_with(run, SIDE_CLIENT, (struct sock_config){.port = port});

	sock_connect(client, SIDE_SERVER, PORT);
	await_state(client, STATE_ESTABLISHED);
	await_sent_in_all(run, match_of(client, TCP_FLAG_ACK), 1);
	return client;
}

/* What ends SYN_RECV while the deferral lasts, and a second third packet that does not. */
static void end_deferrals(struct probe_run *run, struct sock *listener, uint32_t third,
                          struct sock **clients)
{
	struct sock *server;

	wire_replay(run, third, 0);
	sock_send_text(clients[SENDS], "request");
	sock_receive(sock_accept(listener), strlen("request"));
	sock_shutdown(clients[CLOSES], SHUT_WR);
	server = sock_accept(listener);
	sock_await_data(server);
	sock_try_receive(server, 1);
	sock_option(clients[RESETS], "SO_LINGER", 0);
	sock_close(clients[RESETS]);
	await_gone_within(sock_peer(clients[RESETS]), AWAIT_LIMIT_MS);
}

static void run(struct probe_run *run)
{
	const struct packet_match cut_off = {.from = SIDE_CLIENT,
	                                     .src_port = CLIENT_PORT + CUT_OFF};
	const struct packet_match third = {.from = SIDE_CLIENT,
	                                   .src_port = CLIENT_PORT + SILENT,
	                                   .flags_mask = TCP_FLAG_SYN,
	                                   .flags_value = 0};
	const char *why_not = why_not_modelled(run_record(run));
	struct sock *listener, *clients[CLIENTS];
	struct schedule model;
	uint32_t lost, kept;

	if (why_not || !model_deferred(run_record(run), &model))
		run_inconclusive(run, "%s", why_not);
	listener = sock_listen(run, SIDE_SERVER, PORT);
	sock_option(listener, "TCP_DEFER_ACCEPT", param(run, "defer_s"));
	kept = wire_capture(run, third);
	for (int i = 0; i < CLIENTS; i++)
		clients[i] = connect_deferred(run, (enum client)i);
	socks_on_port(run, SIDE_SERVER, PORT);
	socks_on_port(run, SIDE_CLIENT, 0);
	lost = wire_drop(run, cut_off);
	end_deferrals(run, listener, kept, clients);
	if (!sock_accept_within(listener, model.at[1].hi_ns / NS_PER_MS + AWAIT_LIMIT_MS))
		note(run, "the silent client is not accepted");
	await_gone_within(sock_peer(clients[CUT_OFF]),
	                  model.give_up.hi_ns / NS_PER_MS + AWAIT_LIMIT_MS);
	wire_restore(run, lost);
	sock_send_text(clients[CUT_OFF], "is anybody there?");
	sock_await_failure(clients[CUT_OFF], AWAIT_LIMIT_MS);
	await_gone_within(clients[CUT_OFF], AWAIT_LIMIT_MS);
}

/* ---- judge ---- */

/* What is true of one client's connection. */
struct deferred {
	const char *client, *server; /* labels */
	struct value says_accepted, says_resets;
	bool accepted;
	enum tcp_state accepted_in; /* a state that only what was accepted comes to, and stays in */
	unsigned int synacks;
	struct sent synacks_sent, resets_sent;
	const char *walk; /* of the server's end */
	const char *unpredicted;
};

static struct deferred deferred_of(struct judge *judge, enum client number)
{
	const uint16_t port = (uint16_t)(CLIENT_PORT + number);
	const struct packet_match synack = {.from = SIDE_SERVER,
	                                    .dst_port = port,
	                                    .flags_mask = TCP_FLAG_SYN,
	                                    .flags_value = TCP_FLAG_SYN};
	const struct packet_match reset = {.from = SIDE_SERVER,
	                                   .dst_port = port,
	                                   .flags_mask = TCP_FLAG_RST,
	                                   .flags_value = TCP_FLAG_RST};

	return (struct deferred){
		.client = judge_text(judge, "c%d", number + 1),
		.server = judge_text(judge, "s%d", number + 1),
		.accepted_in = number == CLOSES ? STATE_CLOSE_WAIT : STATE_ESTABLISHED,
		.synacks = 1,
		.synacks_sent = sent_on(judge, "", &synack, (struct moment){0}),
		.resets_sent = sent_on(judge, "", &reset, (struct moment){0}),
		.unpredicted = why_not_modelled(judged_story(judge)->rec),
	};
}

static void judge_deferred(struct judge *judge, const struct deferred *deferred)
{
	judge_truth(judge, &(struct figure){
				   .name = "accepted",
				   .says = deferred->says_accepted,
				   .predicts = value_truth(deferred->accepted),
				   .measured = measure_entered(judge, SIDE_SERVER, deferred->server,
	                                                       deferred->accepted_in),
				   .rule = "tcp_check_req(): num_timeout < rskq_defer_accept",
				   .unpredicted = deferred->unpredicted,
			   });
	judge_count(judge, &(struct figure){
				   .name = "resets",
				   .says = deferred->says_resets,
				   .predicts = value_count(0),
				   .measured = measure_sent(&deferred->resets_sent),
				   .rule = "reqsk_timer_handler(): inet_csk_reqsk_queue_drop() "
					   "sends nothing",
			   });
	judge_count(judge, &(struct figure){
				   .name = "synacks",
				   .predicts = value_count(deferred->synacks),
				   .measured = measure_sent(&deferred->synacks_sent),
				   .rule = "syn_ack_recalc(): none before the last time-out of the "
					   "deferral",
				   .unpredicted = deferred->unpredicted,
			   });
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_SERVER,
				  .sock = deferred->server,
				  .predicts = deferred->walk,
				  .rule = "tcp_check_req(), reqsk_timer_handler()",
			  });
}

/* ---- when the time is over */

static void judge_silent(struct judge *judge, const struct schedule *model)
{
	struct deferred deferred = deferred_of(judge, SILENT);

	deferred.says_accepted = value_truth(false);
	deferred.says_resets = value_count(1);
	deferred.accepted = true;
	deferred.synacks = 2;
	deferred.walk = "SYN_RECV ESTABLISHED";
	judge_case(judge, "the client is silent");
	judge_deferred(judge, &deferred);
	judge_time(judge, &(struct figure){
				  .name = "half_open_for",
				  .predicts = span_value(model->at[1]),
				  .measured = measure_stay(judge, SIDE_SERVER, deferred.server,
	                                                   STATE_SYN_RECV),
				  .rule = "secs_to_retrans(), reqsk_timer_handler()",
				  .unpredicted = deferred.unpredicted,
			  });
}

static void judge_forgotten(struct judge *judge, const struct deferred *deferred)
{
	judge_case(judge, "the forgotten client sends");
	judge_count(judge,
	            &(struct figure){
			    .name = "resets",
			    .says = value_count(1),
			    .predicts = value_count(1),
			    .measured = measure_sent(&deferred->resets_sent),
			    .rule = "tcp_v4_rcv(), tcp_rcv_state_process(): an ACK in LISTEN",
		    });
	judge_errno(judge, &(struct errno_figure){
				   .host = SIDE_CLIENT,
				   .sock = deferred->client,
				   .call = "SO_ERROR",
				   .predicts = "ECONNRESET",
				   .rule = "tcp_reset()",
			   });
}

static void judge_cut_off(struct judge *judge, const struct schedule *model)
{
	struct deferred deferred = deferred_of(judge, CUT_OFF), after = deferred;

	deferred.says_accepted = value_truth(false);
	deferred.says_resets = value_count(1);
	deferred.synacks = model->sends_hi;
	deferred.walk = "SYN_RECV CLOSE";
	deferred.resets_sent = sent_before(
		deferred.resets_sent, when_called(judge, SIDE_CLIENT, deferred.client, "send"));
	judge_case(judge, "the client is silent and cut off");
	judge_deferred(judge, &deferred);
	judge_schedule(judge, &(struct schedule_figure){
				      .sent = &deferred.synacks_sent,
				      .from = when_sent(&deferred.synacks_sent),
				      .model = model,
				      .rule = "syn_ack_recalc(), reqsk_timer_handler()",
				      .unpredicted = deferred.unpredicted,
			      });
	judge_time(judge, &(struct figure){
				  .name = "half_open_for",
				  .predicts = span_value(model->give_up),
				  .measured = measure_until_end(judge, SIDE_SERVER, deferred.server,
	                                                        when_sent(&deferred.synacks_sent)),
				  .rule = "syn_ack_recalc(): tcp_synack_retries, or the deferral "
					  "where that is longer",
				  .unpredicted = deferred.unpredicted,
			  });
	judge_forgotten(judge, &after);
}

/* ---- while it lasts */

/* All of them had sent their third packet when this was counted. */
static void judge_half_open(struct judge *judge)
{
	judge_count(judge, &(struct figure){
				   .name = "ESTABLISHED_clients",
				   .predicts = value_count(CLIENTS),
				   .measured = measure_sockets_in(judge, SIDE_CLIENT, 0,
	                                                          STATE_ESTABLISHED, OBJECT_FULL),
				   .rule = "tcp_rcv_synsent_state_process()",
			   });
	judge_count(judge, &(struct figure){
				   .name = "SYN_RECV_at_the_server",
				   .predicts = value_count(CLIENTS),
				   .measured = measure_sockets_in(judge, SIDE_SERVER, PORT,
	                                                          STATE_SYN_RECV, OBJECT_REQUEST),
				   .rule = "tcp_check_req(): TCP_DEFER_ACCEPT, drop bare ACK",
			   });
	judge_count(judge, &(struct figure){
				   .name = "TCPDeferAcceptDrop",
				   .predicts = value_count(CLIENTS + 1),
				   .measured = measure_counter(judge, SIDE_SERVER,
	                                                       "TcpExt.TCPDeferAcceptDrop"),
				   .rule = "tcp_check_req(): each third packet, and the one that "
					   "came twice",
			   });
}

static void judge_early(struct judge *judge, enum client number, const char *what, bool accepted,
                        const char *walk)
{
	struct deferred deferred = deferred_of(judge, number);

	deferred.accepted = accepted;
	deferred.walk = walk;
	judge_case(judge, "%s", what);
	judge_deferred(judge, &deferred);
}

static void judge_while_it_lasts(struct judge *judge)
{
	judge_half_open(judge);
	judge_early(judge, SENDS, "the client sends", true, "SYN_RECV ESTABLISHED");
	judge_early(judge, CLOSES, "the client closes", true, "SYN_RECV ESTABLISHED CLOSE_WAIT");
	judge_count(judge, &(struct figure){
				   .name = "bytes_received",
				   .predicts = value_count(0),
				   .measured = measure_result(judge, SIDE_SERVER, "s4", "recv"),
				   .rule = "tcp_check_req(): a FIN takes a number, as data does",
			   });
	judge_early(judge, RESETS, "the client resets", false, "SYN_RECV CLOSE");
	judge_count(judge,
	            &(struct figure){
			    .name = "EmbryonicRsts",
			    .predicts = value_count(1),
			    .measured = measure_counter(judge, SIDE_SERVER, "TcpExt.EmbryonicRsts"),
			    .rule = "tcp_check_req(): embryonic_reset",
		    });
}

static void judge(const struct story *story, struct judge *judge)
{
	struct schedule model;

	if (!model_deferred(story->rec, &model))
		model = (struct schedule){0};
	judge_claim(judge, "ask.defer-accept");
	judge_silent(judge, &model);
	judge_cut_off(judge, &model);
	judge_claim(judge, "beyond.defer-accept");
	judge_while_it_lasts(judge);
}

const struct probe probe_ask_defer_accept = {
	.id = "ask.defer-accept",
	.title = "TCP_DEFER_ACCEPT and a client that sends nothing",
	.question =
		"What ends the server's SYN_RECV while TCP_DEFER_ACCEPT waits, and what becomes "
		"of a connection without data when its time is over?",
	.kernel_path = "secs_to_retrans(), tcp_check_req(), reqsk_timer_handler(), "
		       "syn_ack_recalc(), inet_csk_reqsk_queue_drop(); RFC 5961 4.2",
	.wire = WIRE_HAND,
	.claims = {{"ask.defer-accept", "P",
                    "TCP_DEFER_ACCEPT drops a connection without data after its time, and a reset "
                    "follows."},
                   {"beyond.defer-accept", "-",
                    "While TCP_DEFER_ACCEPT waits, the client is ESTABLISHED and the server in "
                    "SYN_RECV; data or a FIN ends that, and so does a reset."}},
	.sysctls = {{"net.ipv4.tcp_synack_retries", "1", NULL}},
	.params = {{"defer_s", 2, 10, "TCP_DEFER_ACCEPT, in seconds"}},
	.run = run,
	.judge = judge,
};
