// SPDX-License-Identifier: GPL-2.0-or-later
#include "icmp.h"

#include <netinet/in.h>
#include <stddef.h>

static const struct {
	uint8_t protocol, type, code;
	const char *name;
} messages[] = {
	{IPPROTO_ICMP, 0, 0, "echo reply"},
	{IPPROTO_ICMP, 3, 0, "net unreachable"},
	{IPPROTO_ICMP, 3, 1, "host unreachable"},
	{IPPROTO_ICMP, 3, 2, "protocol unreachable"},
	{IPPROTO_ICMP, 3, 3, "port unreachable"},
	{IPPROTO_ICMP, 3, 4, "too big"},
	{IPPROTO_ICMP, 3, 13, "prohibited"},
	{IPPROTO_ICMP, 8, 0, "echo request"},
	{IPPROTO_ICMP, 11, 0, "time exceeded"},
	{IPPROTO_ICMPV6, 1, 0, "no route"},
	{IPPROTO_ICMPV6, 1, 1, "prohibited"},
	{IPPROTO_ICMPV6, 1, 3, "address unreachable"},
	{IPPROTO_ICMPV6, 1, 4, "port unreachable"},
	{IPPROTO_ICMPV6, 2, 0, "too big"},
	{IPPROTO_ICMPV6, 3, 0, "hop limit exceeded"},
	{IPPROTO_ICMPV6, 128, 0, "echo request"},
	{IPPROTO_ICMPV6, 129, 0, "echo reply"},
	{IPPROTO_ICMPV6, 133, 0, "router solicitation"},
	{IPPROTO_ICMPV6, 135, 0, "neighbour solicitation"},
	{IPPROTO_ICMPV6, 136, 0, "neighbour advertisement"},
	{IPPROTO_ICMPV6, 143, 0, "multicast report"},
};

const char *icmp_name(uint8_t protocol, uint8_t type, uint8_t code)
{
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		if (messages[i].protocol == protocol && messages[i].type == type &&
		    messages[i].code == code)
			return messages[i].name;
	return NULL;
}
