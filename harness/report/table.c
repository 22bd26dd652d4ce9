// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * table: a block a probe, in it a paragraph a claim, in it a row a finding.
 *
 *   wave1.lost  The first FIN is lost                              OK    6.71 s
 *     orphan.zero-means-eight  [A]
 *       tcp_orphan_retries 0 behaves as 8
 *       finding             says     predicts  measured  verdict
 *       fin_segments        9        9         9         confirmed
 */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "outcome_words.h"
#include "sheet.h"
#include "totals.h"
#include "verdict_words.h"

#define WIDTH_DEFAULT 120
#define WIDTH_MIN 72
#define INDENT 6
#define NAME_COLUMNS 22 /* at least */
#define NAME_COLUMNS_MOST 34
#define VERDICT_COLUMNS 12
#define VALUES 3
static_assert(VALUES + 2 <= SHEET_CELLS, "a row is printed at once");

struct table {
	struct sheet sheet;
	unsigned int name_columns, value_columns;
};

/* What was asked, beside the probe's title: "IPv6". */
static const char *asked_words(const struct record *rec)
{
	return rec->family == FAMILY_IPV6 ? "  IPv6" : "";
}

static void print_heading(const struct table *table, const struct record *rec)
{
	const struct sheet *sheet = &table->sheet;
	enum outcome outcome = record_outcome(rec);
	char elapsed[24];
	unsigned int used = text_columns(rec->probe) + 2, right;

	duration_text(rec->elapsed_ns, elapsed, sizeof(elapsed));
	right = text_columns(outcome_word(outcome)) + 2 + 8;
	sheet_put(sheet, ATTR_BOLD, rec->probe, used);
	sheet_put(sheet, ATTR_PLAIN, rec->title, 0);
	sheet_put(sheet, ATTR_DIM, asked_words(rec), 0);
	used += text_columns(rec->title) + text_columns(asked_words(rec));
	if (used + right + 2 > sheet->width) {
		sheet_end_line(sheet);
		used = 0;
	}
	sheet_blanks(sheet, sheet->width - used - right);
	sheet_put(sheet, outcome_attr(outcome), outcome_word(outcome), 0);
	fprintf(sheet->out, "%*s\n", 10, rec->finished ? elapsed : "cut off");
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
		                                     : table->value_columns,
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

static void print_finding(const struct table *table, const struct finding *finding)
{
	const struct sheet *sheet = &table->sheet;
	char values[VALUES][256], name[200];
	bool failed = finding->model == MODEL_FAILS;
	const char *texts[VALUES + 2] = {
		finding_title(finding_id_of(finding), name, sizeof(name)),
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

static void print_probe(const struct table *table, const struct record *rec)
{
	const struct sheet *sheet = &table->sheet;

	print_heading(table, rec);
	if (!rec->finished)
		sheet_text(sheet, 2, ATTR_RED, "the record ends before the result");
	sheet_text(sheet, 2, outcome_attr(record_outcome(rec)), rec->reason);
	sheet_text(sheet, 2, ATTR_PLAIN, rec->again);
	for (size_t i = 0; i < rec->finding_count; i++) {
		if (!claim_seen_before(rec, i))
			print_claim(table, rec, i);
	}
	print_lost(table, rec);
	sheet_end_line(sheet);
}

/* Names have room, so that they are not broken, as far as that leaves some for the values. */
static unsigned int name_columns(const struct record *const *records, size_t count)
{
	unsigned int most = NAME_COLUMNS;

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < records[i]->finding_count; j++) {
			unsigned int columns = text_columns(records[i]->findings[j].name);

			most = columns > most ? columns : most;
		}
	return most < NAME_COLUMNS_MOST ? most : NAME_COLUMNS_MOST;
}

int table_print(const struct record *const *records, size_t count, const struct report_style *style,
                FILE *out)
{
	struct table table = {.sheet = sheet_open(out, style, WIDTH_DEFAULT, WIDTH_MIN)};

	table.name_columns = name_columns(records, count);
	table.value_columns =
		(table.sheet.width - INDENT - table.name_columns - VERDICT_COLUMNS - VALUES - 1) /
		VALUES;
	for (size_t i = 0; i < count; i++)
		print_probe(&table, records[i]);
	absences_print(&table.sheet, records, count);
	totals_print(&table.sheet, records, count);
	return ferror(out) ? -EIO : 0;
}
