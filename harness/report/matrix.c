// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * matrix: every finding on every kernel.
 *
 *   finding              says      5.10     6.1      6.12     model
 *
 *   loss.syn  Every SYN is lost
 *     syn_segments       7          7        7       *11      held
 *     lifetime           -          127 s    127 s   !131 s   FAILED
 *       6.12: MODEL FAILED  predicted 127.00..128.10 s  measured 131.07 s
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "matrix.h"

#define WIDTH_DEFAULT 120
#define WIDTH_MIN 80
#define INDENT MATRIX_INDENT
#define NAME_COLUMNS 24
#define SAYS_COLUMNS 14
#define MODEL_COLUMNS 6
#define VALUE_GOOD 12 /* the article's figure gives way when values get narrower */
#define VALUE_MIN 8
#define CELL_GAP 2 /* a blank and the mark */

void matrix_put(struct matrix *mx, const char *text, enum attr attr, unsigned int columns)
{
	unsigned int own = text_columns(text);

	if (own) {
		fprintf(mx->out, "%*s", (int)mx->blanks, "");
		mx->blanks = 0;
		text_print(mx->out, text, attr, mx->style->colour, 0);
	}
	if (columns > own)
		mx->blanks += columns - own;
}

void matrix_end_line(struct matrix *mx)
{
	mx->blanks = 0;
	fputc('\n', mx->out);
}

void matrix_put_folded(struct matrix *mx, unsigned int indent, const char *text, enum attr attr)
{
	char line[1024];

	while (text_fold(&text, mx->width - indent, line, sizeof(line))) {
		mx->blanks = indent;
		matrix_put(mx, line, attr, 0);
		matrix_end_line(mx);
	}
}

static void matrix_measure(struct matrix *mx)
{
	unsigned int fixed = INDENT + NAME_COLUMNS + CELL_GAP + MODEL_COLUMNS;
	unsigned int columns = mx->count ? (unsigned int)mx->count : 1, room;

	mx->width = mx->style->width ? mx->style->width : WIDTH_DEFAULT;
	if (mx->width < WIDTH_MIN)
		mx->width = WIDTH_MIN;
	room = mx->width - fixed;
	mx->says = SAYS_COLUMNS;
	if ((room - SAYS_COLUMNS - 1) / columns < VALUE_GOOD + CELL_GAP)
		mx->says = 0;
	else
		room -= SAYS_COLUMNS + 1;
	mx->value = room / columns > VALUE_MIN + CELL_GAP ? room / columns - CELL_GAP : VALUE_MIN;
	/* a few short columns look lost far apart */
	if (mx->value > 34)
		mx->value = 34;
}

/* ---- a row ---- */

static const char *model_word(const struct matrix_row *row, size_t count, enum attr *attr)
{
	bool any = false;

	*attr = ATTR_RED;
	for (size_t i = 0; i < count; i++) {
		if (!row->cells[i].measured)
			continue;
		if (!row->cells[i].model_ok)
			return "FAILED";
		any = true;
	}
	*attr = any ? ATTR_GREEN : ATTR_DIM;
	return any ? "held" : "-";
}

static const struct finding *row_finding(const struct matrix *mx, const struct matrix_row *row)
{
	for (size_t i = 0; i < mx->count; i++) {
		if (row->cells[i].finding)
			return row->cells[i].finding;
	}
	return NULL;
}

static enum attr mark_attr(char mark)
{
	switch (mark) {
	case '!':
		return ATTR_RED;
	case '*':
	case '~':
		return ATTR_YELLOW;
	case '?':
		return ATTR_MAGENTA;
	}
	return ATTR_PLAIN;
}

/* What is still to be printed of a row: each cell is folded on its own. */
struct row_rest {
	const char *name, *says, *model;
	const char *cells[MATRIX_COLUMNS];
	size_t count; /* 1: one value over all columns */
	unsigned int columns; /* of a cell */
};

