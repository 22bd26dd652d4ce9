// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two clients behind one address: the second gets the port of the first, whose connection is
 * in TIME_WAIT at the server, and its timestamps are older. PAWS refuses its SYN, and the
 * time-wait sock answers with an ACK (tcp_timewait_state_process()). A client in SYN_SENT resets
 * what acknowledges nothing of its own. That reset ends TIME_WAIT, and the next SYN is
 * welcome (the client does not wait a second for it, tcp_rcv_synsent_state_process()). With
 * tcp_rfc1337=1 the reset is ignored, and each SYN that is refused sets TIME_WAIT's timer anew:
 * the client keeps itself out.
 *
 *   client                         server
 *   SYN_SENT       ---- S ---->    TIME_WAIT: PAWSTimewait
 *                  <--- A -----
 *                  ---- R ---->    CLOSE; with tcp_rfc1337=1 TIME_WAIT still
 *                  ---- S ---->    SYN_RECV
 */
#include <stdlib.h>

#include "../../harness/probe.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define FIRST_PORT 8080 /* of the server, one for each case */
#define BARE_PORT 8090 /* the same, for the timestamps alone */
#define CLIENT_PORT 40001
#define MARGIN_MS 1000000 /* timestamps that are further apart than the run is long */

static const char timestamps[] = "net.ipv4.tcp_timestamps";

static const struct {
	const char *name, *rfc1337;
	bool older; /* the second client's timestamps */
	bool gets_in;
	int64_t time_waits; /* that are left at the server */
} cases[] = {
	{"tcp_rfc1337 0, older timestamps", "0", true, true, 0},
	{"tcp_rfc1337 1, older timestamps", "1", true, false, 1},
	{"tcp_rfc1337 1, newer timestamps", "1", false, true, 0},
};

/* A client behind the one address: of tcp_timestamps 1, with an offset of the connection's
 * own (secure_tcp_ts_off()), or of 2, with none. */
static struct sock *client_open(struct probe_run *run, unsigned int address, uint16_t to_port)
{
	struct sock *client = sock_open_with(
		run, SIDE_CLIENT, (struct sock_config){.address = address, .port = CLIENT_PORT});

	sock_connect(client, SIDE_SERVER, to_port);
	return client;
}

static uint32_t capture_syns(struct probe_run *run, uint16_t to_port)
{
	return wire_capture(run, (struct packet_match){.from = SIDE_CLIENT,
	                                               .dst_port = to_port,
	                                               .flags_mask = TCP_FLAG_SYN,
	                                               .flags_value = TCP_FLAG_SYN});
}

/* The timestamp of a client without an offset. */
static uint32_t bare_timestamp(struct probe_run *run, uint16_t port)
{
	uint32_t capture = capture_syns(run, port);
	struct sock *client, *server;

	sysctl_set(run, SIDE_CLIENT, timestamps, "2");
	flow_establish(run, port, &client, &server);
	sysctl_set(run, SIDE_CLIENT, timestamps, "1");
	wire_await_captured(run, capture, 1);
	return wire_captured(run, capture, 0).ts_val;
}

/* Both ends of the first client's connection. */
struct first {
	unsigned int address; /* of the client */
	struct sock *client, *server;
};

/* From the first address whose offset makes what a client without one sends @older. */
static struct first first_connect(struct probe_run *run, uint16_t port, bool older, uint32_t bare)
{
	struct sock *listener = sock_listen(run, SIDE_SERVER, port);
	uint32_t capture = capture_syns(run, port);
	struct first first = {0};

	for (; first.address < HOST_ADDRESSES; first.address++) {
		int32_t ahead;

		first.client = client_open(run, first.address, port);
		first.server = sock_accept(listener);
		wire_await_captured(run, capture, first.address + 1);
		ahead = (int32_t)(wire_captured(run, capture, first.address).ts_val - bare);
		if (older ? ahead > MARGIN_MS : ahead < -MARGIN_MS)
			return first;
		sock_option(first.client, "SO_LINGER", 0);
		sock_close(first.client);
		await_state(first.server, STATE_GONE);
	}
	run_inconclusive(run, "no address has an offset that is %s", older ? "ahead" : "behind");
}

/* Its server closes first, and is left in TIME_WAIT. */
static void first_close(struct probe_run *run, const struct first *first)
{
	sock_close(first->server);
	await_state(first->client, STATE_CLOSE_WAIT);
	sock_close(first->client);
	await_state(first->client, STATE_GONE);
	await_state(first->server, model_timewait_state(run_record(run), SIDE_SERVER));
}

