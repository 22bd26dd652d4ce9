// SPDX-License-Identifier: GPL-2.0-or-later
/* life: one walk from a request sock, a socket and a time-wait sock. */
#include "canned.h"

#include <netinet/in.h>

#include "../../harness/story/story.h"

/* Times in microseconds; the socket is always "c1" at the client. */
static void add(struct record *rec, struct event *event, int64_t us)
{
	event->t_ns = us * 1000;
	event->host = SIDE_CLIENT;
	if (event->kind != EVENT_PACKET)
		strcpy(event->sock, "c1");
	assert_int_equal(record_add_event(rec, event), 0);
}

static void traced(struct record *rec, int64_t us, enum tcp_state from, enum tcp_state to,
                   const char *cause)
{
	struct event event = {.kind = EVENT_TRANSITION, .transition = {.from = from, .to = to}};

	event.transition.cause = cause;
	add(rec, &event, us);
}

static void mini(struct record *rec, int64_t us, enum sock_object object, enum mini_change change)
{
	struct event event = {.kind = EVENT_MINI_SOCKET,
	                      .mini = {.object = object, .change = change}};

	add(rec, &event, us);
}

static void sampled(struct record *rec, int64_t us, int64_t gap_us, enum sock_object object,
                    enum tcp_state state)
{
	struct event event = {.kind = EVENT_SAMPLE,
	                      .sample = {.state = state,
	                                 .object = object,
	                                 .gap_ns = gap_us < 0 ? -1 : gap_us * 1000}};

	if (object == OBJECT_TIME_WAIT) {
		event.sample.timer = DIAG_TIMER_TIMEWAIT;
		event.sample.expires_ms = 60000;
	}
	add(rec, &event, us);
}

static void cookie(struct record *rec, int64_t us, enum sock_object object, enum tcp_state state,
                   uint64_t number)
{
	struct event event = {
		.kind = EVENT_SAMPLE,
		.sample = {.state = state, .object = object, .cookie = number, .gap_ns = 1000}};

	add(rec, &event, us);
}

static void fin_came(struct record *rec, int64_t us)
{
	struct event event = {.kind = EVENT_PACKET};

	event.packet.packet.protocol = IPPROTO_TCP;
	event.packet.packet.flags = TCP_FLAG_FIN | TCP_FLAG_ACK;
	add(rec, &event, us);
}

/* A life, and the record and the story that it is part of until lived_free(). */
struct lived {
	struct record *rec;
	struct story story;
	const struct life *life;
};

static void lived_free(struct lived *lived)
{
	story_free(&lived->story);
	record_free(lived->rec);
}

static void walk_expect(const struct life *life, const char *walk)
{
	struct buffer text = {0};

	life_walk(life, &text);
	assert_string_equal(buffer_text(&text), walk);
	buffer_free(&text);
}

static struct lived live(struct record *rec)
{
	struct lived lived = {.rec = rec};

	assert_int_equal(story_build(rec, &lived.story), 0);
	lived.life = story_life(&lived.story, SIDE_CLIENT, "c1");
	return lived;
}

static struct lived lived_expect(struct record *rec, const char *walk)
{
	struct lived lived = live(rec);

	walk_expect(lived.life, walk);
	return lived;
}

static void expect_walk(struct record *rec, const char *walk)
{
	struct lived lived = lived_expect(rec, walk);

	lived_free(&lived);
}

static const struct life_state *entry(const struct life *life, enum tcp_state state)
{
	int at = life_find(life, state);

	assert_true(at >= 0);
	return &life->states[at];
}

static void expect_entry_ns(const struct life *life, enum tcp_state state, int64_t t_ns,
                            int64_t gap_ns)
{
	const struct life_state *at = entry(life, state);

	assert_int_equal(at->t_ns, t_ns);
	assert_int_equal(at->gap_ns, gap_ns);
}

