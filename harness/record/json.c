// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * json: the lines of finwait/1, written and read. What a line has stands in the tables of
 * schema.h, in the order in which it is written: two runs with the same data give the same
 * bytes. Unknown keys are ignored, so that a newer writer's extra fields do no harm.
 */
#include "json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/buffer.h"
#include "schema.h"

static const char *const line_names[] = {
	[JSON_RUN] = "run",         [JSON_PROBE] = "probe", [JSON_EVENT] = "event",
	[JSON_RESULT] = "result",   [JSON_AGAIN] = "again", [JSON_PHASES] = "phases",
	[JSON_SUMMARY] = "summary",
};
static const struct words line_words = {line_names, sizeof(line_names) / sizeof(line_names[0])};

static struct json_out line_new(enum json_line kind)
{
	struct json_out out = json_out_new();

	json_put_text(&out, "type", line_names[kind]);
	return out;
}

char *json_run_line(const struct run_info *run)
{
	struct json_out out = line_new(JSON_RUN);

	json_put_text(&out, "format", RECORD_FORMAT);
	fields_put(&out, run_fields, run);
	return json_out_line(&out);
}

char *json_probe_line(const struct record *rec)
{
	struct json_out out = line_new(JSON_PROBE);

	json_put_text(&out, "id", rec->probe);
	fields_put(&out, probe_fields, rec);
	return json_out_line(&out);
}

char *json_event_line(const char *probe, const struct event *event)
{
	struct json_out out = line_new(JSON_EVENT);

	json_put_text(&out, "probe", probe);
	json_put_int(&out, "t_ns", event->t_ns);
	json_put_text(&out, "observer", observer_name(event_observer(event->kind)));
	json_put_text(&out, "kind", event_kind_name(event->kind));
	fields_put(&out, event_kind_fields[event->kind], event);
	return json_out_line(&out);
}

char *json_result_line(const struct record *rec)
{
	struct json_out out = line_new(JSON_RESULT);

	json_put_text(&out, "probe", rec->probe);
	fields_put(&out, result_fields, rec);
	return json_out_line(&out);
}

char *json_again_line(const struct record *rec, int64_t late_ns)
{
	struct json_out out = line_new(JSON_AGAIN);
	const struct again_line line = {
		.outcome = rec->outcome, .reason = rec->reason, .late_ns = late_ns};

	json_put_text(&out, "probe", rec->probe);
	fields_put(&out, again_fields, &line);
	return json_out_line(&out);
}

char *json_phases_line(const char *probe, unsigned int phases, const struct spread *spread)
{
	struct json_out out = line_new(JSON_PHASES);
	const struct phases_line line = {.phases = phases, .spread = *spread};

	json_put_text(&out, "probe", probe);
	fields_put(&out, phases_fields, &line);
	return json_out_line(&out);
}

char *json_summary_line(const unsigned int outcomes[OUTCOME_COUNT])
{
	struct json_out out = line_new(JSON_SUMMARY);

	fields_put(&out, summary_fields, outcomes);
	return json_out_line(&out);
}

bool json_line_is(const char *line, size_t length, enum json_line kind)
{
	char *own = NULL;
	int own_length = asprintf(&own, "{\"type\":\"%s\",", line_names[kind]);
	bool found = own_length > 0 && length >= (size_t)own_length &&
	             !memcmp(line, own, (size_t)own_length);

	free(own);
	return found;
}

/* ---- reading ---- */

static const char *need_text(struct json_in *in, const char *key)
{
	if (!json_field(in, key))
		json_fail(in, "no \"%s\"", key);
	return json_take_text(in, key);
}

static void take_run(struct json_in *in, struct record *rec)
{
	const char *format = need_text(in, "format");

	if (!in->failed && strcmp(format, RECORD_FORMAT))
		json_fail(in, "format \"%.40s\", not " RECORD_FORMAT, format);
	fields_take(in, run_fields, &rec->run);
}

/* Lines of two probes do not mix; the first that names the probe names it. */
static void take_probe_id(struct json_in *in, const char *key, struct record *rec)
{
	const char *id = need_text(in, key);

	if (in->failed)
		return;
	if (!rec->probe[0])
		rec->probe = json_keep_text(in, id);
	else if (strcmp(rec->probe, id))
		json_fail(in, "a line of probe \"%.40s\" in the record of \"%.40s\"", id,
		          rec->probe);
}

static void take_probe(struct json_in *in, struct record *rec)
{
	take_probe_id(in, "id", rec);
	rec->claim_count = 0;
	fields_take(in, probe_fields, rec);
}

static void take_event(struct json_in *in, struct record *rec)
{
	struct event event;

	/* memset, not {0}: the parts of the union that no field fills are zero too. */
	memset(&event, 0, sizeof(event));
	take_probe_id(in, "probe", rec);
	fields_take(in, event_fields, &event);
	need_text(in, "kind");
	event.kind = json_take_word(in, "kind", &event_kind_words);
	if (json_field(in, "observer") &&
	    json_take_word(in, "observer", &observer_words) != event_observer(event.kind))
		json_fail(in, "a %s does not come from that observer", event_kind_name(event.kind));
	if (!in->failed)
		fields_take(in, event_kind_fields[event.kind], &event);
	if (!in->failed && record_add_event(rec, &event))
		json_fail(in, "out of memory");
}

