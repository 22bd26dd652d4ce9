// SPDX-License-Identifier: GPL-2.0-or-later
/* Timers of other kinds than loss, against sums made by hand; HZ 1000 and no slack. */
#include "wheel.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static struct record *quiet_record(void)
{
	struct record *rec = record_at(1000);

	rec->slack_ms = 0;
	sysctl_is(rec, SIDE_SERVER, "net.ipv4.tcp_synack_retries", 5);
	sysctl_is(rec, SIDE_SERVER, "net.ipv4.tcp_retries2", 15);
	sysctl_is(rec, SIDE_SERVER, "net.ipv4.tcp_orphan_retries", 0);
	sysctl_is(rec, SIDE_SERVER, "net.ipv4.tcp_keepalive_time", 10);
	sysctl_is(rec, SIDE_SERVER, "net.ipv4.tcp_keepalive_intvl", 2);
	sysctl_is(rec, SIDE_SERVER, "net.ipv4.tcp_keepalive_probes", 3);
	return rec;
}

/* The earliest times of all sends and of the end, in seconds, -1 behind the last. */
static void leaves_at(const struct schedule *schedule, const int64_t *at_s)
{
	unsigned int count = 0;

	while (at_s[count + 1] >= 0) {
		assert_int_equal(schedule->at[count].lo_ns, at_s[count] * NS_PER_S);
		count++;
	}
	assert_int_equal(schedule->sends_lo, count);
	assert_int_equal(schedule->sends_hi, count);
	assert_int_equal(schedule->give_up.lo_ns, at_s[count] * NS_PER_S);
}

/* By count alone: with 7 retries the timer of 128 s is cut to 120. */
static void a_synack_is_resent(void **state)
{
	struct record *rec = quiet_record();
	const struct synack two = {.syncnt = 2}, seven = {.syncnt = 7}, none = {0};
	struct schedule schedule;

	(void)state;
	assert_true(model_synack(rec, SIDE_SERVER, &none, &schedule));
	leaves_at(&schedule, (int64_t[]){0, 1, 3, 7, 15, 31, 63, -1});
	assert_true(model_synack(rec, SIDE_SERVER, &two, &schedule));
	leaves_at(&schedule, (int64_t[]){0, 1, 3, 7, -1});
	assert_true(model_synack(rec, SIDE_SERVER, &seven, &schedule));
	leaves_at(&schedule, (int64_t[]){0, 1, 3, 7, 15, 31, 63, 127, 247, -1});
	sysctl_is(rec, SIDE_SERVER, "net.ipv4.tcp_synack_retries", 128);
	assert_false(model_synack(rec, SIDE_SERVER, &none, &schedule));
	assert_false(model_synack(rec, SIDE_CLIENT, &none, &schedule));
	record_free(rec);
}

/* The first timer is two ticks, what follows is doubled as ever. */
static void a_hurried_syn_is_resent_soon(void **state)
{
	struct record *rec = quiet_record();
	struct schedule schedule;

	(void)state;
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_syn_retries", 2);
	assert_true(model_syn_hurried(rec, SIDE_CLIENT, &schedule));
	assert_int_equal(schedule.sends_lo, 3);
	assert_int_equal(schedule.sends_hi, 3);
	assert_int_equal(schedule.after[1].lo_ns, 2 * model_tick_ns(rec));
	assert_int_equal(schedule.after[2].lo_ns, 2 * NS_PER_S);
	assert_int_equal(schedule.last.lo_ns, 4 * NS_PER_S);
	record_free(rec);
}

/*
 * 10 s are four time-outs (1 + 2 + 4 + 8 >= 10): silence until the fourth, at 15 s, then as
 * ever until the fifth retry's end. With one retry the deferral decides: given up at the
 * fifth, 31 s. Without the third ACK TCP_DEFER_ACCEPT changes nothing.
 */