static void expect_entry(const struct life *life, enum tcp_state state, int64_t us, int64_t gap_us)
{
	expect_entry_ns(life, state, us * 1000, gap_us * 1000);
}

/* Opened and closed by us; FIN_WAIT2 since 110, still the socket. */
static struct record *until_fin_wait2(void)
{
	struct record *rec = record_new();

	traced(rec, 10, STATE_CLOSE, STATE_SYN_SENT, "syscall connect");
	traced(rec, 20, STATE_SYN_SENT, STATE_ESTABLISHED, "packet");
	traced(rec, 100, STATE_ESTABLISHED, STATE_FIN_WAIT1, "syscall close");
	traced(rec, 110, STATE_FIN_WAIT1, STATE_FIN_WAIT2, "packet");
	return rec;
}

static void a_traced_close_ends_a_life(void **state)
{
	struct record *rec = record_new();
	struct lived lived;

	(void)state;
	traced(rec, 10, STATE_CLOSE, STATE_SYN_SENT, "syscall connect");
	traced(rec, 20, STATE_SYN_SENT, STATE_CLOSE, "packet");
	lived = lived_expect(rec, "SYN_SENT CLOSE");
	assert_string_equal(entry(lived.life, STATE_SYN_SENT)->cause, "syscall connect");
	assert_int_equal(entry(lived.life, STATE_SYN_SENT)->object, OBJECT_FULL);
	assert_int_equal(entry(lived.life, STATE_CLOSE)->object, OBJECT_NONE);
	expect_entry(lived.life, STATE_CLOSE, 20, 0);
	lived_free(&lived);
}

static void an_orphan_goes_over_to_a_time_wait_sock(void **state)
{
	struct record *rec = until_fin_wait2();
	struct lived lived;

	(void)state;
	mini(rec, 112, OBJECT_TIME_WAIT, MINI_CREATED);
	traced(rec, 113, STATE_FIN_WAIT2, STATE_CLOSE, "packet");
	sampled(rec, 150, 60, OBJECT_TIME_WAIT, STATE_FIN_WAIT2);
	fin_came(rec, 480);
	sampled(rec, 500, 50, OBJECT_TIME_WAIT, STATE_TIME_WAIT);
	mini(rec, 60000000, OBJECT_TIME_WAIT, MINI_EXPIRED);
	sampled(rec, 60000100, 4000, OBJECT_NONE, STATE_GONE);
	lived = lived_expect(rec, "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE");
	expect_entry(lived.life, STATE_FIN_WAIT2, 110, 0);
	expect_entry_ns(lived.life, STATE_TIME_WAIT, 480001,
	                0); /* since the FIN, not the reading */
	expect_entry(lived.life, STATE_CLOSE, 60000000, 0);
	assert_int_equal(entry(lived.life, STATE_TIME_WAIT)->timer, DIAG_TIMER_TIMEWAIT);
	assert_int_equal(entry(lived.life, STATE_TIME_WAIT)->expires_ms, 60000);
	assert_int_equal(entry(lived.life, STATE_TIME_WAIT)->object, OBJECT_TIME_WAIT);
	lived_free(&lived);
}

static void a_timer_set_anew_in_fin_wait2_is_time_wait(void **state)
{
	struct record *rec = until_fin_wait2();
	struct lived lived;

	(void)state;
	mini(rec, 112, OBJECT_TIME_WAIT, MINI_CREATED);
	traced(rec, 113, STATE_FIN_WAIT2, STATE_CLOSE, "packet");
	sampled(rec, 150, 60, OBJECT_TIME_WAIT, STATE_FIN_WAIT2);
	mini(rec, 3000000, OBJECT_TIME_WAIT, MINI_CREATED);
	sampled(rec, 3000100, 4000, OBJECT_TIME_WAIT, STATE_TIME_WAIT);
	lived = lived_expect(rec, "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT");
	expect_entry(lived.life, STATE_TIME_WAIT, 3000000, 0);
	lived_free(&lived);
}

