// SPDX-License-Identifier: GPL-2.0-or-later
/* diff: what is a difference, and above all what is none. */
#include <netinet/in.h>

#include "golden.h"

#include "../../harness/report/diff/diff.h"

#define SLACK_NS (10 * NS_PER_MS)

static const char *const records[] = {"handshake.jsonl", "four-waves.jsonl",   "lost-fin.jsonl",
                                      "held-fins.jsonl", "polled.jsonl",       "self-connect.jsonl",
                                      "old-syn.jsonl",   "crossing-fins.jsonl"};
#define RECORDS (sizeof(records) / sizeof(records[0]))

/* The same record twice; the test then does something to the second. */
struct pair {
	struct record *a, *b;
	struct diff diff;
};

static void pair_open(struct pair *pair, const char *name)
{
	*pair = (struct pair){.a = canned_record(name)};
	pair->b = canned_record(name);
	record_sort(pair->a);
	record_sort(pair->b);
}

static size_t pair_compare(struct pair *pair, int64_t slack_ns)
{
	const struct diff_side sides[2] = {{"old", pair->a}, {"new", pair->b}};

	record_sort(pair->b);
	assert_int_equal(diff_records(sides, slack_ns, &pair->diff), 0);
	return diff_total(&pair->diff);
}

static void pair_close(struct pair *pair)
{
	diff_free(&pair->diff);
	record_free(pair->a);
	record_free(pair->b);
}

/* Compares, closes, and expects so many of each. */
static void pair_expect(struct pair *pair, size_t notes, size_t findings, size_t states,
                        size_t packets)
{
	pair_compare(pair, SLACK_NS);
	assert_int_equal(pair->diff.note_count, notes);
	assert_int_equal(pair->diff.finding_count, findings);
	assert_int_equal(pair->diff.states, states);
	assert_int_equal(pair->diff.packets, packets);
	pair_close(pair);
}

static char *pair_print(struct pair *pair, bool *differ)
{
	const struct diff_side sides[2] = {{"old", pair->a}, {"new", pair->b}};
	struct report_style style = {.width = 100};
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	record_sort(pair->b);
	assert_int_equal(diff_print(sides, SLACK_NS, &style, out, differ), 0);
	diff_print_rule(SLACK_NS, &style, out);
	fclose(out);
	return text;
}

/* The @nth packet event with @flags at @port. */
static struct event *packet_event(struct record *rec, enum side port, bool arriving, uint16_t flags,
                                  size_t nth)
{
	for (size_t i = 0; i < rec->event_count; i++) {
		struct event *event = &rec->events[i];

		if (event->kind == EVENT_PACKET && event->host == port &&
		    event->packet.arriving == arriving && event->packet.packet.flags == flags &&
		    !nth--)
			return event;
	}
	fail_msg("no such packet");
	return NULL;
}

#define FIN_ACK (TCP_FLAG_FIN | TCP_FLAG_ACK)

static void event_remove(struct record *rec, const struct event *event)
{
	size_t at = (size_t)(event - rec->events);

	memmove(&rec->events[at], &rec->events[at + 1],
	        (rec->event_count - at - 1) * sizeof(*event));
	rec->event_count--;
}

static void events_delay(struct record *rec, int64_t from_ns, int64_t delay_ns)
{
	for (size_t i = 0; i < rec->event_count; i++) {
		if (rec->events[i].t_ns >= from_ns)
			rec->events[i].t_ns += delay_ns;
	}
}

static void a_record_is_as_itself(void **state)
{
	struct pair pair;

	(void)state;
	for (size_t i = 0; i < RECORDS; i++) {
		pair_open(&pair, records[i]);
		assert_int_equal(pair_compare(&pair, 0), 0);
		assert_true(pair.diff.section_count > 0);
		pair_close(&pair);
	}
}

static uint32_t isn_shift(const struct endpoint *from)
{
	return from->addr[3] == 1 ? 0x9e3779b9 : 0x7f4a7c15;
}

