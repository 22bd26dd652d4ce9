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
#define ARTICLE_RETRIES 5

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

/* How much shorter than @ns the timer may have been that took it. */
static int64_t rounded_ns(const struct record *rec, int64_t ns)
{
	return model_timer(rec, ns).hi_ns - ns;
}

/* Whether one timer may have made @a_ns and one of @times its length @b_ns. */
static bool may_be_times(const struct record *rec, int64_t times, int64_t a_ns, int64_t b_ns)
{
	return times * (a_ns - rounded_ns(rec, a_ns)) <= b_ns &&
	       b_ns - rounded_ns(rec, b_ns) <= times * a_ns;
}

/*
 * How many waits between SYNs are twice the one before: from how many surely are to how many
 * may be, where the record's slack is too great to tell twice as long from as long.
 */
static struct measured measure_doubled(const struct record *rec, const struct sent *syns)
{
	struct measured measured = measure_sent(syns);
	int64_t before_ns = 0, surely = 0, maybe = 0;

	for (size_t i = 1; i < syns->count; i++) {
		int64_t ns = syns->items[i]->depart_ns - syns->items[i - 1]->depart_ns;
		bool twice = i > 1 && may_be_times(rec, 2, before_ns, ns);

		maybe += twice;
		surely += twice && !may_be_times(rec, 1, before_ns, ns);
		before_ns = ns;
	}
	measured.value = value_counts(surely, maybe);
	if (syns->count <= 2)
		measured.skip = "fewer than two intervals: raise tcp_syn_retries";
	return measured;
}

static int64_t model_doubled(const struct schedule *model, unsigned int sends)
{
	int64_t doubled = 0;

	for (unsigned int i = 2; i < sends; i++)
		doubled += model->after[i].lo_ns == 2 * model->after[i - 1].lo_ns;
	return doubled;
}

/* 1, 2, 4, 8, 16 and 32 s, 63 in all, each as the kernel's timers round it. */
static struct span article_gives_up(const struct record *rec)
{
	struct span sum = {0, 0};

	for (int64_t s = 1; s <= 32; s *= 2)
		sum = span_add(sum, model_timer(rec, s * NS_PER_S));
	return sum;
}

static void judge_retries(struct judge *judge, const struct sent *syns,
                          const struct schedule *model, int64_t retries)
{
	judge_count(judge,
	            &(struct figure){
			    .name = "retransmissions",
			    .says = value_count(retries),
			    .predicts = value_counts(model->sends_lo - 1, model->sends_hi - 1),
			    .measured = measure_resends(syns),
			    .rule = "tcp_write_timeout(): tcp_syn_retries, "
				    "tcp_syn_linear_timeouts, retransmits_timed_out()",
		    });
	judge_truth(judge, &(struct figure){
				   .name = "same_sequence_number",
				   .says = value_truth(true),
				   .predicts = value_truth(true),
				   .measured = measure_same_seq(syns),
				   .rule = "tcp_retransmit_skb() of the queued SYN",
			   });
	judge_schedule(judge,
	               &(struct schedule_figure){
			       .sent = syns,
			       .from = when_sent(syns),
			       .model = model,
			       .rule = "tcp_retransmit_timer(): TCP_TIMEOUT_INIT, icsk_rto << 1",
		       });
	judge_given_up(judge, &(struct given_up_figure){
				      .host = SIDE_CLIENT,
				      .sock = "c1",
				      .says = "ETIMEDOUT",
				      .walk = "SYN_SENT CLOSE",
			      });
}

static void judge_default(const struct record *rec, struct judge *judge, const struct sent *syns,
                          const struct schedule *model, int64_t retries)
{
	struct measured by_default = measure_default(judge, "net.ipv4.tcp_syn_retries");
	bool claimed = retries == ARTICLE_RETRIES || retries == by_default.value.lo;

	judge_count(judge, &(struct figure){
				   .name = "default_tcp_syn_retries",
				   .says = value_count(ARTICLE_RETRIES),
				   .predicts = value_count(TCP_SYN_RETRIES),
				   .measured = by_default,
				   .rule = "TCP_SYN_RETRIES in include/net/tcp.h, tcp_sk_init()",
			   });
	judge_time(judge,
	           &(struct figure){
			   .name = "gives_up_after",
			   .says = claimed ? span_value(article_gives_up(rec)) : value_none(),
			   .predicts = span_value(model->give_up),
			   .measured = measure_until_end(judge, SIDE_CLIENT, "c1", when_sent(syns)),
			   .rule = "tcp_retransmit_timer() doubles, tcp_syn_linear_timeouts first",
		   });
}

static void judge_doubling(const struct record *rec, struct judge *judge, const struct sent *syns,
                           const struct schedule *model)
{
	judge_count(judge,
	            &(struct figure){
			    .name = "doubled_intervals",
			    .says = value_count(syns->count > 2 ? (int64_t)syns->count - 2 : 0),
			    .predicts = value_counts(model_doubled(model, model->sends_lo),
	                                             model_doubled(model, model->sends_hi)),
			    .measured = measure_doubled(rec, syns),
			    .rule = "tcp_retransmit_timer(): icsk_rto << 1, after "
				    "tcp_syn_linear_timeouts",
		    });
}

static void judge(const struct story *story, struct judge *judge)
{
	struct sent syns = sent_on(judge, "c1", &syn, (struct moment){0});
	struct measured lost = measure_all_lost(&syns);
	struct schedule model;
	int64_t retries = -1;

	if (!model_syn(story->rec, SIDE_CLIENT, &model))
		lost = measured_none(0, "net.ipv4.tcp_syn_retries is not in the record");
	record_sysctl(story->rec, SIDE_CLIENT, "net.ipv4.tcp_syn_retries", &retries);
	judge_claim(judge, "loss.syn");
	judge_premise(judge, "every SYN was lost", lost);
	judge_retries(judge, &syns, &model, retries);
	judge_claim(judge, "loss.syn-default");
	judge_premise(judge, "every SYN was lost", lost);
	judge_default(story->rec, judge, &syns, &model, retries);
	judge_claim(judge, "loss.syn-doubling");
	judge_premise(judge, "every SYN was lost", lost);
	judge_doubling(story->rec, judge, &syns, &model);
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
