// SPDX-License-Identifier: GPL-2.0-or-later
#include "flow.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/array.h"

void flow_label_next(struct flows *flows, enum side host, bool listener,
                     char label[SOCK_LABEL_SIZE])
{
	if (listener)
		snprintf(label, SOCK_LABEL_SIZE, "l%u", ++flows->listeners % 1000);
	else
		snprintf(label, SOCK_LABEL_SIZE, "%c%u", side_name(host)[0],
		         ++flows->labels[host] % 1000);
}

struct flow *flow_find(const struct flows *flows, enum side host, const struct endpoint *local,
                       const struct endpoint *remote)
{
	for (size_t i = flows->count; i-- > 0;) {
		struct flow *flow = flows->items[i];

		if (flow->host == host && endpoint_equal(&flow->local, local) &&
		    endpoint_equal(&flow->remote, remote))
			return flow;
	}
	return NULL;
}

static struct flow *flow_new(struct flows *flows, enum side host, const struct endpoint *local,
                             const struct endpoint *remote, const char *label)
{
	struct flow **items =
		array_reserve(flows->items, &flows->space, flows->count + 1, sizeof(*items));
	struct flow *flow = calloc(1, sizeof(*flow));

	if (items)
		flows->items = items;
	if (!items || !flow)
		emit_fail_errno(flows->emit, ENOMEM, "watch one more end of a connection");
	*flow = (struct flow){.host = host, .local = *local, .remote = *remote};
	memcpy(flow->label, label, SOCK_LABEL_SIZE);
	flows->items[flows->count++] = flow;
	return flow;
}

/* A socket of the probe that will be the other end itself (a simultaneous open). */
static bool flow_end_is_ours(const struct flows *flows, enum side host,
                             const struct endpoint *local)
{
	for (size_t i = 0; i < flows->socks->count; i++) {
		const struct sock *sock = flows->socks->items[i];

		if (sock->host == host && sock->fd >= 0 && !sock->listening && !sock->flow &&
		    endpoint_equal(&sock->local, local))
			return true;
	}
	return false;
}

struct flow *flow_add(struct flows *flows, struct sock *sock, const struct endpoint *remote)
{
	enum side peer = side_other(sock->host);
	bool to_peer =
		memcmp(remote->addr, flows->bench->addr[peer].addr, sizeof(remote->addr)) == 0;
	struct flow *flow = flow_find(flows, sock->host, &sock->local, remote);
	char label[SOCK_LABEL_SIZE];

	if (!flow || flow->last.object != OBJECT_NONE)
		flow = flow_new(flows, sock->host, &sock->local, remote, sock->label);
	memcpy(flow->label, sock->label, SOCK_LABEL_SIZE);
	sock->flow = flow;
	if (to_peer && !flow_end_is_ours(flows, peer, remote) &&
	    !flow_find(flows, peer, remote, &sock->local)) {
		flow_label_next(flows, peer, false, label);
		flow_new(flows, peer, remote, &sock->local, label);
	}
	return flow;
}

struct flow *flow_labelled(const struct flows *flows, enum side host, const char *label)
{
	for (size_t i = flows->count; i-- > 0;)
		if (flows->items[i]->host == host && !strcmp(flows->items[i]->label, label))
			return flows->items[i];
	return NULL;
}

static const char *label_by_object(const struct flows *flows, const struct trace_event *traced)
{
	for (size_t i = flows->object_count; i-- > 0;)
		if (flows->objects[i].sk == traced->sk &&
		    flows->objects[i].host == traced->event.host)
			return flows->objects[i].label;
	return NULL;
}

static const char *label_by_cookie(const struct flows *flows, const struct trace_event *traced)
{
	if (!traced->cookie)
		return NULL;
	for (size_t i = flows->socks->count; i-- > 0;) {
		const struct sock *sock = flows->socks->items[i];

		if (sock->cookie == traced->cookie && sock->host == traced->event.host)
			return sock->label;
	}
	return NULL;
}

static const char *label_by_tuple(const struct flows *flows, const struct trace_event *traced)
{
	enum side host = traced->event.host;
	struct flow *flow;

	if (traced->remote.port) {
		flow = flow_find(flows, host, &traced->local, &traced->remote);
		return flow ? flow->label : NULL;
	}
	for (size_t i = flows->socks->count; i-- > 0;) {
		const struct sock *sock = flows->socks->items[i];

		if (sock->listening && sock->host == host && sock->local.port == traced->local.port)
			return sock->label;
	}
	return NULL;
}

static void object_remember(struct flows *flows, const struct trace_event *traced,
                            const char *label)
{
	struct known_object *objects = array_reserve(flows->objects, &flows->object_space,
	                                             flows->object_count + 1, sizeof(*objects));
	struct known_object *object;

	if (!objects)
		emit_fail_errno(flows->emit, ENOMEM, "remember one more socket");
	flows->objects = objects;
	object = &objects[flows->object_count++];
	*object = (struct known_object){.sk = traced->sk, .host = traced->event.host};
	memcpy(object->label, label, SOCK_LABEL_SIZE);
}

static void object_forget(struct flows *flows, const struct trace_event *traced)
{
	for (size_t i = 0; i < flows->object_count; i++)
		if (flows->objects[i].sk == traced->sk)
			flows->objects[i--] = flows->objects[--flows->object_count];
}

void flow_name_object(struct flows *flows, const struct trace_event *traced,
                      char label[SOCK_LABEL_SIZE])
{
	/* A mini-socket always knows its four-tuple, and its memory is soon another's. */
	bool mini = traced->object == OBJECT_REQUEST || traced->object == OBJECT_TIME_WAIT;
	const char *found = mini ? NULL : label_by_object(flows, traced);
	bool known = found || mini;

	/* A port is 0 at CLOSE->SYN_SENT and again on ->CLOSE: the tuple comes last. */
	if (!found && !mini)
		found = label_by_cookie(flows, traced);
	if (!found)
		found = label_by_tuple(flows, traced);
	memset(label, 0, SOCK_LABEL_SIZE);
	if (!found)
		return;
	memcpy(label, found, SOCK_LABEL_SIZE);
	if (traced->event.kind == EVENT_DESTROY)
		object_forget(flows, traced); /* its memory may be another's next */
	else if (!known && traced->sk)
		object_remember(flows, traced, label);
}
