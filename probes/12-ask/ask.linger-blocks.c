// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SO_LINGER with a time. close() sleeps in sk_stream_wait_close() while the socket is in
 * FIN_WAIT1, CLOSING or LAST_ACK: until the FIN is acknowledged, and no longer than the time.
 * inet_release() does not look at O_NONBLOCK, only at PF_EXITING. When the time is over
 * nothing is sent and nothing is dropped: the socket goes on as any orphan.
 *
 *   client                         server
 *   close()        ---- FA --X
 *     sleeps for SO_LINGER's time
 *   returns 0; FIN_WAIT1
 *                  ---- FA --X     retransmissions
 */
#include "../../harness/probe.h"

enum wait {
	WAIT_ACKED, /* the peer acknowledges the FIN */
	WAIT_LOST, /* nothing of the client comes through */
	WAIT_LOST_NONBLOCK, /* the same with O_NONBLOCK */
	WAIT_UNREAD, /* the peer is there, and does not read what it was sent */
	WAITS,
};

static const char *const wait_names[WAITS] = {
	[WAIT_ACKED] = "the FIN is acknowledged",
	[WAIT_LOST] = "the FIN is lost",
	[WAIT_LOST_NONBLOCK] = "the FIN is lost, O_NONBLOCK",
	[WAIT_UNREAD] = "the peer does not read",
};

static void run(struct probe_run *run)
{
	for (int i = 0; i < WAITS; i++) {
		struct sock *client, *server;

		flow_establish(run, (uint16_t)(8080 + i), &client, &server);
		sock_option(client, "SO_LINGER", param(run, "linger_s"));
		if (i == WAIT_LOST || i == WAIT_LOST_NONBLOCK)
			wire_drop(run, match_of(client, 0));
		if (i == WAIT_UNREAD) {
			sock_option(client, "SO_SNDBUF", 8192);
			sock_fill(client);
		}
		sock_blocking(client, i != WAIT_LOST_NONBLOCK);
		sock_close(client);
		if (i == WAIT_LOST || i == WAIT_LOST_NONBLOCK)
			await_sent(run, match_of(client, TCP_FLAG_FIN), 1);
		if (i == WAIT_UNREAD)
			sock_receive(server, 1 << 20); /* up to the end of the stream */
		if (i == WAIT_ACKED || i == WAIT_UNREAD)
			await_state(client, model_finwait2_state(run_record(run), SIDE_CLIENT));
	}
}

/* ---- judge */

/* One of the four connections. */
struct lingering {
	int wait;
	const char *client, *server; /* labels */
	struct moment closed; /* close() was called */
	int64_t linger_ns;
};

/* From close() to when the ACK of the FIN came; NEVER: none has. */
static int64_t until_acked_ns(struct judge *judge, const struct lingering *l)
{
	const struct packet_match fin = {
		.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_FIN, .flags_value = TCP_FLAG_FIN};
	const struct packet_match ack = {.from = SIDE_SERVER,
	                                 .flags_mask = TCP_FLAG_ACK | TCP_FLAG_RST,
	                                 .flags_value = TCP_FLAG_ACK};
	struct sent fins = sent_on(judge, l->client, &fin, l->closed);
	struct sent acks = sent_on(judge, l->server, &ack, l->closed);

	for (size_t i = 0; fins.count && i < acks.count; i++) {
		const struct packet *sent = fins.items[0]->packet;

		if (acks.items[i]->packet->ack == sent->seq + sent->len + 1 &&
		    acks.items[i]->arrive_ns != NEVER)
			return acks.items[i]->arrive_ns - l->closed.t_ns;
	}
	return NEVER;
}

/* What close() takes: it is woken up by the ACK, or by the timer of SO_LINGER's time. */
static struct span model_close(struct judge *judge, const struct lingering *l)
{
	const struct record *rec = judged_story(judge)->rec;
	struct span timer = model_timer(rec, l->linger_ns);
	int64_t acked_ns = until_acked_ns(judge, l);

