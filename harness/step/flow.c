// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Theory of operation
 *
 * A connection has a number, and each of its ends a label of that number: c7 and s7. An end
 * is known from connect() or accept() on; that of a host where no socket of ours is at work
 * yet (a request sock, or a connection nobody accepted) from the SYN on that was sent to it.
 *
 * What the kernel shows is put down to an end by the kernel object where it was named
 * before, else by the cookie, and by the four-tuple last: at a reuse of the four-tuple two
 * ends share it. There the older of them is meant until its object was seen to be gone;
 * the newer one waits. Two marks of a new life are known besides: a SYN that is sent while
 * the older one is past its handshake, and a request sock that is created.
 */
#include "flow.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/array.h"

/* ---- keys */

static uint64_t tuple_key(enum side host, const struct endpoint *local,
                          const struct endpoint *remote)
{
	uint8_t bytes[2 * sizeof(local->addr) + 5] = {(uint8_t)host};

	memcpy(bytes + 1, local->addr, sizeof(local->addr));
	memcpy(bytes + 1 + sizeof(local->addr), remote->addr, sizeof(remote->addr));
	memcpy(bytes + sizeof(bytes) - 4, &local->port, 2);
	memcpy(bytes + sizeof(bytes) - 2, &remote->port, 2);
	return map_key(bytes, sizeof(bytes));
}

static uint64_t number_key(enum side host, unsigned int number)
{
	return (uint64_t)host << 32 | number;
}

static uint64_t port_key(enum side host, uint16_t port)
{
	return (uint64_t)host << 16 | port;
}

/* Cookies are counted by namespace in some kernels, by machine in others. */
static uint64_t cookie_key(enum side host, uint64_t cookie)
{
	return cookie << 1 | host;
}

static uint64_t object_key(enum side host, uint64_t sk)
{
	return sk | host; /* an address of a sock is even */
}

static void keep(struct flows *flows, struct map *map, uint64_t key, const void *value)
{
	if (map_put(map, key, (void *)value) < 0)
		emit_fail_errno(flows->emit, ENOMEM, "keep one more end of a connection");
}

/* ---- labels */

static void label_set(char label[SOCK_LABEL_SIZE], char letter, unsigned int number)
{
	memset(label, 0, SOCK_LABEL_SIZE);
	snprintf(label, SOCK_LABEL_SIZE, "%c%u", letter, number);
}

static unsigned int label_number(const char *label)
{
	return (unsigned int)strtoul(label + 1, NULL, 10);
}

/* A label of @host with @wanted for its number, or the next one where that is taken. */
static void label_take(struct flows *flows, enum side host, unsigned int wanted,
                       char label[SOCK_LABEL_SIZE])
{
	unsigned int number = wanted;

	while (!number || map_get(&flows->taken, number_key(host, number)))
		number = ++flows->numbers[host];
	keep(flows, &flows->taken, number_key(host, number), flows);
	label_set(label, side_name(host)[0], number);
}

void flow_label_sock(struct flows *flows, struct sock *sock, bool listener)
{
	if (sock->udp)
		label_set(sock->label, 'u', ++flows->datagrams);
	else if (listener)
		label_set(sock->label, 'l', ++flows->listeners);
	else
		label_take(flows, sock->host, 0, sock->label);
	keep(flows, &flows->by_cookie, cookie_key(sock->host, sock->cookie), sock->label);
}

struct flow *flow_labelled(const struct flows *flows, enum side host, const char *label)
{
	if (label[0] != side_name(host)[0])
		return NULL;
	return map_get(&flows->by_number, number_key(host, label_number(label)));
}

/* ---- the flows of one four-tuple */

static struct flow *tuple_newest(const struct flows *flows, enum side host,
                                 const struct endpoint *local, const struct endpoint *remote)
{
	struct flow *flow = map_get(&flows->by_tuple, tuple_key(host, local, remote));

	/* Two four-tuples with one key are as good as none: the newer has taken its place. */
	if (flow && (flow->host != host || !endpoint_equal(&flow->local, local) ||
	             !endpoint_equal(&flow->remote, remote)))
		return NULL;
	return flow;
}

/* Those that are over are passed by for good, so that a much used port costs nothing. */
static struct flow *flow_older(struct flow *flow)
{
	while (flow->older && flow->older->ended)
		flow->older = flow->older->older;
	return flow->older;
}

/* The oldest that is not over; else the newest. */
static struct flow *flow_current(struct flow *newest)
{
	struct flow *flow = newest;

	while (flow && flow_older(flow))
		flow = flow->older;
	return flow;
}

struct flow *flow_waiting(const struct flows *flows, const struct flow *flow)
{
	struct flow *waiting = NULL;

