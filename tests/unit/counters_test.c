// SPDX-License-Identifier: GPL-2.0-or-later
/* counters: parsing of texts made here, and the running kernel's own files. */
#include "../../harness/observe/counters.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct counters *parse(const char *snmp, const char *netstat)
{
	struct fault f = {0};
	struct counters *counters =
		counters_parse(&(struct counter_texts){.snmp = snmp, .netstat = netstat}, &f);

	assert_non_null(counters);
	return counters;
}

static void test_values(void **state)
{
	struct counters *counters = parse("Ip: Forwarding DefaultTTL\nIp: 2 64\n"
	                                  "Tcp: RtoMin MaxConn InSegs\n"
	                                  "Tcp: 200 -1 9223372036854775807\n",
	                                  "TcpExt: TCPTimeouts TCPAbortOnData\nTcpExt: 4 5\n"
	                                  "IpExt: InOctets\nIpExt: 6\n");

	(void)state;
	assert_int_equal(counters_get(counters, "Ip.DefaultTTL"), 64);
	assert_int_equal(counters_get(counters, "Tcp.RtoMin"), 200);
	assert_int_equal(counters_get(counters, "Tcp.MaxConn"), -1);
	assert_true(counters_get(counters, "Tcp.InSegs") == INT64_MAX);
	assert_int_equal(counters_get(counters, "TcpExt.TCPTimeouts"), 4);
	assert_int_equal(counters_get(counters, "TcpExt.TCPAbortOnData"), 5);
	assert_int_equal(counters_get(counters, "IpExt.InOctets"), 6);
	assert_int_equal(counters_get(counters, "TcpExt.TCPTimeout"), -1);
	assert_int_equal(counters_get(counters, "TCPTimeouts"), -1);
	counters_free(counters);
}

/* A pair that does not match up says nothing, and harms no other. */
static void test_bad_pairs(void **state)
{
	static const char *const bad[] = {
		"Tcp: A B C\nTcp: 1 2\nUdp: D\nUdp: 7\n",
		"Tcp: A B\nTcp: 1 2 3\nUdp: D\nUdp: 7\n",
		"Tcp: A B\nTcp:\nUdp: D\nUdp: 7\n",
		"Tcp: A B\nTcp: 1 x\nUdp: D\nUdp: 7\n",
		"Tcp: A B\nTcp: 1 99999999999999999999\nUdp: D\nUdp: 7\n",
		"Tcp: A B\nTcpExt: 1 2\nUdp: D\nUdp: 7\n",
		"Tcp: A B\nUdp: D\nUdp: 7\n",
		"Tcp A B\nTcp 1 2\nUdp: D\nUdp: 7",
		"Udp: D\nUdp: 7\nTcp: A B\n",
		": A B\n: 1 2\nUdp: D\nUdp: 7\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct counters *counters = parse("", bad[i]);

		assert_int_equal(counters_get(counters, "Udp.D"), 7);
		assert_int_equal(counters_get(counters, "Tcp.A"), -1);
		assert_int_equal(counters_get(counters, "Tcp.B"), -1);
		assert_int_equal(counters_get(counters, ".A"), -1);
		counters_free(counters);
	}
}

static void test_long_name(void **state)
{
	char text[256] = "Tcp: ";
	struct counters *counters;

	(void)state;
	memset(text + 5, 'x', 100);
	strcat(text, " A\nTcp: 1 2\n");
	counters = parse(text, "");
	assert_int_equal(counters_get(counters, "Tcp.A"), 2);
	counters_free(counters);
}

/* Before IP: of all links of the namespace, and of all processors. */
static void test_dropped_before(void **state)
{
	struct fault f = {0};
	struct counters *counters = counters_parse(
		&(struct counter_texts){
			.snmp = "",
			.netstat = "",
			.dev = "Inter-|   Receive                            |  Transmit\n"
			       " face |bytes    packets errs drop fifo frame compressed multicast|"
			       "bytes    packets errs\n"
			       "    lo:     800       8    7    1    0     0 0 0      800       8 "
			       "0\n"
			       "  eth0: 4815162      42    7   30    0     0 0 0     1500      15 "
			       "0\n"
			       "dummy0:       0       0    0    0    0     0 0 0      200       2 "
			       "0\n",
			.softnet_stat = "0000002a 0000000a 00000007 00000000\n"
					"00000001 00000100 00000007 00000000\n",
		},
		&f);

	(void)state;
	assert_non_null(counters);
	assert_int_equal(counters_get(counters, "Link.RxDropped"), 31);
	assert_int_equal(counters_get(counters, "softnet_stat.dropped"), 266);
	assert_int_equal(counters_sent(counters), 17); /* not what lo sent */
	counters_free(counters);
}

struct changes {
	unsigned int count;
	int64_t a, b, icmp;
};

static void change_take(const char *name, int64_t delta, void *arg)
{
	struct changes *changes = arg;

	changes->count++;
	if (strcmp(name, "Tcp.A") == 0)
		changes->a = delta;
	if (strcmp(name, "Tcp.B") == 0)
		changes->b = delta;
	if (strcmp(name, "IcmpMsg.InType3") == 0)
		changes->icmp = delta;
}

static void test_changed(void **state)
{
	struct counters *before = parse("Tcp: A B C\nTcp: 1 5 9\n", "");
	/* IcmpMsg appears when there is something to say, and moves the others. */
	struct counters *after = parse("IcmpMsg: InType3\nIcmpMsg: 2\n"
	                               "Tcp: A B C\nTcp: 4 3 9\n",
	                               "");
	struct changes changes = {0};

	(void)state;
	counters_changed(before, after, change_take, &changes);
	assert_int_equal(changes.count, 3);
	assert_int_equal(changes.a, 3);
	assert_int_equal(changes.b, -2);
	assert_int_equal(changes.icmp, 2);
	counters_free(before);
	counters_free(after);
}

static void test_kernel(void **state)
{
	struct fault f = {0};
	struct counters *counters = counters_read(true, &f);

	(void)state;
	assert_non_null(counters);
	assert_true(counters_get(counters, "Tcp.RtoMin") > 0);
	assert_true(counters_get(counters, "TcpExt.TCPTimeouts") >= 0);
	assert_true(counters_get(counters, "IpExt.InOctets") >= 0);
	assert_true(counters_get(counters, "Icmp.InMsgs") >= 0);
	assert_true(counters_get(counters, "Link.RxDropped") >= 0);
	assert_true(counters_get(counters, "softnet_stat.dropped") >= 0);
	counters_free(counters);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),    cmocka_unit_test(test_bad_pairs),
		cmocka_unit_test(test_long_name), cmocka_unit_test(test_changed),
		cmocka_unit_test(test_kernel),    cmocka_unit_test(test_dropped_before),
	};

	return cmocka_run_group_tests_name("counters", tests, NULL, NULL);
}
