// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * names: every enum of the record as the word that stands for it in the record,
 * and the way back. The tables are the format: a word, once written, stays.
 */
#include <assert.h>
#include <string.h>

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

static const struct {
	const char *name;
	enum observer observer;
} event_kinds[] = {
	[EVENT_CALL] = {"call", OBSERVER_STEPS},
	[EVENT_SYSCTL] = {"sysctl", OBSERVER_STEPS},
	[EVENT_NOTE] = {"note", OBSERVER_STEPS},
	[EVENT_TRANSITION] = {"transition", OBSERVER_TRACE},
	[EVENT_RETRANSMIT] = {"retransmit", OBSERVER_TRACE},
	[EVENT_RESET] = {"reset", OBSERVER_TRACE},
	[EVENT_DESTROY] = {"destroy", OBSERVER_TRACE},
	[EVENT_MINI_SOCKET] = {"mini_socket", OBSERVER_TRACE},
	[EVENT_DROP] = {"drop", OBSERVER_TRACE},
	[EVENT_SAMPLE] = {"sample", OBSERVER_DIAG},
	[EVENT_COUNTS] = {"counts", OBSERVER_DIAG},
	[EVENT_PACKET] = {"packet", OBSERVER_TAP},
	[EVENT_RULE] = {"rule", OBSERVER_WIRE},
	[EVENT_FRAME] = {"frame", OBSERVER_WIRE},
	[EVENT_COUNTER] = {"counter", OBSERVER_COUNTERS},
	[EVENT_LATE] = {"late", OBSERVER_LATENESS},
};
static_assert(ARRAY_SIZE(event_kinds) == EVENT_KIND_COUNT, "a name for every kind");

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
	[FRAME_DUPLICATE] = "duplicate", [FRAME_INJECT] = "inject",
};
static_assert(ARRAY_SIZE(frame_action_names) == FRAME_ACTION_COUNT, "a name for every action");

static const char *const late_what_names[] = {
	[LATE_WAKE] = "wake",
	[LATE_TIMER] = "timer",
	[LATE_HAND] = "hand",
	[LATE_STEAL] = "steal",
};
static_assert(ARRAY_SIZE(late_what_names) == LATE_WHAT_COUNT, "a name for all that is late");

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

static const char *const value_kind_names[] = {
	[VALUE_NONE] = "none",
	[VALUE_COUNT] = "count",
	[VALUE_TIME] = "time",
	[VALUE_TEXT] = "text",
};
static_assert(ARRAY_SIZE(value_kind_names) == VALUE_KIND_COUNT, "a name for every kind of value");

static const char *name_of(const char *const *names, size_t count, size_t value)
{
	return value < count ? names[value] : "?";
}

static int name_parse(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(names[i], name))
			return (int)i;
	}
	return -1;
}

enum observer event_observer(enum event_kind kind)
{
	return event_kinds[kind].observer;
}

const char *event_kind_name(enum event_kind kind)
{
	return (size_t)kind < EVENT_KIND_COUNT ? event_kinds[kind].name : "?";
}

int event_kind_parse(const char *name)
{
	for (size_t i = 0; i < EVENT_KIND_COUNT; i++) {
		if (!strcmp(event_kinds[i].name, name))
			return (int)i;
	}
	return -1;
}

const char *state_name(enum tcp_state state)
{
	return name_of(state_names, STATE_COUNT, state);
}

int state_parse(const char *name)
{
	return name_parse(state_names, STATE_COUNT, name);
}

const char *observer_name(enum observer observer)
{
	return name_of(observer_names, OBSERVER_COUNT, observer);
}

int observer_parse(const char *name)
{
	return name_parse(observer_names, OBSERVER_COUNT, name);
}

const char *side_name(enum side side)
{
	return name_of(side_names, SIDE_COUNT, side);
}

int side_parse(const char *name)
{
	return name_parse(side_names, SIDE_COUNT, name);
}

const char *diag_timer_name(enum diag_timer timer)
{
	return name_of(diag_timer_names, DIAG_TIMER_COUNT, timer);
}

int diag_timer_parse(const char *name)
{
	return name_parse(diag_timer_names, DIAG_TIMER_COUNT, name);
}

const char *sock_object_name(enum sock_object object)
{
	return name_of(sock_object_names, OBJECT_COUNT, object);
}

int sock_object_parse(const char *name)
{
	return name_parse(sock_object_names, OBJECT_COUNT, name);
}

const char *mini_change_name(enum mini_change change)
{
	return name_of(mini_change_names, MINI_CHANGE_COUNT, change);
}

int mini_change_parse(const char *name)
{
	return name_parse(mini_change_names, MINI_CHANGE_COUNT, name);
}

const char *frame_action_name(enum frame_action action)
{
	return name_of(frame_action_names, FRAME_ACTION_COUNT, action);
}

int frame_action_parse(const char *name)
{
	return name_parse(frame_action_names, FRAME_ACTION_COUNT, name);
}

const char *late_what_name(enum late_what what)
{
	return name_of(late_what_names, LATE_WHAT_COUNT, what);
}

int late_what_parse(const char *name)
{
	return name_parse(late_what_names, LATE_WHAT_COUNT, name);
}

const char *verdict_name(enum verdict verdict)
{
	return name_of(verdict_names, VERDICT_COUNT, verdict);
}

int verdict_parse(const char *name)
{
	return name_parse(verdict_names, VERDICT_COUNT, name);
}

const char *outcome_name(enum outcome outcome)
{
	return name_of(outcome_names, OUTCOME_COUNT, outcome);
}

int outcome_parse(const char *name)
{
	return name_parse(outcome_names, OUTCOME_COUNT, name);
}

const char *value_kind_name(enum value_kind kind)
{
	return name_of(value_kind_names, VALUE_KIND_COUNT, kind);
}

int value_kind_parse(const char *name)
{
	return name_parse(value_kind_names, VALUE_KIND_COUNT, name);
}
