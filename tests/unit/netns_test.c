// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * netns: everything in a child with namespaces of its own, root or not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../netns/features.h"
#include "../../netns/link.h"
#include "../../netns/netns.h"
#include "../../netns/qdisc.h"
#include "../../netns/rule.h"
#include "../../netns/sysctl.h"
#include "child_lab.h"

typedef void (*body_fn)(int netns_fd, struct report *report);

struct namespace_test {
	body_fn body;
};

static void namespace_run(const void *arg, struct report *report)
{
	const struct namespace_test *test = arg;
	struct fault f = {0};
	int netns_fd = -1;
	int rc = geteuid() ? userns_enter(&f) : 0;

	if (!rc)
		netns_fd = rc = netns_create(&f);
	expect(report, rc >= 0, &f, "make a namespace");
	if (rc >= 0)
		test->body(netns_fd, report);
}

static bool namespaces_here(void)
{
	struct netns_feature_state state[NETNS_FEATURE_COUNT];

	if (netns_features_try(geteuid() == 0, state, NULL))
		return false;
	if (!state[NETNS_FEATURE_NETNS].present)
		print_message("no namespaces here: %s\n", state[NETNS_FEATURE_NETNS].why);
	return state[NETNS_FEATURE_NETNS].present;
}

static void in_namespace(body_fn body)
{
	const struct namespace_test test = {body};

	if (!namespaces_here())
		skip();
	assert_string_equal(in_child(namespace_run, &test).failure, "");
}

static void fault_is_one_line(void **state)
{
	struct fault f;
	char text[512];

	(void)state;
	assert_int_equal(fault_set(&f, ENODEV, "raise %s", "c0"), -ENODEV);
	assert_string_equal(fault_text(&f, text, sizeof(text)), "raise c0: No such device");
	assert_int_equal(fault_set(&f, ENOENT, "open the folder %s", "out"), -ENOENT);
	assert_string_equal(fault_text(&f, text, sizeof(text)),
	                    "cannot open the folder out: No such file or directory");
	/* a file may be called anything */
	assert_int_equal(fault_set(&f, ENOENT, "%s", "open"), -ENOENT);
	assert_string_equal(fault_text(&f, text, sizeof(text)), "open: No such file or directory");
	assert_int_equal(fault_refuse(&f, EINVAL, "no probe is called '%s'", "x"), -EINVAL);
	assert_string_equal(fault_text(&f, text, sizeof(text)), "no probe is called 'x'");
	assert_int_equal(fault_set_ext(&f, EINVAL, "too big", "set mtu"), -EINVAL);
	assert_string_equal(fault_text(&f, text, sizeof(text)),
	                    "cannot set mtu: Invalid argument (too big)");
	assert_int_equal(fault_set(NULL, EPERM, "nobody listens"), -EPERM);
}

static void sysctl_body(int netns_fd, struct report *report)
{
	struct fault f = {0};
	char value[64];
	int rc, other;

	rc = sysctl_write(netns_fd, "net.ipv4.tcp_rmem", "4096 5000 6000", &f);
	expect(report, !rc, &f, "write tcp_rmem");
	/* Read it from elsewhere: it must be this namespace's, not the caller's. */
	other = netns_create(&f);
	expect(report, other >= 0, &f, "a second namespace");
	rc = sysctl_read(netns_fd, "net.ipv4.tcp_rmem", value, sizeof(value), &f);
	expect(report, !rc && !strcmp(value, "4096 5000 6000"), &f, "tcp_rmem is %s", value);
	rc = sysctl_read(other, "net.ipv4.tcp_rmem", value, sizeof(value), &f);
	expect(report, !rc && strcmp(value, "4096 5000 6000"), &f, "tcp_rmem went elsewhere");
	rc = sysctl_write(netns_fd, "net.ipv4.tcp_syn_retries", "many", &f);
	expect(report, rc == -EINVAL && strstr(f.what, "\"many\""), &f, "a bad value: %d", rc);
	rc = sysctl_read(netns_fd, "net.ipv4.tcp_nonsense", value, sizeof(value), &f);
	expect(report, rc == -ENOENT, &f, "an absent sysctl: %d", rc);
	rc = sysctl_read(netns_fd, "net./../kernel/hostname", value, sizeof(value), &f);
	expect(report, rc == -EINVAL, &f, "a path that climbs out: %d", rc);
	rc = sysctl_write(netns_fd, "kernel.hostname", "x", &f);
	expect(report, rc == -EINVAL, &f, "a sysctl that is not net.*: %d", rc);
	expect(report, sysctl_exists(netns_fd, "net.ipv4.tcp_fin_timeout"), NULL,
	       "tcp_fin_timeout");
	expect(report, !sysctl_exists(netns_fd, "net.ipv4.tcp_mem"), NULL, "tcp_mem is global");
}

