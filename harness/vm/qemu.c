// SPDX-License-Identifier: GPL-2.0-or-later
#include "qemu.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/interrupt.h"
#include "fork.h"
#include "guest.h"
#include "limit.h"
#include "spawn.h"

/* ---- the command line */

#define STRING(x) #x
#define NUMBER(x) STRING(x)

/* Alike for every clock. */
static const char *const arguments[] = {
	"-nodefaults",
	"-no-user-config",
	"-display",
	"none",
	"-no-reboot",
	"-smp",
	"1",
	"-device",
	("isa-debug-exit,iobase=" NUMBER(PORT_EXIT) ",iosize=4"),
	"-device",
	("pvpanic,ioport=" NUMBER(PORT_STOP)),
	"-serial",
	"chardev:console",
	"-device",
	"nvdimm,id=mailbox,memdev=shared",
};

/*
 * jent_mod_init() tries the jitter entropy collector out: an eighth of the boot's instructions.
 *
 * DAMON_STAT (Linux 6.17) clears the accessed bits of all memory, sampling it, and flushes no TLB
 * for that. Whether QEMU sets such a bit again rests on what its emulated TLB has kept, and how
 * large that is goes by the host's clock (tlb_mmu_resize_locked()): a guest of 7.3 came to zap a
 * page with the bit or without, and took another way in two of three machines.
 */
#define APPEND_ALL                                                                                 \
	"console=ttyS0 quiet panic=-1 oops=panic nokaslr mitigations=off audit=0 psi=0 nowatchdog" \
	" cgroup_disable=memory cryptomgr.notests initcall_blacklist=jent_mod_init"                \
	" 8250.nr_uarts=1 random.trust_cpu=on damon_stat.enabled=N"

/*
 * QEMU 7.2 emulates cmpxchg16b without bringing the flags up to date first: what it leaves in
 * EFLAGS may be bits of an address, and an interrupt that comes before the next comparison
 * saves and restores them (VM, NT, TF, ...), which crashed one boot in five of a 6.12 in real
 * time. A kernel whose processor has no cmpxchg16b calls this_cpu_cmpxchg16b_emu() instead.
 */
#define CPU_EMULATED "qemu64,-cx16"

static const struct clock_arguments {
	const char *arguments[8];
	const char *append, *accelerator;
} clocks[] = {
	[QEMU_VIRTUAL] = {{"-accel", "tcg", "-cpu", CPU_EMULATED, "-icount", "shift=0,sleep=off",
                           "-rtc", "base=2024-01-01T00:00:00,clock=vm"},
                          APPEND_ALL " tsc_early_khz=1000000 tsc=reliable no_timer_check"
                                     " nolapic_timer " GUEST_VIRTUAL,
                          "TCG"},
	[QEMU_REAL_TCG] = {{"-accel", "tcg", "-cpu", CPU_EMULATED}, APPEND_ALL, "TCG"},
	[QEMU_REAL_KVM] = {{"-accel", "kvm", "-cpu", "host"}, APPEND_ALL, "KVM"},
};
static_assert(sizeof(clocks) / sizeof(clocks[0]) == QEMU_CLOCK_COUNT, "every clock has arguments");

#define ARGUMENTS_MAX 64
#define OWN_ARGUMENTS 12

/* The command line, with what it needs to own. */
struct qemu_line {
	const char *argv[ARGUMENTS_MAX];
	size_t count;
	char own[OWN_ARGUMENTS][CACHE_PATH + 128];
	size_t own_count;
};

static void line_add(struct qemu_line *line, const char *argument)
{
	if (line->count < ARGUMENTS_MAX - 1)
		line->argv[line->count++] = argument;
}

static void PRINTF(3, 4) line_own(struct qemu_line *line, const char *option, const char *fmt, ...)
{
	char *own = line->own[line->own_count++];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(own, sizeof(line->own[0]), fmt, ap);
	va_end(ap);
	line_add(line, option);
	line_add(line, own);
}

