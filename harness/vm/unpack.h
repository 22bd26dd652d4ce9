/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unpack: what kernels and modules are compressed with: xz, zstd, gzip, the old LZ4. */
#ifndef FINWAIT_VM_UNPACK_H
#define FINWAIT_VM_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/fault.h"

#define UNPACK_MAX ((size_t)512 << 20) /* no kernel is larger: something is wrong */

/*
 * Unpack @data, which may have a few bytes behind its end. Returns a buffer for the
 * caller to free; NULL with the fault filled (-EBADMSG: torn or none of these formats).
 */
void *unpack(const void *data, size_t size, size_t *unpacked, struct fault *f) MUST_CHECK;
/* What was unpacked is from @path: name it in @f, which unpack() has filled. Its error again. */
int unpack_blame(const char *path, struct fault *f);
/* Whether @data begins like one of the formats. */
bool unpack_knows(const void *data, size_t size);

#endif