static bool rest_is_done(const struct row_rest *rest)
{
	bool done = !*rest->name && !*rest->says && !*rest->model;

	for (size_t i = 0; i < rest->count; i++)
		done &= !*rest->cells[i];
	return done;
}

static void put_part(struct matrix *mx, const char **rest, enum attr attr, unsigned int columns)
{
	char part[256] = "";

	(void)text_fold(rest, columns, part, sizeof(part));
	matrix_put(mx, part, attr, columns);
}

static void print_row_line(struct matrix *mx, const struct matrix_row *row, struct row_rest *rest,
                           bool first)
{
	enum attr attr = ATTR_PLAIN;

	(void)model_word(row, mx->count, &attr);
	mx->blanks = INDENT;
	put_part(mx, &rest->name, ATTR_PLAIN, NAME_COLUMNS);
	if (mx->says)
		put_part(mx, &rest->says, ATTR_DIM, mx->says + 1);
	for (size_t i = 0; i < rest->count; i++) {
		const char mark[2] = {first ? row->cells[i].mark : ' ', '\0'};

		mx->blanks++;
		matrix_put(mx, *mark == ' ' ? "" : mark, mark_attr(*mark), 1);
		put_part(mx, &rest->cells[i], mark_attr(row->cells[i].mark), rest->columns);
	}
	mx->blanks += CELL_GAP;
	put_part(mx, &rest->model, attr, 0);
	matrix_end_line(mx);
}

/* Nothing is lost where such a cell is not printed again: alike times may yet differ. */
static bool is_plain_words(const struct matrix_cell *cell)
{
	return cell->measured && cell->value->kind == VALUE_TEXT && cell->mark == ' ';
}

/* Long words that are the same everywhere are told once. */
static void row_rest_set(const struct matrix *mx, const struct matrix_row *row,
                         struct row_rest *rest)
{
	bool told = false, all_plain = true;

	rest->count = mx->count;
	rest->columns = mx->value;
	for (size_t i = 0; i < mx->count; i++) {
		const struct matrix_cell *cell = &row->cells[i];
		bool is_long = text_columns(cell->text) > mx->value;

		rest->cells[i] = cell->text;
		if (told && is_long && is_plain_words(cell))
			rest->cells[i] = "same";
		told |= cell->measured;
		all_plain &= is_plain_words(cell);
	}
	if (!all_plain || text_columns(row->cells[0].text) <= mx->value)
		return;
	rest->count = 1;
	rest->columns = (unsigned int)mx->count * (mx->value + CELL_GAP) - CELL_GAP;
}

static void failure_text(const struct matrix_cell *cell, char *buf, size_t size)
{
	char predicts[256], measured[256], phases[32] = "";

	buf[0] = '\0';
	if (!cell->measured || cell->model_ok)
		return;
	if (cell->spread)
		snprintf(phases, sizeof(phases), "  in %u timer phase%s",
		         cell->spread->model_failed, cell->spread->model_failed == 1 ? "" : "s");
	snprintf(buf, size, "MODEL FAILED  predicted %s  measured %s%s",
	         value_text(&cell->finding->predicts, predicts, sizeof(predicts)),
	         value_text(cell->value, measured, sizeof(measured)), phases);
}

/* The kernels from @at on where the model failed in these words, once: at the first. */
static void print_failure(struct matrix *mx, const struct matrix_row *row, size_t at,
                          const char *words)
{
	char other[600], names[300] = "", line[1000];

	for (size_t i = 0; i < mx->count; i++) {
		size_t used = strlen(names);

		failure_text(&row->cells[i], other, sizeof(other));
		if (strcmp(other, words))
			continue;
		if (i < at)
			return;
		snprintf(names + used, sizeof(names) - used, "%s%.60s", used ? ", " : "",
		         mx->columns[i].name);
	}
	snprintf(line, sizeof(line), "%s: %s", names, words);
	matrix_put_folded(mx, INDENT + 2, line, ATTR_RED);
}

