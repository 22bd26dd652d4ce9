// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The examination, on records of real runs: true ones are explained whole, each kind of false
 * one (tests/mutate) is seen in at least one of them.
 */
#include "big_record.h"
#include "canned.h"

#include <netinet/in.h>
#include <netinet/ip_icmp.h>

#include "../../harness/examine/examine.h"
#include "../mutate/mutations.h"

static const char *const records[] = {
	"true/wave1.lost.jsonl",
	"true/wave4.lost.jsonl",
	"true/close.simultaneous.jsonl",
	"true/simopen.four-way.jsonl",
	"true/self.two-waves.jsonl",
	"true/beyond.keepalive.jsonl",
	"true/beyond.retries2.jsonl",
	"true/finwait2.close-timeout.jsonl",
	"true/loss.syn.jsonl",
	"true/loss.syn.starved.jsonl",
	"true/rootless.jsonl",
	"true/open.fast.jsonl",
	"true/open.fast.rootless.jsonl",
	"true/wire.netem-fate.jsonl",
	"true/wire.routed.6.jsonl",
	"true/sock.peer.jsonl",
	"true/flow.tuple-again.jsonl",
	"true/wave1.lost.mid-timeout.jsonl",
	"true/wave3.lost.torn-reading.jsonl",
	"true/ask.keepalive-figures.torn-reading.jsonl",
	"true/close.indistinguishable.5.10.jsonl",
	"true/timewait.rfc1337.jsonl",
	"true/timewait.same-tuple.jsonl",
	"true/timer.window.jsonl",
	"true/timer.options.jsonl",
	"true/wave1.lost.slack-0.jsonl",
	"true/wave2.lost.untraced-reset.jsonl",
	"true/wave4.lost.untraced-reset.jsonl",
	"true/beyond.retries2.rto-min.jsonl",
	"true/self.by-chance.jsonl",
	"true/wire.header-sizes.jsonl",
	"true/wire.fragment-lost.jsonl",
	"true/ask.defer-accept.jsonl",
	"true/ask.defer-accept.reset.jsonl",
	"true/ask.rfc1337-nat.jsonl",
	"true/ask.rfc1337-nat.restart.jsonl",
	"true/history.fin-hits-new-client.rootless.jsonl",
	"true/orphan.max.jsonl",
	"true/queue.netdev-backlog.jsonl",
	"true/history.old-syn.jsonl",
	"true/ask.linger-blocks.5.10.jsonl",
	"true/ask.unread-response.5.10.jsonl",
	"true/beyond.diag-destroy.5.10.jsonl",
	"true/beyond.rst-everywhere.jsonl",
};
/* One connection of a larger record each: no counters, so that few mutations apply. */
static const char *const connections[] = {
	"true/orphan.icmp-error.late.jsonl",      "true/ask.user-timeout.jsonl",
	"true/ask.close-wait-keepalive.jsonl",    "true/history.challenge-ack.jsonl",
	"true/ask.reuseport-restart.jsonl",       "true/ask.zero-window.rootless.jsonl",
	"true/queue.syn-full.cookie-later.jsonl",
};
#define RECORDS (sizeof(records) / sizeof(records[0]))
#define SEEDS 4

static struct record *record_open(const char *name)
{
	struct record *rec = canned_record(name);

	record_sort(rec);
	return rec;
}

static void examine(const struct record *rec, struct examination *examination)
{
	struct story story;

	assert_int_equal(story_build(rec, &story), 0);
	assert_int_equal(examine_story(&story, examination), 0);
	story_free(&story);
}

/* How many are unexplained, and how many of them without an excuse. */
static size_t count(const struct record *rec, size_t *decided)
{
	struct examination examination;
	size_t unexplained;

	examine(rec, &examination);
	unexplained = examination.count;
	*decided = 0;
	for (size_t i = 0; i < unexplained; i++)
		*decided += !examination.items[i].undecided;
	examination_free(&examination);
	return unexplained;
}

