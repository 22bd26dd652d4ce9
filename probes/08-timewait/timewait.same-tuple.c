// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A client whose four-tuple is in TIME_WAIT binds to that port and connects once more. bind()
 * fails unless both the old socket and the new one have SO_REUSEADDR: inet_csk_bind_conflict().
 * connect() from a port that is bound takes over a time-wait sock that knows timestamps at
 * once, whatever tcp_tw_reuse says, and else fails: tcp_twsk_unique() without a twp.
 *
 *   client                         server
 *   TIME_WAIT                      LISTEN
 *   bind(), connect()
 *   SYN_SENT     ---- S --->       SYN_RECV
 */
#include "../../harness/probe.h"

#define PORT 5000

enum { NEITHER, OLD_ONLY, NEW_ONLY, BOTH, CASES };

static const struct {
	const char *name;
	bool before, after; /* SO_REUSEADDR on the socket of old, on the new one */
} cases[CASES] = {
	[NEITHER] = {"no SO_REUSEADDR", false, false},
	[OLD_ONLY] = {"SO_REUSEADDR before", true, false},
	[NEW_ONLY] = {"SO_REUSEADDR now", false, true},
	[BOTH] = {"SO_REUSEADDR before and now", true, true},
};

static void connect_again(struct probe_run *run, int i, struct sock *listener)
{
	const uint16_t port = (uint16_t)(PORT + i);
	struct sock *again = sock_open(run, SIDE_CLIENT);

	if (cases[i].after)
		sock_option(again, "SO_REUSEADDR", 1);
	if (sock_try_bind_to(again, bench_endpoint(run, SIDE_CLIENT, port)) < 0)
		return;
	if (sock_try_connect(again, bench_endpoint(run, SIDE_SERVER, 8080)) != -EINPROGRESS)
		return;
	await_state(again, STATE_ESTABLISHED);
	sock_accept(listener);
}

static void run(struct probe_run *run)
{
	struct sock *listener = sock_listen(run, SIDE_SERVER, 8080);

	if (!model_timewait_is_kept(run_record(run), SIDE_CLIENT))
		run_inconclusive(run, "tcp_max_tw_buckets is 0: there is no TIME_WAIT");
	for (int i = 0; i < CASES; i++) {
		struct sock *client =
			sock_open_with(run, SIDE_CLIENT,
		                       (struct sock_config){.port = (uint16_t)(PORT + i),
		                                            .exclusive = !cases[i].before});
		struct sock *server;

		sock_connect(client, SIDE_SERVER, 8080);
		server = sock_accept(listener);
		await_state(client, STATE_ESTABLISHED);
		flow_close(client, server);
		connect_again(run, i, listener);
	}
}

/* What the call came to that decides: bind() if it failed, else connect(). */
static struct measured deciding_call(struct judge *judge, const char *sock, const char **call)
{
	struct measured bound = measure_errno(judge, SIDE_CLIENT, sock, "bind");

	*call = "bind";
	if (bound.value.kind != VALUE_TEXT || strcmp(bound.value.text, "none") != 0)
		return bound;
	*call = "connect";
	return measure_errno(judge, SIDE_CLIENT, sock, "connect");
}

static void judge_again(struct judge *judge, int i, bool timestamps)
{
	const char *sock = judge_text(judge, "c%d", 2 * i + 2), *call;
	bool bound = cases[i].before && cases[i].after;
	struct measured came_to = deciding_call(judge, sock, &call), fails = came_to;

	judge_case(judge, "%s", cases[i].name);
	if (came_to.value.kind == VALUE_TEXT) {
		fails.value = value_truth(strcmp(came_to.value.text, "EINPROGRESS") != 0);
		came_to.value = value_words(judge_text(judge, "%s %s", call, came_to.value.text));
	}
	judge_truth(judge, &(struct figure){
				   .name = "cannot_start",
				   .says = value_truth(true),
				   .predicts = value_truth(!bound || !timestamps),
				   .measured = fails,
				   .rule = "tcp_twsk_unique(): tw_ts_recent_stamp, and no twp",
			   });
	judge_words(judge, &(struct figure){
				   .name = "call",
				   .predicts = value_words(!bound       ? "bind EADDRINUSE"
	                                                   : timestamps ? "connect EINPROGRESS"
	                                                                : "connect EADDRNOTAVAIL"),
				   .measured = came_to,
				   .rule = "inet_csk_bind_conflict(): sk_reuse of both; "
					   "__inet_check_established()",
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	const bool timestamps = model_negotiated(story->rec).timestamps;

	judge_claim(judge, "timewait.same-tuple");
	for (int i = 0; i < CASES; i++)
		judge_again(judge, i, timestamps);
}

static const struct variant variants[] = {
	{.suffix = ""},
	{
		.suffix = "no-timestamps",
		.title = "without timestamps",
		.sysctls = {{"net.ipv4.tcp_timestamps", "0", "0"}},
	},
	{0},
};

const struct probe probe_timewait_same_tuple = {
	.id = "timewait.same-tuple",
	.title = "A client's four-tuple is in TIME_WAIT, and wanted again",
	.question =
		"Can a client connect from the port of its own TIME_WAIT to the same server, and "
		"which call fails?",
	.kernel_path = "inet_csk_get_port(), inet_csk_bind_conflict(), __inet_hash_connect(), "
		       "__inet_check_established(), tcp_twsk_unique()",
	.wire = WIRE_HAND,
	.claims = {{"timewait.same-tuple", "B",
                    "While a client's four-tuple is in TIME_WAIT, a new client cannot start on "
                    "it."}},
	.variants = variants,
	.run = run,
	.judge = judge,
};
