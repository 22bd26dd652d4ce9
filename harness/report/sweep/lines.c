// SPDX-License-Identifier: GPL-2.0-or-later
/* lines: a line a point and finding, as JSON or as CSV (RFC 4180), in order of the points. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../record/schema.h"
#include "../text.h"
#include "sweep.h"

/* One finding at one point. */
struct line {
	const char *kernel, *probe;
	uint32_t phase;
	struct settings sets, params;
	struct finding finding;
};

#define IN_LINE(member) FIELD_AT(struct line, member)

static const struct type type_phase = TYPE_NUMBER(0, UINT32_MAX, 0);

static const struct field line_fields[] = {
	{"kernel", &type_text, IN_LINE(kernel), FIELD_ALWAYS, "as it was named"},
	{"probe", &type_text, IN_LINE(probe), FIELD_ALWAYS, "the record's id"},
	{"phase", &type_phase, IN_LINE(phase), FIELD_ALWAYS, "of the timer wheel, from 0 on"},
	{"sets", &type_settings, IN_LINE(sets), FIELD_ALWAYS, "of the axes"},
	{"params", &type_settings, IN_LINE(params), FIELD_ALWAYS, "of the axes"},
	{"finding", &type_object, IN_LINE(finding), FIELD_ALWAYS, "as in a record",
         .fields = finding_fields},
	{0},
};

struct lines;
typedef int (*line_fn)(const struct lines *lines, const struct line *line, size_t combo);

struct lines {
	const struct sweep_table *table;
	const struct sweep_question **order;
	line_fn print;
	FILE *out;
	size_t count; /* so far */
};

/* The finding of @question that @cell is. */
static struct finding finding_of(const struct sweep_question *question,
                                 const struct sweep_cell *cell)
{
	struct finding finding = question->like;

	finding.says = cell->says;
	finding.predicts = cell->predicts;
	finding.measured = cell->measured;
	finding.verdict = cell->verdict;
	finding.model = cell->model;
	finding.note = cell->note;
	return finding;
}

static int slot_lines(struct lines *lines, const struct sweep_place *place, struct line *line)
{
	const struct sweep_table *table = lines->table;
	size_t slot = slot_of(table, place);
	int err = 0;

	line->kernel = table->kernels[place->kernel];
	line->phase = (uint32_t)place->phase;
	for (size_t i = 0; i < table->question_count && !err; i++) {
		uint32_t number = lines->order[i]->cells[slot];

		if (!number)
			continue;
		line->probe = lines->order[i]->probe;
		line->finding = finding_of(lines->order[i], &table->cells[number - 1]);
		err = lines->print(lines, line, place->combo);
		lines->count++;
	}
	return err;
}

static int combo_settings(const struct sweep_table *table, size_t combo, struct line *line)
{
	int err = 0;

	for (size_t i = 0; i < table->axis_count && !err; i++) {
		const struct sweep_axis *axis = &table->axes[i];

		err = settings_put(
			axis->is_param ? &line->params : &line->sets, axis->name,
			axis->values[combo_value(table->axes, table->axis_count, combo, i)]);
	}
	return err;
}

static int combo_lines(struct lines *lines, size_t combo)
{
	const struct sweep_table *table = lines->table;
	struct sweep_place place = {.combo = combo};
	struct line line = {0};
	int err = combo_settings(table, combo, &line);

	for (; place.kernel < table->kernel_count && !err; place.kernel++)
		for (place.phase = 0; place.phase < table->phases && !err; place.phase++)
			err = slot_lines(lines, &place, &line);
	settings_clear(&line.sets);
	settings_clear(&line.params);
	return err;
}

static int lines_print(const struct sweep_table *table, line_fn print, FILE *out)
{
	struct lines lines = {
		.table = table, .order = sweep_order(table), .print = print, .out = out};
	int err = lines.order ? 0 : -ENOMEM;

	for (size_t combo = 0; combo < table->combos && !err; combo++)
		err = combo_lines(&lines, combo);
	free(lines.order);
	return err ? err : ferror(out) ? -EIO : 0;
}

