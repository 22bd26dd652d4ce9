/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * history: what each of several kernels, oldest first, answered, and where that changed. Theory of
 * operation
 *
 * Of each kernel the records' results are kept, or why there are none. A finding of one probe is a
 * question; kernels that answer it alike (findings_answer_alike(), times within the timers' own
 * rounding) one after another are a span. A kernel without an answer (the probe was skipped, was
 * inconclusive, did not come to its judge) is in no span and ends none.
 *
 *   records -> cells, questions    look.c
 *   cells   -> spans               spans.c
 *   spans   -> lines, rows         text.c     a line a finding that changed
 *   changes -> lines, rows         change.c   what a bisection asks and finds
 */
#ifndef FINWAIT_REPORT_HISTORY_HISTORY_H
#define FINWAIT_REPORT_HISTORY_HISTORY_H

#include "../grid.h"
#include "../report.h"

struct history_kernel {
	const char *label, *release; /* the caller's */
	bool asked;
	struct record **records; /* their results: no events */
	size_t count, space;
	char *why; /* asked, and there is no record: why */
};

/* A copy of @rec's result, with what its times are compared by. 0 or -ENOMEM. */
int history_take(struct history_kernel *kernel, const struct record *rec) MUST_CHECK;
/* Asked, and for nothing. */
void history_fail(struct history_kernel *kernel, const char *why);
void history_clear(struct history_kernel *kernel);

/* ---- questions and answers ---- */

struct history_question {
	const char *probe; /* the record's id */
	struct finding_id id;
};

/* Each finding that any of @kernels has, probe by probe. To be freed; NULL without memory. */
struct history_question *history_questions(const struct history_kernel *kernels, size_t count,
                                           size_t *questions);

enum history_state {
	HISTORY_UNKNOWN, /* it was not asked, or there is no answer */
	HISTORY_ABSENT, /* judged, and without such a finding */
	HISTORY_FOUND,
};

struct history_cell {
	enum history_state state;
	const struct record *rec; /* NULL: none */
	const struct finding *finding; /* NULL: none, or none that was judged */
	const char *why; /* unknown: why, in a record's words; else "" */
	enum outcome outcome; /* unknown, with a record: what it came to */
};

struct history_cell history_look(const struct history_kernel *kernel,
                                 const struct history_question *question);
/* Of two that are known. */
bool history_alike(const struct history_cell *a, const struct history_cell *b, int64_t slack_ns);
/* "skipped: this kernel has no ...": why @cell is unknown. */
const char *history_why(const struct history_kernel *kernel, const struct history_cell *cell,
                        char *buf, size_t size);

/* Five cells: says, predicts, measured, verdict, model. */
void history_put_answer(struct grid *grid, const struct history_cell *cell);

/* ---- spans ---- */

struct history_span {
	size_t first, last; /* kernels; those between that do not tell are not in it */
	size_t kernels; /* that answered so */
};

/* Those of @question, at most @count of them: @spans has room for one a kernel. */
size_t history_spans(const struct history_kernel *kernels, size_t count,
                     const struct history_question *question, int64_t slack_ns,
                     struct history_span *spans);

/*
 * A line a finding that changed, with what was measured from which kernel to which; who did not
 * answer, and why; those that are the same everywhere are counted. 0, -ENOMEM or -EIO.
 */
int history_print(const struct history_kernel *kernels, size_t count, int64_t slack_ns,
                  const struct report_style *style, FILE *out) MUST_CHECK;
/* A row a span of each finding, and one for each kernel without an answer. 0 or -ENOMEM. */
int history_put(struct grid *grid, const struct history_kernel *kernels, size_t count,
                int64_t slack_ns) MUST_CHECK;

/* ---- a bisection ---- */

/* A question that the first and the last kernel answer otherwise. */
struct history_change {
	struct history_question question;
	size_t last; /* the last kernel that answers as the first, as far as it is known */
	size_t first; /* the first one after it that does not */
	size_t silent; /* kernels between the two that were asked and do not tell */
};

struct history_bisection {
	const struct history_kernel *kernels;
	size_t count;
	int64_t slack_ns;
	const struct history_change *changes;
	size_t change_count;
};

/*
 * What @kernel answered, which was asked as number @step, to those of the changes that were still
 * open between @open[i].last and @open[i].first; or why it does not tell.
 */
void bisection_print_step(const struct history_bisection *bisection,
                          const struct history_change *open, size_t kernel, size_t step,
                          const struct report_style *style, FILE *out);
/* Between which two kernels each finding changed, and what each of them answered. 0 or -EIO. */
int bisection_print(const struct history_bisection *bisection, const struct report_style *style,
                    FILE *out) MUST_CHECK;
/* A row for each finding that changed and kernel that was asked, in order. */
void bisection_put(struct grid *grid, const struct history_bisection *bisection);

#endif
