// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /proc/sys/net shows the namespace of whoever opens it, so each look enters
 * the namespace, opens, and leaves.
 */
#include "sysctl.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "netns.h"

/* Namespace that the program started in: the host's own, never written to. */
static struct stat start_ns;
static int start_ns_err;

static void __attribute__((constructor)) start_ns_remember(void)
{
	start_ns_err = stat("/proc/self/ns/net", &start_ns) ? errno : 0;
}

/*
 * "net.ipv4.tcp_rmem" as a path. Only net.* is per namespace, and a slash
 * could climb out of it.
 */
static int sysctl_path(const char *name, char *path, size_t size, struct fault *f)
{
	int n = snprintf(path, size, "/proc/sys/%s", name);

	if (strncmp(name, "net.", 4) || strchr(name, '/'))
		return fault_set(f, EINVAL, "sysctl %s: not of the form net.*", name);
	if (n < 0 || (size_t)n >= size)
		return fault_set(f, ENAMETOOLONG, "sysctl %s", name);
	for (char *p = path; *p; p++)
		if (*p == '.')
			*p = '/';
	return 0;
}

/* One line: tabs and inner newlines as spaces, none at the end. */
static void value_tidy(char *value)
{
	size_t n = strlen(value);

	while (n && (value[n - 1] == '\n' || value[n - 1] == '\t' || value[n - 1] == ' '))
		value[--n] = '\0';
	for (char *p = value; *p; p++)
		if (*p == '\t' || *p == '\n')
			*p = ' ';
}

/* Of the namespace the caller is in. Returns 0 or -errno. */
static int value_read(int dir_fd, const char *path, char *buf, size_t size)
{
	int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC);
	ssize_t n;
	int err;

	if (fd < 0)
		return -errno;
	n = read(fd, buf, size - 1);
	err = errno;
	close(fd);
	if (n < 0)
		return -err;
	buf[n] = '\0';
	value_tidy(buf);
	return 0;
}

int sysctl_read(int netns_fd, const char *name, char *buf, size_t size, struct fault *f)
{
	char path[256];
	int back_fd, rc;

	rc = sysctl_path(name, path, sizeof(path), f);
	if (rc)
		return rc;
	rc = netns_visit(netns_fd, &back_fd, f);
	if (rc)
		return rc;
	rc = value_read(AT_FDCWD, path, buf, size);
	if (rc)
		rc = fault_set(f, -rc, "read sysctl %s", name);
	return netns_leave(back_fd, rc, f);
}

static int start_ns_refuse(int netns_fd, const char *name, struct fault *f)
{
	struct stat st;

	if (start_ns_err)
		return fault_set(f, start_ns_err, "stat /proc/self/ns/net at start");
	if (fstat(netns_fd, &st))
		return fault_set(f, errno, "stat network namespace (descriptor %d)", netns_fd);
	if (st.st_dev == start_ns.st_dev && st.st_ino == start_ns.st_ino)
		return fault_set_ext(f, EPERM, "the host's own namespace is never changed",
		                     "write sysctl %s", name);
	return 0;
}

static int value_write(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;
	int err;

	if (fd < 0)
		return -errno;
	n = write(fd, value, strlen(value));
	err = n < 0 ? errno : n == (ssize_t)strlen(value) ? 0 : EIO;
	close(fd);
	return -err;
}

/* Of the namespace the caller is in. */
static int values_write(const struct sysctl_value *values, size_t count, struct fault *f)
{
	char path[256];
	int rc = 0;

	for (size_t i = 0; !rc && i < count; i++) {
		rc = sysctl_path(values[i].name, path, sizeof(path), f);
		if (rc)
			break;
		rc = value_write(path, values[i].value);
		if (rc == -ENOENT && values[i].optional)
			rc = 0;
		if (rc)
			rc = fault_set(f, -rc, "write sysctl %s = \"%s\"", values[i].name,
			               values[i].value);
	}
	return rc;
}

int sysctl_write_all(int netns_fd, const struct sysctl_value *values, size_t count, struct fault *f)
{
	int back_fd, rc = 0;

	if (!count)
		return 0;
	rc = start_ns_refuse(netns_fd, values[0].name, f);
	if (!rc)
		rc = netns_visit(netns_fd, &back_fd, f);
	return rc ? rc : netns_leave(back_fd, values_write(values, count, f), f);
}

int sysctl_write(int netns_fd, const char *name, const char *value, struct fault *f)
{
	const struct sysctl_value one = {.name = name, .value = value};

	return sysctl_write_all(netns_fd, &one, 1, f);
}

/* Of the namespace the caller is in. */
static int value_change(const char *path, const char *value, struct sysctl_change *change)
{
	int rc = value_read(AT_FDCWD, path, change->from, sizeof(change->from));

	if (!rc)
		rc = value_write(path, value);
	return rc ? rc : value_read(AT_FDCWD, path, change->to, sizeof(change->to));
}

int sysctl_machine_set(const char *name, const char *value, struct sysctl_change *change,
                       struct fault *f)
{
	char path[256];
	int first_fd, back_fd, rc = sysctl_path(name, path, sizeof(path), f);

	if (rc)
		return rc;
	first_fd = open("/proc/1/ns/net", O_RDONLY | O_CLOEXEC);
	if (first_fd < 0)
		return fault_set(f, errno, "open the machine's first network namespace");
	rc = netns_visit(first_fd, &back_fd, f);
	close(first_fd);
	if (rc)
		return rc;
	rc = value_change(path, value, change);
	if (rc)
		rc = fault_set(f, -rc, "set sysctl %s = \"%s\" of the machine", name, value);
	return netns_leave(back_fd, rc, f);
}

/* Of the namespace the caller is in. */
static int folder_each(const char *dir, const char *path, const char *prefix, sysctl_each_fn each,
                       void *arg, struct fault *f)
{
	char name[384], value[4096];
	struct dirent *entry;
	DIR *folder = opendir(path);
	int rc = 0;

	if (!folder)
		return fault_set(f, errno, "open sysctl folder %s", dir);
	while ((entry = readdir(folder))) {
		if (entry->d_type == DT_DIR || strncmp(entry->d_name, prefix, strlen(prefix)) ||
		    entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s.%s", dir, entry->d_name);
		rc = value_read(dirfd(folder), entry->d_name, value, sizeof(value));
		/* Some are for root alone, or can only be written. */
		if (rc == -EACCES || rc == -EPERM) {
			rc = 0;
			continue;
		}
		if (rc) {
			rc = fault_set(f, -rc, "read sysctl %s", name);
			break;
		}
		each(name, value, arg);
	}
	closedir(folder);
	return rc;
}

int sysctl_each(int netns_fd, const char *dir, const char *prefix, sysctl_each_fn each, void *arg,
                struct fault *f)
{
	char path[256];
	int back_fd, rc;

	rc = sysctl_path(dir, path, sizeof(path), f);
	if (rc)
		return rc;
	rc = netns_visit(netns_fd, &back_fd, f);
	if (rc)
		return rc;
	rc = folder_each(dir, path, prefix, each, arg, f);
	return netns_leave(back_fd, rc, f);
}

bool sysctl_exists(int netns_fd, const char *name)
{
	char path[256];
	int back_fd, rc;

	if (sysctl_path(name, path, sizeof(path), NULL) || netns_visit(netns_fd, &back_fd, NULL))
		return false;
	rc = access(path, F_OK) ? -errno : 0;
	return netns_leave(back_fd, rc, NULL) == 0;
}
