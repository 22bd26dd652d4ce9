// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * text: two records of one probe, as lines that people know from diff -u.
 *
 *   wave1.lost                                              2 findings, 1 packet differ
 *     --- out/6.1   Linux 6.1.0-47-cloud-amd64, faithful, IPv4, HZ 250
 *     +++ out/6.12  Linux 6.12.117+deb13-cloud-amd64, faithful, IPv4, HZ 250
 *     finding                 -        +
 *     fin_segments  measured  9        10
 *     @@ packets the client sent @@
 *           +201 ms  FA  seq 1 ack 1 len 0, lost
 *     +     +401 ms  FA  seq 1 ack 1 len 0, delivered
 */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "../finding_rows.h"
#include "../heading.h"
#include "../verdict_words.h"
#include "diff.h"

#define INDENT 2
#define WIDTH_DEFAULT 110
#define WIDTH_MIN 60
#define NAME_COLUMNS 24
#define FIELD_COLUMNS 10
#define CONTEXT 2 /* lines around what differs */
#define NAME_MOST 40 /* columns of a side's name, and of what it is at least */
#define SIDE_LEAST 30

struct printer {
	struct sheet sheet;
	const struct diff *diff;
};

/* A line of its own that is not folded: it is read in columns. */
static void put_line(const struct printer *pr, enum attr attr, const char *line)
{
	sheet_blanks(&pr->sheet, INDENT);
	sheet_put(&pr->sheet, attr, line, 0);
	sheet_end_line(&pr->sheet);
}

/* ---- what is compared ---- */

static const char *const marks[2] = {"---", "+++"};
static const enum attr mark_attrs[2] = {ATTR_RED, ATTR_GREEN};

/* "--- old  Linux ...", the words folded beside the name. */
static void print_side(const struct sheet *sheet, unsigned int indent, int side, const char *name,
                       unsigned int columns, const struct buffer *words)
{
	unsigned int used = indent + 4 + columns + 2;
	const struct sheet_cell cells[] = {
		{.text = marks[side], .columns = 3, .attr = mark_attrs[side]},
		{.text = name, .columns = columns + 1, .attr = ATTR_BOLD},
		{.text = buffer_text(words) ? buffer_text(words) : "(no memory for these words)",
	         .columns = sheet->width > used + SIDE_LEAST ? sheet->width - used : SIDE_LEAST},
	};

	sheet_row(sheet, indent, cells, 3);
}

static unsigned int names_columns(const char *a, const char *b)
{
	unsigned int one = text_columns(a), other = text_columns(b);
	unsigned int columns = one > other ? one : other;

	return columns < NAME_MOST ? columns : NAME_MOST;
}

static void print_sides(const struct printer *pr)
{
	const struct diff_side *sides = pr->diff->sides;

	for (int k = 0; k < 2; k++) {
		const struct record *rec = sides[k].rec;
		struct buffer words = {0};

		buffer_add(&words, "Linux %s, %s, %s, HZ %d%s", rec->run.kernel,
		           rec->faithful ? "faithful" : "quick", family_word(rec->family),
		           rec->run.hz,
		           rec->observed[OBSERVER_TRACE] ? "" : ", states only polled");
		print_side(&pr->sheet, INDENT, k, sides[k].name,
		           names_columns(sides[0].name, sides[1].name), &words);
		buffer_free(&words);
	}
}

void diff_print_heading(const struct diff_records sides[2], const struct report_style *style,
                        FILE *out)
{
	struct sheet sheet = sheet_open(out, style, WIDTH_DEFAULT, WIDTH_MIN);

	for (int k = 0; k < 2; k++) {
		struct buffer words = {0};

		heading_add_words(&words, sides[k].records, sides[k].count);
		if (!words.used)
			buffer_add(&words, "none of these probes");
		print_side(&sheet, 0, k, sides[k].name, names_columns(sides[0].name, sides[1].name),
		           &words);
		buffer_free(&words);
	}
	sheet_end_line(&sheet);
}

/* What an observer missed may be what seems to differ. */
static void print_lost(const struct printer *pr)
{
	for (int k = 0; k < 2; k++) {
		const struct diff_side *side = &pr->diff->sides[k];

		for (unsigned int o = 0; o < OBSERVER_COUNT; o++)
			if (side->rec->lost[o])
				sheet_format(&pr->sheet, INDENT, ATTR_YELLOW,
				             "in %s %s lost %llu events", side->name,
				             observer_name(o),
				             (unsigned long long)side->rec->lost[o]);
	}
}

/* ---- findings ---- */

static const char *const model_words[] = {
	[MODEL_UNJUDGED] = "not judged",
	[MODEL_HOLDS] = "held",
	[MODEL_FAILS] = "FAILED",
};

const char *diff_field_text(const struct finding *finding, enum finding_field field, char *buf,
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
	case FIELD_COUNT:
		break;
	}
	return verdict_word(finding->verdict);
}

static const char *const field_words[] = {
	[FIELD_PRESENT] = "measured",    [FIELD_SAYS] = "says",   [FIELD_MEASURED] = "measured",
	[FIELD_PREDICTED] = "predicted", [FIELD_MODEL] = "model", [FIELD_VERDICT] = "verdict",
};
static_assert(sizeof(field_words) / sizeof(field_words[0]) == FIELD_COUNT,
              "a word for every field");