static void sysctl_reads_and_writes(void **state)
{
	(void)state;
	in_namespace(sysctl_body);
}

static uint64_t netns_here(void)
{
	struct stat st;

	return stat("/proc/thread-self/ns/net", &st) ? 0 : st.st_ino;
}

static void visit_body(int netns_fd, struct report *report)
{
	struct fault f = {0};
	char value[64];
	uint64_t before;
	int rc, other = netns_create(&f);

	expect(report, other >= 0, &f, "a second namespace");
	before = netns_here();
	rc = sysctl_read(netns_fd, "net.ipv4.tcp_sack", value, sizeof(value), &f);
	expect(report, !rc && netns_here() == before, &f, "a read left the caller elsewhere");
	rc = sysctl_write(netns_fd, "net.ipv4.tcp_sack", "no", &f);
	expect(report, rc && netns_here() == before, &f,
	       "a failed write left the caller elsewhere");
	expect(report, fcntl(other, F_GETFD) == FD_CLOEXEC, &f, "the descriptor is not CLOEXEC");
}

static void caller_stays_where_it_was(void **state)
{
	(void)state;
	in_namespace(visit_body);
}

/* The value would be refused anyway: nothing is written should the guard fail. */
static void sysctl_refuses_the_hosts_namespace(void **state)
{
	struct fault f = {0};
	int host = netns_current(&f);

	(void)state;
	assert_true(host >= 0);
	assert_int_equal(sysctl_write(host, "net.ipv4.tcp_syn_retries", "finwait", &f), -EPERM);
	assert_non_null(strstr(f.extack, "host"));
	close(host);
}

struct seen {
	unsigned int count, strange;
	bool fin_timeout;
};

static void see(const char *name, const char *value, void *arg)
{
	struct seen *seen = arg;

	seen->count++;
	if (strncmp(name, "net.ipv4.tcp_", 13) || strpbrk(value, "\t\n"))
		seen->strange++;
	if (!strcmp(name, "net.ipv4.tcp_fin_timeout") && !strcmp(value, "7"))
		seen->fin_timeout = true;
}

static void each_body(int netns_fd, struct report *report)
{
	struct seen seen = {0};
	struct fault f = {0};
	int rc = sysctl_write(netns_fd, "net.ipv4.tcp_fin_timeout", "7", &f);

	if (!rc)
		rc = sysctl_each(netns_fd, "net.ipv4", "tcp_", see, &seen, &f);
	expect(report, !rc, &f, "read all");
	expect(report, seen.count > 40 && !seen.strange && seen.fin_timeout, NULL,
	       "%u sysctls, %u strange", seen.count, seen.strange);
	rc = sysctl_each(netns_fd, "net.nonsense", "", see, &seen, &f);
	expect(report, rc == -ENOENT, &f, "an absent folder: %d", rc);
}

static void sysctl_each_reads_all(void **state)
{
	(void)state;
	in_namespace(each_body);
}

static const struct veth_end end_a = {.name = "a", .ifindex = 10, .mac = {2, 0, 0, 0, 0, 1}};
static const struct veth_end end_b = {
	.name = "b", .ifindex = 20, .mac = {2, 0, 0, 0, 0, 2}, .mtu = 1400};

static const struct route narrow = {.dst = "10.2.0.0/16", .via = "10.1.0.2", .mtu = 1280};
static const struct route anywhere = {.dst = "default", .via = "10.1.0.2"};
static const struct route nowhere = {.dst = "10.3.0.0/16", .via = "10.9.0.2"};

static void link_body(int netns_fd, struct report *report)
{
	struct fault f = {0};
	struct rtnl *rtnl = rtnl_open(netns_fd, &f);
	int rc, other = netns_create(&f);

	expect(report, rtnl && other >= 0, &f, "open");
	if (!rtnl || other < 0)
		return;
	rc = veth_create(rtnl, &end_a, other, &end_b, &f);
	expect(report, !rc && if_nametoindex("b") == 20, &f, "the veth's other end");
	expect(report, !link_offloads_off("b", &f), &f, "offloads");
	rc = link_up(rtnl, 10, &f);
	expect(report, !rc && !link_settle("b", &f), &f, "up and settled");
	expect(report, !addr_add(rtnl, 10, "10.1.0.1/24", &f), &f, "address");
	expect(report, !route_set(rtnl, 10, &narrow, &f), &f, "route");
	expect(report, !route_set(rtnl, 10, &narrow, &f), &f, "the same route again");
	expect(report, !route_set(rtnl, 10, &anywhere, &f), &f, "default route");
	rc = route_set(rtnl, 10, &nowhere, &f);
	expect(report, rc == -ENETUNREACH, &f, "a gateway that is not on the link: %d", rc);
	expect(report, !neigh_add_permanent(rtnl, 10, "10.1.0.2", end_b.mac, &f), &f, "neighbour");
	rc = addr_add(rtnl, 10, "10.1.0.1/24", &f);
	expect(report, rc == -EEXIST, &f, "the same address again: %d", rc);
	rc = addr_add(rtnl, 10, "ten", &f);
	expect(report, rc == -EINVAL && strstr(f.what, "\"ten\""), &f, "a bad address: %d", rc);
	rc = link_up(rtnl, 99, &f);
	expect(report, rc == -ENODEV, &f, "an absent link: %d", rc);
	rc = link_set_mtu(rtnl, 10, 1000000, &f);
	expect(report, rc == -EINVAL && strstr(f.extack, "mtu"), &f, "no extended ack: %d", rc);
	expect(report, !link_set_mtu(rtnl, 10, 1300, &f), &f, "an error spoils what follows");
	rtnl_close(rtnl);
}

