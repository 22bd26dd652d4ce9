/* SPDX-License-Identifier: GPL-2.0-or-later */
/* qemu: one machine: its command line, its process, and the few words of QMP. */
#ifndef FINWAIT_VM_QEMU_H
#define FINWAIT_VM_QEMU_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "cache.h"
#include "shared.h"

#define QEMU_PROGRAM "qemu-system-x86_64"
#define QEMU_RAM_MB 256

enum qemu_clock {
	QEMU_VIRTUAL, /* TCG counting instructions: time jumps to the next timer when idle */
	QEMU_REAL_TCG,
	QEMU_REAL_KVM,
	QEMU_CLOCK_COUNT,
};

/* What a machine that is to multiply (fork.h) has its ends of. */
struct qemu_forks {
	int socket_fd, monitor_fd;
};

struct qemu_config {
	enum qemu_clock clock;
	unsigned int ram_mb;
	const char *vmlinux, *initrd; /* NULL with state_fd */
	int ram_fd; /* what RAM is in; -1: nowhere */
	bool keeps; /* what the guest writes stays in ram_fd: for a snapshot */
	uint32_t goes_on; /* behind how many of its stops; at the next one it stays */
	int state_fd; /* qemu_restore() will be given this; -1: boot */
	bool controlled; /* with QMP */
	int cpu; /* stay on this one; -1: anywhere */
	const struct qemu_forks *forks; /* NULL: it does not multiply */
};

struct qemu {
	pid_t pid; /* 0: not running */
	int alive_fd; /* reads as ended when the process has */
	int console_fd, error_fd, shared_fd; /* memory files */
	int qmp_fd; /* -1: none */
	int monitor_fd, line_fd; /* of a fork (stem.h), which is no child of ours; else -1 */
	struct shared *shared;
	char heard[65536]; /* of QMP, a line that is still coming in */
	size_t heard_size;
};

/* The version that QEMU says it is; -ENOENT: not installed. */
int qemu_version(char *version, size_t size, struct fault *f) MUST_CHECK;
/* "QEMU 7.2.22, TCG", of qemu_version()'s words. */
void qemu_describe(const char *version, enum qemu_clock clock, char *buf, size_t size);
/* All of the command line that changes what the guest sees, to tell snapshots apart. */
uint64_t qemu_digest(uint64_t digest, enum qemu_clock clock, unsigned int ram_mb);

/* qemu_open() makes the memory, where a job can be put; qemu_start() the process. */
int qemu_open(struct qemu *qemu, struct fault *f) MUST_CHECK;
int qemu_start(struct qemu *qemu, const struct qemu_config *config, struct fault *f) MUST_CHECK;
/* 1: it has ended, with *@status; 0: not within @wait_ms. */
int qemu_wait(struct qemu *qemu, int wait_ms, int *status);
/* The same with a limit of what QEMU gets of the machine (limit.h); also 0 when interrupted. */
int qemu_end(struct qemu *qemu, int limit_ms, int *status);
/* End it if it runs, and let go of everything. */
void qemu_close(struct qemu *qemu);

/* The last @lines lines of the console that say something, joined by " | ". */
char *qemu_console_tail(const struct qemu *qemu, unsigned int lines, char *buf, size_t size);
/* The whole console, to be freed; NULL without memory. */
char *qemu_console(const struct qemu *qemu);
char *qemu_error_line(const struct qemu *qemu, char *buf, size_t size);

/*
 * In all of these the limit is of the time that QEMU gets of the machine (limit.h).
 * Hear that QEMU has set its machine up; before anything else is said to it.
 */
int qemu_greet(struct qemu *qemu, int limit_ms, struct fault *f) MUST_CHECK;
/* Until the guest has stopped itself once more; -EPIPE: QEMU has ended; -ETIMEDOUT. */
int qemu_await_stop(struct qemu *qemu, int limit_ms, struct fault *f) MUST_CHECK;
/* Go on from what qemu_save() wrote. */
int qemu_restore(struct qemu *qemu, int fd, int limit_ms, struct fault *f) MUST_CHECK;
/* Write all but RAM to @fd. */
int qemu_save(struct qemu *qemu, int fd, int limit_ms, struct fault *f) MUST_CHECK;

#endif
