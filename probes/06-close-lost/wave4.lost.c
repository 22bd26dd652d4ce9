// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The last ACK never arrives. Does the server wait for ever in LAST_ACK?
 * tcp_write_timeout(), tcp_orphan_retries(); the client's time-wait sock answers
 * each FIN, tcp_timewait_state_process().
 *
 *   client                         server
 *   FIN_WAIT2                      CLOSE_WAIT
 *                                  close()
 *   TIME_WAIT   <--- FA ----       LAST_ACK
 *               ---- A ---X
 *               <--- FA ----       a tail loss probe, retransmissions
 *               ---- A ---X
 *                                  CLOSE
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	struct sock *client, *server;

	flow_establish(run, 8080, &client, &server);
	sock_close(client);
	await_state(client, STATE_FIN_WAIT2);
	await_state(server, STATE_CLOSE_WAIT);
	/* All of it: where the waits between FINs grow longer than TIME_WAIT (tcp_orphan_retries
	 * above 8), the client answers by a reset, and the kernel's patience is not reached. */
	wire_drop(run, (struct packet_match){.from = SIDE_CLIENT});
	sock_close(server);
	await_gone_within(server, fin_loss_limit_ms(run_record(run), SIDE_SERVER, "s1"));
}

static void judge(const struct record *rec, struct judge *judge)
{
	struct fin_loss loss;
	int64_t retries = 0;

	record_sysctl(rec, SIDE_SERVER, "net.ipv4.tcp_orphan_retries", &retries);
	fin_loss_measure(rec, SIDE_SERVER, "s1", &loss);
	judge_claim(judge, "wave4.lost");
	judge_truth(judge, "server_gives_up", "yes", true, loss.lifetime.hi < INT64_MAX,
	            RESTS_ON(OBSERVER_DIAG), "tcp_write_timeout() of an orphan");
	fin_loss_judge(judge, &loss, value_count(1 + retries));
	judge_walk(judge, SIDE_SERVER, "s1", "SYN_RECV ESTABLISHED CLOSE_WAIT LAST_ACK CLOSE",
	           "SYN_RECV ESTABLISHED CLOSE_WAIT LAST_ACK CLOSE", "tcp_write_err(), tcp_done()");
}

const struct probe probe_wave4_lost = {
	.id = "wave4.lost",
	.title = "The last ACK is lost",
	.question = "Does a server in LAST_ACK whose FIN is never acknowledged wait for ever?",
	.kernel_path = "tcp_send_fin(), tcp_write_timeout(), tcp_orphan_retries(), "
		       "tcp_timewait_state_process()",
	.wire = WIRE_KERNEL,
	.claims = {{"wave4.lost", "A D",
                    "The last ACK is lost: the server in LAST_ACK retransmits its FIN "
                    "tcp_orphan_retries times, then gives up; it does not wait for ever."}},
	.sysctls = {{"net.ipv4.tcp_orphan_retries", "3", NULL}},
	.run = run,
	.judge = judge,
};