/* Trace tells of the step when the timer moves to another bucket: here at the third FIN. */
static void a_step_told_late_is_no_second_time_wait(void **state)
{
	struct record *rec = until_fin_wait2();
	struct lived lived;

	(void)state;
	mini(rec, 112, OBJECT_TIME_WAIT, MINI_CREATED);
	traced(rec, 113, STATE_FIN_WAIT2, STATE_CLOSE, "packet");
	sampled(rec, 150, 60, OBJECT_TIME_WAIT, STATE_FIN_WAIT2);
	fin_came(rec, 480);
	sampled(rec, 500, 50, OBJECT_TIME_WAIT, STATE_TIME_WAIT);
	fin_came(rec, 200480);
	fin_came(rec, 3000080);
	traced(rec, 3000090, STATE_FIN_WAIT2, STATE_TIME_WAIT, "");
	mini(rec, 63000000, OBJECT_TIME_WAIT, MINI_EXPIRED);
	lived = lived_expect(rec, "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE");
	expect_entry_ns(lived.life, STATE_TIME_WAIT, 480001, 0);
	lived_free(&lived);
}

static void a_step_that_no_sample_saw(void **state)
{
	struct record *rec = until_fin_wait2(), *late = until_fin_wait2();
	struct lived lived;

	(void)state;
	mini(rec, 112, OBJECT_TIME_WAIT, MINI_CREATED);
	traced(rec, 113, STATE_FIN_WAIT2, STATE_CLOSE, "packet");
	fin_came(rec, 3000080);
	traced(rec, 3000090, STATE_FIN_WAIT2, STATE_TIME_WAIT, "");
	lived = lived_expect(rec, "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT");
	expect_entry(lived.life, STATE_TIME_WAIT, 3000090, 0);

	mini(late, 112, OBJECT_TIME_WAIT, MINI_CREATED);
	traced(late, 113, STATE_FIN_WAIT2, STATE_CLOSE, "packet");
	fin_came(late, 480);
	fin_came(late, 3000080);
	traced(late, 3000090, STATE_FIN_WAIT2, STATE_TIME_WAIT, "");
	lived_free(&lived);
	lived = lived_expect(late, "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT");
	expect_entry(lived.life, STATE_TIME_WAIT, 3000090, 2999610);
	lived_free(&lived);
}

static void without_samples_the_fin_tells_time_wait(void **state)
{
	struct record *rec = until_fin_wait2(), *none = until_fin_wait2();
	struct lived lived;

	(void)state;
	fin_came(rec, 499);
	mini(rec, 500, OBJECT_TIME_WAIT, MINI_CREATED);
	traced(rec, 501, STATE_FIN_WAIT2, STATE_CLOSE, "packet");
	lived = lived_expect(rec, "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT");
	expect_entry(lived.life, STATE_TIME_WAIT, 500, 0);
	lived_free(&lived);

	/* Nobody saw a FIN come: an orphan, still in FIN_WAIT2. */
	mini(none, 500, OBJECT_TIME_WAIT, MINI_CREATED);
	traced(none, 501, STATE_FIN_WAIT2, STATE_CLOSE, "packet");
	mini(none, 60000000, OBJECT_TIME_WAIT, MINI_EXPIRED);
	expect_walk(none, "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 CLOSE");
}

/* The step is told at the FIN's retransmission; the FIN itself came just before the sock did. */
static void a_step_told_late_began_at_the_first_fin(void **state)
{
	struct record *rec = until_fin_wait2();
	struct lived lived;

	(void)state;
	fin_came(rec, 105);
	mini(rec, 112, OBJECT_TIME_WAIT, MINI_CREATED);
	traced(rec, 113, STATE_FIN_WAIT2, STATE_CLOSE, "packet");
	fin_came(rec, 1678000);
	traced(rec, 1678010, STATE_FIN_WAIT2, STATE_TIME_WAIT, "");
	lived = lived_expect(rec, "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT");
	expect_entry(lived.life, STATE_TIME_WAIT, 1678010, 1677905);
	lived_free(&lived);
}

