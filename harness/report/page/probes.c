// SPDX-License-Identifier: GPL-2.0-or-later
/* probes: each probe's findings, kernel beside kernel, and its ladder. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../outcome_words.h"
#include "../picture/picture.h"
#include "../plot/plot.h"
#include "../verdict_words.h"
#include "page.h"

/* Of a ladder: what is longer is folded, and drawn whole by 'finwait ladder --svg'. */
#define RUNGS_MOST 48

void value_print(FILE *out, const struct value *value)
{
	char text[256];

	markup_text(out, value->kind == VALUE_TEXT ? value->text
	                                           : value_text(value, text, sizeof(text)));
}

/* ---- a finding ---- */

static struct answer verdict_answer(enum verdict verdict)
{
	return (struct answer){verdict == VERDICT_NONE ? "model" : verdict_name(verdict),
	                       verdict_word(verdict)};
}

void finding_marks_print(FILE *out, const struct finding *finding)
{
	mark_print(out, verdict_answer(finding->verdict));
	if (finding->model == MODEL_FAILS)
		fputs(" <b class=\"mark failed\">MODEL FAILED</b>", out);
}

static bool same_value(const struct value *a, const struct value *b)
{
	if (a->kind != b->kind)
		return false;
	return a->kind == VALUE_TEXT ? !strcmp(a->text, b->text) : a->lo == b->lo && a->hi == b->hi;
}

/* The first kernel's finding: what it says and predicts goes for the row, others say otherwise. */
static const struct finding *row_finding(const struct page *page, const struct matrix_row *row)
{
	for (size_t i = 0; i < page->count; i++)
		if (row->cells[i].finding)
			return row->cells[i].finding;
	return NULL;
}

static void note_print(FILE *out, const char *before, const char *text)
{
	if (!*text)
		return;
	fprintf(out, "<small>%s", before);
	markup_text(out, text);
	fputs("</small>", out);
}

static void aside_print(FILE *out, const char *word, const struct value *value,
                        const struct value *of_row)
{
	if (same_value(value, of_row))
		return;
	fprintf(out, "<small>%s ", word);
	value_print(out, value);
	fputs("</small>", out);
}

/* No finding: what the run came to instead, and why. */
static void without_print(FILE *out, const struct matrix_cell *cell)
{
	const struct record *rec = cell->rec;

	if (!rec) {
		mark_print(out, answer_of(NULL, ""));
		return;
	}
	mark_print(out, (struct answer){"unanswered", record_outcome(rec) == OUTCOME_OK
	                                                      ? "not judged"
	                                                      : outcome_word(record_outcome(rec))});
	note_print(out, "", rec->reason);
}

void differs_mark_print(const struct page *page)
{
	fprintf(page->out, " <abbr title=\"differs from the first %s\">≠</abbr>",
	        columns_word(page));
}

static void cell_label(const struct page *page, size_t column, const char *class)
{
	fprintf(page->out, "<td%s data-label=\"", class);
	markup_text(page->out, page->own[column].name);
	fputs("\">", page->out);
}

static void cell_print(const struct page *page, const struct matrix_row *row, size_t column,
                       const struct finding *first)
{
	const struct matrix_cell *cell = &row->cells[column];
	const struct finding *finding = cell->finding;
	FILE *out = page->out;

	cell_label(page, column, cell->differs ? " class=\"differs\"" : "");
	if (!finding) {
		without_print(out, cell);
	} else {
		value_print(out, &finding->measured);
		if (cell->differs)
			differs_mark_print(page);
		fputs(" ", out);
		finding_marks_print(out, finding);
		aside_print(out, "says", &finding->says, &first->says);
		aside_print(out, "predicted", &finding->predicts, &first->predicts);
		note_print(out, "", finding->note);
	}
	fputs("</td>", out);
}

static void row_print(const struct page *page, const struct matrix_row *row)
{
	const struct finding *first = row_finding(page, row);
	FILE *out = page->out;

	fputs("<tr><th scope=\"row\">", out);
	markup_text(out, row->title);
	if (first)
		note_print(out, "by ", first->rule);
	fputs("</th><td data-label=\"says\">", out);
	if (first)
		value_print(out, &first->says);
	fputs("</td><td data-label=\"predicted\">", out);
	if (first)
		value_print(out, &first->predicts);
	fputs("</td>", out);
	for (size_t i = 0; i < page->count; i++)
		cell_print(page, row, i, first);
	fputs("</tr>\n", out);
}

/* ---- a claim ---- */

