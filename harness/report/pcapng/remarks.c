// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../base/map.h"
#include "../../packet/match.h"
#include "pcapng.h"

/* A packet that leaves so soon behind a call is what the call sent. */
#define SENT_BY_CALL_NS 1000000

/* What is known of one socket of a host, at the event that is being looked at. */
struct last {
	const struct event *call; /* that no packet left behind yet */
	const struct event *packet; /* that came in */
};

struct collecting {
	const struct story *story;
	struct remarks *remarks;
	struct map lasts; /* struct last, by host and label */
	struct map rules; /* their events, by number */
	const char **socks; /* whose a packet is, by the event's place in the record */
	struct arena arena;
	struct buffer words;
};

/* One more remark on the packet that @event tells of. */
static int remark_add(struct collecting *c, const struct event *event)
{
	size_t at = (size_t)(event - c->story->rec->events);
	const char **text = &c->remarks->of[at];
	struct buffer both = {0};

	if (!buffer_text(&c->words))
		return -ENOMEM;
	buffer_add(&both, "%s%s%s", *text ? *text : "", *text ? "; " : "", buffer_text(&c->words));
	*text = buffer_text(&both) ? arena_text(&c->remarks->texts, both.data) : NULL;
	buffer_free(&both);
	buffer_reset(&c->words);
	return *text ? 0 : -ENOMEM;
}

static struct last *last_of(struct collecting *c, enum side host, const char *sock)
{
	char name[SOCK_LABEL_SIZE + 1] = {(char)('0' + host)};
	struct last *last;
	uint64_t key;

	memcpy(name + 1, sock, strnlen(sock, SOCK_LABEL_SIZE));
	key = map_key(name, sizeof(name));
	last = map_get(&c->lasts, key);
	if (last)
		return last;
	last = arena_take(&c->arena, sizeof(*last));
	return last && !map_put(&c->lasts, key, last) ? last : NULL;
}

static void fate_words(struct collecting *c, const struct flight *flight)
{
	static const char *const words[] = {
		[FATE_DELIVERED] = "",
		[FATE_DROPPED] = "dropped on the wire",
		[FATE_HELD] = "held on the wire, and never released",
		[FATE_LOST] = "lost: seen here only",
	};
	const struct event *rule = map_get(&c->rules, flight->rule);

	if (flight->overflowed) { /* behind the wire: enqueue_to_backlog() */
		buffer_add(&c->words, "dropped by the host that it came to: its queue was full");
		return;
	}
	buffer_add(&c->words, "%s", words[flight->fate]);
	if (rule)
		buffer_add(&c->words, ": rule %u, %s %s", flight->rule, rule->rule.action,
		           rule->rule.text);
	else if (flight->fate == FATE_DROPPED)
		buffer_add(&c->words, " by the probe itself");
}

static int flight_remarks(struct collecting *c, const struct flight *flight)
{
	const struct event *first = flight->departure ? flight->departure : flight->arrival;
	const struct event *events = c->story->rec->events;
	int rc = 0;

	if (flight->departure)
		c->socks[flight->departure - events] = flight->sock[flight->departure->host];
	if (flight->arrival)
		c->socks[flight->arrival - events] = flight->sock[flight->arrival->host];

	if (first && flight->resent) {
		buffer_add(&c->words, "retransmission number %u of this segment", flight->resent);
		rc = remark_add(c, first);
	}
	if (!rc && first && flight->fate != FATE_DELIVERED) {
		fate_words(c, flight);
		rc = remark_add(c, first);
	}
	if (!rc && flight->arrival && (flight->injected || flight->duplicate)) {
		buffer_add(&c->words, "%s on the wire", flight->injected ? "injected" : "doubled");
		rc = remark_add(c, flight->arrival);
	}
	if (!rc && flight->arrival && flight->released_ns != NEVER) {
		buffer_add(&c->words, "held on the wire until %.6f s",
		           (double)flight->released_ns / NS_PER_S);
		rc = remark_add(c, flight->arrival);
	}
	return rc;
}

static int packet_remark(struct collecting *c, const struct event *event, struct last *last)
{
	const struct event *call = last->call;

	if (event_arrives(event)) {
		last->packet = event;
		return 0;
	}
	last->call = NULL;
	if (!event_departs(event) || !call || event->t_ns - call->t_ns > SENT_BY_CALL_NS)
		return 0;
	buffer_add(&c->words, "%s %s: %s(%s)", side_name(call->host), call->sock, call->call.name,
	           call->call.args);
	return remark_add(c, event);
}

static int transition_remark(struct collecting *c, const struct event *event, struct last *last)
{
	if (!last->packet || strcmp(event->transition.cause, "packet") != 0)
		return 0;
	buffer_add(&c->words, "%s %s: %s -> %s", side_name(event->host), event->sock,
	           state_name(event->transition.from), state_name(event->transition.to));
	return remark_add(c, last->packet);
}

static int event_remark(struct collecting *c, const struct event *event)
{
	const char *sock = event->sock;
	struct last *last;

	if (event->kind == EVENT_PACKET)
		sock = c->socks[event - c->story->rec->events];
	else if (event->kind != EVENT_CALL && event->kind != EVENT_TRANSITION)
		return 0;
	if (!sock || !sock[0])
		return 0;
	last = last_of(c, event->host, sock);
	if (!last)
		return -ENOMEM;
	if (event->kind == EVENT_PACKET)
		return packet_remark(c, event, last);
	if (event->kind == EVENT_TRANSITION)
		return transition_remark(c, event, last);
	last->call = event;
	return 0;
}

static int rules_collect(struct collecting *c)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < c->story->event_count; i++)
		if (c->story->events[i]->kind == EVENT_RULE)
			rc = map_put(&c->rules, c->story->events[i]->rule.id,
			             (void *)c->story->events[i]);
	return rc;
}

int remarks_collect(const struct story *story, struct remarks *remarks)
{
	const size_t count = story->event_count ? story->event_count : 1;
	struct collecting c = {.story = story, .remarks = remarks};
	int rc = -ENOMEM;

	*remarks = (struct remarks){.of = calloc(count, sizeof(*remarks->of))};
	c.socks = calloc(count, sizeof(*c.socks));
	if (remarks->of && c.socks)
		rc = rules_collect(&c);
	for (size_t i = 0; !rc && i < story->flights.count; i++)
		rc = flight_remarks(&c, &story->flights.items[i]);
	for (size_t i = 0; !rc && i < story->event_count; i++)
		rc = event_remark(&c, story->events[i]);
	free(c.socks);
	map_free(&c.lasts);
	map_free(&c.rules);
	arena_clear(&c.arena);
	buffer_free(&c.words);
	return rc;
}

void remarks_free(struct remarks *remarks)
{
	free(remarks->of);
	arena_clear(&remarks->texts);
}
