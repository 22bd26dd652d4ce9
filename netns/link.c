// SPDX-License-Identifier: GPL-2.0-or-later
#include "link.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/link/veth.h>
#include <netlink/route/neighbour.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>

#include "rtnl.h"

static int nle_fault(struct fault *f, int nle, const char *what)
{
	return fault_set_ext(f, rtnl_nle_errno(nle), nl_geterror(nle), "%s", what);
}

/* Parse @text; the caller puts the address back. */
static int addr_parse(const char *text, int family, struct nl_addr **addr, struct fault *f)
{
	int nle = nl_addr_parse(text, family, addr);

	if (nle < 0)
		return fault_set_ext(f, EINVAL, nl_geterror(nle), "parse address \"%s\"", text);
	return 0;
}

/* An RTM_NEWLINK for an existing link, to be completed by the caller. */
static struct nl_msg *link_msg(int nlmsg_flags, const struct ifinfomsg *ifi)
{
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_NEWLINK, nlmsg_flags);

	if (msg && nlmsg_append(msg, (void *)(uintptr_t)ifi, sizeof(*ifi), NLMSG_ALIGNTO) < 0) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return msg;
}

/* @msg with one attribute more, or NULL (and @msg freed) without memory. */
static struct nl_msg *link_msg_u32(struct nl_msg *msg, int attr, uint32_t value)
{
	if (msg && nla_put_u32(msg, attr, value) < 0) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return msg;
}

static int veth_end_fill(struct rtnl_link *link, const struct veth_end *end)
{
	struct nl_addr *mac = nl_addr_build(AF_LLC, end->mac, sizeof(end->mac));

	if (!mac)
		return -NLE_NOMEM;
	rtnl_link_set_name(link, end->name);
	rtnl_link_set_ifindex(link, end->ifindex);
	rtnl_link_set_addr(link, mac);
	nl_addr_put(mac);
	/*
	 * One queue each way. Left to itself veth makes one for each processor
	 * and takes all but one down again, which waits for RCU.
	 */
	rtnl_link_set_num_tx_queues(link, 1);
	rtnl_link_set_num_rx_queues(link, 1);
	if (end->mtu)
		rtnl_link_set_mtu(link, end->mtu);
	return 0;
}

static int veth_msg(const struct veth_end *here, int peer_netns_fd, const struct veth_end *there,
                    struct nl_msg **msg)
{
	struct rtnl_link *link = rtnl_link_veth_alloc();
	struct rtnl_link *peer = link ? rtnl_link_veth_get_peer(link) : NULL;
	int nle = -NLE_NOMEM;

	if (peer) {
		nle = veth_end_fill(link, here);
		if (nle >= 0)
			nle = veth_end_fill(peer, there);
		rtnl_link_set_ns_fd(peer, peer_netns_fd);
		if (nle >= 0)
			nle = rtnl_link_build_add_request(link, NLM_F_CREATE | NLM_F_EXCL, msg);
		rtnl_link_put(peer);
	}
	if (link)
		rtnl_link_veth_release(link);
	return nle;
}

int veth_create(struct rtnl *rtnl, const struct veth_end *here, int peer_netns_fd,
                const struct veth_end *there, struct fault *f)
{
	struct nl_msg *msg;
	int nle = veth_msg(here, peer_netns_fd, there, &msg);

	if (nle < 0)
		return nle_fault(f, nle, "build a request for a veth");
	return rtnl_talk(rtnl, msg, f, "create veth %s - %s", here->name, there->name);
}

/*
 * No spanning tree, hence no forward delay, and no multicast snooping, hence
 * no queries: the bridge itself never sends anything.
 */
static int bridge_attrs(struct nl_msg *msg, const char *name)
{
	struct nlattr *info, *data;

	if (nla_put_string(msg, IFLA_IFNAME, name) < 0)
		return -1;
	info = nla_nest_start(msg, IFLA_LINKINFO);
	if (!info || nla_put_string(msg, IFLA_INFO_KIND, "bridge") < 0)
		return -1;
	data = nla_nest_start(msg, IFLA_INFO_DATA);
	if (!data || nla_put_u32(msg, IFLA_BR_STP_STATE, 0) < 0 ||
	    nla_put_u8(msg, IFLA_BR_MCAST_SNOOPING, 0) < 0)
		return -1;
	nla_nest_end(msg, data);
	nla_nest_end(msg, info);
	return 0;
}

