// SPDX-License-Identifier: GPL-2.0-or-later
/* markdown: the ladder for an issue or a chat. */
#include <errno.h>
#include <stdlib.h>

#include "../markdown.h"
#include "../report.h"

int ladder_markdown(const struct record *rec, const struct report_style *style, FILE *out)
{
	struct report_style plain = *style;
	char *text = NULL;
	size_t size = 0;
	FILE *lines = open_memstream(&text, &size);
	int err;

	if (!lines)
		return -ENOMEM;
	plain.colour = false;
	err = ladder_print(rec, &plain, lines);
	if (fclose(lines) != 0 && !err)
		err = -ENOMEM;
	if (!err) {
		fputs("### ", out);
		markdown_text(out, rec->probe);
		fputs(*rec->title ? ": " : "", out);
		markdown_text(out, rec->title);
		fputs("\n\n", out);
		markdown_block(out, text);
		err = ferror(out) ? -EIO : 0;
	}
	free(text);
	return err;
}
