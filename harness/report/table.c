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

#include "report.h"
#include "text.h"

#define WIDTH_DEFAULT 120
#define WIDTH_MIN 72
#define INDENT 6
#define NAME_COLUMNS 22
#define VERDICT_COLUMNS 12
#define VALUES 3
static_assert(VALUES + 2 <= TEXT_CELLS, "a row is printed at once");

struct table {
	const struct report_style *style;
	report_claim_fn claim;
	FILE *out;
	unsigned int width, value_columns;
};

static const struct {
	const char *word;
	enum attr attr;
} verdicts[] = {
	[VERDICT_CONFIRMED] = {"confirmed", ATTR_GREEN},
	[VERDICT_REFUTED] = {"REFUTED", ATTR_RED},
	[VERDICT_QUALIFIED] = {"qualified", ATTR_YELLOW},
	[VERDICT_INCONCLUSIVE] = {"inconclusive", ATTR_MAGENTA},
	[VERDICT_SKIPPED] = {"skipped", ATTR_DIM},
	[VERDICT_NONE] = {"model only", ATTR_PLAIN},
};
static_assert(sizeof(verdicts) / sizeof(verdicts[0]) == VERDICT_COUNT, "a word for every verdict");

static const struct {
	const char *word, *count;
	enum attr attr;
} outcomes[] = {
	[OUTCOME_OK] = {"ok", "as predicted", ATTR_GREEN},
	[OUTCOME_MODEL_FAILED] = {"MODEL FAILED", "MODEL FAILED", ATTR_RED},
	[OUTCOME_INCONCLUSIVE] = {"inconclusive", "inconclusive", ATTR_MAGENTA},
	[OUTCOME_SKIPPED] = {"skipped", "skipped", ATTR_DIM},
	[OUTCOME_ERROR] = {"ERROR", "not carried out", ATTR_RED},
	[OUTCOME_CRASHED] = {"CRASHED", "crashed", ATTR_RED},
	[OUTCOME_TIMED_OUT] = {"TIMED OUT", "timed out", ATTR_RED},
};
static_assert(sizeof(outcomes) / sizeof(outcomes[0]) == OUTCOME_COUNT, "a word for every outcome");

static void put(const struct table *table, const char *text, enum attr attr, unsigned int columns)
{
	text_print(table->out, text, attr, table->style->colour, columns);
}

/* @text folded, every line indented by @indent. */
static void put_folded(const struct table *table, unsigned int indent, const char *text,
                       enum attr attr)
{
	char line[1024];
	/* Width 0 asks for paragraphs in one piece; the columns have their own width. */
	unsigned int room = table->style->width ? table->width - indent : 0;

	while (text_fold(&text, room, line, sizeof(line))) {
		fprintf(table->out, "%*s", (int)indent, "");
		put(table, line, attr, 0);
		fputc('\n', table->out);
	}
}

/* A record that was cut off says "ok" nowhere: nobody has judged it. */
static enum outcome outcome_of(const struct record *rec)
{
	return rec->finished ? rec->outcome : OUTCOME_CRASHED;
}

static void print_heading(const struct table *table, const struct record *rec, const char *title)
{
	enum outcome outcome = outcome_of(rec);
	char elapsed[24];
	unsigned int used = text_columns(rec->probe) + 2, right;

	duration_text(rec->elapsed_ns, elapsed, sizeof(elapsed));
	right = text_columns(outcomes[outcome].word) + 2 + 8;
	put(table, rec->probe, ATTR_BOLD, used);
	put(table, title, ATTR_PLAIN, 0);
	used += text_columns(title);
	if (used + right + 2 > table->width) {
		fputc('\n', table->out);
		used = 0;
	}
	fprintf(table->out, "%*s", (int)(table->width - used - right), "");
	put(table, outcomes[outcome].word, outcomes[outcome].attr, 0);
	fprintf(table->out, "%*s\n", 10, rec->finished ? elapsed : "cut off");
}

static void print_columns(const struct table *table)
{
	fprintf(table->out, "%*s", INDENT, "");
	put(table, "finding", ATTR_DIM, NAME_COLUMNS + 1);
	put(table, "says", ATTR_DIM, table->value_columns + 1);
	put(table, "predicts", ATTR_DIM, table->value_columns + 1);
	put(table, "measured", ATTR_DIM, table->value_columns + 1);
	put(table, "verdict", ATTR_DIM, 0);
	fputc('\n', table->out);
}

static void print_model_failure(const struct table *table, const struct finding *finding)
{
	char predicts[256], measured[256], line[600];

	snprintf(line, sizeof(line), "MODEL FAILED  predicted %s  measured %s",
	         value_text(&finding->predicts, predicts, sizeof(predicts)),
	         value_text(&finding->measured, measured, sizeof(measured)));
	put_folded(table, INDENT + 2, line, ATTR_RED);
}

static void print_finding(const struct table *table, const struct finding *finding)
{
	char values[VALUES][256], line[200 + 16];
	bool failed = finding->model == MODEL_FAILS;
	const unsigned int columns[VALUES + 2] = {NAME_COLUMNS, table->value_columns,
	                                          table->value_columns, table->value_columns,
	                                          VERDICT_COLUMNS};
	const char *cells[VALUES + 2] = {
		finding->name,
		value_text(&finding->says, values[0], sizeof(values[0])),
		value_text(&finding->predicts, values[1], sizeof(values[1])),
		value_text(&finding->measured, values[2], sizeof(values[2])),
		verdicts[finding->verdict].word,
	};
	const enum attr attrs[VALUES + 2] = {
		[1] = finding->verdict == VERDICT_REFUTED ? ATTR_RED : ATTR_PLAIN,
		[3] = failed ? ATTR_RED : ATTR_BOLD,
		[4] = verdicts[finding->verdict].attr,
	};

	text_print_row(table->out, INDENT, VALUES + 2, cells, columns, attrs, table->style->colour);
	if (failed)
		print_model_failure(table, finding);
	if (finding->note[0])
		put_folded(table, INDENT + 2, finding->note, ATTR_DIM);
	if (finding->rule[0] && (failed || table->style->verbose)) {
		snprintf(line, sizeof(line), "model: %s", finding->rule);
		put_folded(table, INDENT + 2, line, ATTR_DIM);
	}
}

