/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flight: a packet's way over the wire, from the sights of it at both ports and
 * from what the wire told of it. One flight a packet: a retransmission is another.
 */
#ifndef FINWAIT_STORY_FLIGHT_H
#define FINWAIT_STORY_FLIGHT_H

#include "../base/fault.h"
#include "../record/record.h"

#define NEVER INT64_MIN

enum fate {
	FATE_DELIVERED,
	FATE_DROPPED, /* by flight.rule; 0: by the probe itself */
	FATE_HELD, /* and never released */
	FATE_LOST, /* seen at one port only, nobody said why */
};

struct flight {
	const struct packet *packet; /* the record's own */
	const struct event *departure; /* NULL: nobody saw it leave its host */
	const struct event *arrival; /* NULL: nobody saw it come out of the wire */
	size_t connection; /* of the story's connections */
	unsigned int half; /* which of its two ends sent it, see struct connection */
	const char *sock[SIDE_COUNT]; /* label of the connection's end at each host, "": unknown */
	enum side from; /* the host that sent it; of an injected one: whose port it came by */
	bool loopback; /* on @from's lo: it comes back to the host that sent it */
	bool injected, duplicate; /* begins on the wire, not at @from */
	bool by_frame; /* the hand wire told what became of it */
	bool overflowed; /* FATE_DROPPED by the host that it came to: its own queue was full */
	int64_t depart_ns, arrive_ns; /* NEVER: not seen there */
	int64_t held_ns, released_ns; /* NEVER: was not */
	enum fate fate;
	uint32_t rule; /* that dropped, held or doubled it; that let it go, if it overflowed */
	unsigned int
		resent; /* 2: the second retransmission of this segment; 0: the first sending */
};

struct flights {
	struct flight *items; /* in order of departure; by arrival what nobody saw depart */
	size_t count, space;
};

/* The host that it is on its way to. */
enum side flight_to(const struct flight *flight);

/* It began on the wire: injected, doubled, or nobody saw it leave. */
bool flight_begins_on_wire(const struct flight *flight);

/* When it began: left its host, or came out of the wire where that is all that was seen. */
int64_t flight_begin_ns(const struct flight *flight);

/*
 * The flights of @events, which are in order of time and outlive them. 0 or -ENOMEM;
 * nothing to free then.
 */
int flights_collect(const struct event *const *events, size_t count,
                    struct flights *flights) MUST_CHECK;
void flights_free(struct flights *flights);

#endif
