/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest: what this program does as the first process of a guest. */
#ifndef FINWAIT_VM_GUEST_H
#define FINWAIT_VM_GUEST_H

#include <stdbool.h>

/* Started by a kernel as /init, not by a user (nor by a container as its first process). */
bool guest_is_init(const char *argv0);
_Noreturn void guest_main(void);

/* On a guest's kernel command line when its clock is virtual. */
#define GUEST_VIRTUAL "finwait.virtual"

#endif
