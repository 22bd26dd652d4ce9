// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A window that stays closed is probed, as long as the peer answers or TCP_USER_TIMEOUT has
 * it: the examination knows when each probe is due, and when the end is.
 *
 *   client                         server
 *   ESTABLISHED ---- A ------->    receives nothing, its window is 0
 *               ---- A ------->    once more after each RTO, doubled
 *               <--- A --------    no window
 *   CLOSE       ETIMEDOUT          1 s after the first probe
 */
#include "../../harness/probe.h"

static void run(struct probe_run *run)
{
	struct sock *listener, *client;

	listener = sock_listen(run, SIDE_SERVER, 8080);
	sock_option(listener, "SO_RCVBUF", 4096);
	client = sock_open(run, SIDE_CLIENT);
	sock_option(client, "TCP_USER_TIMEOUT", 1000);
	sock_connect(client, SIDE_SERVER, 8080);
	sock_accept(listener);
	note(run, "%lld bytes fill it", (long long)sock_fill(client));
	sock_await_failure(client, 5000);
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "timer.window");
	judge_errno(judge, &(struct errno_figure){
				   .host = SIDE_CLIENT,
				   .sock = "c1",
				   .call = "SO_ERROR",
				   .predicts = "ETIMEDOUT",
				   .rule = "tcp_probe_timer(): icsk_user_timeout",
			   });
	judge_count(judge,
	            &(struct figure){
			    .name = "window_probes",
			    .predicts = value_count(2), /* after 0.2 and 0.4 s, then 0.6 of 0.8 */
			    .measured = measure_counter(judge, SIDE_CLIENT, "TcpExt.TCPWinProbe"),
			    .rule = "tcp_clamp_probe0_to_user_timeout()",
		    });
}

const struct probe probe_timer_window = {
	.id = "timer.window",
	.title = "A window that stays closed",
	.question = "When is a closed window probed, and when is it given up?",
	.kernel_path = "tcp_probe_timer(), tcp_send_probe0()",
	.wire = WIRE_KERNEL,
	.claims = {{"timer.window", "-", "A closed window is probed as persist has it."}},
	.run = run,
	.judge = judge,
};
