/* SPDX-License-Identifier: GPL-2.0-or-later */
/* whole_record: what tests of the judge begin with. */
#ifndef FINWAIT_TESTS_WHOLE_RECORD_H
#define FINWAIT_TESTS_WHOLE_RECORD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../../harness/judge/judge.h"

static const struct claim one_claim[CLAIMS_PER_PROBE] = {{"one", "A", "The first."}};

/* Everything was observed and nothing lost. */
static struct record *record_whole(void)
{
	struct record *rec = record_new();

	assert_non_null(rec);
	for (int i = 0; i < OBSERVER_COUNT; i++)
		rec->observed[i] = true;
	return rec;
}

#endif
