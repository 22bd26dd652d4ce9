/* SPDX-License-Identifier: GPL-2.0-or-later */
/* job: one probe with all its settings, or a whole plan of them, as JSON into the guest. */
#ifndef FINWAIT_VM_JOB_H
#define FINWAIT_VM_JOB_H

#include "../run/plan.h"
#include "../step/run_plan.h"

struct job_times {
	uint64_t seed; /* 0: as the snapshot has it */
	int64_t phase_ns; /* how long to wait before the probe begins */
	bool panic; /* the guest's kernel is to panic then: for the tests of what is said */
};

/* To be freed; NULL without memory. */
char *job_encode(const struct run_plan *plan, const struct job_times *times);
/* Fills probe, faithful, params and sysctls of @plan. Never trusts its input. */
int job_decode(const char *text, size_t size, struct run_plan *plan, struct job_times *times,
               struct fault *f) MUST_CHECK;

/* The same of a plan that is only to be checked: its runs, without their times. */
char *plan_encode(const struct plan *plan);
int plan_decode(const char *text, size_t size, struct plan *plan, struct fault *f) MUST_CHECK;

#endif
