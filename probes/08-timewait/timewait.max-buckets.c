// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * More connections end than tcp_max_tw_buckets allows: inet_twsk_alloc() gives no more
 * time-wait socks, and tcp_time_wait() closes the socket at once, TCPTimeWaitOverflow. What
 * becomes of the peer hangs on who still owned the socket:
 *
 *   client                         server
 *   after shutdown(SHUT_WR), a full socket up to here:
 *   FIN_WAIT2   <--- FA ----       LAST_ACK
 *   CLOSE       ---- A ---->       CLOSE
 *   after close(), where FIN_WAIT2 wants a time-wait sock already:
 *   FIN_WAIT1   <--- A -----       CLOSE_WAIT
 *   CLOSE       <--- FA ----       LAST_ACK
 *               ---- R ---->       CLOSE
 */
#include "../../harness/probe.h"

#define PORT 8080
#define SYSCTL "net.ipv4.tcp_max_tw_buckets"
#define CONNECTIONS_MAX 64

enum { BY_SHUTDOWN, BY_CLOSE };

/* The socket of @client is to be owned, or not, when the peer's FIN comes. */
static void end_one(struct probe_run *run, int64_t how, struct sock *client, struct sock *server,
                    bool kept)
{
	bool orphan_full =
		model_sysctl_or(run_record(run), SIDE_CLIENT, "net.ipv4.tcp_fin_timeout", 0) > 60;

	if (how == BY_SHUTDOWN)
		sock_shutdown(client, SHUT_WR);
	else
		sock_close(client);
	await_state(server, STATE_CLOSE_WAIT);
	await_state(client,
	            how == BY_SHUTDOWN || kept || orphan_full ? STATE_FIN_WAIT2 : STATE_GONE);
	sock_close(server);
	await_state(server, STATE_GONE);
	await_state(client, kept ? STATE_TIME_WAIT : STATE_GONE);
}

static int64_t buckets_of(const struct record *rec)
{
	return model_sysctl_or(rec, SIDE_CLIENT, SYSCTL, 0);
}

static void run(struct probe_run *run)
{
	int64_t buckets = buckets_of(run_record(run)), count = param(run, "connections");

	if (count > CONNECTIONS_MAX)
		run_inconclusive(run, "at most %d connections", CONNECTIONS_MAX);
	for (int64_t i = 0; i < count; i++) {
		struct sock *client, *server;

		flow_establish(run, (uint16_t)(PORT + i), &client, &server);
		end_one(run, param(run, "by_close"), client, server, i < buckets);
	}
	socks_on_port(run, SIDE_CLIENT, 0);
}

/* What the probe was asked for, of the record. */
struct asked {
	int64_t buckets, count, surplus;
	bool by_close, orphan_full;
};

static struct asked asked_of(const struct record *rec)
{
	struct asked asked = {.buckets = buckets_of(rec)};
	int64_t how = 0;

	if (asked.buckets < 0)
		asked.buckets = 0;
	(void)record_param(rec, "connections", &asked.count);
	(void)record_param(rec, "by_close", &how);
	asked.by_close = how == BY_CLOSE;
	asked.orphan_full = model_sysctl_or(rec, SIDE_CLIENT, "net.ipv4.tcp_fin_timeout", 0) > 60;
	asked.surplus = asked.count > asked.buckets ? asked.count - asked.buckets : 0;
	return asked;
}

static void judge_counts(struct judge *judge, const struct asked *asked)
{
	struct value kept = value_count(asked->count - asked->surplus);

	judge_count(judge,
	            &(struct figure){
			    .name = "in_TIME_WAIT",
			    .says = kept,
			    .predicts = kept,
			    .measured = measure_sockets_in(judge, SIDE_CLIENT, 0, STATE_TIME_WAIT,
	                                                   OBJECT_TIME_WAIT),
			    .rule = "inet_twsk_alloc(): sysctl_max_tw_buckets",
		    });
	judge_count(judge, &(struct figure){
				   .name = "TCPTimeWaitOverflow",
				   .predicts = value_count(asked->surplus),
				   .measured = measure_counter(judge, SIDE_CLIENT,
	                                                       "TcpExt.TCPTimeWaitOverflow"),
				   .rule = "tcp_time_wait()",
			   });
}

