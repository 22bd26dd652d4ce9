// SPDX-License-Identifier: GPL-2.0-or-later
/* What a judge asks of a record: answers, and what they rest on, of records made by hand. */
#include "../../harness/judge/measure.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#define FA (TCP_FLAG_FIN | TCP_FLAG_ACK)
#define SA (TCP_FLAG_SYN | TCP_FLAG_ACK)

static const struct endpoint end[SIDE_COUNT] = {
	{.family = AF_INET, .addr = {10, 0, 0, 1}, .port = 40000},
	{.family = AF_INET, .addr = {10, 0, 0, 2}, .port = 8080},
};

static const struct claim claims[CLAIMS_PER_PROBE] = {{"one", "A", "The first."}};
static const struct packet_match any_client = {.from = SIDE_CLIENT};
static const struct packet_match client_fin = {
	.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_FIN, .flags_value = TCP_FLAG_FIN};

static void add(struct record *rec, struct event event)
{
	assert_int_equal(record_add_event(rec, &event), 0);
}

static struct packet segment(enum side from, uint16_t flags, uint32_t seq)
{
	return (struct packet){
		.src = end[from],
		.dst = end[side_other(from)],
		.protocol = IPPROTO_TCP,
		.flags = flags,
		.seq = seq,
	};
}

/* @packet into the wire at @from's port. */
static void leaves(struct record *rec, int64_t t_ns, enum side from, struct packet packet)
{
	add(rec, (struct event){.t_ns = t_ns,
	                        .kind = EVENT_PACKET,
	                        .host = from,
	                        .packet = {.packet = packet, .arriving = true}});
}

/* ... and out of it at the other's. */
static void arrives(struct record *rec, int64_t t_ns, enum side from, struct packet packet)
{
	add(rec, (struct event){.t_ns = t_ns,
	                        .kind = EVENT_PACKET,
	                        .host = side_other(from),
	                        .packet = {.packet = packet, .arriving = false}});
}

static void sample_add(struct record *rec, int64_t t_ns, enum tcp_state state,
                       enum sock_object object, int64_t gap_ns)
{
	struct event event = {
		.t_ns = t_ns, .kind = EVENT_SAMPLE, .host = SIDE_CLIENT, .sock = "c1"};

	event.sample = (struct sample){.state = state, .object = object, .gap_ns = gap_ns};
	add(rec, event);
}

static void call_add(struct record *rec, int64_t t_ns, const char *name, int64_t result, int err)
{
	struct event event = {.t_ns = t_ns, .kind = EVENT_CALL, .host = SIDE_CLIENT, .sock = "c1"};

	event.call.name = name;
	event.call.result = result;
	event.call.err = err;
	add(rec, event);
}

/* Runs @fn, which asks and asserts, and frees @rec. */
static void ask(struct record *rec, judge_fn fn)
{
	assert_int_equal(judge_record(rec, claims, fn, NULL), 0);
	record_free(rec);
}

static struct record *record_empty(void)
{
	struct record *rec = record_new();

	assert_non_null(rec);
	return rec;
}

static void assert_count(struct measured measured, int64_t count)
{
	assert_null(measured.why_not);
	assert_int_equal(measured.value.kind, VALUE_COUNT);
	assert_int_equal(measured.value.lo, count);
	assert_int_equal(measured.value.hi, count);
}

static void assert_words(struct measured measured, const char *text)
{
	assert_null(measured.why_not);
	assert_int_equal(measured.value.kind, VALUE_TEXT);
	assert_string_equal(measured.value.text, text);
}

static void assert_time(struct measured measured, int64_t lo_ns, int64_t hi_ns)
{
	assert_null(measured.why_not);
	assert_int_equal(measured.value.kind, VALUE_TIME);
	assert_int_equal(measured.value.lo, lo_ns);
	assert_int_equal(measured.value.hi, hi_ns);
}

/* An instant that the test knows, and one that never came. */
static struct moment at(int64_t t_ns)
{
	return (struct moment){.t_ns = t_ns};
}

static const struct moment never = {.why_not = "never"};
static const struct moment called = {.t_ns = 5, .rests_on = RESTS_ON(OBSERVER_STEPS)};

