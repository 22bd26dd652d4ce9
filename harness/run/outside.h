/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outside: probes that are no part of this program. Each is a shared object ID.so, compiled
 * from ID.c (session/compile.h), which defines what a probe of the source tree does and
 * finds the verbs in this program. A guest has them in OUTSIDE_FOLDER of its initrd.
 */
#ifndef FINWAIT_RUN_OUTSIDE_H
#define FINWAIT_RUN_OUTSIDE_H

#include <stddef.h>

#include "../base/fault.h"

#define OUTSIDE_FOLDER "/probes"

/* Load @object, compiled from @source, into the registry. 0 or -errno. */
int outside_load(const char *object, const char *source, struct fault *f) MUST_CHECK;
/* All objects of @folder; none where there is no such folder. */
int outside_load_all(const char *folder, struct fault *f) MUST_CHECK;

/* "my.probe" of "/some/where/my.probe.c", to be freed; NULL: no memory. */
char *outside_id(const char *path);
/* The object that @path is, as a file of OUTSIDE_FOLDER: "my.probe.so"; NULL: it is none. */
const char *outside_name(const char *path);

#endif
