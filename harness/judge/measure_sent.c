// SPDX-License-Identifier: GPL-2.0-or-later
/* measure_sent: answers about what left a host, and what became of it. */
#include <netinet/in.h>
#include <stdint.h>

#include "../base/buffer.h"
#include "../packet/match.h"
#include "measure.h"

/* A host sent it: it was not made, or doubled, on the wire. Only TCP. */
static bool flight_is_sent(const struct flight *flight, const char *sock,
                           const struct packet_match *match)
{
	return flight->packet->protocol == IPPROTO_TCP && !flight_begins_on_wire(flight) &&
	       packet_is_on(flight->departure, sock) &&
	       (!match || packet_matches(match, flight->from, flight->packet));
}

static struct sent sent_collect(struct judge *judge, const char *sock,
                                const struct packet_match *match, int64_t from_ns)
{
	const struct story *story = judged_story(judge);
	const struct flights *flights = &story->flights;
	struct sent sent = {.from_ns = from_ns, .to_ns = story->end_ns};

	if (from_ns == INT64_MAX)
		sent.why_not = "what it is counted from did not happen";
	sent.items = judge_take(judge, (flights->count + 1) * sizeof(*sent.items));
	if (!sent.items) {
		sent.why_not = "no memory to list the packets";
		return sent;
	}
	for (size_t i = 0; i < flights->count; i++)
		if (flight_is_sent(&flights->items[i], sock, match) &&
		    flights->items[i].depart_ns >= from_ns)
			sent.items[sent.count++] = &flights->items[i];
	return sent;
}

struct sent sent_on(struct judge *judge, const char *sock, const struct packet_match *match,
                    int64_t from_ns)
{
	return sent_collect(judge, sock, match, from_ns);
}

struct sent sent_since(struct judge *judge, const struct packet_match *match, int64_t from_ns)
{
	return sent_collect(judge, "", match, from_ns);
}

struct sent sent_all_since(struct judge *judge, int64_t from_ns)
{
	return sent_collect(judge, "", NULL, from_ns);
}

int64_t sent_first_ns(const struct sent *sent)
{
	return sent->count ? sent->items[0]->depart_ns : INT64_MAX;
}

static struct measured measured_sent(const struct sent *sent, struct value value)
{
	return (struct measured){
		.value = value,
		.rests_on = RESTS_ON(OBSERVER_TAP),
		.why_not = sent->why_not,
		.from_ns = sent->from_ns,
		.to_ns = sent->to_ns,
	};
}

/* The same of what needs a packet to be about. */
static struct measured measured_of_some(const struct sent *sent, struct value value)
{
	if (!sent->count && !sent->why_not)
		return measured_none(RESTS_ON(OBSERVER_TAP), "no such packet was seen to leave");
	return measured_sent(sent, value);
}

struct measured measure_sent(const struct sent *sent)
{
	return measured_sent(sent, value_count((int64_t)sent->count));
}

struct measured measure_resends(const struct sent *sent)
{
	return measured_of_some(sent, value_count((int64_t)sent->count - 1));
}

struct measured measure_flagged(const struct sent *sent, uint16_t mask, uint16_t value)
{
	int64_t count = 0;

	for (size_t i = 0; i < sent->count; i++)
		count += (sent->items[i]->packet->flags & mask) == value;
	return measured_sent(sent, value_count(count));
}

struct measured measure_same_seq(const struct sent *sent)
{
	bool same = true;

	for (size_t i = 1; i < sent->count; i++)
		same &= sent->items[i]->packet->seq == sent->items[0]->packet->seq;
	return measured_of_some(sent, value_truth(same));
}

struct measured measure_all_lost(const struct sent *sent)
{
	bool lost = true;

	for (size_t i = 0; i < sent->count; i++)
		lost &= sent->items[i]->fate != FATE_DELIVERED;
	return measured_of_some(sent, value_truth(lost));
}

struct measured measure_flags(struct judge *judge, const struct sent *sent)
{
	struct buffer words = {0};
	const char *text;
	char flags[TCP_FLAGS_TEXT_SIZE];

	for (size_t i = 0; i < sent->count; i++)
		buffer_add(&words, "%s%s", i ? " " : "",
		           tcp_flags_text(sent->items[i]->packet->flags, flags));
	text = buffer_text(&words);
	text = text ? judge_text(judge, "%s", text) : NULL;
	buffer_free(&words);
	return text ? measured_sent(sent, value_words(text))
	            : measured_none(RESTS_ON(OBSERVER_TAP), "no memory to list the packets");
}

struct measured measure_first(const struct sent *sent, int64_t from_ns)
{
	struct measured first = {0};
	int64_t after_ns = sent_first_ns(sent) - from_ns;

	if (from_ns == INT64_MAX)
		return measured_none(RESTS_ON(OBSERVER_STEPS),
		                     "what it is counted from did not happen");
	first = measured_of_some(sent, value_time(after_ns, after_ns));
	first.from_ns = from_ns;
	if (sent->count)
		first.to_ns = sent_first_ns(sent);
	return first;
}