static void assert_unknown(struct measured measured, const char *why)
{
	assert_non_null(measured.why_not);
	assert_non_null(strstr(measured.why_not, why));
}

/* ---- Packets ---- */

static struct record *record_lost_fins(void)
{
	struct record *rec = record_empty();

	leaves(rec, 10, SIDE_CLIENT, segment(SIDE_CLIENT, TCP_FLAG_SYN, 1));
	arrives(rec, 11, SIDE_CLIENT, segment(SIDE_CLIENT, TCP_FLAG_SYN, 1));
	leaves(rec, 12, SIDE_SERVER, segment(SIDE_SERVER, SA, 5));
	arrives(rec, 13, SIDE_SERVER, segment(SIDE_SERVER, SA, 5));
	leaves(rec, 14, SIDE_CLIENT, segment(SIDE_CLIENT, TCP_FLAG_ACK, 2));
	leaves(rec, 20, SIDE_CLIENT, segment(SIDE_CLIENT, FA, 2));
	leaves(rec, 30, SIDE_CLIENT, segment(SIDE_CLIENT, FA, 2));
	return rec;
}

static void ask_sent(const struct story *story, struct judge *judge)
{
	struct sent all = sent_all_since(judge, at(0)), late = sent_all_since(judge, at(14));
	struct sent client = sent_since(judge, &any_client, 0);
	struct sent fins = sent_since(judge, &client_fin, 0);

	(void)story;
	assert_count(measure_sent(&all), 5); /* each once */
	assert_words(measure_flags(judge, &all), "S SA A FA FA");
	assert_words(measure_flags(judge, &late), "A FA FA");
	assert_int_equal(measure_flags(judge, &all).rests_on, RESTS_ON(OBSERVER_TAP));
	assert_count(measure_sent(&client), 4);
	assert_count(measure_flagged(&client, TCP_FLAG_ACK, 0), 1);
	assert_words(measure_same_seq(&client), "no");
	assert_words(measure_all_lost(&client), "no"); /* the SYN was not */
	assert_count(measure_resends(&fins), 1);
	assert_words(measure_same_seq(&fins), "yes");
	assert_words(measure_all_lost(&fins), "yes");
	assert_time(measure_first(&fins, at(5)), 15, 15);
	assert_int_equal(measure_first(&fins, at(5)).from_ns, 5);
	assert_int_equal(measure_first(&fins, called).rests_on,
	                 RESTS_ON(OBSERVER_STEPS) | RESTS_ON(OBSERVER_TAP));
	assert_int_equal(sent_on(judge, "", &client_fin, called).rests_on,
	                 RESTS_ON(OBSERVER_STEPS) | RESTS_ON(OBSERVER_TAP));
	assert_int_equal(measure_first(&fins, at(5)).to_ns, 20);
}

static void test_sent(void **state)
{
	(void)state;
	ask(record_lost_fins(), ask_sent);
}

/* Nothing left: a count of 0, but nothing is said of packets that there are not. */
static void ask_nothing_sent(const struct story *story, struct judge *judge)
{
	struct sent none = sent_since(judge, &client_fin, 0);
	struct sent unknown = sent_on(judge, "c1", &client_fin, never);

	(void)story;
	assert_count(measure_sent(&none), 0);
	assert_unknown(measure_resends(&none), "no such packet");
	assert_unknown(measure_same_seq(&none), "no such packet");
	assert_unknown(measure_all_lost(&none), "no such packet");
	assert_unknown(measure_first(&none, at(0)), "no such packet");
	assert_unknown(measure_first(&none, never), "never");
	assert_unknown(measure_sent(&unknown), "never");
	assert_string_equal(when_sent(&none).why_not, "no such packet was seen to leave");
}

static void test_nothing_sent(void **state)
{
	(void)state;
	ask(record_empty(), ask_nothing_sent);
}

static void ask_300(const struct story *story, struct judge *judge)
{
	struct sent syns = sent_since(judge, &any_client, 0);

	(void)story;
	assert_count(measure_sent(&syns), 300);
	assert_int_equal(strlen(measure_flags(judge, &syns).value.text), 300 * 2 - 1);
}