static const struct record_claim *block_claim(const struct page *page, size_t block, const char *id)
{
	const struct record_claim *claim = NULL;

	for (size_t i = 0; i < page->count && !claim; i++) {
		const struct record *rec = page_record(page, block, i);

		claim = rec ? record_claim_find(rec, id) : NULL;
	}
	return claim;
}

static void claim_head(const struct page *page, size_t block, const char *id)
{
	const struct record_claim *claim = block_claim(page, block, id);
	FILE *out = page->out;

	fprintf(out, "<tbody><tr class=\"claim\"><th scope=\"rowgroup\" colspan=\"%zu\">",
	        page->count + 3);
	markup_text(out, *id ? id : "(no claim)");
	if (claim) {
		fputs(" <small>[", out);
		markup_text(out, claim->article);
		fputs("]</small> ", out);
		markup_text(out, claim->text);
	}
	fputs("</th></tr>\n", out);
}

static bool claim_had(const struct page *page, const struct matrix_block *block, size_t at)
{
	for (size_t i = block->row; i < at; i++)
		if (!strcmp(page->mx.rows[i].id.claim, page->mx.rows[at].id.claim))
			return true;
	return false;
}

static void findings_print(const struct page *page, size_t index)
{
	const struct matrix_block *block = &page->mx.blocks[index];
	const struct matrix_row *rows = page->mx.rows;
	size_t end = block->row + block->row_count;
	FILE *out = page->out;

	if (!rows[block->row].id.claim)
		return; /* nothing was judged */
	fputs("<div class=\"wide\"><table class=\"findings\">\n<thead><tr><th "
	      "scope=\"col\">finding</th>"
	      "<th scope=\"col\">says</th><th scope=\"col\">predicted</th>",
	      out);
	for (size_t i = 0; i < page->count; i++) {
		fputs("<th scope=\"col\">", out);
		markup_text(out, page->count > 1 ? page->own[i].name : "measured");
		fputs("</th>", out);
	}
	fputs("</tr></thead>\n", out);
	for (size_t i = block->row; i < end; i++) {
		if (claim_had(page, block, i))
			continue;
		claim_head(page, index, rows[i].id.claim);
		for (size_t j = i; j < end; j++)
			if (!strcmp(rows[j].id.claim, rows[i].id.claim))
				row_print(page, &rows[j]);
		fputs("</tbody>\n", out);
	}
	fputs("</table></div>\n", out);
}

/* ---- ladders ---- */

bool page_column_differs(const struct page *page, size_t index, size_t column)
{
	const struct matrix_block *block = &page->mx.blocks[index];

	for (size_t i = block->row; i < block->row + block->row_count; i++) {
		const struct matrix_cell *cell = &page->mx.rows[i].cells[column];
		const struct finding *first = row_finding(page, &page->mx.rows[i]);

		if (cell->differs || (cell->finding != NULL) != (first != NULL) ||
		    (first && first->verdict != cell->finding->verdict))
			return true;
	}
	return false;
}

static void capture_put(const struct page *page, const struct record *rec)
{
	const char *address = page_capture(page, rec);

	if (!address)
		return;
	fputs("<p class=\"quiet\"><a href=\"", page->out);
	markup_text(page->out, address);
	fputs("\">Its packets</a>, a capture file for Wireshark</p>", page->out);
}

static int ladder_put(struct page *page, size_t column, const struct record *rec, bool open)
{
	const struct picture_options options = {.most_rungs = RUNGS_MOST, .bare = true};
	FILE *out = page->out;
	struct picture pic;
	int err = picture_layout(rec, &options, &pic);

	if (!err) {
		fprintf(out, "<details class=\"drawn\"%s><summary>Ladder", open ? " open" : "");
		if (page->count > 1)
			markup_format(out, ", %s", page->own[column].name);
		fputs("</summary>\n<div class=\"wide\" tabindex=\"0\" role=\"region\" "
		      "aria-label=\"Ladder\"><noscript>\n",
		      out);
		picture_print(&pic, false, out);
		fputs("</noscript></div>", out);
		if (pic.folded) {
			fputs("<p class=\"quiet\">The middle is left out here; whole: <code>", out);
			markup_format(out, "finwait ladder %s --svg FILE", rec->probe);
			fputs("</code></p>", out);
		}
		capture_put(page, rec);
		fputs("</details>\n", out);
	}
	picture_free(&pic);
	return err;
}

