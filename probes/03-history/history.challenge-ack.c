// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An old SYN comes first, then the new one, before the client has reset anything. tcp_check_req()
 * compares the new one with the window that the half-open connection offers: outside of it
 * (RFC 9293 section 3.10.7.4) it answers with an ACK of the old number, which the client in SYN_SENT
 * resets; its SYN, sent again, finds the listener. Inside the window it is the server that
 * resets, and connect() fails.
 *
 *   client                         server
 *               .... S old ..>     SYN_RECV
 *               X--- SA ----
 *   SYN_SENT    ---- S ---->
 *               <--- A ----        of the old one
 *               ---- R ---->       LISTEN
 *               ---- S ---->       two ticks later: SYN_RECV
 *   ESTABLISHED
 *
 * What RFC 5961 calls a challenge ACK, and TCPChallengeACK counts, is tcp_validate_incoming()'s answer
 * of a connection that is established: to any SYN, and to a reset in the window that is not the
 * very next number. Each socket sends one in tcp_invalid_ratelimit ms; the host, by chance, from half
 * of tcp_challenge_ack_limit to one and a half a second.
 */
#include "numbers.h"

enum { FAR, NEAR, HALF_OPEN }; /* the new SYN: outside of the window, inside */

enum {
	PORT = 8080,
	PORT_OPEN = 8081, /* for one that is established */
	PORT_MANY = 8082,
	CLIENT_PORT = 5000, /* and the next */
	MANY = 20,
	RATE_MOST_MS = 5000,
	BEYOND = 1 << 24, /* more than any window here */
	ALWAYS_ENOUGH = 10, /* a limit that leaves room for those of one connection */
	SECOND_MS = 1100, /* a second of jiffies is over: the limit counts anew */
};

/* Of the counters, when the parts are over. */
static const char *const marks[] = {"half-open", "established"};

static uint16_t port_of(int number)
{
	return (uint16_t)(CLIENT_PORT + number);
}

static struct packet_match with_syn(struct packet_match match)
{
	match.flags_mask = match.flags_value = TCP_FLAG_SYN;
	return match;
}

static struct packet_match syn_from(uint16_t port)
{
	return with_syn((struct packet_match){.from = SIDE_CLIENT, .src_port = port});
}

/* A SYN that is lost, of a client that gives up: what it is captured as. */
static uint32_t lose_syn(struct probe_run *run, uint16_t port)
{
	uint32_t kept = wire_capture(run, syn_from(port));
	struct sock *client = sock_open(run, SIDE_CLIENT);

	wire_drop_next(run, syn_from(port), 1);
	sock_bind(client, port);
	sock_connect(client, SIDE_SERVER, PORT);
	wire_await_captured(run, kept, 1);
	sock_close(client);
	await_state(client, STATE_GONE);
	return kept;
}

/* It comes to the server now, whose SYN+ACK does not come back, however often it is sent. */
static void come_late(struct probe_run *run, uint16_t port, uint32_t kept)
{
	struct packet_match answer = with_syn(
		(struct packet_match){.from = SIDE_SERVER, .src_port = PORT, .dst_port = port});
	uint32_t answered = wire_capture(run, answer);

	wire_drop_next(run, answer, 1);
	wire_replay(run, kept, 0);
	wire_await_captured(run, answered, 1);
	answer.has_seq = true;
	answer.seq_first = answer.seq_last = wire_captured(run, answered, 0).seq;
	wire_drop(run, answer);
}

static void run_half_open(struct probe_run *run, int number, int64_t distance)
{
	uint32_t kept = lose_syn(run, port_of(number));
	struct sock *client = sock_open(run, SIDE_CLIENT);

	come_late(run, port_of(number), kept);
	sock_bind(client, port_of(number));
	begin_at(client, wire_captured(run, kept, 0).seq + (uint32_t)distance);
	sock_connect(client, SIDE_SERVER, PORT);
	(void)sock_await_error(client, AWAIT_LIMIT_MS);
}

/* What is injected into the one that is established, in this order. */
enum { BY_SYN, BY_RESET_SOON, BY_RESET, BY_RESET_BEYOND, BY_VERY_RESET, STRAYS };

