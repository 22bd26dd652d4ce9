// SPDX-License-Identifier: GPL-2.0-or-later
#include "examine.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/array.h"
#include "../base/buffer.h"
#include "../judge/lateness.h"
#include "../judge/model.h"
#include "examine_parts.h"

/* What happens this long after the machine was late may still come from that. */
#define LATE_BEFORE_NS NS_PER_S

#define NOTE_EVENTS 3 /* that many are named in the finding */

bool examine_has(const struct exam *exam, enum observer observer)
{
	return exam->story->rec->observed[observer];
}

bool examine_ends_before(const struct exam *exam, int64_t t_ns)
{
	return exam->story->end_ns <= t_ns;
}

const char *end_name(const struct end *end, char buf[WHERE_SIZE])
{
	snprintf(buf, WHERE_SIZE, "%s%s%s", side_name(end->host), end->sock[0] ? " " : "",
	         end->sock);
	return buf;
}

const char *segment_text(const struct end *end, const struct happening *segment,
                         char buf[SEGMENT_SIZE])
{
	const struct packet *packet = segment->flight->packet;
	char where[WHERE_SIZE], flags[TCP_FLAGS_TEXT_SIZE];

	snprintf(buf, SEGMENT_SIZE, "%s %s seq %u ack %u len %u at %.3f s", end_name(end, where),
	         tcp_flags_text(packet->flags, flags), packet->seq, packet->ack, packet->len,
	         (double)segment->t_ns / NS_PER_S);
	return buf;
}

static const char *text_keep(struct exam *exam, const char *text)
{
	const char *kept = arena_text(&exam->out->texts, text);

	if (!kept)
		exam->err = -ENOMEM;
	return kept;
}

/* How late the machine was, where that explains a complaint on this ground; else 0. */
static int64_t ground_late_ns(const struct exam *exam, const struct ground *ground)
{
	int64_t late_ns = ground->to_ns
	                          ? lateness_total(exam->story, ground->from_ns, ground->to_ns)
	                          : lateness_total(exam->story, ground->t_ns - LATE_BEFORE_NS,
	                                           ground->t_ns + exam->slack_ns);

	if (ground->early)
		late_ns = lateness_worst(exam->story, ground->from_ns, ground->to_ns);
	return late_ns >= ground->excess_ns ? late_ns : 0;
}

/* Why a complaint on this ground may be nothing; NULL: there is no excuse. */
static const char *ground_excuse(struct exam *exam, const struct ground *ground, int64_t late_ns)
{
	const struct record *rec = exam->story->rec;
	char text[64];

	if (ground->hole)
		return "trace lost an event and did not say so";
	if (late_ns) {
		snprintf(text, sizeof(text), "the machine was %.0f ms late",
		         (double)late_ns / NS_PER_MS);
		return text_keep(exam, text);
	}
	for (int i = 0; i < OBSERVER_COUNT; i++) {
		if (!(ground->rests_on & RESTS(i)) || !rec->lost[i])
			continue;
		snprintf(text, sizeof(text), "%s lost %llu events", observer_name((enum observer)i),
		         (unsigned long long)rec->lost[i]);
		return text_keep(exam, text);
	}
	return NULL;
}

static PRINTF(2, 0) const char *text_take(struct exam *exam, const char *fmt, va_list args)
{
	char *text = NULL;
	const char *kept = NULL;

	if (vasprintf(&text, fmt, args) >= 0) {
		kept = arena_text(&exam->out->texts, text);
		free(text);
	}
	return kept;
}

void complain(struct exam *exam, const struct ground *ground, const char *fmt, ...)
{
	struct examination *out = exam->out;
	struct unexplained *items =
		array_reserve(out->items, &out->space, out->count + 1, sizeof(*items));
	int64_t late_ns = ground->hole ? 0 : ground_late_ns(exam, ground);
	va_list args;
	const char *text;

	va_start(args, fmt);
	text = text_take(exam, fmt, args);
	va_end(args);
	if (items)
		out->items = items;
	if (!items || !text) {
		exam->err = -ENOMEM;
		return;
	}
	items[out->count++] = (struct unexplained){
		.t_ns = ground->t_ns,
		.text = text,
		.late_ns = late_ns,
		.undecided = ground_excuse(exam, ground, late_ns),
		.rests_on = ground->rests_on,
		.hole = ground->hole,
	};
}

static int unexplained_compare(const void *a, const void *b)
{
	const struct unexplained *ua = a, *ub = b;

	if (ua->t_ns != ub->t_ns)
		return ua->t_ns < ub->t_ns ? -1 : 1;
	return strcmp(ua->text, ub->text);
}

