// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * article: what the article comes to on each kernel. One figure and one verdict go
 * for the whole row, but where a default or a feature differs they do not; then a line
 * below the row says which kernels have which:
 *
 *     doubled_intervals       (below)       5          5          5          held
 *       5.10, 6.1: says 5, confirmed; 6.12: says 9, REFUTED
 *
 * A line and not a footnote: who reads the row's figures needs it there, it takes nothing
 * from the columns, and it is there too where the column "says" has given way.
 */
#include <string.h>

#include "../../base/buffer.h"
#include "../verdict_words.h"
#include "matrix.h"

#define SAYS_MOST 14 /* columns */

static void row_compare(const struct matrix *mx, struct matrix_row *row)
{
	const struct matrix_cell *first = NULL;

	row->verdict = VERDICT_NONE;
	for (size_t i = 0; i < mx->count; i++) {
		const struct matrix_cell *cell = &row->cells[i];
		struct diff_rule rule;

		if (!cell->measured)
			continue;
		if (!first) {
			first = cell;
			row->verdict = cell->finding->verdict;
		}
		rule = diff_rule_for(first->rec, cell->rec, mx->slack_ns);
		row->says_differ |=
			!values_alike(&rule, &first->finding->says, &cell->finding->says);
		row->verdict_differs |= first->finding->verdict != cell->finding->verdict;
	}
}

static bool same_words(const struct matrix_row *row, const struct finding *a,
                       const struct finding *b)
{
	char texts[2][64];

	return a->verdict == b->verdict &&
	       (!row->says_differ || !strcmp(value_text(&a->says, texts[0], sizeof(texts[0])),
	                                     value_text(&b->says, texts[1], sizeof(texts[1]))));
}

/* The kernels from @at on of which the article is right or wrong in the same words. */
static void group_add(const struct matrix *mx, const struct matrix_row *row, size_t at,
                      struct buffer *line)
{
	const struct finding *finding = row->cells[at].finding;
	const char *separator = "";
	char says[64];

	for (size_t i = at; i < mx->count; i++) {
		const struct matrix_cell *cell = &row->cells[i];

		if (!cell->measured || !same_words(row, finding, cell->finding))
			continue;
		buffer_add(line, "%s%s", separator, mx->columns[i].name);
		separator = ", ";
	}
	if (row->says_differ)
		buffer_add(line, ": says %s, %s", value_text(&finding->says, says, sizeof(says)),
		           verdict_word(finding->verdict));
	else
		buffer_add(line, ": %s", verdict_word(finding->verdict));
}

static bool group_added(const struct matrix_row *row, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (row->cells[i].measured &&
		    same_words(row, row->cells[i].finding, row->cells[at].finding))
			return true;
	return false;
}

/* One that was measured, if there is any. */
static const struct finding *any_finding(const struct matrix *mx, const struct matrix_row *row)
{
	const struct finding *any = NULL;

	for (size_t i = 0; i < mx->count; i++) {
		if (row->cells[i].measured)
			return row->cells[i].finding;
		if (row->cells[i].finding)
			any = row->cells[i].finding;
	}
	return any;
}

static bool is_long(const struct value *says)
{
	return says->kind == VALUE_TEXT && text_columns(says->text) > SAYS_MOST;
}

/* Words that the column has no room for, and that are not those that were measured. */
static const char *long_says(const struct matrix *mx, const struct matrix_row *row)
{
	const struct finding *finding = any_finding(mx, row);

	if (!finding || row->says_differ || !is_long(&finding->says))
		return NULL;
	return row->verdict_differs || finding->verdict != VERDICT_CONFIRMED ? finding->says.text
	                                                                     : NULL;
}

static const char *article_line(struct matrix *mx, const struct matrix_row *row)
{
	const char *separator = "", *text, *says = long_says(mx, row);
	struct buffer line = {0};

	if (!row->says_differ && !row->verdict_differs)
		return says ? matrix_text(mx, "says %s", says) : "";
	if (says) {
		buffer_add(&line, "says %s", says);
		separator = "; ";
	}
	for (size_t i = 0; i < mx->count; i++) {
		if (!row->cells[i].measured || group_added(row, i))
			continue;
		buffer_add(&line, "%s", separator);
		separator = "; ";
		group_add(mx, row, i, &line);
	}
	text = buffer_text(&line);
	mx->no_memory |= !text;
	text = matrix_text(mx, "%s", text ? text : "");
	buffer_free(&line);
	return text;
}

/* An article's walk of states would fill its column: the words for it tell the same. */
static const char *says_words(struct matrix *mx, const struct matrix_row *row)
{
	const struct finding *finding = any_finding(mx, row);
	char text[64];

	if (!finding)
		return "";
	if (row->says_differ)
		return "(below)";
	if (is_long(&finding->says))
		return long_says(mx, row) ? "(below)" : "as measured";
	return matrix_text(mx, "%s", value_text(&finding->says, text, sizeof(text)));
}

void row_article(struct matrix *mx, struct matrix_row *row)
{
	row_compare(mx, row);
	row->says = says_words(mx, row);
	row->article = article_line(mx, row);
}
