// SPDX-License-Identifier: GPL-2.0-or-later
#include "negotiated.h"

#include <netinet/in.h>

#include "timer.h"

static bool both_ask(const struct record *rec, const char *name)
{
	return model_sysctl_or(rec, SIDE_CLIENT, name, 0) &&
	       model_sysctl_or(rec, SIDE_SERVER, name, 0);
}

static const struct packet *departing_syn(const struct event *event)
{
	if (event->kind != EVENT_PACKET || !event_departs(event) ||
	    event->packet.packet.protocol != IPPROTO_TCP ||
	    !(event->packet.packet.flags & TCP_FLAG_SYN))
		return NULL;
	return &event->packet.packet;
}

static bool answers(const struct packet *syn, const struct packet *other)
{
	return endpoint_equal(&syn->src, &other->dst) && endpoint_equal(&syn->dst, &other->src);
}

struct negotiated model_negotiated(const struct record *rec)
{
	struct negotiated found = {
		.sack = both_ask(rec, "net.ipv4.tcp_sack"),
		.timestamps = both_ask(rec, "net.ipv4.tcp_timestamps"),
	};
	const struct packet *first = NULL;

	for (size_t i = 0; i < rec->event_count; i++) {
		const struct packet *syn = departing_syn(&rec->events[i]);

		if (!syn)
			continue;
		if (!first || !answers(first, syn)) {
			first = syn;
			continue;
		}
		found.sack = first->sack_ok && syn->sack_ok;
		found.timestamps = first->has_timestamps && syn->has_timestamps;
	}
	return found;
}