/* A bare ACK from @port of the server's. */
static struct packet_match challenge_of(uint16_t port)
{
	return (struct packet_match){
		.from = SIDE_SERVER,
		.src_port = port,
		.flags_mask = TCP_FLAG_SYN | TCP_FLAG_ACK | TCP_FLAG_FIN | TCP_FLAG_RST,
		.flags_value = TCP_FLAG_ACK,
	};
}

/* A reset in the client's name, @ahead of its next number. */
static void inject_reset(struct probe_run *run, struct sock *client, uint32_t ahead)
{
	struct packet reset = packet_next(client);

	reset.flags = TCP_FLAG_RST;
	reset.seq += ahead;
	wire_inject(run, SIDE_CLIENT, &reset);
}

/* The client's own SYN once more, but for its timestamp, which PAWS would find too old. */
static void inject_syn(struct probe_run *run, struct sock *client, uint32_t isn)
{
	struct packet syn = packet_next(client);

	syn.flags = TCP_FLAG_SYN;
	syn.seq = isn;
	wire_inject(run, SIDE_CLIENT, &syn);
}

static void run_established(struct probe_run *run, int64_t rate_ms)
{
	uint32_t kept = wire_capture(
		run, with_syn((struct packet_match){.from = SIDE_CLIENT, .dst_port = PORT_OPEN}));
	struct sock *client, *server;

	flow_establish(run, PORT_OPEN, &client, &server);
	inject_syn(run, client, wire_captured(run, kept, 0).seq);
	(void)await_sent_in_all_within(run, challenge_of(PORT_OPEN), 1, AWAIT_LIMIT_MS);
	inject_reset(run, client, 1);
	observe_for(run, rate_ms + 100, "tcp_invalid_ratelimit");
	inject_reset(run, client, 1);
	(void)await_sent_in_all_within(run, challenge_of(PORT_OPEN), 2, AWAIT_LIMIT_MS);
	inject_reset(run, client, BEYOND);
	observe_for(run, 100, "nothing answers it");
	inject_reset(run, client, 0);
	(void)sock_await_failure(server, AWAIT_LIMIT_MS);
	counters_mark(run, marks[1]);
}

/* One reset in the window for each of many connections, at once. */
static void run_many(struct probe_run *run, int64_t limit)
{
	struct sock *listener = sock_listen(run, SIDE_SERVER, PORT_MANY);
	struct sock *clients[MANY], *servers[MANY];
	char text[24];

	socks_connect_many(run,
	                   (struct many){.side = SIDE_CLIENT, .count = MANY, .to_port = PORT_MANY},
	                   clients);
	socks_accept_many(listener, MANY, servers);
	snprintf(text, sizeof(text), "%lld", (long long)limit);
	sysctl_set(run, SIDE_SERVER, "net.ipv4.tcp_challenge_ack_limit", text);
	observe_for(run, SECOND_MS, "a second begins, and with it the limit");
	for (int i = 0; i < MANY; i++)
		inject_reset(run, clients[i], 1);
	observe_for(run, 200, "how many are challenged");
}

static void run(struct probe_run *run)
{
	int64_t rate_ms = model_sysctl_or(run_record(run), SIDE_SERVER,
	                                  "net.ipv4.tcp_invalid_ratelimit", 500);

	if (!param(run, "far") || !param(run, "near"))
		run_inconclusive(run, "the same number again is the same SYN");
	if (rate_ms < 0 || rate_ms > RATE_MOST_MS)
		run_inconclusive(run, "asks for a tcp_invalid_ratelimit up to %d", RATE_MOST_MS);
	if (model_sysctl_or(run_record(run), SIDE_SERVER, "net.ipv4.tcp_syncookies", 1) == 2)
		run_inconclusive(run, "with tcp_syncookies 2 no connection is half-open");
	sock_listen(run, SIDE_SERVER, PORT);
	run_half_open(run, FAR, param(run, "far"));
	run_half_open(run, NEAR, param(run, "near"));
	counters_mark(run, marks[0]);
	run_established(run, rate_ms);
	run_many(run, param(run, "limit"));
}

/* ---- judge */

/* The half-open part number @number: its client, the segments that decide. */
struct meeting {
	const char *client; /* the label of the new one */
	const struct packet *old, *answer, *syn; /* the old SYN, its SYN+ACK, the new SYN */
	struct sent answers; /* the server's from the new SYN on, without that SYN+ACK */
	enum syn_fate fate;
};

