// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A server is restarted with SO_REUSEPORT: the new process listens beside the old one, which
 * then closes its listener. What becomes of three connections that the old one has not
 * accepted: one in its accept queue, one whose third ACK is on its way, one whose SYN+ACK was
 * lost?
 *
 * inet_csk_listen_stop() resets what is in the queue. A request sock stays in the hash table and
 * belongs to a listener that is none: tcp_v4_rcv() drops it and looks for another listener,
 * who knows nothing of that ACK (tcp_v4_send_reset()), but takes a SYN; reqsk_timer_handler()
 * drops it without a word. With tcp_migrate_req reuseport_migrate_sock() has another
 * listener of the group in each of these places (54b92e841937, c905dee62232 and d4f2c86b2b7e, 5.14;
 * 5.10's stable kernels have the sysctl and nothing behind it). A cookie is good for the whole
 * group: reuse->synq_overflow_ts.
 *
 *   client                         old          new
 *   queued      ---- PA --->       ESTABLISHED
 *   under way   ---- A ---         SYN_RECV
 *   unheard     X--- SA ----       SYN_RECV
 *                                  listen()     listen()
 *                                  close()
 *   queued      <--- RA ----
 *   under way         ---- A ------------------>
 *               <--- R -------------------------
 *   unheard     ---- S ------------------------> SYN_RECV, ESTABLISHED
 */
#include "../../harness/probe.h"

static const char migrate_req[] = "net.ipv4.tcp_migrate_req";
static const char request[] = "request";

enum kind {
	KIND_QUEUED, /* it waits for accept(), with a request */
	KIND_UNDER_WAY, /* its third ACK is on its way */
	KIND_UNHEARD, /* its SYN+ACK was lost */
	KINDS,
};

static const char *const kind_names[KINDS] = {
	[KIND_QUEUED] = "queued",
	[KIND_UNDER_WAY] = "third_ACK_under_way",
	[KIND_UNHEARD] = "SYN+ACK_lost",
};

/* How it is restarted. */
static const struct restart {
	const char *name;
	bool closes; /* the old listener is closed */
	bool gap; /* ...before the new one is there */
	bool migrates; /* tcp_migrate_req */
	bool cookies; /* tcp_syncookies 2 */
} restarts[] = {
	{"a listener comes, none goes"},
	{"the old one goes", .closes = true},
	{"the old one goes, tcp_migrate_req 1", .closes = true, .migrates = true},
	{"the old one goes before the new one comes, tcp_migrate_req 1", .closes = true,
         .gap = true, .migrates = true},
	{"the old one goes, tcp_syncookies 2", .closes = true, .cookies = true},
};
#define RESTARTS (sizeof(restarts) / sizeof(restarts[0]))

static uint16_t port_of(const struct restart *restart)
{
	return (uint16_t)(8080 + (restart - restarts));
}

static bool can_migrate(const struct record *rec)
{
	return model_sysctl_or(rec, SIDE_SERVER, migrate_req, -1) >= 0;
}

static bool is_asked(const struct record *rec, const struct restart *restart)
{
	return !restart->migrates || can_migrate(rec);
}

/* ---- run */

static struct packet_match syn_to(uint16_t port)
{
	return (struct packet_match){.from = SIDE_CLIENT,
	                             .dst_port = port,
	                             .flags_mask = TCP_FLAG_SYN,
	                             .flags_value = TCP_FLAG_SYN};
}

static struct packet_match syn_ack_of(uint16_t port)
{
	return (struct packet_match){.from = SIDE_SERVER,
	                             .src_port = port,
	                             .flags_mask = TCP_FLAG_SYN,
	                             .flags_value = TCP_FLAG_SYN};
}

static struct sock *listen_beside(struct probe_run *run, uint16_t port)
{
	return sock_listen_with(run, SIDE_SERVER,
	                        (struct sock_config){.port = port, .reuse_port = true});
}

static struct sock *connect_to(struct probe_run *run, uint16_t port)
{
	struct sock *client = sock_open(run, SIDE_CLIENT);

	sock_connect(client, SIDE_SERVER, port);
	return client;
}

/* One connection of each kind; the rule that holds the third ACK. */
static uint32_t begin(struct probe_run *run, uint16_t port, struct sock *clients[KINDS])
{
	const struct packet_match third_ack = {
		.from = SIDE_CLIENT,
		.dst_port = port,
		.flags_mask = TCP_FLAG_SYN | TCP_FLAG_ACK | TCP_FLAG_RST,
		.flags_value = TCP_FLAG_ACK,
		.payload = PAYLOAD_NONE,
	};
	uint32_t held;

	clients[KIND_QUEUED] = connect_to(run, port);
	await_state(sock_peer(clients[KIND_QUEUED]), STATE_ESTABLISHED);
	sock_send_text(clients[KIND_QUEUED], request);
	/* its SYN+ACK, and what acknowledges the request */
	await_sent_in_all(run, match_of(sock_peer(clients[KIND_QUEUED]), TCP_FLAG_ACK), 2);
	held = wire_hold(run, third_ack);
	clients[KIND_UNDER_WAY] = connect_to(run, port);
	wire_await_held(run, held, 1);
	wire_drop_next(run, syn_ack_of(port), 1);
	clients[KIND_UNHEARD] = connect_to(run, port);
	await_sent_in_all(run, syn_ack_of(port), KINDS);
	return held;
}

/* All that is to be had of a listener. */
static void accept_all(struct sock *listener)
{
	struct sock *accepted;

	while ((accepted = sock_accept_within(listener, 200)))
		(void)sock_try_receive(accepted, sizeof(request));
}

static void restart_server(struct probe_run *run, const struct restart *restart)
{
	const uint16_t port = port_of(restart);
	struct span timer = model_timer(run_record(run), NS_PER_S); /* TCP_TIMEOUT_INIT */
	struct sock *old = listen_beside(run, port), *new = NULL;
	struct sock *clients[KINDS];
	uint32_t ack = begin(run, port, clients), syn;

	syn = wire_hold(run, syn_to(port)); /* sent again it is to find the timer's work done */
	if (!restart->gap)
		new = listen_beside(run, port);
	if (restart->closes)
		sock_close(old);
	if (restart->gap)
		new = listen_beside(run, port);
	wire_restore(run, ack);
	(void)await_sent_in_all_within(run, syn_ack_of(port), KINDS + 1, timer.hi_ns / NS_PER_MS);
	wire_restore(run, syn);
	(void)await_state_within(clients[KIND_UNHEARD], STATE_ESTABLISHED, AWAIT_LIMIT_MS);
	if (!restart->closes)
		accept_all(old);
	accept_all(new);
	for (int kind = 0; kind < KINDS; kind++)
		(void)sock_take_error(clients[kind]);
}

static void run(struct probe_run *run)
{
	for (size_t i = 0; i < RESTARTS; i++) {
		const struct restart *restart = &restarts[i];

		if (!is_asked(run_record(run), restart))
			continue;
		if (can_migrate(run_record(run)))
			sysctl_set(run, SIDE_SERVER, migrate_req, restart->migrates ? "1" : "0");
		sysctl_set(run, SIDE_SERVER, "net.ipv4.tcp_syncookies",
		           restart->cookies ? "2" : "1");
		restart_server(run, restart);
		counters_mark(run, restart->name);
	}
}

/* ---- judge */

/* What the rules make of one restart. */
struct outcome_of {
	bool accepted[KINDS];
	int64_t resets, migrated, not_migrated;
};

static struct outcome_of model_restart(const struct record *rec, const struct restart *restart)
{
	const bool asks = restart->migrates && model_kernel_since(rec, 5, 14);
	const bool migrates = asks && restart->closes && !restart->gap;
	/* the timer that migrates a request gives it up where it may send nothing again */
	const bool resends = model_sysctl_or(rec, SIDE_SERVER, "net.ipv4.tcp_synack_retries", 5);
	struct outcome_of model = {
		.accepted =
			{
				[KIND_QUEUED] = !restart->closes || migrates,
				[KIND_UNDER_WAY] = !restart->closes || migrates || restart->cookies,
				[KIND_UNHEARD] = true, /* by its next SYN, if by nothing else */
			},
	};

	for (int kind = 0; kind < KINDS; kind++)
		model.resets += !model.accepted[kind];
	if (migrates)
		model.migrated = resends ? KINDS : KINDS - 1;
	if (asks)
		model.not_migrated = KINDS - model.migrated;
	return model;
}

static const char *client_of(const struct record *rec, struct judge *judge,
                             const struct restart *restart, int kind)
{
	int number = 1 + kind;

	for (const struct restart *r = restarts; r < restart; r++)
		number += is_asked(rec, r) ? KINDS : 0;
	return judge_text(judge, "c%d", number);
}

/* Whether accept() ever returned the connection of @client, by its address. */
static struct measured measure_accepted(struct judge *judge, const char *client)
{
	const struct packet_match syn = {
		.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_SYN, .flags_value = TCP_FLAG_SYN};
	const struct record *rec = judged_story(judge)->rec;
	struct sent syns = sent_on(judge, client, &syn, (struct moment){0});
	struct measured accepted = measure_sent(&syns);
	char from[ENDPOINT_TEXT_SIZE];

	if (!syns.count)
		return measured_none(RESTS_ON(OBSERVER_TAP), "its SYN was not seen");
	endpoint_text(&syns.items[0]->packet->src, from);
	accepted.value = value_truth(false);
	accepted.rests_on |= RESTS_ON(OBSERVER_STEPS);
	for (size_t i = 0; i < rec->event_count; i++) {
		const struct event *event = &rec->events[i];

		if (event->kind == EVENT_CALL && event->host == SIDE_SERVER &&
		    !strcmp(event->call.name, "accept") && !strcmp(event->call.args, from))
			accepted.value = value_truth(true);
	}
	return accepted;
}

static struct measured unless_skipped(const struct record *rec, const struct restart *restart,
                                      struct measured measured)
{
	if (!is_asked(rec, restart))
		return (struct measured){.skip = "this kernel has no tcp_migrate_req"};
	return measured;
}

static void judge_kind(const struct record *rec, struct judge *judge, const struct restart *restart,
                       int kind, bool accepted)
{
	const char *client = client_of(rec, judge, restart, kind);

	judge_truth(judge, &(struct figure){
				   .name = judge_text(judge, "%s_accepted", kind_names[kind]),
				   .says = value_truth(true),
				   .predicts = value_truth(accepted),
				   .measured = unless_skipped(rec, restart,
	                                                      measure_accepted(judge, client)),
				   .rule = "inet_csk_listen_stop(), tcp_v4_rcv(), "
					   "reqsk_timer_handler()",
			   });
	judge_words(judge, &(struct figure){
				   .name = judge_text(judge, "%s_error", kind_names[kind]),
				   .predicts = value_words(accepted ? "none" : "ECONNRESET"),
				   .measured = unless_skipped(
					   rec, restart,
					   measure_errno(judge, SIDE_CLIENT, client, "SO_ERROR")),
				   .rule = "tcp_reset()",
			   });
}

/* From the restart before, whose mark is the last one. */
static struct measured measure_counted(const struct record *rec, struct judge *judge,
                                       const struct restart *restart, const char *name)
{
	const struct restart *before = NULL;

	for (const struct restart *r = restarts; r < restart; r++)
		if (is_asked(rec, r))
			before = r;
	if (!before)
		return measure_counter_until(judge, SIDE_SERVER, name, restart->name);
	return measure_counter_between(judge, SIDE_SERVER, name, before->name, restart->name);
}

static void judge_counter(const struct record *rec, struct judge *judge,
                          const struct restart *restart, const char *name, int64_t predicts)
{
	const char *full = judge_text(judge, "TcpExt.%s", name);

	judge_count(judge,
	            &(struct figure){
			    .name = name,
			    .predicts = value_count(predicts),
			    .measured = unless_skipped(rec, restart,
	                                               measure_counted(rec, judge, restart, full)),
			    .rule = "reuseport_migrate_sock()",
		    });
}

static void judge_restart(const struct record *rec, struct judge *judge,
                          const struct restart *restart)
{
	const struct outcome_of model = model_restart(rec, restart);
	const struct packet_match reset = {.from = SIDE_SERVER,
	                                   .src_port = port_of(restart),
	                                   .flags_mask = TCP_FLAG_RST,
	                                   .flags_value = TCP_FLAG_RST};
	struct sent resets = sent_since(judge, &reset, 0);

	judge_case(judge, "%s", restart->name);
	for (int kind = 0; kind < KINDS; kind++)
		judge_kind(rec, judge, restart, kind, model.accepted[kind]);
	judge_count(judge, &(struct figure){
				   .name = "resets",
				   .says = value_count(0),
				   .predicts = value_count(model.resets),
				   .measured = unless_skipped(rec, restart, measure_sent(&resets)),
				   .rule = "inet_child_forget(), tcp_v4_send_reset()",
			   });
	if (!can_migrate(rec) && !restart->migrates)
		return;
	judge_counter(rec, judge, restart, "TCPMigrateReqSuccess", model.migrated);
	judge_counter(rec, judge, restart, "TCPMigrateReqFailure", model.not_migrated);
}

static void judge(const struct story *story, struct judge *judge)
{
	judge_claim(judge, "ask.reuseport-restart");
	for (size_t i = 0; i < RESTARTS; i++)
		judge_restart(story->rec, judge, &restarts[i]);
}

const struct probe probe_ask_reuseport_restart = {
	.id = "ask.reuseport-restart",
	.title = "A restart with SO_REUSEPORT",
	.question = "The new process listens with SO_REUSEPORT before the old one closes its "
		    "listener: which connections that nobody has accepted are lost?",
	.kernel_path = "inet_csk_listen_stop(), reuseport_migrate_sock(), tcp_v4_rcv(), "
		       "reqsk_timer_handler(), inet_csk_complete_hashdance()",
	.wire = WIRE_HAND,
	.claims = {{"ask.reuseport-restart", "P",
                    "A restart with SO_REUSEPORT loses no connection."}},
	.sysctls = {{"server:net.ipv4.tcp_migrate_req", "0", "0", true}},
	.run = run,
	.judge = judge,
};
