// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every bare ACK of the client's is lost. Does its data complete the handshake?
 * tcp_check_req() asks for the ACK's number and the window alone: what a segment carries
 * beside them is handed on to the new socket, tcp_child_process().
 *
 *   client                         server
 *   ESTABLISHED <--- SA ----       SYN_RECV
 *               ---- A ---X
 *               <--- SA ----       c2: its timer, once
 *               ---- A ---X
 *               ---- PA --->       ESTABLISHED, and accept() has it
 *               <--- A ----        recv() has the data
 */
#include "../../harness/probe.h"

#define PORT 8080

static const char text[] = "data that completes a handshake";

static const struct packet_match synack = {.from = SIDE_SERVER,
                                           .flags_mask = TCP_FLAG_SYN | TCP_FLAG_ACK,
                                           .flags_value = TCP_FLAG_SYN | TCP_FLAG_ACK};
static const struct packet_match pure_ack = {.from = SIDE_CLIENT,
                                             .flags_mask = TCP_FLAG_SYN | TCP_FLAG_ACK,
                                             .flags_value = TCP_FLAG_ACK,
                                             .payload = PAYLOAD_NONE};

/* When the client sends: number i is of "c1", "c2", how many SYN+ACKs have come by then. */
static const unsigned int synacks_before[] = {1, 2};
#define CASES (sizeof(synacks_before) / sizeof(synacks_before[0]))

static const char *case_of(size_t i)
{
	return i ? "when the SYN+ACK has come again" : "at once";
}

/* How many cases there are: a SYN+ACK must be sent again for the second. */
static size_t cases_of(const struct record *rec)
{
	return model_sysctl_or(rec, SIDE_SERVER, "net.ipv4.tcp_synack_retries", 0) > 0 ? CASES : 1;
}

static void complete_by_data(struct probe_run *run, size_t i)
{
	struct sock *listener = sock_listen(run, SIDE_SERVER, (uint16_t)(PORT + i));
	struct sock *client = sock_open(run, SIDE_CLIENT), *server;
	struct packet_match acks = pure_ack, synacks = synack;

	acks.dst_port = synacks.src_port = (uint16_t)(PORT + i);
	wire_drop(run, acks);
	sock_connect(client, SIDE_SERVER, (uint16_t)(PORT + i));
	await_state(client, STATE_ESTABLISHED);
	await_sent_in_all(run, synacks, synacks_before[i]);
	await_sent_in_all(run, acks, synacks_before[i]);
	sock_send_text(client, text);
	server = sock_accept(listener);
	await_state(server, STATE_ESTABLISHED);
	sock_receive(server, strlen(text));
}

static void run(struct probe_run *run)
{
	if (model_sysctl_or(run_record(run), SIDE_SERVER, "net.ipv4.tcp_syncookies", 0) == 2)
		run_inconclusive(run, "tcp_syncookies=2: the server is not in SYN_RECV");
	for (size_t i = 0; i < cases_of(run_record(run)); i++)
		complete_by_data(run, i);
}

static void judge_case_of(struct judge *judge, size_t i)
{
	const struct packet_match data = {.from = SIDE_CLIENT, .payload = PAYLOAD_SOME};
	const char *client = judge_text(judge, "c%zu", i + 1);
	const char *server = judge_text(judge, "s%zu", i + 1);
	struct sent synacks = sent_on(judge, server, &synack, (struct moment){0});
	struct sent sends = sent_on(judge, client, &data, (struct moment){0});
	int64_t length = (int64_t)strlen(text);

	judge_case(judge, "%s", case_of(i));
	judge_words(judge, &(struct figure){
				   .name = "server_states",
				   .says = value_words("SYN_RECV ESTABLISHED"),
				   .predicts = value_words("SYN_RECV ESTABLISHED"),
				   .measured = measure_walk(judge, SIDE_SERVER, server),
				   .rule = "tcp_check_req(), tcp_rcv_state_process()",
			   });
	judge_count(judge, &(struct figure){
				   .name = "bytes_received",
				   .says = value_count(length),
				   .predicts = value_count(length),
				   .measured = measure_total(judge, SIDE_SERVER, server, "recv"),
				   .rule = "tcp_child_process(), tcp_data_queue()",
			   });
	judge_count(judge, &(struct figure){
				   .name = "data_segments",
				   .predicts = value_count(1),
				   .measured = measure_sent(&sends),
				   .rule = "tcp_check_req(): the first one is taken",
			   });
	judge_count(judge, &(struct figure){
				   .name = "synacks",
				   .predicts = value_count(synacks_before[i]),
				   .measured = measure_sent(&synacks),
				   .rule = "reqsk_timer_handler(); none behind the data",
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	struct sent acks = sent_since(judge, &pure_ack, 0);

	judge_claim(judge, "loss.ack-data-completes");
	judge_premise(judge, "every bare ACK was lost", measure_all_lost(&acks));
	for (size_t i = 0; i < cases_of(story->rec); i++)
		judge_case_of(judge, i);
}

const struct probe probe_loss_ack_data_completes = {
	.id = "loss.ack-data-completes",
	.title = "Data completes a handshake whose third packet is lost",
	.question = "Does data that the client sends while the server is in SYN_RECV complete the "
		    "handshake, and is it delivered?",
	.kernel_path = "tcp_check_req(), tcp_child_process(), tcp_rcv_state_process(); "
		       "RFC 9293 3.10.7.4",
	.wire = WIRE_HAND,
	.claims = {{"loss.ack-data-completes", "D",
                    "Data that the client sends while the server is in SYN_RECV completes the "
                    "handshake and is delivered."}},
	.sysctls = {{"net.ipv4.tcp_synack_retries", "2", NULL}},
	.run = run,
	.judge = judge,
};
