// SPDX-License-Identifier: GPL-2.0-or-later
#include "netns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A number in /proc/sys, or -1 where there is no such file. */
static long knob_read(const char *path)
{
	char buf[32];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = read(fd, buf, sizeof(buf) - 1);
	close(fd);
	if (n <= 0)
		return -1;
	buf[n] = '\0';
	return strtol(buf, NULL, 10);
}

const char *userns_help(void)
{
	/* Debian's own patch, and hardened kernels. */
	if (knob_read("/proc/sys/kernel/unprivileged_userns_clone") == 0)
		return "sysctl kernel.unprivileged_userns_clone=1";
	if (knob_read("/proc/sys/user/max_user_namespaces") == 0)
		return "sysctl user.max_user_namespaces=15000";
	if (knob_read("/proc/sys/user/max_net_namespaces") == 0)
		return "sysctl user.max_net_namespaces=15000";
	/* Ubuntu from 24.04 on: the namespace is made, but has no capabilities. */
	if (knob_read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1)
		return "AppArmor keeps them from programs without a profile: the package finwait "
		       "brings one; or sysctl kernel.apparmor_restrict_unprivileged_userns=0";
	return "a container's seccomp profile may forbid it: docker run --cap-add SYS_ADMIN,"
	       " or --security-opt seccomp=unconfined";
}

/* Looking for help reads files: errno is taken down before. */
static const char *help_for(int err)
{
	if (err == ENOSPC && knob_read("/proc/sys/user/max_user_namespaces") != 0)
		return "see sysctl user.max_user_namespaces, user.max_net_namespaces";
	return err == EPERM || err == EACCES || err == ENOSPC ? userns_help() : NULL;
}

static int map_write(const char *path, const char *text, struct fault *f)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err = fd < 0 ? errno : 0;

	if (err)
		return fault_set_ext(f, err, help_for(err), "open %s", path);
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		err = errno;
	close(fd);
	return err ? fault_set_ext(f, err, help_for(err), "write %s", path) : 0;
}

int userns_enter(struct fault *f)
{
	unsigned int uid = geteuid(), gid = getegid();
	char uid_map[32], gid_map[32];
	int rc;

	snprintf(uid_map, sizeof(uid_map), "0 %u 1", uid);
	snprintf(gid_map, sizeof(gid_map), "0 %u 1", gid);
	if (unshare(CLONE_NEWUSER)) {
		int err = errno;

		return fault_set_ext(f, err, help_for(err), "unshare a user namespace");
	}
	/* Without this the kernel takes no gid_map from a plain user. */
	rc = map_write("/proc/self/setgroups", "deny", f);
	if (!rc)
		rc = map_write("/proc/self/uid_map", uid_map, f);
	if (!rc)
		rc = map_write("/proc/self/gid_map", gid_map, f);
	return rc;
}

int netns_current(struct fault *f)
{
	int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);

	return fd >= 0 ? fd : fault_set(f, errno, "open /proc/thread-self/ns/net");
}

int netns_create(struct fault *f)
{
	if (unshare(CLONE_NEWNET)) {
		int err = errno;

		return fault_set_ext(f, err, help_for(err), "unshare a network namespace");
	}
	return netns_current(f);
}

int netns_enter(int netns_fd, struct fault *f)
{
	if (setns(netns_fd, CLONE_NEWNET))
		return fault_set(f, errno, "enter network namespace (descriptor %d)", netns_fd);
	return 0;
}

int netns_visit(int netns_fd, int *back_fd, struct fault *f)
{
	int fd = netns_current(f);
	int rc;

	if (fd < 0)
		return fd;
	rc = netns_enter(netns_fd, f);
	if (rc)
		close(fd);
	else
		*back_fd = fd;
	return rc;
}

int netns_leave(int back_fd, int rc, struct fault *f)
{
	int err = setns(back_fd, CLONE_NEWNET) ? errno : 0;

	close(back_fd);
	/* Worse than whatever failed before: the caller is not where it was. */
	return err ? fault_set(f, err, "return to the network namespace before") : rc;
}

int netns_inum(int netns_fd, uint32_t *inum, struct fault *f)
{
	struct stat st;

	if (fstat(netns_fd, &st))
		return fault_set(f, errno, "stat network namespace (descriptor %d)", netns_fd);
	*inum = (uint32_t)st.st_ino;
	return 0;
}