static void deferral_is_silent_until_its_last(void **state)
{
	struct record *rec = quiet_record();
	const struct synack five = {.defer_accept_s = 10, .acked = true};
	const struct synack one = {.syncnt = 1, .defer_accept_s = 10, .acked = true};
	const struct synack unacked = {.syncnt = 1, .defer_accept_s = 10};
	struct schedule schedule;

	(void)state;
	assert_true(model_synack(rec, SIDE_SERVER, &five, &schedule));
	leaves_at(&schedule, (int64_t[]){0, 15, 31, 63, -1});
	assert_int_equal(schedule.after[1].lo_ns, 15 * NS_PER_S);
	assert_int_equal(schedule.after[2].lo_ns, 16 * NS_PER_S);
	assert_true(model_synack(rec, SIDE_SERVER, &one, &schedule));
	leaves_at(&schedule, (int64_t[]){0, 15, 31, -1});
	assert_true(model_synack(rec, SIDE_SERVER, &unacked, &schedule));
	leaves_at(&schedule, (int64_t[]){0, 1, 3, -1});
	record_free(rec);
}

/* An RTO of 1 s doubles from the first probe on up to 120 s. */
static void a_closed_window_is_probed(void **state)
{
	const struct sample second = {.rto_us = 1000000}, least = {.rto_us = 4000};
	struct record *rec = quiet_record();
	const struct persist persist = {.at_close = &second}, soon = {.at_close = &least};
	struct schedule schedule;

	(void)state;
	sysctl_is(rec, SIDE_SERVER, "net.ipv4.tcp_retries2", 9);
	assert_true(model_persist(rec, SIDE_SERVER, &persist, &schedule));
	leaves_at(&schedule, (int64_t[]){1, 3, 7, 15, 31, 63, 127, 247, 367, 487, -1});
	assert_int_equal(schedule.why[0], SEND_WINDOW_PROBE);
	assert_false(schedule.endless);
	/* never sooner than TCP_RTO_MIN */
	assert_true(model_persist(rec, SIDE_SERVER, &soon, &schedule));
	assert_int_equal(schedule.at[0].lo_ns, 200 * NS_PER_MS);
	assert_int_equal(schedule.after[1].lo_ns, 400 * NS_PER_MS);
	/* tcp_retries2 is as far as the timer backs off */
	assert_int_equal(model_persist_timeout_ns(rec, SIDE_SERVER, NS_PER_S, 3), 8 * NS_PER_S);
	sysctl_is(rec, SIDE_SERVER, "net.ipv4.tcp_retries2", 2);
	assert_int_equal(model_persist_timeout_ns(rec, SIDE_SERVER, NS_PER_S, 3), 4 * NS_PER_S);
	record_free(rec);
}

/*
 * Answers keep an owned socket for ever, and an orphan as long as its timer is below 120 s:
 * 1 s is doubled seven times, so the eighth timer's end, at 247 s, is the last. Unanswered it
 * ends then too, before the eight probes that it would have, or after tcp_orphan_retries.
 */
static void orphans_probe_for_a_while(void **state)
{
	const struct sample at_close = {.rto_us = 1000000};
	struct record *rec = quiet_record();
	struct persist persist = {.at_close = &at_close, .answered = true};
	struct schedule schedule;

	(void)state;
	assert_true(model_persist(rec, SIDE_SERVER, &persist, &schedule));
	assert_true(schedule.endless);
	persist.orphan = true;
	assert_true(model_persist(rec, SIDE_SERVER, &persist, &schedule));
	leaves_at(&schedule, (int64_t[]){1, 3, 7, 15, 31, 63, 127, 247, -1});
	persist.answered = false;
	assert_true(model_persist(rec, SIDE_SERVER, &persist, &schedule));
	leaves_at(&schedule, (int64_t[]){1, 3, 7, 15, 31, 63, 127, 247, -1});
	sysctl_is(rec, SIDE_SERVER, "net.ipv4.tcp_orphan_retries", 2);
	assert_true(model_persist(rec, SIDE_SERVER, &persist, &schedule));
	leaves_at(&schedule, (int64_t[]){1, 3, 7, -1});
	/* answered, tcp_orphan_retries counts from 120 s on alone */
	persist.answered = true;
	assert_true(model_persist(rec, SIDE_SERVER, &persist, &schedule));
	leaves_at(&schedule, (int64_t[]){1, 3, 7, 15, 31, 63, 127, 247, -1});
	sysctl_is(rec, SIDE_SERVER, "net.ipv4.tcp_orphan_retries", 9);
	assert_true(model_persist(rec, SIDE_SERVER, &persist, &schedule));
	leaves_at(&schedule, (int64_t[]){1, 3, 7, 15, 31, 63, 127, 247, 367, 487, -1});
	record_free(rec);
}

