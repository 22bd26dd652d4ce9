// SPDX-License-Identifier: GPL-2.0-or-later
/* verdicts: what the page has at its top: the counts, the filter, a row a claim. */
#include <string.h>

#include "../../record/article.h"
#include "../claim_verdict.h"
#include "../heading.h"
#include "../outcome_words.h"
#include "../verdict_words.h"
#include "page.h"

/* Columns of what was measured, for all kernels together; all of it is with the probe. */
#define WORDS_MOST 150
#define WORDS_LEAST 54

static bool has_finding(const struct record *rec, const char *claim)
{
	for (size_t i = 0; i < rec->finding_count; i++)
		if (!strcmp(rec->findings[i].claim, claim))
			return true;
	return false;
}

/* Where nothing was found, what the run came to instead. */
struct answer answer_of(const struct record *rec, const char *claim)
{
	enum verdict verdict;
	enum outcome outcome;

	if (!rec)
		return (struct answer){"missing", "not asked"};
	outcome = record_outcome(rec);
	if (!has_finding(rec, claim) && outcome != OUTCOME_SKIPPED)
		return (struct answer){"unanswered", outcome == OUTCOME_OK ? "not judged"
		                                                           : outcome_word(outcome)};
	verdict = claim_verdict(rec, claim);
	return (struct answer){verdict == VERDICT_NONE ? "model" : verdict_name(verdict),
	                       verdict_word(verdict)};
}

void mark_print(FILE *out, struct answer answer)
{
	fprintf(out, "<b class=\"mark %s\">%s</b>", answer.key, answer.word);
}

/* ---- which claims there are ---- */

/* Has a record of this block in an earlier column declared it? */
static bool claim_told(const struct page *page, size_t block, size_t column, const char *claim)
{
	for (size_t i = 0; i < column; i++) {
		const struct record *rec = page_record(page, block, i);

		if (rec && record_claim_find(rec, claim))
			return true;
	}
	return false;
}

typedef void claim_fn(const struct page *page, size_t block, const struct record_claim *claim,
                      void *arg);

static void claims_each(const struct page *page, claim_fn *fn, void *arg)
{
	for (size_t block = 0; block < page->mx.block_count; block++)
		for (size_t i = 0; i < page->count; i++) {
			const struct record *rec = page_record(page, block, i);

			for (size_t j = 0; rec && j < rec->claim_count; j++)
				if (!claim_told(page, block, i, rec->claims[j].id))
					fn(page, block, &rec->claims[j], arg);
		}
}

/* ---- counts ---- */

static const char *const answer_keys[] = {"refuted",      "qualified", "confirmed", "model",
                                          "inconclusive", "skipped",   "unanswered"};
static const char *const answer_words[] = {"REFUTED",      "qualified", "confirmed",   "model only",
                                           "inconclusive", "skipped",   "not answered"};
#define ANSWERS (sizeof(answer_keys) / sizeof(answer_keys[0]))

struct counts {
	size_t column, claims, by[ANSWERS], probes, failed;
};

/*
 * A claim that several rows of one probe answer is one: has an earlier row over this family
 * declared it (@key NULL), or come to @key, too?
 */
static bool claim_counted(const struct page *page, size_t block, size_t column, const char *claim,
                          const char *key)
{
	enum family family = page->mx.blocks[block].rec->family;

	for (size_t i = 0; i < block; i++) {
		const struct record *rec = page_record(page, i, column);

		if (rec && rec->family == family && record_claim_find(rec, claim) &&
		    (!key || !strcmp(answer_of(rec, claim).key, key)))
			return true;
	}
	return false;
}

static void claim_count(const struct page *page, size_t block, const struct record_claim *claim,
                        void *arg)
{
	struct counts *counts = arg;
	const struct record *rec = page_record(page, block, counts->column);
	const char *key = answer_of(rec, claim->id).key;

	if (!rec)
		return;
	counts->claims += !claim_counted(page, block, counts->column, claim->id, NULL);
	for (size_t i = 0; i < ANSWERS; i++)
		if (!strcmp(key, answer_keys[i]))
			counts->by[i] +=
				!claim_counted(page, block, counts->column, claim->id, key);
}

