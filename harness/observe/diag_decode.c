// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * diag_decode: what one inet_diag_msg says. Pure. The kernel fills it in three
 * ways (net/ipv4/inet_diag.c), and the message does not say which:
 *
 * inet_sk_diag_fill(), a full socket. Always has INET_DIAG_SHUTDOWN, the others never.
 *   timer 1: icsk_pending is RETRANS, REO_TIMEOUT or LOSS_PROBE, which cannot be
 *     told apart; retrans is icsk_retransmits, which a loss probe does not count up;
 *   timer 4: PROBE0, retrans is icsk_probes_out;
 *   timer 2: icsk_keepalive_timer (now sk_timer), retrans is icsk_probes_out. It is
 *     also what ends an orphan's FIN_WAIT2 as long as it is a full socket;
 *   timer 0: retrans is 0, whatever the socket has been through.
 *   One pending retransmission hides a keepalive timer that runs as well.
 *   inode is 0 for an orphan and also for a child that was not accepted yet.
 * inet_req_diag_fill(), a request sock. Says SYN_RECV, as a full socket of a
 *   crossing SYN or of TFO does. Timer 1 is the SYN+ACK's; retrans is num_retrans,
 *   SYN+ACKs sent again and not refused on the way out (inet_rtx_syn_ack()), by the
 *   timer or in answer to a repeated SYN: not the timeouts.
 * inet_twsk_diag_fill(), a time-wait sock. Timer 3, state is the substate:
 *   FIN_WAIT2 or TIME_WAIT. retrans 0, inode 0 (of which nothing follows).
 *
 * expires is what is left in ms, 0 when it is due; older kernels let it wrap.
 */
#include "diag.h"

#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

struct attributes {
	bool shutdown;
	bool has_info;
	struct tcp_info info; /* what this kernel has of it, the rest 0 */
};

/* mnl_attr_for_each() rounds the message's length up and so can leave it. */
static void attributes_read(const uint8_t *payload, size_t length, struct attributes *found)
{
	const struct nlattr *attr = (const struct nlattr *)payload;
	int left = (int)length;

	*found = (struct attributes){0};
	while (mnl_attr_ok(attr, left)) {
		size_t size = mnl_attr_get_payload_len(attr);
		const void *data = mnl_attr_get_payload(attr);

		if (mnl_attr_get_type(attr) == INET_DIAG_SHUTDOWN)
			found->shutdown = true;
		if (mnl_attr_get_type(attr) == INET_DIAG_INFO) {
			found->has_info = true;
			memcpy(&found->info, data,
			       size < sizeof(found->info) ? size : sizeof(found->info));
		}
		left -= (int)MNL_ALIGN(attr->nla_len);
		if (left > 0)
			attr = mnl_attr_next(attr);
	}
}

static bool address_is_mapped(const __be32 addr[4])
{
	return addr[0] == 0 && addr[1] == 0 && addr[2] == htonl(0xffff);
}

/* A dual-stack socket's IPv4 connection is told as the IPv4 connection it is. */
static void endpoints_decode(const struct inet_diag_msg *msg, struct endpoint *local,
                             struct endpoint *remote)
{
	const struct inet_diag_sockid *id = &msg->id;
	bool mapped = msg->idiag_family == AF_INET6 && address_is_mapped(id->idiag_src) &&
	              address_is_mapped(id->idiag_dst);
	uint8_t family = mapped ? AF_INET : msg->idiag_family;
	size_t first = mapped ? 3 : 0;
	size_t size = family == AF_INET ? 4 : 16;

	*local = (struct endpoint){.family = family, .port = ntohs(id->idiag_sport)};
	*remote = (struct endpoint){.family = family, .port = ntohs(id->idiag_dport)};
	memcpy(local->addr, &id->idiag_src[first], size);
	memcpy(remote->addr, &id->idiag_dst[first], size);
}

static enum sock_object object_decode(const struct inet_diag_msg *msg,
                                      const struct attributes *attributes)
{
	if (msg->idiag_timer == DIAG_TIMER_TIMEWAIT)
		return OBJECT_TIME_WAIT;
	if (msg->idiag_state == STATE_SYN_RECV && !attributes->shutdown && !attributes->has_info)
		return OBJECT_REQUEST;
	return OBJECT_FULL;
}

static void timer_decode(const struct inet_diag_msg *msg, struct sample *sample)
{
	int32_t expires_ms = (int32_t)msg->idiag_expires;

	/* A timer that a newer kernel has and we do not know is none. */
	if (msg->idiag_timer >= DIAG_TIMER_COUNT)
		return;
	sample->timer = (enum diag_timer)msg->idiag_timer;
	sample->retransmits = msg->idiag_retrans;
	if (sample->timer != DIAG_TIMER_NONE && expires_ms > 0)
		sample->expires_ms = expires_ms;
}

static void sample_decode(const struct inet_diag_msg *msg, const struct attributes *attributes,
                          struct sample *sample)
{
	*sample = (struct sample){
		.state = (enum tcp_state)msg->idiag_state,
		.object = object_decode(msg, attributes),
		.cookie = (uint64_t)msg->id.idiag_cookie[1] << 32 | msg->id.idiag_cookie[0],
		.gap_ns = -1,
	};
	timer_decode(msg, sample);
	if (sample->object != OBJECT_FULL)
		return;
	sample->orphan = msg->idiag_inode == 0;
	/* Of a listener tcpi_unacked is the length of its accept queue. */
	if (sample->state == STATE_LISTEN)
		return;
	sample->rto_us = attributes->info.tcpi_rto;
	sample->rtt_us = attributes->info.tcpi_rtt;
	sample->unacked = attributes->info.tcpi_unacked;
}

const struct nlmsghdr *diag_message_next(const void **rest, size_t *left)
{
	const struct nlmsghdr *nlh = *rest;
	size_t size;

	if (*left < sizeof(*nlh) || nlh->nlmsg_len < sizeof(*nlh) || nlh->nlmsg_len > *left)
		return NULL;
	size = NLMSG_ALIGN((size_t)nlh->nlmsg_len);
	if (size > *left) /* the last need not be padded */
		size = *left;
	*rest = (const uint8_t *)nlh + size;
	*left -= size;
	return nlh;
}

bool diag_decode(const struct nlmsghdr *nlh, size_t length, struct endpoint *local,
                 struct endpoint *remote, struct sample *sample)
{
	const size_t fixed = NLMSG_LENGTH(sizeof(struct inet_diag_msg));
	const struct inet_diag_msg *msg;
	struct attributes attributes;

	if (length < sizeof(*nlh) || nlh->nlmsg_len > length || nlh->nlmsg_len < fixed)
		return false;
	if (nlh->nlmsg_type != SOCK_DIAG_BY_FAMILY)
		return false;
	msg = mnl_nlmsg_get_payload(nlh);
	if (msg->idiag_family != AF_INET && msg->idiag_family != AF_INET6)
		return false;
	if (msg->idiag_state == STATE_GONE || msg->idiag_state >= STATE_COUNT)
		return false;
	attributes_read((const uint8_t *)nlh + fixed, nlh->nlmsg_len - fixed, &attributes);
	endpoints_decode(msg, local, remote);
	sample_decode(msg, &attributes, sample);
	return true;
}
