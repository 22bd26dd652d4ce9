// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who may have an address that another socket has: by SO_REUSEADDR, by SO_REUSEPORT, as long
 * as nobody listens, and never the same four-tuple.
 *
 *   s1 bound, reuse            s2 without: EADDRINUSE; with: none
 *   s1 listens                 s2 listens: EADDRINUSE; s3 with reuse: EADDRINUSE
 *   s4, s5 with SO_REUSEPORT   both listen
 *   c1, c2 of one port         the same four-tuple: EADDRNOTAVAIL
 */
#include "../../harness/probe.h"

static void bind_servers(struct probe_run *run)
{
	const struct endpoint at = bench_endpoint(run, SIDE_SERVER, 9000);
	const struct endpoint shared = bench_endpoint(run, SIDE_SERVER, 9001);
	struct sock *server[5];

	for (int i = 0; i < 5; i++)
		server[i] = sock_open(run, SIDE_SERVER); /* s1 to s5 */
	sock_option(server[0], "SO_REUSEADDR", 1);
	note(run, "s1 bind: %d", sock_try_bind_to(server[0], at));
	note(run, "s2 bind: %d", sock_try_bind_to(server[1], at));
	sock_bind(server[1], 9000);
	note(run, "s1 listen: %d", sock_try_listen(server[0], 1));
	note(run, "s2 listen: %d", sock_try_listen(server[1], 1));
	note(run, "s3 bind: %d", sock_try_bind(server[2], 9000));
	for (int i = 3; i < 5; i++) {
		sock_option(server[i], "SO_REUSEPORT", 1);
		note(run, "s%d bind: %d", i + 1, sock_try_bind_to(server[i], shared));
		note(run, "s%d listen: %d", i + 1, sock_try_listen(server[i], 1));
	}
}

static void run(struct probe_run *run)
{
	const struct endpoint to = bench_endpoint(run, SIDE_SERVER, 9000);
	struct sock *client[2];

	bind_servers(run);
	for (int i = 0; i < 2; i++) {
		client[i] = sock_open(run, SIDE_CLIENT);
		sock_bind(client[i], 5000);
		note(run, "c%d connect: %d", i + 1, sock_try_connect(client[i], to));
	}
	await_state(client[0], STATE_ESTABLISHED);
}

static void judge(const struct story *story, struct judge *judge)
{
	static const struct {
		enum side host;
		const char *sock, *call, *predicts;
	} rows[] = {
		{SIDE_SERVER, "s1", "bind", "none"},
		{SIDE_SERVER, "s2", "bind", "EADDRINUSE"}, /* its first one */
		{SIDE_SERVER, "s1", "listen", "none"},
		{SIDE_SERVER, "s2", "listen", "EADDRINUSE"},
		{SIDE_SERVER, "s3", "bind", "EADDRINUSE"},
		{SIDE_SERVER, "s4", "listen", "none"},
		{SIDE_SERVER, "s5", "listen", "none"},
		{SIDE_CLIENT, "c1", "connect", "EINPROGRESS"},
		{SIDE_CLIENT, "c2", "connect", "EADDRNOTAVAIL"},
	};

	(void)story;
	judge_claim(judge, "sock.binds");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		judge_case(judge, "%s of %s", rows[i].call, rows[i].sock);
		judge_errno(judge,
		            &(struct errno_figure){
				    .host = rows[i].host,
				    .sock = rows[i].sock,
				    .call = rows[i].call,
				    .predicts = rows[i].predicts,
				    .rule = "inet_csk_get_port(), __inet_check_established()",
			    });
	}
}

const struct probe probe_sock_binds = {
	.id = "sock.binds",
	.title = "Who may have an address that another socket has",
	.question = "Which call fails on an address or four-tuple that is taken, and how?",
	.kernel_path = "inet_csk_get_port(), inet_csk_listen_start(), inet_hash_connect()",
	.wire = WIRE_KERNEL,
	.claims = {{"sock.binds", "-", "A listener's address and a four-tuple are had once."}},
	.run = run,
	.judge = judge,
};
