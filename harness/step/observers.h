/* SPDX-License-Identifier: GPL-2.0-or-later */
/* observers: all that looks on during a run, opened and closed together. */
#ifndef FINWAIT_STEP_OBSERVERS_H
#define FINWAIT_STEP_OBSERVERS_H

#include "../observe/counters.h"
#include "../observe/diag.h"
#include "../observe/tap.h"
#include "bench.h"
#include "emit.h"
#include "run_plan.h"

struct observers {
	struct tap *taps[SIDE_COUNT]; /* the wire's ports; NULL without a wire */
	struct tap *loopback; /* of the client, for WIRE_NONE */
	struct diag *diag[SIDE_COUNT];
	struct counters *counters[SIDE_COUNT]; /* as they were before */
	struct trace_reader *trace; /* NULL: none */
	uint64_t came[SIDE_COUNT]; /* frames that this host sent and its port's tap saw */
	bool machine; /* a guest: what its kernel counts is of this run alone */
	bool woken; /* by every event of trace: an overdue timer need not be watched closely */
};

/* What is there and what is not, with the reason, goes into @rec. 0 or -errno. */
int observers_open(struct observers *obs, const struct bench *bench, const struct run_plan *plan,
                   enum wire_kind wire, struct record *rec, struct fault *f) MUST_CHECK;
/* The MIB counters of both hosts at one instant; all zeros: not read. */
struct counts {
	struct counters *of[SIDE_COUNT]; /* NULL: could not be read */
	int64_t t_ns; /* absolute */
};

/* Read them, instead of what @counts held. */
void observers_count(const struct observers *obs, const struct bench *bench, struct counts *counts);
/*
 * Whether the taps saw what the hosts had sent by then. A frame of a timer's waits in the
 * processor's queue (enqueue_to_backlog()), on a busy machine for as long as ksoftirqd does.
 */
bool observers_saw_all(const struct observers *obs, const struct counts *counts);
/* What has changed since the run began, under the name @mark; @counts is empty afterwards. */
void observers_tell_counts(const struct observers *obs, struct counts *counts, struct emit *emit,
                           const char *mark);
/* What each observer lost, as it knows itself. */
void observers_losses(struct observers *obs, struct record *rec);

#endif
