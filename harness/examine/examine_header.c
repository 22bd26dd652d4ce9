// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * examine_header: the fields of a segment that leaves an end: numbers, options, window and
 * timestamps (tcp_transmit_skb(), tcp_make_synack(), RFC 9293, RFC 7323).
 */
#include "../judge/query.h"
#include "examine_segment.h"

/* tcp_fastopen: 1 a client may put data on its SYN. */
static bool may_send_on_syn(const struct half *half)
{
	int64_t value;

	return record_sysctl(half->exam->story->rec, half->end->host, "net.ipv4.tcp_fastopen",
	                     &value) &&
	       (value & 1);
}

/* Of the peer's SYN its data too where that was taken: tcp_fastopen_create_child(). */
static bool acks_syn(const struct half *half, const struct packet *packet)
{
	return packet->ack == half->peer.seq + 1 ||
	       packet->ack == half->peer.seq + 1 + half->peer.len;
}

static const char *check_syn(const struct half *half, const struct packet *packet)
{
	if (half->sent && packet->seq != half->isn)
		return "a SYN with another initial sequence number";
	if (packet->len && ((packet->flags & TCP_FLAG_ACK) || !may_send_on_syn(half)))
		return "a SYN with data, and Fast Open is not in use";
	if (!(packet->flags & TCP_FLAG_ACK))
		return NULL;
	if (!half->heard)
		return "a SYN+ACK, and no SYN came in";
	return acks_syn(half, packet) ? NULL : "its ack is not the peer's SYN's";
}

/* What is new begins where the last ended; what is sent again is not acknowledged yet. */
static const char *check_numbers(const struct half *half, const struct packet *packet)
{
	uint32_t end = segment_end(packet);

	if (packet->seq == half->snd_max || half_is_probe(half, packet))
		return NULL;
	if (seq_after(packet->seq, half->snd_max))
		return "its seq leaves a gap behind what was sent";
	if (end == packet->seq)
		return "its seq is not the next one";
	if (!seq_after(end, half->sure_una))
		return "all of it was acknowledged already";
	return NULL;
}

static const char *check_payload(const struct half *half, const struct packet *packet)
{
	int64_t behind = (int64_t)(uint32_t)(packet->seq + packet->len - half->isn - 1);

	if (!packet->len && !(packet->flags & TCP_FLAG_FIN))
		return NULL;
	if (behind > half->written)
		return "it carries more than send() was given";
	if (!(packet->flags & TCP_FLAG_FIN))
		return NULL;
	if (!half->closing)
		return "a FIN, and nobody closed the socket";
	return behind == half->written ? NULL : "a FIN before all data was sent";
}

static const char *check_ack(const struct half *half, const struct packet *packet)
{
	if (!(packet->flags & TCP_FLAG_ACK))
		return "no ACK outside of a SYN";
	if (!half->heard)
		return "it acknowledges, and no SYN came in";
	if (seq_after(packet->ack, half->rcv_nxt))
		return "it acknowledges what has not come in";
	if (half->sure_heard && seq_before(packet->ack, half->sure_rcv_nxt))
		return "it leaves out what had come in";
	if (half->acked && seq_before(packet->ack, half->ack_last))
		return "its ack goes back";
	return NULL;
}

const char *check_header(const struct half *half, const struct packet *packet)
{
	const char *why;

	if (packet->flags & TCP_FLAG_SYN)
		return check_syn(half, packet);
	if (!half->sent)
		return "it is not a SYN, and none was sent";
	why = check_numbers(half, packet);
	if (!why)
		why = check_payload(half, packet);
	return why ? why : check_ack(half, packet);
}

static bool sysctl_is_off(const struct half *half, int64_t t_ns, const char *name)
{
	int64_t value;

	return record_sysctl_at(half->exam->story->rec, half->end->host, name, t_ns, &value) &&
	       !value;
}

