/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire_ops: the wire as all kinds of it share it, and what each kind does in its own way. */
#ifndef FINWAIT_STEP_WIRE_OPS_H
#define FINWAIT_STEP_WIRE_OPS_H

#include "../packet/encode.h"
#include "../probe.h"
#include "bench.h"
#include "capture.h"
#include "emit.h"
#include "late.h"
#include "observers.h"
#include "watch.h"

struct wire_rule {
	uint32_t id; /* 0: free */
	enum frame_action action;
	struct packet_match match;
	int64_t left; /* how many more it takes; -1: no limit */
	int64_t hits;
	uint64_t handle; /* of the nftables rule, on the kernel wire */
	int64_t on_ns; /* since when it is in force there; absolute */
	const char *text; /* as a person reads it */
	enum reject_kind reject; /* FRAME_REJECT: what the sender is told */
	unsigned int reject_mtu;
};

struct held_frame {
	struct frame frame;
	enum side from;
	struct packet packet;
	uint32_t rule;
};

struct wire;

/* One kind of wire. NULL: this kind cannot do it, and the verb is refused. */
struct wire_ops {
	/*
	 * Switch a rule on. 0, or -errno with @f filled: -EOPNOTSUPP for what this kind of wire
	 * cannot do, -ENOENT for what this kernel cannot.
	 */
	int (*rule_on)(struct wire *wire, struct wire_rule *rule, struct fault *f);
	/* Take its hits for good; it goes away with the run when @keep. */
	int (*rule_off)(struct wire *wire, struct wire_rule *rule, bool keep, struct fault *f);
	/* A frame came out of @from's host; @packet: decoded, NULL when that was not possible. */
	void (*take_frame)(struct wire *wire, enum side from, const struct frame *frame,
	                   const struct packet *packet);
	int (*quality_set)(struct wire *wire, enum side to, const struct wire_quality *quality,
	                   struct fault *f);
};

struct wire {
	const struct wire_ops *ops;
	struct emit *emit;
	struct bench *bench;
	struct observers *obs; /* frames go out by the taps */
	struct watch *watch;
	struct late *late;
	struct wire_rule *rules; /* one that was switched off is kept, with id 0 */
	size_t rule_count, rule_space;
	uint32_t rule_last; /* the last number given */
	struct held_frame *held; /* oldest first */
	size_t held_count, held_space;
	struct captures captures;
	bool strangers[SIDE_COUNT]; /* their addresses lead to this host */
	struct tap *inside[SIDE_COUNT]; /* on this host's own link, once a burst went there */
};

extern const struct wire_ops wire_kernel, wire_hand, wire_none;
const struct wire_ops *wire_ops_of(enum wire_kind kind);

/*
 * Put @data on the wire towards the host that is not @from, and read both ends of the
 * connection that @packet (NULL: not known) is of.
 */
void wire_send(struct wire *wire, enum side from, const struct packet *packet, const void *data,
               size_t length);
/* Into the record: what became of a frame, now. */
void wire_frame_emit(struct wire *wire, enum side from, enum frame_action action, uint32_t rule,
                     const struct packet *packet);
/* The same at @t_ns since the run began; 0: now. */
void wire_frame_emit_at(struct wire *wire, int64_t t_ns, enum side from, enum frame_action action,
                        uint32_t rule, const struct packet *packet);
/* A frame came out of @from's host; @packet: decoded, NULL when that was not possible. */
void wire_take(struct wire *wire, enum side from, const struct frame *frame,
               const struct packet *packet);
/*
 * The rule that takes @packet: of those that are on, are not used up and match, the oldest;
 * NULL: none.
 */
struct wire_rule *wire_rule_for(struct wire *wire, enum side from, const struct packet *packet);
/* Switch a rule on whose match, action and what belongs to it are filled in; its number. */
uint32_t wire_rule_on(struct wire *wire, struct wire_rule rule);
/* The rules that the probe left on, with how often they struck. */
void wire_end(struct wire *wire);

/* The Ethernet addresses of what comes out of the wire at the host that is not @from. */
struct packet_link wire_link(const struct wire *wire, enum side from);

/* ---- reject.c ---- */

/* @rule asked for it: tell @from, who sent @frame, that it did not arrive. */
void reject_answer(struct wire *wire, const struct wire_rule *rule, enum side from,
                   const struct frame *frame, const struct packet *packet);

/* ---- wire_hand.c: frames that are held ---- */

size_t hand_held_by(const struct wire *wire, uint32_t rule);
/* Number @index (0: the oldest) of those that @rule holds, which is not held any more. */
struct held_frame hand_remove(struct wire *wire, uint32_t rule, size_t index);
/* Let it go. */
void hand_send(struct wire *wire, const struct held_frame *held);
/* Both. */
void hand_release(struct wire *wire, uint32_t rule, size_t index);

#endif
