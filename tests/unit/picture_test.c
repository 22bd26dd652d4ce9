// SPDX-License-Identifier: GPL-2.0-or-later
/* picture: where the shapes of a ladder stand, and the whole of it for canned records. */
#include "big_record.h"
#include "golden.h"
#include "hostile.h"

#include "../../harness/report/picture/picture.h"

static char *draw(const struct record *rec)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(ladder_svg(rec, out), 0);
	fclose(out);
	return text;
}

static void lay_out(const char *record, const struct picture_options *options, struct picture *pic)
{
	struct record *rec = canned_record(record);

	assert_int_equal(picture_layout(rec, options, pic), 0);
	record_free(rec);
}

/* Without its style sheet, which may change without a shape being elsewhere. */
static char *draw_shapes(const struct record *rec)
{
	struct picture pic;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(picture_layout(rec, &(struct picture_options){0}, &pic), 0);
	picture_print(&pic, false, out);
	picture_free(&pic);
	fclose(out);
	return text;
}

/* The same to the byte, whatever characters the terminal has. */
static void canned_pictures(void **state)
{
	static const char *const names[] = {"lost-fin", "held-fins", "self-connect", "old-syn"};
	char file[40];

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(names) / sizeof(names[0]); i++) {
		struct record *rec;
		char *text;

		i % 2 ? locale_utf8() : locale_ascii();
		snprintf(file, sizeof(file), "%s.jsonl", names[i / 2]);
		rec = canned_record(file);
		rec->title = "A title \xc2\xb7 \xe5\x9b\x9b";
		text = draw_shapes(rec);
		snprintf(file, sizeof(file), "%s.svg", names[i / 2]);
		golden_expect(file, text);
		free(text);
		record_free(rec);
	}
}

static const char *words_text(const struct picture *pic, const struct words_shape *words)
{
	return words->count ? pic->pieces[words->piece].text : "";
}

static const struct words_shape *words_find(const struct picture *pic, const char *text)
{
	for (size_t i = 0; i < pic->word_count; i++)
		if (!strcmp(words_text(pic, &pic->words[i]), text))
			return &pic->words[i];
	return NULL;
}

/* A lost packet ends on the wire, in a cross, with the rule's name beside it. */
static void what_is_lost_ends_in_a_cross(void **state)
{
	const struct words_shape *mark;
	struct picture pic;
	size_t lost = 0;

	(void)state;
	lay_out("lost-fin.jsonl", &(struct picture_options){0}, &pic);
	for (size_t i = 0; i < pic.path_count; i++) {
		const struct path_shape *path = &pic.paths[i];
		int end = path->points[path->count - 1].x;

		lost += path->tip == TIP_CROSS;
		assert_int_equal(path->tip == TIP_CROSS, end > pic.rail[SIDE_CLIENT] + 10 &&
		                                                 end < pic.rail[SIDE_SERVER] - 10);
	}
	assert_true(lost > 1);
	mark = words_find(&pic, " dropped, rule 1");
	assert_non_null(mark);
	assert_true(mark->x > pic.rail[SIDE_CLIENT] && mark->x < pic.rail[SIDE_SERVER]);
	picture_free(&pic);
}

/* Time goes down: what begins later does not begin higher, whichever way it is drawn. */
static void rows_are_in_order_of_time(void **state)
{
	int last = 0;
	struct picture pic;

	(void)state;
	lay_out("held-fins.jsonl", &(struct picture_options){0}, &pic);
	for (size_t i = 0; i < pic.word_count; i++) {
		const struct words_shape *words = &pic.words[i];

		if (words->x != 80 || words->anchor != ANCHOR_END)
			continue;
		assert_true(words->y > last);
		last = words->y;
	}
	assert_true(last > pic.top && last < pic.bottom);
	for (size_t i = 0; i < pic.path_count; i++)
		for (unsigned int j = 1; j < pic.paths[i].count; j++)
			assert_true(pic.paths[i].points[j].y >= pic.paths[i].points[j - 1].y);
	picture_free(&pic);
}

/* States follow one another without a gap, and none reaches out of the drawing. */
static void spans_join(void **state)
{
	struct picture pic;
	size_t minis = 0;

	(void)state;
	lay_out("four-waves.jsonl", &(struct picture_options){0}, &pic);
	assert_true(pic.span_count > 6);
	for (size_t i = 0; i < pic.span_count; i++) {
		const struct span_shape *span = &pic.spans[i], *next = span + 1;

		minis += span->mini;
		assert_true(span->y >= pic.top && span->y + span->height <= pic.bottom);
		if (i + 1 < pic.span_count && next->x == span->x)
			assert_int_equal(span->y + span->height, next->y);
		if (span->state == STATE_TIME_WAIT || span->state == STATE_SYN_RECV)
			assert_true(span->mini);
		if (span->state == STATE_ESTABLISHED)
			assert_false(span->mini);
	}
	assert_true(minis >= 2);
	picture_free(&pic);
}

/* A silence has its length in words and a break in the rails, and takes no more room for it. */
static void silences_are_compressed(void **state)
{
	struct picture pic;

	(void)state;
	lay_out("lost-fin.jsonl", &(struct picture_options){0}, &pic);
	assert_true(pic.break_count > 1);
	for (size_t i = 0; i < pic.break_count; i++)
		assert_false(pic.breaks[i].folded);
	assert_true(pic.height < 2000);
	picture_free(&pic);
}

