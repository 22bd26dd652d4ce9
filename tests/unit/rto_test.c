// SPDX-License-Identifier: GPL-2.0-or-later
/* The RTO behind an ACK, against the kernel's estimator in miniature. */
#include "../../harness/judge/rto_track.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "wheel.h"

#define HZ 1000
#define RTO_MIN_US 200000

/* ---- net/ipv4/tcp_input.c, tcp_rtt_estimator(), in miniature; all in microseconds ---- */

struct estimator {
	int64_t srtt8, mdev, mdev_max, rttvar;
	bool whole_flight; /* after(tp->snd_una, tp->rtt_seq) */
};

static int64_t most(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void estimator_deviate(struct estimator *e, int64_t m)
{
	if (m < 0) {
		m = -m - (e->mdev >> 2);
		if (m > 0)
			m >>= 3;
	} else {
		m -= e->mdev >> 2;
	}
	e->mdev += m;
	if (e->mdev > e->mdev_max) {
		e->mdev_max = e->mdev;
		e->rttvar = most(e->rttvar, e->mdev_max);
	}
	if (!e->whole_flight)
		return;
	if (e->mdev_max < e->rttvar)
		e->rttvar -= (e->rttvar - e->mdev_max) >> 2;
	e->mdev_max = RTO_MIN_US;
}

static void estimator_measure(struct estimator *e, int64_t rtt_us)
{
	if (e->srtt8) {
		int64_t m = rtt_us - (e->srtt8 >> 3);

		e->srtt8 += m;
		estimator_deviate(e, m);
		return;
	}
	e->srtt8 = rtt_us << 3;
	e->mdev = rtt_us << 1;
	e->mdev_max = e->rttvar = most(e->mdev, RTO_MIN_US);
}

/* icsk_rto, in whole ticks of a millisecond */
static int64_t estimator_rto_us(const struct estimator *e)
{
	return ((e->srtt8 >> 3) + e->rttvar + 999) / 1000 * 1000;
}

static struct sample estimator_sample(const struct estimator *e)
{
	return (struct sample){.state = STATE_FIN_WAIT1,
	                       .object = OBJECT_FULL,
	                       .unacked = 1,
	                       .rto_us = (uint32_t)estimator_rto_us(e),
	                       .rtt_us = (uint32_t)(e->srtt8 >> 3)};
}

/* ---- */

static void assert_holds(const struct rto *rto, const struct estimator *e)
{
	int64_t ns = ((e->srtt8 >> 3) + e->rttvar) * 1000;

	assert_in_range(ns, rto->timeout.lo_ns - 1000, rto->timeout.hi_ns + 1000);
}

/* Whatever round trips came before, the next RTO lies in the range that a reading leaves. */
static void test_the_estimator_stays_inside(void **state)
{
	struct record *rec = record_at(HZ);

	(void)state;
	srandom(1);
	for (int walk = 0; walk < 2000; walk++) {
		struct estimator e = {0};

		for (int i = 0; i < 12; i++) {
			int64_t rtt_us = 1 + random() % (random() % 4 ? 2000 : 900000);
			const struct span rtt = {rtt_us * 1000, rtt_us * 1000, 0};
			const struct sample sample = estimator_sample(&e);
			struct rto rto = model_rto(rec, SIDE_CLIENT, &sample);

			e.whole_flight = random() % 2;
			estimator_measure(&e, rtt_us);
			model_rto_measure(rec, SIDE_CLIENT, &rto, &rtt);
			assert_holds(&rto, &e);
		}
	}
	record_free(rec);
}

/*
 * 450 ms: the RTO is 450 + 2 * 450. A round trip of 100 ms more: the smoothed one is 450 - 350 / 8
 * = 406.25; the variance is at most 900 - 900 / 32 + 350 / 8 = 915.6, and if the deviation was
 * less, 900 - (900 - 200) / 4 = 725 or, for the tick that the RTO is rounded to, 724.25.
 */
static void test_one_round_trip(void **state)
{
	const struct sample sample = {.rto_us = 1350000, .rtt_us = 450000};
	const struct span rtt = {100 * NS_PER_MS, 100 * NS_PER_MS, 0};
	struct record *rec = record_at(HZ);
	struct rto rto = model_rto(rec, SIDE_CLIENT, &sample);

	(void)state;
	assert_int_equal(rto.timeout.lo_ns, 1350 * NS_PER_MS);
	assert_int_equal(rto.timeout.hi_ns, 1350 * NS_PER_MS);
	model_rto_measure(rec, SIDE_CLIENT, &rto, &rtt);
	assert_in_range(rto.timeout.lo_ns, 1130490000, 1130510000);
	assert_in_range(rto.timeout.hi_ns, 1321870000, 1321890000);
	record_free(rec);
}

static const struct sample initial = {.rto_us = 1000000}; /* TCP_TIMEOUT_INIT */

/* The first: 10 and twice that, but no less than 200. */
static void test_the_first_round_trip(void **state)
{
	const struct span rtt = {10 * NS_PER_MS, 150 * NS_PER_MS, 0};
	struct record *rec = record_at(HZ);
	struct rto rto = model_rto(rec, SIDE_CLIENT, &initial);

	(void)state;
	model_rto_measure(rec, SIDE_CLIENT, &rto, &rtt);
	assert_int_equal(rto.timeout.lo_ns, 210 * NS_PER_MS);
	assert_int_equal(rto.timeout.hi_ns, 450 * NS_PER_MS);
	/* tcp_rto_min_us, in whole ticks; never above tcp_rto_max_ms */
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_rto_min_us", 30500);
	sysctl_is(rec, SIDE_CLIENT, "net.ipv4.tcp_rto_max_ms", 400);
	rto = model_rto(rec, SIDE_CLIENT, &initial);
	model_rto_measure(rec, SIDE_CLIENT, &rto, &rtt);
	assert_int_equal(rto.timeout.lo_ns, 41 * NS_PER_MS);
	assert_int_equal(rto.timeout.hi_ns, 400 * NS_PER_MS);
	record_free(rec);
}

/* ---- from one reading to the next */

#define FIN_SEQ 1000

static void read_at(struct record *rec, int64_t ms, struct sample sample)
{
	struct event event = {.t_ns = ms * NS_PER_MS,
	                      .kind = EVENT_SAMPLE,
	                      .host = SIDE_CLIENT,
	                      .sock = "c1",
	                      .sample = sample};

	assert_int_equal(record_add_event(rec, &event), 0);
}

static void segment_at(struct record *rec, int64_t ms, bool leaves, uint16_t flags, uint32_t number)
{
	struct event event = {.t_ns = ms * NS_PER_MS,
	                      .kind = EVENT_PACKET,
	                      .host = SIDE_CLIENT,
	                      .sock = "c1",
	                      .packet = {.packet = {.protocol = IPPROTO_TCP, .flags = flags},
	                                 .arriving = leaves}};

	*(leaves ? &event.packet.packet.seq : &event.packet.packet.ack) = number;
	assert_int_equal(record_add_event(rec, &event), 0);
}

/* A reading of 450 ms, then the FIN at 1 s. */
static struct record *fin_record(void)
{
	struct record *rec = record_at(HZ);

	rec->slack_ms = 0;
	read_at(rec, 1001,
	        (struct sample){.state = STATE_FIN_WAIT1,
	                        .unacked = 1,
	                        .rto_us = 1350000,
	                        .rtt_us = 450000});
	segment_at(rec, 1000, true, TCP_FLAG_FIN | TCP_FLAG_ACK, FIN_SEQ);
	return rec;
}

/* What the last reading tells is not the RTO in force: the FIN's ACK came behind it. */
static void test_the_ack_of_the_fin_counts(void **state)
{
	struct record *rec = fin_record();
	struct rto rto;

	(void)state;
	assert_true(rto_find(rec, SIDE_CLIENT, "c1", &rto));
	assert_int_equal(rto.timeout.lo_ns, 1350 * NS_PER_MS);
	segment_at(rec, 1100, false, TCP_FLAG_ACK, FIN_SEQ + 1);
	/* of before the ACK, stamped behind it */
	read_at(rec, 1101,
	        (struct sample){.state = STATE_FIN_WAIT1,
	                        .unacked = 1,
	                        .rto_us = 1350000,
	                        .rtt_us = 450000});
	segment_at(rec, 1102, false, TCP_FLAG_ACK, FIN_SEQ + 1);
	assert_true(rto_find(rec, SIDE_CLIENT, "c1", &rto));
	assert_in_range(rto.timeout.lo_ns, 1130490000, 1130510000);
	assert_in_range(rto.timeout.hi_ns, 1321870000, 1321890000);
	assert_false(rto_find(rec, SIDE_CLIENT, "c2", &rto));
	assert_false(rto_find(rec, SIDE_SERVER, "c1", &rto));
	record_free(rec);
}

/* A full socket in FIN_WAIT2 tells it; the segments reach the record behind the readings. */
static void test_a_reading_in_fin_wait2_is_exact(void **state)
{
	struct record *rec = fin_record();
	struct rto rto;

	(void)state;
	read_at(rec, 1101,
	        (struct sample){.state = STATE_FIN_WAIT2, .rto_us = 1322000, .rtt_us = 406250});
	segment_at(rec, 1100, false, TCP_FLAG_ACK, FIN_SEQ + 1);
	read_at(rec, 1200, (struct sample){.state = STATE_FIN_WAIT2, .object = OBJECT_TIME_WAIT});
	assert_true(rto_find(rec, SIDE_CLIENT, "c1", &rto));
	assert_int_equal(rto.timeout.lo_ns, 1322 * NS_PER_MS);
	assert_int_equal(rto.timeout.hi_ns, 1322 * NS_PER_MS);
	record_free(rec);
}

/*
 * Sent again, which of the two was acknowledged is in a timestamp, if anywhere: the reading stays
 * possible, and so does a round trip from either.
 */
static void test_a_fin_that_was_sent_again(void **state)
{
	struct record *rec = fin_record();
	struct rto rto;

	(void)state;
	segment_at(rec, 2350, true, TCP_FLAG_FIN | TCP_FLAG_ACK, FIN_SEQ);
	read_at(rec, 2351,
	        (struct sample){.state = STATE_FIN_WAIT1,
	                        .unacked = 1,
	                        .retransmits = 1,
	                        .rto_us = 2700000,
	                        .rtt_us = 450000});
	segment_at(rec, 2450, false, TCP_FLAG_ACK, FIN_SEQ + 1);
	assert_true(rto_find(rec, SIDE_CLIENT, "c1", &rto));
	/* 99 ms: 450 - 351 / 8 + 724.25 */
	assert_in_range(rto.timeout.lo_ns, 1130360000, 1130390000);
	assert_true(rto.timeout.hi_ns >= 2700 * NS_PER_MS);
	record_free(rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_estimator_stays_inside),
		cmocka_unit_test(test_one_round_trip),
		cmocka_unit_test(test_the_first_round_trip),
		cmocka_unit_test(test_the_ack_of_the_fin_counts),
		cmocka_unit_test(test_a_reading_in_fin_wait2_is_exact),
		cmocka_unit_test(test_a_fin_that_was_sent_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
