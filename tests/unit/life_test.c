// SPDX-License-Identifier: GPL-2.0-or-later
/* life: one walk from a request sock, a socket and a time-wait sock. */
#include "canned.h"

#include "../../harness/story/life.h"

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

static void fin_came(struct record *rec, int64_t us)
{
	struct event event = {.kind = EVENT_PACKET};

	event.packet.packet.flags = TCP_FLAG_FIN | TCP_FLAG_ACK;
	add(rec, &event, us);
}

/* Frees @rec. */
static struct life expect_walk(struct record *rec, const char *walk)
{
	char buf[1024];
	struct life life;

	life_stitch(rec, SIDE_CLIENT, "c1", &life);
	assert_string_equal(life_walk(&life, buf, sizeof(buf)), walk);
	record_free(rec);
	return life;
}

static const struct life_state *entry(const struct life *life, enum tcp_state state)
{
	int at = life_find(life, state);

	assert_true(at >= 0);
	return &life->states[at];
}

static void expect_entry(const struct life *life, enum tcp_state state, int64_t us, int64_t gap_us)
{
	const struct life_state *at = entry(life, state);

	assert_int_equal(at->t_ns, us * 1000);
	assert_int_equal(at->gap_ns, gap_us * 1000);
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
	struct life life;

	(void)state;
	traced(rec, 10, STATE_CLOSE, STATE_SYN_SENT, "syscall connect");
	traced(rec, 20, STATE_SYN_SENT, STATE_CLOSE, "packet");
	life = expect_walk(rec, "SYN_SENT CLOSE");
	assert_string_equal(entry(&life, STATE_SYN_SENT)->cause, "syscall connect");
	assert_int_equal(entry(&life, STATE_SYN_SENT)->object, OBJECT_FULL);
	assert_int_equal(entry(&life, STATE_CLOSE)->object, OBJECT_NONE);
	expect_entry(&life, STATE_CLOSE, 20, 0);
}

static void an_orphan_goes_over_to_a_time_wait_sock(void **state)
{
	struct record *rec = until_fin_wait2();
	struct life life;

	(void)state;
	mini(rec, 112, OBJECT_TIME_WAIT, MINI_CREATED);
	traced(rec, 113, STATE_FIN_WAIT2, STATE_CLOSE, "packet");
	sampled(rec, 150, 60, OBJECT_TIME_WAIT, STATE_FIN_WAIT2);
	fin_came(rec, 480);
	sampled(rec, 500, 50, OBJECT_TIME_WAIT, STATE_TIME_WAIT);
	mini(rec, 60000000, OBJECT_TIME_WAIT, MINI_EXPIRED);
	sampled(rec, 60000100, 4000, OBJECT_NONE, STATE_GONE);
	life = expect_walk(rec, "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE");
	expect_entry(&life, STATE_FIN_WAIT2, 110, 0);
	expect_entry(&life, STATE_TIME_WAIT, 500, 20); /* since the FIN, not since the reading */
	expect_entry(&life, STATE_CLOSE, 60000000, 0);
	assert_int_equal(entry(&life, STATE_TIME_WAIT)->timer, DIAG_TIMER_TIMEWAIT);
	assert_int_equal(entry(&life, STATE_TIME_WAIT)->expires_ms, 60000);
	assert_int_equal(entry(&life, STATE_TIME_WAIT)->object, OBJECT_TIME_WAIT);
}

static void a_timer_set_anew_in_fin_wait2_is_time_wait(void **state)
{
	struct record *rec = until_fin_wait2();
	struct life life;

	(void)state;
	mini(rec, 112, OBJECT_TIME_WAIT, MINI_CREATED);
	traced(rec, 113, STATE_FIN_WAIT2, STATE_CLOSE, "packet");
	sampled(rec, 150, 60, OBJECT_TIME_WAIT, STATE_FIN_WAIT2);
	mini(rec, 3000000, OBJECT_TIME_WAIT, MINI_CREATED);
	sampled(rec, 3000100, 4000, OBJECT_TIME_WAIT, STATE_TIME_WAIT);
	life = expect_walk(rec, "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT");
	expect_entry(&life, STATE_TIME_WAIT, 3000000, 0);
}

/* Trace tells of the step when the timer moves to another bucket: here at the third FIN. */
static void a_step_told_late_is_no_second_time_wait(void **state)
{
	struct record *rec = until_fin_wait2();
	struct life life;

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
	life = expect_walk(rec, "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE");
	expect_entry(&life, STATE_TIME_WAIT, 500, 20);
}

