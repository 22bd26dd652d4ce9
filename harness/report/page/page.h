/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page: records as one HTML file, for its own files. Theory of operation:
 *
 *   records -> columns   columns.c    one a run; of one probe asked twice alike, two
 *   columns -> matrix    ../matrix    a block a probe, a row a finding, a cell a kernel
 *   matrix  -> verdicts  verdicts.c   what each claim came to: the filter and the table at the top
 *           -> since     since.c      what is not as in a run that was kept earlier
 *           -> probes    probes.c     below: each probe's findings, its ladder, plots of a sweep
 *           -> stairs    stairs.c     and when what was sent again was expected
 *   records -> states    states.c     the state map (../map), its ways leading to probes
 *
 * Everything can be read as it is written: rows are links, probes are <details> that a link into
 * them opens. The script (page.js) hides what a filter leaves out and keeps the filter in the
 * address; it makes no text and no picture. A picture is in <noscript>: to a browser that runs the
 * script it is one piece of text until its probe is opened, which is most of what there is to
 * parse; to one that does not it is there at once. Nothing is loaded from anywhere, which the page's own
 * Content-Security-Policy holds it to.
 */
#ifndef FINWAIT_REPORT_PAGE_PAGE_H
#define FINWAIT_REPORT_PAGE_PAGE_H

#include "../../base/buffer.h"
#include "../markup.h"
#include "../matrix/matrix.h"

struct page_column {
	const char *name; /* "6.12.118", of several of one kernel with what tells them apart */
	const struct record **records;
	size_t count, space;
};

struct page {
	FILE *out;
	struct page_column *own; /* who owns what the columns are made of */
	struct matrix_column *columns;
	size_t count, space;
	size_t folded; /* runs that have no column: they are plotted */
	struct matrix mx;
	const struct record *const *records; /* all of them, as they were given */
	size_t record_count;
	const struct record *const *before; /* of an earlier run, for since.c */
	size_t before_count;
	const char *const *captures; /* of each of the records; NULL: none */
	int64_t slack_ns;
	const char **anchors; /* of each block: what a link to it names */
	struct arena texts;
	bool failed; /* no memory: something is missing */
};

/* columns.c: 0 or -ENOMEM; columns_free() it either way. */
int columns_collect(struct page *page, const struct record *const *records,
                    size_t count) MUST_CHECK;
void columns_free(struct page *page);

/* What columns are to a reader: "kernel", or "run" where all are of one kernel. */
const char *columns_word(const struct page *page);
/* "tcp_orphan_retries=1, seed 3": what the user asked for beside the probes; nothing: "". */
void asked_add_words(struct buffer *words, const struct run_asked *asked);

/* The record of block @block in column @column; NULL: none. */
const struct record *page_record(const struct page *page, size_t block, size_t column);

/* The address of the record's capture; NULL: none. */
const char *page_capture(const struct page *page, const struct record *rec);

/* chapter.c: the number and the title of a probe's chapter, by its id; 0 and "" of one's own. */
unsigned int chapter_number(const char *probe);
const char *chapter_title(unsigned int number); /* NULL: there is none */

/* What a claim came to in one column, for a class and for people: "refuted", "REFUTED". */
struct answer {
	const char *key, *word;
};
struct answer answer_of(const struct record *rec, const char *claim);

/* The words of @value, of any length. */
void value_print(FILE *out, const struct value *value);
/* A mark of a verdict, an outcome: a word in its colour. */
void mark_print(FILE *out, struct answer answer);
/* The mark of a finding's verdict, and that the model failed where it did. */
void finding_marks_print(FILE *out, const struct finding *finding);
/* What @records of one run are of: whom a heading names, and ", x86_64, root, with seed 3". */
void origin_print(FILE *out, const struct record *const *records, size_t count);
/* Behind what is not the same as of the first kernel, or run. */
void differs_mark_print(const struct page *page);

void page_verdicts_print(const struct page *page);
/* Nothing where nothing was kept. 0 or -ENOMEM. */
int page_since_print(const struct page *page) MUST_CHECK;
void page_probes_print(struct page *page);
/* Whether it answers something of the block otherwise than the first one does: drawn by itself. */
bool page_column_differs(const struct page *page, size_t block, size_t column);
/* stairs.c: what was sent again and again, against the model; of the columns that are drawn. */
void page_stairs_print(const struct page *page, size_t block);
/* states.c: every way between two states, and who shows it. */
void page_states_print(struct page *page);

#endif