static void counts_take(const struct page *page, size_t column, struct counts *counts)
{
	*counts = (struct counts){.column = column, .probes = page->own[column].count};
	claims_each(page, claim_count, counts);
	for (size_t i = 0; i < page->own[column].count; i++) {
		enum outcome outcome = record_outcome(page->own[column].records[i]);

		counts->failed += outcome != OUTCOME_OK && outcome != OUTCOME_SKIPPED &&
		                  outcome != OUTCOME_INCONCLUSIVE;
	}
}

void origin_print(FILE *out, const struct record *const *records, size_t count)
{
	const struct run_info *run = &records[0]->run;
	struct buffer words = {0};

	records_add_whom(&words, records, count);
	buffer_add(&words, ", %s, %s", run->machine, run->privilege);
	if (run_asked_any(&run->asked)) {
		buffer_add(&words, ", with ");
		asked_add_words(&words, &run->asked);
	}
	markup_text(out, buffer_text(&words) ? buffer_text(&words) : "");
	buffer_free(&words);
}

static void counts_row(const struct page *page, size_t column)
{
	FILE *out = page->out;
	struct counts counts;

	counts_take(page, column, &counts);
	fputs("<tr><th scope=\"row\">", out);
	markup_text(out, page->own[column].name);
	fputs("<small>", out);
	origin_print(out, page->own[column].records, page->own[column].count);
	fprintf(out, "</small></th><td>%zu</td><td>%zu</td>", counts.probes, counts.claims);
	for (size_t i = 0; i < ANSWERS; i++)
		fprintf(out, "<td%s>%zu</td>", counts.by[i] ? "" : " class=\"no\"", counts.by[i]);
	fprintf(out, "<td class=\"%s\">%zu</td></tr>\n", counts.failed ? "bad" : "no",
	        counts.failed);
}

static void counts_print(const struct page *page)
{
	FILE *out = page->out;

	fputs("<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Counts\">"
	      "<table id=\"counts\">\n<thead><tr><th scope=\"col\">run</th>"
	      "<th scope=\"col\">probes</th><th scope=\"col\">claims</th>",
	      out);
	for (size_t i = 0; i < ANSWERS; i++) {
		fputs("<th scope=\"col\">", out);
		mark_print(out, (struct answer){answer_keys[i], answer_words[i]});
		fputs("</th>", out);
	}
	fputs("<th scope=\"col\"><b class=\"mark failed\">MODEL FAILED</b></th></tr></thead>\n"
	      "<tbody>\n",
	      out);
	for (size_t i = 0; i < page->count; i++)
		counts_row(page, i);
	fputs("</tbody></table></div>\n", out);
	if (page->folded)
		fprintf(out,
		        "<p class=\"quiet\">%zu more runs of the same with other settings came out "
		        "as predicted: they are in the plots of their probes, not in the "
		        "tables.</p>\n",
		        page->folded);
}

/* ---- the filter ---- */

static bool any_of_family(const struct page *page, enum family family)
{
	for (size_t i = 0; i < page->mx.block_count; i++)
		if (page->mx.blocks[i].rec->family == family)
			return true;
	return false;
}

static void select_begin(FILE *out, const char *name, const char *label)
{
	fprintf(out, "<label>%s <select name=\"%s\"><option value=\"\">all</option>", label, name);
}

static void articles_print(FILE *out)
{
	const struct article *article;

	select_begin(out, "article", "article");
	for (unsigned int i = 0; (article = article_at(i)); i++) {
		fprintf(out, "<option value=\"%c\">%c: ", article->letter, article->letter);
		markup_text(out, article->title);
		fputs("</option>", out);
	}
	fputs("</select></label>\n", out);
}

