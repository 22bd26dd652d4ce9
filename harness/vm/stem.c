// SPDX-License-Identifier: GPL-2.0-or-later
#include "stem.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../base/interrupt.h"
#include "../base/pass.h"
#include "fork.h"

#define STEM_LIMIT_MS 60000
#define FORK_LIMIT_MS 60000 /* for a fork to answer, and for one that is asked nothing to end */

/*
 * To have the stem stand takes one processor some 1.6 s, in which the others wait; the shortest of
 * runs (self.two-waves) takes 0.4 s less then. So it pays where each place has so many to come.
 */
#define RUNS_A_PLACE_MIN 5

struct stem {
	struct qemu qemu;
	int forks_fd; /* requests go out by it */
	int monitor_fd; /* the stem's own, which nobody uses */
};

/* ---- a fork */

static int request_send(const struct stem *stem, const struct qemu *qemu, int cpu, int monitor_fd,
                        int line_fd)
{
	const int fds[FORK_FD_COUNT] = {
		[FORK_FD_SHARED] = qemu->shared_fd, [FORK_FD_CONSOLE] = qemu->console_fd,
		[FORK_FD_ERROR] = qemu->error_fd,   [FORK_FD_MONITOR] = monitor_fd,
		[FORK_FD_LINE] = line_fd,
	};
	const struct fork_request request = {.cpu = cpu};

	return pass_send(stem->forks_fd, &request, sizeof(request), fds, FORK_FD_COUNT);
}

static int answer_take(struct qemu *qemu, int line_fd)
{
	struct pollfd fd = {.fd = line_fd, .events = POLLIN};
	struct fork_answer answer;
	int err;

	if (poll(&fd, 1, FORK_LIMIT_MS) <= 0)
		return -ETIMEDOUT;
	err = pass_receive(line_fd, &answer, sizeof(answer), &qemu->alive_fd, 1, 0);
	if (!err)
		qemu->pid = answer.pid;
	return err;
}

int stem_fork(const struct stem *stem, struct qemu *qemu, int cpu)
{
	int line[2], monitor[2], err;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, line) < 0)
		return -errno;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, monitor) < 0) {
		err = -errno;
		close(line[0]);
		close(line[1]);
		return err;
	}
	qemu->shared->goes_on = STOP_COUNT;
	err = request_send(stem, qemu, cpu, monitor[1], line[1]);
	close(line[1]);
	close(monitor[1]);
	if (!err)
		err = answer_take(qemu, line[0]);
	/* A short job may be over before anything is said about it. */
	if (!err && send(monitor[0], "cont\n", 5, MSG_NOSIGNAL) != 5)
		err = -errno;
	if (!err) {
		qemu->line_fd = line[0];
		qemu->monitor_fd = monitor[0];
		return 0;
	}
	close(line[0]); /* the fork, if there is one, ends with it */
	close(monitor[0]);
	return err;
}

/* ---- the stem */

#define RESTORE_LIMIT_MS 60000

/* QEMU's own words say more than that it is gone. */
static int restore_failed(struct qemu *qemu, struct fault *f)
{
	char said[160];

	if (*qemu_error_line(qemu, said, sizeof(said)))
		return fault_set_ext(f, f->err, said, "restore the guest");
	return -f->err;
}

int vm_restore(struct qemu *qemu, int fd, struct fault *f)
{
	return qemu_restore(qemu, fd, RESTORE_LIMIT_MS, f) < 0 ? restore_failed(qemu, f) : 0;
}

static int stem_boot(struct stem *stem, const struct vm_machine *vm, const struct qemu_forks *forks,
                     struct fault *f)
{
	const struct qemu_config config = {
		.clock = vm->clock,
		.ram_mb = vm->config.ram_mb,
		.ram_fd = vm->cold.ram_fd,
		.state_fd = kept_state(&vm->cold),
		.controlled = true,
		.goes_on = STOP_WARM,
		.cpu = -1,
		.forks = forks,
	};
	int err = qemu_start(&stem->qemu, &config, f);

	if (!err)
		err = vm_restore(&stem->qemu, config.state_fd, f);
	if (config.state_fd >= 0)
		close(config.state_fd);
	if (!err)
		err = qemu_await_stop(&stem->qemu, STEM_LIMIT_MS, f);
	if (!err && (stem->qemu.shared->stage != GUEST_READY ||
	             stem->qemu.shared->stop_cycles[STOP_COLD] < STOP_CYCLES_MIN))
		err = fault_set(f, EAGAIN, "stop the guest at the same instant as always");
	return err;
}

/* A fork that is asked nothing: it has to go on, and to end. */
static int stem_try(const struct stem *stem, struct fault *f)
{
	struct qemu qemu;
	int status, err = qemu_open(&qemu, f);

	if (err)
		return err;
	if (stem_fork(stem, &qemu, -1) < 0 || !qemu_end(&qemu, FORK_LIMIT_MS, &status) ||
	    qemu.shared->stage != GUEST_DONE ||
	    qemu.shared->stop_cycles[STOP_WARM] < STOP_CYCLES_MIN)
		err = fault_refuse(f, EOPNOTSUPP, "this QEMU does not multiply");
	qemu_close(&qemu);
	return err;
}

static void pair_close(const int pair[2])
{
	for (int i = 0; i < 2; i++)
		if (pair[i] >= 0)
			close(pair[i]);
}

int stem_start(struct vm_machine *vm, struct fault *f)
{
	int forks[2] = {-1, -1}, monitor[2] = {-1, -1}, err;
	struct stem *stem = calloc(1, sizeof(*stem));

	if (!stem)
		return fault_set(f, ENOMEM, "have a guest that multiplies");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, forks) < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, monitor) < 0)
		err = fault_set(f, errno, "make a socket pair");
	else
		err = qemu_open(&stem->qemu, f);
	if (err) {
		pair_close(forks);
		pair_close(monitor);
		free(stem);
		return err;
	}
	stem->forks_fd = forks[0];
	stem->monitor_fd = monitor[0];
	vm->stem = stem;
	err = stem_boot(stem, vm,
	                &(struct qemu_forks){.socket_fd = forks[1], .monitor_fd = monitor[1]}, f);
	close(forks[1]);
	close(monitor[1]);
	if (!err)
		err = stem_try(stem, f);
	if (err)
		stem_end(vm);
	return err;
}

void stem_end(struct vm_machine *vm)
{
	if (!vm->stem)
		return;
	qemu_close(&vm->stem->qemu);
	close(vm->stem->forks_fd);
	close(vm->stem->monitor_fd);
	free(vm->stem);
	vm->stem = NULL;
}

int vm_expect(struct vm_machine *vm, size_t runs, unsigned int places, struct fault *f)
{
	int err;

	if (vm->stem || vm->clock != QEMU_VIRTUAL || runs / places < RUNS_A_PLACE_MIN)
		return 0;
	interrupt_catch();
	err = stem_start(vm, f);
	interrupt_release();
	if (interrupt_pending()) {
		stem_end(vm);
		err = fault_refuse(f, EINTR, "interrupted while a guest of %s was made ready",
		                   vm->kernel.release);
	}
	return err;
}
