// SPDX-License-Identifier: GPL-2.0-or-later
/* columns: records by the run that they are of: which kernel answered, and what it was asked. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../base/array.h"
#include "../outcome_words.h"
#include "page.h"

/* Of one kernel, asked by one finwait in one form, whatever was set. */
static bool same_kernel(const struct record *a, const struct record *b)
{
	return !strcmp(a->run.kernel, b->run.kernel) && !strcmp(a->run.guest, b->run.guest) &&
	       !strcmp(a->run.clock, b->run.clock) && !strcmp(a->run.privilege, b->run.privilege) &&
	       !strcmp(a->run.version, b->run.version) && a->faithful == b->faithful;
}

/* Were both asked in one and the same way? Nothing in a record tells runs apart that were. */
static bool same_run(const struct record *a, const struct record *b)
{
	return same_kernel(a, b) && run_asked_same(&a->run.asked, &b->run.asked);
}

static bool has_like(const struct page_column *column, const struct record *rec)
{
	for (size_t i = 0; i < column->count; i++)
		if (!strcmp(column->records[i]->probe, rec->probe) &&
		    column->records[i]->family == rec->family)
			return true;
	return false;
}

/* "6.12.118" of "6.12.118+deb13-cloud-amd64"; the whole where it begins otherwise. */
static const char *short_name(struct page *page, const char *kernel)
{
	size_t length = strspn(kernel, "0123456789.");
	const char *name = arena_text_n(&page->texts, kernel, length ? length : strlen(kernel));

	page->failed |= !name;
	return name && *name ? name : "?";
}

/* The column that @rec goes into; NULL: no memory. */
static struct page_column *column_for(struct page *page, const struct record *rec)
{
	struct page_column *own;

	for (size_t i = 0; i < page->count; i++)
		if (same_run(page->own[i].records[0], rec) && !has_like(&page->own[i], rec))
			return &page->own[i];
	own = array_reserve(page->own, &page->space, page->count + 1, sizeof(*own));
	if (!own)
		return NULL;
	page->own = own;
	own[page->count] = (struct page_column){.name = short_name(page, rec->run.kernel)};
	return &own[page->count++];
}

static int record_put(struct page *page, const struct record *rec)
{
	struct page_column *column = column_for(page, rec);
	const struct record **records;

	if (!column)
		return -ENOMEM;
	records = array_reserve(column->records, &column->space, column->count + 1,
	                        sizeof(const struct record *));
	if (!records)
		return -ENOMEM;
	column->records = records;
	records[column->count++] = rec;
	return 0;
}

/* ---- sweeps ---- */

#define COLUMNS_MOST 12 /* of more those of a sweep are plotted, and no columns */

static bool as_predicted(const struct page_column *column)
{
	for (size_t i = 0; i < column->count; i++) {
		enum outcome outcome = record_outcome(column->records[i]);

		if (outcome != OUTCOME_OK && outcome != OUTCOME_SKIPPED)
			return false;
	}
	return true;
}

/* Is there all that @column has in one of the first @count columns, of the same kernel? */
static bool has_all(const struct page *page, size_t count, const struct page_column *column)
{
	for (size_t i = 0; i < column->count; i++) {
		const struct record *rec = column->records[i];
		bool found = false;

		for (size_t j = 0; j < count && !found; j++)
			found = same_kernel(page->own[j].records[0], rec) &&
			        has_like(&page->own[j], rec);
		if (!found)
			return false;
	}
	return true;
}

/* What is as predicted with other settings, and is there with some, goes without a column. */
static void columns_fold(struct page *page)
{
	size_t kept = 0;

	for (size_t i = 0; i < page->count && page->count > COLUMNS_MOST; i++) {
		struct page_column own = page->own[i];

		if (as_predicted(&own) && has_all(page, kept, &own)) {
			free(own.records);
			page->folded++;
		} else {
			page->own[kept++] = own;
		}
	}
	if (page->folded)
		page->count = kept;
}

/* ---- names ---- */