static void true_records_are_explained(void **state)
{
	(void)state;
	for (size_t i = 0; i < RECORDS; i++) {
		struct record *rec = record_open(records[i]);
		struct examination examination;

		examine(rec, &examination);
		if (examination.count)
			fail_msg("%s: %s", records[i], examination.items[0].text);
		examination_free(&examination);
		record_free(rec);
	}
}

/* The same reading a tick earlier, as one that is put off between its two instants has it. */
static void a_torn_reading_finds_any_timer(void **state)
{
	struct record *rec = record_open("true/wave3.lost.torn-reading.jsonl");
	size_t decided, torn = 0;

	(void)state;
	for (size_t i = 0; i < rec->event_count; i++) {
		struct event *event = &rec->events[i];

		if (event->kind != EVENT_SAMPLE || event->sample.timer != DIAG_TIMER_ON ||
		    event->sample.expires_ms)
			continue;
		event->sample.expires_ms = 4;
		torn++;
	}
	assert_int_equal(torn, 1);
	assert_int_equal(count(rec, &decided), 0);
	record_free(rec);
}

/* When the end of @sock by a timer was seen. */
static int64_t timer_end_ns(const struct record *rec, const char *sock)
{
	for (size_t i = 0; i < rec->event_count; i++) {
		const struct event *event = &rec->events[i];

		if (event->kind == EVENT_TRANSITION && !strcmp(event->sock, sock) &&
		    event->transition.to == STATE_CLOSE)
			return event->t_ns;
	}
	fail_msg("no end of %s", sock);
	return 0;
}

/* How many are unexplained where SO_ERROR was read so long before the end was seen. */
static size_t count_error_before(int64_t before_ns)
{
	struct record *rec = record_open("true/ask.keepalive-figures.torn-reading.jsonl");
	int64_t end_ns = timer_end_ns(rec, "c2");
	size_t decided, unexplained;

	for (size_t i = 0; i < rec->event_count; i++) {
		struct event *event = &rec->events[i];

		if (event->kind == EVENT_CALL && !strcmp(event->sock, "c2") &&
		    !strcmp(event->call.name, "SO_ERROR"))
			event->t_ns = end_ns - before_ns;
	}
	record_sort(rec);
	unexplained = count(rec, &decided);
	record_free(rec);
	return unexplained;
}

/* sk_err is set before the state: a processor that polls for it may be quicker. */
static void an_error_is_read_before_its_end(void **state)
{
	(void)state;
	assert_int_equal(count_error_before(5000), 0);
	assert_true(count_error_before(NS_PER_MS) > 0);
}

static void connections_are_explained(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(connections) / sizeof(connections[0]); i++) {
		struct record *rec = record_open(connections[i]);
		struct examination examination;

		examine(rec, &examination);
		for (size_t j = 0; j < examination.count; j++)
			if (!examination.items[j].undecided)
				fail_msg("%s: %s", connections[i], examination.items[j].text);
		examination_free(&examination);
		record_free(rec);
	}
}

/* Whether a mutant of @mutation is seen in the record; *@made: there is one. */
static bool is_seen(const char *name, const struct mutation *mutation, uint64_t seed, bool *made)
{
	struct record *rec = record_open(name);
	bool seen = false;
	size_t decided;

	if (mutation->apply(rec, seed)) {
		*made = true;
		seen = count(rec, &decided) > 0;
	}
	record_free(rec);
	return seen;
}

static void each_mutation_is_seen(void **state)
{
	const struct mutation *mutation;
	size_t m;

	(void)state;
	for (m = 0; (mutation = mutation_at(m)); m++) {
		bool seen = false, made = false;

		for (size_t i = 0; i < RECORDS * SEEDS && !seen && !mutation->unseen; i++)
			seen = is_seen(records[i % RECORDS], mutation, i / RECORDS, &made);
		if (made && !seen)
			fail_msg("%s is seen in no record", mutation->name);
	}
	assert_true(m > 40);
}

