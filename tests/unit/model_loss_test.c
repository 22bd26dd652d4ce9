// SPDX-License-Identifier: GPL-2.0-or-later
/* What changes how an unacknowledged segment is sent again, against sums made by hand. */
#include "wheel.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* An RTT of 0.25 ms, HZ 1000: a timer of 201 ms takes 219 at most, 402: 420, 804: 878, 1608: 1682. */
static const struct sample at_send = {.rto_us = 201000, .rtt_us = 250};

static struct record *loss_record(void)
{
	struct record *rec = record_at(1000);

	for (int side = 0; side < SIDE_COUNT; side++) {
		sysctl_is(rec, (enum side)side, "net.ipv4.tcp_sack", 1);
		sysctl_is(rec, (enum side)side, "net.ipv4.tcp_early_retrans", 0);
		sysctl_is(rec, (enum side)side, "net.ipv4.tcp_orphan_retries", 0);
		sysctl_is(rec, (enum side)side, "net.ipv4.tcp_retries2", 3);
	}
	return rec;
}

static void schedule_is(const struct schedule *schedule, unsigned int sends, int64_t lo_ms,
                        int64_t hi_ms)
{
	assert_int_equal(schedule->sends_lo, sends);
	assert_int_equal(schedule->sends_hi, sends);
	assert_int_equal(schedule->give_up.lo_ns, lo_ms * NS_PER_MS);
	assert_int_equal(schedule->give_up.hi_ns, hi_ms * NS_PER_MS);
}

/*
 * Seven timers of 201 ms, the first and those after the first six timeouts, then 402, 804
 * and 1608. The bound is 3000 ms after the first timeout: the ninth is 2412 to 2612 after
 * it, the tenth 4020 and gives up, at 7 * 201 + 2814 = 4221 to 7 * 219 + 2980 = 4513.
 */
static void thin_streams_back_off_late(void **state)
{
	struct record *rec = loss_record();
	struct schedule schedule;

	(void)state;
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_thin_linear_timeouts", 1);
	assert_true(model_retries2(rec, SIDE_CLIENT, &at_send, &schedule));
	schedule_is(&schedule, 10, 4221, 4513);
	assert_int_equal(settings_put(&rec->sysctls[SIDE_CLIENT], "net.ipv4.tcp_congestion_control",
	                              "cubic"),
	                 0);
	assert_true(model_retries2(rec, SIDE_CLIENT, &at_send, &schedule));
	schedule_is(&schedule, 10, 4221, 4513);
	record_free(rec);
}

/* Not: with BBR, which knows no ssthresh; a FIN, which leaves ESTABLISHED; four segments. */
static void not_all_streams_are_thin(void **state)
{
	const struct loss four = {.at_send = &at_send, .established = true, .segments = 4};
	struct record *rec = loss_record();
	struct schedule schedule;

	(void)state;
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_thin_linear_timeouts", 1);
	assert_true(model_loss(rec, SIDE_CLIENT, &four, &schedule));
	schedule_is(&schedule, 5, 6231, 6489);
	assert_int_equal(
		settings_put(&rec->sysctls[SIDE_CLIENT], "net.ipv4.tcp_congestion_control", "bbr"),
		0);
	assert_true(model_retries2(rec, SIDE_CLIENT, &at_send, &schedule));
	schedule_is(&schedule, 5, 6231, 6489);
	settings_drop(&rec->sysctls[SIDE_CLIENT], "net.ipv4.tcp_congestion_control");
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_orphan_retries", 3);
	assert_true(model_orphan(rec, SIDE_CLIENT, &at_send, &schedule));
	schedule_is(&schedule, 5, 6231, 6489);
	record_free(rec);
}

/*
 * TCP_USER_TIMEOUT 2000 from the first timeout on, at 201 to 219: timers of 402 and 804,
 * then what is left, 794 to 702, which the wheel rounds by 64: at most 1206 + 794 + 74 =
 * 2074 after the first timeout.
 */
static void user_timeout_cuts_the_last_timer(void **state)
{
	const struct loss loss = {.at_send = &at_send, .user_timeout_ms = 2000};
	struct record *rec = loss_record();
	struct schedule schedule;

	(void)state;
	assert_true(model_loss(rec, SIDE_CLIENT, &loss, &schedule));
	schedule_is(&schedule, 4, 2201, 2293);
	assert_int_equal(schedule.last.lo_ns, 702 * NS_PER_MS);
	assert_int_equal(schedule.last.hi_ns, (794 + 64 + 10) * NS_PER_MS);
	record_free(rec);
}

static void syn_with(struct record *rec, enum side host, uint8_t flags, bool sack, bool timestamps)
{
	const struct endpoint ends[SIDE_COUNT] = {
		{.family = AF_INET, .addr = {10, 0, 0, 1}, .port = 40000},
		{.family = AF_INET, .addr = {10, 0, 0, 2}, .port = 8080},
	};
	struct event event = {
		.kind = EVENT_PACKET,
		.host = host,
		.packet = {.arriving = true,
	                   .packet = {.src = ends[host],
	                              .dst = ends[side_other(host)],
	                              .protocol = IPPROTO_TCP,
	                              .flags = flags,
	                              .sack_ok = sack,
	                              .has_timestamps = timestamps}},
	};

	assert_int_equal(record_add_event(rec, &event), 0);
}

