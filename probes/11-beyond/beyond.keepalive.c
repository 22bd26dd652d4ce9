// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The peer of an idle connection vanishes. When does SO_KEEPALIVE probe, how often,
 * and when is the connection given up? tcp_keepalive_timer().
 *
 *   client                         server
 *   ESTABLISHED                    ESTABLISHED
 *     tcp_keepalive_time
 *               ---- A ---X        tcp_keepalive_probes times, tcp_keepalive_intvl apart
 *   CLOSE       ---- RA --X        ETIMEDOUT
 */
#include "../../harness/probe.h"

static const struct packet_match reset = {
	.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_RST, .flags_value = TCP_FLAG_RST};

static void run(struct probe_run *run)
{
	struct sock *client, *server;
	struct schedule model;

	flow_establish(run, 8080, &client, &server);
	if (!model_keepalive(run_record(run), SIDE_CLIENT, &model))
		run_inconclusive(run, "the keepalive sysctls are not in the record");
	wire_drop(run, (struct packet_match){.from = SIDE_CLIENT});
	sock_keepalive(client);
	sock_await_failure(client, model.give_up.hi_ns / NS_PER_MS + 2000);
	await_sent_in_all_within(run, reset, 1, AWAIT_LIMIT_MS);
}

static void judge(const struct record *rec, struct judge *judge)
{
	const struct packet_match from_client = {.from = SIDE_CLIENT};
	const struct event *failed = query_call(rec, SIDE_CLIENT, "c1", "SO_ERROR", 0);
	int64_t armed_ns = query_called_ns(rec, SIDE_CLIENT, "c1", "setsockopt");
	struct schedule model;
	struct packet_list sent;
	struct life life;
	size_t probes = 0;
	bool was_reset = false;

	model_keepalive(rec, SIDE_CLIENT, &model);
	query_sent(rec, &from_client, &sent);
	query_since(&sent, armed_ns);
	for (size_t i = 0; i < sent.count; i++) {
		probes += sent.items[i].packet.flags == TCP_FLAG_ACK;
		was_reset |= sent.items[i].packet.flags & TCP_FLAG_RST;
	}
	life_stitch(rec, SIDE_CLIENT, "c1", &life);
	judge_claim(judge, "beyond.keepalive");
	judge_compare(judge, &(struct comparison){
				     .name = "probes",
				     .unit = "count",
				     .predicts = value_count(model.sends_lo),
				     .measured = value_count((int64_t)probes),
				     .rests_on = RESTS_ON(OBSERVER_TAP),
				     .rule = "tcp_keepalive_timer(): icsk_probes_out",
			     });
	judge_compare(judge,
	              &(struct comparison){
			      .name = "first_probe_after",
			      .unit = "s",
			      .predicts = span_value(model.at[0]),
			      .measured = sent.count ? value_time(sent.items[0].t_ns - armed_ns,
	                                                          sent.items[0].t_ns - armed_ns)
	                                             : value_none(),
			      .why_not = "nothing was seen to leave",
			      .rests_on = RESTS_ON(OBSERVER_TAP),
			      .rule = "keepalive_time_when()",
		      });
	judge_compare(judge,
	              &(struct comparison){
			      .name = "fails_after",
			      .unit = "s",
			      .predicts = span_value(model.give_up),
			      .measured = query_until_end(rec, &life, armed_ns),
			      .rests_on = RESTS_ON(OBSERVER_DIAG),
			      .rule = "tcp_keepalive_time + tcp_keepalive_probes times _intvl",
		      });
	judge_truth(judge, "reset_at_the_end", NULL, true, was_reset, RESTS_ON(OBSERVER_TAP),
	            "tcp_send_active_reset()");
	judge_error(judge, failed, NULL, "ETIMEDOUT", "tcp_write_err()");
}

const struct probe probe_beyond_keepalive = {
	.id = "beyond.keepalive",
	.title = "SO_KEEPALIVE and a peer that has vanished",
	.question = "When does a keepalive probe go out, how many do, and when does the connection "
		    "fail?",
	.kernel_path = "tcp_keepalive_timer(), tcp_write_wakeup(), tcp_send_active_reset()",
	.wire = WIRE_HAND,
	.claims = {{"beyond.keepalive", "-",
                    "tcp_keepalive_time, then tcp_keepalive_probes probes tcp_keepalive_intvl "
                    "apart: by "
                    "default over two hours."}},
	.sysctls = {{"net.ipv4.tcp_keepalive_time", "2", NULL},
                    {"net.ipv4.tcp_keepalive_intvl", "1", NULL},
                    {"net.ipv4.tcp_keepalive_probes", "3", NULL}},
	.run = run,
	.judge = judge,
};
