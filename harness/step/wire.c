// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The wire, two kinds behind one face.
 *
 * kernel: a bridge; a drop is an nftables rule on the netdev ingress of the port
 * that the sender's frames come out of. Never in a host's own hooks: there a drop is
 * an error to tcp_transmit_skb(), not a loss.
 *
 * hand: this process moves each frame from one port to the other itself, so it can
 * drop, hold, release, duplicate or add exactly one.
 */
#include "run.h"

#include <errno.h>

#include "../../netns/qdisc.h"

/* Where the sender's frames come into the wire. */
static const char *rule_port(const struct wire_rule *rule)
{
	return rule->match.from == SIDE_CLIENT ? BENCH_PORT_CLIENT : BENCH_PORT_SERVER;
}

static const struct {
	uint8_t bit;
	const char *word;
} flag_words[] = {
	{TCP_FLAG_SYN, "syn"}, {TCP_FLAG_FIN, "fin"}, {TCP_FLAG_RST, "rst"},
	{TCP_FLAG_PSH, "psh"}, {TCP_FLAG_ACK, "ack"},
};

static void flags_words(uint8_t flags, char *buf, size_t size)
{
	size_t used = 0;

	snprintf(buf, size, "0x0");
	for (size_t i = 0; i < sizeof(flag_words) / sizeof(flag_words[0]); i++)
		if ((flags & flag_words[i].bit) && used < size)
			used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? " | " : "",
			                         flag_words[i].word);
}

/* The match in nft(8)'s words; the hand uses them too, as what a person reads. */
static void match_words(const struct packet_match *match, char *buf, size_t size)
{
	char mask[32], value[32];

	flags_words(match->flags_mask, mask, sizeof(mask));
	flags_words(match->flags_value, value, sizeof(value));
	if (match->flags_mask)
		snprintf(buf, size, "tcp flags & (%s) == %s%s", mask, value,
		         match->has_payload ? " with payload" : "");
	else
		snprintf(buf, size, "ip protocol tcp%s", match->has_payload ? " with payload" : "");
}

static void rule_emit(struct probe_run *run, const struct wire_rule *rule, bool on)
{
	struct event event = {.kind = EVENT_RULE, .host = rule->match.from};

	event.rule.id = rule->id;
	event.rule.action = frame_action_name(rule->action);
	event.rule.text = rule->text;
	event.rule.match = rule->match;
	event.rule.on = on;
	event.rule.hits = on ? -1 : rule->hits;
	run_emit(run, &event);
}

static _Noreturn void wire_fail(struct probe_run *run, int err, const char *what)
{
	struct fault fault;

	fault_set(&fault, err, "%s", what);
	run_fail(run, &fault);
}

static struct wire_rule *rule_slot(struct probe_run *run)
{
	for (size_t i = 0; i < RUN_RULES; i++)
		if (!run->rules[i].id)
			return &run->rules[i];
	wire_fail(run, ENOSPC, "add one more rule to the wire");
}

static struct wire_rule *rule_by_id(struct probe_run *run, uint32_t id)
{
	for (size_t i = 0; i < RUN_RULES; i++)
		if (id && run->rules[i].id == id)
			return &run->rules[i];
	wire_fail(run, ENOENT, "find a rule of the wire that is switched on");
}

static void rule_into_kernel(struct probe_run *run, struct wire_rule *rule)
{
	struct ruleset *ruleset;
	struct fault fault;

	if (rule->action != FRAME_DROP || rule->left >= 0 || rule->match.has_payload)
		wire_fail(run, EOPNOTSUPP, "a rule that only the hand wire can carry out");
	ruleset = bench_ruleset(&run->bench, &fault);
	if (!ruleset ||
	    rule_add_drop(ruleset, rule_port(rule), rule->text, &rule->handle, &fault) < 0)
		run_fail(run, &fault);
}

