// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bench: that the very first segment arrives. Each bench is built in a child
 * of its own, as the supervisor does, and connects at once: a lost SYN costs
 * its initial timeout of 1 s (RFC 6298, TCP_TIMEOUT_INIT) and counts as a
 * retransmission.
 *
 * FINWAIT_BENCHES says how many benches (50).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/ethtool.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../netns/sysctl.h"
#include "bench_lab.h"

#define PORT 8080
#define CONNECT_MAX_NS (NS_PER_S / 2) /* half of the initial SYN timeout */

static int host_socket(struct bench *bench, enum side host, int flags, struct report *report)
{
	struct fault f = {0};
	int fd = -1;

	if (!bench_enter(bench, (enum bench_ns)host, &f))
		fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
	expect(report, fd >= 0, &f, "a socket at the %s", side_name(host));
	return fd;
}

static struct sockaddr_in server_addr(const struct bench *bench)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_port = htons(PORT)};

	memcpy(&sin.sin_addr, bench->addr[SIDE_SERVER].addr, sizeof(sin.sin_addr));
	return sin;
}

static int server_listen(struct bench *bench, struct report *report)
{
	struct sockaddr_in sin = server_addr(bench);
	int fd = host_socket(bench, SIDE_SERVER, 0, report);

	expect(report, !bind(fd, (struct sockaddr *)&sin, sizeof(sin)) && !listen(fd, 1), NULL,
	       "listen: %s", strerror(errno));
	return fd;
}

static uint32_t retransmits_of(int fd)
{
	struct tcp_info info = {0};
	socklen_t size = sizeof(info);

	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) ? UINT32_MAX
	                                                           : info.tcpi_total_retrans;
}

static void connect_body(struct bench *bench, struct report *report)
{
	struct sockaddr_in sin = server_addr(bench);
	int listener = server_listen(bench, report);
	int fd = host_socket(bench, SIDE_CLIENT, 0, report);
	int64_t start_ns = now_ns();

	expect(report, !connect(fd, (struct sockaddr *)&sin, sizeof(sin)), NULL, "connect: %s",
	       strerror(errno));
	report->connect_ns = now_ns() - start_ns;
	report->retransmits = retransmits_of(fd);
	close(fd);
	close(listener);
}

static unsigned int bench_count(void)
{
	const char *text = getenv("FINWAIT_BENCHES");
	long count = text ? strtol(text, NULL, 10) : 50;

	return count > 0 ? (unsigned int)count : 50;
}

static void first_syn_of_each(const struct plan *plan)
{
	int64_t worst_create_ns = 0, worst_connect_ns = 0, sum_create_ns = 0;
	unsigned int count = bench_count();
	struct report report;

	for (unsigned int i = 0; i < count; i++) {
		report = on_bench(plan);
		assert_string_equal(report.failure, "");
		if (report.retransmits || report.connect_ns > CONNECT_MAX_NS)
			fail_msg("bench %u: connect took %.1f ms with %u retransmissions", i,
			         (double)report.connect_ns / NS_PER_MS, report.retransmits);
		sum_create_ns += report.create_ns;
		if (report.connect_ns > worst_connect_ns)
			worst_connect_ns = report.connect_ns;
		if (report.create_ns > worst_create_ns)
			worst_create_ns = report.create_ns;
	}
	print_message("%u benches: connect %.2f ms at worst, no SYN lost; "
	              "create %.2f ms on average, %.2f ms at worst\n",
	              count, (double)worst_connect_ns / NS_PER_MS,
	              (double)sum_create_ns / count / NS_PER_MS,
	              (double)worst_create_ns / NS_PER_MS);
}

static void no_first_syn_is_lost(void **state)
{
	(void)state;
	if (!benches_here(true))
		skip();
	first_syn_of_each(&(struct plan){.body = connect_body});
}

static void no_first_syn_is_lost_as_nobody(void **state)
{
	(void)state;
	if (geteuid() || !benches_here(false))
		skip();
	first_syn_of_each(&(struct plan){.body = connect_body, .nobody = true});
}

static void setting_expect(const struct settings *set, const char *name, const char *value,
                           struct report *report)
{
	const char *got = settings_get(set, name);

	expect(report, got && !strcmp(got, value), NULL, "%s is %s, not %s", name,
	       got ? got : "absent", value);
}

static void limits_expect(const struct bench *bench, const struct settings *set, const char *name,
                          struct report *report)
{
	struct fault f = {0};
	char value[64];
	int rc = sysctl_read(bench->netns_fd[BENCH_WIRE], name, value, sizeof(value), &f);

