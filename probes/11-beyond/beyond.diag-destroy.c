// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SOCK_DESTROY, which is "ss -K": tcp_abort(). It sends a reset only from a state in which
 * tcp_need_reset() finds that the peer has a connection and may still be using it: ESTABLISHED,
 * CLOSE_WAIT, FIN_WAIT1, FIN_WAIT2. From any other this end goes and nobody is told; nor is
 * anybody by a request sock or a time-wait sock, FIN_WAIT2 after close() among them.
 *
 * The reset has the next number that this end would send. Where its FIN was lost that is one
 * behind what the peer waits for: the peer challenges it (RFC 5961 section 3.2), and the host,
 * which has no socket any more, answers with a reset at the very number.
 *
 *   client                         server
 *   FIN_WAIT1      ---- FA ---X    ESTABLISHED
 *   SOCK_DESTROY   ---- RA --->    one too high
 *                  <--- A -----    a challenge
 *                  ---- R ---->    CLOSE: ECONNRESET
 *
 * A socket that nobody has stays on older kernels, without a timer that would end it: bac76cf89816
 * ("tcp: fix forever orphan socket caused by tcp_abort"). Nor do those before 6.0 destroy a
 * time-wait sock.
 */
#include "standing.h"

enum {
	PORT = 8080, /* and one more for each standing */
	LISTENING = STANDINGS, /* beside them: a listener, a connection in its accept queue */
	ROWS,
	GONE_MS = 1000,
	SILENCE_MS = 100,
	CHALLENGES = 2, /* of a lost FIN each, at most */
};

static const char text[] = "hello";

/* What it comes to. */
struct row {
	const char *sends; /* its host, from then on */
	const char *own; /* SO_ERROR there; NULL: nobody has a descriptor */
	const char *peer; /* SO_ERROR at the other end; NULL: there is none */
};

static const struct row rows[ROWS] = {
	[STANDING_SYN_SENT] = {"", "ECONNABORTED", NULL},
	[STANDING_SYN_RECV] = {"R", NULL, "ECONNRESET"}, /* by what the client sends then */
	[STANDING_ESTABLISHED] = {"RA", "ECONNABORTED", "ECONNRESET"},
	[STANDING_FIN_WAIT1] = {"RA", "ECONNABORTED", "EPIPE"},
	[STANDING_FIN_WAIT1_UNHEARD] = {"RA R", "ECONNABORTED", "ECONNRESET"},
	[STANDING_FIN_WAIT1_CLOSED] = {"RA R", NULL, "ECONNRESET"},
	[STANDING_FIN_WAIT2] = {"RA", "ECONNABORTED", "EPIPE"},
	[STANDING_FIN_WAIT2_CLOSED] = {"", NULL, "none"},
	[STANDING_CLOSE_WAIT] = {"RA", "ECONNABORTED", "ECONNRESET"},
	[STANDING_CLOSING] = {"", "ECONNABORTED", "none"},
	[STANDING_LAST_ACK] = {"", "ECONNABORTED", "none"},
	[STANDING_TIME_WAIT] = {"", NULL, NULL},
	[LISTENING] = {"RA", "ECONNABORTED", "ECONNRESET"},
};

/* Of 6.11, and of the stable 6.1 and 6.6, not of 5.10. */
static bool orphans_stay(const struct record *rec)
{
	return !model_kernel_since(rec, 6, 0);
}

/* FIN_WAIT2 after close(): a time-wait sock, or with a long tcp_fin_timeout an orphan. */
static bool is_timewait(const struct record *rec, int number)
{
	return number == STANDING_TIME_WAIT ||
	       (number == STANDING_FIN_WAIT2_CLOSED &&
	        model_finwait2_object(rec, SIDE_CLIENT) != OBJECT_FULL);
}

static bool is_orphan(const struct record *rec, int number)
{
	return number == STANDING_FIN_WAIT1_CLOSED ||
	       (number == STANDING_FIN_WAIT2_CLOSED && !is_timewait(rec, number));
}

static struct row row_of(const struct record *rec, int number)
{
	static const struct row untold = {"", NULL, "none"};
	static const struct row finwait2 = {"RA", NULL, "EPIPE"};

	if (!is_orphan(rec, number))
		return rows[number];
	if (orphans_stay(rec))
		return untold;
	return number == STANDING_FIN_WAIT2_CLOSED ? finwait2 : rows[number];
}

static bool is_told(const struct row *row)
{
	return row->peer && strcmp(row->peer, "none");
}

