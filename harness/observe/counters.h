/* SPDX-License-Identifier: GPL-2.0-or-later */
/* counters: the MIB counters (Tcp, TcpExt, Ip, IpExt, Icmp) of one namespace. */
#ifndef FINWAIT_OBSERVE_COUNTERS_H
#define FINWAIT_OBSERVE_COUNTERS_H

#include <stdint.h>

#include "../base/fault.h"

struct counters; /* one reading */

/* Of the namespace the caller is in (/proc/thread-self/net/snmp, netstat). */
struct counters *counters_read(struct fault *f) MUST_CHECK;
/* The same of the two files' text; pure. A line pair that does not match up is left out. */
struct counters *counters_parse(const char *snmp, const char *netstat, struct fault *f) MUST_CHECK;
void counters_free(struct counters *counters);
/* -1: there is no counter "TcpExt.TCPTimeouts". */
int64_t counters_get(const struct counters *counters, const char *name);

typedef void (*counters_each_fn)(const char *name, int64_t delta, void *arg);
/* What changed from @before to @after. */
void counters_changed(const struct counters *before, const struct counters *after,
                      counters_each_fn each, void *arg);

#endif