static uint32_t rule_on(struct probe_run *run, enum frame_action action, struct packet_match match,
                        int64_t count)
{
	struct wire_rule *rule = rule_slot(run);

	*rule = (struct wire_rule){
		.id = ++run->rule_last, .action = action, .match = match, .left = count};
	match_words(&match, rule->text, sizeof(rule->text));
	switch (run->probe->wire) {
	case WIRE_KERNEL:
		rule_into_kernel(run, rule);
		break;
	case WIRE_HAND:
		break;
	case WIRE_NONE:
		wire_fail(run, EOPNOTSUPP, "break a wire in a probe without one");
	}
	rule_emit(run, rule, true);
	return rule->id;
}

uint32_t wire_drop(struct probe_run *run, struct packet_match match)
{
	return rule_on(run, FRAME_DROP, match, -1);
}

uint32_t wire_drop_next(struct probe_run *run, struct packet_match match, unsigned int count)
{
	return rule_on(run, FRAME_DROP, match, count);
}

uint32_t wire_duplicate_next(struct probe_run *run, struct packet_match match, unsigned int count)
{
	return rule_on(run, FRAME_DUPLICATE, match, count);
}

uint32_t wire_hold(struct probe_run *run, struct packet_match match)
{
	if (run->probe->wire != WIRE_HAND)
		wire_fail(run, EOPNOTSUPP, "hold frames: only the hand wire can");
	return rule_on(run, FRAME_HOLD, match, -1);
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
	struct event event = {.kind = EVENT_RULE, .host = side_other(to)};
	const struct netem netem = {
		.delay_us = quality->delay_us,
		.jitter_us = quality->jitter_us,
		.loss_percent = quality->loss_percent,
		.duplicate_percent = quality->duplicate_percent,
		.reorder_percent = quality->reorder_percent,
	};
	char text[400];
	struct fault fault;
	int err;

	if (run->probe->wire != WIRE_KERNEL)
		wire_fail(run, EOPNOTSUPP, "set netem: only the kernel wire has it");
	err = netem_set(run->bench.rtnl[BENCH_WIRE], run->bench.port_ifindex[to], &netem, &fault);
	if (err == -EOPNOTSUPP)
		run_skip(run, "%s", fault_text(&fault, text, sizeof(text)));
	if (err < 0)
		run_fail(run, &fault);
	event.rule.id = ++run->rule_last;
	event.rule.action = "netem";
	event.rule.text = quality_words(quality, text, sizeof(text));
	event.rule.match.from = side_other(to);
	event.rule.on = true;
	event.rule.hits = -1;
	run_emit(run, &event);
}

static void frame_emit(struct probe_run *run, enum side from, enum frame_action action,
                       uint32_t rule, const struct packet *packet)
{
	struct event event = {.kind = EVENT_FRAME, .host = from};

	event.frame.action = action;
	event.frame.rule = rule;
	event.frame.packet = *packet;
	run_emit(run, &event);
}

static void frame_forward(struct probe_run *run, enum side from, const struct frame *frame)
{
	int err = tap_send(run->taps[side_other(from)], frame->data, frame->length);

	if (err < 0)
		wire_fail(run, -err, "move a frame over the wire");
	pump_sample(run);
}

static struct wire_rule *rule_for(struct probe_run *run, enum side from,
                                  const struct packet *packet)
{
	for (size_t i = 0; i < RUN_RULES; i++) {
		struct wire_rule *rule = &run->rules[i];

		if (rule->id && rule->left && packet_matches(&rule->match, from, packet))
			return rule;
	}
	return NULL;
}

static void frame_hold(struct probe_run *run, enum side from, const struct frame *frame,
                       const struct packet *packet, uint32_t rule)
{
	if (run->held_count == RUN_HELD)
		wire_fail(run, ENOSPC, "hold one more frame");
	run->held[run->held_count++] =
		(struct held_frame){.frame = *frame, .from = from, .packet = *packet, .rule = rule};
}