/* Destroys @sock; what becomes of it and of @peer is over when this returns. */
static void destroy(struct probe_run *run, int number, struct sock *sock, struct sock *peer)
{
	const struct row row = row_of(run_record(run), number);

	(void)sock_try_destroy(sock);
	if (number == STANDING_SYN_RECV)
		sock_send_text(peer, text);
	if (number != LISTENING)
		(void)await_gone_within(sock, GONE_MS);
	if (is_told(&row))
		(void)sock_await_failure(peer, AWAIT_LIMIT_MS);
	else
		observe_for(run, SILENCE_MS, "whether anybody is told");
	if (row.own)
		(void)sock_take_error(sock);
	if (row.peer && !is_told(&row))
		(void)sock_take_error(peer);
	if (is_orphan(run_record(run), number)) { /* what may have stayed goes by a reset */
		sock_option(peer, "SO_LINGER", 0);
		sock_close(peer);
		(void)await_gone_within(sock, AWAIT_LIMIT_MS);
	}
}

static struct sock *begin(struct probe_run *run, uint16_t port)
{
	struct sock *client = sock_open(run, SIDE_CLIENT);

	sock_connect(client, SIDE_SERVER, port);
	return client;
}

static void run_listener(struct probe_run *run, uint16_t port)
{
	struct sock *listener = sock_listen(run, SIDE_SERVER, port);
	struct sock *client = begin(run, port);

	await_state(sock_peer(client), STATE_ESTABLISHED);
	destroy(run, LISTENING, listener, client);
	(void)sock_await_error(begin(run, port), AWAIT_LIMIT_MS);
}

static void run(struct probe_run *run)
{
	const struct record *rec = run_record(run);

	stand_check(run);
	if (orphans_stay(rec) && !rec->run.guest[0])
		run_skip(run, "SOCK_DESTROY leaves an orphan behind for good on this kernel: "
		              "ask it in a guest (--kernel)");
	for (int standing = 0; standing < STANDINGS; standing++) {
		struct stood ends =
			stand(run, (enum standing)standing, (uint16_t)(PORT + standing));

		if (standing_side(standing) == SIDE_SERVER)
			destroy(run, standing, ends.server, ends.client);
		else
			destroy(run, standing, ends.client, ends.server);
	}
	run_listener(run, PORT + LISTENING);
}

/* ---- judge */

/* What was destroyed. */
struct victim {
	int number;
	struct row row;
	enum side host, far;
	const char *sock, *peer; /* their labels */
	const char *sender; /* the end whose segments tell of it */
	struct moment destroyed;
	bool refused; /* a time-wait sock, for which tcp_abort() has a rule since Linux 6.0 */
	bool stays;
};

static struct victim victim_find(struct judge *judge, int number)
{
	const struct record *rec = judged_story(judge)->rec;
	/* each row has one connection, and all but the first a listener */
	const char *client = judge_text(judge, "c%d", number + 1);
	const char *server = judge_text(judge, "s%d", number + 1);
	bool at_server = number == LISTENING || standing_side(number) == SIDE_SERVER;
	struct victim victim = {
		.number = number,
		.row = row_of(rec, number),
		.host = at_server ? SIDE_SERVER : SIDE_CLIENT,
		.far = at_server ? SIDE_CLIENT : SIDE_SERVER,
		.sock = at_server ? server : client,
		.peer = at_server ? client : server,
		.refused = is_timewait(rec, number) && !model_kernel_since(rec, 6, 0),
	};

	victim.stays = victim.refused || (is_orphan(rec, number) && orphans_stay(rec));
	victim.sender = victim.sock;
	if (number == LISTENING)
		victim.sock = judge_text(judge, "l%d", number);
	victim.destroyed = when_called(judge, victim.host, victim.sock, "SOCK_DESTROY");
	return victim;
}

/* Why the resets that the peer may challenge are not predicted; NULL: they are. */
static const char *unpredicted_of(struct judge *judge)
{
	return stand_unchallenged(judged_story(judge)->rec, SIDE_SERVER, CHALLENGES);
}

/* Whether it had ended when the probe had waited for that, before it did anything else. */
static struct measured measure_ended_by_it(struct judge *judge, const struct victim *victim)
{
	struct measured end =
		measure_until_end(judge, victim->host, victim->sock, victim->destroyed);

	end.value = value_truth(end.value.lo < GONE_MS * NS_PER_MS);
	return end;
}

