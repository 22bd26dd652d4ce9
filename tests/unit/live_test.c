// SPDX-License-Identifier: GPL-2.0-or-later
/* live: a ladder that grows comes to the one that is drawn of the whole record. */
#include <netinet/in.h>

#include "golden.h"
#include "hostile.h"

#include "../../harness/base/clock.h"
#include "../../harness/report/report.h"

#define BEGAN_NS (1000 * NS_PER_S) /* of the run, by the clock of who looks on */
#define LOOK_NS (200 * NS_PER_MS)
#define LOOKS_MOST 6 /* in one silence */

struct growth {
	struct report_style style;
	char *text;
	size_t size;
	FILE *out;
	struct live_ladder *live;
	struct record *rec;
	int64_t now_ns; /* since the run began */
};

static void growth_open(struct growth *growth)
{
	*growth = (struct growth){.style = {.width = 120}, .rec = record_new()};
	growth->out = open_memstream(&growth->text, &growth->size);
	assert_non_null(growth->out);
	growth->live = live_open(&growth->style, growth->out);
	assert_non_null(growth->live);
	assert_non_null(growth->rec);
}

static void growth_look(struct growth *growth, int64_t t_ns)
{
	assert_int_equal(live_draw(growth->live, growth->rec, BEGAN_NS + t_ns), 0);
	growth->now_ns = t_ns;
	fflush(growth->out);
}

static const char *growth_end(struct growth *growth)
{
	assert_int_equal(live_end(growth->live, growth->rec), 0);
	fflush(growth->out);
	return growth->text;
}

static void growth_close(struct growth *growth)
{
	live_close(growth->live);
	fclose(growth->out);
	free(growth->text);
	record_free(growth->rec);
}

/* Somebody looks five times a second at first, then just before it happens. */
static void growth_pass(struct growth *growth, int64_t until_ns)
{
	int64_t t_ns = growth->now_ns;

	for (int i = 0; i < LOOKS_MOST && t_ns < until_ns; i++, t_ns += LOOK_NS)
		growth_look(growth, t_ns);
	growth_look(growth, until_ns);
}

static void growth_line(struct growth *growth, const char *line, size_t length)
{
	struct record *next = record_new();
	char why[160];

	assert_true(json_read_line(next, line, length, why) >= 0);
	if (next->event_count && next->events[0].t_ns > growth->now_ns + NS_PER_MS)
		growth_pass(growth, next->events[0].t_ns - 1);
	record_free(next);
	assert_true(json_read_line(growth->rec, line, length, why) >= 0);
}

static void grows_to_the_whole(const char *name)
{
	char *text = canned_text(name), *rest = text, *line, *whole = NULL;
	struct growth growth;
	size_t size = 0;
	FILE *out = open_memstream(&whole, &size);

	growth_open(&growth);
	while ((line = strsep(&rest, "\n")))
		if (*line)
			growth_line(&growth, line, strlen(line));
	assert_int_equal(ladder_print(growth.rec, &growth.style, out), 0);
	fclose(out);
	if (strcmp(growth_end(&growth), whole))
		fail_msg("%s grew to\n%s\nbut is\n%s", name, growth.text, whole);
	growth_close(&growth);
	free(whole);
	free(text);
}

static void records_grow_to_their_ladders(void **state)
{
	static const char *const names[] = {
		"handshake.jsonl",
		"four-waves.jsonl",
		"lost-fin.jsonl",
		"held-fins.jsonl",
		"polled.jsonl",
		"crossing-fins.jsonl",
		"true/wave1.lost.jsonl",
		"true/simopen.four-way.jsonl",
		"true/beyond.keepalive.jsonl",
		"true/self.by-chance.jsonl",
		"true/rootless.jsonl",
		"true/wire.netem-fate.jsonl",
	};

	(void)state;
	locale_utf8();
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		grows_to_the_whole(names[i]);
}

static void growth_note(struct growth *growth, const char *text, int64_t t_ns)
{
	const struct event event = {.kind = EVENT_NOTE, .t_ns = t_ns, .note.text = text};

	assert_int_equal(record_add_event(growth->rec, &event), 0);
}