static void packet_disguise(struct packet *packet)
{
	bool clients = packet->src.port >= packet->dst.port;

	packet->seq += isn_shift(&packet->src);
	if (packet->flags & TCP_FLAG_ACK)
		packet->ack += isn_shift(&packet->dst);
	packet->ts_val += 77777;
	packet->ts_ecr += 77777;
	packet->src.port = clients ? 51515 : packet->src.port;
	packet->dst.port = clients ? packet->dst.port : 51515;
}

/* What any two runs differ in: when they began, ports, initial sequence numbers. */
static void times_ports_and_isns_are_no_difference(void **state)
{
	static const char *const two_hosts[] = {"handshake.jsonl", "four-waves.jsonl",
	                                        "lost-fin.jsonl", "held-fins.jsonl"};
	struct pair pair;

	(void)state;
	for (size_t i = 0; i < sizeof(two_hosts) / sizeof(two_hosts[0]); i++) {
		pair_open(&pair, two_hosts[i]);
		events_delay(pair.b, 0, 17 * NS_PER_S);
		for (size_t j = 0; j < pair.b->event_count; j++) {
			struct event *event = &pair.b->events[j];

			if (event->kind == EVENT_PACKET)
				packet_disguise(&event->packet.packet);
			if (event->kind == EVENT_FRAME)
				packet_disguise(&event->frame.packet);
		}
		pair_expect(&pair, 0, 0, 0, 0);
	}
}

static void one_retransmission_less_is_found(void **state)
{
	struct pair pair;

	(void)state;
	pair_open(&pair, "lost-fin.jsonl");
	event_remove(pair.b, packet_event(pair.b, SIDE_CLIENT, true, FIN_ACK, 3));
	pair_expect(&pair, 0, 0, 0, 1);
}

static void lost_and_delivered_differ(void **state)
{
	struct pair pair;
	struct event arrival;

	(void)state;
	pair_open(&pair, "lost-fin.jsonl");
	arrival = *packet_event(pair.b, SIDE_CLIENT, true, FIN_ACK, 2);
	arrival.host = SIDE_SERVER;
	arrival.packet.arriving = false;
	arrival.t_ns += 10000;
	assert_int_equal(record_add_event(pair.b, &arrival), 0);
	pair_expect(&pair, 0, 0, 0, 2); /* one line out, one in */
}

static void a_byte_more_differs(void **state)
{
	struct pair pair;

	(void)state;
	pair_open(&pair, "lost-fin.jsonl");
	packet_event(pair.b, SIDE_CLIENT, true, FIN_ACK, 1)->packet.packet.seq++;
	pair_expect(&pair, 0, 0, 0, 2);
}

/* The third retransmission: 420 ms after the second, 105 ticks at HZ 250. */
static void times_within_the_wheel_are_the_same(void **state)
{
	const struct {
		int64_t late_ns;
		size_t differ;
	} cases[] = {{30 * NS_PER_MS, 0}, {50 * NS_PER_MS, 0}, {70 * NS_PER_MS, 1}};
	struct pair pair;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		pair_open(&pair, "lost-fin.jsonl");
		/* what follows is as late: only this one gap differs */
		events_delay(pair.b, packet_event(pair.b, SIDE_CLIENT, true, FIN_ACK, 3)->t_ns,
		             cases[i].late_ns);
		pair_compare(&pair, SLACK_NS);
		assert_int_equal(pair.diff.packets, cases[i].differ);
		pair_close(&pair);
	}
	pair_open(&pair, "lost-fin.jsonl");
	events_delay(pair.b, packet_event(pair.b, SIDE_CLIENT, true, FIN_ACK, 3)->t_ns,
	             70 * NS_PER_MS);
	assert_int_equal(pair_compare(&pair, 30 * NS_PER_MS), 0);
	pair_close(&pair);
}

