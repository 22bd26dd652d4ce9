// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpio.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

static int padding_put(FILE *out, size_t size)
{
	static const char zeros[4];
	size_t count = -size & 3;

	return fwrite(zeros, 1, count, out) == count ? 0 : -EIO;
}

/* The header's numbers are eight hexadecimal digits each; inode, time and owner are 0. */
static int header_put(FILE *out, const char *name, unsigned int mode, size_t size,
                      unsigned int major, unsigned int minor)
{
	size_t name_size = strlen(name) + 1;
	int n;

	if (size > UINT32_MAX)
		return -EFBIG;
	n = fprintf(out, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", 0U, mode, 0U,
	            0U, 1U, 0U, (unsigned int)size, 0U, 0U, major, minor, (unsigned int)name_size,
	            0U);
	if (n < 0 || fwrite(name, 1, name_size, out) != name_size)
		return -EIO;
	return padding_put(out, (size_t)n + name_size);
}

int cpio_folder(FILE *out, const char *name)
{
	return header_put(out, name, S_IFDIR | 0755, 0, 0, 0);
}

int cpio_file(FILE *out, const char *name, mode_t permissions, const void *data, size_t size)
{
	int err = header_put(out, name, S_IFREG | permissions, size, 0, 0);

	if (!err && fwrite(data, 1, size, out) != size)
		err = -EIO;
	return err ? err : padding_put(out, size);
}

int cpio_device(FILE *out, const char *name, unsigned int major, unsigned int minor)
{
	return header_put(out, name, S_IFCHR | 0600, 0, major, minor);
}

int cpio_end(FILE *out)
{
	return header_put(out, "TRAILER!!!", 0, 0, 0, 0);
}
