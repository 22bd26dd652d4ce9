/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * record: everything that was observed of one run of one probe, and what was
 * judged of it. Data, no policy: the judge and the reports read it, they reach
 * for nothing else.
 */
#ifndef FINWAIT_RECORD_RECORD_H
#define FINWAIT_RECORD_RECORD_H

#include <stdarg.h>
#include <stddef.h>

#include "../base/arena.h"
#include "../base/fault.h"
#include "event.h"

#define RECORD_FORMAT "finwait/1"

/* An ordered list of names and values: sysctls, parameters, features. */
struct setting {
	char *name, *value;
};
struct settings {
	struct setting *items;
	size_t count;
};

const char *settings_get(const struct settings *set, const char *name); /* NULL: absent */
int settings_put(struct settings *set, const char *name, const char *value); /* 0, -ENOMEM */
void settings_drop(struct settings *set, const char *name);
void settings_clear(struct settings *set);

/* What the user asked for beside the probes and their form: with it the run can be repeated. */
struct run_asked {
	struct settings sets, params; /* --set, --param, by the names that were typed */
	uint64_t seed; /* 0: none */
};

bool run_asked_any(const struct run_asked *asked);
bool run_asked_same(const struct run_asked *a, const struct run_asked *b);
void run_asked_clear(struct run_asked *asked);

/*
 * The same for every probe of one invocation: the record's first line. Copies share the
 * settings: whoever keeps one says whose they are.
 */
struct run_info {
	char version[32], kernel[96], machine[16];
	char clock[8]; /* "real", "virtual" */
	char guest[32]; /* of what: "QEMU 7.2.22, TCG"; "": the kernel runs on the machine */
	char privilege[8]; /* "root", "userns" */
	struct run_asked asked;
	int hz; /* timer ticks a second: the resolution of CLOCK_MONOTONIC_COARSE */
	struct settings features; /* name -> "yes", or why not */
};

/* What is between the two hosts. */
enum wire_kind {
	WIRE_KERNEL, /* a bridge; faults are nftables rules and netem */
	WIRE_HAND, /* the harness moves every frame: hold, release, inject one */
	WIRE_ROUTED, /* a router between two nets: takes a hop, answers with ICMP; faults as above */
	WIRE_NONE, /* one host talks to itself over lo */
	WIRE_KIND_COUNT,
};

enum verdict {
	VERDICT_CONFIRMED,
	VERDICT_REFUTED,
	VERDICT_QUALIFIED,
	VERDICT_INCONCLUSIVE,
	VERDICT_SKIPPED,
	VERDICT_NONE, /* the article gives no figure: only the model is judged */
	VERDICT_COUNT,
};

enum outcome {
	OUTCOME_OK,
	OUTCOME_MODEL_FAILED,
	OUTCOME_INCONCLUSIVE,
	OUTCOME_SKIPPED,
	OUTCOME_ERROR,
	OUTCOME_CRASHED,
	OUTCOME_TIMED_OUT,
	OUTCOME_COUNT,
};

enum value_kind { VALUE_NONE, VALUE_COUNT, VALUE_TIME, VALUE_TEXT, VALUE_KIND_COUNT };

/* A number with its bounds, a time with its bounds, or a sequence in words. */
struct value {
	enum value_kind kind;
	int64_t lo, hi; /* VALUE_COUNT: a count. VALUE_TIME: nanoseconds. lo == hi: exact */
	const char *text; /* VALUE_TEXT: "SYN_SENT ESTABLISHED"; of any length, never NULL there */
};

/* Whether what was measured is as the model predicts. */
enum model {
	MODEL_UNJUDGED, /* nothing that could be relied on was measured: inconclusive or skipped */
	MODEL_HOLDS,
	MODEL_FAILS,
};

/* Its texts are its owner's: record_add_finding() copies them, and makes "" of NULL. */
struct finding {
	const char *claim; /* the claim it judges */
	const char *in_case; /* of several of one name: "the second close()"; "" the only one */
	const char *name; /* "fin_segments" */
	const char *unit; /* "count", "s", "states" */
	struct value says, predicts, measured;
	enum verdict verdict;
	enum model model;
	unsigned int rests_on; /* mask of the observers: 1u << OBSERVER_TAP; 0: nobody said */
	int64_t late_ns; /* undecided for lateness alone: how late the machine was; else 0 */
	int64_t grain_ns; /* predicted is one timer: the grain of its wheel; else 0 */
	const char *rule; /* the kernel function or RFC section that the prediction rests on */
	const char *note; /* why inconclusive or skipped; the condition of a qualified one */
};

/*
 * Of what was sent again and again: one send, and when it was expected after the one before. Which
 * are one schedule is told by claim and case.
 */
