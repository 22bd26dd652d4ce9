/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tap: every frame on one link, AF_PACKET with ETH_P_ALL (a socket bound to
 * ETH_P_IP would miss what a netdev ingress rule drops), kernel stamps.
 */
#ifndef FINWAIT_OBSERVE_TAP_H
#define FINWAIT_OBSERVE_TAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/fault.h"

struct tap;

/*
 * Make the kernel stamp frames for as long as the returned descriptor is open.
 * It begins late (8 ms were measured) and goes on and off with the first and
 * last socket that wants stamps, patching its own code each time: a process that
 * opens many taps one after another, or forks others that do, holds one of these
 * from its start. Needs no privilege. A descriptor or -errno.
 */
int tap_stamps_hold(struct fault *f) MUST_CHECK;

struct frame {
	int64_t t_ns; /* CLOCK_MONOTONIC, absolute */
	bool late_stamp; /* the kernel was not stamping yet: t_ns is when it was read */
	bool outgoing; /* PACKET_OUTGOING: leaving by this link */
	size_t length; /* bytes held in data */
	bool truncated;
	uint8_t data[2048];
};

/*
 * On @ifname of the namespace the caller is in; it may be down as yet. NULL with
 * the fault filled. On lo a frame is seen twice, outgoing and then not.
 */
struct tap *tap_open(const char *ifname, struct fault *f) MUST_CHECK;
void tap_close(struct tap *tap);
int tap_fd(const struct tap *tap); /* poll for POLLIN */
/* 1: a frame; 0: none waiting (or the link went down); -errno. */
int tap_read(struct tap *tap, struct frame *frame) MUST_CHECK;
/* Put a frame on the link; this tap sees it as outgoing. 0 or -errno. */
int tap_send(struct tap *tap, const void *data, size_t length) MUST_CHECK;
/* Frames lost since the last call (PACKET_STATISTICS clears). */
uint64_t tap_lost(struct tap *tap);

#endif
