// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Strangers send SYNs and never answer. How long does a listener keep what is half-open, with a
 * lower tcp_synack_retries and then with a higher one? Each request has a timer of its own,
 * reqsk_timer_handler(): as long as the queue is not more than half full it goes by the sysctl.
 * Where it is, and all of it is old, two retransmissions are enough, until half of the room is
 * free: to lower the sysctl to 2 changes nothing for those.
 *
 *   stranger                       server
 *               ---- S ---->       SYN_RECV
 *               <--- SA ----
 *     1 s       <--- SA ----       tcp_synack_retries 0: gone
 *     3 s       <--- SA ----
 *     7 s       <--- SA ----       more than half of the queue: gone
 *    15 s                          tcp_synack_retries 3: gone
 */
#include "../../harness/probe.h"

enum {
	PORT_LOW = 8080, /* less than half full; the number is lower */
	PORT_HIGH, /* the same with the higher one */
	PORT_TIGHT, /* more than half full */
	ROOMY_BACKLOG = 64,
	ROOMY = 10,
	TIGHT_LEAST = 5, /* half of max(8, backlog), and one more */
	TIGHT_MOST = 32,
	PRUNES_AT = 3, /* time-outs: two retransmissions are always made */
	STRANGER_PORT = 40000,
};

#define SYSCTL "net.ipv4.tcp_synack_retries"

/* Instants: counters_mark(). */
static const char low_gone[] = "the lower number is over",
		  as_long[] = "as many time-outs with the higher one",
		  third[] = "the third time-out is over", at_end[] = "both are over";

static struct packet_match syn_ack_of(uint16_t port)
{
	return (struct packet_match){.from = SIDE_SERVER,
	                             .src_port = port,
	                             .flags_mask = TCP_FLAG_SYN,
	                             .flags_value = TCP_FLAG_SYN};
}

/* @retries of the sysctl: the one in force at first, or the one that was set then. */
static bool model_kept(const struct record *rec, int64_t retries, struct schedule *model)
{
	return model_synack(rec, SIDE_SERVER, &(struct synack){.syncnt = retries}, model);
}

static int64_t low_of(const struct record *rec)
{
	return model_sysctl_or(rec, SIDE_SERVER, SYSCTL, 5);
}

/* @count SYNs to @port, from strangers @first and on; what became of them in @ends. */
static void flood(struct probe_run *run, uint16_t port, unsigned int first, unsigned int count,
                  struct sock **ends)
{
	for (unsigned int i = 0; i < count; i++) {
		struct packet syn = {
			.src = wire_stranger(run, SIDE_CLIENT, first + i, STRANGER_PORT),
			.dst.port = port,
			.flags = TCP_FLAG_SYN,
			.seq = 4711,
			.window = 1024,
			.mss = 1000,
		};

		wire_inject(run, SIDE_CLIENT, &syn);
		ends[i] = sock_injected(run, SIDE_CLIENT, &syn);
	}
	await_sent_in_all(run, syn_ack_of(port), count);
}

static void count_all(struct probe_run *run, const char *mark)
{
	for (int port = PORT_LOW; port <= PORT_TIGHT; port++)
		socks_on_port(run, SIDE_SERVER, (uint16_t)port);
	counters_mark(run, mark);
}

static int64_t limit_ms(const struct record *rec, int64_t retries)
{
	struct schedule model;

	return AWAIT_LIMIT_MS +
	       (model_kept(rec, retries, &model) ? model.give_up.hi_ns / NS_PER_MS : 0);
}

static void await_all_gone(struct probe_run *run, int64_t retries, struct sock *const *ends,
                           size_t count)
{
	for (size_t i = 0; i < count; i++)
		(void)await_gone_within(ends[i], limit_ms(run_record(run), retries));
}

/* Until @timeouts have run off for each of @count: those that outlive one send once more. */
static void await_timeouts(struct probe_run *run, uint16_t port, int64_t count, int64_t most,
                           int64_t timeouts)
{
	int64_t high = param(run, "high"), sent = 0;

	for (unsigned int past = 0; past <= timeouts; past++)
		sent += model_half_open_kept(count, most, high, past);
	(void)await_sent_in_all_within(run, syn_ack_of(port), (unsigned int)sent,
	                               limit_ms(run_record(run), high));
}

static void await_both(struct probe_run *run, int64_t backlog, int64_t timeouts)
{
	await_timeouts(run, PORT_HIGH, ROOMY, ROOMY_BACKLOG, timeouts);
	await_timeouts(run, PORT_TIGHT, backlog, backlog, timeouts);
}

/* Of the higher number, when the queue has been pruned and the lower number were over. */
static int64_t third_of(int64_t low)
{
	return low + 1 > PRUNES_AT ? low + 1 : PRUNES_AT;
}

static void listen_at(struct probe_run *run, uint16_t port, int64_t backlog)
{
	sock_listen_with(run, SIDE_SERVER,
	                 (struct sock_config){.port = port, .backlog = (int)backlog});
}

static void run_high(struct probe_run *run, int64_t low, int64_t high, int64_t backlog)
{
	struct sock *ends[ROOMY], *tight[TIGHT_MOST];
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)high);
	sysctl_set(run, SIDE_SERVER, SYSCTL, text);
	flood(run, PORT_HIGH, 1, ROOMY, ends);
	flood(run, PORT_TIGHT, 1 + ROOMY, (unsigned int)backlog, tight);
	await_both(run, backlog, low + 1);
	count_all(run, as_long);
	await_both(run, backlog, third_of(low));
	count_all(run, third);
	if (!param(run, "to_the_end"))
		return;
	await_all_gone(run, high, ends, ROOMY);
	await_all_gone(run, high, tight, (size_t)backlog);
	count_all(run, at_end);
}

