// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Theory of operation
 *
 * The wire's namespace is made first, because a namespace takes the size of
 * its TCP hash from the one its maker is in: a host with a hash of its own is
 * dumped by sock_diag in microseconds, whatever else the machine does.
 *
 * The first segment must not be lost. A link that is up may still have no
 * qdisc, and a bridge port may still be blocked, until the kernel's linkwatch
 * has run; link_settle() makes it run now. Neighbours are permanent, so no ARP
 * and no neighbour solicitation comes first.
 */
#include "bench.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../netns/netns.h"
#include "../../netns/sysctl.h"
#include "bench_net.h"

static_assert((int)BENCH_CLIENT == (int)SIDE_CLIENT && (int)BENCH_SERVER == (int)SIDE_SERVER,
              "a host's namespace goes by its side");

#define EHASH_ENTRIES "1024" /* buckets of 8 bytes; dumps walk them all */

static const struct bench bench_plan = {
	.netns_fd = {-1, -1, -1},
	.mac =
		{
			[SIDE_CLIENT] = {0x02, 0, 0, 0, 0, 0x01},
			[SIDE_SERVER] = {0x02, 0, 0, 0, 0, 0x02},
		},
	.port_mac =
		{
			[SIDE_CLIENT] = {0x02, 0, 0, 0, 0, 0x0c},
			[SIDE_SERVER] = {0x02, 0, 0, 0, 0, 0x05},
		},
	.ifindex = {[SIDE_CLIENT] = 21, [SIDE_SERVER] = 22},
	.port_ifindex = {[SIDE_CLIENT] = 11, [SIDE_SERVER] = 12},
};

static const struct {
	const char *link, *port;
} links[] = {
	[SIDE_CLIENT] = {BENCH_LINK_CLIENT, BENCH_PORT_CLIENT},
	[SIDE_SERVER] = {BENCH_LINK_SERVER, BENCH_PORT_SERVER},
};
static_assert(sizeof(links) / sizeof(links[0]) == SIDE_COUNT, "a row a side");

/* The kernel scales its own defaults with memory: set, runs compare between machines. */
static const struct {
	const char *name, *value;
} baseline[] = {
	{"net.ipv4.tcp_no_metrics_save", "1"},
	{"net.ipv4.tcp_rmem", "4096 131072 6291456"},
	{"net.ipv4.tcp_wmem", "4096 16384 4194304"},
	{"net.ipv4.icmp_ratelimit", "0"},
	/* Else a machine's default (bbr, dctcp) would decide; every kernel has this one. */
	{"net.ipv4.tcp_congestion_control", "reno"},
};

/*
 * The kernel derives these from the size of the hash. The hosts' small hashes
 * are finwait's doing and not to be felt: give them what the wire's namespace
 * has, which shares the machine's hash.
 */
static const char *const limits[] = {
	"net.ipv4.tcp_max_tw_buckets",
	"net.ipv4.tcp_max_syn_backlog",
};

enum {
	BASELINE_COUNT = sizeof(baseline) / sizeof(baseline[0]),
	LIMIT_COUNT = sizeof(limits) / sizeof(limits[0]),
};

/* "all" sets "default" as well, for the links to come. */
#define IPV6_OFF "net.ipv6.conf.all.disable_ipv6"

static const struct sysctl_value wire_sysctls[] = {
	{IPV6_OFF, "1", .optional = true},
	{"net.ipv4.tcp_child_ehash_entries", EHASH_ENTRIES, .optional = true},
	/* br_netfilter, where loaded, drops what IP would: a wire does not. */
	{"net.bridge.bridge-nf-call-iptables", "0", .optional = true},
	{"net.bridge.bridge-nf-call-ip6tables", "0", .optional = true},
};

/* The router answers each packet that it cannot send on. */
static const struct sysctl_value router_sysctls[] = {
	{"net.ipv4.tcp_child_ehash_entries", EHASH_ENTRIES, .optional = true},
	{IPV6_OFF, "0", .optional = true},
	{"net.ipv6.conf.default.addr_gen_mode", "1", .optional = true},
	{"net.ipv6.icmp.ratelimit", "0", .optional = true},
	{"net.ipv4.ip_forward", "1"},
	{"net.ipv4.icmp_ratelimit", "0"},
	{"net.ipv4.icmp_msgs_per_sec", "1000000", .optional = true},
	{"net.ipv4.icmp_msgs_burst", "1000000", .optional = true},
};

