// SPDX-License-Identifier: GPL-2.0-or-later
#include "scratch.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../netns/netns.h"
#include "../base/die.h"
#include "../base/file.h"

struct scratch_answer {
	int err;
	struct fault fault;
};

static _Noreturn void scratch_child(int fd, bool userns, scratch_fn fn, void *arg,
                                    const void *result, size_t size)
{
	struct scratch_answer answer = {0};

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* best effort: the pipe ends us too */
	if (userns)
		answer.err = userns_enter(&answer.fault);
	if (!answer.err)
		answer.err = fn(arg, &answer.fault);
	if (write_all(fd, &answer, sizeof(answer)) < 0 || (size && write_all(fd, result, size) < 0))
		die_errno("a try", "tell how it went");
	_exit(EXIT_SUCCESS);
}

int scratch_run(bool userns, scratch_fn fn, void *arg, void *result, size_t size, struct fault *f)
{
	struct scratch_answer answer;
	int fds[2], err, status;
	pid_t pid;

	if (pipe(fds) < 0)
		return fault_set(f, errno, "make a pipe");
	pid = fork();
	if (pid < 0) {
		err = errno;
		close(fds[0]);
		close(fds[1]);
		return fault_set(f, err, "fork");
	}
	if (!pid) {
		close(fds[0]);
		scratch_child(fds[1], userns, fn, arg, result, size);
	}
	close(fds[1]);
	err = read_all(fds[0], &answer, sizeof(answer));
	if (!err && size)
		err = read_all(fds[0], result, size);
	close(fds[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (err)
		return fault_set(f, ECHILD, "a process that tried something out died");
	if (answer.err && f)
		*f = answer.fault;
	return answer.err;
}
