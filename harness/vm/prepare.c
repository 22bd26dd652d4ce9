// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * prepare: having a guest ready. An entry of the cache is a folder
 * "guests/RELEASE-KEY": the machine's RAM and the rest of its state at the instant when it
 * stopped itself, or with KVM what it boots from. "made" is written last and tells the
 * sizes and digests (entry.h): what does not fit it is made anew.
 */
#include "vm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/interrupt.h"
#include "../record/json.h"
#include "entry.h"
#include "initrd.h"
#include "modules.h"
#include "snapshot.h"
#include "stem.h"

#define GUEST_FORMAT "4" /* of an entry */

static enum entry_kind vm_kind(const struct vm_machine *vm)
{
	switch (vm->clock) {
	case QEMU_VIRTUAL:
		return ENTRY_MULTIPLIES;
	case QEMU_REAL_TCG:
		return ENTRY_RESTORES;
	case QEMU_REAL_KVM: /* nobody has tried yet what its clocks make of a snapshot */
	case QEMU_CLOCK_COUNT:
		break;
	}
	return ENTRY_BOOTS;
}

/* In real time the guest has measured how fast this processor's TSC is. */
static uint64_t processor_digest(uint64_t digest)
{
	FILE *file = fopen("/proc/cpuinfo", "re");
	char line[256];

	while (file && fgets(line, sizeof(line), file)) {
		if (strncmp(line, "model name", 10) != 0)
			continue;
		digest = digest_add(digest, line, strlen(line));
		break;
	}
	if (file)
		fclose(file);
	return digest;
}

/*
 * Everything that changes the guest, but for what is in the modules: an entry itself knows
 * which of them it has, and entry_whole() looks whether they are the same.
 */
static int entry_key(struct vm_machine *vm, const char *version, uint64_t *key, struct fault *f)
{
	int err;

	*key = digest_add(DIGEST_START, GUEST_FORMAT, 1);
	*key = digest_add(*key, version, strlen(version));
	*key = qemu_digest(*key, vm->clock, vm->config.ram_mb);
	if (vm->clock != QEMU_VIRTUAL)
		*key = processor_digest(*key);
	err = file_digest(vm->kernel.vmlinuz, key, f);
	if (!err)
		err = program_digest(key, f);
	vm->digest = *key;
	*key = digest_add(*key, vm->kernel.modules, strlen(vm->kernel.modules));
	return err;
}

/* ---- making */

static int entry_make(const struct vm_machine *vm, const char *name, struct fault *f)
{
	char temp[CACHE_PATH];
	struct fault ignored;
	int err = cache_begin("guests", name, temp, f);

	if (!err)
		err = vm_kind(vm) == ENTRY_BOOTS ? boot_make(vm, temp, f)
		                                 : snapshot_make(vm, temp, f);
	if (!err)
		err = entry_seal(temp, vm_kind(vm), f);
	if (!err)
		err = interrupt_check(f);
	if (!err)
		err = cache_commit(temp, vm->entry, f);
	if (!err)
		return 0;
	err = cache_full("guests", err, f); /* before what fills it is removed */
	if (cache_forget("guests", name, false, &ignored) < 0)
		fprintf(stderr, "finwait: %s is left over\n", temp);
	return err;
}

/* ---- opening */

static int info_read(struct vm_machine *vm, struct fault *f)
{
	struct record *rec = record_new();
	char path[CACHE_PATH], why[160], *line;
	size_t size;
	int err = path_join(path, vm->entry, "run.jsonl", f);

	if (!rec)
		return fault_set(f, ENOMEM, "read what the guest's kernel can do");
	line = err ? NULL : file_read(path, &size, f);
	if (!line)
		err = -f->err;
	else if (json_read_line(rec, line, size, why) != JSON_RUN)
		err = fault_set_ext(f, EBADMSG, why, "read what the guest's kernel can do");
	free(line);
	if (!err) {
		vm->info = rec->run;
		vm->info.asked = (struct run_asked){0}; /* a guest is asked nothing yet */
		rec->run.features = (struct settings){0}; /* ours now */
	}
	record_free(rec);
	return err;
}