/*
 * The peer answers once in 500 ms, which is its tcp_invalid_ratelimit: of the probes at 200, 600
 * and 1400 ms the second finds no answer, which an orphan with one retry does not survive. A probe
 * about as late as that may find one or not.
 */
static void not_each_probe_is_answered(void **state)
{
	const struct sample at_close = {.rto_us = 200000}, other = {.rto_us = 250000};
	struct persist persist = {.at_close = &at_close, .orphan = true, .answered = true};
	struct record *rec = quiet_record();
	struct schedule schedule;

	(void)state;
	sysctl_is(rec, SIDE_SERVER, "net.ipv4.tcp_orphan_retries", 1);
	assert_true(model_persist(rec, SIDE_SERVER, &persist, &schedule));
	assert_int_equal(schedule.sends_hi, 2);
	assert_int_equal(schedule.give_up.lo_ns, 1400 * NS_PER_MS);
	persist.at_close = &other;
	assert_false(model_persist(rec, SIDE_SERVER, &persist, &schedule));
	/* two in a row are never without, whichever of the two at 250 and 750 ms it was */
	sysctl_is(rec, SIDE_SERVER, "net.ipv4.tcp_orphan_retries", 3);
	assert_true(model_persist(rec, SIDE_SERVER, &persist, &schedule));
	assert_true(schedule.give_up.lo_ns > 200 * NS_PER_S);
	persist.at_close = &at_close;
	sysctl_is(rec, SIDE_SERVER, "net.ipv4.tcp_orphan_retries", 2);
	assert_true(model_persist(rec, SIDE_SERVER, &persist, &schedule));
	assert_true(schedule.give_up.lo_ns > 200 * NS_PER_S);
	/* 0: each is */
	sysctl_is(rec, SIDE_SERVER, "net.ipv4.tcp_orphan_retries", 1);
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_invalid_ratelimit", 0);
	assert_true(model_persist(rec, SIDE_SERVER, &persist, &schedule));
	assert_true(schedule.give_up.lo_ns > 200 * NS_PER_S);
	record_free(rec);
}

/*
 * Answered at most once in 10 s, also a socket with an owner is given up: of the probes at 1, 3, 7,
 * 11 (tcp_retries2 2 backs off no further than 4 s) the second and the third find no answer.
 */
static void an_owner_is_given_up_too(void **state)
{
	const struct sample at_close = {.rto_us = 1000000};
	const struct persist persist = {.at_close = &at_close, .answered = true};
	struct record *rec = quiet_record();
	struct schedule schedule;

	(void)state;
	sysctl_is(rec, SIDE_SERVER, "net.ipv4.tcp_retries2", 2);
	assert_true(model_persist(rec, SIDE_SERVER, &persist, &schedule));
	assert_true(schedule.endless);
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_invalid_ratelimit", 10000);
	assert_true(model_persist(rec, SIDE_SERVER, &persist, &schedule));
	leaves_at(&schedule, (int64_t[]){1, 3, 7, 11, -1});
	record_free(rec);
}

/* 10 s from the first probe, at 1 s: 3, 7, then what is left of 8 s. */
static void user_timeout_ends_probing(void **state)
{
	const struct sample at_close = {.rto_us = 1000000};
	const struct persist persist = {.at_close = &at_close, .user_timeout_ms = 10000};
	struct record *rec = quiet_record();
	struct schedule schedule;

	(void)state;
	assert_true(model_persist(rec, SIDE_SERVER, &persist, &schedule));
	leaves_at(&schedule, (int64_t[]){1, 3, 7, 11, -1});
	record_free(rec);
}

