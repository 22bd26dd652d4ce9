// SPDX-License-Identifier: GPL-2.0-or-later
/* diff_track: what one end did, in words that are the same in every run of the same. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"
#include "ladder.h"

/* Farther than this from a later SYN's number, a number belongs to the flow's first. */
#define ISN_NEAR (1 << 24)

static struct track_entry *track_add(struct track *track)
{
	if (track->count == track->space) {
		size_t space = track->space ? 2 * track->space : 32;
		struct track_entry *items =
			reallocarray(track->items, space, sizeof(*track->items));

		if (!items)
			return NULL;
		track->items = items;
		track->space = space;
	}
	track->items[track->count] = (struct track_entry){0};
	return &track->items[track->count++];
}

void track_free(struct track *track)
{
	free(track->items);
	*track = (struct track){0};
}

static bool is_step(const struct event *event)
{
	return event->kind == EVENT_CALL || event->kind == EVENT_SYSCTL ||
	       event->kind == EVENT_RULE || event->kind == EVENT_FRAME;
}

/* How long the probe took to its next step is the machine's pace, not the kernel's timers. */
static void track_steps(const struct record *rec, struct track *track)
{
	int64_t step_ns = INT64_MIN;
	size_t at = 0;

	for (size_t i = 0; i < track->count; i++) {
		for (; at < rec->event_count && rec->events[at].t_ns <= track->items[i].t_ns; at++)
			if (is_step(&rec->events[at]))
				step_ns = rec->events[at].t_ns;
		track->items[i].step_ns = step_ns;
	}
}

static bool flow_goes(const struct isn_base *flow, const struct endpoint *src,
                      const struct endpoint *dst)
{
	return endpoint_equal(&flow->src, src) && endpoint_equal(&flow->dst, dst);
}

static const struct isn_base *flow_find(const struct isn_table *isns, const struct endpoint *src,
                                        const struct endpoint *dst)
{
	for (size_t i = 0; i < isns->count; i++) {
		if (flow_goes(&isns->flows[i], src, dst))
			return &isns->flows[i];
	}
	return NULL;
}

/* "5" since the flow's first SYN, "#2+5" since its second. */
static const char *number_text(const struct isn_base *flow, uint32_t number, char buf[32])
{
	if (!flow || !flow->count) {
		snprintf(buf, 32, "%u", number);
		return buf;
	}
	for (unsigned int i = 1; i < flow->count; i++) {
		int32_t offset = (int32_t)(number - flow->base[i]);
		int32_t first = (int32_t)(number - flow->base[0]);

		if (offset > -ISN_NEAR && offset < ISN_NEAR &&
		    !(first > -ISN_NEAR && first < ISN_NEAR)) {
			snprintf(buf, 32, "#%u%+d", i + 1, offset);
			return buf;
		}
	}
	snprintf(buf, 32, "%d", (int32_t)(number - flow->base[0]));
	return buf;
}

/* Connections in order of appearance, both directions of one together; 1 is the first. */
static unsigned int flow_number(const struct isn_table *isns, const struct packet *packet)
{
	unsigned int number = 0;

	for (size_t i = 0; i < isns->count; i++) {
		const struct isn_base *flow = &isns->flows[i];
		const struct isn_base *back = flow_find(isns, &flow->dst, &flow->src);

		if (!back || back >= flow)
			number++;
		if (flow_goes(flow, &packet->src, &packet->dst) ||
		    flow_goes(flow, &packet->dst, &packet->src))
			return number;
	}
	return 0;
}

static int tcp_words(const struct isn_table *isns, const struct packet *packet, char *buf,
                     size_t size)
{
	const struct isn_base *own = flow_find(isns, &packet->src, &packet->dst);
	const struct isn_base *other = flow_find(isns, &packet->dst, &packet->src);
	unsigned int number = flow_number(isns, packet);
	char flags[TCP_FLAGS_TEXT_SIZE], seq[32], ack[48] = "", mss[24] = "", which[24] = "",
						  value[32];

	if (packet->flags & TCP_FLAG_ACK)
		snprintf(ack, sizeof(ack), " ack %s", number_text(other, packet->ack, value));
	if (packet->mss)
		snprintf(mss, sizeof(mss), " mss %u", packet->mss);
	if (number > 1)
		snprintf(which, sizeof(which), " connection %u", number);
	return snprintf(buf, size, "%-3s seq %s%s len %u%s%s", tcp_flags_text(packet->flags, flags),
	                number_text(own, packet->seq, seq), ack, packet->len, mss, which);
}

/* Has a packet that left later come in before it? */
static bool is_overtaken(const struct flights *flights, const struct flight *flight)
{
	for (size_t i = 0; i < flights->count; i++) {
		const struct flight *later = &flights->items[i];

		if (later->from == flight->from && later->fate == FATE_DELIVERED &&
		    flight->depart_ns != NEVER && later->depart_ns > flight->depart_ns &&
		    later->arrive_ns != NEVER && later->arrive_ns < flight->arrive_ns)
			return true;
	}
	return false;
}

static const char *fate_word(const struct flights *flights, const struct flight *flight)
{
	if (flight->loopback)
		return "";
	if (flight->fate != FATE_DELIVERED)
		return ", lost";
	return is_overtaken(flights, flight) ? ", delivered late" : ", delivered";
}

static const char *origin_word(const struct flight *flight)
{
	if (flight->injected)
		return "injected ";
	return flight->duplicate ? "copy of " : "";
}

static int add_flight(struct track *track, const struct flights *flights,
                      const struct isn_table *isns, const struct flight *flight)
{
	struct track_entry *entry = track_add(track);
	char words[128];

	if (!entry)
		return -ENOMEM;
	if (flight->packet->protocol == IPPROTO_TCP)
		tcp_words(isns, flight->packet, words, sizeof(words));
	else
		packet_text(isns, flight->packet, 80, false, words, sizeof(words));
	snprintf(entry->text, sizeof(entry->text), "%s%s%s", origin_word(flight), words,
	         fate_word(flights, flight));
	entry->t_ns = flight_begin_ns(flight);
	return 0;
}

int track_packets(const struct story *story, enum side host, struct track *track)
{
	const struct flights *flights = &story->flights;
	struct isn_table isns;
	int err = 0;

	*track = (struct track){0};
	isn_collect(flights, &isns);
	track->start_ns = flights->count ? flight_begin_ns(&flights->items[0]) : INT64_MAX;
	for (size_t i = 0; i < flights->count && !err; i++) {
		if (flights->items[i].from == host)
			err = add_flight(track, flights, &isns, &flights->items[i]);
	}
	track_steps(story->rec, track);
	return err;
}

int track_states(const struct story *story, enum side host, const char *sock, struct track *track)
{
	const struct life *life = story_life(story, host, sock);

	*track = (struct track){0};
	for (size_t i = 0; i < life->count; i++) {
		const struct life_state *state = &life->states[i];
		struct track_entry *entry = track_add(track);

		if (!entry)
			return -ENOMEM;
		snprintf(entry->text, sizeof(entry->text), "%s", state_name(state->state));
		entry->t_ns = state->t_ns;
		entry->gap_ns = state->gap_ns;
		entry->polled = state->source == OBSERVER_DIAG;
		if (!i)
			track->start_ns = state->t_ns;
	}
	track_steps(story->rec, track);
	return 0;
}
