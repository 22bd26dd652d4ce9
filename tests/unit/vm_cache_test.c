// SPDX-License-Identifier: GPL-2.0-or-later
/* vm: locks and leftovers of the cache, modules that change, what apt complains of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../harness/vm/apt.h"
#include "../../harness/vm/cache.h"
#include "../../harness/vm/image.h"
#include "../../harness/vm/modules.h"
#include "../../harness/vm/vm.h"
#include "../../harness/run/registry.h"

const struct registry_entry registry[] = {{0}};

static char top[64];

static int folder_setup(void **state)
{
	(void)state;
	snprintf(top, sizeof(top), "/tmp/finwait-cache-XXXXXX");
	return mkdtemp(top) && setenv("XDG_CACHE_HOME", top, 1) == 0 ? 0 : -1;
}

static int folder_teardown(void **state)
{
	struct fault f;

	(void)state;
	return cache_remove(top, &f);
}

static void path_of(char path[CACHE_PATH], const char *name)
{
	snprintf(path, CACHE_PATH, "%s/%s", top, name);
}

static void put(const char *name, const char *text)
{
	char path[CACHE_PATH];
	struct fault f;

	path_of(path, name);
	assert_int_equal(file_write(path, text, strlen(text), &f), 0);
}

static void folder(const char *name)
{
	char path[CACHE_PATH];

	path_of(path, name);
	assert_int_equal(mkdir(path, 0777), 0);
}

static bool there(const char *name)
{
	char path[CACHE_PATH];

	path_of(path, name);
	return access(path, F_OK) == 0;
}

/* ---- locks */

#define TURNS 300
#define PROCESSES 4

/* Exits with 0 when it was alone each time that it held the lock. */
static _Noreturn void turns_take(void)
{
	struct cache_lock lock;
	char inside[CACHE_PATH];
	struct fault f;

	path_of(inside, "inside");
	for (int i = 0; i < TURNS; i++) {
		int fd;

		if (cache_lock("guests", "one", true, &lock, &f) < 0)
			_exit(2);
		fd = open(inside, O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd < 0)
			_exit(1);
		close(fd);
		if (unlink(inside) < 0)
			_exit(1);
		cache_unlock(&lock);
	}
	_exit(0);
}

