/* SPDX-License-Identifier: GPL-2.0-or-later */
/* numbers: sequence numbers as people read them, from the connection's first SYN on. */
#ifndef FINWAIT_REPORT_NUMBERS_H
#define FINWAIT_REPORT_NUMBERS_H

#include "../story/story.h"

struct numbers {
	const struct story *story;
	struct number_list *lists; /* two a connection, one for each of its ends */
};

/* 0 or -ENOMEM; numbers_free() it either way. The story outlives it. */
int numbers_collect(struct numbers *numbers, const struct story *story) MUST_CHECK;
void numbers_free(struct numbers *numbers);

/*
 * @number as a sequence number of the end that sent @flight (@own), or of the other end:
 * since which of the SYNs that went between these two ends, 1 the first, and how far from it.
 * False: it is near none of them; @offset is how far from the first then.
 */
bool number_place(const struct numbers *numbers, const struct flight *flight, bool own,
                  uint32_t number, unsigned int *which, int32_t *offset);

#define NUMBER_TEXT_SIZE 32
/* "5", "#2+5" since the second SYN, or the bare number; returns @buf. */
const char *number_text(const struct numbers *numbers, const struct flight *flight, bool own,
                        uint32_t number, char buf[NUMBER_TEXT_SIZE]);

/*
 * What fits @columns of "SYN ACK, seq 0, ack 1, win 65160, mss 1460": numbers are
 * relative to the flow's first SYN, as tcpdump's; a later one's are "#2+1".
 */
void packet_words(const struct numbers *numbers, const struct flight *flight, unsigned int columns,
                  bool verbose, char *buf, size_t size);

#endif
