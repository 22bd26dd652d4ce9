/* SPDX-License-Identifier: GPL-2.0-or-later */
/* snapshot: booting a kernel once, up to where its guest waits for a job. */
#ifndef FINWAIT_VM_SNAPSHOT_H
#define FINWAIT_VM_SNAPSHOT_H

#include "vm.h"

/* In @dir: "ram" and "state" as they are there, and what the kernel can do as "run.jsonl". */
int snapshot_make(const struct vm_machine *vm, const char *dir, struct fault *f) MUST_CHECK;
/* Without a snapshot: "vmlinux" and "initrd", to be booted each time, and "run.jsonl". */
int boot_make(const struct vm_machine *vm, const char *dir, struct fault *f) MUST_CHECK;

#endif
