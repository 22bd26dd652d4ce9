// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where does an initial sequence number come from? secure_tcp_seq(): a hash of the
 * four-tuple under a secret of this boot, and a clock, seq_scale(), that ticks every 64 ns
 * (RFC 6528 has 4 us). Where the four-tuple's last connection is still in TIME_WAIT,
 * tcp_timewait_state_process() counts on from that one's numbers instead; but what it found
 * got lost on the way to tcp_conn_request() until 6.10.
 *
 *   client :40000                  server            one four-tuple, opened again and again:
 *               ---- S --->                          ISN = hash + clock, for either end
 *               <--- SA ----
 *               ---- A --->
 *               ---- RA -->        nothing is left   by SO_LINGER {1, 0}
 *   client :41000, :41001 ...                        many four-tuples, opened together
 *   client :42000                  TIME_WAIT         one that its listener has in TIME_WAIT
 */
#include <stdlib.h>

#include "../../harness/probe.h"

#define PORT 8080
#define PORT_AGAIN 40000
#define PORT_MANY 41000
#define PORT_TIME_WAIT 42000

#define TICK_NS 64 /* seq_scale() */
#define ARTICLE_TICK_NS 4000
#define SEQS (1LL << 32)
/* tcp_timewait_state_process() */
#define TIME_WAIT_STEP (65535 + 2)

static struct sock *client_open(struct probe_run *run, uint16_t port)
{
	struct sock *client = sock_open_with(run, SIDE_CLIENT, (struct sock_config){.port = port});

	sock_connect(client, SIDE_SERVER, PORT);
	return client;
}

/* Opens the four-tuple and resets it, which leaves it free at once. */
static void open_and_reset(struct probe_run *run, struct sock *listener)
{
	struct sock *client = client_open(run, PORT_AGAIN), *server = sock_accept(listener);

	await_state(client, STATE_ESTABLISHED);
	sock_option(client, "SO_LINGER", 0);
	sock_close(client);
	if (!await_gone_within(server, AWAIT_LIMIT_MS))
		run_inconclusive(run, "the server did not take the reset");
	sock_close(server);
}

static void run(struct probe_run *run)
{
	struct sock *listener = sock_listen(run, SIDE_SERVER, PORT), *client, *server;
	int64_t many = param(run, "four_tuples");

	for (int64_t i = 0; i < param(run, "reopenings"); i++) {
		open_and_reset(run, listener);
		observe_for(run, param(run, "apart_ms"), "the clock goes on");
	}
	for (int64_t i = 0; i < many; i++)
		client_open(run, (uint16_t)(PORT_MANY + i));
	for (int64_t i = 0; i < many; i++)
		sock_accept(listener);
	client = client_open(run, PORT_TIME_WAIT);
	server = sock_accept(listener);
	sock_close(server);
	await_state(client, STATE_CLOSE_WAIT);
	sock_close(client);
	await_gone_within(client, AWAIT_LIMIT_MS);
	observe_for(run, 4 * param(run, "apart_ms"), "the clock goes on");
	client = client_open(run, PORT_TIME_WAIT);
	await_state(client, STATE_ESTABLISHED);
}

/* ---- the numbers of one end */

/* The SYNs, or SYN+ACKs, of the client's ports from @port on. */
static struct sent isns_of(struct judge *judge, enum side from, uint16_t port, size_t ports)
{
	struct sent sent = sent_since(judge,
	                              &(struct packet_match){.from = from,
	                                                     .flags_mask = TCP_FLAG_SYN,
	                                                     .flags_value = TCP_FLAG_SYN},
	                              0);
	size_t kept = 0;

	for (size_t i = 0; i < sent.count; i++) {
		const struct packet *packet = sent.items[i]->packet;
		uint16_t own = from == SIDE_CLIENT ? packet->src.port : packet->dst.port;

		if (own >= port && own < port + ports && !sent.items[i]->resent)
			sent.items[kept++] = sent.items[i];
	}
	sent.count = kept;
	if (kept < 2 && !sent.why_not)
		sent.why_not = "fewer than two connections";
	return sent;
}

/* The clock's ticks from the first of @sent to number @i, where the hash is the same. */
static double ticks_to(const struct sent *sent, size_t i)
{
	double ticks = 0;

	for (size_t j = 1; j <= i; j++)
		ticks += sent->items[j]->packet->seq - sent->items[j - 1]->packet->seq;
	return ticks;
}

static double ns_to(const struct sent *sent, size_t i)
{
	return (double)(sent->items[i]->depart_ns - sent->items[0]->depart_ns);
}

