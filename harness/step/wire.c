// SPDX-License-Identifier: GPL-2.0-or-later
/* The verbs of the wire, and what all kinds of it share. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../base/array.h"
#include "../packet/match.h"
#include "probe_run.h"

static const char *rule_words(struct wire *wire, const struct packet_match *match)
{
	struct buffer words = {0};
	const char *text;

	match_words(match, &words);
	text = words.failed ? NULL : record_text(wire->emit->rec, "%s", buffer_text(&words));
	buffer_free(&words);
	if (!text)
		emit_fail_errno(wire->emit, ENOMEM, "put a rule into words");
	return text;
}

static void rule_emit(struct wire *wire, const struct wire_rule *rule, bool on)
{
	struct event event = {.kind = EVENT_RULE, .host = rule->match.from};

	event.rule.id = rule->id;
	event.rule.action = frame_action_name(rule->action);
	event.rule.text = rule->text;
	event.rule.match = rule->match;
	event.rule.on = on;
	event.rule.hits = on ? -1 : rule->hits;
	emit_event(wire->emit, &event);
}

static struct wire_rule *rule_slot(struct wire *wire)
{
	struct wire_rule *rules;

	for (size_t i = 0; i < wire->rule_count; i++)
		if (!wire->rules[i].id)
			return &wire->rules[i];
	rules = array_reserve(wire->rules, &wire->rule_space, wire->rule_count + 1, sizeof(*rules));
	if (!rules)
		emit_fail_errno(wire->emit, ENOMEM, "add one more rule to the wire");
	wire->rules = rules;
	return &rules[wire->rule_count++];
}

static struct wire_rule *rule_by_id(struct wire *wire, uint32_t id)
{
	for (size_t i = 0; i < wire->rule_count; i++)
		if (id && wire->rules[i].id == id)
			return &wire->rules[i];
	emit_fail_errno(wire->emit, ENOENT, "find a rule of the wire that is switched on");
}

/* This kernel lacks what a rule needs: that is no error of the probe. */
static _Noreturn void wire_skip(struct wire *wire, const struct fault *fault)
{
	char text[400];

	late_end(wire->late);
	emit_stop(wire->emit, OUTCOME_SKIPPED,
	          record_text(wire->emit->rec, "%s", fault_text(fault, text, sizeof(text))));
}

struct wire_rule *wire_rule_for(struct wire *wire, enum side from, const struct packet *packet)
{
	struct wire_rule *oldest = NULL;

	for (size_t i = 0; i < wire->rule_count; i++) {
		struct wire_rule *rule = &wire->rules[i];

		if (rule->id && rule->left && (!oldest || rule->id < oldest->id) &&
		    packet_matches(&rule->match, from, packet))
			oldest = rule;
	}
	return oldest;
}

uint32_t wire_rule_on(struct wire *wire, struct wire_rule filled)
{
	struct wire_rule *rule = rule_slot(wire);
	struct fault fault;
	int err;

	*rule = filled;
	rule->id = ++wire->rule_last;
	rule->text = rule_words(wire, &rule->match);
	if (!wire->ops->rule_on)
		emit_fail_errno(wire->emit, EOPNOTSUPP,
		                "break the wire of a probe without one (WIRE_NONE)");
	err = wire->ops->rule_on(wire, rule, &fault);
	if (err == -ENOENT)
		wire_skip(wire, &fault);
	if (err < 0)
		emit_fail(wire->emit, &fault);
	rule_emit(wire, rule, true);
	return rule->id;
}

static uint32_t rule_on(struct wire *wire, enum frame_action action, struct packet_match match,
                        int64_t count)
{
	return wire_rule_on(wire,
	                    (struct wire_rule){.action = action, .match = match, .left = count});
}

uint32_t wire_drop(struct probe_run *run, struct packet_match match)
{
	return rule_on(&run->wire, FRAME_DROP, match, -1);
}

uint32_t wire_drop_next(struct probe_run *run, struct packet_match match, unsigned int count)
{
	return rule_on(&run->wire, FRAME_DROP, match, count);
}

uint32_t wire_duplicate_next(struct probe_run *run, struct packet_match match, unsigned int count)
{
	return rule_on(&run->wire, FRAME_DUPLICATE, match, count);
}

uint32_t wire_hold(struct probe_run *run, struct packet_match match)
{
	return rule_on(&run->wire, FRAME_HOLD, match, -1);
}

/* What the whole way towards @to is made to be: a rule that stays on to the end. */
static void way_emit(struct wire *wire, enum side to, const char *action, const char *text)
{
	struct event event = {.kind = EVENT_RULE, .host = side_other(to)};

	event.rule.id = ++wire->rule_last;
	event.rule.action = action;
	event.rule.text = text;
	event.rule.match.from = side_other(to);
	event.rule.on = true;
	event.rule.hits = -1;
	emit_event(wire->emit, &event);
}

void wire_set_path_mtu(struct probe_run *run, enum side to, unsigned int mtu)
{
	char text[64];
	struct fault fault;

	if (bench_set_path_mtu(&run->bench, to, mtu, &fault) < 0)
		emit_fail(&run->emit, &fault);
	snprintf(text, sizeof(text), "packets of at most %u bytes", mtu);
	way_emit(&run->wire, to, "mtu", text);
}

void host_set_mtu(struct probe_run *run, enum side side, unsigned int mtu)
{
	struct fault fault;

	if (bench_set_link_mtu(&run->bench, side, mtu, &fault) < 0)
		emit_fail(&run->emit, &fault);
	note(run, "the %s's link: packets of at most %u bytes", side_name(side), mtu);
}