void wire_take_frame(struct probe_run *run, enum side from, const struct frame *frame,
                     const struct packet *packet)
{
	struct wire_rule *rule = packet ? rule_for(run, from, packet) : NULL;

	/* What both ends are in while this frame is on the wire. */
	pump_sample(run);
	if (!rule) {
		frame_forward(run, from, frame);
		return;
	}
	rule->hits++;
	if (rule->left > 0)
		rule->left--;
	frame_emit(run, from, rule->action, rule->id, packet);
	switch (rule->action) {
	case FRAME_DROP:
		return;
	case FRAME_HOLD:
		frame_hold(run, from, frame, packet, rule->id);
		return;
	case FRAME_DUPLICATE:
		frame_forward(run, from, frame);
		frame_forward(run, from, frame);
		return;
	case FRAME_RELEASE:
	case FRAME_INJECT:
	case FRAME_ACTION_COUNT:
		break;
	}
	wire_fail(run, EINVAL, "carry out a rule of the wire");
}

static size_t held_by(const struct probe_run *run, uint32_t rule)
{
	size_t count = 0;

	for (size_t i = 0; i < run->held_count; i++)
		count += run->held[i].rule == rule;
	return count;
}

struct held_wait {
	uint32_t rule;
	size_t count;
};

static bool held_enough(struct probe_run *run, void *arg)
{
	const struct held_wait *wait = arg;

	return held_by(run, wait->rule) >= wait->count;
}

void wire_await_held(struct probe_run *run, uint32_t rule, unsigned int count)
{
	struct held_wait wait = {.rule = rule, .count = count};

	if (!pump(run, held_enough, &wait, AWAIT_LIMIT_MS * NS_PER_MS))
		run_inconclusive(run, "%zu of %u frames came to be held (%s) within %d ms",
		                 held_by(run, rule), count, rule_by_id(run, rule)->text,
		                 AWAIT_LIMIT_MS);
}

void wire_release_one(struct probe_run *run, uint32_t rule, unsigned int index)
{
	struct held_frame held;
	size_t i, seen = 0;

	for (i = 0; i < run->held_count; i++)
		if (run->held[i].rule == rule && seen++ == index)
			break;
	if (i == run->held_count)
		wire_fail(run, ENOENT, "release a frame that is not held");
	held = run->held[i];
	run->held_count--;
	memmove(&run->held[i], &run->held[i + 1], (run->held_count - i) * sizeof(run->held[0]));
	frame_emit(run, held.from, FRAME_RELEASE, rule, &held.packet);
	frame_forward(run, held.from, &held.frame);
}

void wire_restore(struct probe_run *run, uint32_t id)
{
	struct wire_rule *rule = rule_by_id(run, id);
	struct fault fault;

	if (run->probe->wire == WIRE_KERNEL) {
		struct ruleset *ruleset = bench_ruleset(&run->bench, &fault);
		uint64_t hits;

		if (!ruleset ||
		    rule_count(ruleset, rule_port(rule), rule->handle, &hits, &fault) < 0 ||
		    rule_delete(ruleset, rule_port(rule), rule->handle, &fault) < 0)
			run_fail(run, &fault);
		rule->hits = (int64_t)hits;
	}
	rule_emit(run, rule, false);
	rule->id = 0;
	while (held_by(run, id))
		wire_release_one(run, id, 0);
}

/* The rules that the probe left on, with how often they struck. */
void wire_rules_end(struct probe_run *run)
{
	struct fault fault;

	for (size_t i = 0; i < RUN_RULES; i++) {
		struct wire_rule *rule = &run->rules[i];
		struct ruleset *ruleset;
		uint64_t hits;

		if (!rule->id)
			continue;
		if (run->probe->wire == WIRE_KERNEL) {
			ruleset = bench_ruleset(&run->bench, &fault);
			if (!ruleset ||
			    rule_count(ruleset, rule_port(rule), rule->handle, &hits, &fault) < 0)
				run_fail(run, &fault);
			rule->hits = (int64_t)hits;
		}
		rule_emit(run, rule, false);
		rule->id = 0;
	}
}
