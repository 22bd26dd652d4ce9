// SPDX-License-Identifier: GPL-2.0-or-later
/* page: the document around the verdicts and the probes. */
#include "page.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../record/article.h"
#include "../map/map.h"
#include "../picture/picture.h"
#include "../plot/plot.h"

static const char style_sheet[] = {
#include "page.css.h"
};
static const char script[] = {
#include "page.js.h"
};

/* ---- links ---- */

static bool anchor_taken(const struct page *page, size_t count, const char *anchor)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(page->anchors[i], anchor))
			return true;
	return false;
}

/* "p-wave4.lost": of letters that mean nothing in an address, a selector or an attribute. */
static const char *anchor_make(struct page *page, size_t index)
{
	const struct record *rec = page->mx.blocks[index].rec;
	char text[200];
	size_t length;

	length = (size_t)snprintf(text, sizeof(text) - 24, "p-%s", rec->probe);
	for (char *at = text; *at; at++)
		if (!isascii(*at) || (!isalnum((unsigned char)*at) && !strchr("._-", *at)))
			*at = '_';
	if (anchor_taken(page, index, text)) {
		length = length < sizeof(text) - 25 ? length : sizeof(text) - 25;
		snprintf(text + length, sizeof(text) - length, "-%zu", index);
	}
	return arena_text(&page->texts, text);
}

static int anchors_make(struct page *page)
{
	page->anchors = calloc(page->mx.block_count + 1, sizeof(*page->anchors));
	for (size_t i = 0; page->anchors && i < page->mx.block_count; i++) {
		page->anchors[i] = anchor_make(page, i);
		if (!page->anchors[i])
			return -ENOMEM;
	}
	return page->anchors ? 0 : -ENOMEM;
}

/* ---- the document ---- */

static void head_print(FILE *out)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	      "style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; "
	      "form-action 'none'\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	      "<title>finwait: what Linux does</title>\n<style>\n",
	      out);
	fputs(style_sheet, out);
	picture_print_style(out);
	map_print_style(out);
	plots_print_style(out);
	fputs("</style>\n</head>\n<body>\n"
	      "<svg class=\"defs\" width=\"0\" height=\"0\" aria-hidden=\"true\">",
	      out);
	picture_print_hatch(out);
	fputs("</svg>\n<header><h1>finwait</h1>\n<p>What is said of TCP, what the kernel's rules "
	      "predict, and what a real Linux kernel did. A row opens its probe.</p></header>\n"
	      "<main>\n",
	      out);
}

static bool is_cited(const struct page *page, const struct article *article)
{
	for (size_t i = 0; i < page->mx.block_count; i++) {
		const struct record *rec = page->mx.blocks[i].rec;

		for (size_t j = 0; j < rec->claim_count; j++)
			if (article_is_cited(article, rec->claims[j].article))
				return true;
	}
	return false;
}

static void words_explain(FILE *out)
{
	fputs("<dl class=\"words\">"
	      "<dt>confirmed</dt><dd>measured is what the text says</dd>"
	      "<dt>REFUTED</dt><dd>measured contradicts the text: a finding, not a failure</dd>"
	      "<dt>qualified</dt><dd>true under one condition and not under another</dd>"
	      "<dt>model only</dt><dd>the text gives no figure; predicted and measured are "
	      "compared</dd>"
	      "<dt>inconclusive</dt><dd>what the finding rests on did not happen, or was not seen "
	      "well enough</dd>"
	      "<dt>skipped</dt><dd>this kernel or these privileges lack something</dd>"
	      "<dt>MODEL FAILED</dt><dd>measured is not what the kernel's rules "
	      "predict</dd></dl>\n",
	      out);
}

static void foot_print(const struct page *page)
{
	char source[ARTICLE_SOURCE_SIZE];
	const struct article *article;
	FILE *out = page->out;

	fputs("</main>\n<footer><h2>Words and letters</h2>\n", out);
	words_explain(out);
	fputs("<dl class=\"words\">", out);
	for (unsigned int i = 0; (article = article_at(i)); i++) {
		if (!is_cited(page, article))
			continue;
		fprintf(out, "<dt>%c</dt><dd>", article->letter);
		markup_text(out, article->title);
		if (*article->english) {
			fputs(" <small>", out);
			markup_text(out, article->english);
			fputs("</small>", out);
		}
		fputs(" <small>", out);
		markup_text(out, article_source(article, source));
		fputs("</small></dd>", out);
	}
	fputs("</dl>\n", out);
	if (page->count) {
		fputs("<p class=\"quiet\">Made from records of finwait ", out);
		markup_text(out, page->own[0].records[0]->run.version);
		fputs(", by their words alone.</p>\n", out);
	}
	fputs("</footer>\n<script>\n", out);
	fputs(script, out);
	fputs("</script>\n</body>\n</html>\n", out);
}

static int64_t widest_slack_ns(const struct record *const *records, size_t count)
{
	int slack_ms = 0;

	for (size_t i = 0; i < count; i++)
		slack_ms = records[i]->slack_ms > slack_ms ? records[i]->slack_ms : slack_ms;
	return slack_ms * NS_PER_MS;
}

static int page_fill(struct page *page, const struct record *const *records, size_t count)
{
	int err = columns_collect(page, records, count);

	page->slack_ns = widest_slack_ns(records, count);
	if (!err)
		err = matrix_build(page->columns, page->count, page->slack_ns, &page->mx);
	if (!err)
		err = anchors_make(page);
	if (err)
		return err;
	head_print(page->out);
	err = page_since_print(page);
	page_verdicts_print(page);
	page_probes_print(page);
	page_states_print(page);
	foot_print(page);
	return page->failed ? -ENOMEM : err;
}

const char *page_capture(const struct page *page, const struct record *rec)
{
	for (size_t i = 0; page->captures && i < page->record_count; i++)
		if (page->records[i] == rec)
			return page->captures[i];
	return NULL;
}

int page_print_beside(const struct record *const *records, size_t count,
                      const struct page_beside *beside, FILE *out)
{
	struct page page = {
		.out = out,
		.records = records,
		.record_count = count,
		.before = beside->before,
		.before_count = beside->before_count,
		.captures = beside->captures,
	};
	int err = page_fill(&page, records, count);

	matrix_free(&page.mx);
	columns_free(&page);
	free(page.anchors);
	arena_clear(&page.texts);
	return err ? err : ferror(out) ? -EIO : 0;
}

int page_print(const struct record *const *records, size_t count, FILE *out)
{
	return page_print_beside(records, count, &(struct page_beside){0}, out);
}
