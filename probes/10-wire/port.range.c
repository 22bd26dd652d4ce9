// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where connect() takes its port from, and what one port is good for. A port that connect()
 * chose is used again as soon as the four-tuple is another one: __inet_hash_connect() asks
 * __inet_check_established() of each port. So a range bounds the connections to one remote
 * port, not those of a client.
 *
 *   client, 4 ports                 server
 *   all 4      ----------------->   8080
 *   a fifth: EADDRNOTAVAIL          8080
 *   the same 4 ----------------->   8081
 */
#include "../../harness/probe.h"

#define MOST 64 /* connections to one port; more are not tried */

static const char range_name[] = "net.ipv4.ip_local_port_range";
static const uint16_t to_port[] = {8080, 8081};
static const char *const rows[] = {"to port 8080", "to port 8081"};

/* As many as can be, up to the first call that fails. */
static void connect_all(struct probe_run *run, uint16_t port)
{
	const struct endpoint to = bench_endpoint(run, SIDE_SERVER, port);

	for (int i = 0; i <= MOST; i++) {
		struct sock *sock = sock_open(run, SIDE_CLIENT);
		int err = sock_try_connect(sock, to);

		if (err && err != -EINPROGRESS)
			return;
		await_state(sock, STATE_ESTABLISHED);
		(void)sock_await_error(sock, AWAIT_LIMIT_MS);
	}
	run_inconclusive(run, "more than %d ports in %s are not tried", MOST, range_name);
}

static void run(struct probe_run *run)
{
	struct port_range range;

	if (!model_port_range(run_record(run), SIDE_CLIENT, &range))
		run_inconclusive(run, "%s was not read", range_name);
	(void)sysctl_default(run, range_name);
	for (size_t i = 0; i < 2; i++)
		(void)sock_listen(run, SIDE_SERVER, to_port[i]);
	for (size_t i = 0; i < 2; i++) {
		note(run, "%s", rows[i]);
		connect_all(run, to_port[i]);
	}
}

/* How many calls of a row came to @err. */
static struct measured measure_row(struct judge *judge, size_t row, const char *call, int err)
{
	struct trials trials = {
		.host = SIDE_CLIENT,
		.call = call,
		.err = err,
		.from = when_noted(judge, rows[row]),
	};

	if (!row)
		trials.to = when_noted(judge, rows[1]);
	return measure_trials(judge, &trials);
}

/*
 * Every other port of the range and then those between; the walk of an odd number of ports
 * leaves one of them out, but which one hangs on where it begins, so that it may be had, too.
 */
static struct value ports_predicted(const struct port_range *range)
{
	const int64_t all = range->high + 1 - range->low;

	return value_counts(all > 1 ? 2 * model_ports_a_pass(range) : 1, all);
}

static void judge_row(struct judge *judge, size_t row, const struct port_range *range)
{
	judge_case(judge, "%s", rows[row]);
	judge_count(judge, &(struct figure){
				   .name = "connections",
				   .predicts = ports_predicted(range),
				   .measured = measure_row(judge, row, "SO_ERROR", 0),
				   .rule = "__inet_hash_connect(): each port of the range once for "
					   "one remote port",
			   });
	judge_count(judge, &(struct figure){
				   .name = "refused_for_want_of_a_port",
				   .predicts = value_count(1),
				   .measured = measure_row(judge, row, "connect", EADDRNOTAVAIL),
				   .rule = "__inet_check_established(): the four-tuple is there",
			   });
}

static void judge_again(struct judge *judge)
{
	struct measured first = measure_row(judge, 0, "SO_ERROR", 0);
	struct measured second = measure_row(judge, 1, "SO_ERROR", 0);

	if (!second.why_not && !first.why_not)
		second.value = value_truth(second.value.lo > 0);
	judge_truth(judge, &(struct figure){
				   .name = "port_serves_two_destinations",
				   .says = value_truth(true),
				   .predicts = value_truth(true),
				   .measured = first.why_not ? first : second,
				   .rule = "__inet_check_established(): another four-tuple",
			   });
}

/* The default is a pair: what the record has of it in words. */
static struct measured measure_range(struct judge *judge)
{
	struct measured measured = measure_default(judge, range_name);
	const struct record *rec = judged_story(judge)->rec;

	for (size_t i = 0; i < rec->event_count && !measured.why_not; i++) {
		const struct event *event = &rec->events[i];
		long long low, high;

		if (event->kind == EVENT_SYSCTL && strstr(event->sysctl.name, "default:") &&
		    sscanf(event->sysctl.to, "%lld %lld", &low, &high) == 2)
			measured.value = value_words(judge_text(judge, "%lld to %lld", low, high));
	}
	return measured;
}

static void judge(const struct story *story, struct judge *judge)
{
	struct port_range range = {0};

	if (!model_port_range(story->rec, SIDE_CLIENT, &range))
		return; /* run() did not get that far either */
	judge_claim(judge, "port.range");
	judge_words(judge, &(struct figure){
				   .name = "default_range",
				   .predicts = value_words("32768 to 60999"),
				   .measured = measure_range(judge),
				   .rule = "inet_init_net(): ip_local_ports.range",
			   });
	for (size_t i = 0; i < 2; i++)
		judge_row(judge, i, &range);
	judge_case(judge, "both");
	judge_again(judge);
}

const struct probe probe_port_range = {
	.id = "port.range",
	.title = "The ports that connect() chooses from",
	.question = "How many connections does ip_local_port_range allow, and may a port be used "
		    "twice?",
	.kernel_path = "inet_init_net(), __inet_hash_connect(), __inet_check_established()",
	.wire = WIRE_KERNEL,
	.claims = {{"port.range", "C D",
                    "A client's port comes from ip_local_port_range, and may serve another "
                    "destination at the same time."}},
	.sysctls = {{"net.ipv4.ip_local_port_range", "40000 40007", "40000 40007"}},
	.run = run,
	.judge = judge,
};
