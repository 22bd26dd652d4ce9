/* SPDX-License-Identifier: GPL-2.0-or-later */
/* port: which local port connect() takes when none is bound, __inet_hash_connect(). */
#ifndef FINWAIT_JUDGE_MODEL_PORT_H
#define FINWAIT_JUDGE_MODEL_PORT_H

#include "../../record/record.h"

/* ip_local_port_range. */
struct port_range {
	int64_t low, high; /* both are in it */
};

/* That of @host; false: the record has none. */
bool model_port_range(const struct record *rec, enum side host, struct port_range *range);

/*
 * How many ports connect() looks at in its first pass, which takes every other one from low
 * on; the second pass takes those between. A range of an odd number of ports loses its last.
 */
int64_t model_ports_a_pass(const struct port_range *range);

/* In which pass connect() comes to @port, 0 or 1; -1: in none. */
int model_port_pass(const struct port_range *range, int64_t port);

/*
 * How often @tries calls of connect() to one and the same remote port get one and the same
 * free port of a pass. The first port is anywhere, by a hash of the four-tuple's other
 * three and a secret; each next one is 1 to 8 places further on, at random
 * (table_perturb), as long as no port of the pass is in use. No value: it would take too long.
 */
struct value model_port_hits(const struct port_range *range, int64_t tries, double doubt);

/*
 * Whether the next connect() may come to the same port again: from 1 to 8 places further on it
 * can where a pass has no more than 8.
 */
bool model_port_may_repeat(const struct port_range *range);

#endif
