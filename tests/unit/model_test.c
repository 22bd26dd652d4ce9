// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The model against numbers that were not made by it: sums made by hand (in the comments).
 */
#include "wheel.h"

#include <string.h>

static void syn_sysctls(struct record *rec, int64_t retries, int64_t linear)
{
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_syn_retries", retries);
	if (linear >= 0)
		sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_syn_linear_timeouts", linear);
}

/*
 * Seconds at which SYNs leave, then when it is given up. A timer runs 1 s. It doubles
 * with every timeout, with tcp_syn_linear_timeouts 4 only from the fifth on. Given
 * up is at the first timeout at which tcp_syn_retries + linear SYNs were resent, or at
 * which (2^(retries + 1) - 1) s have passed and one was resent.
 */
struct syn_row {
	int64_t retries, linear;
	unsigned int sends;
	int64_t at_s[16], give_up_s;
};

static const struct syn_row syn_rows[] = {
	/* linear 0: at 2^k - 1 */
	{1, 0, 2, {0, 1}, 3},
	{2, 0, 3, {0, 1, 3}, 7},
	{3, 0, 4, {0, 1, 3, 7}, 15},
	{4, 0, 5, {0, 1, 3, 7, 15}, 31},
	{5, 0, 6, {0, 1, 3, 7, 15, 31}, 63},
	{6, 0, 7, {0, 1, 3, 7, 15, 31, 63}, 127},
	/* 63 + 64 = 127; the seventh timer would be 128 s, but TCP_RTO_MAX is 120 s: 247 */
	{7, 0, 8, {0, 1, 3, 7, 15, 31, 63, 127}, 247},
	/* no such sysctl: none are linear */
	{3, -1, 4, {0, 1, 3, 7}, 15},
	/* linear 4: 1, 2, 3, 4, 5 by timers of 1 s, then 2, 4, 8, ... */
	{1, 4, 3, {0, 1, 2}, 3}, /* bound 3 s, before the 5 resends that are allowed */
	{2, 4, 6, {0, 1, 2, 3, 4, 5}, 7}, /* bound 7 s, with 5 of 6 resent */
	{3, 4, 8, {0, 1, 2, 3, 4, 5, 7, 11}, 19}, /* 7 of 7 resent at 19; the bound was 15 */
	{4, 4, 9, {0, 1, 2, 3, 4, 5, 7, 11, 19}, 35}, /* 8 of 8 at 35; 31 */
	{5, 4, 10, {0, 1, 2, 3, 4, 5, 7, 11, 19, 35}, 67}, /* 9 of 9 at 67; 63 */
	{6, 4, 11, {0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67}, 131}, /* 10 of 10 at 131; 127 */
};

static void syn_row_check(const struct syn_row *row, int hz)
{
	struct record *rec = record_at(hz);
	struct schedule schedule;
	int64_t late_ns = 0;

	syn_sysctls(rec, row->retries, row->linear);
	assert_true(model_syn(rec, SIDE_CLIENT, &schedule));
	assert_int_equal(schedule.sends_lo, row->sends);
	assert_int_equal(schedule.sends_hi, row->sends);
	for (unsigned int i = 0; i < row->sends; i++) {
		int64_t next_s = i + 1 < row->sends ? row->at_s[i + 1] : row->give_up_s;

		assert_int_equal(schedule.at[i].lo_ns, row->at_s[i] * NS_PER_S);
		assert_int_equal(schedule.at[i].hi_ns, late_ns);
		late_ns += wheel_latest_ns(hz, (next_s - row->at_s[i]) * 1000);
	}
	assert_int_equal(schedule.give_up.lo_ns, row->give_up_s * NS_PER_S);
	assert_int_equal(schedule.give_up.hi_ns, late_ns);
	record_free(rec);
}

static void test_syn(void **state)
{
	(void)state;
	for (size_t h = 0; h < HZ_COUNT; h++)
		for (size_t i = 0; i < sizeof(syn_rows) / sizeof(syn_rows[0]); i++)
			syn_row_check(&syn_rows[i], all_hz[h]);
}