static size_t holes_in(const struct record *rec)
{
	struct story story;
	uint64_t holes;

	assert_int_equal(story_build(rec, &story), 0);
	assert_int_equal(examine_holes(&story, &holes), 0);
	story_free(&story);
	return holes;
}

/* Others saw a segment sent again, or the end of a socket; where this is known nothing is decided. */
static void what_trace_lost_is_a_hole(void **state)
{
	static const char *const holed[] = {"hole.retransmit.jsonl", "hole.end.jsonl",
	                                    "hole.transition.jsonl"};

	(void)state;
	for (size_t i = 0; i < sizeof(holed) / sizeof(holed[0]); i++) {
		struct record *rec = record_open(holed[i]);
		size_t decided;

		assert_int_equal(holes_in(rec), 1);
		rec->lost[OBSERVER_TRACE]++;
		assert_true(count(rec, &decided) > 0);
		assert_int_equal(decided, 0);
		record_free(rec);
	}
}

/* Without the segment that has to move it, or in a state that it does not lead to: no hole. */
static void a_reading_alone_is_no_hole(void **state)
{
	struct record *rec = record_open("hole.transition.jsonl");
	size_t decided;

	(void)state;
	for (size_t i = 0; i < rec->event_count; i++)
		if (rec->events[i].kind == EVENT_SAMPLE &&
		    rec->events[i].sample.state == STATE_FIN_WAIT2)
			rec->events[i].sample.state = STATE_CLOSING;
	assert_int_equal(holes_in(rec), 0);
	count(rec, &decided);
	assert_true(decided > 0);
	record_free(rec);
}

/* Trace goes on from a state that sock_diag alone saw it enter. */
static void a_change_that_trace_lost_is_a_hole(void **state)
{
	struct record *rec = record_open("true/finwait2.close-timeout.jsonl");
	size_t kept = 0, decided, count_lost = 0, holes;
	bool begun = false;

	(void)state;
	for (size_t i = 0; i < rec->event_count; i++) {
		const struct event *event = &rec->events[i];
		bool its = event->host == SIDE_CLIENT && !strcmp(event->sock, "c1");
		bool change =
			its && (event->kind == EVENT_TRANSITION ||
		                event->kind == EVENT_MINI_SOCKET || event->kind == EVENT_DESTROY);

		/* from FIN_WAIT1 on, but for the end of the time-wait sock */
		if (begun && change &&
		    !(event->kind == EVENT_MINI_SOCKET && event->mini.change == MINI_EXPIRED)) {
			count_lost++;
			continue;
		}
		begun |= change && event->kind == EVENT_TRANSITION &&
		         event->transition.to == STATE_FIN_WAIT1;
		rec->events[kept++] = *event;
	}
	rec->event_count = kept;
	assert_true(count_lost > 2);
	holes = holes_in(rec);
	assert_true(holes > 0);
	rec->lost[OBSERVER_TRACE] += holes;
	assert_true(count(rec, &decided) > 0);
	assert_int_equal(decided, 0);
	record_free(rec);
}

/* What a call brings about may be late in it: until it returns, and no longer. */
static void a_call_lasts_until_it_returns(void **state)
{
	struct record *rec = record_open("true/finwait2.close-timeout.jsonl");
	struct event *close = NULL;
	size_t decided, in_time;

	(void)state;
	for (size_t i = 0; i < rec->event_count && !close; i++)
		if (rec->events[i].kind == EVENT_CALL && !strcmp(rec->events[i].sock, "c1") &&
		    !strcmp(rec->events[i].call.name, "close"))
			close = &rec->events[i];
	assert_non_null(close);
	/* Its segments' timestamps are 50 ms older than they should be, in both cases. */
	for (size_t i = 0; i < rec->event_count; i++)
		if (rec->events[i].t_ns > close->t_ns)
			rec->events[i].t_ns += 50 * NS_PER_MS;
	close->call.took_ns = 60 * NS_PER_MS;
	in_time = count(rec, &decided);
	close->call.took_ns = 20 * NS_PER_MS;
	assert_int_equal(count(rec, &decided), in_time + 1);
	record_free(rec);
}

