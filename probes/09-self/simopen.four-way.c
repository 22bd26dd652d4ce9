// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two clients connect to each other, no listener: the SYNs cross on the wire, where
 * the hand holds them until both are there. RFC 9293 figure 7 ends in four segments;
 * the kernel answers the peer's SYN+ACK once more.
 *
 *   client                         server
 *   SYN_SENT    ---- S --. .-- S ----  SYN_SENT
 *                         X
 *   SYN_RECV    <--- S --' '-- S --->  SYN_RECV
 *               ---- SA -. .- SA ----
 *                         X
 *   ESTABLISHED <--- SA -' '- SA --->  ESTABLISHED
 *               ---- A --->
 *               <--- A ----
 */
#include "../../harness/probe.h"

#define PORT 5000

/* Where a SYN+ACK is only challenged, the challenge ACK is what brings an end on. */
static bool ends_get_on(const struct record *rec)
{
	return model_synack_in_syn_recv(rec) || (model_challenge_is_sent(rec, SIDE_CLIENT) &&
	                                         model_challenge_is_sent(rec, SIDE_SERVER));
}

static void run(struct probe_run *run)
{
	struct packet_match syn = {.flags_mask = TCP_FLAG_SYN | TCP_FLAG_ACK,
	                           .flags_value = TCP_FLAG_SYN};
	struct sock *end[SIDE_COUNT];
	uint32_t held[SIDE_COUNT];

	if (!ends_get_on(run_record(run)))
		run_inconclusive(run, "tcp_challenge_ack_limit=0 is not modelled: without a "
		                      "challenge ACK neither end leaves SYN_RECV");
	for (int side = 0; side < SIDE_COUNT; side++) {
		syn.from = (enum side)side;
		held[side] = wire_hold(run, syn);
		end[side] = sock_open(run, syn.from);
		sock_bind(end[side], PORT);
	}
	for (int side = 0; side < SIDE_COUNT; side++)
		sock_connect(end[side], side_other((enum side)side), PORT);
	for (int side = 0; side < SIDE_COUNT; side++)
		wire_await_held(run, held[side], 1);
	for (int side = 0; side < SIDE_COUNT; side++)
		wire_restore(run, held[side]);
	for (int side = 0; side < SIDE_COUNT; side++)
		await_state(end[side], STATE_ESTABLISHED);
	for (int side = 0; side < SIDE_COUNT; side++)
		await_sent_in_all(run,
		                  (struct packet_match){.from = (enum side)side,
		                                        .flags_mask = TCP_FLAG_SYN | TCP_FLAG_ACK,
		                                        .flags_value = TCP_FLAG_ACK},
		                  1);
}

static void judge_walks(struct judge *judge)
{
	for (int side = 0; side < SIDE_COUNT; side++)
		judge_walk(judge, &(struct walk_figure){
					  .host = (enum side)side,
					  .sock = side == SIDE_CLIENT ? "c1" : "s1",
					  .says = "SYN_SENT SYN_RECV ESTABLISHED",
					  .predicts = "SYN_SENT SYN_RECV ESTABLISHED",
					  .rule = "tcp_rcv_synsent_state_process(), "
						  "tcp_rcv_state_process()",
				  });
}

static void judge(const struct story *story, struct judge *judge)
{
	int accepted = model_synack_in_syn_recv(story->rec);
	struct sent sent = sent_all_since(judge, (struct moment){0});

	judge_claim(judge, "simopen.four-way");
	judge_walks(judge);
	judge_count(judge,
	            &(struct figure){
			    .name = "packets",
			    .says = value_count(4),
			    .predicts = value_count(6),
			    .measured = measure_sent(&sent),
			    .rule = "tcp_data_queue() answers the SYN+ACK, old data by then; or "
				    "tcp_send_challenge_ack()",
		    });
	judge_segments(judge, &(struct segments_figure){
				      .predicts = "S S SA SA A A",
				      .rule = "RFC 9293 figure 7, and one ACK more from each end",
			      });
	judge_count(
		judge,
		&(struct figure){
			.name = "client_challenge_acks",
			.predicts = value_count(accepted ? 0 : 1),
			.measured = measure_counter(judge, SIDE_CLIENT, "TcpExt.TCPSYNChallenge"),
			.rule = "tcp_validate_incoming(): a SYN+ACK in SYN_RECV",
			.unpredicted = accepted < 0 ? "whether this kernel takes a SYN+ACK in "
	                                              "SYN_RECV is not known"
	                                            : NULL,
		});
}

const struct probe probe_simopen_four_way = {
	.id = "simopen.four-way",
	.title = "Two clients connect to each other, the SYNs cross",
	.question = "Which states and how many segments does a simultaneous open take?",
	.kernel_path = "tcp_rcv_synsent_state_process(), tcp_send_synack(), "
		       "tcp_validate_incoming(), tcp_rcv_state_process()",
	.wire = WIRE_HAND,
	.claims = {{"simopen.four-way", "C",
                    "Two clients, no listener: SYN_SENT, SYN_RECV, ESTABLISHED on both ends, four "
                    "packets."}},
	.run = run,
	.judge = judge,
};
