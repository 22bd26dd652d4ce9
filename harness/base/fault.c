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

const char *fault_text(const struct fault *f, char *buf, size_t size)
{
	if (!f || !f->err)
		snprintf(buf, size, "nothing went wrong");
	else if (f->plain)
		snprintf(buf, size, "%s", f->what);
	else if (f->extack[0])
		snprintf(buf, size, "%s: %s (%s)", f->what, strerror(f->err), f->extack);
	else
		snprintf(buf, size, "%s: %s", f->what, strerror(f->err));
	return buf;
}
