// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Each feature is tried in a child of its own, which tells through a pipe how
 * it went: libraries may exit, and nothing tried may stay behind.
 */
#include "features.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/if_ether.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "link.h"
#include "netns.h"
#include "qdisc.h"
#include "rule.h"
#include "sysctl.h"

#define NOBODY 65534
#define LO_IFINDEX 1
#define MORE_FILES "more open files: ulimit -n"
#define IN_CONTAINER "in a container: docker run "

/* A try runs in a fresh network namespace, @netns_fd, and returns 0 or -errno. */
typedef int (*feature_try_fn)(int netns_fd, struct fault *f);

static int try_nothing(int netns_fd, struct fault *f)
{
	(void)netns_fd;
	(void)f;
	return 0;
}

static int try_veth(int netns_fd, struct fault *f)
{
	static const struct veth_end here = {
		.name = "v0", .ifindex = 10, .mac = {2, 0, 0, 0, 0, 1}};
	static const struct veth_end there = {
		.name = "v1", .ifindex = 11, .mac = {2, 0, 0, 0, 0, 2}};
	struct rtnl *rtnl = rtnl_open(netns_fd, f);
	int rc;

	if (!rtnl)
		return -f->err;
	rc = veth_create(rtnl, &here, netns_fd, &there, f);
	rtnl_close(rtnl);
	return rc;
}

static int try_bridge(int netns_fd, struct fault *f)
{
	struct rtnl *rtnl = rtnl_open(netns_fd, f);
	int rc;

	if (!rtnl)
		return -f->err;
	rc = bridge_create(rtnl, "br0", 10, f);
	rtnl_close(rtnl);
	return rc;
}

static int try_nf_tables(int netns_fd, struct fault *f)
{
	struct ruleset *rs = ruleset_open(netns_fd, f);
	uint64_t handle, packets;
	int rc;

	if (!rs)
		return -f->err;
	rc = rule_add_drop(rs, "lo", "tcp flags fin", &handle, f);
	if (!rc)
		rc = rule_count(rs, "lo", handle, &packets, f);
	if (!rc)
		rc = rule_delete(rs, "lo", handle, f);
	ruleset_close(rs);
	return rc;
}

static int try_netem(int netns_fd, struct fault *f)
{
	static const struct netem netem = {.delay_us = 1000};
	struct rtnl *rtnl = rtnl_open(netns_fd, f);
	int rc;

	if (!rtnl)
		return -f->err;
	rc = netem_set(rtnl, LO_IFINDEX, &netem, f);
	rtnl_close(rtnl);
	return rc;
}

static int try_packet(int netns_fd, struct fault *f)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));

	(void)netns_fd;
	if (fd < 0)
		return fault_set(f, errno, "open an AF_PACKET socket");
	close(fd);
	return 0;
}

static int try_sysctl(int netns_fd, struct fault *f)
{
	return sysctl_write(netns_fd, "net.ipv4.tcp_no_metrics_save", "1", f);
}

static const struct feature {
	const char *name;
	feature_try_fn try;
	const char *capability; /* without which it is EPERM; NULL: none */
	const char *help; /* once there is a namespace; before that, userns_help() */
} features[] = {
	[NETNS_FEATURE_USERNS] = {"userns", try_nothing, NULL, NULL},
	[NETNS_FEATURE_NETNS] = {"netns", try_nothing, NULL, NULL},
	[NETNS_FEATURE_VETH] = {"veth", try_veth, "NET_ADMIN",
                                "a kernel with CONFIG_VETH; as root: modprobe veth"},
	[NETNS_FEATURE_BRIDGE] = {"bridge", try_bridge, "NET_ADMIN",
                                  "a kernel with CONFIG_BRIDGE; as root: modprobe bridge"},
	[NETNS_FEATURE_NF_TABLES] = {"nf_tables", try_nf_tables, "NET_ADMIN",
                                     "a kernel with CONFIG_NF_TABLES and CONFIG_NF_TABLES_NETDEV; "
                                     "as root: modprobe nf_tables"},
	[NETNS_FEATURE_NETEM] = {"netem", try_netem, "NET_ADMIN",
                                 "a kernel with CONFIG_NET_SCH_NETEM; as root: modprobe sch_netem"},
	[NETNS_FEATURE_PACKET] = {"packet", try_packet, "NET_RAW",
                                  "a kernel with CONFIG_PACKET; as root: modprobe af_packet"},
	[NETNS_FEATURE_SYSCTL] = {"sysctl", try_sysctl, NULL,
                                  "/proc/sys must be writable; " IN_CONTAINER
                                  "--security-opt systempaths=unconfined"},
};
static_assert(sizeof(features) / sizeof(features[0]) == NETNS_FEATURE_COUNT, "a row a feature");