/* tcp_syn_options(): what the sysctls allow by then. */
static const char *check_offer(const struct half *half, const struct packet *packet, int64_t t_ns)
{
	if (packet->has_timestamps == sysctl_is_off(half, t_ns, "net.ipv4.tcp_timestamps"))
		return "timestamps are not as tcp_timestamps has them";
	if (packet->sack_ok == sysctl_is_off(half, t_ns, "net.ipv4.tcp_sack"))
		return "SACK is not offered as tcp_sack has it";
	if (packet->has_wscale == sysctl_is_off(half, t_ns, "net.ipv4.tcp_window_scaling"))
		return "scaling is not offered as tcp_window_scaling has it";
	return NULL;
}

/* tcp_synack_options(): nothing that the SYN did not offer. */
static const char *check_answer(const struct half *half, const struct packet *packet)
{
	if (packet->has_timestamps && !half->peer.has_timestamps)
		return "timestamps, which the SYN did not offer";
	if (packet->sack_ok && !half->peer.sack_ok)
		return "SACK, which the SYN did not offer";
	if (packet->has_wscale && !half->peer.has_wscale)
		return "scaling, which the SYN did not offer";
	return NULL;
}

static bool same_offer(const struct packet *a, const struct packet *b)
{
	return a->mss == b->mss && a->has_wscale == b->has_wscale && a->wscale == b->wscale &&
	       a->sack_ok == b->sack_ok && a->has_timestamps == b->has_timestamps;
}

const char *check_options(const struct half *half, const struct packet *packet, int64_t t_ns)
{
	if (!(packet->flags & TCP_FLAG_SYN)) {
		if (packet->mss || packet->has_wscale || packet->sack_ok)
			return "options that belong into a SYN";
		if (packet->has_timestamps != half_agreed_timestamps(half))
			return "timestamps are not as they were agreed on";
		return NULL;
	}
	if (!packet->mss)
		return "a SYN without a maximum segment size";
	if (packet->flags & TCP_FLAG_ACK)
		return check_answer(half, packet);
	if (half->sent && !(half->own.flags & TCP_FLAG_ACK) && !same_offer(&half->own, packet))
		return "it offers something else than the SYN before";
	return check_offer(half, packet, t_ns);
}

static uint32_t window_bytes(const struct half *half, const struct packet *packet)
{
	bool scaled = !(packet->flags & TCP_FLAG_SYN) && half_agreed_scaling(half);

	return (uint32_t)packet->window << (scaled ? half->own.wscale : 0);
}

/*
 * Whether its SYN+ACK may have been a cookie, which leaves nothing behind. cookie_v4_check()
 * selects the first window anew, by the MSS that the cookie kept: it may be less than what the
 * SYN+ACK offered.
 */
static bool is_of_cookie(const struct half *half)
{
	return (half->own.flags & TCP_FLAG_ACK) &&
	       query_counter(half->exam->story->rec, half->end->host, "TcpExt.SyncookiesRecv") > 0;
}

/* tcp_v4_reqsk_send_ack(): a request sock's window, of which scaling cuts the rest off. */
static bool is_of_request(const struct half *half, uint32_t bytes, uint32_t grain)
{
	return (half->own.flags & TCP_FLAG_ACK) && half->una == half->isn &&
	       bytes == half->own.window / grain * grain;
}

/*
 * tcp_select_window() never takes back what was offered. Without data nothing changes it at
 * all: it is the first window, rounded up to what scaling can tell.
 */
const char *check_window(struct half *half, const struct packet *packet)
{
	uint32_t bytes = window_bytes(half, packet), grain;
	uint32_t edge = packet->ack + bytes;
	const char *why = NULL;

	if (!(packet->flags & TCP_FLAG_ACK))
		return NULL;
	if (!(packet->flags & TCP_FLAG_SYN) && half_agreed_scaling(half)) {
		grain = 1u << half->own.wscale;
		if (!half->got_data && !is_of_request(half, bytes, grain) &&
		    bytes != (half->own.window + grain - 1u) / grain * grain)
			why = "its window is not the one offered at first, and no data came in";
		else if (half->edge_known && seq_before(edge + grain, half->edge))
			why = "it takes back some of the window";
		if (why && !half->window_chosen && is_of_cookie(half)) {
			why = NULL;
			half->own.window = (uint16_t)bytes;
			half->edge_known = false;
		}
		half->window_chosen = true;
	}
	if (!half->edge_known || seq_after(edge, half->edge))
		half->edge = edge;
	half->edge_known = true;
	return why;
}

