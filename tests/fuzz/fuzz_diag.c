// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as a datagram of netlink messages, walked as diag walks them. */
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "../../harness/observe/diag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void sample_check(const struct endpoint *local, const struct endpoint *remote,
                         const struct sample *sample)
{
	if (local->family != remote->family ||
	    (local->family != AF_INET && local->family != AF_INET6))
		abort();
	if (sample->state == STATE_GONE || sample->state >= STATE_COUNT ||
	    sample->object == OBJECT_NONE || sample->object >= OBJECT_COUNT ||
	    sample->timer >= DIAG_TIMER_COUNT)
		abort();
	if (sample->expires_ms < 0 || (sample->timer == DIAG_TIMER_NONE && sample->expires_ms != 0))
		abort();
	if (sample->object != OBJECT_FULL && (sample->orphan || sample->rto_us != 0))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Aligned as the kernel's answers are, and no byte longer than the input. */
	struct nlmsghdr *copy = malloc(size == 0 ? 1 : size);
	const struct nlmsghdr *nlh;
	const void *rest = copy;
	struct endpoint local, remote;
	struct sample sample;
	size_t left = size;

	if (copy == NULL)
		return 0;
	memcpy(copy, data, size);
	if (diag_decode(copy, size, &local, &remote, &sample))
		sample_check(&local, &remote, &sample);
	while ((nlh = diag_message_next(&rest, &left)) != NULL) {
		if (diag_decode(nlh, nlh->nlmsg_len, &local, &remote, &sample))
			sample_check(&local, &remote, &sample);
	}
	free(copy);
	return 0;
}
