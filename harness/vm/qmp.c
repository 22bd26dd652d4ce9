// SPDX-License-Identifier: GPL-2.0-or-later
/* The few words of QMP that taking a snapshot needs. */
#include "qemu.h"

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../base/interrupt.h"
#include "../base/pass.h"
#include "limit.h"

static int qmp_read(struct qemu *qemu, const struct limit *limit, struct fault *f)
{
	struct pollfd fd = {.fd = qemu->qmp_fd, .events = POLLIN};
	int left_ms = limit_left_ms(limit);
	ssize_t n;

	/* What was said in time counts, however late we are ourselves. */
	if (poll(&fd, 1, left_ms) == 0 && !left_ms)
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
static json_t *qmp_hear(struct qemu *qemu, const struct limit *limit, struct fault *f)
{
	for (;;) {
		char *end = memchr(qemu->heard, '\n', qemu->heard_size);
		json_t *said;
		size_t size;

		if (!end) {
			if (qmp_read(qemu, limit, f) < 0)
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
static int qmp_ask(struct qemu *qemu, const char *command, int fd, const struct limit *limit,
                   struct fault *f)
{
	if (pass_send(qemu->qmp_fd, command, strlen(command), &fd, fd >= 0) < 0)
		return fault_set(f, EPIPE, "QEMU has ended");
	for (;;) {
		json_t *said = qmp_hear(qemu, limit, f);
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

static int qmp_await(struct qemu *qemu, const char *event, const char *status,
                     const struct limit *limit, struct fault *f)
{
	for (;;) {
		json_t *said = qmp_hear(qemu, limit, f);
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
	struct limit limit = limit_begin(qemu->pid, limit_ms);

	return qmp_ask(qemu, greeting, -1, &limit, f);
}

int qemu_await_stop(struct qemu *qemu, int limit_ms, struct fault *f)
{
	struct limit limit = limit_begin(qemu->pid, limit_ms);

	return qmp_await(qemu, "STOP", NULL, &limit, f);
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
	struct limit limit = limit_begin(qemu->pid, limit_ms);
	int err = qmp_ask(qemu, capabilities, -1, &limit, f);

	if (!err)
		err = qmp_ask(qemu, take_fd, fd, &limit, f);
	if (!err)
		err = qmp_ask(qemu, migrate, -1, &limit, f);
	return err ? err : qmp_await(qemu, "MIGRATION", "completed", &limit, f);
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
	struct limit limit = limit_begin(qemu->pid, limit_ms);
	int err = qmp_ask(qemu, greeting, -1, &limit, f);

	if (!err)
		err = qmp_ask(qemu, capabilities, -1, &limit, f);
	if (!err)
		err = qmp_ask(qemu, silent, -1, &limit, f);
	if (!err)
		err = qmp_ask(qemu, take_fd, fd, &limit, f);
	if (!err)
		err = qmp_ask(qemu, incoming, -1, &limit, f);
	if (!err)
		err = qmp_await(qemu, "MIGRATION", "completed", &limit, f);
	if (err)
		return err;
	/* It comes as it was saved: stopped. A short job may be over before the answer comes. */
	err = qmp_ask(qemu, "{\"execute\":\"cont\"}", -1, &limit, f);
	return err == -EPIPE ? 0 : err;
}