/* A namespace begins with what the host's own has for IPv4: a router, on many. */
static const struct sysctl_value host_sysctls[] = {
	{IPV6_OFF, "0", .optional = true},
	{"net.ipv6.conf.default.addr_gen_mode", "1", .optional = true},
	{"net.ipv6.icmp.ratelimit", "0", .optional = true},
	{"net.ipv4.ip_forward", "0"},
};
enum { HOST_SYSCTL_COUNT = sizeof(host_sysctls) / sizeof(host_sysctls[0]) };

/* What the hosts will be given, with the limits of the wire's namespace. */
static int baseline_note(struct bench *bench, struct fault *f)
{
	char value[64];
	int rc = 0;

	for (size_t i = 0; !rc && i < BASELINE_COUNT; i++)
		rc = settings_put(&bench->baseline, baseline[i].name, baseline[i].value);
	for (size_t i = 0; !rc && i < LIMIT_COUNT; i++) {
		rc = sysctl_read(bench->netns_fd[BENCH_WIRE], limits[i], value, sizeof(value), f);
		if (rc)
			return rc;
		rc = settings_put(&bench->baseline, limits[i], value);
	}
	return rc ? fault_set(f, ENOMEM, "note the baseline") : 0;
}

static int host_sysctls_set(struct bench *bench, int netns_fd, struct fault *f)
{
	struct sysctl_value values[HOST_SYSCTL_COUNT + BASELINE_COUNT + LIMIT_COUNT];
	size_t count = HOST_SYSCTL_COUNT;

	memcpy(values, host_sysctls, sizeof(host_sysctls));
	for (size_t i = 0; i < bench->baseline.count; i++)
		values[count++] = (struct sysctl_value){.name = bench->baseline.items[i].name,
		                                        .value = bench->baseline.items[i].value};
	return sysctl_write_all(netns_fd, values, count, f);
}

/* A namespace, its descriptor and number; the caller is in it afterwards. */
static int ns_make(struct bench *bench, enum bench_ns ns, struct fault *f)
{
	int fd = netns_create(f);
	int rc;

	if (fd < 0)
		return fd;
	bench->netns_fd[ns] = fd;
	rc = netns_inum(fd, &bench->netns_inum[ns], f);
	if (rc)
		return rc;
	bench->rtnl[ns] = rtnl_open(fd, f);
	return bench->rtnl[ns] ? 0 : -f->err;
}

static int wire_sysctls_set(const struct bench *bench, struct fault *f)
{
	int netns_fd = bench->netns_fd[BENCH_WIRE];

	if (bench->wire == BENCH_WIRE_ROUTED)
		return sysctl_write_all(netns_fd, router_sysctls,
		                        sizeof(router_sysctls) / sizeof(router_sysctls[0]), f);
	return sysctl_write_all(netns_fd, wire_sysctls,
	                        sizeof(wire_sysctls) / sizeof(wire_sysctls[0]), f);
}

static int wire_ns_make(struct bench *bench, struct fault *f)
{
	int rc = ns_make(bench, BENCH_WIRE, f);

	if (!rc)
		rc = wire_sysctls_set(bench, f);
	bench->has_ipv6 = !rc && sysctl_exists(bench->netns_fd[BENCH_WIRE], IPV6_OFF);
	return rc ? rc : baseline_note(bench, f);
}

/* Called in the wire's namespace, and back there afterwards. */
static int host_ns_make(struct bench *bench, enum bench_ns host, struct fault *f)
{
	int rc = ns_make(bench, host, f);

	if (!rc)
		rc = host_sysctls_set(bench, bench->netns_fd[host], f);
	return rc ? rc : bench_enter(bench, BENCH_WIRE, f);
}

static int namespaces_make(struct bench *bench, struct fault *f)
{
	int rc = wire_ns_make(bench, f);

	if (!rc)
		rc = host_ns_make(bench, BENCH_CLIENT, f);
	return rc ? rc : host_ns_make(bench, BENCH_SERVER, f);
}