static void a_lock_that_is_removed_lets_one_in_at_a_time(void **state)
{
	(void)state;
	for (int i = 0; i < PROCESSES; i++)
		if (!fork())
			turns_take();
	for (int i = 0; i < PROCESSES; i++) {
		int status;

		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_false(there("finwait/guests/.lock-one"));
}

static void a_lock_that_is_held_is_not_waited_for(void **state)
{
	struct cache_lock held, other;
	struct fault f;

	(void)state;
	assert_int_equal(cache_lock("guests", "one", true, &held, &f), 0);
	assert_true(there("finwait/guests/.lock-one"));
	assert_int_equal(cache_lock("guests", "one", false, &other, &f), -EWOULDBLOCK);
	assert_int_equal(cache_lock("guests", "two", false, &other, &f), 0);
	cache_unlock(&other);
	cache_unlock(&held);
	assert_int_equal(cache_lock("guests", "one", false, &other, &f), 0);
	cache_unlock(&other);
	assert_false(there("finwait/guests/.lock-one"));
}

/* ---- leftovers */

#define RELEASE "6.99.1-cloud-amd64"

static void forget_keeps_what_is_in_use(void **state)
{
	char temp[CACHE_PATH];
	struct cache_lock held;
	unsigned int count;
	struct fault f;

	(void)state;
	assert_int_equal(cache_begin("guests", RELEASE "-0123456789abcdef", temp, &f), 0);
	put("finwait/guests/.lock-" RELEASE "-0123456789abcdef", "");
	put("finwait/guests/.lock-" RELEASE "-1111111111111111", "");
	folder("finwait/guests/" RELEASE "-2222222222222222");
	folder("finwait/guests/6.99.1-cloud-amd64-extra-2222222222222222");
	assert_int_equal(cache_begin("guests", RELEASE "-3333333333333333", temp, &f), 0);
	assert_int_equal(cache_lock("guests", RELEASE "-3333333333333333", true, &held, &f), 0);
	assert_int_equal(vm_forget(RELEASE, false, &f), 0);
	/* Left over by somebody who was killed */
	assert_false(there("finwait/guests/.new-" RELEASE "-0123456789abcdef"));
	assert_false(there("finwait/guests/.lock-" RELEASE "-0123456789abcdef"));
	assert_false(there("finwait/guests/.lock-" RELEASE "-1111111111111111"));
	/* Used just now, another kernel's, being made */
	assert_true(there("finwait/guests/" RELEASE "-2222222222222222"));
	assert_true(there("finwait/guests/6.99.1-cloud-amd64-extra-2222222222222222"));
	assert_true(there("finwait/guests/.new-" RELEASE "-3333333333333333"));
	assert_true(there("finwait/guests/.lock-" RELEASE "-3333333333333333"));
	cache_unlock(&held);
	(void)vm_size(RELEASE, &count);
	assert_int_equal(count, 1);
	assert_int_equal(vm_forget(RELEASE, true, &f), 0);
	assert_false(there("finwait/guests/" RELEASE "-2222222222222222"));
	assert_false(there("finwait/guests/.new-" RELEASE "-3333333333333333"));
	assert_true(there("finwait/guests/6.99.1-cloud-amd64-extra-2222222222222222"));
}

static void begin_makes_room_for_itself(void **state)
{
	char temp[CACHE_PATH];
	struct fault f;

	(void)state;
	assert_int_equal(cache_begin("kernels", "k", temp, &f), 0);
	put("finwait/kernels/.new-k/half", "of it");
	assert_int_equal(cache_begin("kernels", "k", temp, &f), 0);
	assert_false(there("finwait/kernels/.new-k/half"));
	assert_true(there("finwait/kernels/.new-k"));
}

/* ---- modules */

static const char *const wanted[] = {"packed", "lacking", NULL};

static bool same_after_gathering(struct modules *modules)
{
	char path[CACHE_PATH];
	struct fault f;

	path_of(path, "modules");
	modules_free(modules);
	assert_int_equal(modules_gather(path, wanted, modules, &f), 0);
	return modules_same(modules->sources);
}

static void modules_that_change_are_seen(void **state)
{
	struct modules modules = {0};
	char path[CACHE_PATH];

	(void)state;
	folder("modules");
	folder("modules/net");
	folder("modules/fs");
	put("modules/net/packed.ko", "one");
	put("modules/fs/other.ko", "two");
	assert_true(same_after_gathering(&modules));
	assert_int_equal(modules.count, 1);
	put("modules/fs/other.ko", "not packed, and longer");
	assert_true(modules_same(modules.sources));
	put("modules/net/packed.ko", "longer");
	assert_false(modules_same(modules.sources));
	assert_true(same_after_gathering(&modules));
	put("modules/fs/lacking.ko", "was built now");
	assert_false(modules_same(modules.sources));
	assert_true(same_after_gathering(&modules));
	assert_int_equal(modules.count, 2);
	path_of(path, "modules/net/packed.ko");
	assert_int_equal(unlink(path), 0);
	assert_false(modules_same(modules.sources));
	modules_free(&modules);
	assert_false(modules_same(""));
}

/* ---- a kernel's end */

static void a_kernels_end_is_that_of_its_last_part(void **state)
{
	struct {
		Elf64_Ehdr header;
		Elf64_Phdr parts[3];
	} elf = {
		.header = {.e_ident = ELFMAG, .e_phoff = sizeof(Elf64_Ehdr), .e_phnum = 3},
		.parts = {{.p_type = PT_LOAD, .p_paddr = 0x3000000, .p_memsz = 0x500000},
	                  {.p_type = PT_LOAD, .p_paddr = 0x1000000, .p_memsz = 0x100000},
	                  {.p_type = PT_NOTE, .p_paddr = 0x9000000, .p_memsz = 0x100}},
	};
	char path[CACHE_PATH];
	struct fault f;
	uint64_t end;

	(void)state;
	path_of(path, "vmlinux");
	assert_int_equal(file_write(path, &elf, sizeof(elf), &f), 0);
	assert_int_equal(image_end(path, &end, &f), 0);
	assert_int_equal(end, 0x3500000);
	assert_int_equal(truncate(path, sizeof(elf) - 1), 0);
	assert_int_equal(image_end(path, &end, &f), -EBADMSG);
}

/* ---- apt's words */

static void apt_is_explained(void **state)
{
	static const struct {
		const char *complaint, *says;
		int err;
	} cases[] = {
		{"E: Failed to fetch http://m/pool/k_1_amd64.deb  Hash Sum mismatch",
	         "http://m/pool/k_1_amd64.deb is not what the archive's signed index says: try"
	         " later, or another mirror",
	         -EIO},
		{"E: Failed to fetch http://m/p  File has unexpected size (5 != 7). Mirror sync"
	         " in progress?",
	         "http://m/p is not what the archive's signed index says: try later, or another"
	         " mirror",
	         -EIO},
		{"W: GPG error: http://m/debian sid InRelease: The following signatures couldn't be"
	         " verified because the public key is not available: NO_PUBKEY 0123",
	         "the signature of http://m/debian sid InRelease is not accepted (NO_PUBKEY 0123):"
	         " is debian-archive-keyring up to date?",
	         -EIO},
		{"W: OpenPGP signature verification failed: http://m/debian sid InRelease:"
	         " Missing key 0123, which is needed to verify signature.",
	         "the signature of http://m/debian sid InRelease is not accepted (Missing key "
	         "0123):"
	         " is debian-archive-keyring up to date?",
	         -EIO},
		{"W: OpenPGP signature verification failed: http://m/debian sid InRelease: Error:"
	         " Failed to parse keyring \"/k.gpg\"  Caused by:     0: Reading \"/k.gpg\": No",
	         "the signature of http://m/debian sid InRelease is not accepted (Failed to parse"
	         " keyring \"/k.gpg\"): is debian-archive-keyring up to date?",
	         -EIO},
		{"W: OpenPGP signature verification failed: http://m/debian sid InRelease: "
	         "Verifying"
	         " signature:            Message has been manipulated",
	         "the signature of http://m/debian sid InRelease is not accepted (Message has been"
	         " manipulated): try another mirror",
	         -EIO},
		{"E: Failed to fetch copy:/m/p  Undetermined Error",
	         "copy:/m/p cannot be fetched, and apt does not say why: try later, or another"
	         " mirror",
	         -EIO},
		{"E: Failed to fetch http://m/InRelease  The following signatures were invalid:"
	         " BADSIG 0123 Somebody",
	         "the signature of http://m/InRelease is not accepted (BADSIG 0123 Somebody): try"
	         " another mirror",
	         -EIO},
		{"E: The repository 'http://m/debian sid Release' is not signed.",
	         "http://m/debian sid Release has no signature: try another mirror", -EIO},
		{"E: You don't have enough free space in /x/.",
	         "apt-get: You don't have enough free"
	         " space in /x/.",
	         -ENOSPC},
		{"E: Write error - write (28: No space left on device)",
	         "apt-get: Write error - write (28: No space left on device)", -ENOSPC},
		{"E: Failed to fetch http://m/x  Could not connect to m:80",
	         "apt-get: Failed to fetch http://m/x  Could not connect to m:80", -EIO},
		{"killed", "apt-get: killed", -EIO},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fault f;
		char text[400];

		assert_int_equal(apt_explain("apt-get", cases[i].complaint, &f), cases[i].err);
		assert_string_equal(fault_text(&f, text, sizeof(text)), cases[i].says);
	}
}

static void a_long_url_keeps_its_end(void **state)
{
	char complaint[400] = "E: Failed to fetch http://m", text[400];
	struct fault f;

	(void)state;
	for (int i = 0; i < 20; i++)
		strcat(complaint, "/folder");
	strcat(complaint, "/k.deb  Hash Sum mismatch");
	assert_int_equal(apt_explain("apt-get", complaint, &f), -EIO);
	fault_text(&f, text, sizeof(text));
	assert_non_null(strstr(text, "/folder/k.deb is not what"));
	assert_non_null(strstr(text, "another mirror"));
	assert_memory_equal(text, "...", 3);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(a_lock_that_is_removed_lets_one_in_at_a_time),
		IN_FOLDER(a_lock_that_is_held_is_not_waited_for),
		IN_FOLDER(forget_keeps_what_is_in_use),
		IN_FOLDER(begin_makes_room_for_itself),
		IN_FOLDER(modules_that_change_are_seen),
		IN_FOLDER(a_kernels_end_is_that_of_its_last_part),
		cmocka_unit_test(apt_is_explained),
		cmocka_unit_test(a_long_url_keeps_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
