// SPDX-License-Identifier: GPL-2.0-or-later
/* Options go by name, and read back as they were set. */
#include "../../harness/probe.h"

static const struct {
	const char *name;
	int64_t value, reads;
} options[] = {
	{"SO_LINGER", 5, 5},        {"SO_LINGER", -1, -1},
	{"SO_RCVBUF", 8192, 16384}, {"SO_SNDBUF", 8192, 16384},
	{"TCP_LINGER2", -1, -1},    {"TCP_USER_TIMEOUT", 1500, 1500},
	{"TCP_SYNCNT", 3, 3},       {"TCP_QUICKACK", 0, 0},
	{"TCP_KEEPIDLE", 7, 7},     {"IP_BIND_ADDRESS_NO_PORT", 1, 1},
};
enum { OPTIONS = sizeof(options) / sizeof(options[0]) };

static void run(struct probe_run *run)
{
	struct sock *client = sock_open(run, SIDE_CLIENT), *server;

	for (int i = 0; i < OPTIONS; i++) {
		int64_t now;

		sock_option(client, options[i].name, options[i].value);
		now = sock_option_now(client, options[i].name);
		if (now != options[i].reads)
			run_inconclusive(run, "%s reads back as %lld", options[i].name,
			                 (long long)now);
	}
	note(run, "out of its range: %d", sock_try_option(client, "TCP_SYNCNT", 200));
	sock_close(client);
	flow_establish(run, 8080, &client, &server);
	note(run, "%lld bytes fill it", (long long)sock_fill(client));
	if (sock_poll(client) & POLLOUT)
		run_inconclusive(run, "there is room for more");
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "sock.options");
	judge_words(judge, &(struct figure){
				   .name = "fill",
				   .predicts = value_words("none"),
				   .measured = measure_errno(judge, SIDE_CLIENT, "c2", "fill"),
			   });
}

const struct probe probe_sock_options = {
	.id = "sock.options",
	.title = "Options by name",
	.question = "Is each option set that is named?",
	.kernel_path = "do_tcp_setsockopt(), sock_setsockopt()",
	.wire = WIRE_KERNEL,
	.claims = {{"sock.options", "-", "An option reads back as it was set."}},
	.run = run,
	.judge = judge,
};
