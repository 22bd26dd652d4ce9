// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * since: what is not as in a run that was kept earlier: findings added, gone, changed, the same.
 * A finding is the same one by its claim, case and name, as for the diff and the matrix; a probe's
 * earlier record is the one of the same kernel, else of the same series (6.12 of 6.12.118), else,
 * where both runs are of one kernel each, of that other kernel.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "page.h"

enum change { CHANGE_CHANGED, CHANGE_ADDED, CHANGE_GONE, CHANGE_SAME, CHANGE_COUNT };

static const char *const change_words[CHANGE_COUNT] = {
	[CHANGE_CHANGED] = "changed",
	[CHANGE_ADDED] = "added",
	[CHANGE_GONE] = "gone",
	[CHANGE_SAME] = "same",
};

#define ROWS_SHOWN 40 /* of more the table is folded */

struct since {
	const struct page *page;
	size_t counts[CHANGE_COUNT];
	size_t asked_otherwise; /* probes: what changed there may be no change of the kernel's */
	bool *taken; /* of the earlier records: there is a new one of the same probe */
	bool lone; /* of one kernel each */
	bool printing; /* else counting */
};

/* A finding, or all of those of a probe that only one of the runs has asked. */
struct since_row {
	enum change change;
	const char *anchor; /* NULL: the probe is not on this page */
	const struct record *rec;
	const struct finding *before, *now; /* NULL: none */
	unsigned int fields; /* in which they differ */
};

/* ---- which record is compared with which ---- */

static bool same_series(const char *a, const char *b)
{
	size_t length = strcspn(a, ".");

	length += a[length] ? 1 + strspn(a + length + 1, "0123456789") : 0;
	return !strncmp(a, b, length) && (b[length] < '0' || b[length] > '9');
}

static bool one_kernel(const struct record *const *records, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (strcmp(records[i]->run.kernel, records[0]->run.kernel) != 0)
			return false;
	return true;
}

static bool is_lone(const struct page *page)
{
	return one_kernel(page->before, page->before_count) && !strcmp(columns_word(page), "run");
}

/* How well @before goes with @rec; 0: not at all. */
static unsigned int kinship(const struct since *since, const struct record *rec,
                            const struct record *before)
{
	unsigned int kin = since->lone;

	if (strcmp(rec->probe, before->probe) != 0 || rec->family != before->family)
		return 0;
	if (!strcmp(rec->run.kernel, before->run.kernel))
		kin = 3;
	else if (same_series(rec->run.kernel, before->run.kernel))
		kin = 2;
	return kin ? 2 * kin + run_asked_same(&rec->run.asked, &before->run.asked) : 0;
}

static const struct record *before_of(struct since *since, const struct record *rec)
{
	const struct page *page = since->page;
	size_t best = 0;
	unsigned int most = 0;

	for (size_t i = 0; i < page->before_count; i++) {
		unsigned int kin = kinship(since, rec, page->before[i]);

		since->taken[i] |= kin > 0;
		if (kin > most) {
			most = kin;
			best = i;
		}
	}
	return most ? page->before[best] : NULL;
}

/* ---- a row ---- */

static void side_print(FILE *out, const char *label, const struct finding *finding,
                       unsigned int fields)
{
	fprintf(out, "<td data-label=\"%s\">", label);
	if (!finding)
		fputs("-", out);
	if (finding) {
		value_print(out, &finding->measured);
		fputs(" ", out);
		finding_marks_print(out, finding);
		if (fields & 1U << FIELD_SAYS) {
			fputs("<small>says ", out);
			value_print(out, &finding->says);
			fputs("</small>", out);
		}
		if (fields & 1U << FIELD_PREDICTED) {
			fputs("<small>predicted ", out);
			value_print(out, &finding->predicts);
			fputs("</small>", out);
		}
	}
	fputs("</td>", out);
}

static void probe_cell_print(FILE *out, const struct since_row *row)
{
	fputs("<tr><th scope=\"row\">", out);
	if (row->anchor)
		fprintf(out, "<a href=\"#%s\">", row->anchor);
	markup_text(out, row->rec->probe);
	if (row->anchor)
		fputs("</a>", out);
	fputs("<small>", out);
	markup_format(out, "Linux %s", row->rec->run.kernel);
	fputs("</small></th>", out);
}

static void row_put(const struct since *since, const struct since_row *row)
{
	const struct finding *finding = row->now ? row->now : row->before;
	FILE *out = since->page->out;
	char title[200];

	probe_cell_print(out, row);
	fprintf(out, "<td class=\"%s\">%s</td><td>", change_words[row->change],
	        change_words[row->change]);
	if (finding) {
		markup_text(out, finding_title(finding_id_of(finding), title, sizeof(title)));
		fputs("<small>", out);
		markup_text(out, finding->claim);
		fputs("</small></td>", out);
	} else {
		fprintf(out, "the whole probe, findings: %zu</td>", row->rec->finding_count);
	}
	side_print(out, "before", row->before, row->fields);
	side_print(out, "now", row->now, row->fields);
	fputs("</tr>\n", out);
}