/* ---- JSON */

static int object_put(const struct lines *lines, const struct line *line, const char *before)
{
	char *text = fields_line(line_fields, line);

	if (!text)
		return -ENOMEM;
	fprintf(lines->out, "%s%s", before, text);
	free(text);
	return 0;
}

static int line_json(const struct lines *lines, const struct line *line, size_t combo)
{
	(void)combo;
	return object_put(lines, line, lines->count ? "\n" : "");
}

static int item_json(const struct lines *lines, const struct line *line, size_t combo)
{
	(void)combo;
	return object_put(lines, line, lines->count ? ",\n" : "[\n");
}

int sweep_print_json(const struct sweep_table *table, bool lines, FILE *out)
{
	int err = lines_print(table, lines ? line_json : item_json, out);

	if (table->cell_count)
		fputs(lines ? "\n" : "\n]\n", out);
	else
		fputs(lines ? "" : "[]\n", out);
	return err ? err : ferror(out) ? -EIO : 0;
}

/* ---- CSV */

/* What would act on a terminal, or break a line within a field, is a '?' as everywhere. */
static void csv_put(FILE *out, const char *text)
{
	unsigned int columns;
	char glyph[5];
	size_t length;

	fputc('"', out);
	while ((length = text_next_utf8(text, glyph, &columns))) {
		fprintf(out, "%s%s", *glyph == '"' ? "\"" : "", glyph);
		text += length;
	}
	fputc('"', out);
}

/* Of a time in seconds; nothing where there is no bound. */
static void csv_bound(FILE *out, const struct value *value, int64_t bound)
{
	fputc(',', out);
	if (bound == INT64_MIN || bound == INT64_MAX)
		return;
	if (value->kind == VALUE_COUNT)
		fprintf(out, "%lld", (long long)bound);
	else if (value->kind == VALUE_TIME)
		fprintf(out, "%.9f", (double)bound / 1e9);
}

static void csv_value(FILE *out, const struct value *value)
{
	char text[256];

	fputc(',', out);
	csv_put(out, value_text(value, text, sizeof(text)));
	csv_bound(out, value, value->lo);
	csv_bound(out, value, value->hi);
}

static int line_csv(const struct lines *lines, const struct line *line, size_t combo)
{
	const struct sweep_table *table = lines->table;
	FILE *out = lines->out;
	const struct finding *finding = &line->finding;
	const char *const words[] = {line->probe, finding->claim, finding->in_case, finding->name,
	                             finding->unit};

	csv_put(out, line->kernel);
	fprintf(out, ",%u", line->phase);
	for (size_t i = 0; i < table->axis_count; i++) {
		fputc(',', out);
		csv_put(out,
		        table->axes[i]
		                .values[combo_value(table->axes, table->axis_count, combo, i)]);
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		fputc(',', out);
		csv_put(out, words[i]);
	}
	csv_value(out, &finding->says);
	csv_value(out, &finding->predicts);
	csv_value(out, &finding->measured);
	fprintf(out, ",%s,%s\r\n", verdict_name(finding->verdict),
	        finding->model == MODEL_HOLDS   ? "true"
	        : finding->model == MODEL_FAILS ? "false"
	                                        : "");
	return 0;
}

int sweep_print_csv(const struct sweep_table *table, FILE *out)
{
	static const char *const values[] = {"says", "predicts", "measured"};

	fputs("kernel,phase", out);
	for (size_t i = 0; i < table->axis_count; i++) {
		fputc(',', out);
		csv_put(out, table->axes[i].name);
	}
	fputs(",probe,claim,case,finding,unit", out);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		fprintf(out, ",%s,%s_from,%s_to", values[i], values[i], values[i]);
	fputs(",verdict,model_ok\r\n", out);
	return lines_print(table, line_csv, out);
}
