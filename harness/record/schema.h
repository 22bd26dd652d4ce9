/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * schema: what every line of a record has, as tables of fields; for record's own files. Its
 * types are for vm/job.c, too.
 */
#ifndef FINWAIT_RECORD_SCHEMA_H
#define FINWAIT_RECORD_SCHEMA_H

#include "field.h"
#include "json.h"
#include "phases.h"
#include "record.h"

/* An "again" line. */
struct again_line {
	enum outcome outcome;
	const char *reason;
	int64_t late_ns;
};

/* A "phases" line. */
struct phases_line {
	uint32_t phases;
	struct spread spread;
};

extern const struct field run_fields[]; /* of struct run_info */
extern const struct field probe_fields[]; /* of struct record */
extern const struct field event_fields[]; /* of struct event: what all kinds have */
extern const struct field *const event_kind_fields[EVENT_KIND_COUNT]; /* and each its own */
extern const struct field result_fields[]; /* of struct record */
extern const struct field again_fields[]; /* of struct again_line */
extern const struct field phases_fields[]; /* of struct phases_line */
extern const struct field summary_fields[]; /* of unsigned int [OUTCOME_COUNT] */

/* Objects within them. */
extern const struct field claim_fields[]; /* of struct record_claim */
extern const struct field finding_fields[]; /* of struct finding */
extern const struct field interval_fields[]; /* of struct interval */

/* The types of what stands in more than one table, or needs more than a few lines. */
extern const struct type type_state, type_sock_object, type_side, type_verdict, type_outcome;
extern const struct type type_family; /* enum family: 4 or 6 */
extern const struct type type_address_family; /* uint8_t AF_INET or AF_INET6: 4 or 6; 0: any */
extern const struct type type_flags; /* uint16_t: tcpdump's letters */
extern const struct type type_endpoint; /* struct endpoint: "10.0.0.2:8080" */
extern const struct type type_hex; /* uint64_t: hexadecimal without a prefix */
extern const struct type type_errno, type_error; /* int: its number, and its name */
extern const struct type type_walk; /* const char *: "CLOSE SYN_SENT" as a list of states */
extern const struct type type_mask; /* unsigned int: a mask of observers as a list */
extern const struct type type_model; /* enum model: true, false, or absent */
extern const struct type type_settings; /* struct settings: an object */
extern const struct type type_asked_settings; /* the same, of what a command line can say */
extern const struct type type_observers, type_lost; /* of the whole struct record */
/* Lists of the whole struct record. */
extern const struct type type_claims, type_findings, type_intervals;
extern const struct type type_sacks; /* of the whole struct packet: a list of pairs */

#endif
