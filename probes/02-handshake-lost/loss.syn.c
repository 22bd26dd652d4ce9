// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How often is a SYN sent again, when, and when does connect() give up?
 * tcp_retransmit_timer(), tcp_write_timeout() in SYN_SENT.
 *
 *   client                         server
 *   SYN_SENT    ---- S ---X
 *               ---- S ---X        tcp_syn_retries times, and
 *               ---- S ---X        tcp_syn_linear_timeouts more where the kernel has it
 *   CLOSE       ETIMEDOUT
 */
#include "../../harness/probe.h"

static const struct packet_match syn = {
	.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_SYN, .flags_value = TCP_FLAG_SYN};

#define TCP_SYN_RETRIES 6 /* include/net/tcp.h */

static void run(struct probe_run *run)
{
	struct schedule model;
	struct sock *client;

	sysctl_default(run, "net.ipv4.tcp_syn_retries");
	if (!model_syn(run_record(run), SIDE_CLIENT, &model))
		run_inconclusive(run, "net.ipv4.tcp_syn_retries is not in the record");
	sock_listen(run, SIDE_SERVER, 8080);
	wire_drop(run, syn);
	client = sock_open(run, SIDE_CLIENT);
	sock_connect(client, SIDE_SERVER, 8080);
	sock_await_error(client, model.give_up.hi_ns / NS_PER_MS + 2000);
}

/* How many waits between SYNs are nearer to twice the one before than to the same. */
static int64_t doubled(const int64_t *at_ns, size_t count)
{
	int64_t n = 0;

	for (size_t i = 2; i < count; i++)
		n += 2 * (at_ns[i] - at_ns[i - 1]) >= 3 * (at_ns[i - 1] - at_ns[i - 2]);
	return n;
}

static void judge_retries(const struct record *rec, struct judge *judge,
                          const struct packet_list *syns, const struct schedule *model,
                          int64_t retries)
{
	const struct event *failed = query_call(rec, SIDE_CLIENT, "c1", "SO_ERROR", 0);
	bool same = syns->count > 0;

	for (size_t i = 1; i < syns->count; i++)
		same &= syns->items[i].packet.seq == syns->items[0].packet.seq;
	judge_claim(judge, "loss.syn");
	judge_compare(judge,
	              &(struct comparison){
			      .name = "retransmissions",
			      .unit = "count",
			      .says = value_count(retries),
			      .predicts = value_counts(model->sends_lo - 1, model->sends_hi - 1),
			      .measured = syns->count ? value_count((int64_t)syns->count - 1)
	                                              : value_none(),
			      .why_not = "no SYN was seen to leave",
			      .rests_on = RESTS_ON(OBSERVER_TAP),
			      .rule = "tcp_write_timeout(): tcp_syn_retries, "
				      "tcp_syn_linear_timeouts, retransmits_timed_out()",
		      });
	judge_truth(judge, "same_sequence_number", "yes", true, same, RESTS_ON(OBSERVER_TAP),
	            "tcp_retransmit_skb() of the queued SYN");
	judge_error(judge, failed, "ETIMEDOUT", "ETIMEDOUT", "tcp_write_err()");
	judge_walk(judge, SIDE_CLIENT, "c1", NULL, "SYN_SENT CLOSE", "tcp_write_err(), tcp_done()");
}

/* 1, 2, 4, 8, 16 and 32 s, 63 in all, each as the kernel's timers round it. */
static struct span article_gives_up(const struct record *rec)
{
	struct span sum = {0, 0};

	for (int64_t s = 1; s <= 32; s *= 2)
		sum = span_add(sum, model_timer(rec, s * NS_PER_S));
	return sum;
}

