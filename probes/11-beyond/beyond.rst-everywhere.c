// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A reset in each state, with four numbers: far out of the window, in it, one below the very next
 * number, and that number. RFC 9293 section 3.10.7.4 (of RFC 5961) has three answers: out of the
 * window it is dropped without a word, in it challenged by an ACK, at the very number it ends
 * the connection. On Linux that is what a socket does (tcp_validate_incoming()), but
 *
 *   - behind the peer's FIN one below counts, too: tcp_reset_check(), for peers that do not
 *     count their FIN;
 *   - a request sock of older kernels goes by any reset in its window: tcp_check_req(). Stable ones
 *     of 2026 challenge it, and count that;
 *   - of the time-wait socks FIN_WAIT2 goes by any in the window and answers what is out of it
 *     with an ACK, TIME_WAIT answers none and goes by the very number, without tcp_rfc1337:
 *     tcp_timewait_state_process();
 *   - in SYN_SENT there is no window: what counts is the acknowledgement. A wrong one makes the
 *     SYN come again two ticks later: tcp_rcv_synsent_state_process().
 */
#include "standing.h"

enum {
	PORT = 8080, /* and one more for each standing */
	FAR = 1 << 24, /* more than any window here */
	STILL_MS = 60, /* twice the three ticks of HZ 100 in which TCP_TIMEOUT_MIN ends */
};

/* In the order in which they come. */
enum reset { RESET_FAR, RESET_NEAR, RESET_BELOW, RESET_VERY, RESETS };

static const char *const reset_names[RESETS] = {
	[RESET_FAR] = "out of the window",
	[RESET_NEAR] = "in the window",
	[RESET_BELOW] = "one below",
	[RESET_VERY] = "the very number",
};

static const char *const synsent_names[RESETS] = {
	[RESET_FAR] = "without ACK",
	[RESET_NEAR] = "acknowledges too much",
	[RESET_BELOW] = "acknowledges nothing",
	[RESET_VERY] = "acknowledges the SYN",
};

/* What a reset does to a socket, a request sock, a time-wait sock. */
struct row {
	const char *says, *sends; /* what goes back in all, but for its FIN that is sent again */
	int ended_by; /* RESETS: by none */
	const char *error; /* SO_ERROR; NULL: nobody has a descriptor */
};

static const struct row rows[STANDINGS] = {
	[STANDING_SYN_SENT] = {"", "S", RESET_VERY, "ECONNREFUSED"},
	[STANDING_SYN_RECV] = {"A", "", RESET_NEAR, NULL}, /* or it is challenged */
	[STANDING_ESTABLISHED] = {"A", "A", RESET_VERY, "ECONNRESET"},
	[STANDING_FIN_WAIT1] = {"A", "A", RESET_VERY, "ECONNRESET"},
	[STANDING_FIN_WAIT1_UNHEARD] = {"A", "A", RESET_VERY, "ECONNRESET"},
	[STANDING_FIN_WAIT1_CLOSED] = {"A", "A", RESET_VERY, NULL},
	[STANDING_FIN_WAIT2] = {"A", "A", RESET_VERY, "ECONNRESET"},
	[STANDING_FIN_WAIT2_CLOSED] = {"A", "A", RESET_NEAR, NULL},
	[STANDING_CLOSE_WAIT] = {"A", "A", RESET_BELOW, "EPIPE"},
	[STANDING_CLOSING] = {"A", "A", RESET_BELOW, "ECONNRESET"},
	[STANDING_LAST_ACK] = {"A", "A", RESET_BELOW, "ECONNRESET"},
	[STANDING_TIME_WAIT] = {"A", "", RESET_VERY, NULL},
};

static struct row row_of(const struct record *rec, int standing)
{
	struct row row = rows[standing];

	if (standing == STANDING_SYN_RECV &&
	    query_counter(rec, SIDE_SERVER, "TcpExt.TCPChallengeACK")) {
		row.sends = "A";
		row.ended_by = RESET_VERY;
	}
	if (standing == STANDING_FIN_WAIT2_CLOSED &&
	    model_finwait2_object(rec, SIDE_CLIENT) == OBJECT_FULL)
		row.ended_by = RESET_VERY;
	if (standing == STANDING_TIME_WAIT &&
	    model_sysctl_or(rec, SIDE_CLIENT, "net.ipv4.tcp_rfc1337", 0))
		row.ended_by = RESETS;
	return row;
}

