// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ladder_item: what happened, in words, one item each, in order of time.
 *
 * The states in the lanes are the stitched lives of the story, so that what
 * trace and diag saw of one change is told once. Of the samples only what
 * stands for a while is told: a timer that is set and stopped within a round
 * trip is no news.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ladder.h"

#define STANDS_NS (50 * NS_PER_MS)
/* A retransmission that trace saw and the tap too: within this of each other. */
#define SAME_SEND_NS (2 * NS_PER_MS)

struct collector {
	const struct record *rec;
	const struct flights *flights;
	struct items *items;
	bool verbose, failed;
	int64_t end_ns; /* of the last event */
};

static struct item *item_new(struct collector *c, enum item_kind kind, int64_t t_ns, enum side side)
{
	struct items *items = c->items;
	struct item *item;

	if (items->count == items->space) {
		size_t space = items->space ? 2 * items->space : 64;

		item = reallocarray(items->items, space, sizeof(*item));
		if (!item) {
			c->failed = true;
			return NULL;
		}
		items->items = item;
		items->space = space;
	}
	item = &items->items[items->count];
	*item = (struct item){.t_ns = t_ns, .kind = kind, .side = side, .order = items->count};
	items->count++;
	return item;
}

static void say(struct item *item, enum attr attr, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void say(struct item *item, enum attr attr, const char *fmt, ...)
{
	struct chunk *chunk;
	va_list ap;

	if (!item || item->chunk_count == CHUNKS)
		return;
	chunk = &item->chunks[item->chunk_count++];
	chunk->attr = attr;
	va_start(ap, fmt);
	vsnprintf(chunk->text, sizeof(chunk->text), fmt, ap);
	va_end(ap);
}

/* The main socket of each end goes without its label. */
static const char *label_prefix(const char *sock, char buf[SOCK_LABEL_SIZE + 2])
{
	if (!*sock || !strcmp(sock, "c1") || !strcmp(sock, "s1"))
		return "";
	snprintf(buf, SOCK_LABEL_SIZE + 2, "%s ", sock);
	return buf;
}

static void say_object(struct item *item, enum sock_object object)
{
	if (object == OBJECT_REQUEST)
		say(item, ATTR_PLAIN, "request sock");
	else if (object == OBJECT_TIME_WAIT)
		say(item, ATTR_PLAIN, "time-wait sock");
}

static void say_cause(struct item *item, const char *cause)
{
	if (!strncmp(cause, "syscall ", 8))
		say(item, ATTR_DIM, "%s()", cause + 8);
	else if (*cause)
		say(item, ATTR_DIM, "%s", cause);
}

static void say_source(struct item *item, const struct life_state *state)
{
	char gap[24];

	if (state->source != OBSERVER_DIAG || !item)
		return;
	if (state->gap_ns < NS_PER_MS)
		say(item, ATTR_DIM, "polled");
	else
		say(item, ATTR_DIM, "up to %s ago", duration_text(state->gap_ns, gap, sizeof(gap)));
}

static void say_time_wait_timer(struct item *item, const struct life_state *state)
{
	char timer[24];

	if (state->timer == DIAG_TIMER_TIMEWAIT)
		say(item, ATTR_PLAIN, "%s timer",
		    duration_text(state->expires_ms * NS_PER_MS, timer, sizeof(timer)));
}

/* @object: what carries the state, where it comes to that soon after it began. */
static void add_state(struct collector *c, enum side side, const char *sock,
                      const struct life_state *state, enum sock_object object,
                      const struct life_state *before)
{
	struct item *item = item_new(c, ITEM_LANE, state->t_ns, side);
	char prefix[SOCK_LABEL_SIZE + 2];

	say(item, ATTR_STATE, "%s%s", label_prefix(sock, prefix), state_name(state->state));
	say_cause(item, state->cause);
	say_object(item, object);
	if (object == OBJECT_TIME_WAIT)
		say_time_wait_timer(item, state);
	if (state->state == STATE_CLOSE && before && !state->cause[0] &&
	    before->object == OBJECT_REQUEST)
		say(item, ATTR_DIM, "request sock gone");
	if (state->state == STATE_CLOSE && before && before->timer == DIAG_TIMER_TIMEWAIT)
		say(item, ATTR_DIM, "time-wait sock gone");
	say_source(item, state);
}

static bool is_of(const struct event *event, enum side side, const char *sock)
{
	return event->host == side && !strcmp(event->sock, sock);
}

static bool is_time_wait_sign(const struct event *event)
{
	if (event->kind == EVENT_SAMPLE)
		return event->sample.object == OBJECT_TIME_WAIT;
	return event->kind == EVENT_MINI_SOCKET && event->mini.object == OBJECT_TIME_WAIT &&
	       event->mini.change == MINI_CREATED;
}

/*
 * FIN_WAIT2 changes hands from the socket to a time-wait sock without a change of
 * state. When: the first sign of the latter while in @state; NEVER.
 */
static int64_t hand_over_time(const struct collector *c, enum side side, const char *sock,
                              const struct life *life, size_t at)
{
	int64_t begin_ns = life->states[at].t_ns;
	int64_t end_ns = INT64_MAX;

	/* What came next may have begun as early as this. */
	if (at + 1 < life->count)
		end_ns = life->states[at + 1].t_ns - life->states[at + 1].gap_ns;

	if (life->states[at].state != STATE_FIN_WAIT2 || life->states[at].object != OBJECT_FULL)
		return NEVER;
	for (size_t i = 0; i < c->rec->event_count; i++) {
		const struct event *event = &c->rec->events[i];

		if (is_of(event, side, sock) && is_time_wait_sign(event) &&
		    event->t_ns >= begin_ns && event->t_ns < end_ns)
			return event->t_ns;
	}
	return NEVER;
}

static void add_hand_over(struct collector *c, enum side side, const char *sock,
                          const struct life_state *state, int64_t t_ns)
{
	struct item *item = item_new(c, ITEM_LANE, t_ns, side);
	char prefix[SOCK_LABEL_SIZE + 2];

	say(item, ATTR_STATE, "%sFIN_WAIT2", label_prefix(sock, prefix));
	say_object(item, OBJECT_TIME_WAIT);
	say_time_wait_timer(item, state);
}

static void add_life(struct collector *c, const struct life *life)
{
	for (size_t i = 0; i < life->count; i++) {
		const struct life_state *state = &life->states[i];
		int64_t handed_ns = hand_over_time(c, life->host, life->sock, life, i);
		bool at_once = handed_ns != NEVER && handed_ns - state->t_ns < NS_PER_MS;

		add_state(c, life->host, life->sock, state,
		          at_once ? OBJECT_TIME_WAIT : state->object, i ? state - 1 : NULL);
		if (handed_ns != NEVER && !at_once)
			add_hand_over(c, life->host, life->sock, state, handed_ns);
	}
}

/* Does a reading hold for a while: until the next that differs, or the record's end? */
static bool stands(const struct collector *c, size_t at)
{
	const struct event *event = &c->rec->events[at];

	for (size_t i = at + 1; i < c->rec->event_count; i++) {
		const struct event *next = &c->rec->events[i];

		if (next->kind == EVENT_SAMPLE && is_of(next, event->host, event->sock))
			return next->t_ns - event->t_ns >= STANDS_NS;
	}
	return c->end_ns - event->t_ns >= STANDS_NS;
}

static const char *timer_words(const struct sample *sample)
{
	switch (sample->timer) {
	case DIAG_TIMER_ON:
		return sample->object == OBJECT_REQUEST ? "SYN ACK timer" : "resend timer";
	case DIAG_TIMER_KEEPALIVE:
		return sample->state == STATE_FIN_WAIT2 ? "FIN_WAIT2 timer" : "keepalive timer";
	case DIAG_TIMER_PROBE0:
		return "probe timer";
	case DIAG_TIMER_NONE:
	case DIAG_TIMER_TIMEWAIT: /* told with the state */
	case DIAG_TIMER_COUNT:
		break;
	}
	return NULL;
}

static void add_sample(struct collector *c, size_t at)
{
	const struct event *event = &c->rec->events[at];
	const struct sample *sample = &event->sample;
	const char *words = timer_words(sample);
	char prefix[SOCK_LABEL_SIZE + 2], timer[24];
	struct item *item;

	if (!words || !(c->verbose || stands(c, at)))
		return;
	item = item_new(c, ITEM_LANE, event->t_ns, event->host);
	say(item, ATTR_DIM, "%s%s %s", label_prefix(event->sock, prefix), words,
	    duration_text(sample->expires_ms * NS_PER_MS, timer, sizeof(timer)));
	if (sample->retransmits)
		say(item, ATTR_DIM, "%u timeout%s so far", sample->retransmits,
		    sample->retransmits == 1 ? "" : "s");
	if (sample->orphan)
		say(item, ATTR_DIM, "orphan");
}

static void add_call(struct collector *c, const struct event *event)
{
	struct item *item = item_new(c, ITEM_LANE, event->t_ns, event->host);
	const char *name = strerrorname_np(event->call.err);
	char prefix[SOCK_LABEL_SIZE + 2];

	say(item, ATTR_YELLOW, "%s%s(%s)", label_prefix(event->sock, prefix), event->call.name,
	    event->call.args);
	if (event->call.err)
		say(item, ATTR_YELLOW, "= %lld %s", (long long)event->call.result,
		    name ? name : "?");
	else
		say(item, ATTR_YELLOW, "= %lld", (long long)event->call.result);
}

static void add_rule(struct collector *c, const struct event *event)
{
	struct item *item = item_new(c, ITEM_WIRE, event->t_ns, event->host);
	const char *from = side_name(event->rule.match.from);
	const char *to = side_name(side_other(event->rule.match.from));

	if (event->rule.on) {
		say(item, ATTR_YELLOW, "rule %u on: %s %s to %s", event->rule.id,
		    event->rule.action, from, to);
		say(item, ATTR_DIM, "%s", event->rule.text);
	} else if (event->rule.hits >= 0) {
		say(item, ATTR_YELLOW, "rule %u off: it took %lld packet%s", event->rule.id,
		    (long long)event->rule.hits, event->rule.hits == 1 ? "" : "s");
	} else {
		say(item, ATTR_YELLOW, "rule %u off", event->rule.id);
	}
}

/* When that host's next retransmission was traced. */
static int64_t next_resend_ns(const struct record *rec, size_t at)
{
	for (size_t i = at + 1; i < rec->event_count; i++)
		if (rec->events[i].kind == EVENT_RETRANSMIT &&
		    rec->events[i].host == rec->events[at].host)
			return rec->events[i].t_ns;
	return NEVER;
}

/*
 * Trace saw it sent again; the tap tells it better where it saw it too. A busy machine
 * may bring the frame out of the host some ticks later, but before the next one.
 */
static bool resend_was_seen(const struct collector *c, size_t at)
{
	const struct event *event = &c->rec->events[at];
	int64_t until_ns = next_resend_ns(c->rec, at);

	for (size_t i = 0; i < c->flights->count; i++) {
		const struct flight *flight = &c->flights->items[i];

		if (flight->from == event->host && flight->depart_ns != NEVER && flight->resent &&
		    flight->depart_ns > event->t_ns - SAME_SEND_NS &&
		    (until_ns == NEVER || flight->depart_ns < until_ns - SAME_SEND_NS))
			return true;
	}
	return false;
}

static void add_other(struct collector *c, const struct event *event)
{
	struct item *item = item_new(c, ITEM_LANE, event->t_ns, event->host);
	char prefix[SOCK_LABEL_SIZE + 2];
	const char *label = label_prefix(event->sock, prefix);

	if (event->kind == EVENT_RETRANSMIT) {
		say(item, ATTR_DIM, "%sretransmits in %s", label,
		    state_name(event->retransmit.state));
		say(item, ATTR_DIM, "not seen on the wire");
	} else if (event->kind == EVENT_RESET) {
		say(item, ATTR_DIM, "%s%s a reset in %s", label,
		    event->reset.sent ? "sends" : "receives", state_name(event->reset.state));
	} else if (event->kind == EVENT_DESTROY) {
		say(item, ATTR_DIM, "%sdestroyed", label);
	} else if (event->kind == EVENT_DROP) {
		say(item, ATTR_MAGENTA, "%skernel drops a packet", label);
		say(item, ATTR_MAGENTA, "%s", event->drop.reason);
	} else if (event->kind == EVENT_SYSCTL) {
		say(item, ATTR_YELLOW, "%s", event->sysctl.name);
		say(item, ATTR_YELLOW, "from %s to %s", event->sysctl.from, event->sysctl.to);
	}
}

static void add_event(struct collector *c, size_t at)
{
	const struct event *event = &c->rec->events[at];

	switch (event->kind) {
	case EVENT_CALL:
		add_call(c, event);
		return;
	case EVENT_SAMPLE:
		add_sample(c, at);
		return;
	case EVENT_RULE:
		add_rule(c, event);
		return;
	case EVENT_NOTE:
		say(item_new(c, ITEM_NOTE, event->t_ns, event->host), ATTR_DIM, "%s",
		    event->note.text);
		return;
	case EVENT_RETRANSMIT:
		if (!resend_was_seen(c, at))
			add_other(c, event);
		return;
	case EVENT_RESET:
	case EVENT_DESTROY:
		if (c->verbose)
			add_other(c, event);
		return;
	case EVENT_DROP:
	case EVENT_SYSCTL:
		add_other(c, event);
		return;
	case EVENT_TRANSITION: /* in the lives */
	case EVENT_MINI_SOCKET:
	case EVENT_PACKET: /* in the flights */
	case EVENT_FRAME:
	case EVENT_COUNTS:
	case EVENT_COUNTER: /* of the run, not of an instant */
	case EVENT_LATE:
	case EVENT_KIND_COUNT:
		return;
	}
}

static const char *ordinal(unsigned int n)
{
	if (n % 100 >= 11 && n % 100 <= 13)
		return "th";
	return n % 10 == 1 ? "st" : n % 10 == 2 ? "nd" : n % 10 == 3 ? "rd" : "th";
}

static void add_flight(struct collector *c, size_t index)
{
	const struct flight *flight = &c->flights->items[index];
	struct item *item;

	/* What begins on the wire is drawn where it comes out of it. */
	if (flight->depart_ns != NEVER && !(flight->injected && flight->arrive_ns != NEVER)) {
		if (flight->resent) {
			item = item_new(c, ITEM_LANE, flight->depart_ns, flight->from);
			say(item, ATTR_PLAIN, "%u%s retransmission", flight->resent,
			    ordinal(flight->resent));
		}
		item = item_new(c, ITEM_DEPART, flight->depart_ns, flight->from);
		if (item)
			item->flight = index;
	}
	if (flight->arrive_ns == NEVER)
		return;
	item = item_new(c, ITEM_ARRIVE, flight->arrive_ns,
	                flight->loopback ? flight->from : side_other(flight->from));
	if (item)
		item->flight = index;
}

static int item_compare(const void *a, const void *b)
{
	const struct item *ia = a, *ib = b;

	if (ia->t_ns != ib->t_ns)
		return ia->t_ns < ib->t_ns ? -1 : 1;
	return ia->order < ib->order ? -1 : ia->order > ib->order;
}

int items_collect(const struct story *story, bool verbose, struct items *items)
{
	const struct record *rec = story->rec;
	struct collector c = {.rec = rec,
	                      .flights = &story->flights,
	                      .items = items,
	                      .verbose = verbose,
	                      .end_ns = story->end_ns};

	*items = (struct items){0};
	for (size_t i = 0; i < story->life_count; i++)
		add_life(&c, &story->lives[i]);
	for (size_t i = 0; i < rec->event_count; i++)
		add_event(&c, i);
	for (size_t i = 0; i < story->flights.count; i++)
		add_flight(&c, i);
	if (items->count)
		qsort(items->items, items->count, sizeof(*items->items), item_compare);
	return c.failed ? -ENOMEM : 0;
}
