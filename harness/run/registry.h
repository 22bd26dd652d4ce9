/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * registry: every probe, from the file names (scripts/make-registry), and those that were
 * compiled for this run alone. A probe with variants is a row for each of them; a row over
 * IPv6 has ".6" behind its id.
 */
#ifndef FINWAIT_RUN_REGISTRY_H
#define FINWAIT_RUN_REGISTRY_H

#include "../base/fault.h"
#include "../probe.h"
#include "../record/article.h"
#include "../step/describe.h"

/* What make-registry writes. */
struct registry_entry {
	const char *id; /* from the file's name; equals probe->id */
	const char *file;
	const struct probe *probe;
	const char *words; /* what its source names: sysctls, errors, counters, states */
};

extern const struct registry_entry registry[]; /* ends with id NULL */

struct registry_row {
	const char *id; /* the probe's, and ".SUFFIX" of the variant */
	const char *file;
	const struct probe *probe;
	const struct variant *variant; /* NULL: the probe as it is */
	const char *words; /* of its source, blanks between them; "" of one's own */
};

/* All rows, in order. Ends the process without memory. */
const struct registry_row *registry_rows(size_t *count);
/* One more probe, behind the others. -EEXIST: there is one of that id; -EINVAL, -ENOMEM. */
int registry_add(const struct probe *probe, const char *file, struct fault *f) MUST_CHECK;

/* Whether it has no quick form: it runs when it is named, or with --faithful. */
bool registry_row_is_slow(const struct registry_row *row);

/* Whether its probe judges a claim of @article. */
bool registry_row_cites(const struct registry_row *row, const struct article *article);

/* By the id in a record: that of a row, over either family. NULL: there is none. */
const struct registry_row *registry_find(const char *id);
/* -ENOENT, with a line for the user: @pattern names no probe; and which ids are near. */
int registry_refuse(const char *pattern, struct fault *f);
/* Does @pattern, an id or a glob, name @row? Its probe's id names all variants. */
bool registry_names(const struct registry_row *row, const char *pattern);

/*
 * Adds to @rec the title, the question and the claims that its probe has today, where it tells
 * none itself: 0.1.0 did not write them. 0 or -ENOMEM.
 */
int registry_describe(struct record *rec) MUST_CHECK;

/* The value of a parameter of @row's probe: the variant's own, else the probe's. */
int64_t registry_param(const struct registry_row *row, const struct probe_param *param,
                       bool faithful);

#endif