static void line_memory(struct qemu_line *line, const struct qemu_config *config)
{
	line_own(line, "-m", "%uM,slots=1,maxmem=%uM", config->ram_mb, config->ram_mb + 1024);
	line_add(line, "-M");
	line_add(line, config->ram_fd < 0 ? "pc,nvdimm=on" : "pc,nvdimm=on,memory-backend=ram");
	if (config->ram_fd < 0)
		return;
	line_own(line, "-object",
	         "memory-backend-file,id=ram,size=%uM,mem-path=/proc/self/fd/%d,share=%s",
	         config->ram_mb, config->ram_fd, config->keeps ? "on" : "off");
}

static void line_make(struct qemu_line *line, const struct qemu *qemu,
                      const struct qemu_config *config, int qmp_fd)
{
	const struct clock_arguments *clock = &clocks[config->clock];

	*line = (struct qemu_line){0};
	line_add(line, QEMU_PROGRAM);
	for (size_t i = 0; i < sizeof(clock->arguments) / sizeof(clock->arguments[0]); i++)
		if (clock->arguments[i])
			line_add(line, clock->arguments[i]);
	line_memory(line, config);
	line_own(line, "-chardev", "file,id=console,path=/proc/self/fd/%d", qemu->console_fd);
	line_own(line, "-object",
	         "memory-backend-file,id=shared,size=%llu,mem-path=/proc/self/fd/%d,share=on",
	         (unsigned long long)SHARED_BYTES, qemu->shared_fd);
	for (size_t i = 0; i < sizeof(arguments) / sizeof(arguments[0]); i++)
		line_add(line, arguments[i]);
	/* The guest stops itself for the snapshot; nobody but us would let it go on. */
	line_own(line, "-action", "panic=%s", config->goes_on < STOP_COUNT ? "pause" : "none");
	if (config->state_fd >= 0) {
		line_add(line, "-incoming");
		line_add(line, "defer");
	}
	if (config->vmlinux) {
		line_own(line, "-kernel", "%s", config->vmlinux);
		line_own(line, "-initrd", "%s", config->initrd);
		line_own(line, "-append", "%s", clock->append);
	}
	if (config->forks) {
		line_own(line, "-chardev", "socket,id=forks,fd=%d", config->forks->monitor_fd);
		line_add(line, "-mon");
		line_add(line, "chardev=forks,mode=readline");
	}
	if (config->controlled) {
		line_own(line, "-chardev", "socket,id=qmp,fd=%d", qmp_fd);
		line_add(line, "-mon");
		line_add(line, "chardev=qmp,mode=control");
	} else {
		line_add(line, "-monitor");
		line_add(line, "none");
	}
}

uint64_t qemu_digest(uint64_t digest, enum qemu_clock clock, unsigned int ram_mb)
{
	struct qemu_config config = {
		.clock = clock,
		.ram_mb = ram_mb,
		.ram_fd = 0,
		.state_fd = -1,
		.vmlinux = "vmlinux",
		.initrd = "initrd",
	};
	struct qemu none = {0};
	struct qemu_line *line = malloc(sizeof(*line));

	if (!line)
		return digest; /* what is found then does not fit, and says so */
	line_make(line, &none, &config, -1);
	for (size_t i = 0; i < line->count; i++)
		digest = digest_add(digest, line->argv[i], strlen(line->argv[i]));
	free(line);
	return digest;
}

int qemu_version(char *version, size_t size, struct fault *f)
{
	static const char *const argv[] = {QEMU_PROGRAM, "--version", NULL};
	char *output;
	int err = spawn(argv, NULL, &output, f);

	if (err == -ENOENT)
		return fault_refuse(f, ENOENT,
		                    "run " QEMU_PROGRAM " (apt-get install qemu-system-x86)");
	if (err)
		return err;
	snprintf(version, size, "%.*s", (int)strcspn(output, "\n"), output);
	free(output);
	return 0;
}

void qemu_describe(const char *version, enum qemu_clock clock, char *buf, size_t size)
{
	/* "QEMU emulator version 7.2.22 (Debian ...)" */
	const char *number = version + strcspn(version, "0123456789");

	snprintf(buf, size, "QEMU %.*s, %s", (int)strcspn(number, " ("), number,
	         clocks[clock].accelerator);
}

/* ---- the process */

