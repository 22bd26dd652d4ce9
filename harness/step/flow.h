/* SPDX-License-Identifier: GPL-2.0-or-later */
/* flow: the ends of connections that are known, and who a kernel object or a frame belongs to. */
#ifndef FINWAIT_STEP_FLOW_H
#define FINWAIT_STEP_FLOW_H

#include "../base/map.h"
#include "../judge/model/timewait.h"
#include "../observe/trace.h"
#include "bench.h"
#include "emit.h"
#include "sock.h"

/*
 * One end of one connection. It goes by the cookie of its kernel object, which stays the
 * same from the request sock over the socket to the time-wait sock; a four-tuple that is
 * used again is another flow.
 */
struct flow {
	char label[SOCK_LABEL_SIZE];
	enum side host;
	struct endpoint local, remote;
	uint64_t cookie; /* of its object; 0: none was seen yet */
	struct flow *peer; /* the other end; NULL: not of this bench */
	struct flow *older; /* on the same four-tuple at this host, of those that are not over */
	struct flow *before; /* the same, of all */
	struct sample last; /* OBJECT_NONE until something was found */
	bool seen; /* something was found once */
	bool ended; /* and nothing is left of it; or it can never come to be */
	bool traced, traced_end; /* trace has told of its socket; of its socket's CLOSE */
	/* what was seen of it at its own host's port: */
	bool begun; /* its SYN or SYN+ACK has left */
	bool fin_sent, fin_arrived; /* a FIN has left, one has come in */
	bool closed; /* both FINs are through, or a reset came in */
	bool by_wire; /* a SYN of the wire's making began it: */
	uint32_t syn; /* its number */
	uint32_t fin_end; /* the number behind the FIN that it sent */
	struct timewait heard; /* what it knows of its peer's FIN, once fin_arrived */
	int64_t gone_ns; /* nothing was found any more, since; absolute */
	/* watch's: */
	bool touched; /* something may have changed it: to be read at once */
	bool asked; /* the next reading is told of, whatever it says */
	int64_t last_ns; /* of the reading before; absolute */
	int64_t next_ns; /* of the reading to come; absolute */
	bool next_is_timer; /* it is to see whether its timer has fired */
	size_t due_at; /* its place among those that will be read; 0: none */
	int64_t interval_ns; /* grows while nothing changes */
	int64_t late_ns; /* the interval once its timer is overdue */
};

struct flows {
	struct emit *emit;
	const struct bench *bench;
	struct flow **items; /* each stays where it is */
	size_t count, space;
	struct map by_tuple; /* the newest flow of a host and four-tuple */
	struct map by_number; /* the newest flow of a host and number */
	struct map taken; /* a host and number: some socket or flow has it */
	struct map by_object, by_cookie; /* labels */
	struct map by_port; /* a host and a port: the newest socket of ours bound to it */
	unsigned int numbers[SIDE_COUNT], listeners, datagrams; /* the last that were given */
};

/* Give @sock, which has a cookie, the next free label of its host: "c1", "l1". */
void flow_label_sock(struct flows *flows, struct sock *sock, bool listener);
/* @sock->local is known. */
void flow_bound(struct flows *flows, struct sock *sock);

/* The one that is there now, or else the last that was; NULL: none ever was. */
struct flow *flow_find(const struct flows *flows, enum side host, const struct endpoint *local,
                       const struct endpoint *remote);
/*
 * The flow of @sock to @remote, and that of the other end unless a socket of ours is there.
 * Both ends of a connection have the same number, where nobody took it before.
 */
struct flow *flow_add(struct flows *flows, struct sock *sock, const struct endpoint *remote);
/* @sock came out of accept(): the flow that it is an end of. */
struct flow *flow_accepted(struct flows *flows, struct sock *sock, const struct endpoint *remote);
/*
 * Another object than @flow's is on its four-tuple now, and has @cookie: @flow is over, and
 * this is the one that comes after it.
 */
struct flow *flow_after(struct flows *flows, struct flow *flow, uint64_t cookie);
/* The next after @flow on its four-tuple that was never seen, or NULL. */
struct flow *flow_waiting(const struct flows *flows, const struct flow *flow);
/* What was read of @flow has this cookie; it may be known by it from now on. */
void flow_has_cookie(struct flows *flows, struct flow *flow, uint64_t cookie);
/* The flow that goes by @label at @host, or NULL. */
struct flow *flow_labelled(const struct flows *flows, enum side host, const char *label);

/* The sender's and the receiver's end of a frame; NULL where there is none. */
struct flow_ends {
	struct flow *sender, *receiver;
};
/*
 * A frame of the wire's making is about to come in at @to. A SYN begins a flow there where the
 * one before is over, or is in TIME_WAIT and gives way to it (tcp_timewait_state_process()).
 */
void flow_injected(struct flows *flows, enum side to, const struct packet *packet);
/* Of a frame that left @from, or that the wire made in its name. A SYN begins a flow. */
struct flow_ends flow_of_packet(struct flows *flows, enum side from, enum side to,
                                const struct packet *packet);
/*
 * Of @ends that of @host, where the frame was seen at @t_ns (absolute) as it left or came in:
 * an end that is still there has the four-tuple to itself, whomever the frame was meant for.
 */
struct flow *flow_at_port(struct flows *flows, struct flow_ends ends, bool departs,
                          const struct packet *packet, int64_t t_ns);
/* The label of the object that a trace event speaks of, "" when nobody can name it. */
void flow_name_object(struct flows *flows, const struct trace_event *traced,
                      char label[SOCK_LABEL_SIZE]);

#endif
