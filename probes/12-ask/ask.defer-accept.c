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

enum client { SILENT, CUT_OFF, SENDS, CLIENTS };

#define PORT 8080 /* of the first client's listener */

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

static struct sock *connect_deferred(struct probe_run *run, enum client number,
                                     struct sock **listener)
{
	uint16_t port = (uint16_t)(PORT + number);
	struct sock *client;

	*listener = sock_listen(run, SIDE_SERVER, port);
	sock_option(*listener, "TCP_DEFER_ACCEPT", param(run, "defer_s"));
	client = sock_open(run, SIDE_CLIENT);
	sock_connect(client, SIDE_SERVER, port);
	await_state(client, STATE_ESTABLISHED);
	await_sent_in_all(run, match_of(client, TCP_FLAG_ACK), 1);
	return client;
}

static void run(struct probe_run *run)
{
	const struct packet_match cut_off = {.from = SIDE_CLIENT, .dst_port = PORT + CUT_OFF};
	const char *why_not = why_not_modelled(run_record(run));
	struct sock *listeners[CLIENTS], *clients[CLIENTS];
	struct schedule model;
	uint32_t rule;

	if (why_not || !model_deferred(run_record(run), &model))
		run_inconclusive(run, "%s", why_not);
	for (int i = 0; i < CLIENTS; i++)
		clients[i] = connect_deferred(run, (enum client)i, &listeners[i]);
	rule = wire_drop(run, cut_off);
	sock_send_text(clients[SENDS], "request");
	sock_receive(sock_accept(listeners[SENDS]), strlen("request"));
	if (!sock_accept_within(listeners[SILENT], model.at[1].hi_ns / NS_PER_MS + AWAIT_LIMIT_MS))
		note(run, "the silent client is not accepted");
	await_gone_within(sock_peer(clients[CUT_OFF]),
	                  model.give_up.hi_ns / NS_PER_MS + AWAIT_LIMIT_MS);
	wire_restore(run, rule);
	sock_send_text(clients[CUT_OFF], "is anybody there?");
	sock_await_failure(clients[CUT_OFF], AWAIT_LIMIT_MS);
	await_gone_within(clients[CUT_OFF], AWAIT_LIMIT_MS);
}

/* ---- judge ---- */

/* What is true of one client's connection. */
struct deferred {
	const char *server; /* label */
	struct value says_accepted, says_resets;
	bool accepted;
	unsigned int synacks;
	struct sent synacks_sent, resets_sent;
	const char *walk; /* of the server's end */
	struct value half_open;
	const char *unpredicted;
};

static struct deferred fate_of(struct judge *judge, enum client number)
{
	const uint16_t port = (uint16_t)(PORT + number);
	const struct packet_match synack = {.from = SIDE_SERVER,
	                                    .src_port = port,
	                                    .flags_mask = TCP_FLAG_SYN,
	                                    .flags_value = TCP_FLAG_SYN};
	const struct packet_match reset = {.from = SIDE_SERVER,
	                                   .src_port = port,
	                                   .flags_mask = TCP_FLAG_RST,
	                                   .flags_value = TCP_FLAG_RST};

	return (struct deferred){
		.server = judge_text(judge, "s%d", number + 1),
		.synacks_sent = sent_on(judge, "", &synack, (struct moment){0}),
		.resets_sent = sent_on(judge, "", &reset, (struct moment){0}),
		.unpredicted = why_not_modelled(judged_story(judge)->rec),
	};
}

static void judge_fate(struct judge *judge, const struct deferred *fate)
{
	judge_truth(judge, &(struct figure){
				   .name = "accepted",
				   .says = fate->says_accepted,
				   .predicts = value_truth(fate->accepted),
				   .measured = measure_entered(judge, SIDE_SERVER, fate->server,
	                                                       STATE_ESTABLISHED),
				   .rule = "tcp_check_req(): num_timeout < rskq_defer_accept",
				   .unpredicted = fate->unpredicted,
			   });
	judge_count(judge, &(struct figure){
				   .name = "resets",
				   .says = fate->says_resets,
				   .predicts = value_count(0),
				   .measured = measure_sent(&fate->resets_sent),
				   .rule = "reqsk_timer_handler(): inet_csk_reqsk_queue_drop() "
					   "sends nothing",
			   });
	judge_count(judge, &(struct figure){
				   .name = "synacks",
				   .predicts = value_count(fate->synacks),
				   .measured = measure_sent(&fate->synacks_sent),
				   .rule = "syn_ack_recalc(): none before the last time-out of the "
					   "deferral",
				   .unpredicted = fate->unpredicted,
			   });
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_SERVER,
				  .sock = fate->server,
				  .predicts = fate->walk,
				  .rule = "tcp_check_req(), reqsk_timer_handler()",
			  });
}

