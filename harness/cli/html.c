// SPDX-License-Identifier: GPL-2.0-or-later
#include "html.h"

#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "output_file.h"

enum exit_code html_write(struct record *const *records, size_t count,
                          const struct kept_records *since, const char *path)
{
	struct fault fault;
	FILE *out = output_open(path, &fault);
	int err;

	if (!out)
		return cli_fault(EXIT_NOT_RUN, &fault);
	err = page_print_since((const struct record *const *)records, count,
	                       (const struct record *const *)since->records, since->count, out);
	if (output_close(out, path, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	if (err)
		return cli_say(EXIT_NOT_RUN, "cannot make the page: %s", strerror(-err));
	return EXIT_AS_PREDICTED;
}

enum exit_code html_write_kept(struct record *const *like, size_t count, const char *dir,
                               const struct kept_records *since, const char *path)
{
	struct kept_records kept;
	struct fault fault;
	enum exit_code code;

	if (records_load_kept(dir, like, count, &kept, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	code = html_write(kept.records, kept.count, since, path);
	records_free(kept.records, kept.count);
	return code;
}

enum exit_code html_take(struct kept_records *kept, const char *path)
{
	struct kept_records more;
	struct record **all;
	struct fault fault;

	if (records_load(path, NULL, 0, &more, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	all = reallocarray(kept->records, kept->count + more.count, sizeof(struct record *));
	if (!all) {
		records_free(more.records, more.count);
		return cli_say(EXIT_NOT_RUN, "out of memory");
	}
	kept->records = all;
	memcpy(all + kept->count, more.records, more.count * sizeof(struct record *));
	kept->count += more.count;
	free(more.records);
	return EXIT_AS_PREDICTED;
}
