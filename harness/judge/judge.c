// SPDX-License-Identifier: GPL-2.0-or-later
/* judge: the claims of a probe, the figures stated of them, and the run's outcome. */
#include "judge.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "judging.h"
#include "verdict.h"

struct judge {
	struct record *rec; /* takes the findings, and keeps their texts */
	const struct story *story;
	const struct claim *claims;
	const char *claim; /* which figures belong to; NULL: none yet */
	const char *in_case; /* "": none is open */
	struct premise premise; /* of the claim */
	unsigned int opened[CLAIMS_PER_PROBE];
	unsigned int findings[CLAIMS_PER_PROBE];
	const char *error; /* the first misuse: the run is an error */
	int err; /* out of memory */
};

struct value value_none(void)
{
	return (struct value){.kind = VALUE_NONE};
}

struct value value_counts(int64_t lo, int64_t hi)
{
	return (struct value){.kind = VALUE_COUNT, .lo = lo, .hi = hi};
}

struct value value_count(int64_t count)
{
	return value_counts(count, count);
}

struct value value_time(int64_t lo_ns, int64_t hi_ns)
{
	return (struct value){.kind = VALUE_TIME, .lo = lo_ns, .hi = hi_ns};
}

struct value value_words(const char *text)
{
	return text ? (struct value){.kind = VALUE_TEXT, .text = text} : value_none();
}

struct value value_truth(bool truth)
{
	return value_words(truth ? "yes" : "no");
}

const struct story *judged_story(const struct judge *judge)
{
	return judge->story;
}

void *judge_take(struct judge *judge, size_t size)
{
	return arena_take(&judge->rec->texts, size);
}

const char *judge_text(struct judge *judge, const char *fmt, ...)
{
	const char *text;
	va_list args;

	va_start(args, fmt);
	text = record_vtext(judge->rec, fmt, args);
	va_end(args);
	return text;
}

static int claim_index(const struct judge *judge, const char *id)
{
	for (int i = 0; i < CLAIMS_PER_PROBE && judge->claims[i].id; i++)
		if (!strcmp(judge->claims[i].id, id))
			return i;
	return -1;
}

static void judge_misuse(struct judge *judge, const char *what, const char *id)
{
	if (!judge->error)
		judge->error = judge_text(judge, "%s: %s", what, id);
}

void judge_claim(struct judge *judge, const char *id)
{
	int index = claim_index(judge, id);

	judge->claim = id;
	judge->in_case = "";
	judge->premise = (struct premise){0};
	if (index < 0) {
		judge_misuse(judge, "a claim was judged that the probe does not declare", id);
		return;
	}
	if (judge->opened[index]++)
		judge_misuse(judge, "a claim was judged twice", id);
}

void judge_case(struct judge *judge, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	judge->in_case = record_vtext(judge->rec, fmt, args);
	va_end(args);
}

void judge_premise(struct judge *judge, const char *what, struct measured holds)
{
	struct premise *premise = &judge->premise;
	const char *doubt = measured_doubt(judge->rec, &holds);

	premise->rests_on |= holds.rests_on;
	if (premise->why_not)
		return;
	if (doubt)
		premise->why_not = judge_text(judge, "it is not known whether %s: %s", what, doubt);
	else if (strcmp(holds.value.text, "yes") != 0)
		premise->why_not = judge_text(judge, "it does not hold that %s", what);
	if (premise->why_not)
		premise->late_ns = measured_doubt_ns(judge->story, &holds);
}

static bool is_kind(const struct value *value, enum value_kind kind)
{
	return value->kind == kind || value->kind == VALUE_NONE;
}

/* What the figure rests on: what was measured, and what the prediction was read from. */
static struct figure figure_whole(const struct figure *stated)
{
	struct figure figure = *stated;

	figure.measured.rests_on |= stated->predicted_from;
	if (stated->unpredicted)
		figure.predicts = value_none();
	return figure;
}

void judge_figure(struct judge *judge, const char *unit, enum value_kind kind,
                  const struct figure *stated)
{
	const struct figure whole = figure_whole(stated), *figure = &whole;
	struct finding finding = {
		.claim = judge->claim,
		.name = figure->name,
		.in_case = judge->in_case,
		.unit = unit,
		.rule = figure->rule,
		.says = figure->says,
		.predicts = figure->predicts,
		.measured = figure->measured.value,
		.rests_on = figure->measured.rests_on | judge->premise.rests_on,
		.grain_ns = figure->unpredicted ? 0 : figure->grain_ns,
	};
	int index = judge->claim ? claim_index(judge, judge->claim) : -1;

	if (index < 0) {
		judge_misuse(judge, "a figure belongs to no claim", figure->name);
		return;
	}
	judge->findings[index]++;
	if (!is_kind(&figure->says, kind) || !is_kind(&figure->predicts, kind) ||
	    !is_kind(&figure->measured.value, kind))
		judge_misuse(judge, "a figure is compared with one of another kind", figure->name);
	if (finding_find(judge->rec, finding_id_of(&finding)))
		judge_misuse(judge, "a figure is stated twice", figure->name);
	verdict_settle(judge->rec, judge->story, figure, &judge->premise, &finding);
	if (record_add_finding(judge->rec, &finding) < 0)
		judge->err = -ENOMEM;
}

