// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bench_net: two families over a bridge and through a router, with nothing on the wire
 * but what was sent.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "../../harness/base/clock.h"
#include "../../harness/observe/tap.h"
#include "../../harness/packet/decode.h"
#include "../../harness/packet/encode.h"
#include "bench_lab.h"

#define PORT 8080

/* The second MLD report comes up to 1 s after the first (mldv2_unsolicited_report_interval). */
#define SILENCE_NS (3 * NS_PER_S / 2)
#define PATIENCE_MS 5000

struct sockaddr_any {
	struct sockaddr_storage addr;
	socklen_t size;
};

static struct sockaddr_any sockaddr_of(const struct endpoint *ep)
{
	struct sockaddr_any any = {.size = sizeof(struct sockaddr_in)};
	struct sockaddr_in *sin = (struct sockaddr_in *)&any.addr;
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)&any.addr;

	any.addr.ss_family = ep->family;
	if (ep->family == AF_INET) {
		sin->sin_port = htons(PORT);
		memcpy(&sin->sin_addr, ep->addr, 4);
		return any;
	}
	any.size = sizeof(*sin6);
	sin6->sin6_port = htons(PORT);
	memcpy(&sin6->sin6_addr, ep->addr, 16);
	return any;
}

static int host_socket(struct bench *bench, enum side host, struct report *report)
{
	struct fault f = {0};
	int fd = -1;

	if (!bench_enter(bench, (enum bench_ns)host, &f))
		fd = socket(bench->addr[host].family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	expect(report, fd >= 0, &f, "a socket at the %s", side_name(host));
	return fd;
}

static struct tap *port_tap(struct bench *bench, enum side side, struct report *report)
{
	const char *name = side == SIDE_CLIENT ? BENCH_PORT_CLIENT : BENCH_PORT_SERVER;
	struct fault f = {0};
	struct tap *tap = NULL;

	if (!bench_enter(bench, BENCH_WIRE, &f))
		tap = tap_open(name, &f);
	expect(report, tap != NULL, &f, "a tap on %s", name);
	return tap;
}

/* The next packet that goes one way at @tap; false: none came. */
static bool tap_await(struct tap *tap, bool outgoing, struct packet *packet)
{
	struct pollfd wait = {.fd = tap_fd(tap), .events = POLLIN};
	struct frame frame;

	do {
		while (tap_read(tap, &frame) > 0)
			if (frame.outgoing == outgoing &&
			    packet_decode(frame.data, frame.length, packet))
				return true;
	} while (poll(&wait, 1, PATIENCE_MS) == 1);
	return false;
}

/* The frames that a link of this namespace has sent and received, but for lo's. */
static unsigned long frames_here(void)
{
	FILE *file = fopen("/proc/thread-self/net/dev", "re");
	unsigned long received, sent, all = 0;
	char line[512], name[32];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, " %31[^:]: %*u %lu %*u %*u %*u %*u %*u %*u %*u %lu", name,
		           &received, &sent) == 3 &&
		    strcmp(name, "lo") != 0)
			all += received + sent;
	if (file)
		fclose(file);
	return all;
}

static void silence_body(struct bench *bench, struct report *report)
{
	const int64_t until_ns = clock_mono_ns() + SILENCE_NS;
	struct fault f = {0};
	struct tap *tap = port_tap(bench, SIDE_CLIENT, report);
	struct pollfd wait = {.fd = tap_fd(tap), .events = POLLIN};

	expect(report, bench->has_ipv6, NULL, "no IPv6 here");
	while (clock_mono_ns() < until_ns && poll(&wait, 1, SILENCE_NS / NS_PER_MS) == 0)
		;
	for (int ns = 0; ns < BENCH_NS_COUNT; ns++) {
		expect(report, !bench_enter(bench, (enum bench_ns)ns, &f), &f, "enter");
		expect(report, frames_here() == 0, NULL, "%lu frames in namespace %d",
		       frames_here(), ns);
	}
	tap_close(tap);
}

static void on_each_wire(body_fn body)
{
	static const enum bench_wire wires[] = {BENCH_WIRE_KERNEL, BENCH_WIRE_HAND,
	                                        BENCH_WIRE_ROUTED};

	if (!benches_here(true))
		skip();
	for (size_t i = 0; i < sizeof(wires) / sizeof(wires[0]); i++)
		assert_string_equal(
			on_bench(&(struct plan){.body = body, .wire = wires[i]}).failure, "");
}

