// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * examine_edge: the edges between the states of a socket, each with what may cause it.
 *
 * RFC 9293 figure 5 and what Linux adds to it. STATE_CLOSE is both the beginning and the end;
 * a request sock is in SYN_RECV, a time-wait sock in FIN_WAIT2 or TIME_WAIT.
 */
#include <assert.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <string.h>

#include "../judge/model.h"
#include "examine_edge.h"

/* What a stimulus looks like: trace's word for it, and what the others saw of it. */
static const struct {
	const char *cause;
	unsigned int effects; /* of a segment that came in: all of them */
	const char *calls[4]; /* one of them */
} stimuli[] = {
	[BY_CONNECT] = {.cause = "syscall connect", .calls = {"connect", "sendto"}},
	[BY_LISTEN] = {.cause = "syscall listen", .calls = {"listen"}},
	[BY_CLOSE] = {.cause = "syscall close", .calls = {"close", "exit", "kill"}},
	[BY_SHUTDOWN] = {.cause = "syscall shutdown", .calls = {"shutdown"}},
	[BY_SYN] = {.cause = "packet", .effects = EFFECT_SYN},
	[BY_NEXT_SYN] = {.cause = "packet"},
	[BY_SYN_ACK] = {.cause = "packet", .effects = EFFECT_SYN | EFFECT_ACKS_SYN},
	[BY_ACK_OF_SYN] = {.cause = "packet", .effects = EFFECT_ACKS_SYN},
	[BY_ACK_OF_FIN] = {.cause = "packet", .effects = EFFECT_ACKS_FIN},
	[BY_FIN] = {.cause = "packet", .effects = EFFECT_FIN},
	[BY_RESET] = {.cause = "packet", .effects = EFFECT_RST},
	[BY_REFUSAL] = {.cause = "packet"},
	[BY_LATE_DATA] = {.cause = "packet", .effects = EFFECT_DATA},
	[BY_ICMP] = {.cause = "packet icmp"},
	[BY_WRITE_TIMER] = {.cause = "timer tcp_write_timer"},
	[BY_KEEPALIVE_TIMER] = {.cause = "timer tcp_keepalive_timer"},
	[BY_REQUEST_TIMER] = {.cause = "timer reqsk_timer_handler"},
	[BY_TIME_WAIT_TIMER] = {.cause = "timer tw_timer_handler"},
	[BY_DESTROY] = {.cause = "destroy", .calls = {"SOCK_DESTROY"}},
};
static_assert(sizeof(stimuli) / sizeof(stimuli[0]) == STIMULUS_COUNT, "every stimulus is known");