static void judge_end(struct judge *judge, const struct victim *victim)
{
	judge_words(judge, &(struct figure){
				   .name = "SOCK_DESTROY",
				   .says = value_words("none"),
				   .predicts = value_words(victim->refused ? "EOPNOTSUPP" : "none"),
				   .measured = measure_errno(judge, victim->host, victim->sock,
	                                                     "SOCK_DESTROY"),
				   .rule = "tcp_diag_destroy(), tcp_abort()",
			   });
	if (victim->number == LISTENING) /* which nobody reads again and again */
		return;
	judge_truth(judge, &(struct figure){
				   .name = "ends",
				   .says = value_truth(true),
				   .predicts = value_truth(!victim->stays),
				   .measured = measure_ended_by_it(judge, victim),
				   .rule = "tcp_done(), inet_csk_reqsk_queue_drop(), "
					   "inet_twsk_deschedule_put()",
			   });
}

static void judge_sends(struct judge *judge, const struct victim *victim)
{
	const struct packet_match any = {.from = victim->host};
	struct sent sent = sent_on(judge, victim->sender, &any, victim->destroyed);

	judge_words(judge, &(struct figure){
				   .name = "sends",
				   .says = value_words("RA"),
				   .predicts = value_words(victim->row.sends),
				   .measured = measure_flags(judge, &sent),
				   .rule = "tcp_abort(): tcp_need_reset()",
				   .unpredicted = unpredicted_of(judge),
			   });
}

static void judge_errors(struct judge *judge, const struct victim *victim)
{
	if (victim->row.own)
		judge_words(judge, &(struct figure){
					   .name = "own_error",
					   .says = value_words("ECONNABORTED"),
					   .predicts = value_words(victim->row.own),
					   .measured = measure_errno(judge, victim->host,
		                                                     victim->sock, "SO_ERROR"),
					   .rule = "tcp_done_with_error()",
				   });
	if (victim->row.peer)
		judge_words(judge, &(struct figure){
					   .name = "peer_error",
					   .says = value_words("ECONNRESET"),
					   .predicts = value_words(victim->row.peer),
					   .measured = measure_errno(judge, victim->far,
		                                                     victim->peer, "SO_ERROR"),
					   .rule = "tcp_reset()",
					   .unpredicted = unpredicted_of(judge),
				   });
}

static void judge_rest(struct judge *judge)
{
	const char *next = judge_text(judge, "c%d", ROWS + 1);
	const struct record *rec = judged_story(judge)->rec;

	judge_words(judge, &(struct figure){
				   .name = "next_connect",
				   .predicts = value_words("ECONNREFUSED"),
				   .measured = measure_errno(judge, SIDE_CLIENT, next, "SO_ERROR"),
				   .rule = "inet_csk_listen_stop()",
			   });
	judge_case(judge, "in all");
	judge_count(
		judge,
		&(struct figure){
			.name = "TCPChallengeACK",
			.predicts = value_count(orphans_stay(rec) ? CHALLENGES - 1 : CHALLENGES),
			.measured = measure_counter(judge, SIDE_SERVER, "TcpExt.TCPChallengeACK"),
			.rule = "tcp_validate_incoming(): a reset in the window that is "
				"not at the very next number",
			.unpredicted = unpredicted_of(judge),
		});
}

static void judge(const struct story *story, struct judge *judge)
{
	(void)story;
	judge_claim(judge, "beyond.diag-destroy");
	for (int number = 0; number < ROWS; number++) {
		struct victim victim = victim_find(judge, number);

		judge_case(judge, "%s", number == LISTENING ? "LISTEN" : standing_names[number]);
		judge_end(judge, &victim);
		judge_sends(judge, &victim);
		judge_errors(judge, &victim);
	}
	judge_rest(judge);
}

const struct probe probe_beyond_diag_destroy = {
	.id = "beyond.diag-destroy",
	.title = "SOCK_DESTROY (ss -K) in every state",
	.question = "A socket is destroyed from outside, in each state: is the peer told, and what "
		    "does each end see?",
	.kernel_path = "tcp_diag_destroy(), tcp_abort(), tcp_need_reset(), "
		       "tcp_send_active_reset(), tcp_validate_incoming(), tcp_reset()",
	.wire = WIRE_HAND,
	.claims = {{"beyond.diag-destroy", "-",
                    "SOCK_DESTROY resets a connection: this end gets ECONNABORTED, the peer "
                    "ECONNRESET."}},
	.run = run,
	.judge = judge,
};
