// SPDX-License-Identifier: GPL-2.0-or-later
#include "key.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_FORMAT "1" /* of a key: another one when what an answer depends on is told otherwise */

void guest_name(const struct vm_machine *vm, char name[GUEST_NAME])
{
	snprintf(name, GUEST_NAME, "%s-%016llx", vm->kernel.release,
	         (unsigned long long)vm->digest);
}

int answer_key_make(const struct vm_machine *vm, const struct run_plan *plan,
                    const struct job_times *times, struct answer_key *key, struct fault *f)
{
	char *job;

	*key = (struct answer_key){0};
	if (vm->clock != QEMU_VIRTUAL || vm->warm.state_fd < 0)
		return fault_refuse(f, ENOTSUP, "real time gives another answer each time");
	guest_name(vm, key->guest);
	job = job_encode(plan, times);
	if (!job ||
	    asprintf(&key->text, "key " KEY_FORMAT "\nguest %s\njob %s\n", key->guest, job) < 0)
		key->text = NULL;
	free(job);
	if (!key->text)
		return fault_set(f, ENOMEM, "look up %s", plan->id);
	key->digest = digest_add(DIGEST_START, key->text, strlen(key->text));
	return 0;
}

void answer_key_clear(struct answer_key *key)
{
	free(key->text);
	*key = (struct answer_key){0};
}