const char *diff_field_word(enum finding_field field)
{
	return field_words[field];
}

#define CELLS 4
static_assert(CELLS <= SHEET_CELLS, "a row is printed at once");

static void print_row(const struct printer *pr, const char *const texts[CELLS],
                      const enum attr attrs[CELLS])
{
	unsigned int value_columns =
		(pr->sheet.width - INDENT - NAME_COLUMNS - FIELD_COLUMNS - CELLS) / 2;
	const unsigned int columns[CELLS] = {NAME_COLUMNS, FIELD_COLUMNS, value_columns,
	                                     value_columns};
	struct sheet_cell cells[CELLS];

	for (size_t i = 0; i < CELLS; i++)
		cells[i] = (struct sheet_cell){texts[i], columns[i], attrs[i]};
	sheet_row(&pr->sheet, INDENT, cells, CELLS);
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
		char values[2][256], name[200];
		const char *texts[CELLS] = {finding_title(finding_id_of(any), name, sizeof(name)),
		                            field_words[differs->field], NULL, NULL};

		for (int k = 0; k < 2; k++)
			texts[2 + k] = diff_field_text(differs->finding[k], differs->field,
			                               values[k], sizeof(values[k]));
		print_row(pr, texts, attrs);
	}
}

/* ---- walks and packets ---- */

static void print_line(const struct printer *pr, const struct edit *edit, int side, char mark)
{
	enum attr attr = mark == '-' ? ATTR_RED : mark == '+' ? ATTR_GREEN : ATTR_PLAIN;
	const struct track_entry *entry = edit->entry[side];
	char since[24], head[48];

	snprintf(head, sizeof(head), "%c %9s  ", mark,
	         duration_text(edit->since_ns[side], since, sizeof(since)));
	sheet_blanks(&pr->sheet, INDENT);
	sheet_put(&pr->sheet, attr, head, 0);
	sheet_put(&pr->sheet, attr, entry->text, 0);
	if (entry->polled && mark != ' ')
		sheet_put(&pr->sheet, attr, " (polled)", 0);
	sheet_end_line(&pr->sheet);
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
	put_line(pr, ATTR_DIM, line);
}

static void print_section(const struct printer *pr, const struct diff_section *section)
{
	size_t elided = 0;
	char line[80];

	snprintf(line, sizeof(line), "@@ %s @@", section->title);
	put_line(pr, ATTR_CYAN, line);
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

static void print_excused(const struct printer *pr)
{
	const struct diff *diff = pr->diff;
	char late[24];

	if (diff->excused)
		sheet_format(&pr->sheet, INDENT, ATTR_YELLOW,
		             "%zu time%s not compared: the machine was late by up to %s there",
		             diff->excused, diff->excused == 1 ? "" : "s",
		             duration_text(diff->late_ns, late, sizeof(late)));
}

static void diff_render(const struct printer *pr)
{
	const struct sheet *sheet = &pr->sheet;
	char words[200];

	sheet_put(sheet, ATTR_BOLD, pr->diff->sides[0].rec->probe, 26);
	if (!diff_total(pr->diff)) {
		same_text(pr->diff, words, sizeof(words));
		sheet_put(sheet, ATTR_PLAIN, words, 0);
		sheet_end_line(sheet);
		print_excused(pr);
		return;
	}
	sheet_put(sheet, ATTR_RED, "DIFFERS: ", 0);
	total_text(pr->diff, words, sizeof(words));
	sheet_put(sheet, ATTR_PLAIN, words, 0);
	sheet_end_line(sheet);
	print_sides(pr);
	diff_print_conditions(pr->diff, sheet);
	print_lost(pr);
	print_excused(pr);
	for (size_t i = 0; i < pr->diff->note_count; i++)
		sheet_text(sheet, INDENT, ATTR_YELLOW, pr->diff->notes[i]);
	print_findings(pr);
	for (size_t i = 0; i < pr->diff->section_count; i++) {
		if (pr->diff->sections[i].edits.differ)
			print_section(pr, &pr->diff->sections[i]);
	}
	sheet_end_line(sheet);
}

int diff_print(const struct diff_side sides[2], int64_t slack_ns, const struct report_style *style,
               FILE *out, bool *differ)
{
	struct diff diff;
	struct printer pr = {.sheet = sheet_open(out, style, WIDTH_DEFAULT, WIDTH_MIN),
	                     .diff = &diff};
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
	struct sheet sheet = sheet_open(out, style, WIDTH_DEFAULT, WIDTH_MIN);
	char slack[24];

	sheet_format(
		&sheet, INDENT, ATTR_DIM,
		"Times are compared where a timer of the kernel decided them: retransmissions,"
		" probes, states that a timer ended. They count from the line before that both"
		" have, or from the probe's own last step; one of the two must agree. They agree"
		" when no farther apart than the kernel's timer wheel rounds such a time at the"
		" slower HZ (to 8 ticks from 63 on, 64 from 504, 512 from 4032, ...; or at the"
		" other HZ where that is more), a tick for each 200 ms (time-outs are whole"
		" ticks, and double) and %s (FINWAIT_SLACK_MS). Ports, initial sequence numbers,"
		" windows and TCP timestamps are not compared.",
		duration_text(slack_ns, slack, sizeof(slack)));
}
