// SPDX-License-Identifier: GPL-2.0-or-later
/* record: names, addresses, settings, order, and values in words. */
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "canned.h"

static void every_name_comes_back(void **state)
{
	(void)state;
#define ALL(count, name, parse)                                                                    \
	for (unsigned int i = 0; i < (count); i++) {                                               \
		assert_string_not_equal(name(i), "?");                                             \
		assert_int_equal(parse(name(i)), i);                                               \
	}                                                                                          \
	assert_int_equal(parse("nonsense"), -1);                                                   \
	assert_string_equal(name(count), "?")
	ALL(STATE_COUNT, state_name, state_parse);
	ALL(OBSERVER_COUNT, observer_name, observer_parse);
	ALL(SIDE_COUNT, side_name, side_parse);
	ALL(EVENT_KIND_COUNT, event_kind_name, event_kind_parse);
	ALL(DIAG_TIMER_COUNT, diag_timer_name, diag_timer_parse);
	ALL(OBJECT_COUNT, sock_object_name, sock_object_parse);
	ALL(MINI_CHANGE_COUNT, mini_change_name, mini_change_parse);
	ALL(FRAME_ACTION_COUNT, frame_action_name, frame_action_parse);
	ALL(VERDICT_COUNT, verdict_name, verdict_parse);
	ALL(OUTCOME_COUNT, outcome_name, outcome_parse);
#undef ALL
}

static void flags_are_tcpdumps_letters(void **state)
{
	char buf[TCP_FLAGS_TEXT_SIZE];
	uint16_t flags;

	(void)state;
	assert_string_equal(tcp_flags_text(TCP_FLAG_ACK | TCP_FLAG_SYN, buf), "SA");
	assert_string_equal(tcp_flags_text(TCP_FLAG_ACK | TCP_FLAG_FIN | TCP_FLAG_PSH, buf), "FPA");
	assert_string_equal(tcp_flags_text(TCP_FLAGS_ALL, buf), "SFRPAUEWe");
	assert_string_equal(tcp_flags_text(0, buf), "");
	for (unsigned int all = 0; all <= TCP_FLAGS_ALL; all++) {
		assert_int_equal(tcp_flags_parse(tcp_flags_text((uint16_t)all, buf), &flags), 0);
		assert_int_equal(flags, all);
	}
	assert_int_equal(tcp_flags_parse("SX", &flags), -EINVAL);
	assert_int_equal(tcp_flags_parse("SS", &flags), -EINVAL);
}

static void endpoints_come_back(void **state)
{
	static const char *const good[] = {"10.0.0.2:8080", "[fd00::2]:1", "0.0.0.0:0",
	                                   "[::]:65535", "?:7"};
	static const char *const bad[] = {"",
	                                  "10.0.0.2",
	                                  "10.0.0.2:",
	                                  ":80",
	                                  "10.0.0.2:65536",
	                                  "10.0.0.2: 1",
	                                  "10.0.0:80",
	                                  "[fd00::2:80",
	                                  "fd00::2]:80",
	                                  "10.0.0.2:000001",
	                                  "[]:1"};
	char buf[ENDPOINT_TEXT_SIZE];
	struct endpoint ep, other;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(endpoint_parse(good[i], &ep), 0);
		assert_string_equal(endpoint_text(&ep, buf), good[i]);
		assert_true(endpoint_equal(&ep, &ep));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(endpoint_parse(bad[i], &ep), -EINVAL);
	assert_int_equal(endpoint_parse("10.0.0.2:80", &ep), 0);
	assert_int_equal(endpoint_parse("10.0.0.2:81", &other), 0);
	assert_false(endpoint_equal(&ep, &other));
	assert_int_equal(endpoint_parse("10.0.0.3:80", &other), 0);
	assert_false(endpoint_equal(&ep, &other));
	assert_int_equal(endpoint_parse("10.0.0.2:80", &other), 0);
	other.addr[9] = 1; /* beyond an IPv4 address */
	assert_true(endpoint_equal(&ep, &other));
}

static void settings_keep_their_order(void **state)
{
	struct settings set = {0};

	(void)state;
	assert_int_equal(settings_put(&set, "b", "1"), 0);
	assert_int_equal(settings_put(&set, "a", "2"), 0);
	assert_int_equal(settings_put(&set, "b", "3"), 0);
	assert_int_equal(set.count, 2);
	assert_string_equal(set.items[0].name, "b");
	assert_string_equal(settings_get(&set, "b"), "3");
	assert_null(settings_get(&set, "c"));
	settings_clear(&set);
	assert_int_equal(set.count, 0);
}

