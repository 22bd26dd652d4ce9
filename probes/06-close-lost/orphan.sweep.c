// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How often an orphan sends its FIN and how long it lives, for each tcp_orphan_retries from
 * 0 to 10, in FIN_WAIT1 and in LAST_ACK side by side. What the sysctl bounds is a time, that
 * of so many time-outs from 200 ms on: retransmits_timed_out(), tcp_model_timeout().
 *
 *   client                         server
 *   FIN_WAIT1   ---- FA ---X       ESTABLISHED
 *                                  of another connection:
 *   FIN_WAIT2   X--- FA ----       LAST_ACK
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	struct sock *client[2], *server[2];

	flow_establish(run, 8080, &client[0], &server[0]);
	flow_establish(run, 8081, &client[1], &server[1]);
	sock_shutdown(client[1], SHUT_WR);
	await_state(client[1], STATE_FIN_WAIT2);
	await_state(server[1], STATE_CLOSE_WAIT);
	wire_drop(run, match_of(client[0], TCP_FLAG_FIN));
	wire_drop(run, match_of(server[1], TCP_FLAG_FIN));
	sock_close(client[0]);
	sock_close(server[1]);
	await_gone_within(client[0], fin_loss_limit_ms(run_record(run), SIDE_CLIENT, "c1"));
	await_gone_within(server[1], fin_loss_limit_ms(run_record(run), SIDE_SERVER, "s2"));
}

static void judge_state(struct judge *judge, const struct fin_loss *loss, const char *walk)
{
	int64_t retries = model_sysctl_or(judged_story(judge)->rec, loss->host,
	                                  "net.ipv4.tcp_orphan_retries", 0);

	fin_loss_judge_orphan(judge, loss, value_count(1 + (retries ? retries : 8)), walk);
}

static void judge(const struct story *story, struct judge *judge)
{
	struct fin_loss fin_wait1, last_ack;

	(void)story;
	fin_loss_measure(judge, SIDE_CLIENT, "c1", &fin_wait1);
	fin_loss_measure(judge, SIDE_SERVER, "s2", &last_ack);
	judge_claim(judge, "orphan.sweep");
	judge_premise(judge, "every FIN was lost", measure_all_lost(&fin_wait1.fins));
	judge_premise(judge, "every FIN was lost", measure_all_lost(&last_ack.fins));
	judge_case(judge, "FIN_WAIT1");
	judge_state(judge, &fin_wait1, "SYN_SENT ESTABLISHED FIN_WAIT1 CLOSE");
	judge_case(judge, "LAST_ACK");
	judge_state(judge, &last_ack, "SYN_RECV ESTABLISHED CLOSE_WAIT LAST_ACK CLOSE");
}

#define SYSCTL "net.ipv4.tcp_orphan_retries"

/* A row that takes more than ten seconds is slow. */
static const struct variant variants[] = {
	{.suffix = "0", .title = "none", .slow = true, .sysctls = {{SYSCTL, "0", "0"}}},
	{.suffix = "", .title = "one retry", .sysctls = {{SYSCTL, "1", "1"}}},
	{.suffix = "2", .title = "two retries", .sysctls = {{SYSCTL, "2", "2"}}},
	{.suffix = "3", .title = "three retries", .sysctls = {{SYSCTL, "3", "3"}}},
	{.suffix = "4", .title = "four retries", .slow = true, .sysctls = {{SYSCTL, "4", "4"}}},
	{.suffix = "5", .title = "five retries", .slow = true, .sysctls = {{SYSCTL, "5", "5"}}},
	{.suffix = "6", .title = "six retries", .slow = true, .sysctls = {{SYSCTL, "6", "6"}}},
	{.suffix = "7", .title = "seven retries", .slow = true, .sysctls = {{SYSCTL, "7", "7"}}},
	{.suffix = "8", .title = "eight retries", .slow = true, .sysctls = {{SYSCTL, "8", "8"}}},
	{.suffix = "9", .title = "nine retries", .slow = true, .sysctls = {{SYSCTL, "9", "9"}}},
	{.suffix = "10", .title = "ten retries", .slow = true, .sysctls = {{SYSCTL, "10", "10"}}},
	{0},
};

const struct probe probe_orphan_sweep = {
	.id = "orphan.sweep",
	.title = "tcp_orphan_retries from 0 to 10",
	.question = "How often does an orphan send its FIN, and how long does it live, for each "
		    "value of tcp_orphan_retries?",
	.kernel_path = "tcp_write_timeout(), tcp_orphan_retries(), retransmits_timed_out(), "
		       "tcp_model_timeout()",
	.wire = WIRE_KERNEL,
	.claims = {{"orphan.sweep", "A D",
                    "An orphan sends its FIN again tcp_orphan_retries times, and 0 stands for 8, "
                    "in FIN_WAIT1 as in LAST_ACK."}},
	.variants = variants,
	.run = run,
	.judge = judge,
};
