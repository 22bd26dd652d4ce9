// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * More orphans than tcp_max_orphans: which of them are reset, by close() and by their own
 * timers? tcp_too_many_orphans() compares with what tcp_orphan_update() counted last, up to 100 ms
 * ago: a close() that makes it one too many lingers, the next one resets. An orphan in FIN_WAIT2 is
 * never asked; one that sends its FIN again is, at every time-out, and tcp_out_of_resources()
 * counts double for one that ICMP told of trouble, or that has long been idle.
 *
 *   client                         server
 *   one too many
 *   FIN_WAIT1   ---- FA --->       CLOSE_WAIT
 *   FIN_WAIT2   <--- A -----
 *   the next one
 *   FIN_WAIT1   ---- FA --->       CLOSE_WAIT
 *   CLOSE       ---- RA --->       CLOSE, EPIPE
 *   one whose FINs were lost before: the reset's number is beyond them
 *   FIN_WAIT1   ---- FA - ->
 *   CLOSE       ---- RA --->
 *               <--- A -----       a challenge ACK: tcp_validate_incoming()
 *               ---- R ---->       CLOSE
 */
#include "../../harness/probe.h"

#define PORT 8080
#define SYSCTL "net.ipv4.tcp_max_orphans"

enum {
	LEAST = 4,
	MOST = 200, /* what the probe takes for tcp_max_orphans */
	FINS = 4, /* of each orphan whose FINs are lost: its timer has asked twice and more */
	REFUSED = 2, /* that are closed when there are too many */
	UNDECIDED_MS = 30000, /* how long the run takes beside the idle time */
	RTO_MAX_LEAST_S = 60,
	CHALLENGE_LEAST = 6, /* tcp_challenge_ack_limit, of which half may be left: 3 */
	FIN_TIMEOUT_LEAST_S = 600, /* so that FIN_WAIT2 is a socket, and stays: tcp_fin_time() */
};

/* The connections in the order in which they begin, and their labels. */
enum { IDLE, CLOCK, SILENT, TOLD, QUIET };
static const char *const labels[QUIET] = {"c1", "c2", "c3", "c4"};

/* Those whose FINs are lost. */
enum { LOST = 3 };
static const int lost[LOST] = {IDLE, SILENT, TOLD};

/* Notes, from when on there are more than half as many orphans as there may be, and more. */
#define HALF "more than half"
#define OVER "more than there may be"

/* What each number of quiet ones is good for; beyond them: */
#define LINGERS(most) (QUIET + (most) + 1 + REFUSED)
#define NEXT(most) (LINGERS(most) + 1)
#define CONNECTIONS(most) (NEXT(most) + 1)

/* More than half of the limit, also when one of them has been reset. */
static int64_t half_of(int64_t most)
{
	return most / 2 + 2;
}

struct bed {
	struct probe_run *run;
	int64_t most;
	struct sock *clients[CONNECTIONS(MOST)], *servers[CONNECTIONS(MOST)];
	size_t closed; /* of the quiet ones */
};

static void connect_all(struct bed *bed)
{
	struct sock *listener = sock_listen(bed->run, SIDE_SERVER, PORT);
	size_t rest = (size_t)CONNECTIONS(bed->most) - CLOCK;

	socks_connect_many(bed->run,
	                   (struct many){.side = SIDE_CLIENT, .count = 1, .to_port = PORT},
	                   &bed->clients[IDLE]);
	socks_accept_many(listener, 1, &bed->servers[IDLE]);
	if (param(bed->run, "idle_s"))
		observe_for(bed->run, param(bed->run, "idle_s") * 1000, "one is idle");
	socks_connect_many(bed->run,
	                   (struct many){.side = SIDE_CLIENT, .count = rest, .to_port = PORT},
	                   &bed->clients[CLOCK]);
	socks_accept_many(listener, rest, &bed->servers[CLOCK]);
	await_states(bed->clients, (size_t)CONNECTIONS(bed->most), STATE_ESTABLISHED);
}

/*
 * The kernel counts anew. Its timer for that waits for a processor that is awake (TIMER_DEFERRABLE),
 * and follows on any other that fires when the 100 ms are over: that of a segment which was lost.
 */
static void count_again(struct bed *bed)
{
	struct packet_match data = match_of(bed->clients[CLOCK], TCP_FLAG_ACK);

	data.payload = PAYLOAD_SOME;
	wire_drop_next(bed->run, data, 1);
	sock_send(bed->clients[CLOCK], 1);
	sock_receive(bed->servers[CLOCK], 1);
}

