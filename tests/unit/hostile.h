/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hostile: a record whose every text is markup, for what writes markup. */
#ifndef FINWAIT_TESTS_UNIT_HOSTILE_H
#define FINWAIT_TESTS_UNIT_HOSTILE_H

#include "canned.h"

/* Ends tags, attributes, comments and CDATA; controls, broken UTF-8, writing turned round. */
#define HOSTILE "</title></script><b x=\"'>&amp;-->]]>\x01\x1b[2J\xff\xe2\x80\xae\xef\xbf\xbe\x7f"

#define HOSTILE_WORD "<b>\"'&" /* 7 bytes have room everywhere */

static inline void hostile_event(struct record *rec, struct event event, int64_t t_ns)
{
	event.t_ns = t_ns;
	strcpy(event.sock, "<c&\"'>");
	assert_int_equal(record_add_event(rec, &event), 0);
}

static inline void hostile_events(struct record *rec)
{
	struct event call = {.kind = EVENT_CALL}, sysctl = {.kind = EVENT_SYSCTL};
	struct event note = {.kind = EVENT_NOTE}, drop = {.kind = EVENT_DROP};
	struct event rule = {.kind = EVENT_RULE}, state = {.kind = EVENT_TRANSITION};

	call.call.name = call.call.args = call.call.signal = HOSTILE;
	strcpy(call.call.peer, "<s&\"'>");
	sysctl.sysctl.name = sysctl.sysctl.from = sysctl.sysctl.to = HOSTILE;
	note.note.text = HOSTILE;
	drop.drop.reason = HOSTILE;
	rule.rule.action = rule.rule.text = HOSTILE;
	rule.rule.on = true;
	state.transition.from = STATE_CLOSE;
	state.transition.to = STATE_SYN_SENT;
	state.transition.cause = HOSTILE;
	hostile_event(rec, call, 1000);
	hostile_event(rec, sysctl, 2000);
	hostile_event(rec, note, 3000);
	hostile_event(rec, drop, 4000);
	hostile_event(rec, rule, 5000);
	hostile_event(rec, state, 6000);
}

static inline void hostile_findings(struct record *rec)
{
	const struct record_claim claim = {HOSTILE, HOSTILE, HOSTILE};
	const struct value value = {.kind = VALUE_TEXT, .text = HOSTILE};

	const struct interval interval = {HOSTILE, HOSTILE, 1, 1, 2, 3, 4};

	assert_int_equal(record_add_claim(rec, &claim), 0);
	assert_int_equal(record_add_interval(rec, &interval), 0);
	for (int verdict = 0; verdict < VERDICT_COUNT; verdict++) {
		const struct finding finding = {
			.claim = HOSTILE,
			.in_case = HOSTILE,
			.name = HOSTILE,
			.unit = HOSTILE,
			.says = value,
			.predicts = value,
			.measured = value,
			.verdict = (enum verdict)verdict,
			.model = verdict % 2 ? MODEL_HOLDS : MODEL_FAILS,
			.rule = HOSTILE,
			.note = HOSTILE,
		};

		assert_int_equal(record_add_finding(rec, &finding), 0);
	}
}

static inline struct record *hostile_record(void)
{
	struct record *rec = record_new();
	struct run_info *run = &rec->run;

	assert_non_null(rec);
	snprintf(run->kernel, sizeof(run->kernel), "%s", HOSTILE);
	strcpy(run->version, HOSTILE_WORD);
	strcpy(run->machine, HOSTILE_WORD);
	strcpy(run->clock, HOSTILE_WORD);
	strcpy(run->guest, HOSTILE_WORD);
	strcpy(run->privilege, HOSTILE_WORD);
	rec->probe = rec->title = rec->question = rec->kernel_path = HOSTILE;
	rec->variant = rec->again = rec->reason = HOSTILE;
	rec->walks[SIDE_CLIENT] = rec->walks[SIDE_SERVER] = HOSTILE;
	for (unsigned int i = 0; i < OBSERVER_COUNT; i++)
		rec->absent[i] = HOSTILE;
	assert_int_equal(settings_put(&rec->params, HOSTILE, HOSTILE), 0);
	assert_int_equal(settings_put(&rec->sysctls[SIDE_CLIENT], HOSTILE, HOSTILE), 0);
	rec->finished = true;
	hostile_events(rec);
	hostile_findings(rec);
	return rec;
}

/* Of Markdown: no tag begins, and nothing acts on a terminal. */
static inline void markdown_expect_escaped(const char *text)
{
	assert_non_null(strchr(text, '<'));
	for (const char *at = text; *at; at++) {
		if (*at == '<' && (at == text || at[-1] != '\\'))
			fail_msg("'%.20s' begins a tag", at);
		if (((unsigned char)*at < ' ' && *at != '\n') || *at == 0x7f)
			fail_msg("byte 0x%02x at %zd", (unsigned char)*at, at - text);
	}
}

/* None of it is there as it was, and nothing that no document may hold. */
static inline void hostile_expect_harmless(const char *text)
{
	static const char *const raw[] = {"<b x", "<b>\"", "</script><", "x=\"'",       "-->]]>",
	                                  "<c&",  "<s&",   "&\"'>",      "\xe2\x80\xae"};

	for (size_t i = 0; i < sizeof(raw) / sizeof(raw[0]); i++)
		if (strstr(text, raw[i]))
			fail_msg("'%s' is in it as it was", raw[i]);
	for (const char *at = text; *at; at++)
		if (((unsigned char)*at < ' ' && *at != '\n' && *at != '\t') || *at == 0x7f ||
		    (unsigned char)*at == 0xff)
			fail_msg("byte 0x%02x at %zd", (unsigned char)*at, at - text);
	assert_non_null(strstr(text, "&lt;/title&gt;&lt;/script&gt;&lt;b x=&quot;&#39;&gt;&amp;amp;"
	                             "--&gt;]]&gt;??[2J????"));
}

#endif
