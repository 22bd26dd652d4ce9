/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kept: a machine that has stopped itself, as two files: its memory, and the rest of its state. */
#ifndef FINWAIT_VM_KEPT_H
#define FINWAIT_VM_KEPT_H

#include "cache.h"
#include "shared.h"

struct vm_kept {
	int ram_fd, state_fd; /* -1: not kept */
};

#define KEPT_NOTHING ((struct vm_kept){.ram_fd = -1, .state_fd = -1})

/* The files' names, in a folder of the cache. */
#define KEPT_RAM(stop) ((stop) == STOP_COLD ? "cold-ram" : "ram")
#define KEPT_STATE(stop) ((stop) == STOP_COLD ? "cold-state" : "state")

/* What @dir has of the machine at @stop; @flags: O_CREAT where it is to be kept. */
int kept_open(struct vm_kept *kept, const char *dir, enum guest_stop stop, int flags,
              struct fault *f) MUST_CHECK;
void kept_close(struct vm_kept *kept);

/* Room for a machine with @ram_mb of memory, all of it zero. */
int kept_empty(const struct vm_kept *kept, unsigned int ram_mb, struct fault *f) MUST_CHECK;
/* The memory of @from into @to, which is empty; holes stay holes. */
int kept_copy_ram(const struct vm_kept *from, const struct vm_kept *to, struct fault *f) MUST_CHECK;
/* The state once more, from its start; -1 with errno. */
int kept_state(const struct vm_kept *kept);

#endif
