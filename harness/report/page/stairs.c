// SPDX-License-Identifier: GPL-2.0-or-later
/* stairs: of each probe that waited for something to be sent again, the staircase. */
#include "../picture/picture.h"
#include "page.h"

static void record_stairs(const struct page *page, const struct record *rec, const char *name)
{
	FILE *out = page->out;

	fputs("<details class=\"drawn\"><summary>Sent again: predicted and measured", out);
	if (page->count > 1)
		markup_format(out, ", %s", name);
	fputs("</summary>\n", out);
	for (size_t first = 0; first < rec->interval_count; first += stairs_count(rec, first)) {
		const struct interval *interval = &rec->intervals[first];

		fputs("<p class=\"quiet\">", out);
		markup_format(out, "%s%s%s", interval->claim, *interval->in_case ? ", " : "",
		              interval->in_case);
		fputs("</p>\n<div class=\"wide\" tabindex=\"0\" role=\"region\" "
		      "aria-label=\"Staircase\"><noscript>\n",
		      out);
		stairs_print(rec, first, out);
		fputs("</noscript></div>", out);
	}
	fputs("</details>\n", out);
}

/* The first column's, and those of the columns that answer otherwise: as their ladders. */
void page_stairs_print(const struct page *page, size_t block)
{
	bool any = false;

	for (size_t i = 0; i < page->count; i++) {
		const struct record *rec = page_record(page, block, i);

		if (!rec || !rec->interval_count || (any && !page_column_differs(page, block, i)))
			continue;
		record_stairs(page, rec, page->own[i].name);
		any = true;
	}
}
