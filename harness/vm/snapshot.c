// SPDX-License-Identifier: GPL-2.0-or-later
#include "snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "image.h"
#include "initrd.h"
#include "trouble.h"

#define BOOT_LIMIT_MS 60000
#define SAVE_LIMIT_MS 60000

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

/* A fetched kernel can be fetched again. */
static int kernel_damaged(const struct vm_kernel *kernel, struct fault *f)
{
	const struct fault said = *f;
	char text[200];

	if (!kernel->version[0])
		return -said.err;
	return fault_refuse(f, said.err, "%s: finwait kernel rm %.40s, then fetch it again",
	                    fault_text(&said, text, sizeof(text)), kernel->release);
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
	if (err == -EBADMSG || err == -ENOEXEC)
		return kernel_damaged(&vm->kernel, f);
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

	(void)qemu_end(qemu, why == -EPIPE ? BOOT_LIMIT_MS : 0, &status);
	boot_words(qemu, why, status, words, sizeof(words));
	return fault_set_ext(f, why == -ETIMEDOUT ? ETIMEDOUT : EIO, words, "boot %s in QEMU",
	                     vm->kernel.release);
}

static int fd_sync(int fd, struct fault *f)
{
	return fdatasync(fd) < 0 ? fault_set(f, errno, "write the snapshot") : 0;
}

/* The machine runs until it has stopped itself, and is kept. */
static int kept_save(struct qemu *qemu, const struct vm_machine *vm, const struct vm_kept *kept,
                     struct fault *f)
{
	int err = qemu_await_stop(qemu, BOOT_LIMIT_MS, f);

	if (err || qemu->shared->stage != GUEST_READY)
		return boot_failed(qemu, vm, err, f);
	err = qemu_save(qemu, kept->state_fd, SAVE_LIMIT_MS, f);
	if (!err)
		err = fd_sync(kept->state_fd, f);
	return err ? err : fd_sync(kept->ram_fd, f);
}

/* What a snapshot is made of, and where it is made. */
struct making {
	const struct vm_machine *vm;
	const struct qemu_config *boot;
	struct vm_kept cold, warm; /* no cold one where the clock is real */
	const char *dir;
};

static bool stop_is_exact(const struct qemu *qemu, enum guest_stop stop)
{
	return qemu->shared->stop_cycles[stop] >= STOP_CYCLES_MIN;
}

/* Each has a QEMU of its own: 1, 0 (time has passed at a stop), or -errno. */
typedef int (*step_fn)(const struct making *making, struct qemu *qemu, struct fault *f);

/* Up to the first stop, which is the last one where the clock is real. */
static int step_boot(const struct making *making, struct qemu *qemu, struct fault *f)
{
	bool is_virtual = making->vm->clock == QEMU_VIRTUAL;
	const struct vm_kept *kept = is_virtual ? &making->cold : &making->warm;
	struct qemu_config config = *making->boot;
	int err;

	config.ram_fd = kept->ram_fd;
	config.keeps = true;
	err = qemu_start(qemu, &config, f);
	if (!err)
		err = qemu_greet(qemu, BOOT_LIMIT_MS, f);
	if (!err)
		err = kept_save(qemu, making->vm, kept, f);
	if (!err)
		err = file_write_in(making->dir, "run.jsonl", (char *)qemu->shared + SHARED_OUT_AT,
		                    (size_t)qemu->shared->out_size, f);
	return err ? err : 1;
}

/* A machine that is kept goes on, behind @goes_on of its stops. */
static int kept_go_on(const struct making *making, struct qemu *qemu, const struct vm_kept *kept,
                      int ram_fd, uint32_t goes_on, struct fault *f)
{
	const struct qemu_config config = {
		.clock = making->vm->clock,
		.ram_mb = making->vm->config.ram_mb,
		.ram_fd = ram_fd,
		.keeps = goes_on < STOP_COUNT,
		.state_fd = kept->state_fd,
		.controlled = true,
		.goes_on = goes_on,
		.cpu = -1,
	};
	int err;

	if (lseek(kept->state_fd, 0, SEEK_SET) < 0)
		return fault_set(f, errno, "read the snapshot");
	err = qemu_start(qemu, &config, f);
	return err ? err : qemu_restore(qemu, kept->state_fd, SAVE_LIMIT_MS, f);
}

