// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * FIN_WAIT1 with data in the send queue: does tcp_fin_timeout end it? Not at all: that is for
 * FIN_WAIT2. Where the peer has vanished the data is sent again until tcp_orphan_retries is
 * over; where it is alive and does not read, it answers the window probes, and the orphan lives
 * until their timer has reached the longest RTO, whatever tcp_orphan_retries says. But for one
 * of 1: the second probe comes within tcp_invalid_ratelimit and finds no answer.
 * tcp_write_timeout(), tcp_probe_timer(), tcp_orphan_retries(), tcp_oow_rate_limited().
 *
 *   client                         server
 *   send(), close()
 *   FIN_WAIT1   ---- PA ---X       vanished
 *               ---- FA ---X
 *     tcp_orphan_retries
 *   CLOSE
 *   another:    ---- A --->        alive, window 0
 *               <--- A ----        not twice in tcp_invalid_ratelimit
 */
#include "../../harness/probe.h"

enum { VANISHED, WINDOW, CONNECTIONS };

static const struct packet_match probe_of_window = {
	.from = SIDE_CLIENT,
	.dst_port = 8081,
	.payload = PAYLOAD_NONE,
	.flags_mask = TCP_FLAG_SYN | TCP_FLAG_FIN | TCP_FLAG_ACK,
	.flags_value = TCP_FLAG_ACK,
};

/* What the vanished peer's orphan does, by the RTO that was read before the first time-out. */
static bool vanished_model(const struct record *rec, struct schedule *model)
{
	const struct packet_match fin = {
		.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_FIN, .flags_value = TCP_FLAG_FIN};
	const struct event *first = query_sent(rec, "c1", &fin, 0);
	struct loss loss = {.orphan = true, .segments = 2};

	loss.at_send = query_rto(rec, SIDE_CLIENT, "c1",
	                         first ? first->t_ns + 100 * NS_PER_MS : INT64_MAX);
	*model = (struct schedule){0};
	return loss.at_send && model_loss(rec, SIDE_CLIENT, &loss, model);
}

/* From the window's closing on, by the RTO that was read before the first probe. */
static bool window_model(const struct record *rec, struct schedule *model)
{
	const struct event *first = query_sent(rec, "c2", &probe_of_window, 1);
	struct persist persist = {.orphan = true, .answered = true};

	persist.at_close = query_rto(rec, SIDE_CLIENT, "c2", first ? first->t_ns : INT64_MAX);
	*model = (struct schedule){0};
	return persist.at_close && model_persist(rec, SIDE_CLIENT, &persist, model);
}

/* From its first probe to its end. */
static struct span window_rest(const struct schedule *model)
{
	return (struct span){.lo_ns = model->give_up.lo_ns - model->at[0].hi_ns,
	                     .hi_ns = model->give_up.hi_ns - model->at[0].lo_ns};
}

/* Whether the closed window's end is waited for, or is looked on for a while only. */
static bool window_ends(const struct record *rec, const struct schedule *model)
{
	int64_t watched_s = 0, to_the_end = 0;

	record_param(rec, "watched_s", &watched_s);
	record_param(rec, "to_the_end", &to_the_end);
	return !model->endless && (to_the_end || window_rest(model).hi_ns < watched_s * NS_PER_S);
}

/* A server with a small buffer, which it does not read; full when a window probe leaves. */
static struct sock *connect_to_full(struct probe_run *run, struct sock **server)
{
	struct sock *listener = sock_listen(run, SIDE_SERVER, 8081);
	struct sock *client = sock_open(run, SIDE_CLIENT);

	sock_option(listener, "SO_RCVBUF", 4096);
	sock_option(client, "SO_SNDBUF", 8192);
	sock_connect(client, SIDE_SERVER, 8081);
	*server = sock_accept(listener);
	await_state(client, STATE_ESTABLISHED);
	sock_fill(client);
	await_sent_in_all(run, probe_of_window, 2); /* the handshake's last ACK is the first */
	return client;
}

static void run(struct probe_run *run)
{
	struct sock *client[CONNECTIONS], *server[CONNECTIONS];
	struct schedule model;
	int64_t limit_ms;

	flow_establish(run, 8080, &client[VANISHED], &server[VANISHED]);
	client[WINDOW] = connect_to_full(run, &server[WINDOW]);
	wire_drop(run, match_of(client[VANISHED], TCP_FLAG_ACK));
	sock_send(client[VANISHED], 1000);
	sock_close(client[VANISHED]);
	sock_close(client[WINDOW]);
	await_state(client[VANISHED], STATE_FIN_WAIT1);
	limit_ms = vanished_model(run_record(run), &model) ? model.give_up.hi_ns / NS_PER_MS : 0;
	await_gone_within(client[VANISHED], limit_ms + 2000);
	observe_for(run, param(run, "watched_s") * 1000, "tcp_fin_timeout is over");
	if (window_model(run_record(run), &model) && window_ends(run_record(run), &model))
		await_gone_within(client[WINDOW], model.give_up.hi_ns / NS_PER_MS + 2000);
}

