// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * When does connect() give up? Two sockets at each host, one by tcp_syn_retries and one with
 * TCP_SYNCNT of its own; the server's kernel doubles every wait, the client's waits 1 s
 * tcp_syn_linear_timeouts times first where it has that. tcp_write_timeout() in SYN_SENT.
 *
 *   client                         server
 *   c1, c2 SYN_SENT                s1, s2 SYN_SENT
 *               ---- S ---X
 *               X--- S ----        1, 2, 4 s...
 *               ---- S ---X        1, 1, 1, 1, 1, 2, 4 s...
 *   CLOSE       ETIMEDOUT          CLOSE, sooner
 */
#include "../../harness/probe.h"

/* Waits of which the popular sum is told; later ones reach the greatest RTO. */
#define DOUBLINGS_TOLD 30

static const char linear_name[] = "net.ipv4.tcp_syn_linear_timeouts";
static const char unmodelled[] = "net.ipv4.tcp_syn_retries is not in the record";

struct attempt {
	const char *sock;
	enum side host;
	bool own; /* it has TCP_SYNCNT */
};
static const struct attempt attempts[] = {
	{"c1", SIDE_CLIENT, false},
	{"c2", SIDE_CLIENT, true},
	{"s3", SIDE_SERVER, false},
	{"s4", SIDE_SERVER, true},
};
#define ATTEMPTS (sizeof(attempts) / sizeof(attempts[0]))

static struct packet_match syn_of(enum side from)
{
	return (struct packet_match){
		.from = from, .flags_mask = TCP_FLAG_SYN, .flags_value = TCP_FLAG_SYN};
}

static int64_t syncnt_of(const struct record *rec, const struct attempt *attempt)
{
	int64_t syncnt = 0;

	if (attempt->own)
		(void)record_param(rec, "syncnt", &syncnt);
	return syncnt;
}

/* How often a SYN of @attempt may be sent again, apart from linear time-outs. */
static int64_t retries_of(const struct record *rec, const struct attempt *attempt)
{
	int64_t syncnt = syncnt_of(rec, attempt);

	return syncnt ? syncnt : model_sysctl_or(rec, attempt->host, "net.ipv4.tcp_syn_retries", 0);
}

static void run(struct probe_run *run)
{
	struct sock *socks[ATTEMPTS];
	struct schedule model;

	for (int side = 0; side < SIDE_COUNT; side++)
		wire_drop(run, syn_of((enum side)side));
	for (size_t i = 0; i < ATTEMPTS; i++) {
		socks[i] = sock_open(run, attempts[i].host);
		if (attempts[i].own)
			sock_option(socks[i], "TCP_SYNCNT", param(run, "syncnt"));
		sock_connect(socks[i], attempts[i].host == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT,
		             8080);
	}
	for (size_t i = 0; i < ATTEMPTS; i++) {
		if (!model_syn_of(run_record(run), attempts[i].host,
		                  syncnt_of(run_record(run), &attempts[i]), &model))
			run_inconclusive(run, unmodelled);
		sock_await_error(socks[i], model.give_up.hi_ns / NS_PER_MS + 2000);
	}
}

/* 1, 2, 4... s up to 2^@retries. */
static struct value popular_sum(int64_t retries)
{
	int64_t ns = ((2LL << retries) - 1) * NS_PER_S;

	return retries > DOUBLINGS_TOLD ? value_none() : value_time(ns, ns);
}

/* What the timer was set to that made @wait: the wheel rounds the longest by seconds. */
static struct span set_to(struct span wait, const struct span *timer)
{
	bool timed = wait.hi_ns >= timer->lo_ns && wait.lo_ns <= timer->hi_ns;

	return timed ? (struct span){.lo_ns = timer->lo_ns, .hi_ns = timer->lo_ns} : wait;
}

/* From the one before @i to it; behind the last to @end, which is known to within two readings. */
static struct span wait_until(const struct sent *syns, size_t i, const struct value *end)
{
	int64_t from_ns = syns->items[i - 1]->depart_ns, first_ns = syns->items[0]->depart_ns;

