// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Theory of operation
 *
 * Nothing but what a probe sends is ever on the wire, with IPv6 too. A link that
 * comes up would make itself a link-local address, look for duplicates, solicit
 * routers and report the multicast groups it joined (MLD), once more a random time
 * later. So addr_gen_mode is none, and the hosts' IPv6 addresses are on lo, where
 * addrconf_join_solict() joins no group; routes lead out by the link. A router joins
 * the group of all routers on each link that knows multicast: its ports know none
 * before it becomes one (dev_forward_change()).
 */
#include "bench_net.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "../../netns/sysctl.h"

enum {
	LO_IFINDEX = 1,
	BRIDGE_IFINDEX = 10,
	IPV6_MTU_MIN = 1280, /* RFC 8200 section 5; addrconf_notify() */
};

/* Who has which address, one family. */
struct net_plan {
	const char *net[SIDE_COUNT]; /* the same twice: no router in between */
	const char *host[SIDE_COUNT], *router[SIDE_COUNT];
	const char *cidr[SIDE_COUNT], *router_cidr[SIDE_COUNT]; /* as they are assigned */
};

static const struct net_plan bridged_plans[] = {
	[FAMILY_IPV4] = {.net = {"10.0.0.0/24", "10.0.0.0/24"},
                         .host = {"10.0.0.1", "10.0.0.2"},
                         .router = {"10.0.0.254", "10.0.0.254"},
                         .cidr = {"10.0.0.1/24", "10.0.0.2/24"}},
	[FAMILY_IPV6] = {.net = {"fd00::/64", "fd00::/64"},
                         .host = {"fd00::1", "fd00::2"},
                         .router = {"fd00::fe", "fd00::fe"},
                         .cidr = {"fd00::1/128", "fd00::2/128"}},
};
static const struct net_plan routed_plans[] = {
	[FAMILY_IPV4] = {.net = {"10.0.0.0/24", "10.0.1.0/24"},
                         .host = {"10.0.0.1", "10.0.1.2"},
                         .router = {"10.0.0.254", "10.0.1.254"},
                         .cidr = {"10.0.0.1/24", "10.0.1.2/24"},
                         .router_cidr = {"10.0.0.254/24", "10.0.1.254/24"}},
	[FAMILY_IPV6] = {.net = {"fd00::/64", "fd00:0:0:1::/64"},
                         .host = {"fd00::1", "fd00:0:0:1::2"},
                         .router = {"fd00::fe", "fd00:0:0:1::fe"},
                         .cidr = {"fd00::1/128", "fd00:0:0:1::2/128"},
                         .router_cidr = {"fd00::fe/128", "fd00:0:0:1::fe/128"}},
};
static_assert(sizeof(bridged_plans) / sizeof(bridged_plans[0]) == FAMILY_COUNT &&
                      sizeof(routed_plans) / sizeof(routed_plans[0]) == FAMILY_COUNT,
              "a plan a family");

static const struct net_plan *plan_of(const struct bench *bench, enum family family)
{
	return &(bench->wire == BENCH_WIRE_ROUTED ? routed_plans : bridged_plans)[family];
}

/* IPv6's on lo, see above. */
static int addr_link(enum family family, int ifindex)
{
	return family == FAMILY_IPV6 ? LO_IFINDEX : ifindex;
}

/*
 * An IPv6 address is heard once its route is there, which addrconf_dad_work() sets, some time
 * after the request is done: a SYN that comes before is answered with "no route".
 */
static int address_hear(struct rtnl *rtnl, enum family family, const char *addr, struct fault *f)
{
	const struct route own = {.dst = addr, .local = true};

	return family == FAMILY_IPV6 ? route_set(rtnl, LO_IFINDEX, &own, f) : 0;
}

static int host_addrs_add(struct bench *bench, enum side side, enum family family, struct fault *f)
{
	const struct net_plan *plan = plan_of(bench, family);
	const struct route net = {.dst = plan->net[side], .src = plan->host[side]};
	int ifindex = addr_link(family, bench->ifindex[side]);
	struct rtnl *rtnl = bench->rtnl[side];
	int rc = addr_add(rtnl, ifindex, plan->cidr[side], f);

	if (!rc)
		rc = address_hear(rtnl, family, plan->host[side], f);
	if (!rc && family == FAMILY_IPV6) /* IPv4's came with the address */
		rc = route_set(rtnl, bench->ifindex[side], &net, f);
	return rc;
}

/* The way to the other host: at the far end of the link, or behind the router. */
static int host_peers_add(struct bench *bench, enum side side, enum family family, struct fault *f)
{
	const struct net_plan *plan = plan_of(bench, family);
	const struct route away = {
		.dst = "default", .via = plan->router[side], .src = plan->host[side]};
	enum side other = side_other(side);
	int ifindex = bench->ifindex[side];
	struct rtnl *rtnl = bench->rtnl[side];
	int rc;

	if (bench->wire == BENCH_WIRE_ROUTED) {
		rc = neigh_add_permanent(rtnl, ifindex, plan->router[side], bench->port_mac[side],
		                         f);
		return rc ? rc : route_set(rtnl, ifindex, &away, f);
	}
	return neigh_add_permanent(rtnl, ifindex, plan->host[other], bench->mac[other], f);
}

