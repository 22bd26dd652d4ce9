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

static void judge(const struct record *rec, struct judge *judge)
{
	int64_t mine = 0;

	for (size_t i = 0; i < rec->event_count; i++)
		mine += rec->events[i].kind == EVENT_PACKET && !strcmp(rec->events[i].sock, "c2");
	judge_claim(judge, "flow.tuple-again");
	judge_walk(judge, SIDE_CLIENT, "c1", NULL, "SYN_SENT ESTABLISHED CLOSE_WAIT LAST_ACK CLOSE",
	           "tcp_fin()");
	judge_walk(judge, SIDE_SERVER, "s1", NULL,
	           "SYN_RECV ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE",
	           "tcp_timewait_state_process(): TCP_TW_SYN");
	judge_walk(judge, SIDE_CLIENT, "c2", NULL, "SYN_SENT ESTABLISHED", "tcp_rcv_synsent_*()");
	judge_walk(judge, SIDE_SERVER, "s2", NULL, "SYN_RECV ESTABLISHED", "tcp_check_req()");
	judge_compare(judge, &(struct comparison){
				     .name = "frames_of_c2",
				     .unit = "count",
				     .predicts = value_count(3),
				     .measured = value_count(mine),
				     .rests_on = RESTS_ON(OBSERVER_TAP),
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
