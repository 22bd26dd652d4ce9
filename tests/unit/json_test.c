// SPDX-License-Identifier: GPL-2.0-or-later
/* json: what is written comes back, all of it; what is wrong is refused. */
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "canned.h"

static const char *const records[] = {
	"handshake.jsonl",    "four-waves.jsonl", "lost-fin.jsonl", "crossing-fins.jsonl",
	"self-connect.jsonl", "held-fins.jsonl",  "polled.jsonl",   "old-syn.jsonl",
};
#define RECORDS (sizeof(records) / sizeof(records[0]))

#define TEXT(field) snprintf(field, sizeof(field), "%s", "caf\u00e9 \"quoted\" \\ \t end")

/* Every field has a value of its own, none of them zero, some at their limit. */
static void fill_packet(struct packet *packet)
{
	assert_int_equal(endpoint_parse("10.0.0.1:40000", &packet->src), 0);
	assert_int_equal(endpoint_parse("[fd00::2]:8080", &packet->dst), 0);
	packet->protocol = IPPROTO_TCP;
	packet->flags = TCP_FLAG_SYN | TCP_FLAG_ACK;
	packet->seq = UINT32_MAX;
	packet->ack = 0x80000000;
	packet->window = UINT16_MAX;
	packet->len = 1460;
	packet->mss = 65495;
	packet->wscale = 7;
	packet->sack_ok = true;
	packet->has_timestamps = true;
	packet->ts_val = 0xfffffffe;
	packet->ts_ecr = 5;
}

static void fill_sample(struct sample *sample)
{
	*sample = (struct sample){
		.state = STATE_NEW_SYN_RECV,
		.object = OBJECT_REQUEST,
		.timer = DIAG_TIMER_PROBE0,
		.expires_ms = 4000000000,
		.retransmits = 3,
		.rto_us = 204000,
		.rtt_us = 41,
		.unacked = 2,
		.cookie = UINT64_MAX,
		.orphan = true,
		.gap_ns = 123456789,
	};
}

static void fill_rule(struct event *event)
{
	event->rule.id = 9;
	strcpy(event->rule.action, "a 15-byte word.");
	TEXT(event->rule.text);
	event->rule.match = (struct packet_match){
		.from = SIDE_SERVER,
		.flags_mask = TCP_FLAG_FIN | TCP_FLAG_ACK,
		.flags_value = TCP_FLAG_FIN,
		.has_payload = true,
	};
	event->rule.on = true;
	event->rule.hits = 17;
}

static void fill(struct event *event, enum event_kind kind)
{
	memset(event, 0, sizeof(*event));
	event->kind = kind;
	event->t_ns = 1234567890123;
	event->host = SIDE_SERVER;
	strcpy(event->sock, "s999999");
	switch (kind) {
	case EVENT_CALL:
		strcpy(event->call.name, "connect");
		TEXT(event->call.args);
		event->call.result = -1;
		event->call.err = EINPROGRESS;
		break;
	case EVENT_SYSCTL:
		strcpy(event->sysctl.name, "net.ipv4.tcp_fin_timeout");
		strcpy(event->sysctl.from, "60");
		strcpy(event->sysctl.to, "5");
		break;
	case EVENT_NOTE:
		TEXT(event->note.text);
		break;
	case EVENT_TRANSITION:
		event->transition.from = STATE_LISTEN;
		event->transition.to = STATE_CLOSING;
		TEXT(event->transition.cause);
		break;
	case EVENT_RETRANSMIT:
		event->retransmit.state = STATE_LAST_ACK;
		break;
	case EVENT_RESET:
		event->reset.sent = true;
		event->reset.state = STATE_TIME_WAIT;
		break;
	case EVENT_MINI_SOCKET:
		event->mini.object = OBJECT_TIME_WAIT;
		event->mini.change = MINI_RETRANSMIT;
		break;
	case EVENT_DROP:
		TEXT(event->drop.reason);
		break;
	case EVENT_SAMPLE:
		fill_sample(&event->sample);
		break;
	case EVENT_PACKET:
		fill_packet(&event->packet.packet);
		event->packet.on_loopback = true;
		event->packet.arriving = true;
		break;
	case EVENT_RULE:
		fill_rule(event);
		break;
	case EVENT_FRAME:
		event->frame.action = FRAME_INJECT;
		event->frame.rule = UINT32_MAX;
		fill_packet(&event->frame.packet);
		break;
	case EVENT_COUNTER:
		strcpy(event->counter.name, "TcpExt.TCPTimeouts");
		event->counter.delta = INT64_MIN;
		break;
	case EVENT_DESTROY:
	case EVENT_KIND_COUNT:
		break;
	}
}

