// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A frame is kept as it came out of its host. It is sent again with the same bytes from
 * the IP header on; in front of it stand the Ethernet addresses of the place where it is
 * put on the wire, which is another one behind a router.
 */
#include "capture.h"

#include <errno.h>
#include <net/ethernet.h>
#include <string.h>

#include "../base/array.h"
#include "../packet/match.h"
#include "probe_run.h"

static int capture_add(struct capture *capture, enum side from, const struct frame *frame,
                       const struct packet *packet)
{
	struct captured *items =
		array_reserve(capture->items, &capture->space, capture->count + 1, sizeof(*items));

	if (!items)
		return -ENOMEM;
	capture->items = items;
	items[capture->count++] =
		(struct captured){.frame = *frame, .packet = *packet, .from = from};
	return 0;
}

int captures_take(struct captures *captures, enum side from, const struct frame *frame,
                  const struct packet *packet)
{
	int err = 0;

	for (size_t i = 0; !err && i < captures->count; i++)
		if (packet_matches(&captures->items[i].match, from, packet))
			err = capture_add(&captures->items[i], from, frame, packet);
	return err;
}

uint32_t wire_capture(struct probe_run *run, struct packet_match match)
{
	struct captures *captures = &run->wire.captures;
	struct capture *items = array_reserve(captures->items, &captures->space,
	                                      captures->count + 1, sizeof(*items));

	if (!items)
		emit_fail_errno(&run->emit, ENOMEM, "begin one more capture");
	captures->items = items;
	captures->items[captures->count++] = (struct capture){.match = match};
	return (uint32_t)captures->count;
}

static const struct capture *capture_by_id(struct probe_run *run, uint32_t id)
{
	const struct captures *captures = &run->wire.captures;

	if (!id || id > captures->count)
		emit_fail_errno(&run->emit, ENOENT, "find capture %u", id);
	return &captures->items[id - 1];
}

struct capture_wait {
	struct probe_run *run;
	uint32_t id;
	size_t count;
};

static bool captured_enough(void *arg)
{
	const struct capture_wait *wait = arg;

	return capture_by_id(wait->run, wait->id)->count >= wait->count;
}

void wire_await_captured(struct probe_run *run, uint32_t id, unsigned int count)
{
	struct capture_wait wait = {.run = run, .id = id, .count = count};

	waiting_name(run->pump.waiting, "awaits %u captured packet%s", count,
	             count == 1 ? "" : "s");
	if (!pump_until(&run->pump, captured_enough, &wait, AWAIT_LIMIT_MS * NS_PER_MS))
		run_inconclusive(run, "%zu of %u packets were captured within %d ms",
		                 capture_by_id(run, id)->count, count, AWAIT_LIMIT_MS);
}

static const struct captured *captured_at(struct probe_run *run, uint32_t id, unsigned int index)
{
	const struct capture *capture = capture_by_id(run, id);

	if (index >= capture->count)
		emit_fail_errno(&run->emit, ENOENT, "find packet %u of capture %u, which has %zu",
		                index, id, capture->count);
	return &capture->items[index];
}

struct packet wire_captured(struct probe_run *run, uint32_t id, unsigned int index)
{
	return captured_at(run, id, index)->packet;
}

void wire_replay(struct probe_run *run, uint32_t id, unsigned int index)
{
	const struct captured *captured = captured_at(run, id, index);
	const struct packet_link link = wire_link(&run->wire, captured->from);
	struct packet packet = captured->packet;
	struct frame frame = captured->frame;

	if (frame.truncated)
		emit_fail_errno(&run->emit, EMSGSIZE, "send a frame again that was not kept whole");
	memcpy(frame.data, link.dst, ETH_ALEN);
	memcpy(frame.data + ETH_ALEN, link.src, ETH_ALEN);
	wire_frame_emit(&run->wire, captured->from, FRAME_INJECT, 0, &packet);
	wire_send(&run->wire, captured->from, &packet, frame.data, frame.length);
}
