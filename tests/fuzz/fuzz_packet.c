// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as a frame: nothing beyond them is read, and what comes out is in range. */
#include <netinet/in.h>
#include <stdlib.h>

#include "../../harness/observe/tap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct packet packet;

	if (!packet_decode(data, size, &packet))
		return 0;
	if (packet.src.family != AF_INET && packet.src.family != AF_INET6)
		abort();
	if (packet.flags > 0x1f || packet.wscale < -1)
		abort();
	if (packet.protocol != IPPROTO_TCP &&
	    (packet.src.port != 0 || packet.dst.port != 0 || packet.flags != 0 || packet.len != 0))
		abort();
	return 0;
}
