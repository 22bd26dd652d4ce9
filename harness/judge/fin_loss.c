// SPDX-License-Identifier: GPL-2.0-or-later
#include "fin_loss.h"

#include <stdint.h>

/* The RTO that the first retransmission runs on: read after the close, before that. */
static const struct sample *fin_rto(const struct record *rec, enum side host, const char *sock,
                                    const struct packet_list *fins)
{
	int64_t until_ns = fins->count > 1 ? fins->items[1].t_ns - 1 : INT64_MAX;

	return query_rto(rec, host, sock, until_ns);
}

static void fin_loss_model(const struct record *rec, enum side host, const char *sock,
                           struct fin_loss *loss)
{
	const struct packet_match fin = {
		.from = host, .flags_mask = TCP_FLAG_FIN, .flags_value = TCP_FLAG_FIN};
	const struct sample *rto;

	query_sent(rec, &fin, &loss->fins);
	rto = fin_rto(rec, host, sock, &loss->fins);
	loss->modelled = rto && model_orphan(rec, host, rto, &loss->model);
}

void fin_loss_measure(const struct record *rec, enum side host, const char *sock,
                      struct fin_loss *loss)
{
	struct life life;

	*loss = (struct fin_loss){.modelled = false};
	fin_loss_model(rec, host, sock, loss);
	if (!loss->fins.count)
		return;
	life_stitch(rec, host, sock, &life);
	loss->lifetime = query_until_end(rec, &life, loss->fins.items[0].t_ns);
}

int64_t fin_loss_limit_ms(const struct record *rec, enum side host, const char *sock)
{
	struct fin_loss loss = {.modelled = false};

	fin_loss_model(rec, host, sock, &loss);
	return (loss.modelled ? loss.model.give_up.hi_ns / NS_PER_MS : 0) + 2000;
}

void fin_loss_judge(struct judge *judge, const struct fin_loss *loss, struct value says)
{
	const char *why_not = !loss->fins.count ? "no FIN was seen to leave"
	                      : !loss->modelled ? "no RTO of this socket was read"
	                                        : NULL;
	bool can = !why_not;

	judge_compare(
		judge,
		&(struct comparison){
			.name = "fin_segments",
			.unit = "count",
			.says = says,
			.predicts = value_counts(loss->model.sends_lo, loss->model.sends_hi),
			.measured = can ? value_count((int64_t)loss->fins.count) : value_none(),
			.why_not = why_not,
			.rests_on = RESTS_ON(OBSERVER_TAP),
			.rule = "tcp_write_timeout(), tcp_orphan_retries(), tcp_send_loss_probe()",
		});
	judge_compare(judge, &(struct comparison){
				     .name = "lifetime",
				     .unit = "s",
				     .predicts = span_value(loss->model.give_up),
				     .measured = can ? loss->lifetime : value_none(),
				     .why_not = why_not,
				     .rests_on = RESTS_ON(OBSERVER_DIAG) | RESTS_ON(OBSERVER_TAP),
				     .rule = "retransmits_timed_out(), tcp_model_timeout()",
			     });
}
