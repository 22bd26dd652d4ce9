/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netns: anonymous network namespaces, held by descriptors alone.
 *
 * No name is ever put under /run/netns: when the last descriptor and the last
 * process are gone the kernel removes the namespace, however they went.
 */
#ifndef FINWAIT_NETNS_NETNS_H
#define FINWAIT_NETNS_NETNS_H

#include <stdint.h>

#include "../harness/base/fault.h"

/*
 * Move the calling (single-threaded) process into a new user namespace in
 * which it is root, mapping only its own uid and gid. user_namespaces(7).
 * Returns 0 or -errno; EPERM and ENOSPC (max_user_namespaces) carry the
 * sysctl to look at in the fault.
 */
int userns_enter(struct fault *f) MUST_CHECK;

/* What stands in the way of user namespaces here: the command that allows them. */
const char *userns_help(void);

/*
 * A new network namespace, which the caller has entered on return; the
 * descriptor is O_CLOEXEC. Its child namespaces inherit
 * net.ipv4.tcp_child_ehash_entries from the namespace that was current.
 */
int netns_create(struct fault *f) MUST_CHECK;

/* A descriptor of the network namespace the caller is in. */
int netns_current(struct fault *f) MUST_CHECK;

/* setns(@netns_fd, CLONE_NEWNET). */
int netns_enter(int netns_fd, struct fault *f) MUST_CHECK;

/*
 * Enter @netns_fd for a moment: netns_visit() remembers in @back_fd where the
 * caller was, netns_leave() goes back there, closes it and passes @rc on. A
 * caller that could not go back (a user namespace's root still in the host's
 * network namespace) must not visit.
 */
int netns_visit(int netns_fd, int *back_fd, struct fault *f) MUST_CHECK;
int netns_leave(int back_fd, int rc, struct fault *f) MUST_CHECK;

/* The namespace's inode number: what net->ns.inum is to eBPF. */
int netns_inum(int netns_fd, uint32_t *inum, struct fault *f) MUST_CHECK;

#endif
