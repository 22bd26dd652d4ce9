/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mutations_parts: how a mutation picks its event; for the mutations' own files. */
#ifndef FINWAIT_TESTS_MUTATE_MUTATIONS_PARTS_H
#define FINWAIT_TESTS_MUTATE_MUTATIONS_PARTS_H

#include <string.h>

#include "mutations.h"

typedef bool (*pick_fn)(const struct record *rec, const struct event *event);
typedef void (*change_fn)(struct record *rec, struct event *event);

/* Does @how to the @seed-th of the events that @fits, and sorts. False: none does. */
bool change(struct record *rec, uint64_t seed, pick_fn fits, change_fn how);

/* Changes of any event. */
void drop(struct record *rec, struct event *event);
void repeat_event(struct record *rec, struct event *event); /* 0.1 ms later */
void move_later(struct record *rec, struct event *event); /* by 200 ms */
void move_early(struct record *rec, struct event *event);
void turn_host(struct record *rec, struct event *event); /* "c1" becomes "s1" */
/* With the next of its kind, host and label: their times. */
void swap_with_next(struct record *rec, struct event *event);

/* Each ends with one without a name. */
extern const struct mutation packet_mutations[], trace_mutations[], sample_mutations[];
extern const struct mutation wire_mutations[], other_mutations[];

#endif
