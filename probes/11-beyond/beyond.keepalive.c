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

static const char unmodelled[] = "tcp_keepalive_time, _intvl or _probes is missing or negative";

static void run(struct probe_run *run)
{
	struct sock *client, *server;
	struct schedule model;

	flow_establish(run, 8080, &client, &server);
	if (!model_keepalive(run_record(run), SIDE_CLIENT, &model))
		run_inconclusive(run, unmodelled);
	wire_drop(run, (struct packet_match){.from = SIDE_CLIENT});
	sock_keepalive(client);
	sock_await_failure(client, model.give_up.hi_ns / NS_PER_MS + 2000);
	await_sent_in_all_within(run, reset, 1, AWAIT_LIMIT_MS);
}

/* What the client sent once the option was set: the peer answered nothing of it. */
static void judge_probes(struct judge *judge, const struct schedule *model, const char *unpredicted,
                         struct moment armed)
{
	const struct packet_match ack = {
		.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_RST, .flags_value = 0};
	struct sent probes = sent_on(judge, "c1", &ack, armed);

	if (model->sends_hi)
		judge_premise(judge, "every probe was lost", measure_all_lost(&probes));
	judge_count(judge, &(struct figure){
				   .name = "probes",
				   .predicts = value_counts(model->sends_lo, model->sends_hi),
				   .measured = measure_sent(&probes),
				   .rule = "tcp_keepalive_timer(): icsk_probes_out",
				   .unpredicted = unpredicted,
			   });
	if (!model->sends_hi) /* tcp_keepalive_probes is 0 */
		return;
	judge_time(judge, &(struct figure){
				  .name = "first_probe_after",
				  .predicts = span_value(model->at[0]),
				  .grain_ns = model->at[0].grain_ns,
				  .measured = measure_first(&probes, armed),
				  .rule = "keepalive_time_when()",
				  .unpredicted = unpredicted,
			  });
	judge_schedule(judge, &(struct schedule_figure){
				      .sent = &probes,
				      .from = armed,
				      .model = model,
				      .rule = "keepalive_time_when(), keepalive_intvl_when()",
				      .unpredicted = unpredicted,
			      });
}

static void judge_failure(struct judge *judge, const struct schedule *model,
                          const char *unpredicted, struct moment armed)
{
	struct sent resets = sent_on(judge, "c1", &reset, armed);

	judge_time(judge, &(struct figure){
				  .name = "fails_after",
				  .predicts = span_value(model->give_up),
				  .measured = measure_until_end(judge, SIDE_CLIENT, "c1", armed),
				  .rule = "tcp_keepalive_time + tcp_keepalive_probes times _intvl",
				  .unpredicted = unpredicted,
			  });
	judge_count(judge, &(struct figure){
				   .name = "resets",
				   .predicts = value_count(1),
				   .measured = measure_sent(&resets),
				   .rule = "tcp_send_active_reset()",
			   });
	judge_given_up(judge, &(struct given_up_figure){
				      .host = SIDE_CLIENT,
				      .sock = "c1",
				      .walk = "SYN_SENT ESTABLISHED CLOSE",
			      });
}

static void judge(const struct story *story, struct judge *judge)
{
	struct moment armed = when_called(judge, SIDE_CLIENT, "c1", "setsockopt");
	const char *unpredicted = NULL;
	struct schedule model;

	if (!model_keepalive(story->rec, SIDE_CLIENT, &model))
		unpredicted = unmodelled;
	judge_claim(judge, "beyond.keepalive");
	judge_probes(judge, &model, unpredicted, armed);
	judge_failure(judge, &model, unpredicted, armed);
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
