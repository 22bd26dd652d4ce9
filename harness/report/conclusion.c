// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * conclusion: for instance
 *
 *   fin_segments: D says 1, on this kernel it is 10; the claim is wrong at tcp_orphan_retries=0.
 *
 * The settings are those that the claim or the finding's rule calls by their name. One that changed
 * during the run is not told: which of its values goes with the finding is not known here.
 */
#include "conclusion.h"

#include <ctype.h>
#include <string.h>

#include "claim_verdict.h"
#include "outcome_words.h"

/* ---- who says so ---- */

static size_t letters_count(const char *letters)
{
	size_t count = 0;

	for (; *letters; letters++)
		count += isupper((unsigned char)*letters) != 0;
	return count;
}

/* "D says", "A and D say", "A, B and D say"; a question of our own has no letter. */
static void who_add(struct buffer *words, const char *letters)
{
	size_t total = letters_count(letters), count = 0;

	for (; *letters; letters++) {
		if (!isupper((unsigned char)*letters))
			continue;
		buffer_add(words, "%s%c",
		           !count               ? ""
		           : count + 1 == total ? " and "
		                                : ", ",
		           *letters);
		count++;
	}
	buffer_add(words, "%s", !total ? "the claim says" : total == 1 ? " says" : " say");
}

/* ---- under which settings ---- */

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool is_named(const char *text, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = text; (at = strstr(at, name)); at += length)
		if ((at == text || !is_name(at[-1])) && !is_name(at[length]))
			return true;
	return false;
}

bool record_names_sysctl(const struct record *rec, const char *name)
{
	if (is_named(rec->title, name) || is_named(rec->question, name) ||
	    is_named(rec->kernel_path, name))
		return true;
	for (size_t i = 0; i < rec->claim_count; i++)
		if (is_named(rec->claims[i].text, name))
			return true;
	for (size_t i = 0; i < rec->finding_count; i++)
		if (is_named(rec->findings[i].rule, name))
			return true;
	return false;
}

static bool changed_in_run(const struct record *rec, const char *name)
{
	size_t left = rec->sysctl_count;

	for (size_t i = 0; left && i < rec->event_count; i++) {
		if (rec->events[i].kind != EVENT_SYSCTL)
			continue;
		left--;
		if (!strcmp(rec->events[i].sysctl.name, name))
			return true;
	}
	return false;
}

static void setting_add(struct buffer *words, const struct record *rec, const char *name,
                        const char *known_as, const char **separator)
{
	const char *client = settings_get(&rec->sysctls[SIDE_CLIENT], name);
	const char *server = settings_get(&rec->sysctls[SIDE_SERVER], name);

	buffer_add(words, "%s", *separator);
	*separator = ", ";
	if (client && server && strcmp(client, server) != 0)
		buffer_add(words, "client:%s=%s, server:%s=%s", known_as, client, known_as, server);
	else
		buffer_add(words, "%s=%s", known_as, client ? client : server);
}

static void settings_add(struct buffer *words, const struct record *rec,
                         const struct record_claim *claim, const struct finding *finding)
{
	const struct settings *set = &rec->sysctls[SIDE_CLIENT];
	const char *separator = " at ";

	if (!set->count)
		set = &rec->sysctls[SIDE_SERVER];
	for (size_t i = 0; i < set->count; i++) {
		const char *name = set->items[i].name, *dot = strrchr(name, '.');
		const char *known_as = dot ? dot + 1 : name;

		if ((is_named(claim->text, known_as) || is_named(finding->rule, known_as)) &&
		    !is_named(finding->in_case, known_as) && !changed_in_run(rec, name))
			setting_add(words, rec, name, known_as, &separator);
	}
}

/* ---- what is right and what is wrong ---- */

static enum verdict record_verdict(const struct record *rec)
{
	enum verdict verdict = VERDICT_NONE;

	for (size_t i = 0; i < rec->finding_count; i++)
		verdict = verdict_more(verdict, rec->findings[i].verdict);
	return verdict;
}

