// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A client has one port, which is in TIME_WAIT, and connects to the same destination again: at
 * once, and when tcp_tw_reuse_delay is over (a second, where the kernel has none). Four ways
 * to come to that port: by connect() alone, by bind(ip, 0) with and without
 * IP_BIND_ADDRESS_NO_PORT and SO_REUSEADDR. tcp_twsk_unique() gives a time-wait sock's port
 * to connect() that has timestamps, if tcp_tw_reuse is 1, or 2 over loopback; bind() asks
 * nobody but inet_csk_bind_conflict().
 *
 *   client                         server
 *   TIME_WAIT                      LISTEN
 *   connect(): EADDRNOTAVAIL
 *     tcp_tw_reuse_delay
 *   connect()    ---- S --->       SYN_RECV
 */
#include "../../harness/probe.h"

#define PORT 8080
#define OWN_PORT 40000

enum { PLAIN, NO_PORT, BIND, BIND_REUSE, WAYS };

static const struct {
	const char *name;
	const char *option; /* that is set before bind(ip, 0); NULL: none */
	bool binds, port_is_bound;
} ways[WAYS] = {
	[PLAIN] = {"connect() alone", NULL, false, false},
	[NO_PORT] = {"IP_BIND_ADDRESS_NO_PORT", "IP_BIND_ADDRESS_NO_PORT", true, false},
	[BIND] = {"bind(ip, 0)", NULL, true, true},
	[BIND_REUSE] = {"SO_REUSEADDR, bind(ip, 0)", "SO_REUSEADDR", true, true},
};

/* One try from the one port that is this way's. */
static struct sock *try_once(struct probe_run *run, int way)
{
	struct sock *client = sock_open(run, SIDE_CLIENT);
	char range[32];

	snprintf(range, sizeof(range), "%d %d", OWN_PORT + way, OWN_PORT + way);
	sysctl_set(run, SIDE_CLIENT, "net.ipv4.ip_local_port_range", range);
	if (ways[way].option)
		sock_option(client, ways[way].option, 1);
	if (ways[way].binds && sock_try_bind_to(client, bench_endpoint(run, SIDE_CLIENT, 0)) < 0)
		return client;
	(void)sock_try_connect(client, bench_endpoint(run, SIDE_SERVER, PORT));
	return client;
}

static void run(struct probe_run *run)
{
	const struct record *rec = run_record(run);
	struct sock *listener = sock_listen(run, SIDE_SERVER, PORT);

	if (!model_timewait_is_kept(rec, SIDE_CLIENT))
		run_inconclusive(run, "tcp_max_tw_buckets is 0: there is no TIME_WAIT");
	for (int way = 0; way < WAYS; way++) {
		struct sock *client = try_once(run, way), *server = sock_accept(listener);

		await_state(client, STATE_ESTABLISHED);
		flow_close(client, server);
		if (model_reuse_delay_is_exact(rec, SIDE_CLIENT))
			try_once(run, way);
	}
	observe_for(run, model_reuse_delay_ns(rec, SIDE_CLIENT) / NS_PER_MS + 100,
	            "tcp_tw_reuse_delay, or a second, is over");
	counters_mark(run, "later");
	for (int way = 0; way < WAYS; way++) {
		struct sock *again = try_once(run, way);

		if (model_timewait_reuse(rec, SIDE_CLIENT, false) && !ways[way].port_is_bound) {
			await_state(again, STATE_ESTABLISHED);
			sock_accept(listener);
		}
	}
}

static const char *call_of(struct judge *judge, int way, bool early)
{
	bool tried = model_reuse_delay_is_exact(judged_story(judge)->rec, SIDE_CLIENT);
	int number = early ? 2 * way + 2 : (tried ? 2 : 1) * WAYS + way + 1;

	return judge_text(judge, "c%d", number);
}

