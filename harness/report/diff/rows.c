// SPDX-License-Identifier: GPL-2.0-or-later
/* rows: what differs between two records in other formats: a row a difference. */
#include "rows.h"

#include "../heading.h"
#include "../verdict_words.h"
#include "diff.h"

static const struct grid_column columns[] = {
	{"A", GRID_CONTEXT}, {"B", GRID_CONTEXT}, {"probe", 0}, {"what", 0},
	{"differs", 0},      {"in_A", 0},         {"in_B", 0},
};

void diff_columns(struct grid *grid)
{
	grid_columns(grid, columns, sizeof(columns) / sizeof(columns[0]));
}

static void put_side(struct grid *grid, const struct diff_side *side)
{
	struct buffer whom = {0};
	const char *text;

	records_add_whom(&whom, &side->rec, 1);
	text = buffer_text(&whom);
	grid->no_memory |= !text;
	grid_put(grid, "%s: %s", side->name, text ? text : "");
	buffer_free(&whom);
}

static void put_head(struct grid *grid, const struct diff *diff, const char *what,
                     const char *differs)
{
	put_side(grid, &diff->sides[0]);
	put_side(grid, &diff->sides[1]);
	grid_put(grid, "%s", diff->sides[0].rec->probe);
	grid_put(grid, "%s", what);
	grid_put(grid, "%s", differs);
}

static void put_finding(struct grid *grid, const struct diff *diff,
                        const struct diff_finding *differs)
{
	const struct finding *any = differs->finding[differs->finding[0] ? 0 : 1];
	char name[200], value[256];

	put_head(grid, diff, finding_title(finding_id_of(any), name, sizeof(name)),
	         diff_field_word(differs->field));
	for (int k = 0; k < 2; k++)
		grid_put(
			grid, "%s",
			diff_field_text(differs->finding[k], differs->field, value, sizeof(value)));
}

/* "+201 ms  FA  seq 1", since what both have; "" where one side has none. */
static void put_entry(struct grid *grid, const struct edit *edit, int side)
{
	char since[24];

	if (edit->entry[side])
		grid_put(grid, "%s  %s", duration_text(edit->since_ns[side], since, sizeof(since)),
		         edit->entry[side]->text);
	else
		grid_put(grid, "%s", "");
}

static const char *edit_word(enum edit_op op)
{
	switch (op) {
	case EDIT_TIME:
		return "time";
	case EDIT_ONLY_A:
		return "only in A";
	case EDIT_ONLY_B:
		return "only in B";
	case EDIT_SAME:
		break;
	}
	return "";
}

static void put_section(struct grid *grid, const struct diff *diff,
                        const struct diff_section *section)
{
	for (size_t i = 0; i < section->edits.count; i++) {
		const struct edit *edit = &section->edits.items[i];

		if (edit->op == EDIT_SAME)
			continue;
		put_head(grid, diff, section->title, edit_word(edit->op));
		put_entry(grid, edit, 0);
		put_entry(grid, edit, 1);
	}
}

int diff_rows(struct grid *grid, const struct diff_side sides[2], int64_t slack_ns, bool *differ)
{
	struct diff diff;
	int err = diff_records(sides, slack_ns, &diff);

	*differ = !err && diff_total(&diff) > 0;
	for (size_t i = 0; i < diff.note_count && !err; i++) {
		put_head(grid, &diff, diff.notes[i], "");
		grid_put(grid, "%s", "");
		grid_put(grid, "%s", "");
	}
	for (size_t i = 0; i < diff.finding_count && !err; i++)
		put_finding(grid, &diff, &diff.findings[i]);
	for (size_t i = 0; i < diff.section_count && !err; i++)
		put_section(grid, &diff, &diff.sections[i]);
	diff_free(&diff);
	return err;
}

void diff_row_alone(struct grid *grid, const char *const names[2], const char *probe, int side)
{
	grid_put(grid, "%s", names[0]);
	grid_put(grid, "%s", names[1]);
	grid_put(grid, "%s", probe);
	grid_put(grid, "%s", "");
	grid_put(grid, "only in %s", side ? "B" : "A");
	grid_put(grid, "%s", "");
	grid_put(grid, "%s", "");
}