static int memory_file(const char *name, off_t size)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	if (fd >= 0 && size && ftruncate(fd, size) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

int qemu_open(struct qemu *qemu, struct fault *f)
{
	*qemu = (struct qemu){
		.alive_fd = -1,
		.qmp_fd = -1,
		.monitor_fd = -1,
		.line_fd = -1,
		.console_fd = memory_file(FORK_NAME_CONSOLE, 0),
		.error_fd = memory_file(FORK_NAME_ERROR, 0),
		.shared_fd = memory_file(FORK_NAME_SHARED, SHARED_BYTES),
	};
	if (qemu->console_fd >= 0 && qemu->error_fd >= 0 && qemu->shared_fd >= 0) {
		void *at = mmap(NULL, SHARED_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
		                qemu->shared_fd, 0);

		qemu->shared = at == MAP_FAILED ? NULL : at;
	}
	if (!qemu->shared) {
		int err = fault_set(f, errno, "make memory for a guest");

		qemu_close(qemu);
		return err;
	}
	qemu->shared->magic = SHARED_MAGIC;
	return 0;
}

/* Descriptors that QEMU is told the numbers of stay open in it; nothing else does. */
static bool fd_inherit(int fd)
{
	return fd < 0 || fcntl(fd, F_SETFD, 0) == 0;
}

static const unsigned char inside[] = {
#include "inside.so.h"
};

/* Have the program to come load steady.so.c and fork.so.c, before what the environment has it load. */
static bool inside_preload(void)
{
	const char *others = getenv("LD_PRELOAD");
	char value[4096];
	int fd = memfd_create("inside", 0);

	if (fd < 0 || write(fd, inside, sizeof(inside)) != (ssize_t)sizeof(inside))
		return false;
	snprintf(value, sizeof(value), "/proc/self/fd/%d%s%s", fd, others ? ":" : "",
	         others ? others : "");
	return setenv("LD_PRELOAD", value, 1) == 0;
}

/* A descriptor that the program to come finds by a name in its environment. */
static bool fd_tell(const char *name, int fd)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", fd);
	return fd_inherit(fd) && setenv(name, number, 1) == 0;
}

static bool forks_tell(const struct qemu_forks *forks)
{
	return !forks ||
	       (fd_tell(FORK_SOCKET, forks->socket_fd) && fd_tell(FORK_MONITOR, forks->monitor_fd));
}

static _Noreturn void qemu_child(const struct qemu *qemu, const struct qemu_config *config,
                                 int alive_fd, int qmp_fd)
{
	struct qemu_line *line = malloc(sizeof(*line));
	int null = open("/dev/null", O_RDWR);
	cpu_set_t cpus;

	if (!line || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(null, STDOUT_FILENO) < 0 || dup2(qemu->error_fd, STDERR_FILENO) < 0)
		_exit(EXIT_FAILURE);
	if (!fd_inherit(alive_fd) || !fd_inherit(qmp_fd) || !fd_inherit(qemu->console_fd) ||
	    !fd_inherit(qemu->shared_fd) || !fd_inherit(config->ram_fd) ||
	    !fd_inherit(config->state_fd) || !forks_tell(config->forks) ||
	    (config->clock == QEMU_VIRTUAL && !inside_preload()))
		_exit(EXIT_FAILURE);
	CPU_ZERO(&cpus);
	if (config->cpu >= 0) {
		CPU_SET((size_t)config->cpu, &cpus);
		(void)sched_setaffinity(0, sizeof(cpus), &cpus); /* only makes it faster */
	}
	line_make(line, qemu, config, qmp_fd);
	execvp(line->argv[0], (char *const *)line->argv);
	dprintf(STDERR_FILENO, "%s: %s\n", line->argv[0], strerror(errno));
	_exit(127);
}

