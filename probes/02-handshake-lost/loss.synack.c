// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every SYN+ACK is lost. Which end sends again, how often, and by which limit?
 * tcp_retransmit_timer() at the client; reqsk_timer_handler() and, for each SYN that comes
 * again, tcp_check_req() at the server.
 *
 *   client                         server
 *   SYN_SENT    ---- S --->        SYN_RECV, a request sock
 *           X---- SA ----
 *               ---- S --->        the client's timer: tcp_syn_retries
 *           X---- SA ----          in answer, and the request's timer begins anew
 *           X---- SA ----          the request's timer: tcp_synack_retries
 *   CLOSE       ETIMEDOUT
 *                                  the request is dropped
 *
 * A SYN that comes when the request has gone makes another one, with another sequence
 * number. The first one is judged.
 */
#include "../../harness/probe.h"

#define TCP_SYNACK_RETRIES 5 /* include/net/tcp.h */
#define ARTICLE_SYNACK_RETRIES 5

static const struct packet_match syn = {.from = SIDE_CLIENT,
                                        .flags_mask = TCP_FLAG_SYN | TCP_FLAG_ACK,
                                        .flags_value = TCP_FLAG_SYN};
static const struct packet_match synack = {.from = SIDE_SERVER,
                                           .flags_mask = TCP_FLAG_SYN | TCP_FLAG_ACK,
                                           .flags_value = TCP_FLAG_SYN | TCP_FLAG_ACK};

static void run(struct probe_run *run)
{
	const struct synack lost = {0};
	struct schedule syns, synacks;
	struct sock *client;

	sysctl_default(run, "net.ipv4.tcp_synack_retries");
	if (model_sysctl_or(run_record(run), SIDE_SERVER, "net.ipv4.tcp_syncookies", 0) == 2)
		run_inconclusive(run, "tcp_syncookies=2: the server keeps nothing of a SYN");
	if (!model_syn(run_record(run), SIDE_CLIENT, &syns) ||
	    !model_synack(run_record(run), SIDE_SERVER, &lost, &synacks))
		run_inconclusive(run, "no model of the SYN's or the SYN+ACK's retries");
	sock_listen(run, SIDE_SERVER, 8080);
	wire_drop(run, synack);
	client = sock_open(run, SIDE_CLIENT);
	sock_connect(client, SIDE_SERVER, 8080);
	sock_await_error(client, syns.give_up.hi_ns / NS_PER_MS + 2000);
	await_gone_within(sock_peer(client), synacks.give_up.hi_ns / NS_PER_MS + 2000);
}

/* What became of the first request sock. */
struct request {
	struct sent syns, synacks; /* that left */
	struct sent own; /* those of the SYN+ACKs that have the first one's sequence number */
	int64_t asked; /* SYNs that came to it, the one that made it not counted */
	int64_t answers; /* ...and those of them that it may answer */
	int64_t skipped; /* ...and that come too soon after the last one that it answered */
	bool either; /* which is not known of one of them */
	int64_t made; /* request socks in all */
};

/* When the first SYN+ACK left that is not the first request's. */
static int64_t next_request_ns(const struct sent *synacks)
{
	for (size_t i = 1; i < synacks->count; i++)
		if (synacks->items[i]->packet->seq != synacks->items[0]->packet->seq)
			return synacks->items[i]->depart_ns;
	return INT64_MAX;
}

/* Of the SYNs that came to it, the first made it and the last before another made that. */
static void request_ask(const struct record *rec, struct request *request, int64_t next_ns)
{
	struct oow oow = {0};
	int64_t came = 0, last = next_ns < INT64_MAX ? -1 : 0;

	for (size_t i = 0; i < request->syns.count; i++)
		last += request->syns.items[i]->fate == FATE_DELIVERED &&
		        request->syns.items[i]->arrive_ns < next_ns;
	for (size_t i = 0; i < request->syns.count && came < last; i++) {
		const struct flight *flight = request->syns.items[i];

		if (flight->fate != FATE_DELIVERED || !came++)
			continue;
		switch (model_oow(rec, SIDE_SERVER, &oow, flight->arrive_ns)) {
		case OOW_ANSWERED:
			request->answers++;
			break;
		case OOW_SKIPPED:
			request->skipped++;
			break;
		case OOW_EITHER:
		case OOW_FATE_COUNT:
			request->either = true;
			break;
		}
		request->asked++;
	}
}

