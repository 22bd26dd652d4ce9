// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * diag: inet_diag, its requests and answers. What an answer means is in
 * diag_decode.c.
 *
 * The kernel does all the work of a request inside send(), and prepares the next
 * part of a dump inside recv(): whatever there is to read is there when a call
 * returns. The socket is non-blocking, therefore, and an empty one means that
 * an answer was lost.
 *
 * An exact look-up (inet_diag_find_one_icsk()) is what the kernel does for an
 * incoming segment: without a match among the connections it answers with the
 * listener that a SYN would reach. It is also like that in two other ways:
 * - sockets bound to a device are only found by a look-up that names the device
 *   (idiag_if), which these do not: neither SO_BINDTODEVICE nor fe80::/10;
 * - it walks the hash chain without its lock. On kernels without atomic
 *   replacement (inet_ehash_insert(), inet_twsk_hashdance_schedule()) it can miss
 *   a connection at the moment when a request sock becomes a socket or a
 *   socket a time-wait sock. A miss is therefore asked a second time.
 */
#include "diag.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
	/* The kernel makes a dump's parts up to 32 KB large and cuts off what does not fit. */
	DIAG_BUFFER = 64 << 10,
	MISS_RETRIES = 1,
};

/* All of enum tcp_state, but not TCP_BOUND_INACTIVE: that walks the bind hash. */
static const uint32_t every_state = (1U << STATE_COUNT) - (1U << STATE_ESTABLISHED);

struct request {
	struct nlmsghdr nlh;
	struct inet_diag_req_v2 req;
};

/* A dump's filter: source or destination port, as "ss '( sport = P or dport = P )'". */
struct port_filter {
	struct nlattr attr;
	struct inet_diag_bc_op code[5];
};

struct diag {
	struct mnl_socket *nl;
	uint32_t seq;
	uint64_t lost;
	_Alignas(struct nlmsghdr) uint8_t answer[DIAG_BUFFER];
};

static const char no_inet_diag[] =
	"this kernel has no inet_diag (CONFIG_INET_DIAG, CONFIG_INET_TCP_DIAG)";

static struct request request_make(struct diag *diag, uint16_t type, uint16_t flags, uint8_t family)
{
	return (struct request){
		.nlh =
			{
				.nlmsg_len = sizeof(struct request),
				.nlmsg_type = type,
				.nlmsg_flags = NLM_F_REQUEST | flags,
				.nlmsg_seq = ++diag->seq,
			},
		.req =
			{
				.sdiag_family = family,
				.sdiag_protocol = IPPROTO_TCP,
				.idiag_ext = 1 << (INET_DIAG_INFO - 1),
				.id.idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE},
			},
	};
}

static void request_address(struct request *request, const struct endpoint *local,
                            const struct endpoint *remote)
{
	size_t size = local->family == AF_INET ? 4 : 16;

	request->req.id.idiag_sport = htons(local->port);
	request->req.id.idiag_dport = htons(remote->port);
	memcpy(request->req.id.idiag_src, local->addr, size);
	memcpy(request->req.id.idiag_dst, remote->addr, size);
}

static int diag_send(struct diag *diag, const void *message, size_t length, struct fault *f)
{
	ssize_t n;

	do {
		n = send(mnl_socket_get_fd(diag->nl), message, length, 0);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return fault_set(f, errno, "send a sock_diag request");
	return 0;
}

/*
 * One datagram: its length, 0 when nothing waits, or -errno. What was lost is
 * counted. A look-up is 0.6 us cheaper without the addresses that libmnl passes.
 */
static int diag_receive(struct diag *diag, struct fault *f)
{
	ssize_t n;

	do {
		n = recv(mnl_socket_get_fd(diag->nl), diag->answer, sizeof(diag->answer),
		         MSG_TRUNC);
	} while (n < 0 && errno == EINTR);
	if (n > 0 && (size_t)n <= sizeof(diag->answer))
		return (int)n;
	if (n < 0 && errno != ENOBUFS && errno != EAGAIN)
		return fault_set(f, errno, "receive a sock_diag answer");
	diag->lost++;
	if (n > 0)
		return fault_set(f, ENOBUFS, "receive a sock_diag answer: it was cut short");
	if (n < 0 && errno == ENOBUFS)
		return fault_set(f, ENOBUFS, "receive a sock_diag answer: no room for it");
	(void)fault_set(f, ENOBUFS, "receive a sock_diag answer: it never came");
	return 0;
}

static bool message_is_answer(const struct diag *diag, const struct nlmsghdr *nlh)
{
	return nlh->nlmsg_seq == diag->seq && nlh->nlmsg_pid == mnl_socket_get_portid(diag->nl);
}

/* NLMSG_ERROR and NLMSG_DONE both begin with an errno or 0; -EBADMSG: neither does this. */
static int message_errno(const struct nlmsghdr *nlh)
{
	int err;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(err))
		return -EBADMSG;
	memcpy(&err, mnl_nlmsg_get_payload(nlh), sizeof(err));
	return err;
}

