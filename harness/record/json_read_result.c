// SPDX-License-Identifier: GPL-2.0-or-later
/* json_read_result: what a probe came to, once and over the timer phases; see json_read.h. */
#include <string.h>

#include "../base/buffer.h"
#include "json_read.h"
#include "phases.h"

/* More than any run has; a bound on what a made-up file can cost. */
#define FINDINGS_MAX 1024

static int64_t take_bound(struct json_in *in, const char *key, int64_t unbounded)
{
	if (json_is_null(json_field_needed(in, key)))
		return unbounded;
	return json_need_int(in, key, INT64_MIN, INT64_MAX);
}

static void take_bounds(struct json_in *in, struct value *value)
{
	if (json_field(in, "ns")) {
		value->kind = VALUE_TIME;
		value->lo = value->hi = json_need_int(in, "ns", INT64_MIN, INT64_MAX);
	} else if (json_field(in, "lo_ns")) {
		value->kind = VALUE_TIME;
		value->lo = take_bound(in, "lo_ns", INT64_MIN);
		value->hi = take_bound(in, "hi_ns", INT64_MAX);
	} else {
		value->kind = VALUE_COUNT;
		value->lo = take_bound(in, "lo", INT64_MIN);
		value->hi = take_bound(in, "hi", INT64_MAX);
	}
	if (value->lo > value->hi)
		json_fail(in, "a value whose lower bound is above its upper one");
}

static void take_value(struct json_in *in, const char *key, struct value *value)
{
	const json_t *found = json_field(in, key);
	struct json_in inner;

	*value = (struct value){.kind = VALUE_NONE};
	if (!found || json_is_null(found))
		return;
	if (json_is_integer(found)) {
		value->kind = VALUE_COUNT;
		value->lo = value->hi = json_integer_value(found);
	} else if (json_is_string(found)) {
		value->kind = VALUE_TEXT;
		value->text = json_take_text(in, key);
	} else {
		inner = json_take_object(in, key);
		if (!inner.failed)
			take_bounds(&inner, value);
		in->failed |= inner.failed;
	}
}

static void read_finding(struct json_in *in, struct record *rec)
{
	struct finding finding = {0};

	finding.claim = json_take_text(in, "claim");
	finding.name = json_need_text(in, "name");
	finding.unit = json_take_text(in, "unit");
	take_value(in, "says", &finding.says);
	take_value(in, "predicts", &finding.predicts);
	take_value(in, "measured", &finding.measured);
	finding.verdict = json_need_word(in, "verdict", verdict_parse);
	/* 0.1.0 wrote true where nothing had been judged */
	if (json_field(in, "model_ok") && !finding_undecided(&finding))
		finding.model = json_take_bool(in, "model_ok", false) ? MODEL_HOLDS : MODEL_FAILS;
	finding.rule = json_take_text(in, "rule");
	finding.note = json_take_text(in, "note");
	if (!in->failed && record_add_finding(rec, &finding))
		json_fail(in, "out of memory");
}

static void read_findings(struct json_in *in, struct record *rec)
{
	const json_t *array = json_field(in, "findings");

	if (array && !json_is_array(array))
		json_fail(in, "\"findings\" is not an array");
	if (json_array_size(array) > FINDINGS_MAX)
		json_fail(in, "more than %d findings", FINDINGS_MAX);
	for (size_t i = 0; !in->failed && i < json_array_size(array); i++) {
		struct json_in inner = *in;

		inner.object = json_array_get(array, i);
		read_finding(&inner, rec);
		in->failed |= inner.failed;
	}
}

static const char *read_walk(struct json_in *in, const char *key, struct record *rec)
{
	const json_t *array = json_object_get(in->object, key);
	struct buffer walk = {0};
	const char *text;
	int state;

	for (size_t i = 0; i < json_array_size(array); i++) {
		const char *word = json_string_value(json_array_get(array, i));

		state = word ? state_parse(word) : -1;
		if (state < 0)
			json_fail(in, "\"%s\" is not a list of states", key);
		else
			buffer_add(&walk, "%s%s", i ? " " : "", word);
	}
	text = buffer_text(&walk);
	if (text)
		text = arena_text(&rec->texts, text);
	if (!text)
		json_fail(in, "out of memory");
	buffer_free(&walk);
	return text ? text : "";
}

static void read_walks(struct json_in *in, struct record *rec)
{
	struct json_in states = json_take_object(in, "states");

	for (unsigned int i = 0; i < SIDE_COUNT; i++)
		rec->walks[i] = read_walk(&states, side_name(i), rec);
	in->failed |= states.failed;
}

void json_take_result(struct json_in *in, struct record *rec)
{
	struct json_in lost;

	if (rec->finished)
		json_fail(in, "a second result");
	json_take_probe_id(in, "probe", rec);
	rec->outcome = json_need_word(in, "outcome", outcome_parse);
	rec->reason = json_keep_text(in, "reason", rec);
	read_findings(in, rec);
	read_walks(in, rec);
	lost = json_take_object(in, "lost");
	for (unsigned int i = 0; i < OBSERVER_COUNT; i++)
		rec->lost[i] = (uint64_t)json_take_int(&lost, observer_name(i), 0, INT64_MAX, 0);
	in->failed |= lost.failed;
	rec->elapsed_ns = json_take_int(in, "elapsed_ns", 0, JSON_TIME_MAX, 0);
	rec->finished = !in->failed;
}

static unsigned int take_count(struct json_in *in, const char *key, unsigned int most)
{
	return (unsigned int)json_take_int(in, key, 0, most, 0);
}

static void take_spread(struct json_in *in, struct spread *spread, unsigned int phases)
{
	spread->claim = json_take_text(in, "claim");
	spread->name = json_need_text(in, "name");
	spread->unit = json_take_text(in, "unit");
	take_value(in, "predicts", &spread->predicts);
	take_value(in, "measured", &spread->measured);
	take_value(in, "other", &spread->other);
	spread->differ = take_count(in, "differ", phases);
	spread->model_failed = take_count(in, "model_failed", phases);
	spread->undecided = take_count(in, "undecided", phases);
}

/* All of them are of the same runs, one of which is recorded. */
void json_take_phases(struct json_in *in, struct record *rec)
{
	struct spread spread = {0};
	unsigned int phases;

	json_take_probe_id(in, "probe", rec);
	phases = (unsigned int)json_need_int(in, "phases", 1, UINT32_MAX);
	take_spread(in, &spread, phases);
	if (!in->failed && rec->phases && rec->phases != phases)
		json_fail(in, "\"phases\" is %u, and was %u before", phases, rec->phases);
	if (rec->spread_count == FINDINGS_MAX)
		json_fail(in, "more than %d findings", FINDINGS_MAX);
	if (!in->failed && record_add_spread(rec, &spread))
		json_fail(in, "out of memory");
	if (!in->failed)
		rec->phases = phases;
}