/* Nanoseconds a tick, by the straight line through all of @sent that fits best. */
static double tick_fitted(const struct sent *sent)
{
	double n = (double)sent->count, x = 0, y = 0, xx = 0, xy = 0;

	for (size_t i = 0; i < sent->count; i++) {
		double ticks = ticks_to(sent, i), ns = ns_to(sent, i);

		x += ticks;
		y += ns;
		xx += ticks * ticks;
		xy += ticks * ns;
	}
	return n * xx > x * x ? (n * xy - x * y) / (n * xx - x * x) : 0;
}

static struct measured measured_of(const struct sent *sent, struct value value)
{
	struct measured measured = measure_sent(sent);

	measured.value = value;
	return measured;
}

/* How far two SYNs' stamps may be from when their numbers were made. */
static double stamps_ns(const struct record *rec)
{
	return 2.0 * rec->slack_ms * NS_PER_MS;
}

/* The same as a part of @sent's time. */
static double stamp_error(const struct record *rec, const struct sent *sent)
{
	return sent->count < 2 ? 1 : stamps_ns(rec) / ns_to(sent, sent->count - 1);
}

static void judge_clock(const struct record *rec, struct judge *judge, enum side from)
{
	struct sent sent = isns_of(judge, from, PORT_AGAIN, 1);
	double tick = sent.why_not ? 0 : tick_fitted(&sent);
	int64_t wrap_ns = SEQS * TICK_NS, fitted_ns = (int64_t)((double)SEQS * tick);
	int64_t error_ns = (int64_t)((double)wrap_ns * stamp_error(rec, &sent));

	judge_case(judge, "%s", side_name(from));
	judge_count(judge,
	            &(struct figure){
			    .name = "tick_ns",
			    .says = value_count(ARTICLE_TICK_NS),
			    .predicts = value_count(TICK_NS),
			    .measured = measured_of(&sent, value_count((int64_t)(tick + 0.5))),
			    .rule = "seq_scale(): ktime_get_real_ns() >> 6",
		    });
	judge_time(judge,
	           &(struct figure){
			   .name = "wraps_after",
			   .says = value_time(SEQS * ARTICLE_TICK_NS, SEQS * ARTICLE_TICK_NS),
			   .predicts = value_time(wrap_ns - error_ns, wrap_ns + error_ns),
			   .measured = measured_of(&sent, value_time(fitted_ns, fitted_ns)),
			   .rule = "seq_scale(): 2^32 ticks",
		   });
}

/* ---- the hash */

/* What is left of an ISN when the clock is taken off, of 2^32, since the first of @sent. */
static uint32_t hash_of(const struct sent *sent, size_t i)
{
	return sent->items[i]->packet->seq - (uint32_t)(int64_t)(ns_to(sent, i) / TICK_NS);
}

static int compare_hashes(const void *a, const void *b)
{
	const uint32_t *ha = a, *hb = b;

	return *ha < *hb ? -1 : *ha > *hb;
}

/*
 * Kolmogorov and Smirnov's distance of the @count numbers from an even spread, times the root
 * of their count: above 2.8 once in three million times where they are even.
 */
#define KS_SQUARE (2.8 * 2.8)
static bool is_even(uint32_t *numbers, size_t count)
{
	double most = 0;

	qsort(numbers, count, sizeof(*numbers), compare_hashes);
	for (size_t i = 0; i < count; i++) {
		double at = (double)numbers[i] / (double)SEQS;
		double above = (double)(i + 1) / (double)count - at;
		double below = at - (double)i / (double)count;

		most = above > most ? above : most;
		most = below > most ? below : most;
	}
	return most * most * (double)count < KS_SQUARE;
}

/* Whether the hashes, or (@steps) those of one port to those of the next, tell nothing. */
static struct measured measure_unrelated(struct judge *judge, const struct sent *sent, bool steps)
{
	uint32_t *numbers = judge_take(judge, (sent->count + 1) * sizeof(*numbers));
	size_t count = 0;

	for (size_t i = steps; numbers && i < sent->count; i++)
		numbers[count++] = hash_of(sent, i) - (steps ? hash_of(sent, i - 1) : 0);
	if (!numbers)
		return measured_none(sent->rests_on, "no memory for the hashes");
	return measured_of(sent, value_truth(is_even(numbers, count)));
}