/*
 * The one message that answers an exact request. 0: @found is that message, or
 * NULL for a bare acknowledgement; else the kernel's -errno.
 */
static int diag_answer(struct diag *diag, const struct nlmsghdr **found, struct fault *f)
{
	for (;;) {
		int length = diag_receive(diag, f);
		const struct nlmsghdr *nlh;
		const void *rest = diag->answer;
		size_t left = (size_t)length;

		if (length <= 0)
			return length < 0 ? length : -ENOBUFS;
		while ((nlh = diag_message_next(&rest, &left)) != NULL) {
			if (!message_is_answer(diag, nlh))
				continue; /* left over from a request that failed half-way */
			*found = nlh->nlmsg_type == NLMSG_ERROR ? NULL : nlh;
			return *found == NULL ? message_errno(nlh) : 0;
		}
	}
}

/* An object as the kernel names it, for requests that must hit that one only. */
struct object {
	struct endpoint local, remote;
	struct sample sample;
};

/* One exact request. 1: @object is what the kernel found, a listener perhaps. */
static int object_find(struct diag *diag, const struct endpoint *local,
                       const struct endpoint *remote, struct object *object, struct fault *f)
{
	struct request request = request_make(diag, SOCK_DIAG_BY_FAMILY, 0, local->family);
	const struct nlmsghdr *nlh = NULL;
	int ret;

	request_address(&request, local, remote);
	ret = diag_send(diag, &request, sizeof(request), f);
	if (ret == 0)
		ret = diag_answer(diag, &nlh, f);
	if (ret == -ENOENT)
		return 0;
	if (ret != 0)
		return fault_set(f, -ret, "look a socket up by sock_diag");
	if (nlh == NULL ||
	    !diag_decode(nlh, nlh->nlmsg_len, &object->local, &object->remote, &object->sample))
		return fault_set(f, EBADMSG, "understand a sock_diag answer");
	return 1;
}

/* ::ffff:10.0.0.1 is 10.0.0.1 on the wire; diag_decode() says it that way too. */
static struct endpoint endpoint_unmapped(const struct endpoint *ep)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	struct endpoint plain = {.family = AF_INET, .port = ep->port};

	if (ep->family != AF_INET6 || memcmp(ep->addr, mapped, sizeof(mapped)) != 0)
		return *ep;
	memcpy(plain.addr, ep->addr + sizeof(mapped), 4);
	return plain;
}

static int endpoints_check(const struct endpoint *local, const struct endpoint *remote,
                           struct fault *f)
{
	if (local->family == remote->family &&
	    (local->family == AF_INET || local->family == AF_INET6))
		return 0;
	return fault_set(f, EINVAL, "look a socket up by addresses of two families, or of none");
}

/* Like object_find(), but only the very connection, asked for again after a miss. */
static int connection_find(struct diag *diag, const struct endpoint *local,
                           const struct endpoint *remote, struct object *object, struct fault *f)
{
	const struct endpoint here = endpoint_unmapped(local), there = endpoint_unmapped(remote);
	int ret = endpoints_check(&here, &there, f);

	if (ret != 0)
		return ret;
	for (int try = 0; try <= MISS_RETRIES; try++) {
		ret = object_find(diag, &here, &there, object, f);
		if (ret < 0)
			return ret;
		if (ret == 1 && object->sample.state != STATE_LISTEN &&
		    endpoint_equal(&object->local, &here) &&
		    endpoint_equal(&object->remote, &there))
			return 1;
	}
	return 0;
}

