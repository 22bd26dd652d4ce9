// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * TIME_WAIT was skipped (SO_LINGER 0), and a segment of the old connection comes after the next
 * one on its four-tuple is open. Is it read? tcp_validate_incoming() asks for the timestamp (PAWS,
 * RFC 7323 5) and for the window (tcp_sequence()), then tcp_ack() for the acknowledgement (RFC 5961
 * 5.2). But on its fast path tcp_rcv_established() queues the very next byte before it calls
 * tcp_ack(), and does not ask what that returned. f81e6c3fb063 "tcp: exclude old ACKs from tcp fast
 * path", of 7.3 and of stable kernels from September 2026 on, leaves the fast path to segments that
 * acknowledge no less than the last one did. Releases do not tell who has it: a segment that is
 * an old ACK by one byte, in a connection of its own, does.
 *
 * Linux's initial numbers go by a clock of 64 ns (secure_tcp_seq()): the old number is in the new
 * window only after an old connection of more than 15.6 MB/s, or with another kind of peer. Here
 * TCP_QUEUE_SEQ puts the new connection's first number where the old one's segment fits.
 *
 *   client                         server
 *               ---- PA ---X       lost here; sent again and read
 *   close()     ---- R ---->
 *   ESTABLISHED ---- S ---->       the same four-tuple again
 *               ---- PA --->       "new data"
 *               .... PA ...>       the first one comes at last
 */
#include "late_data.h"
#include "numbers.h"

enum { BY_CLOCK, IN_WINDOW, CASES };

static const char new_text[] = "new data";

static const struct packet_match some = {.from = SIDE_CLIENT, .payload = PAYLOAD_SOME};

/* Its first segment is lost, and kept: what it is captured as. */
static uint32_t lose_first(struct probe_run *run, struct late *late)
{
	uint32_t kept;

	late_connect(run, late);
	kept = wire_capture(run, late_match(late));
	wire_drop_next(run, late_match(late), 1);
	sock_send_text(late->ends[SIDE_CLIENT], late_text);
	(void)sock_receive(late->ends[SIDE_SERVER], sizeof(late_text) - 1);
	return kept;
}

/* No TIME_WAIT at either end. */
static void end_by_reset(struct late *late)
{
	sock_option(late->ends[SIDE_CLIENT], "SO_LINGER", 0);
	sock_close(late->ends[SIDE_CLIENT]);
	await_end(late->ends[SIDE_SERVER]);
	sock_close(late->ends[SIDE_SERVER]);
}

/* The first number of a connection in which byte @seq lies @position after the new text. */
static uint32_t isn_before(struct probe_run *run, uint32_t seq)
{
	return seq - 1 - (uint32_t)strlen(new_text) - (uint32_t)param(run, "position");
}

static void run_case(struct probe_run *run, struct sock *listener, int number)
{
	struct late late = {.from = SIDE_CLIENT,
	                    .client_port = (uint16_t)(CLIENT_PORT + number),
	                    .listener = listener};
	uint32_t kept = lose_first(run, &late);
	struct sock *client, *server;
	char mark[16];

	end_by_reset(&late);
	client = sock_open(run, SIDE_CLIENT);
	sock_bind(client, late.client_port);
	if (number == IN_WINDOW)
		begin_at(client, isn_before(run, wire_captured(run, kept, 0).seq));
	sock_connect(client, SIDE_SERVER, SERVER_PORT);
	server = sock_accept(listener);
	sock_send_text(client, new_text); /* the fast path wants memory: sk_forward_alloc */
	await_sent_in_all(run, match_bytes(server, 1, 1), 1); /* its ACK */
	snprintf(mark, sizeof(mark), "before %d", number);
	counters_mark(run, mark);
	wire_replay(run, kept, 0);
	(void)await_sent_within(run, match_of(server, 0), 1, AWAIT_LIMIT_MS);
	snprintf(mark, sizeof(mark), "after %d", number);
	counters_mark(run, mark);
	(void)sock_try_receive(server, 100);
}

/* TcpExt.TCPHPHits between the marks: whether an acceptable old ACK is on the fast path. */
static void try_fast_path(struct probe_run *run)
{
	struct sock *client, *server;
	struct packet old;

	flow_establish(run, SERVER_PORT + 1, &client, &server);
	sock_send(server, 100);
	(void)sock_receive(client, 100);
	sock_send_text(client, new_text);
	await_sent_in_all(run, match_bytes(server, 101, 101), 1); /* its ACK */
	old = packet_next(client);
	old.flags |= TCP_FLAG_PSH;
	old.ack--;
	counters_mark(run, "before the old ACK");
	wire_inject_text(run, SIDE_CLIENT, &old, late_text);
	await_sent(run, match_of(server, 0), 1);
	counters_mark(run, "after the old ACK");
}