static void judge_unrelated(struct judge *judge)
{
	int64_t many = 0;
	struct sent sent;

	record_param(judged_story(judge)->rec, "four_tuples", &many);
	sent = isns_of(judge, SIDE_CLIENT, PORT_MANY, (size_t)many);
	judge_truth(judge, &(struct figure){
				   .name = "hashes_spread_evenly",
				   .says = value_truth(true),
				   .predicts = value_truth(true),
				   .measured = measure_unrelated(judge, &sent, false),
				   .rule = "secure_tcp_seq(): siphash of the four-tuple",
			   });
	judge_truth(judge, &(struct figure){
				   .name = "neighbours_unrelated",
				   .says = value_truth(true),
				   .predicts = value_truth(true),
				   .measured = measure_unrelated(judge, &sent, true),
				   .rule = "secure_tcp_seq(): siphash of the four-tuple",
			   });
}

/* ---- a four-tuple that is opened again */

/* Whether every ISN of @sent is as far on from the first as the clock is, but for the slack. */
static struct measured measure_by_clock(const struct record *rec, const struct sent *sent)
{
	double most_ns = stamps_ns(rec);
	bool by_clock = true;

	for (size_t i = 1; i < sent->count; i++) {
		double off_ns = ticks_to(sent, i) * TICK_NS - ns_to(sent, i);

		by_clock &= off_ns <= most_ns && off_ns >= -most_ns;
	}
	return measured_of(sent, value_truth(by_clock));
}

/* The step of TIME_WAIT could be the clock's, so soon did the SYN come. */
static bool is_ambiguous(const struct record *rec, const struct sent *sent)
{
	double off_ns = sent->why_not ? 0 : (2 + TIME_WAIT_STEP) * TICK_NS - ns_to(sent, 1);

	return off_ns <= stamps_ns(rec) && off_ns >= -stamps_ns(rec);
}

static int64_t isn_step(const struct sent *sent)
{
	return sent->why_not ? 0 : (int64_t)ticks_to(sent, 1);
}

static void judge_reopened(const struct record *rec, struct judge *judge)
{
	struct sent again = isns_of(judge, SIDE_SERVER, PORT_AGAIN, 1);
	struct sent waited = isns_of(judge, SIDE_SERVER, PORT_TIME_WAIT, 1);
	bool kept = model_timewait_is_kept(rec, SIDE_SERVER) && model_timewait_counts_on(rec);
	struct figure figure = {
		.name = "goes_on_with_the_clock",
		.says = value_truth(true),
		.predicts = value_truth(true),
		.measured = measure_by_clock(rec, &again),
		.rule = "secure_tcp_seq(): the same hash",
	};

	judge_case(judge, "nothing is left of the connection before");
	judge_truth(judge, &figure);
	judge_case(judge, "the connection before is in TIME_WAIT");
	figure.predicts = value_truth(!kept);
	figure.measured = measure_by_clock(rec, &waited);
	figure.rule = "tcp_timewait_state_process(): tw_snd_nxt + 65537";
	if (kept && is_ambiguous(rec, &waited))
		figure.unpredicted = "apart_ms is too short to tell the clock from that step";
	judge_truth(judge, &figure);
	if (!kept)
		return;
	/* The SYN and the FIN took a number each. */
	judge_count(judge, &(struct figure){
				   .name = "isn_step",
				   .predicts = value_count(2 + TIME_WAIT_STEP),
				   .measured = measured_of(&waited, value_count(isn_step(&waited))),
				   .rule = figure.rule,
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	judge_claim(judge, "open.isn-clock");
	judge_clock(story->rec, judge, SIDE_CLIENT);
	judge_clock(story->rec, judge, SIDE_SERVER);
	judge_claim(judge, "open.isn-hash");
	judge_unrelated(judge);
	judge_reopened(story->rec, judge);
}

const struct probe probe_open_isn_clock = {
	.id = "open.isn-clock",
	.title = "Initial sequence numbers: a clock and a hash",
	.question = "How fast does the clock behind an initial sequence number tick, and what else "
		    "is in it?",
	.kernel_path = "secure_tcp_seq(), secure_tcpv6_seq(), seq_scale(); "
		       "tcp_timewait_state_process(); RFC 6528 3, RFC 9293 3.4.1",
	.wire = WIRE_KERNEL,
	.claims = {{"open.isn-clock", "D",
                    "Initial sequence numbers differ from connection to connection: a clock that "
                    "ticks every 4 us, plus a hash of the four-tuple."},
                   {"open.isn-hash", "D",
                    "Two four-tuples opened together get unrelated numbers; one that is opened "
                    "again goes on with the clock."}},
	.params = {{"reopenings", 40, 40, "how often one four-tuple is opened"},
                   {"apart_ms", 25, 250, "how long it rests in between, ms"},
                   {"four_tuples", 48, 48, "how many are opened together"}},
	.run = run,
	.judge = judge,
};
