/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe.h: the face that probes see. A probe includes this and nothing else of ours; sockets
 * are in step/sock_verbs.h, figures in judge/judge.h, queries in judge/measure.h, models in
 * judge/model.h, packets and states in record/event.h.
 *
 * Theory of operation
 *
 * A probe is a straight line of verbs. It runs in a process of its own, in
 * namespaces of its own; a verb that cannot do its work writes down the step, the
 * errno and the kernel's extended ack and ends that process, so a verb returns
 * only when it did what it says. What was observed up to there is kept.
 *
 * Nothing ever sleeps: every verb that waits pumps the observers and the wire
 * until the state it waits for has been seen. Sockets do not block. A limit counts
 * what the process got of the machine, and how late the machine was is in the record.
 *
 * A socket, a packet and what becomes of a connection go by label: "c1" and "s1" are the
 * two ends of the first connection. An end is there for the awaits as soon as its
 * connection is begun, accepted or not (sock_peer()), and over when no kernel object of
 * it is left; a four-tuple that is used again is another connection.
 *
 * When run() returns, judge() is handed what follows from the record of it, and only that.
 */
#ifndef FINWAIT_PROBE_H
#define FINWAIT_PROBE_H

#include <errno.h> /* what calls return */
#include <netinet/in.h> /* IPPROTO_... */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "judge/end_calls.h"
#include "judge/data_loss.h"
#include "judge/fin_loss.h"
#include "judge/fin_stay.h"
#include "judge/judge.h"
#include "judge/measure.h"
#include "judge/model.h"
#include "judge/query.h"
#include "judge/tw_stay.h"
#include "judge/window_wait.h"
#include "record/record.h"
#include "step/sock_verbs.h"

struct probe_run; /* the run at hand */
struct sock; /* one end of a connection, or a listener; outlives its descriptor */

/* ---- What a probe is ---- */

/* A sysctl that the probe sets in both hosts before the first socket. */
struct probe_sysctl {
	const char *name; /* "net.ipv4.tcp_syn_retries", "server:net.ipv4..." for one host */
	const char *quick; /* for everyday runs; NULL: the kernel's default */
	const char *faithful; /* the article's conditions; NULL: the kernel's default */
	bool optional; /* a kernel that has no such sysctl does without */
};

struct probe_param {
	const char *name;
	int64_t quick, faithful;
	const char *text; /* what it is, with its unit */
};

#define SETTINGS_PER_PROBE 8

/*
 * A row of a probe's grid: the same run() and judge() under other conditions, which they
 * see by param(). Its id is the probe's id, a dot and the suffix.
 */
struct variant {
	const char *suffix; /* "orphan"; "": the row that goes by the probe's own id */
	const char *title; /* what is special about it: "the closer is gone" */
	bool slow; /* as the probe's own, for this row alone */
	struct probe_param params[SETTINGS_PER_PROBE]; /* other values of the probe's own */
	struct probe_sysctl sysctls[SETTINGS_PER_PROBE]; /* beside the probe's own, and win */
};

/* What a probe cannot do without: it is skipped with the reason where that is missing. */
#define NEEDS_VM (1U << 0) /* a kernel of its own: what it sets is the machine's */
#define NEEDS_NETEM (1U << 1) /* wire_set_quality() */
#define NEEDS_TRACE (1U << 2) /* what polling cannot see */
#define NEEDS_IPV4 (1U << 3) /* it asks about IPv4 alone */
#define NEEDS_IPV6 (1U << 4) /* it asks about IPv6 alone */

struct probe {
	const char *id, *title;
	const char *question; /* what is asked of the kernel, a sentence or two */
	const char *kernel_path; /* the functions that decide the answer */
	enum wire_kind wire;
	bool slow; /* has no quick form: runs when named or with --faithful */
	unsigned int needs; /* NEEDS_...; 0: nothing that not every run has */
	struct claim claims[CLAIMS_PER_PROBE];
	struct probe_sysctl sysctls[SETTINGS_PER_PROBE];
	struct probe_param params[SETTINGS_PER_PROBE];
	const struct variant *variants; /* ends with suffix NULL; NULL: one row, the probe */
	void (*run)(struct probe_run *run);
	judge_fn judge;
};

/*
 * ---- Waiting, always on something observed ----
 *
 * What the question rests on is awaited by a verb that ends the run as inconclusive. What is
 * the answer is awaited with a limit (..._within), so that the judge sees it fail.
 */

#define AWAIT_LIMIT_MS 5000 /* for what takes no kernel timer */

