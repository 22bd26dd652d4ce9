// SPDX-License-Identifier: GPL-2.0-or-later
/* measure_sent: answers about what left a host, and what became of it. */
#include <netinet/in.h>
#include <stdint.h>

#include "../base/buffer.h"
#include "../packet/match.h"
#include "measure.h"

/* Whose packets are asked for. */
struct senders {
	const char *sock, *peer; /* "": of any; a peer of NULL: of @sock alone */
	const struct packet_match *match; /* NULL: all of them */
};

/* A host sent it: it was not made, or doubled, on the wire. TCP unless it is asked for another. */
static bool flight_is_sent(const struct flight *flight, const struct senders *senders)
{
	const struct packet_match *match = senders->match;
	const uint8_t protocol = match && match->protocol ? match->protocol : IPPROTO_TCP;

	return flight->packet->protocol == protocol && !flight_begins_on_wire(flight) &&
	       (packet_is_on(flight->departure, senders->sock) ||
	        (senders->peer && packet_is_on(flight->departure, senders->peer))) &&
	       (!match || packet_matches(match, flight->from, flight->packet));
}

static struct sent sent_collect(struct judge *judge, const struct senders *senders,
                                struct moment from)
{
	const struct story *story = judged_story(judge);
	const struct flights *flights = &story->flights;
	struct sent sent = {
		.rests_on = RESTS_ON(OBSERVER_TAP) | from.rests_on,
		.why_not = from.why_not,
		.from_ns = from.t_ns,
		.to_ns = story->end_ns,
	};

	sent.items = judge_take(judge, (flights->count + 1) * sizeof(*sent.items));
	if (!sent.items)
		sent.why_not = "no memory to list the packets";
	for (size_t i = 0; i < flights->count && !sent.why_not; i++)
		if (flight_is_sent(&flights->items[i], senders) &&
		    flights->items[i].depart_ns >= from.t_ns)
			sent.items[sent.count++] = &flights->items[i];
	return sent;
}

struct sent sent_on(struct judge *judge, const char *sock, const struct packet_match *match,
                    struct moment from)
{
	return sent_collect(judge, &(struct senders){.sock = sock, .match = match}, from);
}

struct sent sent_by_both(struct judge *judge, const char *sock, const char *peer,
                         struct moment from)
{
	return sent_collect(judge, &(struct senders){.sock = sock, .peer = peer}, from);
}

struct sent sent_since(struct judge *judge, const struct packet_match *match, int64_t from_ns)
{
	return sent_collect(judge, &(struct senders){.sock = "", .match = match},
	                    (struct moment){.t_ns = from_ns});
}

struct sent sent_all_since(struct judge *judge, struct moment from)
{
	return sent_collect(judge, &(struct senders){.sock = ""}, from);
}

struct sent sent_before(struct sent sent, struct moment until)
{
	while (sent.count && sent.items[sent.count - 1]->depart_ns >= until.t_ns)
		sent.count--;
	sent.rests_on |= until.rests_on;
	if (!sent.why_not)
		sent.why_not = until.why_not;
	if (sent.to_ns > until.t_ns)
		sent.to_ns = until.t_ns;
	return sent;
}

static const char none_left[] = "no such packet was seen to leave";

struct moment when_sent(const struct sent *sent)
{
	return (struct moment){
		.t_ns = sent->count ? sent->items[0]->depart_ns : 0,
		.rests_on = sent->rests_on,
		.why_not = sent->count || sent->why_not ? sent->why_not : none_left,
	};
}

static struct measured measured_sent(const struct sent *sent, struct value value)
{
	return (struct measured){
		.value = value,
		.rests_on = sent->rests_on,
		.why_not = sent->why_not,
		.from_ns = sent->from_ns,
		.to_ns = sent->to_ns,
	};
}

/* The same of what needs a packet to be about. */
static struct measured measured_of_some(const struct sent *sent, struct value value)
{
	if (!sent->count && !sent->why_not)
		return measured_none(sent->rests_on, none_left);
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
	            : measured_none(sent->rests_on, "no memory to list the packets");
}

struct measured measure_first(const struct sent *sent, struct moment from)
{
	int64_t first_ns = when_sent(sent).t_ns;
	struct measured first =
		measured_of_some(sent, value_time(first_ns - from.t_ns, first_ns - from.t_ns));

	first.rests_on |= from.rests_on;
	first.from_ns = from.t_ns;
	first.to_ns = first_ns;
	if (from.why_not)
		first.why_not = from.why_not;
	return first;
}
