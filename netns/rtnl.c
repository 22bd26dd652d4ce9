// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One rtnetlink socket. libnl tells errors apart too coarsely (and ENODEV as
 * "object not found"), so its error callback is replaced by one that keeps the
 * kernel's errno and its extended ack.
 */
#include "rtnl.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <netlink/attr.h>
#include <netlink/errno.h>

#include "netns.h"

struct rtnl {
	struct nl_sock *sock;
	int err; /* of the request under way, positive */
	char extack[192];
};

int rtnl_nle_errno(int nle)
{
	switch (abs(nle)) {
	case NLE_NOMEM:
		return ENOMEM;
	case NLE_RANGE:
		return ERANGE;
	case NLE_MSGSIZE:
		return EMSGSIZE;
	case NLE_AF_NOSUPPORT:
		return EAFNOSUPPORT;
	case NLE_PERM:
		return EPERM;
	case NLE_INTR:
		return EINTR;
	case NLE_PROTO_MISMATCH:
		return EPROTONOSUPPORT;
	default: /* a request that libnl itself would not build */
		return EINVAL;
	}
}

/* The kernel said no: keep its reason. The TLVs follow a capped copy of our header. */
static int rtnl_on_error(struct sockaddr_nl *from, struct nlmsgerr *answer, void *arg)
{
	struct nlmsghdr *hdr = (struct nlmsghdr *)((char *)answer - NLMSG_HDRLEN);
	struct rtnl *rtnl = arg;
	struct nlattr *text;

	(void)from;
	rtnl->err = -answer->error;
	if (hdr->nlmsg_flags & NLM_F_ACK_TLVS) {
		text = nlmsg_find_attr(hdr, sizeof(*answer), NLMSGERR_ATTR_MSG);
		if (text)
			nla_strlcpy(rtnl->extack, text, sizeof(rtnl->extack));
	}
	return NL_STOP;
}

static int rtnl_connect(struct rtnl *rtnl, struct fault *f)
{
	static const int options[] = {NETLINK_EXT_ACK, NETLINK_CAP_ACK};
	int on = 1, nle;

	errno = 0;
	nle = nl_connect(rtnl->sock, NETLINK_ROUTE);
	if (nle < 0) /* libnl has no word for most errnos of socket(2): EMFILE among them */
		return errno ? fault_set(f, errno, "open an rtnetlink socket")
		             : fault_set_ext(f, rtnl_nle_errno(nle), nl_geterror(nle),
		                             "open an rtnetlink socket");
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (setsockopt(nl_socket_get_fd(rtnl->sock), SOL_NETLINK, options[i], &on,
		               sizeof(on)))
			return fault_set(f, errno, "ask for extended acks on rtnetlink");
	nle = nl_socket_modify_err_cb(rtnl->sock, NL_CB_CUSTOM, rtnl_on_error, rtnl);
	if (nle < 0)
		return fault_set_ext(f, rtnl_nle_errno(nle), nl_geterror(nle),
		                     "set rtnetlink's error callback");
	return 0;
}

struct rtnl *rtnl_open(int netns_fd, struct fault *f)
{
	struct rtnl *rtnl = calloc(1, sizeof(*rtnl));
	int back_fd, rc;

	if (rtnl)
		rtnl->sock = nl_socket_alloc();
	if (!rtnl || !rtnl->sock) {
		(void)fault_set(f, ENOMEM, "open an rtnetlink socket");
		rtnl_close(rtnl);
		return NULL;
	}
	rc = netns_visit(netns_fd, &back_fd, f);
	if (!rc)
		rc = netns_leave(back_fd, rtnl_connect(rtnl, f), f);
	if (rc) {
		rtnl_close(rtnl);
		return NULL;
	}
	return rtnl;
}

void rtnl_close(struct rtnl *rtnl)
{
	if (!rtnl)
		return;
	nl_socket_free(rtnl->sock);
	free(rtnl);
}

int rtnl_talk(struct rtnl *rtnl, struct nl_msg *msg, struct fault *f, const char *fmt, ...)
{
	char what[sizeof(f->what)];
	va_list ap;
	int nle;

	rtnl->err = 0;
	rtnl->extack[0] = '\0';
	nle = msg ? nl_send_sync(rtnl->sock, msg) : -NLE_NOMEM;
	if (nle >= 0)
		return 0;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (rtnl->err)
		return fault_set_ext(f, rtnl->err, rtnl->extack, "%s", what);
	return fault_set_ext(f, rtnl_nle_errno(nle), nl_geterror(nle), "%s", what);
}
