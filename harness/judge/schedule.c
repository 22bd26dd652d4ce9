// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * schedule: what was sent again and again, each interval against the timer that ended it.
 *
 * The count and the time of the last one would not tell a kernel that sends everything at
 * once and then waits. Intervals are compared, not times since the first send, in which
 * the roundings of all timers before add up.
 */
#include <stdint.h>
#include <string.h>

#include "judging.h"
#include "lateness.h"
#include "measure.h"
#include "model.h"

/* What the intervals came to. */
struct intervals {
	unsigned int fit; /* as predicted */
	unsigned int misfits; /* not as predicted */
	size_t misfit; /* the first send of those */
	unsigned int explained; /* of them came late where the machine was late */
	int64_t late_ns;
};

/* When send @index left, since the one before. */
static int64_t interval_ns(const struct schedule_figure *figure, size_t index)
{
	int64_t before_ns = index ? figure->sent->items[index - 1]->depart_ns : figure->from.t_ns;

	return figure->sent->items[index]->depart_ns - before_ns;
}

/*
 * By how much its interval may be too short because the send before @index was late: 0 where it
 * cannot. No timer fires early, but a frame that a late machine sent late is stamped behind the
 * moment from which the next timer runs. So both intervals together may not be too short.
 */
static int64_t spare_ns_before(const struct record *rec, const struct schedule_figure *figure,
                               size_t index)
{
	const struct span *before = index ? &figure->model->after[index - 1] : NULL;
	int64_t spare_ns;

	if (!before || !before->hi_ns)
		return model_tick_hides_ns(rec);
	spare_ns = interval_ns(figure, index - 1) - before->lo_ns;
	return spare_ns > 0 ? spare_ns : 0;
}

/*
 * How late the machine was when the timer of @index was set, which fired too early: the frame
 * that set it, or the tick by which it was set. 0: not so late.
 */
static int64_t began_late_ns(const struct story *story, const struct schedule_figure *figure,
                             size_t index)
{
	int64_t short_ns = figure->model->after[index].lo_ns - interval_ns(figure, index);
	int64_t spare_ns = spare_ns_before(story->rec, figure, index);
	int64_t before_ns = figure->sent->items[index]->depart_ns - interval_ns(figure, index);
	int64_t late_ns = 0;

	if (index && spare_ns >= short_ns)
		late_ns = lateness_total(story, before_ns - spare_ns,
		                         before_ns + story->rec->slack_ms * NS_PER_MS);
	if (late_ns < short_ns)
		late_ns = lateness_of_tick(story, before_ns);
	return late_ns >= short_ns ? late_ns : 0;
}

/* The slack is what each send may be late by without a word: so the next may seem early. */
static struct span interval_span(const struct story *story, const struct schedule_figure *figure,
                                 size_t index)
{
	struct span after = figure->model->after[index];
	int64_t slack_ns = story->rec->slack_ms * NS_PER_MS;
	int64_t spare_ns = spare_ns_before(story->rec, figure, index);

	after.lo_ns -= spare_ns < slack_ns ? spare_ns : slack_ns;
	return after;
}

struct span judge_schedule_interval(struct judge *judge, const struct schedule_figure *figure,
                                    size_t index)
{
	return interval_span(judged_story(judge), figure, index);
}

static bool interval_fits(const struct story *story, const struct schedule_figure *figure,
                          size_t index)
{
	struct span after = interval_span(story, figure, index);
	int64_t ns = interval_ns(figure, index);

	return ns >= after.lo_ns && ns <= after.hi_ns;
}

static void interval_take(const struct story *story, const struct schedule_figure *figure,
                          size_t index, struct intervals *intervals)
{
	const struct span *after = &figure->model->after[index];
	int64_t ns = interval_ns(figure, index), left_ns, late_ns;

	if (interval_fits(story, figure, index)) {
		intervals->fit++;
		return;
	}
	if (!intervals->misfits++)
		intervals->misfit = index;
	left_ns = figure->sent->items[index]->depart_ns;
	if (ns < after->lo_ns)
		late_ns = began_late_ns(story, figure, index);
	else
		late_ns = lateness_total(story, left_ns - ns, left_ns);
	if (late_ns && ns - late_ns <= after->hi_ns) {
		intervals->explained++;
		intervals->late_ns += late_ns;
	}
}

