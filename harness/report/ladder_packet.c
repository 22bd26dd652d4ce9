// SPDX-License-Identifier: GPL-2.0-or-later
/* ladder_packet: a packet in tcpdump's words, its numbers relative to the flow's SYN. */
#include <netinet/in.h>
#include <string.h>

#include "ladder.h"

/* Farther than this from a flow's first number, a number is not of its connection. */
#define ISN_NEAR (1 << 24)

static struct isn_base *isn_find(const struct isn_table *isns, const struct endpoint *src,
                                 const struct endpoint *dst)
{
	for (size_t i = 0; i < isns->count; i++) {
		const struct isn_base *flow = &isns->flows[i];

		if (endpoint_equal(&flow->src, src) && endpoint_equal(&flow->dst, dst))
			return (struct isn_base *)flow;
	}
	return NULL;
}

static void isn_add(struct isn_base *flow, uint32_t seq)
{
	for (unsigned int i = 0; i < flow->count; i++) {
		if (flow->base[i] == seq)
			return;
	}
	if (flow->count < ISN_MAX)
		flow->base[flow->count++] = seq;
}

/* A connection begins with a SYN's number, or the first number seen where none was. */
void isn_collect(const struct flights *flights, struct isn_table *isns)
{
	memset(isns, 0, sizeof(*isns));
	for (size_t i = 0; i < flights->count; i++) {
		const struct packet *packet = flights->items[i].packet;
		struct isn_base *flow = isn_find(isns, &packet->src, &packet->dst);

		if (packet->protocol != IPPROTO_TCP || (packet->flags & TCP_FLAG_RST))
			continue;
		if (!flow && isns->count < ISN_FLOWS) {
			flow = &isns->flows[isns->count++];
			*flow = (struct isn_base){.src = packet->src, .dst = packet->dst};
		}
		if (flow && (!flow->count || (packet->flags & TCP_FLAG_SYN)))
			isn_add(flow, packet->seq);
	}
}

/* "5" for the first connection of the flow, "#2+5" for the second, else the bare number. */
static const char *number_text(const struct isn_base *flow, uint32_t number, char buf[24])
{
	int64_t best = ISN_NEAR;
	unsigned int which = 0;

	for (unsigned int i = 0; flow && i < flow->count; i++) {
		int64_t offset = (int32_t)(number - flow->base[i]);
		int64_t distance = offset < 0 ? 2 * -offset : offset;

		if (distance < best) {
			best = distance;
			which = i + 1;
		}
	}
	if (!which)
		snprintf(buf, 24, "%u", number);
	else if (which == 1)
		snprintf(buf, 24, "%d", (int32_t)(number - flow->base[0]));
	else
		snprintf(buf, 24, "#%u%+d", which, (int32_t)(number - flow->base[which - 1]));
	return buf;
}

enum { FLAG_WORDS_SIZE = 40 }; /* all nine, with spaces */

static const char *flag_words(uint16_t flags, char buf[FLAG_WORDS_SIZE])
{
	static const struct {
		uint16_t flag;
		const char *word;
	} words[] = {
		{TCP_FLAG_SYN, "SYN"}, {TCP_FLAG_FIN, "FIN"}, {TCP_FLAG_RST, "RST"},
		{TCP_FLAG_PSH, "PSH"}, {TCP_FLAG_ACK, "ACK"}, {TCP_FLAG_URG, "URG"},
		{TCP_FLAG_ECE, "ECE"}, {TCP_FLAG_CWR, "CWR"}, {TCP_FLAG_AE, "AE"},
	};

	buf[0] = '\0';
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!(flags & words[i].flag))
			continue;
		if (buf[0])
			strcat(buf, " ");
		strcat(buf, words[i].word);
	}
	if (!buf[0])
		strcpy(buf, "no flags");
	return buf;
}

struct words {
	char *buf;
	size_t size, used;
	unsigned int columns;
};

/* Adds @part if it fits; what does not fit is left out, and all that follows too. */
static void words_add(struct words *words, const char *part)
{
	size_t length = strlen(part);

	if (words->used + length > words->columns || words->used + length >= words->size) {
		words->columns = 0;
		return;
	}
	memcpy(words->buf + words->used, part, length + 1);
	words->used += length;
}

static void add_options(struct words *words, const struct packet *packet)
{
	char part[48];

	if (packet->mss) {
		snprintf(part, sizeof(part), ", mss %u", packet->mss);
		words_add(words, part);
	}
	if (packet->has_wscale) {
		snprintf(part, sizeof(part), ", wscale %u", packet->wscale);
		words_add(words, part);
	}
	if (packet->has_timestamps) {
		snprintf(part, sizeof(part), ", ts %u ecr %u", packet->ts_val, packet->ts_ecr);
		words_add(words, part);
	}
}

static void tcp_text(const struct isn_table *isns, const struct packet *packet, bool verbose,
                     struct words *words)
{
	const struct isn_base *own = isn_find(isns, &packet->src, &packet->dst);
	const struct isn_base *other = isn_find(isns, &packet->dst, &packet->src);
	bool bare = !packet->len && packet->flags == TCP_FLAG_ACK;
	char part[80], number[24];

	words_add(words, flag_words(packet->flags, part));
	if (!bare || verbose) {
		snprintf(part, sizeof(part), ", seq %s", number_text(own, packet->seq, number));
		words_add(words, part);
	}
	if (packet->len && words->columns) {
		snprintf(part, sizeof(part), ":%s",
		         number_text(own, packet->seq + packet->len, number));
		words_add(words, part);
	}
	if (packet->flags & TCP_FLAG_ACK) {
		snprintf(part, sizeof(part), ", ack %s", number_text(other, packet->ack, number));
		words_add(words, part);
	}
	if (packet->len) {
		snprintf(part, sizeof(part), ", len %u", packet->len);
		words_add(words, part);
	}
	if (packet->mss && !verbose) {
		snprintf(part, sizeof(part), ", mss %u", packet->mss);
		words_add(words, part);
	}
	if (verbose) {
		snprintf(part, sizeof(part), ", win %u", packet->window);
		words_add(words, part);
		add_options(words, packet);
	}
}

void packet_text(const struct isn_table *isns, const struct packet *packet, unsigned int columns,
                 bool verbose, char *buf, size_t size)
{
	struct words words = {.buf = buf, .size = size, .columns = columns};
	char part[32];

	buf[0] = '\0';
	switch (packet->protocol) {
	case IPPROTO_TCP:
		tcp_text(isns, packet, verbose, &words);
		return;
	case IPPROTO_UDP:
		snprintf(part, sizeof(part), "UDP, len %u", packet->len);
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		snprintf(part, sizeof(part), "ICMP");
		break;
	default:
		snprintf(part, sizeof(part), "IP protocol %u", packet->protocol);
		break;
	}
	words_add(&words, part);
}
