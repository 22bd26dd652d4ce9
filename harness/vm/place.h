/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * place: a processor for a guest, of its own among all finwaits of the machine. QEMU wakes up
 * often and is twice as fast where it stays; two guests on one processor are half as fast
 * while the other stands idle.
 */
#ifndef FINWAIT_VM_PLACE_H
#define FINWAIT_VM_PLACE_H

/*
 * A processor that this process may run on (its affinity, which a cpuset narrows) and that no
 * other guest has taken. It is given back when the process ends. -1: all are taken, or
 * nothing can be told: leave it to the scheduler.
 */
int place_take(void);

#endif
