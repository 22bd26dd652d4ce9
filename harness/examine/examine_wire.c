// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * examine_wire: what became of each frame, and which rule did it.
 *
 * Every frame that left a host arrives at the other once, unless a rule that was on and
 * matches took it, or the other's own queue was full (enqueue_to_backlog(): its link counted
 * that, see examine_counter.c); and a rule takes what it matches. The hits that the wire counted are
 * those frames. Nothing comes out of the wire that nobody put in.
 */
#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <stdlib.h>
#include <string.h>

#include "../base/array.h"
#include "../packet/match.h"
#include "examine_parts.h"

struct rule {
	const struct event *on;
	int64_t off_ns; /* INT64_MAX: never */
	int64_t hits; /* that the wire counted; -1: it did not */
	int64_t frames; /* that the hand wire told of */
	int64_t frame_last_ns;
	enum frame_action action; /* FRAME_ACTION_COUNT: netem */
	int64_t sure, maybe; /* departures while it was on; those at its edges or another's too */
};

struct wire {
	struct exam *exam;
	struct rule *rules;
	size_t count, space;
};

static void complain_wire(struct wire *wire, int64_t t_ns, const struct flight *flight,
                          const char *why)
{
	const struct ground ground = {
		.t_ns = t_ns,
		.rests_on = RESTS(OBSERVER_TAP) | RESTS(OBSERVER_WIRE),
	};
	char flags[TCP_FLAGS_TEXT_SIZE];

	complain(wire->exam, &ground, "%s from the %s, seq %u, at %.3f s: %s",
	         tcp_flags_text(flight->packet->flags, flags), side_name(flight->from),
	         flight->packet->seq, (double)t_ns / NS_PER_S, why);
}

static void complain_rule(struct wire *wire, int64_t t_ns, uint32_t id, const char *why)
{
	const struct ground ground = {
		.t_ns = t_ns,
		.rests_on = RESTS(OBSERVER_TAP) | RESTS(OBSERVER_WIRE),
	};

	complain(wire->exam, &ground, "rule %u of the wire at %.3f s: %s", id,
	         (double)t_ns / NS_PER_S, why);
}

static struct rule *rule_find(const struct wire *wire, uint32_t id)
{
	for (size_t i = wire->count; i-- > 0;)
		if (wire->rules[i].on->rule.id == id)
			return &wire->rules[i];
	return NULL;
}

static void rule_switched_on(struct wire *wire, const struct event *event)
{
	int action = frame_action_parse(event->rule.action);
	struct rule *rules =
		array_reserve(wire->rules, &wire->space, wire->count + 1, sizeof(*rules));

	if (!rules) {
		wire->exam->err = -ENOMEM;
		return;
	}
	wire->rules = rules;
	rules[wire->count++] = (struct rule){
		.on = event,
		.off_ns = INT64_MAX,
		.hits = -1,
		.action = action < 0 ? FRAME_ACTION_COUNT : (enum frame_action)action,
	};
}

static void rule_switched_off(struct wire *wire, const struct event *event)
{
	struct rule *rule = rule_find(wire, event->rule.id);

	if (!rule || rule->off_ns != INT64_MAX) {
		complain_rule(wire, event->t_ns, event->rule.id, "switched off, and was not on");
		return;
	}
	rule->off_ns = event->t_ns;
	rule->hits = event->rule.hits;
}

static void rule_frame(struct wire *wire, const struct event *event)
{
	struct rule *rule = rule_find(wire, event->frame.rule);

	if (!event->frame.rule || event->frame.action == FRAME_RELEASE ||
	    event->frame.action == FRAME_INJECT || event->frame.action == FRAME_OVERFLOW)
		return;
	if (!rule || rule->off_ns != INT64_MAX || rule->action != event->frame.action) {
		complain_rule(wire, event->t_ns, event->frame.rule,
		              "a frame is laid to it, and it was not on for that");
		return;
	}
	if (!packet_matches(&rule->on->rule.match, event->host, &event->frame.packet))
		complain_rule(wire, event->t_ns, event->frame.rule,
		              "a frame is laid to it that it does not match");
	rule->frames++;
	rule->frame_last_ns = event->t_ns;
}