static void syn_leaves(struct record *rec, enum side host, uint8_t flags, bool sack)
{
	syn_with(rec, host, flags, sack, false);
}

/* An option is in force where the SYN and the SYN+ACK both have it. */
static void options_are_what_both_ends_offer(void **state)
{
	const bool offers[][SIDE_COUNT] = {
		{false, false}, {false, true}, {true, false}, {true, true}};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		bool client = offers[i][SIDE_CLIENT], server = offers[i][SIDE_SERVER];
		struct record *rec = loss_record();
		struct negotiated found;

		syn_with(rec, SIDE_CLIENT, TCP_FLAG_SYN, !client, client);
		syn_with(rec, SIDE_SERVER, TCP_FLAG_SYN | TCP_FLAG_ACK, !server, server);
		found = model_negotiated(rec);
		assert_int_equal(found.timestamps, client && server);
		assert_int_equal(found.sack, !client && !server);
		record_free(rec);
	}
}

/* The SYN+ACK of a cookie without timestamps says nothing of SACK: no loss probe. */
static void probes_go_by_what_was_negotiated(void **state)
{
	struct record *rec = loss_record();
	struct schedule schedule;

	(void)state;
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_early_retrans", 3);
	assert_true(model_retries2(rec, SIDE_CLIENT, &at_send, &schedule));
	assert_int_equal(schedule.probes, 1);
	assert_int_equal(schedule.why[1], SEND_LOSS_PROBE);
	syn_leaves(rec, SIDE_CLIENT, TCP_FLAG_SYN, true);
	syn_leaves(rec, SIDE_SERVER, TCP_FLAG_SYN | TCP_FLAG_ACK, false);
	assert_true(model_retries2(rec, SIDE_CLIENT, &at_send, &schedule));
	assert_int_equal(schedule.probes, 0);
	assert_int_equal(schedule.why[1], SEND_RTO);
	/* the next connection has it */
	syn_leaves(rec, SIDE_CLIENT, TCP_FLAG_SYN, true);
	syn_leaves(rec, SIDE_SERVER, TCP_FLAG_SYN | TCP_FLAG_ACK, true);
	assert_true(model_retries2(rec, SIDE_CLIENT, &at_send, &schedule));
	assert_int_equal(schedule.probes, 1);
	record_free(rec);
}

/*
 * With two segments out no time for a delayed ACK is added, but two ticks (one that stands
 * for the RTT before) or 2 ms: 3 ms after HZ 1000's rounding, or 3 ticks of HZ 250.
 */
static void a_probe_of_two_segments_is_soon(void **state)
{
	const struct loss loss = {.at_send = &at_send, .segments = 2};
	struct record *rec = loss_record();
	struct schedule schedule;
	struct span alone;

	(void)state;
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_early_retrans", 3);
	assert_true(model_loss(rec, SIDE_CLIENT, &loss, &schedule));
	assert_int_equal(schedule.at[1].lo_ns, 3 * NS_PER_MS);
	assert_int_equal(schedule.at[1].hi_ns, (3 + 1 + 10) * NS_PER_MS);
	rec->run.hz = 250;
	assert_true(model_loss(rec, SIDE_CLIENT, &loss, &schedule));
	assert_int_equal(schedule.at[1].lo_ns, 4 * NS_PER_MS);
	assert_int_equal(schedule.at[1].hi_ns, (12 + 4 + 10) * NS_PER_MS);
	assert_true(model_loss_probe(rec, SIDE_CLIENT, &loss, &alone)); /* the same on its own */
	assert_int_equal(alone.lo_ns, 4 * NS_PER_MS);
	assert_int_equal(alone.hi_ns, (12 + 4 + 10) * NS_PER_MS);
	record_free(rec);
}

/* After a SYN that went twice there is no RTT: a second, within the RTO of three. */
static void a_probe_without_an_rtt_is_after_a_second(void **state)
{
	static const struct sample no_rtt = {.rto_us = 3000000};
	const struct loss loss = {.at_send = &no_rtt, .segments = 1};
	struct record *rec = loss_record();
	struct span alone;

	(void)state;
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_early_retrans", 3);
	assert_true(model_loss_probe(rec, SIDE_CLIENT, &loss, &alone));
	assert_int_equal(alone.lo_ns, NS_PER_S);
	assert_in_range(alone.hi_ns, NS_PER_S, NS_PER_S + 100 * NS_PER_MS);
	record_free(rec);
}

/*
 * A bound of (2^10 - 1) * 200 ms + (255 - 9) * 120 s = 29,724.6 s after the first timeout.
 * Doubling takes 201 * (2^10 - 2) = 205.422 s up to the tenth timeout; each one after is
 * 120 s later: the 256th is 29,725.422 s after the first.
 */