int bench_net_host(struct bench *bench, enum side side, struct fault *f)
{
	struct rtnl *rtnl = bench->rtnl[side];
	int rc = link_up(rtnl, LO_IFINDEX, f);

	if (!rc)
		rc = link_up(rtnl, bench->ifindex[side], f);
	for (int family = 0; !rc && family < FAMILY_COUNT; family++) {
		if (family == FAMILY_IPV6 && !bench->has_ipv6)
			continue;
		rc = host_addrs_add(bench, side, (enum family)family, f);
		if (!rc)
			rc = host_peers_add(bench, side, (enum family)family, f);
	}
	return rc;
}

/* The bridge goes up first: only then do its ports forward as they come up. */
static int bridge_make(struct bench *bench, struct fault *f)
{
	struct rtnl *rtnl = bench->rtnl[BENCH_WIRE];
	int rc = bridge_create(rtnl, "br0", BRIDGE_IFINDEX, f);

	if (!rc)
		rc = link_up(rtnl, BRIDGE_IFINDEX, f);
	for (int side = 0; !rc && side < SIDE_COUNT; side++)
		rc = link_enslave(rtnl, bench->port_ifindex[side], BRIDGE_IFINDEX, f);
	return rc;
}

static int ports_up(struct bench *bench, struct fault *f)
{
	int rc = 0;

	for (int side = 0; !rc && side < SIDE_COUNT; side++)
		rc = link_up(bench->rtnl[BENCH_WIRE], bench->port_ifindex[side], f);
	return rc;
}

static int router_side_add(struct bench *bench, enum side side, enum family family, struct fault *f)
{
	const struct net_plan *plan = plan_of(bench, family);
	const struct route net = {.dst = plan->net[side], .src = plan->router[side]};
	struct rtnl *rtnl = bench->rtnl[BENCH_WIRE];
	int ifindex = bench->port_ifindex[side];
	int rc = addr_add(rtnl, addr_link(family, ifindex), plan->router_cidr[side], f);

	if (!rc)
		rc = address_hear(rtnl, family, plan->router[side], f);
	if (!rc && family == FAMILY_IPV6)
		rc = route_set(rtnl, ifindex, &net, f);
	return rc ? rc : neigh_add_permanent(rtnl, ifindex, plan->host[side], bench->mac[side], f);
}

static int router_make(struct bench *bench, struct fault *f)
{
	struct rtnl *rtnl = bench->rtnl[BENCH_WIRE];
	int rc = link_up(rtnl, LO_IFINDEX, f);

	for (int side = 0; !rc && side < SIDE_COUNT; side++)
		rc = link_multicast_off(rtnl, bench->port_ifindex[side], f);
	if (!rc && bench->has_ipv6)
		rc = sysctl_write(bench->netns_fd[BENCH_WIRE], "net.ipv6.conf.all.forwarding", "1",
		                  f);
	if (!rc)
		rc = ports_up(bench, f);
	for (int side = 0; !rc && side < SIDE_COUNT; side++) {
		rc = router_side_add(bench, (enum side)side, FAMILY_IPV4, f);
		if (!rc && bench->has_ipv6)
			rc = router_side_add(bench, (enum side)side, FAMILY_IPV6, f);
	}
	return rc;
}

int bench_net_wire(struct bench *bench, struct fault *f)
{
	int rc = 0;

	switch (bench->wire) {
	case BENCH_WIRE_KERNEL:
		rc = bridge_make(bench, f);
		return rc ? rc : ports_up(bench, f);
	case BENCH_WIRE_HAND:
		return ports_up(bench, f);
	case BENCH_WIRE_ROUTED:
		return router_make(bench, f);
	}
	return fault_set(f, EINVAL, "make a wire of kind %d", bench->wire);
}

static struct endpoint endpoint_of(enum family family, const char *text)
{
	struct endpoint ep = {.family = family == FAMILY_IPV6 ? AF_INET6 : AF_INET};

	/* of our own tables: a test looks at each */
	(void)inet_pton(ep.family, text, ep.addr);
	return ep;
}

int bench_set_family(struct bench *bench, enum family family, struct fault *f)
{
	const struct net_plan *plan = plan_of(bench, family);

	if (family == FAMILY_IPV6 && !bench->has_ipv6)
		return fault_set(f, EAFNOSUPPORT, "needs IPv6 in the kernel");
	bench->family = family;
	for (int side = 0; side < SIDE_COUNT; side++) {
		bench->addr[side] = endpoint_of(family, plan->host[side]);
		bench->router[side] = endpoint_of(family, plan->router[side]);
	}
	return 0;
}

/* ---- more addresses of a host */

/* The last byte of the first of them: the client's from .11 on, the server's from .111 on. */
static const uint8_t more_base[SIDE_COUNT] = {[SIDE_CLIENT] = 10, [SIDE_SERVER] = 110};
static_assert(BENCH_ADDRESSES <= 100, "they do not reach each other's, nor the router's");

