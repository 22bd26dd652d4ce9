// SPDX-License-Identifier: GPL-2.0-or-later
#include "match.h"

#include <errno.h>
#include <netinet/in.h>

#include "format.h"

static bool asks_tcp(const struct packet_match *match)
{
	return match->flags_mask || match->has_seq || match->payload != PAYLOAD_ANY;
}

/* Modulo 2^32, as sequence numbers are. */
static bool seq_within(uint32_t seq, uint32_t first, uint32_t last)
{
	return seq - first <= last - first;
}

static bool tcp_matches(const struct packet_match *match, const struct packet *packet)
{
	if (packet->protocol != IPPROTO_TCP || packet->fragment_offset)
		return false;
	if ((packet->flags & match->flags_mask) != match->flags_value)
		return false;
	if (match->has_seq && !seq_within(packet->seq, match->seq_first, match->seq_last))
		return false;
	switch (match->payload) {
	case PAYLOAD_ANY:
		return true;
	case PAYLOAD_SOME:
		return packet->len > 0;
	case PAYLOAD_NONE:
		return packet->len == 0;
	}
	return false;
}

static bool is_icmp(uint8_t protocol)
{
	return protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6;
}

static bool icmp_matches(const struct packet_match *match, const struct packet *packet)
{
	return is_icmp(packet->protocol) && !packet->fragment_offset &&
	       packet->icmp_type == match->icmp_type && packet->icmp_code == match->icmp_code;
}

bool packet_matches(const struct packet_match *match, enum side from, const struct packet *packet)
{
	if (match->from != from)
		return false;
	if (match->family && match->family != packet->src.family)
		return false;
	if (match->protocol && match->protocol != packet->protocol)
		return false;
	if (match->src_port && match->src_port != packet->src.port)
		return false;
	if (match->dst_port && match->dst_port != packet->dst.port)
		return false;
	if (match->has_icmp && !icmp_matches(match, packet))
		return false;
	return !asks_tcp(match) || tcp_matches(match, packet);
}

static const struct {
	uint16_t bit;
	const char *word; /* a person's and nft's */
	const char *nft; /* NULL: not among its eight flags */
} flag_words[] = {
	{TCP_FLAG_SYN, "SYN", "syn"}, {TCP_FLAG_FIN, "FIN", "fin"}, {TCP_FLAG_RST, "RST", "rst"},
	{TCP_FLAG_PSH, "PSH", "psh"}, {TCP_FLAG_ACK, "ACK", "ack"}, {TCP_FLAG_URG, "URG", "urg"},
	{TCP_FLAG_ECE, "ECE", "ecn"}, {TCP_FLAG_CWR, "CWR", "cwr"}, {TCP_FLAG_AE, "AE", NULL},
};
#define FLAG_WORDS (sizeof(flag_words) / sizeof(flag_words[0]))

/* ---- For a person ---- */

static void comma_put(struct buffer *words)
{
	if (words->used)
		buffer_add(words, ", ");
}

static void flags_words(uint16_t flags, const char *before, struct buffer *words)
{
	for (size_t i = 0; i < FLAG_WORDS; i++) {
		if (!(flags & flag_words[i].bit))
			continue;
		buffer_add(words, "%s%s", before, flag_words[i].word);
		before = " ";
	}
}

static void protocol_words(const struct packet_match *match, struct buffer *words)
{
	if (match->family)
		buffer_add(words, match->family == AF_INET6 ? "IPv6" : "IPv4");
	if (!match->protocol && !match->has_icmp)
		return;
	comma_put(words);
	if (match->has_icmp)
		buffer_add(words, "ICMP type %u code %u", match->icmp_type, match->icmp_code);
	else if (match->protocol == IPPROTO_TCP)
		buffer_add(words, "TCP");
	else if (match->protocol == IPPROTO_UDP)
		buffer_add(words, "UDP");
	else if (is_icmp(match->protocol))
		buffer_add(words, "ICMP");
	else
		buffer_add(words, "protocol %u", match->protocol);
}

static void payload_words(enum payload_match payload, struct buffer *words)
{
	switch (payload) {
	case PAYLOAD_ANY:
		return;
	case PAYLOAD_SOME:
		comma_put(words);
		buffer_add(words, "with payload");
		return;
	case PAYLOAD_NONE:
		comma_put(words);
		buffer_add(words, "without payload");
		return;
	}
}

static void numbers_words(const struct packet_match *match, struct buffer *words)
{
	if (match->src_port) {
		comma_put(words);
		buffer_add(words, "from port %u", match->src_port);
	}
	if (match->dst_port) {
		comma_put(words);
		buffer_add(words, "to port %u", match->dst_port);
	}
	if (match->has_seq) {
		comma_put(words);
		buffer_add(words, "seq %u", match->seq_first);
	}
	if (match->has_seq && match->seq_last != match->seq_first)
		buffer_add(words, "..%u", match->seq_last);
}