static const struct packet *first_of(struct sent sent)
{
	return sent.count ? sent.items[0]->packet : NULL;
}

static struct sent without(struct judge *judge, struct sent sent, const struct packet *packet)
{
	struct sent left = sent;

	left.count = 0;
	left.items = judge_take(judge, (sent.count + 1) * sizeof(*left.items));
	for (size_t i = 0; i < sent.count && left.items; i++)
		if (sent.items[i]->packet->seq != packet->seq ||
		    sent.items[i]->packet->flags != packet->flags)
			left.items[left.count++] = sent.items[i];
	return left;
}

/* False: one of the segments was not seen. */
static bool meeting_find(struct judge *judge, int number, struct meeting *m)
{
	const struct packet_match syn = syn_from(port_of(number)),
				  to_client = {.from = SIDE_SERVER, .dst_port = port_of(number)};
	struct moment begin = {0};
	struct sent syns;

	m->client = judge_text(judge, "c%d", 2 * number + 2);
	begin = when_called(judge, SIDE_CLIENT, m->client, "connect");
	syns = sent_since(judge, &syn, begin.t_ns);
	m->old = first_of(sent_since(judge, &syn, 0));
	m->answer = first_of(sent_since(judge, &to_client, 0));
	m->syn = first_of(syns);
	if (!m->old || !m->answer || !m->syn)
		return false;
	m->answers =
		without(judge, sent_since(judge, &to_client, when_sent(&syns).t_ns), m->answer);
	m->fate = model_syn_again(m->old->seq, m->answer->window, m->syn->seq);
	return true;
}

/* What each of its fates comes to; the article has SYN_CHALLENGED for any number. */
static const struct {
	const char *where, *answers, *client, *error;
} coming[SYN_FATE_COUNT] = {
	[SYN_REPEATED] = {"the same number", "SA", "S A", "none"},
	[SYN_CHALLENGED] = {"the new SYN outside of the window", "A SA", "S R S A", "none"},
	[SYN_RESETS] = {"the new SYN in the window", "RA", "S", "ECONNREFUSED"},
};

static void judge_text_of(struct judge *judge, const char *name, const char *says,
                          const char *predicts, struct measured measured, const char *rule)
{
	judge_words(judge, &(struct figure){
				   .name = name,
				   .says = value_words(says),
				   .predicts = value_words(predicts),
				   .measured = measured,
				   .rule = rule,
				   .predicted_from = RESTS_ON(OBSERVER_TAP),
			   });
}

static void judge_meeting(struct judge *judge, const struct meeting *m)
{
	const struct packet_match client = {.from = SIDE_CLIENT};
	struct sent sent = sent_on(judge, m->client, &client, (struct moment){0});
	const struct packet *first = first_of(m->answers);

	judge_text_of(judge, "server_answers", coming[SYN_CHALLENGED].answers,
	              coming[m->fate].answers, measure_flags(judge, &m->answers),
	              "tcp_check_req(): tcp_in_window()");
	judge_truth(
		judge,
		&(struct figure){
			.name = "acknowledges_the_old_SYN",
			.says = value_truth(true),
			.predicts = value_truth(m->fate != SYN_RESETS),
			.predicted_from = RESTS_ON(OBSERVER_TAP),
			.measured = first ? (struct measured){.value = value_truth(first->ack ==
	                                                                           m->old->seq + 1),
	                                                      .rests_on = RESTS_ON(OBSERVER_TAP)}
	                                  : measured_none(RESTS_ON(OBSERVER_TAP),
	                                                  "nothing was answered"),
			.rule = "tcp_v4_reqsk_send_ack()",
		});
	judge_text_of(judge, "client_sends", coming[SYN_CHALLENGED].client, coming[m->fate].client,
	              measure_flags(judge, &sent),
	              "tcp_rcv_synsent_state_process(): reset_and_undo");
	judge_text_of(judge, "connect", coming[SYN_CHALLENGED].error, coming[m->fate].error,
	              measure_errno(judge, SIDE_CLIENT, m->client, "SO_ERROR"),
	              "tcp_rcv_synsent_state_process()");
}

/* Up to the mark @until, from the one before it on. */
static void judge_counter(struct judge *judge, const char *name, const char *until,
                          struct value predicts, const char *unpredicted, const char *rule)
{
	const char *full = judge_text(judge, "TcpExt.%s", name);
	bool first = !strcmp(until, marks[0]);