static void links_and_extended_acks(void **state)
{
	(void)state;
	in_namespace(link_body);
}

static void rule_faults(struct ruleset *rs, struct report *report)
{
	struct fault f = {0};
	uint64_t handle, packets;
	int rc;

	rc = rule_add_drop(rs, "lo", "tcp flgs fin", &handle, &f);
	expect(report, rc == -EINVAL && strstr(f.extack, "at \"flgs\"") && !strchr(f.extack, '\n'),
	       &f, "a bad expression: %d", rc);
	rc = rule_add_drop(rs, "lo", "tcp dport 1; flush ruleset", &handle, &f);
	expect(report, rc == -EINVAL, &f, "two commands in one: %d", rc);
	rc = rule_add_drop(rs, "absent", "tcp dport 1", &handle, &f);
	expect(report, rc == -ENODEV, &f, "an absent link: %d", rc);
	rc = rule_delete(rs, "lo", 4711, &f);
	expect(report, rc == -ENOENT, &f, "an absent rule deleted: %d", rc);
	rc = rule_count(rs, "lo", 4711, &packets, &f);
	expect(report, rc == -ENOENT, &f, "an absent rule counted: %d", rc);
}

/* On lo a datagram is through the ingress hook when sendto() has returned. */
static bool send_udp(uint16_t port)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
	                         .sin_port = htons(port),
	                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool ok = fd >= 0 && sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)) == 1;

	if (fd >= 0)
		close(fd);
	return ok;
}

static void rule_body(int netns_fd, struct report *report)
{
	uint64_t one = 0, two = 0, packets = 99;
	struct fault f = {0};
	struct ruleset *rs = ruleset_open(netns_fd, &f);
	struct rtnl *rtnl = rtnl_open(netns_fd, &f);

	expect(report, rs && rtnl && !link_up(rtnl, 1, &f), &f, "open");
	if (report->failure[0])
		return;
	expect(report, !rule_add_drop(rs, "lo", "udp dport { 7, 8 } counter", &one, &f), &f, "add");
	expect(report, !rule_add_drop(rs, "lo", "tcp flags & (fin|ack) == fin|ack", &two, &f), &f,
	       "add another");
	expect(report, one && two && one != two, NULL, "handles");
	expect(report, send_udp(7) && send_udp(9) && send_udp(8), NULL, "send");
	expect(report, !rule_count(rs, "lo", one, &packets, &f) && packets == 2, &f,
	       "dropped %u, not 2", (unsigned int)packets);
	expect(report, !rule_count(rs, "lo", two, &packets, &f) && packets == 0, &f,
	       "dropped %u, not 0", (unsigned int)packets);
	rule_faults(rs, report);
	expect(report, !rule_delete(rs, "lo", one, &f), &f, "delete");
	expect(report, rule_count(rs, "lo", one, &packets, &f) == -ENOENT, &f, "still there");
	expect(report, !rule_count(rs, "lo", two, &packets, &f), &f, "the other went too");
	ruleset_close(rs);
	rtnl_close(rtnl);
}

static void first_body(int netns_fd, struct report *report)
{
	const struct rule_spec first = {.expr = "udp dport 7", .packets = 2};
	uint64_t counted = 0, rest = 0, packets = 99;
	struct fault f = {0};
	struct ruleset *rs = ruleset_open(netns_fd, &f);
	struct rtnl *rtnl = rtnl_open(netns_fd, &f);

	expect(report, rs && rtnl && !link_up(rtnl, 1, &f), &f, "open");
	if (report->failure[0])
		return;
	expect(report, !rule_add(rs, "lo", &first, &counted, &f), &f, "add");
	expect(report, !rule_add_drop(rs, "lo", "udp dport { 7, 8 }", &rest, &f), &f,
	       "add another");
	for (int i = 0; i < 5; i++)
		expect(report, send_udp(8) && send_udp(7), NULL, "send");
	expect(report, !rule_count(rs, "lo", counted, &packets, &f) && packets == 2, &f,
	       "took %u, not the first 2", (unsigned int)packets);
	expect(report, !rule_count(rs, "lo", rest, &packets, &f) && packets == 8, &f,
	       "left %u to the next rule, not 8", (unsigned int)packets);
	ruleset_close(rs);
	rtnl_close(rtnl);
}

