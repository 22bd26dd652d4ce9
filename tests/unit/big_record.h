/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * big_record: a record of many connections, for what must take time in proportion to it.
 * Each opens, sends twice with the first sending lost, closes and ends in TIME_WAIT.
 */
#ifndef FINWAIT_TESTS_UNIT_BIG_RECORD_H
#define FINWAIT_TESTS_UNIT_BIG_RECORD_H

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "../../harness/record/record.h"

#define BIG_EVENTS 34 /* of one connection */

struct big {
	struct record *rec;
	int64_t t_ns;
	unsigned int number; /* of the connection */
	bool failed;
};

static inline void big_add(struct big *big, struct event *event, enum side host)
{
	big->t_ns += 10000;
	event->t_ns = big->t_ns;
	event->host = host;
	snprintf(event->sock, sizeof(event->sock), "%c%u", host == SIDE_CLIENT ? 'c' : 's',
	         big->number + 1);
	big->failed |= record_add_event(big->rec, event) < 0;
}

static inline struct endpoint big_end(const struct big *big, enum side host)
{
	struct endpoint end = {
		.family = AF_INET, .addr = {10, 0, 0, (uint8_t)((int)host + 1)}, .port = 80};

	if (host == SIDE_CLIENT) {
		end.addr[1] = (uint8_t)(big->number / 50000);
		end.port = (uint16_t)(10000 + big->number % 50000);
	}
	return end;
}

static inline void big_sight(struct big *big, enum side port, enum side from, uint16_t flags,
                             uint32_t seq, uint16_t len)
{
	struct event event = {.kind = EVENT_PACKET, .packet.arriving = port == from};

	event.packet.packet = (struct packet){
		.src = big_end(big, from),
		.dst = big_end(big, side_other(from)),
		.protocol = IPPROTO_TCP,
		.flags = flags,
		.seq = 1000 * big->number + seq,
		.len = len,
		.window = 500,
	};
	big_add(big, &event, port);
}

static inline void big_sent(struct big *big, enum side from, uint16_t flags, uint32_t seq,
                            uint16_t len)
{
	big_sight(big, from, from, flags, seq, len);
	big_sight(big, side_other(from), from, flags, seq, len);
}

static inline void big_state(struct big *big, enum side host, enum tcp_state from,
                             enum tcp_state to)
{
	struct event event = {.kind = EVENT_TRANSITION,
	                      .transition = {.from = from, .to = to, .cause = "packet"}};

	big_add(big, &event, host);
}

static inline void big_sample(struct big *big, enum side host, enum tcp_state state,
                              enum diag_timer timer)
{
	struct event event = {.kind = EVENT_SAMPLE,
	                      .sample = {.state = state,
	                                 .object = OBJECT_FULL,
	                                 .timer = timer,
	                                 .expires_ms = 200,
	                                 .cookie = big->number + 1,
	                                 .gap_ns = 1000}};

	big_add(big, &event, host);
}

static inline void big_call(struct big *big, enum side host, const char *name)
{
	struct event event = {.kind = EVENT_CALL, .call = {.name = name}};

	big_add(big, &event, host);
}

static inline void big_connection(struct big *big)
{
	struct event resend = {.kind = EVENT_RETRANSMIT, .retransmit.state = STATE_ESTABLISHED};
	struct event heir = {.kind = EVENT_MINI_SOCKET,
	                     .mini = {.object = OBJECT_TIME_WAIT, .change = MINI_CREATED}};

	big_call(big, SIDE_CLIENT, "connect");
	big_state(big, SIDE_CLIENT, STATE_CLOSE, STATE_SYN_SENT);
	big_sent(big, SIDE_CLIENT, TCP_FLAG_SYN, 0, 0);
	big_sample(big, SIDE_CLIENT, STATE_SYN_SENT, DIAG_TIMER_ON);
	big_sent(big, SIDE_SERVER, TCP_FLAG_SYN | TCP_FLAG_ACK, 0, 0);
	big_state(big, SIDE_CLIENT, STATE_SYN_SENT, STATE_ESTABLISHED);
	big_sent(big, SIDE_CLIENT, TCP_FLAG_ACK, 1, 0);
	big_state(big, SIDE_SERVER, STATE_SYN_RECV, STATE_ESTABLISHED);
	big_call(big, SIDE_CLIENT, "send");
	big_sight(big, SIDE_CLIENT, SIDE_CLIENT, TCP_FLAG_ACK, 1, 100);
	big_sample(big, SIDE_CLIENT, STATE_ESTABLISHED, DIAG_TIMER_ON);
	big_add(big, &resend, SIDE_CLIENT);
	big_sent(big, SIDE_CLIENT, TCP_FLAG_ACK, 1, 100);
	big_sample(big, SIDE_CLIENT, STATE_ESTABLISHED, DIAG_TIMER_NONE);
	big_call(big, SIDE_CLIENT, "close");
	big_state(big, SIDE_CLIENT, STATE_ESTABLISHED, STATE_FIN_WAIT1);
	big_sent(big, SIDE_CLIENT, TCP_FLAG_FIN | TCP_FLAG_ACK, 101, 0);
	big_state(big, SIDE_CLIENT, STATE_FIN_WAIT1, STATE_FIN_WAIT2);
	big_sent(big, SIDE_SERVER, TCP_FLAG_FIN | TCP_FLAG_ACK, 1, 0);
	big_add(big, &heir, SIDE_CLIENT);
	big_state(big, SIDE_CLIENT, STATE_FIN_WAIT2, STATE_CLOSE);
	big_sent(big, SIDE_CLIENT, TCP_FLAG_ACK, 102, 0);
	big_state(big, SIDE_SERVER, STATE_LAST_ACK, STATE_CLOSE);
	big_sample(big, SIDE_CLIENT, STATE_TIME_WAIT, DIAG_TIMER_TIMEWAIT);
}

/* At least @events events; NULL: no memory. */
static inline struct record *big_record(size_t events)
{
	struct big big = {.rec = record_new()};

	if (!big.rec)
		return NULL;
	while (!big.failed && big.rec->event_count < events) {
		big_connection(&big);
		big.number++;
	}
	if (!big.failed)
		return big.rec;
	record_free(big.rec);
	return NULL;
}

#endif
