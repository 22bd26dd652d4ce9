// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * TIME_WAIT lasts TCP_TIMEWAIT_LEN, a constant of include/net/tcp.h. One connection after
 * another comes there, each under another sysctl that is said to matter. tcp_fin_timeout is
 * FIN_WAIT2's: tcp_time_wait() takes it for that state alone.
 *
 *   client                         server
 *   FIN_WAIT2   <--- FA ----       LAST_ACK
 *   TIME_WAIT   ---- A ---->       CLOSE
 *     60 s, whatever is set
 *   CLOSE
 */
#include "../../harness/probe.h"

#define PORT 8080

static const struct {
	const char *name, *value; /* NULL: as the probe was asked */
	int64_t fin_timeout_s; /* of tcp_fin_timeout */
} settings[] = {
	{NULL, NULL, 0},
	{"net.ipv4.tcp_fin_timeout", "1", 1},
	{"net.ipv4.tcp_fin_timeout", "30", 30},
	{"net.ipv4.tcp_fin_timeout", "120", 120},
	{"net.ipv4.tcp_keepalive_time", "1", 0},
	{"net.ipv4.tcp_orphan_retries", "1", 0},
	{"net.ipv4.tcp_retries2", "3", 0},
	{"net.ipv4.tcp_rfc1337", "1", 0},
	{"net.ipv4.tcp_tw_reuse", "1", 0},
};
#define SETTINGS (sizeof(settings) / sizeof(settings[0]))

static void run(struct probe_run *run)
{
	struct sock *client[SETTINGS], *server[SETTINGS];

	for (size_t i = 0; i < SETTINGS; i++) {
		for (int side = 0; settings[i].name && side < SIDE_COUNT; side++)
			sysctl_set(run, (enum side)side, settings[i].name, settings[i].value);
		flow_establish(run, (uint16_t)(PORT + i), &client[i], &server[i]);
		flow_close(client[i], server[i]);
	}
	for (size_t i = 0; i < SETTINGS && param(run, "to_the_end"); i++)
		await_end(client[i]);
}

static void judge_stay(struct judge *judge, size_t i, int64_t says_s)
{
	const struct tw_stay stay = {SIDE_CLIENT, judge_text(judge, "c%zu", i + 1)};
	struct moment began = tw_stay_began(judge, &stay);
	int64_t to_the_end = 0;

	if (settings[i].name)
		judge_case(judge, "%s %s", strrchr(settings[i].name, '.') + 1, settings[i].value);
	else
		judge_case(judge, "as set");
	tw_stay_judge_timer(judge, &stay, "timer_set", began, began, says_s);
	if (record_param(judged_story(judge)->rec, "to_the_end", &to_the_end) && to_the_end)
		tw_stay_judge_end(judge, &stay, "stay_in_TIME_WAIT", began, says_s);
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "timewait.sixty-seconds");
	for (size_t i = 0; i < SETTINGS; i++)
		judge_stay(judge, i, 60);
	judge_claim(judge, "ask.fin-timeout-time-wait");
	for (size_t i = 0; i < SETTINGS; i++)
		if (settings[i].fin_timeout_s)
			judge_stay(judge, i, settings[i].fin_timeout_s);
}

const struct probe probe_timewait_sixty_seconds = {
	.id = "timewait.sixty-seconds",
	.title = "How long TIME_WAIT lasts, and what does not change it",
	.question = "How long does TIME_WAIT last, and does tcp_fin_timeout or another sysctl "
		    "change it?",
	.kernel_path = "tcp_time_wait(): TCP_TIMEWAIT_LEN; inet_twsk_schedule()",
	.wire = WIRE_HAND,
	.claims = {{"timewait.sixty-seconds", "D",
                    "TIME_WAIT lasts 60 s, a constant that no sysctl changes."},
                   {"ask.fin-timeout-time-wait", "P",
                    "A smaller tcp_fin_timeout shortens TIME_WAIT: it lasts that long."}},
	.params = {{"to_the_end", 0, 1,
                    "1: wait for the end of TIME_WAIT; 0: go by what its timer is set to"}},
	.run = run,
	.judge = judge,
};