static void run_case(struct probe_run *run, size_t number, int64_t limit_ms)
{
	uint16_t port = (uint16_t)(FIRST_PORT + number);
	uint32_t bare = bare_timestamp(run, (uint16_t)(BARE_PORT + number));
	struct first first;

	sysctl_set(run, SIDE_SERVER, "net.ipv4.tcp_rfc1337", cases[number].rfc1337);
	first = first_connect(run, port, cases[number].older, bare);
	first_close(run, &first);
	observe_for(run, 100, "a time that starts anew could be told from one that does not");
	sysctl_set(run, SIDE_CLIENT, timestamps, "2");
	sock_await_error(client_open(run, first.address, port), limit_ms);
	sysctl_set(run, SIDE_CLIENT, timestamps, "1");
	socks_on_port(run, SIDE_SERVER, port);
	if (!cases[number].gets_in)
		sock_read(first.server);
}

static const char *why_not_modelled(const struct record *rec)
{
	struct schedule syn;

	if (!model_sysctl_or(rec, SIDE_SERVER, timestamps, 1))
		return "without timestamps there is no PAWS";
	if (!model_timewait_is_kept(rec, SIDE_SERVER))
		return "tcp_max_tw_buckets is 0: there is no TIME_WAIT";
	return model_syn_hurried(rec, SIDE_CLIENT, &syn)
	               ? NULL
	               : "net.ipv4.tcp_syn_retries is not modelled";
}

static void run(struct probe_run *run)
{
	const char *why_not = why_not_modelled(run_record(run));
	struct schedule syn;

	if (why_not || !model_syn_hurried(run_record(run), SIDE_CLIENT, &syn))
		run_inconclusive(run, "%s", why_not);
	for (size_t i = 0; i < LENGTH(cases); i++)
		run_case(run, i, syn.give_up.hi_ns / NS_PER_MS + AWAIT_LIMIT_MS);
}

/* The second client of each case: the only ones whose error was asked for. */
static const char *second_client(const struct record *rec, size_t number)
{
	for (size_t i = 0; i < rec->event_count; i++)
		if (rec->events[i].kind == EVENT_CALL &&
		    event_is_call(&rec->events[i], SIDE_CLIENT, rec->events[i].sock, "SO_ERROR") &&
		    !number--)
			return rec->events[i].sock;
	return "";
}

/* What went between the second client of a case and the server. */
struct second {
	size_t number; /* of the case */
	const char *sock;
	struct sent syns, refusals; /* its SYNs, TIME_WAIT's ACKs */
};

static struct second second_of(struct judge *judge, size_t number)
{
	const struct packet_match syn = {
		.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_SYN, .flags_value = TCP_FLAG_SYN};
	const struct packet_match ack = {.from = SIDE_SERVER,
	                                 .src_port = (uint16_t)(FIRST_PORT + number),
	                                 .flags_mask = TCP_FLAG_SYN | TCP_FLAG_ACK,
	                                 .flags_value = TCP_FLAG_ACK};
	struct second second = {
		.number = number,
		.sock = second_client(judged_story(judge)->rec, number),
	};

	second.syns = sent_on(judge, second.sock, &syn, (struct moment){0});
	second.refusals = sent_on(judge, "", &ack, when_sent(&second.syns));
	return second;
}

/* When number @i of them came to the other host. */
static struct moment when_arrived(const struct sent *sent, size_t i)
{
	struct moment moment = {.rests_on = sent->rests_on};

	if (i < sent->count && sent->items[i]->arrival)
		moment.t_ns = sent->items[i]->arrive_ns;
	else
		moment.why_not = "it did not arrive";
	return moment;
}

static void judge_error(struct judge *judge, const struct second *second)
{
	judge_words(judge,
	            &(struct figure){
			    .name = "error",
			    .says = value_words("none"),
			    .predicts = value_words(cases[second->number].gets_in ? "none"
	                                                                          : "ETIMEDOUT"),
			    .measured = measure_errno(judge, SIDE_CLIENT, second->sock, "SO_ERROR"),
			    .rule = "tcp_timewait_state_process(): sysctl_tcp_rfc1337",
		    });
}