/* What the call came to that decides: bind(), or where that is not made or succeeds connect(). */
static void judge_try(struct judge *judge, int way, bool early, struct value says)
{
	const bool reused = !early && !ways[way].port_is_bound &&
	                    model_timewait_reuse(judged_story(judge)->rec, SIDE_CLIENT, false);
	const char *call = ways[way].port_is_bound ? "bind" : "connect";

	judge_case(judge, "%s, %s", ways[way].name, early ? "at once" : "later");
	judge_words(judge,
	            &(struct figure){
			    .name = call,
			    .says = says,
			    .predicts = value_words(reused                    ? "EINPROGRESS"
	                                            : ways[way].port_is_bound ? "EADDRINUSE"
	                                                                      : "EADDRNOTAVAIL"),
			    .measured = measure_errno(judge, SIDE_CLIENT,
	                                              call_of(judge, way, early), call),
			    .rule = ways[way].port_is_bound
	                                    ? "inet_csk_find_open_port(), "
	                                      "inet_csk_bind_conflict()"
	                                    : "tcp_twsk_unique(): tcp_tw_reuse, timestamps",
		    });
}

static void judge_recycled(struct judge *judge)
{
	int64_t reused = 0;

	for (int way = 0; way < WAYS; way++)
		reused += !ways[way].port_is_bound &&
		          model_timewait_reuse(judged_story(judge)->rec, SIDE_CLIENT, false);
	judge_case(judge, "later");
	judge_count(judge, &(struct figure){
				   .name = "TWRecycled",
				   .predicts = value_count(reused),
				   .measured = measure_counter_since(judge, SIDE_CLIENT,
	                                                             "TcpExt.TWRecycled", "later"),
				   .rule = "__inet_check_established()",
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	const bool set = model_sysctl_or(story->rec, SIDE_CLIENT, "net.ipv4.tcp_tw_reuse", 0) == 1;
	const struct value begins = value_words("EINPROGRESS");
	const struct value says = set ? begins : value_words("EADDRNOTAVAIL");

	judge_claim(judge, "timewait.tw-reuse");
	if (model_reuse_delay_is_exact(story->rec, SIDE_CLIENT))
		judge_try(judge, PLAIN, true, value_words("EADDRNOTAVAIL"));
	judge_try(judge, PLAIN, false, says);
	judge_recycled(judge);
	judge_claim(judge, "ask.tw-reuse-scope");
	for (int way = 0; way < WAYS; way++) {
		if (model_reuse_delay_is_exact(story->rec, SIDE_CLIENT))
			judge_try(judge, way, true, set ? begins : value_none());
		judge_try(judge, way, false, set ? begins : value_none());
	}
}

static const struct variant variants[] = {
	{.suffix = "", .sysctls = {{"client:net.ipv4.tcp_tw_reuse", "1", "1"}}},
	{
		.suffix = "0",
		.title = "tcp_tw_reuse 0",
		.sysctls = {{"client:net.ipv4.tcp_tw_reuse", "0", "0"}},
	},
	{
		.suffix = "2",
		.title = "tcp_tw_reuse 2, the default: over loopback alone",
		.sysctls = {{"client:net.ipv4.tcp_tw_reuse", "2", "2"}},
	},
	{
		.suffix = "no-timestamps",
		.title = "tcp_tw_reuse 1 without timestamps",
		.sysctls = {{"client:net.ipv4.tcp_tw_reuse", "1", "1"},
                            {"client:net.ipv4.tcp_timestamps", "0", "0"}},
	},
	{0},
};

const struct probe probe_timewait_tw_reuse = {
	.id = "timewait.tw-reuse",
	.title = "tcp_tw_reuse, and who asks for the port",
	.question = "When may a client connect from a port in TIME_WAIT to the same destination, "
		    "under tcp_tw_reuse 0, 1 and 2?",
	.kernel_path = "__inet_hash_connect(), __inet_check_established(), tcp_twsk_unique(), "
		       "inet_csk_find_open_port()",
	.wire = WIRE_HAND,
	.claims =
		{{"timewait.tw-reuse", "D",
                  "With tcp_tw_reuse 1 connect() takes a port that has been in TIME_WAIT for over "
                  "a second."},
                 {"ask.tw-reuse-scope", "P",
                  "tcp_tw_reuse lets a client reuse a port in TIME_WAIT, however it comes to "
                  "it."}},
	.variants = variants,
	.run = run,
	.judge = judge,
};
