// SPDX-License-Identifier: GPL-2.0-or-later
#include "tw_stay.h"

#include "measure.h"
#include "model.h"

struct moment tw_stay_began(struct judge *judge, const struct tw_stay *stay)
{
	/* both ends of a connection have one number */
	const char *peer =
		judge_text(judge, "%c%s", stay->host == SIDE_CLIENT ? 's' : 'c', stay->sock + 1);
	struct sent fins = sent_on(judge, peer,
	                           &(struct packet_match){.from = side_other(stay->host),
	                                                  .flags_mask = TCP_FLAG_FIN,
	                                                  .flags_value = TCP_FLAG_FIN},
	                           (struct moment){0});

	if (fins.count)
		fins.items += fins.count - 1;
	return when_sent(&fins);
}

/* Where no time-wait sock is kept there is nothing to measure. */
static struct measured of_one_kept(const struct record *rec, const struct tw_stay *stay,
                                   struct measured measured)
{
	if (!model_timewait_is_kept(rec, stay->host))
		measured.skip = "tcp_max_tw_buckets is 0: there is no TIME_WAIT";
	return measured;
}

void tw_stay_judge_timer(struct judge *judge, const struct tw_stay *stay, const char *name,
                         struct moment from, struct moment at, int64_t says_s)
{
	const struct record *rec = judged_story(judge)->rec;

	judge_time(
		judge,
		&(struct figure){
			.name = name,
			.says = says_s ? span_value(model_timewait_set_to(rec, says_s * NS_PER_S))
	                               : value_none(),
			.predicts = span_value(model_timewait_set(rec)),
			.measured = of_one_kept(
				rec, stay,
				measure_timewait_set(judge, stay->host, stay->sock, from, at)),
			.rule = "TCP_TIMEWAIT_LEN: tcp_time_wait(), inet_twsk_reschedule()",
		});
}

void tw_stay_judge_end(struct judge *judge, const struct tw_stay *stay, const char *name,
                       struct moment from, int64_t says_s)
{
	const struct record *rec = judged_story(judge)->rec;
	struct span model = model_timewait(rec, stay->host);

	judge_time(judge, &(struct figure){
				  .name = name,
				  .says = says_s ? span_value(model_timer(rec, says_s * NS_PER_S))
	                                         : value_none(),
				  .predicts = span_value(model),
				  .grain_ns = model.grain_ns,
				  .measured = of_one_kept(
					  rec, stay,
					  measure_until_end(judge, stay->host, stay->sock, from)),
				  .rule = "TCP_TIMEWAIT_LEN, rounded up by the timer wheel",
			  });
}