/* The second SYN comes soon after the answer to the first, whose reset has ended TIME_WAIT. */
static void judge_syns(struct judge *judge, const struct second *second,
                       const struct schedule *model)
{
	bool older = cases[second->number].older, gets_in = cases[second->number].gets_in;
	struct sent again = second->syns;

	judge_count(judge,
	            &(struct figure){
			    .name = "syns",
			    .predicts = gets_in ? value_count(older ? 2 : 1)
	                                        : value_counts(model->sends_lo, model->sends_hi),
			    .measured = measure_sent(&second->syns),
			    .rule = "tcp_paws_reject(), tcp_write_timeout()",
		    });
	if (!older || !again.count)
		return;
	again.items++;
	again.count--;
	judge_time(judge,
	           &(struct figure){
			   .name = "tries_again_after",
			   .predicts = span_value(model->after[1]),
			   .measured = measure_first(&again, when_arrived(&second->refusals, 0)),
			   .rule = "tcp_rcv_synsent_state_process(): TCP_TIMEOUT_MIN",
		   });
}

/*
 * How many time-wait socks there are when the client is in, or gives up: to one that was
 * refused the one that refused it is left, if that was not longer ago than TIME_WAIT lasts.
 */
static void judge_time_waits(struct judge *judge, const struct second *second,
                             const struct schedule *model)
{
	const uint16_t port = (uint16_t)(FIRST_PORT + second->number);
	struct span stay = model_timewait(judged_story(judge)->rec, SIDE_SERVER);
	bool refused = !cases[second->number].gets_in;
	bool left = refused && model->last.hi_ns < stay.lo_ns;
	bool over = !refused || model->last.lo_ns > stay.hi_ns;

	judge_count(judge,
	            &(struct figure){
			    .name = "time_waits",
			    .predicts = value_count(left),
			    .measured = measure_sockets_in(judge, SIDE_SERVER, port,
	                                                   STATE_TIME_WAIT, OBJECT_TIME_WAIT),
			    .rule = "inet_twsk_deschedule_put(), inet_twsk_reschedule()",
			    .unpredicted =
				    left || over ? NULL
						 : "the client gives up about when TIME_WAIT ends",
		    });
	if (left)
		tw_stay_judge_timer(
			judge,
			&(struct tw_stay){SIDE_SERVER,
		                          judge_text(judge, "s%d", atoi(second->sock + 1) - 1)},
			"TIME_WAIT_since_the_last_SYN",
			when_arrived(&second->syns, second->syns.count - 1),
			when_called(judge, SIDE_CLIENT, second->sock, "SO_ERROR"), 0);
}

/* Every SYN that PAWS refused: counted in PAWSEstab, since 6.14 in PAWSTimewait. */
static void judge_refused(struct judge *judge, int64_t refused)
{
	struct measured old = measure_counter(judge, SIDE_SERVER, "TcpExt.PAWSEstab");
	struct measured new = measure_counter(judge, SIDE_SERVER, "TcpExt.PAWSTimewait");

	old.value = value_count(old.value.lo + new.value.lo);
	judge_count(judge, &(struct figure){
				   .name = "refused_by_PAWS",
				   .predicts = value_count(refused),
				   .measured = old,
				   .rule = "tcp_timewait_state_process(): paws_reject",
				   .predicted_from = RESTS_ON(OBSERVER_TAP),
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	struct schedule model;
	int64_t refused = 0;

	if (!model_syn_hurried(story->rec, SIDE_CLIENT, &model))
		model = (struct schedule){0};
	judge_claim(judge, "ask.rfc1337-nat");
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct second second = second_of(judge, i);

		if (cases[i].older)
			refused += (int64_t)second.syns.count - cases[i].gets_in;
		judge_case(judge, "%s", cases[i].name);
		judge_error(judge, &second);
		judge_syns(judge, &second, &model);
		judge_time_waits(judge, &second, &model);
	}
	judge_case(judge, "all");
	judge_refused(judge, refused);
}

const struct probe probe_ask_rfc1337_nat = {
	.id = "ask.rfc1337-nat",
	.title = "tcp_rfc1337 and two clients behind one address",
	.question = "The second client comes from the port that the first had, with older "
		    "timestamps: does it get in, with tcp_rfc1337 and without?",
	.kernel_path = "tcp_timewait_state_process(), tcp_paws_reject(), "
		       "tcp_rcv_synsent_state_process(); RFC 1337, RFC 6191",
	.wire = WIRE_HAND,
	.claims = {{"ask.rfc1337-nat", "P", "tcp_rfc1337=1 has no drawback."}},
	.sysctls = {{"client:net.ipv4.tcp_syn_retries", "1", NULL}},
	.run = run,
	.judge = judge,
};
