/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rtnl: one rtnetlink request and its answer. For this folder alone. */
#ifndef FINWAIT_NETNS_RTNL_H
#define FINWAIT_NETNS_RTNL_H

#include <netlink/netlink.h>
#include <netlink/msg.h>

#include "link.h"

/* A libnl error number, NLE_*, as the errno it stands for. */
int rtnl_nle_errno(int nle);

/*
 * Send @msg (freed here, whatever happens) and wait for the kernel's answer.
 * On failure the fault has the errno, the kernel's extended ack and @fmt.
 */
int rtnl_talk(struct rtnl *rtnl, struct nl_msg *msg, struct fault *f, const char *fmt, ...)
	PRINTF(4, 5) MUST_CHECK;

#endif
