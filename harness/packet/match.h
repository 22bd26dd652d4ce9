/* SPDX-License-Identifier: GPL-2.0-or-later */
/* match: what a rule of the wire looks for, for the hand, for people and for nft(8). */
#ifndef FINWAIT_PACKET_MATCH_H
#define FINWAIT_PACKET_MATCH_H

#include "../base/buffer.h"
#include "../base/fault.h"
#include "../record/event.h"

/* Whether @packet, which @from sent, is one that @match looks for. */
bool packet_matches(const struct packet_match *match, enum side from, const struct packet *packet);

/* Add @match to @words as a person reads it: "SYN of SYN ACK, with payload, to port 80". */
void match_words(const struct packet_match *match, struct buffer *words);

/*
 * Add @match to @expr as an expression of nft(8) for packets of @family (AF_INET,
 * AF_INET6) at a netdev hook; empty: every packet. The direction is the hook's to tell.
 * 0, or -EINVAL with the fault: it asks for what no packet of that family can be.
 */
int match_nft(const struct packet_match *match, uint8_t family, struct buffer *expr,
              struct fault *f) MUST_CHECK;

#endif
