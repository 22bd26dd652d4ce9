// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A segment of the old connection comes late: does TIME_WAIT keep it from doing harm?
 * tcp_timewait_state_process() acknowledges what carries data, out of its window or with an old
 * timestamp, and queues nothing. But the server is gone, and resets that acknowledgement; without
 * tcp_rfc1337 the reset ends TIME_WAIT (RFC 1337, hazard H1 follows). Without TIME_WAIT a
 * reset answers the segment at once (tcp_v4_send_reset()).
 *
 *   client                         server
 *               <--- PA ----       held on the wire
 *               <--- PA ----       sent again, read
 *   TIME_WAIT   ---- A ---->       CLOSE
 *               <... PA ....       the first one comes at last
 *   TIME_WAIT   ---- A ---->
 *   CLOSE       <--- R ----        unless tcp_rfc1337
 */
#include "late_data.h"

static void run(struct probe_run *run)
{
	const struct record *rec = run_record(run);
	struct late late = {.from = SIDE_SERVER, .client_port = CLIENT_PORT};
	const struct packet_match reset = {
		.from = SIDE_SERVER, .flags_mask = TCP_FLAG_RST, .flags_value = TCP_FLAG_RST};
	struct sock *client, *server;

	late.listener = sock_listen(run, SIDE_SERVER, SERVER_PORT);
	late_open(run, &late);
	client = late.ends[SIDE_CLIENT];
	server = late.ends[SIDE_SERVER];
	sock_shutdown(client, SHUT_WR);
	await_state(client, STATE_FIN_WAIT2);
	await_state(server, STATE_CLOSE_WAIT);
	sock_close(server);
	await_end(server);
	await_state(client, model_timewait_state(rec, SIDE_CLIENT));
	sock_close(client);
	counters_mark(run, "late");
	wire_release_one(run, late.rule, 0);
	(void)await_sent_within(run, (struct packet_match){.from = SIDE_CLIENT}, 1, AWAIT_LIMIT_MS);
	if (model_timewait_is_kept(rec, SIDE_CLIENT))
		(void)await_sent_within(run, reset, 1, AWAIT_LIMIT_MS);
}

/* 6.15 counts it apart: LINUX_MIB_PAWS_TW_REJECTED. */
static struct measured measure_paws(struct judge *judge)
{
	struct measured estab =
		measure_counter_since(judge, SIDE_CLIENT, "TcpExt.PAWSEstab", "late");
	struct measured timewait =
		measure_counter_since(judge, SIDE_CLIENT, "TcpExt.PAWSTimewait", "late");

	estab.value.lo += timewait.value.lo;
	estab.value.hi += timewait.value.hi;
	return estab;
}

static void judge_late(struct judge *judge, bool kept, bool timestamps)
{
	const struct packet_match any = {.from = SIDE_CLIENT};
	struct sent answers =
		sent_on(judge, "", &any, when_called(judge, SIDE_CLIENT, "c1", "close"));

	judge_words(judge, &(struct figure){
				   .name = "answer",
				   .predicts = value_words(kept ? "A" : "R"),
				   .measured = measure_flags(judge, &answers),
				   .rule = kept ? "tcp_timewait_state_process(): TCP_TW_ACK"
	                                        : "tcp_v4_send_reset(): no socket",
			   });
	judge_count(judge, &(struct figure){
				   .name = "bytes_read",
				   .says = value_count(sizeof(late_text) - 1),
				   .predicts = value_count(sizeof(late_text) - 1),
				   .measured = measure_total(judge, SIDE_CLIENT, "c1", "recv"),
				   .rule = "a time-wait sock has no queue",
			   });
	judge_count(judge, &(struct figure){
				   .name = "PAWSEstab_or_PAWSTimewait",
				   .predicts = value_count(kept && timestamps),
				   .measured = measure_paws(judge),
				   .rule = "tcp_timewait_state_process(): paws_reject",
			   });
}

static void judge_stay(struct judge *judge, bool kept, bool killed)
{
	const struct packet_match any = {.from = SIDE_SERVER};
	struct sent resets =
		sent_on(judge, "", &any, when_called(judge, SIDE_CLIENT, "c1", "close"));

	judge_words(judge,
	            &(struct figure){
			    .name = "server_resets",
			    .predicts = value_words(kept ? "R" : ""),
			    .measured = measure_flags(judge, &resets),
			    .rule = "tcp_v4_send_reset(): the acknowledgement finds no socket",
		    });
	judge_walk(judge,
	           &(struct walk_figure){
			   .host = SIDE_CLIENT,
			   .sock = "c1",
			   .says = "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT",
			   .predicts = judge_text(
				   judge, "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2%s%s",
				   kept ? " TIME_WAIT" : "", kept && !killed ? "" : " CLOSE"),
			   .rule = killed ? "tcp_timewait_state_process(): RST at rcv_nxt"
	                                  : "tcp_timewait_state_process(): tcp_rfc1337",
		   });
}

static void judge(const struct story *story, struct judge *judge)
{
	const bool kept = model_timewait_is_kept(story->rec, SIDE_CLIENT);
	int64_t rfc1337 = 0;

	record_sysctl(story->rec, SIDE_CLIENT, "net.ipv4.tcp_rfc1337", &rfc1337);
	judge_claim(judge, "history.timewait-absorbs");
	judge_late(judge, kept, model_negotiated(story->rec).timestamps);
	judge_stay(judge, kept, !rfc1337);
}

static const struct variant variants[] = {
	{.suffix = ""},
	{
		.suffix = "rfc1337",
		.title = "resets do not end TIME_WAIT",
		.sysctls = {{"client:net.ipv4.tcp_rfc1337", "1", "1"}},
	},
	{0},
};

const struct probe probe_history_timewait_absorbs = {
	.id = "history.timewait-absorbs",
	.title = "A segment comes late, into TIME_WAIT",
	.question = "A segment of the old connection comes late: does TIME_WAIT keep it from doing "
		    "harm?",
	.kernel_path = "tcp_timewait_state_process(), inet_twsk_reschedule()",
	.wire = WIRE_HAND,
	.claims = {{"history.timewait-absorbs", "B D",
                    "With TIME_WAIT a delayed segment of the old connection does no harm: none of "
                    "its bytes is read."}},
	.variants = variants,
	.run = run,
	.judge = judge,
};
