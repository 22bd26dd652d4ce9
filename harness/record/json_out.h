/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json_out: one line of JSON, written from left to right, without a blank, in the order in
 * which it is put; for record's own files, and for what else goes as JSON.
 *
 * It is not a library's: a probe writes a line for each thing that it observes while the clock
 * runs. As a tree of values first, these lines took most of a guest's instructions.
 */
#ifndef FINWAIT_RECORD_JSON_OUT_H
#define FINWAIT_RECORD_JSON_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/buffer.h"

/* Once something failed all that follows does nothing. */
struct json_out {
	struct buffer text;
};

/* An object, which json_out_line() ends; or a list. */
struct json_out json_out_new(void);
struct json_out json_out_new_list(void);
/* One line without its newline, the caller's; NULL when it failed, as without memory. */
char *json_out_line(struct json_out *out);

/*
 * A value: with @key in an object, without (NULL) in a list. The writer sees to it that no
 * object gets a key twice and that what is opened is closed.
 */
void json_put_int(struct json_out *out, const char *key, int64_t value);
void json_put_bool(struct json_out *out, const char *key, bool value);
void json_put_null(struct json_out *out, const char *key);
/* Bytes that are not UTF-8 become '?': what a kernel or a guest says may hold any. */
void json_put_text(struct json_out *out, const char *key, const char *text); /* NULL is "" */
void json_put_textn(struct json_out *out, const char *key, const char *text, size_t length);
/* Not mended: what is not UTF-8 is a failure. */
void json_put_exact(struct json_out *out, const char *key, const char *text);

void json_open_object(struct json_out *out, const char *key);
void json_close_object(struct json_out *out);
void json_open_list(struct json_out *out, const char *key);
void json_close_list(struct json_out *out);

#endif
