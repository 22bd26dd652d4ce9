// SPDX-License-Identifier: GPL-2.0-or-later
/* json_read: what is wrong is refused, with the reason; what is strange does no harm. */
#include <errno.h>

#include "canned.h"

static const char *const records[] = {
	"handshake.jsonl",    "four-waves.jsonl", "lost-fin.jsonl", "crossing-fins.jsonl",
	"self-connect.jsonl", "held-fins.jsonl",  "polled.jsonl",   "old-syn.jsonl",
};
#define RECORDS (sizeof(records) / sizeof(records[0]))

#define RUN "{\"type\":\"run\",\"format\":\"finwait/1\""
#define NOTE "{\"type\":\"event\",\"probe\":\"p\",\"t_ns\":1,\"kind\":\"note\",\"host\":\"client\""
#define TAP                                                                                        \
	"{\"type\":\"event\",\"probe\":\"p\",\"t_ns\":1,\"kind\":\"packet\",\"at\":\"client\","    \
	"\"protocol\":6,\"src\":\"1.2.3.4:5\",\"dst\":\"1.2.3.4:5\""

static const struct {
	const char *line, *why;
} bad_lines[] = {
	{"", "not JSON"},
	{"{", "not JSON"},
	{"[]", "no \"type\""},
	{"{}", "no \"type\""},
	{"{\"type\":1}", "not a string"},
	{"{\"type\":\"tale\"}", "unknown word"},
	{"{\"type\":\"run\",\"format\":\"finwait/2\"}", "format"},
	{"{\"type\":\"run\",\"format\":\"finwait/1\",\"hz\":-1}", "not within"},
	{"{\"type\":\"run\",\"format\":\"finwait/1\",\"features\":{\"a\":[]}}", "neither"},
	{RUN ",\"asked\":[]}", "\"asked\" is not an object"},
	{RUN ",\"asked\":{\"sets\":[]}}", "\"sets\" is not an object"},
	{RUN ",\"asked\":{\"sets\":{\"a\":null}}}", "neither"},
	{RUN ",\"asked\":{\"sets\":{\"a\":\"\"}}}", "nobody can ask for \"a\""},
	{RUN ",\"asked\":{\"sets\":{\"\":1}}}", "nobody can ask for \"\""},
	{RUN ",\"asked\":{\"params\":{\"a=b\":1}}}", "nobody can ask for \"a=b\""},
	{RUN ",\"asked\":{\"seed\":0}}", "not within"},
	{RUN ",\"asked\":{\"seed\":\"5\"}}", "not an integer"},
	{"{\"type\":\"probe\",\"id\":\"q\"}", "in the record of"},
	{"{\"type\":\"probe\",\"id\":\"p\",\"observers\":{\"tap\":1}}", "neither"},
	{"{\"type\":\"probe\",\"id\":\"p\",\"sysctls\":[]}", "not an object"},
	{NOTE "}", "no \"text\""},
	{NOTE ",\"text\":\"a\",\"observer\":\"tap\"}", "does not come from"},
	{NOTE ",\"text\":\"a\",\"observer\":\"spy\"}", "unknown word"},
	{NOTE ",\"text\":\"a\",\"sock\":\"c12345678901\"}", "longer than"},
	{NOTE ",\"text\":\"a\",\"text\":\"b\"}", "not JSON"},
	{NOTE ",\"text\":\"\\u0000\"}", "not JSON"},
	{"{\"type\":\"event\",\"probe\":\"p\",\"kind\":\"note\",\"host\":\"client\","
         "\"text\":\"\"}",
         "no \"t_ns\""},
	{"{\"type\":\"event\",\"probe\":\"p\",\"t_ns\":1.5,\"kind\":\"note\",\"host\":"
         "\"client\"}",
         "not an integer"},
	{"{\"type\":\"event\",\"probe\":\"p\",\"t_ns\":9223372036854775807,\"kind\":"
         "\"note\"}",
         "not within"},
	{TAP ",\"seq\":4294967296}", "not within"},
	{TAP ",\"seq\":-1}", "not within"},
	{TAP ",\"flags\":\"SZ\"}", "no TCP flags"},
	{TAP ",\"link\":\"moon\"}", "unknown word"},
	{TAP ",\"options\":{\"wscale\":256}}", "not within"},
	{TAP ",\"options\":7}", "not an object"},
	{TAP ",\"src\":\"1.2.3.4:5\"}", "not JSON"},
	{TAP ",\"ttl\":256}", "not within"},
	{TAP ",\"options\":{\"sacks\":{}}}", "not an array"},
	{TAP ",\"options\":{\"sacks\":[[1]]}}", "pairs"},
	{TAP ",\"options\":{\"sacks\":[[1,2.5]]}}", "pairs"},
	{TAP ",\"options\":{\"sacks\":[[1,4294967296]]}}", "pairs"},
	{TAP ",\"options\":{\"sacks\":[[1,2],[1,2],[1,2],[1,2],[1,2]]}}", "more than 4"},
	{TAP ",\"icmp\":{\"inner\":{\"src\":\"1.2.3.4:5\"}}}", "no \"dst\""},
	{"{\"type\":\"probe\",\"id\":\"p\",\"family\":5}", "neither 4 nor 6"},
	{"{\"type\":\"probe\",\"id\":\"p\",\"slack_ms\":10001}", "not within"},
	{"{\"type\":\"probe\",\"id\":\"p\",\"claims\":[{}]}", "no \"id\""},
	{"{\"type\":\"probe\",\"id\":\"p\",\"claims\":[[]]}", "not an object"},
	{"{\"type\":\"result\",\"probe\":\"p\",\"outcome\":\"ok\",\"late\":{\"wake\":{"
         "\"max_ns\":-1}}}",
         "not within"},
	{"{\"type\":\"result\",\"probe\":\"p\",\"outcome\":\"ok\",\"findings\":[{\"name\":"
         "\"n\",\"verdict\":\"none\",\"rests_on\":[\"spy\"]}]}",
         "list of observers"},
	{"{\"type\":\"result\",\"probe\":\"p\",\"outcome\":\"fine\"}", "unknown word"},
	{"{\"type\":\"result\",\"probe\":\"p\",\"outcome\":\"ok\",\"findings\":{}}",
         "not an array"},
	{"{\"type\":\"result\",\"probe\":\"p\",\"outcome\":\"ok\",\"findings\":[1]}",
         "not an object"},
	{"{\"type\":\"result\",\"probe\":\"p\",\"outcome\":\"ok\",\"findings\":[{\"name\":"
         "\"n\","
         "\"verdict\":\"confirmed\",\"says\":{\"lo\":2,\"hi\":1}}]}",
         "lower bound"},
	{"{\"type\":\"result\",\"probe\":\"p\",\"outcome\":\"ok\",\"lost\":{\"tap\":-1}}",
         "not within"},
	{"{\"type\":\"summary\",\"ok\":-1}", "not within"},
	{"{\"type\":\"phases\",\"probe\":\"p\",\"phases\":2}", "no \"name\""},
	{"{\"type\":\"phases\",\"probe\":\"p\",\"name\":\"n\",\"phases\":0}", "not within"},
	{"{\"type\":\"phases\",\"probe\":\"q\",\"name\":\"n\",\"phases\":2}", "in the record of"},
	{"{\"type\":\"phases\",\"probe\":\"p\",\"name\":\"n\",\"phases\":2,\"differ\":3}",
         "not within"},
	{"{\"type\":\"phases\",\"probe\":\"p\",\"name\":\"n\",\"phases\":2,"
         "\"measured\":{\"lo\":2,\"hi\":1}}",
         "lower bound"},
};

