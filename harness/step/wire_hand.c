// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Theory of operation
 *
 * Nothing joins the ports: this process moves each frame from one to the other itself, so
 * that it can drop, hold, release, duplicate or add exactly one. The ends are read by diag
 * before a frame is moved and after it.
 */
#include "wire_ops.h"

#include <errno.h>
#include <string.h>

#include "../base/array.h"

static void hand_hold(struct wire *wire, enum side from, const struct frame *frame,
                      const struct packet *packet, uint32_t rule)
{
	struct held_frame *held =
		array_reserve(wire->held, &wire->held_space, wire->held_count + 1, sizeof(*held));

	if (!held)
		emit_fail_errno(wire->emit, ENOMEM, "hold one more frame");
	wire->held = held;
	wire->held[wire->held_count++] =
		(struct held_frame){.frame = *frame, .from = from, .packet = *packet, .rule = rule};
}

static void hand_take_frame(struct wire *wire, enum side from, const struct frame *frame,
                            const struct packet *packet)
{
	struct wire_rule *rule = packet ? wire_rule_for(wire, from, packet) : NULL;

	/*
	 * What both ends are in while this frame is on the wire; not for one that waited for us
	 * already: that would make TCP's time-outs ours.
	 */
	if (clock_mono_ns() - frame->t_ns < LATE_FLOOR_NS)
		watch_read(wire->watch);
	late_note(wire->late, LATE_HAND, frame->t_ns, clock_mono_ns());
	if (!rule) {
		wire_send(wire, from, packet, frame->data, frame->length);
		return;
	}
	rule->hits++;
	if (rule->left > 0)
		rule->left--;
	wire_frame_emit(wire, from, rule->action, rule->id, packet);
	switch (rule->action) {
	case FRAME_DROP:
		return;
	case FRAME_HOLD:
		hand_hold(wire, from, frame, packet, rule->id);
		return;
	case FRAME_DUPLICATE:
		wire_send(wire, from, packet, frame->data, frame->length);
		wire_send(wire, from, packet, frame->data, frame->length);
		return;
	case FRAME_REJECT:
		reject_answer(wire, rule, from, frame, packet);
		return;
	case FRAME_RELEASE:
	case FRAME_INJECT:
	case FRAME_OVERFLOW:
	case FRAME_ACTION_COUNT:
		break;
	}
	emit_fail_errno(wire->emit, EINVAL, "carry out a rule of the wire");
}

size_t hand_held_by(const struct wire *wire, uint32_t rule)
{
	size_t count = 0;

	for (size_t i = 0; i < wire->held_count; i++)
		count += wire->held[i].rule == rule;
	return count;
}

struct held_frame hand_remove(struct wire *wire, uint32_t rule, size_t index)
{
	struct held_frame held;
	size_t i, seen = 0;

	for (i = 0; i < wire->held_count; i++)
		if (wire->held[i].rule == rule && seen++ == index)
			break;
	if (i == wire->held_count)
		emit_fail_errno(wire->emit, ENOENT, "release a frame that is not held");
	held = wire->held[i];
	wire->held_count--;
	memmove(&wire->held[i], &wire->held[i + 1], (wire->held_count - i) * sizeof(wire->held[0]));
	return held;
}

void hand_send(struct wire *wire, const struct held_frame *held)
{
	wire_frame_emit(wire, held->from, FRAME_RELEASE, held->rule, &held->packet);
	wire_send(wire, held->from, &held->packet, held->frame.data, held->frame.length);
}

void hand_release(struct wire *wire, uint32_t rule, size_t index)
{
	const struct held_frame held = hand_remove(wire, rule, index);

	hand_send(wire, &held);
}

static int hand_rule_on(struct wire *wire, struct wire_rule *rule, struct fault *f)
{
	(void)wire;
	(void)rule;
	(void)f;
	return 0;
}

static int hand_rule_off(struct wire *wire, struct wire_rule *rule, bool keep, struct fault *f)
{
	(void)wire;
	(void)rule;
	(void)keep;
	(void)f;
	return 0;
}

const struct wire_ops wire_hand = {
	.rule_on = hand_rule_on,
	.rule_off = hand_rule_off,
	.take_frame = hand_take_frame,
};
