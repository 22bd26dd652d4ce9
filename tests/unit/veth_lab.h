/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * veth_lab: two namespaces and a veth between them, for the tests that ask the
 * running kernel. Nobody is at 10.99.0.9, though both sides have its MAC: what is
 * sent there is not answered.
 */
#ifndef FINWAIT_TESTS_VETH_LAB_H
#define FINWAIT_TESTS_VETH_LAB_H

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../harness/record/event.h"
#include "../../netns/link.h"
#include "../../netns/netns.h"

#define LAB_CLIENT "10.99.0.1"
#define LAB_SERVER "10.99.0.2"
#define LAB_NOBODY "10.99.0.9"

enum { LAB_CLIENT_IFINDEX = 21, LAB_SERVER_IFINDEX = 22 };

static const uint8_t lab_client_mac[6] = {2, 0, 0, 0, 0, 1};
static const uint8_t lab_server_mac[6] = {2, 0, 0, 0, 0, 2};
static const uint8_t lab_nobody_mac[6] = {2, 0, 0, 0, 0, 9};

struct lab {
	int client_fd, server_fd; /* the namespaces */
	char why_not[256]; /* not "": this machine does not let us */
};

static int lab_end_setup(int netns_fd, const char *ifname, int ifindex, const char *cidr,
                         const char *peer, const uint8_t peer_mac[6], struct fault *f)
{
	struct rtnl *rtnl = rtnl_open(netns_fd, f);
	int ret;

	if (rtnl == NULL)
		return -f->err;
	ret = link_up(rtnl, 1, f); /* lo */
	if (ret == 0)
		ret = addr_add(rtnl, ifindex, cidr, f);
	if (ret == 0)
		ret = link_up(rtnl, ifindex, f);
	if (ret == 0)
		ret = neigh_add_permanent(rtnl, ifindex, peer, peer_mac, f);
	if (ret == 0)
		ret = neigh_add_permanent(rtnl, ifindex, LAB_NOBODY, lab_nobody_mac, f);
	rtnl_close(rtnl);
	if (ret == 0)
		ret = netns_enter(netns_fd, f);
	return ret != 0 ? ret : link_offloads_off(ifname, f);
}

static int lab_veth_create(const struct lab *lab, struct fault *f)
{
	const struct veth_end here = {
		.name = "c0", .ifindex = LAB_CLIENT_IFINDEX, .mac = {2, 0, 0, 0, 0, 1}};
	const struct veth_end there = {
		.name = "s0", .ifindex = LAB_SERVER_IFINDEX, .mac = {2, 0, 0, 0, 0, 2}};
	struct rtnl *rtnl = rtnl_open(lab->client_fd, f);
	int ret;

	if (rtnl == NULL)
		return -f->err;
	ret = veth_create(rtnl, &here, lab->server_fd, &there, f);
	rtnl_close(rtnl);
	return ret;
}

static int lab_settle(const struct lab *lab, struct fault *f)
{
	int ret = netns_enter(lab->server_fd, f);

	if (ret == 0)
		ret = link_settle("s0", f);
	if (ret == 0)
		ret = netns_enter(lab->client_fd, f);
	return ret != 0 ? ret : link_settle("c0", f);
}

static int lab_setup(struct lab *lab, struct fault *f)
{
	int ret;

	if (geteuid() != 0) {
		ret = userns_enter(f);
		if (ret != 0)
			return ret;
	}
	lab->client_fd = netns_create(f);
	if (lab->client_fd < 0)
		return lab->client_fd;
	lab->server_fd = netns_create(f);
	if (lab->server_fd < 0)
		return lab->server_fd;
	ret = lab_veth_create(lab, f);
	if (ret == 0)
		ret = lab_end_setup(lab->client_fd, "c0", LAB_CLIENT_IFINDEX, LAB_CLIENT "/24",
		                    LAB_SERVER, lab_server_mac, f);
	if (ret == 0)
		ret = lab_end_setup(lab->server_fd, "s0", LAB_SERVER_IFINDEX, LAB_SERVER "/24",
		                    LAB_CLIENT, lab_client_mac, f);
	return ret != 0 ? ret : lab_settle(lab, f);
}

/* Leaves the caller in the client's namespace. */
static void lab_open(struct lab *lab)
{
	struct fault f = {0};

	*lab = (struct lab){.client_fd = -1, .server_fd = -1};
	if (lab_setup(lab, &f) != 0)
		(void)fault_text(&f, lab->why_not, sizeof(lab->why_not));
}

static struct endpoint lab_endpoint(const char *addr, uint16_t port)
{
	struct endpoint ep = {.port = port};

	ep.family = strchr(addr, ':') != NULL ? AF_INET6 : AF_INET;
	if (inet_pton(ep.family, addr, ep.addr) != 1)
		ep.family = 0;
	return ep;
}

static uint16_t lab_checksum(const uint8_t *data, size_t length, uint32_t sum)
{
	for (size_t i = 0; i + 1 < length; i += 2)
		sum += (uint32_t)(data[i] << 8 | data[i + 1]);
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

enum { LAB_SYN_SIZE = 14 + 20 + 20 };

/* A bare SYN as an Ethernet frame; AF_PACKET fills no checksum in. */
static void lab_syn_make(uint8_t frame[LAB_SYN_SIZE], const uint8_t from_mac[6],
                         const uint8_t to_mac[6], const struct endpoint *src,
                         const struct endpoint *dst)
{
	uint8_t *ip = frame + 14, *tcp = ip + 20;
	uint16_t sum;
	uint32_t pseudo = IPPROTO_TCP + 20;

	memset(frame, 0, LAB_SYN_SIZE);
	memcpy(frame, to_mac, 6);
	memcpy(frame + 6, from_mac, 6);
	frame[12] = 0x08;
	ip[0] = 0x45;
	ip[3] = 40;
	ip[8] = 64;
	ip[9] = IPPROTO_TCP;
	memcpy(ip + 12, src->addr, 4);
	memcpy(ip + 16, dst->addr, 4);
	sum = htons(lab_checksum(ip, 20, 0));
	memcpy(ip + 10, &sum, 2);
	tcp[0] = (uint8_t)(src->port >> 8);
	tcp[1] = (uint8_t)src->port;
	tcp[2] = (uint8_t)(dst->port >> 8);
	tcp[3] = (uint8_t)dst->port;
	tcp[7] = 100; /* sequence number */
	tcp[12] = 5 << 4;
	tcp[13] = TCP_FLAG_SYN;
	tcp[14] = 0x20;
	for (size_t i = 12; i < 20; i += 2)
		pseudo += (uint32_t)(ip[i] << 8 | ip[i + 1]);
	sum = htons(lab_checksum(tcp, 20, pseudo));
	memcpy(tcp + 16, &sum, 2);
}

#endif
