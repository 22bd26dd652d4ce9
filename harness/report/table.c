// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * table: a block a probe, in it a paragraph a claim, in it a row a finding.
 *
 *   Linux 6.12.118, real time, quick, IPv4   2 claims by 1 probe, 6.71 s of wall time
 *
 *   wave1.lost  The first FIN is lost             as predicted  6.71 s of wall time
 *     fin_segments: A says 9, on this kernel it is 10; the claim is wrong at tcp_orphan_retries=0.
 *     orphan.zero-means-eight  [A]
 *       tcp_orphan_retries 0 behaves as 8
 *       finding             says     predicts  measured  verdict
 *       fin_segments        9        9         9         confirmed
 */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "../base/buffer.h"
#include "conclusion.h"
#include "heading.h"
#include "legend.h"
#include "outcome_words.h"
#include "sheet.h"
#include "totals.h"
#include "verdict_words.h"

#define WIDTH_DEFAULT 120
#define WIDTH_MIN 72
#define INDENT 6
#define NAME_COLUMNS 22
#define NAME_COLUMNS_LEAST 12
#define NAME_COLUMNS_MOST 34
#define FIGURE_COLUMNS 10
#define VERDICT_COLUMNS 12
#define VALUES 3
static_assert(VALUES + 2 <= SHEET_CELLS, "a row is printed at once");

struct table {
	struct sheet sheet;
	unsigned int name_columns, value_columns[VALUES]; /* says, predicts, measured */
};

/* What was asked, beside the probe's title: "IPv6". */
static const char *asked_words(const struct record *rec)
{
	return rec->family == FAMILY_IPV6 ? "  IPv6" : "";
}

/* Where the title has no room beside the id it stands below it. Returns the columns used. */
static unsigned int print_title(const struct sheet *sheet, const struct record *rec)
{
	const char *asked = asked_words(rec);
	unsigned int id = text_columns(rec->probe), used;

	used = id + 2 + text_columns(rec->title) + text_columns(asked);
	if (used > sheet->width) {
		sheet_put(sheet, ATTR_BOLD, rec->probe, 0);
		sheet_put(sheet, ATTR_DIM, asked, 0);
		sheet_end_line(sheet);
		sheet_text(sheet, 2, ATTR_PLAIN, rec->title);
		return 0;
	}
	sheet_put(sheet, ATTR_BOLD, rec->probe, id + 2);
	sheet_put(sheet, ATTR_PLAIN, rec->title, 0);
	sheet_put(sheet, ATTR_DIM, asked, 0);
	return used;
}

static void print_heading(const struct table *table, const struct record *rec)
{
	const struct sheet *sheet = &table->sheet;
	enum outcome outcome = record_outcome(rec);
	char elapsed[24], time[48] = "cut off";
	unsigned int used, right;

	duration_text(rec->elapsed_ns, elapsed, sizeof(elapsed));
	if (rec->finished)
		snprintf(time, sizeof(time), "%s of %s", elapsed, record_seconds(rec));
	right = text_columns(outcome_word(outcome)) + 2 + text_columns(time);
	used = print_title(sheet, rec);
	if (used && used + right + 2 > sheet->width) {
		sheet_end_line(sheet);
		used = 0;
	}
	sheet_blanks(sheet, sheet->width > used + right ? sheet->width - used - right : 0);
	sheet_put(sheet, outcome_attr(outcome), outcome_word(outcome), 0);
	sheet_blanks(sheet, 2);
	sheet_put(sheet, ATTR_PLAIN, time, 0);
	sheet_end_line(sheet);
}

static void print_row(const struct table *table, const char *const texts[VALUES + 2],
                      const enum attr attrs[VALUES + 2])
{
	struct sheet_cell cells[VALUES + 2];

	for (size_t i = 0; i < VALUES + 2; i++)
		cells[i] = (struct sheet_cell){
			.text = texts[i],
			.columns = i == 0            ? table->name_columns
		                   : i == VALUES + 1 ? VERDICT_COLUMNS
		                                     : table->value_columns[i - 1],
			.attr = attrs[i],
		};
	sheet_row(&table->sheet, INDENT, cells, VALUES + 2);
}

static void print_columns(const struct table *table)
{
	static const char *const heads[VALUES + 2] = {"finding", "says", "predicts", "measured",
	                                              "verdict"};
	static const enum attr attrs[VALUES + 2] = {ATTR_DIM, ATTR_DIM, ATTR_DIM, ATTR_DIM,
	                                            ATTR_DIM};

	print_row(table, heads, attrs);
}

