// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Theory of operation
 *
 * A bridge joins the ports, so frames pass without us; a drop is an nftables rule on the
 * netdev ingress of the port that the sender's frames come out of. Never in a host's own
 * hooks: there a drop is an error to tcp_transmit_skb(), not a loss. A copy is nft's too.
 */
#include "wire_ops.h"

#include <errno.h>

#include "../../netns/qdisc.h"
#include "../base/clock.h"
#include "../packet/match.h"

/* Where the sender's frames come into the wire. */
static const char *rule_port(const struct wire_rule *rule)
{
	return rule->match.from == SIDE_CLIENT ? BENCH_PORT_CLIENT : BENCH_PORT_SERVER;
}

/* Where they would leave it for the other host. */
static const char *rule_far_port(const struct wire_rule *rule)
{
	return rule->match.from == SIDE_CLIENT ? BENCH_PORT_SERVER : BENCH_PORT_CLIENT;
}

/* What nft cannot do, and which wire can. */
static int kernel_refuses(const struct wire *wire, const struct wire_rule *rule, struct fault *f)
{
	if (rule->action == FRAME_HOLD)
		return fault_set(f, EOPNOTSUPP, "hold frames: ask for WIRE_HAND");
	/* A copy is made behind the bridge; behind a router it would not be what the router sends. */
	if (rule->action == FRAME_DUPLICATE && wire->bench->wire == BENCH_WIRE_ROUTED)
		return fault_set(f, EOPNOTSUPP,
		                 "duplicate frames: ask for WIRE_HAND or WIRE_KERNEL");
	if (rule->left > RULE_PACKETS_MAX)
		return fault_set(f, ERANGE, "take the next %lld frames", (long long)rule->left);
	return 0;
}

static int kernel_rule_add(struct ruleset *ruleset, struct wire_rule *rule, const char *expr,
                           struct fault *f)
{
	const struct rule_spec spec = {
		.expr = expr,
		.packets = rule->left > 0 ? (uint32_t)rule->left : 0,
		.copy_to = rule->action == FRAME_DUPLICATE ? rule_far_port(rule) : NULL,
	};

	return rule_add(ruleset, rule_port(rule), &spec, &rule->handle, f);
}

static int kernel_rule_on(struct wire *wire, struct wire_rule *rule, struct fault *f)
{
	struct ruleset *ruleset;
	struct buffer expr = {0};
	int err = kernel_refuses(wire, rule, f);

	if (err)
		return err;
	ruleset = bench_ruleset(wire->bench, f);
	if (!ruleset)
		return -f->err;
	err = match_nft(&rule->match, wire->bench->addr[SIDE_CLIENT].family, &expr, f);
	if (!err)
		err = kernel_rule_add(ruleset, rule, buffer_text(&expr), f);
	buffer_free(&expr);
	rule->on_ns = clock_mono_ns();
	return err;
}

/*
 * What nft takes the tap has seen all the same. Which frames those were nft does not tell of
 * a rule for the next few, so they are counted here too; and it is for us to tell a sender
 * who is rejected. A frame from before the rule was on is none of its frames.
 */
static void kernel_take_frame(struct wire *wire, enum side from, const struct frame *frame,
                              const struct packet *packet)
{
	struct wire_rule *rule = packet ? wire_rule_for(wire, from, packet) : NULL;

	if (!rule || frame->t_ns < rule->on_ns)
		return;
	if (rule->left > 0) {
		rule->left--;
		wire_frame_emit_at(wire, frame->t_ns - wire->emit->t0_ns, from, rule->action,
		                   rule->id, packet);
	}
	if (rule->action != FRAME_REJECT)
		return;
	wire_frame_emit(wire, from, FRAME_REJECT, rule->id, packet);
	reject_answer(wire, rule, from, frame, packet);
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
