/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench: the namespaces of one run.
 *
 *    client ns             wire ns              server ns
 *    c0 10.0.0.1/24 ===== port c | port s ===== s0 10.0.0.2/24
 *       fd00::1/64                                 fd00::2/64
 *
 * With a router in the wire's namespace the server is in a net of its own:
 *
 *    c0 10.0.0.1/24 ===== 10.0.0.254   10.0.1.254 ===== s0 10.0.1.2/24
 *       fd00::1/64        fd00::fe  fd00:0:0:1::fe         fd00:0:0:1::2/64
 *
 * A host gets more addresses when they are asked for. Nothing here has a name outside: the
 * kernel removes it all when the process that holds the descriptors is gone. Faults
 * belong on the ports, never in a host's own namespace: there TCP would see an error
 * instead of a loss.
 */
#ifndef FINWAIT_STEP_BENCH_H
#define FINWAIT_STEP_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/fault.h"
#include "../../netns/link.h"
#include "../../netns/rule.h"
#include "../record/event.h"
#include "../record/record.h"

enum bench_ns {
	BENCH_CLIENT = SIDE_CLIENT,
	BENCH_SERVER = SIDE_SERVER,
	BENCH_WIRE,
	BENCH_NS_COUNT,
};

enum bench_wire {
	BENCH_WIRE_KERNEL, /* bridge br0 joins the ports; faults by nftables and netem */
	BENCH_WIRE_HAND, /* nothing does: the harness moves each frame by AF_PACKET */
	BENCH_WIRE_ROUTED, /* the wire's namespace forwards from one net to the other */
};

struct bench_config {
	enum bench_wire wire;
	unsigned int mtu; /* bytes; 0: 1500 */
	bool userns; /* enter a user namespace first: not root */
};

/* The ports of the wire, and the hosts' own links behind them. */
#define BENCH_PORT_CLIENT "c"
#define BENCH_PORT_SERVER "s"
#define BENCH_LINK_CLIENT "c0"
#define BENCH_LINK_SERVER "s0"

/* How many addresses a host may have, its own (number 0) among them. */
#define BENCH_ADDRESSES 100

/* More than this a tap does not hold, and the hand moves what a tap holds. */
#define BENCH_HAND_MTU_MAX 2034

struct bench {
	enum bench_wire wire;
	int netns_fd[BENCH_NS_COUNT];
	uint32_t netns_inum[BENCH_NS_COUNT]; /* net->ns.inum to eBPF */
	struct rtnl *rtnl[BENCH_NS_COUNT];
	bool has_ipv6; /* the kernel has it; both families are always set up then */
	enum family family; /* of this run, with its addresses, port 0: */
	struct endpoint addr[SIDE_COUNT]; /* the hosts' */
	bool has_address[FAMILY_COUNT][SIDE_COUNT][BENCH_ADDRESSES]; /* beside that */
	struct endpoint router[SIDE_COUNT]; /* the router's towards each; nobody's on a bridge */
	uint8_t mac[SIDE_COUNT][6]; /* the hosts' links */
	uint8_t port_mac[SIDE_COUNT][6];
	int ifindex[SIDE_COUNT]; /* the same, in their own namespaces */
	int port_ifindex[SIDE_COUNT];
	struct settings baseline; /* the sysctls that were set, the same in both hosts */
	struct ruleset *rules; /* use bench_ruleset() */
};

/*
 * Build a bench. The caller, single-threaded, is left in the wire's namespace
 * (where a socket opened by mistake reaches nothing) and, if so configured, in
 * a user namespace of its own for good. On failure nothing is left open.
 */
int bench_create(struct bench *bench, const struct bench_config *config,
                 struct fault *f) MUST_CHECK;

/*
 * Which family the run speaks (IPv4 until told): its addresses are in @bench then.
 * -EAFNOSUPPORT: the kernel has no IPv6.
 */
int bench_set_family(struct bench *bench, enum family family, struct fault *f) MUST_CHECK;

/* Safe on a bench that bench_create() could not build. */
void bench_close(struct bench *bench);

int bench_enter(const struct bench *bench, enum bench_ns ns, struct fault *f) MUST_CHECK;

/* The wire's ruleset, opened on first use (and closed with the bench); NULL with the fault filled. */
struct ruleset *bench_ruleset(struct bench *bench, struct fault *f) MUST_CHECK;

/* Addresses of nobody: RFC 2544 and RFC 3849. They are looked for behind @far, see below. */
#define BENCH_STRANGERS_IPV4 "198.18.0.0/15"
#define BENCH_STRANGERS_IPV6 "2001:db8::/32"

/*
 * What the other host sends to a stranger goes over the wire to @far, who drops it
 * silently: a place to claim packets from whose answers are seen and heard by nobody.
 */
int bench_strangers_add(struct bench *bench, enum side far, struct fault *f) MUST_CHECK;

/* Address number @number of @side, with port 0; 0: its own. */
struct endpoint bench_address(const struct bench *bench, enum side side, unsigned int number);
/* Make that one its address, where it is not yet: the other host, or the router, knows it too. */
int bench_address_add(struct bench *bench, enum side side, unsigned int number,
                      struct fault *f) MUST_CHECK;
/* Whether @side has the address of @ep, whatever its port. */
bool bench_is_address(const struct bench *bench, enum side side, const struct endpoint *ep);

/* @side's own link, at both its ends, takes packets of at most @mtu bytes from now on. */
int bench_set_link_mtu(struct bench *bench, enum side side, unsigned int mtu,
                       struct fault *f) MUST_CHECK;
/* The router sends on towards @to what has at most @mtu bytes; BENCH_WIRE_ROUTED alone. */
int bench_set_path_mtu(struct bench *bench, enum side to, unsigned int mtu,
                       struct fault *f) MUST_CHECK;

/*
 * Add to @sysctls what is in force at @host now: all of net.ipv4.tcp_*, the
 * baseline's, net.ipv4.ip_local_port_range and net.core.somaxconn.
 */
int bench_sysctls_read(const struct bench *bench, enum bench_ns host, struct settings *sysctls,
                       struct fault *f) MUST_CHECK;

#endif
