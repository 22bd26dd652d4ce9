// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * shutdown(SHUT_RDWR) against close(). Both send a FIN, and both answer the peer's later
 * bytes with a reset: sk_shutdown is the same. But the socket still has an owner: it is no
 * orphan, nothing bounds its FIN_WAIT2 (tcp_rcv_state_process() looks at SOCK_DEAD), and
 * what had come can still be read, where __tcp_close() throws it away and resets.
 *
 *   client                         server
 *   shutdown(SHUT_RDWR)
 *   FIN_WAIT1      ---- FA --->    CLOSE_WAIT
 *   FIN_WAIT2      <--- A -----
 *     tcp_fin_timeout passes: FIN_WAIT2 still; after close() it would be over
 */
#include "../../harness/probe.h"

static const char text[] = "hello";

/* What is compared, each with a connection for shutdown() and one for close(). */
enum aspect { ASPECT_IDLE, ASPECT_UNREAD, ASPECT_PEER_SENDS, ASPECT_COUNT };

static const char *const aspect_names[ASPECT_COUNT] = {
	[ASPECT_IDLE] = "nothing is unread, the peer is silent",
	[ASPECT_UNREAD] = "bytes are unread",
	[ASPECT_PEER_SENDS] = "the peer sends",
};

/* Labels: c1 and c2 are the first aspect's, c3 and c4 the second's. */
static unsigned int number_of(enum aspect aspect, bool closes)
{
	return 2 * (unsigned int)aspect + (closes ? 2 : 1);
}

static void end_side(struct sock *sock, bool closes)
{
	if (closes)
		sock_close(sock);
	else
		sock_shutdown(sock, SHUT_RDWR);
}

/* Its FIN is held on the wire, so that FIN_WAIT1 can be looked at. */
static void end_idle(struct probe_run *run, struct sock *client, bool closes)
{
	uint32_t held = wire_hold(run, match_of(client, TCP_FLAG_FIN));

	end_side(client, closes);
	wire_await_held(run, held, 1);
	wire_restore(run, held);
}

static void run_aspect(struct probe_run *run, enum aspect aspect, bool closes, struct sock **client)
{
	struct sock *server;

	flow_establish(run, (uint16_t)(8080 + number_of(aspect, closes)), client, &server);
	if (aspect == ASPECT_UNREAD) {
		sock_send_text(server, text);
		sock_await_data(*client);
	}
	if (aspect == ASPECT_IDLE)
		end_idle(run, *client, closes);
	else
		end_side(*client, closes);
	if (aspect == ASPECT_UNREAD && closes) {
		await_state(server, STATE_GONE);
		return;
	}
	await_state(server, STATE_CLOSE_WAIT);
	if (aspect == ASPECT_UNREAD)
		sock_try_receive(*client, strlen(text));
	if (aspect == ASPECT_PEER_SENDS) {
		await_state(*client, closes ? model_finwait2_state(run_record(run), SIDE_CLIENT)
		                            : STATE_FIN_WAIT2);
		sock_try_send(server, text, 0);
		await_state(server, STATE_GONE);
	}
}

/* How long FIN_WAIT2 lasts after close(). */
static bool model_stay(const struct record *rec, const char *sock, struct span *stay)
{
	return fin_stay_model(rec, &(struct fin_stay){.host = SIDE_CLIENT, .sock = sock}, stay);
}

static void run(struct probe_run *run)
{
	struct sock *clients[ASPECT_COUNT][2];
	struct span stay = {0}, own = {0};

	for (int aspect = 0; aspect < ASPECT_COUNT; aspect++)
		for (int closes = 0; closes < 2; closes++)
			run_aspect(run, (enum aspect)aspect, closes, &clients[aspect][closes]);
	await_state(clients[ASPECT_IDLE][0], STATE_FIN_WAIT2);
	if (!model_stay(run_record(run), "c1", &own) || !model_stay(run_record(run), "c2", &stay))
		run_inconclusive(run, "no RTO of both was read");
	observe_for(run, stay.hi_ns / NS_PER_MS + 1, "FIN_WAIT2 after close() ends meanwhile");
	await_gone_within(clients[ASPECT_IDLE][1], AWAIT_LIMIT_MS);
	sock_close(clients[ASPECT_IDLE][0]);
	await_gone_within(clients[ASPECT_IDLE][0], own.hi_ns / NS_PER_MS + 2000);
}

static void judge_orphans(struct judge *judge)
{
	struct moment late = {.t_ns = INT64_MAX};

	judge_truth(judge, &(struct figure){
				   .name = "orphan",
				   .says = value_truth(true),
				   .predicts = value_truth(false),
				   .measured = measure_orphan(
					   judge, SIDE_CLIENT, "c1",
					   when_called(judge, SIDE_CLIENT, "c1", "close")),
				   .rule = "inet_shutdown(): no sock_orphan()",
			   });
	judge_truth(judge, &(struct figure){
				   .name = "orphan_by_close",
				   .predicts = value_truth(true),
				   .measured = measure_orphan(judge, SIDE_CLIENT, "c2", late),
				   .rule = "__tcp_close(): sock_orphan()",
			   });
}