/* Orphans in FIN_WAIT2, full sockets that nobody asks: @count in all. */
static void close_quiet(struct bed *bed, int64_t count)
{
	for (; bed->closed < (size_t)count; bed->closed++) {
		struct sock *client = bed->clients[QUIET + bed->closed];

		sock_close(client);
		await_state(client, STATE_FIN_WAIT2);
	}
}

/* What is asked of an orphan when there are @counted; it is one of those whose FINs are lost. */
static struct orphans asked_of(const struct record *rec, int who, int64_t counted, int64_t most)
{
	int64_t idle_s = 0;

	(void)record_param(rec, "idle_s", &idle_s);
	return (struct orphans){
		.counted = counted,
		.most = most,
		.soft_error = who == TOLD,
		.idle_ns = who == IDLE ? idle_s * NS_PER_S : 0,
	};
}

/* Until its timer has asked once more, which ends it or not. */
static void await_asked(struct bed *bed, int who)
{
	const struct record *rec = run_record(bed->run);
	const struct orphans asked = asked_of(rec, who, half_of(bed->most), bed->most);
	struct sock *client = bed->clients[who];

	if (model_orphan_is_reset(rec, SIDE_CLIENT, &asked))
		(void)await_gone_within(client, fin_loss_limit_ms(rec, SIDE_CLIENT, labels[who]));
	else
		await_sent_in_all(bed->run, match_of(client, TCP_FLAG_FIN), FINS + 1);
}

/* Twice those that there are are not too many; then more than half are too many for two. */
static void run_half(struct bed *bed)
{
	struct sock *const *clients = bed->clients;

	sysctl_set_machine(bed->run, SYSCTL, 2 * half_of(bed->most));
	wire_drop(bed->run, match_of(clients[IDLE], TCP_FLAG_FIN));
	wire_drop(bed->run, match_of(clients[SILENT], TCP_FLAG_FIN));
	wire_reject(bed->run, match_of(clients[TOLD], TCP_FLAG_FIN), REJECT_HOST, 0);
	close_quiet(bed, half_of(bed->most) - LOST);
	for (int i = 0; i < LOST; i++)
		sock_close(clients[lost[i]]);
	for (int i = 0; i < LOST; i++)
		await_sent_in_all(bed->run, match_of(clients[lost[i]], TCP_FLAG_FIN), FINS);
	note(bed->run, HALF);
	sysctl_set_machine(bed->run, SYSCTL, bed->most);
	for (int i = 0; i < LOST; i++)
		await_asked(bed, lost[i]);
}

static void run_timer(struct bed *bed)
{
	sysctl_set_machine(bed->run, SYSCTL, 4 * bed->most);
	close_quiet(bed, bed->most + 1);
	count_again(bed);
	note(bed->run, OVER);
	sysctl_set_machine(bed->run, SYSCTL, bed->most);
	for (int i = 0; i < LOST; i++)
		(void)await_gone_within(
			bed->clients[lost[i]],
			fin_loss_limit_ms(run_record(bed->run), SIDE_CLIENT, labels[lost[i]]));
}

static void close_refused(struct bed *bed, int64_t number)
{
	sock_close(bed->clients[number]);
	(void)await_gone_within(bed->clients[number], AWAIT_LIMIT_MS);
	(void)sock_await_failure(bed->servers[number], AWAIT_LIMIT_MS);
}

static void run_close(struct bed *bed)
{
	for (int64_t i = 0; i < REFUSED; i++)
		close_refused(bed, QUIET + bed->most + 1 + i);
	sysctl_set_machine(bed->run, SYSCTL, bed->most + 1);
	count_again(bed);
	sock_close(bed->clients[LINGERS(bed->most)]);
	(void)await_state_within(bed->clients[LINGERS(bed->most)], STATE_FIN_WAIT2, AWAIT_LIMIT_MS);
	count_again(bed);
	close_refused(bed, NEXT(bed->most));
	socks_on_port(bed->run, SIDE_CLIENT, 0);
}