static void run(struct probe_run *run)
{
	struct sock *listener = sock_listen(run, SIDE_SERVER, SERVER_PORT);

	for (int number = 0; number < CASES; number++)
		run_case(run, listener, number);
	try_fast_path(run);
}

/* The checks, in the order in which they are made; where the last is passed by it is read. */
enum check { BY_PAWS, BY_WINDOW, BY_ACK, BY_NONE };

static const char *const check_rules[] = {
	[BY_PAWS] = "tcp_paws_discard()",
	[BY_WINDOW] = "tcp_sequence()",
	[BY_ACK] = "tcp_ack(): RFC 5961, the acknowledgement is too old",
	[BY_NONE] = "tcp_rcv_established(): the fast path, tcp_queue_rcv()",
};

/* The segments that decide, of both connections. */
struct meeting {
	const struct packet *late; /* the old one */
	const struct packet *syn, *newest; /* the client's, the latter with the new text */
	const struct packet *synack, *ack; /* the server's, the latter of the new text */
	bool fast; /* an old ACK may be on the fast path */
	const char *unpredicted; /* set: that is not known, and why */
};

/* What @match's host sent first on its end of connection @number; NULL: nothing. */
static const struct packet *first_sent(struct judge *judge, int number,
                                       const struct packet_match *match)
{
	const char *sock = judge_text(judge, "%c%d", side_name(match->from)[0], number);
	struct sent sent = sent_on(judge, sock, match, (struct moment){0});

	return sent.count ? sent.items[0]->packet : NULL;
}

/* The window that @packet announced, whose host sent @syn and heard @answer. */
static uint32_t window_of(const struct packet *packet, const struct packet *syn,
                          const struct packet *answer)
{
	const bool scaled = syn->has_wscale && answer->has_wscale && packet != syn;

	return scaled ? (uint32_t)packet->window << syn->wscale : packet->window;
}

/*
 * tcp_ack() lets through what acknowledges up to the client's greatest window less than snd_una;
 * since 3d501dd326fb (6.7, and stable kernels) not what was never sent. Beyond that all agree.
 */
static bool acknowledges_the_old(const struct meeting *meeting, const struct packet *syn)
{
	const int64_t before = (int32_t)(meeting->synack->seq + 1 - meeting->late->ack);

	return before > window_of(syn, syn, meeting->synack) &&
	       before > window_of(meeting->newest, syn, meeting->synack);
}

static struct meeting meeting_of(struct judge *judge, int number)
{
	const struct packet_match syn = {
		.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_SYN, .flags_value = TCP_FLAG_SYN};
	const struct packet_match synack = {
		.from = SIDE_SERVER, .flags_mask = TCP_FLAG_SYN, .flags_value = TCP_FLAG_SYN};
	const struct packet_match ack = {.from = SIDE_SERVER, .flags_mask = TCP_FLAG_SYN};
	const struct measured hits = measure_counter_between(
		judge, SIDE_SERVER, "TcpExt.TCPHPHits", "before the old ACK", "after the old ACK");
	struct meeting meeting = {
		.late = first_sent(judge, 2 * number + 1, &some),
		.syn = first_sent(judge, 2 * number + 2, &syn),
		.newest = first_sent(judge, 2 * number + 2, &some),
		.synack = first_sent(judge, 2 * number + 2, &synack),
		.ack = first_sent(judge, 2 * number + 2, &ack),
	};

	meeting.fast = hits.value.lo > 0;
	if (hits.why_not || hits.value.kind == VALUE_NONE)
		meeting.unpredicted = "whether an old ACK is on the fast path was not counted";
	else if (!meeting.late || !meeting.syn || !meeting.newest || !meeting.synack ||
	         !meeting.ack)
		meeting.unpredicted = "a segment is missing";
	else if (!acknowledges_the_old(&meeting, meeting.syn))
		meeting.unpredicted = "the server's numbers are too near the old ones";
	return meeting;
}

/*
 * tcp_sequence(), with the server's last ACK just behind the new text. What only ends behind the
 * window is turned away since 9ca48d616ed7 (6.17), as something waits to be read.
 */
static bool is_in_window(const struct record *rec, const struct meeting *meeting)
{
	const struct packet *late = meeting->late, *ack = meeting->ack;
	const int64_t first = (int32_t)(late->seq - ack->ack), last = first + late->len;
	const int64_t window = window_of(ack, meeting->synack, meeting->syn);

	return last >= 0 && (model_kernel_since(rec, 6, 17) ? last : first) <= window;
}

