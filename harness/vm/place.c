// SPDX-License-Identifier: GPL-2.0-or-later
#include "place.h"

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/*
 * A name in the abstract namespace of Unix sockets: taken by one process at a time, whosever it
 * is, free again however that ends, and no file anywhere.
 */
static bool place_claim(int cpu)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int length;

	if (fd < 0)
		return false;
	length = snprintf(name.sun_path + 1, sizeof(name.sun_path) - 1, "finwait/cpu/%d", cpu);
	if (bind(fd, (struct sockaddr *)&name,
	         (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length)) == 0)
		return true; /* open for as long as we live */
	close(fd);
	return false;
}

int place_take(void)
{
	cpu_set_t cpus;
	int count, first;

	if (sched_getaffinity(0, sizeof(cpus), &cpus) < 0 || !(count = CPU_COUNT(&cpus)))
		return -1;
	/* Finwaits in other network namespaces are not seen: begin anywhere. */
	first = getpid() % count;
	for (int pass = 0; pass < 2; pass++) {
		int index = 0;

		for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
			if (CPU_ISSET((size_t)cpu, &cpus) && (index++ < first) == pass &&
			    place_claim(cpu))
				return cpu;
	}
	return -1;
}
