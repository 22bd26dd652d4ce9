// SPDX-License-Identifier: GPL-2.0-or-later
/* measure_life: answers about the states of one end of a connection. */
#include <stdint.h>
#include <string.h>

#include "../base/buffer.h"
#include "measure.h"

/* A life is stitched from all that saw the socket: what one of them lost may be missing. */
static unsigned int life_rests_on(const struct story *story)
{
	return RESTS_ON(OBSERVER_DIAG) |
	       (story->rec->observed[OBSERVER_TRACE] ? RESTS_ON(OBSERVER_TRACE) : 0);
}

/* Why nothing can be said of it; NULL: it can. */
static const char *life_why_not(struct judge *judge, const struct life *life, const char *sock)
{
	return life->count ? NULL : judge_text(judge, "no observer saw %s", sock);
}

static struct measured measured_life(struct judge *judge, const struct life *life, const char *sock,
                                     struct value value)
{
	const struct story *story = judged_story(judge);

	return (struct measured){
		.value = value,
		.rests_on = life_rests_on(story) | life->observers,
		.why_not = life_why_not(judge, life, sock),
		.from_ns = life->count ? life->states[0].t_ns : 0,
		.to_ns = story->end_ns,
	};
}

struct measured measure_walk(struct judge *judge, enum side host, const char *sock)
{
	const struct life *life = story_life(judged_story(judge), host, sock);
	struct buffer words = {0};
	const char *text;

	for (size_t i = 0; i < life->count; i++)
		buffer_add(&words, "%s%s", i ? " " : "", state_name(life->states[i].state));
	text = buffer_text(&words);
	text = text ? judge_text(judge, "%s", text) : NULL;
	buffer_free(&words);
	return text ? measured_life(judge, life, sock, value_words(text))
	            : measured_none(life_rests_on(judged_story(judge)), "no memory for the walk");
}

struct measured measure_entered(struct judge *judge, enum side host, const char *sock,
                                enum tcp_state state)
{
	const struct life *life = story_life(judged_story(judge), host, sock);

	return measured_life(judge, life, sock, value_truth(life_find(life, state) >= 0));
}

/* When the state was entered: between the reading before and the one that saw it. */
static struct value life_entered(const struct life_state *state)
{
	return value_time(state->t_ns - (state->gap_ns > 0 ? state->gap_ns : 0), state->t_ns);
}

/* When the state number @index was left: it had not been when the record ended. */
static struct value life_left(const struct story *story, const struct life *life, size_t index)
{
	if (index + 1 < life->count)
		return life_entered(&life->states[index + 1]);
	return value_time(story->end_ns, INT64_MAX);
}

static bool life_has_ended(const struct life *life)
{
	enum tcp_state last = life->count ? life->states[life->count - 1].state : STATE_LISTEN;

	return last == STATE_CLOSE || last == STATE_GONE;
}

/* From one moment to another, neither of which is known exactly. */
static struct value value_between(struct value from, struct value to)
{
	return value_time(to.lo - from.hi, to.hi == INT64_MAX ? INT64_MAX : to.hi - from.lo);
}

struct measured measure_stay(struct judge *judge, enum side host, const char *sock,
                             enum tcp_state state)
{
	const struct story *story = judged_story(judge);
	const struct life *life = story_life(story, host, sock);
	int index = life_find(life, state);
	struct measured stay = measured_life(judge, life, sock, value_none());
	struct value entered, left;

	if (index < 0) {
		if (!stay.why_not)
			stay.why_not = judge_text(judge, "%s was never seen in %s", sock,
			                          state_name(state));
		return stay;
	}
	entered = life_entered(&life->states[index]);
	left = life_left(story, life, (size_t)index);
	stay.value = value_between(entered, left);
	stay.from_ns = entered.lo;
	stay.to_ns = left.hi == INT64_MAX ? story->end_ns : left.hi;
	return stay;
}

/* About the life from @from on. */
static struct measured measured_since(struct judge *judge, const struct life *life,
                                      const char *sock, struct moment from, struct value value)
{
	struct measured measured = measured_life(judge, life, sock, value);

	measured.rests_on |= from.rests_on;
	measured.from_ns = from.t_ns;
	if (!measured.why_not)
		measured.why_not = from.why_not;
	return measured;
}

