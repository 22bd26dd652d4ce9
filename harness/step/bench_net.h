/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bench_net: addresses, routes and neighbours of a bench, and what joins its ports. For bench.c. */
#ifndef FINWAIT_STEP_BENCH_NET_H
#define FINWAIT_STEP_BENCH_NET_H

#include "bench.h"

/* @side's links come up, with the addresses of both families and the way to the other host. */
int bench_net_host(struct bench *bench, enum side side, struct fault *f) MUST_CHECK;
/* The wire's ports come up and are joined: by a bridge, by a router, or not at all. */
int bench_net_wire(struct bench *bench, struct fault *f) MUST_CHECK;

#endif
