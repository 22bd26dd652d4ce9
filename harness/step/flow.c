// SPDX-License-Identifier: GPL-2.0-or-later
#include "run.h"

#include <errno.h>

#include "../base/clock.h"

void flow_label_next(struct probe_run *run, enum side host, bool listener,
                     char label[SOCK_LABEL_SIZE])
{
	if (listener)
		snprintf(label, SOCK_LABEL_SIZE, "l%u", ++run->listeners % 1000);
	else
		snprintf(label, SOCK_LABEL_SIZE, "%c%u", side_name(host)[0],
		         ++run->labels[host] % 1000);
}

struct flow *flow_find(struct probe_run *run, enum side host, const struct endpoint *local,
                       const struct endpoint *remote)
{
	for (size_t i = run->flow_count; i-- > 0;) {
		struct flow *flow = &run->flows[i];

		if (flow->host == host && endpoint_equal(&flow->local, local) &&
		    endpoint_equal(&flow->remote, remote))
			return flow;
	}
	return NULL;
}

static struct flow *flow_new(struct probe_run *run, enum side host, const struct endpoint *local,
                             const struct endpoint *remote, const char *label)
{
	struct flow *flow;
	struct fault fault;

	if (run->flow_count == RUN_FLOWS) {
		fault_set(&fault, ENOSPC, "watch more than %d ends of connections", RUN_FLOWS);
		run_fail(run, &fault);
	}
	flow = &run->flows[run->flow_count++];
	*flow = (struct flow){.host = host, .local = *local, .remote = *remote};
	memcpy(flow->label, label, SOCK_LABEL_SIZE);
	return flow;
}

/* A socket of the probe that will be the other end itself (a simultaneous open). */
static bool flow_end_is_ours(struct probe_run *run, enum side host, const struct endpoint *local)
{
	for (size_t i = 0; i < run->sock_count; i++) {
		const struct sock *sock = &run->socks[i];

		if (sock->host == host && sock->fd >= 0 && !sock->listening && !sock->flow &&
		    endpoint_equal(&sock->local, local))
			return true;
	}
	return false;
}

struct flow *flow_add(struct sock *sock, const struct endpoint *remote)
{
	struct probe_run *run = sock->run;
	enum side peer = side_other(sock->host);
	bool to_peer = memcmp(remote->addr, run->bench.addr[peer].addr, sizeof(remote->addr)) == 0;
	struct flow *flow = flow_find(run, sock->host, &sock->local, remote);
	char label[SOCK_LABEL_SIZE];

	if (!flow || flow->last.object != OBJECT_NONE)
		flow = flow_new(run, sock->host, &sock->local, remote, sock->label);
	memcpy(flow->label, sock->label, SOCK_LABEL_SIZE);
	sock->flow = flow;
	if (to_peer && !flow_end_is_ours(run, peer, remote) &&
	    !flow_find(run, peer, remote, &sock->local)) {
		flow_label_next(run, peer, false, label);
		flow_new(run, peer, remote, &sock->local, label);
	}
	return flow;
}

struct flow *flow_labelled(struct probe_run *run, enum side host, const char *label)
{
	for (size_t i = run->flow_count; i-- > 0;)
		if (run->flows[i].host == host && !strcmp(run->flows[i].label, label))
			return &run->flows[i];
	return NULL;
}

bool flow_end_is_pending(const struct probe_run *run, const struct flow *flow, int64_t now_ns)
{
	return run->trace && flow->traced && !flow->traced_end &&
	       flow->last.object == OBJECT_NONE && now_ns - flow->gone_ns < FLOW_NEWS_NS;
}

static const char *label_by_object(struct probe_run *run, const struct trace_event *traced)
{
	for (size_t i = run->object_count; i-- > 0;)
		if (run->objects[i].sk == traced->sk && run->objects[i].host == traced->event.host)
			return run->objects[i].label;
	return NULL;
}

static const char *label_by_cookie(struct probe_run *run, const struct trace_event *traced)
{
	if (!traced->cookie)
		return NULL;
	for (size_t i = run->sock_count; i-- > 0;)
		if (run->socks[i].cookie == traced->cookie &&
		    run->socks[i].host == traced->event.host)
			return run->socks[i].label;
	return NULL;
}

static const char *label_by_tuple(struct probe_run *run, const struct trace_event *traced)
{
	enum side host = traced->event.host;
	struct flow *flow;

	if (traced->remote.port) {
		flow = flow_find(run, host, &traced->local, &traced->remote);
		return flow ? flow->label : NULL;
	}
	for (size_t i = run->sock_count; i-- > 0;)
		if (run->socks[i].listening && run->socks[i].host == host &&
		    run->socks[i].local.port == traced->local.port)
			return run->socks[i].label;
	return NULL;
}

static void object_remember(struct probe_run *run, const struct trace_event *traced,
                            const char *label)
{
	struct known_object *object;

	/* full: forget the older half, whose sockets are long gone */
	if (run->object_count == RUN_OBJECTS) {
		memmove(run->objects, run->objects + RUN_OBJECTS / 2,
		        RUN_OBJECTS / 2 * sizeof(run->objects[0]));
		run->object_count = RUN_OBJECTS / 2;
	}
	object = &run->objects[run->object_count++];
	*object = (struct known_object){.sk = traced->sk, .host = traced->event.host};
	memcpy(object->label, label, SOCK_LABEL_SIZE);
}

static void object_forget(struct probe_run *run, const struct trace_event *traced)
{
	for (size_t i = 0; i < run->object_count; i++)
		if (run->objects[i].sk == traced->sk)
			run->objects[i--] = run->objects[--run->object_count];
}

void flow_name_object(struct probe_run *run, const struct trace_event *traced,
                      char label[SOCK_LABEL_SIZE])
{
	/* A mini-socket always knows its four-tuple, and its memory is soon another's. */
	bool mini = traced->object == OBJECT_REQUEST || traced->object == OBJECT_TIME_WAIT;
	const char *found = mini ? NULL : label_by_object(run, traced);
	bool known = found || mini;

	/* A port is 0 at CLOSE->SYN_SENT and again on ->CLOSE: the tuple comes last. */
	if (!found && !mini)
		found = label_by_cookie(run, traced);
	if (!found)
		found = label_by_tuple(run, traced);
	memset(label, 0, SOCK_LABEL_SIZE);
	if (!found)
		return;
	memcpy(label, found, SOCK_LABEL_SIZE);
	if (traced->event.kind == EVENT_DESTROY)
		object_forget(run, traced); /* its memory may be another's next */
	else if (!known && traced->sk)
		object_remember(run, traced, label);
}
