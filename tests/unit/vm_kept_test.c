// SPDX-License-Identifier: GPL-2.0-or-later
#include "../../harness/vm/kept.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define MEMORY_MB 4
#define PAGE 4096
static const off_t written[] = {0, 3 * PAGE, 1 << 20, (MEMORY_MB << 20) - PAGE};

static void memory_fill(const struct vm_kept *kept)
{
	char page[PAGE];

	for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++) {
		memset(page, 'a' + (int)i, sizeof(page));
		assert_int_equal(pwrite(kept->ram_fd, page, PAGE, written[i]), PAGE);
	}
}

static blkcnt_t blocks(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, MEMORY_MB << 20);
	return st.st_blocks;
}

static void memory_same(int a, int b)
{
	static char pages[2][PAGE];

	for (off_t at = 0; at < MEMORY_MB << 20; at += PAGE) {
		assert_int_equal(pread(a, pages[0], PAGE, at), PAGE);
		assert_int_equal(pread(b, pages[1], PAGE, at), PAGE);
		assert_memory_equal(pages[0], pages[1], PAGE);
	}
}

static void a_copy_has_what_was_written_and_no_more(void **state)
{
	char dir[] = "/tmp/finwait-kept-XXXXXX";
	struct vm_kept cold = KEPT_NOTHING, warm = KEPT_NOTHING;
	struct fault f;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(kept_open(&cold, dir, STOP_COLD, O_CREAT, &f), 0);
	assert_int_equal(kept_open(&warm, dir, STOP_WARM, O_CREAT, &f), 0);
	/* what an earlier try has left is gone */
	assert_int_equal(pwrite(warm.ram_fd, "left", 4, 2 * PAGE), 4);
	assert_int_equal(kept_empty(&cold, MEMORY_MB, &f), 0);
	assert_int_equal(kept_empty(&warm, MEMORY_MB, &f), 0);
	memory_fill(&cold);
	assert_int_equal(kept_copy_ram(&cold, &warm, &f), 0);
	memory_same(cold.ram_fd, warm.ram_fd);
	assert_true(blocks(warm.ram_fd) <= blocks(cold.ram_fd));
	fd = kept_state(&cold);
	assert_true(fd >= 0);
	close(fd);
	kept_close(&cold);
	kept_close(&warm);
	assert_int_equal(cold.ram_fd, -1);
	assert_int_equal(cache_remove(dir, &f), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_has_what_was_written_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
