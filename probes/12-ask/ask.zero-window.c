// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Data behind a window that stays closed, since the peer's application does not read: when is it
 * given up? tcp_probe_timer() counts the probes that nobody answered, and each answer begins
 * that anew (with tcp_invalid_ratelimit the peer leaves some unanswered: 0 here); an orphan is also given up when its timer has reached the greatest RTO.
 *
 *   client                         server
 *   c1 ---- A ------>              is alive: no window, each time, for ever
 *      <--- A -------
 *   c2 ---- A ---X                 has vanished: tcp_retries2 probes
 *   c2 CLOSE  ETIMEDOUT
 *   c3 close(), FIN_WAIT1
 *   c3 ---- A ------>              is alive: until the timer is at its longest
 *      <--- A -------
 *   c3 CLOSE
 */
#include "../../harness/probe.h"

#define ENDS 3
#define TEN 10

static const struct window_end ends[ENDS] = {
	{.host = SIDE_CLIENT, .sock = "c1", .answered = true},
	{.host = SIDE_CLIENT, .sock = "c2"},
	{.host = SIDE_CLIENT, .sock = "c3", .answered = true, .orphan = true},
};
static const char *const conditions[ENDS] = {
	"the peer answers",
	"the peer has vanished",
	"the peer answers an orphan",
};

/* So many that neither count that is told can be the limit of a socket that goes on. */
static unsigned int probes_awaited(const struct record *rec)
{
	int64_t retries2 = model_sysctl_or(rec, SIDE_CLIENT, "net.ipv4.tcp_retries2", 0);

	return (unsigned int)(retries2 > TEN ? retries2 : TEN) + 1;
}

static struct packet_match probes_of(struct sock *sock)
{
	struct packet_match match = match_of(sock, 0);

	match.payload = PAYLOAD_NONE;
	match.flags_mask = TCP_FLAG_SYN; /* without it */
	return match;
}

static void run(struct probe_run *run)
{
	struct sock *listener = sock_listen(run, SIDE_SERVER, 8080), *socks[ENDS];
	const struct record *rec = run_record(run);
	unsigned int awaited = probes_awaited(rec);

	sock_option(listener, "SO_RCVBUF", 4096);
	for (size_t i = 0; i < ENDS; i++) {
		socks[i] = sock_open(run, SIDE_CLIENT);
		sock_connect(socks[i], SIDE_SERVER, 8080);
		sock_accept(listener);
	}
	wire_drop(run, probes_of(socks[1]));
	for (size_t i = 0; i < ENDS; i++)
		note(run, "%lld bytes wait at c%zu", (long long)sock_fill(socks[i]), i + 1);
	sock_close(socks[2]);
	sock_await_failure(socks[1], window_wait_limit_ms(rec, &ends[1], awaited));
	await_gone_within(socks[2], window_wait_limit_ms(rec, &ends[2], awaited));
	/* the handshake's ACK has no data either */
	await_sent_in_all_within(run, probes_of(socks[0]), awaited + 1,
	                         window_wait_limit_ms(rec, &ends[0], awaited));
}

/* Whether it has ended; of one that goes on it is known when so many probes had their time. */
static struct measured measure_given_up(struct judge *judge, const struct window_wait *wait)
{
	unsigned int last = probes_awaited(judged_story(judge)->rec) - 1;
	int64_t within_ns =
		wait->model.endless ? wait->model.at[last].lo_ns : wait->model.give_up.hi_ns;

	return measure_ended(judge, wait->end.host, wait->end.sock, wait->closed, within_ns);
}

static void judge_given_up_figure(struct judge *judge, const struct window_wait *wait, bool says)
{
	judge_truth(judge, &(struct figure){
				   .name = "given_up",
				   .says = value_truth(says),
				   .predicts = value_truth(!wait->model.endless),
				   .measured = measure_given_up(judge, wait),
				   .rule = "tcp_probe_timer(): icsk_probes_out, tcp_ack()",
				   .unpredicted = wait->unpredicted,
				   .predicted_from = wait->predicted_from,
			   });
}

static void judge_ten(struct judge *judge, const struct window_wait *wait)
{
	const struct schedule *model = &wait->model;
	struct measured measured = measure_given_up(judge, wait);

	if (measured.value.kind == VALUE_TEXT) /* else there is no answer */
		measured.value = value_truth(!strcmp(measured.value.text, "yes") &&
		                             wait->probes.count == TEN);
	measured.rests_on |= wait->probes.rests_on;
	judge_truth(judge,
	            &(struct figure){
			    .name = "given_up_after_ten_probes",
			    .says = value_truth(true),
			    .predicts = value_truth(!model->endless && model->sends_lo == TEN &&
	                                            model->sends_hi == TEN),
			    .measured = measured,
			    .rule = "tcp_probe_timer(), tcp_orphan_retries()",
			    .unpredicted = wait->unpredicted,
			    .predicted_from = wait->predicted_from,
		    });
}

static void judge(const struct story *story, struct judge *judge)
{
	struct window_wait waits[ENDS];

	(void)story;
	for (size_t i = 0; i < ENDS; i++)
		window_wait_measure(judge, &ends[i], &waits[i]);
	judge_claim(judge, "ask.zero-window");
	for (size_t i = 0; i < ENDS; i++) {
		judge_case(judge, "%s", conditions[i]);
		judge_given_up_figure(judge, &waits[i], true);
	}
	judge_claim(judge, "ask.zero-window-ten");
	for (size_t i = 0; i < ENDS; i++) {
		judge_case(judge, "%s", conditions[i]);
		judge_ten(judge, &waits[i]);
	}
	judge_claim(judge, "ask.zero-window-never");
	for (size_t i = 0; i < ENDS; i++) {
		judge_case(judge, "%s", conditions[i]);
		judge_given_up_figure(judge, &waits[i], false);
	}
	judge_claim(judge, "beyond.zero-window");
	for (size_t i = 0; i < ENDS; i++) {
		judge_case(judge, "%s", conditions[i]);
		window_wait_judge_probes(judge, &waits[i]);
		if (!waits[i].model.endless)
			window_wait_judge_end(judge, &waits[i], value_none());
	}
}

const struct probe probe_ask_zero_window = {
	.id = "ask.zero-window",
	.title = "A peer that does not read",
	.question =
		"Is data that waits behind a closed window given up: of a peer that is alive, of "
		"one that has vanished, of a socket that was closed?",
	.kernel_path = "tcp_probe_timer(), tcp_send_probe0(), tcp_probe0_when(), tcp_ack_probe(), "
		       "tcp_orphan_retries(); RFC 1122 section 4.2.2.17, RFC 9293 section 3.8.6.1",
	.wire = WIRE_KERNEL,
	.claims = {{"ask.zero-window", "P",
                    "A peer that does not read is given up after tcp_retries2. (answers on "
                    "persist timers)"},
                   {"ask.zero-window-ten", "P",
                    "A peer that does not read is given up after 10 window probes."},
                   {"ask.zero-window-never", "P", "A peer that does not read is never given up."},
                   {"beyond.zero-window", "-",
                    "The persist timer probes after the RTO, doubled each time; unanswered "
                    "probes, or an orphan whose timer is at its longest, end it."}},
	.sysctls = {{"client:net.ipv4.tcp_retries2", "3", NULL},
                    {"client:net.ipv4.tcp_rto_max_ms", "1000", NULL, .optional = true},
                    {"server:net.ipv4.tcp_invalid_ratelimit", "0", "0"}},
	.run = run,
	.judge = judge,
};
