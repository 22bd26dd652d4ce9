/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * interrupt: SIGINT, SIGTERM and SIGHUP while something is being made that must not be left
 * half made. Between interrupt_catch() and interrupt_release() they only end a system
 * call that waits (EINTR); whoever waits asks interrupt_pending() and clears up.
 */
#ifndef FINWAIT_BASE_INTERRUPT_H
#define FINWAIT_BASE_INTERRUPT_H

#include "fault.h"

/* May be nested; the outermost pair counts. A signal that was ignored stays so. */
void interrupt_catch(void);
/* What the signals did before is restored; one that came is told until the next catch. */
void interrupt_release(void);
/* The signal that came since interrupt_catch(); 0: none. */
int interrupt_pending(void);
/* -EINTR with "interrupted" in @f when one came, else 0. */
int interrupt_check(struct fault *f) MUST_CHECK;

#endif
