// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A process ends and leaves a connection open. do_exit() drops its files, and inet_release()
 * closes the socket as close() does, but that SO_LINGER with a time makes nobody wait
 * (PF_EXITING). What close() would answer with a reset is answered so here too:
 * __tcp_close() with bytes unread, or with SO_LINGER 0.
 *
 *   client                         server
 *   SIGKILL        ---- FA --->    recv() = 0
 *   SIGKILL with bytes unread
 *                  ---- RA --->    recv() = ECONNRESET
 */
#include "../../harness/probe.h"

static const char text[] = "unread";

enum ending {
	ENDING_EXIT,
	ENDING_KILL,
	ENDING_KILL_UNSENT, /* its send buffer is full */
	ENDING_KILL_UNREAD, /* bytes are in its receive buffer */
	ENDING_EXIT_LINGER, /* SO_LINGER {1, 0} */
	ENDING_COUNT,
};

static const struct {
	const char *name, *call;
	bool resets;
} endings[ENDING_COUNT] = {
	[ENDING_EXIT] = {"returns from main()", "exit"},
	[ENDING_KILL] = {"SIGKILL", "kill"},
	[ENDING_KILL_UNSENT] = {"SIGKILL with bytes unsent", "kill"},
	[ENDING_KILL_UNREAD] = {"SIGKILL with bytes unread", "kill", .resets = true},
	[ENDING_EXIT_LINGER] = {"returns with SO_LINGER 0", "exit", .resets = true},
};

static void prepare(enum ending ending, struct sock *client, struct sock *server)
{
	if (ending == ENDING_KILL_UNSENT)
		sock_fill(client);
	if (ending == ENDING_EXIT_LINGER)
		sock_option(client, "SO_LINGER", 0);
	if (ending == ENDING_KILL_UNREAD) {
		sock_send_text(server, text);
		sock_await_data(client);
	}
}

static void end_process(enum ending ending, struct child *child)
{
	if (!strcmp(endings[ending].call, "exit"))
		child_exit(child);
	else
		child_kill(child);
}

static void run(struct probe_run *run)
{
	for (int i = 0; i < ENDING_COUNT; i++) {
		struct sock *client, *server;

		flow_establish(run, (uint16_t)(8080 + i), &client, &server);
		sock_option(client, "SO_SNDBUF", 16384); /* what fills it is little */
		prepare((enum ending)i, client, server);
		end_process((enum ending)i, sock_give(client));
		if (endings[i].resets)
			await_state(server, STATE_GONE);
		else
			sock_receive(server, 1 << 20); /* up to the end of the stream */
		if (endings[i].resets)
			sock_try_receive(server, 1);
		else
			await_state(client, model_finwait2_state(run_record(run), SIDE_CLIENT));
	}
}

static void judge_last_segment(struct judge *judge, bool resets, const struct sent *sent)
{
	judge_count(judge, &(struct figure){
				   .name = "fins",
				   .says = value_count(1),
				   .predicts = value_count(resets ? 0 : 1),
				   .measured = measure_flagged(sent, TCP_FLAG_FIN, TCP_FLAG_FIN),
				   .rule = "exit_files(), inet_release(), __tcp_close()",
			   });
	judge_count(judge, &(struct figure){
				   .name = "resets",
				   .predicts = value_count(resets ? 1 : 0),
				   .measured = measure_flagged(sent, TCP_FLAG_RST, TCP_FLAG_RST),
				   .rule = "__tcp_close(): data_was_unread, sk_lingertime 0",
			   });
}

static void judge_ending(struct judge *judge, enum ending ending)
{
	const struct packet_match client = {.from = SIDE_CLIENT};
	const char *sock = judge_text(judge, "c%d", ending + 1);
	const char *peer = judge_text(judge, "s%d", ending + 1);
	struct sent sent = sent_on(judge, sock, &client,
	                           when_called(judge, SIDE_CLIENT, sock, endings[ending].call));
	struct measured filled = measure_result(judge, SIDE_CLIENT, sock, "fill");

	judge_case(judge, "%s", endings[ending].name);
	judge_last_segment(judge, endings[ending].resets, &sent);
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_CLIENT,
				  .sock = sock,
				  .predicts = endings[ending].resets
	                                              ? "SYN_SENT ESTABLISHED CLOSE"
	                                              : "SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2",
				  .rule = "tcp_close_state(), tcp_set_state()",
			  });
	judge_words(judge,
	            &(struct figure){
			    .name = "peer_recv",
			    .predicts = value_words(endings[ending].resets ? "ECONNRESET" : "none"),
			    .measured = measure_errno(judge, SIDE_SERVER, peer, "recv"),
			    .rule = "tcp_fin(), tcp_reset()",
		    });
	if (ending == ENDING_KILL_UNSENT)
		judge_count(judge,
		            &(struct figure){
				    .name = "bytes_received",
				    .predicts = filled.value,
				    .measured = measure_total(judge, SIDE_SERVER, peer, "recv"),
				    .rule = "tcp_send_fin(): behind the write queue",
			    });
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "close.by-exit");
	for (int i = 0; i < ENDING_COUNT; i++)
		judge_ending(judge, (enum ending)i);
}

const struct probe probe_close_by_exit = {
	.id = "close.by-exit",
	.title = "A process ends, its connections are closed",
	.question = "What does the peer see of a process that returns from main() or is killed?",
	.kernel_path = "do_exit(), exit_files(), inet_release(), __tcp_close(), tcp_send_fin(), "
		       "tcp_send_active_reset()",
	.wire = WIRE_KERNEL,
	.claims = {{"close.by-exit", "C",
                    "A process that exits, or is killed by SIGKILL, has its FIN sent by the "
                    "kernel."}},
	.run = run,
	.judge = judge,
};
