// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A socket that is connected to itself has one stream: what it writes is what it reads, and
 * its own FIN is the end of it. tcp_sendmsg() and tcp_recvmsg() of one socket, over lo.
 *
 *   client, over lo
 *   ESTABLISHED  PA 5, to itself: it reads the same 5 bytes
 *                A
 *   FIN_WAIT1    FA, to itself: it reads the end
 *   CLOSING      A
 */
#include "../../harness/probe.h"

#define PORT 5000
#define WORDS "echo\n"

static void run(struct probe_run *run)
{
	struct sock *self = sock_open(run, SIDE_CLIENT);

	sock_bind(self, PORT);
	sock_connect(self, SIDE_CLIENT, PORT);
	await_state(self, STATE_ESTABLISHED);
	note(run, "recv before anything is sent: %lld", (long long)sock_try_receive(self, 100));
	sock_send_text(self, WORDS);
	(void)sock_receive(self, strlen(WORDS));
	sock_shutdown(self, SHUT_WR);
	(void)sock_receive(self, 1);
	await_sent_in_all(run,
	                  (struct packet_match){.from = SIDE_CLIENT,
	                                        .flags_mask = TCP_FLAG_FIN,
	                                        .flags_value = TCP_FLAG_FIN},
	                  1);
}

/* Whether the second recv() came to just what send() was given. */
static struct measured measure_echo(struct judge *judge)
{
	const struct record *rec = judged_story(judge)->rec;
	const struct event *sent = query_call(rec, SIDE_CLIENT, "c1", "send", 0);
	struct measured measured = measure_result(judge, SIDE_CLIENT, "c1", "send");
	const struct event *got =
		sent ? query_call(rec, SIDE_CLIENT, "c1", "recv", sent->t_ns) : NULL;

	if (measured.why_not)
		return measured;
	if (!got)
		return measured_none(measured.rests_on, "nothing was read behind it");
	measured.value = value_truth(!strcmp(got->call.args, sent->call.args));
	return measured;
}

static struct measured measure_reads(struct judge *judge)
{
	return measure_successes(judge, SIDE_CLIENT, "c1", "recv");
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "self.echo");
	judge_truth(judge, &(struct figure){
				   .name = "comes_back",
				   .says = value_truth(true),
				   .predicts = value_truth(true),
				   .measured = measure_echo(judge),
				   .rule = "tcp_data_queue() of the socket that sent it",
			   });
	judge_count(judge, &(struct figure){
				   .name = "bytes_back",
				   .predicts = value_count((int64_t)strlen(WORDS)),
				   .measured = measure_total(judge, SIDE_CLIENT, "c1", "recv"),
				   .rule = "one stream, that of the one socket",
			   });
	judge_errno(judge, &(struct errno_figure){
				   .host = SIDE_CLIENT,
				   .sock = "c1",
				   .call = "recv",
				   .predicts = "EAGAIN",
				   .rule = "tcp_recvmsg_locked(): nothing was written yet",
			   });
	judge_count(judge, &(struct figure){
				   .name = "reads_with_the_end",
				   .predicts = value_count(2),
				   .measured = measure_reads(judge),
				   .rule = "tcp_fin(): RCV_SHUTDOWN by its own FIN; recv() is 0",
			   });
}

const struct probe probe_self_echo = {
	.id = "self.echo",
	.title = "A socket connected to itself reads what it writes",
	.question = "Does what is written to a self-connection come back, and its end as well?",
	.kernel_path = "tcp_sendmsg_locked(), tcp_data_queue(), tcp_fin(), tcp_recvmsg_locked()",
	.wire = WIRE_NONE,
	.claims = {{"self.echo", "C", "What is written to a self-connection comes back."}},
	.run = run,
	.judge = judge,
};
