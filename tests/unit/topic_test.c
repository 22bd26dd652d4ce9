// SPDX-License-Identifier: GPL-2.0-or-later
/* What happened in records of the past, and which sysctls may have had a part in it. */
#include "canned.h"

#include "../../harness/judge/model.h"
#include "../../harness/story/topic.h"

static unsigned int topics_of(const char *name)
{
	struct record *rec = canned_record(name);
	struct story story;
	unsigned int topics;

	assert_int_equal(story_build(rec, &story), 0);
	topics = story_topics(&story);
	story_free(&story);
	record_free(rec);
	return topics;
}

static void what_happened_is_told(void **state)
{
	(void)state;
	assert_int_equal(topics_of("handshake.jsonl"), TOPIC_CONNECT | TOPIC_LISTEN);
	assert_int_equal(topics_of("four-waves.jsonl"), TOPIC_CONNECT | TOPIC_LISTEN | TOPIC_CLOSE |
	                                                        TOPIC_FIN_WAIT2 | TOPIC_TIME_WAIT);
	assert_int_equal(topics_of("crossing-fins.jsonl"),
	                 TOPIC_CONNECT | TOPIC_LISTEN | TOPIC_CLOSE | TOPIC_TIME_WAIT);
	assert_true(topics_of("lost-fin.jsonl") & TOPIC_AGAIN);
	assert_true(topics_of("old-syn.jsonl") & TOPIC_STRAY);
}

static void sysctls_bear_on_what_reads_them(void **state)
{
	unsigned int waves = topics_of("four-waves.jsonl"), lost = topics_of("lost-fin.jsonl");

	(void)state;
	assert_int_equal(topics_bearing(waves, "net.ipv4.tcp_fin_timeout"), BEARING_SOME);
	assert_int_equal(topics_bearing(waves, "tcp_fin_timeout"), BEARING_SOME);
	assert_int_equal(topics_bearing(waves, "tcp_tw_reuse"), BEARING_NONE);
	assert_int_equal(topics_bearing(waves, "tcp_syn_retries"), BEARING_NONE);
	assert_int_equal(topics_bearing(waves, "tcp_orphan_retries"), BEARING_NONE);
	assert_int_equal(topics_bearing(lost, "tcp_orphan_retries"), BEARING_SOME);
	assert_int_equal(topics_bearing(lost, "tcp_rto_max_ms"), BEARING_SOME);
	assert_int_equal(topics_bearing(lost, "tcp_keepalive_time"), BEARING_NONE);
	assert_int_equal(topics_bearing(lost, "tcp_of_the_future"), BEARING_UNKNOWN);
	assert_int_equal(topics_bearing(lost, "net.core.somaxconn"), BEARING_UNKNOWN);
}

static bool is_unmodelled(struct record *rec, char why[UNMODELLED_SIZE])
{
	struct story story;
	bool found;

	assert_int_equal(story_build(rec, &story), 0);
	found = model_unmodelled(&story, why);
	story_free(&story);
	return found;
}

/* By name, and only where it bears on what happened. */
static void what_is_not_modelled_is_named(void **state)
{
	struct record *rec = canned_record("lost-fin.jsonl");
	struct settings *sysctls = &rec->sysctls[SIDE_CLIENT];
	char why[UNMODELLED_SIZE];

	(void)state;
	assert_false(is_unmodelled(rec, why));
	assert_int_equal(settings_put(sysctls, "net.ipv4.tcp_keepalive_time", "-1"), 0);
	assert_false(is_unmodelled(rec, why)); /* nobody set SO_KEEPALIVE */
	assert_int_equal(settings_put(sysctls, "net.ipv4.tcp_orphan_retries", "256"), 0);
	assert_true(is_unmodelled(rec, why));
	assert_string_equal(why, "tcp_orphan_retries=256 is not modelled");
	assert_int_equal(settings_put(sysctls, "net.ipv4.tcp_orphan_retries", "255"), 0);
	assert_false(is_unmodelled(rec, why));
	record_free(rec);
}

/* Pieces of tcp_base_mss, where there is data and probing is on. */
static void data_may_be_cut(void **state)
{
	const struct packet packet = {.protocol = 6, .len = 100, .window = 1};
	const struct event data = {.kind = EVENT_PACKET,
	                           .packet = {.packet = packet, .arriving = true}};
	struct record *rec = canned_record("handshake.jsonl");
	struct settings *sysctls = &rec->sysctls[SIDE_SERVER];
	char why[UNMODELLED_SIZE];

	(void)state;
	assert_int_equal(settings_put(sysctls, "net.ipv4.tcp_base_mss", "48"), 0);
	assert_int_equal(settings_put(sysctls, "net.ipv4.tcp_mtu_probing", "2"), 0);
	assert_false(is_unmodelled(rec, why));
	assert_int_equal(record_add_event(rec, &data), 0);
	assert_true(is_unmodelled(rec, why));
	assert_string_equal(why, "tcp_base_mss=48 with tcp_mtu_probing is not modelled");
	assert_int_equal(settings_put(sysctls, "net.ipv4.tcp_mtu_probing", "0"), 0);
	assert_false(is_unmodelled(rec, why));
	record_free(rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_happened_is_told),
		cmocka_unit_test(sysctls_bear_on_what_reads_them),
		cmocka_unit_test(what_is_not_modelled_is_named),
		cmocka_unit_test(data_may_be_cut),
	};

	return cmocka_run_group_tests_name("topic", tests, NULL, NULL);
}
