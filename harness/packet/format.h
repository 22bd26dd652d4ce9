/* SPDX-License-Identifier: GPL-2.0-or-later */
/* format: sizes and numbers on the wire that decode and encode share. For this folder alone. */
#ifndef FINWAIT_PACKET_FORMAT_H
#define FINWAIT_PACKET_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

enum {
	IPV4_HEADER = 20,
	IPV6_HEADER = 40,
	TCP_HEADER = 20,
	TCP_OPTIONS_MAX = 40,
	UDP_HEADER = 8,
	ICMP_HEADER = 8,
	QUOTE_MIN = 8, /* RFC 792: what an error quotes behind the IP header, at least */
};

enum tcp_option {
	TCP_OPTION_END = 0,
	TCP_OPTION_NOP = 1,
	TCP_OPTION_MSS = 2,
	TCP_OPTION_WSCALE = 3,
	TCP_OPTION_SACK_OK = 4,
	TCP_OPTION_SACK = 5,
	TCP_OPTION_TIMESTAMPS = 8,
};

/* Each with its kind and its length. */
enum {
	TCP_OPTION_SIZE_MSS = 4,
	TCP_OPTION_SIZE_WSCALE = 3,
	TCP_OPTION_SIZE_SACK_OK = 2,
	TCP_OPTION_SIZE_SACK_BLOCK = 8,
	TCP_OPTION_SIZE_TIMESTAMPS = 10,
};

/* Whether ICMP (@v6: ICMPv6) of @type quotes the packet that caused it. */
static inline bool icmp_is_error(bool v6, uint8_t type)
{
	if (v6)
		return type >= 1 && type <= 4; /* RFC 4443 */
	return type == 3 || type == 4 || type == 5 || type == 11 || type == 12; /* RFC 792 */
}

/* Whether it tells the MTU of the next hop: RFC 1191, RFC 4443. */
static inline bool icmp_has_mtu(bool v6, uint8_t type, uint8_t code)
{
	return v6 ? type == 2 : type == 3 && code == 4;
}

#endif