	for (struct flow *f = tuple_newest(flows, flow->host, &flow->local, &flow->remote);
	     f && f != flow; f = f->older)
		if (!f->seen && !f->ended)
			waiting = f;
	return waiting;
}

struct flow *flow_find(const struct flows *flows, enum side host, const struct endpoint *local,
                       const struct endpoint *remote)
{
	return flow_current(tuple_newest(flows, host, local, remote));
}

static struct flow *flow_new(struct flows *flows, enum side host, const struct endpoint *local,
                             const struct endpoint *remote, const char *label)
{
	struct flow **items =
		array_reserve(flows->items, &flows->space, flows->count + 1, sizeof(*items));
	struct flow *flow = calloc(1, sizeof(*flow));
	struct flow *older = tuple_newest(flows, host, local, remote);

	if (items)
		flows->items = items;
	if (!items || !flow)
		emit_fail_errno(flows->emit, ENOMEM, "watch one more end of a connection");
	*flow = (struct flow){
		.host = host, .local = *local, .remote = *remote, .older = older, .before = older};
	memcpy(flow->label, label, SOCK_LABEL_SIZE);
	if (older && !older->seen)
		older->ended = true; /* whoever it was to talk to has begun anew */
	flows->items[flows->count++] = flow;
	keep(flows, &flows->by_tuple, tuple_key(host, local, remote), flow);
	keep(flows, &flows->by_number, number_key(host, label_number(label)), flow);
	return flow;
}

void flow_has_cookie(struct flows *flows, struct flow *flow, uint64_t cookie)
{
	if (!cookie || cookie == flow->cookie)
		return;
	flow->cookie = cookie;
	keep(flows, &flows->by_cookie, cookie_key(flow->host, cookie), flow->label);
}

struct flow *flow_after(struct flows *flows, struct flow *flow, uint64_t cookie)
{
	struct flow *next = flow_waiting(flows, flow);
	char label[SOCK_LABEL_SIZE];

	flow->ended = true;
	if (!next) {
		label_take(flows, flow->host, 0, label);
		next = flow_new(flows, flow->host, &flow->local, &flow->remote, label);
	}
	flow_has_cookie(flows, next, cookie);
	return next;
}

/* ---- the sockets of the probe */

void flow_bound(struct flows *flows, struct sock *sock)
{
	keep(flows, &flows->by_port, port_key(sock->host, sock->local.port), sock);
}

/* A socket of the probe that will be the other end itself (a simultaneous open). */
static bool end_is_ours(const struct flows *flows, enum side host, const struct endpoint *local)
{
	const struct sock *sock = map_get(&flows->by_port, port_key(host, local->port));

	return sock && sock->fd >= 0 && !sock->listening && !sock->flow &&
	       endpoint_equal(&sock->local, local);
}

static void ends_join(struct flow *flow, struct flow *peer)
{
	flow->peer = peer;
	peer->peer = flow;
}

/* The other end of a connection that begins. */
static void peer_add(struct flows *flows, struct flow *flow)
{
	enum side host = side_other(flow->host);
	struct flow *there = tuple_newest(flows, host, &flow->remote, &flow->local);
	char label[SOCK_LABEL_SIZE];

	if (!bench_is_address(flows->bench, host, &flow->remote))
		return;
	if (there && !there->peer && !there->ended) {
		ends_join(flow, there); /* it has begun from its side too */
		return;
	}
	if (end_is_ours(flows, host, &flow->remote))
		return;
	label_take(flows, host, label_number(flow->label), label);
	ends_join(flow, flow_new(flows, host, &flow->remote, &flow->local, label));
}

struct flow *flow_add(struct flows *flows, struct sock *sock, const struct endpoint *remote)
{
	struct flow *flow = sock->flow;

	/* connect() again, to hear what became of it, begins nothing. */
	if (flow && !flow->ended && endpoint_equal(&flow->remote, remote))
		return flow;
	flow = flow_new(flows, sock->host, &sock->local, remote, sock->label);
	flow->cookie = sock->cookie;
	sock->flow = flow;
	peer_add(flows, flow);
	return flow;
}

struct flow *flow_accepted(struct flows *flows, struct sock *sock, const struct endpoint *remote)
{
	struct flow *flow = flow_find(flows, sock->host, &sock->local, remote);

	if (flow && flow->cookie && flow->cookie != sock->cookie)
		flow = flow_waiting(flows, flow);
	if (!flow) {
		label_take(flows, sock->host, 0, sock->label);
		return flow_add(flows, sock, remote);
	}
	memcpy(sock->label, flow->label, SOCK_LABEL_SIZE);
	flow_has_cookie(flows, flow, sock->cookie);
	sock->flow = flow;
	return flow;
}

/* ---- frames */

