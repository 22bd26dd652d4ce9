/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pump: the one loop of a run. Every verb that waits is a condition given to it. */
#ifndef FINWAIT_STEP_PUMP_H
#define FINWAIT_STEP_PUMP_H

#include "late.h"
#include "waiting.h"
#include "watch.h"
#include "wire_ops.h"

struct pump {
	struct emit *emit;
	struct observers *obs;
	struct watch *watch;
	struct late *late;
	struct wire *wire; /* to which it hands the frames that came out of a host */
	int timer_fd; /* that wakes it; see pump_open() */
	struct waiting *waiting; /* told what it waits for; NULL: nobody looks */
};

/*
 * A timer of its own: poll(2) lets its timeout be late by a thousandth of itself, up to
 * 100 ms (select_estimate_accuracy()), a timerfd is punctual. 0 or -errno.
 */
int pump_open(struct pump *pump, struct fault *f) MUST_CHECK;

typedef bool (*pump_done_fn)(void *arg);
/*
 * Until done() or until @limit_ns from now; whether it was done. done may be NULL. A limit
 * counts what this process got of the machine, not what it slept against its will. What it waits
 * for is named before, by waiting_name().
 */
bool pump_until(struct pump *pump, pump_done_fn done, void *arg, int64_t limit_ns);
/* Take in what observers have, without waiting; whether there was anything. */
bool pump_drain(struct pump *pump);

#endif
