// SPDX-License-Identifier: GPL-2.0-or-later
/* columns: records by the kernel that answered. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../base/array.h"
#include "page.h"

static bool same_kernel(const struct run_info *a, const struct run_info *b)
{
	return !strcmp(a->kernel, b->kernel) && !strcmp(a->guest, b->guest) &&
	       !strcmp(a->clock, b->clock);
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

static const char *column_name(struct page *page, const struct record *rec)
{
	const char *name = short_name(page, rec->run.kernel), *kept;
	unsigned int same = 1;
	char numbered[160];

	for (size_t i = 0; i < page->count; i++)
		same += !strncmp(page->own[i].name, name, strlen(name)) &&
		        strchr(" ", page->own[i].name[strlen(name)]);
	if (same == 1)
		return name;
	snprintf(numbered, sizeof(numbered), "%s #%u", name, same);
	kept = arena_text(&page->texts, numbered);
	page->failed |= !kept;
	return kept ? kept : "?";
}

/* The column that @rec goes into; NULL: no memory. */
static struct page_column *column_for(struct page *page, const struct record *rec)
{
	struct page_column *own;

	for (size_t i = 0; i < page->count; i++)
		if (same_kernel(&page->own[i].records[0]->run, &rec->run) &&
		    !has_like(&page->own[i], rec))
			return &page->own[i];
	own = array_reserve(page->own, &page->space, page->count + 1, sizeof(*own));
	if (!own)
		return NULL;
	page->own = own;
	own[page->count] = (struct page_column){.name = column_name(page, rec)};
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

int columns_collect(struct page *page, const struct record *const *records, size_t count)
{
	int err = 0;

	for (size_t i = 0; i < count && !err; i++)
		err = record_put(page, records[i]);
	page->columns = calloc(page->count + 1, sizeof(*page->columns));
	if (err || !page->columns || page->failed)
		return -ENOMEM;
	for (size_t i = 0; i < page->count; i++)
		page->columns[i] = (struct matrix_column){.name = page->own[i].name,
		                                          .records = page->own[i].records,
		                                          .count = page->own[i].count};
	return 0;
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
