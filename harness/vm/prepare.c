// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * prepare: having a guest ready. An entry of the cache is a folder
 * "guests/RELEASE-KEY": with a virtual clock the machine's RAM and the rest of its
 * state at the instant when it stopped itself, with a real one what it boots from. "made"
 * is written last and tells the sizes: what does not fit it is made anew.
 */
#include "vm.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../record/json.h"
#include "image.h"
#include "initrd.h"
#include "modules.h"
#include "trouble.h"

#define GUEST_FORMAT "2" /* of an entry */
#define BOOT_LIMIT_MS 60000
#define SAVE_LIMIT_MS 60000

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
	err = file_digest(vm->kernel.vmlinuz, key, f);
	return err ? err : program_digest(key, f);
}

/* ---- making */

/*
 * Where the initrd has no room behind the kernel a guest says nothing and never ends. With
 * more than that, and still too little, it says itself what it lacks.
 */
static int guest_fits(const struct vm_machine *vm, const char *vmlinux, const char *initrd,
                      struct fault *f)
{
	uint64_t end, need_mb;
	struct stat st;
	int err = image_end(vmlinux, &end, f);

	if (!err && stat(initrd, &st) < 0)
		err = fault_set(f, errno, "look at %s", initrd);
	if (err)
		return err;
	need_mb = (end + (uint64_t)st.st_size + (1 << 20) - 1) >> 20;
	if (need_mb <= vm->config.ram_mb)
		return 0;
	return fault_refuse(f, ENOMEM,
	                    "%s and its initrd alone take %llu MB: more than the guest's %u"
	                    " (FINWAIT_GUEST_MB)",
	                    vm->kernel.release, (unsigned long long)need_mb, vm->config.ram_mb);
}

static int guest_boot_files(const struct vm_machine *vm, const char *dir, char vmlinux[CACHE_PATH],
                            char initrd[CACHE_PATH], struct fault *f)
{
	char sources[CACHE_PATH];
	int err = path_join(vmlinux, dir, "vmlinux", f);

	if (!err)
		err = path_join(initrd, dir, "initrd", f);
	if (!err)
		err = path_join(sources, dir, "modules", f);
	if (!err)
		err = image_unpack(vm->kernel.vmlinuz, vmlinux, f);
	if (!err)
		err = initrd_write(&vm->kernel, initrd, sources, f);
	return err ? err : guest_fits(vm, vmlinux, initrd, f);
}

/* Why a guest did not come to its stop: of what is known, what says most. */
static void boot_words(const struct qemu *qemu, int why, int status, char *words, size_t size)
{
	char *console = qemu_console(qemu);
	enum trouble trouble = console ? trouble_find(console, words, size) : TROUBLE_NONE;

	free(console);
	if (trouble != TROUBLE_NONE)
		return;
	if (qemu->shared->stage == GUEST_FAILED)
		snprintf(words, size, "%.*s", (int)qemu->shared->out_size,
		         (char *)qemu->shared + SHARED_OUT_AT);
	else if (WIFSIGNALED(status))
		snprintf(words, size, "QEMU was killed by SIG%s",
		         sigabbrev_np(WTERMSIG(status)) ?: "?");
	else if ((why != -EPIPE || !*qemu_error_line(qemu, words, size)) &&
	         !*qemu_console_tail(qemu, 3, words, size))
		snprintf(words, size, "nothing was said");
}

static int boot_failed(struct qemu *qemu, const struct vm_machine *vm, int why, struct fault *f)
{
	char words[160];
	int status = 0;

	(void)qemu_wait(qemu, why == -EPIPE ? BOOT_LIMIT_MS : 0, &status);
	boot_words(qemu, why, status, words, sizeof(words));
	return fault_set_ext(f, why == -ETIMEDOUT ? ETIMEDOUT : EIO, words, "boot %s in QEMU",
	                     vm->kernel.release);
}

static int fd_sync(int fd, struct fault *f)
{
	return fdatasync(fd) < 0 ? fault_set(f, errno, "write the snapshot") : 0;
}

static int snapshot_boot(struct qemu *qemu, const struct vm_machine *vm,
                         const struct qemu_config *config, int state_fd, struct fault *f)
{
	int err = qemu_start(qemu, config, f);

	if (err)
		return err;
	err = qemu_await_stop(qemu, BOOT_LIMIT_MS, f);
	if (err || qemu->shared->stage != GUEST_READY)
		return boot_failed(qemu, vm, err, f);
	err = qemu_save(qemu, state_fd, SAVE_LIMIT_MS, f);
	if (!err)
		err = fd_sync(state_fd, f);
	return err ? err : fd_sync(config->ram_fd, f);
}

static int file_in(const char *dir, const char *name, int flags, struct fault *f)
{
	char path[CACHE_PATH];
	int fd, err = path_join(path, dir, name, f);

	if (err)
		return err;
	fd = open(path, flags | O_CLOEXEC, 0666);
	return fd < 0 ? fault_set(f, errno, "open %s", path) : fd;
}

static int text_in(const char *dir, const char *name, const void *data, size_t size,
                   struct fault *f)
{
	char path[CACHE_PATH];
	int err = path_join(path, dir, name, f);

	return err ? err : file_write(path, data, size, f);
}