static void test_300_are_300(void **state)
{
	struct record *rec = record_empty();

	(void)state;
	for (uint32_t i = 0; i < 300; i++)
		leaves(rec, i, SIDE_CLIENT, segment(SIDE_CLIENT, TCP_FLAG_SYN, i));
	ask(rec, ask_300);
}

/* What left at the very moment or after it is not before it; it takes over why there is none. */
static void ask_before(const struct story *story, struct judge *judge)
{
	struct sent all = sent_all_since(judge, at(0));
	struct sent before = sent_before(all, at(20)), unknown = sent_before(all, never);

	(void)story;
	assert_count(measure_sent(&all), 3);
	assert_count(measure_sent(&before), 1);
	assert_int_equal(measure_sent(&before).to_ns, 20);
	assert_unknown(measure_sent(&unknown), "never");
}

static void test_before(void **state)
{
	struct record *rec = record_empty();

	(void)state;
	for (int64_t t_ns = 10; t_ns <= 30; t_ns += 10)
		leaves(rec, t_ns, SIDE_CLIENT, segment(SIDE_CLIENT, TCP_FLAG_ACK, (uint32_t)t_ns));
	ask(rec, ask_before);
}

/* What is not TCP is no segment; on lo each frame is seen twice and counted once. */
static void ask_others(const struct story *story, struct judge *judge)
{
	struct sent all = sent_all_since(judge, at(0));

	(void)story;
	assert_count(measure_sent(&all), 1);
	assert_int_equal(when_sent(&all).t_ns, 20);
}

static void test_others(void **state)
{
	struct record *rec = record_empty();

	(void)state;
	leaves(rec, 10, SIDE_CLIENT,
	       (struct packet){.src = end[SIDE_CLIENT], .protocol = IPPROTO_ICMP});
	for (int arriving = 0; arriving < 2; arriving++)
		add(rec, (struct event){.t_ns = 20 + arriving,
		                        .kind = EVENT_PACKET,
		                        .host = SIDE_CLIENT,
		                        .packet = {.packet = segment(SIDE_CLIENT, TCP_FLAG_SYN, 1),
		                                   .on_loopback = true,
		                                   .arriving = arriving}});
	ask(rec, ask_others);
}

/* ---- Calls ---- */

static void ask_calls(const struct story *story, struct judge *judge)
{
	(void)story;
	assert_int_equal(when_called(judge, SIDE_CLIENT, "c1", "connect").t_ns, 10);
	assert_string_equal(when_called(judge, SIDE_CLIENT, "c1", "close").why_not,
	                    "close on c1 was not called");
	assert_words(measure_errno(judge, SIDE_CLIENT, "c1", "connect"), "EINPROGRESS");
	assert_words(measure_errno(judge, SIDE_CLIENT, "c1", "send"), "none");
	assert_words(measure_errno(judge, SIDE_CLIENT, "c1", "shutdown"), "errno 9999");
	assert_count(measure_result(judge, SIDE_CLIENT, "c1", "send"), 100);
	assert_unknown(measure_errno(judge, SIDE_CLIENT, "c1", "close"),
	               "close on c1 was not called");
	assert_unknown(measure_errno(judge, SIDE_CLIENT, "c2", "connect"), "not called");
	assert_unknown(measure_errno(judge, SIDE_SERVER, "c1", "connect"), "not called");
	assert_unknown(measure_result(judge, SIDE_CLIENT, "", "connect"), "not called");
}

static void test_calls(void **state)
{
	struct record *rec = record_empty();

	(void)state;
	call_add(rec, 10, "connect", -1, 115);
	call_add(rec, 20, "send", 100, 0);
	call_add(rec, 30, "shutdown", -1, 9999);
	ask(rec, ask_calls);
}