int bridge_create(struct rtnl *rtnl, const char *name, int ifindex, struct fault *f)
{
	struct ifinfomsg ifi = {.ifi_index = ifindex};
	struct nl_msg *msg = link_msg(NLM_F_CREATE | NLM_F_EXCL, &ifi);

	if (msg && bridge_attrs(msg, name)) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return rtnl_talk(rtnl, msg, f, "create bridge %s", name);
}

int link_enslave(struct rtnl *rtnl, int ifindex, int bridge_ifindex, struct fault *f)
{
	struct ifinfomsg ifi = {.ifi_index = ifindex};
	struct nl_msg *msg = link_msg_u32(link_msg(0, &ifi), IFLA_MASTER, bridge_ifindex);

	return rtnl_talk(rtnl, msg, f, "enslave link %d to bridge %d", ifindex, bridge_ifindex);
}

int link_up(struct rtnl *rtnl, int ifindex, struct fault *f)
{
	struct ifinfomsg ifi = {.ifi_index = ifindex, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};

	return rtnl_talk(rtnl, link_msg(0, &ifi), f, "set link %d up", ifindex);
}

int link_multicast_off(struct rtnl *rtnl, int ifindex, struct fault *f)
{
	struct ifinfomsg ifi = {.ifi_index = ifindex, .ifi_change = IFF_MULTICAST};

	return rtnl_talk(rtnl, link_msg(0, &ifi), f, "switch multicast off on link %d", ifindex);
}

int link_down(struct rtnl *rtnl, int ifindex, struct fault *f)
{
	struct ifinfomsg ifi = {.ifi_index = ifindex, .ifi_change = IFF_UP};

	return rtnl_talk(rtnl, link_msg(0, &ifi), f, "set link %d down", ifindex);
}

int link_set_mtu(struct rtnl *rtnl, int ifindex, unsigned int mtu, struct fault *f)
{
	struct ifinfomsg ifi = {.ifi_index = ifindex};

	return rtnl_talk(rtnl, link_msg_u32(link_msg(0, &ifi), IFLA_MTU, mtu), f,
	                 "set mtu %u on link %d", mtu, ifindex);
}

int addr_add(struct rtnl *rtnl, int ifindex, const char *cidr, struct fault *f)
{
	struct rtnl_addr *addr = rtnl_addr_alloc();
	struct nl_addr *local = NULL;
	struct nl_msg *msg;
	int nle, rc;

	if (!addr)
		return fault_set(f, ENOMEM, "add address %s", cidr);
	rc = addr_parse(cidr, AF_UNSPEC, &local, f);
	if (rc)
		goto out;
	rtnl_addr_set_ifindex(addr, ifindex);
	nle = rtnl_addr_set_local(addr, local);
	if (nle >= 0 && nl_addr_get_family(local) == AF_INET6)
		rtnl_addr_set_flags(addr, IFA_F_NODAD);
	if (nle >= 0)
		nle = rtnl_addr_build_add_request(addr, NLM_F_EXCL, &msg);
	if (nle < 0)
		rc = nle_fault(f, nle, "build a request for an address");
	else
		rc = rtnl_talk(rtnl, msg, f, "add address %s to link %d", cidr, ifindex);
out:
	nl_addr_put(local);
	rtnl_addr_put(addr);
	return rc;
}

struct route_addrs {
	struct nl_addr *dst, *via, *src; /* NULL: not given */
};

static int route_addrs_parse(const struct route *route, struct route_addrs *addrs, struct fault *f)
{
	int family = AF_UNSPEC, rc = 0;

	if (route->via)
		rc = addr_parse(route->via, AF_UNSPEC, &addrs->via, f);
	if (!rc && addrs->via) /* the gateway tells which family "default" is of */
		family = nl_addr_get_family(addrs->via);
	if (!rc)
		rc = addr_parse(route->dst, family, &addrs->dst, f);
	if (!rc && route->src)
		rc = addr_parse(route->src, family, &addrs->src, f);
	return rc;
}

static uint8_t route_scope(const struct route *route)
{
	if (route->local)
		return RT_SCOPE_HOST;
	return route->via || route->blackhole ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
}

