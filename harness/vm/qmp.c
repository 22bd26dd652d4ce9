// SPDX-License-Identifier: GPL-2.0-or-later
/* The few words of QMP that taking a snapshot needs. */
#include "qemu.h"

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../base/interrupt.h"

static int qmp_read(struct qemu *qemu, int64_t end_ns, struct fault *f)
{
	struct pollfd fd = {.fd = qemu->qmp_fd, .events = POLLIN};
	int64_t left_ms = (end_ns - clock_mono_ns()) / NS_PER_MS;
	ssize_t n;

	if (left_ms <= 0 || poll(&fd, 1, (int)left_ms) == 0)
		return fault_set(f, ETIMEDOUT, "wait for the guest");
	if (interrupt_check(f) < 0)
		return -f->err;
	n = recv(qemu->qmp_fd, qemu->heard + qemu->heard_size,
	         sizeof(qemu->heard) - qemu->heard_size, MSG_DONTWAIT);
	if (n > 0)
		qemu->heard_size += (size_t)n;
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		return fault_set(f, EPIPE, "QEMU has ended");
	return 0;
}

/* The next thing that QEMU says; NULL with the fault filled. */
static json_t *qmp_hear(struct qemu *qemu, int64_t end_ns, struct fault *f)
{
	for (;;) {
		char *end = memchr(qemu->heard, '\n', qemu->heard_size);
		json_t *said;
		size_t size;

		if (!end) {
			if (qmp_read(qemu, end_ns, f) < 0)
				return NULL;
			continue;
		}
		size = (size_t)(end + 1 - qemu->heard);
		said = json_loadb(qemu->heard, size, 0, NULL);
		qemu->heard_size -= size;
		memmove(qemu->heard, end + 1, qemu->heard_size);
		if (said)
			return said;
	}
}

static bool said_event(const json_t *said, const char *name)
{
	const char *event = json_string_value(json_object_get(said, "event"));

	return event && !strcmp(event, name);
}

/* Send @command (with a descriptor, unless @fd is -1) and hear its answer. */
static int qmp_ask(struct qemu *qemu, const char *command, int fd, int64_t end_ns, struct fault *f)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {.header = {.cmsg_len = CMSG_LEN(sizeof(int)),
	                        .cmsg_level = SOL_SOCKET,
	                        .cmsg_type = SCM_RIGHTS}};
	struct iovec part = {.iov_base = (char *)command, .iov_len = strlen(command)};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

	if (fd >= 0) {
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
		message.msg_control = control.bytes;
		message.msg_controllen = sizeof(control.bytes);
	}
	if (sendmsg(qemu->qmp_fd, &message, MSG_NOSIGNAL) != (ssize_t)part.iov_len)
		return fault_set(f, EPIPE, "QEMU has ended");
	for (;;) {
		json_t *said = qmp_hear(qemu, end_ns, f);
		bool answered = json_object_get(said, "return") != NULL;
		const json_t *error = json_object_get(said, "error");
		bool refused = error != NULL;

		if (!said)
			return -f->err;
		if (refused)
			fault_set_ext(f, EIO, json_string_value(json_object_get(error, "desc")),
			              "QEMU refuses %.60s", command);
		json_decref(said);
		if (answered || refused)
			return refused ? -EIO : 0;
	}
}

static int qmp_await(struct qemu *qemu, const char *event, const char *status, int64_t end_ns,
                     struct fault *f)
{
	for (;;) {
		json_t *said = qmp_hear(qemu, end_ns, f);
		const char *is;
		bool there, failed;

		if (!said)
			return -f->err;
		is = json_string_value(json_object_get(json_object_get(said, "data"), "status"));
		there = said_event(said, event) && (!status || (is && !strcmp(is, status)));
		failed = said_event(said, event) && is && !strcmp(is, "failed");
		json_decref(said);
		if (failed)
			return fault_set(f, EIO, "QEMU could not save the guest");
		if (there)
			return 0;
	}
}

