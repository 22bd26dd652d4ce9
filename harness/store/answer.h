/* SPDX-License-Identifier: GPL-2.0-or-later */
/* answer: what a question came to, and the bytes in which it is kept. Pure: no file is touched. */
#ifndef FINWAIT_STORE_ANSWER_H
#define FINWAIT_STORE_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/buffer.h"
#include "../base/fault.h"

/* All of what a run wrote behind the record's run line, in two parts. */
struct answer {
	struct buffer lines; /* each with its newline: the probe's, the events' */
	struct buffer result; /* the result's line, with its newline */
	int64_t took_ns; /* of one processor's time, when it was asked */
};

void answer_clear(struct answer *answer);

/*
 * The file's bytes are a head in text, then both parts packed (zstd), the result first: a table
 * of ten thousand answers reads no events. The head has the format, the whole key, of each part
 * its size, its packed size and a digest of what is packed, and at its end a digest of itself.
 */
struct answer_part {
	size_t size, packed;
	uint64_t digest;
};

struct answer_head {
	size_t length; /* of the head: where the result begins */
	int64_t took_ns;
	struct answer_part result, lines;
	const char *key; /* in the bytes that were read; not ended by a NUL */
	size_t key_length;
};

#define ANSWER_HEAD_MOST 65536 /* no head is longer */
#define ANSWER_KEY_MOST (ANSWER_HEAD_MOST - 1024)

/* Appends the file to @file. 0 or -ENOMEM (also where zstd fails, which has no other reason). */
int answer_encode(const struct answer *answer, const char *key, struct buffer *file) MUST_CHECK;

/* @data is the file's beginning, ANSWER_HEAD_MOST bytes or all of it. -EBADMSG: see @f. */
int answer_head_read(const char *data, size_t size, struct answer_head *head,
                     struct fault *f) MUST_CHECK;
/* @packed, of @part, appended to @to as it was. -EBADMSG or -ENOMEM. */
int answer_unpack(const struct answer_part *part, const void *packed, struct buffer *to,
                  struct fault *f) MUST_CHECK;

#endif
