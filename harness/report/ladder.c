// SPDX-License-Identifier: GPL-2.0-or-later
/* ladder: one record drawn, with what it is of above and what it came to below. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "ladder.h"

#define WIDTH_DEFAULT 120
#define WIDTH_LEAST 88
#define WIDTH_MOST 180
#define TIME_AND_BLANK 13

/* The time, two lanes of a quarter each, and the wire between in what is left. */
static void ladder_measure(struct ladder *ladder)
{
	unsigned int width = ladder->style->width ? ladder->style->width : WIDTH_DEFAULT;

	if (width < WIDTH_LEAST)
		width = WIDTH_LEAST;
	if (width > WIDTH_MOST)
		width = WIDTH_MOST;
	ladder->width = width;
	ladder->lane = (width - TIME_AND_BLANK - 4) * 27 / 100;
	ladder->left = TIME_AND_BLANK + ladder->lane + 1;
	ladder->right = width - ladder->lane - 2;
}

static void print_folded(const struct ladder *ladder, const char *text, enum attr attr)
{
	char line[1024];

	while (text_fold(&text, ladder->width, line, sizeof(line))) {
		text_print(ladder->out, line, attr, ladder->style->colour, 0);
		fputc('\n', ladder->out);
	}
}

static void print_head(const struct ladder *ladder, const char *title)
{
	const struct record *rec = ladder->rec;
	const struct run_info *run = &rec->run;
	char line[300];

	text_print(ladder->out, rec->probe, ATTR_BOLD, ladder->style->colour, 0);
	fputs("  ", ladder->out);
	text_print(ladder->out, title ? title : "", ATTR_PLAIN, ladder->style->colour, 0);
	fputc('\n', ladder->out);
	if (run->kernel[0]) {
		snprintf(line, sizeof(line), "Linux %s %s, %s clock%s%s%s, %s%s", run->kernel,
		         run->machine, run->clock, run->guest[0] ? " (" : "", run->guest,
		         run->guest[0] ? ")" : "", run->privilege,
		         rec->faithful ? ", the articles' own parameters" : "");
		print_folded(ladder, line, ATTR_DIM);
	}
	for (size_t i = 0; i < rec->params.count; i++) {
		const struct setting *item = &rec->params.items[i];

		snprintf(line, sizeof(line), "%s = %s", item->name, item->value);
		print_folded(ladder, line, ATTR_DIM);
	}
	fputc('\n', ladder->out);
}

/* The endpoint that @side first spoke from, or was first spoken to at. */
static const struct endpoint *endpoint_of(const struct flights *flights, enum side side)
{
	for (size_t i = 0; i < flights->count; i++) {
		const struct flight *flight = &flights->items[i];

		if (flight->packet->protocol != IPPROTO_TCP)
			continue;
		if (flight->from == side)
			return &flight->packet->src;
		if (!flight->loopback)
			return &flight->packet->dst;
	}
	return NULL;
}

static void print_heads(struct ladder *ladder)
{
	char text[SIDE_COUNT][ENDPOINT_TEXT_SIZE] = {"", ""};
	const char *heads[SIDE_COUNT][2];

	for (unsigned int side = 0; side < SIDE_COUNT; side++) {
		const struct endpoint *ep = endpoint_of(ladder->flights, side);

		if (ep)
			endpoint_text(ep, text[side]);
		heads[side][0] = side_name(side);
		heads[side][1] = text[side];
	}
	ladder_draw_heads(ladder, heads);
}

static void print_walks(const struct ladder *ladder)
{
	struct buffer line = {0};

	for (size_t i = 0; i < ladder->story->life_count; i++) {
		const struct life *life = &ladder->story->lives[i];

		if (!life->count)
			continue;
		buffer_reset(&line);
		buffer_add(&line, "%s %s: ", side_name(life->host), life->sock);
		life_walk(life, &line);
		print_folded(ladder, buffer_text(&line), ATTR_PLAIN);
	}
	buffer_free(&line);
}

static void print_observers(const struct ladder *ladder)
{
	const struct record *rec = ladder->rec;
	char line[200];

	for (unsigned int i = 0; i < OBSERVER_COUNT; i++) {
		if (!rec->observed[i] && rec->absent[i][0]) {
			snprintf(line, sizeof(line), "not observed by %s: %s", observer_name(i),
			         rec->absent[i]);
			print_folded(ladder, line, ATTR_YELLOW);
		}
		if (rec->lost[i]) {
			snprintf(line, sizeof(line), "lost: %llu events of %s",
			         (unsigned long long)rec->lost[i], observer_name(i));
			print_folded(ladder, line, ATTR_YELLOW);
		}
	}
}

static void print_counters(const struct ladder *ladder)
{
	char line[96];

	for (size_t i = 0; i < ladder->rec->event_count; i++) {
		const struct event *event = &ladder->rec->events[i];

		if (event->kind != EVENT_COUNTER)
			continue;
		snprintf(line, sizeof(line), "%s %s %+lld", side_name(event->host),
		         event->counter.name, (long long)event->counter.delta);
		print_folded(ladder, line, ATTR_DIM);
	}
}

static void print_foot(const struct ladder *ladder)
{
	const struct record *rec = ladder->rec;
	char elapsed[24], line[480];

	fputc('\n', ladder->out);
	print_walks(ladder);
	print_observers(ladder);
	if (ladder->style->verbose)
		print_counters(ladder);
	if (!rec->finished)
		snprintf(line, sizeof(line), "the record ends before the result");
	else
		snprintf(line, sizeof(line), "%s in %s%s%s", outcome_name(rec->outcome),
		         duration_text(rec->elapsed_ns, elapsed, sizeof(elapsed)),
		         rec->reason[0] ? ": " : "", rec->reason);
	print_folded(ladder, line, ATTR_BOLD);
}

/* Did anything happen at the server, or on the wire to it? */
static bool is_alone(const struct record *rec)
{
	for (size_t i = 0; i < rec->event_count; i++) {
		const struct event *event = &rec->events[i];

		if (event->host == SIDE_SERVER && event->kind != EVENT_COUNTER)
			return false;
		if (event->kind == EVENT_PACKET && !event->packet.on_loopback)
			return false;
	}
	return true;
}

static int ladder_body(struct ladder *ladder)
{
	struct items items = {0};
	struct rungs rungs = {0};
	int err;

	err = items_collect(ladder->story, ladder->style->verbose, &items);
	if (!err)
		err = rungs_layout(&items, ladder->flights, &rungs);
	if (!err)
		err = rungs_draw(ladder, &rungs);
	free(rungs.items);
	free(items.items);
	return err;
}

int ladder_print(const struct record *rec, const char *title, const struct report_style *style,
                 FILE *out)
{
	struct story story;
	struct ladder ladder = {
		.rec = rec, .story = &story, .style = style, .out = out, .utf8 = text_is_utf8()};
	int err = story_build(rec, &story);

	if (err)
		return err;
	ladder.flights = &story.flights;
	isn_collect(&story.flights, &ladder.isns);
	ladder.alone = is_alone(rec);
	ladder_measure(&ladder);
	print_head(&ladder, title);
	print_heads(&ladder);
	err = ladder_body(&ladder);
	print_foot(&ladder);
	story_free(&story);
	return err ? err : ferror(out) ? -EIO : 0;
}
