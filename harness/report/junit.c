// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * junit: there is no standard of it; what is written here is what Jenkins' xunit plugin takes
 * (junit-10.xsd), which GitLab, GitHub's actions and others read as well: suites with properties,
 * cases with a failure, an error or a reason to be skipped, times in seconds. No date: the same
 * records give the same bytes.
 */
#include "junit.h"

#include <errno.h>
#include <string.h>

#include "../base/clock.h"
#include "finding_rows.h"
#include "heading.h"
#include "markup.h"

struct junit {
	const struct record *const *records;
	size_t count;
	const struct phases *phases;
	FILE *out;
};

struct junit_counts {
	size_t by[TEST_RESULT_COUNT], total;
	int64_t elapsed_ns;
};

static enum test_result result_of(const struct junit *junit, const struct record *rec)
{
	return test_result_of(rec, phases_find(junit->phases, rec->probe));
}

/* ---- suites ---- */

static bool is_of_suite(const struct record *rec, const struct record *first)
{
	const struct run_info *a = &first->run, *b = &rec->run;

	return rec->family == first->family && rec->faithful == first->faithful &&
	       !strcmp(a->kernel, b->kernel) && !strcmp(a->machine, b->machine) &&
	       !strcmp(a->guest, b->guest) && !strcmp(a->clock, b->clock) &&
	       !strcmp(a->privilege, b->privilege) && !strcmp(a->version, b->version);
}

static bool is_first_of_suite(const struct junit *junit, size_t at)
{
	const struct record *rec = junit->records[at];

	for (size_t i = 0; rec && i < at; i++)
		if (junit->records[i] && is_of_suite(junit->records[i], rec))
			return false;
	return rec != NULL;
}

/* @first NULL: all. */
static struct junit_counts count_cases(const struct junit *junit, const struct record *first)
{
	struct junit_counts counts = {0};

	for (size_t i = 0; i < junit->count; i++) {
		const struct record *rec = junit->records[i];

		if (!rec || (first && !is_of_suite(rec, first)))
			continue;
		counts.by[result_of(junit, rec)]++;
		counts.total++;
		counts.elapsed_ns += rec->elapsed_ns;
	}
	return counts;
}

static void put_counts(FILE *out, const struct junit_counts *counts)
{
	fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" time=\"%.3f\"", counts->total,
	        counts->by[TEST_FAILED], counts->by[TEST_ERROR],
	        (double)counts->elapsed_ns / NS_PER_S);
}

static void put_property(FILE *out, const char *name, const char *value)
{
	if (!*value)
		return;
	fprintf(out, "\t\t\t<property name=\"%s\" value=\"", name);
	markup_text(out, value);
	fputs("\"/>\n", out);
}

static void put_properties(FILE *out, const struct record *rec)
{
	const struct run_info *run = &rec->run;

	fputs("\t\t<properties>\n", out);
	put_property(out, "finwait", run->version);
	put_property(out, "kernel", run->kernel);
	put_property(out, "machine", run->machine);
	put_property(out, "guest", run->guest);
	put_property(out, "clock", run->clock);
	put_property(out, "family", family_word(rec->family));
	put_property(out, "conditions", rec->faithful ? "faithful" : "quick");
	put_property(out, "privilege", run->privilege);
	fputs("\t\t</properties>\n", out);
}

/* ---- cases ---- */

static void put_value(FILE *out, const char *what, const struct value *value)
{
	char buf[256];

	markup_format(out, "%s %s", what, value_text(value, buf, sizeof(buf)));
}

static void put_finding(FILE *out, const struct finding *finding)
{
	char title[200];

	markup_format(out, "%s%s%s: ", finding->claim, *finding->claim ? "/" : "",
	              finding_title(finding_id_of(finding), title, sizeof(title)));
	put_value(out, "says", &finding->says);
	put_value(out, ", predicts", &finding->predicts);
	put_value(out, ", measured", &finding->measured);
	markup_format(out, ": %s", verdict_name(finding->verdict));
	if (finding->model == MODEL_FAILS)
		markup_format(out, ", the model failed (%s)", finding->rule);
	if (*finding->note)
		markup_format(out, " (%s)", finding->note);
	fputc('\n', out);
}

static void put_findings(FILE *out, const struct record *rec)
{
	if (!rec->finding_count)
		return;
	fputs("\t\t\t<system-out>\n", out);
	for (size_t i = 0; i < rec->finding_count; i++)
		put_finding(out, &rec->findings[i]);
	fputs("</system-out>\n", out);
}

static const char *result_element(enum test_result result)
{
	switch (result) {
	case TEST_FAILED:
		return "failure";
	case TEST_SKIPPED:
		return "skipped";
	case TEST_ERROR:
		return "error";
	case TEST_PASSED:
	case TEST_RESULT_COUNT:
		break;
	}
	return NULL;
}

static void put_result(const struct junit *junit, const struct record *rec)
{
	const char *element = result_element(result_of(junit, rec));
	const struct probe_phases *all = phases_find(junit->phases, rec->probe);
	const char *kind = rec->finished ? outcome_name(rec->outcome) : test_result_kind(rec);

	if (!element)
		return;
	fprintf(junit->out, "\t\t\t<%s type=\"", element);
	markup_text(junit->out, kind);
	fputs("\" message=\"", junit->out);
	markup_text(junit->out, *rec->reason ? rec->reason : kind);
	if (all && all->failed)
		fprintf(junit->out, " (failed in %u of %u timer phases)", all->failed, all->phases);
	fputs("\"/>\n", junit->out);
}

/* Up to the first dot: a group of probes, which the servers show as a package. */
static void put_class(FILE *out, const char *probe)
{
	markup_format(out, "finwait.%.*s", (int)strcspn(probe, "."), probe);
}

static void put_case(const struct junit *junit, const struct record *rec)
{
	FILE *out = junit->out;

	fputs("\t\t<testcase classname=\"", out);
	put_class(out, rec->probe);
	fputs("\" name=\"", out);
	markup_text(out, rec->probe);
	fprintf(out, "\" time=\"%.3f\">\n", (double)rec->elapsed_ns / NS_PER_S);
	put_result(junit, rec);
	put_findings(out, rec);
	fputs("\t\t</testcase>\n", out);
}

static void put_suite(const struct junit *junit, const struct record *first)
{
	const struct junit_counts counts = count_cases(junit, first);
	struct buffer whom = {0};
	FILE *out = junit->out;

	records_add_whom(&whom, &first, 1);
	fputs("\t<testsuite name=\"finwait on ", out);
	markup_text(out, buffer_text(&whom) ? buffer_text(&whom) : "");
	fputc('"', out);
	buffer_free(&whom);
	put_counts(out, &counts);
	fprintf(out, " skipped=\"%zu\">\n", counts.by[TEST_SKIPPED]);
	put_properties(out, first);
	for (size_t i = 0; i < junit->count; i++)
		if (junit->records[i] && is_of_suite(junit->records[i], first))
			put_case(junit, junit->records[i]);
	fputs("\t</testsuite>\n", out);
}

int junit_print(const struct record *const *records, size_t count, const struct phases *phases,
                FILE *out)
{
	const struct junit junit = {records, count, phases, out};
	const struct junit_counts counts = count_cases(&junit, NULL);

	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"finwait\"", out);
	put_counts(out, &counts);
	fputs(">\n", out);
	for (size_t i = 0; i < count; i++)
		if (is_first_of_suite(&junit, i))
			put_suite(&junit, records[i]);
	fputs("</testsuites>\n", out);
	return ferror(out) ? -EIO : 0;
}