static int cable_make(struct bench *bench, enum side side, unsigned int mtu, struct fault *f)
{
	struct veth_end port = {links[side].port, bench->port_ifindex[side], .mtu = mtu};
	struct veth_end host = {links[side].link, bench->ifindex[side], .mtu = mtu};

	memcpy(port.mac, bench->port_mac[side], sizeof(port.mac));
	memcpy(host.mac, bench->mac[side], sizeof(host.mac));
	return veth_create(bench->rtnl[BENCH_WIRE], &port, bench->netns_fd[side], &host, f);
}

typedef int (*link_fn)(const char *name, struct fault *f);

/* Both ports and both hosts' links, each in its own namespace. */
static int links_each(struct bench *bench, link_fn each, struct fault *f)
{
	int rc = 0;

	for (int side = 0; !rc && side < SIDE_COUNT; side++) {
		rc = bench_enter(bench, (enum bench_ns)side, f);
		if (!rc)
			rc = each(links[side].link, f);
	}
	if (!rc)
		rc = bench_enter(bench, BENCH_WIRE, f);
	for (int side = 0; !rc && side < SIDE_COUNT; side++)
		rc = each(links[side].port, f);
	return rc;
}

static int bench_build(struct bench *bench, const struct bench_config *config, struct fault *f)
{
	int rc = config->userns ? userns_enter(f) : 0;

	if (!rc)
		rc = namespaces_make(bench, f);
	for (int side = 0; !rc && side < SIDE_COUNT; side++)
		rc = cable_make(bench, (enum side)side, config->mtu, f);
	if (!rc)
		rc = links_each(bench, link_offloads_off, f);
	for (int side = 0; !rc && side < SIDE_COUNT; side++)
		rc = bench_net_host(bench, (enum side)side, f);
	if (!rc)
		rc = bench_net_wire(bench, f);
	if (!rc)
		rc = links_each(bench, link_settle, f);
	return rc;
}

int bench_create(struct bench *bench, const struct bench_config *config, struct fault *f)
{
	struct fault own;
	int rc;

	*bench = bench_plan;
	bench->wire = config->wire;
	rc = bench_build(bench, config, f ? f : &own);
	if (!rc)
		rc = bench_set_family(bench, FAMILY_IPV4, f);
	if (rc)
		bench_close(bench);
	return rc;
}

void bench_close(struct bench *bench)
{
	ruleset_close(bench->rules);
	bench->rules = NULL;
	settings_clear(&bench->baseline);
	for (int ns = 0; ns < BENCH_NS_COUNT; ns++) {
		rtnl_close(bench->rtnl[ns]);
		bench->rtnl[ns] = NULL;
		if (bench->netns_fd[ns] >= 0)
			close(bench->netns_fd[ns]);
		bench->netns_fd[ns] = -1;
	}
}

int bench_enter(const struct bench *bench, enum bench_ns ns, struct fault *f)
{
	return netns_enter(bench->netns_fd[ns], f);
}

struct ruleset *bench_ruleset(struct bench *bench, struct fault *f)
{
	if (!bench->rules)
		bench->rules = ruleset_open(bench->netns_fd[BENCH_WIRE], f);
	return bench->rules;
}

struct read_note {
	struct settings *sysctls;
	bool failed;
};

static void note_sysctl(const char *name, const char *value, void *arg)
{
	struct read_note *note = arg;

	if (settings_put(note->sysctls, name, value))
		note->failed = true;
}

static int note_one(int netns_fd, const char *name, struct read_note *note, struct fault *f)
{
	char value[256];
	int rc = sysctl_read(netns_fd, name, value, sizeof(value), f);

	if (!rc)
		note_sysctl(name, value, note);
	return rc;
}

int bench_sysctls_read(const struct bench *bench, enum bench_ns host, struct settings *sysctls,
                       struct fault *f)
{
	static const char *const others[] = {
		"net.ipv4.icmp_ratelimit",
		"net.ipv4.ip_local_port_range",
		"net.core.somaxconn",
	};
	struct read_note note = {.sysctls = sysctls};
	int netns_fd = bench->netns_fd[host];
	int rc;

	rc = sysctl_each(netns_fd, "net.ipv4", "tcp_", note_sysctl, &note, f);
	for (size_t i = 0; !rc && i < sizeof(others) / sizeof(others[0]); i++)
		rc = note_one(netns_fd, others[i], &note, f);
	if (!rc && note.failed)
		rc = fault_set(f, ENOMEM, "note the sysctls in force");
	return rc;
}