	judge_count(
		judge,
		&(struct figure){
			.name = name,
			.predicts = predicts,
			.predicted_from = RESTS_ON(OBSERVER_TAP),
			.unpredicted = unpredicted,
			.measured = first ? measure_counter_until(judge, SIDE_SERVER, full, until)
	                                  : measure_counter_between(judge, SIDE_SERVER, full,
	                                                            marks[0], until),
			.rule = rule,
		});
}

static void judge_half_open(struct judge *judge)
{
	struct meeting meetings[HALF_OPEN];

	for (int number = 0; number < HALF_OPEN; number++) {
		if (!meeting_find(judge, number, &meetings[number]))
			return;
		judge_case(judge, "%s: %s", number == FAR ? "far" : "near",
		           coming[meetings[number].fate].where);
		judge_meeting(judge, &meetings[number]);
	}
	judge_case(judge, "half-open");
	judge_counter(judge, "EmbryonicRsts", marks[0], value_count(HALF_OPEN), NULL,
	              "tcp_check_req(): embryonic_reset, by either's reset");
	judge_counter(judge, "TCPChallengeACK", marks[0], value_count(0), NULL,
	              "tcp_v4_reqsk_send_ack() counts nothing");
}

/* Of the connection that is established: when each stray came, and what is to become of it. */
struct strays {
	int64_t t_ns[STRAYS + 1]; /* the last: the record's end */
	enum oow_fate fates[STRAYS];
	struct value answered, skipped; /* in all */
	const char *unpredicted;
};

static void fate_add(struct value *count, bool surely, bool maybe)
{
	count->lo += surely;
	count->hi += surely || maybe;
}

static void strays_find(struct judge *judge, struct strays *strays)
{
	const struct story *story = judged_story(judge);
	const struct record *rec = story->rec;
	const struct flight *flights = story->flights.items;
	struct oow oow = {0};
	size_t count = 0;

	*strays = (struct strays){.answered = value_count(0), .skipped = value_count(0)};
	for (size_t i = 0; i < story->flights.count && count < STRAYS; i++)
		if (flights[i].injected && flights[i].packet->dst.port == PORT_OPEN)
			strays->t_ns[count++] = flights[i].arrive_ns;
	strays->t_ns[STRAYS] = INT64_MAX;
	if (count < STRAYS || model_sysctl_or(rec, SIDE_SERVER, "net.ipv4.tcp_challenge_ack_limit",
	                                      ALWAYS_ENOUGH) < ALWAYS_ENOUGH)
		strays->unpredicted = "tcp_challenge_ack_limit is low, or one did not come";
	for (int i = 0; i < BY_RESET_BEYOND; i++) {
		strays->fates[i] = model_oow(rec, SIDE_SERVER, &oow, strays->t_ns[i]);
		fate_add(&strays->answered, strays->fates[i] == OOW_ANSWERED,
		         strays->fates[i] == OOW_EITHER);
		fate_add(&strays->skipped, strays->fates[i] == OOW_SKIPPED,
		         strays->fates[i] == OOW_EITHER);
	}
}

/* How many ACKs the server sent after stray number @i, up to the next. */
static struct measured measure_answers(struct judge *judge, const struct strays *strays, int i)
{
	const struct packet_match challenge = challenge_of(PORT_OPEN);
	struct sent sent = sent_since(judge, &challenge, strays->t_ns[i]);

	sent = sent_before(sent, (struct moment){.t_ns = strays->t_ns[i + 1]});
	return measure_sent(&sent);
}

static void judge_strays(struct judge *judge, const struct strays *strays)
{
	static const char *const names[STRAYS] = {
		[BY_SYN] = "established, a SYN",
		[BY_RESET_SOON] = "established, a reset in the window, at once",
		[BY_RESET] = "established, a reset in the window, later",
		[BY_RESET_BEYOND] = "established, a reset beyond the window",
		[BY_VERY_RESET] = "established, a reset at the very number",
	};

	for (int i = 0; i < STRAYS; i++) {
		bool asks = i < BY_RESET_BEYOND;

		judge_case(judge, "%s", names[i]);
		judge_count(
			judge,
			&(struct figure){
				.name = "challenge_ACKs",
				.says = i == BY_SYN ? value_count(1) : value_none(),
				.predicts = !asks ? value_count(0)
		                                  : value_counts(strays->fates[i] == OOW_ANSWERED,
		                                                 strays->fates[i] != OOW_SKIPPED),
				.measured = measure_answers(judge, strays, i),
				.rule = "tcp_validate_incoming(), tcp_send_challenge_ack()",
				.unpredicted = strays->unpredicted,
				.predicted_from = RESTS_ON(OBSERVER_TAP),
			});
	}
	judge_text_of(judge, "server_hears", NULL, "ECONNRESET",
	              measure_errno(judge, SIDE_SERVER, judge_text(judge, "s%d", 2 * HALF_OPEN + 1),
	                            "SO_ERROR"),
	              "tcp_reset()");
}

