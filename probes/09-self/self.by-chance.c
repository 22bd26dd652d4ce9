// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * connect() to a port of one's own host that nobody listens on: refused, unless the port that
 * the kernel chooses for the socket is that very port. __inet_hash_connect() begins anywhere in
 * ip_local_port_range and goes on by 1 to 8 places at each call, but in a first pass it looks
 * at every other port, from the lowest on; at those between only once the first are all in
 * use. So half of the range is met sooner or later, the other half not before that, and what
 * is outside never.
 *
 *   client, over lo
 *   40002 -> 40010  S, R      refused
 *   40010 -> 40010  S, SA, A  connected to itself
 *
 * A dialer that looks whether both addresses are one, closes and dials again (Go's
 * net.Dialer, twice) is refused then as it should be: the next place is another one.
 */
#include <assert.h>

#include "../../harness/probe.h"

/* As many as are put in use to make connect() go on to the second pass. */
#define OCCUPIED_MOST 64

enum place { FIRST_PASS, SECOND_PASS, OUTSIDE, FIRST_PASS_IN_USE, PLACE_COUNT };

static const char *const places[] = {
	[FIRST_PASS] = "a port of the first pass",
	[SECOND_PASS] = "a port of the second pass",
	[OUTSIDE] = "a port outside the range",
	[FIRST_PASS_IN_USE] = "a port of the second pass, the first in use",
};
static_assert(sizeof(places) / sizeof(places[0]) == PLACE_COUNT, "each has a name");

static const char checked[] = "a port of the first pass, checked";

/* In the midst of the range, or behind it (before, where it goes up to the last port). */
static int64_t port_of(const struct port_range *range, enum place place)
{
	const int64_t first = range->low + model_ports_a_pass(range) / 2 * 2;

	switch (place) {
	case FIRST_PASS:
		return first;
	case SECOND_PASS:
	case FIRST_PASS_IN_USE:
		return first < range->high ? first + 1 : first - 1;
	case OUTSIDE:
		return range->high < 65535 ? range->high + 1 : range->low - 1;
	case PLACE_COUNT:
		break;
	}
	return 0;
}

/* Refused (false), or connected to itself: reset then, so that the port is free again at once. */
static bool meets_itself(struct probe_run *run, uint16_t port)
{
	struct sock *sock = sock_open(run, SIDE_CLIENT);
	bool met;

	sock_connect(sock, SIDE_CLIENT, port);
	met = !sock_await_error(sock, AWAIT_LIMIT_MS);
	if (met)
		sock_option(sock, "SO_LINGER", 0);
	sock_close(sock);
	return met;
}

/* dialTCP() of Go's net package: closed and dialed again when it met itself, at most twice. */
static void dial_checked(struct probe_run *run, uint16_t port)
{
	unsigned int again = 0;

	while (meets_itself(run, port) && again < 2)
		again++;
}

static void occupy_first_pass(struct probe_run *run, const struct port_range *range)
{
	for (int64_t i = 0; i < model_ports_a_pass(range); i++)
		sock_bind(sock_open(run, SIDE_CLIENT), (uint16_t)(range->low + 2 * i));
	if (range->low + 2 * model_ports_a_pass(range) == range->high)
		sock_bind(sock_open(run, SIDE_CLIENT), (uint16_t)range->high);
}

static void run(struct probe_run *run)
{
	const int64_t tries = param(run, "tries");
	struct port_range range;

	if (!model_port_range(run_record(run), SIDE_CLIENT, &range))
		run_inconclusive(run, "ip_local_port_range was not read");
	note(run, "%s", checked);
	for (int64_t i = 0; i < tries; i++)
		dial_checked(run, (uint16_t)port_of(&range, FIRST_PASS));
	for (int place = 0; place < PLACE_COUNT; place++) {
		note(run, "%s", places[place]);
		if (place == FIRST_PASS_IN_USE) {
			if (model_ports_a_pass(&range) > OCCUPIED_MOST)
				break;
			occupy_first_pass(run, &range);
		}
		for (int64_t i = 0; i < tries; i++)
			(void)meets_itself(run, (uint16_t)port_of(&range, (enum place)place));
	}
}

/* How many of a row of tries came to @err; the row ends where the next one's note is. */
static struct measured measure_row(struct judge *judge, const char *row, const char *next, int err)
{
	const struct trials trials = {
		.host = SIDE_CLIENT,
		.call = "SO_ERROR",
		.err = err,
		.from = when_noted(judge, row),
		.to = next ? when_noted(judge, next) : (struct moment){0},
	};

