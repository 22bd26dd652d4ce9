// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * steady: what is loaded into QEMU, here as part of this program: its main thread is the
 * main loop, another one the processor.
 */
#include "../../harness/vm/steady.so.c"

/* This one does not multiply. */
int fork_socket(void)
{
	return -1;
}

void fork_serve(void)
{
}

void fork_wait(pthread_mutex_t *mutex)
{
	(void)mutex;
}

void fork_wake(void)
{
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/eventfd.h>

static struct {
	pthread_mutex_t lock;
	pthread_cond_t halt;
	int notifier; /* what wakes the main loop */
	bool halts; /* once it has run for a while */
	atomic_bool halted; /* and has counted all that it ran */
	atomic_bool main_is_back, may_end;
} guest = {.lock = PTHREAD_MUTEX_INITIALIZER, .halt = PTHREAD_COND_INITIALIZER};

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

#define RUNS_ON_NS 20000000

/* As a guest that sets a timer, which wakes the main loop, runs on for a while, and halts. */
static void *processor_main(void *arg)
{
	const uint64_t one = 1;
	int64_t begin_ns = now_ns();

	(void)arg;
	assert_int_equal(write(guest.notifier, &one, sizeof(one)), sizeof(one));
	while (!guest.main_is_back && (!guest.halts || now_ns() - begin_ns < RUNS_ON_NS))
		;
	pthread_mutex_lock(&guest.lock);
	guest.halted = true;
	while (!guest.may_end)
		pthread_cond_wait(&guest.halt, &guest.lock);
	pthread_mutex_unlock(&guest.lock);
	return NULL;
}

/* One turn of the main loop; true: the processor had halted. @waited_ns: how long it took. */
static bool main_turn(bool halts, int64_t *waited_ns)
{
	struct pollfd fd = {.fd = eventfd(0, EFD_CLOEXEC), .events = POLLIN};
	int64_t begin_ns = now_ns();
	pthread_t thread;
	bool halted;

	guest.notifier = fd.fd;
	guest.halts = halts;
	guest.halted = guest.main_is_back = guest.may_end = false;
	atomic_store(&processor, PROCESSOR_RUNS);
	assert_int_equal(pthread_create(&thread, NULL, processor_main, NULL), 0);
	assert_int_equal(ppoll(&fd, 1, NULL, NULL), 1);
	halted = guest.halted;
	*waited_ns = now_ns() - begin_ns;
	guest.main_is_back = true;
	pthread_mutex_lock(&guest.lock);
	guest.may_end = true;
	pthread_cond_signal(&guest.halt);
	pthread_mutex_unlock(&guest.lock);
	assert_int_equal(pthread_join(thread, NULL), 0);
	close(fd.fd);
	return halted;
}

static void the_main_loop_comes_back_when_the_processor_waits(void **state)
{
	int64_t waited_ns;

	(void)state;
	for (int turn = 0; turn < 20; turn++) {
		bool halted = main_turn(true, &waited_ns);

		/* on a machine that is busy for so long it has given up, as it should */
		assert_true(halted || waited_ns >= BUSY_MOST_NS);
	}
}

static void a_processor_that_never_halts_is_not_waited_for_long(void **state)
{
	int64_t waited_ns;

	(void)state;
	assert_false(main_turn(false, &waited_ns));
	assert_true(waited_ns >= BUSY_MOST_NS);
}

static void a_poll_keeps_its_error(void **state)
{
	const struct timespec invalid = {.tv_nsec = -1};

	(void)state;
	atomic_store(&processor, PROCESSOR_RUNS); /* giving up has an error of its own */
	assert_int_equal(ppoll(NULL, 0, &invalid, NULL), -1);
	assert_int_equal(errno, EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_main_loop_comes_back_when_the_processor_waits),
		cmocka_unit_test(a_processor_that_never_halts_is_not_waited_for_long),
		cmocka_unit_test(a_poll_keeps_its_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
