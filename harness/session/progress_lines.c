// SPDX-License-Identifier: GPL-2.0-or-later
#include "progress_lines.h"

#include <string.h>

#include "../base/clock.h"
#include "../report/text.h"

#define SPAN_SIZE 32

/* "4.2 s", "57 s", "14 min 32 s", "2 h 5 min": as long as a glance needs, rounded up. */
static const char *span_text(int64_t ns, char buf[SPAN_SIZE])
{
	int64_t tenths = (ns + NS_PER_S / 10 - 1) / (NS_PER_S / 10), s = (tenths + 9) / 10;

	if (tenths < 100)
		snprintf(buf, SPAN_SIZE, "%lld.%lld s", (long long)(tenths / 10),
		         (long long)(tenths % 10));
	else if (s < 100)
		snprintf(buf, SPAN_SIZE, "%lld s", (long long)s);
	else if (s < 3600 && s % 60 == 0)
		snprintf(buf, SPAN_SIZE, "%lld min", (long long)(s / 60));
	else if (s < 3600)
		snprintf(buf, SPAN_SIZE, "%lld min %lld s", (long long)(s / 60),
		         (long long)(s % 60));
	else
		snprintf(buf, SPAN_SIZE, "%lld h %lld min", (long long)(s / 3600),
		         (long long)(s % 3600 / 60));
	return buf;
}

/* The same in at most seven columns, for a table: "4.2 s", "872 s", "17 min". */
static const char *span_cell(int64_t ns, char buf[SPAN_SIZE])
{
	int64_t s = ns / NS_PER_S;

	if (s < 100)
		return span_text(ns, buf);
	if (s < 1000)
		snprintf(buf, SPAN_SIZE, "%lld s", (long long)s);
	else
		snprintf(buf, SPAN_SIZE, "%lld min", (long long)(s / 60));
	return buf;
}

void progress_wait(const struct progress_job *job, struct buffer *text)
{
	char span[SPAN_SIZE];

	if (job->wait_left_ns)
		buffer_add(text, "at most %s more: %s", span_text(job->wait_left_ns, span),
		           job->waits);
}

/* @text, made fit to print, in @columns: filled up with blanks where @pad, cut off in any case. */
static void put_cell(struct buffer *line, const char *text, unsigned int columns, bool pad)
{
	unsigned int used = 0, wide = text_columns(text), most = columns;

	if (wide > columns && columns > 3)
		most = columns - 3;
	for (;;) {
		unsigned int glyph_columns;
		char glyph[5];
		size_t bytes = text_next(text, glyph, &glyph_columns);

		if (!bytes || used + glyph_columns > most)
			break;
		buffer_add(line, "%s", glyph);
		used += glyph_columns;
		text += bytes;
	}
	for (; most < columns && used < columns; used++)
		buffer_add(line, ".");
	for (; pad && used < columns; used++)
		buffer_add(line, " ");
}

static void put_head(const struct progress *progress, struct buffer *text)
{
	char ran[SPAN_SIZE], left[SPAN_SIZE];

	if (progress->of[0])
		buffer_add(text, "%s: ", progress->of);
	buffer_add(text, "%zu of %zu done, %zu running, %s", progress->done, progress->total,
	           progress->job_count, span_text(progress->ran_ns, ran));
	if (progress->left_ns)
		buffer_add(text, "; about %s left", span_text(progress->left_ns, left));
	if (progress->left_most_ns)
		buffer_add(text, progress->left_ns ? ", at most %s" : "; at most %s left",
		           span_text(progress->left_most_ns, left));
}

#define ID_COLUMNS_LEAST 8
#define BESIDE_ID 12 /* columns: two blanks, the time and two blanks */
#define WAIT_LEAST 16 /* columns: "at most 9 s more" */

static void put_job(const struct progress_job *job, unsigned int id_columns, unsigned int columns,
                    struct buffer *lines)
{
	struct buffer wait = {0};
	char ran[SPAN_SIZE];

	progress_wait(job, &wait);
	buffer_add(lines, "  ");
	put_cell(lines, job->id, id_columns, true);
	buffer_add(lines, "%8s", span_cell(job->ran_ns, ran));
	if (wait.used && buffer_text(&wait) && columns >= id_columns + BESIDE_ID + WAIT_LEAST) {
		buffer_add(lines, "  ");
		put_cell(lines, buffer_text(&wait), columns - id_columns - BESIDE_ID, false);
	}
	buffer_free(&wait);
}

/* As many as fit into @rows, with a line for what did not. */
static void put_jobs(const struct progress *progress, unsigned int columns, size_t rows,
                     struct buffer *lines)
{
	size_t shown = progress->job_count;
	unsigned int id_columns = ID_COLUMNS_LEAST;

	if (shown > rows)
		shown = rows ? rows - 1 : 0;
	for (size_t i = 0; i < shown; i++) {
		unsigned int wide = text_columns(progress->jobs[i].id);

		if (wide > id_columns)
			id_columns = wide;
	}
	if (columns < BESIDE_ID + ID_COLUMNS_LEAST)
		return;
	if (id_columns > columns - BESIDE_ID)
		id_columns = columns - BESIDE_ID;
	for (size_t i = 0; i < shown; i++) {
		buffer_add(lines, "\n");
		put_job(&progress->jobs[i], id_columns, columns, lines);
	}
	if (shown && shown < progress->job_count)
		buffer_add(lines, "\n  and %zu more", progress->job_count - shown);
}

void progress_job_line(const struct progress_job *job, unsigned int columns, struct buffer *line)
{
	unsigned int id_columns = text_columns(job->id);

	if (columns >= BESIDE_ID + ID_COLUMNS_LEAST)
		put_job(job, id_columns > columns - BESIDE_ID ? columns - BESIDE_ID : id_columns,
		        columns, line);
}

void progress_lines(const struct progress *progress, unsigned int columns, unsigned int rows,
                    struct buffer *lines)
{
	struct buffer head = {0};

	if (progress->preparing)
		buffer_add(&head, "preparing a guest of %s", progress->preparing);
	else
		put_head(progress, &head);
	put_cell(lines, buffer_text(&head) ? buffer_text(&head) : "", columns, false);
	buffer_free(&head);
	if (rows > 1)
		put_jobs(progress, columns, rows - 1, lines);
}

void progress_line(const struct progress *progress, struct buffer *line)
{
	const struct progress_job *longest = progress->jobs;

	put_head(progress, line);
	if (!progress->job_count)
		return;
	buffer_add(line, "; %s", longest->id);
	if (longest->wait_left_ns) {
		struct buffer wait = {0};

		buffer_add(line, ": ");
		progress_wait(longest, &wait);
		put_cell(line, buffer_text(&wait) ? buffer_text(&wait) : "", ~0U, false);
		buffer_free(&wait);
	}
}
