/* SPDX-License-Identifier: GPL-2.0-or-later */
/* encode: a packet of the record as an Ethernet frame, or a refusal. */
#ifndef FINWAIT_PACKET_ENCODE_H
#define FINWAIT_PACKET_ENCODE_H

#include <stddef.h>

#include "../base/fault.h"
#include "../record/event.h"

#define PACKET_FRAME_SIZE 2048 /* as much as a tap holds */

struct packet_link {
	uint8_t src[6], dst[6]; /* Ethernet addresses */
};

/* What the packet carries behind its headers. */
struct packet_payload {
	const void *data; /* NULL: made up */
	size_t length;
};

/*
 * Write @packet into @frame, which has room for @space bytes, with all checksums.
 *
 * TCP and UDP carry @payload, whose length must be the packet's, or as many 'x'. An ICMP
 * error quotes @payload, or the headers that its inner packet tells of. ttl 0: 64. TCP's
 * options stand as tcp_options_write() has them.
 *
 * The length of the frame, or -errno with the fault: -EINVAL for what is contradictory or
 * not known well enough to be sent (unknown options, a fragment, ICMP that is no error),
 * -EMSGSIZE for what does not fit. Nothing is left out silently.
 */
int packet_encode(const struct packet *packet, const struct packet_link *link,
                  struct packet_payload payload, uint8_t *frame, size_t space,
                  struct fault *f) MUST_CHECK;

/*
 * The Ethernet and IP headers of @packet alone, for what packet_encode() refuses: a fragment, ICMP
 * that is no error. The length, or -EINVAL: it is of no family.
 */
int packet_encode_header(const struct packet *packet, const struct packet_link *link,
                         uint8_t frame[PACKET_FRAME_SIZE]) MUST_CHECK;

#endif
