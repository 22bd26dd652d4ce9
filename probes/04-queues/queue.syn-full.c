// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SYNs of strangers who never answer fill the queue of half-open connections; then a client
 * comes. Three times: with tcp_syncookies 0, 1 and 2. inet_csk_reqsk_queue_is_full() and,
 * without cookies, tcp_max_syn_backlog: tcp_conn_request().
 *
 *   strangers                      server
 *   ............... S ---------->  SYN_RECV, as many as there is room for
 *   ............... S ------- - >  tcp_syncookies 0: dropped
 *   ............... S ---------->  tcp_syncookies 1, 2: a cookie, and nothing is kept
 *   client
 *   SYN_SENT    ---- S --- - ->    tcp_syncookies 0: dropped
 *   ESTABLISHED <--- SA ----       tcp_syncookies 1, 2
 *               ---- A ----->      ESTABLISHED: cookie_v4_check()
 */
#include "../../harness/probe.h"

enum { OFF, WHEN_FULL, ALWAYS, MODES }; /* tcp_syncookies */

enum {
	PORT_FIRST = 8080, /* of OFF; the others' follow */
	PORT_TRIAL = 9000, /* a listener with a backlog of 0 */
	EXTRA = 10, /* SYNs that there is no room for */
	FLOOD_MOST = 2000,
	REQUEST_BYTES = 100,
};

static const char *const marks[MODES] = {"0", "1", "2"};

static uint16_t port_of(int mode)
{
	return (uint16_t)(PORT_FIRST + mode);
}

static struct packet_match syn_ack_of(uint16_t port)
{
	return (struct packet_match){.from = SIDE_SERVER,
	                             .src_port = port,
	                             .flags_mask = TCP_FLAG_SYN,
	                             .flags_value = TCP_FLAG_SYN};
}

static struct packet syn_to(uint16_t port)
{
	return (struct packet){.src.port = 40000,
	                       .dst.port = port,
	                       .flags = TCP_FLAG_SYN,
	                       .seq = 4711,
	                       .window = 1024,
	                       .mss = 1000};
}

/* False: net.core.somaxconn is not in the record. */
static bool rules_of(const struct record *rec, int mode, bool more, struct half_open *rules)
{
	int64_t backlog = 0;

	record_param(rec, "backlog", &backlog);
	*rules = (struct half_open){
		.more = more,
		.quarter = mode == OFF,
		.max_syn_backlog =
			model_sysctl_or(rec, SIDE_SERVER, "net.ipv4.tcp_max_syn_backlog", 0),
	};
	return model_backlog(rec, SIDE_SERVER, backlog, &rules->most);
}

static int64_t room_of(const struct record *rec, int mode, bool more)
{
	struct half_open rules;

	return !rules_of(rec, mode, more, &rules) ? -1
	       : mode == ALWAYS                   ? 0
	                                          : model_half_open(&rules);
}

static int64_t flood_of(const struct record *rec, int mode, bool more)
{
	return room_of(rec, mode, more) + EXTRA;
}

/* Whether a listener with a backlog of 0 keeps one half-open connection: struct half_open.more. */
static bool try_backlog_0(struct probe_run *run)
{
	struct sock *listener =
		sock_open_with(run, SIDE_SERVER, (struct sock_config){.port = PORT_TRIAL});
	struct packet syn = syn_to(PORT_TRIAL);
	bool more;

	(void)sock_try_listen(listener, 0);
	wire_flood(run, SIDE_CLIENT, &syn, 1);
	more = await_sent_in_all_within(run, syn_ack_of(PORT_TRIAL), 1, 200);
	socks_on_port(run, SIDE_SERVER, PORT_TRIAL);
	return more;
}

static void flood(struct probe_run *run, int mode, bool more)
{
	const struct record *rec = run_record(run);
	int64_t count = flood_of(rec, mode, more);
	struct packet syn = syn_to(port_of(mode));

	if (count < EXTRA || count > FLOOD_MOST)
		run_inconclusive(run, "asks for at most %d half-open connections", FLOOD_MOST);
	wire_flood(run, SIDE_CLIENT, &syn, (unsigned int)count);
	await_sent_in_all(run, syn_ack_of(port_of(mode)),
	                  (unsigned int)(mode == OFF ? count - EXTRA : count));
	socks_on_port(run, SIDE_SERVER, port_of(mode));
}