/* Until this end is in @state; the run is inconclusive when that takes too long. */
void await_state(struct sock *sock, enum tcp_state state);
/* The same with a limit of the probe's own; false when it passed. */
bool await_state_within(struct sock *sock, enum tcp_state state, int64_t limit_ms);
/*
 * Until no object of this end is left in the kernel; false: it still was at the limit, or
 * was never seen at all.
 */
bool await_gone_within(struct sock *sock, int64_t limit_ms);
/*
 * Until nothing is left of this end, for as long as the model gives each state that it
 * passes; the run is inconclusive when it is still there then, or was never seen.
 */
void await_end(struct sock *sock);
/*
 * Until @count more segments that match have left their host, from this call on; the run is
 * inconclusive when that takes too long. What a call of the probe has sent just before may
 * or may not be among them: where that matters, count in all.
 */
void await_sent(struct probe_run *run, struct packet_match match, unsigned int count);
/* The same; false when they had not left by then. */
bool await_sent_within(struct probe_run *run, struct packet_match match, unsigned int count,
                       int64_t limit_ms);
/*
 * Until @count segments that match have left their host since the run began. What is judged
 * must be awaited: a busy machine brings a frame onto the wire some time after its socket is
 * done with it.
 */
void await_sent_in_all(struct probe_run *run, struct packet_match match, unsigned int count);
bool await_sent_in_all_within(struct probe_run *run, struct packet_match match, unsigned int count,
                              int64_t limit_ms);
/* Look on for a stated time, to witness that something does not happen. */
void observe_for(struct probe_run *run, int64_t ms, const char *why);

/* ---- The wire ---- */

/*
 * What a rule looks for. .from is the host that sent; a member that is left 0 asks nothing.
 * See struct packet_match (record/event.h) for all: ports, flags, payload or none, sequence
 * numbers, ICMP, family. Both kinds of wire understand each of them.
 */

/* Segments of @sock's connection that this end sends with all of @flags set. */
struct packet_match match_of(struct sock *sock, uint16_t flags);
/*
 * Those of them whose first byte is number @first to @last of its stream: 0 is the SYN, 1 the
 * first byte. Its SYN must have been sent.
 */
struct packet_match match_bytes(struct sock *sock, uint32_t first, uint32_t last);

/* Lose every frame that matches, from now until wire_restore(); returns the rule's number. */
uint32_t wire_drop(struct probe_run *run, struct packet_match match);
/*
 * Lose, duplicate: the next @count that match, then no more. On every kind of wire, but that a
 * router (WIRE_ROUTED) duplicates none. Of two rules that match, the older one takes a frame.
 */
uint32_t wire_drop_next(struct probe_run *run, struct packet_match match, unsigned int count);
uint32_t wire_duplicate_next(struct probe_run *run, struct packet_match match, unsigned int count);
/* Keep frames that match on the wire until they are released. WIRE_HAND only. */
uint32_t wire_hold(struct probe_run *run, struct packet_match match);
/* Until @count frames are held by @rule. */
void wire_await_held(struct probe_run *run, uint32_t rule, unsigned int count);
/* Let the held frame number @index (0: the oldest) of @rule go; the rule stays on. */
void wire_release_one(struct probe_run *run, uint32_t rule, unsigned int index);
/*
 * Let all frames that @rule holds go so that they reach their host in one go, as a burst does:
 * no softirq runs before the last is there. What finds the processor's queue full
 * (net.core.netdev_max_backlog) the host drops, and the record has which. The rule stays on;
 * the run is skipped where the kernel has no sch_plug.
 */
void wire_release_burst(struct probe_run *run, uint32_t rule);
/* Switch a rule off; what it still holds goes on in order. */
void wire_restore(struct probe_run *run, uint32_t rule);

/* What a sender is told by ICMP of its family: RFC 792, RFC 1812, RFC 4443. */
enum reject_kind {
	REJECT_NET, /* network unreachable; no route */
	REJECT_HOST, /* host unreachable; address unreachable */
	REJECT_PORT, /* port unreachable, by the host; all others by the router */
	REJECT_ADMIN, /* administratively prohibited */
	REJECT_TOO_BIG, /* fragmentation needed; packet too big. With the MTU */
	REJECT_TTL, /* time exceeded in transit; hop limit exceeded */
	REJECT_KIND_COUNT,
};

/*
 * Lose every frame that matches and tell its sender so at once, with the packet quoted to
 * the byte; @mtu is REJECT_TOO_BIG's, else 0. The rule's number, for wire_restore().
 */
uint32_t wire_reject(struct probe_run *run, struct packet_match match, enum reject_kind kind,
                     unsigned int mtu);
