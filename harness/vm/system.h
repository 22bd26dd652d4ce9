/* SPDX-License-Identifier: GPL-2.0-or-later */
/* system: making the guest's system usable, quiet and the same each time. In the guest only. */
#ifndef FINWAIT_VM_SYSTEM_H
#define FINWAIT_VM_SYSTEM_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/fault.h"

int system_mount(struct fault *f) MUST_CHECK;
/* Those that the initrd lists; what does not load is told on the console. */
void system_load_modules(void);
/* No timers but those that a probe asks for. */
void system_quieten(void);
/* As many open files as on a host, whose administrator sees to that. */
void system_allow_files(void);
/* The same "random" bytes each time (but for a seed): that is what makes runs repeat. */
void system_credit_random(uint64_t seed);
/* Write @text to the file; what fails is told on the console. */
void system_put(const char *path, const char *text);
/* Whether the kernel's command line has @word. */
bool system_told(const char *word);
void system_wait(int64_t ns);
/* Until what the kernel puts off until after its boot is over. */
void system_settle(void);
/*
 * Heap, stack and code of this process are in memory from now on. A page that is not there yet is
 * found by code that never ran before, which an emulated processor has to translate first.
 */
void system_keep_memory(void);

#endif
