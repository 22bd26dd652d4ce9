/* SPDX-License-Identifier: GPL-2.0-or-later */
/* session_parts: what session.c and carry.c share: a session under way. */
#ifndef FINWAIT_SESSION_PARTS_H
#define FINWAIT_SESSION_PARTS_H

#include "../run/keep.h"
#include "../run/machine.h"
#include "../vm/vm.h"
#include "session.h"

struct session {
	const struct request *request;
	const struct target *target;
	const struct session_hooks *hooks;
	struct session_result *result;
	unsigned int jobs, time_limit_s; /* as they apply at the target */
	struct job_times times;
	struct keep *keep;
	struct tally tally; /* of all phases */
	struct vm_machine *vm; /* NULL: this machine */
	unsigned int phase; /* at hand, from 0 */
	unsigned int asked; /* how often the probe at hand has been asked again */
};

/* A line for people: of what goes on in spite of something. */
void session_say(const struct session *session, const char *fmt, ...) PRINTF(2, 3);
/* @fault is why no more is run; returns @code. */
enum exit_code session_stop(struct session *session, enum exit_code code,
                            const struct fault *fault);

/* carry.c: all runs of @plan on @machine, once or once a phase, and their records kept. */
enum exit_code session_carry_out(struct session *session, const struct machine *machine,
                                 struct plan *plan);

#endif
