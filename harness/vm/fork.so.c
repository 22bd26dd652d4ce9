// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fork: loaded into QEMU together with steady.so.c, so that one machine becomes many.
 *
 * Most of a short probe's time in a restored guest goes into starting QEMU and translating
 * the guest's code, which is the same each time. A machine that has run a while has that
 * behind it. So one is run to where the snapshot is taken, stays there, and forks for each
 * job: what it has translated is there already, and as the state is the same to the bit, so
 * is what the probe sees.
 *
 * fork(2) copies the calling thread alone. That is the main loop's, in ppoll(), where it
 * holds no lock. The processor's thread waits at that time, in fork_wait() and not in
 * pthread_cond_wait(), for a word of ours: it holds no lock either, and no library has noted
 * that it waits. The fork makes a thread with its thread-local memory, which goes on on its
 * stack. The threads that are left behind are those of RCU (what is to be freed is freed when
 * the fork ends) and of QMP (the fork has a monitor of the old kind, which has no thread).
 *
 * What the fork would share with the first machine is replaced by its own: the memory that
 * finwait maps, the console, the monitor's socket, and the eventfds by which threads wake
 * each other.
 */
#include "fork.so.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../base/pass.h"
#include "fork.h"

#define STACK_BYTES 65536 /* of the new thread, until it is on the old one's */

static int socket_fd = -1, monitor_fd = -1;
static bool is_fork;
static atomic_uint wakes; /* how often somebody was to be woken up */

/* The processor's thread, while it waits. */
static struct {
	jmp_buf at;
	pthread_t self; /* where its thread-local memory is */
} waiter;

static int environment_fd(const char *name)
{
	const char *text = getenv(name);
	int fd = text ? atoi(text) : -1;

	unsetenv(name); /* of no use to what QEMU starts */
	return fd;
}

static void __attribute__((constructor)) fork_begin(void)
{
	socket_fd = environment_fd(FORK_SOCKET);
	monitor_fd = environment_fd(FORK_MONITOR);
}

int fork_socket(void)
{
	return socket_fd;
}

/* ---- the processor's thread */

void fork_wake(void)
{
	atomic_fetch_add(&wakes, 1);
	syscall(SYS_futex, &wakes, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
}

void fork_wait(pthread_mutex_t *mutex)
{
	const unsigned int before = atomic_load(&wakes);

	pthread_mutex_unlock(mutex);
	waiter.self = pthread_self();
	(void)_setjmp(waiter.at); /* the fork's thread comes back here */
	while (atomic_load(&wakes) == before)
		syscall(SYS_futex, &wakes, FUTEX_WAIT_PRIVATE, before, NULL, NULL, 0);
	pthread_mutex_lock(mutex);
}

static int processor_go_on(void *arg)
{
	(void)arg;
	_longjmp(waiter.at, 1);
}

static bool processor_start(void)
{
	char *stack =
		mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return stack != MAP_FAILED && clone(processor_go_on, stack + STACK_BYTES,
	                                    CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
	                                            CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS,
	                                    NULL, NULL, (void *)waiter.self, NULL) >= 0;
}

/* ---- what is replaced */

static bool memory_replace(int fd)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	bool replaced = false, failed = false;
	char line[512];

	while (maps && fgets(line, sizeof(line), maps)) {
		unsigned long from, to;

		if (!strstr(line, "/memfd:" FORK_NAME_SHARED) ||
		    sscanf(line, "%lx-%lx", &from, &to) != 2)
			continue;
		replaced = true;
		failed |= mmap((void *)from, to - from, PROT_READ | PROT_WRITE,
		               MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED;
	}
	if (maps)
		fclose(maps);
	return replaced && !failed;
}

static bool eventfd_replace(int fd)
{
	int own = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	bool done = own >= 0 && dup3(own, fd, O_CLOEXEC) == fd;

	if (own >= 0)
		close(own);
	return done;
}

static bool name_begins(const char *name, const char *with)
{
	return !strncmp(name, with, strlen(with));
}

static bool fd_replace(int dir, const char *name, const int *fds)
{
	char what[128] = "";
	int fd = atoi(name);

	for (int i = 0; i < FORK_FD_COUNT; i++)
		if (fds[i] == fd)
			return true;
	if (readlinkat(dir, name, what, sizeof(what) - 1) < 0)
		return true; /* "." and ".." */
	if (name_begins(what, "/memfd:" FORK_NAME_CONSOLE))
		return dup3(fds[FORK_FD_CONSOLE], fd, O_CLOEXEC) == fd;
	if (name_begins(what, "/memfd:" FORK_NAME_ERROR))
		return dup2(fds[FORK_FD_ERROR], fd) == fd;
	if (name_begins(what, "anon_inode:[eventfd]"))
		return eventfd_replace(fd);
	return true;
}

static bool fds_replace(const int *fds)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;
	bool good = dir != NULL;

	while (good && (entry = readdir(dir)))
		good = fd_replace(dirfd(dir), entry->d_name, fds);
	if (dir)
		closedir(dir);
	return good && dup3(fds[FORK_FD_MONITOR], monitor_fd, O_CLOEXEC) == monitor_fd;
}