static void test_syn_needs(void **state)
{
	struct record *rec = record_at(250);
	struct schedule schedule;

	(void)state;
	assert_false(model_syn(rec, SIDE_CLIENT, &schedule)); /* no sysctl */
	syn_sysctls(rec, 2, 0);
	assert_true(model_syn(rec, SIDE_CLIENT, &schedule));
	assert_false(model_syn(rec, SIDE_SERVER, &schedule)); /* not this host's */
	rec->run.hz = 0;
	assert_false(model_syn(rec, SIDE_CLIENT, &schedule));
	record_free(rec);
}

/* tcp_rto_max_ms, where the kernel has it, caps the back-off: 1 2 3 5 7 and not 1 3 7 15 31. */
static void test_syn_rto_max(void **state)
{
	static const int64_t at_s[] = {0, 1, 3, 5, 7};
	struct record *rec = record_at(1000);
	struct schedule schedule;

	(void)state;
	syn_sysctls(rec, 4, 0);
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_rto_max_ms", 2000);
	assert_true(model_syn(rec, SIDE_CLIENT, &schedule));
	/* thresh ilog2(2000 / 1000) = 1: (2^2 - 1) + (4 - 1) * 2 = 9 s, and 4 of 4 at 9 */
	assert_int_equal(schedule.sends_lo, 5);
	assert_int_equal(schedule.sends_hi, 5);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(schedule.at[i].lo_ns, at_s[i] * NS_PER_S);
	assert_int_equal(schedule.give_up.lo_ns, 9 * NS_PER_S);
	record_free(rec);
}

/* The FIN's sender when it sent it: an RTT of 0.25 ms. */
static bool orphan_is(const struct record *rec, enum side side, int64_t rto_us,
                      struct schedule *schedule)
{
	const struct sample at_send = {.rto_us = (uint32_t)rto_us, .rtt_us = 250};

	return model_orphan(rec, side, &at_send, schedule);
}

static struct record *orphan_record(int64_t retries, int64_t early_retrans, int64_t sack)
{
	struct record *rec = record_at(1000);

	for (int side = 0; side < SIDE_COUNT; side++) {
		sysctl_is(rec, (enum side)side, "net.ipv4.tcp_orphan_retries", retries);
		sysctl_is(rec, (enum side)side, "net.ipv4.tcp_early_retrans", early_retrans);
		sysctl_is(rec, (enum side)side, "net.ipv4.tcp_sack", sack);
	}
	return rec;
}

/*
 * HZ 1000, no loss probe. Timeouts are R, 2R, 4R, ... apart: the n-th is at (2^n - 1) R,
 * and (2^n - 2) R after the first, which is where retransmits_timed_out() counts from. It
 * gives up at the first of them for which that is at least B = (2^(retries + 1) - 1)
 * 200 ms. Every timeout before that resent the FIN.
 *   retries 1: B 600; 2: 1400; 3: 3000; 5: 12600; 8, and 0 which means 8: 102200
 *
 * Early, that is the rule in itself. Late, each timer takes its level's granularity and
 * 10 ms more: below 63 ms 1, 504: 8, 4032: 64, 32256: 512, 258048: 4096.
 *
 * R 201 early: n-th at 201 603 1407 3015 6231 12663 25527 51255 102711,
 *   after the first: - 402 1206 2814 6030 12462 25326 51054 102510
 *   late, timers of 219 420 878 1682 3290 6954 13386 26250 55562: n-th at
 *   219 639 1517 3199 6489 13443 26829 53079 108641, after the first:
 *   - 420 1298 2980 6270 13224 26610 52860 108422
 * R 204 early: n-th at 204 612 1428 3060 6324 12852 25908 52020 104244,
 *   after the first: - 408 1224 2856 6120 12648 25704 51816 104040
 *   late, timers of 222 426 890 1706 3338 7050 13578 26634 56330: n-th at
 *   222 648 1538 3244 6582 13632 27210 53844 110174, after the first:
 *   - 426 1316 3022 6360 13410 26988 53622 109952
 *
 * Where only late timers reach B, both is possible. It gives up no sooner than B, less 1 ms
 * for stamps that are cut to milliseconds, after the first; and if it goes on, it was at
 * most B after the first:
 *   201, retries 5: 6th from 12663 + (12599 - 12462) = 12800 on; else it was at most at
 *   13443 - (13224 - 12600) = 12819, and the 7th is at most at 12819 + 13386 = 26205
 *   204, retries 3: 4th from 3060 + (2999 - 2856) = 3203 on; else it was at most at
 *   3244 - (3022 - 3000) = 3222, and the 5th is at most at 3222 + 3338 = 6560
 */
