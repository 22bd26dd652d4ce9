// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The third packet is lost. Who sends again, how often, and what becomes of either end?
 * reqsk_timer_handler() at the server; at the client tcp_validate_incoming(), which answers
 * each SYN+ACK that comes again by a challenge ACK (RFC 5961 4.2), and nothing else: a
 * segment without data, SYN or FIN is not queued, so no timer can send it again.
 *
 *   client c1                      server           client c2                 server
 *   ESTABLISHED <--- SA ----       SYN_RECV         ESTABLISHED <--- SA ----  SYN_RECV
 *               ---- A ---X                                     ---- A ---X
 *               <--- SA ----       its timer                    <--- SA ----
 *               ---- A ---X        challenge ACK                ---- A ---->  ESTABLISHED
 *                                  CLOSE
 *   ESTABLISHED                    no socket
 *               ---- PA --->
 *   CLOSE       <--- R -----       ECONNRESET
 */
#include "../../harness/probe.h"

#define PORT_LOST 8080 /* no ACK comes through */
#define PORT_ONCE 8081 /* the first one does not */

static const struct packet_match syn = {.from = SIDE_CLIENT,
                                        .flags_mask = TCP_FLAG_SYN | TCP_FLAG_ACK,
                                        .flags_value = TCP_FLAG_SYN};
static const struct packet_match synack = {.from = SIDE_SERVER,
                                           .flags_mask = TCP_FLAG_SYN | TCP_FLAG_ACK,
                                           .flags_value = TCP_FLAG_SYN | TCP_FLAG_ACK};
static const struct packet_match pure_ack = {.from = SIDE_CLIENT,
                                             .flags_mask = TCP_FLAG_SYN | TCP_FLAG_ACK,
                                             .flags_value = TCP_FLAG_ACK,
                                             .payload = PAYLOAD_NONE};

static bool model_lost(const struct record *rec, struct schedule *schedule)
{
	const struct synack lost = {0};

	return model_synack(rec, SIDE_SERVER, &lost, schedule);
}

static struct sock *connect_losing(struct probe_run *run, uint16_t port, unsigned int count,
                                   uint32_t *rule)
{
	struct packet_match acks = pure_ack;
	struct sock *client = sock_open(run, SIDE_CLIENT);

	acks.dst_port = port;
	*rule = count ? wire_drop_next(run, acks, count) : wire_drop(run, acks);
	sock_listen(run, SIDE_SERVER, port);
	sock_connect(client, SIDE_SERVER, port);
	await_state(client, STATE_ESTABLISHED);
	return client;
}

static void run(struct probe_run *run)
{
	struct sock *lost, *once;
	struct schedule model;
	uint32_t rule, first;

	if (model_sysctl_or(run_record(run), SIDE_SERVER, "net.ipv4.tcp_syncookies", 0) == 2)
		run_inconclusive(run, "tcp_syncookies=2: the server keeps nothing of a SYN");
	if (!model_lost(run_record(run), &model))
		run_inconclusive(run, "net.ipv4.tcp_synack_retries is not modelled");
	lost = connect_losing(run, PORT_LOST, 0, &rule);
	once = connect_losing(run, PORT_ONCE, 1, &first);
	if (model.sends_lo > 1)
		await_state_within(sock_peer(once), STATE_ESTABLISHED,
		                   model.after[1].hi_ns / NS_PER_MS + AWAIT_LIMIT_MS);
	await_gone_within(sock_peer(lost), model.give_up.hi_ns / NS_PER_MS + AWAIT_LIMIT_MS);
	observe_for(run, param(run, "silence_ms"), "the client has no timer that would end it");
	wire_restore(run, rule);
	note(run, "the client sends");
	sock_send_text(lost, "is anybody there?");
	sock_await_failure(lost, AWAIT_LIMIT_MS);
	await_gone_within(lost, AWAIT_LIMIT_MS);
}

/* ---- the server */

