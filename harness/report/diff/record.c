// SPDX-License-Identifier: GPL-2.0-or-later
/* record: all that is compared of two records. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "../../base/array.h"
#include "diff.h"

static void note(struct diff *diff, const char *fmt, ...) PRINTF(2, 3);

static void note(struct diff *diff, const char *fmt, ...)
{
	const char *kept = NULL;
	va_list args;
	char *text;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) >= 0) {
		kept = arena_text(&diff->texts, text);
		free(text);
	}
	va_end(args);
	diff->notes[diff->note_count++] = kept ? kept : "(no memory for these words)";
}

/* ---- what became of the runs ---- */

static void diff_outcomes(struct diff *diff)
{
	const struct record *a = diff->sides[0].rec, *b = diff->sides[1].rec;
	const char *words[2] = {a->finished ? outcome_name(a->outcome) : "cut off",
	                        b->finished ? outcome_name(b->outcome) : "cut off"};

	if (strcmp(words[0], words[1]))
		note(diff, "outcome: %s%s%s, and %s%s%s", words[0], *a->reason ? ": " : "",
		     a->reason, words[1], *b->reason ? ": " : "", b->reason);
}

/* What one observer alone can tell is compared where it was there both times. */
static bool both_observed(struct diff *diff, enum observer observer, const char *what)
{
	const struct record *a = diff->sides[0].rec, *b = diff->sides[1].rec;
	const struct diff_side *blind = a->observed[observer] ? &diff->sides[1] : &diff->sides[0];

	if (a->observed[observer] != b->observed[observer])
		note(diff, "%s cannot be compared: no %s in %s%s%s", what, observer_name(observer),
		     blind->name, *blind->rec->absent[observer] ? ": " : "",
		     blind->rec->absent[observer]);
	return a->observed[observer] && b->observed[observer];
}

/* ---- findings ---- */

static int finding_differs(struct diff *diff, const struct finding *a, const struct finding *b,
                           enum finding_field field)
{
	struct diff_finding *items =
		reallocarray(diff->findings, diff->finding_count + 1, sizeof(*items));

	if (!items)
		return -ENOMEM;
	diff->findings = items;
	items[diff->finding_count++] = (struct diff_finding){{a, b}, field};
	return 0;
}

static int finding_compare(struct diff *diff, const struct finding *a, const struct finding *b)
{
	unsigned int fields = findings_unlike(&diff->rule, a, b);
	int err = 0;

	for (unsigned int field = 0; field < FIELD_COUNT && !err; field++)
		if (fields & 1U << field)
			err = finding_differs(diff, a, b, (enum finding_field)field);
	return err;
}

static int diff_findings(struct diff *diff)
{
	const struct record *a = diff->sides[0].rec, *b = diff->sides[1].rec;
	int err = 0;

	for (size_t i = 0; i < a->finding_count && !err; i++) {
		const struct finding *mine = &a->findings[i];
		const struct finding *theirs = finding_find(b, finding_id_of(mine));

		err = theirs ? finding_compare(diff, mine, theirs)
		             : finding_differs(diff, mine, NULL, FIELD_PRESENT);
	}
	for (size_t i = 0; i < b->finding_count && !err; i++) {
		const struct finding *theirs = &b->findings[i];

		if (!finding_find(a, finding_id_of(theirs)))
			err = finding_differs(diff, NULL, theirs, FIELD_PRESENT);
	}
	return err;
}

/* ---- walks and packets ---- */

static int section_finish(struct diff *diff, struct diff_section *section, size_t *differ)
{
	int err = tracks_align(section->tracks, &diff->rule, &section->edits);

	*differ += section->edits.differ;
	diff->excused += section->edits.excused;
	if (section->edits.late_ns > diff->late_ns)
		diff->late_ns = section->edits.late_ns;
	return err;
}

static struct diff_section *section_add(struct diff *diff, enum section_kind kind)
{
	struct diff_section *sections = array_reserve(diff->sections, &diff->section_space,
	                                              diff->section_count + 1, sizeof(*sections));

	if (!sections)
		return NULL;
	diff->sections = sections;
	sections[diff->section_count] = (struct diff_section){.kind = kind};
	return &sections[diff->section_count++];
}

/* The same socket's life in both records; one without states where it has none. */
static int diff_walk(struct diff *diff, const struct life *life)
{
	struct diff_section *section = section_add(diff, SECTION_STATES);
	int err = 0;

	if (!section)
		return -ENOMEM;
	snprintf(section->title, sizeof(section->title), "states of %s at the %s%s", life->sock,
	         side_name(life->host), life->turn ? ", again" : "");
	for (int k = 0; k < 2 && !err; k++) {
		const struct story *story = &diff->stories[k];

		err = track_states(story,
		                   story_life_turn(story, life->host, life->sock, life->turn),
		                   &section->tracks[k]);
	}
	return err ? err : section_finish(diff, section, &diff->states);
}

static int diff_walks(struct diff *diff, enum side host)
{
	const struct story *stories = diff->stories;
	int err = 0;

	for (int k = 0; k < 2; k++)
		for (size_t i = 0; i < stories[k].life_count && !err; i++) {
			const struct life *life = &stories[k].lives[i];
			const struct life *other =
				story_life_turn(&stories[0], host, life->sock, life->turn);

			if (life->host == host && (!k || !*other->sock))
				err = diff_walk(diff, life);
		}
	return err;
}

static int diff_packets(struct diff *diff, enum side host)
{
	struct diff_section *section = section_add(diff, SECTION_PACKETS);
	int err = 0;

	if (!section)
		return -ENOMEM;
	snprintf(section->title, sizeof(section->title), "packets the %s sent", side_name(host));
	for (int k = 0; k < 2 && !err; k++)
		err = track_packets(&diff->stories[k], host, &section->tracks[k]);
	return err ? err : section_finish(diff, section, &diff->packets);
}

int diff_records(const struct diff_side sides[2], int64_t slack_ns, struct diff *diff)
{
	int err;

	*diff = (struct diff){
		.sides = {sides[0], sides[1]},
		.rule = diff_rule_for(sides[0].rec, sides[1].rec, slack_ns),
	};
	diff_outcomes(diff);
	err = diff_findings(diff);
	for (int k = 0; k < 2 && !err; k++)
		err = story_build(sides[k].rec, &diff->stories[k]);
	if (err)
		return err;
	if (both_observed(diff, OBSERVER_DIAG, "states"))
		for (unsigned int host = 0; host < SIDE_COUNT && !err; host++)
			err = diff_walks(diff, host);
	if (both_observed(diff, OBSERVER_TAP, "packets"))
		for (unsigned int host = 0; host < SIDE_COUNT && !err; host++)
			err = diff_packets(diff, host);
	return err;
}

void diff_free(struct diff *diff)
{
	for (size_t i = 0; i < diff->section_count; i++) {
		struct diff_section *section = &diff->sections[i];

		track_free(&section->tracks[0]);
		track_free(&section->tracks[1]);
		free(section->edits.items);
	}
	for (int k = 0; k < 2; k++)
		story_free(&diff->stories[k]);
	free(diff->sections);
	arena_clear(&diff->texts);
	free(diff->findings);
	*diff = (struct diff){0};
}

size_t diff_total(const struct diff *diff)
{
	return diff->note_count + diff->finding_count + diff->states + diff->packets;
}
