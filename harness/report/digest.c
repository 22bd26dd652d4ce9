// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * digest: a run on one screen. What the texts have wrong, a line a claim, then what was not
 * answered and why, then how much was as it should be.
 *
 *   Linux 6.12.118 in a VM, virtual time, faithful, IPv4   103 claims by 93 probes, 9 h of kernel time
 *
 *   REFUTED: the kernel does something else (34)
 *     wave1.lost            D    fin_segments 10 (says 1)
 */
#include <errno.h>
#include <string.h>

#include "claim_verdict.h"
#include "heading.h"
#include "legend.h"
#include "outcome_words.h"
#include "sheet.h"
#include "totals.h"
#include "verdict_words.h"

#define WIDTH_DEFAULT 120
#define WIDTH_LEAST 60
#define INDENT 2
#define NAME_MOST 34
#define LETTERS 4
#define LINE_SIZE 1024

struct digest {
	struct sheet sheet;
	const struct record *const *records;
	size_t count;
	unsigned int name_columns;
	size_t by[VERDICT_COUNT]; /* claims */
};

/* A row over IPv6 has its probe's claims once more. */
static void claim_name(const struct record *rec, const char *id, char *buf, size_t size)
{
	snprintf(buf, size, "%s%s", id, rec->family == FAMILY_IPV6 ? ".6" : "");
}

static bool has_verdict(const struct record *rec, const char *id, enum verdict verdict)
{
	return record_claim_find(rec, id) && claim_verdict(rec, id) == verdict;
}

/* In how many rows over the family of @first claim @id comes to @verdict; 0: an earlier has it. */
static size_t rows_alike(const struct digest *digest, size_t first, const char *id,
                         enum verdict verdict)
{
	size_t rows = 0;

	for (size_t i = 0; i < digest->count; i++) {
		if (digest->records[i]->family != digest->records[first]->family ||
		    !has_verdict(digest->records[i], id, verdict))
			continue;
		if (i < first)
			return 0;
		rows++;
	}
	return rows;
}

static void count_claim(struct digest *digest, size_t at, const char *id)
{
	const struct record *rec = digest->records[at];
	enum verdict verdict = claim_verdict(rec, id);
	unsigned int columns;
	char name[200];

	digest->by[verdict] += rows_alike(digest, at, id, verdict) > 0;
	claim_name(rec, id, name, sizeof(name));
	columns = text_columns(name);
	if (columns > digest->name_columns)
		digest->name_columns = columns < NAME_MOST ? columns : NAME_MOST;
}

static void count_claims(struct digest *digest)
{
	for (size_t i = 0; i < digest->count; i++)
		for (size_t j = 0; j < digest->records[i]->claim_count; j++)
			count_claim(digest, i, digest->records[i]->claims[j].id);
}

/* ---- a line a claim ---- */

/* Puts what of @text goes into @columns; what does not is "..." there. */
static void put_cut(const struct sheet *sheet, const char *text, unsigned int columns)
{
	const char *rest = text;
	char line[LINE_SIZE];

	(void)text_fold(&rest, columns, line, sizeof(line));
	if (*rest) {
		rest = text;
		(void)text_fold(&rest, columns - 4, line, sizeof(line));
	}
	sheet_put(sheet, ATTR_PLAIN, line, 0);
	sheet_put(sheet, ATTR_DIM, *rest ? " ..." : "", 0);
}

/* Of the findings of a claim those that are not as said: they are why. */
static bool is_why(const struct finding *finding, const char *id, enum verdict verdict)
{
	return finding->verdict == verdict && !strcmp(finding->claim, id) &&
	       !finding_is_as_said(finding);
}

static void why_add(struct buffer *words, const struct record *rec, const char *id,
                    enum verdict verdict)
{
	bool any = false;

	for (size_t i = 0; i < rec->finding_count; i++) {
		if (!is_why(&rec->findings[i], id, verdict))
			continue;
		buffer_add(words, "%s", any ? "; " : "");
		finding_add_words(words, &rec->findings[i]);
		any = true;
	}
}

static void print_line(const struct digest *digest, const char *name, const char *letters,
                       const char *words)
{
	const struct sheet *sheet = &digest->sheet;
	unsigned int used = INDENT + digest->name_columns + 1 + LETTERS + 1;
	unsigned int least = digest->name_columns;

	sheet_blanks(sheet, INDENT);
	sheet_put(sheet, ATTR_CYAN, name, least);
	sheet_blanks(sheet, 1);
	sheet_put(sheet, ATTR_DIM, letters, LETTERS);
	sheet_blanks(sheet, 1);
	if (text_columns(name) > least)
		used += text_columns(name) - least;
	put_cut(sheet, words, sheet->width > used + 8 ? sheet->width - used : 8);
	sheet_end_line(sheet);
}

/* "A D" as "AD": what they stand for is told once. */
static void letters_of(const struct record_claim *claim, char buf[LETTERS + 1])
{
	size_t used = 0;

	for (const char *at = claim->article; *at && used < LETTERS; at++)
		if (*at != ' ')
			buf[used++] = *at;
	buf[used] = '\0';
}

