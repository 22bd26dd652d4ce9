// SPDX-License-Identifier: GPL-2.0-or-later
#include "initrd.h"

#include <errno.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../run/outside.h"
#include "cpio.h"
#include "entry.h"
#include "modules.h"

/* What the bench, its wire and its observers use; what they depend on comes along. */
static const char *const modules_wanted[] = {
	"crc32c_generic", /* libcrc32c asks for it by another name */
	"veth",
	"bridge",
	"nf_tables",
	"nft_counter",
	"nft_limit",
	"nft_numgen",
	"nft_dup_netdev",
	"nft_meta_bridge",
	"nf_tables_netdev",
	"nft_chain_filter",
	"af_packet",
	"inet_diag",
	"tcp_diag",
	"sch_netem",
	"sch_plug",
	"sch_fq",
	"sch_tbf",
	"sch_prio",
	"sch_ingress",
	"ifb",
	"libcrc32c",
	"crc32c_intel",
	NULL};

/* ---- this program and its libraries: what the dynamic linker has mapped */

struct program_files {
	char *paths[64]; /* the program first */
	size_t count;
	bool failed;
};

static int object_add(struct dl_phdr_info *info, size_t size, void *arg)
{
	struct program_files *files = arg;

	(void)size;
	/* The program's own name is "", the vDSO's has no slash. */
	if (!strchr(info->dlpi_name, '/'))
		return 0;
	if (files->count == sizeof(files->paths) / sizeof(files->paths[0]) ||
	    !(files->paths[files->count] = strdup(info->dlpi_name)))
		files->failed = true;
	else
		files->count++;
	return 0;
}

static int program_files_find(struct program_files *files, struct fault *f)
{
	*files = (struct program_files){.count = 1};
	files->paths[0] = strdup("/proc/self/exe");
	files->failed = !files->paths[0];
	dl_iterate_phdr(object_add, files);
	return files->failed ? fault_set(f, ENOMEM, "list this program's libraries") : 0;
}

static void program_files_free(struct program_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free(files->paths[i]);
}

int program_digest(uint64_t *digest, struct fault *f)
{
	struct program_files files;
	int err = program_files_find(&files, f);

	for (size_t i = 0; i < files.count && !err; i++)
		err = file_digest(files.paths[i], digest, f);
	program_files_free(&files);
	return err;
}

/* ---- the archive */

struct folders {
	char names[64][256];
	size_t count;
};

/* Every folder that @path lies in, each once. @path has no '/' at its start. */
static int folders_put(FILE *out, struct folders *folders, const char *path)
{
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		char name[256];
		size_t i = 0;
		int err;

		snprintf(name, sizeof(name), "%.*s", (int)(slash - path), path);
		while (i < folders->count && strcmp(folders->names[i], name) != 0)
			i++;
		if (i < folders->count)
			continue;
		if (i == sizeof(folders->names) / sizeof(folders->names[0]))
			return -E2BIG;
		memcpy(folders->names[folders->count++], name, sizeof(name));
		err = cpio_folder(out, name);
		if (err)
			return err;
	}
	return 0;
}

static int program_put(FILE *out, const struct program_files *files, struct fault *f)
{
	struct folders folders = {0};
	int err = 0;

	for (size_t i = 0; i < files->count && !err; i++) {
		const char *outside = outside_name(files->paths[i]);
		char name[256];
		size_t size;
		void *data = file_read(files->paths[i], &size, f);

		if (!data)
			return -f->err;
		snprintf(name, sizeof(name), "%s%s", outside ? &OUTSIDE_FOLDER[1] : "",
		         outside ? strrchr(files->paths[i], '/')
		         : i     ? files->paths[i] + 1
		                 : "init");
		err = folders_put(out, &folders, name);
		if (!err)
			err = cpio_file(out, name, 0755, data, size);
		if (err)
			err = fault_set(f, -err, "add %s to the guest", files->paths[i]);
		free(data);
	}
	return err;
}

static int modules_put(FILE *out, const struct modules *modules)
{
	char *list = NULL;
	size_t size = 0;
	FILE *lines = open_memstream(&list, &size);
	int err = lines ? cpio_folder(out, "mod") : -ENOMEM;

	for (size_t i = 0; i < modules->count && !err; i++) {
		char name[80];

		snprintf(name, sizeof(name), "mod/%s.ko", modules->items[i].name);
		fprintf(lines, "/%s\n", name);
		err = cpio_file(out, name, 0644, modules->items[i].data, modules->items[i].size);
	}
	if (lines && fclose(lines) != 0 && !err)
		err = -ENOMEM;
	if (!err)
		err = cpio_file(out, &INITRD_MODULES[1], 0644, list, size);
	free(list);
	return err;
}

static int skeleton_put(FILE *out)
{
	static const char *const folders[] = {"proc", "sys", "dev", "tmp", "run"};
	int err = 0;

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]) && !err; i++)
		err = cpio_folder(out, folders[i]);
	/* The kernel opens it for init before devtmpfs is there. */
	return err ? err : cpio_device(out, "dev/console", 5, 1);
}

static int initrd_put(FILE *out, const struct modules *modules, struct fault *f)
{
	struct program_files files;
	int err = skeleton_put(out);

	if (!err)
		err = modules_put(out, modules);
	if (err)
		return fault_set(f, -err, "make the guest's initrd");
	err = program_files_find(&files, f);
	if (!err)
		err = program_put(out, &files, f);
	program_files_free(&files);
	if (!err && cpio_end(out) < 0)
		err = fault_set(f, EIO, "make the guest's initrd");
	return err;
}

int initrd_write(const struct vm_kernel *kernel, const char *path, const char *sources,
                 struct fault *f)
{
	struct modules modules;
	int err = modules_gather(kernel->modules, modules_wanted, &modules, f);
	FILE *out;

	if (err)
		return err;
	out = fopen(path, "we");
	err = out ? initrd_put(out, &modules, f) : fault_set(f, errno, "write %s", path);
	if (out && fclose(out) != 0 && !err)
		err = fault_set(f, errno, "write %s", path);
	if (!err)
		err = file_write(sources, modules.sources, strlen(modules.sources), f);
	modules_free(&modules);
	return err;
}