/* Texts end where they end: what is behind is no part of them. */
static void expect_same(const struct event *event)
{
	struct record *rec = record_new();
	char *line = json_event_line("a.probe", event), *again;
	char why[160];

	assert_non_null(line);
	if (json_read_line(rec, line, strlen(line), why) != JSON_EVENT)
		fail_msg("%s: %s", line, why);
	assert_int_equal(rec->event_count, 1);
	assert_string_equal(rec->probe, "a.probe");
	assert_memory_equal(&rec->events[0], event, sizeof(*event));
	again = json_event_line(rec->probe, &rec->events[0]);
	assert_string_equal(line, again);
	free(line);
	free(again);
	record_free(rec);
}

static void every_field_of_every_kind_survives(void **state)
{
	struct event event;

	(void)state;
	for (unsigned int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		fill(&event, kind);
		expect_same(&event);
	}
}

/* The same with nothing set: absent is another thing than zero in some places. */
static void empty_events_survive(void **state)
{
	(void)state;
	for (unsigned int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		struct event event;

		memset(&event, 0, sizeof(event));
		event.kind = kind;
		expect_same(&event);
		if (kind != EVENT_PACKET)
			continue;
		event.packet.packet.wscale = -1;
		event.packet.packet.protocol = IPPROTO_ICMP;
		expect_same(&event);
	}
}

static void text_that_is_not_utf8_is_mended(void **state)
{
	struct record *rec = record_new();
	struct event event = {.kind = EVENT_NOTE};
	char why[160], *line;

	(void)state;
	strcpy(event.note.text, "\xe2\x86\x92 cut \xe2\x86");
	line = json_event_line("a", &event);
	assert_int_equal(json_read_line(rec, line, strlen(line), why), JSON_EVENT);
	assert_string_equal(rec->events[0].note.text, "\xe2\x86\x92 cut ??");
	free(line);
	record_free(rec);
}

static char *write_record(const struct record *rec)
{
	char *text = NULL, *line;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	line = json_run_line(&rec->run);
	fprintf(out, "%s\n", line);
	free(line);
	line = json_probe_line(rec);
	fprintf(out, "%s\n", line);
	free(line);
	for (size_t i = 0; i < rec->event_count; i++) {
		line = json_event_line(rec->probe, &rec->events[i]);
		fprintf(out, "%s\n", line);
		free(line);
	}
	line = json_result_line(rec);
	fprintf(out, "%s\n", line);
	free(line);
	fclose(out);
	return text;
}

static void whole_records_come_back_byte_by_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < RECORDS; i++) {
		struct record *rec = canned_record(records[i]);
		char *text = canned_text(records[i]), *again = write_record(rec);

		assert_true(rec->finished);
		assert_string_equal(again, text);
		free(text);
		free(again);
		record_free(rec);
	}
}

