// SPDX-License-Identifier: GPL-2.0-or-later
/* page: what of the records is on it, and that it is one well-formed document of them alone. */
#include <ctype.h>

#include "big_record.h"
#include "golden.h"
#include "hostile.h"

#include "../../harness/record/article.h"
#include "../../harness/report/report.h"

static char *print(struct record *const *records, size_t count)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(page_print((const struct record *const *)records, count, out), 0);
	fclose(out);
	return text;
}

static char *print_since(struct record *const *records, size_t count, struct record *const *before,
                         size_t before_count)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(page_print_beside((const struct record *const *)records, count,
	                                   &(struct page_beside){
						   .before = (const struct record *const *)before,
						   .before_count = before_count},
	                                   out),
	                 0);
	fclose(out);
	return text;
}

static size_t count_of(const char *text, const char *what)
{
	size_t count = 0;

	for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
		count++;
	return count;
}

/* ---- a document ---- */

#define DEPTH 64
#define NAME 16

/* The tag at @at ('<'): its name; the end of it. What is in quotes ends no tag. */
static const char *tag_read(const char *at, char name[NAME])
{
	size_t length = strcspn(at + 1 + (at[1] == '/'), " />\n");
	bool quoted = false;

	assert_true(length > 0 && length < NAME);
	snprintf(name, NAME, "%.*s", (int)length, at + 1 + (at[1] == '/'));
	for (at++; *at && (quoted || *at != '>'); at++)
		quoted ^= *at == '"';
	assert_int_equal(*at, '>');
	return at;
}

static bool tag_is_void(const char *name, const char *end)
{
	return end[-1] == '/' || name[0] == '!' || !strcmp(name, "meta") ||
	       !strcmp(name, "input") || !strcmp(name, "wbr");
}

/* Each tag is closed, in order; style and script hold no tags. */
static void expect_well_formed(const char *text)
{
	char open[DEPTH][NAME], name[NAME];
	size_t depth = 0;

	for (const char *at = text; (at = strchr(at, '<')); at++) {
		const char *end = tag_read(at, name);

		if (at[1] == '/') {
			assert_true(depth > 0);
			assert_string_equal(open[--depth], name);
		} else if (!tag_is_void(name, end)) {
			assert_true(depth < DEPTH);
			strcpy(open[depth++], name);
		}
		at = end;
		if (at[-1] != '/' && (!strcmp(name, "script") || !strcmp(name, "style")))
			at = depth && !strcmp(open[depth - 1], name)
			             ? strstr(at,
			                      !strcmp(name, "script") ? "</script" : "</style") -
			                       1
			             : at;
	}
	assert_int_equal(depth, 0);
}

/* Each link leads somewhere on the page, and no two places have one name. */
static void expect_links(const char *text)
{
	char id[240];

	for (const char *at = text; (at = strstr(at, "<a href=\"")); at++) {
		const char *target = at + strlen("<a href=\"");

		assert_int_equal(*target, '#');
		snprintf(id, sizeof(id), "id=\"%.*s\"", (int)strcspn(target + 1, "\""), target + 1);
		assert_int_equal(count_of(text, id), 1);
	}
}

/* Nothing that a browser would load: an address is an article's, in words. */
static void expect_alone(const char *text)
{
	static const char *const loads[] = {"src=",    "<link",  "@import",
	                                    "<iframe", "fetch(", "http:"};
	const struct article *article;
	size_t told = 0;

	for (unsigned int i = 0; (article = article_at(i)); i++)
		if (*article->address)
			told += count_of(text, article->address);
	assert_true(told > 0);
	assert_int_equal(count_of(text, "https:"), told);
	assert_int_equal(count_of(text, ", https:"), told); /* behind its date, in no attribute */

	for (size_t i = 0; i < sizeof(loads) / sizeof(loads[0]); i++)
		if (strstr(text, loads[i]))
			fail_msg("'%s' is on it", loads[i]);
	assert_non_null(strstr(text, "content=\"default-src 'none';"));
}

static struct record *canned_of(const char *name, const char *kernel)
{
	const struct record_claim claim = {"wave1.lost", "D", "The first FIN is lost."};
	struct record *rec = canned_record(name);

	rec->title = "A title";
	snprintf(rec->run.kernel, sizeof(rec->run.kernel), "%s", kernel);
	if (!rec->claim_count)
		assert_int_equal(record_add_claim(rec, &claim), 0);
	return rec;
}

