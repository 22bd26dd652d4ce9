// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What does connect() to a closed port come to, and what else ends it so? An answer that
 * acknowledges the SYN: tcp_v4_send_reset() for no socket, tcp_rcv_synsent_state_process()
 * at the client. A reset without an acknowledgement is anybody's and does nothing; an ICMP
 * error ends it, tcp_v4_err().
 *
 *   client                         server
 *   SYN_SENT    ---- S --->        no socket
 *   CLOSE       <--- RA ----       ECONNREFUSED
 *
 *   SYN_SENT    ---- S --(held)
 *               <--- R -----       injected: no ACK, ignored
 *               ---- S --->
 *   CLOSE       <--- RA ----       ECONNREFUSED
 *
 *   SYN_SENT    ---- S ---X
 *   CLOSE       <--- ICMP --       port unreachable: ECONNREFUSED
 */
#include "../../harness/probe.h"

#define PORT 8080
#define OWN_PORT 40001 /* of the client that a reset is injected for */

static const struct packet_match syn = {.from = SIDE_CLIENT,
                                        .flags_mask = TCP_FLAG_SYN | TCP_FLAG_ACK,
                                        .flags_value = TCP_FLAG_SYN};

static struct packet_match syn_to(uint16_t port)
{
	struct packet_match match = syn;

	match.dst_port = port;
	return match;
}

static void refused_by_port(struct probe_run *run)
{
	struct sock *client = sock_open(run, SIDE_CLIENT);

	sock_connect(client, SIDE_SERVER, PORT);
	sock_await_error(client, AWAIT_LIMIT_MS);
}

static void refused_after_bare_reset(struct probe_run *run)
{
	const struct packet bare = {
		.src = {.port = PORT + 1}, .dst = {.port = OWN_PORT}, .flags = TCP_FLAG_RST};
	struct sock *client =
		sock_open_with(run, SIDE_CLIENT, (struct sock_config){.port = OWN_PORT});
	uint32_t held = wire_hold(run, syn_to(PORT + 1));

	sock_connect(client, SIDE_SERVER, PORT + 1);
	wire_await_held(run, held, 1);
	wire_inject(run, SIDE_SERVER, &bare);
	observe_for(run, param(run, "hold_ms"), "a reset without ACK has come");
	wire_restore(run, held);
	sock_await_error(client, AWAIT_LIMIT_MS);
}

static void refused_by_icmp(struct probe_run *run)
{
	struct sock *client = sock_open(run, SIDE_CLIENT);

	wire_reject(run, syn_to(PORT + 2), REJECT_PORT, 0);
	sock_connect(client, SIDE_SERVER, PORT + 2);
	sock_await_error(client, AWAIT_LIMIT_MS);
}

static void run(struct probe_run *run)
{
	refused_by_port(run);
	refused_after_bare_reset(run);
	refused_by_icmp(run);
}

/* Whether the server's reset acknowledges the client's SYN, and nothing else. */
static struct measured measure_acks_syn(const struct sent *syns, const struct sent *resets)
{
	struct measured measured = measure_sent(resets);

	if (!syns->count || resets->count != 1)
		return measured_none(resets->rests_on, "there was not one SYN and one reset");
	measured.value =
		value_truth(resets->items[0]->packet->ack == syns->items[0]->packet->seq + 1);
	return measured;
}

/* SYNs of the first two clients' that came to the server: the second one's may have been sent
 * again while it was held. */
static int64_t count_refused(struct judge *judge)
{
	static const char *const labels[] = {"c1", "c2"};
	int64_t came = 0;

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		struct sent syns = sent_on(judge, labels[i], &syn, (struct moment){0});

		for (size_t j = 0; j < syns.count; j++)
			came += syns.items[j]->arrival != NULL;
	}
	return came;
}