int diag_lookup(struct diag *diag, const struct endpoint *local, const struct endpoint *remote,
                struct sample *sample, struct fault *f)
{
	struct object object = {0};
	const int64_t gap_ns = sample->gap_ns;
	int ret = connection_find(diag, local, remote, &object, f);

	*sample = ret == 1 ? object.sample : (struct sample){.state = STATE_GONE};
	sample->gap_ns = gap_ns;
	return ret;
}

/* Like object_find(), but only a listener. */
static int listener_find(struct diag *diag, const struct endpoint *local, struct object *object,
                         struct fault *f)
{
	const struct endpoint here = endpoint_unmapped(local);
	const struct endpoint nobody = {.family = here.family};
	int ret = endpoints_check(&here, &nobody, f);

	if (ret == 0)
		ret = object_find(diag, &here, &nobody, object, f);
	if (ret != 1)
		return ret;
	return object->sample.state == STATE_LISTEN && object->local.port == here.port;
}

int diag_listening(struct diag *diag, const struct endpoint *local, struct fault *f)
{
	struct object object = {0};

	return listener_find(diag, local, &object, f);
}

/*
 * Without a match SOCK_DESTROY would take the listener as a look-up does: so it
 * is given the cookie of what was found.
 */
static int object_destroy(struct diag *diag, const struct object *object, struct fault *f)
{
	struct request request = request_make(diag, SOCK_DESTROY, NLM_F_ACK, object->local.family);
	const struct nlmsghdr *nlh = NULL;
	int ret;

	request_address(&request, &object->local, &object->remote);
	request.req.id.idiag_cookie[0] = (uint32_t)object->sample.cookie;
	request.req.id.idiag_cookie[1] = (uint32_t)(object->sample.cookie >> 32);
	ret = diag_send(diag, &request, sizeof(request), f);
	if (ret == 0)
		ret = diag_answer(diag, &nlh, f);
	if (ret == -EOPNOTSUPP)
		return fault_set(f, EOPNOTSUPP, "destroy a socket (CONFIG_INET_DIAG_DESTROY)");
	if (ret != 0)
		return fault_set(f, -ret, "destroy a socket by sock_diag");
	return 0;
}

static int found_destroy(struct diag *diag, int found, const struct object *object, struct fault *f)
{
	if (found == 0)
		return fault_set(f, ENOENT, "destroy a socket that is not there");
	return found < 0 ? found : object_destroy(diag, object, f);
}

int diag_destroy(struct diag *diag, const struct endpoint *local, const struct endpoint *remote,
                 struct fault *f)
{
	struct object object = {0};
	int found = connection_find(diag, local, remote, &object, f);

	return found_destroy(diag, found, &object, f);
}

int diag_destroy_listener(struct diag *diag, const struct endpoint *local, struct fault *f)
{
	struct object object = {0};
	int found = listener_find(diag, local, &object, f);

	return found_destroy(diag, found, &object, f);
}

/*
 * Offsets count from each instruction; one that lands just behind the last
 * accepts, one 4 bytes further rejects. A port is an instruction of its own.
 *   0 sport == port: 8, else 12
 *   8 jump to 20
 *  12 dport == port: 20, else 24
 */
static struct port_filter port_filter_make(uint16_t port)
{
	return (struct port_filter){
		.attr = {.nla_len = sizeof(struct port_filter), .nla_type = INET_DIAG_REQ_BYTECODE},
		.code =
			{
				{.code = INET_DIAG_BC_S_EQ, .yes = 8, .no = 12},
				{.no = port},
				{.code = INET_DIAG_BC_JMP, .yes = 4, .no = 12},
				{.code = INET_DIAG_BC_D_EQ, .yes = 8, .no = 12},
				{.no = port},
			},
	};
}

static int dump_send(struct diag *diag, uint8_t family, uint16_t port, uint32_t states,
                     struct fault *f)
{
	struct {
		struct request request;
		struct port_filter filter;
	} message = {
		.request = request_make(diag, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, family),
		.filter = port_filter_make(port),
	};

	static_assert(sizeof(message) == sizeof(message.request) + sizeof(message.filter),
	              "no gap before the attribute");
	message.request.req.idiag_states = states;
	if (port != 0)
		message.request.nlh.nlmsg_len = sizeof(message);
	return diag_send(diag, &message, message.request.nlh.nlmsg_len, f);
}

