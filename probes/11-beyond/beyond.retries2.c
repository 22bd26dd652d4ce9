// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Data that is never acknowledged, on a socket that its owner keeps open: how often
 * is it sent, and after how long does the connection fail? tcp_write_timeout()
 * bounds the time that tcp_retries2 stands for, not the count.
 *
 *   client                         server
 *   ESTABLISHED ---- PA --X
 *               ---- PA --X        a tail loss probe, then timeouts up to 120 s apart
 *   CLOSE       ETIMEDOUT
 */
#include "../../harness/probe.h"

static const struct packet_match data = {.from = SIDE_CLIENT, .payload = PAYLOAD_SOME};

static void run(struct probe_run *run)
{
	struct sock *client, *server;
	const struct sample *sent;
	struct schedule model;

	flow_establish(run, 8080, &client, &server);
	wire_drop(run, data);
	sock_send(client, 100);
	sent = query_rto(run_record(run), SIDE_CLIENT, "c1", INT64_MAX);
	if (!sent || !model_retries2(run_record(run), SIDE_CLIENT, sent, &model))
		run_inconclusive(run, "no RTO of the client's socket was read");
	sock_await_failure(client, model.give_up.hi_ns / NS_PER_MS + 2000);
}

static void judge(const struct record *rec, struct judge *judge)
{
	const struct event *failed = query_call(rec, SIDE_CLIENT, "c1", "SO_ERROR", 0);
	const struct sample *at_send;
	struct schedule model = {0};
	struct packet_list sent;
	struct life life;
	bool can;

	query_sent(rec, &data, &sent);
	at_send = query_rto(rec, SIDE_CLIENT, "c1",
	                    sent.count > 1 ? sent.items[1].t_ns - 1 : INT64_MAX);
	can = sent.count && at_send && model_retries2(rec, SIDE_CLIENT, at_send, &model);
	life_stitch(rec, SIDE_CLIENT, "c1", &life);
	judge_claim(judge, "beyond.retries2");
	judge_compare(judge,
	              &(struct comparison){
			      .name = "data_segments",
			      .unit = "count",
			      .predicts = value_counts(model.sends_lo, model.sends_hi),
			      .measured = can ? value_count((int64_t)sent.count) : value_none(),
			      .why_not = "no data was seen to leave, or no RTO was read",
			      .rests_on = RESTS_ON(OBSERVER_TAP),
			      .rule = "tcp_write_timeout(): tcp_retries2, tcp_send_loss_probe()",
		      });
	judge_compare(judge,
	              &(struct comparison){
			      .name = "fails_after",
			      .unit = "s",
			      .predicts = span_value(model.give_up),
			      .measured = can ? query_until_end(rec, &life, sent.items[0].t_ns)
	                                      : value_none(),
			      .why_not = "no data was seen to leave, or no RTO was read",
			      .rests_on = RESTS_ON(OBSERVER_DIAG) | RESTS_ON(OBSERVER_TAP),
			      .rule = "retransmits_timed_out(), tcp_model_timeout()",
		      });
	judge_error(judge, failed, NULL, "ETIMEDOUT", "tcp_write_err()");
}

const struct probe probe_beyond_retries2 = {
	.id = "beyond.retries2",
	.title = "Data that is never acknowledged",
	.question = "How often is unacknowledged data sent, and after how long does the connection "
		    "fail?",
	.kernel_path = "tcp_retransmit_timer(), tcp_write_timeout(), retransmits_timed_out(), "
		       "tcp_model_timeout()",
	.wire = WIRE_HAND,
	.claims = {{"beyond.retries2", "-",
                    "tcp_retries2 (15 by default) bounds the time that data stays unacknowledged: "
                    "about "
                    "15 minutes."}},
	.sysctls = {{"net.ipv4.tcp_retries2", "2", NULL}},
	.run = run,
	.judge = judge,
};
