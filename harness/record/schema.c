// SPDX-License-Identifier: GPL-2.0-or-later
/* schema: the fields of each line but the events'; see field.h. */
#include <assert.h>

#include "../base/slack.h"
#include "schema.h"

#define IN_RUN(member) FIELD_AT(struct run_info, member)
#define IN_RECORD(member) FIELD_AT(struct record, member)
#define IN_FINDING(member) FIELD_AT(struct finding, member)
#define IN_INTERVAL(member) FIELD_AT(struct interval, member)
#define IN_AGAIN(member) FIELD_AT(struct again_line, member)
#define IN_SPREAD(member) FIELD_AT(struct phases_line, member)

static const struct type type_seed = TYPE_NUMBER(1, INT64_MAX, 0);
static const struct type type_hz = TYPE_NUMBER(0, 1000000, 0);

static const struct field asked_fields[] = {
	{"sets", &type_asked_settings, FIELD_AT(struct run_asked, sets), FIELD_GIVEN, "`--set`"},
	{"params", &type_asked_settings, FIELD_AT(struct run_asked, params), FIELD_GIVEN,
         "`--param`"},
	{"seed", &type_seed, FIELD_AT(struct run_asked, seed), FIELD_GIVEN, "`--seed`"},
	{0},
};

const struct field run_fields[] = {
	{"type", &type_text, 0, 0, FIELD_LINE, "`run`"},
	{"format", &type_text, 0, 0, FIELD_LINE, "`finwait/1`"},
	{"version", &type_chars, IN_RUN(version), FIELD_ALWAYS, "finwait's own"},
	{"kernel", &type_chars, IN_RUN(kernel), FIELD_ALWAYS, "as `uname -r` says"},
	{"machine", &type_chars, IN_RUN(machine), FIELD_ALWAYS, "as `uname -m` says"},
	{"clock", &type_chars, IN_RUN(clock), FIELD_ALWAYS, "`real` or `virtual`"},
	{"guest", &type_chars, IN_RUN(guest), FIELD_GIVEN,
         "what a kernel under QEMU runs on; absent: it is the machine's own"},
	{"hz", &type_hz, IN_RUN(hz), FIELD_ALWAYS, "the kernel's timer ticks a second"},
	{"privilege", &type_chars, IN_RUN(privilege), FIELD_ALWAYS, "`root` or `userns`"},
	{"asked", &type_object, IN_RUN(asked), FIELD_GIVEN, "what the command line asked for",
         .fields = asked_fields},
	{"features", &type_settings, IN_RUN(features), FIELD_ALWAYS, "`yes`, or why not"},
	{0},
};

const struct field claim_fields[] = {
	{"id", &type_text, FIELD_AT(struct record_claim, id), FIELD_NEEDED, "what findings name"},
	{"article", &type_text, FIELD_AT(struct record_claim, article), FIELD_ALWAYS,
         "whose claim it is: letters; `-`: a question of our own"},
	{"text", &type_text, FIELD_AT(struct record_claim, text), FIELD_ALWAYS,
         "what the article says, in our words"},
	{0},
};

static const struct field sysctls_fields[] = {
	{"client", &type_settings, IN_RECORD(sysctls[SIDE_CLIENT]), FIELD_ALWAYS, "the client's"},
	{"server", &type_settings, IN_RECORD(sysctls[SIDE_SERVER]), FIELD_ALWAYS, "the server's"},
	{0},
};

static const struct type type_wire = TYPE_WORD(wire_kind_words);
static const struct type type_slack = TYPE_NUMBER(0, 10000, SLACK_MS);

const struct field probe_fields[] = {
	{"type", &type_text, 0, 0, FIELD_LINE, "`probe`"},
	{"id", &type_text, 0, 0, FIELD_LINE, "the probe's, with its variant"},
	{"title", &type_kept_text, IN_RECORD(title), FIELD_GIVEN, "what it shows"},
	{"question", &type_kept_text, IN_RECORD(question), FIELD_GIVEN, "what it asks"},
	{"kernel_path", &type_kept_text, IN_RECORD(kernel_path), FIELD_GIVEN,
         "the kernel functions that answer it"},
	{"claims", &type_claims, 0, 0, FIELD_GIVEN, "what the articles say",
         .fields = claim_fields},
	{"family", &type_family, IN_RECORD(family), FIELD_ALWAYS, "IPv4 or IPv6"},
	{"wire", &type_wire, IN_RECORD(wire), FIELD_GIVEN,
         "what is between the hosts: a bridge of the kernel's, the harness that moves each frame "
         "by "
         "hand, a router, or nothing, since there is one host",
         .has = offsetof(struct record, has_wire)},
	{"variant", &type_kept_text, IN_RECORD(variant), FIELD_GIVEN,
         "which row of the probe's grid: its suffix"},
	{"again", &type_kept_text, IN_RECORD(again), FIELD_GIVEN,
         "asked once more, and why: a late machine or lost events alone had left it undecided"},
	{"slack_ms", &type_slack, IN_RECORD(slack_ms), FIELD_ALWAYS,
         "how late a timer may be beyond the kernel's own rounding"},
	{"faithful", &type_bool, IN_RECORD(faithful), FIELD_ALWAYS,
         "the articles' own parameters, not the quick ones"},
	{"params", &type_settings, IN_RECORD(params), FIELD_ALWAYS, "the probe's parameters"},
	{"sysctls", &type_object, 0, 0, FIELD_ALWAYS, "in force when the run began",
         .fields = sysctls_fields},
	{"observers", &type_observers, 0, 0, FIELD_ALWAYS,
         "`true`, or why this one was not there (`false` where nobody said)"},
	{0},
};