static bool handshake_is_past(const struct flow *flow)
{
	return flow->seen && flow->last.state != STATE_SYN_SENT &&
	       flow->last.state != STATE_SYN_RECV && flow->last.state != STATE_NEW_SYN_RECV;
}

static struct flow *packet_sender(struct flows *flows, enum side from, const struct packet *packet)
{
	struct flow *flow = flow_find(flows, from, &packet->src, &packet->dst);
	struct flow *waiting;

	if (!flow || !(packet->flags & TCP_FLAG_SYN) || !handshake_is_past(flow))
		return flow;
	waiting = flow_waiting(flows, flow);
	return waiting ? waiting : flow;
}

static bool packet_begins(const struct packet *packet)
{
	return (packet->flags & (TCP_FLAG_SYN | TCP_FLAG_ACK | TCP_FLAG_RST)) == TCP_FLAG_SYN;
}

/* Whether the SYN that comes in at @flow's end finds nothing there, or what gives way to it. */
static bool gives_way(const struct flows *flows, const struct flow *flow,
                      const struct packet *packet)
{
	if (!flow->seen || flow->ended)
		return flow->ended;
	return flow->last.object == OBJECT_TIME_WAIT && flow->last.state == STATE_TIME_WAIT &&
	       flow->fin_arrived &&
	       model_timewait_on(flows->emit->rec, flow->host, &flow->heard, packet) ==
	               TIMEWAIT_REOPENS;
}

void flow_injected(struct flows *flows, enum side to, const struct packet *packet)
{
	struct flow *before = tuple_newest(flows, to, &packet->dst, &packet->src), *flow;
	char label[SOCK_LABEL_SIZE];

	if (packet->protocol != IPPROTO_TCP || !packet_begins(packet) || !before ||
	    !gives_way(flows, before, packet))
		return;
	label_take(flows, to, 0, label);
	flow = flow_new(flows, to, &packet->dst, &packet->src, label);
	flow->by_wire = true;
	flow->syn = packet->seq;
}

/* The flow at @to that just this SYN began when the wire made it; NULL: it is another's. */
static struct flow *flow_of_injected(struct flows *flows, enum side to, const struct packet *packet)
{
	struct flow *flow = tuple_newest(flows, to, &packet->dst, &packet->src);

	return flow && flow->by_wire && packet_begins(packet) && packet->seq == flow->syn ? flow
	                                                                                  : NULL;
}

struct flow_ends flow_of_packet(struct flows *flows, enum side from, enum side to,
                                const struct packet *packet)
{
	struct flow_ends ends = {0};
	char label[SOCK_LABEL_SIZE];

	if (packet->protocol != IPPROTO_TCP)
		return ends;
	ends.receiver = flow_of_injected(flows, to, packet);
	if (ends.receiver)
		return ends;
	ends.sender = packet_sender(flows, from, packet);
	ends.receiver = ends.sender ? ends.sender->peer : NULL;
	if (!ends.receiver)
		ends.receiver = flow_find(flows, to, &packet->dst, &packet->src);
	/* Of the wire's making, from whatever address: the host that it reaches may answer. */
	if (!ends.sender && !ends.receiver && packet_begins(packet)) {
		label_take(flows, to, 0, label);
		ends.receiver = flow_new(flows, to, &packet->dst, &packet->src, label);
	}
	return ends;
}

/* The newest of @flow's four-tuple whose SYN has left, or NULL. */
static struct flow *flow_begun(const struct flows *flows, const struct flow *flow)
{
	struct flow *begun = tuple_newest(flows, flow->host, &flow->local, &flow->remote);

	while (begun && !begun->begun)
		begun = begun->before;
	return begun;
}

/* What a time-wait sock takes over, and keeps up to date: its peer's FIN, and what follows it. */
static void flow_hear(struct flow *flow, const struct packet *packet)
{
	if (packet->flags & TCP_FLAG_FIN) {
		flow->fin_arrived = true;
		flow->heard.rcv_nxt = packet->seq + packet->len + 1;
		flow->heard.ts_recent = packet->ts_val;
	} else if (flow->fin_arrived && packet->seq == flow->heard.rcv_nxt &&
	           packet->has_timestamps) {
		flow->heard.ts_recent = packet->ts_val;
	}
}

/* Keeps what tells later that this end is over, and the next one begins. */
static void flow_follow(struct flow *flow, bool departs, const struct packet *packet)
{
	if (departs && (packet->flags & TCP_FLAG_SYN))
		flow->begun = true;
	if (departs && (packet->flags & TCP_FLAG_FIN)) {
		flow->fin_sent = true;
		flow->fin_end = packet->seq + packet->len + 1;
	}
	if (departs)
		return;
	flow_hear(flow, packet);
	flow->closed |= (packet->flags & TCP_FLAG_RST) ||
	                (flow->fin_arrived && flow->fin_sent && (packet->flags & TCP_FLAG_ACK) &&
	                 packet->ack == flow->fin_end);
}

