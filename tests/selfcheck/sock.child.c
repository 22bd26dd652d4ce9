// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A process that ends closes its sockets: one that is killed as one that returns.
 *
 *   client                         server
 *   ESTABLISHED    ---- FA ----->  c1: its process is killed
 *   ESTABLISHED    ---- R ------>  c2: its process exits with bytes unread
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	struct sock *client[2], *server[2];

	for (int i = 0; i < 2; i++) {
		struct child *child;

		flow_establish(run, (uint16_t)(8080 + i), &client[i], &server[i]);
		if (i) {
			sock_send_text(server[i], "unread");
			if (!sock_await_events(client[i], POLLIN, AWAIT_LIMIT_MS))
				run_inconclusive(run, "the bytes did not come");
		}
		child = sock_give(client[i]);
		if (i)
			child_exit(child);
		else
			child_kill(child);
	}
	await_state(server[0], STATE_CLOSE_WAIT);
	await_state(client[0], STATE_FIN_WAIT2); /* the ACK of its FIN may be a delayed one */
	await_state(server[1], STATE_GONE);
}

static void judge_end(struct judge *judge, const char *sock, const char *predicts)
{
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_CLIENT,
				  .sock = sock,
				  .predicts = predicts,
				  .rule = "exit_files(), __tcp_close()",
			  });
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "sock.child");
	judge_case(judge, "killed");
	judge_end(judge, "c1", "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2");
	judge_case(judge, "exits with bytes unread");
	judge_end(judge, "c2", "SYN_SENT ESTABLISHED CLOSE");
}

const struct probe probe_sock_child = {
	.id = "sock.child",
	.title = "A process that ends closes its sockets",
	.question = "What do sockets do whose process is killed, or returns from main()?",
	.kernel_path = "do_exit(), exit_files(), inet_release(), __tcp_close()",
	.wire = WIRE_KERNEL,
	.claims = {{"sock.child", "-", "The kernel closes what a process leaves."}},
	.run = run,
	.judge = judge,
};
