// SPDX-License-Identifier: GPL-2.0-or-later
#include "output_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/file.h"

FILE *output_open(const char *path, struct fault *f)
{
	int fd;
	FILE *out;

	if (!strcmp(path, "-"))
		return stdout;
	fd = file_create_at(path, f);
	if (fd < 0)
		return NULL;
	out = fdopen(fd, "w");
	if (!out) {
		fault_set(f, errno, "write %s", path_end(path));
		close(fd);
	}
	return out;
}

int output_close(FILE *out, const char *path, struct fault *f)
{
	bool failed;

	if (out == stdout)
		return 0; /* cli_finish() says what went wrong */
	errno = 0;
	failed = fflush(out) != 0 || ferror(out);
	if (fclose(out) != 0 || failed)
		return fault_set(f, errno ? errno : EIO, "write %s", path_end(path));
	return 0;
}
