// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * expect: findings held against those of records that were kept earlier. A finding is the same one
 * by its claim, case and name, as for the diff. It is as expected when what was measured, whether
 * the model held, and the verdict are alike: what finwait says and predicts may change from one
 * version of it to another, and is no doing of the kernel's.
 */
#include <errno.h>
#include <string.h>

#include "../base/clock.h"
#include "alike.h"
#include "answer_words.h"
#include "expect.h"
#include "sheet.h"

enum fit { FIT_AS_EXPECTED, FIT_CHANGED, FIT_GONE, FIT_ADDED, FIT_FAILS_ANEW, FIT_UNANSWERED };

struct comparison {
	const struct expect *expect;
	struct sheet sheet;
	struct expectation *came_to;
	size_t rows;
};

static const struct record *kept_of(const struct expect *expect, const struct record *rec)
{
	for (size_t i = 0; i < expect->kept_count; i++)
		if (!strcmp(expect->kept[i]->probe, rec->probe))
			return expect->kept[i];
	return NULL;
}

static bool is_answered(const struct finding *finding)
{
	return finding->model != MODEL_UNJUDGED;
}

static enum fit fit_of(const struct diff_rule *rule, const struct finding *then,
                       const struct finding *now)
{
	if (!then)
		return now->model == MODEL_FAILS ? FIT_FAILS_ANEW : FIT_ADDED;
	if (!is_answered(then) && now->model == MODEL_FAILS)
		return FIT_FAILS_ANEW;
	if (findings_answer_alike(rule, then, now))
		return FIT_AS_EXPECTED;
	return is_answered(then) && is_answered(now) ? FIT_CHANGED : FIT_UNANSWERED;
}

/* ---- rows ---- */

#define INDENT 2
#define PROBE_COLUMNS 22
#define NAME_COLUMNS 24
#define CELLS 4

static void row_print(struct comparison *cmp, const char *const texts[CELLS],
                      const enum attr attrs[CELLS])
{
	unsigned int values =
		(cmp->sheet.width - INDENT - PROBE_COLUMNS - NAME_COLUMNS - CELLS) / 2;
	const unsigned int columns[CELLS] = {PROBE_COLUMNS, NAME_COLUMNS, values, values};
	struct sheet_cell cells[CELLS];

	for (size_t i = 0; i < CELLS; i++)
		cells[i] = (struct sheet_cell){texts[i], columns[i], attrs[i], false};
	sheet_row(&cmp->sheet, INDENT, cells, CELLS);
}

static void unexpected_print(struct comparison *cmp, const struct record *rec,
                             const struct finding *then, const struct finding *now)
{
	static const char *const heads[CELLS] = {"UNEXPECTED", "finding", "then", "now"};
	static const enum attr head_attrs[CELLS] = {ATTR_RED, ATTR_DIM, ATTR_DIM, ATTR_DIM};
	static const enum attr attrs[CELLS] = {ATTR_PLAIN, ATTR_PLAIN, ATTR_PLAIN, ATTR_RED};
	char title[200], sides[2][300];
	const char *const texts[CELLS] = {
		rec->probe,
		answer_title(finding_id_of(now ? now : then), rec->probe, title, sizeof(title)),
		answer_text(then, sides[0], sizeof(sides[0])),
		answer_text(now, sides[1], sizeof(sides[1])),
	};

	if (!cmp->rows++)
		row_print(cmp, heads, head_attrs);
	row_print(cmp, texts, attrs);
}

/* ---- counting ---- */

static void finding_take(struct comparison *cmp, const struct record *rec, enum fit fit,
                         const struct finding *then, const struct finding *now)
{
	struct expectation *came_to = cmp->came_to;

	switch (fit) {
	case FIT_AS_EXPECTED:
		came_to->as_expected++;
		return;
	case FIT_ADDED:
		came_to->added++;
		return;
	case FIT_UNANSWERED:
		came_to->unanswered++;
		return;
	case FIT_CHANGED:
	case FIT_GONE:
	case FIT_FAILS_ANEW:
		break;
	}
	came_to->unexpected++;
	unexpected_print(cmp, rec, then, now);
}