static void keepalive_by_its_own_options(void **state)
{
	const struct keepalive own = {.time_s = 5, .intvl_s = 1, .probes = 1};
	const struct keepalive user = {.user_timeout_ms = 15000};
	struct record *rec = quiet_record();
	struct schedule schedule;

	(void)state;
	assert_true(model_keepalive_of(rec, SIDE_SERVER, &own, &schedule));
	leaves_at(&schedule, (int64_t[]){5, 6, -1});
	/* not at the second probe's time, 12 s, nor 14 s: no less than 15 */
	assert_true(model_keepalive_of(rec, SIDE_SERVER, &user, &schedule));
	leaves_at(&schedule, (int64_t[]){10, 12, 14, 16, -1});
	record_free(rec);
}

/* No probe at all: reset when the first would be due. Eight bits of them fit. */
static void keepalive_probes_of_any_number(void **state)
{
	struct record *rec = quiet_record();
	struct schedule schedule;

	(void)state;
	sysctl_is(rec, SIDE_SERVER, "net.ipv4.tcp_keepalive_probes", 0);
	assert_true(model_keepalive(rec, SIDE_SERVER, &schedule));
	leaves_at(&schedule, (int64_t[]){10, -1});
	sysctl_is(rec, SIDE_SERVER, "net.ipv4.tcp_keepalive_probes", 255);
	assert_true(model_keepalive(rec, SIDE_SERVER, &schedule));
	assert_int_equal(schedule.sends_lo, 255);
	assert_int_equal(schedule.give_up.lo_ns, (10 + 255 * 2) * NS_PER_S);
	sysctl_is(rec, SIDE_SERVER, "net.ipv4.tcp_keepalive_time", -1);
	assert_false(model_keepalive(rec, SIDE_SERVER, &schedule));
	record_free(rec);
}

/* TCP_ATO_MIN to TCP_DELACK_MAX, and a tick less than the least RTO of either. */
static void acks_are_put_off(void **state)
{
	struct record *rec = quiet_record();
	struct span span = model_delayed_ack(rec, SIDE_SERVER);

	(void)state;
	assert_int_equal(span.lo_ns, 40 * NS_PER_MS);
	assert_int_equal(span.hi_ns, (200 + 8) * NS_PER_MS);
	sysctl_is(rec, SIDE_SERVER, "net.ipv4.tcp_rto_min_us", 30000);
	span = model_delayed_ack(rec, SIDE_SERVER);
	assert_int_equal(span.lo_ns, 29 * NS_PER_MS);
	assert_int_equal(span.hi_ns, 30 * NS_PER_MS);
	record_free(rec);
}

#define RCV_NXT 1000

static void a_time_wait_sock_is_reached(void **state)
{
	const struct timewait sock = {.rcv_nxt = RCV_NXT, .ts_recent = 50};
	static const struct {
		struct packet packet;
		enum timewait_effect effect;
	} rows[] = {
		{{.flags = TCP_FLAG_ACK, .seq = RCV_NXT}, TIMEWAIT_RESTARTS},
		{{.flags = TCP_FLAG_FIN | TCP_FLAG_ACK, .seq = RCV_NXT - 1}, TIMEWAIT_RESTARTS},
		{{.flags = TCP_FLAG_ACK, .seq = RCV_NXT + 9, .len = 3}, TIMEWAIT_RESTARTS},
		{{.flags = TCP_FLAG_RST, .seq = RCV_NXT}, TIMEWAIT_ENDS},
		{{.flags = TCP_FLAG_RST, .seq = RCV_NXT + 1}, TIMEWAIT_STAYS},
		{{.flags = TCP_FLAG_SYN, .seq = RCV_NXT + 1}, TIMEWAIT_REOPENS},
		{{.flags = TCP_FLAG_SYN, .seq = RCV_NXT - 1}, TIMEWAIT_STAYS},
		{{.flags = TCP_FLAG_SYN, .seq = 0, .has_timestamps = true, .ts_val = 51},
	         TIMEWAIT_REOPENS},
		/* PAWS: older than what came last */
		{{.flags = TCP_FLAG_SYN, .seq = RCV_NXT + 1, .has_timestamps = true, .ts_val = 49},
	         TIMEWAIT_RESTARTS},
		{{.flags = TCP_FLAG_SYN | TCP_FLAG_ACK, .seq = RCV_NXT + 1}, TIMEWAIT_RESTARTS},
	};
	struct record *rec = quiet_record();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(model_timewait_on(rec, SIDE_SERVER, &sock, &rows[i].packet),
		                 rows[i].effect);
	sysctl_is(rec, SIDE_SERVER, "net.ipv4.tcp_rfc1337", 1);
	assert_int_equal(model_timewait_on(rec, SIDE_SERVER, &sock, &rows[3].packet),
	                 TIMEWAIT_STAYS);
	record_free(rec);
}

