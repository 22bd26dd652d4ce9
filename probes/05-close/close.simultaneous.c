// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Both ends close at once: the FINs cross on the wire, where the hand holds them
 * until both are there. RFC 9293 figure 13, tcp_fin() in FIN_WAIT1.
 *
 *   client                         server
 *   close()                        close()
 *   FIN_WAIT1   ---- FA -. .- FA ----  FIN_WAIT1
 *                         X
 *   CLOSING     <--- FA -' '- FA --->  CLOSING
 *               ---- A --. .-- A ----
 *                         X
 *   TIME_WAIT   <--- A --' '-- A --->  TIME_WAIT
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	struct packet_match fin = {.flags_mask = TCP_FLAG_FIN, .flags_value = TCP_FLAG_FIN};
	struct sock *client, *server;
	uint32_t held[SIDE_COUNT];

	flow_establish(run, 8080, &client, &server);
	for (int side = 0; side < SIDE_COUNT; side++) {
		fin.from = (enum side)side;
		held[side] = wire_hold(run, fin);
	}
	sock_close(client);
	sock_close(server);
	for (int side = 0; side < SIDE_COUNT; side++)
		wire_await_held(run, held[side], 1);
	for (int side = 0; side < SIDE_COUNT; side++)
		wire_restore(run, held[side]);
	await_state(client, model_timewait_state(run_record(run), SIDE_CLIENT));
	await_state(server, model_timewait_state(run_record(run), SIDE_SERVER));
}

static void judge(const struct story *story, struct judge *judge)
{
	static const char *const kept[] = {
		[SIDE_CLIENT] = "SYN_SENT ESTABLISHED FIN_WAIT1 CLOSING TIME_WAIT",
		[SIDE_SERVER] = "SYN_RECV ESTABLISHED FIN_WAIT1 CLOSING TIME_WAIT",
	};
	static const char *const not_kept[] = {
		[SIDE_CLIENT] = "SYN_SENT ESTABLISHED FIN_WAIT1 CLOSING CLOSE",
		[SIDE_SERVER] = "SYN_RECV ESTABLISHED FIN_WAIT1 CLOSING CLOSE",
	};

	judge_claim(judge, "close.simultaneous");
	for (int side = 0; side < SIDE_COUNT; side++)
		judge_walk(judge,
		           &(struct walk_figure){
				   .host = (enum side)side,
				   .sock = side == SIDE_CLIENT ? "c1" : "s1",
				   .says = kept[side],
				   .predicts = model_timewait_is_kept(story->rec, (enum side)side)
		                                       ? kept[side]
		                                       : not_kept[side],
				   .rule = "tcp_fin() in FIN_WAIT1, tcp_rcv_state_process() "
					   "in CLOSING",
			   });
	judge_segments(judge, &(struct segments_figure){
				      .from = when_called(judge, SIDE_CLIENT, "c1", "close"),
				      .predicts = "FA FA A A",
				      .rule = "RFC 9293 figure 13",
			      });
}

const struct probe probe_close_simultaneous = {
	.id = "close.simultaneous",
	.title = "Both ends close at once, the FINs cross",
	.question = "Which states does each end pass through when the two FINs cross on the wire?",
	.kernel_path = "tcp_close_state(), tcp_fin(), tcp_rcv_state_process(), tcp_time_wait()",
	.wire = WIRE_HAND,
	.claims = {{"close.simultaneous", "C",
                    "Both FINs cross: FIN_WAIT1, CLOSING, TIME_WAIT on both ends."}},
	.run = run,
	.judge = judge,
};