static void run_mode(struct probe_run *run, int mode, bool more, struct sock *client)
{
	struct sock *listener;

	sysctl_set(run, SIDE_SERVER, "net.ipv4.tcp_syncookies", marks[mode]);
	listener = sock_listen_with(
		run, SIDE_SERVER,
		(struct sock_config){.port = port_of(mode), .backlog = (int)param(run, "backlog")});
	flood(run, mode, more);
	sock_connect(client, SIDE_SERVER, port_of(mode));
	if (mode == OFF) {
		await_sent_in_all(run, match_of(client, TCP_FLAG_SYN), 2);
		sock_close(client);
	} else {
		await_state(client, STATE_ESTABLISHED);
		sock_send(client, REQUEST_BYTES);
		sock_receive(sock_accept(listener), REQUEST_BYTES);
	}
	counters_mark(run, marks[mode]);
}

static void run(struct probe_run *run)
{
	const struct record *rec = run_record(run);
	struct sock *clients[MODES];
	bool more;

	if (!model_sysctl_or(rec, SIDE_SERVER, "net.ipv4.tcp_synack_retries", 5))
		run_inconclusive(run, "without tcp_synack_retries a queue is full for a second");
	/* now, for the strangers are numbered too: c1, c2 and c3 */
	for (int mode = 0; mode < MODES; mode++)
		clients[mode] = sock_open(run, SIDE_CLIENT);
	sysctl_set(run, SIDE_SERVER, "net.ipv4.tcp_syncookies", marks[OFF]);
	more = try_backlog_0(run);
	for (int mode = 0; mode < MODES; mode++)
		run_mode(run, mode, more, clients[mode]);
}

/* ---- judge */

struct flooded {
	struct judge *judge;
	const struct record *rec;
	bool more;
};

static const char *client_of(const struct flooded *f, int mode)
{
	return judge_text(f->judge, "c%d", 1 + mode);
}

static struct measured measure_half_open(const struct flooded *f, uint16_t port)
{
	return measure_sockets_in(f->judge, SIDE_SERVER, port, STATE_SYN_RECV, OBJECT_REQUEST);
}

static struct measured measure_counted(const struct flooded *f, const char *name, int mode)
{
	return mode == OFF ? measure_counter_until(f->judge, SIDE_SERVER, name, marks[mode])
	                   : measure_counter_between(f->judge, SIDE_SERVER, name, marks[mode - 1],
	                                             marks[mode]);
}

static struct sent client_syns(const struct flooded *f, int mode)
{
	const struct packet_match syn = {
		.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_SYN, .flags_value = TCP_FLAG_SYN};

	return sent_on(f->judge, client_of(f, mode), &syn, (struct moment){0});
}

static void judge_half_open(const struct flooded *f, int mode, struct value says)
{
	judge_count(f->judge, &(struct figure){
				      .name = "half_open",
				      .says = says,
				      .predicts = value_count(room_of(f->rec, mode, f->more)),
				      .predicted_from = RESTS_ON(OBSERVER_DIAG),
				      .measured = measure_half_open(f, port_of(mode)),
				      .rule = "tcp_conn_request(): inet_csk_reqsk_queue_is_full(), "
					      "max_syn_backlog less a quarter without cookies",
			      });
}

static void judge_connects(const struct flooded *f, int mode)
{
	judge_truth(f->judge,
	            &(struct figure){
			    .name = "client_connects",
			    .says = value_truth(mode != OFF),
			    .predicts = value_truth(mode != OFF),
			    .measured = measure_entered(f->judge, SIDE_CLIENT, client_of(f, mode),
	                                                STATE_ESTABLISHED),
			    .rule = "tcp_syn_flood_action(): want_cookie",
		    });
}

static void judge_counter(const struct flooded *f, int mode, const char *name, int64_t predicts,
                          const char *rule)
{
	const char *full = judge_text(f->judge, "TcpExt.%s", name);

	judge_count(f->judge, &(struct figure){
				      .name = name,
				      .predicts = value_count(predicts),
				      .predicted_from = RESTS_ON(OBSERVER_TAP),
				      .measured = measure_counted(f, full, mode),
				      .rule = rule,
			      });
}

static void judge_full(const struct flooded *f)
{
	struct half_open rules = {0};
	struct sent syns = client_syns(f, OFF);
	int64_t dropped = EXTRA + (int64_t)syns.count, tried = !f->more;

	rules_of(f->rec, OFF, f->more, &rules);
	judge_half_open(f, OFF, value_none());
	judge_connects(f, OFF);
	judge_counter(f, OFF, "ListenDrops", dropped + tried, "tcp_conn_request(): drop");
	judge_counter(f, OFF, "TCPReqQFullDrop",
	              tried + (model_half_open_is_full(&rules) ? dropped : 0),
	              "tcp_syn_flood_action(); what tcp_max_syn_backlog refuses is not counted so");
}

