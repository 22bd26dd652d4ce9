// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lacks: LD_PRELOAD this to see what a program makes of a kernel that lacks something,
 * $LACKS: inet_diag, nf_tables, packet, bpf (calls that fail as they do without it), profile
 * (where AppArmor restricts user namespaces, as in Ubuntu 24.04), or a kind of link, e.g. veth. A kind is misspelled on its way out, so that the answer is
 * the kernel's own to a kind that it does not know.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int lacks(const char *what)
{
	const char *lacking = getenv("LACKS");

	return lacking && !strcmp(lacking, what);
}

int socket(int domain, int type, int protocol)
{
	int (*real)(int, int, int) = (int (*)(int, int, int))dlsym(RTLD_NEXT, "socket");

	if (domain == AF_NETLINK && ((protocol == NETLINK_SOCK_DIAG && lacks("inet_diag")) ||
	                             (protocol == NETLINK_NETFILTER && lacks("nf_tables")))) {
		errno = EPROTONOSUPPORT;
		return -1;
	}
	if (domain == AF_PACKET && lacks("packet")) {
		errno = EAFNOSUPPORT;
		return -1;
	}
	return real(domain, type, protocol);
}

/* IFLA_INFO_KIND holds the kind with its NUL, four bytes of header before it. */
static void kind_misspell(struct iovec *iov, const char *kind)
{
	struct nlmsghdr *nlh = iov->iov_base;
	size_t length = strlen(kind) + 1;
	char *at;

	if (iov->iov_len < sizeof(*nlh) || nlh->nlmsg_type != RTM_NEWLINK)
		return;
	at = memmem(iov->iov_base, iov->iov_len, kind, length);
	if (at)
		memset(at, 'z', length - 1);
}

ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	ssize_t (*real)(int, const struct msghdr *, int) =
		(ssize_t(*)(int, const struct msghdr *, int))dlsym(RTLD_NEXT, "sendmsg");
	const char *lacking = getenv("LACKS");

	for (size_t i = 0; lacking && i < msg->msg_iovlen; i++)
		kind_misspell(&msg->msg_iov[i], lacking);
	return real(fd, msg, flags);
}

/* libbpf goes through syscall(). */
long syscall(long number, ...)
{
	long (*real)(long, ...) = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	long arg[6];
	va_list args;

	va_start(args, number);
	for (int i = 0; i < 6; i++)
		arg[i] = va_arg(args, long);
	va_end(args);
	if (number == SYS_bpf && lacks("bpf")) {
		errno = ENOSYS;
		return -1;
	}
	return real(number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
}

static int knob_of_ones(void)
{
	int fd = memfd_create("knob", MFD_CLOEXEC);

	return fd >= 0 && pwrite(fd, "1\n", 2, 0) == 2 ? fd : -1;
}

/* There the namespace is made, but its maps are not: it has no capabilities. */
int open(const char *path, int flags, ...)
{
	int (*real)(const char *, int, ...) =
		(int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
	mode_t mode;
	va_list args;

	va_start(args, flags);
	mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(args, mode_t) : 0;
	va_end(args);
	if (!lacks("profile"))
		return real(path, flags, mode);
	if (!strcmp(path, "/proc/sys/kernel/apparmor_restrict_unprivileged_userns"))
		return knob_of_ones();
	if (!strcmp(path, "/proc/self/uid_map")) {
		errno = EPERM;
		return -1;
	}
	return real(path, flags, mode);
}
