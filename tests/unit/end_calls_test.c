// SPDX-License-Identifier: GPL-2.0-or-later
/* What calls come to at the end whose peer has closed: predicted, and read from a record. */
#include "../../harness/judge/end_calls.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct claim claims[CLAIMS_PER_PROBE] = {{"one", "A", "The first."}};

static const enum sock_end_call recv_send_error[] = {END_CALL_RECV, END_CALL_SEND,
                                                     END_CALL_SO_ERROR};
static const enum sock_end_call three_recv[] = {END_CALL_RECV, END_CALL_RECV, END_CALL_RECV};

static void assert_predicted(struct judge *judge, struct sock_end end,
                             const enum sock_end_call calls[3], const char *words)
{
	const struct end_calls made = {.calls = calls, .count = 3, .length = 5};

	assert_string_equal(predict_calls(judge, &end, &made).text, words);
}

static void ask_predicted(const struct story *story, struct judge *judge)
{
	struct sock_end open = {0}, fin = {0}, reset = {0}, both = {0};
	struct sock_end reply = {.unread = 7};

	(void)story;
	sock_end_fin(&fin);
	sock_end_reset(&reset);
	sock_end_fin(&both);
	sock_end_reset(&both);
	sock_end_reset(&reply);
	assert_predicted(judge, open, recv_send_error, "recv EAGAIN, send 5, SO_ERROR none");
	assert_predicted(judge, fin, recv_send_error, "recv 0, send 5, SO_ERROR none");
	assert_predicted(judge, reset, recv_send_error,
	                 "recv ECONNRESET, send EPIPE SIGPIPE, SO_ERROR none");
	assert_predicted(judge, both, recv_send_error, "recv 0, send EPIPE SIGPIPE, SO_ERROR none");
	assert_predicted(judge, both, three_recv, "recv 0, recv 0, recv 0");
	assert_predicted(judge, reply, three_recv, "recv 5, recv 2, recv ECONNRESET");
	assert_predicted(judge, reply, recv_send_error, "recv 5, send ECONNRESET, SO_ERROR none");
}

static void call_add(struct record *rec, int64_t t_ns, const char *name, int64_t result, int err,
                     const char *signal)
{
	struct event event = {.kind = EVENT_CALL, .host = SIDE_CLIENT, .t_ns = t_ns};

	memcpy(event.sock, "c1", 3);
	event.call.name = name;
	event.call.args = "";
	event.call.result = result;
	event.call.err = err;
	event.call.signal = signal;
	assert_int_equal(record_add_event(rec, &event), 0);
}

static void ask_measured(const struct story *story, struct judge *judge)
{
	const struct moment all = {0}, late = {.t_ns = 3};
	struct measured measured;

	(void)story;
	measured = measure_calls(judge, SIDE_CLIENT, "c1", NULL, all);
	assert_string_equal(measured.value.text, "send 5, recv 0, send EPIPE SIGPIPE, "
	                                         "SO_ERROR none");
	assert_null(measured.why_not);
	assert_int_equal(measured.rests_on, RESTS_ON(OBSERVER_STEPS));
	measured = measure_calls(judge, SIDE_CLIENT, "c1", "send", late);
	assert_string_equal(measured.value.text, "send EPIPE SIGPIPE");
	assert_non_null(measure_calls(judge, SIDE_CLIENT, "c1", "recv", late).why_not);
	assert_non_null(measure_calls(judge, SIDE_CLIENT, "c2", NULL, all).why_not);
}

static void ask(struct record *rec, judge_fn fn)
{
	for (int i = 0; i < OBSERVER_COUNT; i++)
		rec->observed[i] = true;
	assert_int_equal(judge_record(rec, claims, fn, NULL), 0);
	record_free(rec);
}

static void test_predicted(void **state)
{
	(void)state;
	ask(record_new(), ask_predicted);
}

static void test_measured(void **state)
{
	struct record *rec = record_new();

	(void)state;
	call_add(rec, 1, "connect", 0, 0, "");
	call_add(rec, 1, "send", 5, 0, "");
	call_add(rec, 2, "recv", 0, 0, "");
	call_add(rec, 3, "send", -1, EPIPE, "SIGPIPE");
	call_add(rec, 4, "SO_ERROR", 0, 0, "");
	ask(rec, ask_measured);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_predicted),
		cmocka_unit_test(test_measured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