static void run(struct probe_run *run)
{
	const struct record *rec = run_record(run);
	struct bed bed = {.run = run, .most = param(run, "most")};
	int64_t idle_ns = param(run, "idle_s") * NS_PER_S,
		penalty_ns = model_orphan_idle_ns(rec, SIDE_CLIENT);

	if (bed.most < LEAST || bed.most > MOST)
		run_inconclusive(run, "asks for a limit of %d to %d", LEAST, MOST);
	if (model_sysctl_or(rec, SIDE_CLIENT, "net.ipv4.tcp_fin_timeout", 0) < FIN_TIMEOUT_LEAST_S)
		run_inconclusive(run, "asks for a tcp_fin_timeout of %d or more",
		                 FIN_TIMEOUT_LEAST_S);
	if (idle_ns <= penalty_ns && idle_ns + UNDECIDED_MS * NS_PER_MS > penalty_ns)
		run_inconclusive(run, "idle for about as long as the rule asks for");
	if (model_rto_max_ns(rec, SIDE_CLIENT) < RTO_MAX_LEAST_S * NS_PER_S)
		run_inconclusive(run, "asks for a greatest RTO of %d s or more", RTO_MAX_LEAST_S);
	connect_all(&bed);
	run_half(&bed);
	run_timer(&bed);
	run_close(&bed);
}

/* ---- judge */

/* tcp_send_active_reset(); what answers a segment for no socket does not acknowledge. */
static const struct packet_match active_reset = {.from = SIDE_CLIENT,
                                                 .flags_mask = TCP_FLAG_RST | TCP_FLAG_ACK,
                                                 .flags_value = TCP_FLAG_RST | TCP_FLAG_ACK};

static const char *label(struct judge *judge, char host, int64_t number)
{
	return judge_text(judge, "%c%lld", host, (long long)number + 1);
}

static struct measured measure_reset(const struct sent *resets)
{
	struct measured measured = measure_sent(resets);

	if (measured.value.kind == VALUE_COUNT)
		measured.value = value_truth(measured.value.lo > 0);
	return measured;
}

static void judge_reset(struct judge *judge, const struct orphans *orphans, bool says,
                        const struct sent *resets)
{
	const struct record *rec = judged_story(judge)->rec;

	judge_truth(judge, &(struct figure){
				   .name = "reset",
				   .says = value_truth(says),
				   .predicts = value_truth(
					   model_orphan_is_reset(rec, SIDE_CLIENT, orphans)),
				   .measured = measure_reset(resets),
				   .rule = "tcp_too_many_orphans(): tcp_orphan_cache << shift",
			   });
}

/* Asked by its timer, before @until. */
static void judge_asked(struct judge *judge, int who, int64_t counted, int64_t most,
                        struct moment from, struct moment until)
{
	const struct orphans asked = asked_of(judged_story(judge)->rec, who, counted, most);
	struct sent resets = sent_before(sent_on(judge, labels[who], &active_reset, from), until);

	judge_reset(judge, &asked, counted > most, &resets);
}

static void judge_timers(struct judge *judge, int64_t most)
{
	static const char *const conditions[QUIET] = {
		[IDLE] = "idle for long", [SILENT] = "no more", [TOLD] = "an ICMP error"};
	const struct moment half = when_noted(judge, HALF), over = when_noted(judge, OVER);
	int64_t count = half_of(most);

	for (int i = 0; i < LOST; i++) {
		judge_case(judge, "its timer, half of them, %s", conditions[lost[i]]);
		judge_asked(judge, lost[i], count, 2 * count, (struct moment){0}, half);
		judge_case(judge, "its timer, more than half, %s", conditions[lost[i]]);
		judge_asked(judge, lost[i], count, most, half, over);
	}
	judge_case(judge, "its timer, too many");
	judge_asked(judge, SILENT, most + 2, most, over, (struct moment){.t_ns = INT64_MAX});
}

/* close() with @counted there already; the article counts its own orphan too. */
static void judge_close(struct judge *judge, int64_t number, int64_t counted, int64_t most)
{
	const struct orphans asked = {.counted = counted, .most = most};
	struct sent resets =
		sent_on(judge, label(judge, 'c', number), &active_reset, (struct moment){0});

	judge_reset(judge, &asked, counted + 1 > most, &resets);
}

static void judge_closes(struct judge *judge, int64_t most)
{
	judge_case(judge, "close(), too many before");
	judge_close(judge, QUIET + most + 1, most + 1, most);
	judge_case(judge, "close(), as many as there may be before");
	judge_close(judge, LINGERS(most), most + 1, most + 1);
	judge_case(judge, "close(), one more before");
	judge_close(judge, NEXT(most), most + 2, most + 1);
}