/* A run that did not come to its judge tells nothing of its findings: they are not gone. */
static bool came_to_judge(const struct record *rec)
{
	return rec->finished && rec->outcome <= OUTCOME_INCONCLUSIVE;
}

static void record_compare(struct comparison *cmp, const struct record *then,
                           const struct record *now)
{
	int slack_ms = then->slack_ms > now->slack_ms ? then->slack_ms : now->slack_ms;
	struct diff_rule rule = diff_rule_for(then, now, slack_ms * NS_PER_MS);

	for (size_t i = 0; i < now->finding_count; i++) {
		const struct finding *finding = &now->findings[i];
		const struct finding *before = finding_find(then, finding_id_of(finding));

		finding_take(cmp, now, fit_of(&rule, before, finding), before, finding);
	}
	for (size_t i = 0; i < then->finding_count; i++) {
		const struct finding *finding = &then->findings[i];

		if (finding_find(now, finding_id_of(finding)))
			continue;
		finding_take(cmp, now,
		             came_to_judge(now) && is_answered(finding) ? FIT_GONE : FIT_UNANSWERED,
		             finding, NULL);
	}
}

static void record_take(struct comparison *cmp, const struct record *rec)
{
	const struct run_asked *asked = cmp->expect->asked ? cmp->expect->asked : &rec->run.asked;
	const struct record *kept = kept_of(cmp->expect, rec);

	if (!kept) {
		cmp->came_to->unknown++;
	} else if (kept->faithful != rec->faithful || !run_asked_same(&kept->run.asked, asked)) {
		cmp->came_to->otherwise++;
	} else {
		cmp->came_to->probes++;
		record_compare(cmp, kept, rec);
	}
}

static size_t kept_unasked(const struct expect *expect, const struct record *const *records,
                           size_t count)
{
	size_t unasked = 0;

	for (size_t i = 0; i < expect->kept_count; i++) {
		size_t j = 0;

		while (j < count &&
		       (!records[j] || strcmp(records[j]->probe, expect->kept[i]->probe) != 0))
			j++;
		unasked += j == count;
	}
	return unasked;
}

static void counts_print(const struct comparison *cmp)
{
	const struct expectation *came_to = cmp->came_to;
	const struct {
		const char *words;
		size_t count;
	} others[] = {
		{"findings new", came_to->added},
		{"not answered now or then", came_to->unanswered},
		{"probes asked otherwise then, not compared", came_to->otherwise},
		{"probes of which nothing is kept", came_to->unknown},
		{"probes kept, not asked now", came_to->unasked},
	};

	sheet_format(&cmp->sheet, 0, ATTR_BOLD, "%s: %zu finding%s as expected, %zu unexpected",
	             cmp->expect->name, came_to->as_expected, came_to->as_expected == 1 ? "" : "s",
	             came_to->unexpected);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (others[i].count)
			sheet_format(&cmp->sheet, INDENT, ATTR_DIM, "%s: %zu", others[i].words,
			             others[i].count);
}

int expect_print(const struct record *const *records, size_t count, const struct expect *expect,
                 const struct report_style *style, FILE *out, struct expectation *came_to)
{
	struct comparison cmp = {
		.expect = expect,
		.sheet = sheet_open(out, style, 100, 70),
		.came_to = came_to,
	};

	*came_to = (struct expectation){0};
	sheet_end_line(&cmp.sheet);
	for (size_t i = 0; i < count; i++)
		if (records[i])
			record_take(&cmp, records[i]);
	came_to->unasked = kept_unasked(expect, records, count);
	counts_print(&cmp);
	return ferror(out) ? -EIO : 0;
}