	if (i < syns->count)
		return (struct span){.lo_ns = syns->items[i]->depart_ns - from_ns,
		                     .hi_ns = syns->items[i]->depart_ns - from_ns};
	return (struct span){.lo_ns = end->lo - (from_ns - first_ns),
	                     .hi_ns = end->hi - (from_ns - first_ns)};
}

/* What the timers were set to that ended each wait of @syns and the last one, summed. */
static struct measured measure_waits(struct measured until_end, const struct sent *syns,
                                     const struct schedule *model)
{
	struct span sum = {0};

	if (until_end.value.kind != VALUE_TIME || !syns->count)
		return until_end;
	for (size_t i = 1; i <= syns->count; i++) {
		struct span wait = wait_until(syns, i, &until_end.value);

		if (i == syns->count)
			wait = set_to(wait, &model->last);
		else if (i < model->sends_hi)
			wait = set_to(wait, &model->after[i]);
		sum.lo_ns += wait.lo_ns;
		sum.hi_ns += wait.hi_ns;
	}
	until_end.value = span_value(sum);
	return until_end;
}

static struct value waits_predicted(const struct schedule *model)
{
	const struct span *end = &model->give_up;

	return value_time(end->lo_ns, model->sends_lo == model->sends_hi ? end->lo_ns : end->hi_ns);
}

static void judge_case_of(const struct record *rec, struct judge *judge,
                          const struct attempt *attempt)
{
	int64_t linear = model_sysctl_or(rec, attempt->host, linear_name, 0);

	judge_case(judge, "%s %lld at the %s: %lld linear time-outs",
	           attempt->own ? "TCP_SYNCNT" : "tcp_syn_retries",
	           (long long)retries_of(rec, attempt), side_name(attempt->host),
	           (long long)linear);
}

static struct sent syns_of(struct judge *judge, const struct attempt *attempt)
{
	const struct packet_match syn = syn_of(attempt->host);

	return sent_on(judge, attempt->sock, &syn, (struct moment){0});
}

static void judge_attempt(const struct record *rec, struct judge *judge,
                          const struct attempt *attempt)
{
	struct sent syns = syns_of(judge, attempt);
	struct measured until_end =
		measure_until_end(judge, attempt->host, attempt->sock, when_sent(&syns));
	struct schedule model;
	const char *unpredicted = model_syn_of(rec, attempt->host, syncnt_of(rec, attempt), &model)
	                                  ? NULL
	                                  : unmodelled;

	judge_case_of(rec, judge, attempt);
	judge_count(judge,
	            &(struct figure){
			    .name = "retransmissions",
			    .says = value_count(retries_of(rec, attempt)),
			    .predicts = value_counts(model.sends_lo - 1, model.sends_hi - 1),
			    .measured = measure_resends(&syns),
			    .rule = "tcp_write_timeout(): icsk_syn_retries or tcp_syn_retries, and "
				    "tcp_syn_linear_timeouts",
			    .unpredicted = unpredicted,
		    });
	judge_time(judge, &(struct figure){
				  .name = "gives_up_after",
				  .predicts = span_value(model.give_up),
				  .measured = until_end,
				  .rule = "tcp_retransmit_timer(), retransmits_timed_out()",
				  .unpredicted = unpredicted,
			  });
	judge_time(judge,
	           &(struct figure){
			   .name = "waits_as_set",
			   .says = popular_sum(retries_of(rec, attempt)),
			   .predicts = waits_predicted(&model),
			   .measured = measure_waits(until_end, &syns, &model),
			   .rule = "tcp_retransmit_timer(), without the timer wheel's rounding",
			   .unpredicted = unpredicted,
		   });
	judge_schedule(judge, &(struct schedule_figure){
				      .sent = &syns,
				      .from = when_sent(&syns),
				      .model = &model,
				      .rule = "tcp_retransmit_timer(): icsk_rto << 1",
				      .unpredicted = unpredicted,
			      });
	judge_errno(judge, &(struct errno_figure){
				   .host = attempt->host,
				   .sock = attempt->sock,
				   .call = "SO_ERROR",
				   .says = "ETIMEDOUT",
				   .predicts = "ETIMEDOUT",
				   .rule = "tcp_write_err()",
			   });
}

