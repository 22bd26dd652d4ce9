// SPDX-License-Identifier: GPL-2.0-or-later
#include "qdisc.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include <netlink/errno.h>
#include <netlink/route/qdisc.h>
#include <netlink/route/qdisc/netem.h>
#include <netlink/route/qdisc/plug.h>
#include <netlink/route/tc.h>

#include "rtnl.h"

#define NETEM_LIMIT_PACKETS 1000 /* tc-netem(8)'s default */
#define PLUG_LIMIT_BYTES (16 << 20)

/* netem wants a share of 2^32 - 1; libnl passes it on as an int. */
static int share_of(double percent)
{
	return (int)(uint32_t)(percent / 100 * UINT32_MAX + 0.5);
}

static bool percent_ok(double percent)
{
	return percent >= 0 && percent <= 100;
}

static int netem_check(const struct netem *netem, struct fault *f)
{
	if (!percent_ok(netem->loss_percent) || !percent_ok(netem->duplicate_percent) ||
	    !percent_ok(netem->reorder_percent))
		return fault_set(f, ERANGE, "netem: percentages go from 0 to 100");
	if ((netem->reorder_percent > 0 || netem->gap) && !netem->delay_us)
		return fault_set(f, EINVAL, "netem: reordering needs a delay");
	if (netem->gap && netem->reorder_percent <= 0)
		return fault_set(f, EINVAL, "netem: a gap needs reordering");
	if (netem->delay_us > INT32_MAX || netem->jitter_us > INT32_MAX ||
	    netem->limit_packets > INT32_MAX || netem->gap > INT32_MAX)
		return fault_set(f, ERANGE, "netem: delay, jitter, gap or limit too large");
	return 0;
}

/* 0 stands for "not set" in libnl as in netem, so all of it is always set. */
static void netem_fill(struct rtnl_qdisc *qdisc, const struct netem *netem)
{
	rtnl_netem_set_limit(qdisc, netem->limit_packets ? (int)netem->limit_packets
	                                                 : NETEM_LIMIT_PACKETS);
	rtnl_netem_set_delay(qdisc, (int)netem->delay_us);
	rtnl_netem_set_jitter(qdisc, (int)netem->jitter_us);
	rtnl_netem_set_loss(qdisc, share_of(netem->loss_percent));
	rtnl_netem_set_duplicate(qdisc, share_of(netem->duplicate_percent));
	if (netem->reorder_percent > 0) {
		rtnl_netem_set_reorder_probability(qdisc, share_of(netem->reorder_percent));
		rtnl_netem_set_gap(qdisc, netem->gap ? (int)netem->gap : 1);
	}
}

static struct rtnl_qdisc *root_alloc(int ifindex, const char *kind)
{
	struct rtnl_qdisc *qdisc = rtnl_qdisc_alloc();

	if (!qdisc)
		return NULL;
	rtnl_tc_set_ifindex(TC_CAST(qdisc), ifindex);
	rtnl_tc_set_parent(TC_CAST(qdisc), TC_H_ROOT);
	if (rtnl_tc_set_kind(TC_CAST(qdisc), kind) < 0) {
		rtnl_qdisc_put(qdisc);
		return NULL;
	}
	return qdisc;
}

/* Sends off @qdisc, and frees it. "Specified qdisc kind is unknown" is -EOPNOTSUPP. */
static int root_request(struct rtnl *rtnl, struct rtnl_qdisc *qdisc, int flags, struct fault *f)
{
	const int ifindex = rtnl_tc_get_ifindex(TC_CAST(qdisc));
	char kind[16];
	struct nl_msg *msg;
	struct fault why;
	int rc;

	snprintf(kind, sizeof(kind), "%s", rtnl_tc_get_kind(TC_CAST(qdisc)));
	rc = rtnl_qdisc_build_add_request(qdisc, flags, &msg);
	rtnl_qdisc_put(qdisc);
	if (rc < 0)
		return fault_set_ext(f, rtnl_nle_errno(rc), nl_geterror(rc),
		                     "build a request for %s", kind);
	rc = rtnl_talk(rtnl, msg, &why, "set %s on link %d", kind, ifindex);
	/* After trying to load the module. */
	if (rc == -ENOENT)
		return fault_set_ext(f, EOPNOTSUPP, why.extack,
		                     "%s: needs %s (sch_%s) in the kernel", why.what, kind, kind);
	return rc ? fault_set_ext(f, why.err, why.extack, "%s", why.what) : 0;
}

int netem_set(struct rtnl *rtnl, int ifindex, const struct netem *netem, struct fault *f)
{
	struct rtnl_qdisc *qdisc;
	int rc = netem_check(netem, f);

	if (rc)
		return rc;
	qdisc = root_alloc(ifindex, "netem");
	if (!qdisc)
		return fault_set(f, ENOMEM, "set netem on link %d", ifindex);
	netem_fill(qdisc, netem);
	return root_request(rtnl, qdisc, NLM_F_CREATE | NLM_F_REPLACE, f);
}

int netem_clear(struct rtnl *rtnl, int ifindex, struct fault *f)
{
	struct rtnl_qdisc *qdisc = root_alloc(ifindex, "netem");
	struct nl_msg *msg;
	int rc;

	if (!qdisc)
		return fault_set(f, ENOMEM, "clear netem on link %d", ifindex);
	rc = rtnl_qdisc_build_delete_request(qdisc, &msg);
	rtnl_qdisc_put(qdisc);
	if (rc < 0)
		return fault_set_ext(f, rtnl_nle_errno(rc), nl_geterror(rc),
		                     "build a request to clear netem");
	rc = rtnl_talk(rtnl, msg, f, "clear netem on link %d", ifindex);
	/* No qdisc but the link's own default, or one that is not netem. */
	return rc == -ENOENT || rc == -EINVAL ? 0 : rc;
}

int plug_set(struct rtnl *rtnl, int ifindex, struct fault *f)
{
	struct rtnl_qdisc *qdisc = root_alloc(ifindex, "plug");

	if (!qdisc)
		return fault_set(f, ENOMEM, "set plug on link %d", ifindex);
	rtnl_qdisc_plug_set_limit(qdisc, PLUG_LIMIT_BYTES);
	return root_request(rtnl, qdisc, NLM_F_CREATE | NLM_F_REPLACE, f);
}

int plug_put(struct rtnl *rtnl, int ifindex, struct fault *f)
{
	struct rtnl_qdisc *qdisc = root_alloc(ifindex, "plug");

	if (!qdisc)
		return fault_set(f, ENOMEM, "plug link %d", ifindex);
	rtnl_qdisc_plug_buffer(qdisc);
	return root_request(rtnl, qdisc, 0, f);
}

int plug_pull(struct rtnl *rtnl, int ifindex, struct fault *f)
{
	struct rtnl_qdisc *qdisc = root_alloc(ifindex, "plug");

	if (!qdisc)
		return fault_set(f, ENOMEM, "unplug link %d", ifindex);
	rtnl_qdisc_plug_release_indefinite(qdisc);
	return root_request(rtnl, qdisc, 0, f);
}