static void print_claim(const struct table *table, const struct record *rec, size_t first)
{
	const char *id = rec->findings[first].claim;
	const struct report_claim *claim = table->claim ? table->claim(rec->probe, id) : NULL;
	char head[64];

	snprintf(head, sizeof(head), "%s%s", *id ? id : "(no claim)", claim ? "  [" : "");
	fputs("  ", table->out);
	put(table, head, ATTR_CYAN, 0);
	if (claim) {
		put(table, claim->article, ATTR_CYAN, 0);
		put(table, "]", ATTR_CYAN, 0);
	}
	fputc('\n', table->out);
	if (claim)
		put_folded(table, 4, claim->text, ATTR_PLAIN);
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
	char line[96];

	for (unsigned int i = 0; i < OBSERVER_COUNT; i++) {
		if (!rec->lost[i])
			continue;
		snprintf(line, sizeof(line), "lost: %llu events of %s",
		         (unsigned long long)rec->lost[i], observer_name(i));
		put_folded(table, 2, line, ATTR_YELLOW);
	}
}

static void print_probe(const struct table *table, const struct record *rec, const char *title)
{
	print_heading(table, rec, title ? title : "");
	if (!rec->finished)
		put_folded(table, 2, "the record ends before the result", ATTR_RED);
	if (rec->reason[0])
		put_folded(table, 2, rec->reason, outcomes[outcome_of(rec)].attr);
	for (size_t i = 0; i < rec->finding_count; i++) {
		if (!claim_seen_before(rec, i))
			print_claim(table, rec, i);
	}
	print_lost(table, rec);
	fputc('\n', table->out);
}

static bool is_absent(const struct record *rec, unsigned int observer)
{
	return !rec->observed[observer] && rec->absent[observer][0];
}

/* Has an earlier record told the same of the same observer? */
static bool absence_told(const struct record *const *records, size_t at, unsigned int observer)
{
	for (size_t i = 0; i < at; i++) {
		if (is_absent(records[i], observer) &&
		    !strcmp(records[i]->absent[observer], records[at]->absent[observer]))
			return true;
	}
	return false;
}

/* Who was not there and why: once for all probes that share the reason. */
static void print_absent(const struct table *table, const struct record *const *records,
                         size_t count)
{
	char line[200];

	for (unsigned int o = 0; o < OBSERVER_COUNT; o++) {
		for (size_t i = 0; i < count; i++) {
			if (!is_absent(records[i], o) || absence_told(records, i, o))
				continue;
			snprintf(line, sizeof(line), "not observed by %s: %s", observer_name(o),
			         records[i]->absent[o]);
			put_folded(table, 0, line, ATTR_YELLOW);
		}
	}
}

static void put_count(const struct table *table, size_t count, const char *word, enum attr attr,
                      const char **separator)
{
	char text[64];

	if (!count)
		return;
	snprintf(text, sizeof(text), "%zu %s", count, word);
	fputs(*separator, table->out);
	put(table, text, attr, 0);
	*separator = ", ";
}

static void print_totals(const struct table *table, const struct record *const *records,
                         size_t count)
{
	size_t by_outcome[OUTCOME_COUNT] = {0}, by_verdict[VERDICT_COUNT] = {0};
	const char *separator = ": ";
	size_t findings = 0;

	for (size_t i = 0; i < count; i++) {
		by_outcome[outcome_of(records[i])]++;
		findings += records[i]->finding_count;
		for (size_t j = 0; j < records[i]->finding_count; j++)
			by_verdict[records[i]->findings[j].verdict]++;
	}
	fprintf(table->out, "%zu probe%s", count, count == 1 ? "" : "s");
	for (size_t i = 0; i < OUTCOME_COUNT; i++)
		put_count(table, by_outcome[i], outcomes[i].count, outcomes[i].attr, &separator);
	separator = ": ";
	fprintf(table->out, "; %zu finding%s", findings, findings == 1 ? "" : "s");
	for (size_t i = 0; i < VERDICT_COUNT; i++)
		put_count(table, by_verdict[i], verdicts[i].word, verdicts[i].attr, &separator);
	fputc('\n', table->out);
}

int table_print(const struct record *const *records, size_t count, report_title_fn title,
                report_claim_fn claim, const struct report_style *style, FILE *out)
{
	struct table table = {.style = style, .claim = claim, .out = out};

	table.width = style->width ? style->width : WIDTH_DEFAULT;
	if (table.width < WIDTH_MIN)
		table.width = WIDTH_MIN;
	table.value_columns =
		(table.width - INDENT - NAME_COLUMNS - VERDICT_COLUMNS - VALUES - 1) / VALUES;
	for (size_t i = 0; i < count; i++)
		print_probe(&table, records[i], title ? title(records[i]->probe) : NULL);
	print_absent(&table, records, count);
	print_totals(&table, records, count);
	return ferror(out) ? -EIO : 0;
}
