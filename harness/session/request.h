/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * request: what is asked, as a struct. A plain run, a column of a matrix and a side of a
 * diff are all a request to a target; nothing goes from command to command as words.
 */
#ifndef FINWAIT_SESSION_REQUEST_H
#define FINWAIT_SESSION_REQUEST_H

#include "../run/plan.h"

enum form {
	FORM_USUAL, /* faithful where hours pass in a second, else quick */
	FORM_QUICK,
	FORM_FAITHFUL,
};

struct request {
	const char *const *patterns; /* ids or globs, the caller's; none: all that have this form */
	size_t pattern_count;
	const struct article *article; /* of them those that judge a claim of it; NULL: all */
	struct settings sets, params; /* --set, --param, by the names that were typed */
	enum form form;
	bool clock_real;
	uint64_t seed; /* 0: none */
	unsigned int phase_count; /* 0: once; else as often, with other phases of the wheel */
	unsigned int jobs; /* at a time; 0: eight a processor, all faithful ones, in guests one */
	unsigned int time_limit_s; /* a probe's; 0: TIME_LIMIT_S */
	bool families[FAMILY_COUNT]; /* none: IPv4 */
	int slack_ms; /* FINWAIT_SLACK_MS */
	const char *out_dir;
};

/* Whom it is asked of. */
struct target {
	const char *kernel; /* as kernel_find() takes it; NULL: the kernel that runs here */
};

/* NAME becomes VALUE, and comes last: of two names for one sysctl the last one wins. */
int request_setting(struct settings *set, const char *name, const char *value) MUST_CHECK;
/* With settings of its own; 0 or -ENOMEM, request_clear() it either way. */
int request_copy(const struct request *from, struct request *to) MUST_CHECK;
void request_clear(struct request *request);

bool request_is_faithful(const struct request *request, const struct target *target);
/* Guests in virtual time are the same to the byte each time: what is printed must be, too. */
bool request_is_repeatable(const struct request *request, const struct target *target);

/* Can this be asked of that? 0, or -errno with one line in @f that a user understands. */
int request_check(const struct request *request, const struct target *target,
                  struct fault *f) MUST_CHECK;

/* The part that decides which probes run, and how. It borrows from @request. */
struct plan_request request_plan(const struct request *request, const struct target *target);

#endif