struct measured measure_until_end(struct judge *judge, enum side host, const char *sock,
                                  struct moment from)
{
	const struct story *story = judged_story(judge);
	const struct life *life = story_life(story, host, sock);
	struct value end = value_time(story->end_ns, INT64_MAX);
	struct measured lifetime;

	if (life_has_ended(life))
		end = life_entered(&life->states[life->count - 1]);
	lifetime = measured_since(judge, life, sock, from,
	                          value_between(value_time(from.t_ns, from.t_ns), end));
	if (end.hi != INT64_MAX)
		lifetime.to_ns = end.hi;
	return lifetime;
}

struct measured measure_ended(struct judge *judge, enum side host, const char *sock,
                              struct moment from, int64_t within_ns)
{
	const struct story *story = judged_story(judge);
	const struct life *life = story_life(story, host, sock);
	bool has_ended = life_has_ended(life);
	struct measured ended = measured_since(judge, life, sock, from, value_truth(has_ended));

	if (!ended.why_not && !has_ended && story->end_ns - from.t_ns <= within_ns)
		ended.why_not = "the record ends before it must have ended";
	return ended;
}

/* The last reading of @sock at or before @at_ns, of a full socket or of any object. */
static const struct sample *sample_last(const struct record *rec, enum side host, const char *sock,
                                        int64_t at_ns, bool full)
{
	const struct sample *last = NULL;

	for (size_t i = 0; i < rec->event_count; i++) {
		const struct event *event = &rec->events[i];

		if (event->kind == EVENT_SAMPLE && event->host == host &&
		    !strcmp(event->sock, sock) && event->t_ns <= at_ns &&
		    (!full || event->sample.object == OBJECT_FULL))
			last = &event->sample;
	}
	return last;
}

static struct measured measured_sample(struct judge *judge, const struct sample *sample,
                                       const char *sock, struct moment at, struct value value)
{
	if (at.why_not || !sample)
		return measured_none(RESTS_ON(OBSERVER_DIAG) | at.rests_on,
		                     at.why_not ? at.why_not
		                                : judge_text(judge, "nobody read %s before", sock));
	return (struct measured){
		.value = value,
		.rests_on = RESTS_ON(OBSERVER_DIAG) | at.rests_on,
		.to_ns = at.t_ns,
	};
}

struct measured measure_timer(struct judge *judge, enum side host, const char *sock,
                              struct moment at)
{
	const struct sample *last =
		sample_last(judged_story(judge)->rec, host, sock, at.t_ns, false);

	return measured_sample(judge, last, sock, at,
	                       value_words(last ? diag_timer_name(last->timer) : NULL));
}

struct measured measure_orphan(struct judge *judge, enum side host, const char *sock,
                               struct moment at)
{
	const struct sample *last =
		sample_last(judged_story(judge)->rec, host, sock, at.t_ns, true);

	return measured_sample(judge, last, sock, at, value_truth(last && last->orphan));
}

static const struct event *timewait_read(const struct record *rec, enum side host, const char *sock,
                                         int64_t from_ns)
{
	for (size_t i = 0; i < rec->event_count; i++) {
		const struct event *event = &rec->events[i];

		if (event->kind == EVENT_SAMPLE && event->host == host && event->t_ns >= from_ns &&
		    !strcmp(event->sock, sock) && event->sample.timer == DIAG_TIMER_TIMEWAIT &&
		    event->sample.state == STATE_TIME_WAIT)
			return event;
	}
	return NULL;
}

struct measured measure_timewait_set(struct judge *judge, enum side host, const char *sock,
                                     struct moment from, struct moment at)
{
	const unsigned int rests_on = RESTS_ON(OBSERVER_DIAG) | from.rests_on | at.rests_on;
	const char *why_not = from.why_not ? from.why_not : at.why_not;
	const struct event *read = timewait_read(judged_story(judge)->rec, host, sock, at.t_ns);
	int64_t ns;

	if (!why_not && !read)
		why_not = judge_text(judge, "nobody read %s in TIME_WAIT", sock);
	if (why_not || !read)
		return measured_none(rests_on, why_not);
	ns = read->t_ns + read->sample.expires_ms * NS_PER_MS - from.t_ns;
	return (struct measured){
		.value = value_time(ns, ns),
		.rests_on = rests_on,
		.from_ns = from.t_ns,
		.to_ns = read->t_ns,
	};
}