static struct request request_find(struct judge *judge)
{
	struct request request = {
		.syns = sent_on(judge, "c1", &syn, (struct moment){0}),
		.synacks = sent_on(judge, "", &synack, (struct moment){0}),
	};
	int64_t next_ns = next_request_ns(&request.synacks);

	for (size_t i = 0; i < request.synacks.count; i++)
		request.made += !i || request.synacks.items[i]->packet->seq !=
		                              request.synacks.items[i - 1]->packet->seq;
	request.own = request.synacks;
	while (request.own.count && request.own.items[request.own.count - 1]->depart_ns >= next_ns)
		request.own.count--;
	request_ask(judged_story(judge)->rec, &request, next_ns);
	return request;
}

static struct measured measure_less(struct measured measured, int64_t less)
{
	if (measured.value.kind == VALUE_COUNT) {
		measured.value.lo -= less;
		measured.value.hi -= less;
	}
	return measured;
}

static void judge_syns(struct judge *judge, const struct request *request,
                       const struct schedule *model, int64_t retries)
{
	judge_count(judge,
	            &(struct figure){
			    .name = "syn_retransmissions",
			    .says = value_count(retries),
			    .predicts = value_counts(model->sends_lo - 1, model->sends_hi - 1),
			    .measured = measure_resends(&request->syns),
			    .rule = "tcp_write_timeout(): tcp_syn_retries, "
				    "tcp_syn_linear_timeouts, retransmits_timed_out()",
		    });
	judge_errno(judge, &(struct errno_figure){
				   .host = SIDE_CLIENT,
				   .sock = "c1",
				   .call = "SO_ERROR",
				   .predicts = "ETIMEDOUT",
				   .rule = "tcp_write_err()",
			   });
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_CLIENT,
				  .sock = "c1",
				  .predicts = "SYN_SENT CLOSE",
				  .rule = "tcp_write_err(), tcp_done()",
			  });
}

static void judge_synacks(struct judge *judge, const struct request *request, int64_t retries)
{
	const char *unpredicted =
		request->either ? "a SYN came just when tcp_invalid_ratelimit was over" : NULL;
	struct measured resends = measure_resends(&request->own);
	struct figure figure = {
		.name = "synack_retransmissions",
		.says = value_count(retries),
		.predicts = value_count(retries),
		.measured = measure_less(resends, request->answers),
		.rule = "reqsk_timer_handler(): tcp_synack_retries",
		.unpredicted = unpredicted,
		.predicted_from = RESTS_ON(OBSERVER_TAP),
	};

	judge_case(judge, "only what its timer sent");
	judge_count(judge, &figure);
	judge_case(judge, "all that it sent");
	figure.predicts = value_count(retries + request->answers);
	figure.measured = resends;
	figure.rule =
		"reqsk_timer_handler(), tcp_check_req(): each SYN that comes again is answered";
	judge_count(judge, &figure);
}

static void judge_counters(struct judge *judge, const struct request *request, int64_t retries)
{
	judge_count(judge, &(struct figure){
				   .name = "server_TCPACKSkippedSynRecv",
				   .predicts = value_count(request->skipped),
				   .measured = measure_counter(judge, SIDE_SERVER,
	                                                       "TcpExt.TCPACKSkippedSynRecv"),
				   .rule = "tcp_oow_rate_limited(): tcp_invalid_ratelimit",
				   .unpredicted = request->either ? "as above" : NULL,
				   .predicted_from = RESTS_ON(OBSERVER_TAP),
			   });
	judge_count(judge,
	            &(struct figure){
			    .name = "server_TCPTimeouts",
			    .predicts = value_count(request->made * (retries + 1)),
			    .measured = measure_counter(judge, SIDE_SERVER, "TcpExt.TCPTimeouts"),
			    .rule = "reqsk_timer_handler(), tcp_syn_ack_timeout(): each time-out, "
				    "the last one too",
			    .predicted_from = RESTS_ON(OBSERVER_TAP),
		    });
	judge_count(
		judge,
		&(struct figure){
			.name = "server_TCPSynRetrans",
			.predicts = value_count((int64_t)request->synacks.count - request->made),
			.measured = measure_counter(judge, SIDE_SERVER, "TcpExt.TCPSynRetrans"),
			.rule = "tcp_rtx_synack()",
			.predicted_from = RESTS_ON(OBSERVER_TAP),
		});
}

