// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * examine_segment: each segment that leaves an end, against what went before at that end.
 *
 * Theory of operation. The happenings of an end are walked once, in order of time.
 * Calls say how much may be sent and whether a FIN may; segments that come in move on what
 * may be acknowledged (examine_receive.c); each segment that leaves is then checked.
 *
 * The tap stamps a segment before the kernel takes it in. So what has come in within the
 * slack before a departure may or may not show in it: the acknowledgement lies
 * between what was surely taken in and what has come in at all.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../judge/model.h"
#include "examine_edge.h"
#include "examine_segment.h"

#define TIMESTAMPS_SPACE 12 /* TCPOLEN_TSTAMP_ALIGNED, in each segment's MSS */

bool half_agreed_timestamps(const struct half *half)
{
	return half->own.has_timestamps && half->peer.has_timestamps;
}

bool half_agreed_scaling(const struct half *half)
{
	return half->own.has_wscale && half->peer.has_wscale;
}

bool half_is_probe(const struct half *half, const struct packet *packet)
{
	return !packet->len && !(packet->flags & (TCP_FLAG_SYN | TCP_FLAG_FIN | TCP_FLAG_RST)) &&
	       half->sent && seq_before(packet->seq, half->snd_max) &&
	       (packet->seq == half->una - 1 || packet->seq == half->sure_una - 1);
}

static void half_call(struct half *half, const struct event *event)
{
	const char *name = event->call.name;

	if ((!strcmp(name, "send") || !strcmp(name, "sendto") || !strcmp(name, "fill")) &&
	    event->call.result > 0)
		half->written += event->call.result;
	else if (!strcmp(name, "shutdown"))
		half->closing |= strcmp(event->call.args, "SHUT_RD") != 0;
	else if (!strcmp(name, "recv") || !strcmp(name, "setsockopt"))
		half->credits++, half->credit_ns = event->t_ns; /* the window may open */
}

/* The cookie of the first request sock that was read after @from; 0: none was. */
static uint64_t request_cookie_after(const struct end *end, size_t from)
{
	for (size_t i = from; i < end->count; i++)
		if (is_event(&end->items[i], EVENT_SAMPLE) &&
		    end->items[i].event->sample.object == OBJECT_REQUEST)
			return end->items[i].event->sample.cookie;
	return 0;
}

/*
 * Whether the request sock that there was had gone when the segment number @at came in: its
 * timer has ended it (reqsk_timer_handler()), or another one was read after that.
 */
static bool request_had_gone(const struct end *end, size_t at)
{
	for (size_t i = at; i-- > 0;) {
		const struct event *event = end->items[i].event;

		if (is_event(&end->items[i], EVENT_MINI_SOCKET) &&
		    event->mini.object == OBJECT_REQUEST)
			return event->mini.change == MINI_EXPIRED ||
			       event->mini.change == MINI_GONE;
		if (!is_event(&end->items[i], EVENT_SAMPLE))
			continue;
		if (event->sample.object == OBJECT_REQUEST && !end->traced)
			return request_cookie_after(end, at) &&
			       request_cookie_after(end, at) != event->sample.cookie;
		if (event->sample.object != OBJECT_REQUEST)
			return event->sample.object == OBJECT_NONE;
	}
	return false;
}

/* Moves on what had come in so long before @t_ns that it is surely taken in. */
static void half_be_sure(struct half *half, int64_t t_ns)
{
	const struct end *end = half->end;

	for (; half->sure < end->count; half->sure++) {
		const struct happening *h = &end->items[half->sure];

		if (h->t_ns > t_ns - half->exam->slack_ns)
			return;
		if (!is_segment(h, true))
			continue;
		half->sure_heard |= (h->effects & EFFECT_SYN) != 0;
		half->sure_rcv_nxt = h->rcv_nxt;
		half->sure_una = h->una;
	}
}

/* The very first SYN or SYN+ACK, or one that the same connection sends again. */
static void half_send_syn(struct half *half, const struct packet *packet)
{
	if (half->sent)
		return;
	half->sent = true;
	half->own = *packet;
	half->isn = half->una = half->sure_una = packet->seq;
	half->snd_max = packet->seq + 1;
	half->end->complete = true;
	half->end->isn = packet->seq;
}

