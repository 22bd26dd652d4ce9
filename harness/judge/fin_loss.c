// SPDX-License-Identifier: GPL-2.0-or-later
#include "fin_loss.h"

#include <stdint.h>

#include "query.h"

static struct packet_match fin_of(enum side host)
{
	return (struct packet_match){
		.from = host, .flags_mask = TCP_FLAG_FIN, .flags_value = TCP_FLAG_FIN};
}

/* The RTO that the first retransmission runs on was read after the close, before that. */
static bool fin_loss_model(const struct record *rec, enum side host, const char *sock,
                           struct loss how, struct schedule *model)
{
	const struct packet_match fin = fin_of(host);
	const struct event *second = query_sent(rec, sock, &fin, 1);
	const struct sample *rto =
		query_rto(rec, host, sock, second ? second->t_ns - 1 : INT64_MAX);

	how.at_send = rto;
	*model = (struct schedule){0};
	return rto && model_loss(rec, host, &how, model);
}

void fin_loss_measure_how(struct judge *judge, enum side host, const char *sock, struct loss how,
                          struct fin_loss *loss)
{
	const struct packet_match fin = fin_of(host);

	*loss = (struct fin_loss){
		.host = host,
		.sock = sock,
		.how = how,
		.predicted_from = RESTS_ON(OBSERVER_DIAG) | RESTS_ON(OBSERVER_TAP),
		.fins = sent_on(judge, sock, &fin, (struct moment){0}),
	};
	if (!fin_loss_model(judged_story(judge)->rec, host, sock, how, &loss->model))
		loss->unpredicted =
			judge_text(judge, "no RTO of %s was read, or it sends too often", sock);
}

void fin_loss_measure(struct judge *judge, enum side host, const char *sock, struct fin_loss *loss)
{
	fin_loss_measure_how(judge, host, sock, (struct loss){.orphan = true}, loss);
}

void fin_loss_measure_owned(struct judge *judge, enum side host, const char *sock,
                            struct fin_loss *loss)
{
	fin_loss_measure_how(judge, host, sock, (struct loss){.orphan = false}, loss);
}

static int64_t limit_ms(const struct record *rec, enum side host, const char *sock, bool orphan)
{
	struct schedule model;
	bool modelled = fin_loss_model(rec, host, sock, (struct loss){.orphan = orphan}, &model);

	return (modelled ? model.give_up.hi_ns / NS_PER_MS : 0) + 2000;
}

int64_t fin_loss_limit_ms(const struct record *rec, enum side host, const char *sock)
{
	return limit_ms(rec, host, sock, true);
}

int64_t fin_loss_owned_limit_ms(const struct record *rec, enum side host, const char *sock)
{
	return limit_ms(rec, host, sock, false);
}

void fin_loss_judge_count(struct judge *judge, const struct fin_loss *loss, struct value says)
{
	judge_count(judge,
	            &(struct figure){
			    .name = "fin_segments",
			    .says = says,
			    .predicts = value_counts(loss->model.sends_lo, loss->model.sends_hi),
			    .measured = measure_sent(&loss->fins),
			    .rule = loss->how.orphan ? "tcp_write_timeout(), tcp_orphan_retries(), "
	                                               "tcp_send_loss_probe()"
	                                             : "tcp_write_timeout(): tcp_retries2, "
	                                               "tcp_send_loss_probe()",
			    .unpredicted = loss->unpredicted,
			    .predicted_from = loss->predicted_from,
		    });
}

void fin_loss_judge_life(struct judge *judge, const struct fin_loss *loss)
{
	judge_schedule(judge,
	               &(struct schedule_figure){
			       .sent = &loss->fins,
			       .from = when_sent(&loss->fins),
			       .model = &loss->model,
			       .rule = loss->how.reverts ? "tcp_ld_RTO_revert(), RFC 6069"
	                                                 : "tcp_retransmit_timer(): icsk_rto << 1",
			       .unpredicted = loss->unpredicted,
			       .predicted_from = loss->predicted_from,
		       });
	judge_time(judge, &(struct figure){
				  .name = "lifetime",
				  .predicts = span_value(loss->model.give_up),
				  .measured = measure_until_end(judge, loss->host, loss->sock,
	                                                        when_sent(&loss->fins)),
				  .rule = "retransmits_timed_out(), tcp_model_timeout()",
				  .unpredicted = loss->unpredicted,
				  .predicted_from = loss->predicted_from,
			  });
}

void fin_loss_judge_times(struct judge *judge, const struct fin_loss *loss)
{
	judge_count(judge,
	            &(struct figure){
			    .name = "loss_probes",
			    .predicts = value_count(loss->model.probes),
			    .measured = measure_counter(judge, loss->host, "TcpExt.TCPLossProbes"),
			    .rule = "tcp_schedule_loss_probe(), tcp_send_loss_probe()",
			    .unpredicted = loss->unpredicted,
			    .predicted_from = loss->predicted_from,
		    });
	fin_loss_judge_life(judge, loss);
}

void fin_loss_judge_orphan(struct judge *judge, const struct fin_loss *loss, struct value says,
                           const char *walk)
{
	fin_loss_judge_count(judge, loss, says);
	fin_loss_judge_times(judge, loss);
	judge_walk(judge, &(struct walk_figure){
				  .host = loss->host,
				  .sock = loss->sock,
				  .predicts = walk,
				  .rule = "tcp_write_err(), tcp_done()",
			  });
}