static int route_fill(struct rtnl_route *filled, const struct route *route,
                      const struct route_addrs *addrs)
{
	int nle = rtnl_route_set_dst(filled, addrs->dst);

	rtnl_route_set_scope(filled, route_scope(route));
	rtnl_route_set_table(filled, route->local ? RT_TABLE_LOCAL : RT_TABLE_MAIN);
	rtnl_route_set_protocol(filled, RTPROT_STATIC);
	if (nle >= 0 && route->blackhole)
		nle = rtnl_route_set_type(filled, RTN_BLACKHOLE);
	if (nle >= 0 && route->local)
		nle = rtnl_route_set_type(filled, RTN_LOCAL);
	if (nle >= 0 && addrs->src)
		nle = rtnl_route_set_pref_src(filled, addrs->src);
	if (nle >= 0 && route->mtu)
		nle = rtnl_route_set_metric(filled, RTAX_MTU, route->mtu);
	return nle;
}

static int route_hop_add(struct rtnl_route *filled, int ifindex, struct nl_addr *via)
{
	struct rtnl_nexthop *hop = rtnl_route_nh_alloc();

	if (!hop)
		return -NLE_NOMEM;
	rtnl_route_nh_set_ifindex(hop, ifindex);
	if (via)
		rtnl_route_nh_set_gateway(hop, via);
	rtnl_route_add_nexthop(filled, hop); /* the route owns it now */
	return 0;
}

static int route_msg(int ifindex, const struct route *route, const struct route_addrs *addrs,
                     struct nl_msg **msg)
{
	struct rtnl_route *filled = rtnl_route_alloc();
	int nle = filled ? 0 : -NLE_NOMEM;

	if (!nle && !route->blackhole)
		nle = route_hop_add(filled, ifindex, addrs->via);
	if (nle >= 0)
		nle = route_fill(filled, route, addrs);
	if (nle >= 0)
		nle = rtnl_route_build_add_request(filled, NLM_F_CREATE | NLM_F_REPLACE, msg);
	rtnl_route_put(filled);
	return nle;
}

int route_set(struct rtnl *rtnl, int ifindex, const struct route *route, struct fault *f)
{
	struct route_addrs addrs = {0};
	struct nl_msg *msg;
	int rc = route_addrs_parse(route, &addrs, f);
	int nle = rc ? 0 : route_msg(ifindex, route, &addrs, &msg);

	if (nle < 0)
		rc = nle_fault(f, nle, "build a request for a route");
	else if (!rc)
		rc = rtnl_talk(rtnl, msg, f, "set route %s via %s on link %d", route->dst,
		               route->via ? route->via : "the link", ifindex);
	nl_addr_put(addrs.dst);
	nl_addr_put(addrs.via);
	nl_addr_put(addrs.src);
	return rc;
}

static int neigh_msg(int ifindex, struct nl_addr *dst, const uint8_t mac[6], struct nl_msg **msg)
{
	struct nl_addr *lladdr = nl_addr_build(AF_LLC, mac, 6);
	struct rtnl_neigh *neigh = rtnl_neigh_alloc();
	int nle = -NLE_NOMEM;

	if (lladdr && neigh) {
		rtnl_neigh_set_ifindex(neigh, ifindex);
		rtnl_neigh_set_state(neigh, NUD_PERMANENT);
		rtnl_neigh_set_lladdr(neigh, lladdr);
		nle = rtnl_neigh_set_dst(neigh, dst);
		if (nle >= 0)
			nle = rtnl_neigh_build_add_request(neigh, NLM_F_CREATE | NLM_F_REPLACE,
			                                   msg);
	}
	rtnl_neigh_put(neigh);
	nl_addr_put(lladdr);
	return nle;
}

int neigh_add_permanent(struct rtnl *rtnl, int ifindex, const char *addr, const uint8_t mac[6],
                        struct fault *f)
{
	struct nl_addr *dst;
	struct nl_msg *msg;
	int rc = addr_parse(addr, AF_UNSPEC, &dst, f);

	if (rc)
		return rc;
	rc = neigh_msg(ifindex, dst, mac, &msg);
	nl_addr_put(dst);
	if (rc < 0)
		return nle_fault(f, rc, "build a request for a neighbour");
	return rtnl_talk(rtnl, msg, f, "add neighbour %s on link %d", addr, ifindex);
}
