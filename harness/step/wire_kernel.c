// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Theory of operation
 *
 * A bridge joins the ports, so frames pass without us; a drop is an nftables rule on the
 * netdev ingress of the port that the sender's frames come out of. Never in a host's own
 * hooks: there a drop is an error to tcp_transmit_skb(), not a loss.
 */
#include "wire_ops.h"

#include <errno.h>

#include "../../netns/qdisc.h"
#include "../packet/match.h"

/* Where the sender's frames come into the wire. */
static const char *rule_port(const struct wire_rule *rule)
{
	return rule->match.from == SIDE_CLIENT ? BENCH_PORT_CLIENT : BENCH_PORT_SERVER;
}

static int kernel_rule_on(struct wire *wire, struct wire_rule *rule, struct fault *f)
{
	struct buffer expr = {0};
	struct ruleset *ruleset;
	int err;

	if (rule->action == FRAME_HOLD)
		return fault_set(f, EOPNOTSUPP, "hold frames: only the hand wire can");
	if ((rule->action != FRAME_DROP && rule->action != FRAME_REJECT) || rule->left >= 0)
		return fault_set(f, EOPNOTSUPP, "a rule that only the hand wire can carry out");
	ruleset = bench_ruleset(wire->bench, f);
	if (!ruleset)
		return -f->err;
	err = match_nft(&rule->match, wire->bench->addr[SIDE_CLIENT].family, &expr, f);
	if (!err)
		err = rule_add_drop(ruleset, rule_port(rule), buffer_text(&expr), &rule->handle, f);
	buffer_free(&expr);
	return err;
}

/* What nft drops the tap has seen all the same: it is for us to tell the sender. */
static void kernel_take_frame(struct wire *wire, enum side from, const struct frame *frame,
                              const struct packet *packet)
{
	for (size_t i = 0; packet && i < wire->rule_count; i++) {
		const struct wire_rule *rule = &wire->rules[i];

		if (!rule->id || rule->action != FRAME_REJECT ||
		    !packet_matches(&rule->match, from, packet))
			continue;
		wire_frame_emit(wire, from, FRAME_REJECT, rule->id, packet);
		reject_answer(wire, rule, from, frame, packet);
		return;
	}
}

static int kernel_rule_off(struct wire *wire, struct wire_rule *rule, bool keep, struct fault *f)
{
	struct ruleset *ruleset = bench_ruleset(wire->bench, f);
	uint64_t hits;
	int err;

	if (!ruleset)
		return -f->err;
	err = rule_count(ruleset, rule_port(rule), rule->handle, &hits, f);
	if (err)
		return err;
	rule->hits = (int64_t)hits;
	return keep ? 0 : rule_delete(ruleset, rule_port(rule), rule->handle, f);
}

static int kernel_quality_set(struct wire *wire, enum side to, const struct wire_quality *quality,
                              struct fault *f)
{
	const struct netem netem = {
		.delay_us = quality->delay_us,
		.jitter_us = quality->jitter_us,
		.loss_percent = quality->loss_percent,
		.duplicate_percent = quality->duplicate_percent,
		.reorder_percent = quality->reorder_percent,
	};

	return netem_set(wire->bench->rtnl[BENCH_WIRE], wire->bench->port_ifindex[to], &netem, f);
}

const struct wire_ops wire_kernel = {
	.rule_on = kernel_rule_on,
	.rule_off = kernel_rule_off,
	.take_frame = kernel_take_frame,
	.quality_set = kernel_quality_set,
};