const char *netns_feature_name(enum netns_feature feature)
{
	return (unsigned int)feature < NETNS_FEATURE_COUNT ? features[feature].name : "?";
}

/*
 * What root may do says nothing about unprivileged user namespaces, so root
 * asks as nobody; a process that changed its uid may not write its own
 * uid_map unless it is made dumpable again.
 */
static int become_nobody(struct fault *f)
{
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY) || prctl(PR_SET_DUMPABLE, 1))
		return fault_set(f, errno, "become uid %d to try user namespaces", NOBODY);
	return 0;
}

/* A fresh network namespace, entered; where @feature or @root ask for it within a user namespace. */
static int feature_room(enum netns_feature feature, bool root, struct fault *f)
{
	int rc = 0;

	if (feature == NETNS_FEATURE_USERNS && root)
		rc = become_nobody(f);
	if (!rc && (feature == NETNS_FEATURE_USERNS || !root))
		rc = userns_enter(f);
	return rc ? rc : netns_create(f);
}

static void state_absent(struct netns_feature_state *state, const struct fault *f, const char *help)
{
	char text[sizeof(f->what) + sizeof(f->extack) + 64];
	struct fault why = *f;

	if (!strcmp(why.extack, help))
		why.extack[0] = '\0'; /* once is enough */
	state->present = false;
	snprintf(state->why, sizeof(state->why), "%s", fault_text(&why, text, sizeof(text)));
	snprintf(state->help, sizeof(state->help), "%s", help);
}

/* What would help is another thing when it was not the kernel that lacked something. */
static void state_refused(struct netns_feature_state *state, const struct feature *feature,
                          const struct fault *f)
{
	char help[sizeof(state->help)];

	if (f->err == EMFILE || f->err == ENFILE) {
		state_absent(state, f, MORE_FILES);
	} else if (f->err == EPERM && feature->capability) {
		snprintf(help, sizeof(help), "the capability CAP_%s; " IN_CONTAINER "--cap-add %s",
		         feature->capability, feature->capability);
		state_absent(state, f, help);
	} else {
		state_absent(state, f, feature->help);
	}
}

/* In the child: try, tell, be gone. */
static _Noreturn void child_run(enum netns_feature feature, bool root, int pipe_fd)
{
	struct netns_feature_state state = {.present = true};
	struct fault f = {0};
	int netns_fd = feature_room(feature, root, &f);

	if (netns_fd < 0)
		state_absent(&state, &f,
		             f.err == EMFILE || f.err == ENFILE ? MORE_FILES : userns_help());
	else if (features[feature].try(netns_fd, &f))
		state_refused(&state, &features[feature], &f);
	/* Less than PIPE_BUF: whole or not at all. */
	_exit(write(pipe_fd, &state, sizeof(state)) == sizeof(state) ? 0 : 1);
}

static int child_wait(pid_t pid, int *status)
{
	pid_t got;

	do
		got = waitpid(pid, status, 0);
	while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : 0;
}

/* What the child told; where it died without a word, how. */
static int child_hear(enum netns_feature feature, pid_t pid, int pipe_fd,
                      struct netns_feature_state *state, struct fault *f)
{
	ssize_t n;
	int status, rc;

	do
		n = read(pipe_fd, state, sizeof(*state));
	while (n < 0 && errno == EINTR);
	rc = child_wait(pid, &status);
	if (rc)
		return fault_set(f, -rc, "wait for the child that tries %s",
		                 features[feature].name);
	if (n == sizeof(*state))
		return 0;
	*state = (struct netns_feature_state){0};
	snprintf(state->why, sizeof(state->why), "trying %s ended the process with %s %d",
	         features[feature].name, WIFSIGNALED(status) ? "signal" : "status",
	         WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return 0;
}

static int feature_ask(enum netns_feature feature, bool root, struct netns_feature_state *state,
                       struct fault *f)
{
	int ends[2], rc;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return fault_set(f, errno, "make a pipe to try %s", features[feature].name);
	pid = fork();
	if (pid == 0)
		child_run(feature, root, ends[1]);
	rc = pid < 0 ? fault_set(f, errno, "fork to try %s", features[feature].name) : 0;
	close(ends[1]);
	if (!rc)
		rc = child_hear(feature, pid, ends[0], state, f);
	close(ends[0]);
	return rc;
}

int netns_features_try(bool root, struct netns_feature_state state[NETNS_FEATURE_COUNT],
                       struct fault *f)
{
	int rc = 0;

	for (int i = 0; !rc && i < NETNS_FEATURE_COUNT; i++) {
		state[i] = (struct netns_feature_state){0};
		rc = feature_ask((enum netns_feature)i, root, &state[i], f);
	}
	return rc;
}
