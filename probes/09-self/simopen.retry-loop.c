// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two clients that dial each other in loops, no listener. What decides is not how often they
 * try but whether the second SYN leaves while the first is still under way: a SYN that comes to
 * a closed port is refused (tcp_v4_send_reset()), one that comes to SYN_SENT opens
 * (tcp_rcv_synsent_state_process()). On one host, over lo, a SYN is answered before its
 * connect() returns, which is why loops there go on for long.
 *
 *   client                         server
 *   SYN_SENT    ---- S ---->       nobody: R          refused, as often as it is tried
 *   nobody: R   <--- S -----       SYN_SENT           refused
 *   SYN_SENT    ---- S --. .-- S ----  SYN_SENT       both under way at once
 *                         X
 *   ESTABLISHED  <--------' '-------> ESTABLISHED     at the first try
 */
#include "../../harness/probe.h"

#define CLIENT_PORT 2223
#define SERVER_PORT 2224

static const uint16_t ports[SIDE_COUNT] = {
	[SIDE_CLIENT] = CLIENT_PORT,
	[SIDE_SERVER] = SERVER_PORT,
};
static const char apart[] = "one after the other";
static const char crossing[] = "both at once";

/* As nc -p does: bound to its port, connected to the other's. */
static struct sock *open_bound(struct probe_run *run, enum side side)
{
	struct sock *sock = sock_open(run, side);

	sock_bind(sock, ports[side]);
	return sock;
}

static void dial(struct sock *sock, enum side side)
{
	sock_connect(sock, side_other(side), ports[side_other(side)]);
}

static void run(struct probe_run *run)
{
	struct packet_match syn = {.flags_mask = TCP_FLAG_SYN | TCP_FLAG_ACK,
	                           .flags_value = TCP_FLAG_SYN};
	const int64_t tries = param(run, "tries");
	struct sock *end[SIDE_COUNT];
	uint32_t held[SIDE_COUNT];

	note(run, "%s", apart);
	for (int64_t i = 0; i < tries * SIDE_COUNT; i++) {
		const enum side side = (enum side)(i % SIDE_COUNT);
		struct sock *sock = open_bound(run, side);

		dial(sock, side);
		(void)sock_await_error(sock, AWAIT_LIMIT_MS);
		sock_close(sock);
	}
	note(run, "%s", crossing);
	for (int side = 0; side < SIDE_COUNT; side++) {
		syn.from = (enum side)side;
		held[side] = wire_hold(run, syn);
		end[side] = open_bound(run, (enum side)side);
	}
	for (int side = 0; side < SIDE_COUNT; side++) {
		dial(end[side], (enum side)side);
		wire_await_held(run, held[side], 1);
	}
	for (int side = 0; side < SIDE_COUNT; side++)
		wire_restore(run, held[side]);
	for (int side = 0; side < SIDE_COUNT; side++) {
		await_state(end[side], STATE_ESTABLISHED);
		(void)sock_await_error(end[side], AWAIT_LIMIT_MS);
	}
}

/* Tries of both hosts together. */
static struct measured measure_tries(struct judge *judge, bool crossed, int err)
{
	struct trials trials = {.host = SIDE_CLIENT, .call = "SO_ERROR", .err = err};
	struct measured sum, other;

	if (crossed)
		trials.from = when_noted(judge, crossing);
	else
		trials.to = when_noted(judge, crossing);
	sum = measure_trials(judge, &trials);
	trials.host = SIDE_SERVER;
	other = measure_trials(judge, &trials);
	if (sum.why_not || other.why_not)
		return sum.why_not ? sum : other;
	sum.value = value_count(sum.value.lo + other.value.lo);
	return sum;
}

static void judge_tries(struct judge *judge, bool crossed, int64_t tries)
{
	struct measured refused = measure_tries(judge, crossed, ECONNREFUSED);
	struct measured connected = measure_tries(judge, crossed, 0), connects = connected;

	if (!connects.why_not)
		connects.value = value_truth(connected.value.lo > 0);
	judge_case(judge, "%s", crossed ? crossing : apart);
	judge_truth(judge, &(struct figure){
				   .name = "connects",
				   .says = value_truth(true),
				   .predicts = value_truth(crossed),
				   .measured = connects,
				   .rule = "a SYN in SYN_SENT: tcp_rcv_synsent_state_process()",
			   });
	judge_count(judge, &(struct figure){
				   .name = "refused",
				   .predicts = value_count(crossed ? 0 : tries * SIDE_COUNT),
				   .measured = refused,
				   .rule = "tcp_v4_rcv(): no socket, tcp_v4_send_reset()",
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	int64_t tries = 0;

	(void)record_param(story->rec, "tries", &tries);
	judge_claim(judge, "simopen.retry-loop");
	judge_tries(judge, false, tries);
	judge_tries(judge, true, tries);
}

const struct probe probe_simopen_retry_loop = {
	.id = "simopen.retry-loop",
	.title = "Two clients dial each other again and again",
	.question =
		"When do two retrying clients without a listener connect: after how many refusals?",
	.kernel_path = "tcp_v4_rcv(), tcp_v4_send_reset(), tcp_rcv_synsent_state_process()",
	.wire = WIRE_HAND,
	.claims = {{"simopen.retry-loop", "C",
                    "Two clients that dial each other in loops connect after some refused tries."}},
	.params = {{"tries", 10, 10, "of each host, before both dial at once"}},
	.run = run,
	.judge = judge,
};
