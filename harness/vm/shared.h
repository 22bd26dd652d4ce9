/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shared: the memory that the guest and the harness outside share: an NVDIMM that no
 * driver claims, whose contents are a memory file of ours. The job goes in by it, the
 * record comes out by it: a store a byte instead of an exit a byte, nothing that
 * disturbs virtual time, and what was written survives whatever the guest does.
 * (ivshmem would do as well but for QEMU's x-ignore-shared, which wants memory at the
 * same address before a restore as after it: a PCI device gets its address from the guest.)
 */
#ifndef FINWAIT_VM_SHARED_H
#define FINWAIT_VM_SHARED_H

#include <assert.h>
#include <stdint.h>

#include "../step/waiting.h"

#define SHARED_BYTES ((uint64_t)64 << 20)
#define SHARED_JOB_AT 4096
#define SHARED_JOB_MAX ((uint64_t)(1 << 20) - SHARED_JOB_AT)
#define SHARED_OUT_AT ((uint64_t)1 << 20)
#define SHARED_OUT_MAX (SHARED_BYTES - SHARED_OUT_AT)
#define SHARED_MAGIC 0x66696e77 /* "finw" */

/* Where it is: QEMU begins memory devices there when there is less than 3 GiB of RAM. */
#define SHARED_ADDRESS 0x100000000

/* I/O ports: the guest ends QEMU by the one (isa-debug-exit) and stops it by the other. */
#define PORT_EXIT 0xf4
#define PORT_STOP 0x505 /* pvpanic */
#define STOP_VALUE 1

/*
 * Between the stop of the processor and that of the machine QEMU's main loop finds the guest
 * idle and moves its time on to the next timer: always, for it waits for the processor
 * (steady.so.c) unless it has just given up on a busy one. A snapshot taken then runs, but
 * differs from others: the stop took it 7 cycles of 1 ns. The guest stops just behind a
 * tick; the next is at least a millisecond away.
 */
#define STOP_CYCLES_MIN 10000

/*
 * In virtual time the guest stops itself twice: when it knows what its kernel can do, and when
 * it stands by. In between it warms up (warm.h), which a machine that is to multiply does
 * once more, to have the code translated. In real time there is the second stop alone.
 */
enum guest_stop {
	STOP_COLD,
	STOP_WARM,
	STOP_COUNT,
};

enum guest_stage {
	GUEST_BOOTING,
	GUEST_READY, /* knows what its kernel can do; out holds the run line */
	GUEST_RUNNING, /* has taken the job */
	GUEST_DONE, /* the probe's process has ended, with status */
	GUEST_FAILED, /* could not even begin; out holds a line that says why */
};

enum guest_task {
	GUEST_RUNS, /* the probe of the job */
	GUEST_CHECKS, /* the sysctls of a plan; status is an errno, out holds the fault's words */
};

struct shared {
	uint32_t magic; /* set by the harness */
	uint32_t stage; /* enum guest_stage, set by the guest */
	uint32_t job_size, status;
	uint32_t overflow; /* the record is cut off: it was longer than SHARED_OUT_MAX */
	uint32_t wire; /* enum wire_kind of the job's probe, set by the harness */
	uint32_t task; /* enum guest_task, set by the harness */
	uint32_t goes_on; /* behind how many of its stops. Set by the harness */
	uint64_t out_size; /* grows when what it counts has been written */
	uint64_t stop_cycles[STOP_COUNT]; /* from before the guest stopped itself until after */
	struct waiting waiting; /* set by a guest in real time, by its own clock */
};
static_assert(sizeof(struct shared) <= SHARED_JOB_AT, "the job begins behind the header");

#endif
