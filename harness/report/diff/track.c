// SPDX-License-Identifier: GPL-2.0-or-later
/* track: what one end did, in words that are the same in every run of the same. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "../../base/array.h"
#include "diff.h"
#include "../numbers.h"

static struct track_entry *track_add(struct track *track)
{
	struct track_entry *items =
		array_reserve(track->items, &track->space, track->count + 1, sizeof(*items));

	if (!items)
		return NULL;
	track->items = items;
	track->items[track->count] = (struct track_entry){0};
	return &track->items[track->count++];
}

void track_free(struct track *track)
{
	free(track->items);
	arena_clear(&track->texts);
	*track = (struct track){0};
}

static bool is_step(const struct event *event)
{
	return event->kind == EVENT_CALL || event->kind == EVENT_SYSCTL ||
	       event->kind == EVENT_RULE || event->kind == EVENT_FRAME;
}

/* How long the probe took to its next step is the machine's pace, not the kernel's timers. */
static void track_steps(const struct story *story, struct track *track)
{
	int64_t step_ns = INT64_MIN;
	size_t at = 0;

	for (size_t i = 0; i < track->count; i++) {
		int64_t late_ns = 0;

		for (; at < story->event_count && story->events[at]->t_ns <= track->items[i].t_ns;
		     at++)
			if (is_step(story->events[at]))
				step_ns = story->events[at]->t_ns;
			else if (story->events[at]->kind == EVENT_LATE)
				late_ns += story->events[at]->late.late_ns;
		track->items[i].late_ns = late_ns;
		track->items[i].step_ns = step_ns;
	}
}

/* "5" since the flow's first SYN, "#2+5" since its second; never the bare number. */
static const char *offset_text(const struct numbers *numbers, const struct flight *flight, bool own,
                               uint32_t number, char buf[NUMBER_TEXT_SIZE])
{
	unsigned int which;
	int32_t offset;

	if (!number_place(numbers, flight, own, number, &which, &offset) || which == 1)
		snprintf(buf, NUMBER_TEXT_SIZE, "%d", offset);
	else
		snprintf(buf, NUMBER_TEXT_SIZE, "#%u%+d", which, offset);
	return buf;
}

/* Connections in order of appearance; 1 is the first. */
static unsigned int connection_number(const struct story *story, const struct flight *flight)
{
	unsigned int number = 0;

	for (size_t i = 0; i <= flight->connection; i++)
		number += story->connections[i].has_tcp;
	return number;
}

static void tcp_words(const struct numbers *numbers, const struct flight *flight,
                      struct buffer *words)
{
	const struct packet *packet = flight->packet;
	unsigned int number = connection_number(numbers->story, flight);
	char flags[TCP_FLAGS_TEXT_SIZE], value[NUMBER_TEXT_SIZE];

	buffer_add(words, "%-3s seq %s", tcp_flags_text(packet->flags, flags),
	           offset_text(numbers, flight, true, packet->seq, value));
	if (packet->flags & TCP_FLAG_ACK)
		buffer_add(words, " ack %s",
		           offset_text(numbers, flight, false, packet->ack, value));
	buffer_add(words, " len %u", packet->len);
	if (packet->mss)
		buffer_add(words, " mss %u", packet->mss);
	if (number > 1)
		buffer_add(words, " connection %u", number);
}

/*
 * Which of @flights came in after a packet of the same host that had left later. They are in
 * order of departure: going backwards the earliest arrival of all later ones is at hand.
 */
static void overtaken_find(const struct flights *flights, bool *overtaken)
{
	int64_t earliest_ns[SIDE_COUNT] = {INT64_MAX, INT64_MAX};

	for (size_t i = flights->count; i-- > 0;) {
		const struct flight *flight = &flights->items[i];
		int64_t *earliest = &earliest_ns[flight->from];

		if (flight->depart_ns == NEVER || flight->fate != FATE_DELIVERED)
			continue;
		overtaken[i] = flight->arrive_ns > *earliest;
		if (flight->arrive_ns < *earliest)
			*earliest = flight->arrive_ns;
	}
}

static const char *fate_word(const struct flight *flight, bool overtaken)
{
	if (flight->loopback)
		return "";
	if (flight->fate != FATE_DELIVERED)
		return ", lost";
	return overtaken ? ", delivered late" : ", delivered";
}

static const char *origin_word(const struct flight *flight)
{
	if (flight->injected)
		return "injected ";
	return flight->duplicate ? "copy of " : "";
}

/*
 * A keepalive or window probe (tcp_xmit_probe_skb()): no data, and a number from before the one
 * that the end would send @next.
 */