static void a_step_that_no_sample_saw(void **state)
{
	struct record *rec = until_fin_wait2(), *late = until_fin_wait2();
	struct life life;

	(void)state;
	mini(rec, 112, OBJECT_TIME_WAIT, MINI_CREATED);
	traced(rec, 113, STATE_FIN_WAIT2, STATE_CLOSE, "packet");
	fin_came(rec, 3000080);
	traced(rec, 3000090, STATE_FIN_WAIT2, STATE_TIME_WAIT, "");
	life = expect_walk(rec, "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT");
	expect_entry(&life, STATE_TIME_WAIT, 3000090, 0);

	mini(late, 112, OBJECT_TIME_WAIT, MINI_CREATED);
	traced(late, 113, STATE_FIN_WAIT2, STATE_CLOSE, "packet");
	fin_came(late, 480);
	fin_came(late, 3000080);
	traced(late, 3000090, STATE_FIN_WAIT2, STATE_TIME_WAIT, "");
	life = expect_walk(late, "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT");
	expect_entry(&life, STATE_TIME_WAIT, 3000090, 2999610);
}

static void without_samples_it_is_time_wait(void **state)
{
	struct record *rec = until_fin_wait2();
	struct life life;

	(void)state;
	mini(rec, 500, OBJECT_TIME_WAIT, MINI_CREATED);
	traced(rec, 501, STATE_FIN_WAIT2, STATE_CLOSE, "packet");
	life = expect_walk(rec, "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT");
	expect_entry(&life, STATE_TIME_WAIT, 500, 0);
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
	struct life life;

	(void)state;
	mini(rec, 500, OBJECT_TIME_WAIT, MINI_CREATED);
	traced(rec, 501, STATE_FIN_WAIT2, STATE_CLOSE, "packet");
	sampled(rec, 600, 300, OBJECT_TIME_WAIT, STATE_TIME_WAIT);
	life = expect_walk(rec, "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT");
	expect_entry(&life, STATE_TIME_WAIT, 600, 100); /* no earlier than the time-wait sock */

	fin_came(seen, 495);
	mini(seen, 500, OBJECT_TIME_WAIT, MINI_CREATED);
	traced(seen, 501, STATE_FIN_WAIT2, STATE_CLOSE, "packet");
	sampled(seen, 600, 300, OBJECT_TIME_WAIT, STATE_TIME_WAIT);
	life = expect_walk(seen, "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT");
	expect_entry(&life, STATE_TIME_WAIT, 500, 0);
}

/* Where the timers of mini-sockets cannot be traced, a sample tells of the heir. */
static void a_later_time_wait_sample_undoes_the_close(void **state)
{
	struct record *rec = record_new();
	struct life life;

	(void)state;
	traced(rec, 10, STATE_ESTABLISHED, STATE_FIN_WAIT1, "syscall close");
	traced(rec, 20, STATE_FIN_WAIT1, STATE_CLOSING, "packet");
	traced(rec, 30, STATE_CLOSING, STATE_CLOSE, "packet");
	sampled(rec, 90, 80, OBJECT_TIME_WAIT, STATE_TIME_WAIT);
	sampled(rec, 60000000, 4000, OBJECT_NONE, STATE_GONE);
	life = expect_walk(rec, "ESTABLISHED FIN_WAIT1 CLOSING TIME_WAIT CLOSE");
	expect_entry(&life, STATE_TIME_WAIT, 30, 0);
	expect_entry(&life, STATE_CLOSE, 60000000, 4000);
}

static void a_time_wait_sock_of_the_next_life_undoes_nothing(void **state)
{
	struct record *rec = record_new();

	(void)state;
	traced(rec, 10, STATE_SYN_SENT, STATE_ESTABLISHED, "packet");
	traced(rec, 30, STATE_ESTABLISHED, STATE_CLOSE, "packet");
	traced(rec, 40, STATE_CLOSE, STATE_SYN_SENT, "syscall connect");
	traced(rec, 50, STATE_SYN_SENT, STATE_FIN_WAIT1, "syscall close");
	mini(rec, 60, OBJECT_TIME_WAIT, MINI_CREATED);
	expect_walk(rec, "SYN_SENT ESTABLISHED CLOSE SYN_SENT FIN_WAIT1 TIME_WAIT");
}