void match_words(const struct packet_match *match, struct buffer *words)
{
	const uint16_t set = match->flags_mask & match->flags_value;
	const uint16_t unset = (uint16_t)(match->flags_mask & ~match->flags_value);
	struct buffer own = {0};

	protocol_words(match, &own);
	if (match->flags_mask)
		comma_put(&own);
	flags_words(set, "", &own);
	flags_words(unset, set ? " without " : "no ", &own);
	payload_words(match->payload, &own);
	numbers_words(match, &own);
	buffer_add(words, "%s", own.used ? buffer_text(&own) : "every packet");
	words->failed |= own.failed;
	buffer_free(&own);
}

/* ---- For nft(8) ---- */

static void nft_flags(uint16_t flags, struct buffer *expr)
{
	const char *before = "";

	for (size_t i = 0; i < FLAG_WORDS; i++) {
		if (!flag_words[i].nft || !(flags & flag_words[i].bit))
			continue;
		buffer_add(expr, "%s%s", before, flag_words[i].nft);
		before = " | ";
	}
	if (!*before)
		buffer_add(expr, "0x0");
}

/* AE is the lowest of the four bits behind the data offset, for which nft has no word. */
static void nft_flags_match(const struct packet_match *match, struct buffer *expr)
{
	if (match->flags_mask & ~TCP_FLAG_AE) {
		buffer_add(expr, " tcp flags & (");
		nft_flags(match->flags_mask, expr);
		buffer_add(expr, ") == ");
		nft_flags(match->flags_value & match->flags_mask, expr);
	}
	if (match->flags_mask & TCP_FLAG_AE)
		buffer_add(expr, " @th,103,1 %d", (match->flags_value & TCP_FLAG_AE) != 0);
}

/*
 * nft cannot subtract, so the length of the IP packet is told for each length of the TCP
 * header there is. Not "tcp doff": libnftables 1.0.6 aborts when it lists a concatenation
 * with a field of four bits. A host here sends neither IP options nor extension headers.
 */
static void nft_payload(enum payload_match payload, bool v6, struct buffer *expr)
{
	const unsigned int ip_header = v6 ? 0 : IPV4_HEADER; /* ip6 length leaves it out */

	if (payload == PAYLOAD_ANY)
		return;
	buffer_add(expr, " @th,96,8 . %s length {", v6 ? "ip6" : "ip");
	for (unsigned int words = TCP_HEADER / 4; words <= 15; words++) {
		const unsigned int headers = ip_header + words * 4;

		buffer_add(expr, "%s 0x%x0-0x%xf . ", words == TCP_HEADER / 4 ? "" : ",", words,
		           words);
		if (payload == PAYLOAD_SOME)
			buffer_add(expr, "%u-65535", headers + 1);
		else
			buffer_add(expr, "%u", headers);
	}
	buffer_add(expr, " }");
}

/* A range that goes beyond 2^32 is two. */
static void nft_seq(const struct packet_match *match, struct buffer *expr)
{
	if (match->seq_first <= match->seq_last)
		buffer_add(expr, " tcp sequence %u-%u", match->seq_first, match->seq_last);
	else
		buffer_add(expr, " tcp sequence { 0-%u, %u-%u }", match->seq_last, match->seq_first,
		           UINT32_MAX);
}

/* The protocol that @match asks for, by name or by what else it asks; 0: any. */
static uint8_t protocol_asked(const struct packet_match *match, uint8_t family)
{
	if (match->protocol)
		return match->protocol;
	if (match->has_icmp)
		return family == AF_INET6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	return asks_tcp(match) ? IPPROTO_TCP : 0;
}

static int nft_check(const struct packet_match *match, uint8_t family, uint8_t protocol,
                     struct fault *f)
{
	const char *why = NULL;

	if (match->family && match->family != family)
		why = "the wire carries the other family";
	else if (asks_tcp(match) && protocol != IPPROTO_TCP)
		why = "flags, sequence numbers and payload are TCP's";
	else if (match->has_icmp && !is_icmp(protocol))
		why = "type and code are ICMP's";
	else if (match->flags_value & ~match->flags_mask)
		why = "a flag is asked for that the mask leaves out";
	return why ? fault_refuse(f, EINVAL, "a rule that nothing can match: %s", why) : 0;
}

int match_nft(const struct packet_match *match, uint8_t family, struct buffer *expr,
              struct fault *f)
{
	const bool v6 = family == AF_INET6;
	const uint8_t protocol = protocol_asked(match, family);
	int rc = nft_check(match, family, protocol, f);

	if (rc)
		return rc;
	buffer_add(expr, "meta protocol %s", v6 ? "ip6" : "ip");
	if (protocol)
		buffer_add(expr, " meta l4proto %u", protocol);
	if (match->src_port)
		buffer_add(expr, " th sport %u", match->src_port);
	if (match->dst_port)
		buffer_add(expr, " th dport %u", match->dst_port);
	nft_flags_match(match, expr);
	if (match->has_seq)
		nft_seq(match, expr);
	if (match->has_icmp)
		buffer_add(expr, " @th,0,8 %u @th,8,8 %u", match->icmp_type, match->icmp_code);
	nft_payload(match->payload, v6, expr);
	if (expr->failed)
		return fault_set(f, ENOMEM, "put a rule into words");
	return 0;
}
