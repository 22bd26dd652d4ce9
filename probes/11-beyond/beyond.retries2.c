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

static const struct data_end client_end = {.host = SIDE_CLIENT, .sock = "c1"};

static void run(struct probe_run *run)
{
	struct sock *client, *server;

	flow_establish(run, 8080, &client, &server);
	wire_drop(run, (struct packet_match){.from = SIDE_CLIENT, .payload = PAYLOAD_SOME});
	sock_send(client, 100);
	sock_await_failure(client, data_loss_limit_ms(run_record(run), &client_end));
}

static void judge(const struct story *story, struct judge *judge)
{
	struct data_loss loss;

	(void)story;
	data_loss_measure(judge, &client_end, &loss);
	judge_claim(judge, "beyond.retries2");
	judge_premise(judge, "the data was lost each time", measure_all_lost(&loss.sent));
	data_loss_judge_count(judge, &loss, value_none());
	judge_count(judge,
	            &(struct figure){
			    .name = "loss_probes",
			    .predicts = value_count(loss.model.probes),
			    .measured = measure_counter(judge, SIDE_CLIENT, "TcpExt.TCPLossProbes"),
			    .rule = "tcp_schedule_loss_probe(), tcp_send_loss_probe()",
			    .unpredicted = loss.unpredicted,
			    .predicted_from = loss.predicted_from,
		    });
	data_loss_judge_intervals(judge, &loss);
	data_loss_judge_end(judge, &loss, value_none());
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
