// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What does a SYN do to a socket in SYN_SENT, and a SYN+ACK to one in SYN_RECV?
 * tcp_rcv_synsent_state_process(); tcp_validate_incoming() and tcp_rcv_state_process(),
 * which took a SYN+ACK in SYN_RECV for an attack and only challenged it until 23e89e8ee7be
 * "tcp: Don't drop SYN+ACK for simultaneous connect().", of 6.12 and some stable kernels.
 *
 *   client c1                      server s1       the client's SYN is lost
 *   SYN_SENT    ---- S ---X
 *   SYN_RECV    <--- S ----        SYN_SENT
 *               ---- SA -->        ESTABLISHED
 *   ESTABLISHED <--- A ----
 *
 *   client c2                      server s2       both SYNs cross
 *   SYN_RECV    <--- S -- S -->    SYN_RECV
 *   ?           <--- SA ---        nothing but the SYN+ACK comes
 *               ---- A --->        either way it is answered
 *   ESTABLISHED <--- A ----        the rest comes
 */
#include "../../harness/probe.h"

#define PORT_ONE 5000 /* of both ends */
#define PORT_BOTH 5001

static struct packet_match flags_on(enum side from, uint16_t port, uint16_t flags)
{
	return (struct packet_match){.from = from,
	                             .src_port = port,
	                             .flags_mask = TCP_FLAG_SYN | TCP_FLAG_ACK,
	                             .flags_value = flags};
}

static struct sock *end_open(struct probe_run *run, enum side side, uint16_t port)
{
	return sock_open_with(run, side, (struct sock_config){.port = port});
}

/* A SYN comes to SYN_SENT; the other end gets a SYN+ACK there. */
static void syn_in_syn_sent(struct probe_run *run)
{
	struct sock *client = end_open(run, SIDE_CLIENT, PORT_ONE);
	struct sock *server = end_open(run, SIDE_SERVER, PORT_ONE);

	wire_drop_next(run, flags_on(SIDE_CLIENT, PORT_ONE, TCP_FLAG_SYN), 1);
	sock_connect(client, SIDE_SERVER, PORT_ONE);
	await_sent_in_all(run, flags_on(SIDE_CLIENT, PORT_ONE, TCP_FLAG_SYN), 1);
	sock_connect(server, SIDE_CLIENT, PORT_ONE);
	await_state(server, STATE_ESTABLISHED);
	await_state(client, STATE_ESTABLISHED);
}

/* Both are in SYN_RECV; then the server's SYN+ACK comes to the client, and nothing else. */
static void synack_in_syn_recv(struct probe_run *run)
{
	struct sock *end[SIDE_COUNT];
	uint32_t syns[SIDE_COUNT], synacks[SIDE_COUNT], acks;

	for (int side = 0; side < SIDE_COUNT; side++) {
		end[side] = end_open(run, (enum side)side, PORT_BOTH);
		syns[side] = wire_hold(run, flags_on((enum side)side, PORT_BOTH, TCP_FLAG_SYN));
		synacks[side] = wire_hold(
			run, flags_on((enum side)side, PORT_BOTH, TCP_FLAG_SYN | TCP_FLAG_ACK));
	}
	acks = wire_hold(run, flags_on(SIDE_SERVER, PORT_BOTH, TCP_FLAG_ACK));
	for (int side = 0; side < SIDE_COUNT; side++)
		sock_connect(end[side], side_other((enum side)side), PORT_BOTH);
	for (int side = 0; side < SIDE_COUNT; side++)
		wire_await_held(run, syns[side], 1);
	for (int side = 0; side < SIDE_COUNT; side++)
		wire_restore(run, syns[side]);
	for (int side = 0; side < SIDE_COUNT; side++)
		wire_await_held(run, synacks[side], 1);
	wire_restore(run, synacks[SIDE_SERVER]);
	await_sent_in_all(run, flags_on(SIDE_CLIENT, PORT_BOTH, TCP_FLAG_ACK), 1);
	await_state(end[SIDE_SERVER], STATE_ESTABLISHED); /* by the client's answer */
	note(run, "the rest comes");
	wire_restore(run, synacks[SIDE_CLIENT]);
	wire_restore(run, acks);
	await_state(end[SIDE_CLIENT], STATE_ESTABLISHED);
}

static void run(struct probe_run *run)
{
	if (!model_challenge_is_sent(run_record(run), SIDE_CLIENT) ||
	    !model_challenge_is_sent(run_record(run), SIDE_SERVER))
		run_inconclusive(run, "tcp_challenge_ack_limit=0 is not modelled: without a "
		                      "challenge ACK neither end leaves SYN_RECV");
	syn_in_syn_sent(run);
	synack_in_syn_recv(run);
}