/*
 * cookie_init_timestamp() keeps options in the low six bits of the stamp, and takes as much from
 * it once more where it would be in the future otherwise.
 */
#define COOKIE_OLD_MS 128

/*
 * tcp_clock_ts() counts milliseconds: of one end all stamps agree with the time they left at,
 * but for the millisecond that is cut off and for how long the way to the tap takes.
 */
const char *check_clock(struct half *half, const struct happening *h)
{
	const struct packet *packet = h->flight->packet;
	int64_t offset_ns, apart_ns, grain_ns = NS_PER_MS + half->exam->slack_ns;

	if (!packet->has_timestamps)
		return NULL;
	if (!half->stamped)
		half->stamp_first = packet->ts_val;
	offset_ns = (int32_t)(packet->ts_val - half->stamp_first) * NS_PER_MS - h->t_ns;
	if (!half->stamped || offset_ns < half->stamp_lo_ns)
		half->stamp_lo_ns = offset_ns;
	if (!half->stamped || offset_ns > half->stamp_hi_ns)
		half->stamp_hi_ns = offset_ns;
	half->stamped = true;
	apart_ns = half->stamp_hi_ns - half->stamp_lo_ns;
	if (apart_ns <= grain_ns)
		return NULL;
	half->stamped = false; /* complain once, then start anew */
	if (apart_ns <= COOKIE_OLD_MS * NS_PER_MS + grain_ns && is_of_cookie(half)) {
		if (packet->flags & TCP_FLAG_SYN)
			return NULL; /* another cookie */
		/* the first that is none, however much later: the cookie's stamp was older */
		if (!half->clock_chosen && offset_ns == half->stamp_hi_ns) {
			half->clock_chosen = true;
			return NULL;
		}
	}
	return "its timestamp is not of the time it left at";
}

/*
 * A socket that takes the place of a time-wait sock has that one's last timestamp, and sends
 * it back on its SYN: tcp_twsk_unique().
 */
static bool is_last_of_old(const struct half *half, const struct happening *h)
{
	const struct flights *flights = &half->exam->story->flights;
	const struct packet *syn = h->flight->packet, *last = NULL;

	for (size_t i = 0; i < flights->count; i++) {
		const struct flight *flight = &flights->items[i];

		if (flight->arrive_ns < h->t_ns && flight->packet->has_timestamps &&
		    endpoint_equal(&flight->packet->src, &syn->dst) &&
		    endpoint_equal(&flight->packet->dst, &syn->src))
			last = flight->packet;
	}
	return last && last->ts_val == syn->ts_ecr;
}

/* A timestamp that came in is sent back (RFC 7323 4.3), never an older one than before. */
const char *check_echo(struct half *half, const struct happening *h)
{
	const struct packet *packet = h->flight->packet;
	const struct end *end = half->end;

	if (!packet->has_timestamps)
		return NULL;
	if (!(packet->flags & TCP_FLAG_ACK))
		return !packet->ts_ecr || is_last_of_old(half, h) ? NULL
		                                                  : "a SYN sends a timestamp back";
	if (half->echoed && packet->ts_ecr == half->echo_last)
		return NULL;
	if (half->echoed && seq_before(packet->ts_ecr, half->echo_last))
		return "the timestamp that it sends back is older than the last";
	half->echoed = true;
	half->echo_last = packet->ts_ecr;
	for (size_t i = (size_t)(h - end->items); i-- > 0;)
		if (is_segment(&end->items[i], true) &&
		    end->items[i].flight->packet->ts_val == packet->ts_ecr)
			return NULL;
	return "it sends back a timestamp that did not come in";
}
