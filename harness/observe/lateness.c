// SPDX-License-Identifier: GPL-2.0-or-later
#include "lateness.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct lateness {
	int fd;
	int64_t last_ns;
};

bool lateness_parse(const char *schedstat, int64_t *queued_ns)
{
	char *second, *end;

	errno = 0;
	(void)strtoull(schedstat, &second, 10); /* time on a processor */
	*queued_ns = strtoll(second, &end, 10);
	return !errno && second != schedstat && end != second && *queued_ns >= 0;
}

static bool queued_read(const struct lateness *lateness, int64_t *queued_ns)
{
	char text[96];
	ssize_t n = pread(lateness->fd, text, sizeof(text) - 1, 0);

	if (n < 0)
		return false;
	text[n] = '\0';
	return lateness_parse(text, queued_ns);
}

struct lateness *lateness_open(struct fault *f)
{
	struct lateness *lateness = calloc(1, sizeof(*lateness));

	if (!lateness) {
		fault_set(f, ENOMEM, "watch how late this process is");
		return NULL;
	}
	lateness->fd = open("/proc/self/schedstat", O_RDONLY | O_CLOEXEC);
	if (lateness->fd < 0) {
		fault_set(f, errno, "open /proc/self/schedstat");
		free(lateness);
		return NULL;
	}
	if (!queued_read(lateness, &lateness->last_ns)) {
		fault_refuse(f, ENODATA, "/proc/self/schedstat tells no time on a run queue");
		lateness_close(lateness);
		return NULL;
	}
	return lateness;
}

void lateness_close(struct lateness *lateness)
{
	if (!lateness)
		return;
	close(lateness->fd);
	free(lateness);
}

int64_t lateness_queued_ns(struct lateness *lateness)
{
	int64_t now_ns, queued_ns;

	if (!queued_read(lateness, &now_ns))
		return 0;
	queued_ns = now_ns - lateness->last_ns;
	lateness->last_ns = now_ns;
	return queued_ns;
}