/* Whether the new snapshot goes on from where it stopped: 1, 0 (time has passed) or -errno. */
static int snapshot_try(const struct qemu_config *made, int state_fd, struct fault *f)
{
	struct qemu_config config = {
		.clock = made->clock,
		.ram_mb = made->ram_mb,
		.ram_fd = made->ram_fd,
		.state_fd = state_fd,
		.controlled = true,
		.cpu = -1,
	};
	int err, status = 0, good = 0;
	struct qemu qemu;

	if (lseek(state_fd, 0, SEEK_SET) < 0)
		return fault_set(f, errno, "read the snapshot");
	err = qemu_open(&qemu, f);
	if (err)
		return err;
	err = qemu_start(&qemu, &config, f);
	if (!err)
		err = qemu_restore(&qemu, state_fd, SAVE_LIMIT_MS, f);
	if (!err && (!qemu_wait(&qemu, SAVE_LIMIT_MS, &status) || qemu.shared->stage != GUEST_DONE))
		err = fault_set(f, EIO, "go on from the snapshot of a guest");
	if (!err)
		good = qemu.shared->stop_cycles >= STOP_CYCLES_MIN;
	qemu_close(&qemu);
	return err ? err : good;
}

/* One boot and save; 1: a good one, 0: another one is needed, -errno. */
static int snapshot_take(const struct vm_machine *vm, const struct qemu_config *config,
                         int state_fd, const char *dir, struct fault *f)
{
	struct qemu qemu;
	int err;

	if (ftruncate(state_fd, 0) < 0 || lseek(state_fd, 0, SEEK_SET) < 0 ||
	    ftruncate(config->ram_fd, 0) < 0 ||
	    ftruncate(config->ram_fd, (off_t)vm->config.ram_mb << 20) < 0)
		return fault_set(f, errno, "make room for a guest's memory");
	err = qemu_open(&qemu, f);
	if (err)
		return err;
	err = snapshot_boot(&qemu, vm, config, state_fd, f);
	if (!err)
		err = text_in(dir, "run.jsonl", (char *)qemu.shared + SHARED_OUT_AT,
		              (size_t)qemu.shared->out_size, f);
	qemu_close(&qemu);
	return err ? err : snapshot_try(config, state_fd, f);
}

#define SNAPSHOT_TRIES 8

static int snapshot_make(const struct vm_machine *vm, const char *dir, struct fault *f)
{
	char vmlinux[CACHE_PATH], initrd[CACHE_PATH];
	struct qemu_config config = {
		.clock = vm->clock,
		.ram_mb = vm->config.ram_mb,
		.vmlinux = vmlinux,
		.initrd = initrd,
		.stops = true,
		.state_fd = -1,
		.controlled = true,
		.cpu = -1,
	};
	int good = 0, state_fd, err = guest_boot_files(vm, dir, vmlinux, initrd, f);

	if (err)
		return err;
	state_fd = file_in(dir, "state", O_RDWR | O_CREAT, f);
	config.ram_fd = file_in(dir, "ram", O_RDWR | O_CREAT, f);
	if (state_fd < 0 || config.ram_fd < 0)
		err = -f->err;
	for (int tries = 0; !err && !good && tries < SNAPSHOT_TRIES; tries++) {
		good = snapshot_take(vm, &config, state_fd, dir, f);
		err = good < 0 ? good : 0;
	}
	if (!err && !good)
		err = fault_set(f, EAGAIN, "stop the guest at the same instant as always");
	if (state_fd >= 0)
		close(state_fd);
	if (config.ram_fd >= 0)
		close(config.ram_fd);
	if (!err && (unlink(vmlinux) < 0 || unlink(initrd) < 0))
		err = fault_set(f, errno, "remove what is needed no more");
	return err;
}

/* A real clock: boot once to hear what the kernel can do; the files stay. */
static int boot_make(const struct vm_machine *vm, const char *dir, struct fault *f)
{
	char vmlinux[CACHE_PATH], initrd[CACHE_PATH];
	struct qemu_config config = {
		.clock = vm->clock,
		.ram_mb = vm->config.ram_mb,
		.vmlinux = vmlinux,
		.initrd = initrd,
		.ram_fd = -1,
		.state_fd = -1,
		.stops = true,
		.controlled = true,
		.cpu = -1,
	};
	struct qemu qemu;
	int err = guest_boot_files(vm, dir, vmlinux, initrd, f);

	if (err)
		return err;
	err = qemu_open(&qemu, f);
	if (err)
		return err;
	err = qemu_start(&qemu, &config, f);
	if (!err) {
		err = qemu_await_stop(&qemu, BOOT_LIMIT_MS, f);
		if (err || qemu.shared->stage != GUEST_READY)
			err = boot_failed(&qemu, vm, err, f);
	}
	if (!err)
		err = text_in(dir, "run.jsonl", (char *)qemu.shared + SHARED_OUT_AT,
		              (size_t)qemu.shared->out_size, f);
	qemu_close(&qemu);
	return err;
}

/* ---- what is whole */

/* The first is too large to be read each time. */
#define ENTRY_FILES 4
static const char *const entry_files[2][ENTRY_FILES] = {
	{"ram", "state", "run.jsonl", "modules"}, {"vmlinux", "initrd", "run.jsonl", "modules"}};

/* "SIZE DIGEST NAME" of each file, but for the first one's digest; -ENOENT: one is missing. */
static int entry_describe(const char *dir, bool real, char *text, size_t size, struct fault *f)
{
	size_t used = 0;

	for (int i = 0; i < ENTRY_FILES; i++) {
		const char *name = entry_files[real][i];
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
		err = vm->config.real ? boot_make(vm, temp, f) : snapshot_make(vm, temp, f);
	if (!err)
		err = entry_describe(temp, vm->config.real, text, sizeof(text), f);
	if (!err)
		err = text_in(temp, "made", text, strlen(text), f);
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

	if (entry_describe(vm->entry, vm->config.real, text, sizeof(text), &ignored) < 0)
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

	if (err || vm->config.real)
		return err;
	vm->ram_fd = file_in(vm->entry, "ram", O_RDWR, f);
	if (vm->ram_fd < 0)
		return vm->ram_fd;
	vm->state_fd = file_in(vm->entry, "state", O_RDONLY, f);
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
