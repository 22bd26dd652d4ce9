// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * "A dead peer is found after 2 h 11 min 15 s": of two connections whose peer vanishes, one is
 * idle, the other has data on its way. tcp_keepalive_timer() sends nothing while something is
 * outstanding and sets itself anew: there tcp_retries2 rules.
 *
 *   client                         server
 *   c1, c2 ESTABLISHED             vanishes
 *   c2 ---- PA --X                 a tail loss probe, time-outs: tcp_retries2
 *   c2 CLOSE  ETIMEDOUT
 *     tcp_keepalive_time
 *   c1 ---- A ---X                 tcp_keepalive_probes times, tcp_keepalive_intvl apart
 *   c1 CLOSE  ETIMEDOUT
 */
#include "../../harness/probe.h"

/* include/net/tcp.h */
#define TCP_KEEPALIVE_TIME_S 7200
#define TCP_KEEPALIVE_PROBES 9
#define TCP_KEEPALIVE_INTVL_S 75

static const char *const names[] = {
	"net.ipv4.tcp_keepalive_time",
	"net.ipv4.tcp_keepalive_probes",
	"net.ipv4.tcp_keepalive_intvl",
};

static const struct data_end with_data = {.host = SIDE_CLIENT, .sock = "c2"};

static const char unmodelled[] = "tcp_keepalive_time, _intvl or _probes is missing or negative";

static void run(struct probe_run *run)
{
	struct sock *idle, *busy, *server;
	struct schedule model;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		sysctl_default(run, names[i]);
	flow_establish(run, 8080, &idle, &server);
	flow_establish(run, 8081, &busy, &server);
	if (!model_keepalive(run_record(run), SIDE_CLIENT, &model))
		run_inconclusive(run, unmodelled);
	wire_drop(run, (struct packet_match){.from = SIDE_CLIENT});
	sock_keepalive(idle);
	sock_keepalive(busy);
	sock_send(busy, 100);
	sock_await_failure(busy, data_loss_limit_ms(run_record(run), &with_data));
	sock_await_failure(idle, model.give_up.hi_ns / NS_PER_MS + 2000);
}

/* What the sum comes to where nobody set anything. */
static void judge_default(struct judge *judge)
{
	struct measured time = measure_default(judge, names[0]);
	struct measured probes = measure_default(judge, names[1]);
	struct measured intvl = measure_default(judge, names[2]);
	const int64_t s = TCP_KEEPALIVE_TIME_S + TCP_KEEPALIVE_PROBES * TCP_KEEPALIVE_INTVL_S;
	const int64_t told_s = 2 * 3600 + 11 * 60 + 15;

	time.value = value_count(time.value.lo + probes.value.lo * intvl.value.lo);
	judge_count(judge, &(struct figure){
				   .name = "default_seconds",
				   .says = value_count(told_s),
				   .predicts = value_count(s),
				   .measured = time,
				   .rule = "TCP_KEEPALIVE_TIME, _PROBES, _INTVL: tcp_sk_init()",
			   });
}

/* tcp_keepalive_time and tcp_keepalive_probes times _intvl, as the kernel's timers round them. */
static struct value popular_sum(const struct record *rec)
{
	struct keepalive rules;
	struct span sum;

	if (!model_keepalive_rules(rec, SIDE_CLIENT, &(struct keepalive){0}, &rules))
		return value_none();
	sum = model_timer(rec, rules.time_s * NS_PER_S);
	for (int64_t i = 0; i < rules.probes; i++)
		sum = span_add(sum, model_timer(rec, rules.intvl_s * NS_PER_S));
	return span_value(sum);
}

static void judge_idle(const struct record *rec, struct judge *judge)
{
	struct moment armed = when_called(judge, SIDE_CLIENT, "c1", "setsockopt");
	const char *unpredicted = NULL;
	struct schedule model;

	if (!model_keepalive(rec, SIDE_CLIENT, &model))
		unpredicted = unmodelled;
	judge_time(judge, &(struct figure){
				  .name = "fails_after",
				  .says = popular_sum(rec),
				  .predicts = span_value(model.give_up),
				  .measured = measure_until_end(judge, SIDE_CLIENT, "c1", armed),
				  .rule = "tcp_keepalive_timer(): icsk_probes_out",
				  .unpredicted = unpredicted,
			  });
}

static void judge(const struct story *story, struct judge *judge)
{
	struct data_loss loss;

	data_loss_measure(judge, &with_data, &loss);
	judge_claim(judge, "ask.keepalive-figures");
	judge_default(judge);
	judge_case(judge, "nothing is on its way");
	judge_idle(story->rec, judge);
	judge_case(judge, "data is on its way");
	data_loss_judge_end(judge, &loss, popular_sum(story->rec));
	data_loss_judge_count(judge, &loss, value_none());
}

const struct probe probe_ask_keepalive_figures = {
	.id = "ask.keepalive-figures",
	.title = "When keepalive finds that the peer has vanished",
	.question =
		"After how long does SO_KEEPALIVE end a connection whose peer has vanished, idle "
		"and with data on its way?",
	.kernel_path = "tcp_keepalive_timer(), tcp_write_wakeup(); tcp_write_timeout(), "
		       "retransmits_timed_out(); RFC 9293 section 3.8.4",
	.wire = WIRE_HAND,
	.claims = {{"ask.keepalive-figures", "P",
                    "With SO_KEEPALIVE a vanished peer is found after tcp_keepalive_time and "
                    "tcp_keepalive_probes times tcp_keepalive_intvl: 2 h 11 min 15 s by default. "
                    "(tcp(7) and handbooks)"}},
	.sysctls = {{"net.ipv4.tcp_keepalive_time", "3", NULL},
                    {"net.ipv4.tcp_keepalive_intvl", "1", NULL},
                    {"net.ipv4.tcp_keepalive_probes", "3", NULL},
                    {"net.ipv4.tcp_retries2", "2", NULL}},
	.run = run,
	.judge = judge,
};
