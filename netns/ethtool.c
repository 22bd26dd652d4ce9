// SPDX-License-Identifier: GPL-2.0-or-later
/* The two parts of link.h that go by SIOCETHTOOL. */
#include "link.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

struct offload {
	uint32_t command;
	const char *name;
};

/*
 * Transmit checksums first: scatter-gather and with it all segmentation
 * depend on them, and the kernel then turns those off in the same go.
 */
static const struct offload offloads[] = {
	{ETHTOOL_STXCSUM, "tx-checksumming"},
	{ETHTOOL_SRXCSUM, "rx-checksumming"},
	{ETHTOOL_SSG, "scatter-gather"},
	{ETHTOOL_STSO, "tcp-segmentation-offload"},
	{ETHTOOL_SGSO, "generic-segmentation-offload"},
	{ETHTOOL_SGRO, "generic-receive-offload"},
};

static int ethtool_value(int fd, const char *name, uint32_t command, uint32_t data)
{
	struct ethtool_value value = {.cmd = command, .data = data};
	struct ifreq ifr = {.ifr_data = (void *)&value};

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	return ioctl(fd, SIOCETHTOOL, &ifr) ? -errno : 0;
}

static int ethtool_open(const char *name, struct fault *f)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return fd >= 0 ? fd : fault_set(f, errno, "open a socket for %s", name);
}

int link_offloads_off(const char *name, struct fault *f)
{
	int fd = ethtool_open(name, f);
	int rc = 0;

	if (fd < 0)
		return fd;
	for (size_t i = 0; !rc && i < sizeof(offloads) / sizeof(offloads[0]); i++) {
		rc = ethtool_value(fd, name, offloads[i].command, 0);
		if (rc)
			rc = fault_set(f, -rc, "turn %s of %s off", offloads[i].name, name);
	}
	close(fd);
	return rc;
}

int link_settle(const char *name, struct fault *f)
{
	int fd = ethtool_open(name, f);
	int rc;

	if (fd < 0)
		return fd;
	rc = ethtool_value(fd, name, ETHTOOL_GLINK, 0);
	close(fd);
	return rc ? fault_set(f, -rc, "settle link %s", name) : 0;
}