static const struct edge edges[] = {
	{STATE_CLOSE, STATE_LISTEN, BY_LISTEN}, /* inet_csk_listen_start() */
	{STATE_LISTEN, STATE_CLOSE, BY_CLOSE}, /* inet_csk_listen_stop() */
	{STATE_LISTEN, STATE_CLOSE, BY_LISTEN}, /* the port is taken: inet_csk_listen_start() */
	{STATE_LISTEN, STATE_CLOSE, BY_SHUTDOWN}, /* inet_shutdown() */
	{STATE_LISTEN, STATE_CLOSE, BY_DESTROY},
	{STATE_CLOSE, STATE_SYN_SENT, BY_CONNECT}, /* tcp_v4_connect() */
	{STATE_CLOSE, STATE_SYN_RECV, BY_SYN}, /* tcp_conn_request() */
	{STATE_CLOSE, STATE_SYN_RECV, BY_ACK_OF_SYN}, /* cookie_v4_check() */
	{STATE_CLOSE, STATE_SYN_RECV, BY_REQUEST_TIMER}, /* its listener's heir: tcp_migrate_req */

	{STATE_SYN_SENT, STATE_ESTABLISHED, BY_SYN_ACK, true}, /* tcp_finish_connect() */
	{STATE_SYN_SENT, STATE_SYN_RECV, BY_SYN, true}, /* tcp_rcv_synsent_state_process() */
	{STATE_SYN_SENT, STATE_CLOSE, BY_RESET, true}, /* tcp_reset() */
	{STATE_SYN_SENT, STATE_CLOSE, BY_ICMP}, /* tcp_v4_err() */
	{STATE_SYN_SENT, STATE_CLOSE, BY_WRITE_TIMER}, /* tcp_write_err() */
	{STATE_SYN_SENT, STATE_CLOSE, BY_CLOSE}, /* tcp_close_state() */
	{STATE_SYN_SENT, STATE_CLOSE, BY_SHUTDOWN}, /* inet_shutdown() */
	{STATE_SYN_SENT, STATE_CLOSE, BY_CONNECT}, /* tcp_disconnect() */
	{STATE_SYN_SENT, STATE_CLOSE, BY_DESTROY}, /* tcp_abort() */

	{STATE_SYN_RECV, STATE_ESTABLISHED, BY_ACK_OF_SYN}, /* tcp_rcv_state_process() */
	{STATE_SYN_RECV, STATE_FIN_WAIT1, BY_CLOSE}, /* tcp_close_state() */
	{STATE_SYN_RECV, STATE_FIN_WAIT1, BY_SHUTDOWN},
	{STATE_SYN_RECV, STATE_CLOSE, BY_RESET}, /* tcp_check_req(), tcp_reset() */
	{STATE_SYN_RECV, STATE_CLOSE, BY_REFUSAL}, /* tcp_check_req(): embryonic_reset */
	{STATE_SYN_RECV, STATE_CLOSE, BY_ICMP},
	{STATE_SYN_RECV, STATE_CLOSE, BY_REQUEST_TIMER}, /* reqsk_timer_handler() */
	{STATE_SYN_RECV, STATE_CLOSE, BY_WRITE_TIMER}, /* a simultaneous open */
	{STATE_SYN_RECV, STATE_CLOSE, BY_CLOSE}, /* its own, or its listener's */
	{STATE_SYN_RECV, STATE_CLOSE, BY_DESTROY},

	{STATE_ESTABLISHED, STATE_FIN_WAIT1, BY_CLOSE},
	{STATE_ESTABLISHED, STATE_FIN_WAIT1, BY_SHUTDOWN},
	/* shutdown() in SYN_RECV waits for this: tcp_rcv_state_process(), SEND_SHUTDOWN */
	{STATE_ESTABLISHED, STATE_FIN_WAIT1, BY_ACK_OF_SYN},
	{STATE_ESTABLISHED, STATE_CLOSE_WAIT, BY_FIN, true}, /* tcp_fin() */
	{STATE_ESTABLISHED, STATE_CLOSE, BY_RESET, true},
	{STATE_ESTABLISHED, STATE_CLOSE, BY_WRITE_TIMER},
	{STATE_ESTABLISHED, STATE_CLOSE, BY_KEEPALIVE_TIMER},
	{STATE_ESTABLISHED, STATE_CLOSE, BY_CLOSE}, /* SO_LINGER 0, data unread */
	{STATE_ESTABLISHED, STATE_CLOSE, BY_CONNECT}, /* AF_UNSPEC: tcp_disconnect() */
	{STATE_ESTABLISHED, STATE_CLOSE, BY_DESTROY},

	{STATE_CLOSE_WAIT, STATE_LAST_ACK, BY_CLOSE},
	{STATE_CLOSE_WAIT, STATE_LAST_ACK, BY_SHUTDOWN},
	{STATE_CLOSE_WAIT, STATE_CLOSE, BY_RESET, true},
	{STATE_CLOSE_WAIT, STATE_CLOSE, BY_WRITE_TIMER},
	{STATE_CLOSE_WAIT, STATE_CLOSE, BY_KEEPALIVE_TIMER},
	{STATE_CLOSE_WAIT, STATE_CLOSE, BY_CLOSE},
	{STATE_CLOSE_WAIT, STATE_CLOSE, BY_CONNECT},
	{STATE_CLOSE_WAIT, STATE_CLOSE, BY_DESTROY},

	{STATE_FIN_WAIT1, STATE_FIN_WAIT2, BY_ACK_OF_FIN, true}, /* tcp_rcv_state_process() */
	{STATE_FIN_WAIT1, STATE_CLOSING, BY_FIN, true}, /* tcp_fin() */
	{STATE_FIN_WAIT1, STATE_CLOSE, BY_RESET, true},
	{STATE_FIN_WAIT1, STATE_CLOSE, BY_LATE_DATA}, /* after close(): tcp_reset() */
	{STATE_FIN_WAIT1, STATE_CLOSE, BY_ACK_OF_FIN}, /* TCP_LINGER2 below 0 */
	{STATE_FIN_WAIT1, STATE_CLOSE, BY_WRITE_TIMER},
	{STATE_FIN_WAIT1, STATE_CLOSE, BY_KEEPALIVE_TIMER},
	{STATE_FIN_WAIT1, STATE_CLOSE, BY_CLOSE},
	{STATE_FIN_WAIT1, STATE_CLOSE, BY_DESTROY},

	{STATE_FIN_WAIT2, STATE_TIME_WAIT, BY_FIN, true}, /* tcp_fin(), or its time-wait sock */
	{STATE_FIN_WAIT2, STATE_CLOSE, BY_RESET},
	{STATE_FIN_WAIT2, STATE_CLOSE, BY_LATE_DATA},
	{STATE_FIN_WAIT2, STATE_CLOSE, BY_ACK_OF_FIN}, /* no time-wait sock: tcp_max_tw_buckets */
	{STATE_FIN_WAIT2, STATE_CLOSE, BY_FIN},
	{STATE_FIN_WAIT2, STATE_CLOSE, BY_KEEPALIVE_TIMER}, /* tcp_keepalive_timer() */
	{STATE_FIN_WAIT2, STATE_CLOSE, BY_TIME_WAIT_TIMER}, /* inet_twsk_kill() */
	{STATE_FIN_WAIT2, STATE_CLOSE, BY_CLOSE}, /* TCP_LINGER2 below 0, data unread */
	{STATE_FIN_WAIT2, STATE_CLOSE, BY_DESTROY},

	{STATE_CLOSING, STATE_TIME_WAIT, BY_ACK_OF_FIN, true}, /* tcp_time_wait() */
	{STATE_CLOSING, STATE_CLOSE, BY_ACK_OF_FIN}, /* no time-wait sock */
	{STATE_CLOSING, STATE_CLOSE, BY_RESET, true},
	{STATE_CLOSING, STATE_CLOSE, BY_WRITE_TIMER},
	{STATE_CLOSING, STATE_CLOSE, BY_CLOSE},
	{STATE_CLOSING, STATE_CLOSE, BY_DESTROY},

	{STATE_LAST_ACK, STATE_CLOSE, BY_ACK_OF_FIN, true}, /* tcp_done() */
	{STATE_LAST_ACK, STATE_CLOSE, BY_RESET, true},
	{STATE_LAST_ACK, STATE_CLOSE, BY_WRITE_TIMER},
	{STATE_LAST_ACK, STATE_CLOSE, BY_KEEPALIVE_TIMER},
	{STATE_LAST_ACK, STATE_CLOSE, BY_CLOSE},
	{STATE_LAST_ACK, STATE_CLOSE, BY_DESTROY},

	/* after shutdown(): tcp_close_state() sets the state that it is in already */
	{STATE_FIN_WAIT1, STATE_FIN_WAIT1, BY_CLOSE},
	{STATE_FIN_WAIT2, STATE_FIN_WAIT2, BY_CLOSE},
	{STATE_CLOSING, STATE_CLOSING, BY_CLOSE},
	{STATE_LAST_ACK, STATE_LAST_ACK, BY_CLOSE},

	{STATE_TIME_WAIT, STATE_CLOSE, BY_TIME_WAIT_TIMER},
	{STATE_TIME_WAIT, STATE_CLOSE, BY_RESET}, /* RFC 1337's assassination */
	{STATE_TIME_WAIT, STATE_CLOSE, BY_NEXT_SYN}, /* tcp_timewait_state_process(): TCP_TW_SYN */
	{STATE_TIME_WAIT, STATE_CLOSE, BY_CONNECT}, /* tcp_tw_reuse: by another socket */
	{STATE_TIME_WAIT, STATE_CLOSE, BY_DESTROY},
};

