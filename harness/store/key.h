/* SPDX-License-Identifier: GPL-2.0-or-later */
/* key: what an answer depends on, as text. Two questions with the same key have the same answer. */
#ifndef FINWAIT_STORE_KEY_H
#define FINWAIT_STORE_KEY_H

#include "../vm/vm.h"

#define GUEST_NAME 160

struct answer_key {
	char guest[GUEST_NAME]; /* the folder's name: "RELEASE-DIGEST" of the guest */
	uint64_t digest; /* of @text: the file's name; tells apart, proves nothing */
	char *text; /* all of it, compared when an answer is looked up */
};

/* The folder of what @vm answers. */
void guest_name(const struct vm_machine *vm, char name[GUEST_NAME]);

/*
 * The key of what @plan at @times comes to in @vm: the guest (a digest of the program with its
 * libraries, the kernel, QEMU's version and command line, and of the guest's memory, which has the
 * modules), and the whole job that it gets. No path is in it: any machine may share the answer. 0, or -ENOTSUP where runs are not the same each
 * time (real time), or -ENOMEM; answer_key_clear() it either way.
 */
int answer_key_make(const struct vm_machine *vm, const struct run_plan *plan,
                    const struct job_times *times, struct answer_key *key,
                    struct fault *f) MUST_CHECK;
void answer_key_clear(struct answer_key *key);

#endif
