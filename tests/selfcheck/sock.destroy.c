// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A connection that sock_diag destroys is reset.
 *
 *   client                         server
 *   ESTABLISHED    ---- R ------>  CLOSE
 *   SOCK_DESTROY: CLOSE
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	struct sock *client, *server;

	flow_establish(run, 8080, &client, &server);
	sock_destroy(client);
	await_state(server, STATE_GONE);
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "sock.destroy");
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_CLIENT,
				  .sock = "c1",
				  .predicts = "SYN_SENT ESTABLISHED CLOSE",
				  .rule = "tcp_abort()",
			  });
	judge_segments(judge, &(struct segments_figure){
				      .predicts = "S SA A RA",
				      .rule = "tcp_send_active_reset()",
			      });
}

const struct probe probe_sock_destroy = {
	.id = "sock.destroy",
	.title = "A connection that sock_diag destroys",
	.question = "What does SOCK_DESTROY do to a connection?",
	.kernel_path = "tcp_diag_destroy(), tcp_abort()",
	.wire = WIRE_KERNEL,
	.claims = {{"sock.destroy", "-", "The connection is reset."}},
	.run = run,
	.judge = judge,
};
