/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vm: probes on a Debian kernel under QEMU. Theory of operation
 *
 * vm_prepare() boots the kernel once, with this very program as its init, up to
 * where the guest knows what its kernel can do, and keeps the machine's state in the
 * cache under a key of all that changes it. vm_child() takes run_probe()'s place for one
 * probe: it restores that state (copy on write), hands the job over by shared memory
 * and passes the record's lines on. With counted instructions time is the guest's own:
 * it jumps to the next timer when nothing runs, and every run is the same to the byte.
 */
#ifndef FINWAIT_VM_VM_H
#define FINWAIT_VM_VM_H

#include "../step/run_plan.h"
#include "job.h"
#include "kept.h"
#include "kernels.h"
#include "qemu.h"

#define GUEST_LIMIT_MARGIN_S 5 /* a guest has its own limit, which comes first and knows more */

struct vm_config {
	bool real; /* the clock: real time, by KVM where it works */
	unsigned int ram_mb; /* 0: QEMU_RAM_MB */
	unsigned int time_limit_s; /* of real time, for one probe */
};

struct vm_machine {
	struct vm_kernel kernel;
	struct vm_config config;
	enum qemu_clock clock;
	char clock_why[200]; /* real time without KVM: why */
	struct run_info info; /* the guest's own */
	char entry[CACHE_PATH]; /* of the cache: vmlinux and initrd, or ram and state */
	struct vm_kept warm; /* the snapshot; nothing: boot each time */
	struct vm_kept cold; /* at its first stop: for a stem */
	struct stem *stem; /* of which each run's machine is a fork; NULL: it is restored */
	uint64_t digest; /* of all that the guest is made of, wherever that lies */
	bool built; /* not found in the cache */
};

/* Have the guest ready: found, or booted now. */
int vm_prepare(const struct vm_kernel *kernel, const struct vm_config *config,
               struct vm_machine *vm, struct fault *f) MUST_CHECK;
void vm_release(struct vm_machine *vm);
/*
 * Remove what was made of @release. With @all everything, if need be when it has been made;
 * else what was not used for a while, and what somebody who was killed has left.
 */
int vm_forget(const char *release, bool all, struct fault *f) MUST_CHECK;
/* The bytes that the guests take that were made of @release, and how many they are. */
uint64_t vm_size(const char *release, unsigned int *count);

/*
 * @runs runs are to come, @places at a time: have a machine ready that multiplies, if they are
 * enough for it to pay and time is virtual. Without it each is restored: all that is lost is
 * time. 0, -EINTR or another -errno.
 */
int vm_expect(struct vm_machine *vm, size_t runs, unsigned int places, struct fault *f) MUST_CHECK;

/* Run the probe in a guest, on a processor of its own where one is free (place.h), stream the record to @out_fd, _exit(). */
_Noreturn void vm_child(const struct run_plan *plan, const struct vm_machine *vm,
                        const struct job_times *times, int out_fd);

/* plan_check_sysctls() in a guest: its return, and its words in @f. */
int vm_check_sysctls(const struct plan *plan, const struct vm_machine *vm,
                     struct fault *f) MUST_CHECK;

/* Whether QEMU can set a machine up by KVM here, else why not. */
bool kvm_works(char *why, size_t size);

#endif
