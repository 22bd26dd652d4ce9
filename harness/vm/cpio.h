/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cpio: an archive in the "newc" format, as the kernel unpacks an initrd. */
#ifndef FINWAIT_VM_CPIO_H
#define FINWAIT_VM_CPIO_H

#include <stdio.h>
#include <sys/types.h>

/* Folders come before what is in them. 0 or -errno; the same bytes for the same calls. */
int cpio_folder(FILE *out, const char *name);
int cpio_file(FILE *out, const char *name, mode_t permissions, const void *data, size_t size);
int cpio_device(FILE *out, const char *name, unsigned int major, unsigned int minor);
int cpio_end(FILE *out);

#endif
