/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clock: one clock for all, CLOCK_MONOTONIC in nanoseconds. */
#ifndef FINWAIT_BASE_CLOCK_H
#define FINWAIT_BASE_CLOCK_H

#include <stdint.h>

#define NS_PER_MS 1000000LL
#define NS_PER_S 1000000000LL

int64_t clock_mono_ns(void);

/* CLOCK_MONOTONIC as the kernel's last tick left it: what jiffies say, and timers are set by. */
int64_t clock_tick_ns(void);

/*
 * Packet stamps are CLOCK_REALTIME. The difference is taken from the tightest
 * of many mono/real/mono readings, anew when the last is older than a second:
 * somebody may step CLOCK_REALTIME (NTP's slewing moves both clocks alike).
 * Error below 0.25 us on an idle machine.
 */
int64_t clock_real_to_mono_ns(int64_t real_ns);

/* Ticks a second of the kernel's timer wheel: 1 / resolution of CLOCK_MONOTONIC_COARSE. */
int clock_hz(void);

#endif
