/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stem: a machine that stands where it took its snapshot, of which each run's is a fork. */
#ifndef FINWAIT_VM_STEM_H
#define FINWAIT_VM_STEM_H

#include "vm.h"

/*
 * Have @vm's stem stand, and see that a fork of it works here: that rests on how QEMU's threads
 * wait, which no version of it promises. -EOPNOTSUPP where it does not, or as QEMU fails.
 */
int stem_start(struct vm_machine *vm, struct fault *f) MUST_CHECK;
/* End it, and with it the forks that still run. */
void stem_end(struct vm_machine *vm);

/*
 * @qemu, which is open and has its job, becomes a fork on processor @cpu (-1: anywhere), and runs.
 * 0 or -errno: then it is as it was, and can be started in another way.
 */
int stem_fork(const struct stem *stem, struct qemu *qemu, int cpu) MUST_CHECK;

/* A machine of the state in @fd, read from its start, goes on; QEMU's own words in @f if not. */
int vm_restore(struct qemu *qemu, int fd, struct fault *f) MUST_CHECK;

#endif
