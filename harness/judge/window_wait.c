// SPDX-License-Identifier: GPL-2.0-or-later
#include "window_wait.h"

#include <stdint.h>

#include "query.h"

static bool window_wait_model(const struct record *rec, const struct window_end *end,
                              int64_t until_ns, struct schedule *model)
{
	const struct persist persist = {
		.at_close = query_rto(rec, end->host, end->sock, until_ns),
		.orphan = end->orphan,
		.answered = end->answered,
		.user_timeout_ms = end->user_timeout_ms,
	};

	*model = (struct schedule){0};
	return persist.at_close && model_persist(rec, end->host, &persist, model);
}

/* When the last of @acks left that did so before the first probe. */
static struct moment window_closed(const struct sent *acks, const struct sent *probes)
{
	struct moment closed = {.rests_on = acks->rests_on, .why_not = "no window was closed"};

	for (size_t i = 0; i < acks->count && probes->count; i++) {
		if (acks->items[i]->depart_ns >= probes->items[0]->depart_ns)
			break;
		closed.t_ns = acks->items[i]->depart_ns;
		closed.why_not = NULL;
	}
	return closed;
}

void window_wait_measure(struct judge *judge, const struct window_end *end,
                         struct window_wait *wait)
{
	const struct packet_match probe = {.from = end->host, .payload = PAYLOAD_NONE};
	const struct packet_match ack = {
		.from = end->host == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT,
		.payload = PAYLOAD_NONE,
	};
	struct moment filled = when_called(judge, end->host, end->sock, "fill");
	/* the two ends of a connection have the same number */
	const char *peer =
		judge_text(judge, "%c%s", end->host == SIDE_CLIENT ? 's' : 'c', end->sock + 1);
	struct sent acks = sent_on(judge, peer, &ack, filled);
	int64_t until_ns = INT64_MAX;

	*wait = (struct window_wait){
		.end = *end,
		.probes = sent_on(judge, end->sock, &probe, filled),
		.predicted_from = RESTS_ON(OBSERVER_DIAG) | RESTS_ON(OBSERVER_TAP),
	};
	wait->closed = window_closed(&acks, &wait->probes);
	if (wait->probes.count)
		until_ns = wait->probes.items[0]->depart_ns - 1;
	if (!window_wait_model(judged_story(judge)->rec, end, until_ns, &wait->model))
		wait->unpredicted = judge_text(judge,
		                               "no RTO of %s was read, or which of its probes are "
		                               "answered is not known",
		                               end->sock);
}

int64_t window_wait_limit_ms(const struct record *rec, const struct window_end *end,
                             unsigned int probes)
{
	struct schedule model;
	int64_t ns;

	if (!window_wait_model(rec, end, INT64_MAX, &model))
		return 2000;
	ns = model.endless ? model.at[probes].hi_ns : model.give_up.hi_ns;
	return ns / NS_PER_MS + 2000;
}

void window_wait_judge_probes(struct judge *judge, const struct window_wait *wait)
{
	if (!wait->model.endless)
		judge_count(judge, &(struct figure){
					   .name = "window_probes",
					   .predicts = value_counts(wait->model.sends_lo,
		                                                    wait->model.sends_hi),
					   .measured = measure_sent(&wait->probes),
					   .rule = "tcp_probe_timer(): icsk_probes_out, "
						   "icsk_user_timeout, tcp_orphan_retries()",
					   .unpredicted = wait->unpredicted,
					   .predicted_from = wait->predicted_from,
				   });
	judge_schedule(judge, &(struct schedule_figure){
				      .sent = &wait->probes,
				      .from = wait->closed,
				      .model = &wait->model,
				      .rule = "tcp_probe0_when(), tcp_ack_probe()",
				      .unpredicted = wait->unpredicted,
				      .predicted_from = wait->predicted_from,
			      });
}

void window_wait_judge_end(struct judge *judge, const struct window_wait *wait, struct value says)
{
	judge_time(judge, &(struct figure){
				  .name = "fails_after",
				  .says = says,
				  .predicts = span_value(wait->model.give_up),
				  .measured = measure_until_end(judge, wait->end.host,
	                                                        wait->end.sock, wait->closed),
				  .rule = "tcp_probe_timer(), tcp_clamp_probe0_to_user_timeout()",
				  .unpredicted = wait->unpredicted,
				  .predicted_from = wait->predicted_from,
			  });
}