static void print_model_failure(const struct table *table, const struct finding *finding)
{
	char predicts[256], measured[256];

	sheet_format(&table->sheet, INDENT + 2, ATTR_RED, "MODEL FAILED  predicted %s  measured %s",
	             value_text(&finding->predicts, predicts, sizeof(predicts)),
	             value_text(&finding->measured, measured, sizeof(measured)));
}

/* Its name; "" where that has no room in the column and is put into a line of its own. */
static const char *name_put(const struct table *table, const struct finding *finding, char *buf,
                            size_t size)
{
	const char *name = finding_title(finding_id_of(finding), buf, size);

	if (text_columns(name) <= table->name_columns)
		return name;
	sheet_text(&table->sheet, INDENT, ATTR_PLAIN, name);
	return "";
}

/* A walk, or other words that fill a column, that is three times the same. */
static bool is_told_once(const struct table *table, const struct finding *finding)
{
	const struct value *measured = &finding->measured;
	bool same = finding->predicts.kind == VALUE_TEXT && measured->kind == VALUE_TEXT &&
	            !strcmp(finding->predicts.text, measured->text);

	if (same && finding->says.kind == VALUE_TEXT)
		same = !strcmp(finding->says.text, measured->text);
	else
		same &= finding->says.kind == VALUE_NONE;
	return same && text_columns(measured->text) > table->value_columns[0];
}

static unsigned int all_values_columns(const struct table *table)
{
	unsigned int columns = VALUES - 1;

	for (size_t i = 0; i < VALUES; i++)
		columns += table->value_columns[i];
	return columns;
}

static void print_once(const struct table *table, const struct finding *finding, const char *name)
{
	const char *as =
		finding->says.kind == VALUE_NONE ? "as predicted" : "as said and predicted";
	struct buffer words = {0};
	const char *text;

	buffer_add(&words, "%s: %s", as, finding->measured.text);
	text = buffer_text(&words);
	sheet_row(&table->sheet, INDENT,
	          (const struct sheet_cell[]){
			  {.text = name, .columns = table->name_columns},
			  {.text = text ? text : finding->measured.text,
	                   .columns = all_values_columns(table),
	                   .attr = ATTR_BOLD},
			  {.text = verdict_word(finding->verdict),
	                   .columns = VERDICT_COLUMNS,
	                   .attr = verdict_attr(finding->verdict)},
		  },
	          3);
	buffer_free(&words);
}

static void print_finding(const struct table *table, const struct finding *finding)
{
	const struct sheet *sheet = &table->sheet;
	char values[VALUES][256], name[200];
	bool failed = finding->model == MODEL_FAILS;
	const char *texts[VALUES + 2] = {
		name_put(table, finding, name, sizeof(name)),
		value_text(&finding->says, values[0], sizeof(values[0])),
		value_text(&finding->predicts, values[1], sizeof(values[1])),
		value_text(&finding->measured, values[2], sizeof(values[2])),
		verdict_word(finding->verdict),
	};
	const enum attr attrs[VALUES + 2] = {
		[1] = finding->verdict == VERDICT_REFUTED ? ATTR_RED : ATTR_PLAIN,
		[3] = failed ? ATTR_RED : ATTR_BOLD,
		[4] = verdict_attr(finding->verdict),
	};

	if (is_told_once(table, finding))
		print_once(table, finding, texts[0]);
	else
		print_row(table, texts, attrs);
	if (failed)
		print_model_failure(table, finding);
	sheet_text(sheet, INDENT + 2, ATTR_DIM, finding->note);
	if (*finding->rule && (failed || sheet->style->verbose))
		sheet_format(sheet, INDENT + 2, ATTR_DIM, "model: %s", finding->rule);
}

static void print_claim_head(const struct table *table, const struct record *rec, const char *id)
{
	const struct sheet *sheet = &table->sheet;
	const struct record_claim *claim = record_claim_find(rec, id);

	sheet_blanks(sheet, 2);
	sheet_put(sheet, ATTR_CYAN, *id ? id : "(no claim)", 0);
	if (claim) {
		sheet_put(sheet, ATTR_CYAN, "  [", 0);
		sheet_put(sheet, ATTR_CYAN, claim->article, 0);
		sheet_put(sheet, ATTR_CYAN, "]", 0);
	}
	sheet_end_line(sheet);
	if (claim)
		sheet_text(sheet, 4, ATTR_PLAIN, claim->text);
}

static void print_claim(const struct table *table, const struct record *rec, size_t first)
{
	const char *id = rec->findings[first].claim;

	print_claim_head(table, rec, id);
	print_columns(table);
	for (size_t i = first; i < rec->finding_count; i++) {
		if (!strcmp(rec->findings[i].claim, id))
			print_finding(table, &rec->findings[i]);
	}
}

