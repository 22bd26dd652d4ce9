// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * diff: two records of one probe, as lines that people know from diff -u.
 *
 *   wave1.lost                                              2 findings, 1 packet differ
 *     --- out/6.1   Linux 6.1.0-47-cloud-amd64, virtual clock, HZ 250
 *     +++ out/6.12  Linux 6.12.117+deb13-cloud-amd64, virtual clock, HZ 250
 *     finding                 -        +
 *     fin_segments  measured  9        10
 *     @@ packets the client sent @@
 *           +201 ms  FA  seq 1 ack 1 len 0, lost
 *     +     +401 ms  FA  seq 1 ack 1 len 0, delivered
 */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "diff.h"

#define INDENT 2
#define WIDTH_DEFAULT 110
#define NAME_COLUMNS 24
#define FIELD_COLUMNS 10
#define CONTEXT 2 /* lines around what differs */
#define CONDITIONS_MAX 12

struct printer {
	const struct report_style *style;
	FILE *out;
	const struct diff *diff;
};

static void put(const struct printer *pr, const char *text, enum attr attr, unsigned int columns)
{
	text_print(pr->out, text, attr, pr->style->colour, columns);
}

static unsigned int style_width(const struct report_style *style)
{
	return style->width ? style->width : WIDTH_DEFAULT;
}

static void put_folded(const struct printer *pr, const char *text, enum attr attr)
{
	char line[1024];

	while (text_fold(&text, style_width(pr->style) - INDENT, line, sizeof(line))) {
		fprintf(pr->out, "%*s", INDENT, "");
		put(pr, line, attr, 0);
		fputc('\n', pr->out);
	}
}

/* ---- what is compared ---- */

static void print_sides(const struct printer *pr)
{
	static const char *const marks[2] = {"---", "+++"};
	unsigned int columns = 0;
	char line[400];

	for (int k = 0; k < 2; k++) {
		unsigned int own = text_columns(pr->diff->sides[k].name);

		columns = own > columns ? own : columns;
	}
	for (int k = 0; k < 2; k++) {
		const struct record *rec = pr->diff->sides[k].rec;

		fprintf(pr->out, "%*s", INDENT, "");
		put(pr, marks[k], k ? ATTR_GREEN : ATTR_RED, 4);
		put(pr, pr->diff->sides[k].name, ATTR_BOLD, columns + 2);
		snprintf(line, sizeof(line), "Linux %s, %s clock, HZ %d%s%s", rec->run.kernel,
		         rec->run.clock, rec->run.hz, rec->faithful ? ", faithful" : "",
		         rec->observed[OBSERVER_TRACE] ? "" : ", states only polled");
		put(pr, line, ATTR_PLAIN, 0);
		fputc('\n', pr->out);
	}
}

static void print_condition(const struct printer *pr, const char *of, const char *name,
                            const char *a, const char *b)
{
	char line[400];

	snprintf(line, sizeof(line), "condition: %s%s is %s in --- and %s in +++", of, name,
	         a ? a : "absent", b ? b : "absent");
	put_folded(pr, line, ATTR_DIM);
}

static bool value_same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* One setting, if it differs; @count is of those that do. */
static void print_setting(const struct printer *pr, const char *of, const char *name, const char *a,
                          const char *b, size_t *count)
{
	if (!value_same(a, b) && ++*count <= CONDITIONS_MAX)
		print_condition(pr, of, name, a, b);
}

static void print_params(const struct printer *pr, size_t *count)
{
	const struct settings *a = &pr->diff->sides[0].rec->params;
	const struct settings *b = &pr->diff->sides[1].rec->params;

	for (size_t i = 0; i < a->count; i++)
		print_setting(pr, "parameter ", a->items[i].name, a->items[i].value,
		              settings_get(b, a->items[i].name), count);
	for (size_t i = 0; i < b->count; i++) {
		if (!settings_get(a, b->items[i].name))
			print_setting(pr, "parameter ", b->items[i].name, NULL, b->items[i].value,
			              count);
	}
}

