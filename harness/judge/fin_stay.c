// SPDX-License-Identifier: GPL-2.0-or-later
#include "fin_stay.h"

#include "measure.h"
#include "model.h"
#include "rto_track.h"

bool fin_stay_model(const struct record *rec, const struct fin_stay *stay, struct span *model)
{
	struct rto rto;

	*model = (struct span){0};
	return rto_find(rec, stay->host, stay->sock, &rto) &&
	       model_finwait2_between(rec, stay->host, stay->linger2_s, &rto, model);
}

int64_t fin_stay_limit_ms(const struct record *rec, const struct fin_stay *stay)
{
	struct span model;

	return (fin_stay_model(rec, stay, &model) ? model.hi_ns / NS_PER_MS : 0) + 2000;
}

struct value fin_stay_timeout(const struct record *rec, enum side host)
{
	return span_value(model_timer(
		rec, model_sysctl_or(rec, host, "net.ipv4.tcp_fin_timeout", 0) * NS_PER_S));
}

void fin_stay_judge(struct judge *judge, const struct fin_stay *stay, const char *name,
                    struct moment from, struct value says)
{
	const struct record *rec = judged_story(judge)->rec;
	bool from_entry = !from.t_ns && !from.why_not;
	struct span model;
	bool modelled = fin_stay_model(rec, stay, &model);

	judge_time(judge,
	           &(struct figure){
			   .name = name,
			   .says = says,
			   .predicts = span_value(model),
			   .grain_ns = model.grain_ns,
			   .measured = from_entry ? measure_stay(judge, stay->host, stay->sock,
	                                                         STATE_FIN_WAIT2)
	                                          : measure_until_end(judge, stay->host, stay->sock,
	                                                              from),
			   .rule = "tcp_fin_time(), tcp_time_wait(); above 60 s twice what is "
				   "over, tcp_keepalive_timer()",
			   .unpredicted = modelled ? NULL
	                                           : judge_text(judge, "no RTO of %s was read",
	                                                        stay->sock),
			   .predicted_from = RESTS_ON(OBSERVER_DIAG),
		   });
}