/* The first of them that is why its claim has @verdict; or else the first that has it. */
static const struct finding *finding_telling(const struct record *rec, enum verdict verdict)
{
	const struct finding *first = NULL;

	for (size_t i = 0; i < rec->finding_count; i++) {
		const struct finding *finding = &rec->findings[i];

		if (finding->verdict != verdict || !record_claim_find(rec, finding->claim))
			continue;
		if (!finding_is_as_said(finding))
			return finding;
		if (!first)
			first = finding;
	}
	return first;
}

static size_t claims_of(const struct record *rec, enum verdict verdict)
{
	size_t count = 0;

	for (size_t i = 0; i < rec->claim_count; i++)
		count += claim_verdict(rec, rec->claims[i].id) == verdict;
	return count;
}

/* In a sentence no words are "nothing": of segments, calls, states. */
static const char *told(const struct value *value, char *buf, size_t size)
{
	const char *text = value_text(value, buf, size);

	return *text ? text : "nothing";
}

static void against_add(struct buffer *words, const struct record *rec, enum verdict verdict)
{
	const struct finding *finding = finding_telling(rec, verdict);
	char says[256], measured[256], name[200];
	const struct record_claim *claim;
	size_t others = claims_of(rec, verdict);

	if (!finding)
		return;
	claim = record_claim_find(rec, finding->claim);
	buffer_add(words, "%s: ", finding_title(finding_id_of(finding), name, sizeof(name)));
	who_add(words, claim->article);
	buffer_add(words, " %s, on this kernel it is %s; the claim is %s",
	           told(&finding->says, says, sizeof(says)),
	           told(&finding->measured, measured, sizeof(measured)),
	           verdict == VERDICT_REFUTED ? "wrong" : "right only in part");
	settings_add(words, rec, claim, finding);
	buffer_add(words, ".");
	if (others > 1)
		buffer_add(words, " So %s %zu other%s of its claims.", others == 2 ? "is" : "are",
		           others - 1, others == 2 ? "" : "s");
}

/* The letters of all claims that are right, each once. */
static void letters_right(const struct record *rec, char *letters, size_t size)
{
	size_t used = 0;

	for (char letter = 'A'; letter <= 'Z' && used + 1 < size; letter++)
		for (size_t i = 0; i < rec->claim_count; i++)
			if (strchr(rec->claims[i].article, letter) &&
			    claim_verdict(rec, rec->claims[i].id) == VERDICT_CONFIRMED) {
				letters[used++] = letter;
				break;
			}
	letters[used] = '\0';
}

static void right_add(struct buffer *words, const struct record *rec)
{
	size_t said = 0;
	char letters[27];

	for (size_t i = 0; i < rec->finding_count; i++)
		said += rec->findings[i].verdict == VERDICT_CONFIRMED;
	letters_right(rec, letters, sizeof(letters));
	buffer_add(words, "This kernel does what ");
	who_add(words, letters);
	buffer_add(words, ": %zu finding%s as said.", said, said == 1 ? " is" : "s are");
}

static void failure_add(struct buffer *words, const struct record *rec)
{
	char predicts[256], measured[256], name[200];

	for (size_t i = 0; i < rec->finding_count; i++) {
		const struct finding *finding = &rec->findings[i];

		if (finding->model != MODEL_FAILS)
			continue;
		buffer_add(words,
		           "%s: the model predicts %s, on this kernel it is %s; one of "
		           "them is wrong.",
		           finding_title(finding_id_of(finding), name, sizeof(name)),
		           told(&finding->predicts, predicts, sizeof(predicts)),
		           told(&finding->measured, measured, sizeof(measured)));
		return;
	}
}

void conclusion_add(struct buffer *words, const struct record *rec)
{
	enum outcome outcome = record_outcome(rec);
	enum verdict verdict = record_verdict(rec);

	if (outcome == OUTCOME_MODEL_FAILED)
		failure_add(words, rec);
	if (outcome != OUTCOME_OK || !rec->finding_count)
		return;
	switch (verdict) {
	case VERDICT_REFUTED:
	case VERDICT_QUALIFIED:
		against_add(words, rec, verdict);
		break;
	case VERDICT_CONFIRMED:
		right_add(words, rec);
		break;
	case VERDICT_NONE:
		buffer_add(words, "No text says what this kernel does; it does what the model "
		                  "predicts.");
		break;
	case VERDICT_INCONCLUSIVE:
	case VERDICT_SKIPPED:
	case VERDICT_COUNT:
		break;
	}
}