static void judge_vanished(struct judge *judge, const struct record *rec)
{
	struct schedule model;
	bool modelled = vanished_model(rec, &model);

	judge_case(judge, "the peer has vanished");
	judge_time(judge,
	           &(struct figure){
			   .name = "stay_in_FIN_WAIT1",
			   .says = fin_stay_timeout(rec, SIDE_CLIENT),
			   .predicts = span_value(model.give_up),
			   .measured = measure_stay(judge, SIDE_CLIENT, "c1", STATE_FIN_WAIT1),
			   .rule = "tcp_write_timeout(), tcp_orphan_retries()",
			   .unpredicted = modelled ? NULL : "no RTO of c1 was read",
			   .predicted_from = RESTS_ON(OBSERVER_DIAG),
		   });
}

/*
 * Whether the limit on answers meets two probes as it does in the model, as far as the wire has a
 * part in it: it took neither nearer to nor further from the other, nor held one up so that
 * the next left before it was answered, or later than in the model, since the timer runs from the
 * answer (tcp_ack_probe()).
 */
static bool limit_is_met_alike(const struct record *rec, const struct flight *const probes[2],
                               const struct span *predicted)
{
	int64_t limit_ns =
		NS_PER_MS * model_sysctl_or(rec, SIDE_SERVER, "net.ipv4.tcp_invalid_ratelimit", 0);
	bool within = probes[1]->depart_ns - probes[0]->depart_ns < limit_ns;
	bool held = probes[0]->arrive_ns - probes[0]->depart_ns > rec->slack_ms * NS_PER_MS;

	if (within != (probes[1]->arrive_ns - probes[0]->arrive_ns < limit_ns))
		return false;
	return !held || (probes[1]->depart_ns > probes[0]->arrive_ns &&
	                 within == (predicted->hi_ns < limit_ns));
}

static bool limits_are_met_alike(const struct record *rec, const struct sent *probes,
                                 const struct schedule *model)
{
	for (size_t i = 1; i < probes->count && i < model->sends_lo; i++)
		if (!limit_is_met_alike(rec, &probes->items[i - 1], &model->after[i]))
			return false;
	return true;
}

/* From the first probe on, which was sent before close(). */
static void judge_window(struct judge *judge, const struct record *rec)
{
	struct sent probes = sent_on(judge, "c2", &probe_of_window, (struct moment){0});
	int64_t watched_s = 0;
	struct schedule model;
	bool modelled = window_model(rec, &model);
	const char *unpredicted;
	struct value rest = span_value(window_rest(&model));

	record_param(rec, "watched_s", &watched_s);
	if (!window_ends(rec, &model))
		rest = value_time(watched_s * NS_PER_S, INT64_MAX);
	if (probes.count) { /* the handshake's last ACK */
		probes.items++;
		probes.count--;
	}
	unpredicted = modelled ? NULL
	                       : "no RTO of c2 was read, or which probes are answered is not known";
	if (modelled && !limits_are_met_alike(rec, &probes, &model))
		unpredicted = "the wire held a probe up: tcp_invalid_ratelimit met it otherwise";
	judge_case(judge, "the peer's window is 0");
	judge_time(judge, &(struct figure){
				  .name = "lives_after_its_first_probe",
				  .says = fin_stay_timeout(rec, SIDE_CLIENT),
				  .predicts = rest,
				  .measured = measure_until_end(judge, SIDE_CLIENT, "c2",
	                                                        when_sent(&probes)),
				  .rule = "tcp_probe_timer(), tcp_orphan_retries(), "
					  "tcp_oow_rate_limited()",
				  .unpredicted = unpredicted,
				  .predicted_from = RESTS_ON(OBSERVER_DIAG),
			  });
}

static void judge(const struct story *story, struct judge *judge)
{
	judge_claim(judge, "ask.fin-wait1-send-queue");
	judge_vanished(judge, story->rec);
	judge_window(judge, story->rec);
}

#define SYSCTL "client:net.ipv4.tcp_orphan_retries"

static const struct variant variants[] = {
	{.suffix = "", .title = "tcp_orphan_retries 1"},
	{.suffix = "0",
         .title = "tcp_orphan_retries 0",
         .slow = true,
         .sysctls = {{SYSCTL, "0", "0"}}},
	{.suffix = "3", .title = "tcp_orphan_retries 3", .sysctls = {{SYSCTL, "3", "3"}}},
	{.suffix = "8",
         .title = "tcp_orphan_retries 8",
         .slow = true,
         .sysctls = {{SYSCTL, "8", "8"}}},
	{0},
};

const struct probe probe_ask_fin_wait1_send_queue = {
	.id = "ask.fin-wait1-send-queue",
	.title = "FIN_WAIT1 with data in the send queue, and tcp_fin_timeout",
	.question = "What ends an orphan in FIN_WAIT1 that still has data to send, when the peer "
		    "has vanished, and when it is alive and does not read?",
	.kernel_path = "tcp_write_timeout(), tcp_probe_timer(), tcp_orphan_retries(), "
		       "tcp_out_of_resources()",
	.wire = WIRE_HAND,
	.claims = {{"ask.fin-wait1-send-queue", "P",
                    "A socket in FIN_WAIT1 with data in the send queue goes after "
                    "tcp_fin_timeout."}},
	.sysctls = {{"client:net.ipv4.tcp_fin_timeout", "1", NULL}, {SYSCTL, "1", "1"}},
	.params = {{"watched_s", 3, 3, "how long to look on at the closed window, seconds"},
                   {"to_the_end", 0, 1, "1: until it ends"}},
	.variants = variants,
	.run = run,
	.judge = judge,
};
