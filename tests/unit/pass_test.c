// SPDX-License-Identifier: GPL-2.0-or-later
#include "../../harness/base/pass.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static int pair_setup(void **state)
{
	static int pair[2];

	*state = pair;
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
}

static int pair_teardown(void **state)
{
	const int *pair = *state;

	close(pair[0]);
	close(pair[1]);
	return 0;
}

static ino_t inode(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	return st.st_ino;
}

static void what_is_passed_is_the_same_file(void **state)
{
	const int *pair = *state;
	int to[2], from[2] = {-1, -1};
	char word[4];

	assert_int_equal(pipe(to), 0);
	assert_int_equal(pass_send(pair[0], "word", 4, to, 2), 0);
	assert_int_equal(pass_receive(pair[1], word, 4, from, 2, 0), 0);
	assert_memory_equal(word, "word", 4);
	for (int i = 0; i < 2; i++) {
		assert_int_not_equal(from[i], to[i]);
		assert_int_equal(inode(from[i]), inode(to[i]));
		close(from[i]);
		close(to[i]);
	}
}

static void anything_else_is_refused(void **state)
{
	int *pair = *state, fd = -1;
	char word[4];

	assert_int_equal(pass_receive(pair[1], word, 4, &fd, 1, MSG_DONTWAIT), -EAGAIN);
	assert_int_equal(pass_send(pair[0], "wor", 3, NULL, 0), 0);
	assert_int_equal(pass_receive(pair[1], word, 4, NULL, 0, 0), -EBADMSG);
	assert_int_equal(pass_send(pair[0], "word", 4, NULL, 0), 0);
	assert_int_equal(pass_receive(pair[1], word, 4, &fd, 1, 0), -EBADMSG);
	assert_int_equal(pass_send(pair[0], "word", 4, pair, PASS_MOST + 1), -EINVAL);
	assert_int_equal(fd, -1);
	close(pair[0]);
	assert_int_equal(pass_receive(pair[1], word, 4, &fd, 1, 0), -EPIPE);
	pair[0] = dup(pair[1]);
}

#define WITH_PAIR(test) cmocka_unit_test_setup_teardown(test, pair_setup, pair_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PAIR(what_is_passed_is_the_same_file),
		WITH_PAIR(anything_else_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
