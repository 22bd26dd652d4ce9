// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Each FIN of a closed socket is lost, and a router tells its sender why: that no route, no
 * host, no port is there, that it may not, that it is too big. What do the retries come to?
 * tcp_v4_err(), tcp_v6_err() note the error (sk_err_soft) and let go on. tcp_orphan_retries()
 * gives up for it only where the RTO has reached its maximum. And "no route" and, over IPv4,
 * "host unreachable" take the doubling of the RTO back: tcp_ld_RTO_revert(), RFC 6069.
 *
 *   client                 wire            server
 *   close()
 *   FIN_WAIT1   ---- FA ---X
 *               <--- ICMP --               one for each FIN
 *     RTO, not doubled: no route, no host
 *               ---- FA ---X
 *   CLOSE
 *                                          of another connection: close()
 *                          X--- FA ----    FIN_WAIT1, silence
 *                                            until the RTO is at its maximum
 *                          -- ICMP --->
 *                                          CLOSE, at the next time-out
 */
#include "../../harness/probe.h"

/* By what the wire says to a FIN. */
static const struct {
	const char *name;
	enum reject_kind kind;
	unsigned int mtu;
	const char *error[FAMILY_COUNT]; /* icmp_err_convert[], icmpv6_err_convert() */
	bool reverts[FAMILY_COUNT]; /* RFC 6069, in tcp_v4_err() and tcp_v6_err() */
} errors[] = {
	{"no route", REJECT_NET, 0, {"ENETUNREACH", "ENETUNREACH"}, {true, true}},
	{"host unreachable", REJECT_HOST, 0, {"EHOSTUNREACH", "EHOSTUNREACH"}, {true, false}},
	{"port unreachable", REJECT_PORT, 0, {"ECONNREFUSED", "ECONNREFUSED"}, {false, false}},
	{"prohibited", REJECT_ADMIN, 0, {"EHOSTUNREACH", "EACCES"}, {false, false}},
	/* no error: tcp_v4_mtu_reduced(), tcp_v6_mtu_reduced(), and a FIN has nothing to cut */
	{"too big", REJECT_TOO_BIG, 1280, {"ETIMEDOUT", "ETIMEDOUT"}, {false, false}},
};
enum { ERRORS = sizeof(errors) / sizeof(errors[0]) };

/* Clients: an orphan and one with an owner for each error, and an orphan that is told nothing. */
enum { SILENT = 2 * ERRORS, LATE, CONNECTIONS };
static const char *const labels[CONNECTIONS] = {"c1", "c2", "c3", "c4",  "c5",  "c6",
                                                "c7", "c8", "c9", "c10", "c11", "s12"};

/* An orphan at the server is told when its RTO has become the longest there is. */
static void await_longest_rto(struct probe_run *run, struct sock *sock, struct packet_match fin)
{
	const struct record *rec = run_record(run);
	int64_t most_us = model_rto_max_ns(rec, SIDE_SERVER) / 1000;
	const struct sample *last;

	for (;;) {
		last = query_rto(rec, SIDE_SERVER, labels[LATE], INT64_MAX);
		if (last && last->rto_us >= most_us)
			return;
		if (!await_sent_within(run, fin, 1, 2 * most_us / 1000 + AWAIT_LIMIT_MS))
			run_inconclusive(run, "the RTO of %s did not reach its maximum",
			                 labels[LATE]);
		await_state(sock, STATE_FIN_WAIT1);
	}
}

static void tell_late(struct probe_run *run, struct sock *sock)
{
	struct packet_match fin = match_of(sock, TCP_FLAG_FIN);
	uint32_t silence = wire_drop(run, fin);

	sock_close(sock);
	await_longest_rto(run, sock, fin);
	wire_reject(run, fin, REJECT_PORT, 0);
	wire_restore(run, silence);
}

static void run(struct probe_run *run)
{
	struct sock *client[CONNECTIONS], *server[CONNECTIONS];
	const struct record *rec = run_record(run);
	int64_t most_ms;

	if (param(run, "shorter") &&
	    !model_sysctl(rec, SIDE_SERVER, "net.ipv4.tcp_rto_max_ms", &most_ms))
		run_skip(run, "this kernel has no tcp_rto_max_ms");
	for (int i = 0; i < CONNECTIONS; i++)
		flow_establish(run, (uint16_t)(8080 + i), &client[i], &server[i]);
	wire_drop(run, match_of(client[SILENT], TCP_FLAG_FIN));
	for (int i = 0; i < SILENT; i++)
		wire_reject(run, match_of(client[i], TCP_FLAG_FIN), errors[i % ERRORS].kind,
		            errors[i % ERRORS].mtu);
	for (int i = 0; i < ERRORS; i++) {
		sock_close(client[i]);
		sock_shutdown(client[ERRORS + i], SHUT_WR);
	}
	sock_close(client[SILENT]);
	if (param(run, "late"))
		tell_late(run, server[LATE]);
	for (int i = 0; i <= SILENT; i++)
		if (i < ERRORS || i == SILENT)
			await_gone_within(client[i],
			                  fin_loss_limit_ms(rec, SIDE_CLIENT, labels[i]));
		else
			sock_await_failure(client[i],
			                   fin_loss_owned_limit_ms(rec, SIDE_CLIENT, labels[i]));
	if (param(run, "late"))
		await_gone_within(server[LATE], fin_loss_limit_ms(rec, SIDE_SERVER, labels[LATE]));
}

