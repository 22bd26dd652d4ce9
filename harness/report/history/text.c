// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * text: the history, a line a finding that changed:
 *
 *   5 kernels, 5.10.262 to 7.3.4
 *
 *   loss.syn
 *     retransmissions          5.10.262..6.1.192: 6, confirmed; 6.12.118..7.3.4: 10, REFUTED
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../base/buffer.h"
#include "../answer_words.h"
#include "../outcome_words.h"
#include "../sheet.h"
#include "history.h"

#define INDENT 2
#define WIDTH_DEFAULT 110
#define WIDTH_MIN 60
#define TITLE_MOST 36

struct history {
	const struct history_kernel *kernels;
	size_t count;
	int64_t slack_ns;
	struct sheet sheet;
	struct history_question *questions;
	size_t question_count;
	struct history_span *spans; /* room for one a kernel */
	unsigned int title_columns;
	size_t same, changed;
	bool no_memory;
};

/* ---- a finding ---- */

static bool span_failed(const struct history *h, const struct history_question *question,
                        const struct history_span *span)
{
	const struct finding *finding = history_look(&h->kernels[span->first], question).finding;

	return finding && finding->model == MODEL_FAILS;
}

/* Worth a line: it changed, or the model does not hold. */
static bool is_told(const struct history *h, const struct history_question *question, size_t spans)
{
	for (size_t i = 0; i < spans; i++)
		if (span_failed(h, question, &h->spans[i]))
			return true;
	return spans > 1;
}

static void spans_text(const struct history *h, const struct history_question *question,
                       size_t count, struct buffer *text)
{
	for (size_t i = 0; i < count; i++) {
		const struct history_span *span = &h->spans[i];
		const struct history_kernel *first = &h->kernels[span->first];
		char answer[300];

		buffer_add(text, "%s%s", i ? "; " : "", first->label);
		if (span->last != span->first)
			buffer_add(text, "..%s", h->kernels[span->last].label);
		buffer_add(
			text, ": %s",
			answer_text(history_look(first, question).finding, answer, sizeof(answer)));
	}
}

static void finding_print(struct history *h, const struct history_question *question, size_t count)
{
	unsigned int rest = h->sheet.width - INDENT - h->title_columns - 1;
	struct buffer text = {0};
	char title[200];
	struct sheet_cell cells[2] = {
		{answer_title(question->id, question->probe, title, sizeof(title)),
	         h->title_columns, ATTR_PLAIN, false},
		{NULL, rest, ATTR_PLAIN, false},
	};

	spans_text(h, question, count, &text);
	cells[1].text = buffer_text(&text);
	h->no_memory |= !cells[1].text;
	if (cells[1].text)
		sheet_row(&h->sheet, INDENT, cells, 2);
	buffer_free(&text);
}

/* ---- all of them ---- */

static void titles_measure(struct history *h)
{
	for (size_t i = 0; i < h->question_count; i++) {
		const struct history_question *question = &h->questions[i];
		unsigned int own;
		char title[200];

		if (!is_told(h, question,
		             history_spans(h->kernels, h->count, question, h->slack_ns, h->spans)))
			continue;
		own = text_columns(
			answer_title(question->id, question->probe, title, sizeof(title)));
		if (own > h->title_columns)
			h->title_columns = own < TITLE_MOST ? own : TITLE_MOST;
	}
}

static void findings_print(struct history *h)
{
	const char *probe = "";

	for (size_t i = 0; i < h->question_count; i++) {
		const struct history_question *question = &h->questions[i];
		size_t spans = history_spans(h->kernels, h->count, question, h->slack_ns, h->spans);

		h->changed += spans > 1;
		h->same += spans == 1;
		if (!is_told(h, question, spans))
			continue;
		if (strcmp(probe, question->probe) != 0) {
			sheet_end_line(&h->sheet);
			sheet_format(&h->sheet, 0, ATTR_BOLD, "%s", question->probe);
		}
		probe = question->probe;
		finding_print(h, question, spans);
	}
}

/* ---- who did not answer ---- */

static bool is_silent(const struct record *rec)
{
	return record_outcome(rec) != OUTCOME_OK && record_outcome(rec) != OUTCOME_MODEL_FAILED;
}

static bool same_silence(const struct record *a, const struct record *b)
{
	return is_silent(b) && record_outcome(a) == record_outcome(b) &&
	       !strcmp(a->probe, b->probe) && !strcmp(a->reason, b->reason);
}

static const struct record *same_silence_of(const struct history_kernel *kernel,
                                            const struct record *rec)
{
	for (size_t i = 0; i < kernel->count; i++)
		if (same_silence(rec, kernel->records[i]))
			return kernel->records[i];
	return NULL;
}

/* Kernels for which a probe came to nothing for one reason are told together, by the first. */
static void silence_print(struct history *h, size_t kernel, const struct record *rec)
{
	struct buffer labels = {0};
	const char *text;

	for (size_t i = 0; i < kernel; i++)
		if (same_silence_of(&h->kernels[i], rec))
			return;
	for (size_t i = kernel; i < h->count; i++)
		if (same_silence_of(&h->kernels[i], rec))
			buffer_add(&labels, "%s%s", labels.used ? ", " : "", h->kernels[i].label);
	text = buffer_text(&labels);
	h->no_memory |= !text;
	sheet_format(&h->sheet, 0, outcome_attr(record_outcome(rec)), "%s on %s: %s%s%s",
	             rec->probe, text ? text : "", outcome_word(record_outcome(rec)),
	             *rec->reason ? ": " : "", rec->reason);
	buffer_free(&labels);
}

static void silences_print(struct history *h)
{
	sheet_end_line(&h->sheet);
	for (size_t i = 0; i < h->count; i++)
		if (h->kernels[i].why)
			sheet_format(&h->sheet, 0, ATTR_RED, "%s: %s", h->kernels[i].label,
			             h->kernels[i].why);
	for (size_t i = 0; i < h->count; i++)
		for (size_t j = 0; j < h->kernels[i].count; j++)
			if (is_silent(h->kernels[i].records[j]))
				silence_print(h, i, h->kernels[i].records[j]);
}

static void totals_print(const struct history *h)
{
	sheet_format(&h->sheet, 0, ATTR_PLAIN,
	             "%zu finding%s changed, %zu %s the same on every kernel that answered",
	             h->changed, h->changed == 1 ? "" : "s", h->same, h->same == 1 ? "is" : "are");
}

int history_print(const struct history_kernel *kernels, size_t count, int64_t slack_ns,
                  const struct report_style *style, FILE *out)
{
	struct history h = {
		.kernels = kernels,
		.count = count,
		.slack_ns = slack_ns,
		.sheet = sheet_open(out, style, WIDTH_DEFAULT, WIDTH_MIN),
		.spans = calloc(count + 1, sizeof(*h.spans)),
	};
	h.questions = history_questions(kernels, count, &h.question_count);
	h.no_memory = !h.questions || !h.spans;
	if (!h.no_memory) {
		sheet_format(&h.sheet, 0, ATTR_BOLD, "%zu kernel%s%s%s%s%s", count,
		             count == 1 ? "" : "s", count ? ", " : "",
		             count ? kernels[0].label : "", count > 1 ? " to " : "",
		             count > 1 ? kernels[count - 1].label : "");
		titles_measure(&h);
		findings_print(&h);
		silences_print(&h);
		totals_print(&h);
	}
	free(h.questions);
	free(h.spans);
	return h.no_memory ? -ENOMEM : ferror(out) ? -EIO : 0;
}
