// SPDX-License-Identifier: GPL-2.0-or-later
#include "outside.h"

#include <ctype.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/array.h"
#include "../base/file.h"
#include "registry.h"

static struct {
	char **paths;
	size_t count, space;
} objects;

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

char *outside_id(const char *path)
{
	const char *name = name_of(path), *dot = strrchr(name, '.');

	return strndup(name, dot ? (size_t)(dot - name) : strlen(name));
}

const char *outside_name(const char *path)
{
	for (size_t i = 0; i < objects.count; i++)
		if (!strcmp(objects.paths[i], path))
			return name_of(path);
	return NULL;
}

static int object_remember(const char *path)
{
	char **paths =
		array_reserve(objects.paths, &objects.space, objects.count + 1, sizeof(*paths));

	if (!paths)
		return -ENOMEM;
	objects.paths = paths;
	paths[objects.count] = strdup(path);
	if (!paths[objects.count])
		return -ENOMEM;
	objects.count++;
	return 0;
}

/* "probe_my_probe" of "my.probe", as scripts/make-registry has it. */
static void symbol_of(const char *id, char *symbol, size_t size)
{
	snprintf(symbol, size, "probe_%s", id);
	for (char *s = symbol; *s; s++)
		if (!isalnum((unsigned char)*s))
			*s = '_';
}

static int probe_take(void *handle, const char *id, const char *source, struct fault *f)
{
	const struct probe *probe;
	char symbol[128];

	symbol_of(id, symbol, sizeof(symbol));
	probe = dlsym(handle, symbol);
	if (!probe)
		return fault_refuse(f, ENOENT, "%s: no 'const struct probe %s' in it",
		                    path_end(source), symbol);
	if (!probe->id || strcmp(probe->id, id) != 0)
		return fault_refuse(f, EINVAL, "%s: its probe's id is '%s', not the file's name",
		                    path_end(source), probe->id ? probe->id : "");
	return registry_add(probe, source, f);
}

int outside_load(const char *object, const char *source, struct fault *f)
{
	void *handle = dlopen(object, RTLD_NOW | RTLD_LOCAL);
	char *id;
	int err;

	if (!handle)
		return fault_refuse(f, ENOEXEC, "%s", dlerror());
	id = outside_id(object);
	if (id && object_remember(object) == 0)
		err = probe_take(handle, id, source, f);
	else
		err = fault_set(f, ENOMEM, "load %s", path_end(object));
	free(id); /* the object stays: its probe is in the registry */
	return err;
}

static int is_object(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && dot > entry->d_name && !strcmp(dot, ".so");
}

int outside_load_all(const char *folder, struct fault *f)
{
	struct dirent **entries;
	int err = 0, count = scandir(folder, &entries, is_object, alphasort);

	if (count < 0)
		return errno == ENOENT ? 0 : fault_set(f, errno, "%s", folder);
	for (int i = 0; i < count; i++) {
		char *path = NULL;

		if (!err && asprintf(&path, "%s/%s", folder, entries[i]->d_name) < 0)
			err = fault_set(f, ENOMEM, "load %s", folder);
		else if (!err)
			err = outside_load(path, path, f);
		free(path);
		free(entries[i]);
	}
	free(entries);
	return err;
}