static void judge_server(const struct record *rec, struct judge *judge, const struct sent *synacks)
{
	const char *unpredicted = NULL;
	struct schedule model;
	int64_t retries = 0;

	if (!model_lost(rec, &model))
		unpredicted = "net.ipv4.tcp_synack_retries is not modelled";
	record_sysctl(rec, SIDE_SERVER, "net.ipv4.tcp_synack_retries", &retries);
	judge_count(judge, &(struct figure){
				   .name = "synack_retransmissions",
				   .says = value_count(retries),
				   .predicts = value_counts(model.sends_lo - 1, model.sends_hi - 1),
				   .measured = measure_resends(synacks),
				   .rule = "reqsk_timer_handler(): tcp_synack_retries",
				   .unpredicted = unpredicted,
			   });
	judge_schedule(judge,
	               &(struct schedule_figure){
			       .sent = synacks,
			       .from = when_sent(synacks),
			       .model = &model,
			       .rule = "reqsk_timer_handler(), reqsk_timeout(): 1 s, doubled",
			       .unpredicted = unpredicted,
		       });
	judge_time(judge, &(struct figure){
				  .name = "half_open_for",
				  .predicts = span_value(model.give_up),
				  .measured = measure_until_end(judge, SIDE_SERVER, "s1",
	                                                        when_sent(synacks)),
				  .rule = "reqsk_timer_handler(): inet_csk_reqsk_queue_drop()",
				  .unpredicted = unpredicted,
			  });
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_SERVER,
				  .sock = "s1",
				  .says = "SYN_RECV CLOSE",
				  .predicts = "SYN_RECV CLOSE",
				  .rule = "tcp_conn_request(), inet_csk_reqsk_queue_drop()",
			  });
}

/* ---- the client */

static void judge_client(const struct record *rec, struct judge *judge)
{
	const struct packet_match reset = {
		.from = SIDE_SERVER, .flags_mask = TCP_FLAG_RST, .flags_value = TCP_FLAG_RST};
	struct sent resets = sent_on(judge, "", &reset, (struct moment){0});
	const char *unpredicted = NULL;
	struct schedule model;

	if (!model_lost(rec, &model))
		unpredicted = "net.ipv4.tcp_synack_retries is not modelled";
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_CLIENT,
				  .sock = "c1",
				  .says = "SYN_SENT ESTABLISHED CLOSE",
				  .predicts = "SYN_SENT ESTABLISHED CLOSE",
				  .rule = "tcp_rcv_synsent_state_process(), tcp_reset()",
			  });
	/* Longer than the server's patience: how much longer is how long the probe was silent. */
	judge_time(judge,
	           &(struct figure){
			   .name = "stays_ESTABLISHED",
			   .predicts = value_time(model.give_up.lo_ns, INT64_MAX),
			   .measured = measure_stay(judge, SIDE_CLIENT, "c1", STATE_ESTABLISHED),
			   .rule = "an idle socket without SO_KEEPALIVE has no timer",
			   .unpredicted = unpredicted,
		   });
	judge_count(judge,
	            &(struct figure){
			    .name = "resets",
			    .predicts = value_count(1),
			    .measured = measure_sent(&resets),
			    .rule = "tcp_v4_rcv(), tcp_rcv_state_process(): an ACK in LISTEN",
		    });
	judge_errno(judge, &(struct errno_figure){
				   .host = SIDE_CLIENT,
				   .sock = "c1",
				   .call = "SO_ERROR",
				   .predicts = "ECONNRESET",
				   .rule = "tcp_reset()",
			   });
}

/* ---- the ACKs */

/* How many ACKs the SYN+ACKs that come again ask for. */
struct challenges {
	int64_t answered, skipped;
	bool either; /* of one it is not known which */
};

static struct challenges challenges_of(const struct record *rec, const struct sent *synacks)
{
	struct challenges challenges = {0};
	struct oow oow = {0};

	for (size_t i = 1; i < synacks->count; i++) {
		if (synacks->items[i]->fate != FATE_DELIVERED)
			continue;
		switch (model_oow(rec, SIDE_CLIENT, &oow, synacks->items[i]->arrive_ns)) {
		case OOW_ANSWERED:
			challenges.answered++;
			break;
		case OOW_SKIPPED:
			challenges.skipped++;
			break;
		case OOW_EITHER:
		case OOW_FATE_COUNT:
			challenges.either = true;
			break;
		}
	}
	return challenges;
}

/*
 * In each second tcp_send_challenge_ack() draws a limit from half of tcp_challenge_ack_limit
 * on; the two connections may want two ACKs in one.
 */
static const char *why_unpredicted(const struct record *rec, const struct challenges *challenges)
{
	const char *name = "net.ipv4.tcp_challenge_ack_limit";

	if (model_sysctl_or(rec, SIDE_CLIENT, name, INT32_MAX) < 3)
		return "tcp_challenge_ack_limit is below 3: how many ACKs a second that leaves is "
		       "drawn at random";
	return challenges->either ? "a SYN+ACK came just when tcp_invalid_ratelimit was over"
	                          : NULL;
}

/* ACKs that left without a SYN+ACK just before: a timer's, if there were one. */
static struct measured measure_unasked(const struct record *rec, const struct sent *acks,
                                       const struct sent *synacks)
{
	struct measured measured = measure_sent(acks);
	int64_t unasked = 0;

	for (size_t i = 0; i < acks->count; i++) {
		int64_t late_ns = INT64_MAX;

		for (size_t j = 0; j < synacks->count; j++)
			if (synacks->items[j]->fate == FATE_DELIVERED &&
			    synacks->items[j]->arrive_ns <= acks->items[i]->depart_ns)
				late_ns = acks->items[i]->depart_ns - synacks->items[j]->arrive_ns;
		unasked += late_ns > rec->slack_ms * NS_PER_MS;
	}
	measured.value = value_count(unasked);
	return measured;
}