/* Of an ACK in the name of the peer. */
static struct packet reset_make(struct packet packet, enum standing standing, enum reset reset)
{
	static const uint32_t ahead[RESETS] = {
		[RESET_FAR] = FAR, [RESET_NEAR] = 1, [RESET_BELOW] = UINT32_MAX, [RESET_VERY] = 0};

	packet.flags = TCP_FLAG_RST;
	packet.has_timestamps = false; /* which a time-wait sock would find too old */
	if (standing != STANDING_SYN_SENT) {
		packet.seq += ahead[reset];
	} else if (reset != RESET_FAR) {
		packet.flags |= TCP_FLAG_ACK;
		packet.ack += ahead[reset];
	}
	return packet;
}

static void reset_all(struct probe_run *run, enum standing standing, struct sock *sock)
{
	enum side peer = standing_side(standing) == SIDE_SERVER ? SIDE_CLIENT : SIDE_SERVER;
	const struct packet ack = packet_answer(sock);

	for (int reset = 0; reset < RESETS; reset++) {
		const struct packet packet = reset_make(ack, standing, (enum reset)reset);

		wire_inject(run, peer, &packet);
		observe_for(run, STILL_MS, "what a reset does");
	}
	if (rows[standing].error)
		(void)sock_take_error(sock);
}

static void run(struct probe_run *run)
{
	stand_check(run);
	for (int standing = 0; standing < STANDINGS; standing++) {
		struct stood ends =
			stand(run, (enum standing)standing, (uint16_t)(PORT + standing));

		reset_all(run, (enum standing)standing,
		          standing_side(standing) == SIDE_SERVER ? ends.server : ends.client);
	}
}

/* ---- judge */

/* The end that the resets came to. */
struct target {
	int standing;
	enum side host;
	const char *sock;
	int64_t t_ns[RESETS]; /* when each came */
	const char *why_not; /* set: not all of them did */
	struct row row;
};

static struct target target_find(struct judge *judge, int standing)
{
	const struct story *story = judged_story(judge);
	bool at_server = standing_side(standing) == SIDE_SERVER;
	uint16_t port = (uint16_t)(PORT + standing);
	struct target target = {
		.standing = standing,
		.host = standing_side(standing),
		.sock = judge_text(judge, at_server ? "s%d" : "c%d", standing + 1),
		.row = row_of(story->rec, standing),
	};
	size_t count = 0;

	for (size_t i = 0; i < story->flights.count && count < RESETS; i++) {
		const struct flight *flight = &story->flights.items[i];

		if (flight->injected && flight->arrive_ns != NEVER &&
		    (flight->packet->dst.port == port || flight->packet->src.port == port))
			target.t_ns[count++] = flight->arrive_ns;
	}
	if (count < RESETS)
		target.why_not = "not each reset was seen to come";
	return target;
}

/* The last one that came before the end; what was alive after the one before is by this. */
static struct measured measure_ended_by(struct judge *judge, const struct target *target)
{
	const struct moment first = {.t_ns = target->t_ns[0], .why_not = target->why_not};
	struct measured end = measure_until_end(judge, target->host, target->sock, first);
	const char *const *names =
		target->standing == STANDING_SYN_SENT ? synsent_names : reset_names;
	int64_t lo_ns = first.t_ns + end.value.lo, hi_ns = end.value.hi;
	int by = RESETS;

	if (end.why_not)
		return end;
	if (hi_ns == INT64_MAX) {
		end.value = value_words("none");
		return end;
	}
	for (int i = RESETS - 1; i >= 0 && by == RESETS; i--)
		if (target->t_ns[i] <= first.t_ns + hi_ns)
			by = i;
	end.value = value_words(by < RESETS ? names[by] : "another");
	if (by < RESETS && by > 0 && lo_ns <= target->t_ns[by - 1])
		end.why_not = "nobody read it between two resets";
	return end;
}