static void chapters_print(const struct page *page)
{
	FILE *out = page->out;

	select_begin(out, "chapter", "chapter");
	for (unsigned int chapter = 1; chapter_title(chapter); chapter++)
		for (size_t i = 0; i < page->mx.block_count; i++)
			if (chapter_number(page->mx.blocks[i].rec->probe) == chapter) {
				fprintf(out, "<option value=\"%u\">%u %s</option>", chapter,
				        chapter, chapter_title(chapter));
				break;
			}
	fputs("</select></label>\n", out);
}

static void kernels_print(const struct page *page)
{
	FILE *out = page->out;

	if (page->count < 2)
		return;
	select_begin(out, "kernel", columns_word(page));
	for (size_t i = 0; i < page->count; i++) {
		fprintf(out, "<option value=\"%zu\">", i);
		markup_text(out, page->own[i].name);
		fputs("</option>", out);
	}
	fprintf(out,
	        "</select></label>\n<label><input type=\"checkbox\" name=\"differs\" value=\"1\"> "
	        "differs between %ss</label>\n",
	        columns_word(page));
}

static void filter_print(const struct page *page)
{
	FILE *out = page->out;

	fputs("<form id=\"filter\" hidden role=\"search\" aria-label=\"Filter\">\n"
	      "<label>text <input type=\"search\" name=\"text\" placeholder=\"press /\"></label>\n",
	      out);
	select_begin(out, "verdict", "verdict");
	for (size_t i = 0; i < ANSWERS; i++)
		fprintf(out, "<option value=\"%s\">%s</option>", answer_keys[i], answer_words[i]);
	fputs("</select></label>\n", out);
	articles_print(out);
	chapters_print(page);
	kernels_print(page);
	if (any_of_family(page, FAMILY_IPV4) && any_of_family(page, FAMILY_IPV6)) {
		select_begin(out, "family", "family");
		fputs("<option value=\"4\">IPv4</option><option value=\"6\">IPv6</option>"
		      "</select></label>\n",
		      out);
	}
	fputs("<button type=\"reset\">show all</button> <output id=\"shown\"></output>\n</form>\n",
	      out);
}

/* ---- a row a claim ---- */

/* What was measured of the findings that made the verdict, or of all where none did. */
static void words_of(struct buffer *words, const struct record *rec, const char *claim)
{
	enum verdict verdict = claim_verdict(rec, claim);
	const char *between = "";

	for (size_t i = 0; i < rec->finding_count; i++) {
		const struct finding *finding = &rec->findings[i];

		if (strcmp(finding->claim, claim) != 0 || finding->verdict != verdict ||
		    finding->measured.kind == VALUE_NONE)
			continue;
		buffer_add(words, "%s", between);
		finding_add_words(words, finding);
		between = "; ";
	}
}

/* A long name may be broken behind an underscore, and nowhere else. */
static void names_print(FILE *out, char *line)
{
	char *end;

	for (; (end = strchr(line, '_')); line = end + 1) {
		*end = '\0';
		markup_text(out, line);
		fputs("_<wbr>", out);
	}
	markup_text(out, line);
}

static void words_print(const struct page *page, const struct record *rec, const char *claim)
{
	unsigned int columns = WORDS_MOST / (unsigned int)page->count;
	struct buffer words = {0};
	FILE *out = page->out;
	const char *rest;
	char line[4 * WORDS_MOST + 1];

	if (columns < WORDS_LEAST)
		columns = WORDS_LEAST;
	words_of(&words, rec, claim);
	rest = buffer_text(&words);
	if (rest && !*rest)
		rest = rec->reason;
	if (rest && text_fold_utf8(&rest, columns, line, sizeof(line))) {
		fputc(' ', out);
		names_print(out, line);
		fputs(*rest ? " …" : "", out);
	}
	buffer_free(&words);
}

static bool cell_differs(const struct matrix_row *row, size_t column)
{
	const struct matrix_cell *cell = &row->cells[column];
	size_t first = 0;

	while (first < column && !row->cells[first].measured)
		first++;
	return first < column && cell->measured &&
	       (cell->differs || cell->finding->verdict != row->cells[first].finding->verdict);
}