static void row_take(struct since *since, const struct since_row *row)
{
	bool whole = !row->before && !row->now;

	if (!since->printing)
		since->counts[row->change] += whole ? row->rec->finding_count : 1;
	else if (row->change != CHANGE_SAME)
		row_put(since, row);
}

/* ---- all of them ---- */

static struct since_row row_of(const struct since *since, const struct since_row *base,
                               const struct record *before_rec, const struct finding *before,
                               const struct finding *now)
{
	struct diff_rule rule = diff_rule_for(before_rec, base->rec, since->page->slack_ns);
	struct since_row row = *base;

	row.before = before;
	row.now = now;
	row.fields = before && now ? findings_unlike(&rule, before, now) : 0;
	row.change = !before      ? CHANGE_ADDED
	             : !now       ? CHANGE_GONE
	             : row.fields ? CHANGE_CHANGED
	                          : CHANGE_SAME;
	return row;
}

static void record_compare(struct since *since, const struct since_row *base,
                           const struct record *before)
{
	const struct record *rec = base->rec;
	struct since_row row;

	since->asked_otherwise +=
		!since->printing && (rec->faithful != before->faithful ||
	                             !run_asked_same(&rec->run.asked, &before->run.asked));
	for (size_t i = 0; i < rec->finding_count; i++) {
		const struct finding *now = &rec->findings[i];

		row = row_of(since, base, before, finding_find(before, finding_id_of(now)), now);
		row_take(since, &row);
	}
	for (size_t i = 0; i < before->finding_count; i++) {
		const struct finding *then = &before->findings[i];

		if (finding_find(rec, finding_id_of(then)))
			continue;
		row = row_of(since, base, before, then, NULL);
		row_take(since, &row);
	}
}

static void since_each(struct since *since)
{
	const struct page *page = since->page;

	for (size_t i = 0; i < page->mx.block_count; i++)
		for (size_t j = 0; j < page->count; j++) {
			const struct record *rec = page_record(page, i, j), *before;
			struct since_row row = {
				.change = CHANGE_ADDED, .anchor = page->anchors[i], .rec = rec};

			before = rec ? before_of(since, rec) : NULL;
			if (before)
				record_compare(since, &row, before);
			else if (rec)
				row_take(since, &row);
		}
	for (size_t i = 0; i < page->before_count; i++)
		if (!since->taken[i])
			row_take(since, &(struct since_row){.change = CHANGE_GONE,
			                                    .rec = page->before[i]});
}

static void since_words(const struct since *since)
{
	FILE *out = since->page->out;

	fputs("<p>Compared with a run that was kept: ", out);
	origin_print(out, since->page->before, since->page->before_count);
	fputs(".</p>\n<p id=\"changes\">Findings:", out);
	for (int i = 0; i < CHANGE_COUNT; i++)
		fprintf(out, "%s <b>%zu</b> %s", i ? "," : "", since->counts[i], change_words[i]);
	fputs("</p>\n", out);
	if (since->asked_otherwise)
		fprintf(out,
		        "<p class=\"quiet\">Asked otherwise then, with other settings or in the "
		        "other form: %zu. What changed there need not be the kernel.</p>\n",
		        since->asked_otherwise);
}

static void since_table(struct since *since)
{
	const size_t *counts = since->counts;
	size_t rows = counts[CHANGE_CHANGED] + counts[CHANGE_ADDED] + counts[CHANGE_GONE];
	FILE *out = since->page->out;

	if (!rows)
		return;
	fprintf(out,
	        "<details class=\"drawn\"%s><summary>What is not the same</summary>\n"
	        "<table class=\"findings\" id=\"since\">\n<thead><tr><th scope=\"col\">probe</th>"
	        "<th scope=\"col\"></th><th scope=\"col\">finding</th><th scope=\"col\">before</th>"
	        "<th scope=\"col\">now</th></tr></thead>\n<tbody>\n",
	        rows <= ROWS_SHOWN ? " open" : "");
	since->printing = true;
	since_each(since);
	fputs("</tbody></table></details>\n", out);
}

int page_since_print(const struct page *page)
{
	struct since since = {.page = page};

	if (!page->before_count)
		return 0;
	since.taken = calloc(page->before_count, sizeof(*since.taken));
	if (!since.taken)
		return -ENOMEM;
	since.lone = page->count && is_lone(page);
	since_each(&since);
	fputs("<section aria-labelledby=\"since-then\"><h2 id=\"since-then\">What changed</h2>\n",
	      page->out);
	since_words(&since);
	since_table(&since);
	fputs("</section>\n", page->out);
	free(since.taken);
	return 0;
}
