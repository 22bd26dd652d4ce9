// SPDX-License-Identifier: GPL-2.0-or-later
/* ladder: one record drawn, with what it is of above and what it came to below. */
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "../heading.h"
#include "../outcome_words.h"
#include "ladder.h"

#define WIDTH_DEFAULT 120
#define WIDTH_LEAST 80
#define WIDTH_MOST 180
#define TIME_AND_BLANK 13

/* The time, two lanes of a quarter each, and the wire between in what is left. */
void ladder_measure(struct ladder *ladder)
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

/* ", hand wire"; "" where nobody said which. */
static const char *wire_text(const struct record *rec, char *buf, size_t size)
{
	if (!rec->has_wire)
		return "";
	snprintf(buf, size, ", %s wire", rec->wire == WIRE_NONE ? "no" : wire_kind_name(rec->wire));
	return buf;
}

const char *ladder_origin(const struct record *rec, char *buf, size_t size)
{
	const struct run_info *run = &rec->run;
	struct buffer words = {0};
	char wire[24];

	buf[0] = '\0';
	if (!run->kernel[0])
		return buf;
	records_add_whom(&words, &rec, 1);
	buffer_add(&words, ", %s, %s%s", run->machine, run->privilege,
	           wire_text(rec, wire, sizeof(wire)));
	snprintf(buf, size, "%s", buffer_text(&words) ? buffer_text(&words) : "");
	buffer_free(&words);
	return buf;
}

static struct sheet ladder_sheet(const struct ladder *ladder)
{
	return sheet_open(ladder->out, ladder->style, ladder->width, WIDTH_LEAST);
}

void ladder_draw_title(const struct ladder *ladder)
{
	const struct sheet own = ladder_sheet(ladder), *sheet = &own;
	const struct record *rec = ladder->rec;
	char origin[400];

	sheet_put(sheet, ATTR_BOLD, rec->probe, 0);
	if (text_columns(rec->probe) + 2 + text_columns(rec->title) <= ladder->width) {
		sheet_blanks(sheet, 2);
		sheet_put(sheet, ATTR_PLAIN, rec->title, 0);
		sheet_end_line(sheet);
	} else {
		sheet_end_line(sheet);
		sheet_text(sheet, 2, ATTR_PLAIN, rec->title);
	}
	sheet_text(sheet, 0, ATTR_DIM, ladder_origin(rec, origin, sizeof(origin)));
	for (size_t i = 0; i < rec->params.count; i++)
		sheet_format(sheet, 0, ATTR_DIM, "%s = %s", rec->params.items[i].name,
		             rec->params.items[i].value);
	fputc('\n', ladder->out);
}

void ladder_address(const struct ladder *ladder, enum side side, char *buf, size_t size)
{
	const struct story *story = ladder->story;
	char text[ENDPOINT_TEXT_SIZE] = "";
	size_t first = 0;

	while (first < story->connection_count && !story->connections[first].has_tcp)
		first++;
	if (first < story->connection_count)
		endpoint_text(&story->connections[first].ends[side], text);
	snprintf(buf, size, "%s%s", text,
	         ladder->crowded && side == SIDE_CLIENT ? " and more" : "");
}

void ladder_draw_ends(const struct ladder *ladder)
{
	char text[SIDE_COUNT][ENDPOINT_TEXT_SIZE + 24];
	const char *heads[SIDE_COUNT][2];

	for (unsigned int side = 0; side < SIDE_COUNT; side++) {
		ladder_address(ladder, (enum side)side, text[side], sizeof(text[side]));
		heads[side][0] = side_name((enum side)side);
		heads[side][1] = text[side];
	}
	ladder_draw_heads(ladder, heads);
}

static void print_walks(const struct ladder *ladder, const struct sheet *sheet)
{
	struct buffer line = {0};

	for (size_t i = 0; i < ladder->story->life_count; i++) {
		const struct life *life = &ladder->story->lives[i];

		if (!life->count)
			continue;
		buffer_reset(&line);
		buffer_add(&line, "%s %s: ", side_name(life->host), life->sock);
		life_walk(life, &line);
		sheet_text(sheet, 0, ATTR_PLAIN, buffer_text(&line) ? buffer_text(&line) : "");
	}
	buffer_free(&line);
}

static void print_observers(const struct ladder *ladder, const struct sheet *sheet)
{
	const struct record *rec = ladder->rec;

	for (unsigned int i = 0; i < OBSERVER_COUNT; i++) {
		if (!rec->observed[i] && rec->absent[i][0])
			sheet_format(sheet, 0, ATTR_YELLOW, "not observed by %s: %s",
			             observer_name(i), rec->absent[i]);
		if (rec->lost[i])
			sheet_format(sheet, 0, ATTR_YELLOW, "lost: %llu events of %s",
			             (unsigned long long)rec->lost[i], observer_name(i));
	}
}

