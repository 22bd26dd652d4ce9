// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * names: every enum of the record as the word that stands for it in the record,
 * and the way back. The tables are the format: a word, once written, stays.
 */
#include <assert.h>
#include <string.h>

#include "names.h"
#include "record.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const char *const state_names[] = {
	[STATE_GONE] = "GONE",
	[STATE_ESTABLISHED] = "ESTABLISHED",
	[STATE_SYN_SENT] = "SYN_SENT",
	[STATE_SYN_RECV] = "SYN_RECV",
	[STATE_FIN_WAIT1] = "FIN_WAIT1",
	[STATE_FIN_WAIT2] = "FIN_WAIT2",
	[STATE_TIME_WAIT] = "TIME_WAIT",
	[STATE_CLOSE] = "CLOSE",
	[STATE_CLOSE_WAIT] = "CLOSE_WAIT",
	[STATE_LAST_ACK] = "LAST_ACK",
	[STATE_LISTEN] = "LISTEN",
	[STATE_CLOSING] = "CLOSING",
	[STATE_NEW_SYN_RECV] = "NEW_SYN_RECV",
};
static_assert(ARRAY_SIZE(state_names) == STATE_COUNT, "a name for every state");

static const char *const observer_names[] = {
	[OBSERVER_STEPS] = "steps",       [OBSERVER_TRACE] = "trace",
	[OBSERVER_DIAG] = "diag",         [OBSERVER_TAP] = "tap",
	[OBSERVER_WIRE] = "wire",         [OBSERVER_COUNTERS] = "counters",
	[OBSERVER_LATENESS] = "lateness",
};
static_assert(ARRAY_SIZE(observer_names) == OBSERVER_COUNT, "a name for every observer");

static const char *const side_names[] = {
	[SIDE_CLIENT] = "client",
	[SIDE_SERVER] = "server",
};
static_assert(ARRAY_SIZE(side_names) == SIDE_COUNT, "a name for every side");

static const char *const kind_names[] = {
	[EVENT_CALL] = "call",
	[EVENT_SYSCTL] = "sysctl",
	[EVENT_NOTE] = "note",
	[EVENT_TRANSITION] = "transition",
	[EVENT_RETRANSMIT] = "retransmit",
	[EVENT_RESET] = "reset",
	[EVENT_DESTROY] = "destroy",
	[EVENT_MINI_SOCKET] = "mini_socket",
	[EVENT_DROP] = "drop",
	[EVENT_SAMPLE] = "sample",
	[EVENT_COUNTS] = "counts",
	[EVENT_PACKET] = "packet",
	[EVENT_RULE] = "rule",
	[EVENT_FRAME] = "frame",
	[EVENT_COUNTER] = "counter",
	[EVENT_LATE] = "late",
};
static_assert(ARRAY_SIZE(kind_names) == EVENT_KIND_COUNT, "a name for every kind");

static const enum observer kind_observers[] = {
	[EVENT_CALL] = OBSERVER_STEPS,       [EVENT_SYSCTL] = OBSERVER_STEPS,
	[EVENT_NOTE] = OBSERVER_STEPS,       [EVENT_TRANSITION] = OBSERVER_TRACE,
	[EVENT_RETRANSMIT] = OBSERVER_TRACE, [EVENT_RESET] = OBSERVER_TRACE,
	[EVENT_DESTROY] = OBSERVER_TRACE,    [EVENT_MINI_SOCKET] = OBSERVER_TRACE,
	[EVENT_DROP] = OBSERVER_TRACE,       [EVENT_SAMPLE] = OBSERVER_DIAG,
	[EVENT_COUNTS] = OBSERVER_DIAG,      [EVENT_PACKET] = OBSERVER_TAP,
	[EVENT_RULE] = OBSERVER_WIRE,        [EVENT_FRAME] = OBSERVER_WIRE,
	[EVENT_COUNTER] = OBSERVER_COUNTERS, [EVENT_LATE] = OBSERVER_LATENESS,
};
static_assert(ARRAY_SIZE(kind_observers) == EVENT_KIND_COUNT, "an observer for every kind");

static const char *const diag_timer_names[] = {
	[DIAG_TIMER_NONE] = "none",           [DIAG_TIMER_ON] = "on",
	[DIAG_TIMER_KEEPALIVE] = "keepalive", [DIAG_TIMER_TIMEWAIT] = "timewait",
	[DIAG_TIMER_PROBE0] = "probe0",
};
static_assert(ARRAY_SIZE(diag_timer_names) == DIAG_TIMER_COUNT, "a name for every timer");

static const char *const sock_object_names[] = {
	[OBJECT_NONE] = "none",
	[OBJECT_FULL] = "full",
	[OBJECT_REQUEST] = "request",
	[OBJECT_TIME_WAIT] = "time_wait",
};
static_assert(ARRAY_SIZE(sock_object_names) == OBJECT_COUNT, "a name for every object");

static const char *const mini_change_names[] = {
	[MINI_CREATED] = "created", [MINI_EXPIRED] = "expired",       [MINI_ACCEPTED] = "accepted",
	[MINI_GONE] = "gone",       [MINI_RETRANSMIT] = "retransmit",
};
static_assert(ARRAY_SIZE(mini_change_names) == MINI_CHANGE_COUNT, "a name for every change");

static const char *const frame_action_names[] = {
	[FRAME_DROP] = "drop",           [FRAME_HOLD] = "hold",     [FRAME_RELEASE] = "release",
	[FRAME_DUPLICATE] = "duplicate", [FRAME_INJECT] = "inject", [FRAME_REJECT] = "reject",
	[FRAME_OVERFLOW] = "overflow",
};
static_assert(ARRAY_SIZE(frame_action_names) == FRAME_ACTION_COUNT, "a name for every action");

