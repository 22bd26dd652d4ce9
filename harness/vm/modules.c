// SPDX-License-Identifier: GPL-2.0-or-later
#include "modules.h"

#include <dirent.h>
#include <errno.h>
#include <fts.h>
#include <libelf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "unpack.h"

/* ---- .modinfo */

static const char *entry_find(const char *at, const char *end, const char *key)
{
	size_t length = strlen(key);

	while (at < end) {
		size_t entry = strnlen(at, (size_t)(end - at));

		if (at + entry == end)
			return NULL; /* no NUL behind it */
		if (entry > length && !strncmp(at, key, length) && at[length] == '=')
			return at + length + 1;
		at += entry + 1;
	}
	return NULL;
}

#define SIGNATURE_MAGIC "~Module signature appended~\n"
#define SIGNATURE_INFO 12 /* struct module_signature; its last four bytes are the length */

size_t module_unsigned_size(const void *data, size_t size)
{
	const size_t tail = SIGNATURE_INFO + strlen(SIGNATURE_MAGIC);
	const unsigned char *info;
	size_t length;

	if (size < tail)
		return size;
	info = (const unsigned char *)data + size - tail;
	if (memcmp(info + SIGNATURE_INFO, SIGNATURE_MAGIC, strlen(SIGNATURE_MAGIC)))
		return size;
	length = (size_t)info[8] << 24 | (size_t)info[9] << 16 | (size_t)info[10] << 8 | info[11];
	return length <= size - tail ? size - tail - length : size;
}

static const char *modinfo_value(Elf *elf, const char *key)
{
	size_t names;
	Elf_Scn *section = NULL;

	if (elf_getshdrstrndx(elf, &names) != 0)
		return NULL;
	while ((section = elf_nextscn(elf, section))) {
		const char *name = NULL;
		Elf64_Shdr *header = elf64_getshdr(section);
		Elf_Data *data;

		if (header)
			name = elf_strptr(elf, names, header->sh_name);
		if (!name || strcmp(name, ".modinfo") != 0)
			continue;
		data = elf_rawdata(section, NULL);
		if (!data || !data->d_buf)
			return NULL;
		return entry_find(data->d_buf, (const char *)data->d_buf + data->d_size, key);
	}
	return NULL;
}

char *modinfo_find(void *data, size_t size, const char *key)
{
	Elf *elf = elf_version(EV_CURRENT) != EV_NONE ? elf_memory(data, size) : NULL;
	const char *value = elf ? modinfo_value(elf, key) : NULL;
	char *copy = value ? strdup(value) : NULL;

	elf_end(elf);
	return copy;
}

/* ---- what they are read from */

/*
 * "SIZE MTIME INODE PATH". Not the contents: which modules depend on which is known when they
 * are unpacked, and that takes longer than all else that a run does. Of modules that are
 * not packed no more than their folders' times: there are thousands.
 */
static int source_print(FILE *out, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	fprintf(out, "%lld %lld.%09ld %llu %s\n", (long long)st.st_size,
	        (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec, (unsigned long long)st.st_ino,
	        path);
	return 0;
}

/* Where the path begins in a line of sources, or behind its end. */
static const char *source_path(const char *line)
{
	for (int fields = 3; fields; fields--) {
		line += strcspn(line, " \n");
		line += *line == ' ';
	}
	return line;
}

bool modules_same(const char *sources)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	bool same = out != NULL;
	size_t length;

	for (const char *at = sources; same && *at; at += length + (at[length] == '\n')) {
		char path[CACHE_PATH];

		at = source_path(at);
		length = strcspn(at, "\n");
		snprintf(path, sizeof(path), "%.*s", (int)length, at);
		same = source_print(out, path) == 0;
	}
	if (out && fclose(out) != 0)
		same = false;
	same = same && *sources && !strcmp(text, sources);
	free(text);
	return same;
}

/* ---- the files of a kernel */

struct module_file {
	char name[64];
	char *path;
};
struct module_files {
	struct module_file *items;
	size_t count;
	FILE *sources;
};

/* "nf-tables.ko.xz" and "nf-tables" as "nf_tables". */
static void module_name(const char *file, char name[64])
{
	const char *end = strstr(file, ".ko");

	snprintf(name, 64, "%.*s", end ? (int)(end - file) : (int)strlen(file), file);
	for (char *at = name; *at; at++)
		if (*at == '-')
			*at = '_';
}