void asked_add_words(struct buffer *words, const struct run_asked *asked)
{
	const struct settings *lists[] = {&asked->sets, &asked->params};
	const char *between = "";

	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; j < lists[i]->count; j++) {
			buffer_add(words, "%s%s=%s", between, lists[i]->items[j].name,
			           lists[i]->items[j].value);
			between = ", ";
		}
	if (asked->seed)
		buffer_add(words, "%sseed %llu", between, (unsigned long long)asked->seed);
}

/* In what a run of a kernel that was asked more than once is not as another one. */
struct distinct {
	bool asked, clock, privilege, version, form;
};

static void distinct_add(struct distinct *distinct, const struct record *a, const struct record *b)
{
	distinct->asked |= !run_asked_same(&a->run.asked, &b->run.asked);
	distinct->clock |=
		strcmp(a->run.clock, b->run.clock) != 0 || strcmp(a->run.guest, b->run.guest) != 0;
	distinct->privilege |= strcmp(a->run.privilege, b->run.privilege) != 0;
	distinct->version |= strcmp(a->run.version, b->run.version) != 0;
	distinct->form |= a->faithful != b->faithful;
}

static void distinct_words(struct buffer *words, const struct distinct *distinct,
                           const struct record *rec)
{
	const struct run_info *run = &rec->run;

	if (distinct->asked && run_asked_any(&run->asked)) {
		buffer_add(words, " ");
		asked_add_words(words, &run->asked);
	}
	if (distinct->clock)
		buffer_add(words, " %s time%s%s", run->clock, *run->guest ? ", " : "", run->guest);
	if (distinct->privilege)
		buffer_add(words, " %s", run->privilege);
	if (distinct->form)
		buffer_add(words, rec->faithful ? " faithful" : " quick");
	if (distinct->version)
		buffer_add(words, " finwait %s", run->version);
}

/* "6.12.118", of several runs of it "6.12.118 tcp_orphan_retries=1", of equal ones a number. */
static const char *column_name(struct page *page, size_t column)
{
	const struct page_column *own = &page->own[column];
	struct distinct distinct = {0};
	struct buffer words = {0};
	unsigned int same = 1;
	const char *name;

	for (size_t i = 0; i < page->count; i++) {
		if (strcmp(page->own[i].name, own->name) != 0)
			continue;
		distinct_add(&distinct, page->own[i].records[0], own->records[0]);
		same += i < column && same_run(page->own[i].records[0], own->records[0]);
	}
	buffer_add(&words, "%s", own->name);
	distinct_words(&words, &distinct, own->records[0]);
	if (same > 1)
		buffer_add(&words, " #%u", same);
	name = buffer_text(&words);
	name = name ? arena_text(&page->texts, name) : NULL;
	buffer_free(&words);
	page->failed |= !name;
	return name ? name : "?";
}

static int columns_name(struct page *page)
{
	page->columns = calloc(page->count + 1, sizeof(*page->columns));
	if (!page->columns)
		return -ENOMEM;
	for (size_t i = 0; i < page->count; i++)
		page->columns[i] = (struct matrix_column){.name = column_name(page, i),
		                                          .records = page->own[i].records,
		                                          .count = page->own[i].count};
	for (size_t i = 0; i < page->count; i++)
		page->own[i].name = page->columns[i].name;
	return page->failed ? -ENOMEM : 0;
}

int columns_collect(struct page *page, const struct record *const *records, size_t count)
{
	int err = 0;

	for (size_t i = 0; i < count && !err; i++)
		err = record_put(page, records[i]);
	if (err)
		return err;
	columns_fold(page);
	return columns_name(page);
}

const char *columns_word(const struct page *page)
{
	for (size_t i = 1; i < page->count; i++)
		if (strcmp(page->own[i].records[0]->run.kernel,
		           page->own[0].records[0]->run.kernel) != 0)
			return "kernel";
	return "run";
}

void columns_free(struct page *page)
{
	for (size_t i = 0; i < page->count; i++)
		free(page->own[i].records);
	free(page->own);
	free(page->columns);
}

const struct record *page_record(const struct page *page, size_t block, size_t column)
{
	return matrix_record(&page->mx, column, page->mx.blocks[block].rec);
}