static uint8_t *last_byte(struct endpoint *ep)
{
	return &ep->addr[ep->family == AF_INET6 ? 15 : 3];
}

struct endpoint bench_address(const struct bench *bench, enum side side, unsigned int number)
{
	struct endpoint ep = bench->addr[side];

	if (number)
		*last_byte(&ep) = (uint8_t)(more_base[side] + number);
	return ep;
}

/* Who sends to @side's addresses: the other host, or the router. */
static int address_neighbour_add(struct bench *bench, enum side side, const char *addr,
                                 struct fault *f)
{
	const enum side near = side_other(side);

	if (bench->wire == BENCH_WIRE_ROUTED)
		return neigh_add_permanent(bench->rtnl[BENCH_WIRE], bench->port_ifindex[side], addr,
		                           bench->mac[side], f);
	return neigh_add_permanent(bench->rtnl[near], bench->ifindex[near], addr, bench->mac[side],
	                           f);
}

int bench_address_add(struct bench *bench, enum side side, unsigned int number, struct fault *f)
{
	const struct endpoint ep = bench_address(bench, side, number);
	const int ifindex = addr_link(bench->family, bench->ifindex[side]);
	char text[INET6_ADDRSTRLEN] = "", cidr[INET6_ADDRSTRLEN + 4];
	int rc;

	if (number >= BENCH_ADDRESSES)
		return fault_set(f, EINVAL, "find address number %u of the %s", number,
		                 side_name(side));
	if (!number || bench->has_address[bench->family][side][number])
		return 0;
	if (!inet_ntop(ep.family, ep.addr, text, sizeof(text)))
		return fault_set(f, errno, "tell an address");
	snprintf(cidr, sizeof(cidr), "%s/%d", text, ep.family == AF_INET6 ? 128 : 24);
	rc = addr_add(bench->rtnl[side], ifindex, cidr, f);
	if (!rc)
		rc = address_hear(bench->rtnl[side], bench->family, text, f);
	if (!rc)
		rc = address_neighbour_add(bench, side, text, f);
	bench->has_address[bench->family][side][number] = !rc;
	return rc;
}

bool bench_is_address(const struct bench *bench, enum side side, const struct endpoint *ep)
{
	struct endpoint same = bench_address(bench, side, 0);
	struct endpoint of = *ep;
	const unsigned int number = *last_byte(&of) - more_base[side];

	if (!memcmp(ep->addr, same.addr, sizeof(ep->addr)))
		return true;
	if (number >= BENCH_ADDRESSES || !bench->has_address[bench->family][side][number])
		return false;
	same = bench_address(bench, side, number);
	return !memcmp(ep->addr, same.addr, sizeof(ep->addr));
}

/* ---- the size of packets */

int bench_set_link_mtu(struct bench *bench, enum side side, unsigned int mtu, struct fault *f)
{
	int rc;

	if (bench->family == FAMILY_IPV6 && mtu < IPV6_MTU_MIN)
		return fault_set(f, EINVAL, "an MTU of %u: IPv6 leaves a link below %d", mtu,
		                 IPV6_MTU_MIN);
	if (bench->wire == BENCH_WIRE_HAND && mtu > BENCH_HAND_MTU_MAX)
		return fault_set(f, EOPNOTSUPP, "an MTU of %u by hand: ask for WIRE_KERNEL", mtu);
	rc = link_set_mtu(bench->rtnl[BENCH_WIRE], bench->port_ifindex[side], mtu, f);
	return rc ? rc : link_set_mtu(bench->rtnl[side], bench->ifindex[side], mtu, f);
}

int bench_strangers_add(struct bench *bench, enum side far, struct fault *f)
{
	const struct net_plan *plan = plan_of(bench, bench->family);
	const bool routed = bench->wire == BENCH_WIRE_ROUTED;
	const char *strangers =
		bench->family == FAMILY_IPV6 ? BENCH_STRANGERS_IPV6 : BENCH_STRANGERS_IPV4;
	const enum side near = side_other(far);
	const struct route away = {.dst = strangers,
	                           .via = routed ? plan->router[near] : plan->host[far]};
	const struct route onward = {.dst = strangers, .via = plan->host[far]};
	const struct route end = {.dst = strangers, .blackhole = true};
	int rc = route_set(bench->rtnl[near], bench->ifindex[near], &away, f);

	if (!rc && routed)
		rc = route_set(bench->rtnl[BENCH_WIRE], bench->port_ifindex[far], &onward, f);
	return rc ? rc : route_set(bench->rtnl[far], bench->ifindex[far], &end, f);
}

int bench_set_path_mtu(struct bench *bench, enum side to, unsigned int mtu, struct fault *f)
{
	const struct net_plan *plan = plan_of(bench, bench->family);
	const struct route net = {.dst = plan->net[to], .src = plan->router[to], .mtu = mtu};

	if (bench->wire != BENCH_WIRE_ROUTED)
		return fault_set(f, EOPNOTSUPP, "a path with an MTU of its own: needs a router");
	return route_set(bench->rtnl[BENCH_WIRE], bench->port_ifindex[to], &net, f);
}