const struct edge *edge_next(enum tcp_state from, const struct edge *after)
{
	const struct edge *end = edges + sizeof(edges) / sizeof(edges[0]);

	for (const struct edge *edge = after ? after + 1 : edges; edge < end; edge++)
		if (edge->from == from)
			return edge;
	return NULL;
}

unsigned int stimulus_effects(enum stimulus by)
{
	return stimuli[by].effects;
}

bool stimulus_has_cause(enum stimulus by, const char *cause)
{
	if (by == BY_CLOSE && !strcmp(cause, "exit"))
		return true;
	/* tcp_sendmsg_fastopen() connects */
	if (by == BY_CONNECT && !strcmp(cause, "syscall sendmsg"))
		return true;
	return !cause[0] || !strcmp(stimuli[by].cause, cause);
}

static bool is_stimulus_call(const struct happening *h, enum stimulus by)
{
	for (size_t i = 0; i < 4 && stimuli[by].calls[i]; i++)
		if (is_call(h, stimuli[by].calls[i]))
			return true;
	return false;
}

/*
 * Whether its process had been told to end by @at_ns. It closes its sockets when it gets the
 * processor; the step that waits for that reads the socket then.
 */
static bool process_is_ending(const struct exam *exam, const struct end *end, int64_t at_ns)
{
	for (size_t i = end_from(end, at_ns); i-- > 0;) {
		const struct happening *h = &end->items[i];

		exam_look(exam);
		if (is_event(h, EVENT_SAMPLE))
			return false;
		if (is_call(h, "exit") || is_call(h, "kill"))
			return true;
	}
	return false;
}

