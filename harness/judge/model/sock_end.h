/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sock_end: what calls on a socket come to once its peer has closed or reset the connection. */
#ifndef FINWAIT_JUDGE_MODEL_SOCK_END_H
#define FINWAIT_JUDGE_MODEL_SOCK_END_H

#include <stdbool.h>
#include <stdint.h>

/* What the kernel keeps of it. All zeros: ESTABLISHED, nothing to read. */
struct sock_end {
	bool closed; /* TCP_CLOSE */
	bool got_fin; /* SOCK_DONE, RCV_SHUTDOWN */
	int err; /* sk_err, a positive errno; 0: none */
	int64_t unread; /* bytes in the receive queue */
};

enum sock_end_call { END_CALL_SEND, END_CALL_RECV, END_CALL_SO_ERROR, END_CALL_COUNT };

/* What one call returns. */
struct sock_end_result {
	int64_t result; /* -1: it failed */
	int err; /* a positive errno; what SO_ERROR tells too */
	bool sigpipe;
};

/* "send", "recv", "SO_ERROR": as the record names the call. */
const char *sock_end_call_name(enum sock_end_call call);

/* The peer's FIN came: tcp_fin(). */
void sock_end_fin(struct sock_end *end);

/* A reset came that the socket takes: tcp_reset() leaves what was received for recv(). */
void sock_end_reset(struct sock_end *end);

/*
 * What @call comes to on a socket that does not block, with room to send or to receive
 * @length bytes. The first call that meets an error takes it away, as does SO_ERROR:
 * sock_error(). tcp_sendmsg_locked(), sk_stream_wait_connect(), sk_stream_error(),
 * tcp_recvmsg_locked().
 */
struct sock_end_result sock_end_call(struct sock_end *end, enum sock_end_call call, int64_t length);

#endif
