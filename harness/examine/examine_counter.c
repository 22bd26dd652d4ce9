// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * examine_counter: MIB counters, predicted from the segments and from the walks.
 *
 * The kernel counts where it works (net/ipv4/tcp_output.c, tcp_input.c, tcp_timer.c), so
 * what the counters grew by follows from what was seen. A prediction is a range where a frame
 * crossed the reading of the counters, or where kernels of different versions count
 * differently. A counter that the record does not have did not change, or is not known to
 * that kernel: then only a prediction that needs it to exist everywhere is held against it.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "examine_counter.h"

/* ---- what was seen of the ends ---- */

static struct range range_exactly(int64_t n)
{
	return (struct range){.lo = n, .hi = n};
}

typedef bool (*happening_fn)(const struct end *end, const struct happening *h);

static struct range count_happenings(const struct tally *tally, happening_fn is_counted)
{
	const struct exam *exam = tally->exam;
	struct range range = {0, 0};

	for (size_t i = 0; i < exam->end_count; i++) {
		const struct end *end = &exam->ends[i];

		for (size_t j = 0; j < end->count && end->host == tally->host; j++)
			if (is_counted(end, &end->items[j]))
				range_add(tally, &range, end->items[j].t_ns);
	}
	return range;
}

static bool is_syn_ack(const struct happening *h)
{
	const uint8_t both = TCP_FLAG_SYN | TCP_FLAG_ACK;

	return (h->flight->packet->flags & both) == both;
}

/* An end that began with a SYN of its own, not with a SYN+ACK. */
static bool end_is_active(const struct end *end)
{
	for (size_t i = 0; i < end->count; i++)
		if (is_segment(&end->items[i], false))
			return !is_syn_ack(&end->items[i]);
	return false;
}

/*
 * tcp_transmit_skb() counts what is new in OutSegs, __tcp_retransmit_skb() the rest in
 * RetransSegs. Two exceptions: a request sock's SYN+ACK is made anew each time
 * (tcp_make_synack(), tcp_rtx_synack()) and counts in both; and the SYN+ACK that answers a
 * crossing SYN (tcp_send_synack()) is old and no retransmission: it counts in neither. A
 * cookie (cookie_init_sequence()) is none either, however often it is sent.
 */
static bool counts_out_again(const struct end *end, const struct happening *h)
{
	return is_segment(h, false) && h->again && (!is_syn_ack(h) || end_is_active(end));
}

/* Whether a socket was there before @h: a SYN that is answered by a cookie leaves none. */
static bool end_was_kept(const struct end *end, const struct happening *h)
{
	for (const struct happening *i = end->items; i < h; i++)
		if (is_event(i, EVENT_MINI_SOCKET) || is_event(i, EVENT_TRANSITION) ||
		    (is_event(i, EVENT_SAMPLE) && i->event->sample.object != OBJECT_NONE))
			return true;
	return false;
}

static bool counts_retransmitted(const struct end *end, const struct happening *h)
{
	if (!is_segment(h, false) || !h->again)
		return false;
	if (is_syn_ack(h) && !end_is_active(end))
		return end_was_kept(end, h);
	return !is_syn_ack(h) || h->resends > 1;
}

static struct range predict_out_segs(const struct tally *tally)
{
	struct range all = predict_left(tally);
	struct range again = count_happenings(tally, counts_out_again);

	return (struct range){.lo = all.lo - again.hi, .hi = all.hi - again.lo};
}

static struct range predict_retrans_segs(const struct tally *tally)
{
	return count_happenings(tally, counts_retransmitted);
}

static bool is_first_syn(const struct end *end, const struct happening *h)
{
	return is_segment(h, false) && !h->again && end_is_active(end) &&
	       (h->flight->packet->flags & TCP_FLAG_SYN);
}

static struct range predict_active_opens(const struct tally *tally)
{
	return count_happenings(tally, is_first_syn);
}

static bool is_transition_to_close(const struct happening *h)
{
	return is_event(h, EVENT_TRANSITION) && h->event->transition.to == STATE_CLOSE;
}