struct orphan_row {
	int64_t retries, rto_ms;
	unsigned int sends_lo, sends_hi;
	int64_t give_up_lo_ms, give_up_hi_ms;
};

static const struct orphan_row orphan_rows[] = {
	{1, 201, 3, 3, 1407, 1517}, /* 3rd: 1206, 1298 >= 600 */
	{2, 201, 4, 4, 3015, 3199}, /* 4th: 2814, 2980 >= 1400 */
	{3, 201, 5, 5, 6231, 6489}, /* 4th: 2980 < 3000 even when late; 5th */
	{5, 201, 6, 7, 12800, 26205}, /* 6th: 12462 < 12600 <= 13224; else 7th */
	{8, 201, 9, 9, 102711, 108641}, /* 9th: 102510 >= 102200; 8th: 52860 < */
	{0, 201, 9, 9, 102711, 108641}, {1, 204, 3, 3, 1428, 1538},     {2, 204, 4, 4, 3060, 3244},
	{3, 204, 4, 5, 3203, 6560}, /* 4th: 2856 < 3000 <= 3022; else 5th */
	{5, 204, 6, 6, 12852, 13632}, /* 6th: 12648 >= 12600 */
	{8, 204, 9, 9, 104244, 110174}, {0, 204, 9, 9, 104244, 110174},
};

static void orphan_row_check(const struct orphan_row *row, bool probe)
{
	/* 2 * 0.25 ms + 200 ms is before either RTO: 201 ticks, late 201 + 8 + 10 */
	int64_t probe_lo_ms = probe ? 201 : 0, probe_hi_ms = probe ? 219 : 0;
	struct record *rec = orphan_record(row->retries, probe ? 3 : 0, 1);
	struct schedule schedule;

	assert_true(orphan_is(rec, SIDE_SERVER, row->rto_ms * 1000, &schedule));
	assert_int_equal(schedule.probes, probe);
	assert_int_equal(schedule.sends_lo, row->sends_lo + probe);
	assert_int_equal(schedule.sends_hi, row->sends_hi + probe);
	assert_int_equal(schedule.give_up.lo_ns, (row->give_up_lo_ms + probe_lo_ms) * NS_PER_MS);
	assert_int_equal(schedule.give_up.hi_ns, (row->give_up_hi_ms + probe_hi_ms) * NS_PER_MS);
	record_free(rec);
}

static void test_orphan(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(orphan_rows) / sizeof(orphan_rows[0]); i++) {
		orphan_row_check(&orphan_rows[i], false);
		orphan_row_check(&orphan_rows[i], true);
	}
}

/* When each FIN leaves: a probe at 201, then R after it 2R, 4R. */
static void test_orphan_at(void **state)
{
	static const int64_t lo_ms[] = {0, 201, 402, 804, 1608};
	struct record *rec = orphan_record(2, 3, 1);
	struct schedule schedule;

	(void)state;
	assert_true(orphan_is(rec, SIDE_SERVER, 201000, &schedule));
	assert_int_equal(schedule.sends_lo, 5);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(schedule.at[i].lo_ns, lo_ms[i] * NS_PER_MS);
	/* 219, then 219, 420, 878 on top */
	assert_int_equal(schedule.at[4].hi_ns, (219 + 219 + 420 + 878) * NS_PER_MS);
	record_free(rec);
}