static void run(struct probe_run *run)
{
	const struct record *rec = run_record(run);
	int64_t backlog = param(run, "backlog"), low = low_of(rec), high = param(run, "high");
	struct sock *ends[ROOMY];

	if (backlog < TIGHT_LEAST || backlog > TIGHT_MOST ||
	    model_sysctl_or(rec, SIDE_SERVER, "net.core.somaxconn", 0) < ROOMY_BACKLOG)
		run_inconclusive(run, "asks for a backlog of %d to %d", TIGHT_LEAST, TIGHT_MOST);
	if (high <= low || high < PRUNES_AT)
		run_inconclusive(run, "asks for a higher number, of %d or more", PRUNES_AT);
	if (model_sysctl_or(rec, SIDE_SERVER, "net.ipv4.tcp_syncookies", 1) == 2)
		run_inconclusive(run, "with tcp_syncookies 2 no connection is half-open");
	listen_at(run, PORT_LOW, ROOMY_BACKLOG);
	listen_at(run, PORT_HIGH, ROOMY_BACKLOG);
	listen_at(run, PORT_TIGHT, backlog);
	flood(run, PORT_LOW, 1, ROOMY, ends);
	await_all_gone(run, low, ends, ROOMY);
	count_all(run, low_gone);
	run_high(run, low, high, backlog);
}

/* ---- judge */

static void judge_left(struct judge *judge, const char *name, uint16_t port, const char *mark,
                       int64_t says, int64_t predicts)
{
	judge_count(judge,
	            &(struct figure){
			    .name = name,
			    .says = value_count(says),
			    .predicts = value_count(predicts),
			    .measured = measure_sockets_in_until(
				    judge, SIDE_SERVER, port, STATE_SYN_RECV, OBJECT_REQUEST, mark),
			    .rule = "reqsk_timer_handler()",
		    });
}

/* With the higher number at @mark, when @timeouts have run off; the article has it alone. */
static void judge_mark(struct judge *judge, const char *mark, int64_t timeouts, int64_t high,
                       int64_t backlog)
{
	unsigned int past = (unsigned int)timeouts;

	judge_case(judge, "%s", mark);
	judge_left(judge, "left", PORT_HIGH, mark, timeouts > high ? 0 : ROOMY,
	           model_half_open_kept(ROOMY, ROOMY_BACKLOG, high, past));
	judge_left(judge, "left_in_a_full_queue", PORT_TIGHT, mark, timeouts > high ? 0 : backlog,
	           model_half_open_kept(backlog, backlog, high, past));
}

/* From its SYN+ACK to its end, of the first of those at @port. */
static void judge_lifetime(struct judge *judge, const char *name, uint16_t port, int64_t retries)
{
	const struct packet_match match = syn_ack_of(port);
	struct sent sent = sent_since(judge, &match, 0);
	const char *sock = sent.count ? sent.items[0]->sock[SIDE_SERVER] : "";
	struct schedule model;
	bool modelled = model_kept(judged_story(judge)->rec, retries, &model);

	judge_time(
		judge,
		&(struct figure){
			.name = name,
			.predicts = modelled ? span_value(model.give_up) : value_none(),
			.measured = measure_until_end(judge, SIDE_SERVER, sock, when_sent(&sent)),
			.rule = "reqsk_timer_handler(): tcp_synack_retries",
			.unpredicted = modelled ? NULL : "tcp_synack_retries is not known",
		});
}

static void judge(const struct story *story, struct judge *judge)
{
	int64_t backlog = 0, to_the_end = 0, high = 0, low = low_of(story->rec);

	record_param(story->rec, "backlog", &backlog);
	record_param(story->rec, "high", &high);
	record_param(story->rec, "to_the_end", &to_the_end);
	judge_claim(judge, "queue.synack-retries-drain");
	judge_case(judge, "%s", low_gone);
	judge_left(judge, "left", PORT_LOW, low_gone, 0, 0);
	judge_mark(judge, as_long, low + 1, high, backlog);
	judge_mark(judge, third, third_of(low), high, backlog);
	if (!to_the_end)
		return;
	judge_mark(judge, at_end, high + 1, high, backlog);
	judge_lifetime(judge, "higher_number_lasts", PORT_HIGH, high);
	judge_lifetime(judge, "lower_number_lasts", PORT_LOW, low);
}

const struct probe probe_queue_synack_retries_drain = {
	.id = "queue.synack-retries-drain",
	.title = "Half-open connections vanish by tcp_synack_retries",
	.question = "How many half-open connections are left, and when, with a lower and a higher "
		    "tcp_synack_retries and where the queue is more than half full?",
	.kernel_path = "reqsk_timer_handler(), inet_csk_reqsk_queue_drop_and_put()",
	.wire = WIRE_KERNEL,
	.claims = {{"queue.synack-retries-drain", "D",
                    "With a lower tcp_synack_retries half-open connections vanish sooner."}},
	.sysctls = {{"server:" SYSCTL, "0", "1"}},
	.params = {{"high", 3, 5, "the higher tcp_synack_retries, that is set then"},
                   {"backlog", 8, 8, "of the listener whose queue is filled, 5 to 32"},
                   {"to_the_end", 0, 1, "1: until the higher number is over, too"}},
	.run = run,
	.judge = judge,
};
