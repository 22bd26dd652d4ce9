// SPDX-License-Identifier: GPL-2.0-or-later
/* item: what happened, in words, one item each, in order of time. */
#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "../../base/array.h"
#include "ladder.h"

/* A retransmission that trace saw and the tap too: within this of each other. */
#define SAME_SEND_NS (2 * NS_PER_MS)

struct times {
	int64_t *items;
	size_t count, space;
};

struct collector {
	const struct story *story;
	struct items *items;
	bool verbose;
	/* Retransmissions of each host, in order of time: as they left it, as trace told. */
	struct times left[SIDE_COUNT], traced[SIDE_COUNT];
	size_t traced_at[SIDE_COUNT]; /* the next of them that items are made of */
};

static const bool in_lane[] = {
	[ITEM_STATE] = true,   [ITEM_CALL] = true,    [ITEM_SETTING] = true, [ITEM_RESEND] = true,
	[ITEM_TIMER] = true,   [ITEM_KERNEL] = true,  [ITEM_LOSS] = true,    [ITEM_COUNTS] = true,
	[ITEM_DEPART] = false, [ITEM_ARRIVE] = false, [ITEM_RULE] = false,   [ITEM_NOTE] = false,
	[ITEM_LATE] = false,
};
static_assert(sizeof(in_lane) / sizeof(in_lane[0]) == ITEM_KIND_COUNT, "a place for every kind");

bool item_is_in_lane(enum item_kind kind)
{
	return in_lane[kind];
}

void item_add(struct items *items, enum item_kind kind, int64_t t_ns, enum side side)
{
	struct item *grown =
		array_reserve(items->items, &items->space, items->count + 1, sizeof(*grown));

	if (!grown) {
		items->failed = true;
		return;
	}
	items->items = grown;
	grown[items->count] = (struct item){
		.t_ns = t_ns,
		.order = items->count,
		.kind = kind,
		.side = side,
		.chunk = items->chunk_count,
		.due_ns = NEVER,
		.until_ns = NEVER,
	};
	items->count++;
}

static PRINTF(2, 0) const char *items_text(struct items *items, const char *fmt, va_list ap)
{
	const char *kept = NULL;
	char *text;

	if (vasprintf(&text, fmt, ap) < 0)
		return NULL;
	kept = arena_text(&items->texts, text);
	free(text);
	return kept;
}

void item_say(struct items *items, enum chunk_role role, const char *fmt, ...)
{
	struct chunk *chunks = array_reserve(items->chunks, &items->chunk_space,
	                                     items->chunk_count + 1, sizeof(*chunks));
	const char *text;
	va_list ap;

	va_start(ap, fmt);
	text = items_text(items, fmt, ap);
	va_end(ap);
	if (chunks)
		items->chunks = chunks;
	items->failed |= !chunks || !text;
	if (items->failed)
		return;
	chunks[items->chunk_count++] = (struct chunk){.role = role, .text = text};
	items->items[items->count - 1].chunk_count++;
}

const char *label_prefix(const struct story *story, const char *sock, char buf[SOCK_LABEL_SIZE + 1])
{
	bool main_sock = !strcmp(sock, "c1") || !strcmp(sock, "s1");
	size_t connections = 0;

	for (size_t i = 0; i < story->connection_count && connections < 2; i++)
		connections += story->connections[i].has_tcp;
	if (!*sock || (main_sock && connections < 2))
		return "";
	snprintf(buf, SOCK_LABEL_SIZE + 1, "%s ", sock);
	return buf;
}

static void add_call(struct collector *c, const struct event *event)
{
	const char *name = strerrorname_np(event->call.err);
	char prefix[SOCK_LABEL_SIZE + 1];

	item_add(c->items, ITEM_CALL, event->t_ns, event->host);
	item_say(c->items, ROLE_WHAT, "%s%s(%s)", label_prefix(c->story, event->sock, prefix),
	         event->call.name, event->call.args);
	if (event->call.err)
		item_say(c->items, ROLE_RESULT, "= %lld %s", (long long)event->call.result,
		         name ? name : "?");
	else
		item_say(c->items, ROLE_RESULT, "= %lld", (long long)event->call.result);
	if (*event->call.signal)
		item_say(c->items, ROLE_RESULT, "%s", event->call.signal);
	if (*event->call.peer)
		item_say(c->items, ROLE_ASIDE, "now %s", event->call.peer);
	if (event->call.child)
		item_say(c->items, ROLE_ASIDE, "by child %u", event->call.child);
}

