/* SPDX-License-Identifier: GPL-2.0-or-later */
/* qdisc: netem and plug on a link's egress, by libnl-route. */
#ifndef FINWAIT_NETNS_QDISC_H
#define FINWAIT_NETNS_QDISC_H

#include <stdint.h>

#include "link.h"

struct netem {
	uint32_t delay_us;
	uint32_t jitter_us;
	double loss_percent;
	double duplicate_percent;
	double reorder_percent; /* needs a delay, tc-netem(8) */
	uint32_t gap;
	uint32_t limit_packets; /* 0: 1000 */
};

/* Set (or change) netem as root qdisc. -EOPNOTSUPP with "needs netem" where the kernel has no sch_netem. */
int netem_set(struct rtnl *rtnl, int ifindex, const struct netem *netem,
              struct fault *f) MUST_CHECK;
int netem_clear(struct rtnl *rtnl, int ifindex, struct fault *f) MUST_CHECK;

/*
 * Keep all that is sent on the link from now on, up to 16 MB: root qdisc plug. Where it is there
 * already plug_put() does the same, at once. -EOPNOTSUPP with "needs plug" where the kernel has no
 * sch_plug.
 */
int plug_set(struct rtnl *rtnl, int ifindex, struct fault *f) MUST_CHECK;
int plug_put(struct rtnl *rtnl, int ifindex, struct fault *f) MUST_CHECK;
/* Let all of it go at once, and keep nothing more. */
int plug_pull(struct rtnl *rtnl, int ifindex, struct fault *f) MUST_CHECK;

#endif
