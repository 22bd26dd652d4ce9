/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * collect: records from several sources, to be set side by side. A source is a target,
 * asked what all are asked and its records kept in OUT/NAME/, or what was kept earlier.
 */
#ifndef FINWAIT_SESSION_COLLECT_H
#define FINWAIT_SESSION_COLLECT_H

#include "session.h"

#define TARGET_HOST "host" /* the name of the kernel that runs here */

struct source {
	char *name; /* as it is called in what is printed */
	char *path; /* of kept records; NULL: a target, to be asked */
	struct kept_records kept; /* without records: nothing is there, and */
	char *why; /* this is why */
	struct phases phases; /* of several timer phases, or kept with the records */
};

/* Some probes, asked as the records at hand were. */
struct ask {
	enum form form;
	const struct run_asked *asked; /* NULL: nothing beside the request itself */
	const char *const *patterns; /* where there are several asks: each the id of a probe */
	size_t count;
};

struct collect {
	struct request request; /* what every target is asked; out_dir, patterns */
	struct source *sources;
	size_t count, space, targets; /* sources, and how many of them are targets */
	struct ask *asks;
	size_t ask_count;
	bool has_host;
	void (*say)(const char *line, void *arg); /* a line for people, without its newline */
	void (*progress)(const struct progress *progress, void *arg); /* NULL: nobody looks */
	void *arg;
	bool interrupted;
	struct tally tally; /* of what was asked: failures beside the records */
};

bool source_is_host(const struct source *source);
struct target source_target(const struct source *source);

/* One more source; @path NULL: a target. 0, or -ENOMEM with a line in @f. */
int collect_add(struct collect *c, const char *name, size_t length, const char *path,
                struct fault *f) MUST_CHECK;
/* What is kept at the source's path, with its phases. */
int source_load(struct source *source, const char *const *patterns, size_t count,
                struct fault *f) MUST_CHECK;
/*
 * Ask all targets, load what is not yet loaded. What cannot be had costs that source,
 * with a line said and a reason; what cannot be asked of any is refused before the first.
 * Returns 0, or an exit code with the line said.
 */
enum exit_code collect_all(struct collect *c) MUST_CHECK;
void collect_free(struct collect *c);

/*
 * The request by which @source is asked @ask: what is to be repeated first, then the
 * user's own, so that this wins. 0 or -ENOMEM; request_clear() it either way.
 */
int ask_request(const struct collect *c, const struct source *source, const struct ask *ask,
                struct request *request) MUST_CHECK;

#endif
