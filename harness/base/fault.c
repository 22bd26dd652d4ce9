// SPDX-License-Identifier: GPL-2.0-or-later
#include "fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void fault_fill(struct fault *f, int err, const char *extack, const char *fmt, va_list ap)
	__attribute__((format(printf, 4, 0)));

static void fault_fill(struct fault *f, int err, const char *extack, const char *fmt, va_list ap)
{
	f->err = err;
	f->plain = false;
	vsnprintf(f->what, sizeof(f->what), fmt, ap);
	snprintf(f->extack, sizeof(f->extack), "%s", extack ? extack : "");
}

int fault_set(struct fault *f, int err, const char *fmt, ...)
{
	va_list ap;

	if (f) {
		va_start(ap, fmt);
		fault_fill(f, err, NULL, fmt, ap);
		va_end(ap);
	}
	return -err;
}

int fault_refuse(struct fault *f, int err, const char *fmt, ...)
{
	va_list ap;

	if (f) {
		va_start(ap, fmt);
		fault_fill(f, err, NULL, fmt, ap);
		va_end(ap);
		f->plain = true;
	}
	return -err;
}

int fault_set_ext(struct fault *f, int err, const char *extack, const char *fmt, ...)
{
	va_list ap;

	if (f) {
		va_start(ap, fmt);
		fault_fill(f, err, extack, fmt, ap);
		va_end(ap);
	}
	return -err;
}

/* What functions attempt, in the words of fault_set(): "open the folder out". */
static const char *const attempts[] = {
	"accept",  "add",       "allow",   "ask",        "attach", "await",   "become",  "begin",
	"bind",    "block",     "boot",    "break",      "build",  "capture", "carry",   "check",
	"clear",   "compare",   "compile", "connect",    "copy",   "count",   "create",  "destroy",
	"dump",    "duplicate", "enlarge", "enter",      "find",   "fork",    "get",     "go",
	"hand",    "have",      "hold",    "inject",     "judge",  "keep",    "list",    "listen",
	"load",    "lock",      "look",    "make",       "map",    "mount",   "name",    "note",
	"open",    "parse",     "place",   "plan",       "plug",   "prepare", "put",     "read",
	"receive", "reject",    "release", "remove",     "rename", "replace", "restore", "return",
	"run",     "send",      "set",     "settle",     "size",   "start",   "stat",    "stop",
	"take",    "tell",      "turn",    "understand", "unpack", "unplug",  "unshare", "use",
	"wait",    "watch",     "write",
};

static bool is_attempt(const char *what)
{
	size_t length = strcspn(what, " ");

	for (size_t i = 0; what[length] && i < sizeof(attempts) / sizeof(attempts[0]); i++)
		if (length == strlen(attempts[i]) && !strncmp(what, attempts[i], length))
			return true;
	return false;
}

const char *fault_text(const struct fault *f, char *buf, size_t size)
{
	const char *cannot = f && is_attempt(f->what) ? "cannot " : "";

	if (!f || !f->err)
		snprintf(buf, size, "nothing went wrong");
	else if (f->plain)
		snprintf(buf, size, "%s%s", cannot, f->what);
	else if (f->extack[0])
		snprintf(buf, size, "%s%s: %s (%s)", cannot, f->what, strerror(f->err), f->extack);
	else
		snprintf(buf, size, "%s%s: %s", cannot, f->what, strerror(f->err));
	return buf;
}
