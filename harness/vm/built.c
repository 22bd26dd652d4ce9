// SPDX-License-Identifier: GPL-2.0-or-later
/* built: a folder of kernels that somebody has built, as installing or packing them leaves them. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "known_parts.h"

struct building {
	struct known *known;
	left_out_fn left_out;
	void *arg;
};

/* By another name: what has the modules of one is that one. */
static bool is_taken(const struct known *known, const struct vm_kernel *found)
{
	for (size_t i = 0; i < known->count; i++) {
		const struct known_kernel *kernel = &known->items[i];

		if (!strcmp(kernel->release, found->release) &&
		    !strcmp(strchr(kernel->name, ':') + 1, found->modules))
			return true;
	}
	return false;
}

static int kernel_take(const struct building *b, const struct vm_kernel *found, const char *place,
                       struct fault *f)
{
	struct known_kernel *kernel;
	int n;

	if (is_taken(b->known, found))
		return 0;
	kernel = known_add(b->known, f);
	if (!kernel)
		return -f->err;
	n = snprintf(kernel->name, sizeof(kernel->name), "%s:%s", found->vmlinuz, found->modules);
	if (n >= (int)sizeof(kernel->name))
		return fault_set(f, ENAMETOOLONG, "open the kernel %.100s", found->vmlinuz);
	snprintf(kernel->release, sizeof(kernel->release), "%s", found->release);
	snprintf(kernel->place, sizeof(kernel->place), "%.95s", place);
	kernel->fetched = true;
	return 0;
}

/* Every kernel of the tree @dir, by its modules. */
static int tree_take(const struct building *b, const char *dir, const char *place, struct fault *f)
{
	static const char *const homes[] = {"usr/lib/modules", "lib/modules", NULL};
	int err = 0;

	for (int i = 0; homes[i] && !err; i++) {
		char path[CACHE_PATH];
		struct dirent *entry;
		DIR *home;

		err = path_join(path, dir, homes[i], f);
		home = err ? NULL : opendir(path);
		while (home && !err && (entry = readdir(home))) {
			struct vm_kernel kernel;

			if (entry->d_name[0] != '.' && kernel_of_tree(dir, entry->d_name, &kernel))
				err = kernel_take(b, &kernel, place, f);
		}
		if (home)
			closedir(home);
	}
	return err;
}

static bool is_image_name(const char *name)
{
	return !strncmp(name, "vmlinuz", 7) || !strncmp(name, "bzImage", 7);
}

static int entry_take(const struct building *b, const char *dir, const char *name, struct fault *f)
{
	char path[CACHE_PATH];
	struct vm_kernel kernel;
	struct fault why;
	struct stat st;
	int err = path_join(path, dir, name, f);

	if (err || stat(path, &st) < 0)
		return err;
	if (S_ISDIR(st.st_mode))
		return tree_take(b, path, name, f);
	if (!S_ISREG(st.st_mode) || !is_image_name(name))
		return 0;
	if (kernel_find(path, &kernel, &why) == 0)
		return kernel_take(b, &kernel, name, f);
	b->left_out(&why, b->arg);
	return 0;
}

static int not_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int known_built(struct known *known, const char *dir, left_out_fn left_out, void *arg,
                struct fault *f)
{
	const struct building b = {.known = known, .left_out = left_out, .arg = arg};
	struct dirent **entries;
	int err, count = scandir(dir, &entries, not_hidden, alphasort);

	if (count < 0)
		return fault_set(f, errno, "open the folder of kernels %s", dir);
	err = tree_take(&b, dir, "", f);
	for (int i = 0; i < count; i++) {
		if (!err)
			err = entry_take(&b, dir, entries[i]->d_name, f);
		free(entries[i]);
	}
	free(entries);
	if (!err && !known->count)
		err = fault_refuse(f, ENOENT,
		                   "%.150s has no kernel: neither a vmlinuz with its modules nor a"
		                   " folder with boot/ and lib/modules/",
		                   dir);
	known_order(known);
	return err;
}
