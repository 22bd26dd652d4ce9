/* SPDX-License-Identifier: GPL-2.0-or-later */
/* flow: the ends of connections that are known, and who a kernel object belongs to. */
#ifndef FINWAIT_STEP_FLOW_H
#define FINWAIT_STEP_FLOW_H

#include "../observe/trace.h"
#include "bench.h"
#include "emit.h"
#include "sock.h"

/* One end of one connection: a four-tuple at a host, whatever object carries it. */
struct flow {
	char label[SOCK_LABEL_SIZE];
	enum side host;
	struct endpoint local, remote;
	struct sample last; /* OBJECT_NONE until something was found */
	bool seen; /* something was found once */
	bool traced, traced_end; /* trace has told of its socket; of its socket's CLOSE */
	int64_t gone_ns; /* nothing was found any more, since; absolute */
	int64_t last_ns; /* of the reading before; absolute */
	int64_t next_ns; /* of the reading to come; absolute */
	int64_t interval_ns; /* grows while nothing changes */
	int64_t late_ns; /* the interval once its timer is overdue */
};

/* A kernel object that trace named, and whose it is. */
struct known_object {
	uint64_t sk;
	enum side host;
	char label[SOCK_LABEL_SIZE];
};

struct flows {
	struct emit *emit;
	const struct bench *bench;
	const struct socks *socks;
	struct flow **items; /* each stays where it is */
	size_t count, space;
	struct known_object *objects;
	size_t object_count, object_space;
	unsigned int labels[SIDE_COUNT], listeners; /* the last numbers given */
};

struct flow *flow_find(const struct flows *flows, enum side host, const struct endpoint *local,
                       const struct endpoint *remote);
/* The flow of @sock to @remote, and that of the other end unless a socket of ours is there. */
struct flow *flow_add(struct flows *flows, struct sock *sock, const struct endpoint *remote);
void flow_label_next(struct flows *flows, enum side host, bool listener,
                     char label[SOCK_LABEL_SIZE]);
/* The flow that goes by @label at @host, or NULL. */
struct flow *flow_labelled(const struct flows *flows, enum side host, const char *label);
/* The label of the object that a trace event speaks of, "" when nobody can name it. */
void flow_name_object(struct flows *flows, const struct trace_event *traced,
                      char label[SOCK_LABEL_SIZE]);

#endif
