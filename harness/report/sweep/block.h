/* SPDX-License-Identifier: GPL-2.0-or-later */
/* block: a finding of a sweep as it is printed; for the sweep's own files. */
#ifndef FINWAIT_REPORT_SWEEP_BLOCK_H
#define FINWAIT_REPORT_SWEEP_BLOCK_H

#include "../../base/clock.h"
#include "../sheet.h"
#include "sweep.h"

/* A finding at one combination on one kernel, over all phases. */
struct answer {
	bool given; /* something came, in some phase */
	bool split; /* its words are not the same in all of them */
	struct value predicts, measured;
	enum verdict verdict;
	enum model model;
	const char *note;
};

struct block {
	const struct sweep_table *table;
	const struct sweep_question *question;
	struct sheet sheet;
	bool *varies; /* one an axis, then one for the kernel */
	bool any; /* of them */
	size_t failed; /* points */
	size_t rows, left_out;
	bool failed_only;
};

/* vary.c: what came of the block's question there. */
struct answer answer_at(const struct block *block, size_t combo, size_t kernel);
#define SWEEP_ALIKE_NS (10 * NS_PER_MS) /* times no further apart are told as one: the first */
bool answer_same(const struct answer *a, const struct answer *b);
/* Which of its values @axis has in @combo. */
size_t value_of(const struct sweep_table *table, size_t combo, size_t axis);
/* How many points are not as predicted. */
size_t question_failed(const struct sweep_table *table, const struct sweep_question *question);
/* @question becomes the block's: what it varies with, how often it failed. */
void block_look(struct block *block, const struct sweep_question *question);

/* Combinations that came to the same on one kernel; they differ in one axis alone. */
struct sweep_row {
	size_t kernel, from, to;
	struct answer answer;
};

/* walk.c: each row of the block's question, in order of kernels and combinations. */
typedef void (*block_row_fn)(struct block *block, const struct sweep_row *row, void *arg);
void block_rows(struct block *block, block_row_fn show, void *arg);
#define SPAN_SIZE 100
/* "3", "3..7", or "reno .. cubic" where no number says what is between. */
const char *span_text(const struct sweep_table *table, const struct sweep_row *row, size_t axis,
                      char buf[SPAN_SIZE]);
const char *answer_predicts(const struct answer *answer, char *buf, size_t size);
const char *answer_measured(const struct answer *answer, char *buf, size_t size);
const char *answer_verdict(const struct answer *answer);

/* build.c: of one kind and the same. */
bool sweep_value_same(const struct value *a, const struct value *b);

#endif