static void bad_lines_are_refused_with_a_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_lines) / sizeof(bad_lines[0]); i++) {
		struct record *rec = record_new();
		char why[160];

		rec->probe = "p";
		if (json_read_line(rec, bad_lines[i].line, strlen(bad_lines[i].line), why) !=
		    -EINVAL)
			fail_msg("taken: %s", bad_lines[i].line);
		if (!strstr(why, bad_lines[i].why))
			fail_msg("%s: \"%s\", not \"%s\"", bad_lines[i].line, why,
			         bad_lines[i].why);
		assert_int_equal(rec->event_count, 0);
		assert_int_equal(rec->spread_count, 0);
		assert_false(rec->finished);
		record_free(rec);
	}
}

static void unknown_keys_do_no_harm(void **state)
{
	static const char line[] = NOTE ",\"text\":\"a\",\"mood\":{\"deep\":[1,2]}}";
	struct record *rec = record_new();
	char why[160];

	(void)state;
	assert_int_equal(json_read_line(rec, line, sizeof(line) - 1, why), JSON_EVENT);
	record_free(rec);
}

#define PHASES_LINE "{\"type\":\"phases\",\"probe\":\"p\",\"name\":\"n\",\"phases\":"

static void phases_are_of_the_same_runs(void **state)
{
	static const char *const lines[] = {PHASES_LINE "3}", PHASES_LINE "4}", PHASES_LINE "3}"};
	struct record *rec = record_new();
	char why[160];

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(json_read_line(rec, lines[i], strlen(lines[i]), why),
		                 i == 1 ? -EINVAL : JSON_PHASES);
	assert_int_equal(rec->phases, 3);
	assert_int_equal(rec->spread_count, 2);
	record_free(rec);
}

