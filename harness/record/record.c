// SPDX-License-Identifier: GPL-2.0-or-later
/* record: its memory, its settings and its values in words. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/array.h"
#include "../base/slack.h"
#include "phases.h"
#include "record.h"
#include "texts.h"

static struct setting *settings_find(const struct settings *set, const char *name)
{
	for (size_t i = 0; i < set->count; i++) {
		if (!strcmp(set->items[i].name, name))
			return &set->items[i];
	}
	return NULL;
}

const char *settings_get(const struct settings *set, const char *name)
{
	const struct setting *item = settings_find(set, name);

	return item ? item->value : NULL;
}

static int settings_replace(struct setting *item, const char *value)
{
	char *copy = strdup(value);

	if (!copy)
		return -ENOMEM;
	free(item->value);
	item->value = copy;
	return 0;
}

int settings_put(struct settings *set, const char *name, const char *value)
{
	struct setting *item = settings_find(set, name);
	struct setting *items, added;

	if (item)
		return settings_replace(item, value);
	items = reallocarray(set->items, set->count + 1, sizeof(*items));
	if (!items)
		return -ENOMEM;
	set->items = items;
	added = (struct setting){.name = strdup(name), .value = strdup(value)};
	if (!added.name || !added.value) {
		free(added.name);
		free(added.value);
		return -ENOMEM;
	}
	set->items[set->count++] = added;
	return 0;
}

void settings_drop(struct settings *set, const char *name)
{
	struct setting *item = settings_find(set, name), *end;

	if (!item)
		return;
	end = &set->items[set->count--];
	free(item->name);
	free(item->value);
	memmove(item, item + 1, (size_t)(end - item - 1) * sizeof(*item));
}

void settings_clear(struct settings *set)
{
	for (size_t i = 0; i < set->count; i++) {
		free(set->items[i].name);
		free(set->items[i].value);
	}
	free(set->items);
	*set = (struct settings){0};
}

bool run_asked_any(const struct run_asked *asked)
{
	return asked->sets.count || asked->params.count || asked->seed;
}

/* Of two that say the same thing the later one counts: the order is part of it. */
static bool settings_same(const struct settings *a, const struct settings *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->items[i].name, b->items[i].name) != 0 ||
		    strcmp(a->items[i].value, b->items[i].value) != 0)
			return false;
	return true;
}

bool run_asked_same(const struct run_asked *a, const struct run_asked *b)
{
	return a->seed == b->seed && settings_same(&a->sets, &b->sets) &&
	       settings_same(&a->params, &b->params);
}

void run_asked_clear(struct run_asked *asked)
{
	settings_clear(&asked->sets);
	settings_clear(&asked->params);
	*asked = (struct run_asked){0};
}

struct record *record_new(void)
{
	struct record *rec = calloc(1, sizeof(*rec));

	if (!rec)
		return NULL;
	rec->probe = rec->reason = rec->variant = rec->again = "";
	rec->title = rec->question = rec->kernel_path = "";
	for (size_t i = 0; i < OBSERVER_COUNT; i++)
		rec->absent[i] = "";
	for (size_t i = 0; i < SIDE_COUNT; i++)
		rec->walks[i] = "";
	rec->slack_ms = SLACK_MS;
	return rec;
}

void record_free(struct record *rec)
{
	if (!rec)
		return;
	run_asked_clear(&rec->run.asked);
	settings_clear(&rec->run.features);
	settings_clear(&rec->params);
	for (size_t i = 0; i < SIDE_COUNT; i++)
		settings_clear(&rec->sysctls[i]);
	free(rec->events);
	free(rec->findings);
	free(rec->intervals);
	free(rec->claims);
	free(rec->spreads);
	arena_clear(&rec->texts);
	free(rec);
}

const char *record_vtext(struct record *rec, const char *fmt, va_list args)
{
	const char *copy = NULL;
	char *text;

	if (vasprintf(&text, fmt, args) >= 0) {
		copy = arena_text(&rec->texts, text);
		free(text);
	}
	return copy ? copy : "(no memory for these words)";
}

const char *record_text(struct record *rec, const char *fmt, ...)
{
	const char *text;
	va_list args;

	va_start(args, fmt);
	text = record_vtext(rec, fmt, args);
	va_end(args);
	return text;
}

int record_add_event(struct record *rec, const struct event *event)
{
	struct event *events = array_reserve(rec->events, &rec->event_space, rec->event_count + 1,
	                                     sizeof(*events));

	if (!events)
		return -ENOMEM;
	rec->events = events;
	events += rec->event_count;
	*events = *event;
	if (event_copy_texts(&rec->texts, events))
		return -ENOMEM;
	rec->event_count++;
	rec->sysctl_count += event->kind == EVENT_SYSCTL;
	return 0;
}

int record_add_finding(struct record *rec, const struct finding *finding)
{
	struct finding *findings = array_reserve(rec->findings, &rec->finding_space,
	                                         rec->finding_count + 1, sizeof(*findings));

	if (!findings)
		return -ENOMEM;
	rec->findings = findings;
	findings += rec->finding_count;
	*findings = *finding;
	if (finding_copy_texts(&rec->texts, findings))
		return -ENOMEM;
	rec->finding_count++;
	return 0;
}

int record_add_interval(struct record *rec, const struct interval *interval)
{
	struct interval *intervals = array_reserve(rec->intervals, &rec->interval_space,
	                                           rec->interval_count + 1, sizeof(*intervals));

	if (!intervals)
		return -ENOMEM;
	rec->intervals = intervals;
	intervals += rec->interval_count;
	*intervals = *interval;
	if (interval_copy_texts(&rec->texts, intervals))
		return -ENOMEM;
	rec->interval_count++;
	return 0;
}