/* Of @sock, which is bounded by its own RTO: "c1" from close() on, "c2" from FIN_WAIT2 on. */
static void judge_bounded(struct judge *judge, const struct record *rec, const char *sock,
                          struct figure figure)
{
	struct span stay;

	figure.unpredicted = model_stay(rec, sock, &stay) ? NULL : "no RTO was read";
	figure.predicts = span_value(stay);
	figure.predicted_from = RESTS_ON(OBSERVER_DIAG);
	figure.grain_ns = stay.grain_ns;
	judge_time(judge, &figure);
}

static void judge_timers(struct judge *judge, const struct record *rec)
{
	struct moment closed = when_called(judge, SIDE_CLIENT, "c1", "close");
	struct span stay, own;
	bool modelled = model_stay(rec, "c2", &stay);

	modelled &= model_stay(rec, "c1", &own);
	judge_time(judge,
	           &(struct figure){
			   .name = "stay_in_FIN_WAIT2",
			   .says = span_value(stay),
			   /* it is closed after c2 has gone */
			   .predicts = value_time(stay.lo_ns + own.lo_ns, INT64_MAX),
			   .measured = measure_stay(judge, SIDE_CLIENT, "c1", STATE_FIN_WAIT2),
			   .rule = "tcp_rcv_state_process(): no timer without SOCK_DEAD",
			   .unpredicted = modelled ? NULL : "no RTO of both was read",
			   .predicted_from = RESTS_ON(OBSERVER_DIAG),
		   });
	judge_bounded(judge, rec, "c1",
	              (struct figure){
			      .name = "end_after_close",
			      .measured = measure_until_end(judge, SIDE_CLIENT, "c1", closed),
			      .rule = "__tcp_close() in FIN_WAIT2: tcp_fin_time(), tcp_time_wait()",
		      });
	judge_bounded(judge, rec, "c2",
	              (struct figure){
			      .name = "stay_in_FIN_WAIT2_by_close",
			      .measured = measure_stay(judge, SIDE_CLIENT, "c2", STATE_FIN_WAIT2),
			      .rule = "tcp_rcv_state_process(): tcp_fin_time(), tcp_time_wait()",
		      });
}

/* What the client sent in answer, from its shutdown() or close() on. */
static struct measured measure_answer(struct judge *judge, enum aspect aspect, bool closes)
{
	const struct packet_match any = {
		.from = SIDE_CLIENT,
		.flags_mask = aspect == ASPECT_PEER_SENDS ? TCP_FLAG_FIN : 0,
	};
	const char *sock = judge_text(judge, "c%u", number_of(aspect, closes));
	struct sent sent =
		sent_on(judge, sock, &any,
	                when_called(judge, SIDE_CLIENT, sock, closes ? "close" : "shutdown"));

	return measure_flags(judge, &sent);
}

static void judge_answer(struct judge *judge, enum aspect aspect, const char *by_shutdown,
                         const char *by_close, const char *rule)
{
	judge_words(judge, &(struct figure){
				   .name = "answer",
				   .says = value_words(by_close),
				   .predicts = value_words(by_shutdown),
				   .measured = measure_answer(judge, aspect, false),
				   .rule = rule,
			   });
	judge_words(judge, &(struct figure){
				   .name = "answer_by_close",
				   .predicts = value_words(by_close),
				   .measured = measure_answer(judge, aspect, true),
				   .rule = rule,
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	judge_claim(judge, "half.shutdown-rdwr");
	judge_case(judge, "%s", aspect_names[ASPECT_IDLE]);
	judge_orphans(judge);
	judge_timers(judge, story->rec);
	judge_case(judge, "%s", aspect_names[ASPECT_UNREAD]);
	judge_answer(judge, ASPECT_UNREAD, "FA", "RA", "tcp_shutdown(); __tcp_close()");
	judge_count(judge, &(struct figure){
				   .name = "bytes_read",
				   .says = value_count(0),
				   .predicts = value_count((int64_t)strlen(text)),
				   .measured = measure_total(judge, SIDE_CLIENT, "c3", "recv"),
				   .rule = "tcp_recvmsg_locked(): the queue before RCV_SHUTDOWN",
			   });
	judge_case(judge, "%s", aspect_names[ASPECT_PEER_SENDS]);
	judge_answer(judge, ASPECT_PEER_SENDS, "R", "R",
	             "tcp_rcv_state_process(): RCV_SHUTDOWN; tcp_timewait_state_process()");
}

const struct probe probe_half_shutdown_rdwr = {
	.id = "half.shutdown-rdwr",
	.title = "shutdown(SHUT_RDWR) against close()",
	.question =
		"Is shutdown(SHUT_RDWR) the same as close(): states, timers, owner, unread bytes, "
		"the answer to what the peer sends?",
	.kernel_path = "inet_shutdown(), tcp_shutdown(), __tcp_close(), tcp_rcv_state_process(), "
		       "tcp_time_wait()",
	.wire = WIRE_HAND,
	.claims = {{"half.shutdown-rdwr", "C", "shutdown(SHUT_RDWR) is the same as close()."}},
	.sysctls = {{"net.ipv4.tcp_fin_timeout", "1", NULL}},
	.run = run,
	.judge = judge,
};