/* @unpredicted: why its challenge ACK is not; NULL: it is. */
static void judge_target(struct judge *judge, const struct target *target, const char *unpredicted)
{
	const struct packet_match no_fin = {.from = target->host, .flags_mask = TCP_FLAG_FIN};
	const char *const *names =
		target->standing == STANDING_SYN_SENT ? synsent_names : reset_names;
	struct moment first = {.t_ns = target->t_ns[0], .why_not = target->why_not};
	struct sent sent = sent_on(judge, target->sock, &no_fin, first);
	int by = target->row.ended_by;
	unsigned int from = target->standing == STANDING_SYN_RECV ? RESTS_ON(OBSERVER_COUNTERS) : 0;

	judge_words(judge, &(struct figure){
				   .name = "ended_by",
				   .says = value_words(names[RESET_VERY]),
				   .predicts = value_words(by < RESETS ? names[by] : "none"),
				   .predicted_from = from,
				   .measured = measure_ended_by(judge, target),
				   .rule = "tcp_reset(), tcp_check_req(), "
					   "tcp_timewait_state_process()",
			   });
	judge_words(judge, &(struct figure){
				   .name = "answers",
				   .says = value_words(target->row.says),
				   .predicts = value_words(target->row.sends),
				   .predicted_from = from,
				   .measured = measure_flags(judge, &sent),
				   .rule = "tcp_validate_incoming(): tcp_send_challenge_ack()",
				   .unpredicted = unpredicted,
			   });
	if (target->row.error)
		judge_words(judge, &(struct figure){
					   .name = "error",
					   .says = value_words(target->standing == STANDING_SYN_SENT
		                                                       ? "ECONNREFUSED"
		                                                       : "ECONNRESET"),
					   .predicts = value_words(target->row.error),
					   .measured = measure_errno(judge, target->host,
		                                                     target->sock, "SO_ERROR"),
					   .rule = "tcp_reset()",
				   });
}

/* In all; a time-wait sock's answer to what is out of its window is none. */
static int64_t challenges_of(const struct record *rec)
{
	int64_t count = 0;

	for (int standing = STANDING_ESTABLISHED; standing < STANDING_TIME_WAIT; standing++)
		count += row_of(rec, standing).ended_by != RESET_NEAR;
	return count;
}

static void judge(const struct story *story, struct judge *judge)
{
	const int64_t challenges = challenges_of(story->rec);
	const char *unpredicted[SIDE_COUNT] = {
		[SIDE_CLIENT] = stand_unchallenged(story->rec, SIDE_CLIENT, challenges),
		[SIDE_SERVER] = stand_unchallenged(story->rec, SIDE_SERVER, 1),
	};

	judge_claim(judge, "beyond.rst-everywhere");
	for (int standing = 0; standing < STANDINGS; standing++) {
		struct target target = target_find(judge, standing);

		judge_case(judge, "%s", standing_names[standing]);
		judge_target(judge, &target, unpredicted[target.host]);
	}
	judge_case(judge, "in all");
	judge_count(judge, &(struct figure){
				   .name = "TCPChallengeACK",
				   .predicts = value_count(challenges),
				   .measured = measure_counter(judge, SIDE_CLIENT,
	                                                       "TcpExt.TCPChallengeACK"),
				   .rule = "tcp_send_challenge_ack()",
				   .unpredicted = unpredicted[SIDE_CLIENT],
			   });
}

const struct probe probe_beyond_rst_everywhere = {
	.id = "beyond.rst-everywhere",
	.title = "A reset in every state, with four numbers",
	.question = "A reset out of the window, in it, one below and at the very number: what does "
		    "it do in each state?",
	.kernel_path = "tcp_validate_incoming(), tcp_reset_check(), tcp_send_challenge_ack(), "
		       "tcp_check_req(), tcp_timewait_state_process(), "
		       "tcp_rcv_synsent_state_process()",
	.wire = WIRE_HAND,
	.claims = {{"beyond.rst-everywhere", "-",
                    "Out of the window a reset is ignored, in it challenged, at the very number it "
                    "ends the connection, in every state (RFC 5961)."}},
	.run = run,
	.judge = judge,
};
