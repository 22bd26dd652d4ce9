// SPDX-License-Identifier: GPL-2.0-or-later
#include "html.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "captures.h"
#include "cli.h"
#include "output_file.h"

static enum exit_code page_write(const struct html *html, struct record *const *records,
                                 size_t count, char *const *captures)
{
	const struct page_beside beside = {
		.before = (const struct record *const *)html->since.records,
		.before_count = html->since.count,
		.captures = (const char *const *)captures,
	};
	struct fault fault;
	FILE *out = output_open(html->path, &fault);
	int err;

	if (!out)
		return cli_fault(EXIT_NOT_RUN, &fault);
	err = page_print_beside((const struct record *const *)records, count, &beside, out);
	if (output_close(out, html->path, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	if (err)
		return cli_say(EXIT_NOT_RUN, "cannot make the page: %s", strerror(-err));
	return EXIT_AS_PREDICTED;
}

enum exit_code html_write(const struct html *html, struct record *const *records, size_t count)
{
	char **captures = NULL;
	enum exit_code code = EXIT_AS_PREDICTED;

	if (html->captures_dir)
		code = captures_write(records, count, html->captures_dir);
	if (!code && html->captures_dir) {
		captures = captures_link(records, count, html->captures_dir, html->path);
		if (!captures)
			code = cli_say(EXIT_NOT_RUN, "cannot link captures: %s", strerror(errno));
	}
	if (!code)
		code = page_write(html, records, count, captures);
	for (size_t i = 0; captures && i < count; i++)
		free(captures[i]);
	free(captures);
	return code;
}

enum exit_code html_write_kept(const struct html *html, struct record *const *like, size_t count,
                               const char *dir)
{
	struct kept_records kept;
	struct fault fault;
	enum exit_code code;

	if (records_load_kept(dir, like, count, &kept, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	code = html_write(html, kept.records, kept.count);
	records_free(kept.records, kept.count);
	return code;
}

enum exit_code html_take(struct kept_records *kept, const char *path)
{
	struct kept_records more;
	struct record **all;
	struct fault fault;

	if (records_load_tree(path, &more, &fault) < 0)
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
