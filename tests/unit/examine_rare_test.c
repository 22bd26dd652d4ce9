// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a kernel does once in thousands of runs, on records cut down to the connection that it
 * happened to: the examination explains it, and what is like it but cannot be is still seen.
 */
#include "canned.h"

#include <netinet/in.h>
#include <netinet/ip_icmp.h>

#include "../../harness/examine/examine.h"

static struct record *record_open(const char *name)
{
	struct record *rec = canned_record(name);

	record_sort(rec);
	return rec;
}

/*
 * How many are unexplained, without an excuse, and have @about in their text; the first of those
 * in @text.
 */
static size_t decided(const struct record *rec, const char *about, char text[256])
{
	struct examination examination;
	struct story story;
	size_t count = 0;

	text[0] = '\0';
	assert_int_equal(story_build(rec, &story), 0);
	assert_int_equal(examine_story(&story, &examination), 0);
	for (size_t i = 0; i < examination.count; i++) {
		if (examination.items[i].undecided || !strstr(examination.items[i].text, about))
			continue;
		if (!count++)
			snprintf(text, 256, "%s", examination.items[i].text);
	}
	examination_free(&examination);
	story_free(&story);
	return count;
}

static void assert_explained(const char *name)
{
	struct record *rec = record_open(name);
	char text[256];

	if (decided(rec, "", text))
		fail_msg("%s: %s", name, text);
	record_free(rec);
}

/* All that the record has from @from_ms to @to_ms happens @by_ms later. */
static void move(struct record *rec, int64_t from_ms, int64_t to_ms, int64_t by_ms)
{
	for (size_t i = 0; i < rec->event_count; i++)
		if (rec->events[i].t_ns >= from_ms * NS_PER_MS &&
		    rec->events[i].t_ns < to_ms * NS_PER_MS)
			rec->events[i].t_ns += by_ms * NS_PER_MS;
	record_sort(rec);
}

/*
 * Timers that seem early, by up to 2.5 ms: they were set while the tick was late. Two are loss
 * probes, which the next send shows: a time-out would have doubled the RTO.
 */
static void a_late_tick_makes_timers_early(void **state)
{
	static const struct {
		const char *name;
		int64_t from_ms, to_ms; /* the timer fires in between */
		const char *does;
	} rows[] = {
		{"true/wave4.lost.late-tick.jsonl", 205, 220, "sends again"},
		{"true/orphan.icmp-error.late-tick.jsonl", 205, 220, "sends again"},
		{"true/wave2.lost.late-tick.jsonl", 410, 425, "sends again"},
		{"true/queue.synack-retries-drain.late-tick.jsonl", 990, 1003,
	         "gives up a request"},
	};
	struct record *rec;
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_explained(rows[i].name);
		rec = record_open(rows[i].name);
		move(rec, rows[i].from_ms, rows[i].to_ms, -60);
		if (!decided(rec, rows[i].does, text))
			fail_msg("%s, 60 ms earlier, is explained", rows[i].name);
		record_free(rec);
	}
}

/* In virtual time no tick is late: there the same is not explained. */
static void no_tick_is_late_in_virtual_time(void **state)
{
	struct record *rec = record_open("true/queue.synack-retries-drain.late-tick.jsonl");
	char text[256];

	(void)state;
	snprintf(rec->run.clock, sizeof(rec->run.clock), "virtual");
	assert_int_equal(decided(rec, "gives up a request", text), 1);
	record_free(rec);
}

/*
 * The RTO is 408 ms when an ICMP error takes its doubling back; nobody reads it before the FIN
 * goes again, 207 ms after the last. An error that does not revert explains no such thing.
 */
static void an_icmp_error_takes_a_doubling_back(void **state)
{
	struct record *rec = record_open("true/orphan.icmp-error.late-tick.jsonl");
	const int64_t from_ns = 424 * NS_PER_MS, to_ns = 631 * NS_PER_MS;
	size_t kept = 0;
	char text[256];

	(void)state;
	for (size_t i = 0; i < rec->event_count; i++) {
		const struct event *event = &rec->events[i];

		if (event->kind != EVENT_SAMPLE || event->t_ns < from_ns || event->t_ns > to_ns)
			rec->events[kept++] = *event;
	}
	assert_int_equal(rec->event_count - kept, 2);
	rec->event_count = kept;
	assert_int_equal(decided(rec, "", text), 0);
	for (size_t i = 0; i < rec->event_count; i++)
		if (rec->events[i].kind == EVENT_PACKET &&
		    rec->events[i].packet.packet.icmp_type == ICMP_DEST_UNREACH)
			rec->events[i].packet.packet.icmp_code = ICMP_PORT_UNREACH;
	assert_int_equal(decided(rec, "sends again at 0.631 s", text), 1);
	record_free(rec);
}

static void set_cookies(struct record *rec, const char *to)
{
	size_t count = 0;

	for (size_t i = 0; i < rec->event_count; i++) {
		struct event *event = &rec->events[i];

		if (event->kind != EVENT_SYSCTL ||
		    strcmp(event->sysctl.name, "net.ipv4.tcp_syncookies") != 0)
			continue;
		event->sysctl.to = to;
		count++;
	}
	assert_true(count > 0);
}

/* Of the SYN+ACK that left at or behind @from_ms, and of all that acknowledges it. */
static void move_isn(struct record *rec, int64_t from_ms, uint32_t by)
{
	for (size_t i = 0; i < rec->event_count; i++) {
		struct event *event = &rec->events[i];
		bool server = event->kind == EVENT_PACKET && event->packet.packet.src.port == 8084;

		if (event->kind != EVENT_PACKET || event->t_ns < from_ms * NS_PER_MS)
			continue;
		if (server)
			event->packet.packet.seq += by;
		else if (event->packet.packet.flags & TCP_FLAG_ACK)
			event->packet.packet.ack += by;
	}
}

/*
 * A SYN is answered by a cookie, and once more a second later, in the next minute. Without
 * cookies, or by a number that none of the minute can have, it would be another's.
 */
static void a_cookie_is_another_in_another_minute(void **state)
{
	static const char name[] = "true/ask.reuseport-restart.cookie.jsonl";
	static const char another[] = "a SYN with another initial sequence number";
	struct record *rec;
	char text[256];

	(void)state;
	assert_explained(name);
	rec = record_open(name);
	set_cookies(rec, "0");
	assert_int_equal(decided(rec, another, text), 1);
	record_free(rec);
	rec = record_open(name);
	move_isn(rec, 6000, 3u << 24);
	assert_int_equal(decided(rec, another, text), 1);
	record_free(rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cookie_is_another_in_another_minute),
		cmocka_unit_test(a_late_tick_makes_timers_early),
		cmocka_unit_test(an_icmp_error_takes_a_doubling_back),
		cmocka_unit_test(no_tick_is_late_in_virtual_time),
	};

	return cmocka_run_group_tests_name("examine_rare", tests, NULL, NULL);
}
