// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The peer has closed. What do send(), recv() and SO_ERROR come to at this end, in each
 * order? A FIN marks the end of the stream (tcp_fin(): SOCK_DONE), which
 * tcp_recvmsg_locked() looks at before sk_err: once a FIN has come no recv() tells of the
 * reset behind it. tcp_reset() sets EPIPE in CLOSE_WAIT and ECONNRESET otherwise, and the
 * first call that meets the error takes it away.
 *
 *   client                         server
 *   CLOSE_WAIT     <--- FA ----    close()
 *   send() = 5     ---- PA --->    nobody is there to read it
 *   CLOSE          <--- R -----
 *   send(), recv(), SO_ERROR in each order
 */
#include "../../harness/probe.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const char text[] = "hello";

enum ending {
	ENDING_SHUTDOWN, /* a FIN, and somebody there who reads */
	ENDING_CLOSE, /* a FIN, and a reset for the first byte that is sent */
	ENDING_CLOSE_UNREAD, /* a reset, no FIN */
	ENDING_SHUTDOWN_RESET, /* a FIN, then a reset */
	ENDING_REPLY_RESET, /* bytes that are not read yet, then a reset */
	ENDING_COUNT,
};

static const char *const ending_names[ENDING_COUNT] = {
	[ENDING_SHUTDOWN] = "shutdown(SHUT_WR)",
	[ENDING_CLOSE] = "close()",
	[ENDING_CLOSE_UNREAD] = "close() with bytes unread",
	[ENDING_SHUTDOWN_RESET] = "shutdown(SHUT_WR), then a reset",
	[ENDING_REPLY_RESET] = "a reply, then a reset",
};

#define CALLS 3

static const enum sock_end_call orders[][CALLS] = {
	{END_CALL_SEND, END_CALL_RECV, END_CALL_SO_ERROR},
	{END_CALL_SEND, END_CALL_SO_ERROR, END_CALL_RECV},
	{END_CALL_RECV, END_CALL_SEND, END_CALL_SO_ERROR},
	{END_CALL_RECV, END_CALL_SO_ERROR, END_CALL_SEND},
	{END_CALL_SO_ERROR, END_CALL_SEND, END_CALL_RECV},
	{END_CALL_SO_ERROR, END_CALL_RECV, END_CALL_SEND},
	{END_CALL_RECV, END_CALL_RECV, END_CALL_RECV},
	{END_CALL_SEND, END_CALL_SEND, END_CALL_SEND},
};

static void await_fin(struct sock *client)
{
	await_state(client, STATE_CLOSE_WAIT);
}

static void reset_by(struct sock *server)
{
	sock_option(server, "SO_LINGER", 0);
	sock_close(server);
}

/* The server ends the connection; what comes of that has come when this returns. */
static void end_connection(enum ending ending, struct sock *client, struct sock *server)
{
	switch (ending) {
	case ENDING_SHUTDOWN:
		sock_shutdown(server, SHUT_WR);
		await_fin(client);
		return;
	case ENDING_CLOSE:
		sock_close(server);
		await_fin(client);
		sock_try_send(client, text, 0);
		break;
	case ENDING_CLOSE_UNREAD:
		sock_send_text(client, text);
		sock_await_data(server);
		sock_close(server);
		break;
	case ENDING_SHUTDOWN_RESET:
		sock_shutdown(server, SHUT_WR);
		await_fin(client);
		reset_by(server);
		break;
	case ENDING_REPLY_RESET:
		sock_send_text(server, text);
		sock_await_data(client);
		reset_by(server);
		break;
	case ENDING_COUNT:
		return;
	}
	await_state(client, STATE_GONE);
}

static void make_call(struct sock *client, enum sock_end_call call)
{
	switch (call) {
	case END_CALL_SEND:
		sock_try_send(client, text, 0);
		return;
	case END_CALL_RECV:
		sock_try_receive(client, strlen(text));
		return;
	case END_CALL_SO_ERROR:
		sock_take_error(client);
		return;
	case END_CALL_COUNT:
		return;
	}
}

static void run(struct probe_run *run)
{
	uint16_t port = 8080;

	for (int ending = 0; ending < ENDING_COUNT; ending++)
		for (size_t order = 0; order < LENGTH(orders); order++) {
			struct sock *client, *server;

			flow_establish(run, port++, &client, &server);
			end_connection((enum ending)ending, client, server);
			for (int i = 0; i < CALLS; i++)
				make_call(client, orders[order][i]);
		}
}

/* The socket as end_connection() left it. */
static struct sock_end ended_by(enum ending ending)
{
	struct sock_end end = {0};