void judge_interval(struct judge *judge, const struct interval *interval)
{
	struct interval kept = *interval;

	kept.claim = judge->claim;
	kept.in_case = judge->in_case;
	if (record_add_interval(judge->rec, &kept) < 0)
		judge->err = -ENOMEM;
}

static void outcome_set(struct record *rec, enum outcome outcome, const char *reason)
{
	rec->outcome = outcome;
	rec->reason = reason;
}

/* What became of @finding, as the run's reason: "retransmissions (case 1): ...". */
static const char *finding_words(struct record *rec, const struct finding *finding,
                                 const char *otherwise)
{
	char title[160];

	return record_text(rec, "%s: %s",
	                   finding_title(finding_id_of(finding), title, sizeof(title)),
	                   finding->note[0] ? finding->note : otherwise);
}

static void outcome_settle(struct record *rec)
{
	size_t skipped = 0;

	outcome_set(rec, OUTCOME_OK, "");
	for (size_t i = 0; i < rec->finding_count; i++) {
		const struct finding *finding = &rec->findings[i];

		skipped += finding->verdict == VERDICT_SKIPPED;
		if (finding->model == MODEL_FAILS && rec->outcome != OUTCOME_MODEL_FAILED)
			outcome_set(rec, OUTCOME_MODEL_FAILED,
			            finding_words(rec, finding, "measured differs from predicted"));
		if (finding->verdict == VERDICT_INCONCLUSIVE && rec->outcome == OUTCOME_OK)
			outcome_set(rec, OUTCOME_INCONCLUSIVE, finding_words(rec, finding, ""));
	}
	if (rec->outcome == OUTCOME_OK && skipped == rec->finding_count)
		outcome_set(rec, OUTCOME_SKIPPED, "every finding was skipped");
}

/* What a probe must do with each claim that it declares. */
static void claims_check(struct judge *judge)
{
	for (int i = 0; i < CLAIMS_PER_PROBE && judge->claims[i].id; i++)
		if (!judge->opened[i])
			judge_misuse(judge, "a declared claim was not judged", judge->claims[i].id);
		else if (!judge->findings[i])
			judge_misuse(judge, "a claim has no finding", judge->claims[i].id);
}

static int64_t late_most_ns(const struct record *rec)
{
	int64_t most_ns = 0;

	for (int what = 0; what < LATE_WHAT_COUNT; what++)
		if (rec->late[what].max_ns > most_ns)
			most_ns = rec->late[what].max_ns;
	return most_ns;
}

/*
 * An emulator in real time takes the processor away in the midst of anything, also of an
 * interrupt, and counts it nowhere: that the guest was late is seen, when is not. Where it
 * was later than the slack no difference is the kernel's for certain.
 */
static void emulation_excuse(struct record *rec)
{
	int64_t late_ns = late_most_ns(rec);

	if (strcmp(rec->run.clock, "real") != 0 || !strstr(rec->run.guest, "TCG") ||
	    late_ns <= rec->slack_ms * NS_PER_MS)
		return;
	for (size_t i = 0; i < rec->finding_count; i++) {
		struct finding *finding = &rec->findings[i];

		if (finding->model != MODEL_FAILS)
			continue;
		finding->model = MODEL_UNJUDGED;
		finding->verdict = VERDICT_INCONCLUSIVE;
		finding->late_ns = late_ns;
		finding->note = record_text(rec,
		                            "%s%sthe machine was %lld ms late, an emulator does "
		                            "not tell when",
		                            finding->note, *finding->note ? "; " : "",
		                            (long long)(late_ns / NS_PER_MS));
	}
}

static int judge_story(struct judge *judge, const struct story *story, judge_fn fn,
                       examine_fn examine)
{
	int err = 0;

	judge->story = story;
	judge->rec->finding_count = judge->rec->interval_count = 0;
	fn(story, judge);
	claims_check(judge);
	if (examine)
		err = examine(judge->rec, story);
	emulation_excuse(judge->rec);
	outcome_settle(judge->rec);
	if (judge->error)
		outcome_set(judge->rec, OUTCOME_ERROR, judge->error);
	return err ? err : judge->err;
}

int judge_record(struct record *rec, const struct claim *claims, judge_fn fn, examine_fn examine)
{
	struct judge judge = {.rec = rec, .claims = claims, .in_case = ""};
	struct story story;
	int err;

	record_sort(rec);
	err = story_build(rec, &story);
	if (err)
		return err;
	err = judge_story(&judge, &story, fn, examine);
	story_free(&story);
	return err ? err : cases_qualify(rec);
}

bool record_came_to_judge(const struct record *rec)
{
	return rec->finished && (rec->finding_count || rec->outcome == OUTCOME_OK);
}
