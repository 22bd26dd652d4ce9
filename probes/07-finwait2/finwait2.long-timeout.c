// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How long an orphan stays in FIN_WAIT2 that was given a time of more than 60 s, by
 * tcp_fin_timeout or by TCP_LINGER2. tcp_rcv_state_process() has the keepalive timer wait for
 * what is over TCP_TIMEWAIT_LEN, tcp_keepalive_timer() has a time-wait sock wait for the same
 * again: 61 s are 2 s, 119 s are 118 s. Below 0 FIN_WAIT2 is over at once, by a reset.
 *
 *   client                         server
 *   setsockopt(TCP_LINGER2)
 *   close()
 *   FIN_WAIT1   ---- FA --->       CLOSE_WAIT
 *   FIN_WAIT2   <--- A ----
 *     twice what is over 60 s      below 0:
 *   CLOSE                          ---- R ---> CLOSE
 */
#include "../../harness/probe.h"

/* What each connection has; its client is c1, c2, ... in this order. */
enum { BY_SYSCTL, BELOW, ABOVE, NEGATIVE, CLOSED_ONES, TOO_MUCH = CLOSED_ONES, CONNECTIONS };

static const char *const labels[CONNECTIONS] = {"c1", "c2", "c3", "c4", "c5"};
static const char *const names[CONNECTIONS] = {NULL, "below_s", "above_s", "negative", "most_s"};

/* TCP_LINGER2 of the connection number @index; 0: it is not set. */
static int64_t linger2_s(const struct record *rec, int index)
{
	int64_t value = 0;

	if (names[index])
		record_param(rec, names[index], &value);
	return value;
}

static struct fin_stay stay_of(const struct record *rec, int index)
{
	return (struct fin_stay){
		.host = SIDE_CLIENT, .sock = labels[index], .linger2_s = linger2_s(rec, index)};
}

static void run(struct probe_run *run)
{
	struct sock *client[CONNECTIONS], *server[CONNECTIONS];
	const struct record *rec = run_record(run);

	for (int i = 0; i < CONNECTIONS; i++) {
		flow_establish(run, (uint16_t)(8080 + i), &client[i], &server[i]);
		if (linger2_s(rec, i))
			sock_option(client[i], "TCP_LINGER2", linger2_s(rec, i));
	}
	sock_option_now(client[TOO_MUCH], "TCP_LINGER2");
	for (int i = 0; i < CLOSED_ONES; i++)
		sock_close(client[i]);
	for (int i = 0; i < CLOSED_ONES; i++) {
		const struct fin_stay stay = stay_of(rec, i);

		await_gone_within(client[i], fin_stay_limit_ms(rec, &stay));
	}
}

static void judge_closed(struct judge *judge, const struct record *rec, int index,
                         int64_t timeout_s)
{
	const struct fin_stay stay = stay_of(rec, index);

	if (index == BY_SYSCTL)
		judge_case(judge, "tcp_fin_timeout %lld", (long long)timeout_s);
	else
		judge_case(judge, "TCP_LINGER2 %lld", (long long)timeout_s);
	if (timeout_s < 0) /* it is there for microseconds */
		fin_stay_judge(judge, &stay, "from_close_to_the_end",
		               when_called(judge, SIDE_CLIENT, stay.sock, "close"), value_none());
	else
		fin_stay_judge(judge, &stay, "stay_in_FIN_WAIT2", (struct moment){0},
		               span_value(model_timer(rec, timeout_s * NS_PER_S)));
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_CLIENT,
				  .sock = labels[index],
				  .predicts = "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 CLOSE",
				  .rule = timeout_s < 0 ? "tcp_rcv_state_process(), tcp_done()"
	                                                : "inet_twsk_kill()",
			  });
}

/* Below 0 the peer is told. */
static void judge_reset(struct judge *judge)
{
	const struct packet_match rst = {
		.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_RST, .flags_value = TCP_FLAG_RST};
	struct sent resets = sent_since(judge, &rst, 0);

	judge_count(judge, &(struct figure){
				   .name = "resets",
				   .predicts = value_count(1),
				   .measured = measure_sent(&resets),
				   .rule = "tcp_rcv_state_process(): linger2 < 0",
			   });
	judge_count(judge, &(struct figure){
				   .name = "aborts_on_data",
				   .predicts = value_count(1),
				   .measured = measure_counter(judge, SIDE_CLIENT,
	                                                       "TcpExt.TCPAbortOnData"),
				   .rule = "tcp_rcv_state_process(): LINUX_MIB_TCPABORTONDATA",
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	const struct record *rec = story->rec;
	int64_t most_s = linger2_s(rec, TOO_MUCH);

	judge_claim(judge, "finwait2.long-timeout");
	judge_closed(judge, rec, BY_SYSCTL,
	             model_sysctl_or(rec, SIDE_CLIENT, "net.ipv4.tcp_fin_timeout", 0));
	for (int i = BELOW; i < CLOSED_ONES; i++)
		judge_closed(judge, rec, i, linger2_s(rec, i));
	judge_reset(judge);
	judge_case(judge, "TCP_LINGER2 %lld", (long long)most_s);
	judge_count(judge, &(struct figure){
				   .name = "TCP_LINGER2_read_back",
				   .predicts = value_count(most_s < 120 ? most_s : 120),
				   .measured = measure_option(judge, SIDE_CLIENT, labels[TOO_MUCH],
	                                                      "TCP_LINGER2"),
				   .rule = "do_tcp_setsockopt(): TCP_FIN_TIMEOUT_MAX",
			   });
}

const struct probe probe_finwait2_long_timeout = {
	.id = "finwait2.long-timeout",
	.title = "FIN_WAIT2 with a time of more than 60 s, TCP_LINGER2",
	.question = "How long does an orphan stay in FIN_WAIT2 when it was given more than 60 s, "
		    "and what does TCP_LINGER2 do to that?",
	.kernel_path = "tcp_fin_time(), tcp_rcv_state_process(), tcp_keepalive_timer(), "
		       "tcp_time_wait(), do_tcp_setsockopt()",
	.wire = WIRE_HAND,
	.claims = {{"finwait2.long-timeout", "C",
                    "An orphan stays in FIN_WAIT2 for tcp_fin_timeout, or for TCP_LINGER2 where "
                    "it was set."}},
	.sysctls = {{"client:net.ipv4.tcp_fin_timeout", "61", "120"}},
	.params = {{"below_s", 1, 60, "a TCP_LINGER2 of at most 60, seconds"},
                   {"above_s", 62, 90, "one of more than 60, seconds"},
                   {"negative", -1, -1, "one below 0"},
                   {"most_s", 300, 300, "one of more than 120, seconds"}},
	.run = run,
	.judge = judge,
};