const struct record_claim *record_claim_find(const struct record *rec, const char *id)
{
	for (size_t i = 0; i < rec->claim_count; i++)
		if (!strcmp(rec->claims[i].id, id))
			return &rec->claims[i];
	return NULL;
}

int record_add_claim(struct record *rec, const struct record_claim *claim)
{
	struct record_claim *claims = array_reserve(rec->claims, &rec->claim_space,
	                                            rec->claim_count + 1, sizeof(*claims));

	if (!claims)
		return -ENOMEM;
	rec->claims = claims;
	claims += rec->claim_count;
	*claims = *claim;
	if (claim_copy_texts(&rec->texts, claims))
		return -ENOMEM;
	rec->claim_count++;
	return 0;
}

int record_add_spread(struct record *rec, const struct spread *spread)
{
	struct spread *spreads = array_reserve(rec->spreads, &rec->spread_space,
	                                       rec->spread_count + 1, sizeof(*spreads));

	if (!spreads)
		return -ENOMEM;
	rec->spreads = spreads;
	spreads += rec->spread_count;
	*spreads = *spread;
	if (spread_copy_texts(&rec->texts, spreads))
		return -ENOMEM;
	rec->spread_count++;
	return 0;
}

struct sort_key {
	int64_t t_ns;
	size_t index;
};

static int sort_key_compare(const void *a, const void *b)
{
	const struct sort_key *ka = a, *kb = b;

	if (ka->t_ns != kb->t_ns)
		return ka->t_ns < kb->t_ns ? -1 : 1;
	return ka->index < kb->index ? -1 : ka->index > kb->index;
}

static bool record_is_sorted(const struct record *rec)
{
	for (size_t i = 1; i < rec->event_count; i++) {
		if (rec->events[i - 1].t_ns > rec->events[i].t_ns)
			return false;
	}
	return true;
}

/* Slow and in place: for when there is no memory for the fast way. */
static void record_sort_in_place(struct record *rec)
{
	for (size_t i = 1; i < rec->event_count; i++) {
		struct event event = rec->events[i];
		size_t j = i;

		for (; j > 0 && rec->events[j - 1].t_ns > event.t_ns; j--)
			rec->events[j] = rec->events[j - 1];
		rec->events[j] = event;
	}
}

void record_sort(struct record *rec)
{
	struct sort_key *keys;
	struct event *events;

	if (record_is_sorted(rec))
		return;
	keys = calloc(rec->event_count, sizeof(*keys));
	events = calloc(rec->event_count, sizeof(*events));
	if (!keys || !events) {
		record_sort_in_place(rec);
		free(keys);
		free(events);
		return;
	}
	for (size_t i = 0; i < rec->event_count; i++)
		keys[i] = (struct sort_key){.t_ns = rec->events[i].t_ns, .index = i};
	qsort(keys, rec->event_count, sizeof(*keys), sort_key_compare);
	for (size_t i = 0; i < rec->event_count; i++)
		events[i] = rec->events[keys[i].index];
	free(keys);
	free(rec->events);
	rec->events = events;
	rec->event_space = rec->event_count;
}

struct finding_id finding_id_of(const struct finding *finding)
{
	return (struct finding_id){finding->claim, finding->in_case, finding->name};
}

bool finding_id_same(struct finding_id a, struct finding_id b)
{
	return !strcmp(a.claim, b.claim) && !strcmp(a.in_case, b.in_case) &&
	       !strcmp(a.name, b.name);
}

const struct finding *finding_find(const struct record *rec, struct finding_id id)
{
	for (size_t i = 0; i < rec->finding_count; i++)
		if (finding_id_same(finding_id_of(&rec->findings[i]), id))
			return &rec->findings[i];
	return NULL;
}

const char *finding_title(struct finding_id id, char *buf, size_t size)
{
	if (*id.in_case)
		snprintf(buf, size, "%s (%s)", id.name, id.in_case);
	else
		snprintf(buf, size, "%s", id.name);
	return buf;
}

bool finding_undecided(const struct finding *finding)
{
	return finding->verdict == VERDICT_INCONCLUSIVE || finding->verdict == VERDICT_SKIPPED;
}

static bool text_number(const char *text, int64_t *value)
{
	long long number;
	char *end;

	if (!text || !*text)
		return false;
	errno = 0;
	number = strtoll(text, &end, 10);
	if (errno || *end)
		return false;
	*value = number;
	return true;
}

bool record_sysctl(const struct record *rec, enum side host, const char *name, int64_t *value)
{
	return text_number(settings_get(&rec->sysctls[host], name), value);
}

bool record_sysctl_at(const struct record *rec, enum side host, const char *name, int64_t t_ns,
                      int64_t *value)
{
	const char *text = settings_get(&rec->sysctls[host], name);
	int64_t since_ns = INT64_MIN;
	size_t left = rec->sysctl_count; /* few, and early as a rule: asked for each of many ends */

	for (size_t i = 0; left && i < rec->event_count; i++) {
		const struct event *event = &rec->events[i];

		if (event->kind != EVENT_SYSCTL)
			continue;
		left--;
		if (event->host != host || event->t_ns > t_ns || event->t_ns < since_ns ||
		    strcmp(event->sysctl.name, name) != 0)
			continue;
		since_ns = event->t_ns;
		text = event->sysctl.to;
	}
	return text_number(text, value);
}

bool record_param(const struct record *rec, const char *name, int64_t *value)
{
	return text_number(settings_get(&rec->params, name), value);
}
