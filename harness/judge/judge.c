// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../story/life.h"
#include "query.h"

struct judge {
	struct record *rec;
	const struct claim *claims;
	const char *current; /* the claim that comparisons belong to */
	unsigned int opened[CLAIMS_PER_PROBE];
	unsigned int findings[CLAIMS_PER_PROBE];
	char error[200]; /* the first misuse: the run is an error */
	int err; /* out of memory */
};

struct value value_none(void)
{
	return (struct value){.kind = VALUE_NONE};
}

struct value value_counts(int64_t lo, int64_t hi)
{
	return (struct value){.kind = VALUE_COUNT, .lo = lo, .hi = hi};
}

struct value value_count(int64_t count)
{
	return value_counts(count, count);
}

struct value value_time(int64_t lo_ns, int64_t hi_ns)
{
	return (struct value){.kind = VALUE_TIME, .lo = lo_ns, .hi = hi_ns};
}

struct value value_words(const char *text)
{
	return (struct value){.kind = VALUE_TEXT, .text = text};
}

static int claim_index(const struct judge *judge, const char *id)
{
	for (int i = 0; i < CLAIMS_PER_PROBE && judge->claims[i].id; i++)
		if (!strcmp(judge->claims[i].id, id))
			return i;
	return -1;
}

static void judge_misuse(struct judge *judge, const char *what, const char *id)
{
	if (!judge->error[0])
		snprintf(judge->error, sizeof(judge->error), "%s: %s", what, id);
}

void judge_claim(struct judge *judge, const char *id)
{
	int index = claim_index(judge, id);

	judge->current = id;
	if (index < 0) {
		judge_misuse(judge, "a claim was judged that the probe does not declare", id);
		return;
	}
	if (judge->opened[index]++)
		judge_misuse(judge, "a claim was judged twice", id);
}

/* Whether the two have a point in common; a sequence must be the same one. */
static bool value_meets(const struct value *a, const struct value *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case VALUE_NONE:
		return false;
	case VALUE_TEXT:
		return !strcmp(a->text, b->text);
	case VALUE_COUNT:
	case VALUE_TIME:
		return a->lo <= b->hi && b->lo <= a->hi;
	case VALUE_KIND_COUNT:
		break;
	}
	return false;
}

/* An observer that was not there, or that lost events: its index, or -1. */
static int rests_on_absent(const struct record *rec, unsigned int mask)
{
	for (int i = 0; i < OBSERVER_COUNT; i++)
		if ((mask & RESTS_ON(i)) && !rec->observed[i])
			return i;
	return -1;
}

static int rests_on_lost(const struct record *rec, unsigned int mask)
{
	for (int i = 0; i < OBSERVER_COUNT; i++)
		if ((mask & RESTS_ON(i)) && rec->lost[i])
			return i;
	return -1;
}

static enum verdict verdict_of(const struct comparison *c)
{
	if (c->says.kind == VALUE_NONE)
		return VERDICT_NONE;
	if (c->qualified)
		return VERDICT_QUALIFIED;
	return value_meets(&c->says, &c->measured) ? VERDICT_CONFIRMED : VERDICT_REFUTED;
}

/*
 * It had not ended when the record did. Only past the prediction does that tell
 * something: the kernel has taken longer.
 */
static bool is_unended(const struct comparison *c)
{
	return c->measured.kind == VALUE_TIME && c->measured.hi == INT64_MAX &&
	       c->predicts.hi != INT64_MAX && c->measured.lo <= c->predicts.hi;
}

static void finding_settle(struct record *rec, const struct comparison *c, struct finding *finding)
{
	int absent = rests_on_absent(rec, c->rests_on);
	int lost = rests_on_lost(rec, c->rests_on);

	if (c->skip) {
		finding->verdict = VERDICT_SKIPPED;
		finding->note = c->skip;
	} else if (absent >= 0) {
		finding->verdict = VERDICT_SKIPPED;
		finding->note =
			record_text(rec, "needs %s: %s", observer_name((enum observer)absent),
		                    rec->absent[absent]);
	} else if (lost >= 0) {
		finding->verdict = VERDICT_INCONCLUSIVE;
		finding->note =
			record_text(rec, "%s lost %llu events", observer_name((enum observer)lost),
		                    (unsigned long long)rec->lost[lost]);
	} else if (c->measured.kind == VALUE_NONE) {
		finding->verdict = VERDICT_INCONCLUSIVE;
		finding->note = c->why_not ? c->why_not : "it did not happen";
	} else if (is_unended(c)) {
		finding->verdict = VERDICT_INCONCLUSIVE;
		finding->note = "it had not ended when the record did";
	} else {
		finding->model =
			value_meets(&c->predicts, &c->measured) ? MODEL_HOLDS : MODEL_FAILS;
		finding->verdict = verdict_of(c);
		finding->note = c->qualified ? c->qualified : "";
	}
}

void judge_compare(struct judge *judge, const struct comparison *c)
{
	struct finding finding = {
		.claim = judge->current,
		.name = c->name,
		.unit = c->unit,
		.rule = c->rule,
		.says = c->says,
		.predicts = c->predicts,
		.measured = c->measured,
		.rests_on = c->rests_on,
	};
	int index = judge->current ? claim_index(judge, judge->current) : -1;

	if (index < 0) {
		judge_misuse(judge, "a comparison belongs to no claim", c->name);
		return;
	}
	judge->findings[index]++;
	finding_settle(judge->rec, c, &finding);
	if (record_add_finding(judge->rec, &finding) < 0)
		judge->err = -ENOMEM;
}

