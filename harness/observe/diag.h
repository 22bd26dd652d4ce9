/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diag: sock_diag over netlink by libmnl, one socket held open per host.
 * Alone sees TIME_WAIT, request socks, timers and orphans.
 */
#ifndef FINWAIT_OBSERVE_DIAG_H
#define FINWAIT_OBSERVE_DIAG_H

#include <stddef.h>
#include <stdint.h>

#include "../base/fault.h"
#include "../record/event.h"

struct diag;

/* In the namespace the caller is in. */
struct diag *diag_open(struct fault *f) MUST_CHECK;
void diag_close(struct diag *diag);

/*
 * Exact look-up of whatever object has this four-tuple: request sock, socket or
 * time-wait sock (inet_diag_find_one_icsk()). A look-up that only finds a
 * listener on @local's port counts as none. 1: found, @sample filled; 0: none;
 * -errno; in the last two @sample is all 0 (STATE_GONE). gap_ns is left to the
 * caller. IPv4 endpoints find a dual-stack socket's IPv4 connection too. Not
 * found are sockets bound to a device.
 */
int diag_lookup(struct diag *diag, const struct endpoint *local, const struct endpoint *remote,
                struct sample *sample, struct fault *f) MUST_CHECK;

/* Would a SYN to @local reach a listener, be it one on any address? 1, 0 or -errno. */
int diag_listening(struct diag *diag, const struct endpoint *local, struct fault *f) MUST_CHECK;

typedef void (*diag_each_fn)(const struct endpoint *local, const struct endpoint *remote,
                             const struct sample *sample, void *arg);
/*
 * Every socket with local or remote @port (0: all), filtered in the kernel by
 * bytecode. Returns how many, or -errno (-EINTR: the dump was inconsistent) after
 * delivering what it could. @family AF_INET leaves dual-stack sockets out: they
 * are AF_INET6 here, although their IPv4 endpoints are told as AF_INET. @each
 * must not use @diag.
 */
int diag_dump(struct diag *diag, uint8_t family, uint16_t port, diag_each_fn each, void *arg,
              struct fault *f) MUST_CHECK;

/* SOCK_DESTROY of this very connection, never of its listener; -ENOENT: there is none. */
int diag_destroy(struct diag *diag, const struct endpoint *local, const struct endpoint *remote,
                 struct fault *f) MUST_CHECK;
/* The same of the listener that a SYN to @local would reach. */
int diag_destroy_listener(struct diag *diag, const struct endpoint *local,
                          struct fault *f) MUST_CHECK;

/* Answers lost or cut short since the last call (ENOBUFS, MSG_TRUNC, NLM_F_DUMP_INTR). */
uint64_t diag_lost(struct diag *diag);

struct nlmsghdr;
/*
 * The next whole message of the @left bytes at @rest, which move on; NULL behind
 * the last. Pure (fuzzed). Of its own because mnl_nlmsg_ok() takes a length
 * above INT_MAX for a negative and thus good one.
 */
const struct nlmsghdr *diag_message_next(const void **rest, size_t *left);

/*
 * One netlink message of an answer as a sample; pure (fuzzed). False: not an
 * inet_diag_msg, or shorter than it says.
 */
bool diag_decode(const struct nlmsghdr *nlh, size_t length, struct endpoint *local,
                 struct endpoint *remote, struct sample *sample);

#endif