/* Several calls of one name: what failed adds nothing, and one that failed is still a call. */
static void ask_totals(const struct story *story, struct judge *judge)
{
	(void)story;
	assert_count(measure_total(judge, SIDE_CLIENT, "c1", "send"), 150);
	assert_count(measure_successes(judge, SIDE_CLIENT, "c1", "send"), 2);
	assert_int_equal(measure_total(judge, SIDE_CLIENT, "c1", "send").to_ns, 40);
	assert_count(measure_total(judge, SIDE_CLIENT, "c1", "recv"), 0);
	assert_count(measure_successes(judge, SIDE_CLIENT, "c1", "recv"), 0);
	assert_unknown(measure_total(judge, SIDE_SERVER, "c1", "send"), "not called");
	assert_unknown(measure_successes(judge, SIDE_CLIENT, "c2", "send"), "not called");
}

static void test_totals(void **state)
{
	struct record *rec = record_empty();

	(void)state;
	call_add(rec, 10, "send", 100, 0);
	call_add(rec, 20, "recv", -1, 11);
	call_add(rec, 30, "send", 50, 0);
	call_add(rec, 40, "send", -1, 32);
	ask(rec, ask_totals);
}

/* The same call on many sockets, in rows that notes divide. */
static void ask_trials(const struct story *story, struct judge *judge)
{
	const struct moment second = when_noted(judge, "second");
	struct trials trials = {.host = SIDE_CLIENT, .call = "SO_ERROR", .err = 111};

	(void)story;
	assert_int_equal(second.t_ns, 30);
	assert_count(measure_trials(judge, &trials), 2);
	trials.to = second;
	assert_count(measure_trials(judge, &trials), 1);
	trials.err = 0;
	assert_count(measure_trials(judge, &trials), 1);
	trials = (struct trials){.call = "SO_ERROR", .err = 0, .from = second};
	assert_count(measure_trials(judge, &trials), 0);
	trials.from = when_noted(judge, "third");
	assert_unknown(measure_trials(judge, &trials), "\"third\" was not noted");
	trials = (struct trials){.host = SIDE_SERVER, .call = "SO_ERROR"};
	assert_unknown(measure_trials(judge, &trials), "was not called");
	trials = (struct trials){.call = "SO_ERROR", .to = {.t_ns = 5}};
	assert_unknown(measure_trials(judge, &trials), "was not called");
}

static void test_trials(void **state)
{
	struct record *rec = record_empty();
	struct event note = {.t_ns = 30, .kind = EVENT_NOTE, .note = {.text = "second"}};

	(void)state;
	call_add(rec, 10, "SO_ERROR", 0, 0);
	call_add(rec, 20, "SO_ERROR", -1, 111);
	call_add(rec, 25, "connect", -1, 111);
	add(rec, note);
	call_add(rec, 30, "SO_ERROR", -1, 111);
	ask(rec, ask_trials);
}

static void ask_took(const struct story *story, struct judge *judge)
{
	(void)story;
	assert_time(measure_took(judge, SIDE_CLIENT, "c1", "close"), 5 * NS_PER_MS, 5 * NS_PER_MS);
	assert_time(measure_took(judge, SIDE_CLIENT, "c1", "connect"), 0, NS_PER_MS);
	assert_unknown(measure_took(judge, SIDE_CLIENT, "c2", "close"), "not called");
}

static void test_took(void **state)
{
	struct record *rec = record_empty();

	(void)state;
	call_add(rec, 10, "connect", 0, 0);
	call_add(rec, 20, "close", 0, 0);
	rec->events[rec->event_count - 1].call.took_ns = 5 * NS_PER_MS;
	ask(rec, ask_took);
}

static void ask_signal(const struct story *story, struct judge *judge)
{
	(void)story;
	assert_words(measure_signal(judge, SIDE_CLIENT, "c1", "send"), "SIGPIPE");
	assert_words(measure_signal(judge, SIDE_CLIENT, "c1", "connect"), "none");
	assert_unknown(measure_signal(judge, SIDE_CLIENT, "c2", "send"), "not called");
}

static void test_signal(void **state)
{
	struct record *rec = record_empty();
	struct event send = {.t_ns = 20, .kind = EVENT_CALL, .sock = "c1"};

	(void)state;
	call_add(rec, 10, "connect", 0, 0);
	send.call.name = "send";
	send.call.signal = "SIGPIPE";
	add(rec, send);
	ask(rec, ask_signal);
}

