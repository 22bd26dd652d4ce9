/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json_out: one JSON object under construction; for record's own files. */
#ifndef FINWAIT_RECORD_JSON_OUT_H
#define FINWAIT_RECORD_JSON_OUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Once something failed (only memory can) all that follows does nothing. */
struct json_out {
	json_t *object;
	bool failed;
};

struct json_out json_out_new(void);
/* The object, the caller's; NULL (which json_put() counts as a failure) when it failed. */
json_t *json_out_take(struct json_out *out);
/* One line without its newline, the caller's; NULL when it failed. */
char *json_out_line(struct json_out *out);

void json_put(struct json_out *out, const char *key, json_t *value); /* takes @value */
void json_put_int(struct json_out *out, const char *key, int64_t value);
void json_put_bool(struct json_out *out, const char *key, bool value);
/* Bytes that are not UTF-8 become '?': what a kernel or a guest says may hold any. */
void json_put_text(struct json_out *out, const char *key, const char *text); /* NULL is "" */
json_t *json_text(const char *text); /* the same as a value; NULL: no memory */

#endif