static void unless_no_fin_can_have_come(void **state)
{
	struct record *rec = until_fin_wait2();

	(void)state;
	mini(rec, 500, OBJECT_TIME_WAIT, MINI_CREATED);
	traced(rec, 501, STATE_FIN_WAIT2, STATE_CLOSE, "syscall close");
	mini(rec, 60000000, OBJECT_TIME_WAIT, MINI_EXPIRED);
	expect_walk(rec, "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 CLOSE");
}

static void a_sample_leaves_open_since_when_and_the_fin_tells(void **state)
{
	struct record *rec = until_fin_wait2(), *seen = until_fin_wait2();
	struct lived lived;

	(void)state;
	mini(rec, 500, OBJECT_TIME_WAIT, MINI_CREATED);
	traced(rec, 501, STATE_FIN_WAIT2, STATE_CLOSE, "packet");
	sampled(rec, 600, 300, OBJECT_TIME_WAIT, STATE_TIME_WAIT);
	lived = lived_expect(rec, "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT");
	expect_entry(lived.life, STATE_TIME_WAIT, 600,
	             100); /* no earlier than the time-wait sock */

	fin_came(seen, 495);
	mini(seen, 500, OBJECT_TIME_WAIT, MINI_CREATED);
	traced(seen, 501, STATE_FIN_WAIT2, STATE_CLOSE, "packet");
	sampled(seen, 600, 300, OBJECT_TIME_WAIT, STATE_TIME_WAIT);
	lived_free(&lived);
	lived = lived_expect(seen, "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT");
	expect_entry(lived.life, STATE_TIME_WAIT, 500, 0);
	lived_free(&lived);
}

/* Where the timers of mini-sockets cannot be traced, a sample tells of the heir. */
static void a_later_time_wait_sample_undoes_the_close(void **state)
{
	struct record *rec = record_new();
	struct lived lived;

	(void)state;
	traced(rec, 10, STATE_ESTABLISHED, STATE_FIN_WAIT1, "syscall close");
	traced(rec, 20, STATE_FIN_WAIT1, STATE_CLOSING, "packet");
	traced(rec, 30, STATE_CLOSING, STATE_CLOSE, "packet");
	sampled(rec, 90, 80, OBJECT_TIME_WAIT, STATE_TIME_WAIT);
	sampled(rec, 60000000, 4000, OBJECT_NONE, STATE_GONE);
	lived = lived_expect(rec, "ESTABLISHED FIN_WAIT1 CLOSING TIME_WAIT CLOSE");
	expect_entry(lived.life, STATE_TIME_WAIT, 30, 0);
	expect_entry(lived.life, STATE_CLOSE, 60000000, 4000);
	lived_free(&lived);
}

static void a_time_wait_sock_of_the_next_life_undoes_nothing(void **state)
{
	struct record *rec = record_new();

	(void)state;
	traced(rec, 10, STATE_SYN_SENT, STATE_ESTABLISHED, "packet");
	traced(rec, 30, STATE_ESTABLISHED, STATE_CLOSE, "packet");
	traced(rec, 40, STATE_CLOSE, STATE_SYN_SENT, "syscall connect");
	traced(rec, 50, STATE_SYN_SENT, STATE_FIN_WAIT1, "syscall close");
	fin_came(rec, 55);
	mini(rec, 60, OBJECT_TIME_WAIT, MINI_CREATED);
	expect_walk(rec, "SYN_SENT ESTABLISHED CLOSE SYN_SENT FIN_WAIT1 TIME_WAIT");
}