/* When the last SYN+ACK of the first request left, which set its timer for the last time. */
static struct moment when_last(const struct sent *sent)
{
	struct moment last = when_sent(sent);

	if (!last.why_not)
		last.t_ns = sent->items[sent->count - 1]->depart_ns;
	return last;
}

static void judge_end(const struct record *rec, struct judge *judge, const struct request *request,
                      int64_t retries)
{
	struct span wait =
		model_timer(rec, model_synack_timeout_ns(rec, SIDE_SERVER, (unsigned int)retries));

	judge_time(judge, &(struct figure){
				  .name = "dropped_after_last_synack",
				  .predicts = span_value(wait),
				  .measured = measure_until_end(judge, SIDE_SERVER, "s1",
	                                                        when_last(&request->own)),
				  .rule = "reqsk_timer_handler(), reqsk_timeout()",
				  .grain_ns = wait.grain_ns,
			  });
}

static void judge(const struct story *story, struct judge *judge)
{
	struct request request = request_find(judge);
	struct measured lost = measure_all_lost(&request.synacks);
	int64_t syn_retries = 0, synack_retries = 0;
	struct schedule model;

	if (!model_syn(story->rec, SIDE_CLIENT, &model))
		lost = measured_none(0, "net.ipv4.tcp_syn_retries is not in the record");
	record_sysctl(story->rec, SIDE_CLIENT, "net.ipv4.tcp_syn_retries", &syn_retries);
	record_sysctl(story->rec, SIDE_SERVER, "net.ipv4.tcp_synack_retries", &synack_retries);
	judge_claim(judge, "loss.synack");
	judge_premise(judge, "every SYN+ACK was lost", lost);
	judge_syns(judge, &request, &model, syn_retries);
	judge_counters(judge, &request, synack_retries);
	judge_end(story->rec, judge, &request, synack_retries);
	judge_synacks(judge, &request, synack_retries);
	judge_claim(judge, "loss.synack-default");
	judge_count(judge,
	            &(struct figure){
			    .name = "default_tcp_synack_retries",
			    .says = value_count(ARTICLE_SYNACK_RETRIES),
			    .predicts = value_count(TCP_SYNACK_RETRIES),
			    .measured = measure_default(judge, "net.ipv4.tcp_synack_retries"),
			    .rule = "TCP_SYNACK_RETRIES in include/net/tcp.h, tcp_sk_init()",
		    });
}

const struct probe probe_loss_synack = {
	.id = "loss.synack",
	.title = "Every SYN+ACK is lost",
	.question = "Which end sends again, how often, and by which limit?",
	.kernel_path = "tcp_retransmit_timer(), tcp_write_timeout(); reqsk_timer_handler(), "
		       "tcp_check_req(), tcp_oow_rate_limited(); RFC 9293 3.8.3",
	.wire = WIRE_KERNEL,
	.claims = {{"loss.synack", "D",
                    "The SYN+ACK is lost: both ends retransmit, the client tcp_syn_retries times, "
                    "the server tcp_synack_retries times."},
                   {"loss.synack-default", "D", "tcp_synack_retries is 5 by default."}},
	.sysctls = {{"net.ipv4.tcp_syn_retries", "2", NULL},
                    {"net.ipv4.tcp_synack_retries", "1", NULL}},
	.run = run,
	.judge = judge,
};