struct interval {
	const char *claim, *in_case; /* as in the finding of it */
	unsigned int number; /* of the send, from 1 */
	int64_t from_ns; /* the send before, or what it is counted from */
	int64_t at_ns; /* when it left; 0: it was expected and did not */
	int64_t lo_ns, hi_ns; /* predicted: from then until it leaves; both 0: none was */
};

/* What an article says, in the record's own words. */
struct record_claim {
	const char *id, *article, *text;
};

/* All that was late, whether or not it was worth an event. */
struct late_total {
	int64_t max_ns, sum_ns;
};

struct spread;

/* No text of a record is NULL; each is a literal or lives in its @texts. */
struct record {
	struct arena texts;
	struct run_info run;
	const char *probe;
	const char *title, *question, *kernel_path; /* the probe's words; "": not in the record */
	const char *variant; /* which row of the probe's grid: its suffix; "" none */
	const char *again; /* asked once more, and why: "the machine was 41 ms late"; "" no */
	struct record_claim *claims;
	size_t claim_count, claim_space;
	enum family family;
	bool has_wire; /* false: nobody said, as in what 0.1.0 wrote */
	enum wire_kind wire;
	struct settings params;
	struct settings sysctls[SIDE_COUNT]; /* in force when the run began */
	bool faithful;
	int slack_ms; /* how late each timer may be beyond the kernel's own rounding */
	bool observed[OBSERVER_COUNT]; /* who was there */
	const char *absent[OBSERVER_COUNT]; /* why not, where not */
	uint64_t lost[OBSERVER_COUNT]; /* events that the observer knows it lost */
	struct late_total late[LATE_WHAT_COUNT]; /* over the whole run, the small ones too */
	struct event *events; /* in order of arrival; record_sort() for order of time */
	size_t event_count, event_space;
	size_t sysctl_count; /* of them are EVENT_SYSCTL */
	struct finding *findings;
	size_t finding_count, finding_space;
	struct interval *intervals; /* those of one schedule together, in order */
	size_t interval_count, interval_space;
	enum outcome outcome;
	const char *reason;
	const char *walks[SIDE_COUNT]; /* states of each end's main socket; "": nobody told */
	int64_t elapsed_ns;
	bool finished; /* a result line was there: false means torn off */
	struct spread *spreads; /* phases.h: what it came to in all phases, of which this is one */
	size_t spread_count, spread_space;
	unsigned int phases; /* how many that are; 0: nobody said */
};

struct record *record_new(void);
void record_free(struct record *rec);
/* Copies, with their texts. 0 or -ENOMEM: nothing was added then. */
int record_add_event(struct record *rec, const struct event *event);
int record_add_finding(struct record *rec, const struct finding *finding);
int record_add_interval(struct record *rec, const struct interval *interval);
/* What @rec knows of the claim @id; NULL: nothing. */
const struct record_claim *record_claim_find(const struct record *rec, const char *id);
int record_add_claim(struct record *rec, const struct record_claim *claim);
int record_add_spread(struct record *rec, const struct spread *spread);
/*
 * A text that lives as long as @rec: rec->reason = record_text(rec, "%s: %s", ...).
 * Never NULL: without memory it says so.
 */
const char *record_text(struct record *rec, const char *fmt, ...) PRINTF(2, 3);
const char *record_vtext(struct record *rec, const char *fmt, va_list args) PRINTF(2, 0);
/* By t_ns; stable, so that events of one instant stay as they arrived. */
void record_sort(struct record *rec);
/* What tells a finding from all others of its record. */
struct finding_id {
	const char *claim, *in_case, *name;
};
struct finding_id finding_id_of(const struct finding *finding);
bool finding_id_same(struct finding_id a, struct finding_id b);
const struct finding *finding_find(const struct record *rec, struct finding_id id); /* or NULL */
/* Its name, with its case where it has one: "error (the second close())". */
const char *finding_title(struct finding_id id, char *buf, size_t size);
/* Neither right nor wrong: inconclusive or skipped. */
bool finding_undecided(const struct finding *finding);

/* A sysctl in force at @host as a number; false: absent or not a number. */
bool record_sysctl(const struct record *rec, enum side host, const char *name, int64_t *value);
/* The same at @t_ns: a sysctl may change during the run. */
bool record_sysctl_at(const struct record *rec, enum side host, const char *name, int64_t t_ns,
                      int64_t *value);
bool record_param(const struct record *rec, const char *name, int64_t *value);

const char *wire_kind_name(enum wire_kind wire);
const char *verdict_name(enum verdict verdict);
int verdict_parse(const char *name);
const char *outcome_name(enum outcome outcome);
int outcome_parse(const char *name);

/* "8", "4..5", "6.60 s", "6.40..6.71 s", "SYN_SENT ESTABLISHED", "-" for none. */
const char *value_text(const struct value *value, char *buf, size_t size);

#endif