static void rules_collect(struct wire *wire)
{
	const struct story *story = wire->exam->story;

	for (size_t i = 0; i < story->event_count && !wire->exam->err; i++) {
		const struct event *event = story->events[i];

		if (event->kind == EVENT_FRAME)
			rule_frame(wire, event);
		else if (event->kind == EVENT_RULE && event->rule.on)
			rule_switched_on(wire, event);
		else if (event->kind == EVENT_RULE)
			rule_switched_off(wire, event);
	}
}

static bool rule_matches(const struct rule *rule, const struct flight *flight)
{
	return !flight->loopback && !flight->injected && flight->depart_ns != NEVER &&
	       flight->depart_ns >= rule->on->t_ns - EXAMINE_SKEW_NS &&
	       flight->depart_ns <= rule->off_ns &&
	       packet_matches(&rule->on->rule.match, flight->from, flight->packet);
}

/* On for certain while the frame was on the wire: not at the edges of it. */
static bool rule_is_sure(const struct rule *rule, const struct flight *flight)
{
	int64_t last_ns = flight->arrive_ns != NEVER ? flight->arrive_ns : flight->depart_ns;

	return flight->depart_ns > rule->on->t_ns + EXAMINE_SKEW_NS &&
	       last_ns < rule->off_ns - EXAMINE_SKEW_NS;
}

/* A rule for the next few frames is used up behind its last. */
static bool rule_was_used_up(const struct rule *rule, const struct flight *flight)
{
	return rule->frames && rule->frame_last_ns <= flight->arrive_ns;
}

/* A frame that went on: no rule that takes it was on. */
static void flight_passed(struct wire *wire, const struct flight *flight)
{
	for (size_t i = 0; i < wire->count; i++) {
		const struct rule *rule = &wire->rules[i];

		if (rule->action != FRAME_DROP || !rule_matches(rule, flight) ||
		    !rule_is_sure(rule, flight) || rule_was_used_up(rule, flight))
			continue;
		complain_wire(wire, flight->depart_ns, flight, "it arrives, and a rule drops it");
		return;
	}
}

/* Whether the ICMP error is about such a packet. */
static bool packet_quotes(const struct packet *error, const struct packet *packet)
{
	const struct packet_inner *inner = &error->inner;

	return inner->src.family && packet->protocol == inner->protocol &&
	       packet->seq == inner->seq && endpoint_equal(&packet->src, &inner->src) &&
	       endpoint_equal(&packet->dst, &inner->dst);
}

/* RFC 792, RFC 4443 3.3 */
static bool is_time_exceeded(const struct packet *packet)
{
	return (packet->protocol == IPPROTO_ICMP && packet->icmp_type == ICMP_TIME_EXCEEDED) ||
	       (packet->protocol == IPPROTO_ICMPV6 && packet->icmp_type == ICMP6_TIME_EXCEEDED);
}

/* An ICMP error of the wire's own router quotes what a host sent into it. */
static bool is_quoting(const struct wire *wire, const struct flight *error)
{
	const struct flights *flights = &wire->exam->story->flights;

	for (size_t i = 0; error->packet->inner.src.family && i < flights->count; i++)
		if (flights->items[i].departure && flights->items[i].from == flight_to(error) &&
		    packet_quotes(error->packet, flights->items[i].packet))
			return true;
	return false;
}

static void flight_arrived(struct wire *wire, const struct flight *flight)
{
	const struct rule *rule = rule_find(wire, flight->rule);

	if (flight->departure)
		flight_passed(wire, flight);
	else if (flight->duplicate &&
	         (!rule || (rule->action != FRAME_DUPLICATE && rule->action != FRAME_ACTION_COUNT)))
		complain_wire(wire, flight->arrive_ns, flight, "it arrives twice");
	else if (!flight->duplicate && !flight->injected && !is_quoting(wire, flight))
		complain_wire(wire, flight->arrive_ns, flight, "it arrives, and nobody sent it");
}

