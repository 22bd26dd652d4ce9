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

/* Until a retransmission changes it the socket's RTO is the one that the first of them ran on. */
static bool data_model(const struct record *rec, struct schedule *model)
{
	const struct event *second = query_sent(rec, "c1", &data, 1);
	const struct sample *at_send =
		query_rto(rec, SIDE_CLIENT, "c1", second ? second->t_ns - 1 : INT64_MAX);

	*model = (struct schedule){0};
	return at_send && model_retries2(rec, SIDE_CLIENT, at_send, model);
}

static void run(struct probe_run *run)
{
	struct sock *client, *server;
	struct schedule model;

	flow_establish(run, 8080, &client, &server);
	wire_drop(run, data);
	sock_send(client, 100);
	if (!data_model(run_record(run), &model))
		run_inconclusive(run, "no RTO of the client's socket was read");
	sock_await_failure(client, model.give_up.hi_ns / NS_PER_MS + 2000);
}

static void judge_sends(struct judge *judge, const struct sent *sent, const struct schedule *model,
                        const char *unpredicted)
{
	judge_count(judge,
	            &(struct figure){
			    .name = "data_segments",
			    .predicts = value_counts(model->sends_lo, model->sends_hi),
			    .measured = measure_sent(sent),
			    .rule = "tcp_write_timeout(): tcp_retries2, tcp_send_loss_probe()",
			    .unpredicted = unpredicted,
			    .predicted_from = RESTS_ON(OBSERVER_DIAG),
		    });
	judge_count(judge,
	            &(struct figure){
			    .name = "loss_probes",
			    .predicts = value_count(model->probes),
			    .measured = measure_counter(judge, SIDE_CLIENT, "TcpExt.TCPLossProbes"),
			    .rule = "tcp_schedule_loss_probe(), tcp_send_loss_probe()",
			    .unpredicted = unpredicted,
			    .predicted_from = RESTS_ON(OBSERVER_DIAG),
		    });
	judge_schedule(judge, &(struct schedule_figure){
				      .sent = sent,
				      .from = when_sent(sent),
				      .model = model,
				      .rule = "tcp_retransmit_timer(): icsk_rto << 1",
				      .unpredicted = unpredicted,
				      .predicted_from = RESTS_ON(OBSERVER_DIAG),
			      });
}

static void judge(const struct story *story, struct judge *judge)
{
	struct sent sent = sent_on(judge, "c1", &data, (struct moment){0});
	struct schedule model;
	const char *unpredicted = NULL;

	if (!data_model(story->rec, &model))
		unpredicted = "no RTO of c1 was read";
	judge_claim(judge, "beyond.retries2");
	judge_premise(judge, "the data was lost each time", measure_all_lost(&sent));
	judge_sends(judge, &sent, &model, unpredicted);
	judge_time(judge, &(struct figure){
				  .name = "fails_after",
				  .predicts = span_value(model.give_up),
				  .measured = measure_until_end(judge, SIDE_CLIENT, "c1",
	                                                        when_sent(&sent)),
				  .rule = "retransmits_timed_out(), tcp_model_timeout()",
				  .unpredicted = unpredicted,
				  .predicted_from = RESTS_ON(OBSERVER_DIAG),
			  });
	judge_given_up(judge, &(struct given_up_figure){
				      .host = SIDE_CLIENT,
				      .sock = "c1",
				      .walk = "SYN_SENT ESTABLISHED CLOSE",
			      });
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