static void a_child_begins_as_a_request_sock(void **state)
{
	struct record *rec = record_new();
	struct life life;

	(void)state;
	sampled(rec, 5, -1, OBJECT_NONE, STATE_GONE); /* not there yet: no end */
	mini(rec, 10, OBJECT_REQUEST, MINI_CREATED);
	sampled(rec, 15, 5, OBJECT_REQUEST, STATE_NEW_SYN_RECV);
	mini(rec, 40, OBJECT_REQUEST, MINI_ACCEPTED);
	sampled(rec, 41, 5, OBJECT_NONE, STATE_GONE); /* between request and child */
	traced(rec, 42, STATE_LISTEN, STATE_SYN_RECV, "packet");
	traced(rec, 43, STATE_SYN_RECV, STATE_ESTABLISHED, "packet");
	sampled(rec, 44, 5, OBJECT_REQUEST, STATE_SYN_RECV); /* late news */
	life = expect_walk(rec, "SYN_RECV ESTABLISHED");
	expect_entry(&life, STATE_SYN_RECV, 10, 0);
	assert_int_equal(entry(&life, STATE_SYN_RECV)->object, OBJECT_REQUEST);
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
	struct life life;

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
	life = expect_walk(rec, "SYN_SENT ESTABLISHED FIN_WAIT2 TIME_WAIT CLOSE");
	expect_entry(&life, STATE_SYN_SENT, 20, 20);
	expect_entry(&life, STATE_ESTABLISHED, 30, 9);
	expect_entry(&life, STATE_CLOSE, 80, 2);
	assert_int_equal(entry(&life, STATE_CLOSE)->source, OBSERVER_DIAG);
}

static void what_trace_lost_is_filled_in(void **state)
{
	struct record *rec = record_new();
	struct life life;

	(void)state;
	traced(rec, 10, STATE_CLOSE, STATE_SYN_SENT, "syscall connect");
	traced(rec, 90, STATE_ESTABLISHED, STATE_FIN_WAIT1, "syscall close");
	life = expect_walk(rec, "SYN_SENT ESTABLISHED FIN_WAIT1");
	expect_entry(&life, STATE_ESTABLISHED, 90, 80);

	rec = record_new();
	rec->lost[OBSERVER_TRACE] = 1;
	traced(rec, 10, STATE_CLOSE, STATE_SYN_SENT, "syscall connect");
	sampled(rec, 50, 20, OBJECT_FULL, STATE_ESTABLISHED);
	life = expect_walk(rec, "SYN_SENT ESTABLISHED");
	expect_entry(&life, STATE_ESTABLISHED, 50, 20);

	rec = record_new(); /* nothing lost: the sample is of something else */
	traced(rec, 10, STATE_CLOSE, STATE_SYN_SENT, "syscall connect");
	sampled(rec, 50, 20, OBJECT_FULL, STATE_ESTABLISHED);
	expect_walk(rec, "SYN_SENT");
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
	char labels[4][SOCK_LABEL_SIZE];

	(void)state;
	assert_int_equal(record_add_event(rec, &event), 0);
	event.host = SIDE_CLIENT;
	strcpy(event.sock, "c2");
	assert_int_equal(record_add_event(rec, &event), 0);
	assert_int_equal(life_labels(rec, SIDE_CLIENT, labels, 4), 2);
	assert_string_equal(labels[0], "c1");
	assert_string_equal(labels[1], "c2");
	assert_int_equal(life_labels(rec, SIDE_CLIENT, labels, 1), 1);
	expect_walk(rec, "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2");
}

static void a_life_too_long_is_cut_and_says_so(void **state)
{
	struct record *rec = record_new();
	struct life life;

	(void)state;
	for (int i = 0; i < LIFE_STATES; i++) {
		traced(rec, 2 * i, STATE_CLOSE, STATE_SYN_SENT, "");
		traced(rec, 2 * i + 1, STATE_SYN_SENT, STATE_CLOSE, "");
	}
	life_stitch(rec, SIDE_CLIENT, "c1", &life);
	assert_int_equal(life.count, LIFE_STATES);
	assert_true(life.truncated);
	record_free(rec);
}

static void a_walk_is_cut_to_its_room(void **state)
{
	struct record *rec = until_fin_wait2();
	struct life life;
	char buf[12];

	(void)state;
	life_stitch(rec, SIDE_CLIENT, "c1", &life);
	assert_string_equal(life_walk(&life, buf, sizeof(buf)), "SYN_SENT ES");
	assert_int_equal(life_find(&life, STATE_LISTEN), -1);
	record_free(rec);
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
	char buf[1024];
	struct life life;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct record *rec = canned_record(cases[i].record);

		life_stitch(rec, SIDE_CLIENT, "c1", &life);
		assert_string_equal(life_walk(&life, buf, sizeof(buf)), cases[i].client);
		life_stitch(rec, SIDE_SERVER, "s1", &life);
		assert_string_equal(life_walk(&life, buf, sizeof(buf)), cases[i].server);
		record_free(rec);
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
		cmocka_unit_test(without_samples_it_is_time_wait),
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
		cmocka_unit_test(a_life_too_long_is_cut_and_says_so),
		cmocka_unit_test(a_walk_is_cut_to_its_room),
		cmocka_unit_test(canned_lives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
