// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What TCP_USER_TIMEOUT ends, and when: a vanished peer under keepalive, data that is not
 * acknowledged (against a longer and a shorter tcp_retries2), data behind the closed window of
 * a peer that is alive. It is looked at when a timer fires, and counted from another moment in
 * each: the last segment of the peer, the first time-out, the first window probe.
 *
 *   client                         server
 *   c1, c2 --- A ---X              keepalive probes, TCP_KEEPCNT 1 and 9
 *   c3 ---- PA --X                 tcp_retries2 would take longer
 *                                  X-- PA ---- s4: its tcp_retries2 would end it sooner
 *   c5 ---- A ------>              window probes
 *      <--- A -------              no window
 *   CLOSE  ETIMEDOUT
 */
#include "../../harness/probe.h"

#define FLOWS 5
#define AS_TOLD_NS (100 * NS_PER_MS)
#define KEEPIDLE_S 1
#define KEEPINTVL_S 1

static const int64_t keepcnt[] = {1, 9}; /* of c1, c2 */

static int64_t user_timeout_ms(const struct record *rec)
{
	int64_t ms = 0;

	(void)record_param(rec, "user_timeout_ms", &ms);
	return ms;
}

static struct keepalive keepalive_of(const struct record *rec, size_t i)
{
	return (struct keepalive){
		.time_s = KEEPIDLE_S,
		.intvl_s = KEEPINTVL_S,
		.probes = keepcnt[i],
		.user_timeout_ms = user_timeout_ms(rec),
	};
}

static struct data_end data_end_of(const struct record *rec, enum side host)
{
	return (struct data_end){
		.host = host,
		.sock = host == SIDE_CLIENT ? "c3" : "s4",
		.user_timeout_ms = user_timeout_ms(rec),
	};
}

static struct window_end window_end_of(const struct record *rec)
{
	return (struct window_end){
		.host = SIDE_CLIENT,
		.sock = "c5",
		.answered = true,
		.user_timeout_ms = user_timeout_ms(rec),
	};
}

/* c1 and c2 hear nothing from now on. */
static void begin_keepalive(struct probe_run *run, struct sock *const *clients)
{
	for (size_t i = 0; i < 2; i++) {
		wire_drop(run, match_of(clients[i], 0));
		sock_option(clients[i], "TCP_KEEPIDLE", KEEPIDLE_S);
		sock_option(clients[i], "TCP_KEEPINTVL", KEEPINTVL_S);
		sock_option(clients[i], "TCP_KEEPCNT", keepcnt[i]);
		sock_keepalive(clients[i]);
	}
}

static void await_failures(struct probe_run *run, struct sock *const *socks)
{
	const struct record *rec = run_record(run);
	struct data_end client = data_end_of(rec, SIDE_CLIENT),
			server = data_end_of(rec, SIDE_SERVER);
	struct window_end window = window_end_of(rec);
	struct schedule model;

	for (size_t i = 0; i < 2; i++) {
		struct keepalive keepalive = keepalive_of(rec, i);

		if (!model_keepalive_of(rec, SIDE_CLIENT, &keepalive, &model))
			run_inconclusive(run, "nothing is known of the kernel's timers");
		sock_await_failure(socks[i], model.give_up.hi_ns / NS_PER_MS + 2000);
	}
	sock_await_failure(socks[2], data_loss_limit_ms(rec, &client));
	sock_await_failure(socks[3], data_loss_limit_ms(rec, &server));
	sock_await_failure(socks[4], window_wait_limit_ms(rec, &window, 0));
}

static void run(struct probe_run *run)
{
	struct sock *listener = sock_listen(run, SIDE_SERVER, 8080), *socks[FLOWS], *server;

	sock_option(listener, "SO_RCVBUF", 4096);
	for (size_t i = 0; i < FLOWS; i++) {
		socks[i] = sock_open(run, SIDE_CLIENT);
		sock_connect(socks[i], SIDE_SERVER, 8080);
		server = sock_accept(listener);
		if (i == 3) /* the server's end is the one that sends */
			socks[i] = server;
		sock_option(socks[i], "TCP_USER_TIMEOUT", user_timeout_ms(run_record(run)));
	}
	begin_keepalive(run, socks);
	for (size_t i = 2; i < 4; i++) {
		wire_drop(run, match_of(socks[i], 0));
		sock_send(socks[i], 100);
	}
	note(run, "%lld bytes fill the window", (long long)sock_fill(socks[4]));
	await_failures(run, socks);
}

/* "Exactly", to a tenth of a second. */
static struct value told(const struct record *rec)
{
	int64_t ns = user_timeout_ms(rec) * NS_PER_MS;

	return value_time(ns, ns + AS_TOLD_NS);
}

static struct sent keepalives_of(struct judge *judge, const char *sock, struct moment armed)
{
	const struct packet_match probe = {
		.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_RST, .flags_value = 0};

	return sent_on(judge, sock, &probe, armed);
}