#define CANNED 5

static void canned_all(struct record *records[CANNED])
{
	static const char *const names[CANNED] = {"handshake.jsonl", "four-waves.jsonl",
	                                          "lost-fin.jsonl", "polled.jsonl",
	                                          "self-connect.jsonl"};

	for (size_t i = 0; i < CANNED; i++)
		records[i] = canned_of(names[i], "6.12.118+deb13-amd64");
}

static void records_free_all(struct record **records, size_t count)
{
	for (size_t i = 0; i < count; i++)
		record_free(records[i]);
}

static void one_document(void **state)
{
	struct record *records[CANNED];
	char *text;

	(void)state;
	locale_utf8();
	canned_all(records);
	text = print(records, CANNED);
	expect_well_formed(text);
	expect_links(text);
	expect_alone(text);
	assert_int_equal(count_of(text, "<details class=\"probe\">"), CANNED);
	assert_int_equal(count_of(text, "<svg class=\"ladder\""), CANNED);
	free(text);
	records_free_all(records, CANNED);
}

static void the_same_bytes_in_any_locale(void **state)
{
	struct record *records[CANNED];
	char *text[2];

	(void)state;
	canned_all(records);
	records[0]->title = "\xe5\x9b\x9b\xe6\xac\xa1";
	locale_utf8();
	text[0] = print(records, CANNED);
	locale_ascii();
	text[1] = print(records, CANNED);
	assert_string_equal(text[0], text[1]);
	assert_non_null(strstr(text[0], records[0]->title));
	free(text[0]);
	free(text[1]);
	records_free_all(records, CANNED);
}

/* ---- what is on it ---- */

static struct record *judged(const char *kernel, int64_t measured, enum verdict verdict)
{
	struct record *rec = canned_of("handshake.jsonl", kernel);
	const struct record_claim claim = {"wave1.figure", "A D", "It says four."};
	const struct finding finding = {
		.claim = "wave1.figure",
		.name = "figure",
		.unit = "count",
		.says = {.kind = VALUE_COUNT, .lo = 4, .hi = 4},
		.predicts = {.kind = VALUE_COUNT, .lo = measured, .hi = measured},
		.measured = {.kind = VALUE_COUNT, .lo = measured, .hi = measured},
		.verdict = verdict,
		.model = MODEL_HOLDS,
		.rule = "tcp_figure()",
	};

	rec->probe = "wave1.figure";
	rec->finding_count = rec->claim_count = 0;
	assert_int_equal(record_add_claim(rec, &claim), 0);
	assert_int_equal(record_add_finding(rec, &finding), 0);
	return rec;
}

static void a_claim_has_a_row(void **state)
{
	struct record *rec = judged("6.1.0", 6, VERDICT_REFUTED);
	char *text = print(&rec, 1);

	(void)state;
	assert_non_null(strstr(text,
	                       "<tr data-article=\"A D\" data-chapter=\"6\" data-family=\"4\" "
	                       "data-verdict=\"refuted\" data-probe=\"p-wave1.figure\">"));
	assert_non_null(strstr(text, "<a href=\"#p-wave1.figure\">wave1.figure</a>"));
	assert_non_null(
		strstr(text, "<b class=\"mark refuted\">REFUTED</b> figure 6 (says 4)</td>"));
	assert_non_null(strstr(text, "<small>by tcp_figure()</small>"));
	/* of one kernel there is nothing to compare */
	assert_null(strstr(text, "differs between kernels"));
	free(text);
	record_free(rec);
}

static void kernels_that_differ_are_marked(void **state)
{
	struct record *records[] = {judged("6.1.0", 4, VERDICT_CONFIRMED),
	                            judged("6.12.1", 6, VERDICT_REFUTED)};
	char *text = print(records, 2);

	(void)state;
	expect_well_formed(text);
	assert_non_null(strstr(text, "data-verdict=\"confirmed refuted\" "
	                             "data-probe=\"p-wave1.figure\" data-differs>"));
	assert_non_null(strstr(text, "<td class=\"differs\" data-label=\"6.12.1\">6 "));
	assert_non_null(strstr(text, "<small>predicted 6</small>"));
	assert_int_equal(count_of(text, "<svg class=\"ladder\""), 2);
	free(text);
	records_free_all(records, 2);
}