static const struct event *call_event(const struct record *rec, const char *name)
{
	for (size_t i = 0; i < rec->event_count; i++) {
		if (rec->events[i].kind == EVENT_CALL && !strcmp(rec->events[i].call.name, name))
			return &rec->events[i];
	}
	fail_msg("no call %s", name);
	return NULL;
}

/* A probe that is slow to its next step has measured nothing else for that. */
static void the_pace_of_steps_is_no_difference(void **state)
{
	struct pair pair;

	(void)state;
	pair_open(&pair, "lost-fin.jsonl");
	events_delay(pair.b, call_event(pair.b, "close")->t_ns, 500 * NS_PER_MS);
	pair_expect(&pair, 0, 0, 0, 0);
	/* nor has one whose call took that long: FIN_WAIT1 and the FIN go by no timer */
	pair_open(&pair, "lost-fin.jsonl");
	events_delay(pair.b, call_event(pair.b, "close")->t_ns + 1, 500 * NS_PER_MS);
	pair_expect(&pair, 0, 0, 0, 0);
}

/* A retransmission 300 ms later: the kernel's doing, unless the machine was that late just then. */
static void lateness_excuses_what_it_explains(void **state)
{
	struct event late = {.kind = EVENT_LATE, .late = {.what = LATE_STEAL}};
	struct pair pair;
	int64_t resent_ns;

	(void)state;
	for (int64_t late_ms = 100; late_ms <= 300; late_ms += 200) {
		pair_open(&pair, "lost-fin.jsonl");
		resent_ns = packet_event(pair.b, SIDE_CLIENT, true, FIN_ACK, 3)->t_ns;
		events_delay(pair.b, resent_ns, 300 * NS_PER_MS);
		late.t_ns = resent_ns + 290 * NS_PER_MS;
		late.late.late_ns = late_ms * NS_PER_MS;
		assert_int_equal(record_add_event(pair.b, &late), 0);
		pair_compare(&pair, SLACK_NS);
		assert_int_equal(pair.diff.packets, late_ms == 300 ? 0 : 1);
		assert_int_equal(pair.diff.excused, late_ms == 300 ? 1 : 0);
		pair_close(&pair);
	}
}

/* A keepalive probe goes by a timer, an acknowledgement by what it answers. */
static void probes_go_by_a_timer(void **state)
{
	struct pair pair;

	(void)state;
	for (int probe = 0; probe < 2; probe++) {
		struct packet *packet;

		pair_open(&pair, "handshake.jsonl");
		for (int k = 0; k < 2; k++) {
			struct record *rec = k ? pair.b : pair.a;
			struct event last = *packet_event(rec, SIDE_CLIENT, true, TCP_FLAG_ACK, 0);

			packet = &last.packet.packet;
			packet->seq -= probe;
			packet->ts_val++;
			last.t_ns = 2 * NS_PER_S + k * NS_PER_S;
			assert_int_equal(record_add_event(rec, &last), 0);
		}
		record_sort(pair.a);
		assert_int_equal(pair_compare(&pair, SLACK_NS), probe);
		pair_close(&pair);
	}
}

static void another_walk_differs(void **state)
{
	struct pair pair;

	(void)state;
	pair_open(&pair, "lost-fin.jsonl");
	for (size_t i = 0; i < pair.b->event_count; i++) {
		struct event *event = &pair.b->events[i];

		if (event->kind == EVENT_TRANSITION && event->transition.to == STATE_FIN_WAIT1)
			event->transition.to = STATE_CLOSING;
		else if (event->kind == EVENT_TRANSITION &&
		         event->transition.from == STATE_FIN_WAIT1)
			event->transition.from = STATE_CLOSING;
	}
	pair_expect(&pair, 0, 0, 2, 0);
}

static void a_socket_of_one_record_alone_differs(void **state)
{
	struct pair pair;

	(void)state;
	pair_open(&pair, "handshake.jsonl");
	for (size_t i = 0; i < pair.b->event_count; i++) {
		if (!strcmp(pair.b->events[i].sock, "c1"))
			pair.b->events[i].sock[0] = '\0';
	}
	pair_compare(&pair, SLACK_NS);
	assert_int_equal(pair.diff.states, 2); /* SYN_SENT ESTABLISHED */
	pair_close(&pair);
}

