// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ktap: KTAP (Documentation/dev-tools/ktap.rst) as two readers take it: the network CI's
 * (linux-netdev/nipa, parse_nested_tests()) and tools/testing/kunit/kunit_parser.py.
 *
 * - The first line is kselftest.h's "TAP version 13": ktap.rst has it beside "KTAP version 1",
 *   and it is the only one that the network CI looks for. Nested plans have KTAP's own.
 * - A probe is a test, a finding that was decided is a subtest. One that was not has a remark
 *   and no result: it did not pass, and "# SKIP" anywhere is the whole program's to the network
 *   CI. So that directive is for probes of which nothing was decided, which have no subtests.
 * - kunit_parser counts subtests and not their parent: where a probe failed otherwise than by a
 *   finding, a subtest of its own says so.
 * - The time is the probe's own, "# time=12ms", as net/mptcp/mptcp_lib.sh has it.
 */
#include "ktap.h"

#include <errno.h>

#include "../base/clock.h"
#include "text.h"

/* '#' begins a directive: no name and no reason may contain one. */
static void put_text(FILE *out, const char *text)
{
	unsigned int columns;
	char glyph[5];
	size_t n;

	while ((n = text_next(text, glyph, &columns))) {
		fputs(glyph[0] == '#' ? "_" : glyph, out);
		text += n;
	}
}

static void put_value(FILE *out, const char *what, const struct value *value)
{
	char buf[256];

	fprintf(out, "%s ", what);
	put_text(out, value_text(value, buf, sizeof(buf)));
}

static void put_name(FILE *out, const struct finding *finding)
{
	char title[200];

	put_text(out, finding->claim);
	fputs(finding->claim[0] ? "/" : "", out);
	put_text(out, finding_title(finding_id_of(finding), title, sizeof(title)));
}

/* ---- a finding ---- */

static void spread_print(const struct spread *spread, unsigned int phases, FILE *out)
{
	char why[SPREAD_WHY_SIZE];

	fprintf(out, "  # over %u timer phases: ", phases);
	put_value(out, "measured", &spread->measured);
	if (spread->differ) {
		fprintf(out, ", in %u ", spread->differ);
		put_value(out, "also", &spread->other);
	}
	if (spread->undecided)
		fprintf(out, ", not measured in %u", spread->undecided);
	if (spread->model_failed)
		fprintf(out, ", the model failed in %u", spread->model_failed);
	if (!spread_fits_wheel(spread, why))
		fprintf(out, ", %s", why);
	fputc('\n', out);
}

static void comparison_print(const struct finding *finding, FILE *out)
{
	put_value(out, "says", &finding->says);
	put_value(out, ", predicts", &finding->predicts);
	put_value(out, ", measured", &finding->measured);
	fprintf(out, ": %s%s", verdict_name(finding->verdict), *finding->note ? ": " : "");
	put_text(out, finding->note);
	fputc('\n', out);
}

/* With the name, which has no line of its own. */
static void remark_print(const struct finding *finding, FILE *out)
{
	fputs("# ", out);
	put_name(out, finding);
	fputs(": ", out);
	comparison_print(finding, out);
}

static void finding_print(const struct finding *finding, const struct probe_phases *all,
                          unsigned int number, FILE *out)
{
	const struct spread *spread = spread_find(all, finding_id_of(finding));
	bool pass = finding_passes(finding, all);

	fputs("  # ", out);
	comparison_print(finding, out);
	if (spread)
		spread_print(spread, all->phases, out);
	if (!pass && finding->rule[0]) {
		fputs("  # the model rests on ", out);
		put_text(out, finding->rule);
		fputc('\n', out);
	}
	fprintf(out, "  %sok %u ", pass ? "" : "not ", number);
	put_name(out, finding);
	fputc('\n', out);
}

/* ---- a probe ---- */

static size_t decided_count(const struct record *rec)
{
	size_t count = 0;

	for (size_t i = 0; i < rec->finding_count; i++)
		count += finding_is_test(&rec->findings[i]);
	return count;
}