static void findings_survive(void **state)
{
	static const struct value values[] = {
		{.kind = VALUE_NONE},
		{.kind = VALUE_COUNT, .lo = 8, .hi = 8},
		{.kind = VALUE_COUNT, .lo = INT64_MIN, .hi = 5},
		{.kind = VALUE_COUNT, .lo = 5, .hi = INT64_MAX},
		{.kind = VALUE_COUNT, .lo = INT64_MIN, .hi = INT64_MAX},
		{.kind = VALUE_TIME, .lo = 5, .hi = 5},
		{.kind = VALUE_TIME, .lo = -5, .hi = 7},
		{.kind = VALUE_TIME, .lo = INT64_MIN, .hi = INT64_MAX},
		{.kind = VALUE_TEXT, .text = "SYN_SENT"},
		{.kind = VALUE_TEXT, .text = ""},
	};
	struct record *rec = record_new(), *copy = record_new();
	char why[160], *line;

	(void)state;
	strcpy(rec->probe, "a.probe");
	rec->outcome = OUTCOME_TIMED_OUT;
	strcpy(rec->reason, "waited");
	rec->elapsed_ns = 17;
	rec->lost[OBSERVER_TRACE] = UINT64_MAX; /* more than a JSON integer holds */
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct finding finding = {
			.claim = "a.claim",
			.name = "n",
			.unit = "s",
			.says = values[i],
			.predicts = values[i],
			.measured = values[i],
			.verdict = VERDICT_QUALIFIED,
			.model_ok = i & 1,
			.rule = "tcp_v4_rcv()",
			.note = "when",
		};

		assert_int_equal(record_add_finding(rec, &finding), 0);
	}
	line = json_result_line(rec);
	if (json_read_line(copy, line, strlen(line), why) != JSON_RESULT)
		fail_msg("%s", why);
	assert_int_equal(copy->finding_count, rec->finding_count);
	assert_memory_equal(copy->findings, rec->findings,
	                    rec->finding_count * sizeof(*rec->findings));
	assert_int_equal(copy->outcome, OUTCOME_TIMED_OUT);
	assert_string_equal(copy->reason, "waited");
	assert_int_equal(copy->elapsed_ns, 17);
	assert_true(copy->lost[OBSERVER_TRACE] == INT64_MAX);
	assert_int_equal(json_read_line(copy, line, strlen(line), why), -EINVAL);
	assert_string_equal(why, "a second result");
	free(line);
	record_free(rec);
	record_free(copy);
}

static void settings_and_observers_survive(void **state)
{
	static const char *const values[] = {"3",
	                                     "-3",
	                                     "03",
	                                     "4096 131072",
	                                     "",
	                                     "1e3",
	                                     " 1",
	                                     "9223372036854775807",
	                                     "9223372036854775808"};
	struct record *rec = record_new(), *copy = record_new();
	char why[160], name[16], *line;

	(void)state;
	strcpy(rec->probe, "p");
	rec->faithful = true;
	rec->observed[OBSERVER_TAP] = true;
	strcpy(rec->absent[OBSERVER_TRACE], "needs CAP_BPF");
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		snprintf(name, sizeof(name), "v%zu", i);
		assert_int_equal(settings_put(&rec->sysctls[SIDE_SERVER], name, values[i]), 0);
		assert_int_equal(settings_put(&rec->params, name, values[i]), 0);
	}
	line = json_probe_line(rec);
	assert_non_null(strstr(line, "\"v0\":3,\"v1\":-3,\"v2\":\"03\""));
	if (json_read_line(copy, line, strlen(line), why) != JSON_PROBE)
		fail_msg("%s", why);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		snprintf(name, sizeof(name), "v%zu", i);
		assert_string_equal(settings_get(&copy->sysctls[SIDE_SERVER], name), values[i]);
		assert_string_equal(settings_get(&copy->params, name), values[i]);
	}
	assert_true(copy->faithful);
	assert_true(copy->observed[OBSERVER_TAP]);
	assert_false(copy->observed[OBSERVER_TRACE]);
	assert_string_equal(copy->absent[OBSERVER_TRACE], "needs CAP_BPF");
	free(line);
	record_free(rec);
	record_free(copy);
}

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
	{"{\"type\":\"probe\",\"id\":\"q\"}", "in the record of"},
	{"{\"type\":\"probe\",\"id\":\"p\",\"observers\":{\"tap\":1}}", "neither"},
	{"{\"type\":\"probe\",\"id\":\"p\",\"sysctls\":[]}", "not an object"},
	{NOTE "}", "no \"text\""},
	{NOTE ",\"text\":\"a\",\"observer\":\"tap\"}", "does not come from"},
	{NOTE ",\"text\":\"a\",\"observer\":\"spy\"}", "unknown word"},
	{NOTE ",\"text\":\"a\",\"sock\":\"12345678\"}", "longer than"},
	{NOTE ",\"text\":\"a\",\"text\":\"b\"}", "not JSON"},
	{NOTE ",\"text\":\"\\u0000\"}", "not JSON"},
	{"{\"type\":\"event\",\"probe\":\"p\",\"kind\":\"note\",\"host\":\"client\",\"text\":\"\"}",
         "no \"t_ns\""},
	{"{\"type\":\"event\",\"probe\":\"p\",\"t_ns\":1.5,\"kind\":\"note\",\"host\":\"client\"}",
         "not an integer"},
	{"{\"type\":\"event\",\"probe\":\"p\",\"t_ns\":9223372036854775807,\"kind\":\"note\"}",
         "not within"},
	{TAP ",\"seq\":4294967296}", "not within"},
	{TAP ",\"seq\":-1}", "not within"},
	{TAP ",\"flags\":\"SZ\"}", "no TCP flags"},
	{TAP ",\"link\":\"moon\"}", "unknown word"},
	{TAP ",\"options\":{\"wscale\":128}}", "not within"},
	{TAP ",\"options\":7}", "not an object"},
	{TAP ",\"src\":\"1.2.3.4:5\"}", "not JSON"},
	{"{\"type\":\"result\",\"probe\":\"p\",\"outcome\":\"fine\"}", "unknown word"},
	{"{\"type\":\"result\",\"probe\":\"p\",\"outcome\":\"ok\",\"findings\":{}}",
         "not an array"},
	{"{\"type\":\"result\",\"probe\":\"p\",\"outcome\":\"ok\",\"findings\":[1]}",
         "no \"name\""},
	{"{\"type\":\"result\",\"probe\":\"p\",\"outcome\":\"ok\",\"findings\":[{\"name\":\"n\","
         "\"verdict\":\"confirmed\",\"says\":{\"lo\":2,\"hi\":1}}]}",
         "lower bound"},
	{"{\"type\":\"result\",\"probe\":\"p\",\"outcome\":\"ok\",\"lost\":{\"tap\":-1}}",
         "not within"},
	{"{\"type\":\"summary\",\"ok\":-1}", "not within"},
};

