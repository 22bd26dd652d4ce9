/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan: which probes run, with which sysctls and parameters. */
#ifndef FINWAIT_RUN_PLAN_H
#define FINWAIT_RUN_PLAN_H

#include "../base/arena.h"
#include "../step/run_plan.h"
#include "registry.h"

/* Which probes, and how. */
struct plan_request {
	const char *const *patterns; /* ids or globs; none: all that have a quick form */
	size_t pattern_count;
	const struct article *article; /* of them those that judge a claim of it; NULL: all */
	const struct settings *sets; /* "[client:|server:]NAME" -> value */
	const struct settings *params;
	bool faithful;
	bool families[FAMILY_COUNT]; /* a row for each; none: IPv4 */
	int slack_ms;
};

#define TIME_LIMIT_S 900 /* a probe's, unless the user says otherwise */

/* One probe of the request, in order of the registry. */
struct planned {
	struct run_plan run;
	const char *skip; /* set: it does not run, and why */
	int64_t took_ns; /* an earlier time, asked alike; 0: unknown */
};

struct plan {
	struct planned *items;
	size_t count, space;
	struct arena texts; /* of why something is skipped */
};

/*
 * Returns 0, or -errno with one line in @f: an unknown probe (-ENOENT), a glob
 * that matches none (-ENOENT), no probe that judges the article (-ENOENT), a parameter that no chosen probe has (-EINVAL).
 */
int plan_make(const struct plan_request *request, const struct run_info *info, struct plan *plan,
              struct fault *f) MUST_CHECK;
void plan_free(struct plan *plan);

/*
 * Try every sysctl of the plan in a namespace made for that and thrown away:
 * -ENOENT for an unknown one, -EINVAL for a value the kernel refuses.
 */
int plan_check_sysctls(const struct plan *plan, bool userns, struct fault *f) MUST_CHECK;

/* "tcp_syn_retries" as "net.ipv4.tcp_syn_retries"; a dotted name stays. */
void sysctl_full_name(const char *name, char *full, size_t size);

#endif