/* Where a loss probe is sent: SACK at both ends, tcp_early_retrans 3 or 4. */
static void test_orphan_probe(void **state)
{
	struct schedule schedule;

	(void)state;
	for (int early = 0; early <= 4; early++)
		for (int sack = 0; sack <= 1; sack++) {
			struct record *rec = orphan_record(1, early, sack);

			assert_true(orphan_is(rec, SIDE_SERVER, 201000, &schedule));
			assert_int_equal(schedule.probes, sack && early >= 3);
			sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_sack", 0);
			assert_true(orphan_is(rec, SIDE_SERVER, 201000, &schedule));
			assert_int_equal(schedule.probes, 0);
			record_free(rec);
		}
}

static void test_orphan_needs(void **state)
{
	struct record *rec = orphan_record(3, 3, 1);
	struct schedule schedule;

	(void)state;
	assert_false(orphan_is(rec, SIDE_SERVER, 0, &schedule));
	settings_clear(&rec->sysctls[SIDE_SERVER]);
	assert_false(orphan_is(rec, SIDE_SERVER, 201000, &schedule));
	record_free(rec);
}

/* Data from a socket with an owner: the same bound from tcp_retries2, and 0 is 0. */
static void test_retries2(void **state)
{
	const struct sample at_send = {.rto_us = 201000, .rtt_us = 250};
	struct record *rec = orphan_record(1, 0, 1);
	struct schedule schedule;

	(void)state;
	assert_false(model_retries2(rec, SIDE_SERVER, &at_send, &schedule));
	sysctl_is(rec, SIDE_SERVER, "net.ipv4.tcp_retries2", 3);
	assert_true(model_retries2(rec, SIDE_SERVER, &at_send, &schedule));
	assert_int_equal(schedule.sends_lo, 5);
	assert_int_equal(schedule.sends_hi, 5);
	assert_int_equal(schedule.give_up.lo_ns, 6231 * NS_PER_MS);
	/* bound 200 ms: the second timeout, 402 ms after the first */
	sysctl_is(rec, SIDE_SERVER, "net.ipv4.tcp_retries2", 0);
	assert_true(model_retries2(rec, SIDE_SERVER, &at_send, &schedule));
	assert_int_equal(schedule.sends_lo, 2);
	assert_int_equal(schedule.sends_hi, 2);
	assert_int_equal(schedule.give_up.lo_ns, 603 * NS_PER_MS);
	record_free(rec);
}

/* Probes at 10, 12 and 14 s; when the next would be due, three had no answer: 16 s. */
static void test_keepalive(void **state)
{
	struct record *rec = record_at(1000);
	struct schedule schedule;

	(void)state;
	assert_false(model_keepalive(rec, SIDE_CLIENT, &schedule));
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_keepalive_time", 10);
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_keepalive_intvl", 2);
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_keepalive_probes", 3);
	assert_true(model_keepalive(rec, SIDE_CLIENT, &schedule));
	assert_int_equal(schedule.sends_lo, 3);
	assert_int_equal(schedule.sends_hi, 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(schedule.at[i].lo_ns, (10 + 2 * i) * NS_PER_S);
	assert_int_equal(schedule.give_up.lo_ns, 16 * NS_PER_S);
	record_free(rec);
}

/*
 * FIN_WAIT2 of an orphan: up to 60 s one time-wait sock of that length; above, a
 * keepalive timer for what is over 60 s, then a time-wait sock for the same again.
 */
static void test_finwait2(void **state)
{
	static const struct {
		int64_t timeout_s, first_ms, second_ms;
	} rows[] = {{1, 1000, 0},        {5, 5000, 0},         {60, 60000, 0},
	            {61, 1000, 1000},    {62, 2000, 2000},     {75, 15000, 15000},
	            {120, 60000, 60000}, {180, 120000, 120000}};

	(void)state;
	for (size_t h = 0; h < HZ_COUNT; h++)
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			struct record *rec = record_at(all_hz[h]);
			struct span stay;
			int64_t hi_ns = wheel_latest_ns(all_hz[h], rows[i].first_ms);

			if (rows[i].second_ms)
				hi_ns += wheel_latest_ns(all_hz[h], rows[i].second_ms);
			sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_fin_timeout", rows[i].timeout_s);
			assert_true(model_finwait2(rec, SIDE_CLIENT, 204000, &stay));
			assert_int_equal(stay.lo_ns,
			                 (rows[i].first_ms + rows[i].second_ms) * NS_PER_MS);
			assert_int_equal(stay.hi_ns, hi_ns);
			record_free(rec);
		}
}