/* An orphan that its timer resets has run out of resources, and not out of time. */
static void an_end_is_counted_as_what_it_was(void **state)
{
	static const char *const names[] = {"TcpExt.TCPAbortOnMemory", "TcpExt.TCPAbortOnTimeout"};
	struct record *rec = record_open("true/orphan.max.jsonl");
	struct event *counted = NULL;
	size_t decided;

	(void)state;
	for (size_t i = 0; i < rec->event_count && !counted; i++)
		if (rec->events[i].kind == EVENT_COUNTER && !rec->events[i].counter.mark[0] &&
		    !strcmp(rec->events[i].counter.name, names[0]))
			counted = &rec->events[i];
	assert_non_null(counted);
	assert_int_equal(count(rec, &decided), 0);
	counted->counter.delta = 2; /* three were reset by their timers */
	assert_int_equal(count(rec, &decided), 1);
	counted->counter.delta = 6;
	counted->counter.name = names[1];
	assert_int_equal(count(rec, &decided), 2);
	record_free(rec);
}

/* What rests on an observer that lost events may be nothing; so it says. */
static void a_loss_leaves_it_undecided(void **state)
{
	struct record *rec = record_open("true/wave1.lost.jsonl");
	size_t decided;

	(void)state;
	for (size_t i = 0; i < rec->event_count; i++)
		if (rec->events[i].kind == EVENT_SAMPLE && rec->events[i].sample.unacked)
			rec->events[i].sample.unacked = 0;
	assert_int_not_equal(count(rec, &decided), 0);
	assert_int_not_equal(decided, 0);
	rec->lost[OBSERVER_DIAG] = 3;
	assert_int_not_equal(count(rec, &decided), 0);
	assert_int_equal(decided, 0);
	record_free(rec);
}

/* Moves the last time-out, the end of wave1.lost, with all that tells of it. */
static void move_end(struct record *rec, int64_t by_ns)
{
	for (size_t i = 0; i < rec->event_count; i++)
		if (rec->events[i].t_ns > 6 * NS_PER_S)
			rec->events[i].t_ns += by_ns;
}

static void add_lateness(struct record *rec, int64_t due_ns, int64_t late_ns)
{
	struct event event = {.kind = EVENT_LATE, .t_ns = due_ns + late_ns};

	event.late.due_ns = due_ns;
	event.late.late_ns = late_ns;
	assert_int_equal(record_add_event(rec, &event), 0);
	record_sort(rec);
}

static void lateness_excuses_what_is_late(void **state)
{
	struct record *rec = record_open("true/wave1.lost.jsonl");
	size_t decided;

	(void)state;
	move_end(rec, 300 * NS_PER_MS);
	assert_int_not_equal(count(rec, &decided), 0);
	assert_int_equal(decided, 1);
	add_lateness(rec, 5 * NS_PER_S, 100 * NS_PER_MS); /* not enough */
	count(rec, &decided);
	assert_int_equal(decided, 1);
	add_lateness(rec, 5 * NS_PER_S, 250 * NS_PER_MS);
	assert_int_equal(count(rec, &decided), 1);
	assert_int_equal(decided, 0);
	record_free(rec);
}

static void lateness_does_not_excuse_what_is_early(void **state)
{
	struct record *rec = record_open("true/wave1.lost.jsonl");
	size_t decided;

	(void)state;
	move_end(rec, -300 * NS_PER_MS);
	add_lateness(rec, 5 * NS_PER_S, 400 * NS_PER_MS);
	count(rec, &decided);
	assert_int_equal(decided, 1);
	record_free(rec);
}

/* The finding that the examination of @rec adds. */
static const struct finding *examined(struct record *rec)
{
	const struct finding *finding;
	struct story story;

	assert_int_equal(story_build(rec, &story), 0);
	assert_int_equal(examine_record(rec, &story), 0);
	story_free(&story);
	finding = finding_find(rec, (struct finding_id){rec->probe, "", EXAMINE_FINDING});
	assert_non_null(finding);
	return finding;
}

