/* SPDX-License-Identifier: GPL-2.0-or-later */
/* initrd: all that a guest has: this program with its libraries, and modules. */
#ifndef FINWAIT_VM_INITRD_H
#define FINWAIT_VM_INITRD_H

#include <stdint.h>

#include "kernels.h"

#define INITRD_MODULES "/modules" /* in the guest: the list, one path a line, in order */

/* Write it to @path; what the modules in it were read from (modules_same()) to @sources. */
int initrd_write(const struct vm_kernel *kernel, const char *path, const char *sources,
                 struct fault *f) MUST_CHECK;
/* Of this program and its libraries, as they would be put into an initrd. */
int program_digest(uint64_t *digest, struct fault *f) MUST_CHECK;

#endif