static void half_sent(struct half *half, const struct packet *packet)
{
	if (packet->flags & TCP_FLAG_RST)
		return;
	if (packet->flags & TCP_FLAG_SYN)
		half_send_syn(half, packet);
	if (seq_after(segment_end(packet), half->snd_max))
		half->snd_max = segment_end(packet);
	if (packet->flags & TCP_FLAG_FIN) {
		half->fin_sent = true;
		half->fin_end = segment_end(packet);
	}
	if (packet->flags & TCP_FLAG_ACK) {
		half->acked = true;
		half->ack_last = packet->ack;
	}
}

static bool half_sends_again(const struct half *half, const struct packet *packet)
{
	uint32_t end = segment_end(packet);

	return half->sent && !(packet->flags & TCP_FLAG_RST) && end != packet->seq &&
	       !seq_after(end, half->snd_max);
}

/* Whether recv() made room for it, tcp_cleanup_rbuf(): in the record that is when it has returned. */
static bool recv_returns_soon(const struct half *half, const struct happening *ack)
{
	const struct end *end = half->end;

	for (const struct happening *h = ack; h < end->items + end->count; h++) {
		if (h->t_ns - ack->t_ns > half->exam->slack_ns)
			break;
		if (is_call(h, "recv"))
			return true;
	}
	return false;
}

/* An ACK alone answers something; one that answers nothing was sent by nobody. */
static const char *check_asked(struct half *half, const struct happening *h)
{
	const struct packet *packet = h->flight->packet;
	struct span put_off;

	if (packet->flags != TCP_FLAG_ACK || packet->len || half_is_probe(half, packet))
		return NULL;
	put_off = model_delayed_ack(half->exam->story->rec, half->end->host);
	if (h->t_ns - half->credit_ns > put_off.hi_ns)
		half->credits = 0;
	/* TCP_TW_ACK */
	if (!half->credits && stimulus_seen(half->exam, half->end, BY_NEXT_SYN, h->t_ns, h->t_ns))
		return NULL;
	if (!half->credits)
		return recv_returns_soon(half, h) ? NULL
		                                  : "an ACK, and nothing that came in asks for one";
	half->credits--;
	return NULL;
}

/* tcp_v4_send_reset(): the numbers are those of the segment that it answers. */
static bool reset_answers(const struct packet *reset, const struct packet *packet)
{
	if (packet->flags & TCP_FLAG_ACK)
		return reset->seq == packet->ack;
	return (reset->flags & TCP_FLAG_ACK) && !reset->seq && reset->ack == segment_end(packet);
}

static bool reset_is_answer(const struct half *half, const struct happening *reset)
{
	const struct end *end = half->end;

	for (size_t i = (size_t)(reset - end->items); i-- > 0;) {
		const struct happening *h = &end->items[i];

		if (reset->t_ns - h->t_ns > half->exam->slack_ns)
			break;
		if (is_segment(h, true) && reset_answers(reset->flight->packet, h->flight->packet))
			return true;
	}
	return false;
}

/* tcp_send_active_reset(): the end gives up what it has, as a socket with these numbers. */
static bool reset_is_active(const struct half *half, const struct packet *packet)
{
	return half->sent && !seq_before(packet->seq, half->sure_una) &&
	       !seq_after(packet->seq, half->snd_max) && (packet->flags & TCP_FLAG_ACK) &&
	       (!half->heard || packet->ack == half->rcv_nxt || packet->ack == half->sure_rcv_nxt);
}

static const char *check_reset(const struct half *half, const struct happening *h)
{
	if (reset_is_answer(half, h) || reset_is_active(half, h->flight->packet))
		return NULL;
	return "a reset that answers nothing and has not this end's numbers";
}

static const char *segment_check(struct half *half, const struct happening *h)
{
	const struct packet *packet = h->flight->packet;
	const char *why;

	if (packet->flags & TCP_FLAG_RST)
		return check_reset(half, h);
	if (!half->end->sock[0]) /* records of 0.1.0 do not say whose a packet is */
		return half->exam->labelled ? "it belongs to no socket that anyone saw" : NULL;
	why = check_header(half, packet);
	if (!why)
		why = check_options(half, packet, h->t_ns);
	if (!why)
		why = check_window(half, packet);
	if (!why)
		why = check_clock(half, h);
	if (!why)
		why = check_echo(half, h);
	return why ? why : check_asked(half, h);
}