/* The finding that a run has of it. */
static void the_finding_fails(void **state)
{
	struct record *rec = record_open("true/wave1.lost.jsonl");
	const struct finding *finding;
	struct story story;

	(void)state;
	assert_int_equal(story_build(rec, &story), 0);
	assert_int_equal(examine_record(rec, &story), 0);
	assert_null(finding_find(rec, (struct finding_id){rec->probe, "", EXAMINE_FINDING}));
	story_free(&story);
	move_end(rec, 300 * NS_PER_MS);
	finding = examined(rec);
	assert_int_equal(finding->model, MODEL_FAILS);
	assert_int_equal(finding->measured.lo, 1);
	assert_non_null(strstr(finding->note, "client c1 gives up at 7.027 s"));
	record_free(rec);
}

/* What the session goes by when it asks once more. */
static void the_finding_says_how_late(void **state)
{
	struct record *rec = record_open("true/wave1.lost.jsonl");
	const struct finding *finding;

	(void)state;
	move_end(rec, 300 * NS_PER_MS);
	add_lateness(rec, 5 * NS_PER_S, 350 * NS_PER_MS);
	finding = examined(rec);
	assert_int_equal(finding->verdict, VERDICT_INCONCLUSIVE);
	assert_int_equal(finding->late_ns, 350 * NS_PER_MS);
	record_free(rec);
}

/* Another reason for one of them is none to ask again. */
static void lateness_is_not_all(void **state)
{
	struct record *rec = record_open("true/wave1.lost.jsonl");
	const struct finding *finding;

	(void)state;
	move_end(rec, 300 * NS_PER_MS);
	add_lateness(rec, 5 * NS_PER_S, 350 * NS_PER_MS);
	for (size_t i = 0; i < rec->event_count; i++)
		if (rec->events[i].kind == EVENT_SAMPLE && rec->events[i].sample.unacked &&
		    rec->events[i].t_ns < 3 * NS_PER_S)
			rec->events[i].sample.unacked = 0;
	rec->lost[OBSERVER_DIAG] = 3;
	finding = examined(rec);
	assert_int_equal(finding->verdict, VERDICT_INCONCLUSIVE);
	assert_int_equal(finding->late_ns, 0);
	record_free(rec);
}

/* No segment, no call: a state from nowhere, as the one observer tells that there is. */
static void a_state_from_nowhere(void **state)
{
	struct record *rec = record_new();
	struct event event = {.kind = EVENT_SAMPLE, .t_ns = NS_PER_S, .sock = "c1"};
	size_t decided;

	(void)state;
	event.sample = (struct sample){.state = STATE_ESTABLISHED,
	                               .object = OBJECT_FULL,
	                               .cookie = 1,
	                               .gap_ns = NS_PER_MS};
	rec->observed[OBSERVER_DIAG] = true;
	assert_int_equal(record_add_event(rec, &event), 0);
	assert_int_equal(count(rec, &decided), 1);
	assert_int_equal(decided, 1);
	record_free(rec);
}

static void add_packet(struct record *rec, int64_t t_ns, bool arriving, const struct packet *packet)
{
	struct event event = {.kind = EVENT_PACKET, .t_ns = t_ns};

	event.packet.arriving = arriving;
	event.packet.packet = *packet;
	assert_int_equal(record_add_event(rec, &event), 0);
}