/* A line for all rows that come to the same: what the first of them measured. */
static void print_claim(const struct digest *digest, size_t at, const struct record_claim *claim,
                        enum verdict verdict)
{
	const struct record *rec = digest->records[at];
	size_t rows = rows_alike(digest, at, claim->id, verdict);
	char name[200], letters[LETTERS + 1];
	struct buffer words = {0};
	const char *text;

	if (!rows)
		return;
	if (rows > 1)
		buffer_add(&words, "%zu rows: ", rows);
	why_add(&words, rec, claim->id, verdict);
	text = buffer_text(&words);
	claim_name(rec, claim->id, name, sizeof(name));
	letters_of(claim, letters);
	print_line(digest, name, letters, text ? text : "(no memory for these words)");
	buffer_free(&words);
}

static void print_section(const struct digest *digest, enum verdict verdict, const char *meaning)
{
	const struct sheet *sheet = &digest->sheet;

	if (!digest->by[verdict])
		return;
	sheet_end_line(sheet);
	sheet_put(sheet, verdict_attr(verdict), verdict_word(verdict), 0);
	sheet_format(sheet, 0, ATTR_PLAIN, ": %s (%zu)", meaning, digest->by[verdict]);
	for (size_t i = 0; i < digest->count; i++) {
		const struct record *rec = digest->records[i];

		for (size_t j = 0; j < rec->claim_count; j++)
			if (claim_verdict(rec, rec->claims[j].id) == verdict)
				print_claim(digest, i, &rec->claims[j], verdict);
	}
}

/* ---- what was not answered ---- */

static void print_failed_finding(const struct digest *digest, const struct finding *finding)
{
	char predicts[256], measured[256], name[200];

	if (finding->model == MODEL_FAILS)
		sheet_format(&digest->sheet, INDENT + 2, ATTR_RED, "%s: predicted %s, measured %s",
		             finding_title(finding_id_of(finding), name, sizeof(name)),
		             value_text(&finding->predicts, predicts, sizeof(predicts)),
		             value_text(&finding->measured, measured, sizeof(measured)));
}

static void print_unanswered(const struct digest *digest, const struct record *rec)
{
	enum outcome outcome = record_outcome(rec);

	sheet_put(&digest->sheet, outcome_attr(outcome), outcome_word(outcome), 0);
	sheet_blanks(&digest->sheet, 2);
	sheet_format(&digest->sheet, 0, ATTR_PLAIN, "%s%s%s", rec->probe, *rec->reason ? ": " : "",
	             rec->reason);
	for (size_t i = 0; i < rec->finding_count; i++)
		print_failed_finding(digest, &rec->findings[i]);
}

static bool is_skip(const struct record *rec)
{
	return record_outcome(rec) == OUTCOME_SKIPPED;
}

/* Skipped for one reason: a line for all of them, at the first. */
static void print_skipped(const struct digest *digest, size_t first)
{
	const char *reason = digest->records[first]->reason;
	struct buffer ids = {0};
	const char *text;

	for (size_t i = 0; i < digest->count; i++) {
		if (!is_skip(digest->records[i]) || strcmp(digest->records[i]->reason, reason) != 0)
			continue;
		if (i < first) {
			buffer_free(&ids);
			return; /* told there */
		}
		buffer_add(&ids, " %s", digest->records[i]->probe);
	}
	text = buffer_text(&ids);
	sheet_format(&digest->sheet, 0, ATTR_DIM, "skipped: %s:%s", reason,
	             text ? text : " (no memory for their names)");
	buffer_free(&ids);
}

static void print_unanswered_all(const struct digest *digest)
{
	const struct sheet *sheet = &digest->sheet;
	size_t again = 0;

	sheet_end_line(sheet);
	for (size_t i = 0; i < digest->count; i++) {
		const struct record *rec = digest->records[i];

		again += *rec->again != '\0';
		if (record_outcome(rec) != OUTCOME_OK && !is_skip(rec))
			print_unanswered(digest, rec);
	}
	for (size_t i = 0; i < digest->count; i++)
		if (is_skip(digest->records[i]))
			print_skipped(digest, i);
	if (again)
		sheet_format(sheet, 0, ATTR_DIM, "%zu probe%s asked again; -v says why", again,
		             again == 1 ? " was" : "s were");
}

static void print_kernel(const struct record *const *records, size_t count,
                         const struct report_style *style, FILE *out)
{
	struct digest digest = {
		.sheet = sheet_open(out, style, WIDTH_DEFAULT, WIDTH_LEAST),
		.records = records,
		.count = count,
	};

	count_claims(&digest);
	heading_print(&digest.sheet, records, count, NULL);
	print_section(&digest, VERDICT_REFUTED,
	              "the kernel does something else than the text says");
	print_section(&digest, VERDICT_QUALIFIED,
	              "as the text says under one condition, and under another like this");
	print_unanswered_all(&digest);
	absences_print(&digest.sheet, records, count);
	totals_print(&digest.sheet, records, count);
	legend_print(&digest.sheet, records, count, false);
}

int digest_print(const struct record *const *records, size_t count,
                 const struct report_style *style, FILE *out)
{
	for (size_t i = 0, same; i < count; i += same) {
		same = records_of_kernel(records + i, count - i);
		if (i)
			fputc('\n', out);
		print_kernel(records + i, same, style, out);
	}
	return ferror(out) ? -EIO : 0;
}