/* Data that send() took, or a FIN, waits for the peer's window or for an acknowledgement. */
static bool half_is_unsent(const struct half *half)
{
	int64_t sent = (int64_t)(uint32_t)(half->snd_max - half->isn - 1);

	if (!half->sent || half->fin_sent)
		return false;
	return half->closing || half->written > sent;
}

/* As the peer takes them, MSS by MSS: what was sent at once may be several. */
static bool half_has_several(const struct half *half, const struct packet *last)
{
	uint32_t options = half_agreed_timestamps(half) ? TIMESTAMPS_SPACE : 0;
	uint32_t mss = half->peer.mss < half->own.mss ? half->peer.mss : half->own.mss;

	return half->snd_max - half->una > segment_end(last) - last->seq ||
	       last->len + options > mss;
}

/* What is true after it. */
static void half_tell(const struct half *half, struct happening *h)
{
	h->resends = half->resends;
	h->outstanding = half->sent && half->una != half->snd_max;
	h->unsent = half_is_unsent(half);
	h->several = h->outstanding && half->several;
}

/*
 * Nothing is kept of a SYN that was answered by a cookie: answered again in another minute it
 * begins a connection with other numbers, cookie_v4_init_sequence().
 */
static bool cookie_begins_anew(const struct half *half, const struct happening *h)
{
	const uint8_t syn_ack = TCP_FLAG_SYN | TCP_FLAG_ACK;
	const struct packet *packet = h->flight->packet;
	int64_t cookies;

	return half->sent && packet->seq != half->isn && (packet->flags & syn_ack) == syn_ack &&
	       record_sysctl_at(half->exam->story->rec, half->end->host, "net.ipv4.tcp_syncookies",
	                        h->t_ns, &cookies) &&
	       cookies && !end_was_request(half->end, h->t_ns) &&
	       model_cookie_may_follow(half->isn, packet->seq, h->t_ns - half->syn_ns);
}

static void half_depart(struct half *half, struct happening *h)
{
	const struct ground ground = {
		.t_ns = h->t_ns,
		.from_ns = h->t_ns - half->exam->slack_ns,
		.to_ns = h->t_ns,
		.rests_on = RESTS(OBSERVER_TAP) | RESTS(OBSERVER_STEPS),
	};
	char text[SEGMENT_SIZE];
	const char *why;

	half_be_sure(half, h->t_ns);
	half->sent &= !cookie_begins_anew(half, h);
	why = segment_check(half, h);
	if (why)
		complain(half->exam, &ground, "%s: %s", segment_text(half->end, h, text), why);
	h->probe = half_is_probe(half, h->flight->packet);
	h->again = half_sends_again(half, h->flight->packet);
	h->more = h->again && half->again_end == h->flight->packet->seq &&
	          h->t_ns - half->again_ns < NS_PER_MS;
	if (h->again) {
		half->again_end = segment_end(h->flight->packet);
		half->again_ns = h->t_ns;
	}
	half->resends += h->again && !h->more;
	half_sent(half, h->flight->packet);
	if (h->flight->packet->flags & TCP_FLAG_SYN)
		half->syn_ns = h->t_ns;
	half->several = half_has_several(half, h->flight->packet);
	half_tell(half, h);
}

static void half_arrive(struct half *half, struct happening *h)
{
	if (half_receive(half, h) < 0)
		half->exam->err = -ENOMEM;
	if (h->effects & EFFECT_ACKS_NEW)
		half->resends = 0;
	half_tell(half, h);
	if (!(h->effects & EFFECT_ASKS_ACK))
		return;
	half->credits++;
	half->credit_ns = h->t_ns;
}

void examine_segments(struct exam *exam, struct end *end)
{
	struct half half = {.exam = exam, .end = end};

	if (end->listener || (end->sock[0] && !end->is_tcp))
		return;
	for (size_t i = 0; i < end->count; i++) {
		struct happening *h = &end->items[i];

		half.closing |= is_closing_call(h);
		if (is_event(h, EVENT_CALL)) {
			half_call(&half, h->event);
			half_tell(&half, h);
		} else if (is_segment(h, true)) {
			if (half.sent && (h->flight->packet->flags & TCP_FLAG_SYN))
				half.over |= request_had_gone(end, i);
			half_arrive(&half, h);
		} else if (is_segment(h, false)) {
			half_depart(&half, h);
		}
	}
	end->sack = half.own.sack_ok && half.peer.sack_ok;
	free(half.early);
}