static const char greeting[] = "{\"execute\":\"qmp_capabilities\"}";

int qemu_greet(struct qemu *qemu, int limit_ms, struct fault *f)
{
	return qmp_ask(qemu, greeting, -1, clock_mono_ns() + limit_ms * NS_PER_MS, f);
}

static int64_t processor_ns(pid_t pid)
{
	struct timespec ts;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &ts) < 0)
		return 0;
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

/*
 * The limit is of QEMU's processor time where others keep the machine busy. A guest that
 * waits for what never comes uses next to none: then real time is what counts.
 */
int qemu_await_stop(struct qemu *qemu, int limit_ms, struct fault *f)
{
	int64_t limit_ns = limit_ms * NS_PER_MS, used_ns = 0, before_ns;
	int err = qmp_ask(qemu, greeting, -1, clock_mono_ns() + limit_ns, f);

	if (err)
		return err;
	do {
		before_ns = used_ns;
		err = qmp_await(qemu, "STOP", NULL, clock_mono_ns() + limit_ns, f);
		used_ns = processor_ns(qemu->pid);
	} while (err == -ETIMEDOUT && used_ns < limit_ns && used_ns - before_ns > limit_ns / 20);
	return err;
}

static const char capabilities[] =
	"{\"execute\":\"migrate-set-capabilities\",\"arguments\":{\"capabilities\":"
	"[{\"capability\":\"events\",\"state\":true},"
	/* RAM is not in the state: it is in its file. */
	"{\"capability\":\"x-ignore-shared\",\"state\":true}]}}";
static const char take_fd[] = "{\"execute\":\"getfd\",\"arguments\":{\"fdname\":\"state\"}}";

int qemu_save(struct qemu *qemu, int fd, int limit_ms, struct fault *f)
{
	static const char migrate[] =
		"{\"execute\":\"migrate\",\"arguments\":{\"uri\":\"fd:state\"}}";
	int64_t end_ns = clock_mono_ns() + limit_ms * NS_PER_MS;
	int err = qmp_ask(qemu, capabilities, -1, end_ns, f);

	if (!err)
		err = qmp_ask(qemu, take_fd, fd, end_ns, f);
	if (!err)
		err = qmp_ask(qemu, migrate, -1, end_ns, f);
	return err ? err : qmp_await(qemu, "MIGRATION", "completed", end_ns, f);
}

/*
 * Else QEMU announces the machine to the networks that it has not got, five times, by a
 * timer of real time: the guest stands still from its expiry until the main loop has seen to it.
 */
static const char silent[] = "{\"execute\":\"migrate-set-parameters\",\"arguments\":"
			     "{\"announce-rounds\":0}}";

int qemu_restore(struct qemu *qemu, int fd, int limit_ms, struct fault *f)
{
	static const char incoming[] =
		"{\"execute\":\"migrate-incoming\",\"arguments\":{\"uri\":\"fd:state\"}}";
	int64_t end_ns = clock_mono_ns() + limit_ms * NS_PER_MS;
	int err = qmp_ask(qemu, greeting, -1, end_ns, f);

	if (!err)
		err = qmp_ask(qemu, capabilities, -1, end_ns, f);
	if (!err)
		err = qmp_ask(qemu, silent, -1, end_ns, f);
	if (!err)
		err = qmp_ask(qemu, take_fd, fd, end_ns, f);
	if (!err)
		err = qmp_ask(qemu, incoming, -1, end_ns, f);
	if (!err)
		err = qmp_await(qemu, "MIGRATION", "completed", end_ns, f);
	if (err)
		return err;
	/* It comes as it was saved: stopped. A short job may be over before the answer comes. */
	err = qmp_ask(qemu, "{\"execute\":\"cont\"}", -1, end_ns, f);
	return err == -EPIPE ? 0 : err;
}