static void print_failures(struct matrix *mx, const struct matrix_row *row)
{
	char words[600];

	for (size_t i = 0; i < mx->count; i++) {
		failure_text(&row->cells[i], words, sizeof(words));
		if (words[0])
			print_failure(mx, row, i, words);
	}
}

static void row_tally(struct matrix *mx, const struct matrix_row *row)
{
	bool differs = false, failed = false;

	for (size_t i = 0; i < mx->count; i++) {
		const struct matrix_cell *cell = &row->cells[i];
		struct matrix_tally *tally = &mx->tally[i];

		tally->missing += !cell->measured;
		if (!cell->measured)
			continue;
		tally->findings++;
		tally->differ += cell->differs;
		tally->held += cell->model_ok;
		tally->failed += !cell->model_ok;
		differs |= cell->differs;
		failed |= !cell->model_ok;
	}
	mx->rows += row->id.claim != NULL;
	mx->rows_differ += differs;
	mx->rows_failed += failed;
	if (row->verdict_differs) {
		char claim[100];

		snprintf(claim, sizeof(claim), "%s/%s", row->probe, row->id.claim);
		(void)matrix_words(mx, &mx->split, claim);
	}
}

static void words_free(struct words *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
}

/*
 * An article's walk of states in a narrow column: the verdict says the same, shorter. What
 * is not the same on all kernels is said below the row.
 */
static void says_text(const struct matrix *mx, const struct matrix_row *row, char *buf, size_t size)
{
	const struct finding *finding = row_finding(mx, row);
	bool is_text = finding && finding->says.kind == VALUE_TEXT;
	char text[64];

	buf[0] = '\0';
	if (!finding || !mx->says)
		return;
	if (row->says_differ || (is_text && row->verdict_differs))
		snprintf(buf, size, "(below)");
	else if (is_text)
		snprintf(buf, size, "(%s)", verdict_name(finding->verdict));
	else
		snprintf(buf, size, "%s", value_text(&finding->says, text, sizeof(text)));
}

static void print_row(struct matrix *mx, const char *probe, struct finding_id id)
{
	struct matrix_row row = {.probe = probe, .id = id};
	struct row_rest rest;
	char says[256], name[200];
	enum attr attr;
	bool first = true;

	finding_title(id, name, sizeof(name));
	matrix_row_fill(mx, &row);
	matrix_article_fill(mx, &row);
	row_tally(mx, &row);
	says_text(mx, &row, says, sizeof(says));
	rest = (struct row_rest){name, says, id.claim ? model_word(&row, mx->count, &attr) : ""};
	row_rest_set(mx, &row, &rest);
	do {
		print_row_line(mx, &row, &rest, first);
		first = false;
	} while (!rest_is_done(&rest));
	matrix_print_article(mx, &row);
	print_failures(mx, &row);
}

/* ---- a probe ---- */

/* Has this claim's figure been in a column to the left, or further up in this one? */
static bool finding_printed(const struct matrix *mx, const char *probe, size_t column, size_t at)
{
	const struct record *rec = matrix_record(mx, column, probe);
	const struct finding *finding = &rec->findings[at];

	for (size_t i = 0; i < column; i++) {
		const struct record *before = matrix_record(mx, i, probe);

		if (before && finding_find(before, finding_id_of(finding)))
			return true;
	}
	return finding_find(rec, finding_id_of(finding)) != finding;
}

static bool settings_same(const struct settings *a, const struct settings *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		const char *theirs = settings_get(b, a->items[i].name);

		if (!theirs || strcmp(theirs, a->items[i].value))
			return false;
	}
	return true;
}