static void timers_are_brackets(void **state)
{
	struct picture pic;
	size_t fired = 0;

	(void)state;
	lay_out("lost-fin.jsonl", &(struct picture_options){0}, &pic);
	assert_true(pic.bracket_count > 1);
	for (size_t i = 0; i < pic.bracket_count; i++) {
		const struct bracket_shape *bracket = &pic.brackets[i];

		fired += bracket->end == BRACKET_FIRED;
		assert_true(bracket->end_y > bracket->y && bracket->end_y <= pic.bottom + 4);
		assert_true(bracket->side == SIDE_CLIENT ? bracket->x < pic.rail[SIDE_CLIENT]
		                                         : bracket->x > pic.rail[SIDE_SERVER]);
		assert_non_null(strstr(bracket->title, "timer of "));
	}
	assert_true(fired > 0);
	picture_free(&pic);
}

/* What is left out is said: how many rows, and for how long. */
static void a_long_ladder_is_folded(void **state)
{
	const struct picture_options folded = {.most_rungs = 30}, whole = {0};
	struct record *rec = big_record(2000);
	struct picture pic[2];
	size_t breaks = 0;

	(void)state;
	assert_int_equal(picture_layout(rec, &whole, &pic[0]), 0);
	assert_int_equal(picture_layout(rec, &folded, &pic[1]), 0);
	assert_int_equal(pic[0].folded, 0);
	assert_true(pic[1].folded > 100);
	assert_true(pic[1].height < 2000 && pic[0].height > 10 * pic[1].height);
	for (size_t i = 0; i < pic[1].break_count; i++)
		breaks += pic[1].breaks[i].folded;
	assert_int_equal(breaks, 1);
	for (size_t i = 0; i < pic[1].path_count; i++)
		assert_true(pic[1].paths[i].points[0].y <= pic[1].bottom + 4);
	picture_free(&pic[0]);
	picture_free(&pic[1]);
	record_free(rec);
}

static void nothing_reaches_it_unescaped(void **state)
{
	struct record *rec = hostile_record();
	char *text = draw(rec);

	(void)state;
	hostile_expect_harmless(text);
	free(text);
	record_free(rec);
}

static void an_empty_record_is_a_picture_too(void **state)
{
	struct record *rec = record_new();
	char *text = draw(rec);

	(void)state;
	assert_non_null(strstr(text, "the record has no events: there is nothing to draw"));
	assert_non_null(strstr(text, "</svg>\n"));
	free(text);
	record_free(rec);
}

/* ---- staircases ---- */

static char *stairs_of(const struct record *rec, size_t first)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	stairs_print(rec, first, out);
	fclose(out);
	return text;
}

static struct record *stairs_record(const char *claim)
{
	const struct interval intervals[] = {
		{claim, "", 2, 0, NS_PER_S, NS_PER_S, 2 * NS_PER_S},
		{claim, "", 3, NS_PER_S, 5 * NS_PER_S, 2 * NS_PER_S, 3 * NS_PER_S},
		{claim, "", 4, 5 * NS_PER_S, 0, 4 * NS_PER_S, INT64_MAX},
		{claim, "another", 1, NS_PER_S, 2 * NS_PER_S, 0, 0},
	};
	struct record *rec = record_new();

	for (size_t i = 0; i < sizeof(intervals) / sizeof(intervals[0]); i++)
		assert_int_equal(record_add_interval(rec, &intervals[i]), 0);
	return rec;
}

/* One as predicted, one late, one that did not leave; the next schedule by itself. */
static void stairs_show_what_was_expected(void **state)
{
	struct record *rec = stairs_record("one");
	char *text = stairs_of(rec, 0), *other = stairs_of(rec, 3);

	(void)state;
	assert_int_equal(stairs_count(rec, 0), 3);
	assert_int_equal(stairs_count(rec, 3), 1);
	assert_non_null(strstr(text, "send 2 after 1.00 s; predicted 1.00..2.00 s"));
	assert_non_null(strstr(text, "class=\"e lo\""));
	assert_non_null(strstr(text, "send 3 after 4.00 s; predicted 2.00..3.00 s"));
	assert_non_null(strstr(text, "send 4 did not leave"));
	assert_null(strstr(text, "send 1"));
	assert_non_null(strstr(other, "send 1 after 1.00 s; none predicted"));
	free(text);
	free(other);
	record_free(rec);
}

static void no_claim_reaches_stairs_unescaped(void **state)
{
	struct record *rec = stairs_record(HOSTILE);
	char *text = stairs_of(rec, 0);

	(void)state;
	hostile_expect_harmless(text);
	free(text);
	record_free(rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(canned_pictures),
		cmocka_unit_test(what_is_lost_ends_in_a_cross),
		cmocka_unit_test(rows_are_in_order_of_time),
		cmocka_unit_test(spans_join),
		cmocka_unit_test(silences_are_compressed),
		cmocka_unit_test(timers_are_brackets),
		cmocka_unit_test(a_long_ladder_is_folded),
		cmocka_unit_test(nothing_reaches_it_unescaped),
		cmocka_unit_test(an_empty_record_is_a_picture_too),
		cmocka_unit_test(stairs_show_what_was_expected),
		cmocka_unit_test(no_claim_reaches_stairs_unescaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