/* Whether a call that began before @at_ns had not returned by then: close() may sleep. */
static bool call_lasts(const struct exam *exam, const struct end *end, enum stimulus by,
                       int64_t at_ns)
{
	for (size_t i = end_from(end, at_ns); i-- > 0;) {
		const struct happening *h = &end->items[i];

		exam_look(exam);
		if (is_event(h, EVENT_CALL))
			return is_stimulus_call(h, by) && h->t_ns + h->event->call.took_ns >= at_ns;
	}
	return false;
}

static bool end_has(const struct exam *exam, const struct end *end, enum stimulus by,
                    int64_t from_ns, int64_t to_ns)
{
	unsigned int effects = stimuli[by].effects;

	for (size_t i = end_from(end, from_ns); i < end->count && end->items[i].t_ns <= to_ns;
	     i++) {
		const struct happening *h = &end->items[i];

		exam_look(exam);
		if (effects ? is_segment(h, true) && (h->effects & effects) == effects
		            : is_stimulus_call(h, by))
			return true;
	}
	if (!effects && call_lasts(exam, end, by, from_ns))
		return true;
	return by == BY_CLOSE && process_is_ending(exam, end, from_ns);
}

/* A reset of its own has left. */
static bool end_resets(const struct exam *exam, const struct end *end, int64_t from_ns,
                       int64_t to_ns)
{
	for (size_t i = end_from(end, from_ns); i < end->count && end->items[i].t_ns <= to_ns;
	     i++) {
		const struct happening *h = &end->items[i];

		exam_look(exam);
		if (is_segment(h, false) && (h->flight->packet->flags & TCP_FLAG_RST))
			return true;
	}
	return false;
}

