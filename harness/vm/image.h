/* SPDX-License-Identifier: GPL-2.0-or-later */
/* image: a bzImage taken apart. QEMU enters the ELF inside by its PVH note, in a
 * third of the time that the self-unpacking image takes. */
#ifndef FINWAIT_VM_IMAGE_H
#define FINWAIT_VM_IMAGE_H

#include <stdint.h>

#include "cache.h"

/* uname -r of the kernel in @vmlinuz. */
int image_release(const char *vmlinuz, char *release, size_t size, struct fault *f) MUST_CHECK;
/* Write the ELF file in @vmlinuz to @vmlinux. */
int image_unpack(const char *vmlinuz, const char *vmlinux, struct fault *f) MUST_CHECK;
/* Where the ELF file @vmlinux ends in the machine's memory. */
int image_end(const char *vmlinux, uint64_t *end, struct fault *f) MUST_CHECK;

#endif
