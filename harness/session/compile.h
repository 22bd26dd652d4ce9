/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compile: probes given as C files. Theory of operation
 *
 * A word of the command line that is a file or a folder of them (./my.probe.c, ./mine/) is
 * compiled by the system's compiler against the probe.h that was installed with this
 * program, or that of the source tree it was built in, into a folder that is gone when the
 * program ends. It is loaded, and the word becomes the probe's id: from there on it is a
 * probe like any other, in guests, too (run/outside.h).
 */
#ifndef FINWAIT_SESSION_COMPILE_H
#define FINWAIT_SESSION_COMPILE_H

#include <stdbool.h>
#include <stddef.h>

#include "../base/fault.h"

struct probe_words {
	const char **items; /* ids and globs */
	size_t count, space;
};

/* Does @word name a C file, which a probe may be in? */
bool probe_source_named(const char *word);

/*
 * The patterns that @words come to. 0, or -errno with a line in @f: -EINVAL for what does
 * not compile (the compiler has said why) or is no probe. probe_words_free() it either way.
 */
int probe_words_take(const char *const *words, size_t count, struct probe_words *taken,
                     struct fault *f) MUST_CHECK;
void probe_words_free(struct probe_words *taken);

#endif
