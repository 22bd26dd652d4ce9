// SPDX-License-Identifier: GPL-2.0-or-later
#include "rto_track.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

void rto_track_read(struct rto_track *track, const struct sample *sample)
{
	if (!sample->rto_us || (sample->unacked && track->known && !track->outstanding))
		return;
	track->rto = model_rto(track->rec, track->host, sample);
	track->known = true;
	track->settled = sample->state == STATE_FIN_WAIT2;
}

void rto_track_sent(struct rto_track *track, int64_t t_ns, bool again)
{
	if (!track->outstanding)
		track->first_ns = t_ns;
	track->last_ns = t_ns;
	track->resent |= again;
	track->outstanding = true;
}

/*
 * The kernel's own stamps lie before the tap's of what leaves and behind the tap's of what
 * comes in. What was sent again is measured by the timestamp that comes back, in milliseconds,
 * or not at all.
 */
void rto_track_acked(struct rto_track *track, int64_t t_ns, bool all)
{
	struct rto before = track->rto;
	struct span rtt = {
		.lo_ns = t_ns - track->last_ns,
		.hi_ns = t_ns - track->first_ns + track->rec->slack_ms * NS_PER_MS,
	};

	if (track->known && !track->settled && track->outstanding) {
		if (track->resent) {
			rtt.lo_ns = rtt.lo_ns > NS_PER_MS ? rtt.lo_ns - NS_PER_MS : 0;
			rtt.hi_ns += NS_PER_MS;
		}
		model_rto_measure(track->rec, track->host, &track->rto, &rtt);
		if (track->resent)
			model_rto_join(&track->rto, &before);
	}
	if (all)
		track->outstanding = track->resent = false;
}

/* What is known of its sequence numbers so far. */
struct seqs {
	bool sent, acked;
	uint32_t next, una;
};

static bool seq_after(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) > 0;
}

static void track_departure(struct rto_track *track, struct seqs *seqs, const struct event *event)
{
	const struct packet *packet = &event->packet.packet;
	uint32_t end = packet->seq + packet->len + !!(packet->flags & TCP_FLAG_SYN) +
	               !!(packet->flags & TCP_FLAG_FIN);
	bool again = seqs->sent && !seq_after(end, seqs->next);

	if (end == packet->seq || (packet->flags & TCP_FLAG_RST))
		return;
	rto_track_sent(track, event->t_ns, again);
	if (!again)
		seqs->next = end;
	seqs->sent = true;
}

static void track_arrival(struct rto_track *track, struct seqs *seqs, const struct event *event)
{
	const struct packet *packet = &event->packet.packet;

	if (!(packet->flags & TCP_FLAG_ACK) || !seqs->sent || seq_after(packet->ack, seqs->next) ||
	    (seqs->acked && !seq_after(packet->ack, seqs->una)))
		return;
	rto_track_acked(track, event->t_ns, packet->ack == seqs->next);
	seqs->una = packet->ack;
	seqs->acked = true;
}

static void track_event(struct rto_track *track, struct seqs *seqs, const struct event *event)
{
	if (event->kind == EVENT_SAMPLE)
		rto_track_read(track, &event->sample);
	else if (event_departs(event))
		track_departure(track, seqs, event);
	else
		track_arrival(track, seqs, event);
}

static bool is_tracked(const struct event *event, enum side host, const char *sock)
{
	return event->host == host && !strcmp(event->sock, sock) &&
	       (event->kind == EVENT_SAMPLE ||
	        (event->kind == EVENT_PACKET && event->packet.packet.protocol == IPPROTO_TCP));
}

/* Those of one instant stay in the record's order. */
static int event_compare(const void *a, const void *b)
{
	const struct event *x = *(const struct event *const *)a;
	const struct event *y = *(const struct event *const *)b;

	if (x->t_ns != y->t_ns)
		return x->t_ns < y->t_ns ? -1 : 1;
	return (x > y) - (x < y);
}

/* Readings reach the record before the segments that led to them. */
bool rto_find(const struct record *rec, enum side host, const char *sock, struct rto *rto)
{
	struct rto_track track = {.rec = rec, .host = host};
	struct seqs seqs = {0};
	const struct event **own = calloc(rec->event_count + 1, sizeof(*own));
	size_t count = 0;

	for (size_t i = 0; own && i < rec->event_count; i++)
		if (is_tracked(&rec->events[i], host, sock))
			own[count++] = &rec->events[i];
	if (own)
		qsort(own, count, sizeof(*own), event_compare);
	for (size_t i = 0; i < count; i++)
		track_event(&track, &seqs, own[i]);
	free(own);
	*rto = track.rto;
	return track.known;
}
