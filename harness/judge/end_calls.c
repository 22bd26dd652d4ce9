// SPDX-License-Identifier: GPL-2.0-or-later
#include "end_calls.h"

#include <string.h>

#include "../base/buffer.h"
#include "query.h"

static const char so_error[] = "SO_ERROR";

static void call_add(struct buffer *words, const char *name, int64_t result, int err,
                     const char *signal)
{
	const char *error = err ? strerrorname_np(err) : "none";

	buffer_add(words, "%s%s ", words->used ? ", " : "", name);
	if (err && !error)
		buffer_add(words, "errno %d", err);
	else if (err || !strcmp(name, so_error))
		buffer_add(words, "%s", error);
	else
		buffer_add(words, "%lld", (long long)result);
	if (signal[0])
		buffer_add(words, " %s", signal);
}

/* NULL: there is no memory. */
static const char *words_keep(struct judge *judge, struct buffer *words)
{
	const char *text = buffer_text(words);

	text = text ? judge_text(judge, "%s", text) : NULL;
	buffer_free(words);
	return text;
}

struct value predict_calls(struct judge *judge, struct sock_end *end, const struct end_calls *calls)
{
	struct buffer words = {0};

	for (size_t i = 0; i < calls->count; i++) {
		struct sock_end_result one = sock_end_call(end, calls->calls[i], calls->length);
		const char *name = sock_end_call_name(calls->calls[i]);

		if (!calls->only || !strcmp(calls->only, name))
			call_add(&words, name, one.result, one.err, one.sigpipe ? "SIGPIPE" : "");
	}
	return value_words(words_keep(judge, &words));
}

static bool is_wanted(const struct event *event, enum side host, const char *sock, const char *name)
{
	if (name)
		return event_is_call(event, host, sock, name);
	return event_is_call(event, host, sock, "send") ||
	       event_is_call(event, host, sock, "recv") ||
	       event_is_call(event, host, sock, so_error);
}

struct measured measure_calls(struct judge *judge, enum side host, const char *sock,
                              const char *name, struct moment from)
{
	const struct record *rec = judged_story(judge)->rec;
	struct measured measured = {
		.rests_on = RESTS_ON(OBSERVER_STEPS) | from.rests_on,
		.why_not = from.why_not,
		.from_ns = from.t_ns,
	};
	struct buffer words = {0};
	const char *text;

	for (size_t i = 0; i < rec->event_count; i++) {
		const struct event *event = &rec->events[i];

		if (event->t_ns < from.t_ns || !is_wanted(event, host, sock, name))
			continue;
		call_add(&words, event->call.name, event->call.result, event->call.err,
		         event->call.signal);
		measured.to_ns = event->t_ns;
	}
	text = words_keep(judge, &words);
	measured.value = value_words(text);
	if (!measured.why_not && (!text || !text[0]))
		measured.why_not = judge_text(judge, "no %s was called on %s",
		                              name ? name : "send, recv or SO_ERROR", sock);
	return measured;
}