/* The next blank-separated word of *text, its length in *length; NULL at the end. */
static const char *word_next(const char **text, size_t *length)
{
	const char *word = *text + strspn(*text, " ");

	*length = strcspn(word, " ");
	*text = word + *length;
	return *length ? word : NULL;
}

/* Whether @part is @whole with words left out; those are put into @missing. */
static bool words_missing(const char *part, const char *whole, char *missing, size_t size)
{
	size_t part_len, whole_len, used = 0;
	const char *want = word_next(&part, &part_len), *word;

	missing[0] = '\0';
	while ((word = word_next(&whole, &whole_len))) {
		if (want && part_len == whole_len && !strncmp(want, word, part_len))
			want = word_next(&part, &part_len);
		else if (used < size)
			used += (size_t)snprintf(missing + used, size - used, "%s%.*s",
			                         used ? " " : "", (int)whole_len, word);
	}
	return !want;
}

void judge_walk(struct judge *judge, enum side host, const char *sock, const char *says,
                const char *predicted, const char *rule)
{
	const struct record *rec = judge->rec;
	char walk[240], missing[120], name[40], skip[200];
	struct life life;
	struct comparison c = {
		.name = name,
		.unit = "states",
		.says = says ? value_words(says) : value_none(),
		.predicts = value_words(predicted),
		.rests_on = RESTS_ON(OBSERVER_DIAG),
		.rule = rule,
	};

	snprintf(name, sizeof(name), "%s_states", sock[0] == 'l' ? "listener" : side_name(host));
	life_stitch(rec, host, sock, &life);
	life_walk(&life, walk, sizeof(walk));
	if (life.count)
		c.measured = value_words(walk);
	else
		c.why_not = "no observer saw this socket";
	if (rec->observed[OBSERVER_TRACE])
		c.rests_on |= RESTS_ON(OBSERVER_TRACE);
	else if (life.count && strcmp(walk, predicted) &&
	         words_missing(walk, predicted, missing, sizeof(missing))) {
		snprintf(skip, sizeof(skip), "needs trace: %s passed unseen between two polls",
		         missing);
		c.skip = skip;
	}
	judge_compare(judge, &c);
}

void judge_segments(struct judge *judge, int64_t from_ns, const char *says, const char *predicted,
                    const char *rule)
{
	struct packet_list sent;
	char flags[240];

	query_sent_all(judge->rec, &sent);
	query_since(&sent, from_ns);
	judge_compare(judge,
	              &(struct comparison){
			      .name = "segments",
			      .unit = "flags",
			      .says = says ? value_words(says) : value_none(),
			      .predicts = value_words(predicted),
			      .measured = value_words(query_flags(&sent, flags, sizeof(flags))),
			      .rests_on = RESTS_ON(OBSERVER_TAP),
			      .rule = rule,
		      });
}

void judge_error(struct judge *judge, const struct event *call, const char *says,
                 const char *predicted, const char *rule)
{
	const char *name = call && call->call.err ? strerrorname_np(call->call.err) : "none";

	judge_compare(judge, &(struct comparison){
				     .name = "error",
				     .unit = "errno",
				     .says = says ? value_words(says) : value_none(),
				     .predicts = value_words(predicted),
				     .measured = value_words(name ? name : "unknown"),
				     .rests_on = RESTS_ON(OBSERVER_STEPS),
				     .rule = rule,
			     });
}

static struct value value_truth(bool truth)
{
	return value_words(truth ? "yes" : "no");
}

void judge_truth(struct judge *judge, const char *name, const char *says, bool predicted,
                 bool measured, unsigned int rests_on, const char *rule)
{
	judge_compare(judge, &(struct comparison){
				     .name = name,
				     .unit = "yes/no",
				     .says = says ? value_words(says) : value_none(),
				     .predicts = value_truth(predicted),
				     .measured = value_truth(measured),
				     .rests_on = rests_on,
				     .rule = rule,
			     });
}

static void outcome_settle(struct judge *judge)
{
	struct record *rec = judge->rec;
	size_t skipped = 0;

	rec->outcome = OUTCOME_OK;
	for (size_t i = 0; i < rec->finding_count; i++) {
		const struct finding *finding = &rec->findings[i];

		if (finding->verdict == VERDICT_SKIPPED)
			skipped++;
		if (finding->model == MODEL_FAILS && rec->outcome != OUTCOME_MODEL_FAILED) {
			rec->outcome = OUTCOME_MODEL_FAILED;
			rec->reason = record_text(rec, "%s: measured differs from predicted",
			                          finding->name);
		}
		if (finding->verdict == VERDICT_INCONCLUSIVE && rec->outcome == OUTCOME_OK) {
			rec->outcome = OUTCOME_INCONCLUSIVE;
			rec->reason = record_text(rec, "%s: %s", finding->name, finding->note);
		}
	}
	if (rec->outcome == OUTCOME_OK && skipped == rec->finding_count) {
		rec->outcome = OUTCOME_SKIPPED;
		rec->reason = "every finding was skipped";
	}
}

int judge_record(struct record *rec, const struct claim *claims, judge_fn fn)
{
	struct judge judge = {.rec = rec, .claims = claims};

	fn(rec, &judge);
	for (int i = 0; i < CLAIMS_PER_PROBE && claims[i].id; i++)
		if (!judge.opened[i])
			judge_misuse(&judge, "a declared claim was not judged", claims[i].id);
		else if (!judge.findings[i])
			judge_misuse(&judge, "a claim has no finding", claims[i].id);
	outcome_settle(&judge);
	if (judge.error[0]) {
		rec->outcome = OUTCOME_ERROR;
		rec->reason = record_text(rec, "%s", judge.error);
	}
	return judge.err;
}
