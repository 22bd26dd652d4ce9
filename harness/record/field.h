/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * field: one member of a struct as one key of a JSON object; for record's own files, and for
 * what else goes as JSON (vm/job.c).
 *
 * Theory of operation. Each line of a record, and each object within one, is an array of
 * fields that ends with one that has no type. A field names its key, where its member is
 * and of which type it is; a type knows how to write a member, to read it back, and what
 * JSON Schema says of it. So there is one writer (fields_put()), one reader
 * (fields_take()), and nothing else has to know a key: a new fact is one row.
 */
#ifndef FINWAIT_RECORD_FIELD_H
#define FINWAIT_RECORD_FIELD_H

#include <stddef.h>

#include "json_in.h"
#include "json_out.h"
#include "names.h"

struct field;

struct type {
	/* Takes a key out of, or puts one into, an object; @at is the member. */
	void (*put)(struct json_out *out, const struct field *field, const void *at);
	void (*take)(struct json_in *in, const struct field *field, void *at);
	/* With FIELD_GIVEN: nothing to write. NULL: the type is never absent. */
	bool (*absent)(const struct field *field, const void *at);
	/* What JSON Schema says of the value; NULL: it follows from @words, @fields or the range. */
	json_t *(*schema)(const struct field *field);
	const char *name; /* in the documentation: "integer" */
	const struct words *words; /* of a word */
	int64_t lo, hi, fallback; /* of a number; @fallback when the key is missing */
	bool is_signed;
	bool is_list; /* of objects: the field's @fields are an item's */
};

enum field_when {
	FIELD_NEEDED = 1, /* always written; a line without it is refused */
	FIELD_ALWAYS, /* always written; may be missing, as in what 0.1.0 wrote */
	FIELD_GIVEN, /* left out when there is nothing to say */
	FIELD_DERIVED, /* written from other members, never read */
	FIELD_LINE, /* put and taken by the line's own code: here for who reads the table */
};

struct field {
	const char *key; /* NULL: the members of @fields are keys of this very object */
	const struct type *type; /* NULL: the end of the table */
	size_t at, size; /* of the member */
	enum field_when when;
	const char *about; /* for docs/record.md and the JSON Schema */
	const struct field *fields; /* of an object, of a list's items */
	size_t has; /* not 0: where a bool is that tells whether the member means anything */
};

#define FIELD_AT(type, member) offsetof(type, member), sizeof(((type *)0)->member)

/* All of @fields, the members of the struct at @base. */
void fields_put(struct json_out *out, const struct field *fields, const void *base);
void fields_take(struct json_in *in, const struct field *fields, void *base);
/* The same as a line of its own, the caller's; NULL: no memory. */
char *fields_line(const struct field *fields, const void *base);
/* Nothing of @fields would be written. */
bool fields_absent(const struct field *fields, const void *base);
/* Texts and values become copies in @texts, NULL becomes "". 0 or -ENOMEM. */
int fields_copy_texts(const struct field *fields, void *base, struct arena *texts) MUST_CHECK;

/* The largest number that a field of a TYPE_NUMBER takes: its member has to have room for it. */
int64_t field_most(const struct field *field);

/* The types of a member that is one value: a text, a number, a word. */
extern const struct type type_text; /* const char *: the reader's own until it is copied */
extern const struct type type_kept_text; /* const char *, in the record's arena */
extern const struct type type_chars; /* char[], as a C string */
extern const struct type type_bool;
extern const struct type type_uint; /* unsigned, of any size */
extern const struct type type_int64;
extern const struct type type_time; /* int64_t, ns: a time or a difference of times */
extern const struct type type_duration; /* int64_t, ns, 0 or more */
extern const struct type type_value; /* struct value */
extern const struct type type_object; /* a struct (or part of one) with @fields of its own */
/* Others of the same kind differ in their range or their words alone. */
void type_number_put(struct json_out *out, const struct field *field, const void *at);
void type_number_take(struct json_in *in, const struct field *field, void *at);
bool type_number_absent(const struct field *field, const void *at);
void type_word_put(struct json_out *out, const struct field *field, const void *at);
void type_word_take(struct json_in *in, const struct field *field, void *at);
void type_object_put(struct json_out *out, const struct field *field, const void *at);
void type_object_take(struct json_in *in, const struct field *field, void *at);
json_t *type_text_schema(const struct field *field);

#define TYPE_WORD(list)                                                                            \
	{                                                                                          \
		.put = type_word_put, .take = type_word_take, .absent = type_number_absent,        \
		.words = &(list), .name = "word"                                                   \
	}
#define TYPE_NUMBER(from, to, missing)                                                             \
	{                                                                                          \
		.put = type_number_put, .take = type_number_take, .absent = type_number_absent,    \
		.name = "integer", .lo = (from), .hi = (to), .fallback = (missing),                \
		.is_signed = (from) < 0                                                            \
	}

#endif
