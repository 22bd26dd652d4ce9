// SPDX-License-Identifier: GPL-2.0-or-later
/* layout: where the marks of a plot stand. */
#include <errno.h>
#include <stdlib.h>

#include "../alike.h"
#include "plot.h"

#define WIDTH 420
#define HEIGHT 250
#define LEFT 74
#define RIGHT 24
#define TOP 42
#define BOTTOM 40
#define FAR (INT64_MAX / 4)

/* What is to be seen of a figure, in numbers. */
struct extent {
	int64_t lo, hi, least_positive;
};

static const struct spread *spread_of(const struct record *rec, struct finding_id id)
{
	for (size_t i = 0; i < rec->spread_count; i++)
		if (finding_id_same(spread_id_of(&rec->spreads[i]), id))
			return &rec->spreads[i];
	return NULL;
}

static bool is_measured(const struct finding *finding)
{
	return finding &&
	       (finding->measured.kind == VALUE_COUNT || finding->measured.kind == VALUE_TIME);
}

static bool is_figure(const struct sweep *sweep, struct finding_id id, enum value_kind *kind)
{
	const struct record *first = NULL;
	const struct finding *one = NULL;
	size_t values = 0;
	bool varies = false;

	for (size_t i = 0; i < sweep->count; i++) {
		const struct record *rec = sweep->runs[i].rec;
		const struct finding *finding = finding_find(rec, id);
		struct diff_rule rule;

		if (!is_measured(finding))
			continue;
		if (!one) {
			first = rec;
			one = finding;
		}
		rule = diff_rule_for(first, rec, rec->slack_ms * NS_PER_MS);
		varies |= !values_alike(&rule, &one->measured, &finding->measured) ||
		          !values_alike(&rule, &one->predicts, &finding->predicts);
		values += !i || sweep->runs[i].x != sweep->runs[i - 1].x;
		if (finding->measured.kind != one->measured.kind)
			return false;
	}
	*kind = one ? one->measured.kind : VALUE_NONE;
	return varies && values >= SWEEP_VALUES;
}

/* ---- how far the axes reach ---- */

/* "No bound" is not a number that an axis must reach, nor one that differences overflow with. */
static void extent_add(struct extent *extent, int64_t value)
{
	if (value <= -FAR || value >= FAR)
		return;
	extent->lo = value < extent->lo ? value : extent->lo;
	extent->hi = value > extent->hi ? value : extent->hi;
	if (value > 0 && (!extent->least_positive || value < extent->least_positive))
		extent->least_positive = value;
}

static void extent_add_value(struct extent *extent, const struct value *value, enum value_kind kind)
{
	if (value->kind != kind)
		return;
	extent_add(extent, value->lo);
	extent_add(extent, value->hi);
}

static void scales_set(struct plot *plot)
{
	struct extent x = {.lo = FAR, .hi = -FAR}, y = x;

	for (size_t i = 0; i < plot->count; i++) {
		const struct plot_mark *mark = &plot->marks[i];

		extent_add(&x, mark->value);
		extent_add_value(&y, &mark->finding.measured, plot->kind);
		extent_add_value(&y, &mark->finding.predicts, plot->kind);
		extent_add_value(&y, &mark->finding.says, plot->kind);
		if (mark->spread)
			extent_add_value(&y, &mark->spread->measured, plot->kind);
	}
	if (x.lo > x.hi || y.lo > y.hi) { /* nothing that can be drawn */
		plot->count = 0;
		return;
	}
	plot->x = scale_over(x.lo, x.least_positive, x.hi, LEFT + RIGHT, WIDTH - RIGHT - RIGHT);
	plot->y = scale_over(y.lo, y.least_positive, y.hi, HEIGHT - BOTTOM, TOP);
	if (!plot->y.by_log && y.lo > 0) /* lengths and counts begin at nothing */
		plot->y = scale_over(0, y.least_positive, y.hi, HEIGHT - BOTTOM, TOP);
}

/* ---- marks ---- */

static struct stretch stretch_of(const struct plot *plot, const struct value *value)
{
	if (value->kind != plot->kind)
		return (struct stretch){0};
	return (struct stretch){true, scale_at(&plot->y, value->hi), scale_at(&plot->y, value->lo)};
}

/* The halves of two odd numbers are one short of their middle. */
static int64_t middle_of(const struct value *value)
{
	return value->lo / 2 + value->hi / 2 + (value->lo % 2 + value->hi % 2) / 2;
}

static void marks_place(struct plot *plot)
{
	for (size_t i = 0; i < plot->count; i++) {
		struct plot_mark *mark = &plot->marks[i];
		const struct value *measured = &mark->finding.measured;

		mark->x = scale_at(&plot->x, mark->value);
		mark->y = scale_at(&plot->y, middle_of(measured));
		mark->predicted = stretch_of(plot, &mark->finding.predicts);
		mark->says = stretch_of(plot, &mark->finding.says);
		if (mark->spread)
			mark->phases = stretch_of(plot, &mark->spread->measured);
	}
}

int plot_layout(const struct sweep *sweep, struct finding_id id, struct plot *plot)
{
	*plot = (struct plot){.sweep = sweep, .id = id, .width = WIDTH, .height = HEIGHT};
	if (!is_figure(sweep, id, &plot->kind))
		return 0;
	plot->marks = calloc(sweep->count, sizeof(*plot->marks));
	if (!plot->marks)
		return -ENOMEM;
	for (size_t i = 0; i < sweep->count; i++) {
		const struct record *rec = sweep->runs[i].rec;
		const struct finding *finding = finding_find(rec, id);

		if (is_measured(finding))
			plot->marks[plot->count++] = (struct plot_mark){
				.value = sweep->runs[i].x,
				.finding = *finding,
				.spread = spread_of(rec, id),
			};
	}
	scales_set(plot);
	marks_place(plot);
	return 0;
}

void plot_free(struct plot *plot)
{
	free(plot->marks);
	*plot = (struct plot){0};
}
