// SPDX-License-Identifier: GPL-2.0-or-later
/* fetch: a kernel of the archive, downloaded and unpacked into the cache, never installed. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../base/interrupt.h"
#include "apt.h"
#include "archive.h"
#include "kernels.h"

int offer_packages(const struct vm_offer *offer, char packages[2][160])
{
	static const char *const parts[] = {"linux-binary-", "linux-modules-"};
	int count = 0;

	for (int i = 0; i < 2; i++) {
		char name[160];

		snprintf(name, sizeof(name), "%s%s", parts[i], offer->release);
		if (strstr(offer->depends, name))
			snprintf(packages[count++], 160, "%s", name);
	}
	if (!count)
		snprintf(packages[count++], 160, "%s", offer->package);
	return count;
}

static int packages_download(const struct vm_offer *offer, const char *dir, struct fault *f)
{
	char apt[CACHE_PATH], conf[CACHE_PATH], packages[2][160], exact[2][256];
	const char *argv[] = {"apt-get", "download", "-q", "-c", conf, NULL, NULL, NULL};
	int err = cache_room(archive_room(offer->wide), apt, f);

	if (!err)
		err = archive_trusted(apt, f);
	if (!err)
		err = path_join(conf, apt, "apt.conf", f);
	for (int i = offer_packages(offer, packages) - 1; i >= 0; i--) {
		snprintf(exact[i], sizeof(exact[i]), "%s=%s", packages[i], offer->version);
		argv[5 + i] = exact[i];
	}
	return err ? err : apt_run(argv, dir, NULL, f);
}

/* Unpack every package in @dir there, and remove it. */
static int packages_unpack(const char *dir, struct fault *f)
{
	DIR *folder = opendir(dir);
	struct dirent *entry;
	int err = 0;

	if (!folder)
		return fault_set(f, errno, "read %s", dir);
	while (!err && (entry = readdir(folder))) {
		const char *argv[] = {"dpkg-deb", "-x", entry->d_name, ".", NULL};
		const char *dot = strrchr(entry->d_name, '.');

		if (!dot || strcmp(dot, ".deb") != 0)
			continue;
		err = apt_run(argv, dir, NULL, f);
		if (!err && unlinkat(dirfd(folder), entry->d_name, 0) < 0)
			err = fault_set(f, errno, "remove %s", entry->d_name);
	}
	closedir(folder);
	return err;
}

static int offer_fetch_into(const struct vm_offer *offer, const char *temp, struct fault *f)
{
	char room[CACHE_PATH], final[CACHE_PATH];
	int err = packages_download(offer, temp, f);

	if (!err)
		err = packages_unpack(temp, f);
	if (!err)
		err = file_write_in(temp, "version", offer->version, strlen(offer->version), f);
	if (!err)
		err = interrupt_check(f);
	if (!err)
		err = cache_room("kernels", room, f);
	if (!err)
		err = path_join(final, room, offer->release, f);
	return err ? err : cache_commit(temp, final, f);
}

static int offer_fetch_locked(const struct vm_offer *offer, struct fault *f)
{
	char temp[CACHE_PATH];
	struct fault ignored;
	int err = cache_begin("kernels", offer->release, temp, f);

	if (!err)
		err = offer_fetch_into(offer, temp, f);
	if (!err)
		return 0;
	err = cache_full("kernels", err, f);
	if (cache_forget("kernels", offer->release, false, &ignored) < 0)
		fprintf(stderr, "finwait: %s is left over\n", temp);
	return err;
}

int offer_fetch(const struct vm_offer *offer, struct vm_kernel *kernel, struct fault *f)
{
	struct cache_lock lock;
	int err = cache_lock("kernels", offer->release, true, &lock, f);

	if (err)
		return err;
	interrupt_catch();
	err = offer_fetch_locked(offer, f);
	interrupt_release();
	cache_unlock(&lock);
	if (interrupt_pending())
		return fault_refuse(f, EINTR, "interrupted while %s was fetched", offer->release);
	if (!err && kernel)
		err = kernel_find(offer->release, kernel, f);
	return err;
}
