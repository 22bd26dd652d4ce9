// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * trace: slots and reading. What a record means is trace-decode's, what a stack means
 * trace-symbols'; loading is trace-load's, and what happens in the kernel is in
 * trace.bpf.c.
 *
 * The supervisor loads once. A probe's process inherits descriptors, maps its own
 * ring and reads it. A slot that changes hands gets a new generation, and a
 * record of an older one is dropped on reading: an event that was on its way when
 * the namespace was forgotten cannot reach the next probe.
 */
#include "trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "trace-kernel.h"
#include "trace-load.h"

struct trace_reader {
	struct trace *trace;
	struct ring_buffer *ring;
	unsigned int slot;
	uint16_t generation;
	uint64_t lost_before;
	trace_event_fn each; /* during trace_read() */
	void *arg;
	int delivered;
};

/* ---- slots */

static int slot_read(const struct trace *trace, unsigned int slot, struct trace_slot *state)
{
	return bpf_map_lookup_elem(trace->slots_fd, &slot, state);
}

int trace_watch(struct trace *trace, unsigned int slot, uint32_t netns_inum, enum side side,
                struct fault *f)
{
	struct trace_watch_entry entry = {.slot = slot, .side = (uint8_t)side};
	struct trace_slot state;
	int rc;

	if (slot >= trace->slot_count)
		return fault_set(f, EINVAL, "trace slot %u of %u", slot, trace->slot_count);
	rc = slot_read(trace, slot, &state);
	if (!rc) {
		entry.generation = (uint16_t)state.generation;
		entry.causes = !trace->slots[slot].no_causes && !trace->why_not[PART_CAUSES][0];
		entry.wakes = trace->slots[slot].wakes;
		rc = bpf_map_update_elem(trace->watches_fd, &netns_inum, &entry, BPF_ANY);
	}
	return rc ? fault_set(f, -rc, "watch namespace %u", netns_inum) : 0;
}

void trace_set_causes(struct trace *trace, unsigned int slot, bool on)
{
	if (slot < trace->slot_count)
		trace->slots[slot].no_causes = !on;
}

void trace_set_wakes(struct trace *trace, unsigned int slot, bool on)
{
	if (slot < trace->slot_count)
		trace->slots[slot].wakes = on;
}

/* Delete one namespace of @slot; false: there is none left. */
static bool watch_delete_one(int map_fd, unsigned int slot)
{
	struct trace_watch_entry entry;
	uint32_t inum, *before = NULL;

	while (!bpf_map_get_next_key(map_fd, before, &inum)) {
		if (!bpf_map_lookup_elem(map_fd, &inum, &entry) && entry.slot == slot)
			return !bpf_map_delete_elem(map_fd, &inum);
		before = &inum;
	}
	return false;
}

static int record_discard(void *arg, void *data, size_t size)
{
	(void)arg;
	(void)data;
	(void)size;
	return 0;
}

void trace_unwatch(struct trace *trace, unsigned int slot)
{
	struct trace_slot state;
	struct ring_buffer *ring;

	if (slot >= trace->slot_count)
		return;
	while (watch_delete_one(trace->watches_fd, slot))
		;
	if (!slot_read(trace, slot, &state)) {
		state = (struct trace_slot){.generation = state.generation + 1};
		/* Cannot fail: an element of an array. The reader checks generations anyhow. */
		if (bpf_map_update_elem(trace->slots_fd, &slot, &state, BPF_ANY))
			return;
	}
	ring = ring_buffer__new(trace->slots[slot].ring_fd, record_discard, NULL, NULL);
	if (!ring)
		return;
	/* What is left is dropped on reading; this makes the room. */
	while (ring_buffer__consume(ring) > 0)
		;
	ring_buffer__free(ring);
}

/* ---- reading */

/* A stack that nobody has explained yet: explain it, and tell the programs. */
static void cause_resolve(const struct trace *trace, struct trace_raw *raw)
{
	uint8_t cause = TRACE_CAUSE_UNKNOWN;

	if (trace->symbols)
		cause = (uint8_t)trace_symbols_cause(trace->symbols, raw->frames, TRACE_FRAMES);
	raw->cause = cause;
	/* A full map only means that the next such stack comes in full again. */
	if (bpf_map_update_elem(trace->causes_fd, &raw->stack_hash, &cause, BPF_ANY))
		raw->stack_hash = 0;
}

static int record_read(void *arg, void *data, size_t size)
{
	struct trace_reader *reader = arg;
	struct trace_raw raw = {0};
	struct trace_event event;

	memcpy(&raw, data, size < sizeof(raw) ? size : sizeof(raw));
	if (size < TRACE_RAW_SHORT || raw.generation != reader->generation)
		return 0;
	if (raw.cause == TRACE_CAUSE_STACK && size >= sizeof(raw))
		cause_resolve(reader->trace, &raw);
	if (!trace_decode(&raw, size, &reader->trace->reasons, &event))
		return -EBADMSG;
	reader->each(&event, reader->arg);
	reader->delivered++;
	return 0;
}

/* Lost in all since the slot changed hands: no room in the ring, and misses. */
static uint64_t lost_total(const struct trace_reader *reader)
{
	struct trace_slot state = {0};
	uint64_t lost = 0;

	if (!slot_read(reader->trace, reader->slot, &state))
		lost = state.lost;
	return lost + trace_misses(reader->trace);
}

struct trace_reader *trace_reader_open(struct trace *trace, unsigned int slot, struct fault *f)
{
	struct trace_reader *reader;
	struct trace_slot state = {0};

	if (slot >= trace->slot_count || slot_read(trace, slot, &state)) {
		fault_set(f, EINVAL, "trace slot %u of %u", slot, trace->slot_count);
		return NULL;
	}
	reader = calloc(1, sizeof(*reader));
	if (!reader) {
		fault_set(f, ENOMEM, "open a trace reader");
		return NULL;
	}
	reader->trace = trace;
	reader->slot = slot;
	reader->generation = (uint16_t)state.generation;
	reader->ring = ring_buffer__new(trace->slots[slot].ring_fd, record_read, reader, NULL);
	if (!reader->ring) {
		fault_set_ext(f, errno, libbpf_complaints(), "map the eBPF ring buffer");
		free(reader);
		return NULL;
	}
	/* Misses are counted from now, a full ring since the slot changed hands. */
	reader->lost_before = lost_total(reader) - state.lost;
	return reader;
}

void trace_reader_close(struct trace_reader *reader)
{
	if (!reader)
		return;
	ring_buffer__free(reader->ring);
	free(reader);
}

int trace_reader_fd(const struct trace_reader *reader)
{
	return ring_buffer__epoll_fd(reader->ring);
}

int trace_read(struct trace_reader *reader, trace_event_fn each, void *arg)
{
	int rc;

	reader->each = each;
	reader->arg = arg;
	reader->delivered = 0;
	rc = ring_buffer__consume(reader->ring);
	return rc < 0 ? rc : reader->delivered;
}

uint64_t trace_lost(struct trace_reader *reader)
{
	uint64_t lost = lost_total(reader);
	uint64_t since = lost - reader->lost_before;

	reader->lost_before = lost;
	return since;
}