/* A frame whose hops were used up is lost to the router that says so, to no rule. */
static void a_router_takes_the_last_hop(void **state)
{
	const struct endpoint client = {.family = AF_INET, .addr = {10, 0, 0, 1}, .port = 4000};
	const struct endpoint server = {.family = AF_INET, .addr = {10, 0, 1, 2}, .port = 53};
	const struct packet lost = {.src = client, .dst = server, .protocol = IPPROTO_UDP};
	struct packet error = {
		.src = {.family = AF_INET, .addr = {10, 0, 0, 254}},
		.dst = {.family = AF_INET, .addr = {10, 0, 0, 1}},
		.protocol = IPPROTO_ICMP,
		.icmp_type = ICMP_TIME_EXCEEDED,
		.inner = {.src = client, .dst = server, .protocol = IPPROTO_UDP},
	};
	struct event note = {.kind = EVENT_NOTE, .t_ns = NS_PER_S, .note.text = "the end"};
	struct record *rec = record_new();
	size_t decided;

	(void)state;
	rec->observed[OBSERVER_TAP] = true;
	assert_int_equal(record_add_event(rec, &note), 0);
	add_packet(rec, NS_PER_MS, true, &lost);
	record_sort(rec);
	assert_int_equal(count(rec, &decided), 1);
	add_packet(rec, NS_PER_MS + 20000, false, &error);
	record_sort(rec);
	assert_int_equal(count(rec, &decided), 0);
	rec->events[1].packet.packet.inner.dst.port = 54;
	assert_int_equal(count(rec, &decided), 2);
	record_free(rec);
}

/* Whether something unexplained has that in its text. */
static bool complains(const struct record *rec, const char *text)
{
	struct examination examination;
	bool found = false;

	examine(rec, &examination);
	for (size_t i = 0; i < examination.count; i++)
		found |= strstr(examination.items[i].text, text) != NULL;
	examination_free(&examination);
	return found;
}

/* The call @from of a timer's socket was @to; the examination has @complaint, and no such before. */
static void a_call_else(const char *name, const char *from, const char *to, const char *complaint)
{
	struct record *rec = record_open(name);

	assert_false(complains(rec, complaint));
	for (size_t i = 0; i < rec->event_count; i++)
		if (rec->events[i].kind == EVENT_CALL && !strcmp(rec->events[i].call.args, from))
			rec->events[i].call.args = to;
	if (!complains(rec, complaint))
		fail_msg("%s: %s instead of %s is not seen", name, to, from);
	record_free(rec);
}

static void timers_go_by_their_sockets_options(void **state)
{
	static const char options[] = "true/timer.options.jsonl";

	(void)state;
	a_call_else(options, "TCP_KEEPIDLE 1", "TCP_KEEPIDLE 2", "s1 sends a keepalive probe");
	a_call_else(options, "TCP_KEEPINTVL 1", "TCP_KEEPINTVL 2", "s1 sends a keepalive probe");
	a_call_else(options, "TCP_KEEPCNT 2", "TCP_KEEPCNT 1", "s1 does not give up");
	a_call_else(options, "TCP_KEEPCNT 2", "TCP_KEEPCNT 3", "s1 gives up too soon");
	a_call_else(options, "SO_KEEPALIVE 1", "SO_KEEPALIVE 0", "without SO_KEEPALIVE");
	a_call_else(options, "TCP_USER_TIMEOUT 700", "TCP_USER_TIMEOUT 900", "c2 gives up");
	a_call_else("true/timer.window.jsonl", "TCP_USER_TIMEOUT 1000", "TCP_USER_TIMEOUT 1300",
	            "gives up a closed window");
}

/* The silent time-outs of a request sock: how many, and by which listener's option. */
static void a_request_waits_for_data(void **state)
{
	static const char deferred[] = "true/ask.defer-accept.jsonl";

	(void)state;
	a_call_else(deferred, "TCP_DEFER_ACCEPT 2", "TCP_DEFER_ACCEPT 1", "s1 sends again");
	a_call_else(deferred, "TCP_DEFER_ACCEPT 2", "TCP_DEFER_ACCEPT 4", "s1 sends again");
	a_call_else(deferred, "TCP_DEFER_ACCEPT 2", "TCP_DEFER_ACCEPT 1", "TcpExt.TCPTimeouts");
	a_call_else(deferred, "10.0.0.2:8080", "10.0.0.2:8090", "s1 sends again");
}