static void judge_default(const struct record *rec, struct judge *judge,
                          const struct packet_list *syns, const struct schedule *model,
                          int64_t retries)
{
	const struct event *read = query_call(rec, SIDE_CLIENT, "", "sysctl default", 0);
	int64_t by_default = read ? read->call.result : -1;
	struct life life;

	life_stitch(rec, SIDE_CLIENT, "c1", &life);
	judge_claim(judge, "loss.syn-default");
	judge_compare(judge, &(struct comparison){
				     .name = "default_tcp_syn_retries",
				     .unit = "count",
				     .says = value_count(5),
				     .predicts = value_count(TCP_SYN_RETRIES),
				     .measured = read ? value_count(by_default) : value_none(),
				     .rule = "TCP_SYN_RETRIES in include/net/tcp.h, tcp_sk_init()",
			     });
	judge_compare(
		judge,
		&(struct comparison){
			.name = "gives_up_after",
			.unit = "s",
			.says = retries == by_default ? span_value(article_gives_up(rec))
	                                              : value_none(),
			.predicts = span_value(model->give_up),
			.measured = syns->count ? query_until_end(rec, &life, syns->items[0].t_ns)
	                                        : value_none(),
			.rests_on = RESTS_ON(OBSERVER_DIAG) | RESTS_ON(OBSERVER_TAP),
			.rule = "tcp_retransmit_timer() doubles, tcp_syn_linear_timeouts first",
		});
}

static void judge_doubling(struct judge *judge, const struct packet_list *syns,
                           const struct schedule *model)
{
	int64_t measured[MODEL_SENDS] = {0}, predicted[MODEL_SENDS] = {0};
	size_t count = syns->count < MODEL_SENDS ? syns->count : MODEL_SENDS;

	for (size_t i = 0; i < count; i++)
		measured[i] = syns->items[i].t_ns;
	for (size_t i = 0; i < model->sends_lo; i++)
		predicted[i] = model->at[i].lo_ns;
	judge_claim(judge, "loss.syn-doubling");
	judge_compare(judge,
	              &(struct comparison){
			      .name = "doubled_intervals",
			      .unit = "count",
			      .says = value_count(count > 2 ? (int64_t)count - 2 : 0),
			      .predicts = value_count(doubled(predicted, model->sends_lo)),
			      .measured = value_count(doubled(measured, count)),
			      .skip = count > 2 ? NULL
	                                        : "fewer than two intervals: raise tcp_syn_retries",
			      .rests_on = RESTS_ON(OBSERVER_TAP),
			      .rule = "tcp_retransmit_timer(): icsk_rto << 1, after "
				      "tcp_syn_linear_timeouts",
		      });
}

static void judge(const struct record *rec, struct judge *judge)
{
	struct packet_list syns;
	struct schedule model;
	int64_t retries = -1;

	query_sent(rec, &syn, &syns);
	model_syn(rec, SIDE_CLIENT, &model);
	record_sysctl(rec, SIDE_CLIENT, "net.ipv4.tcp_syn_retries", &retries);
	judge_retries(rec, judge, &syns, &model, retries);
	judge_default(rec, judge, &syns, &model, retries);
	judge_doubling(judge, &syns, &model);
}

const struct probe probe_loss_syn = {
	.id = "loss.syn",
	.title = "Every SYN is lost",
	.question = "How often and when is a SYN sent again, and when does connect() give up?",
	.kernel_path = "tcp_retransmit_timer(), tcp_write_timeout(), retransmits_timed_out(), "
		       "tcp_write_err()",
	.wire = WIRE_KERNEL,
	.claims = {{"loss.syn", "D",
                    "A lost SYN is sent again with the same sequence number, tcp_syn_retries "
                    "times; then "
                    "connect() fails with ETIMEDOUT."},
                   {"loss.syn-default", "D",
                    "tcp_syn_retries is 5 by default: intervals of 1, 2, 4, 8 and 16 s, given up "
                    "after "
                    "63 s."},
                   {"loss.syn-doubling", "D", "Every interval is twice the one before."}},
	.sysctls = {{"net.ipv4.tcp_syn_retries", "2", NULL}},
	.run = run,
	.judge = judge,
};