static const char *quality_words(const struct wire_quality *quality, char *buf, size_t size)
{
	snprintf(buf, size, "delay %uus %uus loss %g%% duplicate %g%% reorder %g%%",
	         quality->delay_us, quality->jitter_us, quality->loss_percent,
	         quality->duplicate_percent, quality->reorder_percent);
	return buf;
}

void wire_set_quality(struct probe_run *run, enum side to, const struct wire_quality *quality)
{
	struct wire *wire = &run->wire;
	char text[400];
	struct fault fault;
	int err;

	if (!wire->ops->quality_set)
		emit_fail_errno(wire->emit, EOPNOTSUPP,
		                "set netem: ask for WIRE_KERNEL or WIRE_ROUTED");
	err = wire->ops->quality_set(wire, to, quality, &fault);
	if (err == -EOPNOTSUPP)
		run_skip(run, "%s", fault_text(&fault, text, sizeof(text)));
	if (err < 0)
		emit_fail(wire->emit, &fault);
	way_emit(wire, to, "netem", quality_words(quality, text, sizeof(text)));
}

void wire_take(struct wire *wire, enum side from, const struct frame *frame,
               const struct packet *packet)
{
	if (packet && captures_take(&wire->captures, from, frame, packet) < 0)
		emit_fail_errno(wire->emit, ENOMEM, "capture one more frame");
	if (wire->ops->take_frame)
		wire->ops->take_frame(wire, from, frame, packet);
}

struct packet_link wire_link(const struct wire *wire, enum side from)
{
	const struct bench *bench = wire->bench;
	const enum side to = side_other(from);
	const uint8_t *src =
		bench->wire == BENCH_WIRE_ROUTED ? bench->port_mac[to] : bench->mac[from];
	struct packet_link link;

	memcpy(link.src, src, sizeof(link.src));
	memcpy(link.dst, bench->mac[to], sizeof(link.dst));
	return link;
}

void wire_frame_emit(struct wire *wire, enum side from, enum frame_action action, uint32_t rule,
                     const struct packet *packet)
{
	wire_frame_emit_at(wire, 0, from, action, rule, packet);
}

void wire_frame_emit_at(struct wire *wire, int64_t t_ns, enum side from, enum frame_action action,
                        uint32_t rule, const struct packet *packet)
{
	struct event event = {.kind = EVENT_FRAME, .host = from, .t_ns = t_ns};
	struct flow_ends ends;

	event.frame.action = action;
	event.frame.rule = rule;
	event.frame.packet = *packet;
	if (action == FRAME_INJECT)
		flow_injected(wire->watch->flows, side_other(from), packet);
	ends = flow_of_packet(wire->watch->flows, from, side_other(from), packet);
	if (ends.sender)
		memcpy(event.sock, ends.sender->label, SOCK_LABEL_SIZE);
	emit_event(wire->emit, &event);
}

void wire_send(struct wire *wire, enum side from, const struct packet *packet, const void *data,
               size_t length)
{
	enum side to = side_other(from);
	struct flow_ends ends = {0};
	int err = tap_send(wire->obs->taps[to], data, length);

	if (err < 0)
		emit_fail_errno(wire->emit, -err, "put a frame on the wire towards the %s",
		                side_name(to));
	late_look(wire->late);
	if (packet)
		ends = flow_of_packet(wire->watch->flows, from, to, packet);
	watch_touch(wire->watch, ends.sender);
	watch_touch(wire->watch, ends.receiver);
	watch_read(wire->watch);
}

struct held_wait {
	const struct wire *wire;
	uint32_t rule;
	size_t count;
};

static bool held_enough(void *arg)
{
	const struct held_wait *wait = arg;

	return hand_held_by(wait->wire, wait->rule) >= wait->count;
}

void wire_await_held(struct probe_run *run, uint32_t rule, unsigned int count)
{
	struct held_wait wait = {.wire = &run->wire, .rule = rule, .count = count};

	waiting_name(run->pump.waiting, "awaits %u held frame%s", count, count == 1 ? "" : "s");
	if (!pump_until(&run->pump, held_enough, &wait, AWAIT_LIMIT_MS * NS_PER_MS))
		run_inconclusive(run, "%zu of %u frames came to be held (%s) within %d ms",
		                 hand_held_by(&run->wire, rule), count,
		                 rule_by_id(&run->wire, rule)->text, AWAIT_LIMIT_MS);
}

void wire_release_one(struct probe_run *run, uint32_t rule, unsigned int index)
{
	hand_release(&run->wire, rule, index);
}

static void rule_off(struct wire *wire, struct wire_rule *rule, bool keep)
{
	struct fault fault;

	if (wire->ops->rule_off(wire, rule, keep, &fault) < 0)
		emit_fail(wire->emit, &fault);
	rule_emit(wire, rule, false);
	rule->id = 0;
}

void wire_restore(struct probe_run *run, uint32_t id)
{
	rule_off(&run->wire, rule_by_id(&run->wire, id), false);
	while (hand_held_by(&run->wire, id))
		hand_release(&run->wire, id, 0);
}

void wire_end(struct wire *wire)
{
	for (size_t i = 0; i < wire->rule_count; i++)
		if (wire->rules[i].id)
			rule_off(wire, &wire->rules[i], true);
}

/* One host talks to itself: there is nothing to break. */
const struct wire_ops wire_none = {0};

const struct wire_ops *wire_ops_of(enum wire_kind kind)
{
	static const struct wire_ops *const all[] = {
		[WIRE_KERNEL] = &wire_kernel,
		[WIRE_HAND] = &wire_hand,
		[WIRE_ROUTED] = &wire_kernel, /* faults are broken in at its ports all the same */
		[WIRE_NONE] = &wire_none,
	};

	return all[kind];
}
