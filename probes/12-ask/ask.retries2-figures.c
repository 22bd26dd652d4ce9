// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * "Fifteen retransmissions, 924.6 s": what tcp_retries2 comes to, on a path of no length and on
 * a long one, whose SYN+ACK is held for a while. The figure is what tcp_model_timeout() makes of
 * an RTO of 200 ms, and it is compared with the time since the first retransmission whenever a
 * timer fires: tcp_write_timeout(), retransmits_timed_out().
 *
 *   client                         server
 *   c1 ---- S ------>
 *      <--- SA ------
 *   c2 ---- S ------>
 *      <--- SA ..... (held)        its RTO is three times that
 *   c1 ---- PA --X
 *   c2 ---- PA --X                 a tail loss probe, then time-outs
 *   CLOSE  ETIMEDOUT
 */
#include "../../harness/probe.h"

#define TCP_RTO_MIN_NS (200 * NS_PER_MS) /* include/net/tcp.h */
#define AS_TOLD_NS (50 * NS_PER_MS) /* "924.6 s" is told to a tenth of a second */

static const struct data_end ends[] = {{SIDE_CLIENT, "c1", 0}, {SIDE_CLIENT, "c2", 0}};
static const char *const conditions[] = {"a short path", "a long path"};
#define ENDS (sizeof(ends) / sizeof(ends[0]))

/* Connect, with a SYN+ACK that is on its way for @ms. */
static struct sock *connect_slowly(struct probe_run *run, int64_t ms)
{
	struct sock *client = sock_open(run, SIDE_CLIENT);
	const uint16_t flags = TCP_FLAG_SYN | TCP_FLAG_ACK;
	uint32_t rule = wire_hold(run, (struct packet_match){.from = SIDE_SERVER,
	                                                     .flags_mask = flags,
	                                                     .flags_value = flags});

	sock_connect(client, SIDE_SERVER, 8080);
	wire_await_held(run, rule, 1);
	observe_for(run, ms, "the path takes that long");
	wire_restore(run, rule);
	return client;
}

static void run(struct probe_run *run)
{
	struct sock *listener = sock_listen(run, SIDE_SERVER, 8080), *socks[ENDS];
	const int64_t path_ms[ENDS] = {0, param(run, "path_ms")};

	for (size_t i = 0; i < ENDS; i++) {
		socks[i] = connect_slowly(run, path_ms[i]);
		sock_accept(listener);
	}
	wire_drop(run, (struct packet_match){.from = SIDE_CLIENT, .payload = PAYLOAD_SOME});
	for (size_t i = 0; i < ENDS; i++)
		sock_send(socks[i], 100);
	for (size_t i = 0; i < ENDS; i++)
		sock_await_failure(socks[i], data_loss_limit_ms(run_record(run), &ends[i]));
}

static void judge(const struct story *story, struct judge *judge)
{
	const struct record *rec = story->rec;
	int64_t retries = model_sysctl_or(rec, SIDE_CLIENT, "net.ipv4.tcp_retries2", 0);
	int64_t told_ns = model_timeout_ns(rec->run.hz, retries, TCP_RTO_MIN_NS,
	                                   model_rto_max_ns(rec, SIDE_CLIENT));
	struct data_loss loss;

	judge_claim(judge, "ask.retries2-figures");
	for (size_t i = 0; i < ENDS; i++) {
		data_loss_measure(judge, &ends[i], &loss);
		judge_case(judge, "%s", conditions[i]);
		data_loss_judge_count(judge, &loss, value_count(1 + retries));
		data_loss_judge_intervals(judge, &loss);
		data_loss_judge_end(judge, &loss,
		                    value_time(told_ns - AS_TOLD_NS, told_ns + AS_TOLD_NS));
		judge_errno(judge, &(struct errno_figure){
					   .host = SIDE_CLIENT,
					   .sock = ends[i].sock,
					   .call = "SO_ERROR",
					   .says = "ETIMEDOUT",
					   .predicts = "ETIMEDOUT",
					   .rule = "tcp_write_err()",
				   });
	}
}

const struct probe probe_ask_retries2_figures = {
	.id = "ask.retries2-figures",
	.title = "What tcp_retries2 comes to",
	.question = "How often is unacknowledged data sent, and after how long does the connection "
		    "fail, with an RTO of 200 ms and with a longer one?",
	.kernel_path = "tcp_write_timeout(), retransmits_timed_out(), tcp_model_timeout(), "
		       "tcp_schedule_loss_probe(); RFC 1122 section 4.2.3.5, RFC 6298 section 5",
	.wire = WIRE_HAND,
	.claims = {{"ask.retries2-figures", "P",
                    "tcp_retries2 (15) is the number of retransmissions; they take 924.6 s. "
                    "(ip-sysctl and what quotes it)"}},
	.sysctls = {{"net.ipv4.tcp_retries2", "2", NULL}},
	.params = {{"path_ms", 300, 300, "how long the long path's SYN+ACK is on its way, in ms"}},
	.run = run,
	.judge = judge,
};
