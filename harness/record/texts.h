/* SPDX-License-Identifier: GPL-2.0-or-later */
/* texts: the texts of what a record keeps, copied into its arena; for record's own files. */
#ifndef FINWAIT_RECORD_TEXTS_H
#define FINWAIT_RECORD_TEXTS_H

#include "phases.h"
#include "record.h"

/* The text number @index of those that an event of its kind has; NULL: there are no more. */
const char **event_text(struct event *event, size_t index);

/*
 * Each replaces the texts of a copy by copies of their own in @texts; one that is NULL becomes
 * "". 0 or -ENOMEM.
 */
int event_copy_texts(struct arena *texts, struct event *event);
int finding_copy_texts(struct arena *texts, struct finding *finding);
int interval_copy_texts(struct arena *texts, struct interval *interval);
int claim_copy_texts(struct arena *texts, struct record_claim *claim);

#endif