static void print_small_lateness(const struct ladder *ladder, const struct sheet *sheet)
{
	const struct record *rec = ladder->rec;
	size_t count = 0;

	for (size_t i = 0; i < rec->event_count; i++)
		count += rec->events[i].kind == EVENT_LATE &&
		         !lateness_is_drawn(rec, &rec->events[i], ladder->style->verbose);
	if (count)
		sheet_format(sheet, 0, ATTR_DIM,
		             "the machine was late %zu time%s by less than the %lld ms that are "
		             "allowed for",
		             count, count == 1 ? "" : "s", (long long)rec->slack_ms);
}

static void print_counters(const struct ladder *ladder, const struct sheet *sheet)
{
	for (size_t i = 0; i < ladder->rec->event_count; i++) {
		const struct event *event = &ladder->rec->events[i];

		if (event->kind == EVENT_COUNTER)
			sheet_format(sheet, 0, ATTR_DIM, "%s %s %+lld%s%s", side_name(event->host),
			             event->counter.name, (long long)event->counter.delta,
			             *event->counter.mark ? " at " : "", event->counter.mark);
	}
}

/* Labels are like "c1"; of the kinds that there are. */
static void print_labels(const struct ladder *ladder, const struct sheet *sheet)
{
	static const struct {
		char letter;
		const char *meaning;
	} kinds[] = {
		{'c', "an end at the client"},
		{'s', "an end at the server"},
		{'l', "a listener"},
	};
	struct buffer words = {0};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		for (size_t j = 0; j < ladder->story->life_count; j++) {
			const char *label = ladder->story->lives[j].sock;

			if (label[0] != kinds[i].letter || !isdigit((unsigned char)label[1]))
				continue;
			buffer_add(&words, "%s%s: %s", words.used ? "; " : "", label,
			           kinds[i].meaning);
			break;
		}
	sheet_text(sheet, 0, ATTR_DIM, buffer_text(&words) ? buffer_text(&words) : "");
	buffer_free(&words);
}

void ladder_draw_foot(const struct ladder *ladder)
{
	const struct sheet own = ladder_sheet(ladder), *sheet = &own;
	const struct record *rec = ladder->rec;
	char elapsed[24];

	fputc('\n', ladder->out);
	if (!ladder_is_many(ladder))
		print_walks(ladder, sheet);
	else if (ladder_draw_walkers(ladder, sheet) < 0)
		sheet_text(sheet, 0, ATTR_RED, "(no memory for the walks)");
	print_labels(ladder, sheet);
	print_observers(ladder, sheet);
	print_small_lateness(ladder, sheet);
	if (ladder->style->verbose)
		print_counters(ladder, sheet);
	if (!ladder->story->event_count)
		sheet_text(sheet, 0, ATTR_BOLD,
		           "the record has no events: there is nothing to draw");
	if (!rec->finished)
		sheet_text(sheet, 0, ATTR_BOLD, "the record ends before the result");
	else
		sheet_format(sheet, 0, ATTR_BOLD, "%s, %s of %s%s%s", outcome_word(rec->outcome),
		             duration_text(rec->elapsed_ns, elapsed, sizeof(elapsed)),
		             record_seconds(rec), rec->reason[0] ? ": " : "", rec->reason);
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
	struct rungs rungs = {0};
	int err = items_collect(ladder->story, ladder->style->verbose, &ladder->items);

	if (!err)
		err = rungs_layout(&ladder->items, ladder->flights, &rungs);
	if (!err)
		err = rungs_draw(ladder, &rungs);
	free(rungs.items);
	items_free(&ladder->items);
	return err;
}

static bool is_crowded(const struct story *story)
{
	size_t count = 0;

	for (size_t i = 0; i < story->connection_count; i++)
		count += story->connections[i].has_tcp;
	return count > 1;
}

int ladder_prepare(struct ladder *ladder, const struct story *story)
{
	ladder->rec = story->rec;
	ladder->story = story;
	ladder->flights = &story->flights;
	ladder->alone = is_alone(story->rec);
	ladder->crowded = is_crowded(story);
	return numbers_collect(&ladder->numbers, story);
}

static int ladder_draw(struct ladder *ladder, const struct story *story)
{
	int err = ladder_prepare(ladder, story);

	if (err)
		return err;
	ladder_measure(ladder);
	ladder_draw_title(ladder);
	if (ladder_is_many(ladder)) {
		struct sheet sheet = ladder_sheet(ladder);

		err = ladder_draw_many(ladder, &sheet);
	} else {
		ladder_draw_ends(ladder);
		err = ladder_body(ladder);
	}
	ladder_draw_foot(ladder);
	return err;
}

int ladder_print(const struct record *rec, const struct report_style *style, FILE *out)
{
	struct ladder ladder = {.style = style, .out = out, .utf8 = text_is_utf8()};
	struct story story;
	int err = story_build(rec, &story);

	if (err)
		return err;
	err = ladder_draw(&ladder, &story);
	if (!err && !story.event_count)
		err = -ENODATA;
	numbers_free(&ladder.numbers);
	story_free(&story);
	return err ? err : ferror(out) ? -EIO : 0;
}