static bool is_given_up(const struct happening *h, const char *timer)
{
	return is_transition_to_close(h) && !strcmp(h->event->transition.cause, timer);
}

static bool is_write_timer_end(const struct end *end, const struct happening *h)
{
	(void)end;
	return is_given_up(h, "timer tcp_write_timer");
}

static bool is_retransmit_end(const struct end *end, const struct happening *h)
{
	return !end->window_ends && is_write_timer_end(end, h);
}

/* An answer leaves so soon after what it answers, however late the machine is. */
#define ANSWER_NS (NS_PER_S / 2)

/* tcp_send_active_reset() acknowledges; a reset that answers an ACK does not. */
static bool resets_actively(const struct end *end, const struct happening *h)
{
	const uint8_t both = TCP_FLAG_RST | TCP_FLAG_ACK;

	for (size_t i = 0; i < end->count; i++)
		if (is_segment(&end->items[i], false) &&
		    (end->items[i].flight->packet->flags & both) == both &&
		    llabs(end->items[i].t_ns - h->t_ns) <= ANSWER_NS)
			return true;
	return false;
}

/* tcp_out_of_resources() resets; tcp_write_err() does not. */
static bool is_out_of_resources(const struct end *end, const struct happening *h)
{
	return is_write_timer_end(end, h) && resets_actively(end, h);
}

/* __tcp_close() resets after its FIN: tcp_check_oom(), or there was data to be read. */
static bool may_be_out_of_resources(const struct end *end, const struct happening *h)
{
	return is_out_of_resources(end, h) ||
	       (is_transition_to_close(h) && h->event->transition.from != STATE_ESTABLISHED &&
	        end->closed_ns <= h->t_ns && resets_actively(end, h));
}

static struct range predict_out_of_resources(const struct tally *tally)
{
	return (struct range){.lo = count_happenings(tally, is_out_of_resources).lo,
	                      .hi = count_happenings(tally, may_be_out_of_resources).hi};
}

/* tcp_write_err(); the keepalive timer of an orphan in FIN_WAIT2 is another matter. */
static bool is_timed_out(const struct end *end, const struct happening *h)
{
	return (is_write_timer_end(end, h) && !resets_actively(end, h)) ||
	       (is_given_up(h, "timer tcp_keepalive_timer") &&
	        (h->event->transition.from != STATE_FIN_WAIT2 || end->closed_ns > h->t_ns));
}

static struct range predict_timed_out(const struct tally *tally)
{
	return count_happenings(tally, is_timed_out);
}

/* tcp_set_state(): straight from ESTABLISHED or CLOSE_WAIT to CLOSE. */
static bool is_estab_reset(const struct end *end, const struct happening *h)
{
	(void)end;
	return is_transition_to_close(h) && (h->event->transition.from == STATE_ESTABLISHED ||
	                                     h->event->transition.from == STATE_CLOSE_WAIT);
}

static struct range predict_estab_resets(const struct tally *tally)
{
	return count_happenings(tally, is_estab_reset);
}

static bool is_birth(const struct end *end, const struct happening *h)
{
	(void)end;
	return is_event(h, EVENT_TRANSITION) && h->event->transition.from == STATE_LISTEN &&
	       h->event->transition.to == STATE_SYN_RECV;
}

static struct range predict_passive_opens(const struct tally *tally)
{
	return count_happenings(tally, is_birth);
}

/* Still in ESTABLISHED; in CLOSE_WAIT only kernels from 6.11 on count it. */
static struct range predict_established(const struct tally *tally)
{
	const struct exam *exam = tally->exam;
	struct range range = {0, 0};

	for (size_t i = 0; i < exam->end_count; i++) {
		const struct end *end = &exam->ends[i];
		enum tcp_state last =
			end->stay_count ? end->stays[end->stay_count - 1].state : STATE_CLOSE;

		if (end->host != tally->host)
			continue;
		range.lo += last == STATE_ESTABLISHED;
		range.hi += last == STATE_ESTABLISHED || last == STATE_CLOSE_WAIT;
	}
	return range;
}

