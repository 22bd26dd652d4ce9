// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * item_life: states and timers of one end.
 *
 * States are those of the stitched life, so that what trace and diag saw of one
 * change is told once. Of the samples only what stands for a while is told: a timer
 * that is set and stopped within a round trip is no news.
 */
#include <string.h>

#include "ladder.h"

#define STANDS_NS (50 * NS_PER_MS)

struct telling {
	struct items *items;
	const struct story *story;
	const struct life *life;
	char prefix[SOCK_LABEL_SIZE + 1];
	const char *label;
};

static void say_carrier(struct items *items, enum sock_object object)
{
	if (object == OBJECT_REQUEST)
		item_say(items, ROLE_CARRIER, "request sock");
	else if (object == OBJECT_TIME_WAIT)
		item_say(items, ROLE_CARRIER, "time-wait sock");
}

static void say_cause(struct items *items, const char *cause)
{
	if (!strncmp(cause, "syscall ", 8))
		item_say(items, ROLE_ASIDE, "%s()", cause + 8);
	else if (*cause)
		item_say(items, ROLE_ASIDE, "%s", cause);
}

static void say_source(struct items *items, const struct life_state *state)
{
	char gap[24];

	if (state->source != OBSERVER_DIAG)
		return;
	if (state->gap_ns < NS_PER_MS)
		item_say(items, ROLE_ASIDE, "polled");
	else
		item_say(items, ROLE_ASIDE, "up to %s ago",
		         duration_text(state->gap_ns, gap, sizeof(gap)));
}

/* What the item that was added last tells of a timer, due @expires_ms after @t_ns. */
static void item_time(struct items *items, int64_t t_ns, int64_t expires_ms, int64_t until_ns)
{
	int64_t due_ns;

	if (items->failed || __builtin_mul_overflow(expires_ms, NS_PER_MS, &due_ns) ||
	    __builtin_add_overflow(due_ns, t_ns, &due_ns))
		return;
	items->items[items->count - 1].due_ns = due_ns;
	items->items[items->count - 1].until_ns = until_ns;
}

static void say_time_wait_timer(struct items *items, const struct life_state *state, int64_t t_ns,
                                int64_t until_ns)
{
	char timer[24];

	if (state->timer != DIAG_TIMER_TIMEWAIT)
		return;
	item_say(items, ROLE_CARRIER, "%s timer",
	         duration_text(state->expires_ms * NS_PER_MS, timer, sizeof(timer)));
	item_time(items, t_ns, state->expires_ms, until_ns);
}

static void say_what_ended(struct items *items, const struct life_state *state,
                           const struct life_state *before)
{
	if (state->state != STATE_CLOSE || !before)
		return;
	if (!*state->cause && before->object == OBJECT_REQUEST)
		item_say(items, ROLE_ASIDE, "request sock gone");
	if (before->timer == DIAG_TIMER_TIMEWAIT)
		item_say(items, ROLE_ASIDE, "time-wait sock gone");
}

/* Until when the @at-th state of a life lasted, as far as the record goes. */
static int64_t state_until_ns(const struct telling *t, size_t at)
{
	return at + 1 < t->life->count ? t->life->states[at + 1].t_ns : t->story->end_ns;
}

/* @object: what carries the state, where it comes to that soon after it began. */
static void add_state(const struct telling *t, size_t at, enum sock_object object)
{
	const struct life_state *state = &t->life->states[at], *before = at ? state - 1 : NULL;

	item_add(t->items, ITEM_STATE, state->t_ns, t->life->host);
	item_say(t->items, ROLE_WHAT, "%s%s", t->label, state_name(state->state));
	say_cause(t->items, state->cause);
	say_carrier(t->items, object);
	if (object == OBJECT_TIME_WAIT)
		say_time_wait_timer(t->items, state, state->t_ns, state_until_ns(t, at));
	say_what_ended(t->items, state, before);
	say_source(t->items, state);
}

static bool is_time_wait_sign(const struct event *event)
{
	if (event->kind == EVENT_SAMPLE)
		return event->sample.object == OBJECT_TIME_WAIT;
	return event->kind == EVENT_MINI_SOCKET && event->mini.object == OBJECT_TIME_WAIT &&
	       event->mini.change == MINI_CREATED;
}

int64_t life_hand_over_ns(const struct life *life, size_t at)
{
	int64_t begin_ns = life->states[at].t_ns, end_ns = INT64_MAX;

	if (life->states[at].state != STATE_FIN_WAIT2 || life->states[at].object != OBJECT_FULL)
		return NEVER;
	/* What came next may have begun as early as this. */
	if (at + 1 < life->count)
		end_ns = life->states[at + 1].t_ns - life->states[at + 1].gap_ns;
	for (size_t i = 0; i < life->event_count && life->events[i]->t_ns < end_ns; i++)
		if (life->events[i]->t_ns >= begin_ns && is_time_wait_sign(life->events[i]))
			return life->events[i]->t_ns;
	return NEVER;
}

static void add_hand_over(const struct telling *t, size_t at, int64_t t_ns)
{
	item_add(t->items, ITEM_STATE, t_ns, t->life->host);
	item_say(t->items, ROLE_WHAT, "%sFIN_WAIT2", t->label);
	say_carrier(t->items, OBJECT_TIME_WAIT);
	say_time_wait_timer(t->items, &t->life->states[at], t_ns, state_until_ns(t, at));
}

static void add_states(const struct telling *t)
{
	for (size_t i = 0; i < t->life->count; i++) {
		const struct life_state *state = &t->life->states[i];
		int64_t handed_ns = life_hand_over_ns(t->life, i);
		bool at_once = handed_ns != NEVER && handed_ns - state->t_ns < NS_PER_MS;

		add_state(t, i, at_once ? OBJECT_TIME_WAIT : state->object);
		if (handed_ns != NEVER && !at_once)
			add_hand_over(t, i, handed_ns);
	}
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

static void add_timer(const struct telling *t, const struct event *event, const char *words,
                      int64_t until_ns)
{
	const struct sample *sample = &event->sample;
	char timer[24];

	item_add(t->items, ITEM_TIMER, event->t_ns, event->host);
	item_say(t->items, ROLE_WHAT, "%s%s %s", t->label, words,
	         duration_text(sample->expires_ms * NS_PER_MS, timer, sizeof(timer)));
	item_time(t->items, event->t_ns, sample->expires_ms, until_ns);
	if (sample->retransmits)
		item_say(t->items, ROLE_ASIDE, "%u timeout%s so far", sample->retransmits,
		         sample->retransmits == 1 ? "" : "s");
	if (sample->orphan)
		item_say(t->items, ROLE_ASIDE, "orphan");
}

/* A reading holds until the next that differs, or to the record's end. */
static void add_timers(const struct telling *t, bool verbose)
{
	int64_t next_ns = t->story->end_ns;

	for (size_t i = t->life->event_count; i-- > 0;) {
		const struct event *event = t->life->events[i];
		const char *words;

		if (event->kind != EVENT_SAMPLE)
			continue;
		words = timer_words(&event->sample);
		if (words && (verbose || next_ns - event->t_ns >= STANDS_NS))
			add_timer(t, event, words, next_ns);
		next_ns = event->t_ns;
	}
}

void life_add_items(struct items *items, const struct story *story, const struct life *life,
                    bool verbose)
{
	struct telling t = {.items = items, .story = story, .life = life};

	t.label = label_prefix(story, life->sock, t.prefix);
	add_states(&t);
	add_timers(&t, verbose);
}