static void each_field_of_a_finding_counts(void **state)
{
	struct pair pair;

	(void)state;
	pair_open(&pair, "lost-fin.jsonl");
	pair.b->findings[0].measured.lo++;
	pair.b->findings[0].measured.hi++;
	pair.b->findings[0].predicts.hi++;
	pair.b->findings[0].verdict = VERDICT_QUALIFIED;
	pair.b->findings[0].model = MODEL_FAILS;
	pair_expect(&pair, 0, 4, 0, 0);

	pair_open(&pair, "lost-fin.jsonl");
	pair.b->finding_count--;
	pair_expect(&pair, 0, 1, 0, 0);
	pair_open(&pair, "lost-fin.jsonl");
	pair.a->finding_count--;
	pair_expect(&pair, 0, 1, 0, 0);
}

static void set_says(struct finding *finding, enum value_kind kind, int64_t lo, int64_t hi)
{
	finding->says = (struct value){.kind = kind, .lo = lo, .hi = hi};
}

/* What the article says follows the sysctls in force, and the kernel. */
static void what_the_article_says_counts_by_itself(void **state)
{
	struct pair pair;

	(void)state;
	pair_open(&pair, "lost-fin.jsonl");
	set_says(&pair.a->findings[0], VALUE_COUNT, 4, 4);
	set_says(&pair.b->findings[0], VALUE_COUNT, 5, 5);
	pair_compare(&pair, SLACK_NS);
	assert_int_equal(pair.diff.finding_count, 1);
	assert_int_equal(pair.diff.findings[0].field, FIELD_SAYS);
	pair_close(&pair);

	/* before what was measured */
	pair_open(&pair, "lost-fin.jsonl");
	set_says(&pair.b->findings[0], VALUE_NONE, 0, 0);
	pair.b->findings[0].measured.hi++;
	pair_compare(&pair, SLACK_NS);
	assert_int_equal(pair.diff.finding_count, 2);
	assert_int_equal(pair.diff.findings[0].field, FIELD_SAYS);
	assert_int_equal(pair.diff.findings[1].field, FIELD_MEASURED);
	pair_close(&pair);

	/* no figure is none on both sides; a time is one within the wheel's rounding */
	pair_open(&pair, "lost-fin.jsonl");
	set_says(&pair.a->findings[0], VALUE_NONE, 1, 2);
	set_says(&pair.b->findings[0], VALUE_NONE, 3, 4);
	set_says(&pair.a->findings[1], VALUE_TIME, NS_PER_S, NS_PER_S);
	set_says(&pair.b->findings[1], VALUE_TIME, NS_PER_S + 1, NS_PER_S + 1);
	pair_expect(&pair, 0, 0, 0, 0);
}

static void outcome_and_blindness_are_told(void **state)
{
	struct pair pair;

	(void)state;
	pair_open(&pair, "lost-fin.jsonl");
	pair.b->finished = false;
	pair_expect(&pair, 1, 0, 0, 0);
	/* without a tap there are no packets to compare: that is not "the same" */
	pair_open(&pair, "lost-fin.jsonl");
	pair.b->observed[OBSERVER_TAP] = false;
	pair.b->absent[OBSERVER_TAP] = "no AF_PACKET";
	pair_compare(&pair, SLACK_NS);
	assert_int_equal(pair.diff.note_count, 1);
	assert_non_null(strstr(pair.diff.notes[0], "no tap in new: no AF_PACKET"));
	pair_close(&pair);
}