static void nothing_is_on_the_wire_unasked(void **state)
{
	(void)state;
	on_each_wire(silence_body);
}

#define RTF_LOCAL 0x80000000u /* linux/ipv6_route.h */

/*
 * A route of ours to an IPv6 address of this namespace's own: the kernel's, without a metric,
 * comes some time after the address.
 */
static bool is_heard_here(const struct endpoint *at)
{
	FILE *file = fopen("/proc/thread-self/net/ipv6_route", "re");
	unsigned int length, metric, flags;
	char line[512], to[33], own[33];
	bool found = false;

	for (size_t i = 0; i < sizeof(at->addr); i++)
		snprintf(own + 2 * i, 3, "%02x", at->addr[i]);
	while (file && fgets(line, sizeof(line), file))
		found |= sscanf(line, "%32s %x %*s %*x %*s %x %*x %*x %x", to, &length, &metric,
		                &flags) == 4 &&
		         !strcmp(to, own) && length == 128 && metric && (flags & RTF_LOCAL);
	if (file)
		fclose(file);
	return found;
}

static void heard_body(struct bench *bench, struct report *report)
{
	struct fault f = {0};
	int rc = bench_set_family(bench, FAMILY_IPV6, &f);

	expect(report, !rc, &f, "IPv6");
	for (int host = 0; host < SIDE_COUNT; host++) {
		expect(report, !bench_enter(bench, (enum bench_ns)host, &f), &f, "enter");
		expect(report, is_heard_here(&bench->addr[host]), NULL, "the %s does not hear",
		       side_name(host));
	}
	if (bench->wire != BENCH_WIRE_ROUTED)
		return;
	expect(report, !bench_enter(bench, BENCH_WIRE, &f), &f, "enter");
	for (int port = 0; port < SIDE_COUNT; port++)
		expect(report, is_heard_here(&bench->router[port]), NULL,
		       "the router does not hear");
}

static void addresses_are_heard_at_once(void **state)
{
	(void)state;
	on_each_wire(heard_body);
}

/* Listen at @at, connect to it, and look at the first SYN where it leaves the wire. */
static void connect_to(struct bench *bench, const struct endpoint *at, int ttl,
                       struct report *report)
{
	struct sockaddr_any addr = sockaddr_of(at);
	struct sockaddr *to = (struct sockaddr *)&addr.addr;
	struct tap *tap = port_tap(bench, SIDE_SERVER, report);
	int listener = host_socket(bench, SIDE_SERVER, report);
	int client = host_socket(bench, SIDE_CLIENT, report);
	struct tcp_info info = {0};
	socklen_t size = sizeof(info);
	struct packet syn;

	expect(report, !bind(listener, to, addr.size) && !listen(listener, 1), NULL, "listen: %s",
	       strerror(errno));
	expect(report, !connect(client, to, addr.size), NULL, "connect: %s", strerror(errno));
	expect(report, !getsockopt(client, IPPROTO_TCP, TCP_INFO, &info, &size), NULL, "info");
	expect(report, info.tcpi_total_retrans == 0, NULL, "a SYN was lost");
	expect(report, tap_await(tap, true, &syn), NULL, "no SYN was seen");
	expect(report, syn.flags == TCP_FLAG_SYN && syn.ttl == ttl, NULL,
	       "the first packet has ttl %u, not %d", syn.ttl, ttl);
	expect(report, !memcmp(syn.src.addr, bench->addr[SIDE_CLIENT].addr, 16), NULL,
	       "the client speaks from another address");
	close(listener);
	close(client);
	tap_close(tap);
}

static void connect_body(struct bench *bench, struct report *report)
{
	const int ttl = bench->wire == BENCH_WIRE_ROUTED ? 63 : 64;
	struct endpoint other;
	struct fault f = {0};

	for (int family = 0; family < FAMILY_COUNT; family++) {
		int rc = bench_set_family(bench, (enum family)family, &f);

		expect(report, !rc, &f, "family %d", family);
		connect_to(bench, &bench->addr[SIDE_SERVER], ttl, report);
		other = bench_address(bench, SIDE_SERVER, 1);
		expect(report, !bench_is_address(bench, SIDE_SERVER, &other), NULL, "too early");
		expect(report, !bench_address_add(bench, SIDE_SERVER, 1, &f), &f, "one more");
		expect(report, bench_is_address(bench, SIDE_SERVER, &other), NULL, "not known");
		connect_to(bench, &other, ttl, report);
	}
}

