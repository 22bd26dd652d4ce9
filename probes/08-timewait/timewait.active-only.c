// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who enters TIME_WAIT, and for how long? tcp_rcv_state_process() in FIN_WAIT2
 * against LAST_ACK; TCP_TIMEWAIT_LEN. With either end closing first, and with both.
 *
 *   active                         passive
 *   FIN_WAIT1   ---- FA --->       CLOSE_WAIT
 *   FIN_WAIT2   <--- A ----
 *   TIME_WAIT   <--- FA ----       LAST_ACK
 *     60 s      ---- A ---->       CLOSE
 *   CLOSE
 */
#include "../../harness/probe.h"

enum closer {
	CLIENT_FIRST = SIDE_CLIENT,
	SERVER_FIRST = SIDE_SERVER,
	BOTH_AT_ONCE, /* neither FIN arrives before the other end has closed too */
};

static bool is_active(enum closer closer, enum side side)
{
	return closer == BOTH_AT_ONCE || (enum side)closer == side;
}

static void close_in_turn(struct probe_run *run, struct sock *first, struct sock *last,
                          enum side side)
{
	sock_close(first);
	await_state(first, model_finwait2_state(run_record(run), side));
	await_state(last, STATE_CLOSE_WAIT);
	sock_close(last);
}

static void close_at_once(struct probe_run *run, struct sock *const ends[SIDE_COUNT])
{
	uint32_t held[SIDE_COUNT];

	for (int side = 0; side < SIDE_COUNT; side++) {
		held[side] = wire_hold(run, match_of(ends[side], TCP_FLAG_FIN));
		sock_close(ends[side]);
		wire_await_held(run, held[side], 1);
	}
	for (int side = 0; side < SIDE_COUNT; side++)
		wire_restore(run, held[side]);
}

static void run(struct probe_run *run)
{
	const enum closer closer = (enum closer)param(run, "closer");
	const struct record *rec = run_record(run);
	struct sock *ends[SIDE_COUNT];

	flow_establish(run, 8080, &ends[SIDE_CLIENT], &ends[SIDE_SERVER]);
	if (closer == BOTH_AT_ONCE)
		close_at_once(run, ends);
	else
		close_in_turn(run, ends[closer], ends[!closer], (enum side)closer);
	for (int side = 0; side < SIDE_COUNT; side++)
		if (is_active(closer, (enum side)side))
			await_state(ends[side], model_timewait_state(rec, (enum side)side));
	for (int side = 0; side < SIDE_COUNT; side++)
		if (!is_active(closer, (enum side)side) || param(run, "to_the_end"))
			await_end(ends[side]);
}

/* Whether the run has waited until the end of TIME_WAIT. */
static bool is_to_the_end(const struct record *rec)
{
	int64_t to_the_end = 0;

	return record_param(rec, "to_the_end", &to_the_end) && to_the_end;
}

static const char *walk_of(struct judge *judge, enum closer closer, enum side side)
{
	const struct record *rec = judged_story(judge)->rec;
	const char *opened = side == SIDE_CLIENT ? "SYN_SENT" : "SYN_RECV";
	const char *end = is_to_the_end(rec) ? "TIME_WAIT CLOSE" : "TIME_WAIT";

	if (!is_active(closer, side))
		return judge_text(judge, "%s ESTABLISHED CLOSE_WAIT LAST_ACK CLOSE", opened);
	return judge_text(judge, "%s ESTABLISHED FIN_WAIT1 %s %s", opened,
	                  closer == BOTH_AT_ONCE ? "CLOSING" : "FIN_WAIT2",
	                  model_timewait_is_kept(rec, side) ? end : "CLOSE");
}

static void judge_stay(struct judge *judge, enum side side, const char *sock)
{
	const struct tw_stay stay = {side, sock};
	struct moment began = tw_stay_began(judge, &stay);

	tw_stay_judge_timer(judge, &stay, "timer_set", began, began, 0);
	if (is_to_the_end(judged_story(judge)->rec))
		tw_stay_judge_end(judge, &stay, "stay_in_TIME_WAIT", began, 0);
}

static void judge_end(struct judge *judge, enum closer closer, enum side side)
{
	const char *sock = side == SIDE_CLIENT ? "c1" : "s1";
	const bool kept = model_timewait_is_kept(judged_story(judge)->rec, side);
	const bool active = is_active(closer, side);

	judge_truth(judge, &(struct figure){
				   .name = active ? "active_in_TIME_WAIT" : "passive_in_TIME_WAIT",
				   .says = value_truth(active),
				   .predicts = value_truth(active && kept),
				   .measured = measure_entered(judge, side, sock, STATE_TIME_WAIT),
				   .rule = "tcp_time_wait() from FIN_WAIT2 and CLOSING; "
					   "LAST_ACK ends in tcp_done()",
			   });
	if (active)
		judge_stay(judge, side, sock);
	judge_walk(judge, &(struct walk_figure){
				  .host = side,
				  .sock = sock,
				  .predicts = walk_of(judge, closer, side),
				  .rule = "tcp_rcv_state_process(), tcp_time_wait(), "
					  "inet_twsk_kill()",
			  });
}

static void judge(const struct story *story, struct judge *judge)
{
	int64_t closer = CLIENT_FIRST;

	(void)record_param(story->rec, "closer", &closer);
	judge_claim(judge, "timewait.active-only");
	for (int side = 0; side < SIDE_COUNT; side++) {
		if (closer == BOTH_AT_ONCE) /* both are active: two figures of one name */
			judge_case(judge, "the %s", side_name((enum side)side));
		judge_end(judge, (enum closer)closer, (enum side)side);
	}
}

static const struct variant variants[] = {
	{.suffix = ""},
	{
		.suffix = "server-first",
		.title = "the server closes first",
		.params = {{"closer", SERVER_FIRST, SERVER_FIRST, NULL}},
	},
	{
		.suffix = "simultaneous",
		.title = "both close at once",
		.params = {{"closer", BOTH_AT_ONCE, BOTH_AT_ONCE, NULL}},
	},
	{0},
};

const struct probe probe_timewait_active_only = {
	.id = "timewait.active-only",
	.title = "Who enters TIME_WAIT",
	.question = "Does only the end that closes first enter TIME_WAIT, and for how long?",
	.kernel_path = "tcp_rcv_state_process(), tcp_time_wait(), tcp_timewait_state_process()",
	.wire = WIRE_HAND,
	.claims = {{"timewait.active-only", "B D", "Only the active closer enters TIME_WAIT."}},
	.params = {{"closer", CLIENT_FIRST, CLIENT_FIRST,
                    "who closes first: 0 the client, 1 the server, 2 both at once"},
                   {"to_the_end", 0, 1,
                    "1: wait for the end of TIME_WAIT; 0: go by what its timer is set to"}},
	.variants = variants,
	.run = run,
	.judge = judge,
};
