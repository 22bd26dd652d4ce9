// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * When do the second and the third wave of a close merge? tcp_fin() enters pingpong mode
 * (inet_csk_enter_pingpong_mode()), so the ACK of a FIN is a delayed one, whatever
 * TCP_QUICKACK said before; set behind it, TCP_QUICKACK sends the ACK if nothing is left to
 * read, the end of the stream included (tcp_cleanup_rbuf()). What is sent until the ACK's
 * timer fires carries it. That timer,
 * tcp_send_delayed_ack(), runs for icsk_ack.ato: 40 ms once a byte was received
 * (tcp_event_data_recv()), but 0 on a connection that never received one: up to the next tick.
 *
 *   client                         server
 *   close()     ---- FA --->       CLOSE_WAIT, close() at once
 *               <--- FA ----       LAST_ACK: the ACK is in it
 *   TIME_WAIT   ---- A ---->       CLOSE
 */
#include "../../harness/probe.h"

#define TCP_ATO_MIN_NS (40 * NS_PER_MS) /* include/net/tcp.h */

static const char request[] = "request", reply[] = "reply";

/* How the server ends the connections that the claims are about, in order: c1, c2, ... */
enum manner {
	MANNER_AT_ONCE,
	MANNER_AFTER_ACK,
	MANNER_AFTER_ACK_NO_DATA, /* and the client had sent no byte */
	MANNER_REPLY, /* it has a reply to send, and closes */
	MANNER_REPLY_MORE, /* with MSG_MORE: the reply waits for what follows */
	MANNER_QUICKACK_BEFORE, /* TCP_QUICKACK was set before the FIN came */
	MANNER_QUICKACK_UNREAD, /* it is set after that, the end of the stream not read */
	MANNER_QUICKACK_AFTER, /* it is set when that has been read */
	MANNER_REPLY_AFTER_ACK,
	MANNER_COUNT,
};

static const char *const manner_names[MANNER_COUNT] = {
	[MANNER_AT_ONCE] = "close() at once",
	[MANNER_AFTER_ACK] = "close() after the ACK",
	[MANNER_AFTER_ACK_NO_DATA] = "close() after the ACK, no byte had come",
	[MANNER_REPLY] = "send(), close()",
	[MANNER_REPLY_MORE] = "send(MSG_MORE), close()",
	[MANNER_QUICKACK_BEFORE] = "TCP_QUICKACK before the FIN, send(), close()",
	[MANNER_QUICKACK_UNREAD] = "TCP_QUICKACK after the FIN, send(), close()",
	[MANNER_QUICKACK_AFTER] = "recv(), TCP_QUICKACK, send(), close()",
	[MANNER_REPLY_AFTER_ACK] = "send(), close() after the ACK",
};

static bool has_reply(enum manner manner)
{
	return manner >= MANNER_REPLY;
}

static bool is_quick(enum manner manner)
{
	return manner == MANNER_QUICKACK_BEFORE || manner == MANNER_QUICKACK_UNREAD ||
	       manner == MANNER_QUICKACK_AFTER;
}

static bool waits_for_ack(enum manner manner)
{
	return manner == MANNER_AFTER_ACK || manner == MANNER_AFTER_ACK_NO_DATA ||
	       manner == MANNER_REPLY_AFTER_ACK;
}

/* The server has read the end of the stream; what it does is done before the frames move. */
static void server_ends(struct probe_run *run, enum manner manner, struct sock *client,
                        struct sock *server)
{
	enum tcp_state acked = STATE_FIN_WAIT2;

	if (!has_reply(manner))
		acked = model_finwait2_state(run_record(run), SIDE_CLIENT);
	if (waits_for_ack(manner))
		await_state(client, acked);
	if (manner == MANNER_QUICKACK_AFTER)
		sock_try_receive(server, 1);
	if (is_quick(manner) && manner != MANNER_QUICKACK_BEFORE)
		sock_option(server, "TCP_QUICKACK", 1);
	if (has_reply(manner))
		sock_try_send(server, reply, manner == MANNER_REPLY_MORE ? MSG_MORE : 0);
	sock_close(server);
}

static void run(struct probe_run *run)
{
	for (int i = 0; i < MANNER_COUNT; i++) {
		enum manner manner = (enum manner)i;
		struct sock *client, *server;

		flow_establish(run, (uint16_t)(8080 + i), &client, &server);
		if (manner != MANNER_AFTER_ACK_NO_DATA) {
			sock_send_text(client, request);
			sock_receive(server, strlen(request));
		}
		if (manner == MANNER_QUICKACK_BEFORE)
			sock_option(server, "TCP_QUICKACK", 1);
		if (has_reply(manner))
			sock_shutdown(client, SHUT_WR);
		else
			sock_close(client);
		await_state(server, STATE_CLOSE_WAIT);
		server_ends(run, manner, client, server);
		await_gone_within(server, AWAIT_LIMIT_MS);
	}
}

/* One connection. */
struct row {
	enum manner manner;
	const char *client, *server; /* labels */
	struct moment from; /* the client's close() or shutdown() */
	struct sent acks; /* of the server from then on: bare ones */
	struct moment fin; /* the client's left */
};

static struct row row_of(struct judge *judge, enum manner manner)
{
	const struct packet_match fin = {
		.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_FIN, .flags_value = TCP_FLAG_FIN};
	const struct packet_match ack = {.from = SIDE_SERVER,
	                                 .flags_mask = TCP_FLAG_FIN | TCP_FLAG_RST,
	                                 .payload = PAYLOAD_NONE};
	struct row row = {
		.manner = manner,
		.client = judge_text(judge, "c%d", manner + 1),
		.server = judge_text(judge, "s%d", manner + 1),
	};
	struct sent fins;