/* What is the same is not drawn again; the same kernel asked twice has two columns. */
static void kernels_that_agree_are_drawn_once(void **state)
{
	struct record *records[] = {judged("6.1.0", 4, VERDICT_CONFIRMED),
	                            judged("6.1.0", 4, VERDICT_CONFIRMED)};
	char *text = print(records, 2);

	(void)state;
	assert_null(strstr(text, " data-differs>"));
	assert_non_null(strstr(text, "6.1.0 #2"));
	assert_int_equal(count_of(text, "<svg class=\"ladder\""), 1);
	assert_non_null(strstr(text, "Runs that answer as the first one are not drawn again"));
	free(text);
	records_free_all(records, 2);
}

/* Of one claim two rows of a probe's grid are one where they come to the same, else one of each. */
static void rows_of_one_claim_are_counted_once(void **state)
{
	struct record *records[] = {judged("6.1.0", 6, VERDICT_REFUTED),
	                            judged("6.1.0", 7, VERDICT_REFUTED),
	                            judged("6.1.0", 4, VERDICT_CONFIRMED)};
	char *text;

	(void)state;
	records[1]->probe = "wave1.figure.7";
	records[2]->probe = "wave1.figure.4";
	text = print(records, 3);
	/* probes, claims, refuted, qualified, confirmed */
	assert_non_null(strstr(text, "<td>3</td><td>1</td><td>1</td><td class=\"no\">0</td>"
	                             "<td>1</td>"));
	assert_non_null(strstr(text, "wave1.figure</a><small>by wave1.figure.7</small>"));
	assert_null(strstr(text, "<small>by wave1.figure</small>"));
	free(text);
	records_free_all(records, 3);
}

static void what_has_no_finding_is_not_answered(void **state)
{
	struct record *rec = judged("6.1.0", 4, VERDICT_CONFIRMED);
	char *text;

	(void)state;
	rec->finding_count = 0;
	rec->finished = false;
	text = print(&rec, 1);
	expect_well_formed(text);
	assert_non_null(strstr(text, "data-verdict=\"unanswered\""));
	assert_non_null(strstr(text, "the record ends before the result"));
	free(text);
	record_free(rec);
}

/* However many events: the ladder is folded, and says how to have all of it. */
static void a_long_record_is_folded(void **state)
{
	struct record *records[] = {big_record(2000), big_record(40000)};
	char *text[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_non_null(records[i]);
		records[i]->probe = "big.record";
		text[i] = print(&records[i], 1);
		expect_well_formed(text[i]);
		assert_non_null(strstr(text[i], "finwait ladder big.record --svg FILE"));
	}
	assert_in_range(strlen(text[1]), strlen(text[0]) - 1000, strlen(text[0]) + 1000);
	free(text[0]);
	free(text[1]);
	records_free_all(records, 2);
}

/* ---- runs ---- */

/* Of one kernel, asked otherwise: a column each, with what tells it from the others. */
static void runs_are_kept_apart(void **state)
{
	struct record *records[] = {judged("6.1.0", 4, VERDICT_CONFIRMED),
	                            judged("6.1.0", 6, VERDICT_REFUTED),
	                            judged("6.1.0", 6, VERDICT_REFUTED)};
	char *text;

	(void)state;
	assert_int_equal(settings_put(&records[1]->run.asked.sets, "tcp_orphan_retries", "2"), 0);
	strcpy(records[2]->run.privilege, "userns");
	strcpy(records[0]->run.privilege, "root");
	strcpy(records[1]->run.privilege, "root");
	text = print(records, 3);
	expect_well_formed(text);
	assert_non_null(strstr(text, "<option value=\"0\">6.1.0 root</option>"));
	assert_non_null(strstr(text, "<option value=\"1\">6.1.0 tcp_orphan_retries=2 root<"));
	assert_non_null(strstr(text, "<option value=\"2\">6.1.0 userns</option>"));
	assert_non_null(strstr(text, ", with tcp_orphan_retries=2</small>"));
	free(text);
	records_free_all(records, 3);
}