/* Never below 3.5 RTO: tcp_fin_time() and tcp_time_wait(). */
static void test_finwait2_floor(void **state)
{
	struct record *rec = record_at(1000);
	struct span stay;

	(void)state;
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_fin_timeout", 1);
	assert_true(model_finwait2(rec, SIDE_CLIENT, 400000, &stay));
	assert_int_equal(stay.lo_ns, 1400 * NS_PER_MS);
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_fin_timeout", 61);
	assert_true(model_finwait2(rec, SIDE_CLIENT, 400000, &stay));
	/* keepalive 1000, then 1000 as 1400 */
	assert_int_equal(stay.lo_ns, 2400 * NS_PER_MS);
	assert_false(model_finwait2(rec, SIDE_SERVER, 400000, &stay));
	assert_false(model_finwait2(rec, SIDE_CLIENT, 0, &stay));
	record_free(rec);
}

/*
 * 5,000,000 s at 250 Hz do not fit the wheel: the keepalive timer and the time-wait sock
 * both end after WHEEL_TIMEOUT_MAX, 62 * 2^24 ticks, rounded by the last level's 2^24.
 */
static void test_finwait2_beyond_the_wheel(void **state)
{
	struct record *rec = record_at(250);
	struct span stay;

	(void)state;
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_fin_timeout", 5000000);
	assert_true(model_finwait2(rec, SIDE_CLIENT, 204000, &stay));
	assert_int_equal(stay.lo_ns, 2 * (62LL << 24) * 4 * NS_PER_MS);
	assert_int_equal(stay.hi_ns, 2 * ((63LL << 24) * 4 + 10) * NS_PER_MS);
	record_free(rec);
}

/* It is not known whether the RTO is 200 or 800 ms. */
static void test_finwait2_between(void **state)
{
	const struct rto rto = {.timeout = {.lo_ns = 200 * NS_PER_MS, .hi_ns = 800 * NS_PER_MS}};
	struct record *rec = record_at(1000);
	struct span stay;

	(void)state;
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_fin_timeout", 1);
	assert_true(model_finwait2_between(rec, SIDE_CLIENT, 0, &rto, &stay));
	assert_int_equal(stay.lo_ns, 1000 * NS_PER_MS);
	assert_int_equal(stay.hi_ns, wheel_latest_ns(1000, 2800));
	record_free(rec);
}

/* TCP_LINGER2 takes the place of tcp_fin_timeout, up to 120 s; below 0 nothing is waited for. */
static void test_finwait2_linger2(void **state)
{
	static const struct {
		int64_t linger2_s, lo_ms;
	} rows[] = {{0, 2000},   {1, 1000},     {60, 60000},   {61, 2000},
	            {90, 60000}, {119, 118000}, {120, 120000}, {121, 120000}};
	struct record *rec = record_at(1000);
	struct span stay;

	(void)state;
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_fin_timeout", 2);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(model_finwait2_of(rec, SIDE_CLIENT, rows[i].linger2_s, 204000, &stay));
		assert_int_equal(stay.lo_ns, rows[i].lo_ms * NS_PER_MS);
	}
	assert_true(model_finwait2_of(rec, SIDE_CLIENT, -1, 204000, &stay));
	assert_int_equal(stay.lo_ns, 0);
	assert_int_equal(stay.hi_ns, rec->slack_ms * NS_PER_MS);
	/* its own time is enough where the record has no sysctl */
	assert_true(model_finwait2_of(rec, SIDE_SERVER, 1, 204000, &stay));
	assert_false(model_finwait2_of(rec, SIDE_SERVER, 0, 204000, &stay));
	record_free(rec);
}

