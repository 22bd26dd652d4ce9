// SPDX-License-Identifier: GPL-2.0-or-later
#include "answer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "../vm/cache.h"
#include "../vm/shared.h"

#define ANSWER_FORMAT "finwait-answer/1"
#define ANSWER_LEVEL 3 /* of zstd: a tenth of the size, in less than a hundredth of a run's time */

#define END_FORMAT "head %016" PRIx64 "\n"
#define END_LENGTH 22

void answer_clear(struct answer *answer)
{
	buffer_free(&answer->lines);
	buffer_free(&answer->result);
	*answer = (struct answer){0};
}

/* ---- writing */

static int part_pack(const struct buffer *from, struct answer_part *part, struct buffer *to)
{
	size_t most = ZSTD_compressBound(from->used);
	char *packed = malloc(most);

	if (!packed)
		return -ENOMEM;
	part->size = from->used;
	part->packed = ZSTD_compress(packed, most, from->data, from->used, ANSWER_LEVEL);
	if (ZSTD_isError(part->packed)) {
		free(packed);
		return -ENOMEM;
	}
	part->digest = digest_add(DIGEST_START, packed, part->packed);
	buffer_put(to, packed, part->packed);
	free(packed);
	return to->failed ? -ENOMEM : 0;
}

int answer_encode(const struct answer *answer, const char *key, struct buffer *file)
{
	struct answer_part result, lines;
	struct buffer packed = {0};
	int err = part_pack(&answer->result, &result, &packed);

	if (!err)
		err = part_pack(&answer->lines, &lines, &packed);
	if (!err) {
		buffer_reset(file);
		buffer_add(file,
		           ANSWER_FORMAT "\ntook %" PRId64 "\nresult %zu %zu %016" PRIx64
		                         "\nlines %zu %zu %016" PRIx64 "\nkey %zu\n%s",
		           answer->took_ns, result.size, result.packed, result.digest, lines.size,
		           lines.packed, lines.digest, strlen(key), key);
		if (!file->failed)
			buffer_add(file, END_FORMAT,
			           digest_add(DIGEST_START, file->data, file->used));
		buffer_put(file, packed.data, packed.used);
		err = file->failed ? -ENOMEM : 0;
	}
	buffer_free(&packed);
	return err;
}

/* ---- reading */

/* The numbers of a head, whose text ends in a NUL; the length of what was read, 0: none. */
static size_t head_scan(const char *text, struct answer_head *head)
{
	int length = 0;

	if (sscanf(text,
	           ANSWER_FORMAT "\ntook %" SCNd64 "\nresult %zu %zu %16" SCNx64
	                         "\nlines %zu %zu %16" SCNx64 "\nkey %zu%n",
	           &head->took_ns, &head->result.size, &head->result.packed, &head->result.digest,
	           &head->lines.size, &head->lines.packed, &head->lines.digest, &head->key_length,
	           &length) < 8 ||
	    text[length] != '\n')
		return 0;
	return (size_t)length + 1;
}

static bool part_is_possible(const struct answer_part *part)
{
	return part->size && part->size <= SHARED_OUT_MAX && part->packed &&
	       part->packed <= 2 * SHARED_OUT_MAX;
}

int answer_head_read(const char *data, size_t size, struct answer_head *head, struct fault *f)
{
	static const char format[] = ANSWER_FORMAT "\n";
	char text[400];
	size_t at;

	*head = (struct answer_head){0};
	if (size < sizeof(format) - 1 || memcmp(data, format, sizeof(format) - 1) != 0)
		return fault_refuse(f, EBADMSG, "is of another format than " ANSWER_FORMAT);
	snprintf(text, sizeof(text), "%.*s", (int)(size < 399 ? size : 399), data);
	at = head_scan(text, head);
	if (!at || head->key_length > size || at + head->key_length + END_LENGTH > size)
		return fault_refuse(f, EBADMSG, "is torn in its head");
	head->key = data + at;
	at += head->key_length;
	snprintf(text, sizeof(text), END_FORMAT, digest_add(DIGEST_START, data, at));
	if (memcmp(data + at, text, END_LENGTH) != 0 || !part_is_possible(&head->result) ||
	    !part_is_possible(&head->lines))
		return fault_refuse(f, EBADMSG, "has a head that is not what was written");
	head->length = at + END_LENGTH;
	return 0;
}

int answer_unpack(const struct answer_part *part, const void *packed, struct buffer *to,
                  struct fault *f)
{
	char *data;
	size_t size;

	if (digest_add(DIGEST_START, packed, part->packed) != part->digest)
		return fault_refuse(f, EBADMSG, "is not what was written (digest)");
	data = malloc(part->size);
	if (!data)
		return fault_set(f, ENOMEM, "unpack a kept answer");
	size = ZSTD_decompress(data, part->size, packed, part->packed);
	if (size == part->size)
		buffer_put(to, data, size);
	free(data);
	if (size != part->size)
		return fault_refuse(f, EBADMSG, "cannot be unpacked");
	return to->failed ? fault_set(f, ENOMEM, "unpack a kept answer") : 0;
}