static void what_changed_is_told(void **state)
{
	struct record *records[] = {judged("6.12.118", 6, VERDICT_REFUTED),
	                            judged("6.1.1", 4, VERDICT_CONFIRMED)};
	struct record *before[] = {judged("6.1.0", 4, VERDICT_CONFIRMED),
	                           judged("6.12.117", 4, VERDICT_CONFIRMED),
	                           judged("6.12.117", 9, VERDICT_REFUTED)};
	char *text;

	(void)state;
	before[2]->probe = "wave1.other";
	text = print_since(records, 2, before, 3);
	expect_well_formed(text);
	expect_links(text);
	assert_non_null(strstr(text,
	                       "<p id=\"changes\">Findings: <b>1</b> changed, <b>0</b> added, "
	                       "<b>1</b> gone, <b>1</b> same</p>"));
	assert_non_null(strstr(
		text, "<td data-label=\"before\">4 <b class=\"mark confirmed\">confirmed</b>"
		      "<small>predicted 4</small></td><td data-label=\"now\">6 "
		      "<b class=\"mark refuted\">REFUTED</b><small>predicted 6</small></td></tr>"));
	assert_non_null(strstr(text, "<th scope=\"row\">wave1.other<small>Linux 6.12.117</small>"
	                             "</th><td class=\"gone\">gone</td><td>the whole probe"));
	free(text);
	records_free_all(records, 2);
	records_free_all(before, 3);
}

/* Of one kernel each they are compared whatever these are; of several like with like. */
static void a_kernel_is_compared_with_its_own(void **state)
{
	struct record *records[] = {judged("6.12.1", 6, VERDICT_REFUTED),
	                            judged("7.3.4", 6, VERDICT_REFUTED)};
	struct record *before = judged("6.1.0", 6, VERDICT_REFUTED);
	char *text = print_since(records, 1, &before, 1);

	(void)state;
	assert_non_null(strstr(text, " <b>0</b> gone, <b>1</b> same</p>"));
	assert_null(strstr(text, "id=\"since\""));
	free(text);
	text = print_since(records, 2, &before, 1);
	assert_non_null(strstr(text, "<b>2</b> added, <b>1</b> gone, <b>0</b> same</p>"));
	assert_non_null(strstr(text, "id=\"since\""));
	free(text);
	records_free_all(records, 2);
	record_free(before);
}

/* As its ladder: the first kernel's, and that of a kernel that answers otherwise. */
static void a_staircase_is_drawn_once(void **state)
{
	struct record *records[2];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct interval interval = {"wave1.lost", "", 2, 1, 5, 3, 6};

		records[i] = canned_of("lost-fin.jsonl", i ? "5.10.1" : "6.12.1");
		assert_int_equal(record_add_interval(records[i], &interval), 0);
	}
	for (size_t i = 0; i < 2; i++) {
		char *text = print(records, 2);

		assert_int_equal(count_of(text, "<summary>Sent again"), i + 1);
		free(text);
		records[1]->findings[0].measured.lo++;
		records[1]->findings[0].measured.hi++;
	}
	records_free_all(records, 2);
}

static void nothing_reaches_it_unescaped(void **state)
{
	struct record *records[] = {hostile_record(), hostile_record(), record_new()};
	struct record *before[] = {hostile_record(), hostile_record()};
	char *text;

	(void)state;
	records[1]->run.kernel[0] = '"';
	assert_int_equal(settings_put(&records[1]->run.asked.sets, HOSTILE, HOSTILE), 0);
	before[1]->probe = HOSTILE HOSTILE;
	text = print_since(records, 3, before, 2);
	hostile_expect_harmless(text);
	expect_well_formed(text);
	expect_links(text);
	free(text);
	records_free_all(records, 3);
	records_free_all(before, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_document),
		cmocka_unit_test(the_same_bytes_in_any_locale),
		cmocka_unit_test(a_claim_has_a_row),
		cmocka_unit_test(kernels_that_differ_are_marked),
		cmocka_unit_test(kernels_that_agree_are_drawn_once),
		cmocka_unit_test(rows_of_one_claim_are_counted_once),
		cmocka_unit_test(what_has_no_finding_is_not_answered),
		cmocka_unit_test(a_long_record_is_folded),
		cmocka_unit_test(runs_are_kept_apart),
		cmocka_unit_test(what_changed_is_told),
		cmocka_unit_test(a_kernel_is_compared_with_its_own),
		cmocka_unit_test(a_staircase_is_drawn_once),
		cmocka_unit_test(nothing_reaches_it_unescaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