static void judge_acks(const struct record *rec, struct judge *judge, const struct sent *synacks)
{
	struct sent acks = sent_on(judge, "c1", &pure_ack, (struct moment){0});
	struct challenges challenges = challenges_of(rec, synacks);
	const char *unpredicted = why_unpredicted(rec, &challenges);

	judge_count(judge, &(struct figure){
				   .name = "acks_that_nothing_asked_for",
				   .says = value_count(0),
				   .predicts = value_count(0),
				   .measured = measure_unasked(rec, &acks, synacks),
				   .rule = "tcp_send_ack(): what takes no number is not queued",
			   });
	judge_count(judge, &(struct figure){
				   .name = "acks_for_synacks_that_came_again",
				   .says = value_count((int64_t)synacks->count - 1),
				   .predicts = value_count(challenges.answered),
				   .measured = measure_resends(&acks),
				   .rule = "tcp_send_challenge_ack(): tcp_invalid_ratelimit, "
					   "tcp_challenge_ack_limit",
				   .unpredicted = unpredicted,
				   .predicted_from = synacks->rests_on,
			   });
	judge_count(judge, &(struct figure){
				   .name = "client_TCPACKSkippedChallenge",
				   .predicts = value_count(challenges.skipped),
				   .measured = measure_counter(judge, SIDE_CLIENT,
	                                                       "TcpExt.TCPACKSkippedChallenge"),
				   .rule = "__tcp_oow_rate_limited(): tcp_invalid_ratelimit",
				   .unpredicted = unpredicted,
				   .predicted_from = synacks->rests_on,
			   });
}

/* The connection that lost the first ACK alone. */
static void judge_once(const struct record *rec, struct judge *judge)
{
	const struct challenges none = {0};
	int64_t retries = model_sysctl_or(rec, SIDE_SERVER, "net.ipv4.tcp_synack_retries", 0);

	judge_truth(judge, &(struct figure){
				   .name = "established_by_the_second_ACK",
				   .says = value_truth(true),
				   .predicts = value_truth(retries > 0),
				   .measured = measure_entered(judge, SIDE_SERVER, "s2",
	                                                       STATE_ESTABLISHED),
				   .rule = "reqsk_timer_handler(), tcp_send_challenge_ack(), "
					   "tcp_check_req()",
				   .unpredicted = retries ? why_unpredicted(rec, &none) : NULL,
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	struct sent synacks = sent_on(judge, "s1", &synack, (struct moment){0});
	struct sent acks = sent_on(judge, "c1", &pure_ack, (struct moment){0});
	struct sent syns = sent_on(judge, "c1", &syn, (struct moment){0});
	struct measured lost = measure_all_lost(&acks);

	if (syns.count > 1)
		synacks.why_not = "the SYN came twice, and each answer sets the timer anew";
	judge_claim(judge, "loss.ack");
	judge_premise(judge, "every ACK was lost", lost);
	judge_server(story->rec, judge, &synacks);
	judge_claim(judge, "loss.ack-client-stays");
	judge_premise(judge, "every ACK was lost", lost);
	judge_client(story->rec, judge);
	judge_claim(judge, "loss.ack-never-retransmitted");
	judge_acks(story->rec, judge, &synacks);
	judge_once(story->rec, judge);
}

const struct probe probe_loss_ack = {
	.id = "loss.ack",
	.title = "The third packet is lost",
	.question = "Who sends again, how often, and what becomes of either end?",
	.kernel_path = "reqsk_timer_handler(), tcp_check_req(); tcp_validate_incoming(), "
		       "tcp_send_challenge_ack(); RFC 9293 3.8.3, RFC 5961 4.2",
	.wire = WIRE_HAND,
	.claims = {{"loss.ack", "D",
                    "The third packet is lost: the server sends its SYN+ACK again "
                    "tcp_synack_retries times, then drops the half-open connection."},
                   {"loss.ack-client-stays", "D",
                    "Meanwhile the client is ESTABLISHED, and stays so until it sends."},
                   {"loss.ack-never-retransmitted", "D",
                    "A bare ACK is never retransmitted; the peer's retransmission provokes "
                    "another one."}},
	.sysctls = {{"net.ipv4.tcp_synack_retries", "2", NULL}},
	.params = {{"silence_ms", 500, 60000,
                    "how long the client stays silent when the server has given up, ms"}},
	.run = run,
	.judge = judge,
};
