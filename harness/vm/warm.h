/* SPDX-License-Identifier: GPL-2.0-or-later */
/* warm: a few probes run in the guest before its snapshot is taken. */
#ifndef FINWAIT_VM_WARM_H
#define FINWAIT_VM_WARM_H

#include "../run/machine.h"

/*
 * Run them one after another; what they find nobody hears. Whatever goes wrong costs time alone:
 * a probe that cannot run here says so when it is asked for.
 */
void warm_up(const struct machine *machine);

#endif