/* From the client's SYN to its answer: no stranger's comes so soon after. */
static void judge_delay(const struct flooded *f, int mode)
{
	const struct packet_match syn_ack = syn_ack_of(port_of(mode));
	struct sent syns = client_syns(f, mode);
	struct moment begin = when_sent(&syns);
	struct sent answers = sent_since(f->judge, &syn_ack, begin.t_ns);

	judge_time(f->judge, &(struct figure){
				     .name = "delay",
				     .predicts = value_time(0, NS_PER_S),
				     .measured = measure_first(&answers, begin),
				     .rule = "its first SYN is answered: TCP_TIMEOUT_INIT",
			     });
}

static void judge_cookies(const struct flooded *f, int mode)
{
	int64_t cookies = mode == OFF ? 0 : EXTRA + 1;

	judge_case(f->judge, "tcp_syncookies %d", mode);
	judge_connects(f, mode);
	judge_half_open(f, mode, value_none());
	judge_counter(f, mode, "SyncookiesSent", cookies, "cookie_init_sequence()");
	judge_counter(f, mode, "SyncookiesRecv", mode != OFF, "cookie_v4_check()");
	judge_counter(f, mode, "TCPReqQFullDoCookies", cookies, "tcp_syn_flood_action()");
	if (mode != OFF)
		judge_delay(f, mode);
}

static void judge(const struct story *story, struct judge *judge)
{
	struct flooded f = {.judge = judge, .rec = story->rec};
	struct measured trial = measure_half_open(&f, PORT_TRIAL);

	f.more = trial.value.kind == VALUE_COUNT && trial.value.lo == 1;
	judge_claim(judge, "queue.syn-full");
	judge_full(&f);
	judge_claim(judge, "queue.syncookies");
	for (int mode = 0; mode < MODES; mode++)
		judge_cookies(&f, mode);
	judge_claim(judge, "queue.syn-sizes");
	judge_count(judge, &(struct figure){
				   .name = "half_open_with_backlog_0",
				   .predicts = value_counts(0, 1),
				   .measured = trial,
				   .rule = "inet_csk_reqsk_queue_is_full(): more than the backlog, "
					   "as many before 3479c7549fb1",
			   });
	for (int mode = OFF; mode <= WHEN_FULL; mode++) {
		judge_case(judge, "tcp_syncookies %d", mode);
		judge_half_open(&f, mode, value_none());
	}
	judge_claim(judge, "ask.half-open-figures");
	for (int mode = OFF; mode <= WHEN_FULL; mode++) {
		judge_case(judge, "tcp_syncookies %d", mode);
		judge_half_open(&f, mode,
		                value_count(model_sysctl_or(f.rec, SIDE_SERVER,
		                                            "net.ipv4.tcp_max_syn_backlog", 0)));
	}
}

static const struct variant variants[] = {
	{.suffix = "", .title = "what listen() asks for is the least"},
	{.suffix = "max-syn-backlog",
         .title = "tcp_max_syn_backlog is the least",
         .params = {{"backlog", 64, 64, "what listen() is asked for"}},
         .sysctls = {{"server:net.ipv4.tcp_max_syn_backlog", "32", "32"}}},
	{.suffix = "somaxconn",
         .title = "somaxconn is the least",
         .params = {{"backlog", 64, 64, "what listen() is asked for"}},
         .sysctls = {{"server:net.core.somaxconn", "8", "8"}}},
	{0},
};

const struct probe probe_queue_syn_full = {
	.id = "queue.syn-full",
	.title = "A SYN flood",
	.question = "How many half-open connections does a listener keep, and can a client connect "
		    "then, with tcp_syncookies 0, 1 and 2?",
	.kernel_path =
		"tcp_conn_request(), inet_csk_reqsk_queue_is_full(), tcp_syn_flood_action(), "
		"cookie_v4_check(); RFC 4987",
	.wire = WIRE_KERNEL,
	.claims = {{"queue.syn-full", "D",
                    "While the half-open queue is full and tcp_syncookies is 0, SYNs are dropped "
                    "and clients cannot connect."},
                   {"queue.syncookies", "D",
                    "tcp_syncookies is 0 for off, 1 for only when the queue is full, 2 for always; "
                    "with cookies a client connects during a flood."},
                   {"queue.syn-sizes", "D",
                    "The half-open limit follows tcp_max_syn_backlog, listen()'s backlog and "
                    "somaxconn together."},
                   {"ask.half-open-figures", "P",
                    "The half-open queue holds tcp_max_syn_backlog connections."}},
	.sysctls = {{"server:net.ipv4.tcp_max_syn_backlog", "256", "256"}},
	.params = {{"backlog", 16, 16, "what listen() is asked for"}},
	.variants = variants,
	.run = run,
	.judge = judge,
};