const struct field finding_fields[] = {
	{"claim", &type_text, IN_FINDING(claim), FIELD_ALWAYS, "the claim it judges"},
	{"case", &type_text, IN_FINDING(in_case), FIELD_GIVEN,
         "of several of one claim and name: which"},
	{"name", &type_text, IN_FINDING(name), FIELD_NEEDED, "what was measured"},
	{"unit", &type_text, IN_FINDING(unit), FIELD_ALWAYS, "`count`, `s`, `states`, ..."},
	{"says", &type_value, IN_FINDING(says), FIELD_ALWAYS, "the article"},
	{"predicts", &type_value, IN_FINDING(predicts), FIELD_ALWAYS, "the model"},
	{"measured", &type_value, IN_FINDING(measured), FIELD_ALWAYS, "the kernel"},
	{"verdict", &type_verdict, IN_FINDING(verdict), FIELD_NEEDED,
         "on the article; `none` where it gives no figure"},
	{"model_ok", &type_model, IN_FINDING(model), FIELD_GIVEN,
         "measured is as predicted; absent where nothing was judged"},
	{"rests_on", &type_mask, IN_FINDING(rests_on), FIELD_GIVEN,
         "what it was measured by: where one of these was absent or lost something, it is not "
         "decided"},
	{"late_ns", &type_duration, IN_FINDING(late_ns), FIELD_GIVEN,
         "not decided for this alone: how late the machine was"},
	{"grain_ns", &type_duration, IN_FINDING(grain_ns), FIELD_GIVEN,
         "what is predicted is one timer: by how much the timer wheel may round it up"},
	{"rule", &type_text, IN_FINDING(rule), FIELD_GIVEN, "what the prediction rests on"},
	{"note", &type_text, IN_FINDING(note), FIELD_GIVEN,
         "why it was not decided; what a qualified verdict depends on"},
	{0},
};

const struct field interval_fields[] = {
	{"claim", &type_text, IN_INTERVAL(claim), FIELD_ALWAYS, "the finding's"},
	{"case", &type_text, IN_INTERVAL(in_case), FIELD_GIVEN, "the finding's"},
	{"number", &type_uint, IN_INTERVAL(number), FIELD_NEEDED, "of the send: the first is 1"},
	{"from_ns", &type_duration, IN_INTERVAL(from_ns), FIELD_NEEDED,
         "when the one before left, or what the first is counted from"},
	{"at_ns", &type_duration, IN_INTERVAL(at_ns), FIELD_GIVEN,
         "when it left; absent: it was expected and did not"},
	{"lo_ns", &type_duration, IN_INTERVAL(lo_ns), FIELD_GIVEN,
         "predicted: how long after `from_ns`, at the least"},
	{"hi_ns", &type_duration, IN_INTERVAL(hi_ns), FIELD_GIVEN,
         "at the most; absent: the model expects no such send"},
	{0},
};

static const struct field states_fields[] = {
	{"client", &type_walk, IN_RECORD(walks[SIDE_CLIENT]), FIELD_ALWAYS, "of `c1`"},
	{"server", &type_walk, IN_RECORD(walks[SIDE_SERVER]), FIELD_ALWAYS, "of `l1`, then `s1`"},
	{0},
};

static const struct field late_total_fields[] = {
	{"max_ns", &type_duration, FIELD_AT(struct late_total, max_ns), FIELD_GIVEN, "the worst"},
	{"sum_ns", &type_duration, FIELD_AT(struct late_total, sum_ns), FIELD_GIVEN, "all of them"},
	{0},
};

static const struct field lateness_fields[] = {
	{"wake", &type_object, IN_RECORD(late[LATE_WAKE]), FIELD_GIVEN, "the harness's wake-ups",
         .fields = late_total_fields},
	{"timer", &type_object, IN_RECORD(late[LATE_TIMER]), FIELD_GIVEN,
         "timers beside the kernel's", .fields = late_total_fields},
	{"hand", &type_object, IN_RECORD(late[LATE_HAND]), FIELD_GIVEN, "frames on the hand wire",
         .fields = late_total_fields},
	{"steal", &type_object, IN_RECORD(late[LATE_STEAL]), FIELD_GIVEN,
         "the processor was somebody else's", .fields = late_total_fields},
	{"tick", &type_object, IN_RECORD(late[LATE_TICK]), FIELD_GIVEN,
         "the kernel's tick, so that its timers were set too early", .fields = late_total_fields},
	{0},
};
static_assert(LATE_WHAT_COUNT == 5, "a total for all that can be late");