/* @name at both hosts; once where it is the same at both. */
static void print_sysctl(const struct printer *pr, const char *name, size_t *count)
{
	const char *values[SIDE_COUNT][2];

	for (int host = 0; host < SIDE_COUNT; host++)
		for (int k = 0; k < 2; k++)
			values[host][k] =
				settings_get(&pr->diff->sides[k].rec->sysctls[host], name);
	if (value_same(values[0][0], values[1][0]) && value_same(values[0][1], values[1][1])) {
		print_setting(pr, "", name, values[0][0], values[0][1], count);
		return;
	}
	print_setting(pr, "the client's ", name, values[0][0], values[0][1], count);
	print_setting(pr, "the server's ", name, values[1][0], values[1][1], count);
}

/* Each name that any host of any record has, once. */
static void print_sysctls(const struct printer *pr, size_t *count)
{
	const struct settings *seen[SIDE_COUNT * 2];
	size_t sets = 0;

	for (int k = 0; k < 2; k++) {
		for (int host = 0; host < SIDE_COUNT; host++) {
			const struct settings *set = &pr->diff->sides[k].rec->sysctls[host];

			for (size_t i = 0; i < set->count; i++) {
				size_t j = 0;

				while (j < sets && !settings_get(seen[j], set->items[i].name))
					j++;
				if (j == sets)
					print_sysctl(pr, set->items[i].name, count);
			}
			seen[sets++] = set;
		}
	}
}

/* What explains a difference, and is none by itself. */
static void print_all_conditions(const struct printer *pr)
{
	size_t count = 0;
	char line[64];

	print_params(pr, &count);
	print_sysctls(pr, &count);
	if (count <= CONDITIONS_MAX)
		return;
	snprintf(line, sizeof(line), "condition: %zu more", count - CONDITIONS_MAX);
	put_folded(pr, line, ATTR_DIM);
}

/* What an observer missed may be what seems to differ. */
static void print_lost(const struct printer *pr)
{
	char line[300];

	for (int k = 0; k < 2; k++) {
		for (unsigned int o = 0; o < OBSERVER_COUNT; o++) {
			if (!pr->diff->sides[k].rec->lost[o])
				continue;
			snprintf(line, sizeof(line), "in %.180s %s lost %llu events",
			         pr->diff->sides[k].name, observer_name(o),
			         (unsigned long long)pr->diff->sides[k].rec->lost[o]);
			put_folded(pr, line, ATTR_YELLOW);
		}
	}
}

/* ---- findings ---- */

static const char *const model_words[] = {
	[MODEL_UNJUDGED] = "not judged",
	[MODEL_HOLDS] = "held",
	[MODEL_FAILS] = "FAILED",
};

static const char *field_text(const struct finding *finding, enum finding_field field, char *buf,
                              size_t size)
{
	if (!finding)
		return "no such finding";
	switch (field) {
	case FIELD_SAYS:
		return value_text(&finding->says, buf, size);
	case FIELD_PRESENT:
	case FIELD_MEASURED:
		return value_text(&finding->measured, buf, size);
	case FIELD_PREDICTED:
		return value_text(&finding->predicts, buf, size);
	case FIELD_MODEL:
		return model_words[finding->model];
	case FIELD_VERDICT:
		break;
	}
	return verdict_name(finding->verdict);
}

static const char *const field_words[] = {
	[FIELD_PRESENT] = "measured",    [FIELD_SAYS] = "says",   [FIELD_MEASURED] = "measured",
	[FIELD_PREDICTED] = "predicted", [FIELD_MODEL] = "model", [FIELD_VERDICT] = "verdict",
};
static_assert(sizeof(field_words) / sizeof(field_words[0]) == FIELD_VERDICT + 1,
              "a word for every field");

#define CELLS 4
static_assert(CELLS <= TEXT_CELLS, "a row is printed at once");