static void add_rule(struct collector *c, const struct event *event)
{
	const char *from = side_name(event->rule.match.from);
	const char *to = side_name(side_other(event->rule.match.from));

	item_add(c->items, ITEM_RULE, event->t_ns, event->host);
	if (event->rule.on) {
		item_say(c->items, ROLE_WHAT, "rule %u on: %s %s to %s", event->rule.id,
		         event->rule.action, from, to);
		item_say(c->items, ROLE_ASIDE, "%s", event->rule.text);
	} else if (event->rule.hits >= 0) {
		item_say(c->items, ROLE_WHAT, "rule %u off: it took %lld packet%s", event->rule.id,
		         (long long)event->rule.hits, event->rule.hits == 1 ? "" : "s");
	} else {
		item_say(c->items, ROLE_WHAT, "rule %u off", event->rule.id);
	}
}

static void times_add(struct times *times, int64_t t_ns, bool *failed)
{
	int64_t *items =
		array_reserve(times->items, &times->space, times->count + 1, sizeof(*items));

	if (!items) {
		*failed = true;
		return;
	}
	times->items = items;
	items[times->count++] = t_ns;
}

/* The first that is later than @t_ns; NEVER: none is. */
static int64_t time_after(const struct times *times, int64_t t_ns)
{
	size_t low = 0, high = times->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (times->items[middle] <= t_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low < times->count ? times->items[low] : NEVER;
}

/*
 * Trace saw it sent again; the tap tells it better where it saw it too. A busy machine
 * may bring the frame out of the host some ticks later, but before the next one.
 */
static bool resend_was_seen(struct collector *c, const struct event *event)
{
	const struct times *traced = &c->traced[event->host];
	size_t next = ++c->traced_at[event->host];
	int64_t left_ns = time_after(&c->left[event->host], event->t_ns - SAME_SEND_NS);

	return left_ns != NEVER &&
	       (next >= traced->count || left_ns < traced->items[next] - SAME_SEND_NS);
}

static void add_resend(struct collector *c, const struct event *event)
{
	char prefix[SOCK_LABEL_SIZE + 1];

	if (resend_was_seen(c, event))
		return;
	item_add(c->items, ITEM_KERNEL, event->t_ns, event->host);
	item_say(c->items, ROLE_WHAT, "%sretransmits in %s",
	         label_prefix(c->story, event->sock, prefix), state_name(event->retransmit.state));
	item_say(c->items, ROLE_ASIDE, "not seen on the wire");
}

static void add_inside(struct collector *c, const struct event *event)
{
	char prefix[SOCK_LABEL_SIZE + 1];
	const char *label = label_prefix(c->story, event->sock, prefix);

	item_add(c->items, ITEM_KERNEL, event->t_ns, event->host);
	if (event->kind == EVENT_RESET)
		item_say(c->items, ROLE_WHAT, "%s%s a reset in %s", label,
		         event->reset.sent ? "sends" : "receives", state_name(event->reset.state));
	else
		item_say(c->items, ROLE_WHAT, "%sdestroyed", label);
}

static void add_drop(struct collector *c, const struct event *event)
{
	char prefix[SOCK_LABEL_SIZE + 1];

	item_add(c->items, ITEM_LOSS, event->t_ns, event->host);
	item_say(c->items, ROLE_WHAT, "%skernel drops a packet",
	         label_prefix(c->story, event->sock, prefix));
	item_say(c->items, ROLE_WHAT, "%s", event->drop.reason);
}

static void add_sysctl(struct collector *c, const struct event *event)
{
	item_add(c->items, ITEM_SETTING, event->t_ns, event->host);
	item_say(c->items, ROLE_WHAT, "%s", event->sysctl.name);
	item_say(c->items, ROLE_WHAT, "from %s to %s", event->sysctl.from, event->sysctl.to);
}

static void add_counts(struct collector *c, const struct event *event)
{
	item_add(c->items, ITEM_COUNTS, event->t_ns, event->host);
	if (event->counts.state == STATE_GONE)
		item_say(c->items, ROLE_WHAT, "no sockets");
	else
		item_say(c->items, ROLE_WHAT, "%u in %s", event->counts.count,
		         state_name(event->counts.state));
	if (event->counts.port)
		item_say(c->items, ROLE_ASIDE, "port %u", event->counts.port);
}

bool lateness_is_drawn(const struct record *rec, const struct event *event, bool verbose)
{
	return verbose || event->late.late_ns >= rec->slack_ms * NS_PER_MS;
}

static void add_late(struct collector *c, const struct event *event)
{
	static const char *const words[] = {
		[LATE_WAKE] = "finwait was woken",
		[LATE_TIMER] = "a timer beside the kernel's fired",
		[LATE_HAND] = "a frame was moved on",
		[LATE_STEAL] = "the processor came back",
		[LATE_TICK] = "the kernel's tick came",
	};
	char late[24];

	static_assert(sizeof(words) / sizeof(words[0]) == LATE_WHAT_COUNT, "words for each");
	if (!lateness_is_drawn(c->story->rec, event, c->verbose))
		return;
	item_add(c->items, ITEM_LATE, event->t_ns, event->host);
	item_say(c->items, ROLE_WHAT, "the machine was late: %s %s after it was due",
	         words[event->late.what], duration_text(event->late.late_ns, late, sizeof(late)));
}

static void add_note(struct collector *c, const struct event *event)
{
	item_add(c->items, ITEM_NOTE, event->t_ns, event->host);
	item_say(c->items, ROLE_WHAT, "%s", event->note.text);
}

static void add_event(struct collector *c, const struct event *event)
{
	switch (event->kind) {
	case EVENT_CALL:
		add_call(c, event);
		return;
	case EVENT_RULE:
		add_rule(c, event);
		return;
	case EVENT_NOTE:
		add_note(c, event);
		return;
	case EVENT_RETRANSMIT:
		add_resend(c, event);
		return;
	case EVENT_RESET:
	case EVENT_DESTROY:
		if (c->verbose)
			add_inside(c, event);
		return;
	case EVENT_DROP:
		add_drop(c, event);
		return;
	case EVENT_SYSCTL:
		add_sysctl(c, event);
		return;
	case EVENT_COUNTS:
		add_counts(c, event);
		return;
	case EVENT_LATE:
		add_late(c, event);
		return;
	case EVENT_TRANSITION: /* in the lives */
	case EVENT_MINI_SOCKET:
	case EVENT_SAMPLE:
	case EVENT_PACKET: /* in the flights */
	case EVENT_FRAME:
	case EVENT_COUNTER: /* of the run, not of an instant */
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

static void add_flight_end(struct collector *c, enum item_kind kind, size_t index, int64_t t_ns,
                           enum side side)
{
	item_add(c->items, kind, t_ns, side);
	if (!c->items->failed)
		c->items->items[c->items->count - 1].flight = index;
}

static void add_flight(struct collector *c, size_t index)
{
	const struct flight *flight = &c->story->flights.items[index];

	/* What begins on the wire is drawn where it comes out of it. */
	if (flight->depart_ns != NEVER && !(flight->injected && flight->arrive_ns != NEVER)) {
		if (flight->resent) {
			item_add(c->items, ITEM_RESEND, flight->depart_ns, flight->from);
			item_say(c->items, ROLE_WHAT, "%u%s retransmission", flight->resent,
			         ordinal(flight->resent));
		}
		add_flight_end(c, ITEM_DEPART, index, flight->depart_ns, flight->from);
	}
	if (flight->arrive_ns != NEVER)
		add_flight_end(c, ITEM_ARRIVE, index, flight->arrive_ns, flight_to(flight));
}

static int item_compare(const void *a, const void *b)
{
	const struct item *ia = a, *ib = b;

	if (ia->t_ns != ib->t_ns)
		return ia->t_ns < ib->t_ns ? -1 : 1;
	return ia->order < ib->order ? -1 : ia->order > ib->order;
}

static void resends_collect(struct collector *c)
{
	const struct story *story = c->story;
	bool *failed = &c->items->failed;

	for (size_t i = 0; i < story->flights.count; i++) {
		const struct flight *flight = &story->flights.items[i];

		if (flight->resent)
			times_add(&c->left[flight->from], flight->depart_ns, failed);
	}
	for (size_t i = 0; i < story->event_count; i++)
		if (story->events[i]->kind == EVENT_RETRANSMIT)
			times_add(&c->traced[story->events[i]->host], story->events[i]->t_ns,
			          failed);
}

static void items_fill(struct collector *c)
{
	const struct story *story = c->story;

	for (size_t i = 0; i < story->life_count; i++)
		life_add_items(c->items, story, &story->lives[i], c->verbose);
	for (size_t i = 0; i < story->event_count; i++)
		add_event(c, story->events[i]);
	for (size_t i = 0; i < story->flights.count; i++)
		add_flight(c, i);
	if (c->items->count)
		qsort(c->items->items, c->items->count, sizeof(*c->items->items), item_compare);
}

int items_collect(const struct story *story, bool verbose, struct items *items)
{
	struct collector c = {.story = story, .items = items, .verbose = verbose};

	*items = (struct items){0};
	resends_collect(&c);
	if (!items->failed)
		items_fill(&c);
	for (unsigned int host = 0; host < SIDE_COUNT; host++) {
		free(c.left[host].items);
		free(c.traced[host].items);
	}
	return items->failed ? -ENOMEM : 0;
}

void items_free(struct items *items)
{
	free(items->items);
	free(items->chunks);
	arena_clear(&items->texts);
	*items = (struct items){0};
}