static const char *const late_what_names[] = {
	[LATE_WAKE] = "wake",   [LATE_TIMER] = "timer", [LATE_HAND] = "hand",
	[LATE_STEAL] = "steal", [LATE_TICK] = "tick",
};
static_assert(ARRAY_SIZE(late_what_names) == LATE_WHAT_COUNT, "a name for all that is late");

static const char *const wire_kind_names[] = {
	[WIRE_KERNEL] = "kernel",
	[WIRE_HAND] = "hand",
	[WIRE_ROUTED] = "routed",
	[WIRE_NONE] = "none",
};
static_assert(ARRAY_SIZE(wire_kind_names) == WIRE_KIND_COUNT, "a name for every wire");

static const char *const verdict_names[] = {
	[VERDICT_CONFIRMED] = "confirmed", [VERDICT_REFUTED] = "refuted",
	[VERDICT_QUALIFIED] = "qualified", [VERDICT_INCONCLUSIVE] = "inconclusive",
	[VERDICT_SKIPPED] = "skipped",     [VERDICT_NONE] = "none",
};
static_assert(ARRAY_SIZE(verdict_names) == VERDICT_COUNT, "a name for every verdict");

static const char *const outcome_names[] = {
	[OUTCOME_OK] = "ok",
	[OUTCOME_MODEL_FAILED] = "model_failed",
	[OUTCOME_INCONCLUSIVE] = "inconclusive",
	[OUTCOME_SKIPPED] = "skipped",
	[OUTCOME_ERROR] = "error",
	[OUTCOME_CRASHED] = "crashed",
	[OUTCOME_TIMED_OUT] = "timed_out",
};
static_assert(ARRAY_SIZE(outcome_names) == OUTCOME_COUNT, "a name for every outcome");

const struct words state_words = {state_names, ARRAY_SIZE(state_names)};
const struct words observer_words = {observer_names, ARRAY_SIZE(observer_names)};
const struct words side_words = {side_names, ARRAY_SIZE(side_names)};
const struct words event_kind_words = {kind_names, ARRAY_SIZE(kind_names)};
const struct words diag_timer_words = {diag_timer_names, ARRAY_SIZE(diag_timer_names)};
const struct words sock_object_words = {sock_object_names, ARRAY_SIZE(sock_object_names)};
const struct words mini_change_words = {mini_change_names, ARRAY_SIZE(mini_change_names)};
const struct words frame_action_words = {frame_action_names, ARRAY_SIZE(frame_action_names)};
const struct words late_what_words = {late_what_names, ARRAY_SIZE(late_what_names)};
const struct words wire_kind_words = {wire_kind_names, ARRAY_SIZE(wire_kind_names)};
const struct words verdict_words = {verdict_names, ARRAY_SIZE(verdict_names)};
const struct words outcome_words = {outcome_names, ARRAY_SIZE(outcome_names)};

int words_find(const struct words *words, const char *name)
{
	for (size_t i = 0; i < words->count; i++) {
		if (!strcmp(words->names[i], name))
			return (int)i;
	}
	return -1;
}

static const char *name_of(const struct words *words, size_t value)
{
	return value < words->count ? words->names[value] : "?";
}

enum observer event_observer(enum event_kind kind)
{
	return kind_observers[kind];
}

const char *state_name(enum tcp_state state)
{
	return name_of(&state_words, state);
}

int state_parse(const char *name)
{
	return words_find(&state_words, name);
}

const char *observer_name(enum observer observer)
{
	return name_of(&observer_words, observer);
}

int observer_parse(const char *name)
{
	return words_find(&observer_words, name);
}

const char *side_name(enum side side)
{
	return name_of(&side_words, side);
}

int side_parse(const char *name)
{
	return words_find(&side_words, name);
}

const char *event_kind_name(enum event_kind kind)
{
	return name_of(&event_kind_words, kind);
}

int event_kind_parse(const char *name)
{
	return words_find(&event_kind_words, name);
}

const char *diag_timer_name(enum diag_timer timer)
{
	return name_of(&diag_timer_words, timer);
}

int diag_timer_parse(const char *name)
{
	return words_find(&diag_timer_words, name);
}

const char *sock_object_name(enum sock_object object)
{
	return name_of(&sock_object_words, object);
}

int sock_object_parse(const char *name)
{
	return words_find(&sock_object_words, name);
}

const char *mini_change_name(enum mini_change change)
{
	return name_of(&mini_change_words, change);
}

int mini_change_parse(const char *name)
{
	return words_find(&mini_change_words, name);
}

const char *frame_action_name(enum frame_action action)
{
	return name_of(&frame_action_words, action);
}

int frame_action_parse(const char *name)
{
	return words_find(&frame_action_words, name);
}

const char *late_what_name(enum late_what what)
{
	return name_of(&late_what_words, what);
}

int late_what_parse(const char *name)
{
	return words_find(&late_what_words, name);
}

const char *wire_kind_name(enum wire_kind wire)
{
	return name_of(&wire_kind_words, wire);
}

const char *verdict_name(enum verdict verdict)
{
	return name_of(&verdict_words, verdict);
}

int verdict_parse(const char *name)
{
	return words_find(&verdict_words, name);
}

const char *outcome_name(enum outcome outcome)
{
	return name_of(&outcome_words, outcome);
}

int outcome_parse(const char *name)
{
	return words_find(&outcome_words, name);
}