static void a_child_begins_as_a_request_sock(void **state)
{
	struct record *rec = record_new();
	struct lived lived;

	(void)state;
	sampled(rec, 5, -1, OBJECT_NONE, STATE_GONE); /* not there yet: no end */
	mini(rec, 10, OBJECT_REQUEST, MINI_CREATED);
	sampled(rec, 15, 5, OBJECT_REQUEST, STATE_NEW_SYN_RECV);
	mini(rec, 40, OBJECT_REQUEST, MINI_ACCEPTED);
	sampled(rec, 41, 5, OBJECT_NONE, STATE_GONE); /* between request and child */
	traced(rec, 42, STATE_LISTEN, STATE_SYN_RECV, "packet");
	traced(rec, 43, STATE_SYN_RECV, STATE_ESTABLISHED, "packet");
	sampled(rec, 44, 5, OBJECT_REQUEST, STATE_SYN_RECV); /* late news */
	lived = lived_expect(rec, "SYN_RECV ESTABLISHED");
	expect_entry(lived.life, STATE_SYN_RECV, 10, 0);
	assert_int_equal(entry(lived.life, STATE_SYN_RECV)->object, OBJECT_REQUEST);
	lived_free(&lived);
}

static void a_request_that_nobody_completes_ends(void **state)
{
	struct record *rec = record_new(), *again = record_new();

	(void)state;
	mini(rec, 10, OBJECT_REQUEST, MINI_CREATED);
	mini(rec, 1000000, OBJECT_REQUEST, MINI_RETRANSMIT);
	mini(rec, 3000000, OBJECT_REQUEST, MINI_EXPIRED);
	sampled(rec, 3000100, 4000, OBJECT_NONE, STATE_GONE);
	expect_walk(rec, "SYN_RECV CLOSE");

	mini(again, 10, OBJECT_REQUEST, MINI_CREATED);
	mini(again, 20, OBJECT_REQUEST, MINI_GONE);
	mini(again, 30, OBJECT_REQUEST, MINI_CREATED);
	traced(again, 40, STATE_LISTEN, STATE_SYN_RECV, "packet");
	traced(again, 41, STATE_SYN_RECV, STATE_ESTABLISHED, "packet");
	expect_walk(again, "SYN_RECV CLOSE SYN_RECV ESTABLISHED");
}

static void late_samples_add_nothing(void **state)
{
	struct record *rec = until_fin_wait2();

	(void)state;
	sampled(rec, 101, 50, OBJECT_FULL, STATE_ESTABLISHED);
	sampled(rec, 111, 10, OBJECT_FULL, STATE_FIN_WAIT1);
	sampled(rec, 115, 4, OBJECT_FULL, STATE_FIN_WAIT2);
	mini(rec, 300, OBJECT_TIME_WAIT, MINI_CREATED);
	traced(rec, 301, STATE_FIN_WAIT2, STATE_CLOSE, "packet");
	mini(rec, 350, OBJECT_TIME_WAIT, MINI_GONE);
	sampled(rec, 351, 30, OBJECT_TIME_WAIT, STATE_TIME_WAIT);
	expect_walk(rec, "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE");
}

static void samples_alone_tell_a_life_too(void **state)
{
	struct record *rec = record_new();
	struct lived lived;

	(void)state;
	sampled(rec, 10, -1, OBJECT_NONE, STATE_GONE);
	sampled(rec, 20, -1, OBJECT_FULL, STATE_SYN_SENT);
	sampled(rec, 30, 9, OBJECT_FULL, STATE_ESTABLISHED);
	sampled(rec, 40, 4, OBJECT_FULL,
	        STATE_ESTABLISHED); /* another reading, not another state */
	sampled(rec, 50, 3, OBJECT_FULL, STATE_FIN_WAIT2);
	sampled(rec, 60, 7, OBJECT_TIME_WAIT, STATE_FIN_WAIT2); /* one FIN_WAIT2 in the walk */
	sampled(rec, 70, 50, OBJECT_TIME_WAIT, STATE_TIME_WAIT);
	sampled(rec, 80, 2, OBJECT_NONE, STATE_GONE);
	lived = lived_expect(rec, "SYN_SENT ESTABLISHED FIN_WAIT2 TIME_WAIT CLOSE");
	expect_entry(lived.life, STATE_SYN_SENT, 20, 20);
	expect_entry(lived.life, STATE_ESTABLISHED, 30, 9);
	expect_entry(lived.life, STATE_CLOSE, 80, 2);
	assert_int_equal(entry(lived.life, STATE_CLOSE)->source, OBSERVER_DIAG);
	lived_free(&lived);
}

