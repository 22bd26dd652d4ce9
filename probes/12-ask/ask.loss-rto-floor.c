// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the bounds of the RTO make of data that is never acknowledged. The client has the
 * kernel's floor of 200 ms, the server tcp_rto_min_us. tcp_retries2 stands for a time that
 * tcp_model_timeout() works out with 200 ms whatever the floor is: a lower floor adds sends, and
 * some timer fires sooner after that time. tcp_rto_max_ms counts in both.
 *
 *   client                         server
 *   ---- PA --X                    X-- PA ----
 *     200 ms                         a few ms
 *   ---- PA --X                    X-- PA ----
 *                                  X-- PA ----
 *   CLOSE  ETIMEDOUT               CLOSE  ETIMEDOUT
 */
#include "../../harness/probe.h"

static const char floor_name[] = "net.ipv4.tcp_rto_min_us";
static const char ceiling_name[] = "net.ipv4.tcp_rto_max_ms";

static const struct data_end ends[] = {{SIDE_CLIENT, "c1", 0}, {SIDE_SERVER, "s2", 0}};
static const char *const conditions[] = {"the floor is 200 ms", "the floor is lowered"};
#define ENDS (sizeof(ends) / sizeof(ends[0]))

static void run(struct probe_run *run)
{
	struct sock *listener = sock_listen(run, SIDE_SERVER, 8080), *clients[ENDS], *socks[ENDS];

	for (size_t i = 0; i < ENDS; i++) {
		clients[i] = sock_open(run, SIDE_CLIENT);
		sock_connect(clients[i], SIDE_SERVER, 8080);
		socks[i] = sock_accept(listener);
	}
	socks[0] = clients[0];
	for (int side = 0; side < SIDE_COUNT; side++)
		wire_drop(run,
		          (struct packet_match){.from = (enum side)side, .payload = PAYLOAD_SOME});
	for (size_t i = 0; i < ENDS; i++)
		sock_send(socks[i], 100);
	for (size_t i = 0; i < ENDS; i++)
		sock_await_failure(socks[i], data_loss_limit_ms(run_record(run), &ends[i]));
}

/* Both ends' losses, and whether the second one sent more often. */
static void judge_more(struct judge *judge, const struct data_loss *usual,
                       const struct data_loss *lowered, const char *skip)
{
	struct measured more = measure_sent(&lowered->sent), than = measure_sent(&usual->sent);

	more.rests_on |= than.rests_on;
	if (!more.why_not)
		more.why_not = than.why_not;
	more.value = value_truth(lowered->sent.count > usual->sent.count);
	more.skip = skip;
	judge_case(judge, "with tcp_rto_min_us lowered");
	judge_truth(
		judge,
		&(struct figure){
			.name = "sent_more_often",
			.says = value_truth(true),
			.predicts = value_truth(lowered->model.sends_lo > usual->model.sends_hi),
			.measured = more,
			.rule = "tcp_rto_min() shortens the RTO, not tcp_model_timeout()",
			.unpredicted =
				lowered->unpredicted ? lowered->unpredicted : usual->unpredicted,
			.predicted_from = lowered->predicted_from,
		});
}

/* Send number @index since the one before. */
static void judge_wait(struct judge *judge, const struct data_loss *loss, const char *name,
                       unsigned int index, const char *skip)
{
	const struct schedule_figure sends = {.sent = &loss->sent, .model = &loss->model};
	struct measured measured = measure_sent(&loss->sent);
	struct span predicted = loss->model.after[index];
	int64_t ns = 0;

	if (index && index < loss->sent.count) {
		predicted = judge_schedule_interval(judge, &sends, index);
		ns = loss->sent.items[index]->depart_ns - loss->sent.items[index - 1]->depart_ns;
	} else {
		measured.why_not = "it was not sent so often";
	}
	measured.value = value_time(ns, ns);
	measured.skip = skip;
	judge_time(judge, &(struct figure){
				  .name = name,
				  .predicts = span_value(predicted),
				  .measured = measured,
				  .rule = "tcp_set_rto(), tcp_rto_min(), tcp_rto_max()",
				  .unpredicted = loss->unpredicted,
				  .predicted_from = loss->predicted_from,
			  });
}

/* The first time-out and the last wait that surely is one. */
static void judge_bounds(struct judge *judge, const struct data_loss *loss, const char *no_floor,
                         const char *no_ceiling)
{
	unsigned int first = 1;

	while (first < loss->model.sends_lo && loss->model.why[first] != SEND_RTO)
		first++;
	judge_wait(judge, loss, "first_rto", first, no_floor);
	if (loss->model.sends_lo)
		judge_wait(judge, loss, "longest_wait", loss->model.sends_lo - 1, no_ceiling);
}

static const char *lacking(const struct record *rec, const char *name, const char *words)
{
	int64_t value;

	return record_sysctl(rec, SIDE_SERVER, name, &value) ? NULL : words;
}

static void judge(const struct story *story, struct judge *judge)
{
	const char *no_floor =
		lacking(story->rec, floor_name, "this kernel has no tcp_rto_min_us (Linux 6.11)");
	const char *no_ceiling =
		lacking(story->rec, ceiling_name, "this kernel has no tcp_rto_max_ms (Linux 6.15)");
	struct data_loss losses[ENDS];

	judge_claim(judge, "ask.loss-rto-floor");
	for (size_t i = 0; i < ENDS; i++) {
		data_loss_measure(judge, &ends[i], &losses[i]);
		judge_case(judge, "%s", no_floor ? side_name(ends[i].host) : conditions[i]);
		data_loss_judge_count(judge, &losses[i], value_none());
		data_loss_judge_intervals(judge, &losses[i]);
		data_loss_judge_end(judge, &losses[i], value_none());
	}
	judge_more(judge, &losses[0], &losses[1], no_floor);
	judge_claim(judge, "beyond.rto-bounds");
	for (size_t i = 0; i < ENDS; i++) {
		judge_case(judge, "%s", no_floor ? side_name(ends[i].host) : conditions[i]);
		judge_bounds(judge, &losses[i], no_floor, no_ceiling);
	}
}

static const struct variant variants[] = {
	{.suffix = ""},
	{
		.suffix = "rto-max",
		.title = "no time-out is longer than a second",
		.sysctls = {{"net.ipv4.tcp_rto_max_ms", "1000", "1000", .optional = true}},
	},
	{0},
};

const struct probe probe_ask_loss_rto_floor = {
	.id = "ask.loss-rto-floor",
	.title = "Data that is never acknowledged, and the bounds of the RTO",
	.question = "Is data sent more often before tcp_retries2 ends it where tcp_rto_min_us is "
		    "lowered, and is it ended sooner?",
	.kernel_path = "tcp_set_rto(), tcp_rto_min(), tcp_rto_max(); tcp_write_timeout(), "
		       "retransmits_timed_out(), tcp_model_timeout(); RFC 6298 section 2.4",
	.wire = WIRE_HAND,
	.claims = {{"ask.loss-rto-floor", "P",
                    "A lower RTO floor (tcp_rto_min_us) changes how often data is sent before "
                    "tcp_retries2 ends the connection. (what is asked about rto_min)"},
                   {"beyond.rto-bounds", "-",
                    "No RTO is shorter than tcp_rto_min_us and the RTT, none is longer than "
                    "tcp_rto_max_ms."}},
	.sysctls = {{"net.ipv4.tcp_retries2", "3", NULL},
                    {"server:net.ipv4.tcp_rto_min_us", "5000", "5000", .optional = true}},
	.variants = variants,
	.run = run,
	.judge = judge,
};
