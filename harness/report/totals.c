// SPDX-License-Identifier: GPL-2.0-or-later
#include "totals.h"

#include <string.h>

#include "outcome_words.h"
#include "verdict_words.h"

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
void absences_print(const struct sheet *sheet, const struct record *const *records, size_t count)
{
	for (unsigned int o = 0; o < OBSERVER_COUNT; o++) {
		for (size_t i = 0; i < count; i++) {
			if (!is_absent(records[i], o) || absence_told(records, i, o))
				continue;
			sheet_format(sheet, 0, ATTR_YELLOW, "not observed by %s: %s",
			             observer_name(o), records[i]->absent[o]);
		}
	}
}

/* A line that goes on below where it would be wider than the sheet; whole in a pipe. */
struct totals {
	const struct sheet *sheet;
	unsigned int used;
	const char *separator;
};

static void totals_put(struct totals *totals, const char *text, enum attr attr)
{
	unsigned int columns = text_columns(totals->separator) + text_columns(text) + 1;

	fputs(totals->separator, totals->sheet->out);
	if (totals->used && !totals->sheet->style->piped &&
	    totals->used + columns > totals->sheet->width) {
		fputs("\n  ", totals->sheet->out);
		totals->used = 2;
	} else if (*totals->separator) {
		fputc(' ', totals->sheet->out);
	}
	sheet_put(totals->sheet, attr, text, 0);
	totals->used += columns;
}

static void put_count(struct totals *totals, size_t count, const char *word, enum attr attr)
{
	char text[64];

	if (!count)
		return;
	snprintf(text, sizeof(text), "%zu %s", count, word);
	totals_put(totals, text, attr);
	totals->separator = ",";
}

static void put_total(struct totals *totals, size_t count, const char *word)
{
	char text[64];

	snprintf(text, sizeof(text), "%zu %s%s", count, word, count == 1 ? "" : "s");
	totals_put(totals, text, ATTR_PLAIN);
	totals->separator = ":";
}

void totals_print(const struct sheet *sheet, const struct record *const *records, size_t count)
{
	size_t by_outcome[OUTCOME_COUNT] = {0}, by_verdict[VERDICT_COUNT] = {0};
	struct totals totals = {.sheet = sheet, .separator = ""};
	size_t findings = 0;

	for (size_t i = 0; i < count; i++) {
		by_outcome[record_outcome(records[i])]++;
		findings += records[i]->finding_count;
		for (size_t j = 0; j < records[i]->finding_count; j++)
			by_verdict[records[i]->findings[j].verdict]++;
	}
	put_total(&totals, count, "probe");
	for (size_t i = 0; i < OUTCOME_COUNT; i++)
		put_count(&totals, by_outcome[i], outcome_count_word((enum outcome)i),
		          outcome_attr((enum outcome)i));
	totals.separator = ";";
	put_total(&totals, findings, "finding");
	for (size_t i = 0; i < VERDICT_COUNT; i++)
		put_count(&totals, by_verdict[i], verdict_word((enum verdict)i),
		          verdict_attr((enum verdict)i));
	sheet_end_line(sheet);
}