static int entry_open(struct vm_machine *vm, struct fault *f)
{
	int err = info_read(vm, f);

	if (err || vm_kind(vm) == ENTRY_BOOTS)
		return err;
	err = kept_open(&vm->warm, vm->entry, STOP_WARM, 0, f);
	if (!err && vm_kind(vm) == ENTRY_MULTIPLIES)
		err = kept_open(&vm->cold, vm->entry, STOP_COLD, 0, f);
	return err ? err : entry_digest(vm->entry, &vm->digest, f);
}

static void clock_choose(struct vm_machine *vm)
{
	vm->clock = QEMU_VIRTUAL;
	if (vm->config.real)
		vm->clock = kvm_works(vm->clock_why, sizeof(vm->clock_why)) ? QEMU_REAL_KVM
		                                                            : QEMU_REAL_TCG;
}

/* FINWAIT_GUEST_MB: for a kernel that needs more, or to see what too little does. */
static unsigned int ram_asked(void)
{
	const char *text = getenv("FINWAIT_GUEST_MB");
	long mb = text ? strtol(text, NULL, 10) : 0;

	return mb >= 16 && mb <= 2048 ? (unsigned int)mb : QEMU_RAM_MB;
}

/* The entry's folder, found or made, and opened; for who holds its lock. */
static int entry_have(struct vm_machine *vm, const char *name, struct fault *f)
{
	int err = entry_trusted(vm->entry, f);

	if (err)
		return err;
	(void)utimensat(AT_FDCWD, vm->entry, NULL, 0); /* used now: nobody removes it */
	if (!entry_is_whole(vm->entry, vm_kind(vm))) {
		vm->built = true;
		err = vm_forget(vm->kernel.release, false, f);
		if (!err && vm->kernel.version[0])
			err = kernel_trusted(&vm->kernel, f);
		if (!err)
			err = entry_make(vm, name, f);
	}
	return err ? err : entry_open(vm, f);
}

static int entry_find(struct vm_machine *vm, const char *version, struct fault *f)
{
	char room[CACHE_PATH], name[160];
	struct cache_lock lock;
	uint64_t key;
	int err = entry_key(vm, version, &key, f);

	if (!err)
		err = cache_room("guests", room, f);
	if (err)
		return err;
	snprintf(name, sizeof(name), "%s-%016llx", vm->kernel.release, (unsigned long long)key);
	err = path_join(vm->entry, room, name, f);
	if (!err)
		err = cache_lock("guests", name, true, &lock, f);
	if (err)
		return err;
	err = entry_have(vm, name, f);
	cache_unlock(&lock);
	return err;
}

int vm_prepare(const struct vm_kernel *kernel, const struct vm_config *config,
               struct vm_machine *vm, struct fault *f)
{
	char version[200];
	int err;

	*vm = (struct vm_machine){
		.kernel = *kernel,
		.config = *config,
		.cold = KEPT_NOTHING,
		.warm = KEPT_NOTHING,
	};
	if (!vm->config.ram_mb)
		vm->config.ram_mb = ram_asked();
	clock_choose(vm);
	interrupt_catch();
	err = qemu_version(version, sizeof(version), f);
	if (!err)
		err = entry_find(vm, version, f);
	interrupt_release();
	if (interrupt_pending()) /* whatever failed because of it */
		err = fault_refuse(f, EINTR, "interrupted while a guest of %s was made ready",
		                   kernel->release);
	if (err) {
		vm_release(vm);
		return err;
	}
	qemu_describe(version, vm->clock, vm->info.guest, sizeof(vm->info.guest));
	return 0;
}

void vm_release(struct vm_machine *vm)
{
	stem_end(vm);
	kept_close(&vm->cold);
	kept_close(&vm->warm);
	settings_clear(&vm->info.features);
}