/* A router said that the frame's hops were used up: ip_forward(), ip6_forward(). */
static bool ran_out_of_hops(const struct wire *wire, const struct flight *flight)
{
	const struct exam *exam = wire->exam;
	int64_t begin_ns = flight_begin_ns(flight);

	for (size_t i = icmp_from(exam, begin_ns);
	     i < exam->icmp_count && exam->icmp[i]->arrive_ns <= begin_ns + exam->slack_ns; i++) {
		const struct flight *error = exam->icmp[i];

		exam_look(exam);
		if (flight_to(error) == flight->from && is_time_exceeded(error->packet) &&
		    packet_quotes(error->packet, flight->packet))
			return true;
	}
	return false;
}

/* Which action of a rule explains that a frame did not arrive. */
static void flight_stopped(struct wire *wire, const struct flight *flight, enum frame_action action)
{
	const struct rule *rule = rule_find(wire, flight->rule);

	if (flight->overflowed && rule && rule->action == FRAME_HOLD)
		return;
	if (rule && (rule->action == action || rule->action == FRAME_ACTION_COUNT ||
	             (action == FRAME_DROP && rule->action == FRAME_REJECT)))
		return;
	complain_wire(wire, flight_begin_ns(flight), flight,
	              "it does not arrive, and no rule takes it");
}

static void flight_examine(struct wire *wire, const struct flight *flight)
{
	switch (flight->fate) {
	case FATE_DELIVERED:
		flight_arrived(wire, flight);
		break;
	case FATE_DROPPED:
		flight_stopped(wire, flight, FRAME_DROP);
		break;
	case FATE_HELD:
		flight_stopped(wire, flight, FRAME_HOLD);
		break;
	case FATE_LOST:
		if (!examine_ends_before(wire->exam,
		                         flight_begin_ns(flight) + wire->exam->slack_ns) &&
		    !ran_out_of_hops(wire, flight))
			complain_wire(wire, flight_begin_ns(flight), flight,
			              "it does not arrive, and no rule takes it");
		break;
	}
}

/* Of the kernel's rules the first that matches takes a frame: the others may not count it. */
static void flight_count(struct wire *wire, const struct flight *flight)
{
	struct rule *only = NULL;
	unsigned int matching = 0;

	for (size_t i = 0; i < wire->count; i++) {
		struct rule *rule = &wire->rules[i];

		if (rule->action == FRAME_ACTION_COUNT || !rule_matches(rule, flight))
			continue;
		rule->maybe++;
		matching++;
		only = rule;
	}
	if (matching == 1 && rule_is_sure(only, flight))
		only->sure++;
}

static void rule_examine(struct wire *wire, const struct rule *rule)
{
	int64_t t_ns = rule->on->t_ns;
	uint32_t id = rule->on->rule.id;

	if (rule->off_ns == INT64_MAX && rule->action != FRAME_ACTION_COUNT)
		complain_rule(wire, t_ns, id, "it is never switched off");
	if (rule->hits < 0)
		return;
	if (rule->frames ? rule->hits != rule->frames
	                 : rule->hits < rule->sure || rule->hits > rule->maybe)
		complain_rule(wire, t_ns, id, "it counts other frames than it took");
}

void examine_wire(struct exam *exam)
{
	const struct flights *flights = &exam->story->flights;
	struct wire wire = {.exam = exam};

	rules_collect(&wire);
	for (size_t i = 0; i < flights->count; i++) {
		flight_examine(&wire, &flights->items[i]);
		flight_count(&wire, &flights->items[i]);
	}
	for (size_t i = 0; i < wire.count; i++)
		rule_examine(&wire, &wire.rules[i]);
	free(wire.rules);
}
