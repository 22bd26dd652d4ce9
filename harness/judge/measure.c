// SPDX-License-Identifier: GPL-2.0-or-later
/* measure: answers about calls and counters, and what all queries share. */
#include "measure.h"

#include <stdint.h>
#include <string.h>

struct measured measured_none(unsigned int rests_on, const char *why_not)
{
	return (struct measured){.rests_on = rests_on, .why_not = why_not};
}

int64_t called_ns(const struct judge *judge, enum side host, const char *sock, const char *call)
{
	return query_called_ns(judged_story(judge)->rec, host, sock, call);
}

/* A call as it was found; @value is set where it was made. */
static struct measured measured_call(struct judge *judge, const char *sock, const char *name,
                                     const struct event *call, struct value value)
{
	if (!call)
		return measured_none(RESTS_ON(OBSERVER_STEPS),
		                     judge_text(judge, "%s%s%s was not called", name,
		                                sock[0] ? " on " : "", sock));
	return (struct measured){
		.value = value,
		.rests_on = RESTS_ON(OBSERVER_STEPS),
		.to_ns = call->t_ns,
	};
}

struct measured measure_result(struct judge *judge, enum side host, const char *sock,
                               const char *name)
{
	const struct event *call = query_call(judged_story(judge)->rec, host, sock, name, 0);

	return measured_call(judge, sock, name, call, value_count(call ? call->call.result : 0));
}

struct measured measure_errno(struct judge *judge, enum side host, const char *sock,
                              const char *name)
{
	const struct event *call = query_call(judged_story(judge)->rec, host, sock, name, 0);
	const char *text = call && call->call.err ? strerrorname_np(call->call.err) : "none";

	if (!text)
		text = judge_text(judge, "errno %d", call->call.err);
	return measured_call(judge, sock, name, call, value_words(text));
}

struct measured measure_counter(struct judge *judge, enum side host, const char *name)
{
	const struct story *story = judged_story(judge);

	return (struct measured){
		.value = value_count(query_counter(story->rec, host, name)),
		.rests_on = RESTS_ON(OBSERVER_COUNTERS),
		.to_ns = story->end_ns,
	};
}