static void judge_silent(struct judge *judge, const struct schedule *model)
{
	struct deferred fate = fate_of(judge, SILENT);

	fate.says_accepted = value_truth(false);
	fate.says_resets = value_count(1);
	fate.accepted = true;
	fate.synacks = 2;
	fate.walk = "SYN_RECV ESTABLISHED";
	judge_case(judge, "the client is silent");
	judge_fate(judge, &fate);
	judge_time(judge, &(struct figure){
				  .name = "half_open_for",
				  .predicts = span_value(model->at[1]),
				  .measured = measure_stay(judge, SIDE_SERVER, fate.server,
	                                                   STATE_SYN_RECV),
				  .rule = "secs_to_retrans(), reqsk_timer_handler()",
				  .unpredicted = fate.unpredicted,
			  });
}

static void judge_cut_off(struct judge *judge, const struct schedule *model)
{
	struct deferred fate = fate_of(judge, CUT_OFF);
	struct sent all = fate.resets_sent;

	fate.says_accepted = value_truth(false);
	fate.says_resets = value_count(1);
	fate.synacks = model->sends_hi;
	fate.walk = "SYN_RECV CLOSE";
	fate.resets_sent = sent_before(all, when_called(judge, SIDE_CLIENT, "c2", "send"));
	judge_case(judge, "the client is silent and cut off");
	judge_fate(judge, &fate);
	judge_time(judge, &(struct figure){
				  .name = "half_open_for",
				  .predicts = span_value(model->give_up),
				  .measured = measure_until_end(judge, SIDE_SERVER, fate.server,
	                                                        when_sent(&fate.synacks_sent)),
				  .rule = "syn_ack_recalc(): tcp_synack_retries, or the deferral "
					  "where that is longer",
				  .unpredicted = fate.unpredicted,
			  });
	judge_case(judge, "the forgotten client sends");
	judge_count(judge,
	            &(struct figure){
			    .name = "resets",
			    .says = value_count(1),
			    .predicts = value_count(1),
			    .measured = measure_sent(&all),
			    .rule = "tcp_v4_rcv(), tcp_rcv_state_process(): an ACK in LISTEN",
		    });
	judge_errno(judge, &(struct errno_figure){
				   .host = SIDE_CLIENT,
				   .sock = "c2",
				   .call = "SO_ERROR",
				   .predicts = "ECONNRESET",
				   .rule = "tcp_reset()",
			   });
}

static void judge_sends(struct judge *judge)
{
	struct deferred fate = fate_of(judge, SENDS);

	fate.accepted = true;
	fate.synacks = 1;
	fate.walk = "SYN_RECV ESTABLISHED";
	judge_case(judge, "the client sends");
	judge_fate(judge, &fate);
}

static void judge(const struct story *story, struct judge *judge)
{
	struct schedule model;

	judge_claim(judge, "ask.defer-accept");
	judge_count(judge, &(struct figure){
				   .name = "TCPDeferAcceptDrop",
				   .predicts = value_count(CLIENTS),
				   .measured = measure_counter(judge, SIDE_SERVER,
	                                                       "TcpExt.TCPDeferAcceptDrop"),
				   .rule = "tcp_check_req(): the third packet of each",
				   .unpredicted = why_not_modelled(story->rec),
			   });
	if (!model_deferred(story->rec, &model))
		model = (struct schedule){0};
	judge_silent(judge, &model);
	judge_cut_off(judge, &model);
	judge_sends(judge);
}

const struct probe probe_ask_defer_accept = {
	.id = "ask.defer-accept",
	.title = "TCP_DEFER_ACCEPT and a client that sends nothing",
	.question = "What becomes of a connection without data when the time of TCP_DEFER_ACCEPT "
		    "is over?",
	.kernel_path = "secs_to_retrans(), tcp_check_req(), reqsk_timer_handler(), "
		       "syn_ack_recalc(), inet_csk_reqsk_queue_drop(); RFC 5961 4.2",
	.wire = WIRE_HAND,
	.claims = {{"ask.defer-accept", "P",
                    "TCP_DEFER_ACCEPT drops a connection without data after its time, and a reset "
                    "follows."}},
	.sysctls = {{"net.ipv4.tcp_synack_retries", "1", NULL}},
	.params = {{"defer_s", 1, 10, "TCP_DEFER_ACCEPT, in seconds"}},
	.run = run,
	.judge = judge,
};
