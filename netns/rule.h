/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rule: nftables rules on the netdev ingress hook of links, by libnftables. */
#ifndef FINWAIT_NETNS_RULE_H
#define FINWAIT_NETNS_RULE_H

#include <stdint.h>

#include "../harness/base/fault.h"

struct ruleset; /* one libnftables context, opened inside one namespace */

struct ruleset *ruleset_open(int netns_fd, struct fault *f) MUST_CHECK;
void ruleset_close(struct ruleset *rs);

/*
 * Add "@expr counter drop" to the ingress chain of @ifname (made on first
 * use), @expr in nft(8)'s words, e.g. "tcp flags & (fin|ack) == fin|ack".
 * @handle names the rule for the two below.
 */
int rule_add_drop(struct ruleset *rs, const char *ifname, const char *expr, uint64_t *handle,
                  struct fault *f) MUST_CHECK;
int rule_delete(struct ruleset *rs, const char *ifname, uint64_t handle,
                struct fault *f) MUST_CHECK;
/* Packets the rule has dropped so far. */
int rule_count(struct ruleset *rs, const char *ifname, uint64_t handle, uint64_t *packets,
               struct fault *f) MUST_CHECK;

#endif