/* inet_twsk_alloc() refuses: what a time-wait sock would have taken is nothing. */
static void test_an_orphan_in_finwait2(void **state)
{
	struct record *rec = record_at(1000);

	(void)state;
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_fin_timeout", 60);
	assert_int_equal(model_finwait2_object(rec, SIDE_CLIENT), OBJECT_TIME_WAIT);
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_fin_timeout", 61);
	assert_int_equal(model_finwait2_object(rec, SIDE_CLIENT), OBJECT_FULL);
	record_free(rec);
}

static void test_no_timewait_buckets(void **state)
{
	struct record *rec = record_at(1000);
	struct span stay;

	(void)state;
	assert_true(model_timewait_is_kept(rec, SIDE_CLIENT));
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_max_tw_buckets", 0);
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_fin_timeout", 2);
	assert_false(model_timewait_is_kept(rec, SIDE_CLIENT));
	assert_int_equal(model_timewait(rec, SIDE_CLIENT).hi_ns, rec->slack_ms * NS_PER_MS);
	assert_int_equal(model_timewait_state(rec, SIDE_CLIENT), STATE_GONE);
	assert_int_equal(model_finwait2_state(rec, SIDE_CLIENT), STATE_GONE);
	assert_true(model_finwait2(rec, SIDE_CLIENT, 204000, &stay));
	assert_int_equal(stay.lo_ns, 0);
	assert_int_equal(stay.hi_ns, rec->slack_ms * NS_PER_MS);
	/* above 60 s the keepalive timer comes first, on the full socket */
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_fin_timeout", 62);
	assert_true(model_finwait2(rec, SIDE_CLIENT, 204000, &stay));
	assert_int_equal(model_finwait2_state(rec, SIDE_CLIENT), STATE_FIN_WAIT2);
	assert_int_equal(stay.lo_ns, 2 * NS_PER_S);
	assert_int_equal(stay.hi_ns, wheel_latest_ns(1000, 2000) + rec->slack_ms * NS_PER_MS);
	record_free(rec);
}

static void test_timewait(void **state)
{
	(void)state;
	for (size_t h = 0; h < HZ_COUNT; h++) {
		struct record *rec = record_at(all_hz[h]);
		struct span stay = model_timewait(rec, SIDE_CLIENT);

		assert_int_equal(stay.lo_ns, 60 * NS_PER_S);
		assert_int_equal(stay.hi_ns, wheel_latest_ns(all_hz[h], 60000));
		record_free(rec);
	}
}

static void test_synack(void **state)
{
	struct record *rec = record_at(250);

	(void)state;
	assert_int_equal(model_synack_in_syn_recv(rec), -1);
	assert_int_equal(settings_put(&rec->run.features, "simultaneous_synack", "accepted"), 0);
	assert_int_equal(model_synack_in_syn_recv(rec), 1);
	assert_int_equal(settings_put(&rec->run.features, "simultaneous_synack", "challenged"), 0);
	assert_int_equal(model_synack_in_syn_recv(rec), 0);
	assert_int_equal(settings_put(&rec->run.features, "simultaneous_synack", "unknown"), 0);
	assert_int_equal(model_synack_in_syn_recv(rec), -1);
	settings_clear(&rec->run.features);
	record_free(rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_syn),
		cmocka_unit_test(test_syn_needs),
		cmocka_unit_test(test_syn_rto_max),
		cmocka_unit_test(test_orphan),
		cmocka_unit_test(test_orphan_at),
		cmocka_unit_test(test_orphan_probe),
		cmocka_unit_test(test_orphan_needs),
		cmocka_unit_test(test_retries2),
		cmocka_unit_test(test_keepalive),
		cmocka_unit_test(test_finwait2),
		cmocka_unit_test(test_finwait2_floor),
		cmocka_unit_test(test_finwait2_linger2),
		cmocka_unit_test(test_finwait2_beyond_the_wheel),
		cmocka_unit_test(test_finwait2_between),
		cmocka_unit_test(test_an_orphan_in_finwait2),
		cmocka_unit_test(test_no_timewait_buckets),
		cmocka_unit_test(test_timewait),
		cmocka_unit_test(test_synack),
	};

	return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