/* One that close() reset: its FIN had been sent. */
static void judge_refused(struct judge *judge, int64_t most)
{
	int64_t number = QUIET + most + 1;
	const char *c = label(judge, 'c', number), *s = label(judge, 's', number);
	const struct packet_match any = {.from = SIDE_CLIENT};
	struct sent sent = sent_on(judge, c, &any, when_called(judge, SIDE_CLIENT, c, "close"));

	judge_case(judge, "close(), too many before");
	judge_words(judge, &(struct figure){
				   .name = "client_sends",
				   .predicts = value_words("FA RA"),
				   .measured = measure_flags(judge, &sent),
				   .rule = "__tcp_close(): tcp_send_fin(), then tcp_check_oom()",
			   });
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_CLIENT,
				  .sock = c,
				  .predicts = "SYN_SENT ESTABLISHED FIN_WAIT1 CLOSE",
				  .rule = "__tcp_close(): tcp_check_oom()",
			  });
	judge_walk(judge, &(struct walk_figure){
				  .host = SIDE_SERVER,
				  .sock = s,
				  .predicts = "SYN_RECV ESTABLISHED CLOSE_WAIT CLOSE",
				  .rule = "tcp_reset()",
			  });
	judge_errno(judge, &(struct errno_figure){
				   .host = SIDE_SERVER,
				   .sock = s,
				   .call = "SO_ERROR",
				   .predicts = "EPIPE",
				   .rule = "tcp_reset(): in CLOSE_WAIT",
			   });
}

/* What became of all: each reset is counted, and those in FIN_WAIT2 are over the limit still. */
static void judge_sums(struct judge *judge, int64_t most)
{
	bool challenges = model_sysctl_or(judged_story(judge)->rec, SIDE_SERVER,
	                                  "net.ipv4.tcp_challenge_ack_limit",
	                                  CHALLENGE_LEAST) >= CHALLENGE_LEAST;

	judge_case(judge, "in all");
	judge_count(judge, &(struct figure){
				   .name = "TCPAbortOnMemory",
				   .predicts = value_count(LOST + REFUSED + 1),
				   .measured = measure_counter(judge, SIDE_CLIENT,
	                                                       "TcpExt.TCPAbortOnMemory"),
				   .rule = "__tcp_close(), tcp_out_of_resources()",
			   });
	judge_count(
		judge,
		&(struct figure){
			.name = "TCPChallengeACK",
			.predicts = value_count(LOST),
			.unpredicted = challenges ? NULL : "tcp_challenge_ack_limit is low",
			.measured = measure_counter(judge, SIDE_SERVER, "TcpExt.TCPChallengeACK"),
			.rule = "tcp_validate_incoming(): a reset beyond rcv_nxt, where "
				"the FIN was lost",
		});
	judge_count(judge, &(struct figure){
				   .name = "orphans_left",
				   .predicts = value_count(most + 2),
				   .measured = measure_sockets_in(judge, SIDE_CLIENT, 0,
	                                                          STATE_FIN_WAIT2, OBJECT_FULL),
				   .rule = "tcp_keepalive_timer() in FIN_WAIT2 asks for no limit",
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	int64_t most = 0;

	record_param(story->rec, "most", &most);
	judge_claim(judge, "orphan.max");
	judge_closes(judge, most);
	judge_refused(judge, most);
	judge_timers(judge, most);
	judge_sums(judge, most);
}

const struct probe probe_orphan_max = {
	.id = "orphan.max",
	.title = "More orphans than tcp_max_orphans",
	.question = "Which orphans are reset when there are more than tcp_max_orphans, when, and "
		    "what do their peers hear?",
	.kernel_path = "__tcp_close(), tcp_check_oom(), tcp_too_many_orphans(), "
		       "tcp_orphan_update(), tcp_out_of_resources()",
	.wire = WIRE_HAND,
	.needs = NEEDS_VM,
	.claims = {{"orphan.max", "A",
                    "Over tcp_max_orphans an orphan is reset instead of lingering."}},
	.sysctls = {{"client:net.ipv4.tcp_fin_timeout", "7200", "7200"},
                    {"client:net.ipv4.tcp_orphan_retries", "8", "8"}},
	.params = {{"most", 8, 8, "tcp_max_orphans of the machine, 4 to 200"},
                   {"idle_s", 241, 241, "how long one connection is idle before it is closed"}},
	.run = run,
	.judge = judge,
};