static void print_row(const struct printer *pr, const char *const texts[CELLS],
                      const enum attr attrs[CELLS])
{
	unsigned int value_columns =
		(style_width(pr->style) - INDENT - NAME_COLUMNS - FIELD_COLUMNS - CELLS) / 2;
	const unsigned int columns[CELLS] = {NAME_COLUMNS, FIELD_COLUMNS, value_columns,
	                                     value_columns};
	const char *rest[CELLS] = {texts[0], texts[1], texts[2], texts[3]};

	text_print_row(pr->out, INDENT, CELLS, rest, columns, attrs, pr->style->colour);
}

static void print_findings(const struct printer *pr)
{
	static const char *const heads[CELLS] = {"finding", "", "---", "+++"};
	static const enum attr head_attrs[CELLS] = {ATTR_DIM, ATTR_DIM, ATTR_RED, ATTR_GREEN};
	static const enum attr attrs[CELLS] = {ATTR_PLAIN, ATTR_DIM, ATTR_RED, ATTR_GREEN};

	if (pr->diff->finding_count)
		print_row(pr, heads, head_attrs);
	for (size_t i = 0; i < pr->diff->finding_count; i++) {
		const struct diff_finding *differs = &pr->diff->findings[i];
		const struct finding *any = differs->finding[differs->finding[0] ? 0 : 1];
		char values[2][256];
		const char *texts[CELLS] = {any->name, field_words[differs->field], NULL, NULL};

		for (int k = 0; k < 2; k++)
			texts[2 + k] = field_text(differs->finding[k], differs->field, values[k],
			                          sizeof(values[k]));
		print_row(pr, texts, attrs);
	}
}

/* ---- walks and packets ---- */

static void print_line(const struct printer *pr, const struct edit *edit, int side, char mark)
{
	enum attr attr = mark == '-' ? ATTR_RED : mark == '+' ? ATTR_GREEN : ATTR_PLAIN;
	char since[24], line[240];

	duration_text(edit->since_ns[side], since, sizeof(since));
	snprintf(line, sizeof(line), "%c %9s  %s%s", mark, since, edit->entry[side]->text,
	         edit->entry[side]->polled && mark != ' ' ? " (polled)" : "");
	fprintf(pr->out, "%*s", INDENT, "");
	put(pr, line, attr, 0);
	fputc('\n', pr->out);
}

static void print_edit(const struct printer *pr, const struct edit *edit)
{
	switch (edit->op) {
	case EDIT_SAME:
		print_line(pr, edit, 0, ' ');
		return;
	case EDIT_TIME:
		print_line(pr, edit, 0, '-');
		print_line(pr, edit, 1, '+');
		return;
	case EDIT_ONLY_A:
		print_line(pr, edit, 0, '-');
		return;
	case EDIT_ONLY_B:
		print_line(pr, edit, 1, '+');
		return;
	}
}

static bool near_change(const struct edits *edits, size_t at)
{
	size_t first = at > CONTEXT ? at - CONTEXT : 0;

	for (size_t i = first; i < edits->count && i <= at + CONTEXT; i++) {
		if (edits->items[i].op != EDIT_SAME)
			return true;
	}
	return false;
}

static void print_elided(const struct printer *pr, size_t count)
{
	char line[48];

	if (!count)
		return;
	snprintf(line, sizeof(line), "  %9s  %zu the same", "...", count);
	fprintf(pr->out, "%*s", INDENT, "");
	put(pr, line, ATTR_DIM, 0);
	fputc('\n', pr->out);
}

static void print_section(const struct printer *pr, const struct diff_section *section)
{
	size_t elided = 0;
	char line[80];

	snprintf(line, sizeof(line), "@@ %s @@", section->title);
	fprintf(pr->out, "%*s", INDENT, "");
	put(pr, line, ATTR_CYAN, 0);
	fputc('\n', pr->out);
	for (size_t i = 0; i < section->edits.count; i++) {
		if (!near_change(&section->edits, i)) {
			elided++;
			continue;
		}
		print_elided(pr, elided);
		elided = 0;
		print_edit(pr, &section->edits.items[i]);
	}
	print_elided(pr, elided);
}

