// SPDX-License-Identifier: GPL-2.0-or-later
/* Many sockets at once, and how many there are. */
#include <errno.h>
#include <stdio.h>

#include "probe_run.h"

void socks_connect_many(struct probe_run *run, struct many many, struct sock **socks)
{
	enum side to = side_other(many.side);

	for (size_t i = 0; i < many.count; i++) {
		uint16_t port = many.first_port ? (uint16_t)(many.first_port + i) : 0;

		socks[i] = sock_open_with(run, many.side, (struct sock_config){.port = port});
		sock_connect(socks[i], to, many.to_port);
	}
}

void socks_accept_many(struct sock *listener, size_t count, struct sock **socks)
{
	for (size_t i = 0; i < count; i++)
		socks[i] = sock_accept(listener);
}

/* ---- counts */

struct state_counts {
	uint32_t of[STATE_COUNT][OBJECT_COUNT];
	uint32_t total;
};

static void sock_counted(const struct endpoint *local, const struct endpoint *remote,
                         const struct sample *sample, void *arg)
{
	struct state_counts *counts = arg;

	(void)local;
	(void)remote;
	counts->of[sample->state][sample->object]++;
	counts->total++;
}

static void counts_emit(struct emit *emit, struct event *event, enum tcp_state state,
                        enum sock_object object, uint32_t count)
{
	event->counts.state = state;
	event->counts.object = object;
	event->counts.count = count;
	emit_event(emit, event);
}

size_t socks_on_port(struct probe_run *run, enum side side, uint16_t port)
{
	struct event event = {.kind = EVENT_COUNTS, .host = side, .t_ns = emit_now_ns(&run->emit)};
	struct state_counts counts = {0};
	struct fault fault;

	if (diag_dump(run->obs.diag[side], run->bench.addr[side].family, port, sock_counted,
	              &counts, &fault) < 0)
		emit_fail(&run->emit, &fault);
	event.counts.port = port;
	event.counts.total = counts.total;
	if (!counts.total)
		counts_emit(&run->emit, &event, STATE_GONE, OBJECT_NONE, 0);
	for (int state = 0; state < STATE_COUNT; state++)
		for (int object = 0; object < OBJECT_COUNT; object++)
			if (counts.of[state][object])
				counts_emit(&run->emit, &event, (enum tcp_state)state,
				            (enum sock_object)object, counts.of[state][object]);
	return counts.total;
}

void flow_establish(struct probe_run *run, uint16_t port, struct sock **client,
                    struct sock **server)
{
	struct sock *listener = sock_listen(run, SIDE_SERVER, port);

	*client = sock_open(run, SIDE_CLIENT);
	sock_connect(*client, SIDE_SERVER, port);
	*server = sock_accept(listener);
	await_state(*client, STATE_ESTABLISHED);
	await_state(*server, STATE_ESTABLISHED);
}

void flow_close(struct sock *first, struct sock *last)
{
	const struct record *rec = run_record(first->run);

	sock_close(first);
	await_state(first, model_finwait2_state(rec, first->host));
	await_state(last, STATE_CLOSE_WAIT);
	sock_close(last);
	await_state(first, model_timewait_state(rec, first->host));
	await_state(last, STATE_GONE);
}

void sock_read(struct sock *sock)
{
	struct watch *watch = &sock->run->watch;

	if (!sock->flow)
		return;
	sock->flow->asked = true;
	watch_touch(watch, sock->flow);
	watch_read(watch);
}
