/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * topic: what happened in a story, in the kernel's terms, and so which sysctls may have had
 * a part in it.
 */
#ifndef FINWAIT_STORY_TOPIC_H
#define FINWAIT_STORY_TOPIC_H

#include "story.h"

/* What happened; bits of a mask. */
enum topic {
	TOPIC_CONNECT = 1 << 0, /* a SYN left: options and windows were offered */
	TOPIC_LISTEN = 1 << 1, /* a SYN came to a host */
	TOPIC_SYN_AGAIN = 1 << 2, /* a SYN was sent again */
	TOPIC_SYNACK_AGAIN = 1 << 3,
	TOPIC_DATA = 1 << 4, /* some segment carried data */
	TOPIC_AGAIN = 1 << 5, /* data, or a FIN, was sent again */
	TOPIC_CLOSE = 1 << 6, /* a FIN left */
	TOPIC_FIN_WAIT2 = 1 << 7,
	TOPIC_TIME_WAIT = 1 << 8, /* or what would have come before it: CLOSING, FIN_WAIT2 */
	TOPIC_KEEPALIVE = 1 << 9, /* SO_KEEPALIVE was set */
	TOPIC_CLOSED_WINDOW = 1 << 10, /* a window of zero was announced */
	TOPIC_STRAY = 1 << 11, /* an injected frame, a reset, or SYNs that crossed */
	TOPIC_SEVERAL = 1 << 12, /* more than one connection */
	TOPIC_FASTOPEN = 1 << 13, /* TCP_FASTOPEN was set */
	TOPIC_FULL = 1 << 14, /* a backlog was full: a counter says so */
};

unsigned int story_topics(const struct story *story);

enum bearing {
	BEARING_UNKNOWN, /* nothing is known of that sysctl here */
	BEARING_NONE, /* nothing happened in which the kernel would go by it */
	BEARING_SOME, /* it may have had a part in what happened */
};

/* Of the sysctl @name ("net.ipv4.tcp_sack", "tcp_sack") on what happened. */
enum bearing topics_bearing(unsigned int topics, const char *name);

#endif
