/* SPDX-License-Identifier: GPL-2.0-or-later */
/* examine_counter: predictions of MIB counters; for examine's own files. */
#ifndef FINWAIT_EXAMINE_EXAMINE_COUNTER_H
#define FINWAIT_EXAMINE_EXAMINE_COUNTER_H

#include "examine_parts.h"

struct range {
	int64_t lo, hi;
};

struct tally {
	struct exam *exam;
	enum side host;
	int64_t read_ns; /* the counters were read then */
	const struct endpoint **own; /* addresses that it has sent from */
	size_t own_count, own_space;
};

typedef struct range (*predict_fn)(const struct tally *tally);

/* One more at @t_ns, counted or not by when the counters were read. */
void range_add(const struct tally *tally, struct range *range, int64_t t_ns);

/* ---- examine_counter_wire.c: what follows from the segments alone ---- */

void own_addresses_collect(struct tally *tally);
struct range predict_left(const struct tally *tally);
struct range predict_link_dropped(const struct tally *tally);
struct range predict_in_segs(const struct tally *tally);
struct range predict_out_rsts(const struct tally *tally);
struct range predict_ip_in(const struct tally *tally);
struct range predict_ip_delivered(const struct tally *tally);
struct range predict_ip_out(const struct tally *tally);

#endif