/* What left as @complaint's leaves 100 ms sooner or later, its timestamp with it. */
static void a_probe_else(const char *name, const char *complaint, enum side from, int64_t by_ns)
{
	struct record *rec = record_open(name);
	struct event *last = NULL;

	assert_false(complains(rec, complaint));
	for (size_t i = 0; i < rec->event_count; i++) {
		struct event *event = &rec->events[i];

		if (event->kind == EVENT_PACKET && event_departs(event) && event->host == from &&
		    event->packet.packet.flags == TCP_FLAG_ACK && !event->packet.packet.len)
			last = event;
	}
	assert_non_null(last);
	last->t_ns += by_ns;
	last->packet.packet.ts_val += (uint32_t)(by_ns / NS_PER_MS);
	record_sort(rec);
	if (!complains(rec, complaint))
		fail_msg("%s: by %lld ns: no word that it %s", name, (long long)by_ns, complaint);
	record_free(rec);
}

static void probes_have_their_times(void **state)
{
	(void)state;
	a_probe_else("true/timer.window.jsonl", "sends a window probe", SIDE_CLIENT,
	             -100 * NS_PER_MS);
	a_probe_else("true/timer.window.jsonl", "sends a window probe", SIDE_CLIENT,
	             100 * NS_PER_MS);
	a_probe_else("true/beyond.keepalive.jsonl", "sends a keepalive probe", SIDE_CLIENT,
	             -100 * NS_PER_MS);
	a_probe_else("true/beyond.keepalive.jsonl", "sends a keepalive probe", SIDE_CLIENT,
	             100 * NS_PER_MS);
}

static uint64_t looks_at(size_t events, bool traced)
{
	struct record *rec = big_record(events);
	struct examination examination;
	uint64_t looks;

	assert_non_null(rec);
	for (int i = 0; i < OBSERVER_COUNT; i++)
		rec->observed[i] = true;
	rec->observed[OBSERVER_TRACE] = traced;
	for (size_t i = 0; i < rec->event_count; i++) /* what should be found is searched longest */
		if (rec->events[i].kind == EVENT_CALL &&
		    !strcmp(rec->events[i].call.name, "connect"))
			rec->events[i].call.name = "bind";
	examine(rec, &examination);
	looks = examination.looks;
	examination_free(&examination);
	record_free(rec);
	return looks;
}

/* Many connections: who looks for one's causes does not look at all the others. */
static void looks_grow_with_the_record(void **state)
{
	(void)state;
	for (int traced = 0; traced < 2; traced++) {
		uint64_t once = looks_at(50000, traced), twice = looks_at(100000, traced);

		assert_true(once > 10000);
		assert_true(twice < once * 22 / 10);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(true_records_are_explained),
		cmocka_unit_test(a_torn_reading_finds_any_timer),
		cmocka_unit_test(an_error_is_read_before_its_end),
		cmocka_unit_test(connections_are_explained),
		cmocka_unit_test(each_mutation_is_seen),
		cmocka_unit_test(what_trace_lost_is_a_hole),
		cmocka_unit_test(a_change_that_trace_lost_is_a_hole),
		cmocka_unit_test(a_reading_alone_is_no_hole),
		cmocka_unit_test(a_call_lasts_until_it_returns),
		cmocka_unit_test(an_end_is_counted_as_what_it_was),
		cmocka_unit_test(a_loss_leaves_it_undecided),
		cmocka_unit_test(lateness_excuses_what_is_late),
		cmocka_unit_test(lateness_does_not_excuse_what_is_early),
		cmocka_unit_test(the_finding_fails),
		cmocka_unit_test(the_finding_says_how_late),
		cmocka_unit_test(lateness_is_not_all),
		cmocka_unit_test(a_state_from_nowhere),
		cmocka_unit_test(a_router_takes_the_last_hop),
		cmocka_unit_test(looks_grow_with_the_record),
		cmocka_unit_test(timers_go_by_their_sockets_options),
		cmocka_unit_test(a_request_waits_for_data),
		cmocka_unit_test(probes_have_their_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