static bool flight_is_probe(const struct flight *flight, const uint32_t *next)
{
	const struct packet *packet = flight->packet;
	uint16_t flags = packet->flags & (TCP_FLAG_SYN | TCP_FLAG_FIN | TCP_FLAG_RST);

	return next && packet->protocol == IPPROTO_TCP && !flags && !packet->len &&
	       (int32_t)(packet->seq - *next) < 0;
}

static int add_flight(struct track *track, const struct numbers *numbers,
                      const struct flight *flight, bool overtaken, const uint32_t *next)
{
	struct track_entry *entry = track_add(track);
	struct buffer text = {0};
	char words[128];

	if (!entry)
		return -ENOMEM;
	buffer_add(&text, "%s", origin_word(flight));
	if (flight->packet->protocol == IPPROTO_TCP) {
		tcp_words(numbers, flight, &text);
	} else {
		packet_words(numbers, flight, 80, false, words, sizeof(words));
		buffer_add(&text, "%s", words);
	}
	buffer_add(&text, "%s", fate_word(flight, overtaken));
	entry->text = buffer_text(&text) ? arena_text(&track->texts, buffer_text(&text)) : NULL;
	buffer_free(&text);
	entry->t_ns = flight_begin_ns(flight);
	entry->timed = flight->resent || flight_is_probe(flight, next);
	return entry->text ? 0 : -ENOMEM;
}

/* What the end of each connection at one host sends next; known once it has sent. */
struct next_numbers {
	uint32_t number;
	bool known;
};

static void next_take(struct next_numbers *next, const struct packet *packet)
{
	uint32_t end = packet->seq + packet->len + !!(packet->flags & TCP_FLAG_SYN) +
	               !!(packet->flags & TCP_FLAG_FIN);

	if (packet->protocol != IPPROTO_TCP || (packet->flags & TCP_FLAG_RST))
		return;
	if (!next->known || (packet->flags & TCP_FLAG_SYN) || (int32_t)(end - next->number) > 0)
		next->number = end;
	next->known = true;
}

static int add_flights(struct track *track, const struct numbers *numbers, enum side host)
{
	const struct flights *flights = &numbers->story->flights;
	bool *overtaken = calloc(flights->count + 1, sizeof(*overtaken));
	struct next_numbers *all = calloc(numbers->story->connection_count + 1, sizeof(*all));
	int err = overtaken && all ? 0 : -ENOMEM;

	if (!err)
		overtaken_find(flights, overtaken);
	for (size_t i = 0; i < flights->count && !err; i++) {
		const struct flight *flight = &flights->items[i];
		struct next_numbers *next = &all[flight->connection];

		if (flight->from != host)
			continue;
		err = add_flight(track, numbers, flight, overtaken[i],
		                 next->known ? &next->number : NULL);
		if (!flight_begins_on_wire(flight))
			next_take(next, flight->packet);
	}
	free(overtaken);
	free(all);
	return err;
}

int track_packets(const struct story *story, enum side host, struct track *track)
{
	const struct flights *flights = &story->flights;
	struct numbers numbers;
	int err;

	*track = (struct track){.start_ns = flights->count ? flight_begin_ns(&flights->items[0])
	                                                   : INT64_MAX};
	err = numbers_collect(&numbers, story);
	if (!err)
		err = add_flights(track, &numbers, host);
	numbers_free(&numbers);
	track_steps(story, track);
	return err;
}

/*
 * Did a timer end the state before? Trace says so of a socket's timer and tells of a
 * mini-socket's without a cause; of a polled end that no segment explains it is all there is.
 */
static bool state_is_timed(const struct life_state *state)
{
	if (!strncmp(state->cause, "timer", 5))
		return true;
	if (state->state != STATE_CLOSE)
		return false;
	return state->source == OBSERVER_DIAG ? state->t_ns == state->seen_ns : !*state->cause;
}

int track_states(const struct story *story, const struct life *life, struct track *track)
{
	*track = (struct track){0};
	for (size_t i = 0; i < life->count; i++) {
		const struct life_state *state = &life->states[i];
		struct track_entry *entry = track_add(track);

		if (!entry)
			return -ENOMEM;
		entry->text = state_name(state->state);
		entry->t_ns = state->t_ns;
		entry->gap_ns = state->gap_ns;
		entry->polled = state->source == OBSERVER_DIAG;
		entry->timed = state_is_timed(state);
		if (!i)
			track->start_ns = state->t_ns;
	}
	track_steps(story, track);
	return 0;
}
