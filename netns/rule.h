/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rule: nftables rules on the netdev ingress hook of links, by libnftables. */
#ifndef FINWAIT_NETNS_RULE_H
#define FINWAIT_NETNS_RULE_H

#include <stdint.h>

#include "../harness/base/fault.h"

struct ruleset; /* one libnftables context, opened inside one namespace */

struct ruleset *ruleset_open(int netns_fd, struct fault *f) MUST_CHECK;
void ruleset_close(struct ruleset *rs);

/* What a rule takes, and what becomes of that. */
struct rule_spec {
	const char *expr; /* in nft(8)'s words: "tcp flags & (fin|ack) == fin|ack" */
	uint32_t packets; /* only the first so many that match; 0: all */
	const char *copy_to; /* they go on, and a copy leaves by this link; NULL: dropped */
};

#define RULE_PACKETS_MAX INT32_MAX

/*
 * Add @spec to the ingress chain of @ifname (made on first use), behind the rules that are
 * there. @handle names it for the two below. -ENOENT: this kernel lacks what a count
 * (nft_numgen) or a copy (nft_dup_netdev) needs.
 */
int rule_add(struct ruleset *rs, const char *ifname, const struct rule_spec *spec, uint64_t *handle,
             struct fault *f) MUST_CHECK;
/* Drop all that match @expr. */
int rule_add_drop(struct ruleset *rs, const char *ifname, const char *expr, uint64_t *handle,
                  struct fault *f) MUST_CHECK;
int rule_delete(struct ruleset *rs, const char *ifname, uint64_t handle,
                struct fault *f) MUST_CHECK;
/* Packets that the rule has taken so far. */
int rule_count(struct ruleset *rs, const char *ifname, uint64_t handle, uint64_t *packets,
               struct fault *f) MUST_CHECK;

#endif
