/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * phase: how the starts of many runs are spread over the grain of the kernel's timer wheel
 * (wheel.h), so that a timer is rounded up by nearly nothing in one and by nearly all of the
 * grain in another.
 */
#ifndef FINWAIT_BASE_PHASE_H
#define FINWAIT_BASE_PHASE_H

#include <stdint.h>

/* How long run @index waits before it begins, on a kernel of @hz ticks a second; 0 for the first. */
int64_t phase_delay_ns(int hz, unsigned int index);

/*
 * The widest part of a grain of @grain_ns into which none of the first @count runs falls; the
 * grain goes round, so that one run leaves all of it. 0 or -ENOMEM.
 */
int phase_gap(int hz, unsigned int count, int64_t grain_ns, int64_t *gap_ns);

#endif
