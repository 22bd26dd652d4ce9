/* SPDX-License-Identifier: GPL-2.0-or-later */
/* numbers: a connection that begins with a sequence number of the probe's choice. */
#ifndef FINWAIT_PROBES_NUMBERS_H
#define FINWAIT_PROBES_NUMBERS_H

#include "../../harness/probe.h"

/* include/uapi/linux/tcp.h */
enum { REPAIR_ON = 1, REPAIR_OFF_NO_WP = -1, SEND_QUEUE = 2 };

/* The next connect() begins with @seq: tcp_v4_connect() keeps a write_seq that is set. */
static inline void begin_at(struct sock *sock, uint32_t seq)
{
	sock_option(sock, "TCP_REPAIR", REPAIR_ON);
	sock_option(sock, "TCP_REPAIR_QUEUE", SEND_QUEUE);
	sock_option(sock, "TCP_QUEUE_SEQ", (int32_t)seq);
	sock_option(sock, "TCP_REPAIR", REPAIR_OFF_NO_WP);
}

#endif