static void both_families_and_both_addresses_connect(void **state)
{
	(void)state;
	if (!benches_here(true))
		skip();
	assert_string_equal(on_bench(&(struct plan){.body = connect_body}).failure, "");
}

static void through_a_router_a_hop_is_taken(void **state)
{
	struct plan plan = {.body = connect_body, .wire = BENCH_WIRE_ROUTED};

	(void)state;
	if (!benches_here(true))
		skip();
	assert_string_equal(on_bench(&plan).failure, "");
}

/* A SYN with one hop to live: the router says so, and quotes it. */
static void time_exceeded(struct bench *bench, struct report *report)
{
	const bool v6 = bench->family == FAMILY_IPV6;
	struct sockaddr_any addr = sockaddr_of(&bench->addr[SIDE_SERVER]);
	struct tap *tap = port_tap(bench, SIDE_CLIENT, report);
	int client = host_socket(bench, SIDE_CLIENT, report);
	const int hops = 1, flags = fcntl(client, F_GETFL);
	struct packet icmp = {0};

	expect(report, !fcntl(client, F_SETFL, flags | O_NONBLOCK), NULL, "do not block");
	expect(report,
	       !setsockopt(client, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_UNICAST_HOPS : IP_TTL,
	                   &hops, sizeof(hops)),
	       NULL, "set the hops: %s", strerror(errno));
	(void)connect(client, (struct sockaddr *)&addr.addr, addr.size);
	expect(report, tap_await(tap, true, &icmp), NULL, "the router is silent");
	expect(report, icmp.icmp_type == (v6 ? 3 : 11) && icmp.icmp_code == 0, NULL,
	       "ICMP type %u code %u, protocol %u", icmp.icmp_type, icmp.icmp_code, icmp.protocol);
	expect(report, !memcmp(icmp.src.addr, bench->router[SIDE_CLIENT].addr, 16), NULL,
	       "not the router's address");
	expect(report, icmp.inner.dst.port == PORT, NULL, "the quoted port is %u",
	       icmp.inner.dst.port);
	close(client);
	tap_close(tap);
}

/* One segment of more than the path takes, put on the wire in the client's name. */
static void too_big(struct bench *bench, struct report *report)
{
	const bool v6 = bench->family == FAMILY_IPV6;
	struct packet segment = {.src = bench->addr[SIDE_CLIENT],
	                         .dst = bench->addr[SIDE_SERVER],
	                         .protocol = IPPROTO_TCP,
	                         .len = 1400,
	                         .seq = 4711};
	struct packet_link link;
	struct tap *tap = port_tap(bench, SIDE_CLIENT, report), *host = NULL;
	uint8_t frame[PACKET_FRAME_SIZE];
	struct packet icmp = {0};
	struct fault f = {0};
	int length;

	memcpy(link.src, bench->mac[SIDE_CLIENT], 6);
	memcpy(link.dst, bench->port_mac[SIDE_CLIENT], 6);
	expect(report, !bench_set_path_mtu(bench, SIDE_SERVER, 1300, &f), &f, "the path's MTU");
	length = packet_encode(&segment, &link, (struct packet_payload){0}, frame, sizeof(frame),
	                       &f);
	if (!bench_enter(bench, BENCH_CLIENT, &f))
		host = tap_open(BENCH_LINK_CLIENT, &f);
	expect(report, length > 0 && host, &f, "a segment of 1400 bytes");
	expect(report, !tap_send(host, frame, (size_t)length), NULL, "send");
	expect(report, tap_await(tap, true, &icmp), NULL, "the router is silent");
	expect(report, icmp.icmp_type == (v6 ? 2 : 3) && icmp.icmp_code == (v6 ? 0 : 4), NULL,
	       "ICMP type %u code %u", icmp.icmp_type, icmp.icmp_code);
	expect(report, icmp.icmp_mtu == 1300 && icmp.inner.seq == 4711, NULL, "mtu %u, seq %u",
	       icmp.icmp_mtu, icmp.inner.seq);
	tap_close(host);
	tap_close(tap);
}

