/* SPDX-License-Identifier: GPL-2.0-or-later */
/* examine_segment: one end's sequence numbers; for examine's own files. */
#ifndef FINWAIT_EXAMINE_EXAMINE_SEGMENT_H
#define FINWAIT_EXAMINE_EXAMINE_SEGMENT_H

#include "examine_parts.h"

/* What one end has sent and received so far. */
struct half {
	struct exam *exam;
	struct end *end;
	int64_t written; /* bytes that send() took */
	const struct packet **early; /* came in behind a gap */
	size_t early_count, early_space;
	size_t sure; /* of end->items: all before is taken in for certain by now */
	int64_t stamp_lo_ns, stamp_hi_ns; /* its clock against ours, least and greatest */
	int64_t syn_ns; /* its last SYN or SYN+ACK */
	int64_t again_ns; /* the last segment that was sent again */
	int64_t credit_ns; /* the last segment that asks for an ACK */

	uint32_t isn, snd_max, una; /* una: acknowledged by what has come in */
	uint32_t fin_end;
	uint32_t rcv_nxt;
	uint32_t sure_rcv_nxt, sure_una; /* after those that are sure */
	uint32_t ack_last; /* the last acknowledgement sent */
	uint32_t edge; /* the right edge of the window that was offered */
	uint32_t echo_last; /* the last timestamp sent back */
	uint32_t stamp_first; /* its own first timestamp */
	uint32_t again_end; /* of the last segment sent again */
	unsigned int resends; /* segments sent again since the peer took something */
	unsigned int credits; /* segments that came in and ask for an ACK */

	struct packet own; /* its first SYN or SYN+ACK: what it offered */
	struct packet peer; /* the peer's: what that offered */

	bool sent; /* a SYN or SYN+ACK of its own: its numbers are known */
	bool fin_sent;
	bool closing; /* close() or shutdown() for writing was called */
	bool heard; /* the peer's SYN or SYN+ACK came in */
	bool fin_heard; /* and its FIN */
	bool got_data;
	bool over; /* a reset came in that counts, or the request sock has gone */
	bool sure_heard;
	bool acked, edge_known, echoed, stamped;
	bool window_chosen, clock_chosen; /* by its socket, behind the SYN or SYN+ACK */
	bool several; /* what is outstanding may be more than one segment */
};

/* A segment came in: its effects, and what is here after it. 0 or -ENOMEM. */
int half_receive(struct half *half, struct happening *h) MUST_CHECK;

/* Both ends offered it in their SYNs. */
bool half_agreed_timestamps(const struct half *half);
bool half_agreed_scaling(const struct half *half);

/* A segment left: why it cannot have; NULL: nothing speaks against it. */
const char *check_header(const struct half *half, const struct packet *packet);
const char *check_options(const struct half *half, const struct packet *packet, int64_t t_ns);
const char *check_window(struct half *half, const struct packet *packet);
const char *check_clock(struct half *half, const struct happening *h);
const char *check_echo(struct half *half, const struct happening *h);

/* A keepalive or window probe: the number before the first unacknowledged, and nothing else. */
bool half_is_probe(const struct half *half, const struct packet *packet);

#endif
