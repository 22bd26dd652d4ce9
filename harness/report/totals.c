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

static void put_count(const struct sheet *sheet, size_t count, const char *word, enum attr attr,
                      const char **separator)
{
	char text[64];

	if (!count)
		return;
	snprintf(text, sizeof(text), "%zu %s", count, word);
	fputs(*separator, sheet->out);
	sheet_put(sheet, attr, text, 0);
	*separator = ", ";
}

void totals_print(const struct sheet *sheet, const struct record *const *records, size_t count)
{
	size_t by_outcome[OUTCOME_COUNT] = {0}, by_verdict[VERDICT_COUNT] = {0};
	const char *separator = ": ";
	size_t findings = 0;

	for (size_t i = 0; i < count; i++) {
		by_outcome[record_outcome(records[i])]++;
		findings += records[i]->finding_count;
		for (size_t j = 0; j < records[i]->finding_count; j++)
			by_verdict[records[i]->findings[j].verdict]++;
	}
	fprintf(sheet->out, "%zu probe%s", count, count == 1 ? "" : "s");
	for (size_t i = 0; i < OUTCOME_COUNT; i++)
		put_count(sheet, by_outcome[i], outcome_count_word((enum outcome)i),
		          outcome_attr((enum outcome)i), &separator);
	separator = ": ";
	fprintf(sheet->out, "; %zu finding%s", findings, findings == 1 ? "" : "s");
	for (size_t i = 0; i < VERDICT_COUNT; i++)
		put_count(sheet, by_verdict[i], verdict_word((enum verdict)i),
		          verdict_attr((enum verdict)i), &separator);
	fputc('\n', sheet->out);
}