/* ---- Counters, and what was read at an instant ---- */

static void counter_add(struct record *rec, int64_t t_ns, enum side host, const char *mark,
                        int64_t delta)
{
	struct event event = {.t_ns = t_ns, .kind = EVENT_COUNTER, .host = host};

	event.counter.name = "TcpExt.TCPTimeouts";
	event.counter.delta = delta;
	event.counter.mark = mark;
	add(rec, event);
}

static void ask_counters(const struct story *story, struct judge *judge)
{
	const char *name = "TcpExt.TCPTimeouts";
	struct measured since = measure_counter_since(judge, SIDE_CLIENT, name, "closed");

	(void)story;
	assert_count(measure_counter(judge, SIDE_CLIENT, name), 7);
	assert_count(measure_counter(judge, SIDE_CLIENT, "TcpExt.TCPTimeout"), 0);
	assert_count(measure_counter(judge, SIDE_SERVER, name), 4);
	assert_count(measure_counter_until(judge, SIDE_CLIENT, name, "closed"), 2);
	assert_count(since, 5);
	assert_count(measure_counter_between(judge, SIDE_CLIENT, name, "closed", "later"), 3);
	assert_unknown(measure_counter_between(judge, SIDE_CLIENT, name, "closed", "never"),
	               "no mark \"never\" was made");
	assert_int_equal(since.from_ns, 10);
	assert_int_equal(since.to_ns, 20);
	assert_int_equal(since.rests_on, RESTS_ON(OBSERVER_COUNTERS));
	assert_unknown(measure_counter_until(judge, SIDE_SERVER, name, "closed"),
	               "no mark \"closed\" was made");
	assert_unknown(measure_counter_since(judge, SIDE_SERVER, name, "closed"), "no mark");
}

static void test_counters(void **state)
{
	struct record *rec = record_empty();

	(void)state;
	counter_add(rec, 10, SIDE_CLIENT, "closed", 2);
	counter_add(rec, 15, SIDE_CLIENT, "later", 5);
	counter_add(rec, 20, SIDE_CLIENT, "", 7);
	counter_add(rec, 20, SIDE_SERVER, "", 4);
	ask(rec, ask_counters);
}

/* Not one counter of a host, where those of its packets must have changed: none was read. */
static void ask_no_counter(const struct story *story, struct judge *judge)
{
	(void)story;
	assert_count(measure_counter(judge, SIDE_CLIENT, "TcpExt.TCPLossProbes"), 0);
	assert_unknown(measure_counter(judge, SIDE_SERVER, "TcpExt.TCPLossProbes"),
	               "no counter of the server was read");
}

static void test_no_counter(void **state)
{
	struct record *rec = record_empty();

	(void)state;
	counter_add(rec, 20, SIDE_CLIENT, "", 7);
	ask(rec, ask_no_counter);
}

static void counts_add(struct record *rec, int64_t t_ns, enum tcp_state state,
                       enum sock_object object, uint32_t count, uint32_t total)
{
	struct event event = {.t_ns = t_ns, .kind = EVENT_COUNTS, .host = SIDE_SERVER};

	event.counts.port = 80;
	event.counts.state = state;
	event.counts.object = object;
	event.counts.count = count;
	event.counts.total = total;
	add(rec, event);
}

static void ask_sockets(const struct story *story, struct judge *judge)
{
	(void)story;
	assert_count(measure_sockets(judge, SIDE_SERVER, 80), 5); /* as counted last */
	assert_count(measure_sockets_in(judge, SIDE_SERVER, 80, STATE_ESTABLISHED, OBJECT_FULL), 3);
	assert_count(measure_sockets_in(judge, SIDE_SERVER, 80, STATE_SYN_RECV, OBJECT_REQUEST), 2);
	assert_count(measure_sockets_in(judge, SIDE_SERVER, 80, STATE_SYN_RECV, OBJECT_FULL), 0);
	assert_count(measure_sockets_in(judge, SIDE_SERVER, 80, STATE_LISTEN, OBJECT_FULL), 0);
	assert_unknown(measure_sockets(judge, SIDE_SERVER, 81), "nobody counted");
	assert_unknown(measure_sockets_in(judge, SIDE_CLIENT, 80, STATE_LISTEN, OBJECT_FULL),
	               "nobody counted the sockets of port 80");
}