/*
 * A SYN reaches an end that is still there (tcp_validate_incoming()), and begins another one
 * where it is over or in TIME_WAIT. What is no SYN belongs to the connection whose SYN left last.
 */
static bool flow_has_tuple(const struct flow *begun, bool departs, const struct packet *packet,
                           int64_t t_ns)
{
	if (departs && (packet->flags & TCP_FLAG_SYN))
		return false;
	/* the host refuses a SYN, where the end before is over: tcp_v4_send_reset() */
	if (departs && (packet->flags & TCP_FLAG_RST) && !packet->seq && begun->closed)
		return false;
	if (!packet_begins(packet))
		return true;
	return begun->seen && !begun->closed && !(begun->ended && t_ns >= begun->gone_ns);
}

struct flow *flow_at_port(struct flows *flows, struct flow_ends ends, bool departs,
                          const struct packet *packet, int64_t t_ns)
{
	struct flow *flow = departs ? ends.sender : ends.receiver;
	struct flow *begun = flow ? flow_begun(flows, flow) : NULL;

	if (!flow)
		return NULL;
	if (begun && begun != flow && flow_has_tuple(begun, departs, packet, t_ns))
		flow = begun;
	flow_follow(flow, departs, packet);
	return flow;
}

/* ---- kernel objects that trace names */

static const char *label_by_tuple(const struct flows *flows, const struct trace_event *traced)
{
	enum side host = traced->event.host;
	const struct sock *sock;
	struct flow *flow, *waiting;
	bool begins = traced->listener_child || (traced->event.kind == EVENT_MINI_SOCKET &&
	                                         traced->object == OBJECT_REQUEST &&
	                                         traced->event.mini.change == MINI_CREATED);

	if (!traced->remote.port) {
		if (traced->listener_child) /* it has the listener's port, and is not the listener */
			return NULL;
		sock = map_get(&flows->by_port, port_key(host, traced->local.port));
		return sock && sock->listening ? sock->label : NULL;
	}
	flow = flow_find(flows, host, &traced->local, &traced->remote);
	waiting = flow && begins && flow->seen ? flow_waiting(flows, flow) : NULL;
	return waiting ? waiting->label : flow ? flow->label : NULL;
}

/* Of the connection whose SYN+ACK left last, as the reset itself is: flow_at_port(). */
static const char *label_refused(const struct flows *flows, const struct trace_event *traced)
{
	const struct flow *flow =
		flow_find(flows, traced->event.host, &traced->local, &traced->remote);
	const struct flow *begun = flow ? flow_begun(flows, flow) : NULL;

	return begun && !begun->closed ? begun->label : label_by_tuple(flows, traced);
}

/*
 * A listener resets in the name of the connection that it refuses: tcp_check_req() with
 * tcp_abort_on_overflow, an ACK of no cookie. Whose it is the segment that it answers tells.
 */
static bool is_reset_for_another(const struct trace_event *traced)
{
	return traced->event.kind == EVENT_RESET && traced->event.reset.state == STATE_LISTEN &&
	       traced->remote.port;
}

void flow_name_object(struct flows *flows, const struct trace_event *traced,
                      char label[SOCK_LABEL_SIZE])
{
	enum side host = traced->event.host;
	/* The memory of a mini-socket is soon another's: it is not remembered by that. */
	bool mini = traced->object == OBJECT_REQUEST || traced->object == OBJECT_TIME_WAIT;
	const char *found = is_reset_for_another(traced) ? label_refused(flows, traced) : NULL;

	if (found) {
		memcpy(label, found, SOCK_LABEL_SIZE);
		return;
	}
	if (traced->cookie)
		found = map_get(&flows->by_cookie, cookie_key(host, traced->cookie));
	if (!found && !mini)
		found = map_get(&flows->by_object, object_key(host, traced->sk));
	/* The end of a request is of the socket that it became, which was traced just before. */
	if (!found && traced->child)
		found = map_get(&flows->by_object, object_key(host, traced->child));
	/* A port is 0 at CLOSE->SYN_SENT and again on ->CLOSE: the tuple comes last. */
	if (!found)
		found = label_by_tuple(flows, traced);
	memset(label, 0, SOCK_LABEL_SIZE);
	if (!found)
		return;
	memcpy(label, found, SOCK_LABEL_SIZE);
	if (traced->event.kind == EVENT_DESTROY) /* its memory may be another's next */
		map_drop(&flows->by_object, object_key(host, traced->sk));
	else if (!mini && traced->sk)
		keep(flows, &flows->by_object, object_key(host, traced->sk), found);
}
