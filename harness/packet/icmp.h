/* SPDX-License-Identifier: GPL-2.0-or-later */
/* icmp: what ICMP and ICMPv6 messages are called. */
#ifndef FINWAIT_PACKET_ICMP_H
#define FINWAIT_PACKET_ICMP_H

#include <stdint.h>

/*
 * "host unreachable", much as RFC 792, RFC 1812, RFC 4443 and RFC 4861 call it, but short
 * enough for a picture ("too big" is "fragmentation needed" too); @protocol is
 * IPPROTO_ICMP or IPPROTO_ICMPV6. NULL: none that is named here.
 */
const char *icmp_name(uint8_t protocol, uint8_t type, uint8_t code);

#endif