const struct field result_fields[] = {
	{"type", &type_text, 0, 0, FIELD_LINE, "`result`"},
	{"probe", &type_text, 0, 0, FIELD_LINE, "the probe's id"},
	{"outcome", &type_outcome, IN_RECORD(outcome), FIELD_NEEDED, "of the probe"},
	{"reason", &type_kept_text, IN_RECORD(reason), FIELD_GIVEN, "why it is not `ok`"},
	{"findings", &type_findings, 0, 0, FIELD_ALWAYS, "in the order in which they were judged",
         .fields = finding_fields},
	{"intervals", &type_intervals, 0, 0, FIELD_GIVEN,
         "what was sent again and again: each send against the model", .fields = interval_fields},
	{"states", &type_object, 0, 0, FIELD_ALWAYS, "each end's main socket",
         .fields = states_fields},
	{"lost", &type_lost, 0, 0, FIELD_ALWAYS, "events that each observer knows it lost"},
	{"late", &type_object, 0, 0, FIELD_GIVEN, "how late the machine was, over the whole run",
         .fields = lateness_fields},
	{"elapsed_ns", &type_duration, IN_RECORD(elapsed_ns), FIELD_ALWAYS, "how long it took"},
	{0},
};

const struct field again_fields[] = {
	{"type", &type_text, 0, 0, FIELD_LINE, "`again`"},
	{"probe", &type_text, 0, 0, FIELD_LINE, "the probe's id"},
	{"outcome", &type_outcome, IN_AGAIN(outcome), FIELD_NEEDED, "of the run that was spoiled"},
	{"reason", &type_text, IN_AGAIN(reason), FIELD_ALWAYS, "why it is not `ok`"},
	{"late_ns", &type_duration, IN_AGAIN(late_ns), FIELD_ALWAYS, "how late the machine was"},
	{0},
};

static const struct type type_phase_count = TYPE_NUMBER(1, UINT32_MAX, 0);

const struct field phases_fields[] = {
	{"type", &type_text, 0, 0, FIELD_LINE, "`phases`"},
	{"probe", &type_text, 0, 0, FIELD_LINE, "the probe's id"},
	{"claim", &type_text, IN_SPREAD(spread.claim), FIELD_ALWAYS, "the finding's"},
	{"case", &type_text, IN_SPREAD(spread.in_case), FIELD_GIVEN, "the finding's"},
	{"name", &type_text, IN_SPREAD(spread.name), FIELD_NEEDED, "the finding's"},
	{"unit", &type_text, IN_SPREAD(spread.unit), FIELD_ALWAYS, "the finding's"},
	{"phases", &type_phase_count, IN_SPREAD(phases), FIELD_NEEDED, "how often it was run"},
	{"predicts", &type_value, IN_SPREAD(spread.predicts), FIELD_ALWAYS, "the model"},
	{"measured", &type_value, IN_SPREAD(spread.measured), FIELD_ALWAYS,
         "from the least to the greatest; the first of words"},
	{"other", &type_value, IN_SPREAD(spread.other), FIELD_GIVEN, "the first of other words"},
	{"differ", &type_uint, IN_SPREAD(spread.differ), FIELD_ALWAYS, "phases with other words"},
	{"model_failed", &type_uint, IN_SPREAD(spread.model_failed), FIELD_ALWAYS,
         "phases that were not as predicted"},
	{"undecided", &type_uint, IN_SPREAD(spread.undecided), FIELD_ALWAYS,
         "phases that measured nothing, or nothing that can be relied on"},
	{"grain_ns", &type_duration, IN_SPREAD(spread.grain_ns), FIELD_GIVEN,
         "as in the finding; absent where not all phases measured it"},
	{"gap_ns", &type_duration, IN_SPREAD(spread.gap_ns), FIELD_GIVEN,
         "the widest part of this grain that no phase falls into"},
	{0},
};

#define TALLY(word, outcome)                                                                       \
	{                                                                                          \
		word, &type_uint, (outcome) * sizeof(unsigned int), sizeof(unsigned int),          \
			FIELD_ALWAYS, "probes"                                                     \
	}

const struct field summary_fields[] = {
	{"type", &type_text, 0, 0, FIELD_LINE, "`summary`"},
	TALLY("ok", OUTCOME_OK),
	TALLY("model_failed", OUTCOME_MODEL_FAILED),
	TALLY("inconclusive", OUTCOME_INCONCLUSIVE),
	TALLY("skipped", OUTCOME_SKIPPED),
	TALLY("error", OUTCOME_ERROR),
	TALLY("crashed", OUTCOME_CRASHED),
	TALLY("timed_out", OUTCOME_TIMED_OUT),
	{0},
};
static_assert(OUTCOME_COUNT == 7, "a number for every outcome");
