// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * steady: loaded into QEMU (LD_PRELOAD, from memory) where time is virtual.
 *
 * With -icount sleep=off QEMU's main loop moves time on when it finds the processor halted
 * (icount_start_warp_timer()). But the processor's thread says so before it has counted the
 * last instructions that it ran, and without the lock: a main loop that looks in between
 * moves time too far by what is not counted yet, some 15 ns, and the run is not the same
 * as others any more. It does look, because setting a timer wakes it, just before the
 * guest halts. On a busy machine it happened in one probe of twenty.
 *
 * So the main loop does not come back from its poll before the processor's thread waits for
 * it, with all counted. It is woken again then: nothing comes later than it would have.
 */
#include <dlfcn.h>
#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "fork.so.h"

/* A processor that never halts must not keep QMP or the end of QEMU waiting for ever. */
#define BUSY_MOST_NS 200000000L

enum { PROCESSOR_RUNS, PROCESSOR_WAITS };
static atomic_uint processor;
static atomic_bool main_waits;

static bool thread_is_main(void)
{
	static _Thread_local enum { UNKNOWN, MAIN, OTHER } thread;

	if (thread == UNKNOWN)
		thread = gettid() == getpid() ? MAIN : OTHER;
	return thread == MAIN;
}

/* Only the processor's thread waits this way; QEMU's others have limits or events. */
STANDS_IN int pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
	static int (*next)(pthread_cond_t *, pthread_mutex_t *);
	int rc = 0;

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "pthread_cond_wait");
	if (thread_is_main())
		return next(cond, mutex);
	atomic_store(&processor, PROCESSOR_WAITS);
	if (atomic_load(&main_waits))
		syscall(SYS_futex, &processor, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	if (fork_socket() < 0)
		rc = next(cond, mutex);
	else
		fork_wait(mutex);
	atomic_store(&processor, PROCESSOR_RUNS);
	return rc;
}

STANDS_IN int pthread_cond_signal(pthread_cond_t *cond)
{
	static int (*next)(pthread_cond_t *);

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "pthread_cond_signal");
	if (fork_socket() >= 0)
		fork_wake();
	return next(cond);
}

STANDS_IN int pthread_cond_broadcast(pthread_cond_t *cond)
{
	static int (*next)(pthread_cond_t *);

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "pthread_cond_broadcast");
	if (fork_socket() >= 0)
		fork_wake();
	return next(cond);
}

static void processor_await(void)
{
	const struct timespec most = {.tv_nsec = BUSY_MOST_NS};

	if (atomic_load(&processor) == PROCESSOR_WAITS)
		return;
	atomic_store(&main_waits, true);
	while (atomic_load(&processor) == PROCESSOR_RUNS)
		if (syscall(SYS_futex, &processor, FUTEX_WAIT_PRIVATE, PROCESSOR_RUNS, &most, NULL,
		            0) < 0 &&
		    errno == ETIMEDOUT)
			break;
	atomic_store(&main_waits, false);
}

typedef int (*ppoll_fn)(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *);

#define FDS_MOST 256

/*
 * The main loop's poll, with the socket of requests among what it waits for. It hears nothing of
 * a request, nor of what else came at that time: that comes again.
 */
static int main_poll(ppoll_fn next, struct pollfd *fds, nfds_t count, const struct timespec *limit,
                     const sigset_t *signals)
{
	static struct pollfd all[FDS_MOST];
	int rc;

	if (fork_socket() < 0 || count >= FDS_MOST)
		return next(fds, count, limit, signals);
	memcpy(all, fds, count * sizeof(*fds));
	all[count] = (struct pollfd){.fd = fork_socket(), .events = POLLIN};
	rc = next(all, count + 1, limit, signals);
	if (rc > 0 && all[count].revents) {
		for (nfds_t i = 0; i < count; i++)
			fds[i].revents = 0;
		fork_serve();
		return 0;
	}
	memcpy(fds, all, count * sizeof(*fds));
	return rc;
}

STANDS_IN int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *limit,
                    const sigset_t *signals)
{
	static ppoll_fn next;
	int rc, err;

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "ppoll");
	if (!thread_is_main())
		return next(fds, count, limit, signals);
	rc = main_poll(next, fds, count, limit, signals);
	err = errno;
	processor_await();
	errno = err;
	return rc;
}
