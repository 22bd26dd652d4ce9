// SPDX-License-Identifier: GPL-2.0-or-later
/* ladder: what it tells of packets, and the whole of it for canned records. */
#include <errno.h>
#include <netinet/in.h>
#include <time.h>

#include "big_record.h"
#include "golden.h"

#include "../../harness/report/ladder/ladder.h"

static char *draw(struct record *rec, const char *title, unsigned int width, bool colour,
                  bool verbose)
{
	struct report_style style = {.width = width, .colour = colour, .verbose = verbose};
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (title)
		rec->title = title;
	assert_int_equal(ladder_print(rec, &style, out), rec->event_count ? 0 : -ENODATA);
	fclose(out);
	return text;
}

static void expect_drawn(const char *record, unsigned int width, bool verbose, const char *golden)
{
	struct record *rec = canned_record(record);
	char *text = draw(rec, "A title", width, false, verbose);

	golden_expect(golden, text);
	free(text);
	record_free(rec);
}

static void canned_ladders_in_utf8(void **state)
{
	static const char *const names[] = {"handshake", "four-waves",   "lost-fin",
	                                    "held-fins", "polled",       "self-connect",
	                                    "old-syn",   "crossing-fins"};
	char record[40], golden[40];

	(void)state;
	locale_utf8();
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(record, sizeof(record), "%s.jsonl", names[i]);
		snprintf(golden, sizeof(golden), "%s.ladder", names[i]);
		expect_drawn(record, 120, false, golden);
	}
	expect_drawn("lost-fin.jsonl", 120, true, "lost-fin-verbose.ladder");
}

static void canned_ladders_in_ascii(void **state)
{
	(void)state;
	locale_ascii();
	expect_drawn("held-fins.jsonl", 100, false, "held-fins-ascii.ladder");
	expect_drawn("lost-fin.jsonl", 100, false, "lost-fin-ascii.ladder");
}

static void expect_width(struct record *rec, unsigned int width, bool verbose)
{
	char *text = draw(rec, "A title that is as long as those of probes may well be in the end",
	                  width, false, verbose);
	char *rest = text, *line;

	assert_null(strchr(text, '\033'));
	while ((line = strsep(&rest, "\n")))
		if (text_columns(line) > width)
			fail_msg("wider than %u: %s", width, line);
	free(text);
}

/* No colour codes where none were asked for, and no line wider than asked. */
static void colour_and_width_are_kept(void **state)
{
	static const unsigned int widths[] = {80, 88, 100, 120, 140, 180};
	static const char *const names[] = {"held-fins.jsonl", "lost-fin.jsonl", "old-syn.jsonl",
	                                    "self-connect.jsonl", "crossing-fins.jsonl"};
	char *text;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct record *rec = canned_record(names[i]);

		for (size_t j = 0; j < sizeof(widths) / sizeof(widths[0]); j++)
			for (int verbose = 0; verbose < 2; verbose++) {
				locale_ascii();
				expect_width(rec, widths[j], verbose);
				locale_utf8();
				expect_width(rec, widths[j], verbose);
			}
		text = draw(rec, "A title", 100, true, false);
		assert_non_null(strstr(text, "\033[1;36m"));
		free(text);
		record_free(rec);
	}
}

static void control_characters_do_not_reach_the_terminal(void **state)
{
	struct record *rec = record_new();
	struct event event = {.kind = EVENT_NOTE};
	char *text;

	(void)state;
	locale_utf8();
	event.note.text = "a\033[2Jb\xff";
	rec->probe = ("\033]0;p");
	rec->reason = "\a";
	rec->finished = true;
	assert_int_equal(record_add_event(rec, &event), 0);
	text = draw(rec, "\033", 120, false, false);
	assert_null(strchr(text, '\033'));
	assert_null(strchr(text, '\a'));
	assert_non_null(strstr(text, "a?[2Jb?"));
	free(text);
	record_free(rec);
}

static void an_empty_record_is_drawn_too(void **state)
{
	struct record *rec = record_new();
	char *text = draw(rec, NULL, 0, false, true);

	(void)state;
	assert_non_null(strstr(text, "the record has no events: there is nothing to draw"));
	assert_non_null(strstr(text, "the record ends before the result"));
	free(text);
	record_free(rec);
}

static void seen(struct record *rec, int64_t us, enum side port, bool arriving, uint16_t flags,
                 uint32_t seq)
{
	struct event event = {.kind = EVENT_PACKET, .host = port, .t_ns = us * 1000};
	struct packet *packet = &event.packet.packet;

	packet->protocol = IPPROTO_TCP;
	packet->flags = flags;
	packet->seq = seq;
	packet->src.port = (port == SIDE_CLIENT) == arriving ? 1 : 2;
	packet->dst.port = 3 - packet->src.port;
	event.packet.arriving = arriving;
	assert_int_equal(record_add_event(rec, &event), 0);
}

static void words_expect(const struct numbers *numbers, const struct packet *packet,
                         unsigned int columns, const char *expected)
{
	/* From the client, on the only connection there is. */
	const struct flight flight = {.packet = packet};
	char buf[120];

	packet_words(numbers, &flight, columns, false, buf, sizeof(buf));
	assert_string_equal(buf, expected);
}

