// SPDX-License-Identifier: GPL-2.0-or-later
/* event: flags and endpoints as text, and which way a frame goes. */
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "event.h"

static const struct {
	char letter;
	uint16_t flag;
} flag_letters[] = {
	{'S', TCP_FLAG_SYN}, {'F', TCP_FLAG_FIN}, {'R', TCP_FLAG_RST},
	{'P', TCP_FLAG_PSH}, {'A', TCP_FLAG_ACK}, {'U', TCP_FLAG_URG},
	{'E', TCP_FLAG_ECE}, {'W', TCP_FLAG_CWR}, {'e', TCP_FLAG_AE},
};
#define FLAG_LETTERS (sizeof(flag_letters) / sizeof(flag_letters[0]))
static_assert(FLAG_LETTERS + 1 == TCP_FLAGS_TEXT_SIZE, "room for each letter");

const char *tcp_flags_text(uint16_t flags, char buf[TCP_FLAGS_TEXT_SIZE])
{
	size_t n = 0;

	for (size_t i = 0; i < FLAG_LETTERS; i++) {
		if (flags & flag_letters[i].flag)
			buf[n++] = flag_letters[i].letter;
	}
	buf[n] = '\0';
	return buf;
}

static uint16_t flag_of(char letter)
{
	for (size_t i = 0; i < FLAG_LETTERS; i++) {
		if (flag_letters[i].letter == letter)
			return flag_letters[i].flag;
	}
	return 0;
}

int tcp_flags_parse(const char *text, uint16_t *flags)
{
	uint16_t seen = 0;

	for (; *text; text++) {
		uint16_t flag = flag_of(*text);

		if (!flag || (seen & flag))
			return -EINVAL;
		seen = (uint16_t)(seen | flag);
	}
	*flags = seen;
	return 0;
}

static char *decimal_put(char *at, unsigned int number)
{
	if (number >= 10)
		at = decimal_put(at, number / 10);
	*at++ = (char)('0' + number % 10);
	return at;
}

/* Two for each packet and each state: inet_ntop() takes twenty times as long. */
static const char *endpoint_text_v4(const struct endpoint *ep, char buf[ENDPOINT_TEXT_SIZE])
{
	char *at = buf;

	for (int i = 0; i < 4; i++) {
		at = decimal_put(at, ep->addr[i]);
		*at++ = i < 3 ? '.' : ':';
	}
	*decimal_put(at, ep->port) = '\0';
	return buf;
}

const char *endpoint_text(const struct endpoint *ep, char buf[ENDPOINT_TEXT_SIZE])
{
	char addr[INET6_ADDRSTRLEN] = "?";
	bool v6 = ep->family == AF_INET6;

	if (ep->family == AF_INET)
		return endpoint_text_v4(ep, buf);
	if (v6 && !inet_ntop(AF_INET6, ep->addr, addr, sizeof(addr)))
		strcpy(addr, "?");
	snprintf(buf, ENDPOINT_TEXT_SIZE, "%s%s%s:%u", v6 ? "[" : "", addr, v6 ? "]" : "",
	         ep->port);
	return buf;
}

/* Digits only, up to the end: strtoul() alone would take " +1". */
static int port_parse(const char *text, uint16_t *port)
{
	unsigned long value = 0;
	size_t n = strspn(text, "0123456789");

	if (n == 0 || n > 5 || text[n])
		return -EINVAL;
	value = strtoul(text, NULL, 10);
	if (value > UINT16_MAX)
		return -EINVAL;
	*port = (uint16_t)value;
	return 0;
}

int endpoint_parse(const char *text, struct endpoint *ep)
{
	char addr[INET6_ADDRSTRLEN];
	const char *colon = strrchr(text, ':');
	size_t n;

	memset(ep, 0, sizeof(*ep));
	if (!colon || port_parse(colon + 1, &ep->port))
		return -EINVAL;
	n = (size_t)(colon - text);
	if (n == 1 && text[0] == '?')
		return 0;
	ep->family = AF_INET;
	if (n >= 2 && text[0] == '[' && text[n - 1] == ']') {
		ep->family = AF_INET6;
		text++;
		n -= 2;
	}
	if (n >= sizeof(addr))
		return -EINVAL;
	memcpy(addr, text, n);
	addr[n] = '\0';
	return inet_pton(ep->family, addr, ep->addr) == 1 ? 0 : -EINVAL;
}

bool endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
	size_t n = 0;

	if (a->family != b->family || a->port != b->port)
		return false;
	if (a->family == AF_INET)
		n = 4;
	else if (a->family == AF_INET6)
		n = 16;
	return !memcmp(a->addr, b->addr, n);
}

/* "arriving" is as the link sees it: into the wire from its port, but into the host on lo. */
bool event_departs(const struct event *event)
{
	return event->kind == EVENT_PACKET && event->packet.arriving != event->packet.on_loopback;
}

bool event_arrives(const struct event *event)
{
	return event->kind == EVENT_PACKET && event->packet.arriving == event->packet.on_loopback;
}
