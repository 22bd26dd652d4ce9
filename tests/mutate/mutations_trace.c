// SPDX-License-Identifier: GPL-2.0-or-later
/* What trace tells. */
#include "mutations_parts.h"

static bool is_transition(const struct record *rec, const struct event *event)
{
	(void)rec;
	return event->kind == EVENT_TRANSITION;
}

static bool transition_drop(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_transition, drop);
}

static bool transition_later(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_transition, move_later);
}

static bool transition_twice(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_transition, repeat_event);
}

static bool transition_host(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_transition, turn_host);
}

static void set_cause(struct record *rec, struct event *event)
{
	(void)rec;
	event->transition.cause =
		!strcmp(event->transition.cause, "packet") ? "timer tcp_write_timer" : "packet";
}

static bool transition_cause(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_transition, set_cause);
}

static void set_to(struct record *rec, struct event *event)
{
	(void)rec;
	event->transition.to =
		event->transition.to == STATE_CLOSING ? STATE_CLOSE_WAIT : STATE_CLOSING;
}

static bool transition_to(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_transition, set_to);
}

static bool transition_swap(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_transition, swap_with_next);
}

static bool is_mini(const struct record *rec, const struct event *event)
{
	(void)rec;
	return event->kind == EVENT_MINI_SOCKET;
}

static bool mini_later(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_mini, move_later);
}

static bool mini_twice(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_mini, repeat_event);
}

static void set_object(struct record *rec, struct event *event)
{
	(void)rec;
	event->mini.object =
		event->mini.object == OBJECT_REQUEST ? OBJECT_TIME_WAIT : OBJECT_REQUEST;
}

static bool mini_object(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_mini, set_object);
}

static bool is_expiry(const struct record *rec, const struct event *event)
{
	return is_mini(rec, event) && event->mini.change == MINI_EXPIRED;
}

static bool expiry_early(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_expiry, move_early);
}

static bool is_timer_end(const struct record *rec, const struct event *event)
{
	return is_transition(rec, event) && event->transition.to == STATE_CLOSE &&
	       !strncmp(event->transition.cause, "timer", 5);
}

static bool give_up_early(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_timer_end, move_early);
}

static bool is_retransmit(const struct record *rec, const struct event *event)
{
	(void)rec;
	return event->kind == EVENT_RETRANSMIT;
}

static bool retransmit_drop(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_retransmit, drop);
}

static bool retransmit_twice(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_retransmit, repeat_event);
}

static bool is_reset(const struct record *rec, const struct event *event)
{
	(void)rec;
	return event->kind == EVENT_RESET;
}

static bool reset_drop(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_reset, drop);
}

static bool reset_twice(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_reset, repeat_event);
}

static bool is_destroy(const struct record *rec, const struct event *event)
{
	(void)rec;
	return event->kind == EVENT_DESTROY;
}

static bool destroy_drop(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_destroy, drop);
}

const struct mutation trace_mutations[] = {
	{"transition_drop", transition_drop, NULL},
	{"transition_later", transition_later, NULL},
	{"transition_twice", transition_twice, NULL},
	{"transition_host", transition_host, NULL},
	{"transition_cause", transition_cause, NULL},
	{"transition_to", transition_to, NULL},
	{"transition_swap", transition_swap, NULL},
	{"mini_later", mini_later, NULL},
	{"mini_twice", mini_twice, NULL},
	{"mini_object", mini_object, NULL},
	{"expiry_early", expiry_early, NULL},
	{"give_up_early", give_up_early, NULL},
	{"retransmit_drop", retransmit_drop, NULL},
	{"retransmit_twice", retransmit_twice, NULL},
	{"reset_drop", reset_drop, NULL},
	{"reset_twice", reset_twice, NULL},
	{"destroy_drop", destroy_drop,
         "the end of a socket's memory is no change of its state, and may come much later"},
	{NULL, NULL, NULL},
};