/* How many waits between SYNs of @sent are as long as the first RTO. */
static struct measured measure_linear(const struct record *rec, const struct sent *sent)
{
	struct measured measured = measure_resends(sent);
	int64_t linear = 0, most_ns = model_timer(rec, NS_PER_S).hi_ns;

	for (size_t i = 1; i < sent->count; i++)
		linear += sent->items[i]->depart_ns - sent->items[i - 1]->depart_ns <= most_ns;
	measured.value = value_count(linear);
	return measured;
}

static int64_t model_linear(const struct schedule *model)
{
	int64_t linear = 0;

	for (unsigned int i = 1; i < model->sends_hi; i++)
		linear += model->after[i].lo_ns <= NS_PER_S;
	return linear;
}

/* The first socket of each host: linear time-outs come on top of tcp_syn_retries. */
static void judge_linear(const struct record *rec, struct judge *judge,
                         const struct attempt *attempt)
{
	struct sent syns = syns_of(judge, attempt);
	struct measured measured = measure_linear(rec, &syns);
	const char *unpredicted = NULL;
	struct schedule model;
	int64_t value;

	if (!model_syn_of(rec, attempt->host, syncnt_of(rec, attempt), &model))
		unpredicted = unmodelled;
	if (!record_sysctl(rec, attempt->host, linear_name, &value))
		measured.skip = "this kernel has no tcp_syn_linear_timeouts (Linux 6.5)";
	judge_case_of(rec, judge, attempt);
	judge_count(judge, &(struct figure){
				   .name = "waits_of_one_second",
				   .predicts = value_count(model_linear(&model)),
				   .measured = measured,
				   .rule = "tcp_retransmit_timer(): icsk_retransmits > "
					   "tcp_syn_linear_timeouts doubles",
				   .unpredicted = unpredicted,
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	judge_claim(judge, "ask.connect-gives-up");
	for (size_t i = 0; i < ATTEMPTS; i++)
		judge_attempt(story->rec, judge, &attempts[i]);
	judge_claim(judge, "beyond.syn-linear");
	for (size_t i = 0; i < ATTEMPTS; i++)
		judge_linear(story->rec, judge, &attempts[i]);
}

const struct probe probe_ask_connect_gives_up = {
	.id = "ask.connect-gives-up",
	.title = "connect() to a host that does not answer",
	.question = "After how many SYNs and what time does connect() give up, by "
		    "tcp_syn_retries and by TCP_SYNCNT, with linear time-outs and without?",
	.kernel_path = "tcp_retransmit_timer(), tcp_write_timeout(), retransmits_timed_out(), "
		       "tcp_write_err(); RFC 6298 section 5",
	.wire = WIRE_KERNEL,
	.claims = {{"ask.connect-gives-up", "P",
                    "connect() gives up after 2^(n+1) - 1 s, n being tcp_syn_retries or "
                    "TCP_SYNCNT: 63 s with 5, 127 s with 6. (tcp(7) and many answers; 131 s is "
                    "told of newer kernels.)"},
                   {"beyond.syn-linear", "-",
                    "tcp_syn_linear_timeouts waits of 1 s come before the first that is doubled, "
                    "and are not counted by tcp_syn_retries."}},
	.sysctls = {{"net.ipv4.tcp_syn_retries", "2", NULL},
                    {"server:net.ipv4.tcp_syn_linear_timeouts", "0", "0", .optional = true}},
	.params = {{"syncnt", 1, 3, "TCP_SYNCNT of each host's second socket"}},
	.run = run,
	.judge = judge,
};