static void what_trace_lost_is_filled_in(void **state)
{
	struct record *rec = record_new();
	struct lived lived;

	(void)state;
	traced(rec, 10, STATE_CLOSE, STATE_SYN_SENT, "syscall connect");
	traced(rec, 90, STATE_ESTABLISHED, STATE_FIN_WAIT1, "syscall close");
	lived = lived_expect(rec, "SYN_SENT ESTABLISHED FIN_WAIT1");
	expect_entry(lived.life, STATE_ESTABLISHED, 90, 80);

	rec = record_new();
	rec->lost[OBSERVER_TRACE] = 1;
	traced(rec, 10, STATE_CLOSE, STATE_SYN_SENT, "syscall connect");
	sampled(rec, 50, 20, OBJECT_FULL, STATE_ESTABLISHED);
	lived_free(&lived);
	lived = lived_expect(rec, "SYN_SENT ESTABLISHED");
	expect_entry(lived.life, STATE_ESTABLISHED, 50, 20);

	rec = record_new(); /* nothing lost: the sample is of something else */
	traced(rec, 10, STATE_CLOSE, STATE_SYN_SENT, "syscall connect");
	sampled(rec, 50, 20, OBJECT_FULL, STATE_ESTABLISHED);
	expect_walk(rec, "SYN_SENT");
	lived_free(&lived);
}

static void order_of_arrival_does_not_matter(void **state)
{
	struct record *rec = record_new();

	(void)state;
	traced(rec, 30, STATE_ESTABLISHED, STATE_CLOSE_WAIT, "packet");
	traced(rec, 20, STATE_SYN_SENT, STATE_ESTABLISHED, "packet");
	traced(rec, 10, STATE_CLOSE, STATE_SYN_SENT, "syscall connect");
	expect_walk(rec, "SYN_SENT ESTABLISHED CLOSE_WAIT");
}

static void only_its_own_events_count(void **state)
{
	struct record *rec = until_fin_wait2();
	struct event event = {.kind = EVENT_TRANSITION,
	                      .t_ns = 1,
	                      .host = SIDE_SERVER,
	                      .sock = "c1",
	                      .transition = {.to = STATE_LISTEN}};
	struct lived lived;

	(void)state;
	assert_int_equal(record_add_event(rec, &event), 0);
	event.host = SIDE_CLIENT;
	strcpy(event.sock, "c2");
	assert_int_equal(record_add_event(rec, &event), 0);
	lived = lived_expect(rec, "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2");
	assert_int_equal(lived.story.life_count, 3);
	assert_string_equal(lived.story.lives[0].sock, "c2"); /* the first by time */
	assert_string_equal(lived.story.lives[1].sock, "c1");
	assert_int_equal(lived.story.lives[2].host, SIDE_SERVER);
	lived_free(&lived);
}

static void a_life_may_be_long(void **state)
{
	struct record *rec = record_new();
	struct lived lived;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		traced(rec, 2 * i, STATE_CLOSE, STATE_SYN_SENT, "");
		traced(rec, 2 * i + 1, STATE_SYN_SENT, STATE_CLOSE, "");
	}
	lived = live(rec);
	assert_int_equal(lived.life->count, 2000);
	assert_int_equal(life_find(lived.life, STATE_LISTEN), -1);
	lived_free(&lived);
}

