/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sysctl: net.* of one namespace, by their dotted names.
 *
 * A descriptor for the namespace is always given: nothing here can reach the
 * host's own values unless the caller hands in the host's own namespace, which
 * sysctl_write() refuses (it compares with the namespace of the program's start).
 * But for sysctl_machine_set(), which is for a guest.
 */
#ifndef FINWAIT_NETNS_SYSCTL_H
#define FINWAIT_NETNS_SYSCTL_H

#include <stdbool.h>
#include <stddef.h>

#include "../harness/base/fault.h"

/*
 * Read @name ("net.ipv4.tcp_rmem") in @netns_fd as one line without its
 * newline, tabs as single spaces. -ENOENT: this kernel has no such sysctl.
 * The caller's own namespace is the same after as before.
 */
int sysctl_read(int netns_fd, const char *name, char *buf, size_t size, struct fault *f) MUST_CHECK;

/* -EINVAL: the kernel refused the value (the fault quotes it). */
int sysctl_write(int netns_fd, const char *name, const char *value, struct fault *f) MUST_CHECK;

struct sysctl_value {
	const char *name, *value;
	bool optional; /* a kernel without it is fine */
};

/* The same for @count of them in order and in one visit; ends at the first that fails. */
int sysctl_write_all(int netns_fd, const struct sysctl_value *values, size_t count,
                     struct fault *f) MUST_CHECK;

struct sysctl_change {
	char from[256], to[256]; /* as they were read before and after */
};

/*
 * Set one that the kernel has once for all namespaces, and that only the first of them shows:
 * tcp_max_orphans. It writes where process 1 is, so the caller has made sure that the machine is
 * a guest of finwait's own. -ENOENT: this kernel has no such sysctl.
 */
int sysctl_machine_set(const char *name, const char *value, struct sysctl_change *change,
                       struct fault *f) MUST_CHECK;

/* Every sysctl in the folder @dir ("net.ipv4") whose last part begins with @prefix ("tcp_"). */
typedef void (*sysctl_each_fn)(const char *name, const char *value, void *arg);
int sysctl_each(int netns_fd, const char *dir, const char *prefix, sysctl_each_fn each, void *arg,
                struct fault *f) MUST_CHECK;

/* Whether @name is per namespace: present in a namespace other than the first. */
bool sysctl_exists(int netns_fd, const char *name);

#endif