static void numbers_are_relative_to_the_syn(void **state)
{
	struct record *rec = record_new();
	struct packet packet = {
		.protocol = IPPROTO_TCP, .flags = TCP_FLAG_PSH | TCP_FLAG_ACK, .len = 5};
	struct story story;
	struct numbers numbers;

	(void)state;
	seen(rec, 10, SIDE_CLIENT, true, TCP_FLAG_SYN, UINT32_MAX);
	seen(rec, 20, SIDE_SERVER, true, TCP_FLAG_SYN | TCP_FLAG_ACK, 1000);
	seen(rec, 30, SIDE_CLIENT, true, TCP_FLAG_SYN, 3000000000);
	assert_int_equal(story_build(rec, &story), 0);
	assert_int_equal(numbers_collect(&numbers, &story), 0);
	packet.seq = 0; /* one after UINT32_MAX */
	packet.ack = 1001;
	words_expect(&numbers, &packet, 100, "PSH ACK, seq 1:6, ack 1, len 5");
	words_expect(&numbers, &packet, 20, "PSH ACK, seq 1:6");
	words_expect(&numbers, &packet, 3, "");
	packet.seq = 3000000001;
	words_expect(&numbers, &packet, 100, "PSH ACK, seq #2+1:#2+6, ack 1, len 5");
	packet.seq = 1500000000; /* far from either */
	packet.len = 0;
	words_expect(&numbers, &packet, 100, "PSH ACK, seq 1500000000, ack 1");
	numbers_free(&numbers);
	story_free(&story);
	record_free(rec);
}

static void late_add(struct record *rec, int64_t late_ns)
{
	struct event event = {.kind = EVENT_LATE, .t_ns = 5 * NS_PER_MS + late_ns};

	event.late.due_ns = 5 * NS_PER_MS;
	event.late.late_ns = late_ns;
	assert_int_equal(record_add_event(rec, &event), 0);
}

/* From the slack on: what is less is on every machine, and in nobody's way. */
static void lateness_is_drawn_from_the_slack_on(void **state)
{
	static const char line[] = "the machine was late: finwait was woken";
	static const char few[] = "the machine was late 2 times by less than the 10 ms";
	struct record *rec = canned_record("four-waves.jsonl");
	char *text;

	(void)state;
	rec->slack_ms = 10;
	text = draw(rec, NULL, 120, false, false);
	assert_null(strstr(text, "the machine was late"));
	free(text);
	late_add(rec, 2 * NS_PER_MS);
	late_add(rec, 10 * NS_PER_MS - 1);
	record_sort(rec);
	text = draw(rec, NULL, 120, false, false);
	assert_null(strstr(text, line));
	assert_non_null(strstr(text, few));
	free(text);
	text = draw(rec, NULL, 120, false, true);
	assert_non_null(strstr(text, line));
	assert_null(strstr(text, few));
	free(text);
	late_add(rec, 10 * NS_PER_MS);
	record_sort(rec);
	text = draw(rec, NULL, 120, false, false);
	assert_non_null(strstr(text, line));
	assert_non_null(strstr(text, few));
	free(text);
	record_free(rec);
}

/* Processor time of drawing a record of @events events. */
static double draw_seconds(size_t events)
{
	const struct report_style style = {.width = 120, .verbose = true};
	struct record *rec = big_record(events);
	FILE *out = fopen("/dev/null", "w");
	clock_t begin = clock(), end;

	assert_non_null(rec);
	assert_non_null(out);
	assert_int_equal(ladder_print(rec, &style, out), 0);
	end = clock();
	fclose(out);
	record_free(rec);
	return (double)(end - begin) / CLOCKS_PER_SEC;
}

/* Twice the record, twice the time: quadratic steps would make it four times. */
static void time_grows_with_the_record(void **state)
{
	double once = draw_seconds(20000), twice = draw_seconds(40000);

	(void)state;
	assert_true(twice < 2.6 * once + 0.2);
}

/* More connections than any list of ours once had room for: all are there, by name. */
static void many_connections_are_all_drawn(void **state)
{
	struct record *rec = big_record(200 * BIG_EVENTS);
	char *text = draw(rec, NULL, 120, false, true), name[48];

	(void)state;
	for (unsigned int i = 1; i <= 200; i++) {
		snprintf(name, sizeof(name), " c%u SYN, seq 0", i);
		assert_non_null(strstr(text, name));
		snprintf(name, sizeof(name), "client c%u: SYN_SENT ESTABLISHED FIN_WAIT1", i);
		assert_non_null(strstr(text, name));
	}
	free(text);
	record_free(rec);
}

static size_t lines_count(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

/* A line a connection, and each walk once: nothing is left out without a word. */
static void a_thousand_connections_are_a_line_each(void **state)
{
	struct record *rec = big_record(1000 * BIG_EVENTS);
	char *text = draw(rec, NULL, 80, false, false), name[80];

	(void)state;
	locale_utf8();
	for (unsigned int i = 1; i <= 1000; i++) {
		snprintf(name, sizeof(name), "  c%u s%u ", i, i);
		assert_non_null(strstr(text, name));
	}
	assert_non_null(strstr(text, " TIME_WAIT / CLOSE         8 packets, 1 lost\n"));
	assert_non_null(strstr(text, " connections, a line each: "));
	assert_non_null(strstr(text, "-v draws every step and packet"));
	assert_non_null(strstr(text, " ends from c1 to c1097: SYN_SENT ESTABLISHED"));
	assert_true(lines_count(text) < 1097 + 20);
	free(text);
	expect_width(rec, 80, false);
	record_free(rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(canned_ladders_in_utf8),
		cmocka_unit_test(canned_ladders_in_ascii),
		cmocka_unit_test(colour_and_width_are_kept),
		cmocka_unit_test(control_characters_do_not_reach_the_terminal),
		cmocka_unit_test(an_empty_record_is_drawn_too),
		cmocka_unit_test(numbers_are_relative_to_the_syn),
		cmocka_unit_test(lateness_is_drawn_from_the_slack_on),
		cmocka_unit_test(time_grows_with_the_record),
		cmocka_unit_test(many_connections_are_all_drawn),
		cmocka_unit_test(a_thousand_connections_are_a_line_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