static int64_t sum_ends(const struct tally *tally, size_t offset)
{
	const struct exam *exam = tally->exam;
	int64_t sum = 0;

	for (size_t i = 0; i < exam->end_count; i++)
		if (exam->ends[i].host == tally->host)
			sum += *(const unsigned int *)((const char *)&exam->ends[i] + offset);
	return sum;
}

/*
 * reqsk_timer_handler(): each of its time-outs counts, tcp_syn_ack_timeout(). A SYN that
 * comes once more is answered at once, or never (tcp_check_req(), tcp_oow_rate_limited()):
 * that is none.
 */
static bool is_request_timeout(const struct end *end, const struct happening *h)
{
	int64_t t_ns = h->t_ns;

	if (!is_segment(h, false) || !h->again || !is_syn_ack(h) || end_is_active(end))
		return false;
	while (h-- > end->items)
		if (h->flight)
			return !h->arrives || t_ns - h->t_ns > ANSWER_NS ||
			       !(h->flight->packet->flags & TCP_FLAG_SYN);
	return false;
}

/* The last time-out of a request ends it, and sends nothing. */
static int64_t ends_in_request(const struct tally *tally)
{
	const struct exam *exam = tally->exam;
	int64_t count = 0;

	for (size_t i = 0; i < exam->end_count; i++) {
		const struct end *end = &exam->ends[i];

		for (size_t j = 1; end->host == tally->host && j < end->stay_count; j++)
			count += end->stays[j].state == STATE_CLOSE &&
			         end->stays[j - 1].state == STATE_SYN_RECV;
	}
	return count;
}

/* tcp_retransmit_timer() counts before it asks whether to give up; tcp_probe_timer() does not. */
static struct range predict_timeouts(const struct tally *tally)
{
	struct range ends = count_happenings(tally, is_retransmit_end);
	struct range requests = count_happenings(tally, is_request_timeout);
	int64_t sent = sum_ends(tally, offsetof(struct end, timeouts));
	int64_t either = sum_ends(tally, offsetof(struct end, either)) +
	                 sum_ends(tally, offsetof(struct end, maybe));

	return (struct range){
		.lo = sent + ends.lo + requests.lo +
	              sum_ends(tally, offsetof(struct end, silent_lo)),
		.hi = sent + ends.hi + requests.hi + either + ends_in_request(tally) +
	              sum_ends(tally, offsetof(struct end, silent_hi)),
	};
}

/* Both together: which of the two it was is not always to be told, that it was one is. */
static struct range predict_timeouts_and_probes(const struct tally *tally)
{
	struct range range = predict_timeouts(tally);
	int64_t probes = sum_ends(tally, offsetof(struct end, loss_probes));

	range.lo += probes + sum_ends(tally, offsetof(struct end, either));
	range.hi += probes + sum_ends(tally, offsetof(struct end, fresh));
	return range;
}

static struct range predict_loss_probes(const struct tally *tally)
{
	int64_t probes = sum_ends(tally, offsetof(struct end, loss_probes));

	return (struct range){.lo = probes,
	                      .hi = probes + sum_ends(tally, offsetof(struct end, either)) +
	                            sum_ends(tally, offsetof(struct end, maybe)) +
	                            sum_ends(tally, offsetof(struct end, fresh))};
}

static struct range predict_keepalives(const struct tally *tally)
{
	return range_exactly(sum_ends(tally, offsetof(struct end, keepalives)));
}

static struct range predict_window_probes(const struct tally *tally)
{
	return range_exactly(sum_ends(tally, offsetof(struct end, window_probes)));
}

/* ---- holding it against what was counted ---- */

