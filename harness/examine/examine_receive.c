// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * examine_receive: what each segment that comes in does to its end, tcp_data_queue() and
 * tcp_ack() in short: what is here without a gap, what of ours the peer has, and the effects
 * that examine_state.c wants to see followed by a change of state.
 */
#include <errno.h>

#include "../base/array.h"
#include "../judge/model.h"
#include "examine_segment.h"

/* A reset or its timer has ended the request, or a reset the socket: with a SYN another takes its place. */
static void half_begin_anew(struct half *half)
{
	half->sent = half->heard = half->sure_heard = half->over = false;
	half->fin_sent = half->fin_heard = half->closing = half->got_data = false;
	half->acked = half->edge_known = half->window_chosen = half->clock_chosen = half->echoed =
		half->stamped = false;
	half->written = 0;
	half->early_count = 0;
	half->resends = 0;
}

/* A SYN or SYN+ACK: the first one tells where the peer's numbers begin. */
static unsigned int receive_syn(struct half *half, const struct packet *packet)
{
	/* one that was not answered has left nothing behind: tcp_conn_request() drops it */
	if (half->heard && half->sent)
		return EFFECT_ASKS_ACK; /* once more, or another connection's */
	half->heard = true;
	half->rcv_nxt = packet->seq + 1;
	half->peer = *packet;
	return EFFECT_SYN | EFFECT_ASKS_ACK;
}

/*
 * A SYN+ACK of something else than our SYN is reset, and nothing of it is taken:
 * tcp_rcv_synsent_state_process().
 */
static bool is_refused(const struct half *half, const struct packet *packet)
{
	const uint16_t synack = TCP_FLAG_SYN | TCP_FLAG_ACK;

	return (packet->flags & synack) == synack && half->sent && half->una == half->isn &&
	       !(half->own.flags & TCP_FLAG_ACK) &&
	       (!seq_after(packet->ack, half->una) || seq_after(packet->ack, half->snd_max));
}

static int early_keep(struct half *half, const struct packet *packet)
{
	const struct packet **early = array_reserve(half->early, &half->early_space,
	                                            half->early_count + 1, sizeof(*early));

	if (!early)
		return -ENOMEM;
	half->early = early;
	early[half->early_count++] = packet;
	return 0;
}

/* Takes in what is next in order; @packet's bytes may be partly here already. */
static unsigned int receive_in_order(struct half *half, const struct packet *packet)
{
	unsigned int effects = 0;

	if (seq_after(packet->seq + packet->len, half->rcv_nxt)) {
		half->rcv_nxt = packet->seq + packet->len;
		effects |= EFFECT_DATA;
		half->got_data = true;
	}
	if ((packet->flags & TCP_FLAG_FIN) && half->rcv_nxt == packet->seq + packet->len) {
		half->rcv_nxt++;
		half->fin_heard = true;
		effects |= EFFECT_FIN;
	}
	return effects;
}

/* A gap was filled: what had come early is in order now. */
static unsigned int receive_early(struct half *half)
{
	unsigned int effects = 0, news;

	do {
		news = 0;
		for (size_t i = 0; i < half->early_count; i++)
			if (!seq_after(half->early[i]->seq, half->rcv_nxt) &&
			    seq_after(segment_end(half->early[i]), half->rcv_nxt))
				news |= receive_in_order(half, half->early[i]);
		effects |= news;
	} while (news);
	return effects;
}

/* Beyond what we have offered: it is thrown away, tcp_sequence(). */
static bool is_beyond_window(const struct half *half, const struct packet *packet)
{
	return half->edge_known && seq_after(packet->seq + packet->len, half->edge);
}

static unsigned int receive_data(struct half *half, const struct packet *packet, int *err)
{
	uint32_t end = segment_end(packet);
	unsigned int effects = end != packet->seq ? EFFECT_ASKS_ACK : 0;

	if (!half->heard)
		return 0;
	if (packet->seq != half->rcv_nxt)
		effects |= EFFECT_ASKS_ACK;
	if (!seq_after(end, half->rcv_nxt) || is_beyond_window(half, packet))
		return effects;
	if (seq_after(packet->seq, half->rcv_nxt)) {
		*err = early_keep(half, packet);
		return effects;
	}
	effects |= receive_in_order(half, packet);
	return effects | receive_early(half);
}