/* From the first stop to the second. */
static int step_warm(const struct making *making, struct qemu *qemu, struct fault *f)
{
	const struct vm_kept *warm = &making->warm;
	int err;

	if (making->vm->clock != QEMU_VIRTUAL)
		return 1;
	err = kept_copy_ram(&making->cold, warm, f);
	if (!err)
		err = kept_go_on(making, qemu, &making->cold, warm->ram_fd, STOP_WARM, f);
	if (!err)
		err = kept_save(qemu, making->vm, warm, f);
	return err ? err : stop_is_exact(qemu, STOP_COLD);
}

/* Whether the new snapshot goes on from where it stopped. */
static int step_try(const struct making *making, struct qemu *qemu, struct fault *f)
{
	const struct vm_kept *warm = &making->warm;
	int status, err = kept_go_on(making, qemu, warm, warm->ram_fd, STOP_COUNT, f);

	if (!err && (!qemu_end(qemu, SAVE_LIMIT_MS, &status) || qemu->shared->stage != GUEST_DONE))
		err = fault_set(f, EIO, "go on from the snapshot of a guest");
	return err ? err : making->vm->clock != QEMU_VIRTUAL || stop_is_exact(qemu, STOP_WARM);
}

/* 1: a good one, 0: another one is needed, -errno. */
static int snapshot_take(const struct making *making, struct fault *f)
{
	static const step_fn steps[] = {step_boot, step_warm, step_try};
	int err = kept_empty(&making->warm, making->vm->config.ram_mb, f), good = 1;

	if (!err && making->cold.ram_fd >= 0)
		err = kept_empty(&making->cold, making->vm->config.ram_mb, f);
	if (err)
		return err;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && good > 0; i++) {
		struct qemu qemu;

		err = qemu_open(&qemu, f);
		if (err)
			return err;
		good = steps[i](making, &qemu, f);
		qemu_close(&qemu);
	}
	return good;
}

/* Up to the next stop, of what guest_boot_files() writes to these paths. */
static struct qemu_config boot_config(const struct vm_machine *vm, const char *vmlinux,
                                      const char *initrd)
{
	return (struct qemu_config){
		.clock = vm->clock,
		.ram_mb = vm->config.ram_mb,
		.vmlinux = vmlinux,
		.initrd = initrd,
		.ram_fd = -1,
		.state_fd = -1,
		.goes_on = STOP_COLD,
		.controlled = true,
		.cpu = -1,
	};
}

#define SNAPSHOT_TRIES 8

int snapshot_make(const struct vm_machine *vm, const char *dir, struct fault *f)
{
	char vmlinux[CACHE_PATH] = "", initrd[CACHE_PATH] = "";
	struct qemu_config config = boot_config(vm, vmlinux, initrd);
	struct making making = {
		.vm = vm,
		.boot = &config,
		.cold = KEPT_NOTHING,
		.warm = KEPT_NOTHING,
		.dir = dir,
	};
	int good = 0, err = guest_boot_files(vm, dir, vmlinux, initrd, f);

	if (!err)
		err = kept_open(&making.warm, dir, STOP_WARM, O_CREAT, f);
	if (!err && vm->clock == QEMU_VIRTUAL)
		err = kept_open(&making.cold, dir, STOP_COLD, O_CREAT, f);
	for (int tries = 0; !err && !good && tries < SNAPSHOT_TRIES; tries++) {
		good = snapshot_take(&making, f);
		err = good < 0 ? good : 0;
	}
	if (!err && !good)
		err = fault_set(f, EAGAIN, "stop the guest at the same instant as always");
	kept_close(&making.cold);
	kept_close(&making.warm);
	if (!err && (unlink(vmlinux) < 0 || unlink(initrd) < 0))
		err = fault_set(f, errno, "remove what is needed no more");
	return err;
}

int boot_make(const struct vm_machine *vm, const char *dir, struct fault *f)
{
	char vmlinux[CACHE_PATH] = "", initrd[CACHE_PATH] = "";
	struct qemu_config config = boot_config(vm, vmlinux, initrd);
	struct qemu qemu;
	int err = guest_boot_files(vm, dir, vmlinux, initrd, f);

	if (err)
		return err;
	err = qemu_open(&qemu, f);
	if (err)
		return err;
	err = qemu_start(&qemu, &config, f);
	if (!err) {
		err = qemu_greet(&qemu, BOOT_LIMIT_MS, f);
		if (!err)
			err = qemu_await_stop(&qemu, BOOT_LIMIT_MS, f);
		if (err || qemu.shared->stage != GUEST_READY)
			err = boot_failed(&qemu, vm, err, f);
	}
	if (!err)
		err = file_write_in(dir, "run.jsonl", (char *)qemu.shared + SHARED_OUT_AT,
		                    (size_t)qemu.shared->out_size, f);
	qemu_close(&qemu);
	return err;
}
