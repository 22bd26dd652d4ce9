// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernels.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/nearest.h"
#include "image.h"
#include "trust.h"

static bool prefix_fits(const char *prefix, const char *text)
{
	size_t length = strlen(prefix);

	/* "6.1" is no prefix of "6.12". */
	return !strncmp(prefix, text, length) &&
	       !strchr("0123456789", text[length] ? text[length] : '.');
}

bool kernel_name_fits(const char *name, const char *release, const char *version)
{
	if (!strcmp(name, "newest") || !strcmp(name, release))
		return true;
	return prefix_fits(name, version) || prefix_fits(name, release);
}

const char *kernel_flavour(const char *release, char buf[KERNEL_FLAVOUR])
{
	static const char end[] = "-amd64";
	size_t length = strlen(release);
	const char *last, *at;

	buf[0] = '\0';
	if (length < sizeof(end) || strcmp(release + length - strlen(end), end) != 0)
		return buf;
	last = at = release + length - strlen(end);
	while (at > release && at[-1] != '-')
		at--;
	if (isalpha((unsigned char)*at))
		snprintf(buf, KERNEL_FLAVOUR, "%.*s", (int)(last - at), at);
	else
		snprintf(buf, KERNEL_FLAVOUR, "generic");
	return buf;
}

int kernel_name_rank(const char *name, const char *release, const char *version)
{
	char flavour[KERNEL_FLAVOUR];

	if (!kernel_name_fits(name, release, version))
		return 0;
	if (!strcmp(name, release))
		return 3;
	return strcmp(kernel_flavour(release, flavour), "cloud") ? 1 : 2;
}

/* Where a release's file may be: its name stands in between. */
struct place {
	const char *before, *after;
};

static const struct place vmlinuz_places[] = {
	{"boot/vmlinuz-", ""}, {"usr/lib/modules/", "/vmlinuz"}, {"lib/modules/", "/vmlinuz"}, {0}};
static const struct place modules_places[] = {{"usr/lib/modules/", ""}, {"lib/modules/", ""}, {0}};

/* The first place below @dir that is there. */
static bool place_find(const char *dir, const struct place *places, const char *release,
                       char path[CACHE_PATH])
{
	for (; places->before; places++) {
		char place[160];
		struct fault ignored;

		snprintf(place, sizeof(place), "%s%s%s", places->before, release, places->after);
		if (path_join(path, dir, place, &ignored) == 0 && access(path, R_OK) == 0)
			return true;
	}
	return false;
}

bool kernel_of_tree(const char *dir, const char *release, struct vm_kernel *kernel)
{
	char path[CACHE_PATH], *version;
	struct fault ignored;
	size_t size;

	*kernel = (struct vm_kernel){0};
	snprintf(kernel->release, sizeof(kernel->release), "%.95s", release);
	if (!place_find(dir, vmlinuz_places, release, kernel->vmlinuz) ||
	    !place_find(dir, modules_places, release, kernel->modules))
		return false;
	if (path_join(path, dir, "version", &ignored) == 0 &&
	    (version = file_read(path, &size, &ignored))) {
		snprintf(kernel->version, sizeof(kernel->version), "%.63s", version);
		free(version);
	}
	return true;
}

static int kernel_order(const void *a, const void *b)
{
	const struct vm_kernel *ka = a, *kb = b;
	int order = -debversion_compare(ka->version, kb->version);

	return order ? order : strcmp(ka->release, kb->release);
}

static int kernels_add(struct vm_kernels *kernels, const struct vm_kernel *kernel)
{
	struct vm_kernel *items =
		realloc(kernels->items, (kernels->count + 1) * sizeof(*kernels->items));

	if (!items)
		return -ENOMEM;
	kernels->items = items;
	items[kernels->count++] = *kernel;
	return 0;
}

int kernels_list(struct vm_kernels *kernels, struct fault *f)
{
	char room[CACHE_PATH], path[CACHE_PATH];
	struct dirent *entry;
	DIR *dir;
	int err = cache_room("kernels", room, f);

	*kernels = (struct vm_kernels){0};
	if (err)
		return err;
	dir = opendir(room);
	if (!dir)
		return fault_set(f, errno, "read %s", room);
	while (!err && (entry = readdir(dir))) {
		struct vm_kernel kernel;

		if (entry->d_name[0] == '.' || path_join(path, room, entry->d_name, f) < 0)
			continue;
		if (kernel_of_tree(path, entry->d_name, &kernel) &&
		    kernels_add(kernels, &kernel) < 0)
			err = fault_set(f, ENOMEM, "list kernels");
	}
	closedir(dir);
	if (kernels->count)
		qsort(kernels->items, kernels->count, sizeof(*kernels->items), kernel_order);
	return err;
}

void kernels_free(struct vm_kernels *kernels)
{
	free(kernels->items);
	*kernels = (struct vm_kernels){0};
}

int kernel_trusted(const struct vm_kernel *kernel, struct fault *f)
{
	char room[CACHE_PATH], path[CACHE_PATH];
	int err = cache_room("kernels", room, f);

	if (!err)
		err = path_join(path, room, kernel->release, f);
	return err ? err : trust_tree(path, f);
}

int kernel_forget(const char *release, struct fault *f)
{
	struct cache_lock lock;
	int err = cache_lock("kernels", release, true, &lock, f);

	if (err)
		return err;
	err = cache_forget("kernels", release, true, f);
	cache_unlock(&lock);
	return err;
}

