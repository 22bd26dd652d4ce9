/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json_write: one JSON object under construction; for the writer's own files. */
#ifndef FINWAIT_RECORD_JSON_WRITE_H
#define FINWAIT_RECORD_JSON_WRITE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "event.h"

/* Once something failed (only memory can) all that follows does nothing. */
struct json_out {
	json_t *object;
	bool failed;
};

void json_put(struct json_out *out, const char *key, json_t *value); /* takes @value */
void json_put_int(struct json_out *out, const char *key, int64_t value);
void json_put_bool(struct json_out *out, const char *key, bool value);
/* Bytes that are not UTF-8 become '?': text cut by a fixed size may end in half a character. */
void json_put_text(struct json_out *out, const char *key, const char *text); /* NULL is "" */
bool json_is_given(const char *text); /* neither NULL nor "" */

/* What an event of its kind has besides the time, the observer and the socket. */
void json_put_event(struct json_out *out, const struct event *event);

#endif