static void rule_takes_the_first_few(void **state)
{
	(void)state;
	in_namespace(first_body);
}

static void rules_drop_and_count(void **state)
{
	(void)state;
	in_namespace(rule_body);
}

static void netem_body(int netns_fd, struct report *report)
{
	struct netem netem = {.delay_us = 1000, .loss_percent = 50};
	struct fault f = {0};
	struct rtnl *rtnl = rtnl_open(netns_fd, &f);
	int rc;

	expect(report, rtnl, &f, "open");
	if (!rtnl)
		return;
	rc = netem_set(rtnl, 1, &netem, &f);
	if (rc == -EOPNOTSUPP)
		expect(report, strstr(f.what, "needs netem"), &f, "absent netem in other words");
	else
		expect(report, !rc && !netem_set(rtnl, 1, &netem, &f), &f, "set and change");
	expect(report, !netem_clear(rtnl, 1, &f) && !netem_clear(rtnl, 1, &f), &f, "clear twice");
	netem.loss_percent = 101;
	expect(report, netem_set(rtnl, 1, &netem, &f) == -ERANGE, &f, "101 percent");
	netem = (struct netem){.reorder_percent = 5};
	expect(report, netem_set(rtnl, 1, &netem, &f) == -EINVAL, &f, "reordering without delay");
	rc = netem_set(rtnl, 99, &(struct netem){.delay_us = 1}, &f);
	expect(report, rc == -ENODEV, &f, "an absent link: %d", rc);
	rtnl_close(rtnl);
}

static void netem_works_or_says_why(void **state)
{
	(void)state;
	in_namespace(netem_body);
}

static void features_check(const struct netns_feature_state state[NETNS_FEATURE_COUNT], bool root)
{
	for (int i = 0; i < NETNS_FEATURE_COUNT; i++) {
		const char *name = netns_feature_name((enum netns_feature)i);

		print_message("  %s %-9s %s%s%s%s\n", root ? "root" : "user", name,
		              state[i].present ? "yes" : "no: ", state[i].why,
		              state[i].help[0] ? "; " : "", state[i].help);
		assert_int_equal(state[i].present, !state[i].why[0]);
		assert_null(strpbrk(state[i].why, "\n"));
		if (!state[i].present)
			assert_true(state[i].help[0]);
	}
	if (!state[NETNS_FEATURE_NETNS].present)
		return;
	assert_true(state[NETNS_FEATURE_VETH].present);
	if (!state[NETNS_FEATURE_NETEM].present)
		assert_non_null(strstr(state[NETNS_FEATURE_NETEM].why, "needs netem"));
}

static void features_as_we_are(void **state)
{
	struct netns_feature_state features[NETNS_FEATURE_COUNT];
	uint64_t before = netns_here();
	struct fault f;

	(void)state;
	assert_int_equal(netns_features_try(geteuid() == 0, features, &f), 0);
	features_check(features, geteuid() == 0);
	assert_int_equal(netns_here(), before);
}

static void rootless_child(int pipe_fd)
{
	struct netns_feature_state features[NETNS_FEATURE_COUNT];
	bool ok = become_nobody() && !netns_features_try(false, features, NULL);

	_exit(!ok || write(pipe_fd, features, sizeof(features)) != sizeof(features));
}

static void features_as_nobody(void **state)
{
	struct netns_feature_state features[NETNS_FEATURE_COUNT];
	int ends[2], status;
	pid_t pid;

	(void)state;
	if (geteuid())
		skip();
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		rootless_child(ends[1]);
	close(ends[1]);
	assert_int_equal(read(ends[0], features, sizeof(features)), sizeof(features));
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	features_check(features, false);
	/* Without a user namespace there is nothing at all for a user. */
	assert_int_equal(features[NETNS_FEATURE_USERNS].present,
	                 features[NETNS_FEATURE_NETNS].present);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fault_is_one_line),
		cmocka_unit_test(sysctl_reads_and_writes),
		cmocka_unit_test(caller_stays_where_it_was),
		cmocka_unit_test(sysctl_refuses_the_hosts_namespace),
		cmocka_unit_test(sysctl_each_reads_all),
		cmocka_unit_test(links_and_extended_acks),
		cmocka_unit_test(rules_drop_and_count),
		cmocka_unit_test(rule_takes_the_first_few),
		cmocka_unit_test(netem_works_or_says_why),
		cmocka_unit_test(features_as_we_are),
		cmocka_unit_test(features_as_nobody),
	};

	return cmocka_run_group_tests_name("netns", tests, NULL, NULL);
}
