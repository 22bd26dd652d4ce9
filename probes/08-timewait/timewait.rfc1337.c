// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Resets meet TIME_WAIT: one with the next sequence number expected, which ends it, unless
 * tcp_rfc1337 is set. One with any other number changes nothing in either case, and none starts
 * the time anew. RFC 1337, tcp_timewait_state_process(): "assassination".
 *
 *   client                         nobody, in the server's name
 *   TIME_WAIT   <--- R -----
 *   CLOSE, or still TIME_WAIT
 *               <--- P -----       old: it is answered, and changes nothing
 *               ---- A --X
 */
#include "../../harness/probe.h"

enum { EXACT, BEYOND, BEFORE, CASES };

static const struct {
	const char *name;
	int32_t off; /* from the number that is expected */
} cases[CASES] = {
	[EXACT] = {"the next sequence number", 0},
	[BEYOND] = {"one in the window", 1},
	[BEFORE] = {"one before the window", -1},
};

/*
 * Old bytes without an ACK are acknowledged and start nothing anew: what was injected before
 * them has been taken by then.
 */
static void await_taken(struct probe_run *run, struct sock *client, struct packet reset)
{
	reset.flags = TCP_FLAG_PSH;
	reset.seq -= 10;
	wire_inject(run, SIDE_SERVER, &reset);
	await_sent(run, match_of(client, TCP_FLAG_ACK), 1);
	sock_read(client);
}

static void run(struct probe_run *run)
{
	const struct record *rec = run_record(run);
	bool kept = model_timewait_is_kept(rec, SIDE_CLIENT);

	for (int i = 0; i < CASES && kept; i++) {
		struct sock *client, *server;
		struct packet reset;

		flow_establish(run, (uint16_t)(8080 + i), &client, &server);
		flow_close(client, server);
		wire_drop(run, match_of(client, TCP_FLAG_ACK));
		observe_for(run, 100,
		            "a time that starts anew could be told from one that does not");
		reset = packet_next(server);
		reset.flags = TCP_FLAG_RST;
		reset.seq += (uint32_t)cases[i].off;
		wire_inject(run, SIDE_SERVER, &reset);
		if (i == EXACT && !model_sysctl_or(rec, SIDE_CLIENT, "net.ipv4.tcp_rfc1337", 0))
			await_state(client, STATE_GONE);
		else
			await_taken(run, client, reset);
	}
}

/* What the client still knows of its peer. The server's last segment was its FIN. */
static struct timewait known_of(struct judge *judge, const char *server)
{
	struct sent fins = sent_on(judge, server,
	                           &(struct packet_match){.from = SIDE_SERVER,
	                                                  .flags_mask = TCP_FLAG_FIN,
	                                                  .flags_value = TCP_FLAG_FIN},
	                           (struct moment){0});
	const struct packet *fin = fins.count ? fins.items[0]->packet : NULL;

	return fin ? (struct timewait){.rcv_nxt = fin->seq + 1, .ts_recent = fin->ts_val}
	           : (struct timewait){0};
}

/* What the model makes of the reset number @i. */
static enum timewait_effect effect_of(struct judge *judge, int i, const char *server)
{
	const struct timewait known = known_of(judge, server);
	const struct packet reset = {
		.flags = TCP_FLAG_RST,
		.seq = known.rcv_nxt + (uint32_t)cases[i].off,
		.has_timestamps = known.ts_recent,
		.ts_val = known.ts_recent,
	};

	return model_timewait_on(judged_story(judge)->rec, SIDE_CLIENT, &known, &reset);
}

static void judge_reset(struct judge *judge, int i)
{
	const struct tw_stay stay = {SIDE_CLIENT, judge_text(judge, "c%d", i + 1)};
	enum timewait_effect effect = effect_of(judge, i, judge_text(judge, "s%d", i + 1));
	struct moment began = tw_stay_began(judge, &stay);
	struct sent acks = sent_on(judge, stay.sock,
	                           &(struct packet_match){.from = SIDE_CLIENT,
	                                                  .flags_mask = TCP_FLAG_ACK,
	                                                  .flags_value = TCP_FLAG_ACK},
	                           began);

	const bool rfc1337 =
		model_sysctl_or(judged_story(judge)->rec, SIDE_CLIENT, "net.ipv4.tcp_rfc1337", 0);

	judge_case(judge, "%s", cases[i].name);
	judge_truth(judge,
	            &(struct figure){
			    .name = "ends_TIME_WAIT",
			    .says = value_truth(!rfc1337),
			    .predicts = value_truth(effect == TIMEWAIT_ENDS),
			    .measured = measure_entered(judge, SIDE_CLIENT, stay.sock, STATE_CLOSE),
			    .rule = "tcp_timewait_state_process(): the next number, and "
				    "tcp_rfc1337 is 0",
		    });
	if (effect == TIMEWAIT_ENDS)
		return;
	/* the last of the ACKs answers what came behind the reset */
	if (acks.count)
		acks.items += acks.count - 1;
	tw_stay_judge_timer(judge, &stay, "timer_after_the_reset", began, when_sent(&acks), 0);
}

static void judge(const struct story *story, struct judge *judge)
{
	judge_claim(judge, "timewait.rfc1337");
	judge_premise(judge, "there is a time-wait sock",
	              (struct measured){.value = value_truth(
						model_timewait_is_kept(story->rec, SIDE_CLIENT))});
	for (int i = 0; i < CASES; i++)
		judge_reset(judge, i);
}

static const struct variant variants[] = {
	{.suffix = ""},
	{
		.suffix = "set",
		.title = "tcp_rfc1337 is set",
		.sysctls = {{"net.ipv4.tcp_rfc1337", "1", "1"}},
	},
	{0},
};

const struct probe probe_timewait_rfc1337 = {
	.id = "timewait.rfc1337",
	.title = "A reset meets TIME_WAIT",
	.question = "Does a reset end TIME_WAIT, and what does tcp_rfc1337 change?",
	.kernel_path = "tcp_timewait_state_process(), inet_twsk_deschedule_put()",
	.wire = WIRE_HAND,
	.claims = {{"timewait.rfc1337", "B", "A reset ends TIME_WAIT, unless tcp_rfc1337 is set."}},
	.variants = variants,
	.run = run,
	.judge = judge,
};
