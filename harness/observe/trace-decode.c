// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace-decode.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static_assert((int)TRACE_RAW_REQUEST == (int)OBJECT_REQUEST, "trace-shared.h follows event.h");
static_assert((int)TRACE_RAW_TIME_WAIT == (int)OBJECT_TIME_WAIT, "trace-shared.h follows event.h");
static_assert((int)TRACE_RAW_CREATED == (int)MINI_CREATED, "trace-shared.h follows event.h");
static_assert((int)TRACE_RAW_EXPIRED == (int)MINI_EXPIRED, "trace-shared.h follows event.h");
static_assert((int)TRACE_RAW_ACCEPTED == (int)MINI_ACCEPTED, "trace-shared.h follows event.h");
static_assert((int)TRACE_RAW_GONE == (int)MINI_GONE, "trace-shared.h follows event.h");
static_assert((int)TRACE_RAW_RETRANSMITTED == (int)MINI_RETRANSMIT,
              "trace-shared.h follows event.h");

static const char *const cause_names[] = {
	[TRACE_CAUSE_NONE] = "",
	[TRACE_CAUSE_STACK] = "",
	[TRACE_CAUSE_UNKNOWN] = "",
	[TRACE_CAUSE_PACKET] = "packet",
	[TRACE_CAUSE_ICMP] = "packet icmp",
	[TRACE_CAUSE_CONNECT] = "syscall connect",
	[TRACE_CAUSE_LISTEN] = "syscall listen",
	[TRACE_CAUSE_SENDMSG] = "syscall sendmsg",
	[TRACE_CAUSE_SHUTDOWN] = "syscall shutdown",
	[TRACE_CAUSE_CLOSE] = "syscall close",
	[TRACE_CAUSE_SETSOCKOPT] = "syscall setsockopt",
	[TRACE_CAUSE_TIMER_WRITE] = "timer tcp_write_timer",
	[TRACE_CAUSE_TIMER_KEEPALIVE] = "timer tcp_keepalive_timer",
	[TRACE_CAUSE_TIMER_DELACK] = "timer tcp_delack_timer",
	[TRACE_CAUSE_TIMER_REQUEST] = "timer reqsk_timer_handler",
	[TRACE_CAUSE_TIMER_TIME_WAIT] = "timer tw_timer_handler",
	[TRACE_CAUSE_DESTROY] = "destroy",
	[TRACE_CAUSE_NETNS_EXIT] = "netns exit",
};
static_assert(sizeof(cause_names) / sizeof(cause_names[0]) == TRACE_CAUSE_COUNT,
              "every cause has a name");

const char *trace_cause_name(enum trace_cause cause, bool exiting)
{
	if (cause == TRACE_CAUSE_CLOSE && exiting)
		return "exit";
	return (unsigned int)cause < TRACE_CAUSE_COUNT ? cause_names[cause] : "";
}

/* ::ffff:10.0.0.2 is IPv4 on the wire, so it is here. */
static void endpoint_fill(struct endpoint *ep, uint16_t family, const uint8_t addr[16],
                          uint16_t port)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	*ep = (struct endpoint){.port = port};
	if (family == AF_INET6 && !memcmp(addr, mapped, sizeof(mapped))) {
		ep->family = AF_INET;
		memcpy(ep->addr, addr + 12, 4);
	} else if (family == AF_INET6) {
		ep->family = AF_INET6;
		memcpy(ep->addr, addr, 16);
	} else if (family == AF_INET) {
		ep->family = AF_INET;
		memcpy(ep->addr, addr, 4);
	}
}

static bool transition_fill(const struct trace_raw *raw, struct trace_event *out)
{
	struct event *event = &out->event;

	if (!raw->from || raw->from >= STATE_COUNT || !raw->to || raw->to >= STATE_COUNT)
		return false;
	event->kind = EVENT_TRANSITION;
	event->transition.from = (enum tcp_state)raw->from;
	event->transition.to = (enum tcp_state)raw->to;
	event->transition.cause = trace_cause_name((enum trace_cause)raw->cause, raw->exiting);
	out->listener_child = raw->from == STATE_LISTEN && raw->to == STATE_SYN_RECV;
	out->object = raw->detail == TRACE_RAW_TIME_WAIT ? OBJECT_TIME_WAIT : OBJECT_FULL;
	return true;
}

static bool mini_fill(const struct trace_raw *raw, struct trace_event *out)
{
	if (raw->from != TRACE_RAW_REQUEST && raw->from != TRACE_RAW_TIME_WAIT)
		return false;
	if (raw->to >= MINI_CHANGE_COUNT || raw->state >= STATE_COUNT)
		return false;
	out->event.kind = EVENT_MINI_SOCKET;
	out->event.mini.object = (enum sock_object)raw->from;
	out->event.mini.change = (enum mini_change)raw->to;
	out->object = out->event.mini.object;
	out->mini_state = (enum tcp_state)raw->state;
	if (raw->to == TRACE_RAW_ACCEPTED)
		out->child = raw->detail;
	return true;
}

static void drop_fill(const struct trace_raw *raw, const struct trace_reasons *reasons,
                      struct trace_event *out)
{
	const char *name = NULL;

	if (raw->detail < reasons->count)
		name = reasons->names[raw->detail];
	out->event.kind = EVENT_DROP;
	if (!name) {
		snprintf(out->number, sizeof(out->number), "%" PRIu64, (uint64_t)raw->detail);
		name = out->number;
	}
	out->event.drop.reason = name;
}

static bool kind_fill(const struct trace_raw *raw, const struct trace_reasons *reasons,
                      struct trace_event *out)
{
	out->object = OBJECT_FULL;
	switch ((enum trace_raw_kind)raw->kind) {
	case TRACE_RAW_TRANSITION:
		return transition_fill(raw, out);
	case TRACE_RAW_RETRANSMIT:
		out->event.kind = EVENT_RETRANSMIT;
		out->event.retransmit.state = (enum tcp_state)raw->from;
		return raw->from < STATE_COUNT;
	case TRACE_RAW_RESET_SENT:
	case TRACE_RAW_RESET_RECEIVED:
		out->event.kind = EVENT_RESET;
		out->event.reset.sent = raw->kind == TRACE_RAW_RESET_SENT;
		out->event.reset.state = (enum tcp_state)raw->from;
		return raw->from < STATE_COUNT;
	case TRACE_RAW_DESTROY:
		out->event.kind = EVENT_DESTROY;
		return true;
	case TRACE_RAW_MINI:
		return mini_fill(raw, out);
	case TRACE_RAW_DROP:
		drop_fill(raw, reasons, out);
		return true;
	case TRACE_RAW_COUNT:
		break;
	}
	return false;
}

bool trace_decode(const struct trace_raw *raw, size_t size, const struct trace_reasons *reasons,
                  struct trace_event *event)
{
	*event = (struct trace_event){0};
	if (size < TRACE_RAW_SHORT || raw->side >= SIDE_COUNT)
		return false;
	event->event.t_ns = (int64_t)raw->t_ns;
	event->event.host = (enum side)raw->side;
	event->sk = raw->sk;
	event->cookie = raw->cookie;
	endpoint_fill(&event->local, raw->family, raw->local, raw->local_port);
	endpoint_fill(&event->remote, raw->family, raw->remote, raw->remote_port);
	return kind_fill(raw, reasons, event);
}