/* A port's TIME_WAIT ends for another socket that connects. */
static bool others_connect(const struct exam *exam, const struct end *end, int64_t from_ns,
                           int64_t to_ns)
{
	for (size_t i = connects_from(exam, from_ns);
	     i < exam->connect_count && exam->connects[i]->t_ns <= to_ns; i++) {
		const struct happening *h = exam->connects[i];

		exam_look(exam);
		if (h->host == end->host && strcmp(h->sock, end->sock) != 0)
			return true;
	}
	return false;
}

/* A listener that is closed takes what it has not handed out with it. */
static bool listeners_close(const struct exam *exam, const struct end *end, int64_t from_ns,
                            int64_t to_ns)
{
	for (size_t i = 0; i < exam->listener_count; i++) {
		const struct end *listener = exam->listeners[i];

		exam_look(exam);
		if (listener != end && listener->host == end->host &&
		    (end_has(exam, listener, BY_CLOSE, from_ns, to_ns) ||
		     end_has(exam, listener, BY_DESTROY, from_ns, to_ns)))
			return true;
	}
	return false;
}

/* The first segment that came in to the end with one of @flags (0: any) then; NULL: none. */
static const struct packet *end_heard(const struct exam *exam, const struct end *end,
                                      uint16_t flags, int64_t from_ns, int64_t to_ns)
{
	for (size_t i = end_from(end, from_ns); i < end->count && end->items[i].t_ns <= to_ns;
	     i++) {
		const struct happening *h = &end->items[i];

		exam_look(exam);
		if (is_segment(h, true) && (!flags || (h->flight->packet->flags & flags)))
			return h->flight->packet;
	}
	return NULL;
}

/* The last segment that came in to the end with one of @flags (0: any) then; NULL: none. */
static const struct happening *end_heard_last(const struct exam *exam, const struct end *end,
                                              uint16_t flags, int64_t from_ns, int64_t to_ns)
{
	for (size_t i = end_from(end, to_ns + 1); i-- > 0 && end->items[i].t_ns >= from_ns;) {
		const struct happening *h = &end->items[i];

		exam_look(exam);
		if (is_segment(h, true) && (!flags || (h->flight->packet->flags & flags)))
			return h;
	}
	return NULL;
}

/* The last SYN on the four-tuple of @end then that came to another end; NULL: none. */
static const struct happening *next_syn(const struct exam *exam, const struct end *end,
                                        int64_t from_ns, int64_t to_ns)
{
	const struct packet *own = end_heard(exam, end, 0, INT64_MIN, to_ns);
	const struct happening *last = NULL;

	for (size_t i = 0; own && i < exam->end_count; i++) {
		const struct end *other = &exam->ends[i];
		const struct happening *syn;

		if (other == end || other->host != end->host)
			continue;
		syn = end_heard_last(exam, other, TCP_FLAG_SYN, from_ns, to_ns);
		if (syn && (!last || syn->t_ns > last->t_ns) &&
		    endpoint_equal(&syn->flight->packet->src, &own->src) &&
		    endpoint_equal(&syn->flight->packet->dst, &own->dst))
			last = syn;
	}
	return last;
}

int64_t next_syn_restarts_ns(const struct exam *exam, const struct end *end, int64_t from_ns,
                             int64_t to_ns)
{
	const struct happening *syn = next_syn(exam, end, from_ns, to_ns);
	const struct happening *last = end_heard_last(exam, end, TCP_FLAG_ACK, INT64_MIN, to_ns);
	struct timewait known;

	if (!syn || !last)
		return NEVER;
	known = (struct timewait){.rcv_nxt = last->rcv_nxt,
	                          .ts_recent = last->flight->packet->ts_val};
	return model_timewait_on(exam->story->rec, end->host, &known, syn->flight->packet) ==
	                       TIMEWAIT_RESTARTS
	               ? syn->t_ns
	               : NEVER;
}

/* Its first segment, by which its addresses are known; NULL: none was seen. */
static const struct happening *end_segment(const struct end *end)
{
	for (size_t i = 0; i < end->count; i++)
		if (end->items[i].flight)
			return &end->items[i];
	return NULL;
}

