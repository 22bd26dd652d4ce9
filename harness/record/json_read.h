/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json_read: taking fields out of one JSON object; for the reader's own files. */
#ifndef FINWAIT_RECORD_JSON_READ_H
#define FINWAIT_RECORD_JSON_READ_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "record.h"

/*
 * The first field that is wrong fills @why; all that is taken after it is the
 * fallback. A reader takes what it wants and looks at @failed once, at the end.
 */
struct json_in {
	const json_t *object;
	bool failed;
	char *why;
	size_t why_size;
};

#define JSON_WHY_SIZE 160
/* More than any text of a run has; a bound on what a made-up file can cost. */
#define JSON_TEXT_MAX 1048576
/* Times and differences of times stay within this, so that no sum overflows. */
#define JSON_TIME_MAX (INT64_MAX / 4)

void json_fail(struct json_in *in, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The field itself: NULL when it is missing, or something has failed before. */
const json_t *json_field(struct json_in *in, const char *key);
const json_t *json_field_needed(struct json_in *in, const char *key);
/* A field that must be there, and one that may be missing. */
int64_t json_need_int(struct json_in *in, const char *key, int64_t lo, int64_t hi);
int64_t json_take_int(struct json_in *in, const char *key, int64_t lo, int64_t hi,
                      int64_t fallback);
bool json_take_bool(struct json_in *in, const char *key, bool fallback);
/* The object's own, for as long as it lives; "" when the field is missing or wrong. */
const char *json_take_text(struct json_in *in, const char *key);
const char *json_need_text(struct json_in *in, const char *key);
/* json_take_text() for as long as @rec lives. */
const char *json_keep_text(struct json_in *in, const char *key, struct record *rec);
/* @buf is "" when the field is missing; one that does not fit is an error. */
void json_take_chars(struct json_in *in, const char *key, char *buf, size_t size);
/* A word that @parse knows; always a valid value, 0 after a failure. */
unsigned int json_need_word(struct json_in *in, const char *key, int (*parse)(const char *));
unsigned int json_take_word(struct json_in *in, const char *key, int (*parse)(const char *),
                            unsigned int fallback);
/* The object at @key as a reader of its own; its object is NULL when missing. */
struct json_in json_take_object(struct json_in *in, const char *key);

/* Lines of two probes do not mix; the first that names the probe names it. */
void json_take_probe_id(struct json_in *in, const char *key, struct record *rec);

/* What json_put_event() wrote; @event->kind is set. */
void json_take_event(struct json_in *in, struct event *event);

/* Whole lines: what json_result_line() and json_phases_line() wrote. */
void json_take_result(struct json_in *in, struct record *rec);
void json_take_phases(struct json_in *in, struct record *rec);

#endif
