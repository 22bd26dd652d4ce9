// SPDX-License-Identifier: GPL-2.0-or-later
/* packet_words: a packet in tcpdump's words, its numbers relative to the flow's SYN. */
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../packet/icmp.h"
#include "numbers.h"

#define FLAG_WORDS_SIZE 40 /* all of them */

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

static void words_format(struct words *words, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void words_format(struct words *words, const char *fmt, ...)
{
	char part[80];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(part, sizeof(part), fmt, ap);
	va_end(ap);
	words_add(words, part);
}

static void tcp_words(const struct numbers *numbers, const struct flight *flight, bool verbose,
                      struct words *words)
{
	const struct packet *packet = flight->packet;
	bool bare = !packet->len && packet->flags == TCP_FLAG_ACK;
	char flags[FLAG_WORDS_SIZE], number[NUMBER_TEXT_SIZE];

	words_add(words, flag_words(packet->flags, flags));
	if (!bare || verbose)
		words_format(words, ", seq %s",
		             number_text(numbers, flight, true, packet->seq, number));
	if (packet->len && words->columns)
		words_format(words, ":%s",
		             number_text(numbers, flight, true, packet->seq + packet->len, number));
	if (packet->flags & TCP_FLAG_ACK)
		words_format(words, ", ack %s",
		             number_text(numbers, flight, false, packet->ack, number));
	if (packet->len)
		words_format(words, ", len %u", packet->len);
	if (packet->mss && !verbose)
		words_format(words, ", mss %u", packet->mss);
	if (verbose) {
		words_format(words, ", win %u", packet->window);
		add_options(words, packet);
	}
}

static void icmp_words(const struct packet *packet, struct words *words)
{
	const char *name = icmp_name(packet->protocol, packet->icmp_type, packet->icmp_code);

	words_format(words, "ICMP");
	if (name)
		words_format(words, " %s", name);
	else
		words_format(words, " type %u code %u", packet->icmp_type, packet->icmp_code);
	if (packet->icmp_mtu)
		words_format(words, ", mtu %u", packet->icmp_mtu);
}

void packet_words(const struct numbers *numbers, const struct flight *flight, unsigned int columns,
                  bool verbose, char *buf, size_t size)
{
	const struct packet *packet = flight->packet;
	struct words words = {.buf = buf, .size = size, .columns = columns};

	buf[0] = '\0';
	if (packet->fragment_offset) {
		words_format(&words, "fragment at %u", packet->fragment_offset);
		return;
	}
	switch (packet->protocol) {
	case IPPROTO_TCP:
		tcp_words(numbers, flight, verbose, &words);
		return;
	case IPPROTO_UDP:
		words_format(&words, "UDP, len %u", packet->len);
		return;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		icmp_words(packet, &words);
		return;
	default:
		words_format(&words, "IP protocol %u", packet->protocol);
		return;
	}
}