/* Is anything of @claim in @column not as the first kernel that measured it has it? */
static bool claim_differs_at(const struct page *page, size_t block, const char *claim,
                             size_t column)
{
	const struct matrix_block *at = &page->mx.blocks[block];

	for (size_t i = at->row; i < at->row + at->row_count; i++) {
		const struct matrix_row *row = &page->mx.rows[i];

		if (row->id.claim && !strcmp(row->id.claim, claim) && cell_differs(row, column))
			return true;
	}
	return false;
}

static bool claim_differs(const struct page *page, size_t block, const char *claim)
{
	for (size_t i = 1; i < page->count; i++)
		if (claim_differs_at(page, block, claim, i))
			return true;
	return false;
}

static void claim_data(const struct page *page, size_t block, const struct record_claim *claim)
{
	FILE *out = page->out;
	const struct record *rec = page->mx.blocks[block].rec;

	fputs("<tr data-article=\"", out);
	markup_text(out, claim->article);
	fprintf(out, "\" data-chapter=\"%u\" data-family=\"%c\" data-verdict=\"",
	        chapter_number(rec->probe), rec->family == FAMILY_IPV6 ? '6' : '4');
	for (size_t i = 0; i < page->count; i++)
		fprintf(out, "%s%s", i ? " " : "",
		        answer_of(page_record(page, block, i), claim->id).key);
	fprintf(out, "\" data-probe=\"%s\"%s>", page->anchors[block],
	        claim_differs(page, block, claim->id) ? " data-differs" : "");
}

/* What was measured is told of the first kernel that was asked, and where it is not the same. */
static void claim_cell(const struct page *page, size_t block, const char *claim, size_t column)
{
	const struct record *rec = page_record(page, block, column);
	bool differs = claim_differs_at(page, block, claim, column), told = false;
	FILE *out = page->out;

	for (size_t i = 0; i < column; i++)
		told |= !strcmp(answer_of(page_record(page, block, i), claim).key,
		                answer_of(rec, claim).key);
	fprintf(out, "<td%s data-label=\"", differs ? " class=\"differs\"" : "");
	markup_text(out, page->own[column].name);
	fputs("\">", out);
	mark_print(out, answer_of(rec, claim));
	if (differs)
		differs_mark_print(page);
	if (rec && (differs || !told))
		words_print(page, rec, claim);
	fputs("</td>", out);
}

static void claim_row(const struct page *page, size_t block, const struct record_claim *claim,
                      void *arg)
{
	FILE *out = page->out;
	const struct record *rec = page->mx.blocks[block].rec;

	(void)arg;
	claim_data(page, block, claim);
	fprintf(out, "<th scope=\"row\"><a href=\"#%s\">", page->anchors[block]);
	markup_text(out, claim->id);
	fputs("</a>", out);
	if (strcmp(claim->id, rec->probe) != 0) {
		fputs("<small>by ", out);
		markup_text(out, rec->probe);
		fputs("</small>", out);
	}
	fputs("</th><td class=\"says\">", out);
	markup_text(out, claim->text);
	fputs("</td><td class=\"article\">", out);
	markup_text(out, claim->article);
	fputs("</td>", out);
	for (size_t i = 0; i < page->count; i++)
		claim_cell(page, block, claim->id, i);
	fputs("</tr>\n", out);
}

void page_verdicts_print(const struct page *page)
{
	FILE *out = page->out;

	fputs("<section aria-labelledby=\"verdicts\"><h2 id=\"verdicts\">Verdicts</h2>\n", out);
	counts_print(page);
	filter_print(page);
	fputs("<div class=\"wide\"><table id=\"claims\">\n<thead><tr><th scope=\"col\">claim</th>"
	      "<th scope=\"col\">what the text says</th><th scope=\"col\">in</th>",
	      out);
	for (size_t i = 0; i < page->count; i++) {
		fputs("<th scope=\"col\">", out);
		markup_text(out, page->own[i].name);
		fputs("</th>", out);
	}
	fputs("</tr></thead>\n<tbody>\n", out);
	claims_each(page, claim_row, NULL);
	fputs("</tbody></table></div></section>\n", out);
}
