// SPDX-License-Identifier: GPL-2.0-or-later
#include "data_loss.h"

#include <stdint.h>

#include "query.h"

static struct packet_match data_of(const struct data_end *end)
{
	return (struct packet_match){.from = end->host, .payload = PAYLOAD_SOME};
}

/* Until a retransmission changes it the socket's RTO is the one that the first of them ran on. */
static bool data_loss_model(const struct record *rec, const struct data_end *end,
                            struct schedule *model)
{
	const struct packet_match data = data_of(end);
	const struct event *second = query_sent(rec, end->sock, &data, 1);
	const struct loss loss = {
		.at_send =
			query_rto(rec, end->host, end->sock, second ? second->t_ns - 1 : INT64_MAX),
		.established = true,
		.user_timeout_ms = end->user_timeout_ms,
	};

	*model = (struct schedule){0};
	return loss.at_send && model_loss(rec, end->host, &loss, model);
}

void data_loss_measure(struct judge *judge, const struct data_end *end, struct data_loss *loss)
{
	const struct packet_match data = data_of(end);

	*loss = (struct data_loss){
		.end = *end,
		.predicted_from = RESTS_ON(OBSERVER_DIAG) | RESTS_ON(OBSERVER_TAP),
		.sent = sent_on(judge, end->sock, &data, (struct moment){0}),
	};
	if (!data_loss_model(judged_story(judge)->rec, end, &loss->model))
		loss->unpredicted = judge_text(judge, "no RTO of %s was read", end->sock);
}

int64_t data_loss_limit_ms(const struct record *rec, const struct data_end *end)
{
	struct schedule model;

	return (data_loss_model(rec, end, &model) ? model.give_up.hi_ns / NS_PER_MS : 0) + 2000;
}

void data_loss_judge_count(struct judge *judge, const struct data_loss *loss, struct value says)
{
	judge_count(judge,
	            &(struct figure){
			    .name = "data_segments",
			    .says = says,
			    .predicts = value_counts(loss->model.sends_lo, loss->model.sends_hi),
			    .measured = measure_sent(&loss->sent),
			    .rule = loss->end.user_timeout_ms
	                                    ? "tcp_write_timeout(): icsk_user_timeout, "
	                                      "tcp_send_loss_probe()"
	                                    : "tcp_write_timeout(): tcp_retries2, "
	                                      "tcp_send_loss_probe()",
			    .unpredicted = loss->unpredicted,
			    .predicted_from = loss->predicted_from,
		    });
}

void data_loss_judge_intervals(struct judge *judge, const struct data_loss *loss)
{
	judge_schedule(judge, &(struct schedule_figure){
				      .sent = &loss->sent,
				      .from = when_sent(&loss->sent),
				      .model = &loss->model,
				      .rule = "tcp_retransmit_timer(): icsk_rto << 1",
				      .unpredicted = loss->unpredicted,
				      .predicted_from = loss->predicted_from,
			      });
}

void data_loss_judge_end(struct judge *judge, const struct data_loss *loss, struct value says)
{
	judge_time(judge,
	           &(struct figure){
			   .name = "fails_after",
			   .says = says,
			   .predicts = span_value(loss->model.give_up),
			   .measured = measure_until_end(judge, loss->end.host, loss->end.sock,
	                                                 when_sent(&loss->sent)),
			   .rule = "retransmits_timed_out(), tcp_model_timeout(), "
				   "tcp_clamp_rto_to_user_timeout()",
			   .unpredicted = loss->unpredicted,
			   .predicted_from = loss->predicted_from,
		   });
}
