// SPDX-License-Identifier: GPL-2.0-or-later
/* list: every probe under its chapter, with what the last run came to where there was one. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/buffer.h"
#include "../record/article.h"
#include "../report/claim_verdict.h"
#include "../report/outcome_words.h"
#include "../report/sheet.h"
#include "../report/verdict_words.h"
#include "../run/chapter.h"
#include "../run/keep.h"
#include "../session/catalog.h"
#include "../session/records.h"
#include "cli.h"
#include "format.h"
#include "output.h"

#define WIDTH_DEFAULT 110
#define WIDTH_LEAST 60
#define INDENT 2
#define ID_COLUMNS 26 /* what is longer has a line of its own */
#define LETTER_COLUMNS 7 /* "A B C D" */
#define VERDICT_COLUMNS 12 /* "MODEL FAILED" */

struct list {
	const struct registry_row *rows;
	size_t count;
	struct record **records; /* of each row, NULL where there is none */
	bool any_record;
	struct sheet sheet;
};

struct list_options {
	const char *dir;
	bool ids;
};

static int option_take(void *arg, const struct option_row *row, const char *value)
{
	struct list_options *options = arg;

	if (row->id == OPTION_OUT)
		options->dir = value;
	options->ids |= row->id == OPTION_IDS;
	return 0;
}

/* "A D", each once, of all claims; "-" is a question of our own. */
static void letters_find(const struct probe *probe, char letters[LETTER_COLUMNS + 1])
{
	const struct article *article;
	size_t used = 0;

	for (unsigned int i = 0; (article = article_at(i)); i++)
		for (int j = 0; j < CLAIMS_PER_PROBE && probe->claims[j].id; j++) {
			if (!article_is_cited(article, probe->claims[j].article) ||
			    used + 2 > LETTER_COLUMNS)
				continue;
			if (used)
				letters[used++] = ' ';
			letters[used++] = article->letter;
			break;
		}
	if (!used)
		letters[used++] = '-';
	letters[used] = '\0';
}

/* What tells most: a run that is not as predicted, else the verdict of its claims. */
static void verdict_cell(const struct record *rec, struct sheet_cell *cell)
{
	enum verdict verdict = VERDICT_NONE;

	*cell = (struct sheet_cell){.text = "", .columns = VERDICT_COLUMNS};
	if (!rec)
		return;
	if (record_outcome(rec) != OUTCOME_OK) {
		cell->text = outcome_word(record_outcome(rec));
		cell->attr = outcome_attr(record_outcome(rec));
		return;
	}
	for (size_t i = 0; i < rec->claim_count; i++)
		verdict = verdict_more(verdict, claim_verdict(rec, rec->claims[i].id));
	cell->text = verdict_word(verdict);
	cell->attr = verdict_attr(verdict);
}

/* One line, or several: id, letters, verdict, and @title folded beside them. */
static void row_print(const struct list *list, const char *id, const char *letters,
                      const struct record *rec, const char *title)
{
	bool long_id = text_columns(id) > ID_COLUMNS;
	unsigned int used = INDENT + ID_COLUMNS + 1 + LETTER_COLUMNS + 1;
	struct sheet_cell cells[4] = {
		{.text = long_id ? "" : id, .columns = ID_COLUMNS, .attr = ATTR_BOLD},
		{.text = letters, .columns = LETTER_COLUMNS, .attr = ATTR_DIM},
	};
	size_t count = 2;

	if (list->any_record) {
		verdict_cell(rec, &cells[count++]);
		used += VERDICT_COLUMNS + 1;
	}
	cells[count++] = (struct sheet_cell){.text = title, .columns = list->sheet.width - used};
	if (long_id) {
		sheet_blanks(&list->sheet, INDENT);
		sheet_put(&list->sheet, ATTR_BOLD, id, 0);
		sheet_end_line(&list->sheet);
	}
	sheet_row(&list->sheet, INDENT, cells, count);
}

/* The claims that go by another name than their probe. */
static void claims_print(const struct list *list, const struct probe *probe)
{
	struct buffer names = {0};
	const char *text;

	for (int i = 0; i < CLAIMS_PER_PROBE && probe->claims[i].id; i++)
		if (strcmp(probe->claims[i].id, probe->id) != 0)
			buffer_add(&names, "%s%s", names.used ? ", " : "also judges ",
			           probe->claims[i].id);
	text = buffer_text(&names);
	if (names.used)
		sheet_text(&list->sheet, INDENT + 2, ATTR_DIM, text ? text : "");
	buffer_free(&names);
}

static void list_row(const struct list *list, size_t at)
{
	const struct registry_row *row = &list->rows[at];
	const struct probe *probe = row->probe;
	bool first = !at || list->rows[at - 1].probe != probe;
	const char *of_row = row->variant ? row->variant->title : NULL;
	char letters[LETTER_COLUMNS + 1], title[512];

	letters_find(probe, letters);
	snprintf(title, sizeof(title), "%s%s%s%s", registry_row_is_slow(row) ? "* " : "",
	         first || !of_row ? probe->title : "", first && of_row ? ": " : "",
	         of_row ? of_row : "");
	row_print(list, row->id, first ? letters : "", list->records[at], title);
	if (first)
		claims_print(list, probe);
}