/* The model has a connection that has been idle for no longer than its options are set. */
static bool is_set_at_once(const struct record *rec, const char *sock)
{
	const struct event *first = query_call(rec, SIDE_CLIENT, sock, "setsockopt", 0);
	const struct event *call = first;

	while (call && call->t_ns - first->t_ns <= rec->slack_ms * NS_PER_MS)
		call = query_call(rec, SIDE_CLIENT, sock, "setsockopt", call->t_ns + 1);
	return !call;
}

static void judge_keepalive(const struct record *rec, struct judge *judge)
{
	static const char *const socks[] = {"c1", "c2"};

	for (size_t i = 0; i < 2; i++) {
		struct keepalive keepalive = keepalive_of(rec, i);
		struct moment armed = when_called(judge, SIDE_CLIENT, socks[i], "setsockopt");
		struct sent probes = keepalives_of(judge, socks[i], armed);
		const char *unpredicted = NULL;
		struct schedule model;

		if (!model_keepalive_of(rec, SIDE_CLIENT, &keepalive, &model))
			unpredicted = "nothing is known of the kernel's timers";
		else if (!is_set_at_once(rec, socks[i]))
			unpredicted = "it had been idle for a while when its options were set";
		judge_case(judge, "TCP_KEEPCNT %lld", (long long)keepcnt[i]);
		judge_count(judge, &(struct figure){
					   .name = "probes",
					   .predicts = value_counts(model.sends_lo, model.sends_hi),
					   .measured = measure_sent(&probes),
					   .rule = "tcp_keepalive_timer(): icsk_user_timeout",
					   .unpredicted = unpredicted,
				   });
		judge_time(judge, &(struct figure){
					  .name = "fails_after",
					  .says = told(rec),
					  .predicts = span_value(model.give_up),
					  .measured = measure_until_end(judge, SIDE_CLIENT,
		                                                        socks[i], armed),
					  .rule = "tcp_keepalive_timer(): keepalive_time_elapsed()",
					  .unpredicted = unpredicted,
				  });
	}
}

static void judge_data(const struct record *rec, struct judge *judge, enum side host,
                       struct value says)
{
	struct data_end end = data_end_of(rec, host);
	struct data_loss loss;

	data_loss_measure(judge, &end, &loss);
	judge_case(judge, "tcp_retries2 %lld",
	           (long long)model_sysctl_or(rec, host, "net.ipv4.tcp_retries2", 0));
	data_loss_judge_count(judge, &loss, value_none());
	data_loss_judge_intervals(judge, &loss);
	data_loss_judge_end(judge, &loss, says);
}

static void judge(const struct story *story, struct judge *judge)
{
	const struct record *rec = story->rec;
	struct window_end end = window_end_of(rec);
	struct window_wait wait;

	judge_claim(judge, "ask.user-timeout");
	judge_keepalive(rec, judge);
	judge_claim(judge, "ask.user-timeout-data");
	judge_data(rec, judge, SIDE_CLIENT, told(rec));
	judge_claim(judge, "ask.user-timeout-window");
	window_wait_measure(judge, &end, &wait);
	window_wait_judge_probes(judge, &wait);
	window_wait_judge_end(judge, &wait, told(rec));
	judge_claim(judge, "beyond.user-timeout");
	judge_data(rec, judge, SIDE_CLIENT, value_none());
	judge_data(rec, judge, SIDE_SERVER, value_none());
}

const struct probe probe_ask_user_timeout = {
	.id = "ask.user-timeout",
	.title = "What TCP_USER_TIMEOUT ends",
	.question =
		"When does TCP_USER_TIMEOUT end a connection whose peer has vanished, whose data "
		"is not acknowledged, or whose peer is alive and does not read?",
	.kernel_path = "tcp_keepalive_timer(), tcp_write_timeout(), tcp_probe_timer(), "
		       "tcp_clamp_rto_to_user_timeout(), tcp_clamp_probe0_to_user_timeout(); "
		       "RFC 5482 section 3",
	.wire = WIRE_HAND,
	.claims = {{"ask.user-timeout", "P",
                    "TCP_USER_TIMEOUT takes the place of keepalive's count: the connection ends "
                    "when it has passed. (tcp(7) and what quotes it)"},
                   {"ask.user-timeout-data", "P",
                    "Data stays unacknowledged for TCP_USER_TIMEOUT, exactly. (tcp(7))"},
                   {"ask.user-timeout-window", "P",
                    "Data waits for TCP_USER_TIMEOUT behind a window that stays closed. (tcp(7))"},
                   {"beyond.user-timeout", "-",
                    "TCP_USER_TIMEOUT rules instead of tcp_retries2, be that longer or shorter."}},
	.sysctls = {{"server:net.ipv4.tcp_retries2", "1", "1"},
                    {"server:net.ipv4.tcp_invalid_ratelimit", "0", "0"}},
	.params = {{"user_timeout_ms", 2500, 2500, "TCP_USER_TIMEOUT, in ms"}},
	.run = run,
	.judge = judge,
};