	return measure_trials(judge, &trials);
}

/* Whether the port is met at all: not known where so few tries may well miss it. */
static const char *too_few(struct value hits)
{
	if (hits.kind == VALUE_NONE)
		return "the range is too wide for that many tries to be reckoned";
	return !hits.lo && hits.hi ? "so few tries may miss the port" : NULL;
}

static void judge_place(struct judge *judge, enum place place, const struct port_range *range,
                        int64_t tries)
{
	const int pass = model_port_pass(range, port_of(range, place));
	const bool met = pass == 0 || (pass == 1 && place == FIRST_PASS_IN_USE);
	const struct value hits =
		met ? model_port_hits(range, tries, CHANCE_DOUBT) : value_count(0);
	struct measured count = measure_row(judge, places[place],
	                                    place + 1 < PLACE_COUNT ? places[place + 1] : NULL, 0);
	struct measured any = count;

	if (!any.why_not)
		any.value = value_truth(count.value.lo > 0);
	judge_case(judge, "%s", places[place]);
	judge_truth(judge, &(struct figure){
				   .name = "connects_to_itself",
				   .says = value_truth(place != OUTSIDE),
				   .predicts = value_truth(hits.lo > 0),
				   .measured = any,
				   .rule = "__inet_hash_connect(): ports of low's parity first",
				   .unpredicted = too_few(hits),
			   });
	judge_count(judge, &(struct figure){
				   .name = "self_connections",
				   .predicts = hits,
				   .measured = count,
				   .rule = "table_perturb: 1 to 8 places further on at each call",
				   .unpredicted = hits.kind == VALUE_NONE ? too_few(hits) : NULL,
			   });
}

/*
 * Each dial ends with one refusal. A dial that met itself takes two steps of the walk, so that
 * they come by the port as often as that many tries, or as those and one more for each.
 */
static void judge_checked(struct judge *judge, const struct port_range *range, int64_t tries)
{
	struct value hits = model_port_hits(range, tries, CHANCE_DOUBT);
	const char *unpredicted = hits.kind == VALUE_NONE ? too_few(hits) : NULL;

	if (!unpredicted)
		hits.hi = model_port_hits(range, tries + hits.hi, CHANCE_DOUBT).hi;
	if (model_port_may_repeat(range))
		unpredicted = "a pass of 8 ports or less may come to the same port again";
	judge_claim(judge, "self.detect-retry");
	judge_count(judge, &(struct figure){
				   .name = "dials_refused",
				   .says = value_count(tries),
				   .predicts = value_count(tries),
				   .measured = measure_row(judge, checked, places[FIRST_PASS],
	                                                   ECONNREFUSED),
				   .rule = "__inet_hash_connect(): the next call begins 1 to 8 "
					   "places further on",
				   .unpredicted = unpredicted,
			   });
	judge_count(judge, &(struct figure){
				   .name = "self_connections_detected",
				   .predicts = hits,
				   .measured = measure_row(judge, checked, places[FIRST_PASS], 0),
				   .rule = "table_perturb: 1 to 8 places further on at each call",
				   .unpredicted = unpredicted,
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	struct port_range range = {0};
	int64_t tries = 0;

	(void)record_param(story->rec, "tries", &tries);
	if (!model_port_range(story->rec, SIDE_CLIENT, &range))
		return; /* run() did not get that far either */
	judge_claim(judge, "self.by-chance");
	for (int place = 0; place < PLACE_COUNT; place++)
		if (place != FIRST_PASS_IN_USE || model_ports_a_pass(&range) <= OCCUPIED_MOST)
			judge_place(judge, (enum place)place, &range, tries);
	judge_checked(judge, &range, tries);
}

const struct probe probe_self_by_chance = {
	.id = "self.by-chance",
	.title = "connect() to a closed port of one's own host meets itself",
	.question =
		"Which closed local ports does connect() sooner or later connect to themselves, "
		"how often, and does dialing again help?",
	.kernel_path = "__inet_hash_connect(), inet_sk_port_offset(), "
		       "tcp_rcv_synsent_state_process()",
	.wire = WIRE_NONE,
	.claims = {{"self.by-chance", "C",
                    "connect() to a closed local port in ip_local_port_range connects to itself "
                    "sooner or later, outside of it never."},
                   {"self.detect-retry", "C",
                    "To look whether both addresses are one and to dial again avoids it."}},
	.sysctls = {{"net.ipv4.ip_local_port_range", "40000 40031", "40000 40031"}},
	.params = {{"tries", 300, 300, "calls of connect() to each port"}},
	.run = run,
	.judge = judge,
};
