// SPDX-License-Identifier: GPL-2.0-or-later
#include "claims.h"

#include <errno.h>
#include <string.h>

#include "../base/buffer.h"
#include "claim_verdict.h"
#include "finding_rows.h"
#include "heading.h"
#include "sheet.h"
#include "verdict_words.h"

#define WIDTH_DEFAULT 100
#define WIDTH_LEAST 60
#define NAME_LEAST 6

struct claims {
	const struct article *article;
	const struct matrix_column *columns;
	size_t count;
	struct sheet sheet;
	unsigned int name_columns; /* of the kernels' names */
	size_t by[VERDICT_COUNT]; /* claims, by the verdict on the first kernel that has one */
};

/* "fin_segments 6 (says 4)": what the article speaks of, or else what was only predicted. */
static bool put_numbers(struct buffer *line, const struct record *rec, const char *id, bool said)
{
	bool any = false;

	for (size_t i = 0; i < rec->finding_count; i++) {
		const struct finding *finding = &rec->findings[i];

		if (strcmp(finding->claim, id) != 0 || finding->measured.kind == VALUE_NONE ||
		    (finding->says.kind != VALUE_NONE) != said)
			continue;
		buffer_add(line, "%s", any ? "; " : "");
		finding_add_words(line, finding);
		any = true;
	}
	return any;
}

/* The record that judged @id in a column; NULL: none. */
static const struct record *column_record(const struct matrix_column *column,
                                          const struct record *like)
{
	for (size_t i = 0; i < column->count; i++)
		if (column->records[i] && !strcmp(column->records[i]->probe, like->probe))
			return column->records[i];
	return NULL;
}

/* What came of claim @id in @rec; NULL: it was not asked there. */
static void answer_add(struct buffer *line, const struct record *rec, const char *id)
{
	if (!rec)
		buffer_add(line, "not asked");
	else if (rec->outcome == OUTCOME_OK || rec->outcome == OUTCOME_MODEL_FAILED)
		(void)(put_numbers(line, rec, id, true) || put_numbers(line, rec, id, false));
	else
		buffer_add(line, "%s", rec->reason);
}

static int print_answer(const struct claims *claims, const struct matrix_column *column,
                        const struct record *rec, const char *id)
{
	const struct sheet *sheet = &claims->sheet;
	struct buffer line = {0};
	enum verdict verdict = rec ? claim_verdict(rec, id) : VERDICT_NONE;
	const char *text;

	answer_add(&line, rec, id);
	text = buffer_text(&line);
	if (text) {
		const struct sheet_cell cells[] = {
			{.text = column->name, .columns = claims->name_columns, .attr = ATTR_DIM},
			{.text = verdict_word(verdict),
		         .columns = 12,
		         .attr = verdict_attr(verdict)},
			{.text = text, .columns = sheet->width - claims->name_columns - 12 - 6},
		};

		sheet_row(sheet, 4, cells, sizeof(cells) / sizeof(cells[0]));
	}
	buffer_free(&line);
	return text ? 0 : -ENOMEM;
}

static int print_claim(struct claims *claims, const struct record *rec,
                       const struct record_claim *claim)
{
	const struct sheet *sheet = &claims->sheet;
	int err = 0;

	sheet_put(sheet, ATTR_CYAN, claim->id, 0);
	if (strcmp(claim->id, rec->probe) != 0) {
		sheet_put(sheet, ATTR_DIM, "  by ", 0);
		sheet_put(sheet, ATTR_DIM, rec->probe, 0);
	}
	sheet_end_line(sheet);
	sheet_text(sheet, 2, ATTR_PLAIN, claim->text);
	for (size_t i = 0; i < claims->count && !err; i++)
		err = print_answer(claims, &claims->columns[i],
		                   column_record(&claims->columns[i], rec), claim->id);
	claims->by[claim_verdict(rec, claim->id)]++;
	return err;
}

/* Claims go by the records of the first column that has any. */
static const struct matrix_column *claims_column(const struct claims *claims)
{
	for (size_t i = 0; i < claims->count; i++)
		if (claims->columns[i].count)
			return &claims->columns[i];
	return NULL;
}

