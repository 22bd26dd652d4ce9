// SPDX-License-Identifier: GPL-2.0-or-later
#include "junit.h"

#include "../report/junit.h"
#include "cli.h"
#include "output_file.h"

enum exit_code junit_write(struct record *const *records, size_t count, const struct phases *phases,
                           const char *path)
{
	struct fault fault;
	FILE *out = output_open(path, &fault);
	int err;

	if (!out)
		return cli_fault(EXIT_NOT_RUN, &fault);
	err = junit_print((const struct record *const *)records, count, phases, out);
	if (output_close(out, path, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	(void)err; /* of writing, which has been said, or which cli_finish() says */
	return EXIT_AS_PREDICTED;
}
