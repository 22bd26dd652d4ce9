/* SPDX-License-Identifier: GPL-2.0-or-later */
/* late: how late the machine let this run be, measured by the run itself. */
#ifndef FINWAIT_STEP_LATE_H
#define FINWAIT_STEP_LATE_H

#include "../base/slack.h"
#include "../observe/lateness.h"
#include "emit.h"

/* In real time nobody waits longer at a stretch: a processor that is taken away is missed. */
#define LATE_BEAT_NS (10 * NS_PER_MS)

/* What was late and is not told yet: more of it may come at once. Absolute times. */
struct late_spell {
	int64_t due_ns; /* of the first; 0: none */
	int64_t end_ns; /* when the last happened */
	int64_t late_ns; /* the sum */
};

struct late {
	struct emit *emit;
	struct lateness *queue; /* NULL: this kernel does not count */
	bool is_virtual; /* no machine can be late, and nobody needs a beat */
	int64_t pass_ns; /* since when this process has been at work without waiting; 0: it waits */
	struct late_spell spells[LATE_WHAT_COUNT];
};

/* Where the kernel does not count the time on a run queue, the rest is measured all the same. */
void late_open(struct late *late);
/* The run's time begins: what was before does not count. */
void late_begin(struct late *late);
/* It was due at @due_ns and happened at @now_ns, both absolute. */
void late_note(struct late *late, enum late_what what, int64_t due_ns, int64_t now_ns);
/* Something may have set a timer of the kernel's: is its tick overdue? */
void late_look(struct late *late);
/* This process is about to wait until @until_ns; returns until when it may at a stretch. */
int64_t late_wait_begin(struct late *late, int64_t until_ns);
/* It waited until @now_ns. @beat_ns: by then it was to be woken in any case; 0: not by a beat. */
void late_wait_end(struct late *late, int64_t beat_ns, int64_t now_ns);
/* How long it has been asleep against its will since the run began: its late wake-ups. */
int64_t late_asleep_ns(const struct late *late);
/* The run is over. */
void late_end(struct late *late);

#endif