static void a_setting_can_be_dropped(void **state)
{
	static const char *const names[] = {"a", "b", "c"};
	struct settings set = {0};

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(settings_put(&set, names[i], "1"), 0);
	settings_drop(&set, "nobody");
	settings_drop(&set, "b");
	assert_int_equal(set.count, 2);
	assert_string_equal(set.items[0].name, "a");
	assert_string_equal(set.items[1].name, "c");
	settings_drop(&set, "c");
	settings_drop(&set, "a");
	assert_int_equal(set.count, 0);
	assert_int_equal(settings_put(&set, "b", "2"), 0);
	assert_string_equal(set.items[0].name, "b");
	settings_clear(&set);
}

static void two_requests_are_the_same_or_not(void **state)
{
	struct run_asked a = {0}, b = {0};

	(void)state;
	assert_false(run_asked_any(&a));
	assert_true(run_asked_same(&a, &b));
	assert_int_equal(settings_put(&a.sets, "x", "1"), 0);
	assert_int_equal(settings_put(&a.sets, "net.x", "2"), 0);
	assert_true(run_asked_any(&a));
	assert_false(run_asked_same(&a, &b));
	/* of one sysctl by two names the later counts */
	assert_int_equal(settings_put(&b.sets, "net.x", "2"), 0);
	assert_int_equal(settings_put(&b.sets, "x", "1"), 0);
	assert_false(run_asked_same(&a, &b));
	settings_drop(&b.sets, "net.x");
	assert_int_equal(settings_put(&b.sets, "net.x", "2"), 0);
	assert_true(run_asked_same(&a, &b));
	assert_int_equal(settings_put(&b.sets, "net.x", "3"), 0);
	assert_false(run_asked_same(&a, &b));
	run_asked_clear(&a);
	run_asked_clear(&b);

	assert_int_equal(settings_put(&a.params, "n", "3"), 0);
	assert_true(run_asked_any(&a));
	assert_false(run_asked_same(&a, &b));
	run_asked_clear(&a);
	a.seed = 5;
	assert_true(run_asked_any(&a));
	assert_false(run_asked_same(&a, &b));
	run_asked_clear(&a);
	assert_false(run_asked_any(&a));
}

static void a_sysctl_is_a_number_or_not(void **state)
{
	struct record *rec = record_new();
	struct settings *set = &rec->sysctls[SIDE_SERVER];
	int64_t value = 7;

	(void)state;
	assert_int_equal(settings_put(set, "retries", "-3"), 0);
	assert_int_equal(settings_put(set, "rmem", "4096 131072"), 0);
	assert_int_equal(settings_put(set, "empty", ""), 0);
	assert_int_equal(settings_put(set, "huge", "99999999999999999999"), 0);
	assert_true(record_sysctl(rec, SIDE_SERVER, "retries", &value));
	assert_int_equal(value, -3);
	assert_false(record_sysctl(rec, SIDE_CLIENT, "retries", &value));
	assert_false(record_sysctl(rec, SIDE_SERVER, "rmem", &value));
	assert_false(record_sysctl(rec, SIDE_SERVER, "empty", &value));
	assert_false(record_sysctl(rec, SIDE_SERVER, "huge", &value));
	assert_false(record_param(rec, "retries", &value));
	assert_int_equal(value, -3);
	record_free(rec);
}

static void sorting_is_stable(void **state)
{
	struct record *rec = record_new();

	(void)state;
	for (unsigned int i = 0; i < 1000; i++) {
		struct event event = {.kind = EVENT_NOTE, .t_ns = (i * 7919) % 10};

		event.note.text = record_text(rec, "%u", i);
		assert_int_equal(record_add_event(rec, &event), 0);
	}
	record_sort(rec);
	for (size_t i = 1; i < rec->event_count; i++) {
		const struct event *a = &rec->events[i - 1], *b = &rec->events[i];

		assert_true(a->t_ns <= b->t_ns);
		if (a->t_ns == b->t_ns)
			assert_true(atoi(a->note.text) < atoi(b->note.text));
	}
	record_free(rec);
}

