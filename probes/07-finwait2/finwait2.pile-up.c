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
static const char at_once[] = "at once", after_timeout[] = "after tcp_fin_timeout";
static const char *const kind_names[KINDS] = {[CLOSED] = "close()", [SHUT] = "shutdown()"};

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
	count_all(run, at_once);
	await_all_gone(connections[CLOSED].clients, connections[CLOSED].count,
	               fin_stay_limit_ms(run_record(run), &stay));
	count_all(run, after_timeout);
	for (size_t i = 0; i < connections[CLOSED].count; i++)
		sock_close(connections[CLOSED].servers[i]);
	await_all_gone(connections[CLOSED].servers, connections[CLOSED].count, AWAIT_LIMIT_MS);
}

/* What is in FIN_WAIT2 at once: an owner's socket stays what it is. */
static enum sock_object finwait2_object(struct judge *judge, int kind)
{
	return kind == SHUT ? OBJECT_FULL
	                    : model_finwait2_object(judged_story(judge)->rec, SIDE_CLIENT);
}

static struct measured finwait2_at_once(struct judge *judge, int kind, enum sock_object object)
{
	return measure_sockets_in_until(judge, SIDE_CLIENT, ports[kind], STATE_FIN_WAIT2, object,
	                                at_once);
}

/* Of both kinds of object: above TCP_TIMEWAIT_LEN the one becomes the other. */
static struct measured finwait2_after(struct judge *judge, int kind)
{
	struct measured all = measure_sockets_in_until(judge, SIDE_CLIENT, ports[kind],
	                                               STATE_FIN_WAIT2, OBJECT_FULL, after_timeout);
	struct measured time_wait = measure_sockets_in_until(
		judge, SIDE_CLIENT, ports[kind], STATE_FIN_WAIT2, OBJECT_TIME_WAIT, after_timeout);

	if (!all.why_not)
		all.value = value_count(all.value.lo + time_wait.value.lo);
	return all;
}

/*
 * The ACK of a FIN that comes while somebody holds the socket, as sock_diag does to read it
 * (tcp_get_info()), waits in its backlog, and FIN_WAIT2 stays in the full socket then:
 * tcp_rcv_state_process(), sock_owned_by_user(). tcp_keepalive_timer() ends it as late as a
 * time-wait sock's timer would, but with a reset. Where all are full sockets at first, that
 * timer sends nothing and leaves a time-wait sock.
 */
static int64_t held_count(struct judge *judge)
{
	struct measured held = finwait2_at_once(judge, CLOSED, OBJECT_FULL);

	if (finwait2_object(judge, CLOSED) == OBJECT_FULL || held.value.kind != VALUE_COUNT)
		return 0;
	return held.value.lo;
}

static void judge_clients(struct judge *judge, int kind, struct measured measured, int64_t predicts)
{
	judge_count(judge,
	            &(struct figure){
			    .name = "client_FIN_WAIT2",
			    .predicts = value_count(predicts),
			    .measured = measured,
			    .rule = kind == CLOSED ? "tcp_fin_time(), tcp_time_wait()"
	                                           : "tcp_rcv_state_process(): no timer without "
	                                             "SOCK_DEAD",
		    });
}

static void judge_servers(struct judge *judge, int kind, const char *mark, int64_t count)
{
	judge_count(judge, &(struct figure){
				   .name = "server_CLOSE_WAIT",
				   .says = value_count(count),
				   .predicts = value_count(count),
				   .measured = measure_sockets_in_until(
					   judge, SIDE_SERVER, ports[kind], STATE_CLOSE_WAIT,
					   OBJECT_FULL, mark),
				   .rule = "tcp_fin(): no timer in CLOSE_WAIT",
			   });
}

static void judge_at_once(struct judge *judge, int kind, int64_t finwait2, int64_t count)
{
	judge_case(judge, "%s, %s", kind_names[kind], at_once);
	judge_clients(judge, kind, finwait2_at_once(judge, kind, finwait2_object(judge, kind)),
	              finwait2);
	judge_servers(judge, kind, at_once, count);
}

static void judge_after(struct judge *judge, int kind, int64_t finwait2, int64_t count)
{
	judge_case(judge, "%s, %s", kind_names[kind], after_timeout);
	judge_clients(judge, kind, finwait2_after(judge, kind), finwait2);
	judge_servers(judge, kind, after_timeout, count);
}

static void judge(const struct story *story, struct judge *judge)
{
	const struct packet_match rst = {
		.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_RST, .flags_value = TCP_FLAG_RST};
	struct sent resets = sent_since(judge, &rst, 0);
	int64_t count = 0, held = held_count(judge);

	record_param(story->rec, "connections", &count);
	judge_claim(judge, "finwait2.pile-up");
	judge_at_once(judge, CLOSED, count - held, count);
	judge_after(judge, CLOSED, 0, count - held);
	judge_count(judge, &(struct figure){
				   .name = "client_resets",
				   .predicts = value_count(count),
				   .measured = measure_sent(&resets),
				   .rule = "tcp_v4_rcv(), tcp_v6_rcv(): a FIN for no socket; "
					   "tcp_keepalive_timer()",
			   });
	judge_at_once(judge, SHUT, count, count);
	judge_after(judge, SHUT, count, count);
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
