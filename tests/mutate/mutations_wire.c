// SPDX-License-Identifier: GPL-2.0-or-later
/* The rules of the wire, and what it did to frames. */
#include "mutations_parts.h"

static bool is_rule_on(const struct record *rec, const struct event *event)
{
	(void)rec;
	return event->kind == EVENT_RULE && event->rule.on;
}

static bool is_rule_off(const struct record *rec, const struct event *event)
{
	(void)rec;
	return event->kind == EVENT_RULE && !event->rule.on && event->rule.hits > 0;
}

static bool rule_on_drop(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_rule_on, drop);
}

static bool rule_off_drop(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_rule_off, drop);
}

static void set_hits(struct record *rec, struct event *event)
{
	(void)rec;
	event->rule.hits += 1;
}

static bool rule_hits(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_rule_off, set_hits);
}

static void set_match(struct record *rec, struct event *event)
{
	(void)rec;
	event->rule.match.flags_mask = event->rule.match.flags_value = TCP_FLAG_URG;
}

static bool rule_match(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_rule_on, set_match);
}

static void set_side(struct record *rec, struct event *event)
{
	(void)rec;
	event->rule.match.from = side_other(event->rule.match.from);
}

static bool rule_side(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_rule_on, set_side);
}

static void set_action(struct record *rec, struct event *event)
{
	(void)rec;
	event->rule.action = !strcmp(event->rule.action, "drop") ? "hold" : "drop";
}

static bool rule_action(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_rule_on, set_action);
}

static void end_soon(struct record *rec, struct event *event)
{
	(void)rec;
	event->t_ns = 0;
}

static bool rule_off_early(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_rule_off, end_soon);
}

static bool is_frame(const struct record *rec, const struct event *event)
{
	(void)rec;
	return event->kind == EVENT_FRAME && event->frame.action != FRAME_RELEASE;
}

static bool frame_drop(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_frame, drop);
}

static bool frame_twice(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_frame, repeat_event);
}

static void set_frame_rule(struct record *rec, struct event *event)
{
	(void)rec;
	event->frame.rule += 7;
}

static bool frame_rule(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_frame, set_frame_rule);
}

static void set_frame_action(struct record *rec, struct event *event)
{
	(void)rec;
	event->frame.action = event->frame.action == FRAME_DROP ? FRAME_DUPLICATE : FRAME_DROP;
}

static bool frame_action(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_frame, set_frame_action);
}

static void set_frame_seq(struct record *rec, struct event *event)
{
	(void)rec;
	event->frame.packet.seq += 1;
}

static bool frame_packet(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_frame, set_frame_seq);
}

const struct mutation wire_mutations[] = {
	{"rule_on_drop", rule_on_drop, NULL},
	{"rule_off_drop", rule_off_drop, NULL},
	{"rule_hits", rule_hits, NULL},
	{"rule_match", rule_match, NULL},
	{"rule_side", rule_side, NULL},
	{"rule_action", rule_action, NULL},
	{"rule_off_early", rule_off_early, NULL},
	{"frame_drop", frame_drop, NULL},
	{"frame_twice", frame_twice, NULL},
	{"frame_rule", frame_rule, NULL},
	{"frame_action", frame_action, NULL},
	{"frame_packet", frame_packet, NULL},
	{NULL, NULL, NULL},
};