static void test_sockets(void **state)
{
	struct record *rec = record_empty();

	(void)state;
	counts_add(rec, 10, STATE_LISTEN, OBJECT_FULL, 1, 1);
	counts_add(rec, 20, STATE_ESTABLISHED, OBJECT_FULL, 3, 5);
	counts_add(rec, 20, STATE_SYN_RECV, OBJECT_REQUEST, 2, 5);
	ask(rec, ask_sockets);
}

static void ask_default(const struct story *story, struct judge *judge)
{
	(void)story;
	assert_count(measure_default(judge, "net.ipv4.tcp_syn_retries"), 6);
	assert_unknown(measure_default(judge, "net.ipv4.tcp_retries2"), "was not read");
}

static void test_default(void **state)
{
	struct record *rec = record_empty();
	struct event event = {.kind = EVENT_SYSCTL};

	(void)state;
	event.sysctl.name = "net.ipv4.tcp_retries2"; /* changed, not asked for its default */
	event.sysctl.to = "3";
	add(rec, event);
	event.sysctl.name = "default:net.ipv4.tcp_syn_retries";
	event.sysctl.to = "6";
	add(rec, event);
	ask(rec, ask_default);
}

/* ---- States ---- */

/* A life seen by polling: every instant is known but for the gap before it. */
static struct record *record_polled(void)
{
	struct record *rec = record_empty();

	sample_add(rec, 1000, STATE_ESTABLISHED, OBJECT_FULL, -1);
	sample_add(rec, 2000, STATE_FIN_WAIT2, OBJECT_FULL, 100);
	return rec;
}

static void ask_ended(const struct story *story, struct judge *judge)
{
	struct measured stay = measure_stay(judge, SIDE_CLIENT, "c1", STATE_FIN_WAIT2);

	(void)story;
	/* in between 1900 and 2000, out between 4700 and 5000 */
	assert_time(stay, 4700 - 2000, 5000 - 1900);
	assert_int_equal(stay.from_ns, 1900);
	assert_int_equal(stay.to_ns, 5000);
	assert_int_equal(stay.rests_on, RESTS_ON(OBSERVER_DIAG));
	/* the first state: in it by 1000, since nobody knows when; out of it 1900 to 2000 */
	assert_time(measure_stay(judge, SIDE_CLIENT, "c1", STATE_ESTABLISHED), 900, 2000);
	assert_unknown(measure_stay(judge, SIDE_CLIENT, "c1", STATE_CLOSING),
	               "c1 was never seen in CLOSING");
	assert_time(measure_until_end(judge, SIDE_CLIENT, "c1", at(2000)), 4700 - 2000,
	            5000 - 2000);
	assert_unknown(measure_until_end(judge, SIDE_CLIENT, "c1", never), "never");
	assert_words(measure_ended(judge, SIDE_CLIENT, "c1", at(0), 9000), "yes");
	assert_unknown(measure_ended(judge, SIDE_CLIENT, "c1", never, 0), "never");
	assert_words(measure_entered(judge, SIDE_CLIENT, "c1", STATE_FIN_WAIT2), "yes");
	assert_words(measure_entered(judge, SIDE_CLIENT, "c1", STATE_CLOSING), "no");
}

static void test_ended(void **state)
{
	struct record *rec = record_polled();

	(void)state;
	sample_add(rec, 5000, STATE_GONE, OBJECT_NONE, 300);
	ask(rec, ask_ended);
}

/* Not seen to end: as long as the record at least, and no upper end. */
static void ask_open(const struct story *story, struct judge *judge)
{
	(void)story;
	assert_time(measure_stay(judge, SIDE_CLIENT, "c1", STATE_FIN_WAIT2), 9000 - 2000,
	            INT64_MAX);
	assert_time(measure_until_end(judge, SIDE_CLIENT, "c1", at(2000)), 9000 - 2000, INT64_MAX);
	assert_words(measure_ended(judge, SIDE_CLIENT, "c1", at(2000), 6999), "no");
	assert_unknown(measure_ended(judge, SIDE_CLIENT, "c1", at(2000), 7000), "ends before");
}