static void bad_lines_are_refused_with_a_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_lines) / sizeof(bad_lines[0]); i++) {
		struct record *rec = record_new();
		char why[160];

		strcpy(rec->probe, "p");
		if (json_read_line(rec, bad_lines[i].line, strlen(bad_lines[i].line), why) !=
		    -EINVAL)
			fail_msg("taken: %s", bad_lines[i].line);
		if (!strstr(why, bad_lines[i].why))
			fail_msg("%s: \"%s\", not \"%s\"", bad_lines[i].line, why,
			         bad_lines[i].why);
		assert_int_equal(rec->event_count, 0);
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

static void a_summary_has_every_outcome(void **state)
{
	const unsigned int outcomes[OUTCOME_COUNT] = {[OUTCOME_OK] = 3, [OUTCOME_CRASHED] = 1};
	char why[160], *line = json_summary_line(outcomes);
	struct record *rec = record_new();

	(void)state;
	assert_string_equal(line, "{\"type\":\"summary\",\"ok\":3,\"model_failed\":0,"
	                          "\"inconclusive\":0,\"skipped\":0,\"error\":0,"
	                          "\"crashed\":1,\"timed_out\":0}");
	assert_int_equal(json_read_line(rec, line, strlen(line), why), JSON_SUMMARY);
	free(line);
	record_free(rec);
}

static void states_are_the_main_sockets_lives(void **state)
{
	struct record *rec = canned_record("four-waves.jsonl");
	char *line = json_result_line(rec);

	(void)state;
	assert_non_null(strstr(line,
	                       "\"states\":{\"client\":[\"CLOSE\",\"SYN_SENT\",\"ESTABLISHED\","
	                       "\"FIN_WAIT1\",\"FIN_WAIT2\",\"TIME_WAIT\",\"CLOSE\"],"
	                       "\"server\":[\"CLOSE\",\"LISTEN\",\"SYN_RECV\",\"ESTABLISHED\","
	                       "\"CLOSE_WAIT\",\"LAST_ACK\",\"CLOSE\"]}"));
	free(line);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_of_every_kind_survives),
		cmocka_unit_test(empty_events_survive),
		cmocka_unit_test(text_that_is_not_utf8_is_mended),
		cmocka_unit_test(whole_records_come_back_byte_by_byte),
		cmocka_unit_test(findings_survive),
		cmocka_unit_test(settings_and_observers_survive),
		cmocka_unit_test(bad_lines_are_refused_with_a_reason),
		cmocka_unit_test(unknown_keys_do_no_harm),
		cmocka_unit_test(a_torn_last_line_is_dropped),
		cmocka_unit_test(a_summary_has_every_outcome),
		cmocka_unit_test(states_are_the_main_sockets_lives),
		cmocka_unit_test(damaged_lines_do_no_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