static void print_totals(const struct claims *claims, size_t total)
{
	const char *separator = ": ";

	fprintf(claims->sheet.out, "\n%zu claim%s of article %c", total, total == 1 ? "" : "s",
	        claims->article->letter);
	for (int i = 0; i < VERDICT_COUNT; i++) {
		if (!claims->by[i])
			continue;
		fprintf(claims->sheet.out, "%s%zu ", separator, claims->by[i]);
		sheet_put(&claims->sheet, verdict_attr((enum verdict)i),
		          verdict_word((enum verdict)i), 0);
		separator = ", ";
	}
	sheet_end_line(&claims->sheet);
}

static int print_all(struct claims *claims)
{
	const struct matrix_column *column = claims_column(claims);
	size_t total = 0;
	int err = 0;

	for (size_t i = 0; column && i < column->count && !err; i++) {
		const struct record *rec = column->records[i];

		for (size_t j = 0; rec && j < rec->claim_count && !err; j++) {
			if (!article_is_cited(claims->article, rec->claims[j].article))
				continue;
			err = print_claim(claims, rec, &rec->claims[j]);
			total++;
		}
	}
	print_totals(claims, total);
	return err;
}

static void put_answer(struct grid *grid, const struct claims *claims,
                       const struct matrix_column *column, const struct record *like,
                       const struct record_claim *claim)
{
	const struct record *rec = column_record(column, like);
	struct buffer line = {0};
	const char *text;

	answer_add(&line, rec, claim->id);
	text = buffer_text(&line);
	grid->no_memory |= !text;
	grid_put(grid, "%c: %s", claims->article->letter, claims->article->title);
	grid_put(grid, "%s%s%s", column->name, rec ? ": Linux " : "", rec ? rec->run.kernel : "");
	grid_put(grid, "%s%s", rec ? rec->run.clock : "", rec && rec->faithful ? ", faithful" : "");
	grid_put(grid, "%s", family_word(like->family));
	grid_put(grid, "%s", like->probe);
	grid_put(grid, "%s", claim->id);
	grid_put(grid, "%s", claim->text);
	grid_put(grid, "%s", rec ? verdict_word(claim_verdict(rec, claim->id)) : "");
	grid_put(grid, "%s", text ? text : "");
	buffer_free(&line);
}

void claims_put(struct grid *grid, const struct article *article,
                const struct matrix_column *columns, size_t count)
{
	static const struct grid_column heads[] = {
		{"article", GRID_CONTEXT},
		{"kernel", GRID_CONTEXT},
		{"clock", GRID_CONTEXT},
		{"family", GRID_CONTEXT},
		{"probe", 0},
		{"claim", 0},
		{"text", 0},
		{"verdict", 0},
		{"measured", 0},
	};
	const struct claims claims = {.article = article, .columns = columns, .count = count};
	const struct matrix_column *column = claims_column(&claims);

	grid_columns(grid, heads, sizeof(heads) / sizeof(heads[0]));
	for (size_t i = 0; column && i < column->count; i++) {
		const struct record *rec = column->records[i];

		for (size_t j = 0; rec && j < rec->claim_count; j++)
			for (size_t k = 0;
			     k < count && article_is_cited(article, rec->claims[j].article); k++)
				put_answer(grid, &claims, &columns[k], rec, &rec->claims[j]);
	}
}

int claims_print(const struct article *article, const struct matrix_column *columns, size_t count,
                 const struct report_style *style, FILE *out)
{
	struct claims claims = {
		.article = article,
		.columns = columns,
		.count = count,
		.sheet = sheet_open(out, style, WIDTH_DEFAULT, WIDTH_LEAST),
		.name_columns = NAME_LEAST,
	};
	char source[ARTICLE_SOURCE_SIZE];
	int err;

	for (size_t i = 0; i < count; i++)
		if (text_columns(columns[i].name) > claims.name_columns)
			claims.name_columns = text_columns(columns[i].name);
	sheet_format(&claims.sheet, 0, ATTR_BOLD, "%c: %s", article->letter, article->title);
	sheet_text(&claims.sheet, 3, ATTR_DIM, article->english);
	sheet_text(&claims.sheet, 3, ATTR_DIM, article_source(article, source));
	heading_print_columns(&claims.sheet, columns, count);
	sheet_end_line(&claims.sheet);
	err = print_all(&claims);
	return err ? err : ferror(out) ? -EIO : 0;
}
