// SPDX-License-Identifier: GPL-2.0-or-later
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/interrupt.h"

#define STATUS_NO_PROGRAM 127

static _Noreturn void spawn_child(const char *const argv[], const char *dir, int out, int err)
{
	int null = open("/dev/null", O_RDONLY);

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0 ||
	    (dir && chdir(dir) < 0) || setenv("LC_ALL", "C", 1) < 0)
		_exit(STATUS_NO_PROGRAM - 1);
	execvp(argv[0], (char *const *)argv);
	_exit(STATUS_NO_PROGRAM);
}

char *fd_text(int fd, size_t *length)
{
	struct stat st;
	char *text;
	ssize_t n;

	if (fstat(fd, &st) < 0)
		return NULL;
	text = malloc((size_t)st.st_size + 1);
	if (!text)
		return NULL;
	n = pread(fd, text, (size_t)st.st_size, 0);
	*length = n > 0 ? (size_t)n : 0;
	text[*length] = '\0';
	return text;
}

/* "Sub-process /usr/bin/sqv returned an error code (1), error message is: " tells nothing. */
static void complaint_shorten(char *line)
{
	static const char end[] = "error message is: ";
	char *from = strstr(line, "Sub-process "), *to = from ? strstr(from, end) : NULL;

	if (to)
		memmove(from, to + strlen(end), strlen(to + strlen(end)) + 1);
}

/*
 * The first line that begins like an error of apt or dpkg, else the last one. About a
 * signature apt's warning says more than the error that follows from it.
 */
static const char *complaint_find(char *text)
{
	const char *last = "", *error = NULL, *signature = NULL;

	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		complaint_shorten(line);
		last = line;
		if (!signature && (!strncmp(line, "W: GPG error: ", 14) ||
		                   !strncmp(line, "W: OpenPGP signature", 20)))
			signature = line;
		if (!error && (!strncmp(line, "E: ", 3) || !strncmp(line, "dpkg-deb: error", 15)))
			error = line;
	}
	return signature ? signature : error ? error : last;
}

static int spawn_status(const char *const argv[], int status, int err_fd, struct fault *f)
{
	size_t length;
	char *text;
	int err;

	if (WIFSIGNALED(status))
		return fault_set(f, EINTR, "%s was killed by SIG%s", argv[0],
		                 sigabbrev_np(WTERMSIG(status)) ?: "?");
	if (!WEXITSTATUS(status))
		return 0;
	if (WEXITSTATUS(status) == STATUS_NO_PROGRAM)
		return fault_refuse(f, ENOENT, "run %s: is it installed?", argv[0]);
	text = fd_text(err_fd, &length);
	err = fault_set_ext(f, EIO, text ? complaint_find(text) : "", "%s %s", argv[0],
	                    argv[1] ? argv[1] : "");
	free(text);
	return err;
}

struct spawning {
	const char *const *argv;
	const char *dir;
	bool to_end; /* not for an interrupt's sake ended before */
};

static int spawn_into(const struct spawning *spawning, int out, int err_fd, struct fault *f)
{
	const char *const *argv = spawning->argv;
	pid_t pid = fork();
	int status = 0;

	if (pid < 0)
		return fault_set(f, errno, "fork for %s", argv[0]);
	if (!pid) {
		/* out of the terminal's sight: ^C is for who waits */
		if (spawning->to_end && setsid() < 0)
			_exit(STATUS_NO_PROGRAM - 1);
		spawn_child(argv, spawning->dir, out, err_fd);
	}
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return fault_set(f, errno, "wait for %s", argv[0]);
		if (interrupt_pending() &&
		    !spawning->to_end) /* a terminal tells it, too; kill(1) told us alone */
			(void)kill(pid, SIGTERM);
	}
	if (!spawning->to_end && interrupt_check(f) < 0)
		return -f->err;
	return spawn_status(argv, status, err_fd, f);
}

static int spawn_keeping(const struct spawning *spawning, char **output, struct fault *f)
{
	int out = memfd_create("out", MFD_CLOEXEC), err_fd = memfd_create("err", MFD_CLOEXEC);
	const char *name = spawning->argv[0];
	size_t length;
	int err;

	if (out < 0 || err_fd < 0)
		err = fault_set(f, errno, "make room for what %s prints", name);
	else
		err = spawn_into(spawning, out, err_fd, f);
	if (!err && output && !(*output = fd_text(out, &length)))
		err = fault_set(f, ENOMEM, "keep what %s printed", name);
	if (out >= 0)
		close(out);
	if (err_fd >= 0)
		close(err_fd);
	return err;
}

int spawn(const char *const argv[], const char *dir, char **output, struct fault *f)
{
	const struct spawning spawning = {.argv = argv, .dir = dir};

	return spawn_keeping(&spawning, output, f);
}

int spawn_to_end(const char *const argv[], struct fault *f)
{
	const struct spawning spawning = {.argv = argv, .to_end = true};

	return spawn_keeping(&spawning, NULL, f);
}