static void list_print(const struct list *list)
{
	const struct chapter *before = NULL;

	for (size_t i = 0; i < list->count; i++) {
		const struct chapter *chapter = chapter_of(&list->rows[i]);

		if (chapter != before) {
			if (before)
				sheet_end_line(&list->sheet);
			sheet_text(&list->sheet, 0, ATTR_BOLD, chapter->title);
		}
		before = chapter;
		list_row(list, i);
	}
}

/* What the last run left there; a file that cannot be read is as none. */
static void records_find(struct list *list, const char *dir)
{
	for (size_t i = 0; i < list->count; i++) {
		char *path = keep_path(dir, list->rows[i].id);
		struct fault ignored;

		if (path && access(path, F_OK) == 0)
			list->records[i] = record_load_result(path, &ignored);
		list->any_record |= list->records[i] != NULL;
		free(path);
	}
}

static void legend_print(const struct list *list, const char *dir)
{
	sheet_end_line(&list->sheet);
	sheet_format(&list->sheet, 0, ATTR_PLAIN,
	             "Letters name the articles (finwait article). *: needs minutes, runs when "
	             "named or with --faithful.%s%s%s",
	             list->any_record ? " The verdicts are those of the last run, in " : "",
	             list->any_record ? dir : "", list->any_record ? "/." : "");
}

static void row_put(const struct list *list, size_t at, struct grid *grid)
{
	const struct registry_row *row = &list->rows[at];
	const struct record *rec = list->records[at];
	char letters[LETTER_COLUMNS + 1];
	struct sheet_cell verdict;

	letters_find(row->probe, letters);
	verdict_cell(rec, &verdict);
	grid_put(grid, "%s", FINWAIT_VERSION);
	grid_put(grid, "%s%s", rec ? "Linux " : "", rec ? rec->run.kernel : "");
	grid_put(grid, "%s", chapter_of(row)->title);
	grid_put(grid, "%s", row->id);
	grid_put(grid, "%s", letters);
	grid_put(grid, "%s", verdict.text);
	grid_put(grid, "%s", registry_row_is_slow(row) ? "yes" : "");
	grid_put(grid, "%s%s%s", row->probe->title, row->variant && row->variant->title ? ": " : "",
	         row->variant && row->variant->title ? row->variant->title : "");
}

static int list_rows(const struct list *list)
{
	static const struct grid_column columns[] = {
		{"finwait", GRID_CONTEXT},
		{"last_run_on", GRID_CONTEXT},
		{"chapter", 0},
		{"probe", 0},
		{"articles", 0},
		{"verdict", 0},
		{"needs_minutes", 0},
		{"title", 0},
	};
	struct grid grid = grid_open("finwait list");

	grid_columns(&grid, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < list->count; i++)
		row_put(list, i, &grid);
	return format_print(&grid);
}

static int list_show(const char *dir)
{
	struct report_style style = cli_style();
	struct list list = {.sheet = sheet_open(stdout, &style, WIDTH_DEFAULT, WIDTH_LEAST)};
	int code = EXIT_AS_PREDICTED;

	list.rows = registry_rows(&list.count);
	list.records = calloc(list.count + 1, sizeof(struct record *));
	if (!list.records)
		return cli_say(EXIT_NOT_RUN, "out of memory");
	records_find(&list, dir);
	if (cli_format() == FORMAT_TEXT)
		list_print(&list);
	else
		code = list_rows(&list);
	records_free(list.records, list.count);
	if (cli_format() == FORMAT_TEXT && !cli_is_quiet())
		legend_print(&list, dir);
	return code;
}

/* All there is to know of each probe: an array, or a line each. */
static void list_json(bool lines)
{
	size_t count;
	const struct registry_row *rows = registry_rows(&count);

	fputs(lines ? "" : "[\n", stdout);
	for (size_t i = 0; i < count; i++) {
		json_print(catalog_line(&rows[i]));
		fputs(lines ? "" : i + 1 < count ? "," : "]\n", stdout);
	}
}

static void list_ids(void)
{
	size_t count;
	const struct registry_row *rows = registry_rows(&count);

	for (size_t i = 0; i < count; i++)
		puts(rows[i].id);
}

int command_list(int argc, char **argv)
{
	struct list_options options = {.dir = OUT_DIR_DEFAULT};
	struct words words;
	int code = options_parse(COMMAND_LIST, argc, argv, option_take, &options, &words);

	if (!code && words.count)
		code = cli_say(EXIT_USAGE, "list takes no argument, not '%s'", words.items[0]);
	if (code)
		return code;
	if (options.ids)
		list_ids();
	else if (cli_format() == FORMAT_JSON || cli_format() == FORMAT_JSONL)
		list_json(cli_format() == FORMAT_JSONL);
	else
		return list_show(options.dir);
	return EXIT_AS_PREDICTED;
}