static bool any_finding_failed(const struct record *rec, const struct probe_phases *all)
{
	for (size_t i = 0; i < rec->finding_count; i++)
		if (finding_is_test(&rec->findings[i]) && !finding_passes(&rec->findings[i], all))
			return true;
	return false;
}

static void findings_print(const struct record *rec, const struct probe_phases *all,
                           enum test_result result, FILE *out)
{
	bool otherwise = result != TEST_PASSED && !any_finding_failed(rec, all);
	size_t decided = decided_count(rec);
	unsigned int number = 0;

	fprintf(out, "  KTAP version 1\n  1..%zu\n", decided + otherwise);
	for (size_t i = 0; i < rec->finding_count; i++) {
		if (finding_is_test(&rec->findings[i])) {
			finding_print(&rec->findings[i], all, ++number, out);
			continue;
		}
		fputs("  ", out);
		remark_print(&rec->findings[i], out);
	}
	if (otherwise)
		fprintf(out, "  not ok %u carried_out\n", ++number);
}

static void remarks_print(const struct record *rec, FILE *out)
{
	for (size_t i = 0; i < rec->finding_count; i++)
		remark_print(&rec->findings[i], out);
}

static const char *directive(const struct record *rec, enum test_result result)
{
	switch (result) {
	case TEST_SKIPPED:
		return "SKIP";
	case TEST_ERROR:
		return rec->finished && rec->outcome == OUTCOME_TIMED_OUT ? "TIMEOUT" : "ERROR";
	case TEST_PASSED:
	case TEST_FAILED:
	case TEST_RESULT_COUNT:
		break;
	}
	return NULL;
}

static void directive_print(const struct record *rec, enum test_result result, FILE *out)
{
	const char *word = directive(rec, result), *kind = test_result_kind(rec);

	if (!word)
		return;
	fprintf(out, " # %s%s%s%s", word, *kind ? " " : "", kind, *kind && *rec->reason ? ":" : "");
	fputs(*rec->reason ? " " : "", out);
	put_text(out, rec->reason);
}

static void losses_print(const struct record *rec, FILE *out)
{
	for (unsigned int i = 0; i < OBSERVER_COUNT; i++)
		if (rec->lost[i])
			fprintf(out, "# %s lost %llu events\n", observer_name(i),
			        (unsigned long long)rec->lost[i]);
}

void ktap_begin(struct ktap *ktap, size_t probes, FILE *out)
{
	*ktap = (struct ktap){.out = out};
	fprintf(out, "TAP version 13\n1..%zu\n", probes);
}

void ktap_print(struct ktap *ktap, const struct record *rec, const struct phases *phases)
{
	const struct probe_phases *all = phases_find(phases, rec->probe);
	enum test_result result = test_result_of(rec, all);
	FILE *out = ktap->out;

	ktap->by[result]++;
	if (result != TEST_SKIPPED && decided_count(rec))
		findings_print(rec, all, result, out);
	else
		remarks_print(rec, out);
	losses_print(rec, out);
	if (all && all->failed)
		fprintf(out, "# failed in %u of %u timer phases\n", all->failed, phases->count);
	fprintf(out, "%sok %u ", result == TEST_PASSED || result == TEST_SKIPPED ? "" : "not ",
	        ++ktap->number);
	put_text(out, *rec->probe ? rec->probe : "?");
	directive_print(rec, result, out);
	fprintf(out, " # time=%lldms\n",
	        (long long)((rec->elapsed_ns + NS_PER_MS / 2) / NS_PER_MS));
}

int ktap_end(const struct ktap *ktap)
{
	fprintf(ktap->out, "# Totals: pass:%u fail:%u xfail:0 xpass:0 skip:%u error:%u\n",
	        ktap->by[TEST_PASSED], ktap->by[TEST_FAILED], ktap->by[TEST_SKIPPED],
	        ktap->by[TEST_ERROR]);
	return ferror(ktap->out) ? -EIO : 0;
}
