/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pcapng: the parts of the capture file, for its own files. */
#ifndef FINWAIT_REPORT_PCAPNG_PCAPNG_H
#define FINWAIT_REPORT_PCAPNG_PCAPNG_H

#include "../../base/arena.h"
#include "../../base/buffer.h"
#include "../../story/story.h"

/* ---- remarks: what is said of each packet ---- */

/* By the event's place in the record; NULL: nothing is to be said. */
struct remarks {
	const char **of;
	struct arena texts;
};

/*
 * What became of each packet where it left (the rule that dropped it, the count of its
 * retransmission), the call that sent it, and the states that it led to where it arrived. 0 or
 * -ENOMEM; to be freed in either case.
 */
int remarks_collect(const struct story *story, struct remarks *remarks) MUST_CHECK;
void remarks_free(struct remarks *remarks);

/* ---- blocks, of draft-ietf-opsawg-pcapng, in the byte order of the machine ---- */

/* An interface, as numbered in the file. */
enum port { PORT_CLIENT, PORT_SERVER, PORT_CLIENT_LO, PORT_SERVER_LO, PORT_COUNT };

struct packet_block {
	uint32_t interface;
	int64_t t_ns;
	const uint8_t *frame;
	size_t captured, length; /* of @length bytes so many are there */
	bool outbound; /* from the host */
	const char *remark; /* NULL: none */
};

void section_put(struct buffer *out, const struct record *rec);
void interface_put(struct buffer *out, enum port port);
void packet_put(struct buffer *out, const struct packet_block *packet);

#endif
