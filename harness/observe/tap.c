// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tap: AF_PACKET without a ring, one recvmsg() a frame.
 *
 * Two sockets. The receiving one is made with protocol 0, which receives
 * nothing, and gets ETH_P_ALL together with its interface in bind(): between
 * socket() and bind() a socket made with ETH_P_ALL hears every interface. The
 * sending one keeps protocol 0 for life. It has to be another socket because
 * dev_queue_xmit_nit() does not show a frame to the socket that sent it, and it
 * must not have PACKET_QDISC_BYPASS, which goes round dev_queue_xmit_nit().
 *
 * Stamps come by SO_TIMESTAMPING and not by SO_TIMESTAMPNS: the kernel begins
 * to stamp frames only when a work item has run after the first socket asked
 * (net_enable_timestamp()), and for a frame older than that SO_TIMESTAMPNS makes
 * up a stamp at the time of reading, while SO_TIMESTAMPING gives none.
 */
#include "tap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <linux/if_packet.h>
#include <linux/net_tstamp.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../base/clock.h"

enum { TAP_RECEIVE_BUFFER = 8 << 20 };

struct tap {
	int rx_fd, tx_fd;
};

static int socket_bind(int fd, int ifindex, uint16_t protocol, const char *ifname, struct fault *f)
{
	const struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(protocol),
		.sll_ifindex = ifindex,
	};

	if (bind(fd, (const struct sockaddr *)&addr, sizeof(addr)) != 0)
		return fault_set(f, errno, "bind a packet socket to %s", ifname);
	return 0;
}

/* Rootless the buffer stays at net.core.rmem_max; tap_lost() tells if that was too little. */
static int buffer_enlarge(int fd, struct fault *f)
{
	const int size = TAP_RECEIVE_BUFFER;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) == 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)) == 0)
		return 0;
	return fault_set(f, errno, "enlarge a tap's receive buffer");
}

static int stamps_enable(int fd, struct fault *f)
{
	const int flags = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;

	if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof(flags)) != 0)
		return fault_set(f, errno, "ask for time stamps on frames");
	return 0;
}

int tap_stamps_hold(struct fault *f)
{
	/* Of a unix socket the kernel knows that it needs no frames stamped. */
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int ret;

	if (fd < 0)
		return fault_set(f, errno, "open a socket to keep time stamps on");
	ret = stamps_enable(fd, f);
	if (ret == 0)
		return fd;
	(void)close(fd);
	return ret;
}

static int socket_open(struct fault *f)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd >= 0)
		return fd;
	if (errno == EPERM)
		return fault_set(f, EPERM, "open a packet socket (CAP_NET_RAW)");
	if (errno == EAFNOSUPPORT)
		return fault_set(f, EAFNOSUPPORT, "open a packet socket (CONFIG_PACKET)");
	return fault_set(f, errno, "open a packet socket");
}

static int tap_setup(struct tap *tap, const char *ifname, struct fault *f)
{
	int ifindex = (int)if_nametoindex(ifname);
	int ret;

	if (ifindex == 0)
		return fault_set(f, errno, "find the link %s", ifname);
	tap->rx_fd = socket_open(f);
	if (tap->rx_fd < 0)
		return tap->rx_fd;
	ret = buffer_enlarge(tap->rx_fd, f);
	if (ret == 0)
		ret = stamps_enable(tap->rx_fd, f);
	if (ret == 0)
		ret = socket_bind(tap->rx_fd, ifindex, ETH_P_ALL, ifname, f);
	if (ret != 0)
		return ret;
	tap->tx_fd = socket_open(f);
	if (tap->tx_fd < 0)
		return tap->tx_fd;
	return socket_bind(tap->tx_fd, ifindex, 0, ifname, f);
}

struct tap *tap_open(const char *ifname, struct fault *f)
{
	struct tap *tap = malloc(sizeof(*tap));

	if (tap == NULL) {
		(void)fault_set(f, ENOMEM, "open a tap on %s", ifname);
		return NULL;
	}
	*tap = (struct tap){.rx_fd = -1, .tx_fd = -1};
	if (tap_setup(tap, ifname, f) == 0)
		return tap;
	tap_close(tap);
	return NULL;
}

void tap_close(struct tap *tap)
{
	if (tap == NULL)
		return;
	if (tap->rx_fd >= 0)
		(void)close(tap->rx_fd);
	if (tap->tx_fd >= 0)
		(void)close(tap->tx_fd);
	free(tap);
}

int tap_fd(const struct tap *tap)
{
	return tap->rx_fd;
}

/* The kernel's stamp in CLOCK_MONOTONIC; false: this frame has none. */
static bool stamp_get(struct msghdr *msg, int64_t *t_ns)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		struct scm_timestamping stamps;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPING ||
		    c->cmsg_len < CMSG_LEN(sizeof(stamps)))
			continue;
		memcpy(&stamps, CMSG_DATA(c), sizeof(stamps));
		*t_ns = clock_real_to_mono_ns(stamps.ts[0].tv_sec * NS_PER_S +
		                              stamps.ts[0].tv_nsec);
		return true;
	}
	return false;
}

/*
 * A link that is down, or goes down, leaves ENETDOWN on the socket once, in
 * front of the frames that wait. That is nothing to do with them: the socket
 * hears the link again when it comes up.
 */
static ssize_t message_receive(int fd, struct msghdr *msg)
{
	ssize_t n;

	do {
		n = recvmsg(fd, msg, 0);
	} while (n < 0 && (errno == EINTR || errno == ENETDOWN));
	return n;
}

int tap_read(struct tap *tap, struct frame *frame)
{
	union {
		char buf[256];
		struct cmsghdr align;
	} control;
	struct sockaddr_ll from = {0};
	struct iovec iov = {.iov_base = frame->data, .iov_len = sizeof(frame->data)};
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = message_receive(tap->rx_fd, &msg);

	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	frame->length = (size_t)n;
	frame->truncated = (msg.msg_flags & MSG_TRUNC) != 0;
	frame->outgoing = from.sll_pkttype == PACKET_OUTGOING;
	frame->late_stamp = !stamp_get(&msg, &frame->t_ns);
	if (frame->late_stamp)
		frame->t_ns = clock_mono_ns();
	return 1;
}

int tap_send(struct tap *tap, const void *data, size_t length)
{
	ssize_t n;

	do {
		n = send(tap->tx_fd, data, length, 0);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return (size_t)n == length ? 0 : -EMSGSIZE;
}

uint64_t tap_lost(struct tap *tap)
{
	struct tpacket_stats stats;
	socklen_t size = sizeof(stats);

	if (getsockopt(tap->rx_fd, SOL_PACKET, PACKET_STATISTICS, &stats, &size) != 0)
		return 1; /* nobody can tell: better one too many than a silent gap */
	return stats.tp_drops;
}