static void tolerance_is_the_wheels(void **state)
{
	struct diff_rule rule = {.hz = {250, 250}};

	(void)state;
	/* 25 ticks: level 0, a tick of rounding, a tick of a time-out's own */
	assert_int_equal(diff_tolerance_ns(&rule, 100 * NS_PER_MS), 8 * NS_PER_MS);
	/* 500 ticks and 6 for 1.2 s: level 1, 8 ticks */
	assert_int_equal(diff_tolerance_ns(&rule, 1200 * NS_PER_MS), (8 + 7) * 4 * NS_PER_MS);
	/* the faster clock rounds 6.4 s to 512 ms, the slower one to 256 */
	rule = (struct diff_rule){.hz = {250, 1000}};
	assert_int_equal(diff_tolerance_ns(&rule, 6400 * NS_PER_MS),
	                 512 * NS_PER_MS + 33 * 4 * NS_PER_MS);
	rule.slack_ns = SLACK_NS;
	assert_int_equal(diff_tolerance_ns(&rule, 0), 4 * NS_PER_MS * 2 + SLACK_NS);
	assert_false(times_alike(&rule, 5, INT64_MAX));
	assert_false(times_alike(&rule, INT64_MIN, 5));
	assert_true(times_alike(&rule, INT64_MAX, INT64_MAX));
}

static struct track track_of(const char *letters)
{
	struct track track = {.count = strlen(letters)};

	track.items = calloc(track.count + 1, sizeof(*track.items));
	assert_non_null(track.items);
	for (size_t i = 0; i < track.count; i++) {
		track.items[i].text = arena_text_n(&track.texts, &letters[i], 1);
		track.items[i].step_ns = INT64_MIN;
	}
	return track;
}

/* '=' both, '-' and '+' one alone, in order. */
static void expect_edits(const char *a, const char *b, const char *wanted)
{
	static const char marks[] = {
		[EDIT_SAME] = '=', [EDIT_TIME] = '~', [EDIT_ONLY_A] = '-', [EDIT_ONLY_B] = '+'};
	struct diff_rule rule = {.hz = {250, 250}};
	struct track tracks[2] = {track_of(a), track_of(b)};
	struct edits edits;
	char got[64] = "";

	assert_int_equal(tracks_align(tracks, &rule, &edits), 0);
	assert_true(edits.count < sizeof(got));
	for (size_t i = 0; i < edits.count; i++)
		got[i] = marks[edits.items[i].op];
	assert_string_equal(got, wanted);
	free(edits.items);
	track_free(&tracks[0]);
	track_free(&tracks[1]);
}

static void alignment_is_the_shortest(void **state)
{
	(void)state;
	expect_edits("", "", "");
	expect_edits("abc", "abc", "===");
	expect_edits("abc", "", "---");
	expect_edits("", "abc", "+++");
	expect_edits("abcd", "abd", "==-=");
	expect_edits("abd", "abcd", "==+=");
	expect_edits("aaaa", "aaa", "===-");
	expect_edits("axbyc", "azbwc", "=-+=-+=");
	expect_edits("abcabba", "cbabac", "--=-=+==+");
}

static void the_whole_of_it(void **state)
{
	struct pair pair;
	bool differ = false;
	char *text;

	(void)state;
	locale_utf8();
	pair_open(&pair, "lost-fin.jsonl");
	event_remove(pair.b, packet_event(pair.b, SIDE_CLIENT, true, FIN_ACK, 3));
	events_delay(pair.b, packet_event(pair.b, SIDE_CLIENT, true, FIN_ACK, 2)->t_ns,
	             300 * NS_PER_MS);
	pair.b->findings[0].measured.lo = pair.b->findings[0].measured.hi = 3;
	pair.b->findings[0].verdict = VERDICT_CONFIRMED;
	set_says(&pair.b->findings[1], VALUE_TIME, 2 * NS_PER_S, 3 * NS_PER_S);
	pair.b->run.hz = 1000;
	assert_int_equal(settings_put(&pair.b->params, "linger", "3"), 0);
	assert_int_equal(
		settings_put(&pair.b->sysctls[SIDE_CLIENT], "net.ipv4.tcp_orphan_retries", "1"), 0);
	pair.b->lost[OBSERVER_DIAG] = 2;
	text = pair_print(&pair, &differ);
	assert_true(differ);
	golden_expect("lost-fin.diff", text);
	free(text);
	pair_close(&pair);
}