static const char *line_with(const char *text, const char *word, char buf[200])
{
	const char *at = strstr(text, word), *begin = at;

	assert_non_null(at);
	while (begin > text && begin[-1] != '\n')
		begin--;
	snprintf(buf, 200, "%.*s", (int)strcspn(begin, "\n"), begin);
	return buf;
}

/* What has just happened may have company that is not known yet. */
static void what_is_new_waits_and_what_is_late_is_marked(void **state)
{
	struct growth growth;
	char line[200];

	(void)state;
	locale_utf8();
	growth_open(&growth);
	growth_note(&growth, "first", 1100 * NS_PER_MS);
	growth_look(&growth, 1100 * NS_PER_MS);
	assert_null(strstr(growth.text, "first"));
	growth_look(&growth, 1200 * NS_PER_MS);
	assert_non_null(strstr(growth.text, "first"));
	growth_note(&growth, "third", 1500 * NS_PER_MS);
	growth_look(&growth, 1600 * NS_PER_MS);
	growth_note(&growth, "second", 1300 * NS_PER_MS);
	growth_look(&growth, 1600 * NS_PER_MS);
	line_with(growth.text, "second", line);
	assert_int_equal(line[0], '^');
	assert_non_null(strstr(line, " 1.3000 s"));
	assert_int_equal(line_with(growth.text, "third", line)[0], ' ');
	assert_non_null(strstr(growth_end(&growth), "\n^ came to be known later"));
	growth_close(&growth);
}

/* The client's packet at a port of the wire: its own, or the server's. */
static void growth_packet(struct growth *growth, enum side port, int64_t t_ns)
{
	struct event event = {.kind = EVENT_PACKET, .host = port, .t_ns = t_ns};

	event.packet.arriving = port == SIDE_CLIENT; /* out of its host */
	event.packet.packet.protocol = IPPROTO_TCP;
	assert_int_equal(record_add_event(growth->rec, &event), 0);
}

/* The moment up to which all is drawn comes between the two sights of one packet. */
static void a_rung_is_never_cut(void **state)
{
	struct growth growth;
	const char *arrow;

	(void)state;
	locale_utf8();
	growth_open(&growth);
	growth_look(&growth, 0);
	growth_packet(&growth, SIDE_CLIENT, 2000 * NS_PER_MS);
	growth_packet(&growth, SIDE_SERVER, 2000 * NS_PER_MS + NS_PER_MS / 2);
	growth_look(&growth, 2000 * NS_PER_MS + NS_PER_MS / 2);
	for (int64_t us = 50000; us < 70000; us += 100)
		growth_look(&growth, 2000 * NS_PER_MS + us * 1000);
	growth_look(&growth, 3000 * NS_PER_MS);
	arrow = strstr(growth_end(&growth), "►");
	assert_non_null(arrow);
	assert_null(strstr(arrow + 1, "►"));
	growth_close(&growth);
}

static void a_packet_that_never_comes_is_told(void **state)
{
	struct growth growth;

	(void)state;
	locale_utf8();
	growth_open(&growth);
	growth_packet(&growth, SIDE_CLIENT, NS_PER_MS);
	growth_look(&growth, NS_PER_MS);
	growth_note(&growth, "meanwhile", 2 * NS_PER_S);
	growth_look(&growth, 2 * NS_PER_S);
	growth_look(&growth, 3 * NS_PER_S);
	assert_non_null(strstr(growth_end(&growth), "1 packet on the way did not arrive\n"));
	growth_close(&growth);
}

static void nothing_hostile_is_printed(void **state)
{
	struct growth growth;

	(void)state;
	locale_utf8();
	growth_open(&growth);
	record_free(growth.rec);
	growth.rec = hostile_record();
	growth_look(&growth, 0);
	growth_look(&growth, 5 * NS_PER_S);
	for (const char *s = growth_end(&growth); *s; s++)
		assert_true(*s == '\n' || ((unsigned char)*s >= ' ' && *s != 0x7f));
	assert_null(strstr(growth.text, "\xff"));
	assert_non_null(strstr(growth.text, "??[2J"));
	growth_close(&growth);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_grow_to_their_ladders),
		cmocka_unit_test(what_is_new_waits_and_what_is_late_is_marked),
		cmocka_unit_test(a_rung_is_never_cut),
		cmocka_unit_test(a_packet_that_never_comes_is_told),
		cmocka_unit_test(nothing_hostile_is_printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