	if (ending == ENDING_REPLY_RESET)
		end.unread = (int64_t)strlen(text);
	if (ending != ENDING_CLOSE_UNREAD && ending != ENDING_REPLY_RESET)
		sock_end_fin(&end);
	if (ending != ENDING_SHUTDOWN)
		sock_end_reset(&end);
	return end;
}

/* One connection of the grid. */
struct row {
	enum ending ending;
	const enum sock_end_call *order;
	const char *sock, *peer; /* labels: "c1", "s1" */
	struct moment from; /* the server ended it */
};

/* Words for the calls of @row, or for those called @only alone. */
static struct value predict_row(struct judge *judge, const struct row *row, const char *only)
{
	static const enum sock_end_call send = END_CALL_SEND;
	const struct end_calls calls = {row->order, CALLS, (int64_t)strlen(text), only};
	const struct end_calls first = {&send, 1, (int64_t)strlen(text), only};
	struct sock_end open = {.got_fin = true}, end = ended_by(row->ending);
	struct value before = predict_calls(judge, &open, &first);
	struct value words = predict_calls(judge, &end, &calls);

	/* The send() that draws the reset. */
	if (row->ending == ENDING_CLOSE && before.text && before.text[0] && words.text)
		words.text = judge_text(judge, "%s%s%s", before.text, words.text[0] ? ", " : "",
		                        words.text);
	return words;
}

static void judge_row_calls(struct judge *judge, const struct row *row, const char *name,
                            const char *only, const char *says, const char *rule)
{
	judge_words(judge, &(struct figure){
				   .name = name,
				   .says = value_words(says),
				   .predicts = predict_row(judge, row, only),
				   .measured = measure_calls(judge, SIDE_CLIENT, row->sock, only,
	                                                     row->from),
				   .rule = rule,
			   });
}

static bool row_has_once(const struct row *row, enum sock_end_call call)
{
	int times = 0;

	for (int i = 0; i < CALLS; i++)
		times += row->order[i] == call;
	return times == 1;
}

/* What the article says of a peer that has called close(). */
static void judge_article(struct judge *judge, const struct row *row)
{
	bool unread = row->ending == ENDING_CLOSE_UNREAD;

	if (row->ending != ENDING_CLOSE && !unread)
		return;
	if (row_has_once(row, END_CALL_SEND))
		judge_row_calls(judge, row, "send", "send",
		                unread ? "send EPIPE SIGPIPE" : "send 5, send EPIPE SIGPIPE",
		                "sk_stream_wait_connect(), sk_stream_error()");
	if (row_has_once(row, END_CALL_RECV))
		judge_row_calls(judge, row, "recv", "recv", "recv ECONNRESET",
		                "tcp_recvmsg_locked(): SOCK_DONE, then sk_err");
}

static void judge_row(struct judge *judge, const struct row *row)
{
	judge_case(judge, "%s: %s, %s, %s", ending_names[row->ending],
	           sock_end_call_name(row->order[0]), sock_end_call_name(row->order[1]),
	           sock_end_call_name(row->order[2]));
	judge_row_calls(judge, row, "calls", NULL, NULL,
	                "tcp_reset(), sk_stream_error(), tcp_recvmsg_locked(), sock_error()");
	judge_article(judge, row);
}

static void judge(const struct story *story, struct judge *judge)
{
	unsigned int number = 1;

	(void)story;
	judge_claim(judge, "close.peer-errors");
	for (int ending = 0; ending < ENDING_COUNT; ending++)
		for (size_t order = 0; order < LENGTH(orders); order++) {
			struct row row = {
				.ending = (enum ending)ending,
				.order = orders[order],
				.sock = judge_text(judge, "c%u", number),
				.peer = judge_text(judge, "s%u", number),
			};

			row.from = when_called(judge, SIDE_SERVER, row.peer,
			                       ending == ENDING_SHUTDOWN ||
			                                       ending == ENDING_SHUTDOWN_RESET
			                               ? "shutdown"
			                               : "close");
			judge_row(judge, &row);
			number++;
		}
}

const struct probe probe_close_peer_errors = {
	.id = "close.peer-errors",
	.title = "Errors at the end whose peer has closed",
	.question =
		"The peer has closed, shut down or reset the connection: what do send(), recv() "
		"and SO_ERROR come to, in each order?",
	.kernel_path = "tcp_fin(), tcp_reset(), sk_stream_wait_connect(), sk_stream_error(), "
		       "tcp_recvmsg_locked(), sock_error()",
	.wire = WIRE_KERNEL,
	.claims = {{"close.peer-errors", "C",
                    "After the peer's close() the first send() succeeds and draws a reset; then "
                    "recv() gives ECONNRESET and send() EPIPE with SIGPIPE."}},
	.run = run,
	.judge = judge,
};
