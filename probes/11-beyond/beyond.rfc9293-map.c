// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The one way of RFC 9293's figure 5 that no other probe goes: CLOSE in SYN-RECEIVED. A socket
 * that accept() has given is never there, one that opens simultaneously is. close() sends the FIN
 * at once, tcp_close_state(); shutdown() waits until the connection is established, since
 * 94062790aedb ("tcp: defer shutdown(SEND_SHUTDOWN) for TCP_SYN_RECV sockets", 6.9 and stable).
 * All other ways of the figure are witnessed by other probes or not in Linux: 'finwait map'.
 *
 *   client                           server
 *   SYN_RECV     ---- SA ---X        SYN_RECV
 *                  X--- SA ----
 *   close()
 *   FIN_WAIT1    ---- FA --->        ESTABLISHED, CLOSE_WAIT
 *   FIN_WAIT2    <--- A -----
 */
#include "../../harness/probe.h"

enum { PORT_CLOSE = 5000, PORT_SHUTDOWN };

static struct packet_match with_flags(enum side from, uint16_t port, uint16_t flags)
{
	return (struct packet_match){.from = from,
	                             .src_port = port,
	                             .flags_mask = TCP_FLAG_SYN | TCP_FLAG_ACK,
	                             .flags_value = flags};
}

/* Both ends in SYN_RECV: the SYNs cross, and no SYN+ACK arrives until @held are restored. */
static void cross(struct probe_run *run, uint16_t port, struct sock *ends[SIDE_COUNT],
                  uint32_t held[SIDE_COUNT])
{
	uint32_t syns[SIDE_COUNT];

	for (int side = 0; side < SIDE_COUNT; side++) {
		syns[side] = wire_hold(run, with_flags((enum side)side, port, TCP_FLAG_SYN));
		held[side] = wire_hold(
			run, with_flags((enum side)side, port, TCP_FLAG_SYN | TCP_FLAG_ACK));
		ends[side] = sock_open(run, (enum side)side);
		sock_bind(ends[side], port);
	}
	for (int side = 0; side < SIDE_COUNT; side++)
		sock_connect(ends[side], side_other((enum side)side), port);
	for (int side = 0; side < SIDE_COUNT; side++)
		wire_await_held(run, syns[side], 1);
	for (int side = 0; side < SIDE_COUNT; side++)
		wire_restore(run, syns[side]);
	for (int side = 0; side < SIDE_COUNT; side++)
		await_state(ends[side], STATE_SYN_RECV);
	for (int side = 0; side < SIDE_COUNT; side++)
		wire_await_held(run, held[side], 1);
}

static void run(struct probe_run *run)
{
	struct sock *ends[SIDE_COUNT];
	uint32_t held[SIDE_COUNT];

	cross(run, PORT_CLOSE, ends, held);
	sock_close(ends[SIDE_CLIENT]);
	await_state(ends[SIDE_SERVER], STATE_CLOSE_WAIT);
	(void)await_state_within(ends[SIDE_CLIENT],
	                         model_finwait2_state(run_record(run), SIDE_CLIENT),
	                         AWAIT_LIMIT_MS);
	cross(run, PORT_SHUTDOWN, ends, held);
	sock_shutdown(ends[SIDE_CLIENT], SHUT_WR);
	for (int side = 0; side < SIDE_COUNT; side++)
		wire_restore(run, held[side]);
	await_state(ends[SIDE_SERVER], STATE_CLOSE_WAIT);
	await_state(ends[SIDE_CLIENT], STATE_FIN_WAIT2);
}

static void judge_side(struct judge *judge, const char *what, enum side side, const char *sock,
                       const char *says, const char *predicts)
{
	judge_case(judge, "%s, the %s", what, side == SIDE_CLIENT ? "client" : "server");
	judge_walk(judge, &(struct walk_figure){
				  .host = side,
				  .sock = sock,
				  .says = says,
				  .predicts = predicts,
				  .rule = "tcp_close_state(), tcp_shutdown(), "
					  "tcp_rcv_state_process()",
			  });
}

static void judge(const struct story *story, struct judge *judge)
{
	static const char figure[] = "SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2";
	static const char passive[] = "SYN_SENT SYN_RECV ESTABLISHED CLOSE_WAIT";

	(void)story;
	judge_claim(judge, "beyond.rfc9293-map");
	judge_side(judge, "close()", SIDE_CLIENT, "c1", figure, figure);
	judge_side(judge, "close()", SIDE_SERVER, "s1", NULL, passive);
	judge_side(judge, "shutdown()", SIDE_CLIENT, "c2", figure,
	           "SYN_SENT SYN_RECV ESTABLISHED FIN_WAIT1 FIN_WAIT2");
	judge_side(judge, "shutdown()", SIDE_SERVER, "s2", NULL, passive);
}

const struct probe probe_beyond_rfc9293_map = {
	.id = "beyond.rfc9293-map",
	.title = "The way of RFC 9293's figure 5 that nothing else goes",
	.question =
		"CLOSE in SYN-RECEIVED: does it lead to FIN-WAIT-1, as the state diagram has it?",
	.kernel_path = "tcp_close_state(), tcp_send_fin(), tcp_shutdown(), tcp_rcv_state_process()",
	.wire = WIRE_HAND,
	.claims = {{"beyond.rfc9293-map", "-",
                    "CLOSE in SYN-RECEIVED sends a FIN and leads to FIN-WAIT-1 (figure 5)."}},
	.run = run,
	.judge = judge,
};