static int read_text(struct record *rec, const char *text, char why[200])
{
	FILE *file = fmemopen((char *)text, strlen(text), "r");
	int err = json_read_file(rec, file, why);

	fclose(file);
	return err;
}

static void a_torn_last_line_is_dropped(void **state)
{
	struct record *rec = record_new();
	char why[200];

	(void)state;
	assert_int_equal(read_text(rec, NOTE ",\"text\":\"a\"}\n" NOTE ",\"te", why), 0);
	assert_int_equal(rec->event_count, 1);
	assert_false(rec->finished);
	assert_int_equal(read_text(rec, NOTE ",\"text\":\"a\"}\n" NOTE ",\"te\n", why), -EINVAL);
	assert_memory_equal(why, "line 2: not JSON", 16);
	record_free(rec);
}

/* Broken at random, and the same every time: nothing but a refusal may come of it. */
static void damaged_lines_do_no_damage(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (size_t i = 0; i < RECORDS; i++) {
		char *text = canned_text(records[i]), *rest = text, *line;

		while ((line = strsep(&rest, "\n"))) {
			size_t length = strlen(line);

			for (unsigned int n = 0; length && n < 8; n++) {
				struct record *rec = record_new();
				char why[160], was;
				size_t at;

				seed = seed * 1664525 + 1013904223;
				at = (seed >> 8) % length;
				was = line[at];
				line[at] = (char)(seed >> 3);
				(void)json_read_line(rec, line, length, why);
				line[at] = was;
				(void)json_read_line(rec, line, at, why);
				record_free(rec);
			}
		}
		free(text);
	}
}

/* A file of which nobody knows where it ends costs no more than a line may be long. */
static void an_endless_line_ends(void **state)
{
	struct record *rec = record_new();
	FILE *file = fopen("/dev/zero", "r");
	char why[200];

	(void)state;
	assert_non_null(file);
	assert_int_equal(json_read_file(rec, file, why), -EFBIG);
	assert_string_equal(why, "line 1 is longer than 67108864 bytes");
	fclose(file);
	record_free(rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_endless_line_ends),
		cmocka_unit_test(bad_lines_are_refused_with_a_reason),
		cmocka_unit_test(unknown_keys_do_no_harm),
		cmocka_unit_test(phases_are_of_the_same_runs),
		cmocka_unit_test(a_torn_last_line_is_dropped),
		cmocka_unit_test(damaged_lines_do_no_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
