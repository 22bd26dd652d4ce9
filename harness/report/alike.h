/* SPDX-License-Identifier: GPL-2.0-or-later */
/* alike: when two measured values are the same; for the diff and the matrix. */
#ifndef FINWAIT_REPORT_ALIKE_H
#define FINWAIT_REPORT_ALIKE_H

#include "../record/record.h"

/* What makes two times the same; diff_print_rule() tells it in words. */
struct diff_rule {
	int hz[2]; /* of the two kernels */
	int64_t slack_ns;
};

struct diff_rule diff_rule_for(const struct record *a, const struct record *b, int64_t slack_ns);
/* How much two times of about @ns may be apart. */
int64_t diff_tolerance_ns(const struct diff_rule *rule, int64_t ns);
bool times_alike(const struct diff_rule *rule, int64_t a_ns, int64_t b_ns);
/* Counts and words must be equal, times alike. */
bool values_alike(const struct diff_rule *rule, const struct value *a, const struct value *b);

/* What of a finding two records may not have alike. */
enum finding_field {
	FIELD_PRESENT,
	FIELD_SAYS, /* the article's figure: it follows the sysctls and the kernel */
	FIELD_MEASURED,
	FIELD_PREDICTED,
	FIELD_MODEL,
	FIELD_VERDICT,
	FIELD_COUNT,
};

/* Those of two findings of one id in which they differ: a mask of 1u << FIELD_SAYS and so on. */
unsigned int findings_unlike(const struct diff_rule *rule, const struct finding *a,
                             const struct finding *b);

/*
 * Whether two kernels answer alike: what was measured, the verdict, and whether the model held; what
 * finwait says and predicts besides is not the kernel's. Where both times the model leaves the same
 * range (chance, the timers' phase) any value of it is the same answer.
 */
bool findings_answer_alike(const struct diff_rule *rule, const struct finding *a,
                           const struct finding *b);

#endif