struct dump {
	diag_each_fn each;
	void *arg;
	int count;
	int err; /* the first thing that went wrong, as -errno */
	bool done;
};

static void dump_take(struct diag *diag, struct dump *dump, const struct nlmsghdr *nlh,
                      struct fault *f)
{
	struct endpoint local, remote;
	struct sample sample;

	if (!message_is_answer(diag, nlh))
		return;
	if ((nlh->nlmsg_flags & NLM_F_DUMP_INTR) != 0 && dump->err == 0) {
		diag->lost++;
		dump->err = fault_set(f, EINTR, "dump sockets (they changed meanwhile)");
	}
	if (nlh->nlmsg_type == NLMSG_DONE || nlh->nlmsg_type == NLMSG_ERROR) {
		int err = message_errno(nlh);

		dump->done = true;
		if (err < 0 && dump->err == 0)
			dump->err = fault_set(f, -err, "dump sockets by sock_diag");
		return;
	}
	if (!diag_decode(nlh, nlh->nlmsg_len, &local, &remote, &sample)) {
		diag->lost++;
		return;
	}
	dump->count++;
	if (dump->each != NULL)
		dump->each(&local, &remote, &sample, dump->arg);
}

/* To the end even after a fault: the kernel refuses another dump before that (EBUSY). */
static int dump_receive(struct diag *diag, struct dump *dump, struct fault *f)
{
	while (!dump->done) {
		int length = diag_receive(diag, dump->err == 0 ? f : NULL);
		const struct nlmsghdr *nlh;
		const void *rest = diag->answer;
		size_t left = length > 0 ? (size_t)length : 0;

		if (length <= 0 && dump->err == 0)
			dump->err = length < 0 ? length : -ENOBUFS;
		if (length <= 0 && length != -ENOBUFS)
			break; /* the end will not come */
		while ((nlh = diag_message_next(&rest, &left)) != NULL)
			dump_take(diag, dump, nlh, f);
	}
	return dump->err != 0 ? dump->err : dump->count;
}

int diag_dump(struct diag *diag, uint8_t family, uint16_t port, diag_each_fn each, void *arg,
              struct fault *f)
{
	struct dump dump = {.each = each, .arg = arg};
	int ret;

	if (family != AF_INET && family != AF_INET6)
		return fault_set(f, EINVAL, "dump the TCP sockets of family %u", family);
	ret = dump_send(diag, family, port, every_state, f);
	return ret != 0 ? ret : dump_receive(diag, &dump, f);
}

/*
 * An exact look-up cannot tell "no inet_diag" from "no such socket", both are
 * ENOENT; a dump can, and one of no states at all walks nothing. It also makes a
 * modular kernel load tcp_diag.
 */
static int diag_check(struct diag *diag, struct fault *f)
{
	struct dump dump = {0};
	int ret = dump_send(diag, AF_INET, 0, 0, f);

	if (ret == 0)
		ret = dump_receive(diag, &dump, f);
	if (ret == -ENOENT)
		return fault_set(f, EOPNOTSUPP, "%s", no_inet_diag);
	return ret < 0 ? ret : 0;
}

static int diag_connect(struct diag *diag, struct fault *f)
{
	diag->nl = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (diag->nl == NULL && errno == EPROTONOSUPPORT)
		return fault_set(f, EOPNOTSUPP, "%s", no_inet_diag);
	if (diag->nl == NULL)
		return fault_set(f, errno, "open a sock_diag socket");
	if (mnl_socket_bind(diag->nl, 0, MNL_SOCKET_AUTOPID) != 0)
		return fault_set(f, errno, "bind a sock_diag socket");
	return diag_check(diag, f);
}

struct diag *diag_open(struct fault *f)
{
	struct diag *diag = calloc(1, sizeof(*diag));

	if (diag == NULL) {
		(void)fault_set(f, ENOMEM, "open a sock_diag socket");
		return NULL;
	}
	if (diag_connect(diag, f) == 0)
		return diag;
	diag_close(diag);
	return NULL;
}

void diag_close(struct diag *diag)
{
	if (diag == NULL)
		return;
	if (diag->nl != NULL)
		(void)mnl_socket_close(diag->nl);
	free(diag);
}

uint64_t diag_lost(struct diag *diag)
{
	uint64_t lost = diag->lost;

	diag->lost = 0;
	return lost;
}
