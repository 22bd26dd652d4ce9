/* SPDX-License-Identifier: GPL-2.0-or-later */
/* decode: an Ethernet frame as a packet of the record. */
#ifndef FINWAIT_PACKET_DECODE_H
#define FINWAIT_PACKET_DECODE_H

#include <stddef.h>

#include "../record/event.h"

/*
 * An Ethernet frame as a packet; false: not IP, or its headers are cut short or
 * nonsense. A payload may be cut off: len is what the IP header says. TCP, UDP and
 * ICMP are told in full; of another protocol, and of a fragment other than the first,
 * the addresses, protocol, hop limit and fragment offset. A TCP option with a wrong
 * length ends the walk over the options, not the decoding: has_unknown tells.
 * Reads nothing beyond @length (fuzzed).
 */
bool packet_decode(const uint8_t *data, size_t length, struct packet *packet);

#endif