int qemu_start(struct qemu *qemu, const struct qemu_config *config, struct fault *f)
{
	int alive[2] = {-1, -1}, qmp[2] = {-1, -1};
	pid_t pid;

	if (pipe2(alive, O_CLOEXEC) < 0)
		return fault_set(f, errno, "make a pipe");
	qemu->alive_fd = alive[0];
	if (config->controlled && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, qmp) < 0) {
		close(alive[1]);
		return fault_set(f, errno, "make a socket pair");
	}
	qemu->qmp_fd = qmp[0];
	qemu->shared->goes_on = config->goes_on;
	pid = fork();
	if (!pid)
		qemu_child(qemu, config, alive[1], qmp[1]);
	if (pid < 0)
		fault_set(f, errno, "fork for QEMU");
	else
		qemu->pid = pid;
	close(alive[1]);
	if (qmp[1] >= 0)
		close(qmp[1]);
	return pid < 0 ? -f->err : 0;
}

int qemu_wait(struct qemu *qemu, int wait_ms, int *status)
{
	struct pollfd fd = {.fd = qemu->alive_fd, .events = POLLIN};

	if (poll(&fd, 1, wait_ms) <= 0)
		return 0;
	*status = 0; /* of a fork nobody hears it */
	while (qemu->line_fd < 0 && waitpid(qemu->pid, status, 0) < 0 && errno == EINTR)
		;
	qemu->pid = 0;
	return 1;
}

int qemu_end(struct qemu *qemu, int limit_ms, int *status)
{
	struct limit limit = limit_begin(qemu->pid, limit_ms);
	int left_ms;

	do {
		left_ms = limit_left_ms(&limit);
		if (qemu_wait(qemu, left_ms, status))
			return 1;
	} while (left_ms && !interrupt_pending());
	return 0;
}

static void fd_close(int fd)
{
	if (fd >= 0)
		close(fd);
}

void qemu_close(struct qemu *qemu)
{
	if (qemu->pid > 0 && qemu->line_fd < 0) {
		kill(qemu->pid, SIGKILL);
		while (waitpid(qemu->pid, NULL, 0) < 0 && errno == EINTR)
			;
	} else if (qemu->pid > 0) {
		(void)syscall(SYS_pidfd_send_signal, qemu->alive_fd, SIGKILL, NULL, 0);
	}
	if (qemu->shared)
		munmap(qemu->shared, SHARED_BYTES);
	fd_close(qemu->alive_fd);
	fd_close(qemu->qmp_fd);
	fd_close(qemu->monitor_fd);
	fd_close(qemu->line_fd);
	fd_close(qemu->console_fd);
	fd_close(qemu->error_fd);
	fd_close(qemu->shared_fd);
	*qemu = (struct qemu){
		.alive_fd = -1,
		.qmp_fd = -1,
		.monitor_fd = -1,
		.line_fd = -1,
		.console_fd = -1,
		.error_fd = -1,
		.shared_fd = -1,
	};
}

/* ---- what it said */

/* Of a console: carriage returns and NULs are blanks. */
static char *text_of(int fd)
{
	size_t length;
	char *text = fd_text(fd, &length);

	for (size_t i = 0; text && i < length; i++)
		if (text[i] == '\r' || !text[i])
			text[i] = ' ';
	return text;
}

char *qemu_console(const struct qemu *qemu)
{
	return text_of(qemu->console_fd);
}

static char *tail_copy(char *text, unsigned int lines, char *buf, size_t size)
{
	size_t length = strlen(text);
	char *start;

	while (length && strchr(" \n", text[length - 1]))
		text[--length] = '\0';
	start = text + length;
	while (start > text && lines) {
		start--;
		if (*start == '\n' && !--lines)
			start++;
	}
	*buf = '\0';
	for (char *line; (line = strsep(&start, "\n"));) {
		size_t used = strlen(buf);

		line += strspn(line, " ");
		if (*line && used < size - 1)
			snprintf(buf + used, size - used, "%s%s", used ? " | " : "", line);
	}
	return buf;
}

char *qemu_console_tail(const struct qemu *qemu, unsigned int lines, char *buf, size_t size)
{
	char *text = text_of(qemu->console_fd);

	*buf = '\0';
	if (text)
		tail_copy(text, lines, buf, size);
	free(text);
	return buf;
}

char *qemu_error_line(const struct qemu *qemu, char *buf, size_t size)
{
	char *text = text_of(qemu->error_fd);

	*buf = '\0';
	if (text)
		tail_copy(text, 1, buf, size);
	free(text);
	return buf;
}
