/* SPDX-License-Identifier: GPL-2.0-or-later */
/* junit: records as the XML that CI servers read. */
#ifndef FINWAIT_REPORT_JUNIT_H
#define FINWAIT_REPORT_JUNIT_H

#include <stdio.h>

#include "test_result.h"

/*
 * One document: a suite for each kernel and family, a case a probe. A NULL among @records is passed
 * over; @phases: what the probes came to over all timer phases. Returns 0 or -EIO.
 */
int junit_print(const struct record *const *records, size_t count, const struct phases *phases,
                FILE *out) MUST_CHECK;

#endif
