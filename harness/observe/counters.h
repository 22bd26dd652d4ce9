/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * counters: the MIB counters (Tcp, TcpExt, Ip, IpExt, Icmp) of one namespace, and what was
 * dropped before any of them could count it: Link.RxDropped, softnet_stat.dropped.
 */
#ifndef FINWAIT_OBSERVE_COUNTERS_H
#define FINWAIT_OBSERVE_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/fault.h"

struct counters; /* one reading */

/*
 * Of the namespace the caller is in (/proc/thread-self/net/snmp, netstat, dev). softnet_stat
 * counts for the whole @machine: only where that is for nobody but this run.
 */
struct counters *counters_read(bool machine, struct fault *f) MUST_CHECK;

/* What the files say; NULL: not read, for the last two. */
struct counter_texts {
	const char *snmp, *netstat, *dev, *softnet_stat;
};
/* The same of the files' text; pure. A line pair that does not match up is left out. */
struct counters *counters_parse(const struct counter_texts *texts, struct fault *f) MUST_CHECK;
void counters_free(struct counters *counters);
/* -1: there is no counter "TcpExt.TCPTimeouts". */
int64_t counters_get(const struct counters *counters, const char *name);

/* The frames that the namespace's links have sent, lo aside; veth counts what it handed on. */
uint64_t counters_sent(const struct counters *counters);

typedef void (*counters_each_fn)(const char *name, int64_t delta, void *arg);
/* What changed from @before to @after. */
void counters_changed(const struct counters *before, const struct counters *after,
                      counters_each_fn each, void *arg);

#endif
