// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * examine_call: what system calls came to, against what the wire and trace saw.
 */
#include <errno.h>
#include <string.h>

#include "examine_parts.h"

static void complain_call(struct exam *exam, const struct end *end, const struct event *call,
                          const char *why)
{
	const struct ground ground = {
		.t_ns = call->t_ns,
		.rests_on = RESTS(OBSERVER_STEPS) | RESTS(OBSERVER_TAP) | RESTS(OBSERVER_TRACE),
	};
	char where[WHERE_SIZE];

	complain(exam, &ground, "%s %s(%s) at %.3f s: %s", end_name(end, where), call->call.name,
	         call->call.args, (double)call->t_ns / NS_PER_S, why);
}

/* The first segment of the end, on its way out or in. */
static const struct packet *first_packet(const struct end *end, bool *arrives)
{
	for (size_t i = 0; i < end->count; i++)
		if (end->items[i].flight) {
			*arrives = end->items[i].arrives;
			return end->items[i].flight->packet;
		}
	return NULL;
}

static const char *check_address(const struct end *end, const struct event *call, bool local)
{
	struct endpoint named;
	const struct packet *packet;
	const struct endpoint *seen;
	bool arrives = false;

	packet = first_packet(end, &arrives);
	if (!packet || endpoint_parse(call->call.args, &named) < 0)
		return NULL;
	seen = arrives == local ? &packet->dst : &packet->src;
	if (!named.port)
		named.port = seen->port;
	return endpoint_equal(&named, seen) ? NULL : "its segments have other addresses";
}

/*
 * Whether something that this error stands for was seen to happen by then. A call can read the
 * error just before trace sees the end: tcp_write_err() sets sk_err, then calls tcp_done().
 */
static bool error_has_cause(const struct exam *exam, const struct end *end,
                            const struct event *call)
{
	bool reset = call->call.err == ECONNREFUSED || call->call.err == ECONNRESET ||
	             call->call.err == EPIPE;
	bool timer = call->call.err == ETIMEDOUT;

	for (size_t i = 0; i < end->count && end->items[i].t_ns <= call->t_ns + EXAMINE_SKEW_NS;
	     i++) {
		const struct happening *h = &end->items[i];

		if (reset && is_segment(h, true) && (h->effects & EFFECT_RST))
			return true;
		if (timer && is_event(h, EVENT_TRANSITION) &&
		    !strncmp(h->event->transition.cause, "timer", 5))
			return true;
	}
	if (icmp_came(exam, end, 0, call->t_ns))
		return true;
	return !reset && (!timer || !examine_has(exam, OBSERVER_TRACE));
}

static const char *check_call(const struct exam *exam, const struct end *end,
                              const struct event *call)
{
	const char *name = call->call.name;

	if (!strcmp(name, "bind") && !end->listener)
		return check_address(end, call, true);
	if (!strcmp(name, "accept"))
		return check_address(end, call, false);
	if (!strcmp(name, "connect") && (!call->call.err || call->call.err == EINPROGRESS))
		return end->complete ? check_address(end, call, false)
		                     : "no SYN of it was seen to leave";
	if (!strcmp(name, "SO_ERROR") && !error_has_cause(exam, end, call))
		return "nothing that was seen makes this error";
	return NULL;
}

void examine_calls(struct exam *exam, const struct end *end)
{
	if (!end->is_tcp)
		return;
	for (size_t i = 0; i < end->count; i++) {
		const struct event *event = end->items[i].event;
		const char *why = NULL;

		if (is_event(&end->items[i], EVENT_CALL))
			why = check_call(exam, end, event);
		if (why)
			complain_call(exam, end, event, why);
	}
}
