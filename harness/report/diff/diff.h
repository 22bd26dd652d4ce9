/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diff: the parts of comparing two records, for its own files.
 * Theory of operation:
 *
 *   story -> tracks       track.c       what each end sent, what each socket went through
 *   two tracks -> edits   align.c       their longest common part, then its times
 *   records -> diff       record.c      all of it
 *   diff -> lines         text.c, condition.c
 *
 * A track holds one end's own doings only: what two ends do at about the same time may
 * come in either order without anything being different. What differs from one run to
 * the next by its nature is not in a track: times are since the entry before, sequence
 * numbers since the flow's first SYN, and ports are not told. Times are compared where one of
 * the kernel's timers decided them (a retransmission, a probe, a state that a timer ended):
 * how soon a process calls or an end answers is the machine's pace and not the kernel's.
 */
#ifndef FINWAIT_REPORT_DIFF_DIFF_H
#define FINWAIT_REPORT_DIFF_DIFF_H

#include "../../story/story.h"
#include "../alike.h"
#include "../report.h"
#include "../sheet.h"

/* ---- tracks ---- */

struct track_entry {
	const char *text;
	int64_t t_ns, gap_ns; /* it happened at most @gap_ns before @t_ns */
	int64_t step_ns; /* when the probe last did something by then */
	int64_t late_ns; /* how late the machine was, in all, since the entry before */
	bool timed; /* one of the kernel's timers decided when */
	bool polled; /* a state that nobody but diag saw */
};

struct track {
	struct track_entry *items;
	size_t count, space;
	struct arena texts;
	int64_t start_ns; /* what the first entry's time counts from */
};

/* What @host sent, each packet once, as it left, and whether it was delivered. */
int track_packets(const struct story *story, enum side host, struct track *track);
/* The states of @life, one of the story's. */
int track_states(const struct story *story, const struct life *life, struct track *track);
void track_free(struct track *track);

/* ---- edits ---- */

enum edit_op {
	EDIT_SAME,
	EDIT_TIME, /* the same, but at another time */
	EDIT_ONLY_A,
	EDIT_ONLY_B,
};

struct edit {
	enum edit_op op;
	const struct track_entry *entry[2];
	int64_t since_ns[2]; /* since the entry before that both have */
};

struct edits {
	struct edit *items;
	size_t count, differ;
	size_t excused; /* times that lateness explains: they count as the same */
	int64_t late_ns; /* the most that explained one */
};

/* 0 or -ENOMEM. @edits points into the tracks. */
int tracks_align(const struct track tracks[2], const struct diff_rule *rule, struct edits *edits);

/* ---- diff ---- */

enum section_kind { SECTION_STATES, SECTION_PACKETS };

struct diff_section {
	enum section_kind kind;
	char title[64];
	struct track tracks[2];
	struct edits edits;
};

struct diff_finding {
	const struct finding *finding[2]; /* NULL: this record has none */
	enum finding_field field;
};

#define DIFF_NOTES 3 /* the outcomes, and what of states and packets cannot be compared */

struct diff {
	struct diff_side sides[2];
	struct story stories[2];
	struct diff_rule rule;
	struct diff_finding *findings;
	size_t finding_count;
	struct diff_section *sections;
	size_t section_count, section_space;
	/* What else differs, in words; and what only explains (conditions). */
	const char *notes[DIFF_NOTES];
	struct arena texts;
	size_t note_count;
	size_t states, packets; /* entries that differ */
	size_t excused; /* times that lateness of the machine explains */
	int64_t late_ns; /* the most that explained one */
};

/* condition.c: what explains a difference, and is none by itself. */
void diff_print_conditions(const struct diff *diff, const struct sheet *sheet);

/* What one side has in @field, NULL: it has no such finding; and what the field is called. */
const char *diff_field_text(const struct finding *finding, enum finding_field field, char *buf,
                            size_t size);
const char *diff_field_word(enum finding_field field);

/* 0 or -ENOMEM; diff_free() it either way. */
int diff_records(const struct diff_side sides[2], int64_t slack_ns, struct diff *diff);
void diff_free(struct diff *diff);
size_t diff_total(const struct diff *diff);

#endif
