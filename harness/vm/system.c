// SPDX-License-Identifier: GPL-2.0-or-later
#include "system.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/random.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "../record/event.h"
#include "initrd.h"
#include "modules.h"

/* The kernel gives its first process 1024, and 4096 at most; probes may have thousands of sockets. */
#define OPEN_FILES 65536

#define FREEZER "/run/freezer"

int system_mount(struct fault *f)
{
	static const struct {
		const char *type, *at;
	} mounts[] = {
		{"proc", "/proc"}, {"sysfs", "/sys"}, {"devtmpfs", "/dev"}, {"tmpfs", "/run"}};

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++)
		if (mount(mounts[i].type, mounts[i].at, mounts[i].type, 0, NULL) < 0)
			return fault_set(f, errno, "mount %s", mounts[i].at);
	return 0;
}

/*
 * A module that does not load is told on the console; the features tell what is missing.
 * The package's signature was apt's to check: that of every module again takes a second of a
 * boot. Only a kernel that insists (CONFIG_MODULE_SIG_FORCE) gets to see it.
 */
static int module_insert(int fd)
{
	struct stat st;
	void *data;
	long rc;

	if (fstat(fd, &st) < 0)
		return -1;
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		return -1;
	rc = syscall(SYS_init_module, data, module_unsigned_size(data, (size_t)st.st_size), "");
	if (rc < 0 && errno == EKEYREJECTED)
		rc = syscall(SYS_init_module, data, (size_t)st.st_size, "");
	munmap(data, (size_t)st.st_size);
	return rc < 0 && errno != EEXIST ? -1 : 0;
}

static void module_load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || module_insert(fd) < 0)
		fprintf(stderr, "finwait: module %s: %s\n", path, strerror(errno));
	if (fd >= 0)
		close(fd);
}

void system_load_modules(void)
{
	FILE *list = fopen(INITRD_MODULES, "re");
	char line[256];

	while (list && fgets(line, sizeof(line), list)) {
		line[strcspn(line, "\n")] = '\0';
		module_load(line);
	}
	if (list)
		fclose(list);
}

void system_put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, text, strlen(text)) < 0)
		fprintf(stderr, "finwait: %s: %s\n", path, strerror(errno));
	if (fd >= 0)
		close(fd);
}

/* The process that calls itself @name, into @pid; false: there is none. */
static bool process_find(const char *name, char pid[20])
{
	DIR *proc = opendir("/proc");
	char path[300], comm[32] = "";
	struct dirent *entry;
	bool found = false;

	while (proc && !found && (entry = readdir(proc))) {
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		file = fopen(path, "re");
		if (!file)
			continue;
		if (!fgets(comm, sizeof(comm), file))
			comm[0] = '\0';
		comm[strcspn(comm, "\n")] = '\0';
		found = !strcmp(comm, name);
		snprintf(pid, 20, "%.19s", entry->d_name);
		fclose(file);
	}
	if (proc)
		closedir(proc);
	return found;
}

/*
 * A 5.10's kcompactd() looks twice a second whether memory is in pieces, whatever
 * compaction_proactiveness says: 9288 interrupts in 2147 s of waiting, where a 6.12 has 1530. It is
 * freezable.
 */
static void system_freeze(const char *thread)
{
	char pid[20];

	if (!process_find(thread, pid) || mkdir(FREEZER, 0755) < 0 ||
	    mount("freezer", FREEZER, "cgroup", 0, "freezer") < 0 ||
	    mkdir(FREEZER "/still", 0755) < 0)
		return;
	system_put(FREEZER "/still/tasks", pid);
	system_put(FREEZER "/still/freezer.state", "FROZEN");
}

/*
 * Best effort: which of these exist depends on the kernel. Every timer that fires while a probe
 * waits is real time lost; none of these is TCP's.
 */
void system_quieten(void)
{
	system_put("/proc/sys/vm/compaction_proactiveness", "0");
	system_freeze("kcompactd0");
	system_put("/proc/sys/vm/stat_interval", "100000");
	system_put("/proc/sys/vm/dirty_writeback_centisecs", "0");
	system_put("/proc/sys/kernel/modprobe", "/none");
	system_put("/proc/sys/kernel/printk", "7");
}

void system_allow_files(void)
{
	struct rlimit limit = {.rlim_cur = OPEN_FILES, .rlim_max = OPEN_FILES};

	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		fprintf(stderr, "finwait: cannot allow more open files: %s\n", strerror(errno));
}

void system_credit_random(uint64_t seed)
{
	/* struct rand_pool_info: bits of entropy, bytes, and the bytes */
	uint32_t pool[2 + 16] = {512, 64};
	int fd = open("/dev/urandom", O_WRONLY | O_CLOEXEC);

	for (size_t i = 2; i < sizeof(pool) / sizeof(pool[0]); i++) {
		seed = (seed + 0x9e3779b97f4a7c15ULL) * 0xbf58476d1ce4e5b9ULL;
		pool[i] = (uint32_t)(seed >> 32);
	}
	if (fd < 0 || ioctl(fd, RNDADDENTROPY, pool) < 0 || ioctl(fd, RNDRESEEDCRNG) < 0)
		fprintf(stderr, "finwait: cannot credit random: %s\n", strerror(errno));
	if (fd >= 0)
		close(fd);
}

void system_wait(int64_t ns)
{
	struct timespec ts = {.tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S};

	while (ns > 0 && nanosleep(&ts, &ts) < 0 && errno == EINTR)
		;
}

static bool file_has(const char *path, const char *word)
{
	char line[4096] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, line, sizeof(line) - 1);

	if (fd >= 0)
		close(fd);
	return n > 0 && strstr(line, word);
}

bool system_told(const char *word)
{
	return file_has("/proc/cmdline", word);
}

/*
 * A second after the kernel has found the TSC ("tsc-early" so far) it makes it its clock for
 * good (tsc_refine_calibration_work()): in no probe. Without such a TSC there is nothing to
 * wait for, and one that is not settled after several of its tries, a second each, never is.
 */
#define SETTLE_LIMIT_NS (5 * NS_PER_S)
#define CLOCKSOURCE "/sys/devices/system/clocksource/clocksource0/"

void system_settle(void)
{
	int64_t left_ns = SETTLE_LIMIT_NS, step_ns = 100 * NS_PER_MS;

	for (; left_ns > 0 && file_has(CLOCKSOURCE "current_clocksource", "tsc-early");
	     left_ns -= step_ns)
		system_wait(step_ns);
}

/* More than the record of a short probe, and what judging it, takes. */
#define HEAP_BYTES (4 << 20)
#define HEAP_MMAP_BYTES (32 << 20) /* the most that mallopt() takes */
#define STACK_BYTES (256 << 10)

static void __attribute__((noinline)) stack_touch(void)
{
	char room[STACK_BYTES];

	explicit_bzero(room, sizeof(room));
}

void system_keep_memory(void)
{
	void *heap;

	(void)mallopt(M_MMAP_THRESHOLD, HEAP_MMAP_BYTES);
	(void)mallopt(M_TRIM_THRESHOLD, INT_MAX);
	heap = malloc(HEAP_BYTES);
	if (heap)
		explicit_bzero(heap, HEAP_BYTES);
	free(heap);
	stack_touch();
	(void)mlockall(MCL_CURRENT); /* what it does not get is faulted in later, as before */
}
