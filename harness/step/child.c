// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Theory of operation
 *
 * What the kernel does with the sockets of a process that ends is seen from a process that
 * ends. A child is forked that keeps one socket and one end of a pipe, closes all else, and
 * waits in read(2). It is gone when its parent is, whatever becomes of that. When waitpid()
 * returns the socket is closed: exit_task_work() runs the last fput() before exit_notify().
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe_run.h"

struct child {
	pid_t pid;
	int go_fd; /* closed, the child returns from its read(2) */
	unsigned int number; /* as the record knows it */
	struct sock *sock;
};

/* All above the standard ones but these two. */
static void fds_close_but(int a, int b)
{
	unsigned int low = (unsigned int)(a < b ? a : b), high = (unsigned int)(a < b ? b : a);

	if ((low > 3 && close_range(3, low - 1, 0) < 0) ||
	    (high > low + 1 && close_range(low + 1, high - 1, 0) < 0) ||
	    close_range(high + 1, ~0U, 0) < 0)
		_exit(EXIT_FAILURE);
}

static _Noreturn void child_main(pid_t parent, int sock_fd, int wait_fd)
{
	char byte;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(EXIT_FAILURE);
	fds_close_but(sock_fd, wait_fd);
	_exit(read(wait_fd, &byte, 1) < 0 ? EXIT_FAILURE : EXIT_SUCCESS);
}

struct child *sock_give(struct sock *sock)
{
	struct probe_run *run = sock->run;
	struct child *child = calloc(1, sizeof(*child));
	struct sock_call call = {.name = "give", .t_ns = sock_now_ns(sock)};
	pid_t parent = getpid();
	int fds[2];

	if (!child || pipe2(fds, O_CLOEXEC) < 0)
		sock_fail(sock, "pipe for a child", child ? errno : ENOMEM);
	*child = (struct child){.sock = sock, .go_fd = fds[1], .number = ++run->children};
	child->pid = fork();
	if (child->pid < 0)
		sock_fail(sock, "fork", errno);
	if (!child->pid)
		child_main(parent, sock->fd, fds[0]);
	close(fds[0]);
	close(sock->fd);
	sock->fd = -1;
	call.child = child->number;
	sock_called(sock, &call);
	return child;
}

static void child_end(struct child *child, struct sock_call *call)
{
	int status;

	while (waitpid(child->pid, &status, 0) < 0)
		if (errno != EINTR)
			sock_fail(child->sock, "wait for its process", errno);
	call->child = child->number;
	sock_called(child->sock, call);
	free(child);
}

void child_exit(struct child *child)
{
	struct sock_call call = {.name = "exit", .t_ns = sock_now_ns(child->sock)};

	close(child->go_fd);
	child_end(child, &call);
}

void child_kill(struct child *child)
{
	struct sock_call call = {
		.name = "kill", .args = "SIGKILL", .t_ns = sock_now_ns(child->sock)};

	if (kill(child->pid, SIGKILL) < 0)
		sock_fail(child->sock, "kill its process", errno);
	close(child->go_fd);
	child_end(child, &call);
}