/* ---- a path instead of a version */

/* A folder with boot/ and lib/modules/, or the modules' own folder. */
static int folder_find(const char *dir, struct vm_kernel *kernel, struct fault *f)
{
	static const char *const homes[] = {"usr/lib/modules", "lib/modules", NULL};

	for (int i = 0; homes[i]; i++) {
		char path[CACHE_PATH];
		struct dirent *entry;
		bool found = false;
		DIR *home;
		int err = path_join(path, dir, homes[i], f);

		if (err)
			return err;
		home = opendir(path);
		while (home && !found && (entry = readdir(home)))
			found = entry->d_name[0] != '.' &&
			        kernel_of_tree(dir, entry->d_name, kernel);
		if (home)
			closedir(home);
		if (found)
			return 0;
	}
	return fault_set(f, ENOENT, "find a vmlinuz with its lib/modules/ in %s", dir);
}

/* Modules of a lone vmlinuz: beside it, in the tree it is the boot/ of, or the system's. */
static int vmlinuz_modules_find(struct vm_kernel *kernel, struct fault *f)
{
	char dir[CACHE_PATH], up[CACHE_PATH + 4], *slash;

	snprintf(dir, sizeof(dir), "%s", kernel->vmlinuz);
	slash = strrchr(dir, '/');
	if (!slash)
		snprintf(dir, sizeof(dir), ".");
	else
		*slash = '\0';
	snprintf(up, sizeof(up), "%s/..", dir);
	if (place_find(dir, modules_places, kernel->release, kernel->modules))
		return 0;
	if (strlen(up) < CACHE_PATH &&
	    place_find(up, modules_places, kernel->release, kernel->modules))
		return 0;
	if (place_find("", modules_places, kernel->release, kernel->modules))
		return 0;
	return fault_set(f, ENOENT, "find lib/modules/%s near %.100s (VMLINUZ:MODULES says where)",
	                 kernel->release, kernel->vmlinuz);
}

static int path_find(const char *name, struct vm_kernel *kernel, struct fault *f)
{
	const char *colon = strchr(name, ':');
	struct stat st;
	int err;

	*kernel = (struct vm_kernel){0};
	if (strlen(name) >= CACHE_PATH)
		return fault_set(f, ENAMETOOLONG, "open a kernel");
	snprintf(kernel->vmlinuz, CACHE_PATH, "%.*s",
	         colon ? (int)(colon - name) : (int)strlen(name), name);
	if (stat(kernel->vmlinuz, &st) < 0)
		return fault_set(f, errno, "open the kernel %s", kernel->vmlinuz);
	if (S_ISDIR(st.st_mode))
		return folder_find(name, kernel, f);
	err = image_release(kernel->vmlinuz, kernel->release, sizeof(kernel->release), f);
	if (err || !colon)
		return err ? err : vmlinuz_modules_find(kernel, f);
	snprintf(kernel->modules, CACHE_PATH, "%s", colon + 1);
	if (access(kernel->modules, R_OK) < 0)
		return fault_set(f, errno, "open the modules %s", kernel->modules);
	return 0;
}

const char *kernel_short(const char *release, char buf[KERNEL_SHORT])
{
	size_t length = strcspn(release, ".");

	length += release[length] == '.' ? 1 + strcspn(release + length + 1, ".-+") : 0;
	snprintf(buf, KERNEL_SHORT, "%.*s", (int)length, release);
	return buf;
}

/* Of a word the one that it is like; of a number those that there are, for none is near. */
static int kernel_refuse(const char *name, const struct vm_kernels *kernels, struct fault *f)
{
	char words[sizeof(f->what)] = "", own[KERNEL_SHORT], before[KERNEL_SHORT] = "";
	struct nearest nearest;
	size_t used = 0;

	nearest_start(&nearest, name);
	if (strcmp(name, "newest") != 0)
		nearest_try(&nearest, "newest");
	for (size_t i = 0; i < kernels->count && used < sizeof(words); i++) {
		kernel_short(kernels->items[i].release, own);
		if (strcmp(own, before) != 0)
			used += (size_t)snprintf(words + used, sizeof(words) - used, "%s%s",
			                         i ? ", " : " (fetched: ", own);
		snprintf(before, sizeof(before), "%s", own);
	}
	if (kernels->count && used < sizeof(words))
		snprintf(words + used, sizeof(words) - used, ")");
	if (nearest.count)
		return fault_refuse(f, ENOENT, "kernel '%.80s' has not been fetched%s", name,
		                    nearest_words(&nearest, "", words, sizeof(words)));
	return fault_refuse(f, ENOENT,
	                    "kernel '%.60s' has not been fetched: finwait kernel fetch %.60s%s",
	                    name, name, words);
}

int kernel_find(const char *name, struct vm_kernel *kernel, struct fault *f)
{
	struct vm_kernels kernels;
	int err, best = 0;

	if (strchr(name, '/'))
		return path_find(name, kernel, f);
	err = kernels_list(&kernels, f);
	for (size_t i = 0; i < kernels.count; i++) {
		const struct vm_kernel *each = &kernels.items[i];
		int rank = kernel_name_rank(name, each->release, each->version);

		if (rank <= best)
			continue;
		best = rank;
		*kernel = *each;
	}
	if (!err && !best)
		err = kernel_refuse(name, &kernels, f);
	kernels_free(&kernels);
	return err;
}