	if (acked_ns == NEVER || acked_ns > timer.lo_ns)
		return timer;
	return (struct span){.lo_ns = acked_ns, .hi_ns = acked_ns + model_timer(rec, 0).hi_ns};
}

static void judge_block(struct judge *judge, const struct lingering *l)
{
	const struct record *rec = judged_story(judge)->rec;
	struct span predicted = model_close(judge, l);
	struct span says = model_timer(rec, l->wait == WAIT_LOST_NONBLOCK ? 0 : l->linger_ns);

	judge_time(judge, &(struct figure){
				  .name = "close_takes",
				  .says = span_value(says),
				  .predicts = span_value(predicted),
				  .predicted_from = RESTS_ON(OBSERVER_TAP),
				  .grain_ns = predicted.grain_ns,
				  .measured = measure_took(judge, SIDE_CLIENT, l->client, "close"),
				  .rule = "inet_release(), sk_stream_wait_close()",
			  });
}

static void judge_after(struct judge *judge, const struct lingering *l)
{
	const struct packet_match reset = {
		.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_RST, .flags_value = TCP_FLAG_RST};
	struct sent resets = sent_on(judge, l->client, &reset, l->closed);
	bool lost = l->wait == WAIT_LOST || l->wait == WAIT_LOST_NONBLOCK;

	judge_count(judge, &(struct figure){
				   .name = "resets",
				   .says = value_count(l->wait != WAIT_ACKED),
				   .predicts = value_count(0),
				   .measured = measure_sent(&resets),
				   .rule = "__tcp_close(): only SO_LINGER 0 resets",
			   });
	judge_truth(judge, &(struct figure){
				   .name = "reaches_FIN_WAIT2",
				   .predicts = value_truth(!lost),
				   .measured = measure_entered(judge, SIDE_CLIENT, l->client,
	                                                       STATE_FIN_WAIT2),
				   .rule = "sock_orphan(): it goes on as any orphan",
			   });
	if (l->wait == WAIT_UNREAD)
		judge_count(
			judge,
			&(struct figure){
				.name = "bytes_received",
				.predicts =
					measure_result(judge, SIDE_CLIENT, l->client, "fill").value,
				.measured = measure_total(judge, SIDE_SERVER, l->server, "recv"),
				.rule = "__tcp_close(): the orphan goes on sending",
			});
}

static void judge(const struct story *story, struct judge *judge)
{
	int64_t linger_s = 0;

	record_param(story->rec, "linger_s", &linger_s);
	judge_claim(judge, "ask.linger-blocks");
	for (int i = 0; i < WAITS; i++) {
		struct lingering l = {
			.wait = i,
			.client = judge_text(judge, "c%d", i + 1),
			.server = judge_text(judge, "s%d", i + 1),
			.linger_ns = linger_s * NS_PER_S,
		};

		l.closed = when_called(judge, SIDE_CLIENT, l.client, "close");
		judge_case(judge, "%s", wait_names[i]);
		judge_block(judge, &l);
		judge_after(judge, &l);
	}
}

const struct probe probe_ask_linger_blocks = {
	.id = "ask.linger-blocks",
	.title = "SO_LINGER with a time",
	.question = "How long does close() sleep with SO_LINGER set, with O_NONBLOCK too, and what "
		    "happens when the time is over?",
	.kernel_path = "inet_release(), __tcp_close(), sk_stream_wait_close(), sk_stream_closing()",
	.wire = WIRE_KERNEL,
	.claims = {{"ask.linger-blocks", "P",
                    "SO_LINGER with a time makes close() wait for it, but not on a non-blocking "
                    "socket, and the connection is reset when it is over."}},
	/* Less than what is sent: the FIN has to wait behind it. */
	.sysctls = {{"server:net.ipv4.tcp_rmem", "4096 16384 16384", "4096 16384 16384"}},
	.params = {{"linger_s", 1, 5, "SO_LINGER, in seconds"}},
	.run = run,
	.judge = judge,
};