/* The first kernel's, and those of the kernels that answer otherwise. */
static void ladders_print(struct page *page, size_t index)
{
	bool any = false, left_out = false;

	for (size_t i = 0; i < page->count; i++) {
		const struct record *rec = page_record(page, index, i);

		if (!rec || !rec->event_count)
			continue;
		if (any && !page_column_differs(page, index, i)) {
			left_out = true;
			continue;
		}
		page->failed |= ladder_put(page, i, rec, !any) < 0;
		any = true;
	}
	if (any && left_out)
		fprintf(page->out,
		        "<p class=\"quiet\">%ss that answer as the first one are not drawn "
		        "again.</p>\n",
		        strcmp(columns_word(page), "run") ? "Kernel" : "Run");
}

/* ---- a sweep ---- */

static int sweeps_print(const struct page *page, size_t index)
{
	const struct record *like = page->mx.blocks[index].rec;
	const struct record **records = calloc(page->record_count + 1, sizeof(*records));
	size_t count = 0;
	int err;

	if (!records)
		return -ENOMEM;
	for (size_t i = 0; i < page->record_count; i++) /* those without a column, too */
		if (!strcmp(page->records[i]->probe, like->probe) &&
		    page->records[i]->family == like->family)
			records[count++] = page->records[i];
	err = plots_print(records, count, page->out);
	free(records);
	return err;
}

/* ---- a probe ---- */

static void paragraph_print(FILE *out, const char *word, const char *text)
{
	if (!*text)
		return;
	fprintf(out, "<p>%s", word);
	markup_text(out, text);
	fputs("</p>\n", out);
}

static void params_print(FILE *out, const struct settings *params)
{
	for (size_t i = 0; i < params->count; i++) {
		fputs(i ? ", <code>" : "<p>With <code>", out);
		markup_format(out, "%s = %s", params->items[i].name, params->items[i].value);
		fputs("</code>", out);
	}
	if (params->count)
		fputs("</p>\n", out);
}

static void outcomes_print(const struct page *page, size_t index)
{
	FILE *out = page->out;

	for (size_t i = 0; i < page->count; i++) {
		const struct record *rec = page_record(page, index, i);
		enum outcome outcome;

		if (!rec)
			continue;
		outcome = record_outcome(rec);
		fprintf(out, " <b class=\"mark %s\">",
		        outcome == OUTCOME_OK             ? "ok"
		        : outcome == OUTCOME_SKIPPED      ? "skipped"
		        : outcome == OUTCOME_INCONCLUSIVE ? "inconclusive"
		                                          : "failed");
		if (page->count > 1)
			markup_format(out, "%s ", page->own[i].name);
		fprintf(out, "%s</b>", outcome_word(outcome));
	}
}

/* What is said of one kernel's run alone. */
static void remarks_print(const struct page *page, size_t index)
{
	const struct matrix_block *block = &page->mx.blocks[index];
	FILE *out = page->out;

	for (size_t i = 0; i < page->count; i++) {
		const struct record *rec = page_record(page, index, i);

		if (!rec || (!*rec->reason && !*rec->again && rec->finished))
			continue;
		fputs("<p class=\"quiet\">", out);
		if (page->count > 1)
			markup_format(out, "%s: ", page->own[i].name);
		markup_format(out, "%s%s%s%s", rec->reason, *rec->reason && *rec->again ? "; " : "",
		              rec->again,
		              rec->finished ? "" : " (the record ends before the result)");
		fputs("</p>\n", out);
	}
	for (size_t i = 0; i < block->conditions.count; i++)
		paragraph_print(out, "", block->conditions.items[i]);
}

static void probe_print(struct page *page, size_t index)
{
	const struct record *rec = page->mx.blocks[index].rec;
	FILE *out = page->out;

	fputs("<details class=\"probe\"><summary><span class=\"id\">", out);
	markup_text(out, rec->probe);
	fputs("</span> ", out);
	markup_text(out, rec->title);
	outcomes_print(page, index);
	fprintf(out, "</summary>\n<div class=\"body\" id=\"%s\">\n", page->anchors[index]);
	paragraph_print(out, "", rec->question);
	paragraph_print(out, "<span class=\"quiet\">In the kernel:</span> ", rec->kernel_path);
	params_print(out, &rec->params);
	remarks_print(page, index);
	findings_print(page, index);
	page->failed |= sweeps_print(page, index) < 0;
	page_stairs_print(page, index);
	ladders_print(page, index);
	fputs("</div></details>\n", out);
}

void page_probes_print(struct page *page)
{
	fputs("<section aria-labelledby=\"probes\"><h2 id=\"probes\">Probes</h2>\n", page->out);
	for (size_t i = 0; i < page->mx.block_count; i++)
		probe_print(page, i);
	fputs("</section>\n", page->out);
}