/* Figures of runs that were asked different things differ for no fault of the kernel's. */
static void print_conditions(struct matrix *mx, const char *probe)
{
	const struct record *first = NULL;
	const char *first_name = NULL;
	char line[300];

	for (size_t i = 0; i < mx->count; i++) {
		const struct record *rec = matrix_record(mx, i, probe);

		if (!rec || !rec->event_count)
			continue;
		if (first && (first->faithful != rec->faithful ||
		              !settings_same(&first->params, &rec->params))) {
			snprintf(line, sizeof(line),
			         "%.60s was run with other parameters than %.60s",
			         mx->columns[i].name, first_name);
			matrix_put_folded(mx, INDENT + 2, line, ATTR_YELLOW);
		}
		if (!first) {
			first = rec;
			first_name = mx->columns[i].name;
		}
	}
}

static void print_probe(struct matrix *mx, const struct record *first)
{
	static const struct finding_id nothing = {NULL, "", "(nothing judged)"};
	const char *claim = "", *probe = first->probe;
	bool any = false;

	matrix_end_line(mx);
	matrix_put(mx, probe, ATTR_BOLD, 0);
	mx->blanks += CELL_GAP;
	matrix_put(mx, first->title, ATTR_PLAIN, 0);
	matrix_end_line(mx);
	print_conditions(mx, probe);
	for (size_t i = 0; i < mx->count; i++) {
		const struct record *rec = matrix_record(mx, i, probe);

		for (size_t j = 0; rec && j < rec->finding_count; j++) {
			const struct finding *finding = &rec->findings[j];

			any = true;
			if (finding_printed(mx, probe, i, j))
				continue;
			if (strcmp(claim, finding->claim) && strcmp(probe, finding->claim))
				matrix_put_folded(mx, INDENT, finding->claim, ATTR_CYAN);
			claim = finding->claim;
			print_row(mx, probe, finding_id_of(finding));
		}
	}
	if (!any)
		print_row(mx, probe, nothing);
}

static bool probe_printed(const struct matrix *mx, size_t column, size_t at)
{
	const struct matrix_column *col = &mx->columns[column];
	const char *probe = col->records[at]->probe;

	for (size_t i = 0; i < column; i++) {
		if (matrix_record(mx, i, probe))
			return true;
	}
	return matrix_record(mx, column, probe) != col->records[at];
}

/* ---- the table ---- */

static void print_heads(struct matrix *mx)
{
	mx->blanks = INDENT;
	matrix_put(mx, "finding", ATTR_DIM, NAME_COLUMNS);
	if (mx->says)
		matrix_put(mx, "says", ATTR_DIM, mx->says + 1);
	for (size_t i = 0; i < mx->count; i++) {
		const char *name = mx->columns[i].name;
		char head[256] = "";

		(void)text_fold(&name, mx->value, head, sizeof(head));
		mx->blanks += CELL_GAP;
		matrix_put(mx, head, ATTR_BOLD, mx->value);
	}
	mx->blanks += CELL_GAP;
	matrix_put(mx, "model", ATTR_DIM, 0);
	matrix_end_line(mx);
}

int matrix_print(const struct matrix_column *columns, size_t count, int64_t slack_ns,
                 const struct report_style *style, FILE *out)
{
	struct matrix mx = {.columns = columns,
	                    .count = count < MATRIX_COLUMNS ? count : MATRIX_COLUMNS,
	                    .style = style,
	                    .out = out,
	                    .slack_ns = slack_ns};

	matrix_measure(&mx);
	print_heads(&mx);
	for (size_t i = 0; i < mx.count; i++) {
		for (size_t j = 0; !columns[i].why && j < columns[i].count; j++) {
			const struct record *rec = columns[i].records[j];

			if (!rec || probe_printed(&mx, i, j))
				continue;
			print_probe(&mx, rec);
		}
	}
	matrix_print_foot(&mx);
	words_free(&mx.notes);
	words_free(&mx.split);
	if (mx.no_memory)
		return -ENOMEM;
	return ferror(out) ? -EIO : 0;
}