/*
 * @side's own link takes packets of at most @mtu bytes, as its MSS says from the next SYN on;
 * what is longer is lost behind it without a word, as in a switch. At least 1280 with IPv6,
 * at most 2034 with WIRE_HAND.
 */
void host_set_mtu(struct probe_run *run, enum side side, unsigned int mtu);
/* The router sends on towards @to packets of at most @mtu bytes. WIRE_ROUTED only. */
void wire_set_path_mtu(struct probe_run *run, enum side to, unsigned int mtu);

/*
 * Put a packet of the probe's making on the wire, towards the host that is not @from, with
 * all that it says: TCP with every option that struct packet names, UDP, or an ICMP error
 * that quotes packet.inner. What cannot be sent so ends the run. packet.src and .dst with
 * family 0 are the two hosts' own, by their ports; protocol 0 is TCP, ttl 0 is 64.
 */
void wire_inject(struct probe_run *run, enum side from, const struct packet *packet);
/* The same with @text for its bytes, which are 'x' otherwise; packet.len is that text's. */
void wire_inject_text(struct probe_run *run, enum side from, const struct packet *packet,
                      const char *text);
/*
 * The end that @packet, injected as from @from, went to: for the awaits, although no socket
 * of the probe is at its other end. Its SYN must have been injected, or it connected itself.
 */
struct sock *sock_injected(struct probe_run *run, enum side from, const struct packet *packet);
/*
 * What the other end of @sock would send next, told from @sock's own segments alone: an ACK of
 * all that it sent, bare. So a whole connection can be made of injected segments.
 */
struct packet packet_answer(struct sock *sock);
/*
 * The segment that @sock would send next, bare: in the window of the other end, with the
 * acknowledgement, window and timestamps of the last one it sent. To be changed and injected.
 */
struct packet packet_next(struct sock *sock);

/*
 * An address of nobody, for packet.src. What the other host answers goes over the wire to
 * @far and is heard by nobody. @number: 1 to WIRE_STRANGERS - 1.
 */
#define WIRE_STRANGERS 0x20000
struct endpoint wire_stranger(struct probe_run *run, enum side far, unsigned int number,
                              uint16_t port);
/* Inject @packet @count times, each time from another stranger with @packet's port. */
void wire_flood(struct probe_run *run, enum side from, const struct packet *packet,
                unsigned int count);

/* Keep each frame that matches, to the byte, as it comes out of its host. A number for: */
uint32_t wire_capture(struct probe_run *run, struct packet_match match);
/* Until @count frames have been captured. */
void wire_await_captured(struct probe_run *run, uint32_t capture, unsigned int count);
/* Number @index (0: the first) of what was captured. */
struct packet wire_captured(struct probe_run *run, uint32_t capture, unsigned int index);
/* Send it again as it was, from the IP header on. */
void wire_replay(struct probe_run *run, uint32_t capture, unsigned int index);

/* What the kernel wire does to every frame on its way to one host, tc-netem(8). */
struct wire_quality {
	uint32_t delay_us, jitter_us;
	double loss_percent, duplicate_percent;
	double reorder_percent; /* wants a delay */
};

/* Set (or change) it towards @to; the run is skipped where the kernel has no sch_netem. */
void wire_set_quality(struct probe_run *run, enum side to, const struct wire_quality *quality);

/* ---- Parameters, predictions and notes during the run ---- */

int64_t param(struct probe_run *run, const char *name);
/* The record so far, for a model that tells how long to wait. */
const struct record *run_record(struct probe_run *run);
/*
 * A sysctl's value in a namespace where nobody has set it. The record has it as a sysctl
 * called "default:NAME".
 */
int64_t sysctl_default(struct probe_run *run, const char *name);
/*
 * Read the MIB counters of both hosts now, under the name @mark: a finding may ask for a
 * counter's growth up to here, or from here on.
 */
void counters_mark(struct probe_run *run, const char *mark);
/* Change a sysctl of @side in mid-run; old and new are recorded. */
void sysctl_set(struct probe_run *run, enum side side, const char *name, const char *value);
/*
 * One that the kernel has once for the whole machine: "net.ipv4.tcp_max_orphans". Only where
 * the machine is a guest of finwait's own (NEEDS_VM); elsewhere the run ends. The record has
 * the change under "machine:NAME".
 */
void sysctl_set_machine(struct probe_run *run, const char *name, int64_t value);
void note(struct probe_run *run, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* This kernel or these privileges lack something; does not return. */
void run_skip(struct probe_run *run, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), noreturn));

/* What a precondition that did not happen comes to; does not return. */
void run_inconclusive(struct probe_run *run, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), noreturn));

#endif
