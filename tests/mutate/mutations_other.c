// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls, counters, sysctls and lateness. */
#include <errno.h>

#include "mutations_parts.h"

static bool is_call_on_flow(const struct record *rec, const struct event *event)
{
	(void)rec;
	return event->kind == EVENT_CALL && event->sock[0] && event->sock[0] != 'l';
}

static bool moves_state(const struct record *rec, const struct event *event)
{
	return is_call_on_flow(rec, event) &&
	       (!strcmp(event->call.name, "close") || !strcmp(event->call.name, "connect") ||
	        !strcmp(event->call.name, "shutdown"));
}

static bool call_drop(struct record *rec, uint64_t seed)
{
	return change(rec, seed, moves_state, drop);
}

static bool call_later(struct record *rec, uint64_t seed)
{
	return change(rec, seed, moves_state, move_later);
}

static bool call_host(struct record *rec, uint64_t seed)
{
	return change(rec, seed, moves_state, turn_host);
}

static void set_name(struct record *rec, struct event *event)
{
	(void)rec;
	event->call.name = "recv";
}

static bool call_name(struct record *rec, uint64_t seed)
{
	return change(rec, seed, moves_state, set_name);
}

static bool is_send(const struct record *rec, const struct event *event)
{
	return is_call_on_flow(rec, event) && !strcmp(event->call.name, "send");
}

static void set_result(struct record *rec, struct event *event)
{
	(void)rec;
	event->call.result -= 1;
}

static bool call_result(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_send, set_result);
}

static bool is_error(const struct record *rec, const struct event *event)
{
	return is_call_on_flow(rec, event) && event->call.err == ETIMEDOUT;
}

static void set_errno(struct record *rec, struct event *event)
{
	(void)rec;
	event->call.err = ECONNRESET;
}

static bool call_errno(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_error, set_errno);
}

static bool is_accept(const struct record *rec, const struct event *event)
{
	return is_call_on_flow(rec, event) && !strcmp(event->call.name, "accept");
}

static void set_address(struct record *rec, struct event *event)
{
	(void)rec;
	event->call.args = "10.0.0.1:1";
}

static bool call_address(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_accept, set_address);
}

/* Those of the kernel's own book-keeping that say nothing of a segment or a state. */
static bool is_counted(const struct record *rec, const struct event *event)
{
	(void)rec;
	return event->kind == EVENT_COUNTER && !strncmp(event->counter.name, "Tcp.", 4);
}

static void set_counter(struct record *rec, struct event *event)
{
	(void)rec;
	event->counter.delta += 1;
}

static bool counter_more(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_counted, set_counter);
}

static bool counter_drop(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_counted, drop);
}

static void set_counter_host(struct record *rec, struct event *event)
{
	(void)rec;
	event->host = side_other(event->host);
}

static bool counter_host(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_counted, set_counter_host);
}

static bool is_timer_counter(const struct record *rec, const struct event *event)
{
	(void)rec;
	return event->kind == EVENT_COUNTER &&
	       (!strcmp(event->counter.name, "TcpExt.TCPTimeouts") ||
	        !strcmp(event->counter.name, "TcpExt.TCPLossProbes") ||
	        !strcmp(event->counter.name, "TcpExt.TCPKeepAlive"));
}

static bool counter_timers(struct record *rec, uint64_t seed)
{
	return change(rec, seed, is_timer_counter, set_counter);
}

static bool sysctl_set(struct record *rec, const char *name, const char *value)
{
	bool any = false;

	for (int host = 0; host < SIDE_COUNT; host++)
		any |= settings_get(&rec->sysctls[host], name) &&
		       settings_put(&rec->sysctls[host], name, value) == 0;
	return any;
}

static bool sysctl_timestamps(struct record *rec, uint64_t seed)
{
	(void)seed;
	return sysctl_set(rec, "net.ipv4.tcp_timestamps", "0");
}

static bool sysctl_sack(struct record *rec, uint64_t seed)
{
	(void)seed;
	return sysctl_set(rec, "net.ipv4.tcp_sack", "0");
}

static bool sysctl_keepalive(struct record *rec, uint64_t seed)
{
	(void)seed;
	return sysctl_set(rec, "net.ipv4.tcp_keepalive_intvl", "7");
}

static bool sysctl_fin_timeout(struct record *rec, uint64_t seed)
{
	(void)seed;
	return sysctl_set(rec, "net.ipv4.tcp_fin_timeout", "3");
}

static bool sysctl_early_retrans(struct record *rec, uint64_t seed)
{
	(void)seed;
	return sysctl_set(rec, "net.ipv4.tcp_early_retrans", "0");
}

static bool late_invent(struct record *rec, uint64_t seed)
{
	struct event event = {.kind = EVENT_LATE};

	event.t_ns = event.late.due_ns = (int64_t)(seed % 1000) * NS_PER_MS;
	event.late.late_ns = 50 * NS_PER_MS;
	return record_add_event(rec, &event) == 0;
}

const struct mutation other_mutations[] = {
	{"call_drop", call_drop, NULL},
	{"call_later", call_later, NULL},
	{"call_host", call_host, NULL},
	{"call_name", call_name, NULL},
	{"call_result", call_result, NULL},
	{"call_errno", call_errno, NULL},
	{"call_address", call_address, NULL},
	{"counter_more", counter_more, NULL},
	{"counter_drop", counter_drop, NULL},
	{"counter_host", counter_host, NULL},
	{"counter_timers", counter_timers, NULL},
	{"sysctl_timestamps", sysctl_timestamps, NULL},
	{"sysctl_sack", sysctl_sack, NULL},
	{"sysctl_keepalive", sysctl_keepalive, NULL},
	{"sysctl_fin_timeout", sysctl_fin_timeout, NULL},
	{"sysctl_early_retrans", sysctl_early_retrans, NULL},
	{"late_invent", late_invent, "lateness excuses a mismatch, and there is none"},
	{NULL, NULL, NULL},
};