static void judge_established(struct judge *judge)
{
	struct strays strays;

	strays_find(judge, &strays);
	judge_strays(judge, &strays);
	judge_case(judge, "established");
	judge_counter(judge, "TCPChallengeACK", marks[1], strays.answered, strays.unpredicted,
	              "tcp_send_challenge_ack()");
	judge_counter(judge, "TCPSYNChallenge", marks[1], value_count(1), NULL,
	              "tcp_validate_incoming(): syn_challenge");
	judge_counter(judge, "TCPACKSkippedChallenge", marks[1], strays.skipped, strays.unpredicted,
	              "__tcp_oow_rate_limited(): tcp_invalid_ratelimit");
}

/* Whether the counter of those that were sent is as many as the wire had. */
static struct measured measure_counts_each(const struct measured *counter, const struct sent *sent)
{
	struct measured each = *counter;

	each.rests_on |= RESTS_ON(OBSERVER_TAP);
	if (each.value.kind == VALUE_COUNT)
		each.value = value_truth(each.value.lo == (int64_t)sent->count);
	return each;
}

/* Each of them owes one; the rest is counted nowhere. How many it is, is chance: the range is all there is. */
static void judge_many(struct judge *judge, int64_t limit)
{
	const struct packet_match challenge = challenge_of(PORT_MANY);
	struct sent sent = sent_since(judge, &challenge, 0);
	struct measured counter =
		measure_counter_since(judge, SIDE_SERVER, "TcpExt.TCPChallengeACK", marks[1]);
	struct figure figure = {
		.name = "challenge_ACKs",
		.measured = measure_sent(&sent),
		.rule = "tcp_send_challenge_ack(): from half to one and a half",
	};

	if (!model_challenges(limit, MANY, &figure.predicts))
		figure.unpredicted = "tcp_challenge_ack_limit is 0";
	judge_case(judge, "%d at once, tcp_challenge_ack_limit %lld", MANY, (long long)limit);
	judge_count(judge, &figure);
	figure.name = "TCPChallengeACK";
	figure.measured = counter;
	judge_count(judge, &figure);
	judge_truth(judge, &(struct figure){
				   .name = "TCPChallengeACK_counts_each",
				   .predicts = value_truth(true),
				   .measured = measure_counts_each(&counter, &sent),
				   .rule = "tcp_send_challenge_ack()",
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	int64_t limit = 0;

	record_param(story->rec, "limit", &limit);
	judge_claim(judge, "history.challenge-ack");
	judge_half_open(judge);
	judge_established(judge);
	judge_many(judge, limit);
}

const struct probe probe_history_challenge_ack = {
	.id = "history.challenge-ack",
	.title = "A SYN, or a reset, that the server did not expect",
	.question =
		"The server holds a connection by an old SYN when the new one comes: what does it "
		"answer, and does the client connect? What is answered once one is open?",
	.kernel_path = "tcp_check_req(), tcp_v4_reqsk_send_ack(), tcp_rcv_synsent_state_process(), "
		       "tcp_validate_incoming(), tcp_send_challenge_ack()",
	.wire = WIRE_HAND,
	.claims =
		{{"history.challenge-ack", "D",
                  "An old SYN, then the new one before any reset: the server answers with the old "
                  "acknowledgement number, the client resets, and its next SYN succeeds."}},
	.params = {{"far", 1000000, 1000000, "the new SYN's number less the old one's"},
                   {"near", 1000, 1000, "the same of another client"},
                   {"limit", 4, 4, "server:tcp_challenge_ack_limit when many are owed"}},
	.run = run,
	.judge = judge,
};