static void values_read_well(void **state)
{
	static const struct {
		struct value value;
		const char *text;
	} cases[] = {
		{{.kind = VALUE_NONE}, "-"},
		{{.kind = VALUE_COUNT, .lo = 8, .hi = 8}, "8"},
		{{.kind = VALUE_COUNT, .lo = 4, .hi = 5}, "4..5"},
		{{.kind = VALUE_COUNT, .lo = 4, .hi = INT64_MAX}, ">= 4"},
		{{.kind = VALUE_COUNT, .lo = INT64_MIN, .hi = 5}, "<= 5"},
		{{.kind = VALUE_TIME, .lo = 6600000000, .hi = 6600000000}, "6.60 s"},
		{{.kind = VALUE_TIME, .lo = 6400000000, .hi = 6710000000}, "6.40..6.71 s"},
		{{.kind = VALUE_TIME, .lo = 6400000000, .hi = 6400000001}, "6.40 s"},
		{{.kind = VALUE_TIME, .lo = 0, .hi = 0}, "0.00 s"},
		{{.kind = VALUE_TIME, .lo = 206400000, .hi = 206400000}, "206.4 ms"},
		{{.kind = VALUE_TIME, .lo = 5000, .hi = 5000}, "5.0 us"},
		{{.kind = VALUE_TIME, .lo = 60 * NS_PER_S, .hi = INT64_MAX}, ">= 60.00 s"},
		{{.kind = VALUE_TEXT, .text = "SYN_SENT ESTABLISHED"}, "SYN_SENT ESTABLISHED"},
	};
	char buf[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(value_text(&cases[i].value, buf, sizeof(buf)), cases[i].text);
}

/* What a record keeps is its own: the texts that were handed in may go. */
static void texts_are_copied(void **state)
{
	struct record *rec = record_new();
	char args[] = "SHUT_WR", words[1001], name[] = "segments";

	(void)state;
	memset(words, 'x', sizeof(words) - 1);
	words[sizeof(words) - 1] = '\0';
	assert_int_equal(
		record_add_event(rec, &(struct event){.kind = EVENT_CALL, .call = {.args = args}}),
		0);
	assert_int_equal(record_add_finding(rec, &(struct finding){.name = name,
	                                                           .measured = {.kind = VALUE_TEXT,
	                                                                        .text = words}}),
	                 0);
	memset(args, '-', sizeof(args));
	memset(name, '-', sizeof(name));
	memset(words, '-', sizeof(words));
	assert_string_equal(rec->events[0].call.args, "SHUT_WR");
	assert_string_equal(rec->events[0].call.name, "");
	assert_string_equal(rec->findings[0].name, "segments");
	assert_string_equal(rec->findings[0].note, "");
	assert_int_equal(strspn(rec->findings[0].measured.text, "x"), 1000);
	assert_int_equal(strlen(rec->findings[0].measured.text), 1000);
	record_free(rec);
}

static void add_sysctl(struct record *rec, int64_t t_ns, enum side host, const char *to)
{
	const struct event event = {
		.kind = EVENT_SYSCTL,
		.t_ns = t_ns,
		.host = host,
		.sysctl = {.name = "net.ipv4.tcp_fin_timeout", .to = to},
	};

	assert_int_equal(record_add_event(rec, &event), 0);
}

/* Events are in order of arrival: of two changes the later one counts, wherever it stands. */
static void a_sysctl_is_what_it_was_at_the_time(void **state)
{
	static const char name[] = "net.ipv4.tcp_fin_timeout";
	static const struct {
		int64_t t_ns, value;
	} rows[] = {{-5, 60}, {9, 60}, {10, 5}, {19, 5}, {20, 7}, {30, 7}};
	struct record *rec = record_new();
	int64_t value;

	(void)state;
	assert_false(record_sysctl_at(rec, SIDE_CLIENT, name, 0, &value));
	assert_int_equal(settings_put(&rec->sysctls[SIDE_CLIENT], name, "60"), 0);
	add_sysctl(rec, 20, SIDE_CLIENT, "7");
	add_sysctl(rec, 10, SIDE_CLIENT, "5");
	add_sysctl(rec, 10, SIDE_SERVER, "99");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(record_sysctl_at(rec, SIDE_CLIENT, name, rows[i].t_ns, &value));
		assert_int_equal(value, rows[i].value);
	}
	assert_true(record_sysctl(rec, SIDE_CLIENT, name, &value));
	assert_int_equal(value, 60);
	record_free(rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_copied),
		cmocka_unit_test(a_sysctl_is_what_it_was_at_the_time),
		cmocka_unit_test(every_name_comes_back),
		cmocka_unit_test(flags_are_tcpdumps_letters),
		cmocka_unit_test(endpoints_come_back),
		cmocka_unit_test(settings_keep_their_order),
		cmocka_unit_test(a_setting_can_be_dropped),
		cmocka_unit_test(two_requests_are_the_same_or_not),
		cmocka_unit_test(a_sysctl_is_a_number_or_not),
		cmocka_unit_test(sorting_is_stable),
		cmocka_unit_test(values_read_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