static void judge_reset(struct judge *judge)
{
	const struct packet_match reset = {.from = SIDE_SERVER,
	                                   .src_port = PORT,
	                                   .flags_mask = TCP_FLAG_RST,
	                                   .flags_value = TCP_FLAG_RST};
	struct sent resets = sent_since(judge, &reset, 0);
	struct sent syns = sent_on(judge, "c1", &syn, (struct moment){0});

	judge_words(judge, &(struct figure){
				   .name = "answer",
				   .says = value_words("RA"),
				   .predicts = value_words("RA"),
				   .measured = measure_flags(judge, &resets),
				   .rule = "tcp_v4_send_reset(): no socket; RFC 9293 3.5.2",
			   });
	judge_truth(judge, &(struct figure){
				   .name = "acknowledges_the_SYN",
				   .predicts = value_truth(true),
				   .measured = measure_acks_syn(&syns, &resets),
				   .rule = "tcp_v4_send_reset(): seq 0, ack SEG.SEQ + SEG.LEN",
			   });
	judge_count(judge, &(struct figure){
				   .name = "server_OutRsts",
				   .predicts = value_count(count_refused(judge)),
				   .predicted_from = RESTS_ON(OBSERVER_TAP),
				   .measured = measure_counter(judge, SIDE_SERVER, "Tcp.OutRsts"),
				   .rule = "tcp_v4_send_reset(): one for each SYN that came",
			   });
	judge_count(judge,
	            &(struct figure){
			    .name = "client_AttemptFails",
			    .predicts = value_count(3),
			    .measured = measure_counter(judge, SIDE_CLIENT, "Tcp.AttemptFails"),
			    .rule = "tcp_done() in SYN_SENT",
		    });
}

static void judge_error(struct judge *judge, const char *sock, const char *in_case, bool says)
{
	judge_case(judge, "%s", in_case);
	judge_words(judge,
	            &(struct figure){
			    .name = "connect",
			    .says = value_words(says ? "ECONNREFUSED" : NULL),
			    .predicts = value_words("ECONNREFUSED"),
			    .measured = measure_errno(judge, SIDE_CLIENT, sock, "SO_ERROR"),
			    .rule = "tcp_reset() in SYN_SENT; tcp_v4_err(): icmp_err_convert[]",
		    });
	judge_words(judge, &(struct figure){
				   .name = "states",
				   .predicts = value_words("SYN_SENT CLOSE"),
				   .measured = measure_walk(judge, SIDE_CLIENT, sock),
				   .rule = "tcp_reset(), tcp_done()",
			   });
}

/* When the injected reset came to the client. */
static struct moment when_bare_reset(const struct story *story)
{
	struct moment moment = {.rests_on = RESTS_ON(OBSERVER_TAP),
	                        .why_not = "no reset was injected"};

	for (size_t i = 0; i < story->flights.count; i++) {
		const struct flight *flight = &story->flights.items[i];

		if (flight->injected && (flight->packet->flags & TCP_FLAG_RST) && flight->arrival) {
			moment.t_ns = flight->arrive_ns;
			moment.why_not = NULL;
		}
	}
	return moment;
}

static void judge(const struct story *story, struct judge *judge)
{
	int64_t hold_ms = 0;

	record_param(story->rec, "hold_ms", &hold_ms);
	judge_claim(judge, "open.refused");
	judge_reset(judge);
	judge_error(judge, "c1", "a closed port", true);
	judge_error(judge, "c2", "a reset without ACK comes first", false);
	judge_time(judge, &(struct figure){
				  .name = "goes_on_after_the_bare_reset",
				  .predicts = value_time(
					  (hold_ms - story->rec->slack_ms) * NS_PER_MS, INT64_MAX),
				  .measured = measure_until_end(judge, SIDE_CLIENT, "c2",
	                                                        when_bare_reset(story)),
				  .rule = "tcp_rcv_synsent_state_process(): RST without ACK",
			  });
	judge_error(judge, "c3", "ICMP: port unreachable", false);
}

const struct probe probe_open_refused = {
	.id = "open.refused",
	.title = "connect() to a closed port",
	.question = "What is a SYN to a closed port answered by, and what makes connect() fail so?",
	.kernel_path = "tcp_v4_rcv(), tcp_v4_send_reset(), tcp_rcv_synsent_state_process(), "
		       "tcp_reset(), tcp_v4_err(); RFC 9293 3.5.2, 3.10.7.3",
	.wire = WIRE_HAND,
	.claims = {{"open.refused", "C",
                    "Connecting to a closed port: the answer is RST, connect() fails with "
                    "ECONNREFUSED."}},
	.params = {{"hold_ms", 100, 500, "how long the SYN is held behind a bare reset, ms"}},
	.run = run,
	.judge = judge,
};