static void take_result(struct json_in *in, struct record *rec)
{
	if (rec->finished)
		json_fail(in, "a second result");
	take_probe_id(in, "probe", rec);
	fields_take(in, result_fields, rec);
	rec->finished = !in->failed;
}

/* What there is so far is of the run that was spoiled: the record is that of the next one. */
static void take_again(struct json_in *in, struct record *rec)
{
	struct again_line line = {0};

	if (rec->finished)
		json_fail(in, "\"again\" behind the result");
	take_probe_id(in, "probe", rec);
	fields_take(in, again_fields, &line);
	if (!in->failed)
		rec->event_count = 0;
}

/* All of them are of the same runs, one of which is recorded. */
static void take_phases(struct json_in *in, struct record *rec)
{
	struct phases_line line = {0};
	const struct spread *spread = &line.spread;

	take_probe_id(in, "probe", rec);
	fields_take(in, phases_fields, &line);
	if (spread->differ > line.phases || spread->model_failed > line.phases ||
	    spread->undecided > line.phases)
		json_fail(in, "a number of phases is not within 0..%u", line.phases);
	if (!in->failed && rec->phases && rec->phases != line.phases)
		json_fail(in, "\"phases\" is %u, and was %u before", line.phases, rec->phases);
	if (rec->spread_count == JSON_LIST_MAX)
		json_fail(in, "more than %d findings", JSON_LIST_MAX);
	if (!in->failed && record_add_spread(rec, spread))
		json_fail(in, "out of memory");
	if (!in->failed)
		rec->phases = line.phases;
}

static void take_summary(struct json_in *in, struct record *rec)
{
	unsigned int outcomes[OUTCOME_COUNT];

	(void)rec;
	fields_take(in, summary_fields, outcomes);
}

static void (*const line_takers[])(struct json_in *in, struct record *rec) = {
	[JSON_RUN] = take_run,         [JSON_PROBE] = take_probe, [JSON_EVENT] = take_event,
	[JSON_RESULT] = take_result,   [JSON_AGAIN] = take_again, [JSON_PHASES] = take_phases,
	[JSON_SUMMARY] = take_summary,
};

int json_read_line(struct record *rec, const char *line, size_t length, char why[160])
{
	json_error_t error;
	json_t *root = json_loadb(line, length, JSON_REJECT_DUPLICATES, &error);
	struct json_in in = {
		.object = root, .why = why, .why_size = JSON_WHY_SIZE, .texts = &rec->texts};
	unsigned int kind;

	why[0] = '\0';
	if (!root) {
		snprintf(why, JSON_WHY_SIZE, "not JSON: %.120s", error.text);
		return -EINVAL;
	}
	need_text(&in, "type");
	kind = json_take_word(&in, "type", &line_words);
	if (!in.failed)
		line_takers[kind](&in, rec);
	json_decref(root);
	return in.failed ? -EINVAL : (int)kind;
}

/* What comes up to and with a newline, but no more than @size bytes; how many. */
static size_t chunk_read(FILE *file, char *chunk, size_t size)
{
	size_t used = 0;
	int byte = 0;

	flockfile(file);
	while (byte != '\n' && used < size && (byte = getc_unlocked(file)) != EOF)
		chunk[used++] = (char)byte;
	funlockfile(file);
	return used;
}

/* The next line with its newline, if it has one. 1; 0: there is none; or a negative errno. */
static int line_next(FILE *file, struct buffer *line)
{
	char chunk[4096];
	size_t length;

	buffer_reset(line);
	errno = 0;
	do {
		length = chunk_read(file, chunk, sizeof(chunk));
		buffer_put(line, chunk, length);
		if (line->failed)
			return -ENOMEM;
		if (line->used > JSON_LINE_MAX)
			return -EFBIG;
	} while (length == sizeof(chunk) && chunk[length - 1] != '\n');
	if (ferror(file))
		return errno ? -errno : -EIO;
	return line->used > 0;
}

int json_read_file(struct record *rec, FILE *file, char why[200])
{
	char reason[JSON_WHY_SIZE];
	struct buffer line = {0};
	size_t number = 0;
	int rc;

	why[0] = '\0';
	while ((rc = line_next(file, &line)) > 0) {
		bool whole = line.data[line.used - 1] == '\n';

		number++;
		if (json_read_line(rec, line.data, line.used, reason) < 0 && whole) {
			snprintf(why, 200, "line %zu: %s", number, reason);
			rc = -EINVAL;
			break;
		}
	}
	if (rc == -EFBIG)
		snprintf(why, 200, "line %zu is longer than %d bytes", number + 1, JSON_LINE_MAX);
	else if (rc < 0 && !why[0])
		snprintf(why, 200, "after line %zu: %s", number, strerror(-rc));
	buffer_free(&line);
	return rc < 0 ? rc : 0;
}