static bool claim_seen_before(const struct record *rec, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		if (!strcmp(rec->findings[i].claim, rec->findings[at].claim))
			return true;
	}
	return false;
}

static void print_lost(const struct table *table, const struct record *rec)
{
	for (unsigned int i = 0; i < OBSERVER_COUNT; i++)
		if (rec->lost[i])
			sheet_format(&table->sheet, 2, ATTR_YELLOW, "lost: %llu events of %s",
			             (unsigned long long)rec->lost[i], observer_name(i));
}

static void print_conclusion(const struct table *table, const struct record *rec)
{
	struct buffer words = {0};
	const char *text;

	conclusion_add(&words, rec);
	text = buffer_text(&words);
	sheet_text(&table->sheet, 2, ATTR_BOLD, text ? text : "(no memory for these words)");
	buffer_free(&words);
}

static void print_probe(const struct table *table, const struct record *rec)
{
	const struct sheet *sheet = &table->sheet;

	print_heading(table, rec);
	if (!rec->finished)
		sheet_text(sheet, 2, ATTR_RED, "the record ends before the result");
	sheet_text(sheet, 2, outcome_attr(record_outcome(rec)), rec->reason);
	sheet_text(sheet, 2, ATTR_PLAIN, rec->again);
	print_conclusion(table, rec);
	for (size_t i = 0; i < rec->finding_count; i++) {
		if (!claim_seen_before(rec, i))
			print_claim(table, rec, i);
	}
	print_lost(table, rec);
	sheet_end_line(sheet);
}

static unsigned int longer(unsigned int a, unsigned int b)
{
	return a > b ? a : b;
}

/* A figure stays in one line; words may be folded. */
static void figure_measure(unsigned int *columns, const struct value *value)
{
	char text[256];

	if (value->kind != VALUE_TEXT)
		*columns = longer(*columns, text_columns(value_text(value, text, sizeof(text))));
}

static void record_measure(struct table *table, const struct record *rec, unsigned int *name)
{
	char text[200];

	for (size_t i = 0; i < rec->finding_count; i++) {
		const struct finding *finding = &rec->findings[i];
		struct finding_id id = finding_id_of(finding);

		*name = longer(*name, text_columns(finding_title(id, text, sizeof(text))));
		figure_measure(&table->value_columns[0], &finding->says);
		figure_measure(&table->value_columns[1], &finding->predicts);
		figure_measure(&table->value_columns[2], &finding->measured);
	}
}

static unsigned int *narrowest(unsigned int columns[VALUES])
{
	unsigned int *least = columns;

	for (size_t i = 1; i < VALUES; i++)
		if (columns[i] < *least)
			least = &columns[i];
	return least;
}

/* No figure is broken, then no name is as far as there is room, and what is left is the values'. */
static void table_measure(struct table *table, const struct record *const *records, size_t count)
{
	unsigned int name = NAME_COLUMNS, fixed = INDENT + 1 + VERDICT_COLUMNS + 1, used, room;

	for (size_t i = 0; i < VALUES; i++)
		table->value_columns[i] = FIGURE_COLUMNS;
	for (size_t i = 0; i < count; i++)
		record_measure(table, records[i], &name);
	used = fixed + all_values_columns(table);
	for (size_t i = 0; i < VALUES && used + NAME_COLUMNS_LEAST > table->sheet.width; i++) {
		used -= table->value_columns[i] - FIGURE_COLUMNS; /* so narrow that they are */
		table->value_columns[i] = FIGURE_COLUMNS;
	}
	room = table->sheet.width > used ? table->sheet.width - used : 0;
	name = name < NAME_COLUMNS_MOST ? name : NAME_COLUMNS_MOST;
	table->name_columns = longer(name < room ? name : room, NAME_COLUMNS_LEAST);
	for (; room > table->name_columns; room--)
		(*narrowest(table->value_columns))++;
}

int table_print(const struct record *const *records, size_t count, const struct report_style *style,
                FILE *out)
{
	struct table table = {.sheet = sheet_open(out, style, WIDTH_DEFAULT, WIDTH_MIN)};

	table_measure(&table, records, count);
	for (size_t i = 0, same = 0; i < count; i++, same--) {
		if (!same) {
			same = records_of_kernel(records + i, count - i);
			heading_print(&table.sheet, records + i, same, NULL);
			sheet_end_line(&table.sheet);
		}
		print_probe(&table, records[i]);
	}
	absences_print(&table.sheet, records, count);
	totals_print(&table.sheet, records, count);
	legend_print(&table.sheet, records, count, true);
	return ferror(out) ? -EIO : 0;
}