/* ---- a SYN in SYN_SENT */

static void judge_syn(struct judge *judge)
{
	struct sent client = sent_on(judge, "c1", &(struct packet_match){.from = SIDE_CLIENT},
	                             (struct moment){0});

	judge_walk(judge,
	           &(struct walk_figure){
			   .host = SIDE_CLIENT,
			   .sock = "c1",
			   .says = "SYN_SENT SYN_RECV ESTABLISHED",
			   .predicts = "SYN_SENT SYN_RECV ESTABLISHED",
			   .rule = "tcp_rcv_synsent_state_process(): tcp_set_state(TCP_SYN_RECV)",
		   });
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_SERVER,
				  .sock = "s1",
				  .predicts = "SYN_SENT ESTABLISHED",
				  .rule = "tcp_rcv_synsent_state_process(): a SYN+ACK",
			  });
	judge_words(judge, &(struct figure){
				   .name = "client_segments",
				   .predicts = value_words("S SA"),
				   .measured = measure_flags(judge, &client),
				   .rule = "tcp_send_synack(): the SYN in the queue, with ACK",
			   });
}

/* ---- a SYN+ACK in SYN_RECV */

/* Whether the client was ESTABLISHED before anything else than the SYN+ACK came. */
static struct measured measure_by_synack(struct judge *judge)
{
	const struct packet_match ack = flags_on(SIDE_SERVER, PORT_BOTH, TCP_FLAG_ACK);
	const struct life *life = story_life(judged_story(judge), SIDE_CLIENT, "c2");
	struct sent acks = sent_on(judge, "s2", &ack, (struct moment){0});
	struct measured measured = measure_entered(judge, SIDE_CLIENT, "c2", STATE_ESTABLISHED);
	int at = life_find(life, STATE_ESTABLISHED);

	measured.rests_on |= acks.rests_on;
	if (at < 0 || !acks.count || acks.items[0]->fate != FATE_DELIVERED)
		return measured_none(measured.rests_on, "the connection was not completed");
	measured.value = value_truth(life->states[at].t_ns < acks.items[0]->arrive_ns);
	return measured;
}

static void judge_synack(const struct record *rec, struct judge *judge)
{
	int accepted = model_synack_in_syn_recv(rec);
	const char *unpredicted = accepted < 0 ? "whether this kernel takes a SYN+ACK in SYN_RECV "
	                                         "is not known"
	                                       : NULL;

	judge_truth(judge, &(struct figure){
				   .name = "ESTABLISHED_by_the_SYN+ACK",
				   .says = value_truth(true),
				   .predicts = value_truth(accepted == 1),
				   .measured = measure_by_synack(judge),
				   .rule = "tcp_validate_incoming(): a SYN+ACK in SYN_RECV",
				   .unpredicted = unpredicted,
			   });
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_CLIENT,
				  .sock = "c2",
				  .says = "SYN_SENT SYN_RECV ESTABLISHED",
				  .predicts = "SYN_SENT SYN_RECV ESTABLISHED",
				  .rule = "tcp_rcv_state_process(): an ACK at the latest",
			  });
	judge_count(judge, &(struct figure){
				   .name = "client_TCPSYNChallenge",
				   .predicts = value_count(accepted ? 0 : 1),
				   .measured = measure_counter(judge, SIDE_CLIENT,
	                                                       "TcpExt.TCPSYNChallenge"),
				   .rule = "tcp_validate_incoming()",
				   .unpredicted = unpredicted,
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	judge_claim(judge, "open.syn-in-syn-sent");
	judge_syn(judge);
	judge_claim(judge, "open.synack-in-syn-recv");
	judge_synack(story->rec, judge);
}

const struct probe probe_open_syn_in_syn_sent = {
	.id = "open.syn-in-syn-sent",
	.title = "A SYN in SYN_SENT, a SYN+ACK in SYN_RECV",
	.question = "What does each of them do to a socket that has sent a SYN itself?",
	.kernel_path = "tcp_rcv_synsent_state_process(), tcp_send_synack(), "
		       "tcp_validate_incoming(), tcp_rcv_state_process(); RFC 9293 3.5, 3.10.7",
	.wire = WIRE_HAND,
	.claims = {{"open.syn-in-syn-sent", "C",
                    "A SYN that is received in SYN_SENT moves the socket to SYN_RECV."},
                   {"open.synack-in-syn-recv", "C",
                    "A SYN+ACK that is received in SYN_RECV moves it to ESTABLISHED."}},
	.run = run,
	.judge = judge,
};