/* Send number 0 of a chain of retransmissions begins it and has no interval of its own. */
static size_t interval_first(const struct schedule *model)
{
	return model->after[0].hi_ns ? 0 : 1;
}

static struct intervals intervals_of(const struct story *story,
                                     const struct schedule_figure *figure)
{
	struct intervals intervals = {0};

	for (size_t i = interval_first(figure->model);
	     i < figure->sent->count && i < figure->model->sends_hi; i++)
		interval_take(story, figure, i, &intervals);
	return intervals;
}

/*
 * Puts each send beside what was expected, for who looks at the record: those that left, and
 * one more where there are too few.
 */
static void intervals_keep(struct judge *judge, const struct schedule_figure *figure)
{
	const struct schedule *model = figure->model;
	size_t count = figure->sent->count;

	if (count < model->sends_lo)
		count++;
	for (size_t i = interval_first(model); i < count; i++) {
		struct interval interval = {.number = (unsigned int)i + 1};
		struct span after = {0};

		if (i < model->sends_hi)
			after = interval_span(judged_story(judge), figure, i);
		interval.from_ns = i ? figure->sent->items[i - 1]->depart_ns : figure->from.t_ns;
		interval.at_ns = i < figure->sent->count ? figure->sent->items[i]->depart_ns : 0;
		interval.lo_ns = after.lo_ns > 0 ? after.lo_ns : 0;
		interval.hi_ns = after.hi_ns > 0 ? after.hi_ns : 0;
		judge_interval(judge, &interval);
	}
}

static const char *misfit_words(struct judge *judge, const struct schedule_figure *figure,
                                size_t index)
{
	int64_t ns = interval_ns(figure, index);
	struct value measured = value_time(ns, ns);
	struct value predicted = span_value(figure->model->after[index]);
	char measured_text[48], predicted_text[48];

	return judge_text(judge, "send %zu came after %s, predicted was %s", index + 1,
	                  value_text(&measured, measured_text, sizeof(measured_text)),
	                  value_text(&predicted, predicted_text, sizeof(predicted_text)));
}

/* How many sends the model has, as it allows of those that there were. */
static unsigned int sends_predicted(const struct schedule *model, size_t count)
{
	if (count < model->sends_lo)
		return model->sends_lo;
	return count > model->sends_hi ? model->sends_hi : (unsigned int)count;
}

void judge_schedule(struct judge *judge, const struct schedule_figure *schedule)
{
	const struct schedule *model = schedule->model;
	unsigned int first = (unsigned int)interval_first(model);
	struct intervals intervals = {0};
	struct figure figure = {
		.name = "intervals",
		.predicts =
			value_count((int64_t)sends_predicted(model, schedule->sent->count) - first),
		.measured = measure_sent(schedule->sent),
		.rule = schedule->rule,
		.unpredicted = schedule->unpredicted,
		.predicted_from = schedule->predicted_from,
	};

	if (!schedule->unpredicted && !schedule->from.why_not) {
		intervals = intervals_of(judged_story(judge), schedule);
		intervals_keep(judge, schedule);
	}
	figure.measured.value = value_count(intervals.fit);
	figure.measured.rests_on |= schedule->from.rests_on;
	if (!figure.measured.why_not)
		figure.measured.why_not = schedule->from.why_not;
	if (intervals.misfits) {
		figure.measured.detail = misfit_words(judge, schedule, intervals.misfit);
		figure.measured.late_known = true;
		if (intervals.explained == intervals.misfits)
			figure.measured.late_ns = intervals.late_ns;
	}
	judge_figure(judge, "count", VALUE_COUNT, &figure);
}
