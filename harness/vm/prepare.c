// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * prepare: having a guest ready. An entry of the cache is a folder
 * "guests/RELEASE-KEY": the machine's RAM and the rest of its state at the instant when it
 * stopped itself, or with KVM what it boots from. "made" is written last and tells the
 * sizes: what does not fit it is made anew.
 */
#include "vm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../record/json.h"
#include "initrd.h"
#include "modules.h"
#include "snapshot.h"

#define GUEST_FORMAT "2" /* of an entry */

static int file_digest(const char *path, uint64_t *digest, struct fault *f)
{
	size_t size;
	void *data = file_read(path, &size, f);

	if (!data)
		return -f->err;
	*digest = digest_add(*digest, data, size);
	free(data);
	return 0;
}

/* Not with KVM: nobody has tried yet what its clocks make of it. */
static bool vm_restores(const struct vm_machine *vm)
{
	return vm->clock != QEMU_REAL_KVM;
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
	*key = digest_add(*key, vm->kernel.modules, strlen(vm->kernel.modules));
	*key = qemu_digest(*key, vm->clock, vm->config.ram_mb);
	if (vm->clock != QEMU_VIRTUAL)
		*key = processor_digest(*key);
	err = file_digest(vm->kernel.vmlinuz, key, f);
	return err ? err : program_digest(key, f);
}

/* ---- what is whole */

/* The first is too large to be read each time. */
#define ENTRY_FILES 4
static const char *const entry_files[2][ENTRY_FILES] = {
	{"vmlinux", "initrd", "run.jsonl", "modules"}, {"ram", "state", "run.jsonl", "modules"}};

/* "SIZE DIGEST NAME" of each file, but for the first one's digest; -ENOENT: one is missing. */
static int entry_describe(const char *dir, bool restores, char *text, size_t size, struct fault *f)
{
	size_t used = 0;

	for (int i = 0; i < ENTRY_FILES; i++) {
		const char *name = entry_files[restores][i];
		uint64_t digest = DIGEST_START;
		char path[CACHE_PATH];
		struct stat st;
		int err = path_join(path, dir, name, f);

		if (!err && stat(path, &st) < 0)
			err = fault_set(f, errno, "look at %s", path);
		if (!err && i)
			err = file_digest(path, &digest, f);
		if (err)
			return err;
		used += (size_t)snprintf(text + used, size - used, "%lld %016llx %s\n",
		                         (long long)st.st_size, (unsigned long long)digest, name);
	}
	return 0;
}

static int entry_make(const struct vm_machine *vm, const char *name, struct fault *f)
{
	char temp[CACHE_PATH], text[512];
	struct fault ignored;
	int err = cache_begin("guests", name, temp, f);

	if (!err)
		err = vm_restores(vm) ? snapshot_make(vm, temp, f) : boot_make(vm, temp, f);
	if (!err)
		err = entry_describe(temp, vm_restores(vm), text, sizeof(text), f);
	if (!err)
		err = file_write_in(temp, "made", text, strlen(text), f);
	if (!err)
		err = cache_commit(temp, vm->entry, f);
	if (!err)
		return 0;
	err = cache_full("guests", err, f); /* before what fills it is removed */
	if (cache_forget("guests", name, false, &ignored) < 0)
		fprintf(stderr, "finwait: %s is left over\n", temp);
	return err;
}

/* The text of @name in the entry, to be freed; NULL: it cannot be read. */
static char *entry_text(const struct vm_machine *vm, const char *name)
{
	struct fault ignored;
	char path[CACHE_PATH];
	size_t size;

	return path_join(path, vm->entry, name, &ignored) < 0 ? NULL
	                                                      : file_read(path, &size, &ignored);
}

static bool entry_whole(const struct vm_machine *vm)
{
	char text[512], *made, *modules;
	struct fault ignored;
	bool whole;

	if (entry_describe(vm->entry, vm_restores(vm), text, sizeof(text), &ignored) < 0)
		return false;
	made = entry_text(vm, "made");
	modules = entry_text(vm, "modules");
	whole = made && !strcmp(made, text) && modules && modules_same(modules);
	free(made);
	free(modules);
	return whole;
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

	if (err || !vm_restores(vm))
		return err;
	vm->ram_fd = file_open_in(vm->entry, "ram", O_RDWR, f);
	if (vm->ram_fd < 0)
		return vm->ram_fd;
	vm->state_fd = file_open_in(vm->entry, "state", O_RDONLY, f);
	if (vm->state_fd < 0)
		return vm->state_fd;
	return 0;
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

int vm_prepare(const struct vm_kernel *kernel, const struct vm_config *config,
               struct vm_machine *vm, struct fault *f)
{
	char room[CACHE_PATH], name[160], version[200];
	struct cache_lock lock;
	uint64_t key;
	int err;

	*vm = (struct vm_machine){
		.kernel = *kernel, .config = *config, .ram_fd = -1, .state_fd = -1};
	if (!vm->config.ram_mb)
		vm->config.ram_mb = ram_asked();
	clock_choose(vm);
	err = qemu_version(version, sizeof(version), f);
	if (!err)
		err = entry_key(vm, version, &key, f);
	if (!err)
		err = cache_room("guests", room, f);
	if (err)
		return err;
	snprintf(name, sizeof(name), "%s-%016llx", kernel->release, (unsigned long long)key);
	err = path_join(vm->entry, room, name, f);
	if (err)
		return err;
	err = cache_lock("guests", name, true, &lock, f);
	if (err)
		return err;
	(void)utimensat(AT_FDCWD, vm->entry, NULL, 0); /* used now: nobody removes it */
	if (!entry_whole(vm)) {
		vm->built = true;
		err = vm_forget(kernel->release, false, f);
		if (!err)
			err = entry_make(vm, name, f);
	}
	if (!err)
		err = entry_open(vm, f);
	cache_unlock(&lock);
	qemu_describe(version, vm->clock, vm->info.guest, sizeof(vm->info.guest));
	if (err)
		vm_release(vm);
	return err;
}

void vm_release(struct vm_machine *vm)
{
	if (vm->ram_fd >= 0)
		close(vm->ram_fd);
	if (vm->state_fd >= 0)
		close(vm->state_fd);
	vm->ram_fd = vm->state_fd = -1;
	settings_clear(&vm->info.features);
}