static const struct {
	const char *name;
	predict_fn predict;
	bool traced; /* can be told with trace alone */
	const char *and; /* this one's growth is added; NULL: none */
} counters[] = {
	{"Tcp.InSegs", predict_in_segs},
	{"Tcp.OutSegs", predict_out_segs},
	{"Tcp.RetransSegs", predict_retrans_segs},
	{"Tcp.OutRsts", predict_out_rsts},
	{"Tcp.ActiveOpens", predict_active_opens},
	{"Tcp.PassiveOpens", predict_passive_opens, true},
	{"Tcp.EstabResets", predict_estab_resets, true},
	{"Tcp.CurrEstab", predict_established, true},
	{"TcpExt.TCPTimeouts", predict_timeouts, true},
	{"TcpExt.TCPLossProbes", predict_loss_probes},
	{"TcpExt.TCPTimeouts", predict_timeouts_and_probes, true, "TcpExt.TCPLossProbes"},
	{"TcpExt.TCPKeepAlive", predict_keepalives},
	{"TcpExt.TCPWinProbe", predict_window_probes},
	{"TcpExt.TCPAbortOnTimeout", predict_timed_out, true},
	{"TcpExt.TCPAbortOnMemory", predict_out_of_resources, true},
	{"Ip.InReceives", predict_ip_in},
	{"Ip.InDelivers", predict_ip_delivered},
	{"Ip.OutRequests", predict_ip_out},
	{"Link.RxDropped", predict_link_dropped},
};

/* One of those at the end of the run, not at a mark before. */
static bool is_reading(const struct tally *tally, const struct event *event)
{
	return event->kind == EVENT_COUNTER && event->host == tally->host &&
	       !event->counter.mark[0];
}

/* The first counter's stamp: they are all read at once. False: none was recorded. */
static bool tally_read(struct tally *tally)
{
	const struct story *story = tally->exam->story;

	for (size_t i = 0; i < story->event_count; i++)
		if (is_reading(tally, story->events[i])) {
			tally->read_ns = story->events[i]->t_ns;
			return true;
		}
	tally->read_ns = story->end_ns;
	return false;
}

static int64_t counter_growth(const struct tally *tally, const char *name)
{
	const struct story *story = tally->exam->story;
	int64_t growth = 0;

	for (size_t i = 0; i < story->event_count; i++)
		if (is_reading(tally, story->events[i]) &&
		    !strcmp(story->events[i]->counter.name, name))
			growth += story->events[i]->counter.delta;
	return growth;
}

static void examine_counter(struct exam *exam, const struct tally *tally, size_t i)
{
	struct range range = counters[i].predict(tally);
	int64_t growth = counter_growth(tally, counters[i].name);
	const struct ground ground = {
		.t_ns = tally->read_ns,
		.rests_on = RESTS(OBSERVER_COUNTERS) | RESTS(OBSERVER_TAP) |
	                    (counters[i].traced ? RESTS(OBSERVER_TRACE) : 0),
	};

	if (counters[i].and)
		growth += counter_growth(tally, counters[i].and);
	if (growth >= range.lo && growth <= range.hi)
		return;
	complain(exam, &ground, "%s %s%s%s grew by %lld: %lld to %lld follow from what was seen",
	         side_name(tally->host), counters[i].name, counters[i].and ? " and " : "",
	         counters[i].and ? counters[i].and : "", (long long)growth, (long long)range.lo,
	         (long long)range.hi);
}

static void tally_examine(struct exam *exam, const struct tally *tally)
{
	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++)
		if (!counters[i].traced || examine_has(exam, OBSERVER_TRACE))
			examine_counter(exam, tally, i);
}

void examine_counters(struct exam *exam)
{
	enum outcome outcome = exam->story->rec->outcome;
	bool whole = outcome == OUTCOME_OK || outcome == OUTCOME_MODEL_FAILED;
	struct tally tallies[SIDE_COUNT];
	bool read = false;

	for (int host = 0; host < SIDE_COUNT; host++) {
		tallies[host] = (struct tally){.exam = exam, .host = (enum side)host};
		own_addresses_collect(&tallies[host]);
		read |= tally_read(&tallies[host]);
	}
	/* a run that broke off may not have come to reading them */
	for (int host = 0; host < SIDE_COUNT; host++) {
		if (examine_has(exam, OBSERVER_COUNTERS) && (read || whole))
			tally_examine(exam, &tallies[host]);
		free(tallies[host].own);
	}
}