/* The last connection, which is one too many. */
static void judge_surplus(struct judge *judge, const struct asked *asked)
{
	const char *c = judge_text(judge, "c%lld", (long long)asked->count);
	const char *s = judge_text(judge, "s%lld", (long long)asked->count);
	const bool early = asked->by_close && !asked->orphan_full;
	struct sent resets = sent_on(judge, c,
	                             &(struct packet_match){.from = SIDE_CLIENT,
	                                                    .flags_mask = TCP_FLAG_RST,
	                                                    .flags_value = TCP_FLAG_RST},
	                             (struct moment){0});

	judge_truth(judge,
	            &(struct figure){
			    .name = "surplus_in_TIME_WAIT",
			    .says = value_truth(false),
			    .predicts = value_truth(false),
			    .measured = measure_entered(judge, SIDE_CLIENT, c, STATE_TIME_WAIT),
			    .rule = "tcp_time_wait(): tcp_done() without a time-wait sock",
		    });
	judge_count(judge, &(struct figure){
				   .name = "resets_to_the_peer",
				   .predicts = value_count(early),
				   .measured = measure_sent(&resets),
				   .rule = "tcp_v4_send_reset(): the FIN of an orphan's peer meets "
					   "no socket",
			   });
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_CLIENT,
				  .sock = c,
				  .predicts = "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 CLOSE",
				  .rule = "tcp_time_wait() in FIN_WAIT2 or from it",
			  });
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_SERVER,
				  .sock = s,
				  .predicts = "SYN_RECV ESTABLISHED CLOSE_WAIT LAST_ACK CLOSE",
				  .rule = "tcp_rcv_state_process() in LAST_ACK, tcp_reset()",
			  });
}

static void judge(const struct story *story, struct judge *judge)
{
	const struct asked asked = asked_of(story->rec);

	judge_claim(judge, "timewait.max-buckets");
	judge_counts(judge, &asked);
	judge_claim(judge, "ask.tw-buckets-zero");
	judge_premise(judge, "there are more connections than buckets",
	              (struct measured){.value = value_truth(asked.surplus > 0)});
	judge_surplus(judge, &asked);
}

static const struct variant variants[] = {
	{.suffix = ""},
	{
		.suffix = "close",
		.title = "by close(), so that FIN_WAIT2 needs a time-wait sock too",
		.params = {{"by_close", BY_CLOSE, BY_CLOSE, NULL}},
	},
	{
		.suffix = "zero",
		.title = "none at all",
		.sysctls = {{"client:" SYSCTL, "0", "0"}},
	},
	{
		.suffix = "zero-close",
		.title = "none at all, by close()",
		.params = {{"by_close", BY_CLOSE, BY_CLOSE, NULL}},
		.sysctls = {{"client:" SYSCTL, "0", "0"}},
	},
	{0},
};

const struct probe probe_timewait_max_buckets = {
	.id = "timewait.max-buckets",
	.title = "More connections than tcp_max_tw_buckets",
	.question = "What becomes of connections that end when there are tcp_max_tw_buckets in "
		    "TIME_WAIT, and of their peers?",
	.kernel_path = "tcp_time_wait(), inet_twsk_alloc(), tcp_done()",
	.wire = WIRE_HAND,
	.claims = {{"timewait.max-buckets", "D",
                    "Above tcp_max_tw_buckets there is no TIME_WAIT: the socket is closed."},
                   {"ask.tw-buckets-zero", "P",
                    "What is over tcp_max_tw_buckets is closed at once."}},
	.sysctls = {{"client:" SYSCTL, "3", "3"}},
	.params = {{"connections", 5, 5, "how many connections end"},
                   {"by_close", BY_SHUTDOWN, BY_SHUTDOWN,
                    "how the client ends: 0 by shutdown(), 1 by close()"}},
	.variants = variants,
	.run = run,
	.judge = judge,
};