/* ---- the whole ---- */

/* "2 findings, 1 packet"; what there is none of is left out. */
static void total_text(const struct diff *diff, char *buf, size_t size)
{
	const struct {
		size_t count;
		const char *word;
	} parts[] = {
		{diff->note_count, "other difference"},
		{diff->finding_count, "figure"},
		{diff->states, "state"},
		{diff->packets, "packet"},
	};
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!parts[i].count || used >= size)
			continue;
		used += (size_t)snprintf(buf + used, size - used, "%s%zu %s%s", used ? ", " : "",
		                         parts[i].count, parts[i].word,
		                         parts[i].count == 1 ? "" : "s");
	}
}

static void same_text(const struct diff *diff, char *buf, size_t size)
{
	size_t states = 0, packets = 0;

	for (size_t i = 0; i < diff->section_count; i++) {
		const struct diff_section *section = &diff->sections[i];

		if (section->kind == SECTION_STATES)
			states += section->edits.count;
		else
			packets += section->edits.count;
	}
	snprintf(buf, size, "the same: %zu findings, %zu states, %zu packets",
	         diff->sides[0].rec->finding_count, states, packets);
}

static void diff_render(const struct printer *pr)
{
	char words[200];

	put(pr, pr->diff->sides[0].rec->probe, ATTR_BOLD, 26);
	if (!diff_total(pr->diff)) {
		same_text(pr->diff, words, sizeof(words));
		put(pr, words, ATTR_PLAIN, 0);
		fputc('\n', pr->out);
		return;
	}
	put(pr, "DIFFERS: ", ATTR_RED, 0);
	total_text(pr->diff, words, sizeof(words));
	put(pr, words, ATTR_PLAIN, 0);
	fputc('\n', pr->out);
	print_sides(pr);
	print_all_conditions(pr);
	print_lost(pr);
	for (size_t i = 0; i < pr->diff->note_count; i++)
		put_folded(pr, pr->diff->notes[i], ATTR_YELLOW);
	print_findings(pr);
	for (size_t i = 0; i < pr->diff->section_count; i++) {
		if (pr->diff->sections[i].edits.differ)
			print_section(pr, &pr->diff->sections[i]);
	}
	fputc('\n', pr->out);
}

int diff_print(const struct diff_side sides[2], int64_t slack_ns, const struct report_style *style,
               FILE *out, bool *differ)
{
	struct diff diff;
	struct printer pr = {.style = style, .out = out, .diff = &diff};
	int err = diff_records(sides, slack_ns, &diff);

	if (!err) {
		diff_render(&pr);
		*differ = diff_total(&diff) > 0;
	}
	diff_free(&diff);
	if (err)
		return err;
	return ferror(out) ? -EIO : 0;
}

void diff_print_rule(int64_t slack_ns, const struct report_style *style, FILE *out)
{
	const struct printer pr = {.style = style, .out = out};
	char line[600], slack[24];

	snprintf(
		line, sizeof(line),
		"Times count from the line before that both have, or from the probe's own last "
		"step;"
		" one of the two must agree. They agree when no farther apart than the kernel's "
		"timer"
		" wheel rounds such a time at the slower HZ (to 8 ticks from 63 on, 64 from 504, "
		"512"
		" from 4032, ...; or at the other HZ where that is more), a tick for each 200 ms"
		" (time-outs are whole ticks, and double) and %s (FINWAIT_SLACK_MS). Ports, initial"
		" sequence numbers, windows and TCP timestamps are not compared.",
		duration_text(slack_ns, slack, sizeof(slack)));
	put_folded(&pr, line, ATTR_DIM);
}
