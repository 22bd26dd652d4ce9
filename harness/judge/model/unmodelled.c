// SPDX-License-Identifier: GPL-2.0-or-later
#include "unmodelled.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define PREFIX "net.ipv4."

/* With MTU probing segments are as long as tcp_base_mss at first: below this, data is cut. */
#define BASE_MSS_LEAST 536

/* An orphan is reset at once when there are more of them than this in the whole system. */
#define MAX_ORPHANS_LEAST 64

/*
 * The values that the models go by. Outside of them:
 *   - a negative time is taken as unsigned by tcp_keepalive_timer(), weeks away; times in
 *     jiffies may be set to it
 *   - 8 bits of kernels that have int here: icsk_probes_out, icsk_retransmits, num_timeout
 *   - no send() succeeds with a tcp_notsent_lowat of 0: tcp_stream_memory_free()
 */
static const struct {
	const char *name; /* without the prefix */
	int64_t lo, hi;
} known[] = {
	{"tcp_keepalive_time", 0, INT64_MAX}, {"tcp_keepalive_intvl", 0, INT64_MAX},
	{"tcp_keepalive_probes", 0, 255},     {"tcp_retries2", 0, 255},
	{"tcp_orphan_retries", 0, 255},       {"tcp_synack_retries", 0, 127},
	{"tcp_notsent_lowat", 1, INT64_MAX},  {"tcp_max_orphans", MAX_ORPHANS_LEAST, INT64_MAX},
};

static void say(char why[UNMODELLED_SIZE], const char *name, int64_t value, const char *with)
{
	snprintf(why, UNMODELLED_SIZE, "%s=%lld%s is not modelled", name, (long long)value, with);
}

static bool is_known(const struct record *rec, enum side host, size_t i, int64_t *value)
{
	char name[64];

	snprintf(name, sizeof(name), PREFIX "%s", known[i].name);
	return !record_sysctl(rec, host, name, value) ||
	       (*value >= known[i].lo && *value <= known[i].hi);
}

/* tcp_mtup_init(): tcp_mtu_probing=2 begins with tcp_base_mss; 1 goes down to it. */
static bool cuts_data(const struct record *rec, enum side host, int64_t *base_mss)
{
	int64_t probing;

	return record_sysctl(rec, host, PREFIX "tcp_mtu_probing", &probing) && probing > 0 &&
	       record_sysctl(rec, host, PREFIX "tcp_base_mss", base_mss) &&
	       *base_mss < BASE_MSS_LEAST;
}

static bool host_unmodelled(const struct story *story, enum side host, unsigned int topics,
                            char why[UNMODELLED_SIZE])
{
	int64_t value;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (topics_bearing(topics, known[i].name) == BEARING_NONE ||
		    is_known(story->rec, host, i, &value))
			continue;
		say(why, known[i].name, value, "");
		return true;
	}
	if (!(topics & TOPIC_DATA) || !cuts_data(story->rec, host, &value))
		return false;
	say(why, "tcp_base_mss", value, " with tcp_mtu_probing");
	return true;
}

bool model_unmodelled(const struct story *story, char why[UNMODELLED_SIZE])
{
	unsigned int topics = story_topics(story);

	return host_unmodelled(story, SIDE_CLIENT, topics, why) ||
	       host_unmodelled(story, SIDE_SERVER, topics, why);
}
