// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * wire_burst: held frames that reach their host in one go.
 *
 * Theory of operation
 *
 * A frame that is sent by itself has been received before send() returns: netif_rx() of the
 * host's veth puts it into the processor's queue, and process_backlog() empties that as soon as
 * softirqs run again. For a burst the port gets a qdisc that keeps what is sent, sch_plug. When
 * it is unplugged net_tx_action() transmits all of it (up to dev_weight * dev_weight_tx_bias
 * frames) before the next softirq has its turn, as a card does that hands over what came
 * within one interrupt.
 *
 * Behind that queue, on the host's own link, a tap of this verb's own tells which of them
 * the host took in. The others its link has counted as dropped: when both together are all,
 * the burst is over.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../netns/qdisc.h"
#include "probe_run.h"

struct burst {
	struct probe_run *run;
	enum side to;
	struct burst_frame {
		struct held_frame held;
		bool taken;
	} * frames; /* oldest first */
	size_t count, taken;
	int64_t dropped; /* by the link before */
};

static int64_t link_dropped(struct probe_run *run, enum side host)
{
	struct counters *counters;
	struct fault fault;
	int64_t dropped;

	if (bench_enter(&run->bench, (enum bench_ns)host, &fault) < 0)
		emit_fail(&run->emit, &fault);
	counters = counters_read(false, &fault);
	if (!counters)
		emit_fail(&run->emit, &fault);
	dropped = counters_get(counters, "Link.RxDropped");
	counters_free(counters);
	return dropped;
}

static void burst_collect(struct burst *burst, uint32_t rule)
{
	struct wire *wire = &burst->run->wire;

	burst->count = hand_held_by(wire, rule);
	if (!burst->count)
		emit_fail_errno(wire->emit, ENOENT, "release frames that are not held");
	burst->frames = calloc(burst->count, sizeof(*burst->frames));
	if (!burst->frames)
		emit_fail_errno(wire->emit, ENOMEM, "release %zu frames", burst->count);
	for (size_t i = 0; i < burst->count; i++)
		burst->frames[i].held = hand_remove(wire, rule, 0);
	burst->to = side_other(burst->frames[0].held.from);
}

/*
 * The first burst prepares all that is needed, and it stays: to make a qdisc, to close a packet
 * socket waits for RCU, and meanwhile frames wait for us.
 */
static void way_prepare(struct wire *wire, enum side to)
{
	static const char *const links[] = {
		[SIDE_CLIENT] = BENCH_LINK_CLIENT,
		[SIDE_SERVER] = BENCH_LINK_SERVER,
	};
	struct fault fault;

	if (bench_enter(wire->bench, (enum bench_ns)to, &fault) < 0)
		emit_fail(wire->emit, &fault);
	wire->inside[to] = tap_open(links[to], &fault);
	if (!wire->inside[to])
		emit_fail(wire->emit, &fault);
}

/* Kept by the port's qdisc from now on: nothing that has come before is looked at any more. */
static void burst_begin(struct burst *burst)
{
	struct wire *wire = &burst->run->wire;
	struct rtnl *rtnl = wire->bench->rtnl[BENCH_WIRE];
	const int port = wire->bench->port_ifindex[burst->to];
	const bool again = wire->inside[burst->to];
	struct fault fault;
	struct frame frame;
	char text[400];
	int err = again ? plug_put(rtnl, port, &fault) : plug_set(rtnl, port, &fault);

	if (err == -EOPNOTSUPP)
		run_skip(burst->run, "%s", fault_text(&fault, text, sizeof(text)));
	if (err < 0)
		emit_fail(wire->emit, &fault);
	if (!again)
		way_prepare(wire, burst->to);
	while (tap_read(wire->inside[burst->to], &frame) > 0)
		;
	burst->dropped = link_dropped(burst->run, burst->to);
}

static void burst_send(struct burst *burst)
{
	struct wire *wire = &burst->run->wire;
	struct fault fault;

	for (size_t i = 0; i < burst->count; i++)
		hand_send(wire, &burst->frames[i].held);
	if (plug_pull(wire->bench->rtnl[BENCH_WIRE], wire->bench->port_ifindex[burst->to], &fault) <
	    0)
		emit_fail(wire->emit, &fault);
}

static void burst_take(struct burst *burst, const struct frame *frame)
{
	for (size_t i = 0; i < burst->count; i++) {
		struct burst_frame *sent = &burst->frames[i];

		if (sent->taken || sent->held.frame.length != frame->length ||
		    memcmp(sent->held.frame.data, frame->data, frame->length) != 0)
			continue;
		sent->taken = true;
		burst->taken++;
		return;
	}
}

static bool burst_is_over(void *arg)
{
	struct burst *burst = arg;
	struct frame frame;
	int n;

	while ((n = tap_read(burst->run->wire.inside[burst->to], &frame)) > 0)
		if (!frame.outgoing)
			burst_take(burst, &frame);
	if (n < 0)
		emit_fail_errno(&burst->run->emit, -n, "read frames on the %s's link",
		                side_name(burst->to));
	return burst->taken + (size_t)(link_dropped(burst->run, burst->to) - burst->dropped) >=
	       burst->count;
}

static void burst_end(struct burst *burst)
{
	for (size_t i = 0; i < burst->count; i++) {
		const struct held_frame *held = &burst->frames[i].held;

		if (!burst->frames[i].taken)
			wire_frame_emit(&burst->run->wire, held->from, FRAME_OVERFLOW, held->rule,
			                &held->packet);
	}
	free(burst->frames);
}

void wire_release_burst(struct probe_run *run, uint32_t rule)
{
	struct burst burst = {.run = run};

	burst_collect(&burst, rule);
	burst_begin(&burst);
	burst_send(&burst);
	waiting_name(run->pump.waiting, "awaits a burst of %zu frames", burst.count);
	if (!pump_until(&run->pump, burst_is_over, &burst, AWAIT_LIMIT_MS * NS_PER_MS))
		run_inconclusive(run, "of a burst of %zu frames the %s took %zu within %d ms",
		                 burst.count, side_name(burst.to), burst.taken, AWAIT_LIMIT_MS);
	burst_end(&burst);
}