/* Whether @icmp quotes a segment of the end whose first was @own; where nobody can tell, it may. */
static bool icmp_is_about(const struct packet *icmp, const struct happening *own)
{
	const struct packet *packet = own ? own->flight->packet : NULL;

	if (!packet || !icmp->inner.src.family)
		return true;
	return endpoint_equal(&icmp->inner.src, own->arrives ? &packet->dst : &packet->src) &&
	       endpoint_equal(&icmp->inner.dst, own->arrives ? &packet->src : &packet->dst);
}

bool icmp_came(const struct exam *exam, const struct end *end, int64_t from_ns, int64_t to_ns)
{
	const struct happening *own = end_segment(end);

	for (size_t i = icmp_from(exam, from_ns);
	     i < exam->icmp_count && exam->icmp[i]->arrive_ns <= to_ns; i++) {
		exam_look(exam);
		if (flight_to(exam->icmp[i]) == end->host &&
		    icmp_is_about(exam->icmp[i]->packet, own))
			return true;
	}
	return false;
}

/* tcp_v4_err(): no route to the network, to the host; tcp_v6_err(): no route alone. */
static bool icmp_may_revert(const struct packet *icmp)
{
	if (icmp->protocol == IPPROTO_ICMPV6)
		return icmp->icmp_type == ICMP6_DST_UNREACH &&
		       icmp->icmp_code == ICMP6_DST_UNREACH_NOROUTE;
	return icmp->icmp_type == ICMP_DEST_UNREACH &&
	       (icmp->icmp_code == ICMP_NET_UNREACH || icmp->icmp_code == ICMP_HOST_UNREACH);
}

unsigned int icmp_reverts(const struct exam *exam, const struct end *end, uint32_t seq,
                          int64_t from_ns, int64_t to_ns)
{
	const struct happening *own = end_segment(end);
	unsigned int count = 0;

	for (size_t i = icmp_from(exam, from_ns);
	     i < exam->icmp_count && exam->icmp[i]->arrive_ns <= to_ns; i++) {
		const struct packet *icmp = exam->icmp[i]->packet;

		exam_look(exam);
		count += flight_to(exam->icmp[i]) == end->host && icmp_is_about(icmp, own) &&
		         icmp->inner.seq == seq && icmp_may_revert(icmp);
	}
	return count;
}

bool stimulus_seen(const struct exam *exam, const struct end *end, enum stimulus by,
                   int64_t from_ns, int64_t to_ns)
{
	from_ns -= exam->slack_ns;
	to_ns += EXAMINE_SKEW_NS;
	switch (by) {
	case BY_SYN:
	case BY_SYN_ACK:
	case BY_ACK_OF_SYN:
	case BY_ACK_OF_FIN:
	case BY_FIN:
	case BY_RESET:
	case BY_LATE_DATA:
	case BY_LISTEN:
	case BY_SHUTDOWN:
	case BY_DESTROY:
		return end_has(exam, end, by, from_ns, to_ns);
	case BY_REFUSAL:
		return end_resets(exam, end, from_ns, to_ns);
	case BY_NEXT_SYN:
		return next_syn(exam, end, from_ns, to_ns) != NULL;
	case BY_CONNECT:
		return end_has(exam, end, by, from_ns, to_ns) ||
		       others_connect(exam, end, from_ns, to_ns);
	case BY_CLOSE:
		return end_has(exam, end, by, from_ns, to_ns) ||
		       listeners_close(exam, end, from_ns, to_ns);
	case BY_ICMP:
		return icmp_came(exam, end, from_ns, to_ns);
	case BY_WRITE_TIMER:
	case BY_KEEPALIVE_TIMER:
	case BY_REQUEST_TIMER:
	case BY_TIME_WAIT_TIMER:
		return timer_may_fire(exam, end, by, from_ns, to_ns);
	case STIMULUS_COUNT:
		break;
	}
	return false;
}
