// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * matrix_article: what the article comes to on each kernel. One figure and one verdict go
 * for the whole row, but where a default or a feature differs they do not; then a line
 * below the row says which kernels have which:
 *
 *     doubled_intervals       (below)       5          5          5          held
 *       5.10, 6.1: says 5, confirmed; 6.12: says 9, REFUTED
 *
 * A line and not a footnote: who reads the row's figures needs it there, it takes nothing
 * from the columns, and it is there too where the column "says" has given way.
 */
#include <stdlib.h>
#include <string.h>

#include "matrix.h"

void matrix_article_fill(const struct matrix *mx, struct matrix_row *row)
{
	const struct matrix_cell *first = NULL;

	for (size_t i = 0; i < mx->count; i++) {
		const struct matrix_cell *cell = &row->cells[i];
		struct diff_rule rule;

		if (!cell->measured)
			continue;
		if (!first)
			first = cell;
		rule = diff_rule_for(first->rec, cell->rec, mx->slack_ns);
		row->says_differ |=
			!values_alike(&rule, &first->finding->says, &cell->finding->says);
		row->verdict_differs |= first->finding->verdict != cell->finding->verdict;
	}
}

static bool same_words(const struct matrix_row *row, const struct finding *a,
                       const struct finding *b)
{
	char texts[2][256];

	return a->verdict == b->verdict &&
	       (!row->says_differ || !strcmp(value_text(&a->says, texts[0], sizeof(texts[0])),
	                                     value_text(&b->says, texts[1], sizeof(texts[1]))));
}

static const char *article_verdict(enum verdict verdict)
{
	return verdict == VERDICT_REFUTED ? "REFUTED" : verdict_name(verdict);
}

/* The kernels from @at on of which the article is right or wrong in the same words. */
static void print_group(const struct matrix *mx, const struct matrix_row *row, size_t at, FILE *out)
{
	const struct finding *finding = row->cells[at].finding;
	const char *separator = "";
	char says[256];

	for (size_t i = at; i < mx->count; i++) {
		const struct matrix_cell *cell = &row->cells[i];

		if (!cell->measured || !same_words(row, finding, cell->finding))
			continue;
		fprintf(out, "%s%s", separator, mx->columns[i].name);
		separator = ", ";
	}
	if (row->says_differ)
		fprintf(out, ": says %s, %s", value_text(&finding->says, says, sizeof(says)),
		        article_verdict(finding->verdict));
	else
		fprintf(out, ": %s", article_verdict(finding->verdict));
}

static bool group_printed(const struct matrix_row *row, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (row->cells[i].measured &&
		    same_words(row, row->cells[i].finding, row->cells[at].finding))
			return true;
	return false;
}

void matrix_print_article(struct matrix *mx, const struct matrix_row *row)
{
	const char *separator = "";
	char *line = NULL;
	size_t size = 0;
	FILE *out;

	if (!row->says_differ && !row->verdict_differs)
		return;
	out = open_memstream(&line, &size);
	for (size_t i = 0; out && i < mx->count; i++) {
		if (!row->cells[i].measured || group_printed(row, i))
			continue;
		fputs(separator, out);
		separator = "; ";
		print_group(mx, row, i, out);
	}
	if (out && fclose(out) == 0)
		matrix_put_folded(mx, MATRIX_INDENT + 2, line, ATTR_YELLOW);
	else
		mx->no_memory = true;
	free(line);
}