	row.from = when_called(judge, SIDE_CLIENT, row.client,
	                       has_reply(manner) ? "shutdown" : "close");
	fins = sent_on(judge, row.client, &fin, row.from);
	row.fin = when_sent(&fins);
	row.acks = sent_on(judge, row.server, &ack, row.fin);
	return row;
}

/* The delayed ACK's timer from the FIN's arrival on: icsk_ack.ato. */
static struct span ack_timer(const struct record *rec, enum manner manner)
{
	bool no_data = manner == MANNER_AFTER_ACK_NO_DATA;
	struct span most = model_delayed_ack(rec, SIDE_SERVER);
	struct span timer = model_timer(rec, no_data ? 0 : TCP_ATO_MIN_NS);

	/* tcp_delack_max(): less where the least RTO is less. */
	if (timer.hi_ns > most.hi_ns)
		return (struct span){.lo_ns = most.lo_ns, .hi_ns = most.hi_ns};
	return timer;
}

/* Why it is not known whether the ACK's timer fired before the server's first call; NULL: it
 * did not, or was waited for. */
static const char *row_unpredicted(struct judge *judge, const struct row *row)
{
	const struct record *rec = judged_story(judge)->rec;
	struct moment closed = when_called(judge, SIDE_SERVER, row->server, "close");

	if (waits_for_ack(row->manner) || closed.why_not ||
	    closed.t_ns - row->fin.t_ns < ack_timer(rec, row->manner).lo_ns)
		return NULL;
	return "the server closed too late: the ACK's timer may have fired";
}

static void judge_ack_time(struct judge *judge, const struct row *row)
{
	struct span timer = ack_timer(judged_story(judge)->rec, row->manner);

	judge_time(judge,
	           &(struct figure){
			   .name = "ack_after",
			   .predicts = span_value(timer),
			   .measured = measure_first(&row->acks, row->fin),
			   .rule = "tcp_fin(), tcp_event_data_recv(), tcp_send_delayed_ack()",
		   });
}

static void judge_waves(struct judge *judge, const struct row *row)
{
	struct sent all = sent_by_both(judge, row->client, row->server, row->fin);

	judge_case(judge, "%s", manner_names[row->manner]);
	judge_words(judge, &(struct figure){
				   .name = "segments",
				   .says = value_words("FA FA A"),
				   .predicts = value_words(waits_for_ack(row->manner) ? "FA A FA A"
	                                                                              : "FA FA A"),
				   .measured = measure_flags(judge, &all),
				   .rule = "tcp_fin(): inet_csk_enter_pingpong_mode(), "
					   "tcp_send_fin()",
				   .unpredicted = row_unpredicted(judge, row),
				   .predicted_from = RESTS_ON(OBSERVER_TAP),
			   });
	if (waits_for_ack(row->manner))
		judge_ack_time(judge, row);
}

static void judge_reply(struct judge *judge, const struct row *row)
{
	bool alone = row->manner == MANNER_QUICKACK_AFTER || waits_for_ack(row->manner);
	const struct packet_match any = {.from = SIDE_SERVER};
	struct sent all = sent_on(judge, row->server, &any, row->fin);

	judge_case(judge, "%s", manner_names[row->manner]);
	judge_count(judge,
	            &(struct figure){
			    .name = "bare_acks",
			    .says = value_count(is_quick(row->manner) ? 1 : 0),
			    .predicts = value_count(alone ? 1 : 0),
			    .measured = measure_sent(&row->acks),
			    .rule = "tcp_fin() ends TCP_QUICKACK; __tcp_sock_set_quickack(), "
				    "tcp_cleanup_rbuf() with an empty queue",
			    .unpredicted = row_unpredicted(judge, row),
			    .predicted_from = RESTS_ON(OBSERVER_TAP),
		    });
	judge_words(judge,
	            &(struct figure){
			    .name = "server_segments",
			    .predicts = value_words(row->manner == MANNER_REPLY_MORE ? "FA"
	                                            : alone                          ? "A PA FA"
	                                                                             : "PA FA"),
			    .measured = measure_flags(judge, &all),
			    .rule = "tcp_send_fin(): the last segment that waits takes the FIN",
			    .unpredicted = row_unpredicted(judge, row),
			    .predicted_from = RESTS_ON(OBSERVER_TAP),
		    });
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "close.three-waves");
	for (int i = 0; i < MANNER_REPLY; i++) {
		struct row row = row_of(judge, (enum manner)i);

		judge_waves(judge, &row);
	}
	judge_claim(judge, "close.three-waves-data");
	for (int i = MANNER_REPLY; i < MANNER_COUNT; i++) {
		struct row row = row_of(judge, (enum manner)i);

		judge_reply(judge, &row);
	}
}

const struct probe probe_close_three_waves = {
	.id = "close.three-waves",
	.title = "Three waves: ACK and FIN in one segment",
	.question = "When does the passive side's FIN carry the ACK of the other FIN, and its last "
		    "data too?",
	.kernel_path = "tcp_fin(), inet_csk_enter_pingpong_mode(), tcp_send_delayed_ack(), "
		       "__tcp_sock_set_quickack(), tcp_send_fin()",
	.wire = WIRE_KERNEL,
	.claims = {{"close.three-waves", "C D",
                    "With nothing left to send the second and third wave merge: three segments."},
                   {"close.three-waves-data", "C",
                    "With delayed ACK the peer's last data, its ACK and its FIN merge too; with "
                    "TCP_QUICKACK the ACK goes alone."}},
	.run = run,
	.judge = judge,
};