/* ---- a request */

static void stay_on(int cpu)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	if (cpu < 0)
		return;
	CPU_SET((size_t)cpu, &cpus);
	(void)sched_setaffinity(0, sizeof(cpus), &cpus); /* only makes it faster */
}

static bool line_answer(int fd)
{
	struct fork_answer answer = {.pid = getpid()};
	int pidfd = (int)syscall(SYS_pidfd_open, answer.pid, 0);
	bool said = pidfd >= 0 && pass_send(fd, &answer, sizeof(answer), &pidfd, 1) == 0;

	if (pidfd >= 0)
		close(pidfd);
	return said;
}

static void fork_become(const struct fork_request *request, const int *fds, pid_t first)
{
	is_fork = true;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != first)
		_exit(EXIT_FAILURE);
	stay_on(request->cpu);
	close(socket_fd);
	socket_fd = fds[FORK_FD_LINE];
	if (!memory_replace(fds[FORK_FD_SHARED]) || !fds_replace(fds) || !processor_start() ||
	    !line_answer(socket_fd))
		_exit(EXIT_FAILURE);
}

/* Whether a request was there; the end of the socket is the end of the machine. */
static bool request_take(struct fork_request *request, int *fds)
{
	int err = pass_receive(socket_fd, request, sizeof(*request), fds, FORK_FD_COUNT,
	                       MSG_DONTWAIT);

	if (err == -EAGAIN || err == -EINTR)
		return false;
	if (err || is_fork) /* nobody asks anything of a fork */
		_exit(EXIT_FAILURE);
	return true;
}

void fork_serve(void)
{
	struct fork_request request;
	int fds[FORK_FD_COUNT];
	pid_t first = getpid();

	if (!request_take(&request, fds))
		return;
	(void)signal(SIGCHLD, SIG_IGN); /* who asked has a pidfd: nobody waits for it here */
	if (fork() == 0) {
		fork_become(&request, fds, first);
		return;
	}
	for (int i = 0; i < FORK_FD_COUNT; i++)
		close(fds[i]);
}

/* ---- of libc */

/* QEMU has the guest's memory left out of a fork, for hypervisors that it would disturb. */
STANDS_IN int madvise(void *at, size_t size, int advice)
{
	if (advice == MADV_DONTFORK && socket_fd >= 0)
		return 0;
	return (int)syscall(SYS_madvise, at, size, advice);
}

/* What QEMU does at its end waits for threads that a fork has not got. */
STANDS_IN void exit(int status)
{
	static void (*next)(int);

	if (is_fork)
		_exit(status);
	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "exit");
	next(status);
	__builtin_unreachable();
}