/* FINs that left after the first ICMP error for them had come to their host. */
static struct measured measure_after_error(struct judge *judge, const struct sent *fins,
                                           enum side host)
{
	const struct story *story = judged_story(judge);
	struct measured after = measure_sent(fins);
	int64_t told_ns = INT64_MAX;
	int64_t count = 0;

	for (size_t i = 0; i < story->flights.count && told_ns == INT64_MAX; i++) {
		const struct flight *flight = &story->flights.items[i];

		if (flight->injected && flight->arrival && flight->from != host && fins->count &&
		    flight->packet->inner.src.port == fins->items[0]->packet->src.port)
			told_ns = flight->arrive_ns;
	}
	for (size_t i = 0; i < fins->count; i++)
		count += fins->items[i]->depart_ns > told_ns;
	after.value = value_count(count);
	if (!after.why_not && told_ns == INT64_MAX)
		after.why_not = "no ICMP error came to its sender";
	return after;
}

/* Those of the model: the first FIN is told of, and so is what follows. */
static void judge_after_error(struct judge *judge, const struct fin_loss *loss)
{
	judge_count(judge, &(struct figure){
				   .name = "fins_after_the_error",
				   .says = value_count(0),
				   .predicts = value_counts(loss->model.sends_lo - 1,
	                                                    loss->model.sends_hi - 1),
				   .measured = measure_after_error(judge, &loss->fins, loss->host),
				   .rule = "tcp_orphan_retries(): sk_err_soft counts where the RTO "
					   "is at its maximum",
				   .unpredicted = loss->unpredicted,
				   .predicted_from = loss->predicted_from,
			   });
}

static void judge_error(struct judge *judge, int error, enum family family)
{
	const struct loss how = {.soft_error = strcmp(errors[error].error[family], "ETIMEDOUT"),
	                         .reverts = errors[error].reverts[family]};
	struct loss orphan = how;
	struct fin_loss loss, owned;

	orphan.orphan = true;
	fin_loss_measure_how(judge, SIDE_CLIENT, labels[error], orphan, &loss);
	fin_loss_measure_how(judge, SIDE_CLIENT, labels[ERRORS + error], how, &owned);
	judge_case(judge, "%s", errors[error].name);
	judge_after_error(judge, &loss);
	fin_loss_judge_life(judge, &loss);
	judge_words(judge, &(struct figure){
				   .name = "told_to_an_owner",
				   .predicts = value_words(errors[error].error[family]),
				   .measured = measure_errno(judge, SIDE_CLIENT,
	                                                     labels[ERRORS + error], "SO_ERROR"),
				   .rule = "tcp_write_err(): sk_err_soft, or ETIMEDOUT",
			   });
	judge_case(judge, "%s, with an owner", errors[error].name);
	fin_loss_judge_life(judge, &owned);
}

/* Told when its RTO was at the maximum: the next time-out is the end. */
static void judge_late(struct judge *judge)
{
	const struct record *rec = judged_story(judge)->rec;
	struct fin_loss loss;
	int64_t late = 0;

	record_param(rec, "late", &late);
	if (!late)
		return;
	fin_loss_measure_how(judge, SIDE_SERVER, labels[LATE],
	                     (struct loss){.orphan = true, .soft_error = true}, &loss);
	judge_case(judge, "the RTO at its maximum");
	judge_count(judge, &(struct figure){
				   .name = "fins_after_the_error",
				   .says = value_count(0),
				   .predicts = value_count(0),
				   .measured = measure_after_error(judge, &loss.fins, SIDE_SERVER),
				   .rule = "tcp_orphan_retries(): sk_err_soft counts where the RTO "
					   "is at its maximum",
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	struct fin_loss silent;

	fin_loss_measure(judge, SIDE_CLIENT, labels[SILENT], &silent);
	judge_claim(judge, "orphan.icmp-error");
	judge_premise(judge, "every FIN was lost", measure_all_lost(&silent.fins));
	judge_case(judge, "no error");
	fin_loss_judge_count(judge, &silent, value_none());
	fin_loss_judge_life(judge, &silent);
	for (int i = 0; i < ERRORS; i++)
		judge_error(judge, i, story->rec->family);
	judge_late(judge);
}

static const struct variant variants[] = {
	{.suffix = ""},
	{
		.suffix = "rto-max",
		.title = "and told when the RTO is 1 s at most",
		.params = {{"late", 1, 1, NULL}, {"shorter", 1, 1, NULL}},
		.sysctls = {{"server:net.ipv4.tcp_rto_max_ms", "1000", "1000", .optional = true}},
	},
	{0},
};

const struct probe probe_orphan_icmp_error = {
	.id = "orphan.icmp-error",
	.title = "An orphan's FINs are answered by ICMP errors",
	.question = "How often does an orphan send its FIN when a router says that it is of no "
		    "use, and how long does it live?",
	.kernel_path = "tcp_v4_err(), tcp_v6_err(), tcp_ld_RTO_revert(), tcp_orphan_retries(), "
		       "tcp_write_timeout()",
	.wire = WIRE_HAND,
	.claims = {{"orphan.icmp-error", "A",
                    "After an ICMP error and no answer of the peer's the retries of an orphan drop "
                    "to zero."}},
	.sysctls = {{"client:net.ipv4.tcp_orphan_retries", "2", "4"},
                    {"server:net.ipv4.tcp_orphan_retries", "12", "12"},
                    {"net.ipv4.tcp_retries2", "2", "4"}},
	.params = {{"late", 0, 1, "1: one more orphan, told when its RTO is at the maximum"},
                   {"shorter", 0, 0, "1: that maximum is shorter than 120 s"}},
	.variants = variants,
	.run = run,
	.judge = judge,
};
