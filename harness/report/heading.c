// SPDX-License-Identifier: GPL-2.0-or-later
#include "heading.h"

#include <stdlib.h>
#include <string.h>

#include "../base/buffer.h"

struct asked {
	struct whom whom;
	size_t probes, claims;
	int64_t elapsed_ns;
};

bool claim_is_repeated(const struct record *const *records, size_t at, const char *id)
{
	for (size_t i = 0; i < at; i++)
		if (records[i] && records[i]->family == records[at]->family &&
		    record_claim_find(records[i], id))
			return true;
	return false;
}

static bool is_virtual(const struct record *rec)
{
	return !strcmp(rec->run.clock, "virtual");
}

/* Asked of several kernels it is one probe. */
static bool probe_is_repeated(const struct record *const *records, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (records[i] && !strcmp(records[i]->probe, records[at]->probe))
			return true;
	return false;
}

static void whom_count(struct whom *whom, const struct record *rec)
{
	if (!whom->run)
		whom->run = &rec->run;
	whom->records++;
	whom->virtual += is_virtual(rec);
	whom->faithful += rec->faithful;
	whom->by_family[rec->family]++;
}

static struct asked asked_of(const struct record *const *records, size_t count)
{
	struct asked asked = {0};

	for (size_t i = 0; i < count; i++) {
		const struct record *rec = records[i];

		if (!rec)
			continue;
		whom_count(&asked.whom, rec);
		asked.probes += !probe_is_repeated(records, i);
		asked.elapsed_ns += rec->elapsed_ns;
		for (size_t j = 0; j < rec->claim_count; j++)
			asked.claims += !claim_is_repeated(records, i, rec->claims[j].id);
	}
	return asked;
}

const char *record_seconds(const struct record *rec)
{
	return is_virtual(rec) ? "kernel time" : "wall time";
}

static const char *form_words(const struct whom *whom)
{
	return whom->faithful == whom->records ? "faithful"
	       : whom->faithful                ? "partly faithful"
	                                       : "quick";
}

static const char *family_words(const struct whom *whom)
{
	if (!whom->by_family[FAMILY_IPV6])
		return "IPv4";
	return whom->by_family[FAMILY_IPV4] ? "IPv4 and IPv6" : "IPv6";
}

/* 9 min, 3.4 h: a sum over probes need not have more digits. */
static const char *span_text(int64_t ns, char *buf, size_t size)
{
	double minutes = (double)ns / (60.0 * NS_PER_S);

	if (minutes >= 120)
		snprintf(buf, size, "%.1f h", minutes / 60);
	else if (minutes >= 2)
		snprintf(buf, size, "%.0f min", minutes);
	else
		return duration_text(ns, buf, size);
	return buf;
}

void whom_add_words(struct buffer *words, const struct whom *whom)
{
	const struct run_info *run = whom->run;

	if (whom->kernels)
		buffer_add(words, "Linux %s", whom->kernels);
	else
		buffer_add(words, "Linux %s%s%s%s", run->kernel, *run->guest ? " in a VM (" : "",
		           run->guest, *run->guest ? ")" : "");
	buffer_add(words, ", %s time, %s, %s",
	           !whom->virtual                  ? "real"
	           : whom->virtual < whom->records ? "virtual and real"
	                                           : "virtual",
	           form_words(whom), family_words(whom));
}

/* Has no record before the @at-th its kernel? */
static bool kernel_is_new(const struct record *const *records, size_t at)
{
	for (size_t i = 0; i < at && records[at]; i++)
		if (records[i] && !strcmp(records[i]->run.kernel, records[at]->run.kernel))
			return false;
	return records[at] != NULL;
}

/* The kernels' names; NULL: it is one. */
static const char *kernels_text(const struct record *const *records, size_t count,
                                struct buffer *names)
{
	size_t kernels = 0;

	for (size_t i = 0; i < count; i++)
		if (kernel_is_new(records, i))
			buffer_add(names, "%s%s", kernels++ ? ", " : "", records[i]->run.kernel);
	return kernels > 1 ? buffer_text(names) : NULL;
}

void records_add_whom(struct buffer *words, const struct record *const *records, size_t count)
{
	struct buffer names = {0};
	struct whom whom = {.kernels = kernels_text(records, count, &names)};

	for (size_t i = 0; i < count; i++)
		if (records[i])
			whom_count(&whom, records[i]);
	if (whom.run)
		whom_add_words(words, &whom);
	buffer_free(&names);
}

static void asked_add_words(struct buffer *words, const struct asked *asked)
{
	bool mixed = asked->whom.virtual && asked->whom.virtual < asked->whom.records;
	char span[24];

	whom_add_words(words, &asked->whom);
	buffer_add(words, "   %zu claim%s by %zu probe%s, %s of %s", asked->claims,
	           asked->claims == 1 ? "" : "s", asked->probes, asked->probes == 1 ? "" : "s",
	           span_text(asked->elapsed_ns, span, sizeof(span)),
	           mixed                 ? "kernel and wall time"
	           : asked->whom.virtual ? "kernel time"
	                                 : "wall time");
}

void heading_add_words(struct buffer *words, const struct record *const *records, size_t count)
{
	struct asked asked = asked_of(records, count);
	struct buffer names = {0};

	asked.whom.kernels = kernels_text(records, count, &names);
	if (asked.whom.run)
		asked_add_words(words, &asked);
	buffer_free(&names);
}

void heading_print(const struct sheet *sheet, const struct record *const *records, size_t count,
                   const char *kernels)
{
	struct asked asked = asked_of(records, count);
	struct buffer words = {0};
	const char *text;

	if (!asked.whom.run)
		return;
	asked.whom.kernels = kernels;
	asked_add_words(&words, &asked);
	text = buffer_text(&words);
	sheet_text(sheet, 0, ATTR_BOLD, text ? text : "(no memory for these words)");
	buffer_free(&words);
}

static size_t columns_records(const struct matrix_column *columns, size_t count,
                              const struct record **records, struct buffer *names)
{
	size_t total = 0;

	for (size_t i = 0; i < count; i++) {
		if (columns[i].why || !columns[i].count)
			continue;
		if (names)
			buffer_add(names, "%s%s", names->used ? ", " : "", columns[i].name);
		for (size_t j = 0; j < columns[i].count; j++, total++)
			if (records)
				records[total] = columns[i].records[j];
	}
	return total;
}

void heading_print_columns(const struct sheet *sheet, const struct matrix_column *columns,
                           size_t count)
{
	size_t total = columns_records(columns, count, NULL, NULL);
	const struct record **records = calloc(total + 1, sizeof(*records));
	struct buffer names = {0};

	if (records) {
		(void)columns_records(columns, count, records, &names);
		heading_print(sheet, records, total, buffer_text(&names));
	}
	buffer_free(&names);
	free(records);
}

size_t records_of_kernel(const struct record *const *records, size_t count)
{
	size_t same = 1;

	while (same < count && !strcmp(records[same]->run.kernel, records[0]->run.kernel))
		same++;
	return same;
}
