/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json_in: taking fields out of one JSON object; for record's own files. Nothing that is
 * read is trusted: every number has its range, every text its room, every word its list.
 */
#ifndef FINWAIT_RECORD_JSON_IN_H
#define FINWAIT_RECORD_JSON_IN_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "../base/arena.h"
#include "../base/fault.h"
#include "names.h"

/*
 * The first field that is wrong fills @why; all that is taken after it is the
 * fallback. A reader takes what it wants and looks at @failed once, at the end.
 */
struct json_in {
	const json_t *object; /* NULL: every field is missing */
	bool failed;
	char *why;
	size_t why_size;
	struct arena *texts; /* the record's: for what is kept beyond the object's life */
};

#define JSON_WHY_SIZE 160
/* More than any text or list of a run has: bounds on what a made-up file can cost. */
#define JSON_TEXT_MAX 1048576
#define JSON_LINE_MAX (64 << 20)
#define JSON_LIST_MAX 2048
/* Times and differences of times stay within this, so that no sum overflows. */
#define JSON_TIME_MAX (INT64_MAX / 4)

void json_fail(struct json_in *in, const char *fmt, ...) PRINTF(2, 3);

/* The field itself: NULL when it is missing, or something has failed before. */
const json_t *json_field(struct json_in *in, const char *key);

/* Each takes a field that may be missing. */
int64_t json_take_int(struct json_in *in, const char *key, int64_t lo, int64_t hi,
                      int64_t fallback);
bool json_take_bool(struct json_in *in, const char *key);
/* The object's own, for as long as it lives; "" when the field is missing or wrong. */
const char *json_take_text(struct json_in *in, const char *key);
/* A copy of @text in the record's arena. */
const char *json_keep_text(struct json_in *in, const char *text);
/* @buf is "" when the field is missing; one that does not fit is an error. */
void json_take_chars(struct json_in *in, const char *key, char *buf, size_t size);
/* One of @words, by its number; 0 when it is missing or wrong. */
unsigned int json_take_word(struct json_in *in, const char *key, const struct words *words);
/* An array of at most JSON_LIST_MAX items; NULL when it is missing or wrong. */
const json_t *json_take_list(struct json_in *in, const char *key);

/* A reader of the object at @key, or of @value, which has failed where @in has. */
struct json_in json_take_object(struct json_in *in, const char *key);
struct json_in json_in_of(struct json_in *in, const char *key, const json_t *value);

#endif