static void test_open(void **state)
{
	struct record *rec = record_polled();

	(void)state;
	call_add(rec, 9000, "close", 0, 0); /* the last that the record knows */
	ask(rec, ask_open);
}

/* Nobody saw it: no answer is "no". */
static void ask_nobody(const struct story *story, struct judge *judge)
{
	(void)story;
	assert_unknown(measure_walk(judge, SIDE_SERVER, "s1"), "no observer saw s1");
	assert_unknown(measure_entered(judge, SIDE_SERVER, "s1", STATE_CLOSE), "no observer");
	assert_unknown(measure_stay(judge, SIDE_SERVER, "s1", STATE_CLOSE), "no observer");
	assert_unknown(measure_until_end(judge, SIDE_SERVER, "s1", at(0)), "no observer");
	assert_unknown(measure_ended(judge, SIDE_SERVER, "s1", at(0), 1), "no observer");
}

static void test_nobody(void **state)
{
	(void)state;
	ask(record_polled(), ask_nobody);
}

/* What trace saw of a life is part of it, where trace was there. */
static void ask_traced(const struct story *story, struct judge *judge)
{
	unsigned int both = RESTS_ON(OBSERVER_DIAG) | RESTS_ON(OBSERVER_TRACE);

	(void)story;
	assert_int_equal(measure_walk(judge, SIDE_CLIENT, "c1").rests_on, both);
	assert_int_equal(measure_stay(judge, SIDE_CLIENT, "c1", STATE_FIN_WAIT2).rests_on, both);
	assert_int_equal(measure_until_end(judge, SIDE_CLIENT, "c1", at(0)).rests_on, both);
	assert_int_equal(measure_entered(judge, SIDE_CLIENT, "c1", STATE_CLOSE).rests_on, both);
}

static void test_traced(void **state)
{
	struct record *rec = record_polled();

	(void)state;
	rec->observed[OBSERVER_TRACE] = true;
	ask(rec, ask_traced);
}

/* The last reading's at or before the moment, not the one behind it. */
static void ask_timer(const struct story *story, struct judge *judge)
{
	(void)story;
	assert_words(measure_timer(judge, SIDE_CLIENT, "c1", at(2000)), "none");
	assert_words(measure_timer(judge, SIDE_CLIENT, "c1", at(3000)), "keepalive");
	assert_unknown(measure_timer(judge, SIDE_CLIENT, "c1", at(999)), "nobody read c1 before");
	assert_unknown(measure_timer(judge, SIDE_SERVER, "s1", at(3000)), "nobody read s1 before");
	assert_unknown(measure_timer(judge, SIDE_CLIENT, "c1", never), "never");
}

static void test_timer(void **state)
{
	struct record *rec = record_polled();

	(void)state;
	sample_add(rec, 3000, STATE_FIN_WAIT2, OBJECT_FULL, 100);
	rec->events[rec->event_count - 1].sample.timer = DIAG_TIMER_KEEPALIVE;
	ask(rec, ask_timer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sent),        cmocka_unit_test(test_nothing_sent),
		cmocka_unit_test(test_before),      cmocka_unit_test(test_others),
		cmocka_unit_test(test_300_are_300), cmocka_unit_test(test_calls),
		cmocka_unit_test(test_totals),      cmocka_unit_test(test_ended),
		cmocka_unit_test(test_open),        cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_traced),      cmocka_unit_test(test_took),
		cmocka_unit_test(test_signal),      cmocka_unit_test(test_counters),
		cmocka_unit_test(test_no_counter),  cmocka_unit_test(test_sockets),
		cmocka_unit_test(test_default),     cmocka_unit_test(test_timer),
		cmocka_unit_test(test_trials),
	};

	return cmocka_run_group_tests_name("measure", tests, NULL, NULL);
}
