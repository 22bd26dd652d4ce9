// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The server is in TIME_WAIT, its listener is there, and a SYN comes on the same four-tuple. A
 * sequence number beyond the last one, or a newer timestamp, opens a new connection in the old
 * one's place: tcp_timewait_state_process(), TCP_TW_SYN, as RFC 9293 3.10.7.4 and RFC 6191 allow.
 * An older timestamp forbids it whatever the number is (PAWS). What is not let in is answered by
 * TIME_WAIT's own ACK.
 *
 *   nobody, in the client's name       server
 *                                      TIME_WAIT
 *     newer       ---- S --->          SYN_RECV
 *                 X--- SA ---
 *                 ---- A --->          ESTABLISHED
 *     not newer   ---- S --->          TIME_WAIT
 *                 X--- A ----
 */
#include "../../harness/probe.h"

enum { SEQUENCE, SAME, TIMESTAMP, BOTH, NEITHER, OLD_TIMESTAMP, CASES };

#define PORT 8080
#define ACCEPT_MS 20 /* what is there to accept is there at once */

static const struct {
	const char *name;
	int32_t seq; /* from the number that the server expects */
	int32_t ts; /* from the last timestamp; 0: none in the SYN */
} cases[CASES] = {
	[SEQUENCE] = {"newer sequence", 1, 0},
	[SAME] = {"the very next sequence", 0, 0},
	[TIMESTAMP] = {"newer timestamp", -1000, 1},
	[BOTH] = {"both newer", 1000, 1000},
	[NEITHER] = {"neither newer", -1000, 0},
	[OLD_TIMESTAMP] = {"newer sequence, older timestamp", 1000, -1},
};

/* The SYN of case @i, where @next would be the client's next segment. */
static struct packet syn_of(int i, struct packet next)
{
	next.flags = TCP_FLAG_SYN;
	next.ack = 0;
	next.mss = 1000;
	next.seq += (uint32_t)cases[i].seq;
	next.has_timestamps = next.has_timestamps && cases[i].ts;
	next.ts_val = next.has_timestamps ? next.ts_val + (uint32_t)cases[i].ts : 0;
	next.ts_ecr = 0;
	return next;
}

/* Whether the server answered the SYN of the wire by a SYN+ACK, its second from that port. */
static bool is_answered(const struct record *rec, uint16_t port)
{
	const struct packet_match synack = {.from = SIDE_SERVER,
	                                    .src_port = port,
	                                    .flags_mask = TCP_FLAG_SYN,
	                                    .flags_value = TCP_FLAG_SYN};

	return query_sent(rec, "", &synack, 1);
}

static void reopen(struct probe_run *run, int i)
{
	const uint16_t port = (uint16_t)(PORT + i);
	struct sock *listener = sock_listen(run, SIDE_SERVER, port), *server;
	struct sock *client = sock_open(run, SIDE_CLIENT);
	struct packet syn, ack;
	char mark[16];

	sock_connect(client, SIDE_SERVER, port);
	server = sock_accept(listener);
	await_state(client, STATE_ESTABLISHED);
	flow_close(server, client);
	wire_drop(run, match_of(server, TCP_FLAG_ACK));
	syn = syn_of(i, packet_next(client));
	snprintf(mark, sizeof(mark), "before %d", i);
	counters_mark(run, mark);
	wire_inject(run, SIDE_CLIENT, &syn);
	await_sent(run, match_of(server, TCP_FLAG_ACK), 1);
	if (is_answered(run_record(run), port)) {
		ack = packet_answer(sock_injected(run, SIDE_CLIENT, &syn));
		wire_inject(run, SIDE_CLIENT, &ack);
	}
	if (!sock_accept_within(listener, ACCEPT_MS))
		note(run, "%s: nothing to accept", cases[i].name);
	snprintf(mark, sizeof(mark), "after %d", i);
	counters_mark(run, mark);
}

static void run(struct probe_run *run)
{
	if (!model_timewait_is_kept(run_record(run), SIDE_SERVER))
		run_inconclusive(run, "tcp_max_tw_buckets is 0: there is no TIME_WAIT");
	for (int i = 0; i < CASES; i++)
		reopen(run, i);
}

/* What decides: the client's FIN, the server's, and what the server sent on the SYN. */
struct meeting {
	const struct packet *client_fin, *server_fin;
	struct sent answers;
};

static const struct packet *first_of(struct sent sent)
{
	return sent.count ? sent.items[0]->packet : NULL;
}

static struct meeting meeting_of(struct judge *judge, int i)
{
	const uint16_t port = (uint16_t)(PORT + i);
	const struct packet_match fin = {.from = SIDE_SERVER,
	                                 .src_port = port,
	                                 .flags_mask = TCP_FLAG_FIN,
	                                 .flags_value = TCP_FLAG_FIN};
	const struct packet_match client_fin = {.from = SIDE_CLIENT,
	                                        .dst_port = port,
	                                        .flags_mask = TCP_FLAG_FIN,
	                                        .flags_value = TCP_FLAG_FIN};
	const struct packet_match any = {.from = SIDE_SERVER, .src_port = port};
	struct sent closing = sent_on(judge, "", &client_fin, (struct moment){0});
	struct meeting meeting = {
		.client_fin = first_of(closing),
		.server_fin = first_of(sent_on(judge, "", &fin, (struct moment){0})),
		.answers = sent_on(judge, "", &any, when_sent(&closing)),
	};