static void nobody_saw_it(void **state)
{
	struct lived lived = live(record_new());

	(void)state;
	assert_string_equal(lived.life->sock, "");
	assert_int_equal(lived.life->count, 0);
	assert_int_equal(life_find(lived.life, STATE_CLOSE), -1);
	lived_free(&lived);
}

/* LAST_ACK kept the four-tuple when a new client came to it: 0.1.0 gave both one label. */
static void another_cookie_is_another_connection(void **state)
{
	struct record *rec = record_new();
	struct lived lived;

	(void)state;
	cookie(rec, 10, OBJECT_FULL, STATE_LAST_ACK, 7);
	traced(rec, 20, STATE_LAST_ACK, STATE_CLOSE, "packet");
	mini(rec, 30, OBJECT_REQUEST, MINI_CREATED);
	cookie(rec, 35, OBJECT_REQUEST, STATE_SYN_RECV, 8);
	traced(rec, 40, STATE_LISTEN, STATE_SYN_RECV, "packet");
	traced(rec, 41, STATE_SYN_RECV, STATE_ESTABLISHED, "packet");
	lived = lived_expect(rec, "LAST_ACK CLOSE");
	assert_int_equal(lived.story.life_count, 2);
	assert_int_equal(lived.story.lives[1].turn, 1);
	walk_expect(&lived.story.lives[1], "SYN_RECV ESTABLISHED");
	lived_free(&lived);
}

static void canned_lives(void **state)
{
	static const struct {
		const char *record, *client, *server;
	} cases[] = {
		{"held-fins.jsonl", "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT",
	         "SYN_RECV ESTABLISHED FIN_WAIT1 CLOSING TIME_WAIT"},
		{"self-connect.jsonl", "SYN_SENT SYN_RECV ESTABLISHED FIN_WAIT1 CLOSING TIME_WAIT",
	         ""},
		{"polled.jsonl", "SYN_SENT ESTABLISHED FIN_WAIT2 TIME_WAIT",
	         "SYN_RECV ESTABLISHED CLOSE_WAIT LAST_ACK CLOSE"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct lived lived = lived_expect(canned_record(cases[i].record), cases[i].client);

		walk_expect(story_life(&lived.story, SIDE_SERVER, "s1"), cases[i].server);
		lived_free(&lived);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_traced_close_ends_a_life),
		cmocka_unit_test(an_orphan_goes_over_to_a_time_wait_sock),
		cmocka_unit_test(a_timer_set_anew_in_fin_wait2_is_time_wait),
		cmocka_unit_test(a_step_told_late_is_no_second_time_wait),
		cmocka_unit_test(a_step_that_no_sample_saw),
		cmocka_unit_test(without_samples_the_fin_tells_time_wait),
		cmocka_unit_test(a_step_told_late_began_at_the_first_fin),
		cmocka_unit_test(unless_no_fin_can_have_come),
		cmocka_unit_test(a_sample_leaves_open_since_when_and_the_fin_tells),
		cmocka_unit_test(a_later_time_wait_sample_undoes_the_close),
		cmocka_unit_test(a_time_wait_sock_of_the_next_life_undoes_nothing),
		cmocka_unit_test(a_child_begins_as_a_request_sock),
		cmocka_unit_test(a_request_that_nobody_completes_ends),
		cmocka_unit_test(late_samples_add_nothing),
		cmocka_unit_test(samples_alone_tell_a_life_too),
		cmocka_unit_test(what_trace_lost_is_filled_in),
		cmocka_unit_test(order_of_arrival_does_not_matter),
		cmocka_unit_test(only_its_own_events_count),
		cmocka_unit_test(a_life_may_be_long),
		cmocka_unit_test(nobody_saw_it),
		cmocka_unit_test(another_cookie_is_another_connection),
		cmocka_unit_test(canned_lives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