static void exam_run(struct exam *exam)
{
	for (size_t i = 0; i < exam->end_count; i++)
		examine_segments(exam, &exam->ends[i]);
	for (size_t i = 0; i < exam->end_count; i++)
		examine_states(exam, &exam->ends[i]);
	for (size_t i = 0; i < exam->end_count; i++) {
		examine_samples(exam, &exam->ends[i]);
		examine_timers(exam, &exam->ends[i]);
		examine_calls(exam, &exam->ends[i]);
		examine_trace(exam, &exam->ends[i]);
	}
	examine_wire(exam);
	examine_counters(exam);
}

/*
 * How far apart one thing may be stamped by two who see it. A call, a segment and what the
 * kernel does about it have a stamp each, and however punctual the machine is there is work in
 * between: on the way from a tap to the socket, to the tracepoint, to the reading. A tick is
 * never too much to allow for it, since every timer runs for more than one: what follows its
 * cause within a tick cannot be a timer's doing, and what a timer does is no answer.
 */
static int64_t observers_slack_ns(const struct record *rec)
{
	int64_t slack_ns = rec->slack_ms * NS_PER_MS, tick_ns = model_tick_ns(rec);

	return slack_ns > tick_ns ? slack_ns : tick_ns;
}

int examine_story(const struct story *story, struct examination *examination)
{
	struct exam exam = {
		.story = story,
		.out = examination,
		.slack_ns = observers_slack_ns(story->rec),
	};

	*examination = (struct examination){0};
	exam.err = ends_collect(&exam);
	if (!exam.err)
		exam_run(&exam);
	ends_free(&exam);
	if (examination->count)
		qsort(examination->items, examination->count, sizeof(*examination->items),
		      unexplained_compare);
	return exam.err;
}

void examination_free(struct examination *examination)
{
	free(examination->items);
	arena_clear(&examination->texts);
	*examination = (struct examination){0};
}

static size_t count_decided(const struct examination *examination)
{
	size_t count = 0;

	for (size_t i = 0; i < examination->count; i++)
		count += !examination->items[i].undecided;
	return count;
}

/* How late the machine was, where that is why nothing is decided; else 0. */
static int64_t spoiled_ns(const struct examination *examination)
{
	int64_t late_ns = 0;

	for (size_t i = 0; i < examination->count; i++) {
		if (!examination->items[i].late_ns)
			return 0;
		if (late_ns < examination->items[i].late_ns)
			late_ns = examination->items[i].late_ns;
	}
	return late_ns;
}

/* The first few, those that count before those that may be nothing. */
static void note_write(struct buffer *note, const struct examination *examination, bool decided)
{
	size_t told = 0;

	for (size_t i = 0; i < examination->count; i++) {
		const struct unexplained *item = &examination->items[i];

		if (!item->undecided != decided)
			continue;
		if (told++ == NOTE_EVENTS) {
			buffer_add(note, "; ...");
			return;
		}
		buffer_add(note, "%s%s", told > 1 ? "; " : "", item->text);
		if (item->undecided)
			buffer_add(note, " (%s)", item->undecided);
	}
}

static unsigned int observers_there(const struct record *rec)
{
	unsigned int mask = 0;

	for (int i = 0; i < OBSERVER_COUNT; i++)
		if (rec->observed[i])
			mask |= RESTS(i);
	return mask;
}

static int finding_add(struct record *rec, const struct examination *examination)
{
	size_t decided = count_decided(examination);
	struct buffer note = {0};
	struct finding finding = {
		.claim = rec->probe,
		.name = EXAMINE_FINDING,
		.unit = "count",
		.predicts = {.kind = VALUE_COUNT},
		.measured = {.kind = VALUE_COUNT, .lo = (int64_t)decided, .hi = (int64_t)decided},
		.verdict = VERDICT_NONE,
		.model = decided ? MODEL_FAILS : MODEL_HOLDS,
		.rests_on = observers_there(rec),
		.rule = "every event has a cause that another observer saw",
	};
	int err;

	if (!decided && examination->count) {
		finding.verdict = VERDICT_INCONCLUSIVE;
		finding.model = MODEL_UNJUDGED;
		finding.late_ns = spoiled_ns(examination);
	}
	note_write(&note, examination, decided != 0);
	finding.note = buffer_text(&note);
	err = finding.note ? record_add_finding(rec, &finding) : -ENOMEM;
	buffer_free(&note);
	return err;
}

int examine_record(struct record *rec, const struct story *story)
{
	struct examination examination;
	int err = examine_story(story, &examination);

	if (!err && examination.count)
		err = finding_add(rec, &examination);
	examination_free(&examination);
	return err;
}
