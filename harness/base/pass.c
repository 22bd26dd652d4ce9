// SPDX-License-Identifier: GPL-2.0-or-later
#include "pass.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int) * PASS_MOST)];
};

static struct msghdr message_of(struct iovec *part, union control *control, size_t count)
{
	return (struct msghdr){
		.msg_iov = part,
		.msg_iovlen = 1,
		.msg_control = count ? control->bytes : NULL,
		.msg_controllen = count ? CMSG_SPACE(sizeof(int) * count) : 0,
	};
}

int pass_send(int socket, const void *data, size_t size, const int *fds, size_t count)
{
	union control control = {.header = {.cmsg_len = CMSG_LEN(sizeof(int) * count),
	                                    .cmsg_level = SOL_SOCKET,
	                                    .cmsg_type = SCM_RIGHTS}};
	struct iovec part = {.iov_base = (void *)data, .iov_len = size};
	struct msghdr message;
	ssize_t sent;

	if (count > PASS_MOST)
		return -EINVAL;
	message = message_of(&part, &control, count);
	if (count)
		memcpy(CMSG_DATA(&control.header), fds, sizeof(int) * count);
	sent = sendmsg(socket, &message, MSG_NOSIGNAL);
	if (sent < 0)
		return -errno;
	return (size_t)sent == size ? 0 : -EMSGSIZE;
}

int pass_receive(int socket, void *data, size_t size, int *fds, size_t count, int flags)
{
	union control control = {.header = {0}};
	struct iovec part = {.iov_base = data, .iov_len = size};
	struct msghdr message;
	ssize_t came;

	if (count > PASS_MOST)
		return -EINVAL;
	message = message_of(&part, &control, count);
	came = recvmsg(socket, &message, flags | MSG_CMSG_CLOEXEC);
	if (came < 0)
		return -errno;
	if (!came)
		return -EPIPE;
	if ((size_t)came != size ||
	    (count && control.header.cmsg_len != CMSG_LEN(sizeof(int) * count)))
		return -EBADMSG;
	if (count)
		memcpy(fds, CMSG_DATA(&control.header), sizeof(int) * count);
	return 0;
}
