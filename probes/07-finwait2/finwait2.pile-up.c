// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A server that never calls close(), and many clients that do. How many sockets of which
 * state are there at either end, at once and when tcp_fin_timeout is over? Half of the clients
 * call close(), the other half shutdown(SHUT_WR).
 *
 *   clients                        server
 *   close(), shutdown()
 *               ---- FA --->       CLOSE_WAIT, as many
 *   FIN_WAIT2   <--- A ----
 *     tcp_fin_timeout
 *   those of close() are gone      CLOSE_WAIT, as many
 *                                  close()
 *               <--- FA ----
 *   those of close() answer R      CLOSE
 */
#include "../../harness/probe.h"

enum { CLOSED, SHUT, KINDS, CONNECTIONS_MOST = 4000 };

static const uint16_t ports[KINDS] = {[CLOSED] = 8080, [SHUT] = 8081};

struct connections {
	struct sock *clients[CONNECTIONS_MOST], *servers[CONNECTIONS_MOST];
	size_t count;
};

static void connect_all(struct probe_run *run, uint16_t port, struct connections *connections)
{
	struct sock *listener = sock_listen(run, SIDE_SERVER, port);

	socks_connect_many(
		run,
		(struct many){.side = SIDE_CLIENT, .count = connections->count, .to_port = port},
		connections->clients);
	socks_accept_many(listener, connections->count, connections->servers);
	await_states(connections->clients, connections->count, STATE_ESTABLISHED);
}

/* How many there are, under a name. */
static void count_all(struct probe_run *run, const char *mark)
{
	for (int kind = 0; kind < KINDS; kind++)
		for (int side = 0; side < SIDE_COUNT; side++)
			socks_on_port(run, (enum side)side, ports[kind]);
	counters_mark(run, mark);
}

static void await_all_gone(struct sock *const *socks, size_t count, int64_t limit_ms)
{
	for (size_t i = 0; i < count; i++)
		await_gone_within(socks[i], limit_ms); /* what is still there is counted */
}

static void run(struct probe_run *run)
{
	static struct connections connections[KINDS];
	const struct fin_stay stay = {.host = SIDE_CLIENT, .sock = "c1"};
	size_t count = (size_t)param(run, "connections");

	for (int kind = 0; kind < KINDS; kind++) {
		connections[kind].count = count < CONNECTIONS_MOST ? count : CONNECTIONS_MOST;
		connect_all(run, ports[kind], &connections[kind]);
	}
	for (size_t i = 0; i < connections[CLOSED].count; i++) {
		sock_close(connections[CLOSED].clients[i]);
		sock_shutdown(connections[SHUT].clients[i], SHUT_WR);
	}
	for (int kind = 0; kind < KINDS; kind++)
		await_states(connections[kind].servers, connections[kind].count, STATE_CLOSE_WAIT);
	await_states(connections[SHUT].clients, connections[SHUT].count, STATE_FIN_WAIT2);
	await_states(connections[CLOSED].clients, connections[CLOSED].count,
	             model_finwait2_state(run_record(run), SIDE_CLIENT));
	count_all(run, "at once");
	await_all_gone(connections[CLOSED].clients, connections[CLOSED].count,
	               fin_stay_limit_ms(run_record(run), &stay));
	count_all(run, "after tcp_fin_timeout");
	for (size_t i = 0; i < connections[CLOSED].count; i++)
		sock_close(connections[CLOSED].servers[i]);
	await_all_gone(connections[CLOSED].servers, connections[CLOSED].count, AWAIT_LIMIT_MS);
}

static void judge_sockets(struct judge *judge, enum side host, int kind, enum tcp_state state,
                          enum sock_object object, const char *mark, struct value says,
                          int64_t predicts)
{
	judge_count(judge,
	            &(struct figure){
			    .name = judge_text(judge, "%s_%s", side_name(host), state_name(state)),
			    .says = says,
			    .predicts = value_count(predicts),
			    .measured = measure_sockets_in_until(judge, host, ports[kind], state,
	                                                         object, mark),
			    .rule = host == SIDE_SERVER ? "tcp_fin(): no timer in CLOSE_WAIT"
	                            : kind == CLOSED    ? "tcp_fin_time(), tcp_time_wait()"
	                                                : "tcp_rcv_state_process(): no timer "
	                                                  "without SOCK_DEAD",
		    });
}

/*
 * The ACK of a FIN that comes while somebody holds the socket, as sock_diag does to read it
 * (tcp_get_info()), waits in its backlog, and FIN_WAIT2 stays in the full socket then:
 * tcp_rcv_state_process(), sock_owned_by_user(). tcp_keepalive_timer() ends it as late as a
 * time-wait sock's timer would, but with a reset.
 */
static int64_t held_count(struct judge *judge)
{
	struct measured held = measure_sockets_in_until(judge, SIDE_CLIENT, ports[CLOSED],
	                                                STATE_FIN_WAIT2, OBJECT_FULL, "at once");

	return held.value.kind == VALUE_COUNT ? held.value.lo : 0;
}

/* Both ends at @mark: so many clients in FIN_WAIT2, so many servers in CLOSE_WAIT. */
static void judge_instant(struct judge *judge, int kind, const char *mark, int64_t finwait2,
                          int64_t count)
{
	judge_case(judge, "%s, %s", kind == CLOSED ? "close()" : "shutdown()", mark);
	judge_sockets(judge, SIDE_CLIENT, kind, STATE_FIN_WAIT2,
	              kind == CLOSED ? OBJECT_TIME_WAIT : OBJECT_FULL, mark, value_none(),
	              finwait2);
	judge_sockets(judge, SIDE_SERVER, kind, STATE_CLOSE_WAIT, OBJECT_FULL, mark,
	              value_count(count), count);
}

static void judge(const struct story *story, struct judge *judge)
{
	const struct packet_match rst = {
		.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_RST, .flags_value = TCP_FLAG_RST};
	struct sent resets = sent_since(judge, &rst, 0);
	int64_t count = 0, held = held_count(judge);

	record_param(story->rec, "connections", &count);
	judge_claim(judge, "finwait2.pile-up");
	judge_instant(judge, CLOSED, "at once", count - held, count);
	judge_instant(judge, CLOSED, "after tcp_fin_timeout", 0, count - held);
	judge_count(judge, &(struct figure){
				   .name = "client_resets",
				   .predicts = value_count(count),
				   .measured = measure_sent(&resets),
				   .rule = "tcp_v4_rcv(), tcp_v6_rcv(): a FIN for no socket; "
					   "tcp_keepalive_timer()",
			   });
	judge_instant(judge, SHUT, "at once", count, count);
	judge_instant(judge, SHUT, "after tcp_fin_timeout", count, count);
}

const struct probe probe_finwait2_pile_up = {
	.id = "finwait2.pile-up",
	.title = "Many in FIN_WAIT2, and a peer that never calls close()",
	.question = "How many sockets pile up in FIN_WAIT2 and in CLOSE_WAIT, and which of them "
		    "does tcp_fin_timeout clear away?",
	.kernel_path = "tcp_fin(), tcp_rcv_state_process(), tcp_fin_time(), tcp_time_wait()",
	.wire = WIRE_KERNEL,
	.claims = {{"finwait2.pile-up", "C",
                    "Many sockets in FIN_WAIT2 here mean as many in CLOSE_WAIT at the peer, which "
                    "does not call close()."}},
	.sysctls = {{"client:net.ipv4.tcp_fin_timeout", "3", NULL}},
	.params = {{"connections", 100, 200, "of each kind, at most 4000"}},
	.run = run,
	.judge = judge,
};
