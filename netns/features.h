/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * features: what this kernel and these privileges allow, found out by trying
 * in a child process with namespaces of its own, never by version numbers.
 */
#ifndef FINWAIT_NETNS_FEATURES_H
#define FINWAIT_NETNS_FEATURES_H

#include <stdbool.h>

#include "../harness/base/fault.h"

enum netns_feature {
	NETNS_FEATURE_USERNS, /* an unprivileged user namespace */
	NETNS_FEATURE_NETNS, /* a network namespace, with or without the above */
	NETNS_FEATURE_VETH,
	NETNS_FEATURE_BRIDGE,
	NETNS_FEATURE_NF_TABLES, /* a drop rule on netdev ingress */
	NETNS_FEATURE_NETEM,
	NETNS_FEATURE_PACKET, /* AF_PACKET */
	NETNS_FEATURE_SYSCTL, /* /proc/sys/net is writable in there */
	NETNS_FEATURE_COUNT,
};

struct netns_feature_state {
	bool present;
	char why[192]; /* when absent: what was tried and what the kernel said */
	char help[192]; /* when absent: what would allow it; may be empty */
};

const char *netns_feature_name(enum netns_feature feature);

/*
 * Try everything; @root says whether to go without a user namespace. Returns
 * 0 even when nothing is present; -errno only when the trying itself failed.
 */
int netns_features_try(bool root, struct netns_feature_state state[NETNS_FEATURE_COUNT],
                       struct fault *f) MUST_CHECK;

#endif
