/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * modules: a kernel's modules, with what they depend on, unpacked. Dependencies are
 * read from the modules themselves (.modinfo): the packages carry no modules.dep.
 */
#ifndef FINWAIT_VM_MODULES_H
#define FINWAIT_VM_MODULES_H

#include <stdbool.h>
#include <stddef.h>

#include "cache.h"

struct module {
	char name[64]; /* with '_', as in lsmod */
	void *data;
	size_t size;
};
struct modules {
	struct module *items; /* in an order in which they can be loaded */
	size_t count;
	char *sources; /* what modules_same() looks at: a line a folder, and a file that was read */
};

/*
 * Those of @names (NULL behind the last) that are files below @dir; others are built in
 * or this kernel does not have them: the guest will tell by what works.
 */
int modules_gather(const char *dir, const char *const names[], struct modules *modules,
                   struct fault *f) MUST_CHECK;
void modules_free(struct modules *modules);

/*
 * Whether gathering them again would give the same: no file that was read has changed,
 * and none was put into a folder of the kernel's modules or taken out of it.
 */
bool modules_same(const char *sources);

/* Of a module's file: the bytes before its signature, all where it has none. Pure; mod_check_sig(). */
size_t module_unsigned_size(const void *data, size_t size);

/* The value of "@key=" in .modinfo of an ELF file, to be freed; NULL: there is none. Pure. */
char *modinfo_find(void *data, size_t size, const char *key);

#endif
