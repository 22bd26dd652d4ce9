// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A four-tuple that is used again is another connection, at both ends.
 *
 *   client 5000                    server 8080
 *   c1 CLOSE_WAIT  <--- FA ------  s1 closes first: TIME_WAIT
 *   c1 LAST_ACK    ---- FA ----->
 *   c2 SYN_SENT    ---- S ------>  taken out of TIME_WAIT: s2
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	struct sock *listener = sock_listen(run, SIDE_SERVER, 8080);
	struct sock *client[2], *server[2];

	for (int i = 0; i < 2; i++) {
		client[i] = sock_open(run, SIDE_CLIENT);
		sock_bind(client[i], 5000);
		sock_connect(client[i], SIDE_SERVER, 8080);
		server[i] = sock_accept(listener);
		await_state(server[i], STATE_ESTABLISHED);
		if (i)
			break;
		sock_close(server[0]);
		await_state(client[0], STATE_CLOSE_WAIT);
		sock_close(client[0]);
		await_state(server[0], STATE_TIME_WAIT);
	}
}

static void judge_walks(struct judge *judge, const char *const walks[SIDE_COUNT], int number)
{
	judge_case(judge, "connection %d", number);
	for (int side = 0; side < SIDE_COUNT; side++)
		judge_walk(judge, &(struct walk_figure){
					  .host = (enum side)side,
					  .sock = judge_text(judge, "%c%d", "cs"[side], number),
					  .predicts = walks[side],
					  .rule = "tcp_timewait_state_process(): TCP_TW_SYN",
				  });
}

static struct measured measure_frames(struct judge *judge, const char *sock)
{
	const struct story *story = judged_story(judge);
	int64_t count = 0;

	for (size_t i = 0; i < story->event_count; i++)
		count += story->events[i]->kind == EVENT_PACKET &&
		         !strcmp(story->events[i]->sock, sock);
	return (struct measured){
		.value = value_count(count),
		.rests_on = RESTS_ON(OBSERVER_TAP),
		.to_ns = story->end_ns,
	};
}

static void judge(const struct story *story, struct judge *judge)
{
	static const char *const first[SIDE_COUNT] = {
		[SIDE_CLIENT] = "SYN_SENT ESTABLISHED CLOSE_WAIT LAST_ACK CLOSE",
		[SIDE_SERVER] = "SYN_RECV ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE",
	};
	static const char *const second[SIDE_COUNT] = {
		[SIDE_CLIENT] = "SYN_SENT ESTABLISHED",
		[SIDE_SERVER] = "SYN_RECV ESTABLISHED",
	};

	(void)story;
	judge_claim(judge, "flow.tuple-again");
	judge_walks(judge, first, 1);
	judge_walks(judge, second, 2);
	judge_count(judge, &(struct figure){
				   .name = "frames",
				   .predicts = value_count(3),
				   .measured = measure_frames(judge, "c2"),
				   .rule = "the three of the handshake at the client's port",
			   });
}

const struct probe probe_flow_tuple_again = {
	.id = "flow.tuple-again",
	.title = "A four-tuple that is used again is another connection",
	.question = "Do two connections on one four-tuple keep apart?",
	.kernel_path = "tcp_timewait_state_process()",
	.wire = WIRE_KERNEL,
	.claims = {{"flow.tuple-again", "-",
                    "Each connection of a four-tuple has a label of its own."}},
	.run = run,
	.judge = judge,
};