/* tcp_rcv_established(): pred_flags, the next number, and no older timestamp. */
static bool is_on_fast_path(const struct meeting *meeting, int32_t older)
{
	const struct packet *late = meeting->late, *newest = meeting->newest;

	return meeting->fast && late->seq == meeting->ack->ack && late->window == newest->window &&
	       late->has_timestamps == newest->has_timestamps && older <= 0;
}

static enum check predict(const struct record *rec, const struct meeting *meeting)
{
	const struct packet *late = meeting->late, *newest = meeting->newest;
	int32_t older = late->has_timestamps ? (int32_t)(newest->ts_val - late->ts_val) : 0;

	if (is_on_fast_path(meeting, older))
		return BY_NONE;
	if (newest->has_timestamps && older > 1) /* TCP_PAWS_WINDOW */
		return BY_PAWS;
	return is_in_window(rec, meeting) ? BY_ACK : BY_WINDOW;
}

/* Whether the old text is among what the server read. */
static struct measured measure_old_is_read(struct judge *judge, const char *server)
{
	const struct record *rec = judged_story(judge)->rec;
	const struct event *call = query_call(rec, SIDE_SERVER, server, "recv", 0);

	if (!call)
		return measured_none(RESTS_ON(OBSERVER_STEPS), "nothing was read");
	return (struct measured){.value = value_truth(strstr(call->call.args, late_text) != NULL),
	                         .rests_on = RESTS_ON(OBSERVER_STEPS)};
}

/* A counter that tells which check it was: how far it grew as the old segment came. */
static void judge_counter(struct judge *judge, int number, const char *name, bool grows,
                          const char *unpredicted)
{
	judge_count(judge, &(struct figure){
				   .name = name,
				   .predicts = value_count(grows),
				   .measured = measure_counter_between(
					   judge, SIDE_SERVER, judge_text(judge, "TcpExt.%s", name),
					   judge_text(judge, "before %d", number),
					   judge_text(judge, "after %d", number)),
				   .rule = "tcp_rcv_established(), tcp_validate_incoming(), "
					   "tcp_send_challenge_ack()",
				   .unpredicted = unpredicted,
				   .predicted_from = RESTS_ON(OBSERVER_TAP),
			   });
}

static void judge_checks(struct judge *judge, int number)
{
	const struct record *rec = judged_story(judge)->rec;
	const struct meeting meeting = meeting_of(judge, number);
	const char *unpredicted = meeting.unpredicted;
	const enum check by = unpredicted ? BY_NONE : predict(rec, &meeting);
	const bool challenged = by == BY_ACK || by == BY_NONE; /* queued, it is all the same */

	judge_truth(judge, &(struct figure){
				   .name = "old_data_is_read",
				   .says = value_truth(true),
				   .predicts = value_truth(by == BY_NONE),
				   .measured = measure_old_is_read(
					   judge, judge_text(judge, "s%d", 2 * number + 2)),
				   .rule = check_rules[by],
				   .unpredicted = unpredicted,
				   .predicted_from = RESTS_ON(OBSERVER_TAP),
			   });
	judge_counter(judge, number, "PAWSEstab", by == BY_PAWS, unpredicted);
	judge_counter(judge, number, "TCPChallengeACK",
	              challenged && model_challenge_is_sent(rec, SIDE_SERVER), unpredicted);
	judge_counter(judge, number, "TCPHPHits", by == BY_NONE, unpredicted);
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "history.delayed-data");
	for (int number = 0; number < CASES; number++) {
		judge_case(judge, "%s",
		           number == IN_WINDOW ? "number in the window" : "number by the clock");
		judge_checks(judge, number);
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

const struct probe probe_history_delayed_data = {
	.id = "history.delayed-data",
	.title = "A segment comes late, into the next connection",
	.question = "TIME_WAIT was skipped: is a late segment of the old connection read in the "
		    "new one on its four-tuple?",
	.kernel_path = "tcp_rcv_established(), tcp_validate_incoming(), tcp_paws_discard(), "
		       "tcp_sequence(), tcp_ack(); secure_tcp_seq()",
	.wire = WIRE_HAND,
	.claims = {{"history.delayed-data", "B D",
                    "Without TIME_WAIT a delayed segment of an old connection is taken for data of "
                    "a new one on the same four-tuple."}},
	.params = {{"position", 0, 0,
                    "where the old segment lies in the new stream, where that is set: so many "
                    "bytes behind the next that is expected"}},
	.variants = variants,
	.run = run,
	.judge = judge,
};
