// SPDX-License-Identifier: GPL-2.0-or-later
#include "html.h"

#include <stdlib.h>
#include <string.h>

#include "../session/records.h"
#include "cli.h"
#include "output_file.h"

enum exit_code html_write(struct record *const *records, size_t count, const char *path)
{
	struct fault fault;
	FILE *out = output_open(path, &fault);
	int err;

	if (!out)
		return cli_fault(EXIT_NOT_RUN, &fault);
	err = page_print((const struct record *const *)records, count, out);
	if (output_close(out, path, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	if (err)
		return cli_say(EXIT_NOT_RUN, "cannot make the page: %s", strerror(-err));
	return EXIT_AS_PREDICTED;
}

enum exit_code html_write_kept(struct record *const *like, size_t count, const char *dir,
                               const char *path)
{
	struct kept_records kept;
	struct fault fault;
	enum exit_code code;

	if (records_load_kept(dir, like, count, &kept, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	code = html_write(kept.records, kept.count, path);
	records_free(kept.records, kept.count);
	return code;
}