/*
 * Nothing but a SYN+ACK was acknowledged so far. While the accept queue is full that leaves a
 * request as it is, and each further ACK tries anew: tcp_check_req().
 */
static bool completes_handshake(const struct half *half)
{
	return (half->own.flags & TCP_FLAG_ACK) && half->una == half->isn + 1;
}

static unsigned int receive_ack(struct half *half, const struct packet *packet)
{
	unsigned int effects;

	if (!(packet->flags & TCP_FLAG_ACK) || !half->sent)
		return 0;
	if (seq_after(packet->ack, half->snd_max))
		return EFFECT_ASKS_ACK;
	if (packet->ack == half->una && completes_handshake(half))
		return EFFECT_ACKS_SYN;
	if (!seq_after(packet->ack, half->una))
		return 0;
	effects = EFFECT_ACKS_NEW;
	if (half->una == half->isn)
		effects |= EFFECT_ACKS_SYN;
	if (half->fin_sent && packet->ack == half->fin_end)
		effects |= EFFECT_ACKS_FIN;
	half->una = packet->ack;
	return effects;
}

static bool fin_is_acked(const struct half *half)
{
	return half->fin_sent && half->una == half->fin_end;
}

/* FIN_WAIT2 after close(): model_finwait2_object(). */
static bool is_timewait_in_fin_wait2(const struct half *half, int64_t t_ns)
{
	const struct end *end = half->end;

	return fin_is_acked(half) && !half->fin_heard && end->closed_ns <= t_ns &&
	       model_finwait2_object(half->exam->story->rec, end->host) != OBJECT_FULL;
}

/* Its SYN+ACK is not acknowledged. */
static bool is_request(const struct half *half)
{
	return (half->own.flags & TCP_FLAG_ACK) && half->una == half->isn;
}

/*
 * tcp_reset() wants the very next number (RFC 5961), in CLOSE_WAIT, CLOSING and LAST_ACK also the
 * one before: tcp_reset_check(). A time-wait sock in FIN_WAIT2 takes any in the window, and so
 * does a request sock, or it asks for proof: tcp_check_req(). An unanswered SYN wants its
 * acknowledgement.
 */
static unsigned int receive_rst(const struct half *half, const struct packet *packet, int64_t t_ns)
{
	uint32_t ahead = packet->seq - half->rcv_nxt;
	bool in_window = half->edge_known && ahead <= half->edge - half->rcv_nxt;

	if (!half->heard)
		return (packet->flags & TCP_FLAG_ACK) && packet->ack == half->snd_max ? EFFECT_RST
		                                                                      : 0;
	if (!ahead || (ahead == UINT32_MAX && half->fin_heard && !fin_is_acked(half)))
		return EFFECT_RST;
	if (in_window && is_timewait_in_fin_wait2(half, t_ns))
		return EFFECT_RST;
	return in_window && is_request(half) ? EFFECT_RST | EFFECT_ASKS_ACK : EFFECT_ASKS_ACK;
}

int half_receive(struct half *half, struct happening *h)
{
	const struct packet *packet = h->flight->packet;
	int err = 0;

	if (packet->flags & TCP_FLAG_RST) {
		h->effects = half->over ? 0 : receive_rst(half, packet, h->t_ns);
		half->over |= h->effects == EFFECT_RST;
	} else if (!is_refused(half, packet)) {
		if (half->over && (packet->flags & TCP_FLAG_SYN))
			half_begin_anew(half);
		if (packet->flags & TCP_FLAG_SYN)
			h->effects = receive_syn(half, packet);
		h->effects |= receive_ack(half, packet);
		if (!(packet->flags & TCP_FLAG_SYN))
			h->effects |= receive_data(half, packet, &err);
	}
	h->rcv_nxt = half->rcv_nxt;
	h->una = half->una;
	return err;
}
