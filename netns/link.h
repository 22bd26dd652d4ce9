/* SPDX-License-Identifier: GPL-2.0-or-later */
/* link: links, addresses, routes and neighbours of one namespace. libnl-route. */
#ifndef FINWAIT_NETNS_LINK_H
#define FINWAIT_NETNS_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "../harness/base/fault.h"

struct rtnl; /* one rtnetlink socket, opened inside one namespace */

struct rtnl *rtnl_open(int netns_fd, struct fault *f) MUST_CHECK;
void rtnl_close(struct rtnl *rtnl);

struct veth_end {
	const char *name;
	int ifindex; /* chosen by the caller */
	uint8_t mac[6];
	unsigned int mtu; /* bytes; 0: the kernel's 1500 */
};

/*
 * One RTM_NEWLINK: @here in the namespace of @rtnl, @there in @peer_netns_fd.
 * Both ends are left down.
 */
int veth_create(struct rtnl *rtnl, const struct veth_end *here, int peer_netns_fd,
                const struct veth_end *there, struct fault *f) MUST_CHECK;
int bridge_create(struct rtnl *rtnl, const char *name, int ifindex, struct fault *f) MUST_CHECK;
int link_enslave(struct rtnl *rtnl, int ifindex, int bridge_ifindex, struct fault *f) MUST_CHECK;
int link_up(struct rtnl *rtnl, int ifindex, struct fault *f) MUST_CHECK;
/* Without multicast IPv6 joins no group of routers, and reports none (MLD). */
int link_multicast_off(struct rtnl *rtnl, int ifindex, struct fault *f) MUST_CHECK;
int link_down(struct rtnl *rtnl, int ifindex, struct fault *f) MUST_CHECK;
int link_set_mtu(struct rtnl *rtnl, int ifindex, unsigned int mtu, struct fault *f) MUST_CHECK;

/* @cidr: "10.0.0.1/24" or "fd00::1/64" (then without duplicate detection). */
int addr_add(struct rtnl *rtnl, int ifindex, const char *cidr, struct fault *f) MUST_CHECK;

struct route {
	const char *dst; /* "10.0.0.0/24", "fd00::/64", "default" (of the family of via) */
	const char *via; /* NULL: on the link itself */
	const char *src; /* the source that it prefers; NULL: the kernel's choice */
	unsigned int mtu; /* of what is sent or forwarded by it, in bytes; 0: the link's */
	bool blackhole; /* what goes there is dropped, silently; without via */
	bool local; /* it is the host's own: for an address that must be heard at once */
};

/* Add @route, or put it in the place of the one to the same destination. */
int route_set(struct rtnl *rtnl, int ifindex, const struct route *route,
              struct fault *f) MUST_CHECK;
int neigh_add_permanent(struct rtnl *rtnl, int ifindex, const char *addr, const uint8_t mac[6],
                        struct fault *f) MUST_CHECK;

/*
 * Of the namespace the caller is in: turn every offload of @name off (GRO,
 * GSO, TSO, checksums both ways, by SIOCETHTOOL), so that a frame on the wire
 * is the segment that TCP made.
 */
int link_offloads_off(const char *name, struct fault *f) MUST_CHECK;

/*
 * Run the kernel's linkwatch for @name now (ETHTOOL_GLINK does), so that its
 * qdisc is attached and the first frame is not lost. Must be called on both
 * ends after both are up. IFF_RUNNING does not tell.
 */
int link_settle(const char *name, struct fault *f) MUST_CHECK;

#endif