static int file_add(struct module_files *files, const FTSENT *entry)
{
	struct module_file *items =
		realloc(files->items, (files->count + 1) * sizeof(*files->items));

	if (!items)
		return -ENOMEM;
	files->items = items;
	items[files->count].path = strdup(entry->fts_path);
	module_name(entry->fts_name, items[files->count].name);
	return items[files->count++].path ? 0 : -ENOMEM;
}

static int files_find(const char *dir, struct module_files *files, struct fault *f)
{
	char *const roots[] = {(char *)dir, NULL};
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *entry;
	int err = 0;

	if (!walk)
		return fault_set(f, errno, "read %s", dir);
	while (!err && (entry = fts_read(walk)))
		if (entry->fts_info == FTS_D)
			err = source_print(files->sources, entry->fts_path);
		else if (entry->fts_info == FTS_F && strstr(entry->fts_name, ".ko"))
			err = file_add(files, entry);
	fts_close(walk);
	if (err)
		return fault_set(f, -err, "list modules");
	return files->count ? 0 : fault_set(f, ENOENT, "find any module below %s", dir);
}

static void files_free(struct module_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free(files->items[i].path);
	free(files->items);
}

static const char *file_path(const struct module_files *files, const char *name)
{
	for (size_t i = 0; i < files->count; i++)
		if (!strcmp(files->items[i].name, name))
			return files->items[i].path;
	return NULL;
}

/* ---- gathering */

static int module_read(const char *path, struct module *module, struct fault *f)
{
	size_t size;
	void *data = file_read(path, &size, f);

	if (!data)
		return -f->err;
	if (!unpack_knows(data, size)) {
		module->data = data;
		module->size = size;
		return 0;
	}
	module->data = unpack(data, size, &module->size, f);
	free(data);
	return module->data ? 0 : unpack_blame(path, f);
}

static bool modules_have(const struct modules *modules, const char *name)
{
	for (size_t i = 0; i < modules->count; i++)
		if (!strcmp(modules->items[i].name, name))
			return true;
	return false;
}

static int module_append(struct modules *modules, const struct module *module, struct fault *f)
{
	struct module *items =
		realloc(modules->items, (modules->count + 1) * sizeof(*modules->items));

	if (!items)
		return fault_set(f, ENOMEM, "keep module %s", module->name);
	modules->items = items;
	items[modules->count++] = *module;
	return 0;
}

#define DEPTH_MAX 8

static int module_gather(const struct module_files *files, const char *wanted, int depth,
                         struct modules *modules, struct fault *f);

/* What the module needs comes before it: "depends=nfnetlink,crc32c_generic". */
static int depends_gather(const struct module_files *files, const struct module *module, int depth,
                          struct modules *modules, struct fault *f)
{
	char *list = modinfo_find(module->data, module->size, "depends"), *rest = list;
	int err = 0;

	for (const char *name; !err && (name = strsep(&rest, ","));)
		if (*name)
			err = module_gather(files, name, depth + 1, modules, f);
	free(list);
	return err;
}

static int module_gather(const struct module_files *files, const char *wanted, int depth,
                         struct modules *modules, struct fault *f)
{
	struct module module = {0};
	const char *path;
	int err;

	module_name(wanted, module.name);
	path = file_path(files, module.name);
	if (!path || modules_have(modules, module.name) || depth > DEPTH_MAX)
		return 0;
	err = source_print(files->sources, path);
	err = err ? fault_set(f, -err, "look at %s", path) : module_read(path, &module, f);
	if (!err)
		err = depends_gather(files, &module, depth, modules, f);
	if (!err)
		err = module_append(modules, &module, f);
	if (err)
		free(module.data);
	return err;
}

int modules_gather(const char *dir, const char *const names[], struct modules *modules,
                   struct fault *f)
{
	struct module_files files = {0};
	size_t size;
	int err;

	*modules = (struct modules){0};
	files.sources = open_memstream(&modules->sources, &size);
	if (!files.sources)
		return fault_set(f, ENOMEM, "list modules");
	err = files_find(dir, &files, f);
	for (; *names && !err; names++)
		err = module_gather(&files, *names, 0, modules, f);
	if (fclose(files.sources) != 0 && !err)
		err = fault_set(f, ENOMEM, "list modules");
	files_free(&files);
	if (err)
		modules_free(modules);
	return err;
}

void modules_free(struct modules *modules)
{
	for (size_t i = 0; i < modules->count; i++)
		free(modules->items[i].data);
	free(modules->items);
	free(modules->sources);
	*modules = (struct modules){0};
}
