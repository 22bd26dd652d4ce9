// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "../../packet/encode.h"
#include "../report.h"
#include "pcapng.h"

#define FRAME_MOST (UINT16_MAX + 64) /* what the kernel cuts apart later comes whole */

struct writing {
	FILE *out;
	const struct remarks *remarks;
	const struct record *rec;
	struct buffer block;
	uint32_t interfaces[PORT_COUNT]; /* its number in the file, from 1; 0: not there */
	uint32_t interface_count;
	uint8_t frame[FRAME_MOST];
};

static enum port event_port(const struct event *event)
{
	if (event->packet.on_loopback)
		return event->host == SIDE_CLIENT ? PORT_CLIENT_LO : PORT_SERVER_LO;
	return event->host == SIDE_CLIENT ? PORT_CLIENT : PORT_SERVER;
}

static int block_flush(struct writing *w)
{
	if (w->block.failed)
		return -ENOMEM;
	if (fwrite(w->block.data, 1, w->block.used, w->out) != w->block.used)
		return -EIO;
	buffer_reset(&w->block);
	return 0;
}

/* The hosts' ends have addresses of their own; what goes by lo has none. */
static struct packet_link link_of(const struct event *event)
{
	enum side from = event_departs(event) ? event->host : side_other(event->host);
	struct packet_link link = {.src = {2}, .dst = {2}};

	if (event->packet.on_loopback)
		return (struct packet_link){0};
	link.src[5] = (uint8_t)(1 + from);
	link.dst[5] = (uint8_t)(1 + side_other(from));
	return link;
}

/* Whole, or the headers that are known of a packet that no more is known of. */
static int frame_make(struct writing *w, const struct event *event, struct packet_block *block)
{
	const struct packet_link link = link_of(event);
	struct packet packet = event->packet.packet;
	struct packet_payload none = {0};
	struct fault fault;
	int length;

	packet.has_unknown = false;
	length = packet_encode(&packet, &link, none, w->frame, sizeof(w->frame), &fault);
	if (length >= 0) {
		block->captured = block->length = (size_t)length;
		return 0;
	}
	length = packet_encode_header(&packet, &link, w->frame);
	if (length < 0)
		return length;
	block->captured = (size_t)length;
	block->length = block->captured + packet.len;
	return 0;
}

static int event_write(struct writing *w, const struct event *event)
{
	enum port port = event_port(event);
	struct packet_block block = {
		.t_ns = event->t_ns,
		.frame = w->frame,
		.outbound = event_departs(event),
		.remark = w->remarks->of[event - w->rec->events],
	};

	if (!w->interfaces[port]) {
		w->interfaces[port] = ++w->interface_count;
		interface_put(&w->block, port);
	}
	block.interface = w->interfaces[port] - 1;
	if (frame_make(w, event, &block))
		return 0; /* of no family: a record that somebody made up */
	packet_put(&w->block, &block);
	return block_flush(w);
}

static int story_write(const struct story *story, struct writing *w)
{
	int rc;

	section_put(&w->block, story->rec);
	rc = block_flush(w);
	for (size_t i = 0; !rc && i < story->event_count; i++)
		if (story->events[i]->kind == EVENT_PACKET)
			rc = event_write(w, story->events[i]);
	if (!rc && !w->interface_count)
		rc = -ENODATA;
	return rc;
}

int pcapng_write(const struct record *rec, FILE *out)
{
	struct writing *w = calloc(1, sizeof(*w));
	struct remarks remarks = {0};
	struct story story;
	int rc = w ? story_build(rec, &story) : -ENOMEM;

	if (rc) {
		free(w);
		return rc;
	}
	rc = remarks_collect(&story, &remarks);
	w->out = out;
	w->rec = rec;
	w->remarks = &remarks;
	if (!rc)
		rc = story_write(&story, w);
	if (!rc && fflush(out))
		rc = -EIO;
	remarks_free(&remarks);
	story_free(&story);
	buffer_free(&w->block);
	free(w);
	return rc;
}