static void router_body(struct bench *bench, struct report *report)
{
	struct fault f = {0};

	for (int family = 0; family < FAMILY_COUNT; family++) {
		expect(report, !bench_set_family(bench, (enum family)family, &f), &f, "family %d",
		       family);
		time_exceeded(bench, report);
		too_big(bench, report);
	}
}

static void a_router_answers_what_it_cannot_send_on(void **state)
{
	struct plan plan = {.body = router_body, .wire = BENCH_WIRE_ROUTED};

	(void)state;
	if (!benches_here(true))
		skip();
	assert_string_equal(on_bench(&plan).failure, "");
}

/* A SYN from nowhere is answered over the wire, and nobody resets the answer. */
static void stranger(struct bench *bench, const char *source, struct report *report)
{
	struct packet packet = {
		.dst = bench->addr[SIDE_SERVER], .protocol = IPPROTO_TCP, .flags = TCP_FLAG_SYN};
	struct sockaddr_any addr = sockaddr_of(&bench->addr[SIDE_SERVER]);
	int listener = host_socket(bench, SIDE_SERVER, report);
	struct tap *tap = port_tap(bench, SIDE_SERVER, report);
	struct tap *far = port_tap(bench, SIDE_CLIENT, report);
	uint8_t frame[PACKET_FRAME_SIZE];
	struct packet_link link;
	struct fault f = {0};
	int length;

	memcpy(link.src, bench->mac[SIDE_CLIENT], 6);
	memcpy(link.dst, bench->mac[SIDE_SERVER], 6);
	expect(report, !endpoint_parse(source, &packet.src), NULL, "%s", source);
	packet.dst.port = PORT;
	expect(report, !bench_strangers_add(bench, SIDE_CLIENT, &f), &f, "a route");
	expect(report, !bind(listener, (struct sockaddr *)&addr.addr, addr.size), NULL, "bind");
	expect(report, !listen(listener, 1), NULL, "listen");
	length =
		packet_encode(&packet, &link, (struct packet_payload){0}, frame, sizeof(frame), &f);
	expect(report, length > 0 && !tap_send(tap, frame, (size_t)length), &f, "send");
	expect(report, tap_await(far, true, &packet), NULL, "no answer came over the wire");
	expect(report, packet.flags == (TCP_FLAG_SYN | TCP_FLAG_ACK), NULL, "flags %#x",
	       packet.flags);
	close(listener);
	tap_close(tap);
	tap_close(far);
}

static void stranger_body(struct bench *bench, struct report *report)
{
	struct fault f = {0};

	stranger(bench, "198.18.7.8:9", report);
	expect(report, !bench_set_family(bench, FAMILY_IPV6, &f), &f, "IPv6");
	stranger(bench, "[2001:db8::8]:9", report);
}

static void a_stranger_is_answered(void **state)
{
	(void)state;
	if (!benches_here(true))
		skip();
	assert_string_equal(on_bench(&(struct plan){.body = stranger_body}).failure, "");
	assert_string_equal(
		on_bench(&(struct plan){.body = stranger_body, .wire = BENCH_WIRE_ROUTED}).failure,
		"");
}

static void lacks_body(struct bench *bench, struct report *report)
{
	struct fault f = {0};
	int rc;

	bench->has_ipv6 = false;
	rc = bench_set_family(bench, FAMILY_IPV6, &f);
	expect(report, rc == -EAFNOSUPPORT && strstr(f.what, "IPv6"), &f, "no IPv6: %d", rc);
	rc = bench_set_path_mtu(bench, SIDE_SERVER, 1300, &f);
	expect(report, rc == -EOPNOTSUPP, &f, "a path's MTU on a bridge: %d", rc);
}

static void what_it_lacks_is_said(void **state)
{
	(void)state;
	if (!benches_here(true))
		skip();
	assert_string_equal(on_bench(&(struct plan){.body = lacks_body}).failure, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_on_the_wire_unasked),
		cmocka_unit_test(addresses_are_heard_at_once),
		cmocka_unit_test(both_families_and_both_addresses_connect),
		cmocka_unit_test(through_a_router_a_hop_is_taken),
		cmocka_unit_test(a_router_answers_what_it_cannot_send_on),
		cmocka_unit_test(a_stranger_is_answered),
		cmocka_unit_test(what_it_lacks_is_said),
	};

	return cmocka_run_group_tests_name("bench_net", tests, NULL, NULL);
}