	expect(report, !rc, &f, "the wire's %s", name);
	setting_expect(set, name, value, report);
}

static void sysctls_body(struct bench *bench, struct report *report)
{
	struct fault f = {0};

	for (int host = 0; host < SIDE_COUNT; host++) {
		struct settings set = {0};
		int rc = bench_sysctls_read(bench, (enum bench_ns)host, &set, &f);

		expect(report, !rc, &f, "read sysctls");
		setting_expect(&set, "net.ipv4.tcp_no_metrics_save", "1", report);
		setting_expect(&set, "net.ipv4.tcp_rmem", "4096 131072 6291456", report);
		setting_expect(&set, "net.ipv4.tcp_wmem", "4096 16384 4194304", report);
		setting_expect(&set, "net.ipv4.icmp_ratelimit", "0", report);
		limits_expect(bench, &set, "net.ipv4.tcp_max_tw_buckets", report);
		limits_expect(bench, &set, "net.ipv4.tcp_max_syn_backlog", report);
		for (size_t i = 0; i < bench->baseline.count; i++)
			setting_expect(&set, bench->baseline.items[i].name,
			               bench->baseline.items[i].value, report);
		expect(report, settings_get(&set, "net.core.somaxconn"), NULL, "somaxconn");
		expect(report, settings_get(&set, "net.ipv4.ip_local_port_range"), NULL, "ports");
		settings_clear(&set);
	}
	expect(report, bench->baseline.count >= 4, NULL, "the baseline is recorded");
}

static void baseline_is_set_and_recorded(void **state)
{
	(void)state;
	if (!benches_here(true))
		skip();
	assert_string_equal(on_bench(&(struct plan){.body = sysctls_body}).failure, "");
}

static uint32_t ethtool_get(int fd, const char *ifname, uint32_t command)
{
	struct ethtool_value value = {.cmd = command, .data = UINT32_MAX};
	struct ifreq ifr = {.ifr_data = (void *)&value};

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", ifname);
	return ioctl(fd, SIOCETHTOOL, &ifr) ? UINT32_MAX : value.data;
}

/* Whether the namespace has any IPv6 address. */
static bool ipv6_here(void)
{
	char line[128];
	FILE *file = fopen("/proc/thread-self/net/if_inet6", "re");
	bool any = file && fgets(line, sizeof(line), file);

	if (file)
		fclose(file);
	return any;
}

static void link_expect(struct bench *bench, enum bench_ns ns, const char *ifname,
                        struct report *report)
{
	static const uint32_t offloads[] = {ETHTOOL_GTXCSUM, ETHTOOL_GRXCSUM, ETHTOOL_GSG,
	                                    ETHTOOL_GTSO,    ETHTOOL_GGSO,    ETHTOOL_GGRO};
	struct ifreq ifr = {0};
	struct fault f = {0};
	int fd;

	expect(report, !bench_enter(bench, ns, &f), &f, "enter");
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	for (size_t i = 0; i < sizeof(offloads) / sizeof(offloads[0]); i++)
		expect(report, ethtool_get(fd, ifname, offloads[i]) == 0, NULL,
		       "offload %#x of %s is on", offloads[i], ifname);
	expect(report, ethtool_get(fd, ifname, ETHTOOL_GLINK) == 1, NULL, "no carrier: %s", ifname);
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", ifname);
	expect(report, !ioctl(fd, SIOCGIFMTU, &ifr) && ifr.ifr_mtu == 1400, NULL, "mtu of %s is %d",
	       ifname, ifr.ifr_mtu);
	expect(report, ipv6_here() == (ns != BENCH_WIRE), NULL, "IPv6 beside %s", ifname);
	close(fd);
}

static void links_body(struct bench *bench, struct report *report)
{
	link_expect(bench, BENCH_CLIENT, BENCH_LINK_CLIENT, report);
	link_expect(bench, BENCH_SERVER, BENCH_LINK_SERVER, report);
	link_expect(bench, BENCH_WIRE, BENCH_PORT_CLIENT, report);
	link_expect(bench, BENCH_WIRE, BENCH_PORT_SERVER, report);
	connect_body(bench, report);
}

static void links_are_plain(void **state)
{
	struct plan plan = {.body = links_body, .mtu = 1400};

	(void)state;
	if (!benches_here(true))
		skip();
	assert_string_equal(on_bench(&plan).failure, "");
}