static void no_challenge_without_a_limit(void **state)
{
	struct record *rec = quiet_record();

	(void)state;
	snprintf(rec->run.kernel, sizeof(rec->run.kernel), "6.1.0-56-cloud-amd64");
	assert_true(model_challenge_is_sent(rec, SIDE_SERVER));
	sysctl_is(rec, SIDE_SERVER, "net.ipv4.tcp_challenge_ack_limit", 1);
	assert_true(model_challenge_is_sent(rec, SIDE_SERVER));
	sysctl_is(rec, SIDE_SERVER, "net.ipv4.tcp_challenge_ack_limit", 0);
	assert_false(model_challenge_is_sent(rec, SIDE_SERVER));
	snprintf(rec->run.kernel, sizeof(rec->run.kernel), "6.2.0-rc1");
	assert_true(model_challenge_is_sent(rec, SIDE_SERVER));
	snprintf(rec->run.kernel, sizeof(rec->run.kernel), "5.10.0");
	assert_false(model_challenge_is_sent(rec, SIDE_SERVER));
	assert_int_equal(settings_put(&rec->run.features, "challenge_without_limit", "unknown"), 0);
	assert_false(model_challenge_is_sent(rec, SIDE_SERVER));
	record_free(rec);
}

/* What was found by trying counts more than the release: distributions take changes back. */
static void a_challenge_by_trial(void **state)
{
	struct record *rec = quiet_record();

	(void)state;
	snprintf(rec->run.kernel, sizeof(rec->run.kernel), "6.1.0-56-cloud-amd64");
	sysctl_is(rec, SIDE_SERVER, "net.ipv4.tcp_challenge_ack_limit", 0);
	assert_int_equal(settings_put(&rec->run.features, "challenge_without_limit", "sent"), 0);
	assert_true(model_challenge_is_sent(rec, SIDE_SERVER));
	snprintf(rec->run.kernel, sizeof(rec->run.kernel), "6.2.0");
	assert_int_equal(settings_put(&rec->run.features, "challenge_without_limit", "withheld"),
	                 0);
	assert_false(model_challenge_is_sent(rec, SIDE_SERVER));
	sysctl_is(rec, SIDE_SERVER, "net.ipv4.tcp_challenge_ack_limit", 1);
	assert_true(model_challenge_is_sent(rec, SIDE_SERVER));
	record_free(rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_synack_is_resent),
		cmocka_unit_test(a_hurried_syn_is_resent_soon),
		cmocka_unit_test(deferral_is_silent_until_its_last),
		cmocka_unit_test(a_closed_window_is_probed),
		cmocka_unit_test(orphans_probe_for_a_while),
		cmocka_unit_test(not_each_probe_is_answered),
		cmocka_unit_test(an_owner_is_given_up_too),
		cmocka_unit_test(user_timeout_ends_probing),
		cmocka_unit_test(keepalive_by_its_own_options),
		cmocka_unit_test(keepalive_probes_of_any_number),
		cmocka_unit_test(acks_are_put_off),
		cmocka_unit_test(a_time_wait_sock_is_reached),
		cmocka_unit_test(no_challenge_without_a_limit),
		cmocka_unit_test(a_challenge_by_trial),
	};

	return cmocka_run_group_tests_name("model_timers", tests, NULL, NULL);
}
