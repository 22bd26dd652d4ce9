/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge_lab: a record that was observed whole, and a judge that states what a test gives it. */
#ifndef FINWAIT_TESTS_JUDGE_LAB_H
#define FINWAIT_TESTS_JUDGE_LAB_H

#include "../../harness/judge/judging.h"
#include "whole_record.h"

/* What judge_stated() states, as each test needs it. */
static struct figure stated[4];
static size_t stated_count;

/* As the kind of what is predicted, or else of what was measured. */
static void state_figure(struct judge *judge, const struct figure *figure)
{
	enum value_kind kind = figure->predicts.kind;

	judge_figure(judge, "count", kind ? kind : figure->measured.value.kind, figure);
}

static void judge_stated(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "one");
	for (size_t i = 0; i < stated_count; i++) {
		judge_case(judge, "case %zu", i);
		state_figure(judge, &stated[i]);
	}
}

static struct figure figure_of(struct value says, struct value predicts, struct value measured)
{
	return (struct figure){.name = "figure",
	                       .says = says,
	                       .predicts = predicts,
	                       .measured = {.value = measured},
	                       .rule = "none"};
}

#endif