/* Of settings that bear on it those first that the probe calls by name; the rest is counted. */
static void the_likely_cause_comes_first(void **state)
{
	static const char *const names[] = {"tcp_dsack", "tcp_fack", "tcp_orphan_retries",
	                                    "tcp_unheard_of"};
	char name[64], *text, *found, *last;
	struct pair pair;
	bool differ;

	(void)state;
	pair_open(&pair, "lost-fin.jsonl");
	pair.b->findings[0].verdict = VERDICT_SKIPPED;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(name, sizeof(name), "net.ipv4.%s", names[i]);
		assert_int_equal(settings_put(&pair.a->sysctls[SIDE_CLIENT], name, "7"), 0);
		assert_int_equal(settings_put(&pair.b->sysctls[SIDE_CLIENT], name, "8"), 0);
	}
	text = pair_print(&pair, &differ);
	last = strstr(text, "\n  may be why: the client's net.ipv4.tcp_orphan_retries is 7 in ---");
	assert_non_null(last);
	found = strstr(last, "\n  may be why: the client's net.ipv4.tcp_dsack is 7 in ---");
	assert_non_null(found);
	found = strstr(found, "\n  condition: the client's net.ipv4.tcp_unheard_of is 7 in ---");
	assert_non_null(found);
	assert_non_null(strstr(found, "\n  condition: 1 more sysctl that had no part in it"));
	free(text);
	record_free(pair.a);
	record_free(pair.b);
}

static void one_line_where_nothing_differs(void **state)
{
	struct pair pair = {0};
	bool differ = true;
	char *text;

	(void)state;
	pair_open(&pair, "four-waves.jsonl");
	text = pair_print(&pair, &differ);
	assert_false(differ);
	assert_non_null(strstr(text, "the same: "));
	assert_null(strstr(text, "+++"));
	free(text);
	pair_close(&pair);
}

static void control_characters_do_not_reach_the_terminal(void **state)
{
	struct pair pair = {0};
	bool differ;
	char *text;

	(void)state;
	pair_open(&pair, "lost-fin.jsonl");
	pair.b->reason = "\033[31mred\r";
	pair.b->finished = false;
	snprintf(pair.b->run.kernel, sizeof(pair.b->run.kernel), "6\033]0;x");
	text = pair_print(&pair, &differ);
	assert_null(strchr(text, '\033'));
	assert_null(strchr(text, '\r'));
	free(text);
	pair_close(&pair);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_is_as_itself),
		cmocka_unit_test(times_ports_and_isns_are_no_difference),
		cmocka_unit_test(one_retransmission_less_is_found),
		cmocka_unit_test(lost_and_delivered_differ),
		cmocka_unit_test(a_byte_more_differs),
		cmocka_unit_test(times_within_the_wheel_are_the_same),
		cmocka_unit_test(the_pace_of_steps_is_no_difference),
		cmocka_unit_test(lateness_excuses_what_it_explains),
		cmocka_unit_test(probes_go_by_a_timer),
		cmocka_unit_test(another_walk_differs),
		cmocka_unit_test(a_socket_of_one_record_alone_differs),
		cmocka_unit_test(each_field_of_a_finding_counts),
		cmocka_unit_test(what_the_article_says_counts_by_itself),
		cmocka_unit_test(outcome_and_blindness_are_told),
		cmocka_unit_test(tolerance_is_the_wheels),
		cmocka_unit_test(alignment_is_the_shortest),
		cmocka_unit_test(the_whole_of_it),
		cmocka_unit_test(the_likely_cause_comes_first),
		cmocka_unit_test(one_line_where_nothing_differs),
		cmocka_unit_test(control_characters_do_not_reach_the_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