/* A connect that is under way; the SYN has left when it returns. */
static int connect_start(struct bench *bench, struct report *report)
{
	struct sockaddr_in sin = server_addr(bench);
	int fd = host_socket(bench, SIDE_CLIENT, SOCK_NONBLOCK, report);

	expect(report, connect(fd, (struct sockaddr *)&sin, sizeof(sin)) && errno == EINPROGRESS,
	       NULL, "connect: %s", strerror(errno));
	return fd;
}

/* The wire sees the SYN by its ingress hook, drops it, and the client sends it again. */
static void drop_body(struct bench *bench, struct report *report)
{
	int listener = server_listen(bench, report), fd;
	uint64_t handle = 0, packets = 0;
	struct fault f = {0};
	struct pollfd poll_fd;
	struct ruleset *rs;
	int rc;

	rs = bench_ruleset(bench, &f);
	expect(report, rs && rs == bench_ruleset(bench, &f), &f, "one ruleset");
	if (!rs)
		return;
	rc = rule_add_drop(rs, BENCH_PORT_CLIENT, "tcp flags syn", &handle, &f);
	expect(report, !rc, &f, "add a rule");
	fd = connect_start(bench, report);
	poll_fd = (struct pollfd){.fd = fd, .events = POLLOUT};
	rc = rule_count(rs, BENCH_PORT_CLIENT, handle, &packets, &f);
	expect(report, !rc && packets == 1, &f, "dropped %u SYN, not 1", (unsigned int)packets);
	expect(report, !rule_delete(rs, BENCH_PORT_CLIENT, handle, &f), &f, "delete the rule");
	expect(report, poll(&poll_fd, 1, 5000) == 1 && retransmits_of(fd) == 1, NULL,
	       "%u SYN sent again, not 1", retransmits_of(fd));
	close(fd);
	close(listener);
}

static void wire_drops_what_it_is_told(void **state)
{
	(void)state;
	if (!benches_here(true))
		skip();
	assert_string_equal(on_bench(&(struct plan){.body = drop_body}).failure, "");
}

static int port_tap(struct bench *bench, const char *ifname, struct report *report)
{
	struct sockaddr_ll sll = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	struct fault f = {0};
	int fd;

	expect(report, !bench_enter(bench, BENCH_WIRE, &f), &f, "enter");
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	sll.sll_ifindex = (int)if_nametoindex(ifname);
	expect(report, !bind(fd, (struct sockaddr *)&sll, sizeof(sll)), NULL, "tap %s: %s", ifname,
	       strerror(errno));
	return fd;
}

static void hand_body(struct bench *bench, struct report *report)
{
	int near = port_tap(bench, BENCH_PORT_CLIENT, report);
	int far = port_tap(bench, BENCH_PORT_SERVER, report);
	int listener = server_listen(bench, report);
	int fd = connect_start(bench, report);
	struct pollfd poll_fd = {.fd = near, .events = POLLIN};
	uint8_t frame[128] = {0};
	ssize_t n;

	expect(report, poll(&poll_fd, 1, 5000) == 1, NULL, "no SYN came to the client's port");
	n = recv(near, frame, sizeof(frame), 0);
	expect(report, n >= 54, NULL, "a frame of %zd bytes", n);
	expect(report,
	       !memcmp(frame, bench->mac[SIDE_SERVER], 6) &&
	               !memcmp(frame + 6, bench->mac[SIDE_CLIENT], 6) && frame[47] == 0x02,
	       NULL, "the first frame is not the client's SYN");
	expect(report, recv(far, frame, sizeof(frame), 0) < 0 && errno == EAGAIN, NULL,
	       "the wire by hand forwards by itself");
	close(fd);
	close(listener);
	close(near);
	close(far);
}

static void hand_wire_is_silent(void **state)
{
	(void)state;
	if (!benches_here(true))
		skip();
	assert_string_equal(
		on_bench(&(struct plan){.body = hand_body, .wire = BENCH_WIRE_HAND}).failure, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_first_syn_is_lost),
		cmocka_unit_test(no_first_syn_is_lost_as_nobody),
		cmocka_unit_test(baseline_is_set_and_recorded),
		cmocka_unit_test(links_are_plain),
		cmocka_unit_test(wire_drops_what_it_is_told),
		cmocka_unit_test(hand_wire_is_silent),
	};

	return cmocka_run_group_tests_name("bench", tests, NULL, NULL);
}