static void retries_of_eight_bits_fit(void **state)
{
	struct record *rec = loss_record();
	struct schedule schedule;

	(void)state;
	rec->slack_ms = 0;
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_orphan_retries", 255);
	assert_true(model_orphan(rec, SIDE_CLIENT, &at_send, &schedule));
	assert_int_equal(schedule.sends_hi, 256);
	assert_true(schedule.sends_lo > 240);
	assert_int_equal(schedule.at[10].lo_ns, (201 + 205422) * NS_PER_MS);
	assert_int_equal(schedule.after[11].lo_ns, 120 * NS_PER_S);
	record_free(rec);
}

/* As the kernel computes: 32 bits of ticks and of milliseconds, compared as signed. */
static void bounds_overflow_as_the_kernels(void **state)
{
	const int64_t base_ns = 200 * NS_PER_MS, max_ns = 120 * NS_PER_S;

	(void)state;
	assert_int_equal(model_timeout_ns(250, 3, base_ns, max_ns), 3000 * NS_PER_MS);
	assert_int_equal(model_timeout_ns(250, 9, base_ns, max_ns), 204600 * NS_PER_MS);
	assert_int_equal(model_timeout_ns(250, 10, base_ns, max_ns), 324600 * NS_PER_MS);
	/* ilog2(1500 / 200) is 2 */
	assert_int_equal(model_timeout_ns(1000, 4, base_ns, 1500 * NS_PER_MS),
	                 (1400 + 2 * 1500) * NS_PER_MS);
	/* 204.6 s + 17991 * 120 s are more than 2^31 ms: passed before it began */
	assert_true(model_timeout_ns(250, 18000, base_ns, max_ns) < 0);
	assert_true(model_timeout_ns(1000, -1, base_ns, max_ns) < 200 * NS_PER_S);
}

/*
 * tcp_orphan_retries 12 would be minutes. The RTO is 201, 402, 804, then 1000, its maximum: at
 * that time-out the noted error makes the retries none, and more than 200 ms have passed.
 */
static void an_icmp_error_counts_at_the_longest_rto(void **state)
{
	struct loss loss = {.at_send = &at_send, .orphan = true, .soft_error = true};
	struct record *rec = loss_record();
	struct schedule schedule;

	(void)state;
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_orphan_retries", 12);
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_rto_max_ms", 1000);
	assert_true(model_loss(rec, SIDE_CLIENT, &loss, &schedule));
	assert_int_equal(schedule.sends_lo, 4);
	assert_int_equal(schedule.sends_hi, 4);
	assert_int_equal(schedule.give_up.lo_ns, (201 + 402 + 804 + 1000) * NS_PER_MS);
	/* an owner has tcp_retries2, error or not: 3 of them are 1400 + 1000 ms */
	loss.orphan = false;
	assert_true(model_loss(rec, SIDE_CLIENT, &loss, &schedule));
	assert_int_equal(schedule.sends_lo, 5);
	loss = (struct loss){.at_send = &at_send, .orphan = true};
	assert_true(model_loss(rec, SIDE_CLIENT, &loss, &schedule));
	assert_true(schedule.sends_lo > 10);
	record_free(rec);
}

/*
 * RFC 6069: the timer is 201 ms each time, less up to a tick that the error took. 3000 ms
 * after the first time-out it is given up: by the 14th timer of 219, or the 15th of 200.
 */
static void an_unreachable_host_stops_the_doubling(void **state)
{
	const struct loss loss = {.at_send = &at_send, .soft_error = true, .reverts = true};
	struct record *rec = loss_record();
	struct schedule schedule;

	(void)state;
	assert_true(model_loss(rec, SIDE_CLIENT, &loss, &schedule));
	assert_int_equal(schedule.sends_lo, 15);
	assert_int_equal(schedule.sends_hi, 16);
	assert_int_equal(schedule.after[1].lo_ns, 201 * NS_PER_MS);
	for (unsigned int i = 2; i < schedule.sends_hi; i++) {
		assert_int_equal(schedule.after[i].lo_ns, 200 * NS_PER_MS);
		assert_int_equal(schedule.after[i].hi_ns, 219 * NS_PER_MS);
	}
	/* the kernel counts them in eight bits */
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_retries2", 8);
	assert_false(model_loss(rec, SIDE_CLIENT, &loss, &schedule));
	record_free(rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(thin_streams_back_off_late),
		cmocka_unit_test(not_all_streams_are_thin),
		cmocka_unit_test(user_timeout_cuts_the_last_timer),
		cmocka_unit_test(probes_go_by_what_was_negotiated),
		cmocka_unit_test(options_are_what_both_ends_offer),
		cmocka_unit_test(a_probe_of_two_segments_is_soon),
		cmocka_unit_test(a_probe_without_an_rtt_is_after_a_second),
		cmocka_unit_test(retries_of_eight_bits_fit),
		cmocka_unit_test(bounds_overflow_as_the_kernels),
		cmocka_unit_test(an_icmp_error_counts_at_the_longest_rto),
		cmocka_unit_test(an_unreachable_host_stops_the_doubling),
	};

	return cmocka_run_group_tests_name("model_loss", tests, NULL, NULL);
}
