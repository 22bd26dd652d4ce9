// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * late: LD_PRELOAD this to make a probe late once: when it has closed its end of a connection
 * to port 8080 its process sleeps for LATE_MS, as if the machine had gone to somebody else.
 * The file $LATE_ONCE, which is not there yet, marks that it has been: the next run is on
 * time.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#define PROBE_PORT 8080
#define LATE_MS 600 /* beyond the RTO of a FIN that nobody carries on */

static int is_probes(int fd)
{
	struct sockaddr_in peer;
	socklen_t size = sizeof(peer);

	return getpeername(fd, (struct sockaddr *)&peer, &size) == 0 &&
	       peer.sin_family == AF_INET && peer.sin_port == htons(PROBE_PORT);
}

int close(int fd)
{
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "close");
	const struct timespec late = {.tv_nsec = LATE_MS * 1000000L};
	const char *once = getenv("LATE_ONCE");
	int closes = once && is_probes(fd), status = real(fd);

	if (closes && (fd = open(once, O_WRONLY | O_CREAT | O_EXCL, 0666)) >= 0) {
		real(fd);
		nanosleep(&late, NULL);
	}
	return status;
}
