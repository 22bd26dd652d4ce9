// SPDX-License-Identifier: GPL-2.0-or-later
/* measure: answers about calls and counters, and what all queries share. */
#include "measure.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct measured measured_none(unsigned int rests_on, const char *why_not)
{
	return (struct measured){.rests_on = rests_on, .why_not = why_not};
}

static const char *uncalled_words(struct judge *judge, const char *sock, const char *call)
{
	return judge_text(judge, "%s%s%s was not called", call, sock[0] ? " on " : "", sock);
}

struct moment when_called(struct judge *judge, enum side host, const char *sock, const char *name)
{
	const struct event *call = query_call(judged_story(judge)->rec, host, sock, name, 0);

	return (struct moment){
		.t_ns = call ? call->t_ns : 0,
		.rests_on = RESTS_ON(OBSERVER_STEPS),
		.why_not = call ? NULL : uncalled_words(judge, sock, name),
	};
}

/* A call as it was found; @value is set where it was made. */
static struct measured measured_call(struct judge *judge, const char *sock, const char *name,
                                     const struct event *call, struct value value)
{
	if (!call)
		return measured_none(RESTS_ON(OBSERVER_STEPS), uncalled_words(judge, sock, name));
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

/* All calls of one name on one socket. */
struct calls {
	const struct event *last; /* NULL: none was made */
	int64_t successes, total;
};

static struct calls calls_of(const struct record *rec, enum side host, const char *sock,
                             const char *name)
{
	struct calls calls = {0};

	for (size_t i = 0; i < rec->event_count; i++) {
		const struct event *event = &rec->events[i];

		if (!event_is_call(event, host, sock, name))
			continue;
		calls.last = event;
		if (event->call.err)
			continue;
		calls.successes++;
		calls.total += event->call.result;
	}
	return calls;
}

struct measured measure_total(struct judge *judge, enum side host, const char *sock,
                              const char *name)
{
	struct calls calls = calls_of(judged_story(judge)->rec, host, sock, name);

	return measured_call(judge, sock, name, calls.last, value_count(calls.total));
}

struct measured measure_successes(struct judge *judge, enum side host, const char *sock,
                                  const char *name)
{
	struct calls calls = calls_of(judged_story(judge)->rec, host, sock, name);

	return measured_call(judge, sock, name, calls.last, value_count(calls.successes));
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

struct moment when_noted(struct judge *judge, const char *text)
{
	const struct record *rec = judged_story(judge)->rec;
	struct moment moment = {.rests_on = RESTS_ON(OBSERVER_STEPS)};

	for (size_t i = 0; i < rec->event_count; i++) {
		if (rec->events[i].kind != EVENT_NOTE || strcmp(rec->events[i].note.text, text))
			continue;
		moment.t_ns = rec->events[i].t_ns;
		return moment;
	}
	moment.why_not = judge_text(judge, "\"%s\" was not noted", text);
	return moment;
}

static bool is_trial(const struct trials *trials, const struct event *event)
{
	return event->kind == EVENT_CALL && event->host == trials->host &&
	       !strcmp(event->call.name, trials->call) && event->t_ns >= trials->from.t_ns &&
	       (!trials->to.t_ns || event->t_ns < trials->to.t_ns);
}

struct measured measure_trials(struct judge *judge, const struct trials *trials)
{
	const struct record *rec = judged_story(judge)->rec;
	const char *why_not = trials->from.why_not ? trials->from.why_not : trials->to.why_not;
	const struct event *last = NULL;
	int64_t count = 0;

	for (size_t i = 0; i < rec->event_count && !why_not; i++) {
		if (!is_trial(trials, &rec->events[i]))
			continue;
		last = &rec->events[i];
		count += last->call.err == trials->err;
	}
	if (why_not)
		return measured_none(RESTS_ON(OBSERVER_STEPS), why_not);
	return measured_call(judge, "", trials->call, last, value_count(count));
}

struct measured measure_signal(struct judge *judge, enum side host, const char *sock,
                               const char *name)
{
	const struct event *call = query_call(judged_story(judge)->rec, host, sock, name, 0);
	const char *text = call && call->call.signal[0] ? call->call.signal : "none";

	return measured_call(judge, sock, name, call, value_words(text));
}

struct measured measure_option(struct judge *judge, enum side host, const char *sock,
                               const char *name)
{
	const struct record *rec = judged_story(judge)->rec;
	size_t length = strlen(name);

	for (size_t i = 0; i < rec->event_count; i++) {
		const struct event *event = &rec->events[i];

		if (event_is_call(event, host, sock, "getsockopt") &&
		    !strncmp(event->call.args, name, length) && event->call.args[length] == ' ')
			return (struct measured){
				.value = value_count(strtoll(event->call.args + length, NULL, 10)),
				.rests_on = RESTS_ON(OBSERVER_STEPS),
				.to_ns = event->t_ns,
			};
	}
	return measured_none(RESTS_ON(OBSERVER_STEPS),
	                     judge_text(judge, "%s of %s was not read", name, sock));
}

struct measured measure_took(struct judge *judge, enum side host, const char *sock,
                             const char *name)
{
	const struct event *call = query_call(judged_story(judge)->rec, host, sock, name, 0);
	int64_t took_ns = call ? call->call.took_ns : 0;
	struct measured took =
		measured_call(judge, sock, name, call,
	                      took_ns ? value_time(took_ns, took_ns) : value_time(0, NS_PER_MS));

	if (call) {
		took.from_ns = call->t_ns;
		took.to_ns = call->t_ns + took_ns;
	}
	return took;
}

/* Up to @mark, "" for the run's end. */
static int64_t counter_to(const struct record *rec, enum side host, const char *name,
                          const char *mark, int64_t *t_ns)
{
	int64_t delta = 0;

	for (size_t i = 0; i < rec->event_count; i++) {
		const struct event *event = &rec->events[i];

		if (event->kind != EVENT_COUNTER || event->host != host ||
		    strcmp(event->counter.mark, mark) != 0)
			continue;
		*t_ns = event->t_ns;
		if (!strcmp(event->counter.name, name))
			delta = event->counter.delta;
	}
	return delta;
}

static struct measured measured_counter(struct judge *judge, enum side host, const char *name,
                                        const char *from, const char *to)
{
	const struct story *story = judged_story(judge);
	struct measured measured = {
		.rests_on = RESTS_ON(OBSERVER_COUNTERS),
		.from_ns = from ? -1 : 0,
		.to_ns = -1,
	};
	int64_t count = counter_to(story->rec, host, name, to, &measured.to_ns);

	if (from)
		count -= counter_to(story->rec, host, name, from, &measured.from_ns);
	/* Where counters were read, some had changed by then: those of the connection. */
	if (measured.to_ns < 0 && !to[0])
		measured.why_not =
			judge_text(judge, "no counter of the %s was read", side_name(host));
	else if (measured.to_ns < 0 || measured.from_ns < 0)
		measured.why_not = judge_text(judge, "no mark \"%s\" was made",
		                              measured.to_ns < 0 ? to : from);
	measured.value = value_count(count);
	return measured;
}

struct measured measure_counter(struct judge *judge, enum side host, const char *name)
{
	return measured_counter(judge, host, name, NULL, "");
}

struct measured measure_counter_until(struct judge *judge, enum side host, const char *name,
                                      const char *mark)
{
	return measured_counter(judge, host, name, NULL, mark);
}

struct measured measure_counter_since(struct judge *judge, enum side host, const char *name,
                                      const char *mark)
{
	return measured_counter(judge, host, name, mark, "");
}

struct measured measure_counter_between(struct judge *judge, enum side host, const char *name,
                                        const char *from, const char *to)
{
	return measured_counter(judge, host, name, from, to);
}

static struct measured sockets_until(struct judge *judge, enum side host, uint16_t port,
                                     int64_t until_ns)
{
	const struct record *rec = judged_story(judge)->rec;

	for (size_t i = rec->event_count; i-- > 0;) {
		const struct event *event = &rec->events[i];

		if (event->kind == EVENT_COUNTS && event->host == host &&
		    event->counts.port == port && event->t_ns <= until_ns)
			return (struct measured){
				.value = value_count(event->counts.total),
				.rests_on = RESTS_ON(OBSERVER_DIAG),
				.to_ns = event->t_ns,
			};
	}
	return measured_none(RESTS_ON(OBSERVER_DIAG),
	                     judge_text(judge, "nobody counted the sockets of port %u", port));
}

/* Of @all, which were counted at one instant, those in @state and of this kind. */
static struct measured sockets_in(struct judge *judge, struct measured all, enum side host,
                                  uint16_t port, enum tcp_state state, enum sock_object object)
{
	const struct record *rec = judged_story(judge)->rec;

	if (all.why_not)
		return all;
	all.value = value_count(0);
	for (size_t i = 0; i < rec->event_count; i++) {
		const struct event *event = &rec->events[i];

		if (event->kind == EVENT_COUNTS && event->host == host &&
		    event->counts.port == port && event->t_ns == all.to_ns &&
		    event->counts.state == state && event->counts.object == object)
			all.value = value_count(event->counts.count);
	}
	return all;
}

struct measured measure_sockets(struct judge *judge, enum side host, uint16_t port)
{
	return sockets_until(judge, host, port, INT64_MAX);
}

struct measured measure_sockets_in(struct judge *judge, enum side host, uint16_t port,
                                   enum tcp_state state, enum sock_object object)
{
	return sockets_in(judge, measure_sockets(judge, host, port), host, port, state, object);
}

struct measured measure_sockets_in_until(struct judge *judge, enum side host, uint16_t port,
                                         enum tcp_state state, enum sock_object object,
                                         const char *mark)
{
	int64_t until_ns = -1;

	counter_to(judged_story(judge)->rec, host, "", mark, &until_ns);
	if (until_ns < 0)
		return measured_none(RESTS_ON(OBSERVER_COUNTERS),
		                     judge_text(judge, "no mark \"%s\" was made", mark));
	return sockets_in(judge, sockets_until(judge, host, port, until_ns), host, port, state,
	                  object);
}

struct measured measure_default(struct judge *judge, const char *name)
{
	const struct record *rec = judged_story(judge)->rec;
	const char *full = judge_text(judge, "default:%s", name);

	for (size_t i = 0; i < rec->event_count; i++) {
		const struct event *event = &rec->events[i];

		if (event->kind == EVENT_SYSCTL && !strcmp(event->sysctl.name, full))
			return (struct measured){
				.value = value_count(strtoll(event->sysctl.to, NULL, 10)),
				.rests_on = RESTS_ON(OBSERVER_STEPS),
				.to_ns = event->t_ns,
			};
	}
	return measured_none(RESTS_ON(OBSERVER_STEPS),
	                     judge_text(judge, "the default of %s was not read", name));
}
