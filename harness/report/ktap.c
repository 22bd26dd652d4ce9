// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ktap: KTAP version 1 (Documentation/dev-tools/ktap.rst). A test is a probe, its
 * subtests are its findings. What fails a test is the model: an article that the
 * kernel refutes is a finding, in the diagnostics, not a failure. What was not
 * decided is no pass either: SKIP with the reason.
 */
#include <errno.h>

#include "report.h"
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

static void put_directive(FILE *out, const char *directive, const char *what, const char *why)
{
	fprintf(out, " # %s%s%s%s", directive, *what ? " " : "", what, *what && *why ? ":" : "");
	if (*why) {
		fputc(' ', out);
		put_text(out, why);
	}
}

static void finding_directive(FILE *out, const struct finding *finding)
{
	switch (finding->verdict) {
	case VERDICT_INCONCLUSIVE:
		put_directive(out, "SKIP", "inconclusive", finding->note);
		return;
	case VERDICT_SKIPPED:
		put_directive(out, "SKIP", "", finding->note);
		return;
	case VERDICT_CONFIRMED:
	case VERDICT_REFUTED:
	case VERDICT_QUALIFIED:
	case VERDICT_NONE:
	case VERDICT_COUNT:
		return;
	}
}

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

static void finding_print(const struct finding *finding, const struct spread *spread,
                          unsigned int phases, size_t number, FILE *out)
{
	bool pass = finding->model != MODEL_FAILS;
	char title[200];

	if (spread)
		pass = pass && !spread_failed(spread);
	fputs("  # ", out);
	put_value(out, "says", &finding->says);
	put_value(out, ", predicts", &finding->predicts);
	put_value(out, ", measured", &finding->measured);
	fprintf(out, ": %s\n", verdict_name(finding->verdict));
	if (spread)
		spread_print(spread, phases, out);
	if (!pass && finding->rule[0]) {
		fputs("  # the model rests on ", out);
		put_text(out, finding->rule);
		fputc('\n', out);
	}
	fprintf(out, "  %sok %zu ", pass ? "" : "not ", number);
	put_text(out, finding->claim);
	fputs(finding->claim[0] ? "/" : "", out);
	put_text(out, finding_title(finding_id_of(finding), title, sizeof(title)));
	finding_directive(out, finding);
	fputc('\n', out);
}

static void outcome_directive(FILE *out, const struct record *rec)
{
	if (!rec->finished) {
		put_directive(out, "ERROR", "the record ends before the result", rec->reason);
		return;
	}
	switch (rec->outcome) {
	case OUTCOME_INCONCLUSIVE:
		put_directive(out, "SKIP", "inconclusive", rec->reason);
		return;
	case OUTCOME_SKIPPED:
		put_directive(out, "SKIP", "", rec->reason);
		return;
	case OUTCOME_ERROR:
		put_directive(out, "ERROR", "", rec->reason);
		return;
	case OUTCOME_CRASHED:
		put_directive(out, "ERROR", "crashed", rec->reason);
		return;
	case OUTCOME_TIMED_OUT:
		put_directive(out, "TIMEOUT", "", rec->reason);
		return;
	case OUTCOME_OK:
	case OUTCOME_MODEL_FAILED:
	case OUTCOME_COUNT:
		return;
	}
}

static bool outcome_passes(const struct record *rec)
{
	return rec->finished && (rec->outcome == OUTCOME_OK || rec->outcome == OUTCOME_SKIPPED ||
	                         rec->outcome == OUTCOME_INCONCLUSIVE);
}

int ktap_print_header(size_t probes, FILE *out)
{
	fprintf(out, "KTAP version 1\n1..%zu\n", probes);
	return ferror(out) ? -EIO : 0;
}

int ktap_print(const struct record *rec, const struct phases *phases, size_t number, FILE *out)
{
	const struct probe_phases *all = phases_find(phases, rec->probe);
	bool pass = outcome_passes(rec) && !(all && probe_phases_failed(all));

	if (rec->finding_count) {
		fprintf(out, "  KTAP version 1\n  1..%zu\n", rec->finding_count);
		for (size_t i = 0; i < rec->finding_count; i++)
			finding_print(&rec->findings[i],
			              spread_find(all, finding_id_of(&rec->findings[i])),
			              phases ? phases->count : 0, i + 1, out);
	}
	for (unsigned int i = 0; i < OBSERVER_COUNT; i++) {
		if (!rec->lost[i])
			continue;
		fprintf(out, "# %s lost %llu events\n", observer_name(i),
		        (unsigned long long)rec->lost[i]);
	}
	if (all && all->failed)
		fprintf(out, "# failed in %u of %u timer phases\n", all->failed, phases->count);
	fprintf(out, "%sok %zu ", pass ? "" : "not ", number);
	put_text(out, rec->probe);
	outcome_directive(out, rec);
	fputc('\n', out);
	return ferror(out) ? -EIO : 0;
}