	if (meeting.answers.count) { /* the first is the ACK of the client's FIN */
		meeting.answers.items++;
		meeting.answers.count--;
	}
	return meeting;
}

/* A counter's growth in case @i. */
static struct measured measure_growth(struct judge *judge, int i, const char *name)
{
	return measure_counter_between(judge, SIDE_SERVER, name, judge_text(judge, "before %d", i),
	                               judge_text(judge, "after %d", i));
}

/* 6.15 counts it apart: LINUX_MIB_PAWS_TW_REJECTED. */
static struct measured measure_paws(struct judge *judge, int i)
{
	struct measured estab = measure_growth(judge, i, "TcpExt.PAWSEstab");
	const struct measured timewait = measure_growth(judge, i, "TcpExt.PAWSTimewait");

	estab.value.lo += timewait.value.lo;
	estab.value.hi += timewait.value.hi;
	return estab;
}

/* tw_snd_nxt, which is behind the server's FIN, + 65535 + 2 */
static void judge_isn(struct judge *judge, const struct meeting *meeting)
{
	const struct packet *answer = first_of(meeting->answers);
	struct measured beyond = measure_sent(&meeting->answers);

	beyond.value = answer && meeting->server_fin
	                       ? value_count(answer->seq - (meeting->server_fin->seq + 1))
	                       : value_none();
	judge_count(judge, &(struct figure){
				   .name = "isn_beyond_the_old",
				   .predicts = value_count(65535 + 2),
				   .measured = beyond,
				   .rule = "tcp_timewait_state_process(): tw_snd_nxt + 65535 + 2",
			   });
}

static void judge_syn(struct judge *judge, const struct meeting *meeting, int i)
{
	const struct record *rec = judged_story(judge)->rec;
	const struct timewait known = {.rcv_nxt = meeting->client_fin->seq + 1,
	                               .ts_recent = meeting->client_fin->ts_val};
	struct packet syn = *meeting->client_fin;
	bool newer, reopens, rejected;

	syn.seq++;
	syn = syn_of(i, syn);
	newer = cases[i].seq > 0 || (syn.has_timestamps && cases[i].ts > 0);
	rejected = syn.has_timestamps && cases[i].ts < 0;
	reopens = model_timewait_on(rec, SIDE_SERVER, &known, &syn) == TIMEWAIT_REOPENS;
	judge_words(judge, &(struct figure){
				   .name = "answer",
				   .says = value_words(newer ? "SA" : "A"),
				   .predicts = value_words(reopens ? "SA" : "A"),
				   .measured = measure_flags(judge, &meeting->answers),
				   .rule = "tcp_timewait_state_process(): TCP_TW_SYN, TCP_TW_ACK",
			   });
	judge_count(judge, &(struct figure){
				   .name = "PassiveOpens",
				   .predicts = value_count(reopens),
				   .measured = measure_growth(judge, i, "Tcp.PassiveOpens"),
				   .rule = "tcp_create_openreq_child()",
			   });
	judge_count(judge, &(struct figure){
				   .name = "PAWSEstab_or_PAWSTimewait",
				   .predicts = value_count(rejected),
				   .measured = measure_paws(judge, i),
				   .rule = "tcp_timewait_state_process(): tcp_paws_reject()",
			   });
	if (reopens && model_timewait_counts_on(rec))
		judge_isn(judge, meeting);
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "timewait.syn-reopens");
	for (int i = 0; i < CASES; i++) {
		const struct meeting meeting = meeting_of(judge, i);

		judge_case(judge, "%s", cases[i].name);
		if (meeting.client_fin)
			judge_syn(judge, &meeting, i);
		else
			judge_words(judge,
			            &(struct figure){.name = "answer",
			                             .measured = measured_none(
							     RESTS_ON(OBSERVER_TAP),
							     "no FIN of the client was seen")});
	}
}

static const struct variant variants[] = {
	{.suffix = ""},
	{
		.suffix = "no-timestamps",
		.title = "without timestamps",
		.sysctls = {{"net.ipv4.tcp_timestamps", "0", "0"}},
	},
	{0},
};

const struct probe probe_timewait_syn_reopens = {
	.id = "timewait.syn-reopens",
	.title = "A SYN meets the server's TIME_WAIT",
	.question = "Which SYN opens a new connection on a four-tuple that the server has in "
		    "TIME_WAIT?",
	.kernel_path = "tcp_timewait_state_process(), tcp_paws_reject(), tcp_v4_rcv(), "
		       "tcp_conn_request(); RFC 9293 3.10.7.4, RFC 6191",
	.wire = WIRE_HAND,
	.claims = {{"timewait.syn-reopens", "D",
                    "A SYN whose sequence number or timestamp is newer opens a new connection on a "
                    "four-tuple that is in TIME_WAIT at the server."}},
	.variants = variants,
	.run = run,
	.judge = judge,
};
