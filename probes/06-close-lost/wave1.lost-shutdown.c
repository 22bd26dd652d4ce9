// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The first FIN never arrives, sent by shutdown() at one host and by close() at the other.
 * In both cases the socket is in FIN_WAIT1, but only one of them is an orphan.
 * tcp_write_timeout(): tcp_retries2, or tcp_orphan_retries() where SOCK_DEAD is set.
 *
 *   client                         server
 *   shutdown(SHUT_WR)
 *   FIN_WAIT1   ---- FA ---X
 *     tcp_retries2                 of another connection: close()
 *               X--- FA ----       FIN_WAIT1
 *                                    tcp_orphan_retries
 *                                  CLOSE
 *   CLOSE, ETIMEDOUT
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	struct sock *client[2], *server[2];
	struct packet_match fin = {.flags_mask = TCP_FLAG_FIN, .flags_value = TCP_FLAG_FIN};

	flow_establish(run, 8080, &client[0], &server[0]);
	flow_establish(run, 8081, &client[1], &server[1]);
	for (int side = 0; side < SIDE_COUNT; side++) {
		fin.from = (enum side)side;
		wire_drop(run, fin);
	}
	sock_shutdown(client[0], SHUT_WR);
	sock_close(server[1]);
	await_gone_within(server[1], fin_loss_limit_ms(run_record(run), SIDE_SERVER, "s2"));
	sock_await_failure(client[0], fin_loss_owned_limit_ms(run_record(run), SIDE_CLIENT, "c1"));
	await_gone_within(client[0], AWAIT_LIMIT_MS);
}

static void judge_end(struct judge *judge, const struct fin_loss *loss, int64_t retries,
                      const char *walk)
{
	fin_loss_judge_count(judge, loss, value_count(1 + retries));
	fin_loss_judge_times(judge, loss);
	judge_walk(judge, &(struct walk_figure){
				  .host = loss->host,
				  .sock = loss->sock,
				  .says = walk,
				  .predicts = walk,
				  .rule = "tcp_write_err(), tcp_done()",
			  });
}

static void judge(const struct story *story, struct judge *judge)
{
	struct fin_loss shut, closed;
	int64_t retries[SIDE_COUNT];

	for (int side = 0; side < SIDE_COUNT; side++)
		retries[side] = model_sysctl_or(story->rec, (enum side)side,
		                                "net.ipv4.tcp_orphan_retries", 0);
	fin_loss_measure_owned(judge, SIDE_CLIENT, "c1", &shut);
	fin_loss_measure(judge, SIDE_SERVER, "s2", &closed);
	judge_claim(judge, "wave1.lost-shutdown");
	judge_premise(judge, "every FIN was lost", measure_all_lost(&shut.fins));
	judge_premise(judge, "every FIN was lost", measure_all_lost(&closed.fins));
	judge_case(judge, "shutdown(SHUT_WR)");
	judge_end(judge, &shut, retries[SIDE_CLIENT], "SYN_SENT ESTABLISHED FIN_WAIT1 CLOSE");
	judge_errno(judge, &(struct errno_figure){
				   .host = SIDE_CLIENT,
				   .sock = "c1",
				   .call = "SO_ERROR",
				   .predicts = "ETIMEDOUT",
				   .rule = "tcp_write_err(): the owner is told",
			   });
	judge_case(judge, "close()");
	judge_end(judge, &closed, retries[SIDE_SERVER], "SYN_RECV ESTABLISHED FIN_WAIT1 CLOSE");
}

const struct probe probe_wave1_lost_shutdown = {
	.id = "wave1.lost-shutdown",
	.title = "The first FIN is lost, after shutdown()",
	.question = "Which limit ends a FIN that shutdown() sent and nobody acknowledges, "
		    "tcp_orphan_retries as after close(), or another?",
	.kernel_path = "tcp_shutdown(), tcp_send_fin(), tcp_write_timeout(), "
		       "tcp_orphan_retries(), retransmits_timed_out()",
	.wire = WIRE_KERNEL,
	.claims = {{"wave1.lost-shutdown", "D",
                    "The first FIN is lost after shutdown(): as after close() it is retransmitted "
                    "tcp_orphan_retries times, then CLOSED."}},
	.sysctls = {{"net.ipv4.tcp_orphan_retries", "1", NULL},
                    {"net.ipv4.tcp_retries2", "3", NULL}},
	.run = run,
	.judge = judge,
};
